//! Writes a sheet's cells as comma-separated text, and remembers which line is which row.

use std::sync::Arc;

use crate::finding::{Finding, Place, Target};

use super::super::error::SourceError;
use super::super::report::Report;
use super::super::rules;
use super::super::spool::Spool;
use super::super::window::RECORD_LIMIT;
use super::cell::Value;
use super::{Unfolded, Workbook};

/// What a sheet can hold at most, in both formats.
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;

/// Which line of the text is which row of the sheet: cells of several lines shift them.
#[derive(Debug, Default)]
pub(in crate::source) struct SheetRows {
    pub(in crate::source) sheet: Box<str>,
    /// A line and its row; from there on each line is a row, up to the next.
    jumps: Vec<(u64, u64)>,
}

impl SheetRows {
    /// The row in which a line stands; both are counted from 1.
    pub(in crate::source) fn row(&self, line: u64) -> u64 {
        let at = self.jumps.partition_point(|(first, _)| *first <= line);
        match at.checked_sub(1).and_then(|at| self.jumps.get(at)) {
            Some((first, row)) => row + (line - first),
            None => line,
        }
    }

    /// The line at which a row begins.
    pub(in crate::source) fn line(&self, row: u64) -> u64 {
        let at = self.jumps.partition_point(|(_, first)| *first <= row);
        match at.checked_sub(1).and_then(|at| self.jumps.get(at)) {
            Some((line, first)) => line + (row - first),
            None => row,
        }
    }
}

/// Takes cells in the order of the sheet.
pub(super) struct Rows {
    spool: Spool,
    sheet: SheetRows,
    report: Report,
    /// The row that is being filled, counted from 0, and its cells.
    row: u32,
    cells: Vec<String>,
    /// Bytes of this row so far.
    size: usize,
    /// The line at which it begins, counted from 1.
    line: u64,
    /// So many cells the widest row had: each row below it is written as wide.
    width: usize,
    most: u32,
}

impl Rows {
    pub(super) fn new(spool: Spool, sheet: &str, most: u32) -> Self {
        Self {
            spool,
            sheet: SheetRows {
                sheet: sheet.into(),
                jumps: Vec::new(),
            },
            report: Report::default(),
            row: 0,
            cells: Vec::new(),
            size: 0,
            line: 1,
            width: 0,
            most,
        }
    }

    /// Moves to a cell; says whether its row is still wanted.
    pub(super) fn go_to(&mut self, row: u32, column: u32) -> Result<bool, &'static str> {
        if row >= ROWS || column >= COLUMNS {
            return Err("it has a cell beyond row 1048576 or column XFD");
        }
        if row < self.row {
            return Err("its rows aren't in order");
        }
        Ok(row < self.most)
    }

    /// Fills a cell of the row moved to.
    pub(super) fn set(&mut self, row: u32, column: u32, text: &str) -> Result<(), SourceError> {
        while self.row < row {
            self.end_row()?;
        }
        // A row beyond the limit is left out by whoever reads the text, as any other.
        if self.size > RECORD_LIMIT {
            return Ok(());
        }
        self.size += text.len() + 1;
        let at = column as usize;
        if self.cells.len() <= at {
            self.cells.resize(at + 1, String::new());
        }
        if let Some(cell) = self.cells.get_mut(at) {
            cell.clear();
            cell.push_str(text);
        }
        Ok(())
    }

    /// Notes what the workbook lost.
    pub(super) fn look(&mut self, row: u32, column: u32, value: &Value<'_>) {
        if value.is_too_long() {
            let place = Place {
                sheet: Some(self.sheet.sheet.clone()),
                line: Some(u64::from(row) + 1),
                byte: None,
                column: Some(format!("column {}", letters(column)).into()),
            };
            let finding = Finding::new(&rules::LONG_NUMBER, Target::Whole, "");
            self.report.add(finding.at(place));
        }
    }

    fn end_row(&mut self) -> Result<(), SourceError> {
        let mut lines = 1;
        if self.cells.iter().any(|cell| !cell.is_empty()) {
            self.width = self.width.max(self.cells.len());
            for at in 0..self.width {
                if at > 0 {
                    self.spool.write(b",")?;
                }
                let cell = self.cells.get(at).map_or("", String::as_str);
                lines += line_ends(cell);
                if cell.contains([',', '"', '\n', '\r']) {
                    let quoted = format!("\"{}\"", cell.replace('"', "\"\""));
                    self.spool.write(quoted.as_bytes())?;
                } else {
                    self.spool.write(cell.as_bytes())?;
                }
            }
        }
        self.spool.write(b"\n")?;
        self.cells.clear();
        self.size = 0;
        self.row += 1;
        self.line += lines;
        if lines > 1 {
            self.sheet.jumps.push((self.line, u64::from(self.row) + 1));
        }
        Ok(())
    }

    pub(super) fn finish(mut self, workbook: Workbook) -> Result<Unfolded, SourceError> {
        if !self.cells.is_empty() {
            self.end_row()?;
        }
        Ok(Unfolded {
            spool: self.spool,
            workbook,
            rows: Arc::new(self.sheet),
            report: self.report,
        })
    }
}

/// How many line ends a text has, counted as those of a file.
fn line_ends(text: &str) -> u64 {
    let mut lines = super::super::window::Lines::at(0);
    lines.pass(text.as_bytes());
    lines.line()
}

/// A column's name in a spreadsheet: `A`, `Z`, `AA`.
fn letters(column: u32) -> String {
    let mut name = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        left -= 1;
        name.push(char::from(b'A' + (left % 26) as u8));
        left /= 26;
    }
    name.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_rows_lead_to_each_other() {
        let rows = SheetRows {
            sheet: "Orders".into(),
            jumps: vec![(5, 3), (9, 4)],
        };
        for (line, row) in [(1, 1), (2, 2), (5, 3), (9, 4), (10, 5), (20, 15)] {
            assert_eq!(rows.row(line), row);
            assert_eq!(rows.line(row), line);
        }
    }

    #[test]
    fn columns_are_named_as_in_a_spreadsheet() {
        let names: Vec<String> = [0, 25, 26, 701, 702, 16_383].map(letters).into();
        assert_eq!(names, ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }
}
