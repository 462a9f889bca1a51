//! Looks at a file's beginning: which encoding, which format, where do the records start?

use std::ops::ControlFlow;
use std::sync::Arc;

use super::delimited;
use super::error::SourceError;
use super::file::SourceFile;
use super::format::{Format, JsonShape};
use super::json;
use super::window::{RECORD_LIMIT, Window};

/// How much of the beginning is looked at.
const HEAD: usize = 1 << 20;

/// What the beginning of a file tells.
#[derive(Debug)]
pub(super) struct Detected {
    pub(super) format: Format,
    pub(super) bom: bool,
    /// The byte where the records start, behind byte order mark and header.
    pub(super) start: u64,
    /// The line of that byte.
    pub(super) line: u64,
}

/// Looks at the beginning of a file; a delimiter that is given makes it a table.
pub(super) fn detect(file: &SourceFile, delimiter: Option<u8>) -> Result<Detected, SourceError> {
    let mut head = vec![0; file.len().min(HEAD as u64) as usize];
    file.read_at(&mut head, 0)?;
    let whole = file.len() == head.len() as u64;
    refuse_known_binaries(file, &head)?;
    refuse_encodings(file, &head)?;
    let bom = head.starts_with(b"\xef\xbb\xbf");
    let text_start = if bom { 3 } else { 0 };
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
        bom,
        start: start as u64,
        line,
    };
    if delimiter.is_none() && looks_like_json(trimmed) {
        let format = if first == b'{' && is_ndjson(file, text, text_start, whole)? {
            Format::NdJson
        } else {
            let shape = json::detect(file, text_start as u64, HEAD as u64)?;
            Format::Json { shape }
        };
        return Ok(detected(format, text_start, 1));
    }
    if first == b'<' {
        return Err(shape(file, "is XML or a web page"));
    }
    let delimiter = delimiter.unwrap_or_else(|| delimited::detect_delimiter(text, whole));
    let Some(found) = delimited::read_header(text, delimiter) else {
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
        header_line: found.line,
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

fn refuse_known_binaries(file: &SourceFile, head: &[u8]) -> Result<(), SourceError> {
    const KNOWN: [(&[u8], &str, &str); 6] = [
        (
            b"PK\x03\x04",
            "a workbook (XLSX, ODS) or a ZIP archive",
            "save the sheet as CSV (UTF-8), or unpack the archive, first",
        ),
        (b"\x1f\x8b", "compressed by gzip", "unpack it first: gunzip"),
        (
            b"\x28\xb5\x2f\xfd",
            "compressed by zstd",
            "unpack it first: unzstd",
        ),
        (
            b"\xd0\xcf\x11\xe0",
            "an old Excel workbook (XLS)",
            "save the sheet as CSV (UTF-8) first",
        ),
        (
            b"%PDF",
            "a PDF document",
            "export the orders as CSV or JSON",
        ),
        (
            b"SQLite format 3",
            "an SQLite database",
            "export the orders as CSV or JSON",
        ),
    ];
    match KNOWN.iter().find(|(magic, ..)| head.starts_with(magic)) {
        Some((_, what, next)) => Err(SourceError::Binary {
            path: file.shown(),
            what,
            next,
        }),
        None => Ok(()),
    }
}

fn refuse_encodings(file: &SourceFile, head: &[u8]) -> Result<(), SourceError> {
    let refuse = |encoding, iconv| {
        Err(SourceError::Encoding {
            path: file.shown(),
            encoding,
            iconv,
        })
    };
    let nuls = |offset: usize| {
        let bytes = head.iter().skip(offset).step_by(2);
        bytes.filter(|byte| **byte == 0).count()
    };
    let (even, odd) = (nuls(0), nuls(1));
    // Latin text has three NULs in four bytes in UTF-32, one in two in UTF-16.
    let wide = (even + odd) * 5 > head.len() * 3;
    let little = head.starts_with(b"\xff\xfe");
    let big = head.starts_with(b"\xfe\xff") || head.starts_with(b"\x00\x00\xfe\xff");
    if wide && head.len() >= 4 && (little || odd > even) {
        return refuse("UTF-32, little endian", "UTF-32LE");
    }
    if wide && head.len() >= 4 {
        return refuse("UTF-32, big endian", "UTF-32BE");
    }
    let pattern = |here: usize, there: usize| here * 10 > head.len() * 3 && there * 20 < here;
    if little || pattern(odd, even) {
        return refuse("UTF-16, little endian", "UTF-16LE");
    }
    if big || pattern(even, odd) {
        return refuse("UTF-16, big endian", "UTF-16BE");
    }
    let control = head
        .iter()
        .filter(|byte| **byte < b' ' && !b"\t\n\r\x0b\x0c\x1b".contains(byte))
        .count();
    if control > 8 && control * 20 > head.len() {
        return Err(SourceError::Binary {
            path: file.shown(),
            what: "binary data",
            next: "export the orders as CSV or JSON",
        });
    }
    // A few bad bytes in UTF-8 are findings; many, with no good character beside ASCII, are
    // another encoding.
    let (mut good, mut bad) = (0, 0);
    for chunk in head.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    if bad >= 3 && bad > good {
        return refuse(
            "Windows-1252 or another encoding of one byte a character",
            "WINDOWS-1252",
        );
    }
    Ok(())
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
