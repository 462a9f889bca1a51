//! The payload of the order under the cursor.

use std::collections::HashSet;

use crate::console::event::Ticket;
use crate::console::model::Inspection;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::json::JsonLine;

/// Where the cursor goes when the payload that was asked for is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jump {
    /// To its first finding.
    FirstFinding,
    /// To its last one.
    LastFinding,
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
}

impl PayloadState {
    /// The line under the cursor.
    pub fn line(&self) -> Option<&JsonLine> {
        self.lines.get(self.cursor.at)
    }
}
