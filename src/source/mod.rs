//! Bytes → records, indexed by byte position.
//!
//! [`Source::open`] looks at a file's beginning and says what it is. [`Source::index`] goes over
//! it once, in a stream, and notes which bytes belong to which group of records;
//! [`Source::read_group`] then decodes single groups from those bytes alone. What is wrong in the
//! file is a finding with its place; a [`SourceError`] means that the source can't be used.
//!
//! The source knows neither mappings nor orders, and never writes to a file.

mod ahead;
mod batch;
mod beginning;
mod columns;
mod delimited;
mod detect;
mod encoding;
mod error;
mod file;
mod format;
mod grouping;
mod groups;
mod index;
mod json;
mod keys;
mod locate;
mod open;
mod options;
mod read;
mod record;
mod report;
pub mod rules;
mod scout;
mod spool;
mod unpack;
mod window;
mod workbook;

#[cfg(test)]
mod tests;

use std::fmt;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use crate::finding::{Finding, Place, Target};

pub use columns::Columns;
pub use error::SourceError;
pub use format::{Format, GroupBy, JsonShape};
pub use groups::Groups;
pub use index::Index;
pub use options::{ENCODINGS, Reading, SourceOptions, UNPACK_LIMIT, is_delimiter};
pub use record::{Group, Header, Joined, Record, RecordContent, Row};
pub use rules::rules;
pub use unpack::Compression;
pub use window::Progress;
pub use workbook::{Workbook, is_panic_caught};

use delimited::Table;
use detect::Detected;
use file::SourceFile;
use open::Opened;
use report::Report;
use window::Tick;

/// An opened source file. Cheap to clone and to share between threads.
#[derive(Clone)]
pub struct Source {
    inner: Arc<Inner>,
}

struct Inner {
    file: SourceFile,
    opened: Opened,
    detected: Detected,
    /// If it is a table.
    table: Option<Table>,
    findings: Report,
    reading: Reading,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("path", &self.path())
            .field("format", self.format())
            .finish_non_exhaustive()
    }
}

impl Source {
    /// Opens a file and looks at its beginning; `-` is standard input, which is read to its end.
    ///
    /// # Errors
    /// What is missing, a folder, empty, binary, damaged, beyond a bound or of a shape that holds no records is
    /// refused.
    pub fn open(path: &Path, options: &SourceOptions) -> Result<Self, SourceError> {
        Self::open_with(path, options, &mut |_| ControlFlow::Continue(()))
    }

    /// The same, told how far unpacking has come; breaking stops with [`SourceError::Stopped`].
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn open_with(
        path: &Path,
        options: &SourceOptions,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Self, SourceError> {
        let file = SourceFile::open(path, &options.spool_dir())?;
        Self::detect(file, options, false, progress)
    }

    /// Looks at a file's first megabyte: [`Source::format`] and [`Source::head`] are as they would be;
    /// [`Source::index_beginning`] finds the groups that stand there.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn peek(path: &Path, options: &SourceOptions) -> Result<Self, SourceError> {
        let file = SourceFile::open(path, &options.spool_dir())?;
        Self::detect(file, options, true, &mut |_| ControlFlow::Continue(()))
    }

    /// Reads standard input, or what stands for it, to its end.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn from_reader(
        reader: &mut dyn Read,
        options: &SourceOptions,
    ) -> Result<Self, SourceError> {
        let file = SourceFile::spool(Path::new("-"), reader, &options.spool_dir())?;
        Self::detect(file, options, false, &mut |_| ControlFlow::Continue(()))
    }

    fn detect(
        mut file: SourceFile,
        options: &SourceOptions,
        is_peek: bool,
        progress: &mut Tick<'_>,
    ) -> Result<Self, SourceError> {
        if file.len() == 0 {
            return Err(SourceError::Empty { path: file.shown() });
        }
        let opened = open::open(&mut file, options, is_peek, progress)?;
        let detected = detect::detect(&file, &opened, &options.reading)?;
        let mut findings = opened.report.clone();
        let mut table = None;
        if let Format::Delimited {
            delimiter,
            header_line,
            header,
        } = &detected.format
        {
            table = Some(Table::new(*delimiter, Arc::clone(header)));
            for name in header.duplicates() {
                let mut place = Place {
                    line: Some(*header_line),
                    column: Some(name.as_str().into()),
                    ..Place::default()
                };
                if let Some(workbook) = &opened.workbook {
                    place.sheet = Some(workbook.sheet().into());
                }
                let detail = format!("{name:?}");
                let finding = Finding::new(&rules::DUPLICATE_COLUMN, Target::Whole, detail);
                findings.add(finding.at(place));
            }
        }
        Ok(Self {
            inner: Arc::new(Inner {
                file,
                opened,
                detected,
                table,
                findings,
                reading: options.reading.clone(),
            }),
        })
    }

    /// The path as it was given; `-` for standard input.
    pub fn path(&self) -> &Path {
        self.inner.file.path()
    }

    /// The absolute path, or `-:` and the fingerprint of standard input: what edits are kept under.
    pub fn identity(&self) -> &str {
        self.inner.file.identity()
    }

    /// Length of the file in bytes, packed as it is.
    pub fn len(&self) -> u64 {
        self.inner.file.original_len()
    }

    /// An empty file can't be opened.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the file is.
    pub fn format(&self) -> &Format {
        &self.inner.detected.format
    }

    /// The columns of a table.
    pub fn header(&self) -> Option<&Arc<Header>> {
        self.format().header()
    }

    /// The encoding's name: `UTF-8`, `UTF-16LE`, `windows-1252`. A workbook's texts are UTF-8.
    pub fn encoding(&self) -> &'static str {
        self.inner.opened.encoding.name()
    }

    /// Was the encoding guessed by its letters? Nothing in the file proves it then.
    pub fn is_encoding_guessed(&self) -> bool {
        self.inner.opened.guessed
    }

    /// Does the file begin with a byte order mark?
    pub fn bom(&self) -> bool {
        self.inner.opened.bom
    }

    /// How the file is compressed, if it is.
    pub fn compression(&self) -> Option<Compression> {
        self.inner.opened.compression
    }

    /// The workbook and which of its sheets is read, if it is one.
    pub fn workbook(&self) -> Option<&Workbook> {
        self.inner.opened.workbook.as_ref()
    }

    /// What the operator said of the file, to be said again when it is opened again.
    pub fn reading(&self) -> &Reading {
        &self.inner.reading
    }

    /// What the file is, in words: `comma-separated text, windows-1252 by its letters, header in line 5, in gzip`.
    pub fn description(&self) -> String {
        let mut words = Vec::new();
        if let Some(workbook) = self.workbook() {
            let sheet = error::visible(workbook.sheet());
            let (number, all) = (workbook.chosen + 1, workbook.sheets.len());
            words.push(format!("{} workbook", workbook.kind));
            words.push(format!("sheet {sheet} ({number} of {all})"));
        } else {
            words.push(self.format().name().to_owned());
            let bom = if self.bom() { " with BOM" } else { "" };
            let guessed = if self.is_encoding_guessed() {
                " by its letters"
            } else {
                ""
            };
            words.push(format!("{}{bom}{guessed}", self.encoding()));
        }
        if let Format::Delimited { header_line, .. } = self.format()
            && *header_line > 1
        {
            let unit = self.workbook().map_or("line", |_| "row");
            words.push(format!("header in {unit} {header_line}"));
        }
        words.extend(self.compression().map(|it| format!("in {}", it.name())));
        words.join(", ")
    }

    /// What was wrong at the beginning, as with the names of the columns. An index has these too.
    pub fn findings(&self) -> &[Finding] {
        self.inner.findings.kept()
    }
}
