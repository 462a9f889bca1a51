//! The open files that aren't in front, each as it was left.

use super::{FileState, OrdersState, PayloadState, Survey};
use crate::console::session::Kept;
use crate::deck::Deck;
use crate::order::outcome::Operation;
use crate::vendor::Account;

/// How many files can be open.
pub const AT_MOST: usize = 16;

/// For whom a survey was made.
pub type SurveyedFor = Option<(Account, Operation)>;

/// A file with all that belongs to it on the screen.
#[derive(Debug)]
pub struct Desk {
    /// The file.
    pub file: FileState,
    /// Its list.
    pub orders: OrdersState,
    /// The payload beside it.
    pub payload: PayloadState,
    /// What was found in it, by tab, and for whom.
    pub surveys: Vec<(Survey, SurveyedFor)>,
}

/// A file on the shelf.
#[derive(Debug)]
pub enum Content {
    /// It was read.
    Desk(Box<Desk>),
    /// It was open at the last visit, and is read when one goes to it.
    Unread {
        /// Absolute.
        path: String,
        /// What opens it with its mapping.
        mapping: String,
        /// How many orders it had.
        orders: u64,
    },
}

/// A file on the shelf.
#[derive(Debug)]
pub struct Shelved {
    /// Files stand in the order of their numbers.
    pub number: u64,
    /// It.
    pub content: Content,
}

impl Shelved {
    /// The absolute path.
    pub fn path(&self) -> &str {
        match &self.content {
            Content::Desk(desk) => desk
                .file
                .deck
                .as_ref()
                .map_or("", |deck| deck.source().identity()),
            Content::Unread { path, .. } => path,
        }
    }
}

/// The open files that aren't in front.
#[derive(Debug, Default)]
pub struct Shelf {
    /// By number.
    pub others: Vec<Shelved>,
    /// The number of the file in front.
    pub front: u64,
    /// The number given last.
    pub last: u64,
    /// A file that was read and comes to the front as soon as nothing stands in its way: a dialog, or an edit on
    /// its way to the ledger.
    pub waiting: Option<(Deck, Box<Kept>)>,
}

impl Shelf {
    /// A number behind all others.
    pub fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Puts a file in its place.
    pub fn put(&mut self, shelved: Shelved) {
        let at = self
            .others
            .partition_point(|other| other.number < shelved.number);
        self.others.insert(at, shelved);
    }

    /// Which of how many files the front one is, counted from 1.
    pub fn position(&self) -> (usize, usize) {
        let before = self
            .others
            .partition_point(|other| other.number < self.front);
        (before + 1, self.others.len() + 1)
    }
}
