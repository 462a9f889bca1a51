//! What was taken, as lines of JSON in a file that several processes may share.
//!
//! Whoever answers a request holds the file's lock from reading what the others wrote to
//! writing its own line, so that all see one order of events. A line is written before its
//! answer leaves; it isn't forced to the disk, for it only has to outlive the process.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::SandboxError;
use super::shelf::Entry;

/// The journal's name in its directory.
const FILE_NAME: &str = "taken.ndjson";

/// The journal, or none: then everything ends with the process.
pub(super) struct Journal {
    file: Option<(File, PathBuf)>,
    /// How far it was read, in bytes: always the end of a line.
    offset: u64,
    /// How many lines that are.
    lines: u64,
}

/// What others wrote since the last look.
pub(super) struct Tail {
    pub(super) entries: Vec<Entry>,
    /// The file was emptied or replaced by a shorter one: what was known is void.
    pub(super) from_start: bool,
}

impl Journal {
    /// Opens the journal in a directory, making both readable by their owner alone.
    pub(super) fn open(directory: Option<&Path>) -> Result<Self, SandboxError> {
        let file = match directory {
            None => None,
            Some(directory) => {
                make_directory(directory)?;
                let path = directory.join(FILE_NAME);
                Some((open_private(&path)?, path))
            }
        };
        Ok(Self {
            file,
            offset: 0,
            lines: 0,
        })
    }

    /// Keeps other processes out until [`Journal::unlock`].
    pub(super) fn lock(&self) -> Result<(), SandboxError> {
        match &self.file {
            Some((file, path)) => file.lock().map_err(SandboxError::at(path)),
            None => Ok(()),
        }
    }

    pub(super) fn unlock(&self) -> Result<(), SandboxError> {
        match &self.file {
            Some((file, path)) => file.unlock().map_err(SandboxError::at(path)),
            None => Ok(()),
        }
    }

    /// Reads what came since the last look. Needs the lock: a last line without an end is then
    /// known to be a dead writer's, whose answer never left, and is cut off.
    pub(super) fn read_tail(&mut self) -> Result<Tail, SandboxError> {
        let mut tail = Tail {
            entries: Vec::new(),
            from_start: false,
        };
        let Some((file, path)) = &mut self.file else {
            return Ok(tail);
        };
        let length = file.metadata().map_err(SandboxError::at(path))?.len();
        if length < self.offset {
            self.offset = 0;
            self.lines = 0;
            tail.from_start = true;
        }
        if length == self.offset {
            return Ok(tail);
        }
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(self.offset))
            .and_then(|_| file.read_to_end(&mut bytes))
            .map_err(SandboxError::at(path))?;
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        if whole < bytes.len() {
            file.set_len(self.offset + whole as u64)
                .map_err(SandboxError::at(path))?;
            bytes.truncate(whole);
        }
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let entry = serde_json::from_slice(line).map_err(|source| SandboxError::Journal {
                path: path.clone(),
                line: self.lines + 1,
                source,
            })?;
            tail.entries.push(entry);
            self.offset += line.len() as u64;
            self.lines += 1;
        }
        Ok(tail)
    }

    /// Writes an entry as one line. Needs the lock, and the tail read under it.
    pub(super) fn append(&mut self, entry: &Entry) -> Result<(), SandboxError> {
        let Some((file, path)) = &mut self.file else {
            return Ok(());
        };
        let mut line = serde_json::to_vec(entry).map_err(|source| SandboxError::Journal {
            path: path.clone(),
            line: self.lines + 1,
            source,
        })?;
        line.push(b'\n');
        file.write_all(&line).map_err(SandboxError::at(path))?;
        self.offset += line.len() as u64;
        self.lines += 1;
        Ok(())
    }
}

fn make_directory(directory: &Path) -> Result<(), SandboxError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(directory)
        .map_err(SandboxError::at(directory))
}

/// Opens a file for appending that only its owner can read; refuses one that others can.
pub(super) fn open_private(path: &Path) -> Result<File, SandboxError> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(SandboxError::at(path))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = file.metadata().map_err(SandboxError::at(path))?;
        if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
            return Err(SandboxError::Exposed {
                path: path.to_owned(),
            });
        }
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::call::Purpose;

    fn entry(at_ms: i64) -> Entry {
        Entry {
            at_ms,
            vendor: "kibo".to_owned(),
            purpose: Purpose::Token,
            status: 200,
            events: Vec::new(),
            unknown: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn times(journal: &mut Journal) -> Vec<i64> {
        let tail = journal.read_tail().unwrap();
        tail.entries.iter().map(|entry| entry.at_ms).collect()
    }

    #[test]
    fn each_sees_what_the_other_wrote_once() {
        let directory = tempfile::tempdir().unwrap();
        let mut one = Journal::open(Some(directory.path())).unwrap();
        let mut two = Journal::open(Some(directory.path())).unwrap();
        one.append(&entry(1)).unwrap();
        assert_eq!(times(&mut two), [1]);
        two.append(&entry(2)).unwrap();
        assert_eq!(times(&mut one), [2]);
        assert_eq!(times(&mut one), Vec::<i64>::new());
        assert_eq!(times(&mut two), Vec::<i64>::new());
        let mut later = Journal::open(Some(directory.path())).unwrap();
        assert_eq!(times(&mut later), [1, 2]);
    }

    #[test]
    fn a_dead_writers_half_line_is_cut_off() {
        let directory = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(Some(directory.path())).unwrap();
        journal.append(&entry(1)).unwrap();
        let path = directory.path().join(FILE_NAME);
        let mut other = OpenOptions::new().append(true).open(&path).unwrap();
        other.write_all(br#"{"at_ms":2,"ven"#).unwrap();
        let mut next = Journal::open(Some(directory.path())).unwrap();
        assert_eq!(times(&mut next), [1]);
        next.append(&entry(3)).unwrap();
        assert_eq!(times(&mut journal), [3]);
    }

    #[test]
    fn an_emptied_file_is_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(Some(directory.path())).unwrap();
        journal.append(&entry(1)).unwrap();
        std::fs::write(directory.path().join(FILE_NAME), "").unwrap();
        assert!(journal.read_tail().unwrap().from_start);
    }

    #[test]
    fn a_broken_line_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(Some(directory.path())).unwrap();
        journal.append(&entry(1)).unwrap();
        let path = directory.path().join(FILE_NAME);
        let mut other = OpenOptions::new().append(true).open(&path).unwrap();
        other.write_all(b"nonsense\n").unwrap();
        let mut next = Journal::open(Some(directory.path())).unwrap();
        let error = next.read_tail().err().unwrap().to_string();
        assert!(error.contains("line 2"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn others_can_read_neither_directory_nor_file() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("sandbox");
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        Journal::open(Some(&directory)).unwrap();
        let file = directory.join(FILE_NAME);
        assert_eq!((mode(&directory), mode(&file)), (0o700, 0o600));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = Journal::open(Some(&directory)).err().unwrap().to_string();
        assert!(error.contains("chmod 600"), "{error}");
    }
}
