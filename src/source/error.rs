//! Why a source can't be used at all, each with the next step.

use std::io;
use std::path::{Path, PathBuf};

use crate::finding::Finding;

/// Why a source can't be used at all. What is wrong with single records is a finding instead.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// No such file.
    #[error("{path}: no such file; check the name, or list the folder with ls")]
    Missing {
        /// As given.
        path: String,
    },
    /// A folder.
    #[error("{path}: is a folder; name one file in it")]
    Directory {
        /// As given.
        path: String,
    },
    /// A device or socket.
    #[error("{path}: is neither a file nor a pipe; copy the data into a file first")]
    NotAFile {
        /// As given.
        path: String,
    },
    /// No bytes, or white space alone.
    #[error("{path}: is empty; export it again, or choose another file")]
    Empty {
        /// As given.
        path: String,
    },
    /// Not text.
    #[error("{path}: is {what}, not text; {next}")]
    Binary {
        /// As given.
        path: String,
        /// What it seems to be.
        what: &'static str,
        /// The next step.
        next: &'static str,
    },
    /// An encoding that nobody here knows.
    #[error(
        "{path}: there is no encoding {name:?} here; some that there are: UTF-8, UTF-16LE, UTF-32BE, windows-1252, iso-8859-15, macintosh, shift_jis"
    )]
    UnknownEncoding {
        /// As given.
        path: String,
        /// The name asked for.
        name: String,
    },
    /// An archive or a workbook that can't be read to its end.
    #[error("{path}: the {what} is damaged ({reason}); get the file again")]
    Damaged {
        /// As given.
        path: String,
        /// What it is.
        what: String,
        /// What the reader said.
        reason: String,
    },
    /// Beyond the bound of what may be unpacked.
    #[error("{path}: unpacks to more than {}; if that is right, raise the bound with --max-unpacked", size(*.limit))]
    TooLarge {
        /// As given.
        path: String,
        /// The bound in bytes.
        limit: u64,
    },
    /// A workbook of which too much would be in memory at once.
    #[error("{path}: {what}, which can't be read in little memory; {next}")]
    TooDense {
        /// As given.
        path: String,
        /// What is too large.
        what: String,
        /// The next step.
        next: &'static str,
    },
    /// A sheet that isn't there.
    #[error("{path}: has no sheet {sheet:?}; it has {sheets}")]
    NoSheet {
        /// As given.
        path: String,
        /// The sheet asked for.
        sheet: String,
        /// The sheets there are.
        sheets: String,
    },
    /// What was said of the file doesn't fit it.
    #[error("{path}: {what}; leave {option} out")]
    Contrary {
        /// As given.
        path: String,
        /// What doesn't fit.
        what: String,
        /// The option.
        option: &'static str,
    },
    /// Text of a shape that holds no list of records.
    #[error("{path}: {what}; {next}")]
    Shape {
        /// As given.
        path: String,
        /// What it is.
        what: String,
        /// The next step.
        next: &'static str,
    },
    /// The operating system refused to read.
    #[error("{path}: can't be read ({error}); check that you may read it")]
    Unreadable {
        /// As given.
        path: String,
        /// The operating system's reason.
        error: io::Error,
    },
    /// Standard input or a pipe couldn't be kept.
    #[error(
        "{path}: can't keep the data in {dir} ({error}); make room there, or load it from a file"
    )]
    Spool {
        /// As given.
        path: String,
        /// The directory of the spool.
        dir: PathBuf,
        /// The operating system's reason.
        error: io::Error,
    },
    /// The file isn't what it was when it was opened.
    #[error("{path}: {what} since it was loaded; load it again")]
    Changed {
        /// As given.
        path: String,
        /// `was edited`, `was cut short`, `was removed`, …
        what: &'static str,
    },
    /// Not one record could be read.
    #[error("{path}: {}: {}. {}", .finding.place.clone().unwrap_or_default(), .finding.message(), .finding.rule.remedy)]
    NothingUsable {
        /// As given.
        path: String,
        /// The first thing that is wrong.
        finding: Box<Finding>,
    },
    /// The column to group by is missing.
    #[error("{path}: has no column {column:?} to tell orders apart; its columns are {columns}")]
    NoColumn {
        /// As given.
        path: String,
        /// The column asked for.
        column: String,
        /// The columns there are.
        columns: String,
    },
    /// Columns asked of JSON, or pointers of a table.
    #[error("{path}: is {format}, which can't be grouped by a {by}; choose a mapping made for it")]
    Grouping {
        /// As given.
        path: String,
        /// What the file is.
        format: &'static str,
        /// `column` or `JSON pointer`.
        by: &'static str,
    },
    /// One group beyond the size limit.
    #[error(
        "{path}: the rows of {key:?} are larger than 64 MB together; is the column really the order's number?"
    )]
    GroupTooLarge {
        /// As given.
        path: String,
        /// The group's key.
        key: String,
    },
    /// A group that the index doesn't have.
    #[error("{path}: has no order at position {group}; load it again")]
    NoSuchGroup {
        /// As given.
        path: String,
        /// Counted from 0.
        group: usize,
    },
    /// More groups than can be counted.
    #[error("{path}: holds more than 4 billion orders; split it")]
    TooMany {
        /// As given.
        path: String,
    },
    /// The caller asked to stop.
    #[error("{path}: reading was stopped")]
    Stopped {
        /// As given.
        path: String,
    },
}

impl SourceError {
    /// Sorts an error of the operating system on opening.
    pub(super) fn from_open(path: &Path, error: io::Error) -> Self {
        let path = visible(&path.display().to_string());
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing { path },
            _ => Self::Unreadable { path, error },
        }
    }
}

/// `4 GB`, `64 MB`, `512 bytes`.
fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")];
    match UNITS.iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) if bytes.is_multiple_of(*unit) => format!("{} {name}", bytes / unit),
        Some((unit, name)) => format!("{:.1} {name}", bytes as f64 / *unit as f64),
        None => format!("{bytes} bytes"),
    }
}

/// Text from outside with control characters and changes of writing direction spelled out.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        let bidi = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || bidi {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn nothing_from_outside_steers_the_terminal() {
        assert_eq!(visible("é\u{1b}[2J\n\u{202e}x"), "é\\u{1b}[2J\\n\\u{202e}x");
    }
}
