//! Where something stands in the source file.

use std::fmt;

/// A place in the source file: line and byte for text, sheet and row for a workbook, and the column or JSON pointer
/// inside the record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The sheet of a workbook; the line is its row then.
    pub sheet: Option<Box<str>>,
    /// The first line is 1.
    pub line: Option<u64>,
    /// Offset from the start of the text, the first byte is 0: of the file, or of what it unpacks to. Text in an
    /// encoding other than UTF-8 has none.
    pub byte: Option<u64>,
    /// Column name of a table, or JSON pointer inside the record.
    pub column: Option<Box<str>>,
}

impl Place {
    /// A line of the file and the byte where it starts.
    pub fn line(line: u64, byte: u64) -> Self {
        Self {
            sheet: None,
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
        let mut parts = Vec::new();
        parts.extend(self.column.as_deref().map(str::to_owned));
        parts.extend(self.sheet.as_ref().map(|sheet| format!("sheet {sheet}")));
        match (self.line, self.byte) {
            (Some(row), _) if self.sheet.is_some() => parts.push(format!("row {row}")),
            (Some(line), _) => parts.push(format!("line {line}")),
            (None, Some(byte)) if self.column.is_none() => parts.push(format!("byte {byte}")),
            (None, _) => {}
        }
        f.write_str(&parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_in_the_words_of_its_file() {
        let place = Place::line(7, 100);
        assert_eq!(place.to_string(), "line 7");
        assert_eq!(
            place.clone().in_column("Total").to_string(),
            "Total, line 7"
        );
        let row = Place {
            sheet: Some("Orders".into()),
            ..place
        };
        assert_eq!(row.to_string(), "sheet Orders, row 7");
        let total = row.in_column("Total");
        assert_eq!(total.to_string(), "Total, sheet Orders, row 7");
        let byte = Place {
            byte: Some(9),
            ..Place::default()
        };
        assert_eq!(byte.to_string(), "byte 9");
        assert_eq!(Place::default().to_string(), "");
    }
}
