//! Rows about which nothing is odd.

use std::ops::Range;

use crate::source::record::Span;

use super::ordinary::Ordinary;
use super::{Cells, Lines, RawRow, Table, is_line_end, line_end_from, trailer};

impl Table {
    /// The row at the beginning of some bytes, if nothing is odd about it but maybe its letters. `room` is for where its
    /// first cells stand, as many as are `wanted`.
    pub(super) fn plain_row<'i, 'r>(
        &self,
        input: &'i [u8],
        wanted: usize,
        room: &'r mut Vec<Span>,
    ) -> Option<Ordinary<'i, 'r>> {
        // The first two say whether it is a row of the table's at all.
        let row = Ordinary::find(input, self.delimiter, wanted.max(2), room)?;
        let columns = self.header.names().len();
        let first = row.cell(0)?;
        let first = first.trim_ascii();
        let is_blank = first.is_empty() && {
            let is_nothing =
                |byte: &u8| *byte == self.delimiter || byte.is_ascii_whitespace() || *byte == b'"';
            row.outline.raw().iter().all(is_nothing)
        };
        let named = self.header.written().first();
        let is_plain = row.outline.len() == columns
            && !is_blank
            && named.is_none_or(|name| name.as_bytes() != first)
            && !trailer::may_be_trailer(&row, columns);
        is_plain.then_some(row)
    }
}

/// Goes over the rows of a part of the file that may begin in the middle of one, up to a row that is odd or not whole:
/// from where to where they stand in the part, and the lines that they take, counted from 0 like those of the rows.
/// `position` is where the part stands in the file; nothing is known of what stands before it, so its first line end
/// may be none.
pub(in crate::source) fn plain_rows(
    part: &[u8],
    position: u64,
    table: &Table,
    wanted: usize,
    room: &mut Vec<Span>,
    meet: &mut dyn FnMut(&RawRow<'_>),
) -> Option<(Range<usize>, Lines)> {
    let line_ends = |from: usize| {
        let bytes = part.get(from..).unwrap_or_default().iter();
        from + bytes.take_while(|byte| is_line_end(**byte)).count()
    };
    let mut lines = Lines::at(0);
    let start = line_ends(line_end_from(part, 0)?);
    let mut at = start;
    while let Some(row) = table.plain_row(part.get(at..)?, wanted, room)
        && row.outline.is_sound()
    {
        let used = row.outline.used();
        let (begin, line) = (position + at as u64, lines.line());
        row.outline.pass(&mut lines);
        meet(&RawRow {
            start: begin,
            end: begin + used as u64,
            line,
            cells: Cells::Ordinary(row),
        });
        let next = line_ends(at + used);
        lines.pass(part.get(at + used..next)?);
        at = next;
    }
    (at > start).then_some((start..at, lines))
}
