//! `ORD-01` and `ORD-02`: records of one order that contradict or repeat each other.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::compiled::Compiled;
use super::evaluate::filled;
use super::lines::Line;
use super::visible::quoted;
use crate::finding::{Finding, Severity, Target};
use crate::order::check::{ORD_01, ORD_02};
use crate::source::{Group, Record, Row};

/// Differing members beyond these are counted only.
const NAMED_MEMBERS: usize = 3;

/// So many lines are compared with each other; of more, those with equal signatures.
const FEW_LINES: usize = 12;

/// Looks at the records of one order.
pub(super) fn check(
    mapping: &Compiled,
    group: &Group,
    lines: &[Line],
    findings: &mut Vec<Finding>,
) {
    if group.records.len() > 1 {
        if mapping.header.is_some() {
            contradicting_rows(mapping, group, findings);
        } else {
            repeated_objects(group, findings);
        }
    }
    if lines.len() > 1 && mapping.native.is_none() {
        repeated_lines(mapping, lines, findings);
    }
}

fn contradicting_rows(mapping: &Compiled, group: &Group, findings: &mut Vec<Finding>) {
    // Most files have the order's own cells on its first row only.
    let others = group.records.get(1..).unwrap_or_default();
    let filled = filled(others);
    let others = || others.iter().filter_map(Record::row);
    let columns = mapping.order_columns.iter();
    for (column, field) in columns.filter(|(column, _)| filled.has(*column)) {
        let is_blank = |row: &Row| {
            row.is_blank_at(*column) || mapping.evaluator.cell_of(row, *column).is_none()
        };
        if others().all(is_blank) {
            continue;
        }
        let mut cells = group
            .records
            .iter()
            .filter_map(|record| Some((record, mapping.evaluator.cell(record, *column)?)));
        let Some((first, text)) = cells.next() else {
            continue;
        };
        let Some((other, another)) = cells.find(|(_, another)| *another != text) else {
            continue;
        };
        let name = mapping
            .header
            .as_ref()
            .and_then(|header| header.names().get(*column));
        let name = name.map_or("", String::as_str);
        let detail = format!(
            "{name} is {} in line {} and {} in line {}",
            quoted(text),
            line_of(first),
            quoted(another),
            line_of(other),
        );
        let finding = Finding::new(&ORD_01, Target::field(field.path()), detail);
        findings.push(finding.at(other.place.clone().in_column(name)));
    }
}

fn repeated_objects(group: &Group, findings: &mut Vec<Finding>) {
    let Some((first, others)) = group.records.split_first() else {
        return;
    };
    for other in others {
        let (Some(one), Some(another)) = (first.json(), other.json()) else {
            continue;
        };
        let lines = format!("lines {} and {}", line_of(first), line_of(other));
        let finding = if one == another {
            Finding::new(
                &ORD_02,
                Target::Whole,
                format!("{lines} hold equal objects, taken once"),
            )
        } else {
            let members = differing(one, another);
            let shown = members.iter().take(NAMED_MEMBERS).map(|name| quoted(name));
            let mut names = shown.collect::<Vec<_>>().join(", ");
            if members.len() > NAMED_MEMBERS {
                names = format!("{names} and {} more", members.len() - NAMED_MEMBERS);
            }
            Finding::new(
                &ORD_01,
                Target::Whole,
                format!("{lines} differ in {names}; the first is shown"),
            )
        };
        findings.push(finding.at(other.place.clone()));
    }
}

fn differing<'v>(one: &'v Value, another: &'v Value) -> Vec<&'v str> {
    let (Some(one), Some(another)) = (one.as_object(), another.as_object()) else {
        return Vec::new();
    };
    let changed = one
        .iter()
        .filter(|(name, value)| another.get(*name) != Some(value));
    let added = another.keys().filter(|name| !one.contains_key(*name));
    changed
        .map(|(name, _)| name.as_str())
        .chain(added.map(String::as_str))
        .collect()
}

fn repeated_lines(mapping: &Compiled, lines: &[Line], findings: &mut Vec<Finding>) {
    let mut seen: HashMap<u64, usize> = HashMap::new();
    for (index, line) in lines.iter().enumerate() {
        let first = if lines.len() <= FEW_LINES {
            let mut before = lines[..index].iter();
            let known = before.position(|other| is_alike(mapping, other, line));
            known.unwrap_or(index)
        } else {
            *seen.entry(signature(mapping, line)).or_insert(index)
        };
        if first == index {
            continue;
        }
        let same = match (&lines[first], line) {
            (Line::Row(one), Line::Row(other)) => repeats(one, other),
            (Line::Json { item: one, .. }, Line::Json { item: other, .. }) => one == other,
            (Line::Made(one), Line::Made(other)) => one.value == other.value,
            (Line::Joined(one, _), Line::Joined(other, _)) => one.content == other.content,
            _ => false,
        };
        if same {
            let detail = format!(
                "items {} and {} are equal to the letter",
                first + 1,
                index + 1
            );
            let mut finding = Finding::new(&ORD_02, Target::item("items/*", index as u32), detail);
            finding.severity = Severity::Warning;
            if let Line::Row(record) | Line::Joined(record, _) = line {
                finding.place = Some(record.place.clone());
            }
            findings.push(finding);
        }
    }
}

/// Whether lines may be the same: what makes them lines is equal.
fn is_alike(mapping: &Compiled, one: &Line, other: &Line) -> bool {
    match (one, other) {
        (Line::Row(one), Line::Row(other)) => mapping.item_columns.iter().all(|column| {
            mapping.evaluator.cell(one, *column) == mapping.evaluator.cell(other, *column)
        }),
        (Line::Json { item: one, .. }, Line::Json { item: other, .. }) => one == other,
        (Line::Made(one), Line::Made(other)) => one.value == other.value,
        (Line::Joined(one, _), Line::Joined(other, _)) => one.content == other.content,
        _ => false,
    }
}

/// Equal for lines that may be the same.
fn signature(mapping: &Compiled, line: &Line) -> u64 {
    let mut hasher = DefaultHasher::new();
    match line {
        Line::Json { item, .. } => item.to_string().hash(&mut hasher),
        Line::Made(made) => made.value.to_string().hash(&mut hasher),
        Line::Joined(record, _) => match record.row() {
            Some(row) => row.cells().for_each(|cell| cell.hash(&mut hasher)),
            None => record.json().map(Value::to_string).hash(&mut hasher),
        },
        Line::Row(record) => {
            for column in &mapping.item_columns {
                mapping.evaluator.cell(record, *column).hash(&mut hasher);
            }
        }
    }
    hasher.finish()
}

/// A row repeats another if each of its cells is equal or empty: the order's own stand on one row only.
fn repeats(one: &Record, other: &Record) -> bool {
    let (Some(one), Some(other)) = (one.row(), other.row()) else {
        return false;
    };
    other.cells().enumerate().all(|(position, cell)| {
        cell.trim().is_empty() || one.get(position).is_some_and(|known| known == cell)
    })
}

fn line_of(record: &Record) -> u64 {
    record.place.line.unwrap_or_default()
}
