//! The file behind a source: read by position, never mapped into memory, and noticed when it changes. What it was
//! unpacked to or converted to stands beside it and is read instead.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use super::error::{SourceError, visible};
use super::spool::Spool;
use super::window::{Progress, Tick};

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
    /// What the file was unpacked to or converted to; it is read instead.
    text: Option<Text>,
    reads: AtomicU64,
}

/// A private file that stands for the original.
#[derive(Debug)]
struct Text {
    handle: Handle,
    len: u64,
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
            text: None,
            reads: AtomicU64::new(0),
        })
    }

    /// Copies what `reader` gives into a file that nobody else can read and that is gone with this value.
    pub(super) fn spool(
        path: &Path,
        reader: &mut dyn Read,
        dir: &Path,
    ) -> Result<Self, SourceError> {
        let mut spool = Spool::new(visible(&path.display().to_string()), dir)?;
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
            spool.write(bytes)?;
        }
        let file = spool.finish()?;
        let metadata = file.metadata();
        let metadata = metadata.map_err(|error| SourceError::from_open(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            identity: format!("-:{}", hasher.finalize().to_hex()),
            handle: handle(file),
            stamp: Stamp::of(&metadata),
            spooled: true,
            text: None,
            reads: AtomicU64::new(0),
        })
    }

    /// From now on this is read instead of what was read before.
    pub(super) fn replace(&mut self, spool: Spool) -> Result<(), SourceError> {
        let len = spool.length();
        let handle = handle(spool.finish()?);
        self.text = Some(Text { handle, len });
        Ok(())
    }

    /// From now on the original is read again.
    pub(super) fn restore(&mut self) {
        self.text = None;
    }

    /// Is something read instead of the original?
    pub(super) fn is_replaced(&self) -> bool {
        self.text.is_some()
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

    /// How many bytes there are to read.
    pub(super) fn len(&self) -> u64 {
        self.text.as_ref().map_or(self.stamp.len, |text| text.len)
    }

    /// Length of the original in bytes when it was opened.
    pub(super) fn original_len(&self) -> u64 {
        self.stamp.len
    }

    /// The bytes from the start on, in a stream.
    pub(super) fn reader(&self) -> FileReader<'_> {
        FileReader {
            file: self,
            position: 0,
        }
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
        let handle = self.text.as_ref().map_or(&self.handle, |text| &text.handle);
        self.read_from(handle, buffer, position)
    }

    fn read_from(
        &self,
        handle: &Handle,
        buffer: &mut [u8],
        position: u64,
    ) -> Result<(), SourceError> {
        match read_exact_at(handle, buffer, position) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(self.changed("was cut short"))
            }
            Err(error) => Err(self.unreadable(error)),
        }
    }

    /// BLAKE3 of all bytes of the original, in hex.
    pub(super) fn fingerprint(&self, tick: &mut Tick<'_>) -> Result<String, SourceError> {
        let mut hasher = blake3::Hasher::new();
        let mut block = vec![0; 1 << 18];
        let mut position = 0;
        let total = self.original_len();
        while position < total {
            let length = (total - position).min(block.len() as u64) as usize;
            let bytes = block.get_mut(..length).unwrap_or_default();
            self.read_from(&self.handle, bytes, position)?;
            hasher.update(bytes);
            position += length as u64;
            self.tell(position, total, tick)?;
        }
        Ok(hasher.finalize().to_hex().to_string())
    }

    /// Tells how far a step over the file has come.
    pub(super) fn tell(
        &self,
        bytes: u64,
        total: u64,
        tick: &mut Tick<'_>,
    ) -> Result<(), SourceError> {
        let progress = Progress {
            bytes,
            total,
            records: 0,
        };
        match tick(progress) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(SourceError::Stopped { path: self.shown() }),
        }
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
        lock(&self.handle)
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

#[cfg(unix)]
fn read_exact_at(handle: &Handle, buffer: &mut [u8], position: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(handle, buffer, position)
}

#[cfg(not(unix))]
fn read_exact_at(handle: &Handle, buffer: &mut [u8], position: u64) -> io::Result<()> {
    let mut file = lock(handle);
    file.seek(SeekFrom::Start(position))?;
    file.read_exact(buffer)
}

#[cfg(not(unix))]
fn lock(handle: &Handle) -> std::sync::MutexGuard<'_, File> {
    handle
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Reads a file in a stream, with a position of its own.
pub(super) struct FileReader<'f> {
    file: &'f SourceFile,
    position: u64,
}

impl FileReader<'_> {
    /// The byte that is read next.
    pub(super) fn position(&self) -> u64 {
        self.position
    }
}

impl Read for FileReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.file.len().saturating_sub(self.position);
        let length = left.min(buffer.len() as u64) as usize;
        let buffer = buffer.get_mut(..length).unwrap_or_default();
        let read = self.file.read_at(buffer, self.position);
        read.map_err(|error| io::Error::other(error.to_string()))?;
        self.position += length as u64;
        Ok(length)
    }
}

impl Seek for FileReader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.file.len().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        let before = || io::Error::new(io::ErrorKind::InvalidInput, "a place before the start");
        self.position = to.ok_or_else(before)?;
        Ok(self.position)
    }
}
