//! What a file is, and how its records are to be grouped.

use std::sync::Arc;

use super::record::Header;

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// Rows of cells.
    Delimited {
        /// The byte between two cells.
        delimiter: u8,
        /// The line that names the columns; the first line is 1.
        header_line: u64,
        /// The columns.
        header: Arc<Header>,
    },
    /// One JSON text.
    Json {
        /// Where in it the records are.
        shape: JsonShape,
    },
    /// One JSON object a line.
    NdJson,
}

/// Where in a JSON text the records are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonShape {
    /// The elements of the list that the text is.
    Array,
    /// The elements of a list that is a member of the top object, such as `orders` or `refunds`.
    List {
        /// The member's name.
        member: String,
    },
    /// The text is one record, or one member of it is.
    Single {
        /// The name of the member that wraps the record, such as `order` or `refund`.
        member: Option<String>,
    },
}

impl Format {
    /// A name for people: `comma-separated text`, `JSON`, `NDJSON`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Delimited { delimiter, .. } => match delimiter {
                b',' => "comma-separated text",
                b';' => "semicolon-separated text",
                b'\t' => "tab-separated text",
                b'|' => "text separated by |",
                _ => "delimited text",
            },
            Self::Json { .. } => "JSON",
            Self::NdJson => "NDJSON",
        }
    }

    /// The columns of a table.
    pub fn header(&self) -> Option<&Arc<Header>> {
        match self {
            Self::Delimited { header, .. } => Some(header),
            Self::Json { .. } | Self::NdJson => None,
        }
    }

    /// The name under which the records stand in their file, such as `orders`, `order` or `refunds`.
    pub fn member(&self) -> Option<&str> {
        match self {
            Self::Json {
                shape: JsonShape::List { member },
            } => Some(member),
            Self::Json {
                shape: JsonShape::Single { member },
            } => member.as_deref(),
            Self::Delimited { .. } | Self::NdJson | Self::Json { .. } => None,
        }
    }
}

/// Which records belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupBy {
    /// Rows with equal text in a column, white space around it aside; a row where it is blank
    /// continues the group above it.
    Column(String),
    /// Each record is a group, its key its number in the file, counted from 1.
    EachRecord,
    /// JSON objects with equal text or number at a JSON pointer, such as `/id`. An object without
    /// one is a group of its own.
    Pointer(String),
}
