//! What was told in a line: the newest until the next key, an error beside it, and what was told before.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::{Notice, Tone};

/// So many are kept.
pub const KEPT: usize = 200;

/// What was told in a line.
#[derive(Debug, Default)]
pub struct Messages {
    /// Oldest first.
    pub told: VecDeque<(Timestamp, Notice)>,
    /// An error that something else was told after, before any key was pressed.
    pub error: Option<Notice>,
}

impl Messages {
    /// Keeps one. What stood there before stays if it is an error and this is none.
    pub(super) fn keep(&mut self, now: Timestamp, before: Option<Notice>, notice: Notice) {
        if let Some(before) = before.filter(|before| before.tone == Tone::Error)
            && notice.tone != Tone::Error
        {
            self.error = Some(before);
        }
        if self.told.len() == KEPT {
            self.told.pop_front();
        }
        self.told.push_back((now, notice));
    }
}
