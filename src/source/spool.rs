//! Private files for what isn't read in place: standard input, what was unpacked, other encodings, sheets.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::SourceError;

/// A file without a name that is being filled.
pub(super) struct Spool {
    file: BufWriter<File>,
    length: u64,
    path: String,
    dir: PathBuf,
}

impl Spool {
    /// Makes an empty one; `shown` is the name of the source in messages.
    pub(super) fn new(shown: String, dir: &Path) -> Result<Self, SourceError> {
        let file = private_file(dir).map_err(|error| SourceError::Spool {
            path: shown.clone(),
            dir: dir.to_owned(),
            error,
        })?;
        Ok(Self {
            file: BufWriter::with_capacity(1 << 16, file),
            length: 0,
            path: shown,
            dir: dir.to_owned(),
        })
    }

    /// Bytes written so far.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Adds bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), SourceError> {
        let written = self.file.write_all(bytes);
        self.length += bytes.len() as u64;
        written.map_err(|error| self.failed(error))
    }

    /// The first bytes that were written.
    pub(super) fn head(&mut self, most: u64) -> Result<Vec<u8>, SourceError> {
        let read = |file: &mut BufWriter<File>| {
            file.flush()?;
            let file = file.get_mut();
            file.rewind()?;
            let mut head = Vec::new();
            file.take(most).read_to_end(&mut head)?;
            file.seek(SeekFrom::End(0))?;
            Ok(head)
        };
        read(&mut self.file).map_err(|error| self.failed(error))
    }

    /// The file with everything in it.
    pub(super) fn finish(mut self) -> Result<File, SourceError> {
        let flushed = self.file.flush();
        flushed.map_err(|error| self.failed(error))?;
        let (path, dir) = (self.path, self.dir);
        self.file.into_inner().map_err(|error| SourceError::Spool {
            path,
            dir,
            error: error.into_error(),
        })
    }

    fn failed(&self, error: io::Error) -> SourceError {
        SourceError::Spool {
            path: self.path.clone(),
            dir: self.dir.clone(),
            error,
        }
    }
}

/// A new file without a name, so that it is gone however the program ends; made with mode 0600.
fn private_file(dir: &Path) -> io::Result<File> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)?;
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    loop {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = dir.join(format!("spool-{}-{number}", std::process::id()));
        match options.open(&path) {
            Ok(file) => {
                // Where an open file can't be removed it stays until the directory is cleaned.
                if let Err(error) = fs::remove_file(&path)
                    && cfg!(unix)
                {
                    return Err(error);
                }
                return Ok(file);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}
