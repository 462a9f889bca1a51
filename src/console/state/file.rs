//! The open file.

use std::collections::VecDeque;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::console::effect::EditWork;
use crate::console::event::Ticket;
use crate::deck::{Deck, Overview};

/// A file that is being opened.
#[derive(Debug)]
pub struct Opening {
    /// The request.
    pub ticket: Ticket,
    /// The file; none for the sample.
    pub path: Option<PathBuf>,
    /// Bytes read.
    pub bytes: u64,
    /// Bytes in all.
    pub total: u64,
    /// Its first orders, to be looked at until all of it is read.
    pub beginning: Option<Deck>,
}

/// The open file.
#[derive(Debug, Default)]
pub struct FileState {
    /// The deck.
    pub deck: Option<Deck>,
    /// Sums over all of it, once they are known.
    pub overview: Option<Box<Overview>>,
    /// The request for the sums.
    pub overview_ticket: Ticket,
    /// What is being opened.
    pub opening: Option<Opening>,
    /// Edits that wait for the one before.
    pub edits: VecDeque<EditWork>,
    /// Whether one is on its way to the ledger.
    pub editing: bool,
    /// What became of the file on disk since it was read, if something did.
    pub changed: Option<String>,
    /// It is the shipped sample, which lies where nobody looks for files.
    pub is_sample: bool,
    /// When that was asked last.
    pub checked_at: Option<Timestamp>,
}

impl FileState {
    /// What is looked at: the open file, or the beginning of the one that is being opened.
    pub fn shown(&self) -> Option<&Deck> {
        self.deck.as_ref().or_else(|| self.beginning())
    }

    /// The beginning of the file that is being opened, while that is looked at.
    pub fn beginning(&self) -> Option<&Deck> {
        let opening = self.opening.as_ref().filter(|_| self.deck.is_none());
        opening.and_then(|opening| opening.beginning.as_ref())
    }

    /// The file's own name.
    pub fn name(&self) -> String {
        self.shown().map_or_else(String::new, |deck| {
            let path = deck.source().path();
            path.file_name()
                .unwrap_or(path.as_os_str())
                .to_string_lossy()
                .into_owned()
        })
    }

    /// How many orders it holds, or its beginning.
    pub fn orders(&self) -> usize {
        self.shown().map_or(0, Deck::len)
    }

    /// How many of them are edited.
    pub fn edited(&self) -> usize {
        self.deck.as_ref().map_or(0, |deck| deck.edits().len())
    }
}
