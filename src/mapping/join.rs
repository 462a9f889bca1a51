//! `[join.NAME]`: records of another file that belong to an order or to one of its lines, found by key.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::compiled::{CompileError, Compiled, Lines, Resolver, VendorRule};
use super::evaluate::{Evaluator, Input, Scope};
use super::file::{Mapping, Unmatched};
use super::path::Path;
use super::rule::Rule;
use super::rules;
use super::visible::quoted;
use crate::finding::{Finding, Severity, Target};
use crate::mistake::did_you_mean;
use crate::order::Field;
use crate::source::{Group, GroupBy, Index, Joined, Progress, Record, Source, SourceError};

/// A file that is joined, with where each key's records are.
#[derive(Debug)]
pub struct JoinedFile {
    name: String,
    source: Source,
    index: Index,
    /// Rows that were looked up: tables of products are small, and asked for again and again.
    known: Mutex<HashMap<usize, Record>>,
}

/// How many rows are kept, and how long they may be; what is longer is read each time.
const KNOWN: usize = 4096;
const KNOWN_LENGTH: usize = 4096;

impl JoinedFile {
    /// Goes over the file once.
    ///
    /// # Errors
    /// When the file can't be read or was changed.
    pub fn index(
        name: &str,
        source: Source,
        by: &GroupBy,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Self, SourceError> {
        let index = source.index(by, progress)?;
        Ok(Self {
            name: name.to_owned(),
            source,
            index,
            known: Mutex::default(),
        })
    }

    /// What stands before the dot of its columns.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Where its keys are.
    pub fn keys(&self) -> &Index {
        &self.index
    }

    /// The records of a key, none if the file hasn't got it.
    fn records(&self, key: &str) -> Result<Vec<Record>, SourceError> {
        let Some(place) = self.index.find(key) else {
            return Ok(Vec::new());
        };
        if self.index.records_of(place) != Some(1) {
            return Ok(self.source.read_group(&self.index, place)?.records);
        }
        if let Some(record) = self.known().get(&place) {
            return Ok(vec![record.clone()]);
        }
        let records = self.source.read_group(&self.index, place)?.records;
        if let [record] = records.as_slice()
            && let Some(row) = record.row()
            && row.cells().map(str::len).sum::<usize>() <= KNOWN_LENGTH
        {
            let mut known = self.known();
            if known.len() >= KNOWN {
                known.clear();
            }
            known.insert(place, record.clone());
        }
        Ok(records)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<usize, Record>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A join made ready for one file.
#[derive(Debug, Clone)]
pub(super) struct CompiledJoin {
    pub(super) file: Arc<JoinedFile>,
    /// What the key is in the order file.
    pub(super) on: Rule<Input>,
    pub(super) unmatched: Unmatched,
    /// Its records are the lines.
    pub(super) is_lines: bool,
    /// Rules of the order read from it.
    pub(super) in_order: bool,
    /// Rules of the lines read from it.
    pub(super) in_items: bool,
}

impl Mapping {
    /// How the joined file of that name is to be indexed.
    ///
    /// # Errors
    /// Its key column isn't there, or the path of its key leads to more than one value.
    pub fn join_key(&self, name: &str, source: &Source) -> Result<GroupBy, CompileError> {
        let Some(join) = self.join.get(name) else {
            return Ok(GroupBy::EachRecord);
        };
        let path = ["join", name, "key"];
        let file = source.path().display();
        let wrong = |what: String| CompileError::Wrong {
            mistakes: vec![self.mistake_at_name(&path, &join.key, what)],
        };
        if let Some(header) = source.header() {
            if header.position(&join.key).is_some() {
                return Ok(GroupBy::Column(join.key.clone()));
            }
            let names = header.names();
            let near = did_you_mean(&join.key, names.iter().map(String::as_str));
            let seen = super::detect::seen(names);
            return Err(wrong(format!(
                "{file} has no column {}{near}; it has {seen}",
                quoted(&join.key)
            )));
        }
        let pointer = Path::parse(&join.key)
            .map(|path| path.as_pointer())
            .map_err(&wrong)?;
        pointer
            .map(GroupBy::Pointer)
            .ok_or_else(|| wrong(format!("`{}` leads to more than one value", join.key)))
    }
}

impl Resolver<'_> {
    /// Every join of the mapping must be there, but for those that orders can be read without.
    pub(super) fn all_joined(&self) -> Result<(), CompileError> {
        let mapping = self.mapping;
        let needed = mapping.join.iter().filter(|(_, join)| !join.optional);
        let mut missing = needed
            .map(|(name, _)| name)
            .filter(|name| self.position(name).is_none());
        match missing.next() {
            None => Ok(()),
            Some(name) => Err(CompileError::Wrong {
                mistakes: vec![mapping.mistake_at_key(
                    &["join", name],
                    format!("no file is joined as `{name}`; give it with --join {name}=FILE"),
                )],
            }),
        }
    }

    /// The number of the join of that name.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.joined.iter().position(|file| file.name() == name)
    }

    /// The column or path behind `NAME.`, if NAME is a join.
    pub(super) fn joined_input(
        &mut self,
        target: &str,
        name: &str,
    ) -> Result<Option<Input>, CompileError> {
        let found = self.joined.iter().enumerate().find_map(|(join, file)| {
            let column = name.strip_prefix(file.name())?.strip_prefix('.')?;
            Some((join, file, column))
        });
        let Some((join, file, column)) = found else {
            // Of an optional file that isn't there every column is empty.
            let absent = self.mapping.join.keys().any(|join| {
                let rest = name.strip_prefix(join.as_str());
                rest.is_some_and(|rest| rest.starts_with('.'))
            });
            return Ok(absent.then(|| Input::Column {
                name: name.to_owned(),
                position: None,
            }));
        };
        let inner = if let Some(header) = file.source.header() {
            Input::Column {
                name: name.to_owned(),
                position: header.position(column),
            }
        } else {
            let path =
                Path::parse(column).map_err(|message| self.mapping.bad_path(target, message))?;
            Input::Path(path)
        };
        if matches!(inner, Input::Column { position: None, .. }) {
            self.lacks(target, name);
        }
        let inner = Box::new(inner);
        Ok(Some(Input::Joined { join, inner }))
    }

    /// The joins, with who reads from them.
    pub(super) fn joins(
        &mut self,
        order: &[(Field, Rule<Input>)],
        items: &[(Field, Rule<Input>)],
        vendor: &[VendorRule],
    ) -> Result<Vec<CompiledJoin>, CompileError> {
        let mapping = self.mapping;
        let mut joins = Vec::with_capacity(self.joined.len());
        for (number, file) in self.joined.iter().enumerate() {
            let Some(spec) = mapping.join.get(file.name()) else {
                continue;
            };
            let on = self.rule(&format!("[join.{}] on", file.name()), &spec.on)?;
            let reads = |rule: &Rule<Input>| {
                let mut reads = false;
                rule.inputs(&mut |input| {
                    reads |= matches!(input, Input::Joined { join, .. } if *join == number);
                });
                reads
            };
            let any = |rules: &[(Field, Rule<Input>)]| rules.iter().any(|(_, rule)| reads(rule));
            let of_vendor = |per_item: bool| {
                let mut rules = vendor.iter().filter(|rule| rule.per_item() == per_item);
                rules.any(|rule| reads(&rule.rule))
            };
            joins.push(CompiledJoin {
                file: Arc::clone(file),
                on,
                unmatched: spec.unmatched,
                is_lines: mapping.items.join.as_deref() == Some(file.name()),
                in_order: any(order) || of_vendor(false),
                in_items: any(items) || of_vendor(true),
            });
        }
        Ok(joins)
    }
}

impl Evaluator {
    /// The key that a join has here; `None` if there is none, or it can't be read.
    fn join_key<'a>(&'a self, join: usize, scope: Scope<'a>) -> Option<String> {
        let value = self.value(&self.joins.get(join)?.on, scope).ok()??;
        Some(value.text().trim().to_owned()).filter(|key| !key.is_empty())
    }

    /// The records of a join here: all of them if they are the lines, else the one that is meant.
    pub(super) fn joined<'a>(&'a self, join: usize, scope: Scope<'a>) -> &'a [Record] {
        let found = || {
            if let Scope::Joined {
                record, join: own, ..
            } = scope
                && own == join
            {
                return Some(std::slice::from_ref(record));
            }
            let is_lines = self.joins.get(join)?.is_lines;
            let scope = if is_lines {
                Scope::Order(scope.order())
            } else {
                scope
            };
            let key = self.join_key(join, scope)?;
            let records = scope.order().first()?.joined.get(join, &key)?;
            // Two different rows for one key: none is better than the wrong one.
            (is_lines || !differ(records)).then_some(records)
        };
        found().unwrap_or_default()
    }
}

fn differ(records: &[Record]) -> bool {
    records
        .windows(2)
        .any(|pair| matches!(pair, [one, other] if one.content != other.content))
}

impl Compiled {
    /// Reads what belongs to an order from the joined files. To be done before the order is mapped.
    ///
    /// # Errors
    /// When a joined file can't be read or was changed since it was opened.
    pub fn gather(&self, group: &mut Group) -> Result<(), SourceError> {
        let joins = &self.evaluator.joins;
        if joins.is_empty() {
            return Ok(());
        }
        let mut found: Vec<HashMap<String, Vec<Record>>> = vec![HashMap::new(); joins.len()];
        // The lines first: what belongs to them is looked up by what stands in them.
        for lines in [true, false] {
            let turn = joins.iter().enumerate();
            for (number, join) in turn.filter(|(_, join)| join.is_lines == lines) {
                for (_, key) in self.keys_of(number, group) {
                    let records = join.file.records(&key)?;
                    if let Some(found) = found.get_mut(number) {
                        found.insert(key, records);
                    }
                }
            }
            let is_last = !lines || joins.iter().all(|join| join.is_lines);
            let known = if is_last {
                std::mem::take(&mut found)
            } else {
                found.clone()
            };
            let joined = Joined::new(known);
            for record in &mut group.records {
                record.joined = joined.clone();
            }
            if is_last {
                break;
            }
        }
        Ok(())
    }

    /// Every key that a join has in an order, once, with the line that first has it.
    pub fn keys_of(&self, join: usize, group: &Group) -> Vec<(Option<usize>, String)> {
        let mut keys: Vec<(Option<usize>, String)> = Vec::new();
        let Some(compiled) = self.evaluator.joins.get(join) else {
            return keys;
        };
        if compiled.in_order || compiled.is_lines {
            let scope = Scope::Order(&group.records);
            let key = self.evaluator.join_key(join, scope);
            keys.extend(key.map(|key| (None, key)));
        }
        if compiled.in_items && !compiled.is_lines {
            let mut seen = std::collections::HashSet::new();
            for (index, line) in self.lines(group).iter().enumerate() {
                let key = Self::item_scope(line, group, "")
                    .and_then(|scope| self.evaluator.join_key(join, scope));
                if let Some(key) = key
                    && seen.insert(key.clone())
                {
                    keys.push((Some(index), key));
                }
            }
        }
        keys
    }

    /// The files that are joined.
    pub fn joined_files(&self) -> impl Iterator<Item = &JoinedFile> {
        self.evaluator.joins.iter().map(|join| join.file.as_ref())
    }

    /// The same, to be kept.
    pub fn shared_joins(&self) -> Vec<Arc<JoinedFile>> {
        let joins = self.evaluator.joins.iter();
        joins.map(|join| Arc::clone(&join.file)).collect()
    }

    /// Whether the lines come from a join.
    pub(super) fn joined_lines<'g>(&self, group: &'g Group) -> &'g [Record] {
        let Lines::Joined(join) = self.lines else {
            return &[];
        };
        let Some(key) = self.evaluator.join_key(join, Scope::Order(&group.records)) else {
            return &[];
        };
        let first = group.records.first();
        first
            .and_then(|record| record.joined.get(join, &key))
            .unwrap_or_default()
    }

    /// Keys that a joined file hasn't got, or has for several things.
    pub(super) fn check_joins(&self, group: &Group, findings: &mut Vec<Finding>) {
        let Some(first) = group.records.first() else {
            return;
        };
        for (number, join) in self.evaluator.joins.iter().enumerate() {
            for (item, key) in self.keys_of(number, group) {
                let records = first.joined.get(number, &key).unwrap_or_default();
                let rule = if records.is_empty() {
                    &rules::NO_MATCH
                } else if !join.is_lines && differ(records) {
                    &rules::SEVERAL_MATCHES
                } else {
                    continue;
                };
                let severity = match join.unmatched {
                    Unmatched::Ignore if records.is_empty() => continue,
                    Unmatched::Warning if records.is_empty() => Severity::Warning,
                    _ => Severity::Error,
                };
                let name = join.file.name();
                let mut detail = format!("{} in {name}", quoted(&key));
                if records.len() > 1 {
                    let lines: Vec<String> = records
                        .iter()
                        .filter_map(|record| record.place.line)
                        .map(|line| line.to_string())
                        .collect();
                    detail = format!("{detail}, lines {}", lines.join(", "));
                }
                let target = match item {
                    Some(index) => Target::item("items/*", index as u32),
                    None => Target::Whole,
                };
                let mut finding = Finding::new(rule, target, detail);
                finding.severity = severity;
                finding.place = self.first_place(&join.on, item, group);
                findings.push(finding);
            }
        }
    }
}
