//! Rows that need no parser: their quotes stand around whole cells. Their end is found by looking for the few
//! bytes that could end them, many bytes at a time; whatever is odd goes through the parser.

use std::borrow::Cow;
use std::sync::Arc;

use crate::finding::Place;
use crate::source::record::{Header, Joined, Record, RecordContent, Row};

use super::{RECORD_LIMIT, is_line_end};

/// A row whose quotes stand around whole cells.
#[derive(Debug, Clone, Copy)]
pub(in crate::source) struct Ordinary<'r> {
    /// Its bytes, without the line end.
    raw: &'r [u8],
    delimiter: u8,
    /// How many cells it has.
    cells: usize,
    /// Quotes around cells and inside of them.
    quotes: usize,
}

impl<'r> Ordinary<'r> {
    /// The row at the beginning of `input`, if it is an ordinary one and its line end is there too.
    pub(super) fn find(input: &'r [u8], delimiter: u8) -> Option<Self> {
        // The parser drops a byte order mark.
        if input.first() == Some(&0xEF) {
            return None;
        }
        let (mut at, mut counted, mut cells, mut quotes) = (0, 0, 1, 0);
        let delimiters = |from: usize, until: usize| -> Option<usize> {
            Some(memchr::memchr_iter(delimiter, input.get(from..until)?).count())
        };
        loop {
            let found = at + memchr::memchr3(b'"', b'\n', b'\r', input.get(at..)?)?;
            if input.get(found) != Some(&b'"') {
                cells += delimiters(counted, found)?;
                return (found < RECORD_LIMIT).then_some(Self {
                    raw: input.get(..found)?,
                    delimiter,
                    cells,
                    quotes,
                });
            }
            let before = found.checked_sub(1).and_then(|before| input.get(before));
            if before.is_some_and(|byte| *byte != delimiter) {
                // Inside of a cell that isn't quoted it is a letter like others.
                at = found + 1;
                continue;
            }
            let closing = closing_quote(input, found + 1, delimiter)?;
            let quoted = input.get(found + 1..closing)?;
            cells += delimiters(counted, found)?;
            quotes += 2 + memchr::memchr_iter(b'"', quoted).count();
            at = closing + 1;
            counted = at;
        }
    }

    /// Its bytes, without the line end.
    pub(super) fn raw(&self) -> &'r [u8] {
        self.raw
    }

    /// How many bytes of the file it takes, its line end included.
    pub(super) fn used(&self) -> usize {
        self.raw.len() + 1
    }

    /// How many cells it has.
    pub(super) fn len(&self) -> usize {
        self.cells
    }

    /// How many bytes its cells have together at least.
    pub(super) fn least_text(&self) -> usize {
        (self.raw.len() + 1).saturating_sub(self.cells + self.quotes)
    }

    /// The bytes of a cell, its quotes resolved.
    pub(in crate::source) fn cell(&self, position: usize) -> Option<Cow<'r, [u8]>> {
        let span = self.spans().nth(position)?;
        let bytes = self.raw.get(span.start..span.end)?;
        Some(if span.has_quotes {
            Cow::Owned(unescaped(bytes))
        } else {
            Cow::Borrowed(bytes)
        })
    }

    fn spans(&self) -> Spans<'r> {
        Spans {
            raw: self.raw,
            delimiter: self.delimiter,
            at: Some(0),
        }
    }

    /// The row with its place; `whole` are its bytes as text.
    pub(super) fn record(
        &self,
        whole: &str,
        header: &Arc<Header>,
        line: u64,
        start: u64,
    ) -> Option<Record> {
        let mut spans = Vec::with_capacity(self.cells);
        let mut resolved = None;
        for span in self.spans() {
            let (mut start, mut end) = (span.start, span.end);
            if span.has_quotes {
                // What had doubled quotes stands once more behind the row, without them.
                let text: &mut String = resolved.get_or_insert_with(|| whole.to_owned());
                let cell = whole.get(start..end)?.replace("\"\"", "\"");
                start = text.len();
                text.push_str(&cell);
                end = text.len();
            }
            spans.push((start as u32, end as u32));
        }
        let text = resolved.map_or_else(|| whole.into(), String::into_boxed_str);
        Some(Record {
            place: Place::line(line, start),
            content: RecordContent::Row(Row::of_spans(Arc::clone(header), text, spans.into())),
            joined: Joined::default(),
        })
    }
}

/// Where the cell ends whose quote was opened before `from`, if what follows is the cell's end too.
fn closing_quote(input: &[u8], from: usize, delimiter: u8) -> Option<usize> {
    let mut at = from;
    loop {
        let quote = at + memchr::memchr(b'"', input.get(at..)?)?;
        match *input.get(quote + 1)? {
            b'"' => at = quote + 2,
            byte if byte == delimiter || is_line_end(byte) => return Some(quote),
            _ => return None,
        }
    }
}

fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(quote) = memchr::memchr(b'"', rest) {
        let (before, behind) = rest.split_at(quote + 1);
        text.extend_from_slice(before);
        // The second of two.
        rest = behind.get(1..).unwrap_or_default();
    }
    text.extend_from_slice(rest);
    text
}

/// Where a cell stands in its row.
struct Span {
    start: usize,
    end: usize,
    /// There are doubled quotes in it.
    has_quotes: bool,
}

/// The cells of an ordinary row, from left to right.
struct Spans<'r> {
    raw: &'r [u8],
    delimiter: u8,
    at: Option<usize>,
}

impl Iterator for Spans<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let at = self.at?;
        let rest = self.raw.get(at..)?;
        if rest.first() == Some(&b'"') {
            let mut end = at + 1;
            let mut has_quotes = false;
            loop {
                end += memchr::memchr(b'"', self.raw.get(end..)?)?;
                if self.raw.get(end + 1) != Some(&b'"') {
                    break;
                }
                has_quotes = true;
                end += 2;
            }
            let start = at + 1;
            self.at = (end + 1 < self.raw.len()).then_some(end + 2);
            return Some(Span {
                start,
                end,
                has_quotes,
            });
        }
        let length = rest.iter().position(|byte| *byte == self.delimiter);
        let end = at + length.unwrap_or(rest.len());
        self.at = length.map(|length| at + length + 1);
        Some(Span {
            start: at,
            end,
            has_quotes: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::RowParser;
    use super::*;

    fn cells_of(row: &Ordinary<'_>) -> Vec<Vec<u8>> {
        (0..row.len())
            .map(|position| row.cell(position).unwrap().into_owned())
            .collect()
    }

    #[test]
    fn quotes_are_resolved_and_odd_rows_left_to_the_parser() {
        let row = Ordinary::find(b"\"a, b\",,\"Vase \"\"Delft\"\"\",5\" nail\nrest", b',').unwrap();
        let expected: [&[u8]; 4] = [b"a, b", b"", b"Vase \"Delft\"", b"5\" nail"];
        assert_eq!(cells_of(&row), expected);
        let header = Arc::new(Header::new(
            ["a", "b", "c", "d"].map(str::to_owned).into_iter(),
        ));
        let whole = std::str::from_utf8(row.raw()).unwrap();
        let record = row.record(whole, &header, 1, 0).unwrap();
        let shown: Vec<&str> = record.row().unwrap().cells().collect();
        assert_eq!(shown, ["a, b", "", "Vase \"Delft\"", "5\" nail"]);
        for odd in [
            "a,b",
            "\"a\nb\"c,d\n",
            "\"a\"b,c\n",
            "\"a,b\n",
            "\u{feff}a,b\n",
        ] {
            assert!(Ordinary::find(odd.as_bytes(), b',').is_none(), "{odd:?}");
        }
    }

    proptest! {
        /// Whatever is taken for an ordinary row is what the parser makes of it.
        #[test]
        fn ordinary_rows_are_those_of_the_parser(text in "[ab,;\"\"\r\n é\0]{1,60}") {
            let rest = text.trim_start_matches(['\r', '\n']);
            if let Some(row) = Ordinary::find(rest.as_bytes(), b',') {
                let mut parser = RowParser::new(b',');
                let used = parser.read(rest.as_bytes());
                prop_assert_eq!(row.used(), used);
                let raw = rest.as_bytes().get(..used).unwrap_or_default();
                prop_assert!(super::super::misquoted(raw, b',').is_none());
                prop_assert_eq!(row.len(), parser.len());
                let parsed: Vec<Vec<u8>> = parser.cells().map(<[u8]>::to_vec).collect();
                prop_assert_eq!(cells_of(&row), parsed.clone());
                prop_assert!(row.least_text() <= parser.text_len());
                let header = Arc::new(Header::new(std::iter::once("a".to_owned())));
                let whole = std::str::from_utf8(row.raw()).unwrap();
                let record = row.record(whole, &header, 1, 0).unwrap();
                prop_assert_eq!(record, parser.record(&header, 1, 0));
            }
        }

        /// Rows as programs write them need no parser.
        #[test]
        fn written_rows_are_ordinary(cells in prop::collection::vec("[a,\" é]{0,8}", 2..9)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&cells).unwrap();
            let text = writer.into_inner().unwrap();
            let row = Ordinary::find(&text, b',').expect("ordinary");
            let found: Vec<Vec<u8>> = cells_of(&row);
            let expected: Vec<Vec<u8>> = cells.into_iter().map(String::into_bytes).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
