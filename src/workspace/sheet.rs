//! A workbook of one sheet, written row by row in bounded memory. Every cell is text: no id becomes a number, no
//! number a date, and no cell a formula.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::export::ExportError;

/// What a sheet holds at most, by Excel's own limits.
const MOST_ROWS: u32 = 1 << 20;
const MOST_COLUMNS: usize = 1 << 14;
const MOST_CHARACTERS: usize = 32_767;

/// A sheet that grows downwards.
pub(super) struct Sheet {
    book: Workbook,
    text: Format,
    bold: Format,
    rows: u32,
    to: PathBuf,
}

impl Sheet {
    /// One without rows. What is written is kept in a nameless file beside `to` until the end.
    pub(super) fn new(to: &Path) -> Result<Self, ExportError> {
        let mut book = Workbook::new();
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
        book.set_tempdir(folder.unwrap_or(Path::new(".")))
            .map_err(|error| failed(to, error))?;
        book.add_worksheet_with_constant_memory()
            .and_then(|sheet| sheet.set_name("orders"))
            .and_then(|sheet| sheet.set_freeze_panes(1, 0))
            .map_err(|error| failed(to, error))?;
        // The format of cells that stay text when somebody corrects them.
        let text = Format::new().set_num_format("@");
        Ok(Self {
            bold: text.clone().set_bold(),
            text,
            book,
            rows: 0,
            to: to.to_owned(),
        })
    }

    /// Adds a row; the first one is the header.
    pub(super) fn row(&mut self, cells: &mut dyn Iterator<Item = &str>) -> Result<(), ExportError> {
        if self.rows == MOST_ROWS {
            return Err(ExportError::TooLarge(format!("more than {MOST_ROWS} rows")));
        }
        let (row, to) = (self.rows, &self.to);
        let format = if row == 0 { &self.bold } else { &self.text };
        let sheet: &mut Worksheet = self
            .book
            .worksheet_from_index(0)
            .map_err(|error| failed(to, error))?;
        for (column, cell) in cells.enumerate() {
            if column == MOST_COLUMNS {
                let many = format!("more than {MOST_COLUMNS} columns");
                return Err(ExportError::TooLarge(many));
            }
            // Excel counts UTF-16 units.
            if cell.len() > MOST_CHARACTERS && cell.encode_utf16().count() > MOST_CHARACTERS {
                return Err(ExportError::TooLarge(format!(
                    "the cell in row {}, column {}, which has more than {MOST_CHARACTERS} characters",
                    row + 1,
                    column + 1
                )));
            }
            sheet
                .write_string_with_format(row, column as u16, cell, format)
                .map_err(|error| failed(to, error))?;
        }
        self.rows += 1;
        Ok(())
    }

    /// Writes the workbook.
    pub(super) fn write(mut self, file: &File) -> Result<(), ExportError> {
        let mut file = BufWriter::new(file);
        let written = self.book.save_to_writer(&mut file);
        let written = written.and_then(|()| Ok(file.flush()?));
        written.map_err(|error| failed(&self.to, error))
    }
}

fn failed(to: &Path, error: XlsxError) -> ExportError {
    ExportError::Write {
        path: to.to_owned(),
        error: match error {
            XlsxError::IoError(error) => error,
            other => io::Error::other(other),
        },
    }
}
