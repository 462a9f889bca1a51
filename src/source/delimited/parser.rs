//! Splits rows into cells, on top of csv-core.

use std::sync::Arc;

use crate::finding::Place;
use crate::source::record::{Header, Joined, Record, RecordContent, Row};

/// Splits one row at a time, however its bytes arrive.
#[derive(Debug)]
pub(in crate::source) struct RowParser {
    core: csv_core::Reader,
    text: Vec<u8>,
    text_len: usize,
    ends: Vec<usize>,
    ends_len: usize,
}

impl RowParser {
    pub(in crate::source) fn new(delimiter: u8) -> Self {
        Self {
            core: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            text: vec![0; 1 << 12],
            text_len: 0,
            ends: vec![0; 128],
            ends_len: 0,
        }
    }

    /// Starts a row. Each row is read for itself, so that one read later gives the same cells.
    pub(super) fn begin(&mut self) {
        self.core.reset();
        self.text_len = 0;
        self.ends_len = 0;
    }

    /// Reads on in the row: how many bytes were used, and whether the row ended with them.
    /// No bytes at all mean the end of the file.
    pub(super) fn feed(&mut self, input: &[u8]) -> (usize, bool) {
        use csv_core::ReadRecordResult as Step;
        let mut used = 0;
        loop {
            let (step, read, wrote, ended) = self.core.read_record(
                input.get(used..).unwrap_or_default(),
                self.text.get_mut(self.text_len..).unwrap_or_default(),
                self.ends.get_mut(self.ends_len..).unwrap_or_default(),
            );
            used += read;
            self.text_len += wrote;
            self.ends_len += ended;
            match step {
                Step::InputEmpty => return (used, false),
                Step::OutputFull => self.text.resize(self.text.len() * 2, 0),
                Step::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                Step::Record | Step::End => return (used, true),
            }
        }
    }

    /// Reads a row that is in memory as a whole, up to its end or that of `input`; the bytes used.
    pub(super) fn read(&mut self, input: &[u8]) -> usize {
        self.begin();
        let (used, ended) = self.feed(input);
        if !ended {
            self.feed(&[]);
        }
        used
    }

    /// How many bytes its cells have together.
    pub(super) fn text_len(&self) -> usize {
        self.text_len
    }

    /// How many cells the row has.
    pub(in crate::source) fn len(&self) -> usize {
        self.ends_len
    }

    /// The bytes of a cell, its quotes resolved.
    pub(in crate::source) fn cell(&self, position: usize) -> Option<&[u8]> {
        if position >= self.ends_len {
            return None;
        }
        let end = *self.ends.get(position)?;
        let start = match position.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..end)
    }

    /// The cells from left to right.
    pub(in crate::source) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends_len).filter_map(|position| self.cell(position))
    }

    /// Nothing but white space in all cells.
    pub(super) fn is_blank(&self) -> bool {
        let text = self.text.get(..self.text_len).unwrap_or_default();
        text.iter().all(u8::is_ascii_whitespace)
    }

    /// The row with its place.
    pub(in crate::source) fn record(&self, header: &Arc<Header>, line: u64, start: u64) -> Record {
        let bytes = self.text.get(..self.text_len).unwrap_or_default();
        let ends = self.ends.get(..self.ends_len).unwrap_or_default();
        Record {
            place: Place::line(line, start),
            content: RecordContent::Row(Row::new(Arc::clone(header), bytes, ends)),
            joined: Joined::default(),
        }
    }
}
