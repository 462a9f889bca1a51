//! Rows of one block, found by somebody who doesn't know what stands before it: whoever comes to where the first of
//! them begins can take them all. If that is inside of a cell nobody ever comes there, and they are left.

use super::batch::{Batch, KeyColumns};
use super::delimited::{self, RawRow, Table};
use super::window::Lines;

/// Rows that stand one behind the other, and nothing is odd about any of them.
#[derive(Debug)]
pub(super) struct Scouted {
    /// Where the first one begins in the file.
    pub(super) start: u64,
    /// Where whatever is behind the last one begins.
    pub(super) end: u64,
    /// The lines that they take, counted from 0.
    pub(super) lines: Lines,
    /// The rows, their lines counted from 0.
    pub(super) rows: Batch,
}

/// Finds the rows of one block after the other: of each it gets the bytes, and where they stand in the file.
pub(super) fn scout(
    table: &Table,
    columns: KeyColumns,
) -> impl FnMut(&[u8], u64) -> Option<Scouted> {
    let mut room = Vec::new();
    move |block, position| {
        let (mut rows, mut previous) = (Batch::default(), None);
        let mut push = |row: &RawRow<'_>| rows.push(row, columns, &mut previous);
        let wanted = columns.wanted();
        let (stretch, lines) =
            delimited::plain_rows(block, position, table, wanted, &mut room, &mut push)?;
        Some(Scouted {
            start: position + stretch.start as u64,
            end: position + stretch.end as u64,
            lines,
            rows,
        })
    }
}
