//! Delimited text: finds rows in a stream, and decodes rows from their bytes.
//!
//! The csv-core parser is lenient: a quote that isn't closed swallows the rows below it, and text
//! behind a closing quote is joined to the cell. Rows where that may have happened are looked at
//! again, left out with a finding, and reading goes on at the next line.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::finding::{Finding, Place, Target};

use super::error::SourceError;
use super::record::{Header, Record, RecordContent, Row};
use super::report::Report;
use super::rules;
use super::window::{Lines, RECORD_LIMIT, Window};

/// How many bytes behind broken rows are read a second time before whole broken parts are left out.
const REREAD_LIMIT: usize = 256 << 20;

/// What has to be known to read rows.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) delimiter: u8,
    pub(super) header: Arc<Header>,
}

/// A row as it was found in the stream.
pub(super) struct RawRow<'r> {
    /// Where it starts, in bytes of the file.
    pub(super) start: u64,
    /// Where it ends, the line end included or not.
    pub(super) end: u64,
    /// Where it starts.
    pub(super) line: u64,
    /// Its cells.
    pub(super) cells: &'r RowParser,
}

/// What a pass over rows meets.
pub(super) enum Met<'r> {
    /// A usable row.
    Row(RawRow<'r>),
    /// Something was left out here.
    Gap,
}

/// Splits one row at a time, however its bytes arrive.
pub(super) struct RowParser {
    core: csv_core::Reader,
    text: Vec<u8>,
    text_len: usize,
    ends: Vec<usize>,
    ends_len: usize,
}

impl RowParser {
    pub(super) fn new(delimiter: u8) -> Self {
        Self {
            core: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            text: vec![0; 1 << 12],
            text_len: 0,
            ends: vec![0; 128],
            ends_len: 0,
        }
    }

    /// Starts a row. Each row is read for itself, so that one read later gives the same cells.
    fn begin(&mut self) {
        self.core.reset();
        self.text_len = 0;
        self.ends_len = 0;
    }

    /// Reads on in the row: how many bytes were used, and whether the row ended with them.
    /// No bytes at all mean the end of the file.
    fn feed(&mut self, input: &[u8]) -> (usize, bool) {
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
    fn read(&mut self, input: &[u8]) -> usize {
        self.begin();
        let (used, ended) = self.feed(input);
        if !ended {
            self.feed(&[]);
        }
        used
    }

    /// How many cells the row has.
    pub(super) fn len(&self) -> usize {
        self.ends_len
    }

    /// The bytes of a cell, its quotes resolved.
    pub(super) fn cell(&self, position: usize) -> Option<&[u8]> {
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
    pub(super) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends_len).filter_map(|position| self.cell(position))
    }

    /// Nothing but white space in all cells.
    fn is_blank(&self) -> bool {
        let text = self.text.get(..self.text_len).unwrap_or_default();
        text.iter().all(u8::is_ascii_whitespace)
    }

    /// The row with its place.
    pub(super) fn record(&self, header: &Arc<Header>, line: u64, start: u64) -> Record {
        Record {
            place: Place::line(line, start),
            content: RecordContent::Row(Row::new(Arc::clone(header), self.cells())),
        }
    }
}

/// Goes over all rows from the window's start on.
pub(super) fn walk(
    window: &mut Window<'_>,
    first_line: u64,
    table: &Table,
    report: &mut Report,
    meet: &mut dyn FnMut(Met<'_>) -> Result<ControlFlow<()>, SourceError>,
) -> Result<(), SourceError> {
    let mut parser = RowParser::new(table.delimiter);
    let mut lines = Lines::at(first_line);
    let mut at = 0;
    let mut reread = 0;
    loop {
        if !skip_line_ends(window, &mut at, &mut lines)? {
            return Ok(());
        }
        let (used, how) = read_row(window, &mut at, &mut parser)?;
        let raw = window.rest(at).get(..used).unwrap_or_default();
        let (line, start) = (lines.line(), window.position(at));
        let broken = if how == RowEnd::LineEnd && !spans_lines(raw) {
            None
        } else {
            misquoted(raw, table.delimiter)
        };
        let resume = match (broken, how) {
            (Some(broken), _) => {
                let mut place = lines;
                place.pass(raw.get(..broken.opened).unwrap_or_default());
                report.add(broken.finding(place.line(), start));
                let next_line = line_end_from(raw, broken.opened);
                reread += used - next_line.unwrap_or(used);
                next_line.filter(|_| reread <= REREAD_LIMIT)
            }
            (None, RowEnd::TooLong) => {
                let finding = Finding::new(&rules::TOO_LONG, Target::Whole, "no line end in it");
                report.add(finding.at(Place::line(line, start)));
                None
            }
            (None, _) => {
                if !parser.is_blank() {
                    check_row(&parser, raw, table, &Place::line(line, start), report);
                    window.records += 1;
                    let row = RawRow {
                        start,
                        end: start + used as u64,
                        line,
                        cells: &parser,
                    };
                    if meet(Met::Row(row))?.is_break() {
                        return Ok(());
                    }
                }
                lines.pass(window.rest(at).get(..used).unwrap_or_default());
                at += used;
                continue;
            }
        };
        let passed = resume.unwrap_or(used);
        lines.pass(raw.get(..passed).unwrap_or_default());
        at += passed;
        if resume.is_none() && how == RowEnd::TooLong {
            skip_line(window, &mut at, &mut lines)?;
        }
        if meet(Met::Gap)?.is_break() {
            return Ok(());
        }
    }
}

/// Decodes the rows of an extent, which starts with a row.
pub(super) fn decode(
    bytes: &[u8],
    start: u64,
    first_line: u64,
    table: &Table,
    report: &mut Report,
    records: &mut Vec<Record>,
) {
    let mut parser = RowParser::new(table.delimiter);
    let mut lines = Lines::at(first_line);
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let blank = rest.iter().take_while(|byte| is_line_end(**byte)).count();
        let used = if blank > 0 {
            blank
        } else {
            let used = parser.read(rest);
            if !parser.is_blank() {
                let (line, byte) = (lines.line(), start + at as u64);
                let raw = rest.get(..used).unwrap_or_default();
                check_row(&parser, raw, table, &Place::line(line, byte), report);
                records.push(parser.record(&table.header, line, byte));
            }
            used
        };
        lines.pass(rest.get(..used).unwrap_or_default());
        // A row uses at least one byte; were it not so, this would never end.
        at += used.max(1);
    }
}

/// The header: the first row that isn't blank, the byte behind it, its line and that of the next row.
pub(super) fn read_header(head: &[u8], delimiter: u8) -> Option<(Header, usize, u64, u64)> {
    let mut parser = RowParser::new(delimiter);
    let mut lines = Lines::at(1);
    let mut at = 0;
    while let Some(rest) = head.get(at..).filter(|rest| !rest.is_empty()) {
        let blank = rest.iter().take_while(|byte| is_line_end(**byte)).count();
        if blank > 0 {
            lines.pass(rest.get(..blank).unwrap_or_default());
            at += blank;
            continue;
        }
        let used = parser.read(rest).max(1);
        let line = lines.line();
        lines.pass(rest.get(..used).unwrap_or_default());
        at += used;
        if !parser.is_blank() {
            // The second half of a CRLF belongs to the header's line.
            if rest.get(used - 1) == Some(&b'\r') && rest.get(used) == Some(&b'\n') {
                at += 1;
            }
            let names = parser
                .cells()
                .map(|cell| String::from_utf8_lossy(cell).into_owned());
            return Some((Header::new(names), at, line, lines.line()));
        }
    }
    None
}

/// The delimiter whose rows agree best with the header; a comma if no delimiter splits it.
pub(super) fn detect_delimiter(head: &[u8], head_is_all: bool) -> u8 {
    const ROWS: usize = 50;
    let mut best = (0.0, b',');
    for delimiter in *b",;\t|" {
        let Some((header, mut at, _, _)) = read_header(head, delimiter) else {
            continue;
        };
        let columns = header.names().len();
        let mut parser = RowParser::new(delimiter);
        let (mut rows, mut equal) = (0_u32, 0_u32);
        while rows < ROWS as u32
            && let Some(rest) = head.get(at..).filter(|rest| !rest.is_empty())
        {
            let used = parser.read(rest).max(1);
            at += used;
            // The head's last row may be cut in two.
            if at >= head.len() && !head_is_all {
                break;
            }
            if !parser.is_blank() {
                rows += 1;
                equal += u32::from(parser.len() == columns);
            }
        }
        let agreement = f64::from(equal + 1) / f64::from(rows + 1);
        let score = columns.saturating_sub(1) as f64 * agreement;
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    best.1
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowEnd {
    LineEnd,
    EndOfFile,
    TooLong,
}

/// Reads one row that starts at `at`: its length in bytes and why it ended there.
fn read_row(
    window: &mut Window<'_>,
    at: &mut usize,
    parser: &mut RowParser,
) -> Result<(usize, RowEnd), SourceError> {
    parser.begin();
    let mut used = 0;
    loop {
        let input = window.rest(*at + used);
        if !input.is_empty() {
            let (read, ended) = parser.feed(input);
            used += read;
            if ended {
                return Ok((used, RowEnd::LineEnd));
            }
        }
        if used > RECORD_LIMIT {
            return Ok((used, RowEnd::TooLong));
        }
        if !window.fill(at)? {
            parser.feed(&[]);
            return Ok((used, RowEnd::EndOfFile));
        }
    }
}

/// Moves to the next byte that isn't a line end, with its two neighbours in memory (the parser
/// drops a byte order mark at a row's start only if it sees it whole); `false` at the end.
fn skip_line_ends(
    window: &mut Window<'_>,
    at: &mut usize,
    lines: &mut Lines,
) -> Result<bool, SourceError> {
    loop {
        let rest = window.rest(*at);
        let blank = rest.iter().take_while(|byte| is_line_end(**byte)).count();
        lines.pass(rest.get(..blank).unwrap_or_default());
        let left = rest.len() - blank;
        *at += blank;
        if left >= 3 {
            return Ok(true);
        }
        if !window.fill(at)? {
            return Ok(left > 0);
        }
    }
}

/// Moves behind the next line end without keeping what is before it.
fn skip_line(
    window: &mut Window<'_>,
    at: &mut usize,
    lines: &mut Lines,
) -> Result<(), SourceError> {
    loop {
        let rest = window.rest(*at);
        let found = line_end_from(rest, 0);
        let passed = found.unwrap_or(rest.len());
        lines.pass(rest.get(..passed).unwrap_or_default());
        *at += passed;
        if found.is_some() || !window.fill(at)? {
            return Ok(());
        }
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// The index behind the first line end at or after `from`.
fn line_end_from(bytes: &[u8], from: usize) -> Option<usize> {
    let found = bytes
        .get(from..)?
        .iter()
        .position(|byte| is_line_end(*byte))?;
    Some(from + found + 1)
}

/// Does a row hold a line end that doesn't end it?
fn spans_lines(raw: &[u8]) -> bool {
    let inner = raw.get(..raw.len().saturating_sub(1)).unwrap_or_default();
    inner.iter().any(|byte| is_line_end(*byte))
}

/// A quote that swallowed what isn't its cell's.
struct Misquoted {
    /// Where the quote was opened, in bytes of the row.
    opened: usize,
    closed: bool,
}

impl Misquoted {
    fn finding(&self, line: u64, row_start: u64) -> Finding {
        let detail = if self.closed {
            "the next quote stands in a line below, before text"
        } else {
            "no closing quote follows"
        };
        let place = Place::line(line, row_start + self.opened as u64);
        Finding::new(&rules::UNCLOSED_QUOTE, Target::Whole, detail).at(place)
    }
}

/// The first quoted cell that is never closed, or that is closed on a later line before more text.
fn misquoted(raw: &[u8], delimiter: u8) -> Option<Misquoted> {
    let mut at = 0;
    loop {
        if raw.get(at) == Some(&b'"') {
            let opened = at;
            let mut lines = false;
            at += 1;
            loop {
                match (raw.get(at), raw.get(at + 1)) {
                    (None, _) => {
                        let closed = false;
                        return Some(Misquoted { opened, closed });
                    }
                    (Some(b'"'), Some(b'"')) => at += 2,
                    (Some(b'"'), next) => {
                        let clean = next.is_none_or(|byte| {
                            *byte == delimiter || *byte == b' ' || is_line_end(*byte)
                        });
                        if lines && !clean {
                            let closed = true;
                            return Some(Misquoted { opened, closed });
                        }
                        break;
                    }
                    (Some(byte), _) => {
                        lines |= is_line_end(*byte);
                        at += 1;
                    }
                }
            }
        }
        let rest = raw.get(at..)?;
        at += rest.iter().position(|byte| *byte == delimiter)? + 1;
    }
}

/// Says what is odd about a usable row.
fn check_row(parser: &RowParser, raw: &[u8], table: &Table, place: &Place, report: &mut Report) {
    let (cells, columns) = (parser.len(), table.header.names().len());
    let more = (columns..cells).any(|extra| {
        let cell = parser.cell(extra).unwrap_or_default();
        !cell.trim_ascii().is_empty()
    });
    if cells < columns || more {
        let detail = format!("{cells} instead of {columns}");
        report.add(Finding::new(&rules::UNEQUAL_ROW, Target::Whole, detail).at(place.clone()));
    }
    let invalid = std::str::from_utf8(raw).is_err();
    if invalid || raw.contains(&0) {
        let name = |bad: &dyn Fn(&[u8]) -> bool| {
            let position = parser.cells().position(bad)?;
            table.header.names().get(position).cloned()
        };
        let mut add = |rule, column: Option<String>| {
            let place = match column {
                Some(column) => place.clone().in_column(column),
                None => place.clone(),
            };
            report.add(Finding::new(rule, Target::Whole, "").at(place));
        };
        if invalid {
            let column = name(&|cell| std::str::from_utf8(cell).is_err());
            add(&rules::INVALID_TEXT, column);
        }
        if raw.contains(&0) {
            add(&rules::NUL_BYTE, name(&|cell| cell.contains(&0)));
        }
    }
}
