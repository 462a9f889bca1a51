//! The file behind a source: read by position, never mapped into memory, and noticed when it changes.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use super::error::{SourceError, visible};

/// What the operating system says about a file; two equal stamps mean that it was not touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Length in bytes.
    pub(super) len: u64,
    modified: Option<SystemTime>,
    /// Device and number of the file.
    number: (u64, u64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let number = {
            use std::os::unix::fs::MetadataExt;
            (metadata.dev(), metadata.ino())
        };
        #[cfg(not(unix))]
        let number = (0, 0);
        Self {
            len: metadata.len(),
            modified: metadata.modified().ok(),
            number,
        }
    }
}

/// An open file that is read by position.
#[derive(Debug)]
pub(super) struct SourceFile {
    path: PathBuf,
    identity: String,
    handle: Handle,
    stamp: Stamp,
    spooled: bool,
    reads: AtomicU64,
}

#[cfg(unix)]
type Handle = File;
/// Elsewhere reading by position takes a seek, so readers take turns.
#[cfg(not(unix))]
type Handle = std::sync::Mutex<File>;

#[cfg(unix)]
fn handle(file: File) -> Handle {
    file
}

#[cfg(not(unix))]
fn handle(file: File) -> Handle {
    Handle::new(file)
}

impl SourceFile {
    /// Opens a file; `-` and pipes are copied into a private file of `spool_dir` first.
    pub(super) fn open(path: &Path, spool_dir: &Path) -> Result<Self, SourceError> {
        if path == Path::new("-") {
            return Self::spool(path, &mut io::stdin().lock(), spool_dir);
        }
        let metadata = fs::metadata(path).map_err(|error| SourceError::from_open(path, error))?;
        let shown = || visible(&path.display().to_string());
        if metadata.is_dir() {
            return Err(SourceError::Directory { path: shown() });
        }
        if is_pipe(&metadata) {
            let mut pipe = File::open(path).map_err(|error| SourceError::from_open(path, error))?;
            return Self::spool(path, &mut pipe, spool_dir);
        }
        if !metadata.is_file() {
            return Err(SourceError::NotAFile { path: shown() });
        }
        let open = || {
            let file = File::open(path)?;
            let stamp = Stamp::of(&file.metadata()?);
            Ok((fs::canonicalize(path)?, file, stamp))
        };
        let (canonical, file, stamp) =
            open().map_err(|error| SourceError::from_open(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            identity: canonical.to_string_lossy().into_owned(),
            handle: handle(file),
            stamp,
            spooled: false,
            reads: AtomicU64::new(0),
        })
    }

    /// Copies what `reader` gives into a file that nobody else can read and that is gone with this value.
    pub(super) fn spool(
        path: &Path,
        reader: &mut dyn Read,
        dir: &Path,
    ) -> Result<Self, SourceError> {
        let shown = visible(&path.display().to_string());
        let kept = |error| SourceError::Spool {
            path: shown.clone(),
            dir: dir.to_owned(),
            error,
        };
        let mut file = private_file(dir).map_err(kept)?;
        let mut hasher = blake3::Hasher::new();
        let mut block = vec![0; 1 << 16];
        loop {
            let length = match reader.read(&mut block) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(SourceError::from_open(path, error)),
            };
            let bytes = block.get(..length).unwrap_or_default();
            hasher.update(bytes);
            file.write_all(bytes).map_err(kept)?;
        }
        let stamp = Stamp::of(&file.metadata().map_err(kept)?);
        Ok(Self {
            path: path.to_owned(),
            identity: format!("-:{}", hasher.finalize().to_hex()),
            handle: handle(file),
            stamp,
            spooled: true,
            reads: AtomicU64::new(0),
        })
    }

    /// As given.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The path for messages.
    pub(super) fn shown(&self) -> String {
        if self.path == Path::new("-") {
            "standard input".to_owned()
        } else {
            visible(&self.path.display().to_string())
        }
    }

    /// Absolute path, or `-:` and the fingerprint of what came through a pipe.
    pub(super) fn identity(&self) -> &str {
        &self.identity
    }

    /// Length in bytes when it was opened.
    pub(super) fn len(&self) -> u64 {
        self.stamp.len
    }

    /// What it was when it was opened.
    pub(super) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// How often the operating system was asked to read.
    #[cfg(test)]
    pub(super) fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// Who may read it.
    #[cfg(all(test, unix))]
    pub(super) fn mode(&self) -> io::Result<u32> {
        let metadata = self.handle.metadata()?;
        Ok(std::os::unix::fs::MetadataExt::mode(&metadata))
    }

    /// Fills the whole buffer from a position.
    pub(super) fn read_at(&self, buffer: &mut [u8], position: u64) -> Result<(), SourceError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        match self.read_exact_at(buffer, position) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(self.changed("was cut short"))
            }
            Err(error) => Err(self.unreadable(error)),
        }
    }

    #[cfg(unix)]
    fn read_exact_at(&self, buffer: &mut [u8], position: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.handle, buffer, position)
    }

    #[cfg(not(unix))]
    fn read_exact_at(&self, buffer: &mut [u8], position: u64) -> io::Result<()> {
        let mut file = self.lock();
        io::Seek::seek(&mut *file, io::SeekFrom::Start(position))?;
        file.read_exact(buffer)
    }

    #[cfg(unix)]
    fn handle_metadata(&self) -> io::Result<Metadata> {
        self.handle.metadata()
    }

    #[cfg(not(unix))]
    fn handle_metadata(&self) -> io::Result<Metadata> {
        self.lock().metadata()
    }

    #[cfg(not(unix))]
    fn lock(&self) -> std::sync::MutexGuard<'_, File> {
        self.handle
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Is the open file what it was? Cheap enough for every group that is read.
    pub(super) fn check_handle(&self) -> Result<(), SourceError> {
        let metadata = self
            .handle_metadata()
            .map_err(|error| self.unreadable(error))?;
        self.compare(&metadata)
    }

    /// Is the file under its path still the one that was opened, and what it was?
    pub(super) fn check_path(&self) -> Result<(), SourceError> {
        self.check_handle()?;
        if self.spooled {
            return Ok(());
        }
        match fs::metadata(&self.path) {
            Ok(metadata) => self.compare(&metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(self.changed("was removed"))
            }
            Err(error) => Err(self.unreadable(error)),
        }
    }

    fn compare(&self, metadata: &Metadata) -> Result<(), SourceError> {
        let now = Stamp::of(metadata);
        if now == self.stamp {
            Ok(())
        } else if now.number != self.stamp.number {
            Err(self.changed("was replaced by another file"))
        } else if now.len < self.stamp.len {
            Err(self.changed("was cut short"))
        } else {
            Err(self.changed("was edited"))
        }
    }

    pub(super) fn changed(&self, what: &'static str) -> SourceError {
        SourceError::Changed {
            path: self.shown(),
            what,
        }
    }

    fn unreadable(&self, error: io::Error) -> SourceError {
        SourceError::Unreadable {
            path: self.shown(),
            error,
        }
    }
}

#[cfg(unix)]
fn is_pipe(metadata: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type())
}

#[cfg(not(unix))]
fn is_pipe(_: &Metadata) -> bool {
    false
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
