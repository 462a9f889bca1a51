//! The filter of the orders while it is typed and counted: what is wrong with it, what it can go on with, how far
//! counting is; and the filters that are kept.

use crate::deck::FilterError;
use crate::workspace::{KeptFilters, Passed};

/// The filter while it is typed and counted.
#[derive(Debug, Default)]
pub struct FilterState {
    /// What can't be read of it.
    pub error: Option<FilterError>,
    /// How far counting is, while it goes on.
    pub counting: Option<Passed>,
    /// Whether what it can go on with was closed, until the next key.
    pub closed: bool,
    /// The choice under the cursor.
    pub at: usize,
    /// Whether that was chosen by a key: then enter takes it.
    pub moved: bool,
    /// Filters that are kept.
    pub kept: KeptFilters,
    /// Which of the last ones stands in the line.
    pub recalled: Option<usize>,
    /// What stood there before.
    pub draft: String,
}

impl FilterState {
    /// Another text: what it can go on with is looked at from the beginning.
    pub fn changed(&mut self) {
        (self.closed, self.at, self.moved) = (false, 0, false);
    }
}
