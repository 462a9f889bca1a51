//! Files made here, opened, indexed and read back.

mod beginning;
mod changed;
mod compressed;
mod delimited;
mod encodings;
mod grouping;
mod json;
mod opening;
mod preamble;
mod workbooks;

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use proptest::prelude::ProptestConfig;
use tempfile::TempDir;

use super::*;

/// A file in a folder of its own, removed with it.
struct Sample {
    path: PathBuf,
    dir: TempDir,
}

impl Sample {
    fn new(bytes: impl AsRef<[u8]>) -> Self {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("orders");
        fs::write(&path, bytes).unwrap();
        Self { path, dir }
    }

    fn open(&self) -> Source {
        self.open_as(Reading::default())
    }

    fn open_as(&self, reading: Reading) -> Source {
        self.try_open(reading).unwrap()
    }

    fn try_open(&self, reading: Reading) -> Result<Source, SourceError> {
        let options = SourceOptions {
            reading,
            spool_dir: Some(self.dir.path().join("spool")),
        };
        Source::open(&self.path, &options)
    }

    /// A source that keeps its file.
    fn hold(self) -> Held {
        self.hold_as(Reading::default())
    }

    fn hold_as(self, reading: Reading) -> Held {
        let source = self.open_as(reading);
        Held {
            source,
            _sample: self,
        }
    }

    /// Why it can't be opened.
    fn refused(&self) -> String {
        self.try_open(Reading::default()).unwrap_err().to_string()
    }
}

struct Held {
    source: Source,
    _sample: Sample,
}

impl std::ops::Deref for Held {
    type Target = Source;

    fn deref(&self) -> &Source {
        &self.source
    }
}

fn index(source: &Source, group: &GroupBy) -> Index {
    source
        .index(group, &mut |_| ControlFlow::Continue(()))
        .unwrap()
}

/// The cells of all rows, in the order of the file.
fn cells_of(source: &Source) -> Vec<Vec<String>> {
    let index = index(source, &GroupBy::EachRecord);
    rows_of(source, &index)
        .into_iter()
        .flat_map(|(_, rows)| rows)
        .collect()
}

fn by(column: &str) -> GroupBy {
    GroupBy::Column(column.to_owned())
}

/// How property tests run: nothing is written beside the sources.
fn cases() -> ProptestConfig {
    ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Key and cells of each row, group by group.
type Table = Vec<(String, Vec<Vec<String>>)>;

fn rows_of(source: &Source, index: &Index) -> Table {
    (0..index.groups())
        .map(|group| {
            let group = source.read_group(index, group).unwrap();
            let rows = group.records.iter().map(|record| {
                let row = record.row().unwrap();
                row.cells().map(str::to_owned).collect()
            });
            (group.key.clone(), rows.collect())
        })
        .collect()
}

/// Rule and line of each finding.
fn said(findings: &[Finding]) -> Vec<(&'static str, u64)> {
    findings
        .iter()
        .map(|finding| {
            let place = finding.place.as_ref().unwrap();
            (finding.rule.id, place.line.unwrap())
        })
        .collect()
}
