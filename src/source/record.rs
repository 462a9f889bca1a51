//! What comes out of a source: groups of records, each a row of text or a JSON object.

use std::collections::HashMap;
use std::sync::Arc;

use super::columns::Columns;
use crate::finding::{Finding, Place};

/// The records of one key, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// The key, without white space around it; blank when the records have none.
    pub key: String,
    /// The records, at least one.
    pub records: Vec<Record>,
    /// What is wrong with these records.
    pub findings: Vec<Finding>,
}

/// A row or an object with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Line and byte where it starts.
    pub place: Place,
    /// What it holds.
    pub content: RecordContent,
    /// Records of other files that belong to its group; none until somebody joins them.
    pub joined: Joined,
}

/// Records of other files that belong to a group: by the number of the file, and by key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Joined(Option<Arc<Vec<ByKey>>>);

/// Records of one file by their key.
pub type ByKey = HashMap<String, Vec<Record>>;

impl Joined {
    /// Those of each file, by key.
    pub fn new(files: Vec<ByKey>) -> Self {
        Self(Some(Arc::new(files)))
    }

    /// The records of a key; `None` if nobody looked for it.
    pub fn get(&self, file: usize, key: &str) -> Option<&[Record]> {
        self.0.as_ref()?.get(file)?.get(key).map(Vec::as_slice)
    }
}

/// What a record holds.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordContent {
    /// A row of a table.
    Row(Row),
    /// A JSON object; its numbers keep their digits.
    Json(serde_json::Value),
}

impl Record {
    /// The row, if it is one.
    pub fn row(&self) -> Option<&Row> {
        match &self.content {
            RecordContent::Row(row) => Some(row),
            RecordContent::Json(_) => None,
        }
    }

    /// Whether it is a row of which it is known that no letter was replaced in it.
    pub fn is_sound(&self) -> bool {
        self.row().is_some_and(|row| row.is_sound)
    }

    /// The columns in which anything stands at all, if it is a row; of an object nothing is known.
    pub fn filled(&self) -> Columns {
        self.row().map_or(Columns::ALL, |row| row.filled)
    }

    /// Its room, if it is a row.
    pub(super) fn into_room(self) -> Option<Room> {
        match self.content {
            RecordContent::Row(row) => Some(Room {
                text: row.text,
                spans: row.spans,
                filled: row.filled,
            }),
            RecordContent::Json(_) => None,
        }
    }

    /// The JSON object, if it is one.
    pub fn json(&self) -> Option<&serde_json::Value> {
        match &self.content {
            RecordContent::Row(_) => None,
            RecordContent::Json(value) => Some(value),
        }
    }
}

/// The names of a table's columns: without white space around them, none blank, no two equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    names: Box<[String]>,
    written: Box<[String]>,
    duplicates: Box<[String]>,
}

impl Header {
    /// Names the columns: `column 3` for a blank name, `name (2)` for the second of two equal ones.
    pub(super) fn new(cells: impl Iterator<Item = String>) -> Self {
        let written: Vec<String> = cells.map(|cell| cell.trim().to_owned()).collect();
        let mut names: Vec<String> = Vec::with_capacity(written.len());
        let mut seen = std::collections::HashSet::new();
        let mut duplicates = Vec::new();
        for (position, cell) in written.iter().enumerate() {
            let mut name = cell.clone();
            if name.is_empty() {
                name = format!("column {}", position + 1);
            }
            if seen.contains(&name) {
                duplicates.push(name.clone());
                let mut count = 2_u32;
                while seen.contains(&format!("{name} ({count})")) {
                    count += 1;
                }
                name = format!("{name} ({count})");
            }
            seen.insert(name.clone());
            names.push(name);
        }
        Self {
            names: names.into(),
            written: written.into(),
            duplicates: duplicates.into(),
        }
    }

    /// The names from left to right.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The column of exactly that name, counted from 0.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// The names as they stand in the file, white space around them aside.
    pub(super) fn written(&self) -> &[String] {
        &self.written
    }

    /// The names that stood in the file more than once.
    pub fn duplicates(&self) -> &[String] {
        &self.duplicates
    }
}

/// Where a cell begins and ends in its row's text.
pub(super) type Span = (u32, u32);

/// Room for a row's text and cells, of a row that nobody needs any more.
#[derive(Debug, Default)]
pub(super) struct Room {
    pub(super) text: String,
    pub(super) spans: Vec<Span>,
    pub(super) filled: Columns,
}

/// One row: its cells as text, the header shared with other rows.
#[derive(Debug, Clone)]
pub struct Row {
    header: Arc<Header>,
    text: String,
    /// Where each cell begins and ends in `text`: a record is at most 16 MB.
    spans: Vec<Span>,
    /// The columns in which anything stands at all.
    filled: Columns,
    /// Whether it is known that no letter was replaced (by U+FFFD) in it, as of most rows.
    is_sound: bool,
}

/// Rows are equal by their columns and cells, however they are written.
impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.header == other.header && self.cells().eq(other.cells())
    }
}

impl Eq for Row {}

impl Row {
    /// A row of cells that stand one behind the other in `bytes`, each up to its end; what isn't UTF-8 is
    /// decoded lossily.
    pub(super) fn new(header: Arc<Header>, bytes: &[u8], ends: &[usize]) -> Self {
        let whole = std::str::from_utf8(bytes).ok();
        let whole = whole.filter(|text| ends.iter().all(|end| text.is_char_boundary(*end)));
        let mut text = whole.map(str::to_owned).unwrap_or_default();
        let mut start = 0;
        let spans = ends.iter().map(|end| {
            let cell = bytes.get(start..*end).unwrap_or_default();
            let mut span = (start as u32, *end as u32);
            if whole.is_none() {
                span.0 = text.len() as u32;
                text.push_str(&String::from_utf8_lossy(cell));
                span.1 = text.len() as u32;
            }
            start = *end;
            span
        });
        let spans: Vec<Span> = spans.collect();
        let columns = spans.iter().enumerate();
        let filled = columns.filter(|(_, (start, end))| start < end);
        Self {
            header,
            text,
            filled: filled.map(|(column, _)| column).collect(),
            spans,
            is_sound: false,
        }
    }

    /// A row whose cells stand at these places of a text in which no letter was replaced.
    pub(super) fn of_room(header: Arc<Header>, room: Room) -> Self {
        Self {
            header,
            text: room.text,
            spans: room.spans,
            filled: room.filled,
            is_sound: true,
        }
    }

    /// The column names.
    pub fn header(&self) -> &Arc<Header> {
        &self.header
    }

    /// The cell at a position counted from 0, exactly as it stands in the file but for its quotes;
    /// `None` behind the row's end.
    pub fn get(&self, position: usize) -> Option<&str> {
        let (start, end) = *self.spans.get(position)?;
        self.text.get(start as usize..end as usize)
    }

    /// Whether nothing at all stands at a position.
    pub fn is_blank_at(&self, position: usize) -> bool {
        let span = self.spans.get(position);
        span.is_none_or(|(start, end)| start == end)
    }

    /// The cell of the column of that name. For many rows ask [`Header::position`] once instead.
    pub fn by_name(&self, name: &str) -> Option<&str> {
        self.get(self.header.position(name)?)
    }

    /// How many cells the row has; may differ from the header's.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// A row has at least one cell.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The cells from left to right.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|position| self.get(position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_never_blank_or_equal() {
        let cells = ["a ", "", "a", "a (2)", "a", ""];
        let header = Header::new(cells.iter().map(|&cell| cell.to_owned()));
        let expected = ["a", "column 2", "a (2)", "a (2) (2)", "a (3)", "column 6"];
        assert_eq!(header.names(), expected);
        assert_eq!(header.duplicates(), ["a", "a (2)", "a"]);
        assert_eq!(header.position("a (3)"), Some(4));
        assert_eq!(header.position("A"), None);
    }

    #[test]
    fn cells_are_reached_by_position_and_name() {
        let header = Arc::new(Header::new(["a", "b"].iter().map(|&c| c.to_owned())));
        let row = Row::new(header, b"xcaf\xe9", &[1, 1, 5]);
        assert_eq!(row.get(0), Some("x"));
        assert_eq!(row.by_name("b"), Some(""));
        assert_eq!(row.get(2), Some("caf\u{fffd}"));
        assert_eq!(row.get(3), None);
        assert_eq!(row.cells().collect::<Vec<_>>(), ["x", "", "caf\u{fffd}"]);
    }
}
