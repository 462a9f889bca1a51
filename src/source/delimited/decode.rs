//! Decodes the rows of an order from their bytes.

use std::sync::Arc;

use crate::finding::Place;
use crate::source::record::{Header, Record, Room};
use crate::source::report::Report;

use super::{Lines, RowParser, Table, check_row, is_line_end};

/// How many rooms of rows are kept for the next ones, and how large they are at most.
const SPARE_ROWS: usize = 64;
const USUAL_ROW: usize = 1 << 16;

/// Decodes rows from their bytes; what it needs for that is used again.
#[derive(Debug)]
pub(in crate::source) struct Decoder<'t> {
    table: &'t Table,
    header: Arc<Header>,
    parser: Option<RowParser>,
    /// Rooms of rows that nobody needs any more.
    spare: Vec<Room>,
}

impl<'t> Decoder<'t> {
    /// A decoder whose rows share the table's header.
    pub(in crate::source) fn new(table: &'t Table) -> Self {
        Self {
            table,
            header: Arc::clone(&table.header),
            parser: None,
            spare: Vec::new(),
        }
    }

    /// Takes records that nobody needs any more: the next ones use their room.
    pub(in crate::source) fn take_back(&mut self, records: &mut Vec<Record>) {
        let rooms = records.drain(..).filter_map(Record::into_room);
        let usual = rooms.filter(|room| room.text.capacity() <= USUAL_ROW);
        self.spare.extend(usual);
        self.spare.truncate(SPARE_ROWS);
    }

    /// Its rows share a header of their own, so that threads which decode many don't count each other's.
    pub(in crate::source) fn apart(&mut self) {
        self.header = Arc::new(Header::clone(&self.table.header));
    }

    /// Decodes the rows of an extent, which starts with a row.
    pub(in crate::source) fn decode(
        &mut self,
        bytes: &[u8],
        start: u64,
        first_line: u64,
        report: &mut Report,
        records: &mut Vec<Record>,
    ) {
        let mut lines = Lines::at(first_line);
        let columns = self.header.names().len();
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let blank = rest.iter().take_while(|byte| is_line_end(**byte)).count();
            let (line, byte) = (lines.line(), start + at as u64);
            if blank == 0 {
                let mut room = self.spare.pop().unwrap_or_default();
                let row = self.table.plain_row(rest, columns, &mut room.spans);
                if let Some(row) = row.map(|row| row.outline) {
                    if let Some(record) = row.record(&self.header, line, byte, room) {
                        records.push(record);
                        row.pass(&mut lines);
                        at += row.used();
                        continue;
                    }
                } else {
                    self.spare.push(room);
                }
            }
            let used = if blank > 0 {
                blank
            } else {
                self.parse(rest, &Place::line(line, byte), report, records)
            };
            lines.pass(rest.get(..used).unwrap_or_default());
            // A row uses at least one byte; were it not so, this would never end.
            at += used.max(1);
        }
    }

    /// Decodes one row by the parser; the bytes used.
    fn parse(
        &mut self,
        rest: &[u8],
        place: &Place,
        report: &mut Report,
        records: &mut Vec<Record>,
    ) -> usize {
        let table = self.table;
        let parser = self.parser.get_or_insert_with(|| table.parser());
        let used = parser.read(rest);
        if !parser.is_blank() && table.passes_over(parser).is_none() {
            let raw = rest.get(..used).unwrap_or_default();
            check_row(parser, raw, table, place, report);
            let (line, byte) = (place.line.unwrap_or(1), place.byte.unwrap_or(0));
            records.push(parser.record(&self.header, line, byte));
        }
        used
    }
}

impl Drop for Decoder<'_> {
    fn drop(&mut self) {
        if let Some(parser) = self.parser.take() {
            self.table.idle().push(parser);
        }
    }
}
