//! Errors inside the SQLite ledger, and how they become words with a next step.

use std::path::Path;

use rusqlite::ErrorCode;

use super::bound;
use crate::ledger::LedgerError;

/// What went wrong, before anybody said which ledger and what it was about.
#[derive(Debug)]
pub(super) enum Fault {
    /// SQLite said no.
    Sql(rusqlite::Error),
    /// Already in words.
    Told(LedgerError),
    /// A stored value isn't what this program writes.
    Damaged(String),
    /// The caller asked for something that can't be done.
    Refused(String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<LedgerError> for Fault {
    fn from(error: LedgerError) -> Self {
        Self::Told(error)
    }
}

impl Fault {
    pub(super) fn unknown(what: impl Into<String>) -> Self {
        Self::Told(LedgerError::Unknown { what: what.into() })
    }

    pub(super) fn damaged(what: &str, value: impl std::fmt::Debug) -> Self {
        Self::Damaged(format!("{what} is {value:?}"))
    }

    /// The error as everybody else sees it.
    pub(super) fn tell(self, path: &Path, doing: &'static str) -> LedgerError {
        let unusable = |reason: String, remedy: String| LedgerError::Unusable {
            path: path.display().to_string(),
            reason,
            remedy,
        };
        let error = match self {
            Self::Told(error) => return error,
            Self::Refused(reason) => return LedgerError::Failed { doing, reason },
            Self::Damaged(reason) => return unusable(reason, set_aside(path)),
            Self::Sql(error) => error,
        };
        let reason = error.to_string();
        let remedy = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => set_aside(path),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                format!("make it writable: `chmod 600 {}`", shell_word(path))
            }
            Some(ErrorCode::CannotOpen) => {
                "make sure that its directory exists and is yours to write to".to_owned()
            }
            Some(ErrorCode::DiskFull) => bound::remedy(),
            Some(ErrorCode::SystemIoFailure) => {
                "look after its disk, then `orderdeck resume`".to_owned()
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                "another program holds it: let that one end, then try again".to_owned()
            }
            _ => return LedgerError::Failed { doing, reason },
        };
        unusable(reason, remedy)
    }
}

/// What to do with a file that can't be read as a ledger.
pub(super) fn set_aside(path: &Path) -> String {
    let word = shell_word(path);
    let aside = shell_word(Path::new(&format!("{}.broken", path.display())));
    format!(
        "put a backup in its place, or keep it and start afresh with `mv {word} {aside}`: what was sent isn't known then"
    )
}

/// The path as one word for a shell.
pub(crate) fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
