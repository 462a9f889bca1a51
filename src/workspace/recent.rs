//! Files that were worked with, and what a file that isn't open yet seems to be.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use jiff::Timestamp;

use super::{Workspace, WorkspaceError};
use crate::ledger::{Book, Ledger, Run, SourceRow};
use crate::mapping;
use crate::order::outcome::{Operation, Outcome};
use crate::source::{Format, Reading, Source, Workbook};

/// How much of a file's beginning is shown.
const HEAD: u64 = 64 << 10;
/// How many lines of it.
const LINES: usize = 200;
/// How much of a line: characters.
const LINE: usize = 500;

/// The newest run of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRun {
    /// Name of the vendor.
    pub vendor: String,
    /// `live`, `test` or `sandbox`.
    pub environment: String,
    /// What it did.
    pub operation: Operation,
    /// When it began.
    pub started_at: Timestamp,
    /// How many orders had which outcome.
    pub outcomes: Vec<(Outcome, u64)>,
}

/// A file that was opened before.
#[derive(Debug, Clone, PartialEq)]
pub struct RecentFile {
    /// What the ledger remembers of it.
    pub source: SourceRow,
    /// Nothing is at its path any more.
    pub is_gone: bool,
    /// The newest run of it, at any account, the sandbox's too.
    pub last_run: Option<LastRun>,
}

/// How a file is read, be it as detected or as the operator said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HowRead {
    /// The text's encoding.
    pub encoding: &'static str,
    /// The byte between cells, if it is a table of text.
    pub delimiter: Option<u8>,
    /// The line, or the row of a sheet, that names the columns, if it is a table.
    pub header_line: Option<u64>,
    /// The workbook, if it is one.
    pub workbook: Option<Workbook>,
}

impl From<&Source> for HowRead {
    fn from(source: &Source) -> Self {
        let workbook = source.workbook().cloned();
        let table = match source.format() {
            Format::Delimited {
                delimiter,
                header_line,
                ..
            } => Some((*delimiter, *header_line)),
            _ => None,
        };
        Self {
            encoding: source.encoding(),
            delimiter: table
                .filter(|_| workbook.is_none())
                .map(|(delimiter, _)| delimiter),
            header_line: table.map(|(_, line)| line),
            workbook,
        }
    }
}

/// The beginning of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peek {
    /// Length in bytes.
    pub bytes: u64,
    /// Format and mapping in words; why it can't be opened where it can't.
    pub what: Result<String, String>,
    /// Its first lines; empty where it isn't text.
    pub lines: Vec<String>,
    /// How it is read, where it can be.
    pub how: Option<HowRead>,
    /// What the operator said of how it is read.
    pub said: Reading,
}

impl Workspace {
    /// The files opened last, newest first, each with its last run. None where there is no ledger yet.
    pub fn recent_files(&self, limit: u32) -> Result<Vec<RecentFile>, WorkspaceError> {
        let Some(work) = self.existing_ledger(Book::Work)? else {
            return Ok(Vec::new());
        };
        let sources = work.recent_sources(limit)?;
        let mut newest: HashMap<String, (Run, Book)> = HashMap::new();
        let sandbox = self.existing_ledger(Book::Sandbox)?;
        for (book, ledger) in [(Book::Work, Some(&work)), (Book::Sandbox, sandbox.as_ref())] {
            let Some(ledger) = ledger else { continue };
            for run in ledger.runs()? {
                let path = &run.decided.frozen.source;
                let older = newest
                    .get(path)
                    .is_some_and(|(known, _)| known.started_at >= run.started_at);
                if !older {
                    newest.insert(path.clone(), (run, book));
                }
            }
        }
        let mut recent = Vec::with_capacity(sources.len());
        for source in sources {
            let mut last_run = None;
            if let Some((run, book)) = newest.get(&source.path) {
                let ledger = match book {
                    Book::Work => Some(&work),
                    Book::Sandbox => sandbox.as_ref(),
                };
                let outcomes = match ledger {
                    Some(ledger) => ledger.summary(run.id)?.outcomes,
                    None => Vec::new(),
                };
                last_run = Some(LastRun {
                    vendor: run.decided.vendor.clone(),
                    environment: run.decided.environment.clone(),
                    operation: run.decided.operation,
                    started_at: run.started_at,
                    outcomes,
                });
            }
            recent.push(RecentFile {
                is_gone: !Path::new(&source.path).exists(),
                source,
                last_run,
            });
        }
        Ok(recent)
    }

    /// Looks at the beginning of a file: at most a megabyte to tell what it is, of which the first 64 kB are
    /// shown. What isn't a plain file, as a pipe or a device, is never opened.
    pub fn peek(&self, path: &Path) -> Result<Peek, String> {
        let failed = |error: std::io::Error| error.to_string();
        let metadata = std::fs::metadata(path).map_err(failed)?;
        if !metadata.is_file() {
            return Err("not a plain file".to_owned());
        }
        let mut head = Vec::new();
        File::open(path)
            .and_then(|file| file.take(HEAD).read_to_end(&mut head))
            .map_err(failed)?;
        let source = Source::peek(path, &self.source_options(path));
        let source = source.map_err(|error| error.to_string());
        let mut whole = metadata.len() <= head.len() as u64;
        if let Ok(source) = &source {
            (head, whole) = source.beginning(HEAD).map_err(|error| error.to_string())?;
        }
        Ok(Peek {
            bytes: metadata.len(),
            how: source.as_ref().ok().map(HowRead::from),
            said: self.reading(path),
            what: source.and_then(|source| self.what(&source)),
            lines: lines(&head, whole),
        })
    }

    fn what(&self, source: &Source) -> Result<String, String> {
        let own: Vec<_> = self
            .saved_mappings()
            .into_iter()
            .filter_map(|saved| saved.mapping.ok())
            .collect();
        let found = mapping::detect_among(source, &own).map_err(|error| error.to_string())?;
        let title = found
            .mapping()
            .map_err(|error| format!("{}: {error}", source.description()))?
            .title();
        Ok(format!("{title} · {}", source.description()))
    }
}

/// The lines of a beginning, cut to what can be looked at; the last one only if all of it is there.
fn lines(head: &[u8], whole: bool) -> Vec<String> {
    if head.contains(&0) {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(head);
    let mut lines: Vec<&str> = text
        .trim_start_matches('\u{feff}')
        .split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .collect();
    let is_over = lines.last().is_some_and(|line| line.is_empty());
    if lines.len() > 1 && (!whole || is_over) {
        lines.pop();
    }
    lines
        .into_iter()
        .take(LINES)
        .map(|line| line.chars().take(LINE).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Directories;

    fn workspace(directory: &Path) -> Workspace {
        Workspace::at(Directories::at(
            directory.join("config"),
            directory.join("data"),
        ))
    }

    #[test]
    fn a_beginning_tells_what_it_is_and_no_more_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let workspace = workspace(directory.path());
        let path = directory.path().join("o.csv");
        let head = include_str!("../../assets/samples/shopify-orders.csv");
        std::fs::write(&path, head.repeat(9)).unwrap();
        let peek = workspace.peek(&path).unwrap();
        assert!(peek.what.unwrap().contains("Shopify"));
        assert!(peek.lines[0].starts_with("Name,Email"));
        assert!(peek.lines.len() <= LINES);
        std::fs::write(&path, "x".repeat(3 << 20)).unwrap();
        let peek = workspace.peek(&path).unwrap();
        assert_eq!(peek.bytes, 3 << 20);
        assert_eq!(peek.lines, ["x".repeat(LINE)]);
        assert!(peek.what.is_err());
    }

    #[test]
    fn what_is_no_text_has_no_lines_and_says_why() {
        let directory = tempfile::tempdir().unwrap();
        let workspace = workspace(directory.path());
        let path = directory.path().join("o.xls");
        std::fs::write(&path, b"\xd0\xcf\x11\xe0\0\0").unwrap();
        let peek = workspace.peek(&path).unwrap();
        assert!(peek.lines.is_empty());
        assert!(peek.what.unwrap_err().contains("Excel"));
        assert!(workspace.peek(directory.path()).is_err());
        assert!(workspace.peek(&directory.path().join("none")).is_err());
    }

    #[test]
    fn a_last_line_that_is_whole_is_kept() {
        assert_eq!(lines(b"a\r\nb", true), ["a", "b"]);
        assert_eq!(lines(b"a\nb\n", true), ["a", "b"]);
        assert_eq!(lines(b"a\nb", false), ["a"]);
    }
}
