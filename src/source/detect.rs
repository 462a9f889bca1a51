//! Looks at a text's beginning: which format, where do the records start?

use std::ops::ControlFlow;
use std::sync::Arc;

use super::delimited;
use super::error::SourceError;
use super::file::SourceFile;
use super::format::{Format, JsonShape};
use super::json;
use super::open::Opened;
use super::options::Reading;
use super::window::{RECORD_LIMIT, Window};

/// How much of the beginning is looked at.
const HEAD: usize = 1 << 20;

/// What the beginning of a text tells.
#[derive(Debug)]
pub(super) struct Detected {
    pub(super) format: Format,
    /// The byte where the records start, behind byte order mark and header.
    pub(super) start: u64,
    /// The line of that byte.
    pub(super) line: u64,
}

/// Looks at the beginning of a text; a delimiter or a header line that is given makes it a table.
pub(super) fn detect(
    file: &SourceFile,
    opened: &Opened,
    reading: &Reading,
) -> Result<Detected, SourceError> {
    let mut head = vec![0; file.len().min(HEAD as u64) as usize];
    file.read_at(&mut head, 0)?;
    let whole = file.len() == head.len() as u64;
    let text_start = opened.mark;
    let text = head.get(text_start..).unwrap_or_default();
    let trimmed = text.trim_ascii_start();
    let Some(&first) = trimmed.first() else {
        return Err(if whole {
            SourceError::Empty { path: file.shown() }
        } else {
            shape(file, "begins with a megabyte of white space")
        });
    };
    let detected = |format, start, line| Detected {
        format,
        start: start as u64,
        line,
    };
    let is_table = reading.is_table() || opened.workbook.is_some();
    if !is_table && looks_like_json(trimmed) {
        let format = if first == b'{' && is_ndjson(file, text, text_start, whole)? {
            Format::NdJson
        } else {
            let shape = json::detect(file, text_start as u64, HEAD as u64)?;
            Format::Json { shape }
        };
        return Ok(detected(format, text_start, 1));
    }
    if first == b'<' && !is_table {
        return Err(shape(file, "is XML or a web page"));
    }
    let line = reading.header_line.map(|line| opened.locator.line(line));
    let Some(start) = delimited::start(text, line) else {
        return Err(SourceError::Contrary {
            path: file.shown(),
            what: format!(
                "has no line {} among its first",
                reading.header_line.unwrap_or_default()
            ),
            option: "the header's line",
        });
    };
    let delimiter = match (opened.workbook.is_some(), reading.delimiter) {
        (true, _) => b',',
        (false, Some(given)) => given,
        (false, None) => start
            .delimiter
            .unwrap_or_else(|| delimited::detect_delimiter(text, whole, start)),
    };
    let Some(found) = delimited::read_header(text, delimiter, start) else {
        return Err(SourceError::Empty { path: file.shown() });
    };
    if found.misquoted {
        return Err(SourceError::Shape {
            path: file.shown(),
            what: format!("a quote in the header, line {}, isn't closed", found.line),
            next: "close it, or export the file again",
        });
    }
    let format = Format::Delimited {
        delimiter,
        header_line: opened.locator.shown(found.line),
        header: Arc::new(found.header),
    };
    Ok(detected(format, text_start + found.end, found.next_line))
}

fn shape(file: &SourceFile, what: &str) -> SourceError {
    SourceError::Shape {
        path: file.shown(),
        what: what.to_owned(),
        next: "export the orders as CSV or JSON",
    }
}

/// `{`, or `[` before something that JSON allows there.
fn looks_like_json(text: &[u8]) -> bool {
    match text.split_first() {
        Some((b'{', _)) => true,
        Some((b'[', rest)) => rest.trim_ascii_start().first().is_none_or(|byte| {
            matches!(
                byte,
                b'{' | b'[' | b']' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n'
            )
        }),
        _ => false,
    }
}

/// One object a line, more than one line; some lines may be broken.
fn is_ndjson(
    file: &SourceFile,
    text: &[u8],
    start: usize,
    whole: bool,
) -> Result<bool, SourceError> {
    const LINES: usize = 20;
    let complete = match text.iter().rposition(|byte| *byte == b'\n') {
        Some(end) if !whole => text.get(..end).unwrap_or_default(),
        None if !whole => return has_second_object(file, start),
        _ => text,
    };
    let lines = complete
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty());
    let objects: Vec<bool> = lines.take(LINES).map(json::is_object).collect();
    let sound = objects.iter().filter(|object| **object).count();
    let first = objects.first() == Some(&true);
    let more = objects.len() > 1 || !whole;
    Ok(more && (first || (sound > 0 && sound * 2 >= objects.len())))
}

/// The first line is longer than the head: does an object follow the first one?
fn has_second_object(file: &SourceFile, start: usize) -> Result<bool, SourceError> {
    let mut tick = |_| ControlFlow::Continue(());
    let end = (start + RECORD_LIMIT) as u64;
    let mut window = Window::new(file, start as u64, end, &mut tick);
    json::is_followed_by_object(&mut window)
}

impl Detected {
    /// Where a JSON text has its records.
    pub(super) fn shape(&self) -> Option<&JsonShape> {
        match &self.format {
            Format::Json { shape } => Some(shape),
            Format::Delimited { .. } | Format::NdJson => None,
        }
    }
}
