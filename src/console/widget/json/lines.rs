//! A payload laid out in lines.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::{JsonLine, LineKind};
use crate::console::model::Inspection;
use crate::console::widget::search::Wanted;
use crate::console::widget::text;
use crate::deck::rewrite::escaped;
use crate::finding::{Finding, Severity, Target};
use crate::order::Field;
use crate::vendor::Origin;

/// No finding takes more lines than this; the rest is told below the payload.
const FINDING_ROWS: usize = 12;

/// The lines of a payload; the words of findings are broken to that many columns.
#[allow(clippy::implicit_hasher)] // Whoever folds has the standard one.
pub fn lines(inspection: &Inspection, folded: &HashSet<String>, columns: usize) -> Vec<JsonLine> {
    let Ok(payload) = &inspection.payload else {
        return Vec::new();
    };
    let mut builder = Builder {
        inspection,
        folded,
        columns,
        findings: &payload.findings,
        untold: BTreeMap::new(),
        worst: HashMap::new(),
        lines: Vec::new(),
    };
    for (number, finding) in payload.findings.iter().enumerate() {
        let place = place_of(finding, inspection);
        if !place.is_empty() {
            let worst = builder
                .worst
                .entry(place.clone())
                .or_insert(finding.severity);
            *worst = (*worst).max(finding.severity);
        }
        builder.untold.entry(place).or_default().push(number);
    }
    builder.value(&payload.value, "", None, 0, (false, false));
    builder.lines
}

/// Pointers of everything that can be folded: objects and lists with something in them, but the whole.
pub fn containers(payload: &Value) -> HashSet<String> {
    fn collect(value: &Value, at: &str, found: &mut HashSet<String>) {
        let children: Vec<(String, &Value)> = match value {
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| (format!("{at}/{}", escaped(name)), value))
                .collect(),
            Value::Array(elements) => elements
                .iter()
                .enumerate()
                .map(|(index, value)| (format!("{at}/{index}"), value))
                .collect(),
            _ => return,
        };
        if children.is_empty() {
            return;
        }
        if !at.is_empty() {
            found.insert(at.to_owned());
        }
        for (pointer, child) in children {
            collect(child, &pointer, found);
        }
    }
    let mut found = HashSet::new();
    collect(payload, "", &mut found);
    found
}

/// Whether something that is searched for stands on that line.
pub fn searched(line: &JsonLine, wanted: &Wanted) -> bool {
    if line.kind.finding().is_some() {
        return wanted.is_in(&line.words);
    }
    let mut words = String::new();
    if let Some(name) = &line.name {
        // Writing into a string can't fail.
        let _ = write!(
            words,
            "{}: ",
            serde_json::to_string(name).unwrap_or_default()
        );
    }
    if let LineKind::Value(json) = &line.kind {
        words.push_str(json);
    }
    wanted.is_in(&text::shown(&words))
}

/// Where in the payload a finding belongs: its own place, or that of the field of the order that it is about.
fn place_of(finding: &Finding, inspection: &Inspection) -> String {
    let Some(pointer) = finding.target.pointer() else {
        return String::new();
    };
    if finding
        .rule
        .id
        .starts_with(inspection.target.vendor.rule_family())
    {
        return pointer;
    }
    let Some((field, item)) = canonical(&finding.target) else {
        return String::new();
    };
    let Ok(payload) = &inspection.payload else {
        return String::new();
    };
    let found = payload.origins.iter().find(|(pointer, origin)| {
        let same_item = item
            .is_none_or(|item| pointer.split('/').find_map(|part| part.parse().ok()) == Some(item));
        matches!(origin, Origin::Fields(fields) if fields.contains(&field)) && same_item
    });
    found.map_or_else(String::new, |(pointer, _)| pointer.clone())
}

/// The field of the order that a finding of the mapping or the order names.
pub fn canonical(target: &Target) -> Option<(Field, Option<usize>)> {
    let pointer = target.pointer()?;
    let path = pointer.trim_start_matches('/');
    if let Some(rest) = path.strip_prefix("items/") {
        let (item, name) = rest.split_once('/')?;
        let field = Field::from_name(&format!("items.{}", name.replace('/', ".")))?;
        return Some((field, item.parse().ok()));
    }
    Some((Field::from_name(&path.replace('/', "."))?, None))
}

struct Builder<'a> {
    inspection: &'a Inspection,
    folded: &'a HashSet<String>,
    columns: usize,
    findings: &'a [Finding],
    /// Findings that were not told yet, by place.
    untold: BTreeMap<String, Vec<usize>>,
    /// The worst finding of a place.
    worst: HashMap<String, Severity>,
    lines: Vec<JsonLine>,
}

impl Builder<'_> {
    /// `comma` follows; `edited`: what stands around it was edited as a whole.
    fn value(
        &mut self,
        value: &Value,
        pointer: &str,
        name: Option<String>,
        depth: usize,
        (comma, edited): (bool, bool),
    ) {
        let origins = &self.inspection.origins;
        let origin = match origins.get(pointer) {
            Some(origin) => origin.clone(),
            None if edited => EDIT.to_owned(),
            None => String::new(),
        };
        let edited = origin == EDIT;
        let (list, children) = match value {
            Value::Object(members) => (false, members.len()),
            Value::Array(elements) => (true, elements.len()),
            scalar => {
                let kind = LineKind::Value(scalar.to_string());
                self.push(kind, pointer, name, depth, (comma, origin));
                return self.findings_at(pointer, depth, false);
            }
        };
        if children == 0 || self.folded.contains(pointer) {
            let kind = LineKind::Folded {
                list,
                count: children,
            };
            self.push(kind, pointer, name, depth, (comma, origin));
            return self.findings_at(pointer, depth, true);
        }
        let kind = LineKind::Open { list };
        self.push(kind, pointer, name, depth, (false, origin));
        self.findings_at(pointer, depth + 1, false);
        match value {
            Value::Object(members) => {
                for (index, (name, member)) in members.iter().enumerate() {
                    let child = format!("{pointer}/{}", escaped(name));
                    let more = (index + 1 < children, edited);
                    self.value(member, &child, Some(name.clone()), depth + 1, more);
                }
            }
            Value::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    let child = format!("{pointer}/{index}");
                    let more = (index + 1 < children, edited);
                    self.value(element, &child, None, depth + 1, more);
                }
            }
            _ => {}
        }
        // What is missing is said where it would stand.
        self.findings_at(pointer, depth + 1, true);
        let kind = LineKind::Close { list };
        self.push(kind, pointer, None, depth, (comma, String::new()));
    }

    fn push(
        &mut self,
        kind: LineKind,
        pointer: &str,
        name: Option<String>,
        depth: usize,
        (comma, origin): (bool, String),
    ) {
        self.lines.push(JsonLine {
            depth,
            pointer: pointer.to_owned(),
            name,
            kind,
            words: String::new(),
            comma,
            origin,
            severity: self.worst.get(pointer).copied(),
        });
    }

    /// Tells the findings at this place; with `below` also those about what is missing below it.
    fn findings_at(&mut self, pointer: &str, depth: usize, below: bool) {
        let mut now: Vec<(usize, String)> = Vec::new();
        let mut take = |place: String, numbers: Vec<usize>| {
            now.extend(numbers.into_iter().map(|number| (number, place.clone())));
        };
        if let Some((place, numbers)) = self.untold.remove_entry(pointer) {
            take(place, numbers);
        }
        if below {
            // `0` comes right after `/`.
            let inside = format!("{pointer}/")..format!("{pointer}0");
            let places: Vec<String> = self
                .untold
                .range(inside)
                .map(|(place, _)| place.clone())
                .collect();
            for place in places {
                if let Some(numbers) = self.untold.remove(&place) {
                    take(place, numbers);
                }
            }
        }
        // The worst first, as they are counted.
        now.sort_by_key(|(number, _)| *number);
        for (number, place) in now {
            self.finding(number, &place, depth);
        }
    }

    fn finding(&mut self, number: usize, place: &str, depth: usize) {
        let Some(finding) = self.findings.get(number) else {
            return;
        };
        let room = self.columns.saturating_sub(2 + 2 * depth).max(20);
        let words = format!(
            "{} {}",
            finding.rule.id,
            self.inspection.order.message(finding)
        );
        let first = text::shown(&words).into_owned();
        let mut rows: Vec<(LineKind, String)> = Vec::new();
        // What follows stands two columns further in.
        let mut parts = broken(&first, room).into_iter();
        rows.extend(parts.next().map(|part| (LineKind::Finding(number), part)));
        rows.extend(parts.map(|part| (LineKind::More(number), part)));
        if let Some(fix) = self.inspection.fixes.get(number)
            && !fix.is_empty()
        {
            rows.push((LineKind::Fix(number), fix.clone()));
        }
        for (kind, words) in rows {
            self.lines.push(JsonLine {
                depth,
                pointer: place.to_owned(),
                name: None,
                kind,
                words,
                comma: false,
                origin: String::new(),
                severity: Some(finding.severity),
            });
        }
    }
}

/// The origin of what the operator changed.
pub(super) const EDIT: &str = "edit";

/// Words broken to so many columns, two less from the second line on; what is too long ends with a sign.
fn broken(words: &str, columns: usize) -> Vec<String> {
    if text::width(words) <= columns {
        return vec![words.to_owned()];
    }
    let mut rows = text::wrap(words, columns.saturating_sub(2));
    if rows.len() > FINDING_ROWS {
        rows.truncate(FINDING_ROWS);
        if let Some(last) = rows.last_mut() {
            last.push('…');
        }
    }
    rows
}
