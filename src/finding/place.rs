//! Where something stands in the source file.

use std::fmt;

/// A place in the source file: line and byte for text, and the column or JSON pointer inside the record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The first line is 1.
    pub line: Option<u64>,
    /// Offset from the start of the file, the first byte is 0.
    pub byte: Option<u64>,
    /// Column name of a table, or JSON pointer inside the record.
    pub column: Option<Box<str>>,
}

impl Place {
    /// A line of the file and the byte where it starts.
    pub fn line(line: u64, byte: u64) -> Self {
        Self {
            line: Some(line),
            byte: Some(byte),
            column: None,
        }
    }

    /// The same place, narrowed to a column or JSON pointer.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<Box<str>>) -> Self {
        self.column = Some(column.into());
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.column, self.line, self.byte) {
            (Some(column), Some(line), _) => write!(f, "{column}, line {line}"),
            (Some(column), None, _) => write!(f, "{column}"),
            (None, Some(line), _) => write!(f, "line {line}"),
            (None, None, Some(byte)) => write!(f, "byte {byte}"),
            (None, None, None) => Ok(()),
        }
    }
}
