//! The two ledgers of a data directory, and which of them a run's name means.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use super::sqlite::SqliteLedger;
use super::{Book, Ledger, LedgerError, RunId, RunName};

/// The ledgers of a data directory; nothing is opened or made before it is asked for.
#[derive(Debug, Clone)]
pub struct Ledgers {
    data_dir: PathBuf,
}

impl Ledgers {
    /// Those of that data directory.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
        }
    }

    /// The data directory.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Where a ledger's file is, whether or not it is there yet.
    pub fn path(&self, book: Book) -> PathBuf {
        match book {
            Book::Work => self.data_dir.join("ledger.sqlite"),
            Book::Sandbox => self.data_dir.join("sandbox").join("ledger.sqlite"),
        }
    }

    /// Opens a ledger for writing, and makes it if it isn't there.
    ///
    /// # Errors
    ///
    /// As [`SqliteLedger::open`].
    pub fn open(&self, book: Book) -> Result<SqliteLedger, LedgerError> {
        SqliteLedger::open(&self.path(book))
    }

    /// Opens a ledger to look into it, `None` if it isn't there. It can be written to unless its file
    /// or its disk allows looking only.
    ///
    /// # Errors
    ///
    /// As [`SqliteLedger::open`].
    pub fn open_existing(&self, book: Book) -> Result<Option<SqliteLedger>, LedgerError> {
        let path = self.path(book);
        if path.symlink_metadata().is_err() {
            return Ok(None);
        }
        match SqliteLedger::open(&path) {
            Err(refused @ LedgerError::Unusable { .. }) => SqliteLedger::open_read_only(&path)
                .map(Some)
                .map_err(|_| refused),
            opened => opened.map(Some),
        }
    }

    /// The run that a name means: `s14` in the sandbox's ledger, `14` in that of work or else in the
    /// sandbox's, no name the newest run of both. `only` keeps to one ledger.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Unknown`] if there is no such run; else as [`SqliteLedger::open`].
    pub fn resolve(
        &self,
        text: Option<&str>,
        only: Option<Book>,
    ) -> Result<(Book, RunId), LedgerError> {
        let books = || {
            Book::ALL
                .into_iter()
                .filter(move |book| only.is_none_or(|only| only == *book))
        };
        let Some(text) = text else {
            return self.newest(books());
        };
        let name: RunName = text.trim().parse()?;
        let sandbox_only = name.book == Book::Sandbox;
        for book in books().filter(|book| !sandbox_only || *book == Book::Sandbox) {
            let Some(ledger) = self.open_existing(book)? else {
                continue;
            };
            match ledger.run(name.id) {
                Ok(run) => return Ok((book, run.id)),
                Err(LedgerError::Unknown { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Err(LedgerError::Unknown {
            what: format!("run {name}"),
        })
    }

    fn newest(&self, books: impl Iterator<Item = Book>) -> Result<(Book, RunId), LedgerError> {
        let mut newest = Vec::new();
        for book in books {
            if let Some(ledger) = self.open_existing(book)? {
                newest.extend(
                    ledger
                        .newest_run()?
                        .map(|run| (run.started_at, book, run.id)),
                );
            }
        }
        newest
            .into_iter()
            .min_by_key(|(started_at, book, _)| (Reverse(*started_at), *book))
            .map(|(_, book, id)| (book, id))
            .ok_or_else(|| LedgerError::Unknown {
                what: "run yet".to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::NewRun;
    use crate::order::outcome::Operation;

    fn begin(ledgers: &Ledgers, book: Book) -> RunId {
        let run = NewRun {
            vendor: "kibo".to_owned(),
            profile: "p".to_owned(),
            account: "a".to_owned(),
            environment: "test".to_owned(),
            operation: Operation::Import,
            frozen: crate::ledger::Frozen::default(),
            retry_of: None,
        };
        let mut ledger = ledgers.open(book).unwrap();
        let id = ledger.begin_run(&run, &[], &[]).unwrap();
        // The clock of runs ticks in milliseconds: let the next one be newer.
        let begun = ledger.run(id).unwrap().started_at;
        while jiff::Timestamp::now().as_millisecond() <= begun.as_millisecond() {
            std::hint::spin_loop();
        }
        id
    }

    #[test]
    fn nothing_is_made_by_looking() {
        let dir = tempfile::tempdir().unwrap();
        let ledgers = Ledgers::new(dir.path().join("data"));
        assert!(ledgers.open_existing(Book::Work).unwrap().is_none());
        assert!(matches!(
            ledgers.resolve(None, None),
            Err(LedgerError::Unknown { .. })
        ));
        assert!(!dir.path().join("data").exists());
    }

    #[test]
    fn a_name_means_work_before_the_sandbox_and_none_the_newest() {
        let dir = tempfile::tempdir().unwrap();
        let ledgers = Ledgers::new(dir.path());
        begin(&ledgers, Book::Sandbox);
        let second = begin(&ledgers, Book::Sandbox);
        let work = begin(&ledgers, Book::Work);
        let resolve = |text| ledgers.resolve(text, None).unwrap();
        assert_eq!(resolve(None), (Book::Work, work));
        assert_eq!(resolve(Some("1")), (Book::Work, work));
        assert_eq!(resolve(Some("2")), (Book::Sandbox, second));
        assert_eq!(resolve(Some("s1")), (Book::Sandbox, RunId(1)));
        assert_eq!(
            ledgers.resolve(None, Some(Book::Sandbox)).unwrap(),
            (Book::Sandbox, second)
        );
        let third = begin(&ledgers, Book::Sandbox);
        assert_eq!(resolve(None), (Book::Sandbox, third));
        for (text, only) in [
            (Some("9"), None),
            (Some("s9"), None),
            (Some("2"), Some(Book::Work)),
            (Some("s2"), Some(Book::Work)),
        ] {
            let error = ledgers.resolve(text, only).unwrap_err();
            assert!(matches!(error, LedgerError::Unknown { .. }), "{error}");
        }
    }
}
