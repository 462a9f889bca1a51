//! Workbooks: one sheet of an XLSX or ODS file becomes comma-separated text in a spool, each of its rows a row
//! there, each cell the text that people see.
//!
//! An XLSX sheet is read cell by cell; its shared texts are in memory, at most 256 MB of them. An ODS file is held
//! in memory as a whole, at most 384 MB of it. [`guard`] refuses what would be more before any of it is read.

mod cell;
mod choose;
mod guard;
mod rows;

use std::any::Any;
use std::cell::Cell;
use std::io::BufReader;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use calamine::{DataRef, DataType, Ods, Reader, Xlsx};

use super::error::SourceError;
use super::file::{FileReader, SourceFile};
use super::report::Report;
use super::spool::Spool;
use super::unpack::Depth;
use super::window::Tick;

use choose::choose;
use guard::{Guard, guard};
use rows::Rows;
pub(super) use rows::SheetRows;

/// What a workbook is, and which of its sheets is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workbook {
    /// `XLSX` or `ODS`.
    pub kind: &'static str,
    /// The names of its sheets, in its order.
    pub sheets: Vec<String>,
    /// The one that is read, counted from 0.
    pub chosen: usize,
}

impl Workbook {
    /// The name of the sheet that is read.
    pub fn sheet(&self) -> &str {
        self.sheets.get(self.chosen).map_or("", String::as_str)
    }
}

/// A sheet as text.
pub(super) struct Unfolded {
    pub(super) spool: Spool,
    pub(super) workbook: Workbook,
    /// Which line of the text is which row.
    pub(super) rows: Arc<SheetRows>,
    /// What was lost in the workbook already.
    pub(super) report: Report,
}

/// Rows that are read for a look.
const ROWS_OF_HEAD: u32 = 200;
/// The largest workbook that is unpacked for a look.
const HEAD_LIMIT: u64 = 64 << 20;

type Stream<'f> = BufReader<FileReader<'f>>;

/// Reads one sheet of a workbook: the one named or numbered, or the first that holds a table.
pub(super) fn unfold(
    file: &SourceFile,
    wanted: Option<&str>,
    depth: Depth,
    spool: Spool,
    tick: &mut Tick<'_>,
) -> Result<Unfolded, SourceError> {
    caught(file, || read(file, wanted, depth, spool, tick))
}

/// Workbooks are read by a library that may trip over one that was made for that: then it is the workbook that is
/// damaged, and not the program.
fn caught<T>(
    file: &SourceFile,
    read: impl FnOnce() -> Result<T, SourceError>,
) -> Result<T, SourceError> {
    CATCHES.set(true);
    // Nothing of what was read by halves is used.
    let read = std::panic::catch_unwind(AssertUnwindSafe(read));
    CATCHES.set(false);
    read.unwrap_or_else(|panic| {
        let why = super::error::visible(message(panic.as_ref()));
        let reason = format!("its parts contradict each other ({why})");
        Err(odd(file, "", &reason))
    })
}

thread_local! {
    static CATCHES: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic of this thread is caught and told as what is wrong with a workbook: nobody else needs to tell it.
pub fn is_panic_caught() -> bool {
    CATCHES.get()
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or_default()
}

fn read(
    file: &SourceFile,
    wanted: Option<&str>,
    depth: Depth,
    spool: Spool,
    tick: &mut Tick<'_>,
) -> Result<Unfolded, SourceError> {
    let (limit, most_rows) = match depth {
        Depth::Whole(limit) => (limit, u32::MAX),
        Depth::Head(_) => (HEAD_LIMIT, ROWS_OF_HEAD),
    };
    let stream = || BufReader::with_capacity(1 << 16, file.reader());
    match guard(file, limit, tick)? {
        Guard::Xlsx => {
            let mut book: Xlsx<Stream<'_>> =
                Xlsx::new(stream()).map_err(|error| damaged(file, "XLSX", &error))?;
            let workbook = choose(file, "XLSX", &mut book, wanted, holds_table)?;
            let mut rows = Rows::new(spool, workbook.sheet(), most_rows);
            xlsx(file, &mut book, workbook.sheet(), &mut rows, tick)?;
            rows.finish(workbook)
        }
        Guard::Ods => {
            let mut book: Ods<Stream<'_>> =
                Ods::new(stream()).map_err(|error| damaged(file, "ODS", &error))?;
            let workbook = choose(file, "ODS", &mut book, wanted, |book, name| {
                book.worksheet_range(name).is_ok_and(|range| {
                    let filled = |row: &&[_]| {
                        row.iter().filter(|cell| !DataType::is_empty(*cell)).count() > 1
                    };
                    range.rows().filter(filled).nth(1).is_some()
                })
            })?;
            let mut rows = Rows::new(spool, workbook.sheet(), most_rows);
            ods(file, &mut book, workbook.sheet(), &mut rows, tick)?;
            rows.finish(workbook)
        }
    }
}

/// Do two rows of a sheet hold more than one cell? Its first cells tell.
fn holds_table(book: &mut Xlsx<Stream<'_>>, name: &str) -> bool {
    const CELLS: usize = 1 << 16;
    let Ok(mut cells) = book.worksheet_cells_reader(name) else {
        return false;
    };
    let (mut row, mut filled, mut rows) = (0, 0, 0);
    for _ in 0..CELLS {
        let Ok(Some(cell)) = cells.next_cell() else {
            return false;
        };
        if cell.get_value().is_empty() {
            continue;
        }
        let here = cell.get_position().0;
        filled = if here == row { filled + 1 } else { 1 };
        row = here;
        rows += usize::from(filled == 2);
        if rows == 2 {
            return true;
        }
    }
    false
}

fn xlsx(
    file: &SourceFile,
    book: &mut Xlsx<Stream<'_>>,
    sheet: &str,
    rows: &mut Rows,
    tick: &mut Tick<'_>,
) -> Result<(), SourceError> {
    let wrong = |error| damaged(file, "XLSX", &error);
    let mut cells = match book.worksheet_cells_reader(sheet) {
        Ok(cells) => cells,
        // A sheet of charts has no rows.
        Err(calamine::XlsxError::NotAWorksheet(_)) => return Ok(()),
        Err(error) => return Err(wrong(error)),
    };
    let codes: Vec<Option<String>> = cells
        .styles()
        .iter()
        .map(|style| Some(style.number_format.as_ref()?.format_code.clone()))
        .collect();
    let mut told = 0;
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(wrong)? {
        let (row, column) = cell.get_position();
        let value: &DataRef<'_> = cell.get_value();
        if value.is_empty() {
            continue;
        }
        let code = codes.get(style).and_then(Option::as_deref);
        if !rows
            .go_to(row, column)
            .map_err(|reason| odd(file, "XLSX", reason))?
        {
            return Ok(());
        }
        rows.set(row, column, &cell::text(&value.into(), code))?;
        rows.look(row, column, &value.into());
        if row >= told + 1000 {
            told = row;
            file.tell(file.len(), file.len(), tick)?;
        }
    }
    Ok(())
}

fn ods(
    file: &SourceFile,
    book: &mut Ods<Stream<'_>>,
    sheet: &str,
    rows: &mut Rows,
    tick: &mut Tick<'_>,
) -> Result<(), SourceError> {
    let range = book
        .worksheet_range(sheet)
        .map_err(|error| damaged(file, "ODS", &error))?;
    let (first_row, first_column) = range.start().unwrap_or_default();
    for (row, column, value) in range.used_cells() {
        let (row, column) = (first_row + row as u32, first_column + column as u32);
        if !rows
            .go_to(row, column)
            .map_err(|reason| odd(file, "ODS", reason))?
        {
            return Ok(());
        }
        rows.set(row, column, &cell::text(&value.into(), None))?;
        rows.look(row, column, &value.into());
        if row.is_multiple_of(1000) {
            file.tell(file.len(), file.len(), tick)?;
        }
    }
    Ok(())
}

fn damaged(file: &SourceFile, kind: &str, error: &dyn std::fmt::Display) -> SourceError {
    // What became of the file says more than what the reader makes of it.
    file.check_handle()
        .err()
        .unwrap_or_else(|| odd(file, kind, &super::error::visible(&error.to_string())))
}

fn odd(file: &SourceFile, kind: &str, reason: &str) -> SourceError {
    SourceError::Damaged {
        path: file.shown(),
        what: format!("{kind} workbook").trim_start().to_owned(),
        reason: reason.to_owned(),
    }
}
