//! The payload of the order under the cursor.

use std::collections::HashSet;

use crate::console::editor::Job;
use crate::console::event::Ticket;
use crate::console::model::Inspection;
use crate::console::widget::clicked::Clicked;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::json::JsonLine;
use crate::console::widget::search::Search;
use crate::order::Field;

/// Where the cursor goes when the payload that was asked for is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Jump {
    /// To its first finding.
    FirstFinding,
    /// To its last one.
    LastFinding,
    /// To that place.
    To(String),
}

/// The field that the cursor stood on, to be found again in another payload of the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The order's fields that it comes from, if it does.
    pub fields: Vec<Field>,
    /// The line item.
    pub item: Option<usize>,
    /// Where it stood.
    pub pointer: String,
    /// The line's number.
    pub line: usize,
    /// Tab and line where the cursor was put for it: while it stands there, it is still this field that is meant.
    pub landed: Option<(usize, usize)>,
}

/// A search in the payload: what is folded is searched too.
#[derive(Debug, Default)]
pub struct PayloadSearch {
    /// What is typed.
    pub search: Search,
    /// The lines that have it, of the payload with nothing folded.
    pub found: Vec<JsonLine>,
    /// The first of them from the cursor on.
    pub first: usize,
    /// The one that the cursor was put on last.
    pub at: Option<usize>,
    /// The line that the cursor stood on when the search began.
    pub from: usize,
}

/// The payload of the order under the cursor.
#[derive(Debug, Default)]
pub struct PayloadState {
    /// Whether the keys go here.
    pub focused: bool,
    /// What is shown: of the order under the cursor, or still of the one before.
    pub shown: Option<Box<Inspection>>,
    /// Its lines, without what is folded.
    pub lines: Vec<JsonLine>,
    /// For how many columns they were made.
    pub columns: usize,
    /// Why there is nothing to show.
    pub trouble: Option<String>,
    /// Pointers of objects and lists that are folded.
    pub folded: HashSet<String>,
    /// The line under the cursor.
    pub cursor: Cursor,
    /// Place and tab that were asked for last.
    pub asked: Option<(usize, usize)>,
    /// The request.
    pub ticket: Ticket,
    /// Where the cursor goes then.
    pub jump: Option<Jump>,
    /// The field to be kept when another vendor comes to the front.
    pub anchor: Option<Anchor>,
    /// What is searched for.
    pub search: PayloadSearch,
    /// When a line was clicked last, and which.
    pub clicked: Clicked,
    /// What was written in the editor and couldn't be used.
    pub draft: Option<Job>,
    /// What waits for the editor, which needs the terminal.
    pub to_edit: Option<Job>,
}

impl PayloadState {
    /// The line under the cursor.
    pub fn line(&self) -> Option<&JsonLine> {
        self.lines.get(self.cursor.at)
    }
}
