//! One sender an account at a time: an operating-system lock, free the moment its owner is gone.
//!
//! No heartbeats: a stopped process keeps its lock, a killed one loses it. The locked file says who holds
//! it, so that the second one can tell its operator.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::sqlite::fault::shell_word;
use super::sqlite::private;

/// The most that is read of a lock file.
const MOST: u64 = 16 * 1024;

/// Who is sending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockHolder {
    /// Its process.
    pub pid: u32,
    /// Name of the profile it sends with.
    pub profile: String,
    /// The run as people name it, once it is begun.
    pub run: Option<String>,
    /// When it took the lock.
    #[serde(with = "time")]
    pub started: Timestamp,
}

impl LockHolder {
    /// This process, now.
    pub fn this_process(profile: impl Into<String>) -> Self {
        Self {
            pid: std::process::id(),
            profile: profile.into(),
            run: None,
            started: Timestamp::now(),
        }
    }
}

impl std::fmt::Display for LockHolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let profile = &self.profile;
        write!(
            f,
            "process {} is sending with profile {profile:?}",
            self.pid
        )?;
        if let Some(run) = &self.run {
            write!(f, ", run {run:?}")?;
        }
        write!(f, ", since {:.0}", self.started)
    }
}

/// The times of lock files, as RFC 3339 text.
mod time {
    use jiff::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(time: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(time)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// Why the lock can't be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another sender has it.
    #[error(
        "somebody else is sending to this account{}: wait until that run ends or stop it there",
        .by.as_ref().map(|by| format!(" ({by})")).unwrap_or_default()
    )]
    Held {
        /// Who, if the file says so.
        by: Option<LockHolder>,
    },
    /// The lock file can't be opened or locked.
    #[error("the lock {path} can't be used: {reason}; {remedy}")]
    Unusable {
        /// The lock's file.
        path: String,
        /// What the system said.
        reason: String,
        /// What the operator can do.
        remedy: String,
    },
}

/// The right to send to an account, until dropped.
#[derive(Debug)]
pub struct AccountLock {
    file: File,
    path: PathBuf,
}

impl AccountLock {
    /// Takes the lock of an account in `<data_dir>/locks`, without waiting.
    ///
    /// # Errors
    ///
    /// [`LockError::Held`] if another sender has it.
    pub fn acquire(
        data_dir: &Path,
        vendor: &str,
        account: &str,
        who: &LockHolder,
    ) -> Result<Self, LockError> {
        let directory = data_dir.join("locks");
        let path = directory.join(file_name(vendor, account));
        let file = private::make_directory(&directory)
            .and_then(|()| open(&path))
            .map_err(|error| unusable(&path, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Held { by: holder(&file) });
            }
            Err(TryLockError::Error(error)) => return Err(unusable(&path, &error)),
        }
        let mut lock = Self { file, path };
        lock.tell(who)?;
        Ok(lock)
    }

    /// Whether somebody is sending to an account now; `None` if that can't be found out. Looks without leaving
    /// anything behind.
    pub fn is_held(data_dir: &Path, vendor: &str, account: &str) -> Option<bool> {
        let path = data_dir.join("locks").join(file_name(vendor, account));
        let file = match File::open(path) {
            Ok(file) => file,
            // Nobody has ever sent to it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Some(false),
            Err(_) => return None,
        };
        // Shared, so that two who look don't see each other; freed when the file is closed.
        match file.try_lock_shared() {
            Ok(()) => Some(false),
            Err(TryLockError::WouldBlock) => Some(true),
            Err(TryLockError::Error(_)) => None,
        }
    }

    /// Says anew who holds the lock: once the run has its number.
    ///
    /// # Errors
    ///
    /// [`LockError::Unusable`] if the file can't be written; the lock is held nevertheless.
    pub fn tell(&mut self, who: &LockHolder) -> Result<(), LockError> {
        let write = |file: &mut File| {
            let text = serde_json::to_vec(who)?;
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(&text)
        };
        write(&mut self.file).map_err(|error| unusable(&self.path, &error))
    }
}

impl Drop for AccountLock {
    fn drop(&mut self) {
        // Nobody is sending: let nobody be named. The file stays: removing it would let two lock two files.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

fn open(path: &Path) -> io::Result<File> {
    if path.symlink_metadata().is_ok_and(|it| !it.is_file()) {
        return Err(io::Error::other("it is not a file of its own"));
    }
    private::new_file()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

fn unusable(path: &Path, error: &io::Error) -> LockError {
    let directory = path.parent().unwrap_or(path);
    LockError::Unusable {
        path: path.display().to_string(),
        reason: error.to_string(),
        remedy: format!(
            "make sure that {} is a directory that you can write to, on a local disk",
            shell_word(directory)
        ),
    }
}

fn holder(file: &File) -> Option<LockHolder> {
    let mut text = Vec::new();
    file.take(MOST).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

/// A file name for any account, another one for each.
fn file_name(vendor: &str, account: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let short: String = account
        .chars()
        .take(64)
        .map(|c| if plain(c) { c } else { '_' })
        .collect();
    if short == account {
        return format!("{vendor}-{short}.lock");
    }
    // Also where a disk makes no difference between capitals and small letters.
    let hash = blake3::hash(account.as_bytes()).to_hex();
    format!(
        "{vendor}-{short}.{}.lock",
        hash.get(..8).unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn me() -> LockHolder {
        LockHolder::this_process("acme-kibo")
    }

    #[test]
    fn the_second_is_told_who_is_sending() {
        let dir = tempfile::tempdir().unwrap();
        let mut first = AccountLock::acquire(dir.path(), "kibo", "acme", &me()).unwrap();
        let now = LockHolder {
            run: Some("14".to_owned()),
            ..me()
        };
        first.tell(&now).unwrap();
        let refused = AccountLock::acquire(dir.path(), "kibo", "acme", &me()).unwrap_err();
        let LockError::Held { by } = &refused else {
            panic!("{refused}");
        };
        assert_eq!(by.as_ref(), Some(&now));
        let words = refused.to_string();
        assert!(
            words.contains("acme-kibo") && words.contains("14"),
            "{words}"
        );
        drop(first);
        AccountLock::acquire(dir.path(), "kibo", "acme", &me()).unwrap();
    }

    /// Not a test of its own: the other process of the next one.
    #[test]
    #[ignore = "run by the_lock_is_free_when_its_owner_is_killed"]
    fn hold_until_killed() {
        let Some(dir) = std::env::var_os("LOCK_TEST_DIR") else {
            return;
        };
        let lock = AccountLock::acquire(Path::new(&dir), "kibo", "acme", &me()).unwrap();
        println!("locked");
        io::stdin().read_to_end(&mut Vec::new()).unwrap();
        drop(lock);
    }

    #[test]
    fn the_lock_is_free_when_its_owner_is_killed() {
        use std::io::BufRead as _;
        use std::process::{Command, Stdio};
        let dir = tempfile::tempdir().unwrap();
        let mut owner = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture"])
            .arg("ledger::lock::tests::hold_until_killed")
            .env("LOCK_TEST_DIR", dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = io::BufReader::new(owner.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("locked")));
        let refused = AccountLock::acquire(dir.path(), "kibo", "acme", &me()).unwrap_err();
        match refused {
            LockError::Held { by: Some(by) } => assert_eq!(by.pid, owner.id()),
            other => panic!("{other}"),
        }
        owner.kill().unwrap();
        owner.wait().unwrap();
        AccountLock::acquire(dir.path(), "kibo", "acme", &me()).unwrap();
    }

    #[test]
    fn another_account_or_vendor_is_free() {
        let dir = tempfile::tempdir().unwrap();
        let accounts = [
            ("kibo", "acme"),
            ("kibo", "Acme"),
            ("kibo", "acme/../x"),
            ("kibo", "acme_.._x"),
            ("voucherify", "acme"),
            ("kibo", ""),
        ];
        let locks: Vec<_> = accounts
            .into_iter()
            .map(|(vendor, account)| {
                AccountLock::acquire(dir.path(), vendor, account, &me()).unwrap()
            })
            .collect();
        assert_eq!(locks.len(), accounts.len());
        let names = std::fs::read_dir(dir.path().join("locks")).unwrap();
        assert_eq!(names.count(), accounts.len());
    }

    #[test]
    fn rubbish_in_the_file_names_nobody_and_hinders_nobody() {
        let dir = tempfile::tempdir().unwrap();
        let lock = AccountLock::acquire(dir.path(), "kibo", "acme", &me()).unwrap();
        std::fs::write(&lock.path, b"\x1b[2Jrubbish").unwrap();
        let refused = AccountLock::acquire(dir.path(), "kibo", "acme", &me()).unwrap_err();
        assert!(matches!(refused, LockError::Held { by: None }));
        drop(lock);
        AccountLock::acquire(dir.path(), "kibo", "acme", &me()).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_private_and_no_link() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let lock = AccountLock::acquire(dir.path(), "kibo", "acme", &me()).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&lock.path), 0o600);
        assert_eq!(mode(&dir.path().join("locks")), 0o700);
        let victim = dir.path().join("victim");
        std::fs::write(&victim, "mine").unwrap();
        std::os::unix::fs::symlink(&victim, dir.path().join("locks/kibo-link.lock")).unwrap();
        let refused = AccountLock::acquire(dir.path(), "kibo", "link", &me()).unwrap_err();
        assert!(matches!(refused, LockError::Unusable { .. }), "{refused}");
        assert_eq!(std::fs::read_to_string(&victim).unwrap(), "mine");
    }
}
