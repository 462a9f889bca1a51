//! Rows that need no parser: their quotes stand around whole cells. One look at the bytes that may split them
//! gives their cells and their end; whatever is odd goes through the parser.

use std::borrow::Cow;
use std::sync::Arc;

use crate::finding::Place;
use crate::source::columns::Columns;
use crate::source::record::{Header, Joined, Record, RecordContent, Room, Row, Span};

use super::marks::{Block, blocks};
use super::{Lines, RECORD_LIMIT, is_line_end, is_replaced};

/// A row whose quotes stand around whole cells.
#[derive(Debug, Clone, Copy)]
pub(in crate::source) struct Ordinary<'i, 'r> {
    /// Its cells from left to right, as many as were asked for; those that hold nothing stand nowhere.
    spans: &'r [Span],
    /// All of it but where its cells stand.
    pub(super) outline: Outline<'i>,
}

/// What is known of a row besides the places of its cells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outline<'i> {
    /// Its bytes, without the line end.
    raw: &'i [u8],
    /// The byte that ends its line.
    line_end: u8,
    /// Those of the cells that were asked for that hold anything.
    filled: Columns,
    /// How many cells it has.
    count: usize,
    /// Some quoted cell holds doubled quotes.
    has_doubled: bool,
    /// Some quoted cell holds line ends.
    has_lines: bool,
    /// There are no letters beyond ASCII in it.
    is_ascii: bool,
}

impl<'i, 'r> Ordinary<'i, 'r> {
    /// The row at the beginning of `input`, if it is an ordinary one and its line end is there too. `room` is for
    /// where its first cells stand, as many as are `wanted`: the others are counted.
    pub(super) fn find(
        input: &'i [u8],
        delimiter: u8,
        wanted: usize,
        room: &'r mut Vec<Span>,
    ) -> Option<Self> {
        // The parser drops a byte order mark.
        if input.first() == Some(&0xEF) {
            return None;
        }
        let mut found = Found::new(room, wanted);
        let mut cell = 0;
        let mut is_quoted = false;
        let (mut has_doubled, mut has_lines, mut is_ascii) = (false, false, true);
        // All that stands before was looked at.
        let mut next = 0;
        for block in blocks(input, delimiter) {
            if !is_quoted && block.holds_cells_only(next) {
                cell = found.add_all(cell, block);
                is_ascii &= block.is_ascii_before(None);
                continue;
            }
            let end = loop {
                let left = block.from(next);
                let mark = left.others().next();
                if !is_quoted {
                    cell = found.add_all(cell, left.before(mark));
                }
                let Some(at) = mark else { break None };
                next = at + 1;
                match *input.get(at)? {
                    0 => return None,
                    b'"' if is_quoted => match *input.get(at + 1)? {
                        b'"' => {
                            has_doubled = true;
                            next = at + 2;
                        }
                        behind if behind == delimiter => {
                            found.add(cell + 1, at);
                            is_quoted = false;
                            cell = at + 2;
                            next = cell;
                        }
                        behind if is_line_end(behind) => {
                            found.add(cell + 1, at);
                            break Some(at + 1);
                        }
                        _ => return None,
                    },
                    // Inside of a cell that isn't quoted it is a letter like others.
                    b'"' => is_quoted = at == cell,
                    byte if !is_line_end(byte) => {}
                    _ if is_quoted => has_lines = true,
                    _ => {
                        found.add(cell, at);
                        break Some(at);
                    }
                }
            };
            is_ascii &= block.is_ascii_before(end);
            if let Some(end) = end {
                let outline = Outline {
                    raw: input.get(..end)?,
                    line_end: *input.get(end)?,
                    filled: found.filled,
                    count: found.count,
                    has_doubled,
                    has_lines,
                    is_ascii,
                };
                let spans = found.spans.get(..found.count).unwrap_or(found.spans);
                return (end < RECORD_LIMIT).then_some(Self { spans, outline });
            }
        }
        None
    }

    /// Where its cells stand, for a record of it.
    pub(super) fn room(&self) -> Room {
        Room {
            spans: self.spans.to_vec(),
            ..Room::default()
        }
    }

    /// The bytes of a cell that was asked for, its quotes resolved.
    pub(in crate::source) fn cell(&self, position: usize) -> Option<Cow<'i, [u8]>> {
        let span = *self.spans.get(position)?;
        let bytes = self.outline.raw.get(span.0 as usize..span.1 as usize)?;
        Some(if self.outline.may_hold_doubled(span) {
            Cow::Owned(unescaped(bytes))
        } else {
            Cow::Borrowed(bytes)
        })
    }
}

impl<'i> Outline<'i> {
    /// Its bytes, without the line end.
    pub(super) fn raw(&self) -> &'i [u8] {
        self.raw
    }

    /// Whether its bytes are UTF-8, and no letter was replaced when it was written.
    pub(super) fn is_sound(&self) -> bool {
        self.is_ascii || self.text().is_some()
    }

    /// Its bytes, if they are UTF-8 and no letter was replaced when it was written.
    fn text(&self) -> Option<&'i str> {
        let text = simdutf8::basic::from_utf8(self.raw).ok()?;
        (self.is_ascii || !is_replaced(text)).then_some(text)
    }

    /// How many bytes of the file it takes, its line end included.
    pub(super) fn used(&self) -> usize {
        self.raw.len() + 1
    }

    /// Counts its lines.
    pub(super) fn pass(&self, lines: &mut Lines) {
        if self.has_lines {
            lines.pass(self.raw);
        }
        lines.pass_end(self.line_end);
    }

    /// How many cells it has.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// How many bytes its cells have together at least.
    pub(super) fn least_text(&self) -> usize {
        if self.has_doubled {
            return 0;
        }
        // Each may have quotes around it and a delimiter behind it.
        self.raw.len().saturating_sub(self.count * 3)
    }

    /// Whether there may be doubled quotes in a cell.
    fn may_hold_doubled(&self, span: Span) -> bool {
        let before = span.0.checked_sub(1);
        let before = before.and_then(|before| self.raw.get(before as usize));
        self.has_doubled && before == Some(&b'"')
    }

    /// The row with its place, if its letters are sound and all of its cells were asked for. They were found in the room
    /// that it gets.
    pub(super) fn record(
        &self,
        header: &Arc<Header>,
        line: u64,
        start: u64,
        mut room: Room,
    ) -> Option<Record> {
        if room.spans.len() < self.count {
            return None;
        }
        let whole = self.text()?;
        let Room {
            text,
            spans,
            filled,
        } = &mut room;
        text.clear();
        text.push_str(whole);
        spans.truncate(self.count);
        *filled = self.filled;
        if self.has_doubled {
            for span in spans.iter_mut() {
                if self.may_hold_doubled(*span) {
                    // It stands once more behind the row, its quotes resolved.
                    let cell = whole.get(span.0 as usize..span.1 as usize)?;
                    let start = text.len() as u32;
                    text.push_str(&cell.replace("\"\"", "\""));
                    *span = (start, text.len() as u32);
                }
            }
        }
        let row = Row::of_room(Arc::clone(header), room);
        Some(Record {
            place: Place::line(line, start),
            content: RecordContent::Row(row),
            joined: Joined::default(),
        })
    }
}

/// The cells of a row while they are found.
struct Found<'r> {
    /// The first ones, as many as are wanted.
    spans: &'r mut [Span],
    /// Those of them that hold anything.
    filled: Columns,
    /// How many there are so far.
    count: usize,
}

impl<'r> Found<'r> {
    fn new(room: &'r mut Vec<Span>, wanted: usize) -> Self {
        room.clear();
        room.resize(wanted, (0, 0));
        Self {
            spans: room,
            filled: Columns::default(),
            count: 0,
        }
    }

    #[inline]
    fn add(&mut self, start: usize, end: usize) {
        if start < end
            && let Some(span) = self.spans.get_mut(self.count)
        {
            *span = (start as u32, end as u32);
            self.filled.add(self.count);
        }
        self.count += 1;
    }

    /// Adds the cells that end at the delimiters of a block, the first of which begins at `cell`; where the next begins.
    #[inline]
    fn add_all(&mut self, mut cell: usize, block: Block) -> usize {
        if self.count >= self.spans.len() {
            self.count += block.count();
            return block.last().map_or(cell, |last| last + 1);
        }
        for run in block.runs() {
            self.add(cell, run.start);
            // Between delimiters that stand one behind the other are cells that hold nothing.
            self.count += run.end - run.start - 1;
            cell = run.end;
        }
        cell
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::RowParser;
    use super::*;

    /// More cells than any row here has.
    const ALL: usize = 200;

    fn cells_of(row: &Ordinary<'_, '_>) -> Vec<Vec<u8>> {
        (0..row.outline.len())
            .map(|position| row.cell(position).unwrap().into_owned())
            .collect()
    }

    #[test]
    fn quotes_are_resolved_and_odd_rows_left_to_the_parser() {
        let mut room = Vec::new();
        let row = Ordinary::find(
            b"\"a, b\",,\"Vase \"\"Delft\"\"\",5\" nail\nrest",
            b',',
            ALL,
            &mut room,
        )
        .unwrap();
        let expected: [&[u8]; 4] = [b"a, b", b"", b"Vase \"Delft\"", b"5\" nail"];
        assert_eq!(cells_of(&row), expected);
        let header = Arc::new(Header::new(
            ["a", "b", "c", "d"].map(str::to_owned).into_iter(),
        ));
        let record = row.outline.record(&header, 1, 0, row.room()).unwrap();
        let shown: Vec<&str> = record.row().unwrap().cells().collect();
        assert_eq!(shown, ["a, b", "", "Vase \"Delft\"", "5\" nail"]);
        for odd in [
            "a,b",
            "\"a\nb\"c,d\n",
            "\"a\"b,c\n",
            "\"a,b\n",
            "\u{feff}a,b\n",
        ] {
            assert!(
                Ordinary::find(odd.as_bytes(), b',', ALL, &mut Vec::new()).is_none(),
                "{odd:?}"
            );
        }
    }

    proptest! {
        /// Whatever is taken for an ordinary row is what the parser makes of it, wherever its quotes stand among the
        /// bytes that are looked at together.
        #[test]
        fn ordinary_rows_are_those_of_the_parser(before in "x{0,2}(x,){0,70}", text in "[ab,;\"\"\r\n é\0\t]{1,60}", wanted in 0_usize..90) {
            let text = before + &text;
            let rest = text.trim_start_matches(['\r', '\n']);
            let (mut all, mut some) = (Vec::new(), Vec::new());
            let few = Ordinary::find(rest.as_bytes(), b',', wanted, &mut some);
            if let Some(row) = Ordinary::find(rest.as_bytes(), b',', ALL, &mut all) {
                let few = few.expect("whatever is wanted of it");
                prop_assert_eq!((few.outline.used(), few.outline.len()), (row.outline.used(), row.outline.len()));
                for position in 0..wanted.min(row.outline.len()) {
                    prop_assert_eq!(few.cell(position), row.cell(position));
                }
                let mut parser = RowParser::new(b',');
                let used = parser.read(rest.as_bytes());
                prop_assert_eq!(row.outline.used(), used);
                let raw = rest.as_bytes().get(..used).unwrap_or_default();
                prop_assert!(super::super::misquoted(raw, b',').is_none());
                prop_assert_eq!(row.outline.len(), parser.len());
                let parsed: Vec<Vec<u8>> = parser.cells().map(<[u8]>::to_vec).collect();
                prop_assert_eq!(cells_of(&row), parsed.clone());
                prop_assert!(row.outline.least_text() <= parser.text_len());
                let header = Arc::new(Header::new(std::iter::once("a".to_owned())));
                let record = row.outline.record(&header, 1, 0, row.room()).unwrap();
                let parsed = parser.record(&header, 1, 0);
                prop_assert_eq!(record.filled(), parsed.filled());
                prop_assert_eq!(record, parsed);
            }
        }

        /// Rows as programs write them need no parser.
        #[test]
        fn written_rows_are_ordinary(cells in prop::collection::vec("[a,\" é]{0,8}", 2..9)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&cells).unwrap();
            let text = writer.into_inner().unwrap();
            let mut room = Vec::new();
            let row = Ordinary::find(&text, b',', ALL, &mut room).expect("ordinary");
            let found: Vec<Vec<u8>> = cells_of(&row);
            let expected: Vec<Vec<u8>> = cells.into_iter().map(String::into_bytes).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
