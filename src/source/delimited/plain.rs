//! Rows about which nothing is odd.

use crate::source::record::Span;

use super::ordinary::Ordinary;
use super::{Table, trailer};

impl Table {
    /// The row at the beginning of some bytes, if nothing is odd about it but maybe its letters. `room` is for where its
    /// first cells stand, as many as are `wanted`.
    pub(super) fn plain_row<'r>(
        &self,
        input: &'r [u8],
        wanted: usize,
        room: &'r mut Vec<Span>,
    ) -> Option<Ordinary<'r>> {
        // The first two say whether it is a row of the table's at all.
        let row = Ordinary::find(input, self.delimiter, wanted.max(2), room)?;
        let columns = self.header.names().len();
        let first = row.cell(0)?;
        let first = first.trim_ascii();
        let is_blank = first.is_empty() && {
            let is_nothing =
                |byte: &u8| *byte == self.delimiter || byte.is_ascii_whitespace() || *byte == b'"';
            row.raw().iter().all(is_nothing)
        };
        let named = self.header.written().first();
        let is_plain = row.len() == columns
            && !is_blank
            && named.is_none_or(|name| name.as_bytes() != first)
            && !trailer::may_be_trailer(&row, columns);
        is_plain.then_some(row)
    }
}
