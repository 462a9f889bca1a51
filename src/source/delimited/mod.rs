//! Delimited text: finds rows in a stream, and decodes rows from their bytes.
//!
//! Rows whose quotes stand around whole cells, as nearly all do, are found and split without a parser. All others
//! go through csv-core, which is lenient: a quote that isn't closed swallows the rows below it, and text
//! behind a closing quote is joined to the cell. Rows where that may have happened are looked at
//! again, left out with a finding, and reading goes on at the next line.

mod decode;
mod header;
mod marks;
mod ordinary;
mod parser;
mod plain;
mod quotes;
mod trailer;

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::finding::{Finding, Place, Rule, Target};

use crate::source::batch::Batch;
use crate::source::error::SourceError;
use crate::source::record::{Header, Record};
use crate::source::report::Report;
use crate::source::rules;
use crate::source::window::{Lines, RECORD_LIMIT, Window};

pub(in crate::source) use decode::Decoder;
pub(in crate::source) use header::{detect_delimiter, read_header, start};
use ordinary::Ordinary;
pub(in crate::source) use parser::RowParser;
pub(in crate::source) use plain::plain_rows;
use quotes::misquoted;

/// How many bytes behind broken rows are read a second time before whole broken parts are left out.
const REREAD_LIMIT: usize = 256 << 20;

const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// What has to be known to read rows.
#[derive(Debug)]
pub(in crate::source) struct Table {
    delimiter: u8,
    header: Arc<Header>,
    /// Parsers that wait for the next use: making one takes longer than reading a row, and
    /// csv-core's can't be cloned (a clone forgets its tables).
    idle: Mutex<Vec<RowParser>>,
}

impl Table {
    pub(in crate::source) fn new(delimiter: u8, header: Arc<Header>) -> Self {
        Self {
            delimiter,
            header,
            idle: Mutex::default(),
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<RowParser>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn parser(&self) -> RowParser {
        let waiting = self.idle().pop();
        waiting.unwrap_or_else(|| RowParser::new(self.delimiter))
    }

    /// The columns.
    pub(in crate::source) fn header(&self) -> &Arc<Header> {
        &self.header
    }

    /// Why this row is none of the table's: the header once more, or a line about the export.
    fn passes_over(&self, parser: &RowParser) -> Option<&'static Rule> {
        if self.repeats_header(parser) {
            Some(&rules::REPEATED_HEADER)
        } else if trailer::is_trailer(parser, self.header.names().len()) {
            Some(&rules::TRAILER)
        } else {
            None
        }
    }

    /// Is this row the header once more, as in files that were joined?
    fn repeats_header(&self, parser: &RowParser) -> bool {
        let written = self.header.written();
        let same = |(cell, name): (&[u8], &String)| cell.trim_ascii() == name.as_bytes();
        written.len() > 1 && parser.len() == written.len() && parser.cells().zip(written).all(same)
    }
}

/// A row as it was found in the stream.
pub(in crate::source) struct RawRow<'r> {
    /// Where it starts, in bytes of the file.
    pub(in crate::source) start: u64,
    /// Where it ends, the line end included or not.
    pub(in crate::source) end: u64,
    /// Where it starts.
    pub(in crate::source) line: u64,
    /// Its cells.
    pub(in crate::source) cells: Cells<'r>,
}

/// The cells of a row that was found.
pub(in crate::source) enum Cells<'r> {
    /// By looking for its end alone.
    Ordinary(Ordinary<'r, 'r>),
    /// By the parser.
    Parsed(&'r RowParser),
}

impl Cells<'_> {
    /// The bytes of a cell, its quotes resolved.
    pub(in crate::source) fn cell(&self, position: usize) -> Option<Cow<'_, [u8]>> {
        match self {
            Self::Ordinary(row) => row.cell(position),
            Self::Parsed(parser) => parser.cell(position).map(Cow::Borrowed),
        }
    }

    /// The row with its place.
    pub(in crate::source) fn record(
        &self,
        header: &Arc<Header>,
        line: u64,
        start: u64,
    ) -> Option<Record> {
        match self {
            Self::Ordinary(row) => row.outline.record(header, line, start, row.room()),
            Self::Parsed(parser) => Some(parser.record(header, line, start)),
        }
    }
}

/// What a pass over rows meets.
pub(in crate::source) enum Met<'r> {
    /// A usable row.
    Row(RawRow<'r>),
    /// Usable rows that others found meanwhile, of a window whose blocks come by them.
    Rows(Batch),
    /// Something was left out here.
    Gap,
}

/// Goes over all rows from the window's start on. Of each row so many cells are `wanted`, from the left; others, and
/// the row as a record, needn't be there.
pub(in crate::source) fn walk(
    window: &mut Window<'_>,
    first_line: u64,
    table: &Table,
    wanted: usize,
    report: &mut Report,
    meet: &mut dyn FnMut(Met<'_>) -> Result<ControlFlow<()>, SourceError>,
) -> Result<(), SourceError> {
    let mut parser = table.parser();
    let mut lines = Lines::at(first_line);
    let mut room = Vec::new();
    let mut at = 0;
    let mut reread = 0;
    loop {
        if !skip_line_ends(window, &mut at, &mut lines)? {
            return Ok(());
        }
        if let Some(scouted) = window.take_scouted(at) {
            let rows = scouted.rows.counted_from(lines.line());
            window.records += rows.len() as u64;
            lines.add(scouted.lines);
            at += (scouted.end - scouted.start) as usize;
            if meet(Met::Rows(rows))?.is_break() {
                return Ok(());
            }
            continue;
        }
        let row = table.plain_row(window.rest(at), wanted, &mut room);
        if let Some(row) = row.filter(|row| row.outline.is_sound()) {
            let used = row.outline.used();
            let start = window.position(at);
            let line = lines.line();
            row.outline.pass(&mut lines);
            let step = meet(Met::Row(RawRow {
                start,
                end: start + used as u64,
                line,
                cells: Cells::Ordinary(row),
            }))?;
            window.records += 1;
            if step.is_break() {
                return Ok(());
            }
            at += used;
            continue;
        }
        let (used, how) = read_row(window, &mut at, &mut parser)?;
        if how == RowEnd::EndOfFile && window.is_cut {
            return Ok(());
        }
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
                if let Some(rule) = table.passes_over(&parser) {
                    let finding = Finding::new(rule, Target::Whole, "");
                    report.add(finding.at(Place::line(line, start)));
                } else if !parser.is_blank() {
                    check_row(&parser, raw, table, &Place::line(line, start), report);
                    window.records += 1;
                    let row = RawRow {
                        start,
                        end: start + used as u64,
                        line,
                        cells: Cells::Parsed(&parser),
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
    memchr::memchr2(b'\n', b'\r', inner).is_some()
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
    let text = std::str::from_utf8(raw).ok();
    let replaced = text.is_some_and(is_replaced);
    let nul = memchr::memchr(0, raw).is_some();
    if text.is_some() && !replaced && !nul {
        return;
    }
    let mut add = |rule, bad: &dyn Fn(&[u8]) -> bool| {
        let position = parser.cells().position(bad);
        let column = position.and_then(|position| table.header.names().get(position));
        let place = match column {
            Some(column) => place.clone().in_column(column.as_str()),
            None => place.clone(),
        };
        report.add(Finding::new(rule, Target::Whole, "").at(place));
    };
    if text.is_none() {
        add(&rules::INVALID_TEXT, &|cell| {
            std::str::from_utf8(cell).is_err()
        });
    }
    if replaced {
        add(&rules::REPLACED, &|cell| {
            std::str::from_utf8(cell).is_ok_and(|cell| cell.contains(REPLACEMENT))
        });
    }
    if nul {
        add(&rules::NUL_BYTE, &|cell| cell.contains(&0));
    }
}

/// Was a letter replaced when this was written?
fn is_replaced(text: &str) -> bool {
    const REPLACED: &[u8] = "\u{fffd}".as_bytes();
    memchr::memmem::find(text.as_bytes(), REPLACED).is_some()
}
