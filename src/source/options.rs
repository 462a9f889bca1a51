//! How a source is to be read, where the operator knows better than what was detected.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The most bytes that an archive or a workbook may unpack to, unless told otherwise: 4 GB.
pub const UNPACK_LIMIT: u64 = 4 << 30;

/// Encodings to choose from, by the names that [`Reading::encoding`] takes: Unicode first, then those of the West, the
/// East of Europe, the South, the Far East.
pub const ENCODINGS: [&str; 23] = [
    "UTF-8",
    "UTF-16LE",
    "UTF-16BE",
    "UTF-32LE",
    "UTF-32BE",
    "windows-1252",
    "ISO-8859-15",
    "macintosh",
    "windows-1250",
    "ISO-8859-2",
    "windows-1251",
    "KOI8-R",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "Shift_JIS",
    "EUC-JP",
    "gb18030",
    "Big5",
    "EUC-KR",
];

/// Whether a byte can stand between cells: no letter, digit, quote or line end can.
pub fn is_delimiter(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n\0".contains(&byte)
}

/// How a source is to be read, and where it may keep what it unpacks.
#[derive(Debug, Clone, Default)]
pub struct SourceOptions {
    /// What the operator says of the file.
    pub reading: Reading,
    /// Where standard input, pipes and unpacked files are kept while they are used; the system's directory for
    /// temporary files if not given. It is made if it is missing.
    pub spool_dir: Option<PathBuf>,
}

/// What the operator says of a file, instead of what is detected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    /// The text's encoding by one of its names, such as `windows-1252` or `UTF-16LE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The byte between cells, ASCII; makes the file a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<u8>,
    /// The line, or the row of a sheet, that names the columns; the first is 1. Makes the file a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_line: Option<u64>,
    /// A workbook's sheet by its name, or by its number counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The most bytes that an archive or a workbook may unpack to, instead of [`UNPACK_LIMIT`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpack_limit: Option<u64>,
}

impl Reading {
    /// Nothing is said: all is detected.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn limit(&self) -> u64 {
        self.unpack_limit.unwrap_or(UNPACK_LIMIT)
    }

    /// Is the file said to be a table?
    pub(super) fn is_table(&self) -> bool {
        self.delimiter.is_some() || self.header_line.is_some()
    }
}

impl SourceOptions {
    pub(super) fn spool_dir(&self) -> PathBuf {
        self.spool_dir.clone().unwrap_or_else(std::env::temp_dir)
    }
}

#[cfg(test)]
mod tests {
    use super::ENCODINGS;
    use crate::source::encoding::Encoding;

    #[test]
    fn every_encoding_to_choose_is_known_by_that_name() {
        for name in ENCODINGS {
            assert_eq!(Encoding::by_name(name).map(Encoding::name), Some(name));
        }
    }
}
