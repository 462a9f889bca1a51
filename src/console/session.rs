//! What is kept between two visits: the files with filter, marks and cursor, the tabs with their accounts, the
//! view. Edits are in the ledger.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::state::View;
use crate::deck::Deck;
use crate::deck::list::Places;
use crate::source::Reading;

/// Its name in the data directory.
pub const FILE: &str = "session.json";
/// The shape of the file that this program writes.
const VERSION: u32 = 1;
/// How many marks of a file are kept: more are a selection that a filter makes again.
pub const MARKS: usize = 5_000;
/// How many files are kept, those that were closed too.
pub const FILES: usize = 30;

/// The file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its shape.
    pub version: u32,
    /// Name of the view in front.
    #[serde(default)]
    pub view: String,
    /// The vendor whose tab is in front.
    #[serde(default)]
    pub vendor: String,
    /// The chosen profile by vendor.
    #[serde(default)]
    pub profiles: BTreeMap<String, String>,
    /// Whether the vendors on loopback ran.
    #[serde(default)]
    pub sandbox: bool,
    /// Path of the file in front.
    #[serde(default)]
    pub front: Option<String>,
    /// Every file that is known, the open ones in their order, then those that were closed, newest first.
    #[serde(default)]
    pub files: Vec<SavedFile>,
}

/// What is kept of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedFile {
    /// Absolute.
    pub path: String,
    /// Whether it was open.
    #[serde(default)]
    pub open: bool,
    /// What opens it with its mapping.
    #[serde(default)]
    pub mapping: String,
    /// How it was read, where that was said.
    #[serde(default, skip_serializing_if = "Reading::is_default")]
    pub reading: Reading,
    /// Hash of its bytes.
    #[serde(default)]
    pub fingerprint: String,
    /// How many orders it had.
    #[serde(default)]
    pub orders: u64,
    /// The filter.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub filter: String,
    /// Keys of the marked orders, as the source has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<String>,
    /// Marks that were too many to be kept.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unkept: u64,
    /// Key of the order under the cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// The vendor whose tab was in front.
    #[serde(default)]
    pub vendor: String,
    /// The view that was in front.
    #[serde(default)]
    pub view: String,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde gives references.
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Why a session isn't taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It was written by a newer program, and is left as it is.
    #[error("it was written by a newer orderdeck, and is left as it is")]
    Newer,
    /// It can't be read.
    #[error("it is damaged")]
    Damaged,
}

impl Session {
    /// Reads the text of the file.
    pub fn parse(text: &str) -> Result<Self, Unusable> {
        #[derive(Deserialize)]
        struct Head {
            version: u32,
        }
        let head: Head = serde_json::from_str(text).map_err(|_| Unusable::Damaged)?;
        if head.version > VERSION {
            return Err(Unusable::Newer);
        }
        serde_json::from_str(text).map_err(|_| Unusable::Damaged)
    }

    /// The text of the file.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        let current = Self {
            version: VERSION,
            ..self.clone()
        };
        serde_json::to_string_pretty(&current)
    }

    /// What is kept of a file.
    pub fn file(&self, path: &str) -> Option<&SavedFile> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// The view of that name.
pub fn view_named(name: &str) -> Option<View> {
    View::ALL.into_iter().find(|view| view.title() == name)
}

/// The session as it is now. Orders are places still: their keys are looked up off the thread that draws.
#[derive(Debug)]
pub struct Snapshot {
    /// Later ones have higher numbers.
    pub number: u64,
    /// All but the files.
    pub session: Session,
    /// The open files in their order.
    pub files: Vec<FileNow>,
}

/// An open file as it is now.
#[derive(Debug)]
pub enum FileNow {
    /// It was read.
    Read {
        /// It.
        deck: Deck,
        /// Places of marked orders, no more than are kept.
        marked: Vec<usize>,
        /// How many aren't kept.
        unkept: u64,
        /// The place under the cursor.
        cursor: Option<usize>,
        /// All that needs no looking up.
        saved: Box<SavedFile>,
    },
    /// It wasn't read since the program began: what is kept of it stays.
    Unread(String),
}

/// What is taken along when a file is opened.
#[derive(Debug)]
pub enum Keep {
    /// What the session knows of it.
    Session,
    /// What stands on the screen of the same file, read before.
    Of {
        /// As it was.
        deck: Deck,
        /// Places of marked orders in that.
        marked: Places,
        /// The place under the cursor in that.
        cursor: Option<usize>,
    },
}

/// What was taken along, by the places in the file as it is now.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// What the session knew.
    pub saved: Option<SavedFile>,
    /// Marked orders.
    pub marked: Places,
    /// Marked orders that aren't in it any more.
    pub lost: usize,
    /// The order under the cursor.
    pub cursor: Option<usize>,
    /// It is the shipped sample, which lies where nobody looks for files.
    pub is_sample: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_read_as_it_was_written() {
        let session = Session {
            version: 1,
            view: View::Runs.title().to_owned(),
            front: Some("/a.csv".to_owned()),
            files: vec![SavedFile {
                path: "/a.csv".to_owned(),
                marks: vec!["#1".to_owned()],
                ..SavedFile::default()
            }],
            ..Session::default()
        };
        assert_eq!(Session::parse(&session.text().unwrap()).unwrap(), session);
        assert_eq!(view_named(&session.view), Some(View::Runs));
    }

    #[test]
    fn what_is_newer_or_damaged_is_told_apart() {
        let newer = r#"{"version": 2, "files": 7}"#;
        assert_eq!(Session::parse(newer), Err(Unusable::Newer));
        for text in ["", "{}", "7", r#"{"version": 1, "files": 7}"#] {
            assert_eq!(Session::parse(text), Err(Unusable::Damaged), "{text}");
        }
    }
}
