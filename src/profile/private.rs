//! Files and directories that only the operator can read: made so at creation, and refused when they aren't.
//!
//! Directories are 0700, files 0600 (T-01). One that is looser, somebody else's or a symbolic link is refused with
//! the command that mends it; it is never changed behind the operator's back. On systems without Unix permissions
//! the user's own directories are trusted as they are.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Why a file or directory isn't used.
#[derive(Debug, thiserror::Error)]
pub enum PrivateError {
    /// It is there, but isn't the operator's alone.
    #[error("{} {what}; mend it with: {mend}", path.display())]
    NotPrivate {
        /// The file or directory.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
        /// The command that puts it right.
        mend: String,
    },
    /// It isn't what it should be, a directory in place of a file for instance.
    #[error("{} is not {expected}; move it away", path.display())]
    WrongKind {
        /// The file or directory.
        path: PathBuf,
        /// `a file` or `a directory`.
        expected: &'static str,
    },
    /// The operating system said no.
    #[error("can't {action} {}: {error}", path.display())]
    Io {
        /// `read`, `create`, …
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        error: io::Error,
    },
}

impl PrivateError {
    fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Io {
            action,
            path: path.to_owned(),
            error,
        }
    }
}

/// Creates a directory (and those above it that are missing) as 0700, or checks the one that is there.
pub fn ensure_private_directory(path: &Path) -> Result<(), PrivateError> {
    // A link is judged before anything is made through it.
    if fs::symlink_metadata(path).is_err() {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(path)
            .map_err(PrivateError::io("create", path))?;
    }
    check_private_directory(path)
}

/// Checks a directory that must be the operator's alone.
pub fn check_private_directory(path: &Path) -> Result<(), PrivateError> {
    let metadata = fs::symlink_metadata(path).map_err(PrivateError::io("read", path))?;
    if !metadata.is_dir() && !metadata.is_symlink() {
        return Err(PrivateError::WrongKind {
            path: path.to_owned(),
            expected: "a directory",
        });
    }
    judge(path, &metadata)
}

/// Checks a file or directory that is there, without opening it.
pub fn check_private(path: &Path) -> Result<(), PrivateError> {
    let metadata = fs::symlink_metadata(path).map_err(PrivateError::io("read", path))?;
    judge(path, &metadata)
}

/// Creates a new file as 0600, to be written to; one that is there is an error and left as it is.
pub fn create_private_file(path: &Path) -> Result<File, PrivateError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    private_options(&mut options);
    options.open(path).map_err(PrivateError::io("create", path))
}

/// Opens a file that is there for reading. What is checked is the opened file, so it can't be exchanged meanwhile.
pub fn open_private_file(path: &Path) -> Result<File, PrivateError> {
    let mut options = OpenOptions::new();
    options.read(true);
    open_checked(path, options, "read")
}

/// Opens a file for reading and writing, created as 0600 if it isn't there; for lock files and the like.
pub fn open_or_create_private_file(path: &Path) -> Result<File, PrivateError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    open_checked(path, options, "open")
}

/// Puts a file in place whole or not at all: written beside it as 0600, made durable, then renamed over it. What is
/// there already must be private too.
pub fn replace_private_file(path: &Path, content: &[u8]) -> Result<(), PrivateError> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_file() && !metadata.is_symlink() => {
            return Err(PrivateError::WrongKind {
                path: path.to_owned(),
                expected: "a file",
            });
        }
        Ok(metadata) => judge(path, &metadata)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(PrivateError::io("read", path)(error)),
    }
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(
        ".{}.{}.tmp",
        std::process::id(),
        COUNTER.fetch_add(1, Ordering::Relaxed)
    ));
    let temporary = path.with_file_name(name);
    // Left over by a process of the same id that was killed; nobody else writes under this name.
    let _ = fs::remove_file(&temporary);
    let mut file = create_private_file(&temporary)?;
    let written = file
        .write_all(content)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&temporary, path))
        .and_then(|()| sync_directory_of(path));
    written.map_err(|error| {
        let _ = fs::remove_file(&temporary);
        PrivateError::io("write", path)(error)
    })
}

/// Makes a rename durable.
fn sync_directory_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if cfg!(unix) && !parent.as_os_str().is_empty() => {
            File::open(parent)?.sync_all()
        }
        _ => Ok(()),
    }
}

fn open_checked(
    path: &Path,
    mut options: OpenOptions,
    action: &'static str,
) -> Result<File, PrivateError> {
    private_options(&mut options);
    let file = options.open(path).map_err(|error| {
        // Opening a link fails by design; say what is wrong rather than what the system calls it.
        match check_private(path) {
            Err(refused @ PrivateError::NotPrivate { .. }) => refused,
            _ => PrivateError::io(action, path)(error),
        }
    })?;
    let metadata = file.metadata().map_err(PrivateError::io(action, path))?;
    if !metadata.is_file() {
        return Err(PrivateError::WrongKind {
            path: path.to_owned(),
            expected: "a file",
        });
    }
    judge(path, &metadata)?;
    Ok(file)
}

/// Created as 0600; links aren't followed, and a pipe under that name doesn't block.
#[cfg(unix)]
fn private_options(options: &mut OpenOptions) {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;

    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    options.mode(0o600).custom_flags(flags.bits() as i32);
}

#[cfg(not(unix))]
fn private_options(_options: &mut OpenOptions) {}

#[cfg(unix)]
fn judge(path: &Path, metadata: &Metadata) -> Result<(), PrivateError> {
    use std::os::unix::fs::MetadataExt;

    let refuse = |what, mend| {
        Err(PrivateError::NotPrivate {
            path: path.to_owned(),
            what,
            mend,
        })
    };
    let quoted = shell_quoted(path);
    if metadata.is_symlink() {
        let mend = match fs::canonicalize(path) {
            Ok(target) => format!("rm {quoted} && mv {} {quoted}", shell_quoted(&target)),
            Err(_) => format!("rm {quoted}"),
        };
        return refuse("is a symbolic link", mend);
    }
    match trouble(metadata.uid(), metadata.mode(), effective_user()) {
        None => Ok(()),
        Some(Trouble::Foreign) => refuse(
            "belongs to another user",
            format!("sudo chown \"$(id -un)\" {quoted}"),
        ),
        Some(Trouble::Loose) if metadata.is_dir() => {
            refuse("is open to other users", format!("chmod 700 {quoted}"))
        }
        Some(Trouble::Loose) => refuse("is open to other users", format!("chmod 600 {quoted}")),
    }
}

#[cfg(not(unix))]
fn judge(path: &Path, metadata: &Metadata) -> Result<(), PrivateError> {
    if metadata.is_symlink() {
        return Err(PrivateError::NotPrivate {
            path: path.to_owned(),
            what: "is a symbolic link",
            mend: format!("del {}", path.display()),
        });
    }
    Ok(())
}

#[cfg(unix)]
#[derive(Debug, PartialEq, Eq)]
enum Trouble {
    Foreign,
    Loose,
}

/// What is wrong with a file of that owner and mode for that user. Access lists show in the group's bits.
#[cfg(unix)]
fn trouble(owner: u32, mode: u32, user: u32) -> Option<Trouble> {
    if owner != user {
        Some(Trouble::Foreign)
    } else if mode & 0o077 != 0 {
        Some(Trouble::Loose)
    } else {
        None
    }
}

#[cfg(unix)]
fn effective_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Opens a secret's file, which the operator keeps where he likes: links are followed, and it may be root's, but
/// nobody else may be able to read it.
pub(super) fn open_secret_file(path: &Path) -> Result<File, PrivateError> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        rustix::fs::OFlags::NONBLOCK.bits() as i32,
    );
    let file = options.open(path).map_err(PrivateError::io("read", path))?;
    let metadata = file.metadata().map_err(PrivateError::io("read", path))?;
    if !metadata.is_file() {
        return Err(PrivateError::WrongKind {
            path: path.to_owned(),
            expected: "a file",
        });
    }
    #[cfg(unix)]
    {
        let root_s = std::os::unix::fs::MetadataExt::uid(&metadata) == 0;
        let loose = std::os::unix::fs::MetadataExt::mode(&metadata) & 0o077 != 0;
        if loose || !root_s {
            judge(path, &metadata)?;
        }
    }
    Ok(file)
}

/// A path as an argument to be pasted into a shell.
#[cfg(unix)]
fn shell_quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%".contains(c);
    if text.chars().all(plain) && !text.starts_with('-') {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn directories_are_made_0700_with_those_above_them() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a/b/orderdeck");
        ensure_private_directory(&path).unwrap();
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        ensure_private_directory(&path).unwrap();
    }

    #[test]
    fn a_loose_directory_is_refused_and_left_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config");
        fs::create_dir(&path).unwrap();
        set_mode(&path, 0o750);
        let error = ensure_private_directory(&path).unwrap_err().to_string();
        assert!(error.contains("chmod 700 "), "{error}");
        assert_eq!(mode(&path), 0o750);
    }

    #[test]
    fn files_are_made_0600_and_never_overwritten() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("new");
        create_private_file(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
        assert!(create_private_file(&path).is_err());
        let locked = home.path().join("lock");
        open_or_create_private_file(&locked).unwrap();
        open_or_create_private_file(&locked).unwrap();
        assert_eq!(mode(&locked), 0o600);
    }

    #[test]
    fn loose_and_linked_files_are_refused_with_the_command_that_mends_them() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("it's");
        fs::write(&path, "x").unwrap();
        set_mode(&path, 0o640);
        for error in [
            check_private(&path).unwrap_err(),
            open_private_file(&path).unwrap_err(),
            open_or_create_private_file(&path).unwrap_err(),
            replace_private_file(&path, b"y").unwrap_err(),
        ] {
            let text = error.to_string();
            assert!(text.contains("chmod 600 '"), "{text}");
            assert!(text.contains(r"it'\''s'"), "{text}");
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "x");

        set_mode(&path, 0o600);
        let link = home.path().join("link");
        symlink(&path, &link).unwrap();
        for error in [
            check_private(&link).unwrap_err(),
            open_private_file(&link).unwrap_err(),
            open_or_create_private_file(&link).unwrap_err(),
            replace_private_file(&link, b"y").unwrap_err(),
        ] {
            let text = error.to_string();
            assert!(text.contains("is a symbolic link"), "{text}");
            assert!(text.contains("rm ") && text.contains(" && mv "), "{text}");
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "x");
    }

    #[test]
    fn a_directory_in_place_of_a_file_and_the_reverse_are_refused() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("directory");
        ensure_private_directory(&directory).unwrap();
        assert!(matches!(
            open_private_file(&directory),
            Err(PrivateError::WrongKind {
                expected: "a file",
                ..
            })
        ));
        assert!(matches!(
            replace_private_file(&directory, b""),
            Err(PrivateError::WrongKind {
                expected: "a file",
                ..
            })
        ));
        let file = home.path().join("file");
        create_private_file(&file).unwrap();
        assert!(matches!(
            ensure_private_directory(&file),
            Err(PrivateError::WrongKind {
                expected: "a directory",
                ..
            })
        ));
    }

    #[test]
    fn another_users_file_is_refused_before_its_mode_is_looked_at() {
        assert_eq!(trouble(1000, 0o100_600, 1000), None);
        assert_eq!(trouble(1000, 0o100_604, 1000), Some(Trouble::Loose));
        assert_eq!(trouble(0, 0o100_600, 1000), Some(Trouble::Foreign));
        assert_eq!(trouble(1000, 0o100_666, 0), Some(Trouble::Foreign));
    }

    #[test]
    fn replacing_leaves_the_new_content_and_no_temporary_file() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        replace_private_file(&path, b"one").unwrap();
        replace_private_file(&path, b"two").unwrap();
        let mut text = String::new();
        open_private_file(&path)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "two");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }
}
