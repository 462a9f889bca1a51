//! A copy of the ledger as of one moment, taken while others go on writing.

use std::path::{Path, PathBuf};
use std::time::Instant;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::super::SqliteLedger;
use super::super::fault::Fault;
use super::super::open::{PATIENCE, look_at_file_alone};
use super::check;
use crate::ledger::{LedgerCheck, LedgerError};

impl SqliteLedger {
    /// Copies the ledger into a file that was made for it and is empty. One snapshot, whatever is written meanwhile.
    ///
    /// # Errors
    ///
    /// The ledger can't be read or the file not be written.
    pub fn backup(&self, to: &Path) -> Result<(), LedgerError> {
        self.copy(to)
            .map_err(|fault| fault.tell(to, "write the backup"))
    }

    fn copy(&self, to: &Path) -> Result<(), Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let mut copy = Connection::open_with_flags(directly(to), flags)?;
        let begun = Instant::now();
        {
            let backup = Backup::new(&self.conn, &mut copy)?;
            loop {
                // All at once: in steps, each commit of a run under way would begin it anew.
                match backup.step(-1)? {
                    StepResult::Done => break,
                    _ if begun.elapsed() > PATIENCE => {
                        return Err(Fault::Refused(
                            "another process holds the ledger; try again".to_owned(),
                        ));
                    }
                    _ => std::thread::sleep(std::time::Duration::from_millis(20)),
                }
            }
        }
        // One file, without a log beside it.
        copy.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
        Ok(())
    }

    /// Checks a ledger's file that nobody has open, such as a backup, as [`SqliteLedger::check`] does.
    ///
    /// # Errors
    ///
    /// It can't be read at all.
    pub fn check_file(path: &Path) -> Result<LedgerCheck, LedgerError> {
        look_at_file_alone(&directly(path))
            .and_then(|conn| check::all(&conn))
            .map_err(|fault| fault.tell(path, "check the file"))
    }
}

/// The path without links on the way to the file: SQLite is told to follow none.
fn directly(path: &Path) -> PathBuf {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}
