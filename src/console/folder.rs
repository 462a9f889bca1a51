//! What stands in a folder, for the browser.

use std::path::PathBuf;

use jiff::Timestamp;

/// How many entries of a folder are listed.
pub const AT_MOST: usize = 20_000;

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Another folder.
    Folder,
    /// A file.
    File,
    /// It can't be opened, and why.
    Closed(String),
}

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name, as it can be shown.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// Length in bytes.
    pub bytes: u64,
    /// When it was changed.
    pub changed_at: Option<Timestamp>,
}

impl Entry {
    /// Whether it is left out unless asked for.
    pub fn is_hidden(&self) -> bool {
        self.name.starts_with('.')
    }
}
