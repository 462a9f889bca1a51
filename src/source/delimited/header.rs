//! Reads a table's beginning: which delimiter, which columns?

use crate::source::record::Header;
use crate::source::window::Lines;

use super::is_line_end;
use super::parser::RowParser;
use super::quotes::misquoted;

/// The first row of a table that isn't blank.
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
}

/// Finds the header in the beginning of a text; `None` if all rows are blank.
pub(in crate::source) fn read_header(head: &[u8], delimiter: u8) -> Option<HeaderRow> {
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
        let raw = rest.get(..used).unwrap_or_default();
        lines.pass(raw);
        at += used;
        if !parser.is_blank() {
            // The second half of a CRLF belongs to the header's line.
            if raw.last() == Some(&b'\r') && rest.get(used) == Some(&b'\n') {
                at += 1;
            }
            let names = parser
                .cells()
                .map(|cell| String::from_utf8_lossy(cell).into_owned());
            return Some(HeaderRow {
                header: Header::new(names),
                line,
                end: at,
                next_line: lines.line(),
                misquoted: misquoted(raw, delimiter).is_some(),
            });
        }
    }
    None
}

/// The delimiter whose rows agree best with the header; a comma if no delimiter splits it.
pub(in crate::source) fn detect_delimiter(head: &[u8], head_is_all: bool) -> u8 {
    const ROWS: usize = 50;
    let mut best = (0.0, b',');
    for delimiter in *b",;\t|" {
        let Some(found) = read_header(head, delimiter) else {
            continue;
        };
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
        let score = columns.saturating_sub(1) as f64 * agreement;
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    best.1
}
