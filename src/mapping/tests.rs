//! Whole files through detection, compilation and mapping.

mod decay;
mod digits;
mod engine;
mod joins;
mod manual;
mod policy;
mod presets;
mod samples;
mod shapes;
mod table;
mod transforms;
mod traps;

use std::io::Write as _;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::{Compiled, JoinedFile, Mapped, Mapping, detect};
use crate::finding::Finding;
use crate::order::{Decimal, Field};
use crate::source::{Group, Source, SourceOptions};

/// A file that was mapped.
struct Opened {
    compiled: Compiled,
    groups: Vec<Group>,
    mapped: Vec<Mapped>,
}

fn source(text: &str) -> (tempfile::NamedTempFile, Source) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let source = Source::open(file.path(), &SourceOptions::default()).unwrap();
    (file, source)
}

fn open_with(mapping: &Mapping, text: &str) -> Opened {
    let (_file, source) = source(text);
    let compiled = mapping.compile(source.format()).unwrap();
    let mut go_on = |_| ControlFlow::Continue(());
    let index = source.index(compiled.group_by(), &mut go_on).unwrap();
    let groups: Vec<Group> = (0..index.groups())
        .map(|group| source.read_group(&index, group).unwrap())
        .collect();
    let mapped = groups.iter().map(|group| compiled.map(group)).collect();
    Opened {
        compiled,
        groups,
        mapped,
    }
}

/// Opens a file together with those that the mapping joins.
fn open_joined(mapping: &Mapping, text: &str, others: &[(&str, &str)]) -> Opened {
    let (_file, source) = source(text);
    let mut go_on = |_| ControlFlow::Continue(());
    let mut files = Vec::new();
    let mut joined = Vec::new();
    for (name, text) in others {
        let (file, other) = self::source(text);
        files.push(file);
        let key = mapping.join_key(name, &other).unwrap();
        joined.push(Arc::new(
            JoinedFile::index(name, other, &key, &mut go_on).unwrap(),
        ));
    }
    let compiled = mapping
        .compile_joined(source.format(), &joined)
        .unwrap_or_else(|error| panic!("{error}"));
    let index = source.index(compiled.group_by(), &mut go_on).unwrap();
    let groups: Vec<Group> = (0..index.groups())
        .map(|group| {
            let mut group = source.read_group(&index, group).unwrap();
            compiled.gather(&mut group).unwrap();
            group
        })
        .collect();
    let mapped = groups.iter().map(|group| compiled.map(group)).collect();
    Opened {
        compiled,
        groups,
        mapped,
    }
}

/// Opens a file with the preset that fits it.
fn open(text: &str) -> Opened {
    let (_file, source) = source(text);
    let detection = detect(&source).unwrap();
    open_with(detection.mapping().unwrap(), text)
}

impl Opened {
    fn find(&self, id: &str) -> (&Mapped, &Group) {
        let index = self.mapped.iter().position(|mapped| mapped.order.id == id);
        let index = index.unwrap_or_else(|| panic!("no order {id}"));
        (&self.mapped[index], &self.groups[index])
    }

    fn get(&self, id: &str, field: Field, item: Option<usize>) -> String {
        field.get(&self.find(id).0.order, item).unwrap_or_default()
    }

    fn total(&self) -> Decimal {
        self.mapped
            .iter()
            .filter_map(|mapped| mapped.order.total)
            .sum()
    }

    fn items(&self) -> usize {
        self.mapped
            .iter()
            .map(|mapped| mapped.order.items.len())
            .sum()
    }
}

/// Findings as `rule pointer @ place: detail`.
fn told(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| {
            let pointer = finding.target.pointer().unwrap_or_default();
            let place = finding
                .place
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            format!(
                "{} {} {pointer} @ {place}: {}",
                finding.rule.id, finding.severity, finding.detail
            )
        })
        .collect()
}
