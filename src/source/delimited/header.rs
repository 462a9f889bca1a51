//! Reads a table's beginning: which delimiter, which columns, and what stands before them?

use crate::source::record::Header;
use crate::source::window::Lines;

use super::is_line_end;
use super::parser::RowParser;
use super::quotes::misquoted;

/// Rows that are looked at.
const ROWS: usize = 50;

/// The row that names a table's columns.
pub(in crate::source) struct HeaderRow {
    /// The names.
    pub(in crate::source) header: Header,
    /// Its line.
    pub(in crate::source) line: u64,
    /// The byte behind it.
    pub(in crate::source) end: usize,
    /// The line of that byte.
    pub(in crate::source) next_line: u64,
    /// A quote in it isn't closed, so that it swallowed rows.
    pub(in crate::source) misquoted: bool,
    /// Rows with something in them stand above it.
    preamble: bool,
}

/// Where the table begins in a text: behind a line that names the delimiter, or at a line that was named.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::source) struct Start {
    at: usize,
    line: u64,
    /// The row there is the header, whatever it looks like.
    is_header: bool,
    /// The delimiter that the file names.
    pub(in crate::source) delimiter: Option<u8>,
}

/// Reads `sep=;` in the first line, and finds the line that is named as the header; `None` if the text is shorter.
pub(in crate::source) fn start(head: &[u8], header_line: Option<u64>) -> Option<Start> {
    let first = head
        .split(|byte| is_line_end(*byte))
        .next()
        .unwrap_or_default();
    let named = named_delimiter(first);
    let mut lines = Lines::at(1);
    let mut at = 0;
    let wanted = match (header_line, named) {
        (Some(wanted), _) => wanted,
        (None, Some(_)) => 2,
        (None, None) => 1,
    };
    while lines.line() < wanted {
        let byte = head.get(at)?;
        lines.pass(std::slice::from_ref(byte));
        at += 1;
        // The second half of a CRLF belongs to the line above.
        if *byte == b'\r' && head.get(at) == Some(&b'\n') {
            lines.pass(b"\n");
            at += 1;
        }
    }
    Some(Start {
        at,
        line: lines.line(),
        is_header: header_line.is_some(),
        delimiter: named,
    })
}

/// The delimiter of a line such as `sep=;` or `"sep=,"`, which Excel writes and reads.
fn named_delimiter(line: &[u8]) -> Option<u8> {
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let (name, value) = line.split_at_checked(4)?;
    let value = match value {
        [delimiter, b'"'] | [delimiter] => *delimiter,
        // Nothing but the delimiter itself may follow, as Excel pads rows.
        [delimiter, rest @ ..] if rest.iter().all(|byte| byte == delimiter) => *delimiter,
        _ => return None,
    };
    let fits =
        name.eq_ignore_ascii_case(b"sep=") && value.is_ascii() && !value.is_ascii_alphanumeric();
    fits.then_some(value)
}

/// Finds the header in the beginning of a text; `None` if all rows are blank.
pub(in crate::source) fn read_header(
    head: &[u8],
    delimiter: u8,
    start: Start,
) -> Option<HeaderRow> {
    let rows = first_rows(head, delimiter, start);
    let chosen = if start.is_header {
        0
    } else {
        below_preamble(&rows).unwrap_or(0)
    };
    let first = rows.into_iter().nth(chosen)?;
    let mut end = first.end;
    let raw = head.get(first.start..end).unwrap_or_default();
    // The second half of a CRLF belongs to the header's line.
    if raw.last() == Some(&b'\r') && head.get(end) == Some(&b'\n') {
        end += 1;
    }
    Some(HeaderRow {
        misquoted: misquoted(raw, delimiter).is_some(),
        header: Header::new(first.cells.into_iter()),
        line: first.line,
        end,
        next_line: first.next_line,
        preamble: chosen > 0,
    })
}

/// A row of a text's beginning.
struct FirstRow {
    cells: Vec<String>,
    line: u64,
    start: usize,
    end: usize,
    next_line: u64,
}

impl FirstRow {
    /// Cells with something in them.
    fn filled(&self) -> impl Iterator<Item = &str> {
        let cells = self.cells.iter().map(|cell| cell.trim());
        cells.filter(|cell| !cell.is_empty())
    }

    /// Names: nothing that is a number, a date or an address.
    fn names_columns(&self) -> bool {
        self.filled().all(|cell| {
            let number =
                cell.chars().any(|c| c.is_ascii_digit()) && !cell.chars().any(char::is_alphabetic);
            !number && !cell.contains('@') && cell.len() <= 100
        })
    }
}

/// The first rows that aren't blank.
fn first_rows(head: &[u8], delimiter: u8, start: Start) -> Vec<FirstRow> {
    let mut parser = RowParser::new(delimiter);
    let mut lines = Lines::at(start.line.max(1));
    let mut at = start.at;
    let mut rows = Vec::new();
    while rows.len() < ROWS
        && let Some(rest) = head.get(at..).filter(|rest| !rest.is_empty())
    {
        let blank = rest.iter().take_while(|byte| is_line_end(**byte)).count();
        if blank > 0 {
            lines.pass(rest.get(..blank).unwrap_or_default());
            at += blank;
            continue;
        }
        let used = parser.read(rest).max(1);
        let line = lines.line();
        lines.pass(rest.get(..used).unwrap_or_default());
        if !parser.is_blank() {
            let cells = parser
                .cells()
                .map(|cell| String::from_utf8_lossy(cell).into_owned());
            rows.push(FirstRow {
                cells: cells.collect(),
                line,
                start: at,
                end: at + used,
                next_line: lines.line(),
            });
        }
        at += used;
    }
    rows
}

/// The row that names the columns, if the first row is no header but a line of a preamble: it fills at most half of
/// the columns that most rows fill, and a row below it fills them with names.
fn below_preamble(rows: &[FirstRow]) -> Option<usize> {
    let width = usual_width(rows.get(1..)?)?;
    let is_narrow = |row: &FirstRow| row.filled().count() * 2 <= width;
    if width < 2 || !is_narrow(rows.first()?) {
        return None;
    }
    let wide = rows.iter().position(|row| !is_narrow(row))?;
    let named = rows.get(wide).is_some_and(FirstRow::names_columns);
    named.then_some(wide)
}

/// How many columns most rows fill, as far as one can see; the more of two numbers that are as frequent.
fn usual_width(rows: &[FirstRow]) -> Option<usize> {
    let widths: Vec<usize> = rows
        .iter()
        .map(|row| {
            let last = row.cells.iter().rposition(|cell| !cell.trim().is_empty());
            last.map_or(0, |last| last + 1)
        })
        .collect();
    let often = |width: &usize| widths.iter().filter(|other| *other == width).count();
    widths
        .iter()
        .copied()
        .max_by_key(|width| (often(width), *width))
}

/// The delimiter whose rows agree best with the header; a comma if no delimiter splits it.
pub(in crate::source) fn detect_delimiter(head: &[u8], head_is_all: bool, start: Start) -> u8 {
    let best = |delimiters: &[u8], preamble: bool| {
        let mut best = (0.0, None);
        for delimiter in delimiters {
            let score = score(head, *delimiter, head_is_all, start, preamble);
            if score > best.0 {
                best = (score, Some(*delimiter));
            }
        }
        best.1
    };
    let usual = b",;\t|";
    // A comma inside of cells may look like a table below a preamble, so plain tables go first.
    best(usual, false)
        .or_else(|| best(usual, true))
        .or_else(|| best(b"\x1f\x01^~", false))
        .unwrap_or(b',')
}

/// How well a delimiter splits the rows; 0 if the header it makes stands below a preamble and that isn't asked.
fn score(head: &[u8], delimiter: u8, head_is_all: bool, start: Start, preamble: bool) -> f64 {
    let Some(found) = read_header(head, delimiter, start) else {
        return 0.0;
    };
    if found.preamble != preamble {
        return 0.0;
    }
    let (columns, mut at) = (found.header.names().len(), found.end);
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
    columns.saturating_sub(1) as f64 * agreement
}
