//! What people call a run: `14` in the ledger of work, `s14` in the sandbox's.

use std::fmt;
use std::str::FromStr;

use super::{LedgerError, RunId};

/// Which of the two ledgers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Book {
    /// The ledger of work: live and test accounts, and all edits.
    Work,
    /// The ledger of the sandbox, so that trying never mixes with working.
    Sandbox,
}

impl Book {
    /// Both, work first.
    pub const ALL: [Self; 2] = [Self::Work, Self::Sandbox];
}

/// A run as people name it on screen and on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunName {
    /// The ledger it is in.
    pub book: Book,
    /// Its number there.
    pub id: RunId,
}

impl fmt::Display for RunName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.book {
            Book::Work => write!(f, "{}", self.id.0),
            Book::Sandbox => write!(f, "s{}", self.id.0),
        }
    }
}

impl FromStr for RunName {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        let (book, digits) = match text.strip_prefix('s') {
            Some(digits) => (Book::Sandbox, digits),
            None => (Book::Work, text),
        };
        // `parse` alone would let a sign pass.
        let id = Some(digits)
            .filter(|digits| digits.starts_with(|c: char| c.is_ascii_digit()))
            .and_then(|digits| digits.parse().ok())
            .ok_or_else(|| LedgerError::Unknown {
                what: format!("run {text:?}"),
            })?;
        Ok(Self {
            book,
            id: RunId(id),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_as_they_were() {
        for (text, book, id) in [("14", Book::Work, 14), ("s3", Book::Sandbox, 3)] {
            let name: RunName = text.parse().unwrap();
            assert_eq!((name.book, name.id), (book, RunId(id)));
            assert_eq!(name.to_string(), text);
        }
    }

    #[test]
    fn other_words_name_no_run() {
        for text in [
            "",
            "s",
            "-1",
            "+1",
            "s-1",
            "1.5",
            "x4",
            "99999999999999999999",
        ] {
            let error = text.parse::<RunName>().unwrap_err().to_string();
            assert!(error.contains("orderdeck runs"), "{text}: {error}");
        }
    }
}
