//! From a file to text in UTF-8: unpacks it, takes a sheet of it, converts its encoding, each into a spool of its
//! own that is read instead. Text that is UTF-8 already is read in place.

use super::encoding::{self, Encoding, Found};
use super::error::SourceError;
use super::file::SourceFile;
use super::locate::Locator;
use super::options::{Reading, SourceOptions};
use super::report::Report;
use super::spool::Spool;
use super::unpack::{Compression, Depth, unpack};
use super::window::Tick;
use super::workbook::{Unfolded, Workbook, unfold};

/// How much of the beginning is looked at.
pub(super) const HEAD: u64 = 1 << 20;
/// How far a text that begins in ASCII is searched for its first other character.
const SEARCH: u64 = 256 << 20;
/// The largest workbook that is unpacked for a look, if it is compressed once more.
const PEEK_LIMIT: u64 = 64 << 20;
/// Bytes that are converted at once.
const BLOCK: u64 = 1 << 18;

/// What a file turned out to be, now that its text can be read.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) compression: Option<Compression>,
    pub(super) workbook: Option<Workbook>,
    pub(super) encoding: Encoding,
    pub(super) guessed: bool,
    /// The file begins with a byte order mark.
    pub(super) bom: bool,
    /// Bytes of it that stand in the text still.
    pub(super) mark: usize,
    pub(super) locator: Locator,
    pub(super) report: Report,
}

/// Makes a file readable as text. Only its beginning, if `is_peek`.
pub(super) fn open(
    file: &mut SourceFile,
    options: &SourceOptions,
    is_peek: bool,
    tick: &mut Tick<'_>,
) -> Result<Opened, SourceError> {
    let reading = &options.reading;
    let dir = options.spool_dir();
    let depth = if is_peek {
        Depth::Head(HEAD)
    } else {
        Depth::Whole(reading.limit())
    };
    let given = given_encoding(file, reading)?;
    let mut head = read_head(file)?;
    let compression = Compression::of(&head);
    if let Some(compression) = compression {
        let spool = Spool::new(file.shown(), &dir)?;
        let spool = unpack(file, compression, depth, spool, tick)?;
        file.replace(spool)?;
        if file.len() == 0 {
            return Err(SourceError::Empty { path: file.shown() });
        }
        head = read_head(file)?;
        if is_peek && head.starts_with(b"PK\x03\x04") {
            // Of a workbook's beginning nothing can be read.
            file.restore();
            let spool = Spool::new(file.shown(), &dir)?;
            let depth = Depth::Whole(reading.limit().min(PEEK_LIMIT));
            let spool = unpack(file, compression, depth, spool, tick)?;
            file.replace(spool)?;
        }
    }
    refuse_binaries(file, &head)?;
    if head.starts_with(b"PK\x03\x04") {
        if given.is_some() || reading.delimiter.is_some() {
            return Err(SourceError::Contrary {
                path: file.shown(),
                what: "is a workbook, whose cells and characters need no guessing".to_owned(),
                option: match given {
                    Some(_) => "the encoding",
                    None => "the delimiter",
                },
            });
        }
        let spool = Spool::new(file.shown(), &dir)?;
        let unfolded = unfold(file, reading.sheet.as_deref(), depth, spool, tick)?;
        return of_sheet(file, compression, unfolded);
    }
    if let Some(sheet) = &reading.sheet {
        return Err(SourceError::Contrary {
            path: file.shown(),
            what: format!("is no workbook, so it has no sheet {sheet:?}"),
            option: "the sheet",
        });
    }
    let found = find_encoding(file, head, given, is_peek)?;
    let mut opened = Opened {
        compression,
        workbook: None,
        encoding: found.encoding,
        guessed: found.guessed,
        bom: found.mark > 0,
        mark: found.mark,
        locator: Locator::Same,
        report: Report::default(),
    };
    if found.encoding != Encoding::UTF_8 {
        let spool = Spool::new(file.shown(), &dir)?;
        let spool = convert(file, found, is_peek, spool, tick)?;
        file.replace(spool)?;
        opened.mark = 0;
        opened.locator = Locator::Lines;
    }
    Ok(opened)
}

fn of_sheet(
    file: &mut SourceFile,
    compression: Option<Compression>,
    unfolded: Unfolded,
) -> Result<Opened, SourceError> {
    if unfolded.spool.length() == 0 {
        return Err(SourceError::Shape {
            path: file.shown(),
            what: format!("the sheet {:?} is empty", unfolded.workbook.sheet()),
            next: "name another with --sheet, by its name or number",
        });
    }
    file.replace(unfolded.spool)?;
    Ok(Opened {
        compression,
        workbook: Some(unfolded.workbook),
        encoding: Encoding::UTF_8,
        guessed: false,
        bom: false,
        mark: 0,
        locator: Locator::Sheet(unfolded.rows),
        report: unfolded.report,
    })
}

fn given_encoding(file: &SourceFile, reading: &Reading) -> Result<Option<Encoding>, SourceError> {
    let Some(name) = &reading.encoding else {
        return Ok(None);
    };
    let unknown = || SourceError::UnknownEncoding {
        path: file.shown(),
        name: name.clone(),
    };
    Encoding::by_name(name).ok_or_else(unknown).map(Some)
}

fn read_head(file: &SourceFile) -> Result<Vec<u8>, SourceError> {
    read_block(file, 0, HEAD)
}

fn read_block(file: &SourceFile, start: u64, most: u64) -> Result<Vec<u8>, SourceError> {
    let length = file.len().saturating_sub(start).min(most);
    let mut block = vec![0; length as usize];
    file.read_at(&mut block, start)?;
    Ok(block)
}

/// The encoding is judged by the beginning, or by the first part that isn't ASCII.
fn find_encoding(
    file: &SourceFile,
    head: Vec<u8>,
    given: Option<Encoding>,
    is_peek: bool,
) -> Result<Found, SourceError> {
    // What was unpacked for a look may end inside of a character.
    let is_cut = is_peek && file.is_replaced() && file.len() == HEAD;
    let whole = file.len() == head.len() as u64 && !is_cut;
    let mut found = encoding::detect(&head, given, whole);
    let one_byte = !matches!(found.encoding, Encoding::Utf32 { .. })
        && ![Encoding::UTF_16LE, Encoding::UTF_16BE].contains(&found.encoding);
    if one_byte && encoding::is_binary(&head) {
        return Err(SourceError::Binary {
            path: file.shown(),
            what: "binary data",
            next: "export the orders as CSV or JSON",
        });
    }
    let decided = given.is_some() || found.mark > 0 || is_peek;
    if decided || found.encoding != Encoding::UTF_8 {
        return Ok(found);
    }
    let mut block = head;
    let mut start = 0;
    while block.is_ascii() {
        start += block.len() as u64;
        if start >= file.len().min(SEARCH) {
            return Ok(found);
        }
        block = read_block(file, start, HEAD)?;
    }
    if start > 0 {
        let whole = start + block.len() as u64 == file.len();
        // The block may begin inside of a line, never inside of the first character that isn't ASCII.
        found = encoding::detect(&block, None, whole);
    }
    Ok(found)
}

fn convert(
    file: &SourceFile,
    found: Found,
    is_peek: bool,
    mut spool: Spool,
    tick: &mut Tick<'_>,
) -> Result<Spool, SourceError> {
    let mut transcoder = encoding::transcode(found.encoding);
    let mut position = found.mark as u64;
    let end = if is_peek {
        file.len().min(HEAD)
    } else {
        file.len()
    };
    while position < end {
        let block = read_block(file, position, BLOCK.min(end - position))?;
        position += block.len() as u64;
        // A look ends where it ends, without a character that is cut there.
        let last = position >= file.len();
        spool.write(transcoder.feed(&block, last))?;
        file.tell(position, end, tick)?;
    }
    Ok(spool)
}

fn refuse_binaries(file: &SourceFile, head: &[u8]) -> Result<(), SourceError> {
    const KNOWN: [(&[u8], &str, &str); 5] = [
        (
            b"\xd0\xcf\x11\xe0",
            "an old Excel workbook (XLS), or one with a password",
            "save it as XLSX without a password, or as CSV (UTF-8), first",
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
        (b"\x1f\x8b", "compressed twice", "unpack it once: gunzip"),
        (
            b"\x28\xb5\x2f\xfd",
            "compressed twice",
            "unpack it once: unzstd",
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
