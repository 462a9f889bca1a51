//! Looks through a workbook's parts before any is read: which kind is it, and would it fill disk or memory?
//!
//! What an archive says of its sizes may be a lie, so every part is unpacked once, and counted, without keeping it.

use std::io::{self, BufReader, Read};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::super::error::SourceError;
use super::super::file::SourceFile;
use super::super::window::{RECORD_LIMIT, Tick};
use super::{Stream, damaged};

/// What the shared texts of an XLSX file may be: they are in memory while it is read.
const TEXTS_LIMIT: u64 = 256 << 20;
/// What an ODS file may take of memory, estimated.
const ODS_LIMIT: u64 = 384 << 20;
/// What a cell takes in memory beside its text.
const CELL: u64 = 128;
/// Parts of a workbook that isn't an attack.
const PARTS: usize = 10_000;

/// Which kind of workbook it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    Xlsx,
    Ods,
}

/// Refuses whatever is no workbook, or too large for one.
pub(super) fn guard(
    file: &SourceFile,
    limit: u64,
    tick: &mut Tick<'_>,
) -> Result<Guard, SourceError> {
    let stream = BufReader::with_capacity(1 << 16, file.reader());
    let mut archive =
        ZipArchive::new(stream).map_err(|error| damaged(file, "ZIP archive or", &error))?;
    let kind = kind(file, &archive)?;
    if archive.len() > PARTS {
        return Err(dense(file, format!("has {} parts", archive.len())));
    }
    let name = match kind {
        Guard::Xlsx => "XLSX",
        Guard::Ods => "ODS",
    };
    let mut left = limit;
    for index in 0..archive.len() {
        let part = archive
            .by_index(index)
            .map_err(|error| damaged(file, name, &error))?;
        let path = part
            .name()
            .map_err(|error| damaged(file, name, &error))?
            .to_lowercase();
        // No other part is read.
        let ending = path.rsplit('.').next().unwrap_or_default();
        if !["xml", "rels"].contains(&ending) {
            continue;
        }
        let scan = Scan {
            file,
            kind,
            name,
            in_memory: kind == Guard::Ods || !path.contains("worksheets/sheet"),
        };
        left = scan.part(part, left, limit, tick)?;
    }
    Ok(kind)
}

fn kind(file: &SourceFile, archive: &ZipArchive<Stream<'_>>) -> Result<Guard, SourceError> {
    let has = |wanted: &str| {
        archive
            .file_names()
            .flatten()
            .any(|name| name.eq_ignore_ascii_case(wanted))
    };
    let refuse = |what, next| {
        Err(SourceError::Binary {
            path: file.shown(),
            what,
            next,
        })
    };
    if has("content.xml") && has("mimetype") {
        Ok(Guard::Ods)
    } else if has("xl/workbook.bin") {
        refuse(
            "a binary Excel workbook (XLSB)",
            "save it as XLSX or CSV first",
        )
    } else if has("[Content_Types].xml") && has("_rels/.rels") {
        Ok(Guard::Xlsx)
    } else {
        refuse(
            "a ZIP archive and no workbook",
            "unpack it first: unzip, and open what is in it",
        )
    }
}

fn dense(file: &SourceFile, what: String) -> SourceError {
    SourceError::TooDense {
        path: file.shown(),
        what,
        next: "save the sheet as CSV (UTF-8)",
    }
}

/// Goes over one part.
struct Scan<'s> {
    file: &'s SourceFile,
    kind: Guard,
    name: &'static str,
    /// It is held in memory as a whole while the workbook is read.
    in_memory: bool,
}

impl Scan<'_> {
    /// How many bytes are left of those that were.
    fn part(
        &self,
        part: impl Read,
        left: u64,
        limit: u64,
        tick: &mut Tick<'_>,
    ) -> Result<u64, SourceError> {
        let bound = if self.in_memory {
            left.min(TEXTS_LIMIT)
        } else {
            left
        };
        let counted = Counted {
            part,
            left: bound,
            run: 0,
            over: None,
        };
        let mut xml = quick_xml::Reader::from_reader(BufReader::with_capacity(1 << 16, counted));
        // The reader of ODS waits for the end of each element, beyond the end of the part too.
        let must_close = self.kind == Guard::Ods;
        xml.config_mut().check_end_names = must_close;
        let mut open = 0_u64;
        let mut weight = Weight::default();
        let mut buffer = Vec::new();
        // Where the last cell began: a cell is in memory as a whole.
        let mut since = 0;
        let mut told = 0;
        loop {
            buffer.clear();
            let event = xml.read_event_into(&mut buffer);
            let position = xml.buffer_position();
            if position - told > 1 << 20 {
                told = position;
                self.file.tell(self.file.len(), self.file.len(), tick)?;
            }
            match &event {
                Ok(Event::Start(_)) => open += 1,
                Ok(Event::End(_)) => open = open.saturating_sub(1),
                _ => {}
            }
            match &event {
                Ok(Event::Eof) if must_close && open > 0 => {
                    let reason = "a part of it ends before its elements do";
                    return Err(damaged(self.file, self.name, &reason));
                }
                Ok(Event::Eof) => break,
                Ok(event) if self.kind == Guard::Ods => {
                    weight.add(event, position);
                    if weight.all() > ODS_LIMIT {
                        let what = "would take more than 384 MB of memory";
                        return Err(self.dense(what, "save it as XLSX or CSV (UTF-8)"));
                    }
                }
                Ok(Event::Start(tag)) if tag.local_name().as_ref() == "sst" => {
                    self.texts(tag)?;
                }
                Ok(Event::Start(tag) | Event::Empty(tag)) => {
                    if matches!(tag.local_name().as_ref(), "c" | "row") {
                        since = position;
                    }
                }
                Ok(Event::End(tag)) => {
                    if matches!(tag.local_name().as_ref(), "c" | "sheetData") {
                        since = position;
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    let over = xml.into_inner().into_inner().over;
                    return Err(self.over(over, left, limit, error));
                }
            }
            let in_cell = self.kind == Guard::Xlsx && !self.in_memory;
            if in_cell && position - since > 2 * RECORD_LIMIT as u64 {
                return Err(self.over(Some(Over::Run), left, limit, &""));
            }
        }
        Ok(left - (bound - xml.into_inner().into_inner().left))
    }

    /// The texts are said to be so many: room is made for them before they are read.
    fn texts(&self, tag: &BytesStart<'_>) -> Result<(), SourceError> {
        match number(tag, "uniqueCount") {
            Some(count) if count > TEXTS_LIMIT / 32 => {
                let what = format!("says that it holds {count} different texts");
                Err(self.dense(&what, "save the sheet as CSV (UTF-8)"))
            }
            _ => Ok(()),
        }
    }

    fn dense(&self, what: &str, next: &'static str) -> SourceError {
        SourceError::TooDense {
            path: self.file.shown(),
            what: what.to_owned(),
            next,
        }
    }

    fn over(
        &self,
        over: Option<Over>,
        left: u64,
        limit: u64,
        error: &dyn std::fmt::Display,
    ) -> SourceError {
        match over {
            Some(Over::Bytes) if self.in_memory && left > TEXTS_LIMIT => {
                let what = "holds more than 256 MB in one of its parts";
                self.dense(what, "save the sheet as CSV (UTF-8)")
            }
            Some(Over::Bytes) => SourceError::TooLarge {
                path: self.file.shown(),
                limit,
            },
            Some(Over::Run) => {
                let what = "has a cell of more than 16 MB";
                self.dense(what, "no order is that large: get the file again")
            }
            None => damaged(self.file, self.name, error),
        }
    }
}

/// What was too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Bytes,
    /// Text without any markup in it, which is in memory as a whole.
    Run,
}

/// Unpacks a part, and ends where it is too much.
struct Counted<R> {
    part: R,
    left: u64,
    run: usize,
    over: Option<Over>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.part.read(buffer)?;
        let bytes = buffer.get(..length).unwrap_or_default();
        match bytes.iter().rposition(|byte| *byte == b'<') {
            Some(last) => self.run = length - last,
            None => self.run += length,
        }
        let enough = match self.left.checked_sub(length as u64) {
            Some(left) => {
                self.left = left;
                (self.run > RECORD_LIMIT).then_some(Over::Run)
            }
            None => Some(Over::Bytes),
        };
        match enough {
            None => Ok(length),
            over => {
                self.over = over;
                Err(io::Error::other("too much"))
            }
        }
    }
}

/// Adds up what an ODS file takes in memory, where cells and rows are repeated by number.
#[derive(Debug, Default)]
struct Weight {
    /// Of the tables behind.
    done: u64,
    rows: u64,
    width: u64,
    texts: u64,
    row: Row,
    /// How often the row and the cell at hand are repeated.
    repeats: (u64, u64),
    /// Where the text of the cell at hand begins, if it may have one.
    opened: Option<u64>,
    /// Blanks that are given by number.
    blanks: u64,
}

/// One row, up to its last cell with something in it.
#[derive(Debug, Default)]
struct Row {
    cells: u64,
    filled: u64,
    texts: u64,
}

impl Weight {
    fn all(&self) -> u64 {
        let cells = self.rows.saturating_mul(self.width.max(self.row.filled));
        let texts = self.texts.saturating_add(self.row.texts);
        let table = cells.saturating_mul(CELL).saturating_add(texts);
        self.done.saturating_add(table).saturating_add(self.blanks)
    }

    fn add(&mut self, event: &Event<'_>, position: u64) {
        match event {
            Event::Start(tag) => self.start(tag, position, false),
            Event::Empty(tag) => self.start(tag, position, true),
            Event::End(tag) => match tag.local_name().as_ref() {
                "table-cell" | "covered-table-cell" => {
                    if let Some(opened) = self.opened.take() {
                        let text = (position - opened).saturating_add(self.blanks);
                        self.blanks = 0;
                        self.cell(true, text);
                    }
                }
                "table-row" => self.end_row(),
                "table" => {
                    self.done = self.all();
                    (self.rows, self.width, self.texts) = (0, 0, 0);
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, position: u64, empty: bool) {
        match tag.local_name().as_ref() {
            "table-row" => {
                self.row = Row::default();
                self.repeats.0 = number(tag, "table:number-rows-repeated").unwrap_or(1);
                if empty {
                    self.end_row();
                }
            }
            "table-cell" | "covered-table-cell" => {
                self.repeats.1 = number(tag, "table:number-columns-repeated").unwrap_or(1);
                let length = tag.attributes_raw().len() as u64;
                if empty {
                    let valued = tag.attributes_raw().contains("office:");
                    self.cell(valued || tag.attributes_raw().contains("formula"), length);
                } else {
                    self.opened = Some(position.saturating_sub(length));
                }
            }
            "s" => {
                let blanks = number(tag, "text:c").unwrap_or(1);
                self.blanks = self.blanks.saturating_add(blanks);
            }
            _ => {}
        }
    }

    fn cell(&mut self, filled: bool, text: u64) {
        let repeats = self.repeats.1.min(1 << 14);
        self.row.cells = self.row.cells.saturating_add(repeats);
        if filled {
            self.row.filled = self.row.cells;
            let texts = text.saturating_mul(repeats);
            self.row.texts = self.row.texts.saturating_add(texts);
        }
    }

    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        // Rows without anything at the end of a sheet are none.
        let repeats = match row.filled {
            0 => 1,
            _ => self.repeats.0.min(1 << 20),
        };
        self.rows = self.rows.saturating_add(repeats);
        self.width = self.width.max(row.filled);
        let texts = row.texts.saturating_mul(repeats);
        self.texts = self.texts.saturating_add(texts);
    }
}

fn number(tag: &BytesStart<'_>, name: &str) -> Option<u64> {
    let attribute = tag.try_get_attribute(name).ok()??;
    attribute.value.trim().parse().ok()
}
