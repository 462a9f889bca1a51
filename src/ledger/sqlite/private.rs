//! The ledger holds customers' data: its file is made 0600 in a directory made 0700, and one that
//! others could read, own or redirect is refused with the command that mends it.

use std::fs::{self, DirBuilder, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::fault::shell_word;
use super::open::beside;
use crate::ledger::LedgerError;

/// Makes the file and its directory where they are missing, checks them, and returns the file's path
/// with every link of its directories resolved.
pub(super) fn prepare(path: &Path) -> Result<PathBuf, LedgerError> {
    let (directory, _) = split(path);
    make_directory(&directory).map_err(|error| refuse_directory(&directory, &error))?;
    let path = resolve(path)?;
    match new_file().write(true).create_new(true).open(&path) {
        Ok(_) => Ok(path),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => check(&path),
        // A file that is there on a disk that can't be written to: let SQLite say what it allows.
        Err(_) if path.symlink_metadata().is_ok() => check(&path),
        Err(error) => Err(refuse(&path, error.to_string(), writable(&path))),
    }
}

/// Checks a file that is there, and returns its path with every link of its directories resolved.
pub(super) fn check(path: &Path) -> Result<PathBuf, LedgerError> {
    let path = resolve(path)?;
    check_one(&path, "ledger")?;
    for ending in ["-wal", "-shm", "-journal"] {
        let beside = beside(&path, ending);
        if beside.symlink_metadata().is_ok() {
            check_one(&beside, "ledger's log")?;
        }
    }
    Ok(path)
}

fn split(path: &Path) -> (PathBuf, &Path) {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    (
        directory.to_owned(),
        path.file_name().map_or(path, Path::new),
    )
}

fn resolve(path: &Path) -> Result<PathBuf, LedgerError> {
    let (directory, name) = split(path);
    let directory = directory
        .canonicalize()
        .map_err(|error| refuse_directory(&directory, &error))?;
    let metadata =
        fs::metadata(&directory).map_err(|error| refuse_directory(&directory, &error))?;
    check_directory(&directory, &metadata)?;
    Ok(directory.join(name))
}

fn check_one(path: &Path, what: &str) -> Result<(), LedgerError> {
    let metadata = path
        .symlink_metadata()
        .map_err(|error| refuse(path, error.to_string(), writable(path)))?;
    if metadata.is_symlink() {
        return Err(refuse(
            path,
            format!("the {what} is a link to another file"),
            format!(
                "put the file itself there, or remove the link: `rm {}`",
                shell_word(path)
            ),
        ));
    }
    if !metadata.is_file() {
        return Err(refuse(
            path,
            format!("the {what} is not a file"),
            format!("move it away: `mv {0} {0}.other`", shell_word(path)),
        ));
    }
    check_owner(path, &metadata, what)?;
    check_mode(path, &metadata, what)
}

fn refuse(path: &Path, reason: String, remedy: String) -> LedgerError {
    LedgerError::Unusable {
        path: path.display().to_string(),
        reason,
        remedy,
    }
}

fn refuse_directory(directory: &Path, error: &io::Error) -> LedgerError {
    refuse(directory, error.to_string(), writable(directory))
}

fn writable(path: &Path) -> String {
    format!(
        "make sure that {} is yours to write to, or set ORDERDECK_DATA_DIR",
        shell_word(&split(path).0)
    )
}

/// A file that nobody else can read, if it is created.
pub(crate) fn new_file() -> OpenOptions {
    #[allow(unused_mut, reason = "unchanged where there are no modes")]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes a directory and its parents, for nobody else to look into.
pub(crate) fn make_directory(directory: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

#[cfg(unix)]
fn check_owner(path: &Path, metadata: &Metadata, what: &str) -> Result<(), LedgerError> {
    use std::os::unix::fs::MetadataExt as _;
    let me = rustix::process::geteuid().as_raw();
    if metadata.uid() == me {
        return Ok(());
    }
    Err(refuse(
        path,
        format!("the {what} belongs to another user"),
        format!("make it yours: `sudo chown {me} {}`", shell_word(path)),
    ))
}

#[cfg(unix)]
fn check_mode(path: &Path, metadata: &Metadata, what: &str) -> Result<(), LedgerError> {
    use std::os::unix::fs::MetadataExt as _;
    let for_others = metadata.mode() & 0o077;
    if for_others == 0 {
        return Ok(());
    }
    Err(refuse(
        path,
        format!(
            "the {what} can be read or changed by others (mode {:03o})",
            metadata.mode() & 0o777
        ),
        format!("make it private: `chmod 600 {}`", shell_word(path)),
    ))
}

/// Others may see that the directory is there, but not put files into it.
#[cfg(unix)]
fn check_directory(directory: &Path, metadata: &Metadata) -> Result<(), LedgerError> {
    use std::os::unix::fs::MetadataExt as _;
    check_owner(directory, metadata, "ledger's directory")?;
    let writing_by_others = metadata.mode() & 0o022;
    if writing_by_others == 0 {
        return Ok(());
    }
    Err(refuse(
        directory,
        format!(
            "others can write into the ledger's directory (mode {:03o})",
            metadata.mode() & 0o777
        ),
        format!("make it private: `chmod 700 {}`", shell_word(directory)),
    ))
}

#[cfg(not(unix))]
fn check_owner(_: &Path, _: &Metadata, _: &str) -> Result<(), LedgerError> {
    Ok(())
}

#[cfg(not(unix))]
fn check_mode(_: &Path, _: &Metadata, _: &str) -> Result<(), LedgerError> {
    Ok(())
}

#[cfg(not(unix))]
fn check_directory(_: &Path, _: &Metadata) -> Result<(), LedgerError> {
    Ok(())
}
