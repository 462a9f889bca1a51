//! Files made here, opened, indexed and read back.

mod changed;
mod delimited;
mod json;
mod opening;

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use proptest::prelude::ProptestConfig;
use tempfile::TempDir;

use super::*;

/// A file in a folder of its own, removed with it.
struct Sample {
    path: PathBuf,
    _dir: TempDir,
}

impl Sample {
    fn new(bytes: impl AsRef<[u8]>) -> Self {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("orders");
        fs::write(&path, bytes).unwrap();
        Self { path, _dir: dir }
    }

    fn open(&self) -> Source {
        Source::open(&self.path, &SourceOptions::default()).unwrap()
    }
}

fn index(source: &Source, group: &GroupBy) -> Index {
    source
        .index(group, &mut |_| ControlFlow::Continue(()))
        .unwrap()
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
