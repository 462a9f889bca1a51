//! What became of the files that a mapping was made for: columns that are gone, and columns that are new.

use std::sync::Arc;

use super::file::Mapping;
use super::join::JoinedFile;
use super::path::Path;
use super::visible::quoted;
use super::{CompileError, detect};
use crate::mistake::{Mistake, did_you_mean, nearest};
use crate::order::Field;
use crate::source::{Header, Record};

/// How a file's columns differ from those that the mapping was made for. Both empty if it doesn't say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// Columns that the file hasn't got any more.
    pub gone: Vec<String>,
    /// Columns that it didn't have then.
    pub new: Vec<String>,
}

impl Drift {
    pub(super) fn between(made_for: &[String], names: &[String]) -> Self {
        if made_for.is_empty() || names.is_empty() {
            return Self::default();
        }
        let without = |some: &[String], others: &[String]| {
            let left = some.iter().filter(|name| !others.contains(name));
            left.cloned().collect()
        };
        Self {
            gone: without(made_for, names),
            new: without(names, made_for),
        }
    }

    /// In words, for an operator; `None` if nothing differs.
    pub fn describe(&self) -> Option<String> {
        let some = |names: &[String]| detect::seen(names).replacen("the columns ", "", 1);
        match (self.gone.is_empty(), self.new.is_empty()) {
            (true, true) => None,
            (true, false) => Some(format!("the file has new columns: {}", some(&self.new))),
            (false, true) => Some(format!("the file no longer has: {}", some(&self.gone))),
            (false, false) => Some(format!(
                "the file no longer has: {}; new are: {}",
                some(&self.gone),
                some(&self.new)
            )),
        }
    }
}

impl Mapping {
    /// Each column that a rule names and the file lacks, at its place in the mapping, with the one that it may be
    /// called now. Nothing for a preset.
    pub(super) fn decayed(
        &self,
        missing: &[(String, String)],
        header: Option<&Header>,
        joined: &[Arc<JoinedFile>],
    ) -> Vec<Mistake> {
        if !self.origin.is_own {
            return Vec::new();
        }
        let mut mistakes: Vec<Mistake> = missing
            .iter()
            .map(|(target, column)| {
                let join = joined.iter().find_map(|file| {
                    let column = column.strip_prefix(file.name())?.strip_prefix('.')?;
                    Some((file, column))
                });
                let (file, near) = match join {
                    Some((file, column)) => {
                        let path = file.source().path().display().to_string();
                        let names = file
                            .source()
                            .header()
                            .map_or(&[][..], |header| header.names());
                        let near = nearest(column, names.iter().map(String::as_str));
                        (path, near.map(|near| format!("{}.{near}", file.name())))
                    }
                    None => (
                        "the file".to_owned(),
                        header.and_then(|header| self.likely(column, header)),
                    ),
                };
                let next = match near {
                    Some(near) => format!("; is it {} now?", quoted(&near)),
                    None => "; name another column, or take the rule out".to_owned(),
                };
                let what = format!(
                    "{file} has no column {}, which {} needs{next}",
                    quoted(column),
                    needed_by(target)
                );
                let path = path_of(target);
                let path: Vec<&str> = path.iter().map(String::as_str).collect();
                self.mistake_at_name(&path, column, what)
            })
            .collect();
        mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
        mistakes
    }

    /// What a column is probably called now: of the columns that no rule reads the nearest by name, else the new one
    /// that stands in its place.
    fn likely(&self, column: &str, header: &Header) -> Option<String> {
        let mut named: Vec<&str> = Vec::new();
        for (_, rule) in self.all_rules() {
            rule.inputs(&mut |name| named.push(name));
        }
        let names = header.names().iter().map(String::as_str);
        let free: Vec<&str> = names.filter(|name| !named.contains(name)).collect();
        let made_for = self.made_for();
        let is_new = |name: &str| made_for.iter().all(|known| known != name);
        let in_place = || {
            let place = made_for.iter().position(|known| known == column)?;
            let there = header.names().get(place).filter(|name| is_new(name))?;
            Some(there.as_str())
        };
        let new = free.iter().copied().filter(|name| is_new(name));
        nearest(column, new)
            .or_else(|| nearest(column, free.iter().copied()))
            .or_else(in_place)
            .map(str::to_owned)
    }

    /// Whether JSON objects have the members that they are told apart and known by; the first records of a file.
    ///
    /// # Errors
    /// Each path that no object has, with the member that may be meant.
    pub fn check_members(&self, records: &[Record]) -> Result<(), CompileError> {
        let objects = || records.iter().filter_map(Record::json);
        // What a vendor's own payload lacks is told by that vendor's rules.
        let is_told_elsewhere = self.native.is_some() || !self.detect.exactly.is_empty();
        if objects().next().is_none() || is_told_elsewhere {
            return Ok(());
        }
        let mut mistakes = Vec::new();
        let group_by = self
            .read
            .group_by
            .iter()
            .map(|path| (["read", "group_by"], path));
        let must = self
            .detect
            .must
            .iter()
            .map(|path| (["detect", "must"], path));
        for (keys, name) in group_by.chain(must) {
            let Ok(path) = Path::parse(name) else {
                continue;
            };
            if objects().any(|object| path.exists(object)) {
                continue;
            }
            let members = objects().filter_map(|object| object.as_object());
            let members = members.flat_map(|object| object.keys().map(String::as_str));
            let near = did_you_mean(name, members);
            let what = format!("no object of the file has {}{near}", quoted(name));
            mistakes.push(self.mistake_at_name(&keys, name, what));
        }
        if mistakes.is_empty() {
            Ok(())
        } else {
            Err(CompileError::Wrong { mistakes })
        }
    }
}

fn needed_by(target: &str) -> &str {
    if target == "this format" {
        "[detect] must"
    } else {
        target
    }
}

/// The keys that lead to what a message calls `total`, `[read] group_by`, `[join.lines] on` or `kibo: path`.
pub(super) fn path_of(target: &str) -> Vec<String> {
    let parts: Vec<&str> = if let Some(field) = Field::from_name(target) {
        super::read::target_path(field).to_vec()
    } else if target == "this format" {
        vec!["detect", "must"]
    } else if let Some((table, key)) = target
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        let mut parts: Vec<&str> = table.splitn(2, '.').collect();
        let key = key.trim();
        if !key.is_empty() {
            parts.push(key);
        }
        parts
    } else if let Some((vendor, path)) = target.split_once(": ") {
        vec!["vendor", vendor, path]
    } else {
        vec![target]
    };
    parts.into_iter().map(str::to_owned).collect()
}
