//! Trying the sandbox where the data directory can't be used: a temporary one takes its place, and is gone with this
//! process. What is kept there is no record, so nothing is sent to an account of the operator's meanwhile.

use std::sync::Arc;

use super::{Workspace, WorkspaceError};
use crate::ledger::{Book, Ledgers};
use crate::profile::Directories;
use crate::profile::private::{PrivateError, create_private_file, ensure_private_directory};
use crate::submit::SubmitError;

/// What puts it right, whatever it is.
const NEXT: &str = "name another folder in ORDERDECK_DATA_DIR";

impl Workspace {
    /// Whether the data directory can be written to; else why not, and what to do.
    pub fn try_data(&self) -> Result<(), String> {
        let write = || -> Result<(), PrivateError> {
            self.directories.ensure_data()?;
            let sandbox = self.sandbox_dir();
            ensure_private_directory(&sandbox)?;
            let trial = sandbox.join(format!(".trial-{}", std::process::id()));
            // Left over by a process of the same id that was killed.
            let _ = std::fs::remove_file(&trial);
            drop(create_private_file(&trial)?);
            // It is empty; where it can't be removed it harms nobody.
            let _ = std::fs::remove_file(&trial);
            Ok(())
        };
        write().map_err(|why| match why {
            // It names the command that mends it already.
            PrivateError::NotPrivate { .. } => why.to_string(),
            PrivateError::WrongKind { .. } => format!("{why}, or {NEXT}"),
            PrivateError::Io { .. } => format!("{why}; {NEXT}"),
        })
    }

    /// The same workspace with a temporary data directory, which is removed with the last clone. `why` is what is
    /// wrong with its own.
    pub fn aside(&self, why: &str) -> Result<Self, WorkspaceError> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("orderdeck-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let directory = builder.tempdir().map_err(|error| WorkspaceError::Nowhere {
            why: why.to_owned(),
            error,
        })?;
        Ok(Self {
            directories: Directories::at(self.directories.config(), directory.path()),
            ledgers: Ledgers::new(directory.path()),
            aside: Some(Arc::new(directory)),
            ..self.clone()
        })
    }

    /// Refuses where something would be sent whose record must outlast this process.
    pub(super) fn may_record(&self, book: Book) -> Result<(), SubmitError> {
        if self.aside.is_some() && book == Book::Work {
            return Err(SubmitError::Refused(format!(
                "nothing is sent to an account of yours while the record of it would be gone when you leave: {NEXT}"
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_the_way_is_told_and_a_private_place_aside_is_gone_in_the_end() {
        let home = tempfile::tempdir().unwrap();
        let data = home.path().join("data");
        let workspace = Workspace::at(Directories::at(home.path().join("config"), &data));
        assert_eq!(workspace.try_data(), Ok(()));
        assert_eq!(std::fs::read_dir(data.join("sandbox")).unwrap().count(), 0);
        std::fs::remove_dir_all(&data).unwrap();
        std::fs::write(&data, "in the way").unwrap();
        let why = workspace.try_data().unwrap_err();
        assert!(why.contains("is not a directory; move it away"), "{why}");
        assert!(why.contains("ORDERDECK_DATA_DIR"), "{why}");

        let aside = workspace.aside(&why).unwrap();
        assert_eq!(aside.try_data(), Ok(()));
        assert_eq!(aside.directories().config(), home.path().join("config"));
        let place = aside.directories().data().to_owned();
        assert_eq!(aside.ledgers().data_dir(), place);
        aside.ledger(Book::Work).unwrap();
        assert!(aside.may_record(Book::Sandbox).is_ok());
        let refused = aside.may_record(Book::Work).unwrap_err().to_string();
        assert!(refused.contains("nothing is sent"), "{refused}");
        assert!(workspace.may_record(Book::Work).is_ok());
        let clone = aside.clone();
        drop(aside);
        assert!(place.is_dir());
        drop(clone);
        assert!(!place.exists());
    }
}
