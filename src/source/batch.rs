//! Rows on their way into groups: where they stand, and the texts by which they are grouped.

use super::delimited::{Cells, RawRow};
use super::index::Extent;

/// Where key and watched column stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyColumns {
    /// Without one each row is a group.
    pub(super) key: Option<usize>,
    /// What is asked of the first row of each group.
    pub(super) watched: Option<usize>,
}

impl KeyColumns {
    /// How many cells of a row are looked at, from the left.
    pub(super) fn wanted(self) -> usize {
        let last = self.key.max(self.watched);
        last.map_or(0, |last| last + 1)
    }
}

/// Rows in the order of the file, their texts one behind the other.
#[derive(Debug, Default)]
pub(super) struct Batch {
    found: Vec<Found>,
    text: String,
    /// What the lines of its rows are counted from.
    first_line: u64,
}

/// A row, or that something was left out.
#[derive(Debug, Clone, Copy)]
enum Found {
    Row {
        extent: Extent,
        /// Where its key ends in the batch's text; none where rows have no key.
        key: Option<usize>,
        /// Where the text of its watched column ends, if it may begin a group.
        watched: Option<usize>,
    },
    Gap,
}

/// A row of a batch.
#[derive(Debug)]
pub(super) struct KeyedRow<'b> {
    pub(super) extent: Extent,
    /// None where rows have no key.
    pub(super) key: Option<&'b str>,
    /// What stands in its watched column, if it may begin a group.
    pub(super) watched: Option<&'b str>,
}

impl Batch {
    /// How many rows and gaps it has.
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// The same, its lines counted from another one.
    pub(super) fn counted_from(mut self, first_line: u64) -> Self {
        self.first_line = first_line;
        self
    }

    /// Its rows one after the other; `None` where something was left out.
    pub(super) fn rows(&self) -> impl Iterator<Item = Option<KeyedRow<'_>>> {
        let mut at = 0;
        let mut next = move |end: usize| {
            let text = self.text.get(at..end).unwrap_or_default();
            at = end;
            text
        };
        self.found.iter().map(move |found| match *found {
            Found::Gap => None,
            Found::Row {
                mut extent,
                key,
                watched,
            } => {
                extent.line += self.first_line;
                Some(KeyedRow {
                    extent,
                    key: key.map(&mut next),
                    watched: watched.map(&mut next),
                })
            }
        })
    }

    /// Something was left out here.
    pub(super) fn gap(&mut self) {
        self.found.push(Found::Gap);
    }

    /// Adds a row. `previous` is the key of the row above.
    pub(super) fn push(
        &mut self,
        row: &RawRow<'_>,
        columns: KeyColumns,
        previous: &mut Option<String>,
    ) {
        let extent = Extent {
            start: row.start,
            end: row.end,
            line: row.line,
        };
        let key = columns.key.map(|column| {
            let start = self.text.len();
            self.add(&row.cells, column);
            let key = self.text.get(start..).unwrap_or_default();
            // A row with the key of the row above never begins a group.
            let goes_on = previous.as_deref() == Some(key);
            if !goes_on {
                let previous = previous.get_or_insert_default();
                previous.clear();
                previous.push_str(key);
            }
            (self.text.len(), goes_on)
        });
        let goes_on = key.is_some_and(|(_, goes_on)| goes_on);
        let watched = columns.watched.filter(|_| !goes_on).map(|column| {
            self.add(&row.cells, column);
            self.text.len()
        });
        self.found.push(Found::Row {
            extent,
            key: key.map(|(end, _)| end),
            watched,
        });
    }

    fn add(&mut self, cells: &Cells<'_>, column: usize) {
        let cell = cells.cell(column).unwrap_or_default();
        match std::str::from_utf8(&cell) {
            Ok(text) => self.text.push_str(text.trim()),
            Err(_) => self.text.push_str(String::from_utf8_lossy(&cell).trim()),
        }
    }
}
