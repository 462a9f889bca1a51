//! Files that a draft joins: named, changed, taken out; and which columns of two files hold the same keys.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml_edit::{Item, Table};

use super::edit::DraftError;
use super::{Draft, place};
use crate::mapping::propose::{LOOKED_AT, Sampled, sampled};
use crate::source::{Source, SourceError, SourceOptions};

/// A file that is joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinLine {
    /// What stands before the dot of its columns.
    pub name: String,
    /// Its file: its name beside the order file, or where it was given from. None: it has to be given.
    pub file: Option<String>,
    /// The column of its key.
    pub key: String,
    /// Where the key stands in the order file, in words.
    pub on: String,
}

/// A file that might be joined, with its columns.
#[derive(Debug, Clone)]
pub struct JoinCandidate {
    /// The file.
    pub path: PathBuf,
    /// Its columns.
    pub columns: Vec<Sampled>,
}

impl JoinCandidate {
    /// Looks at the beginning of a file.
    ///
    /// # Errors
    /// It can't be read.
    pub fn of(path: &Path, options: &SourceOptions) -> Result<Self, SourceError> {
        let source = Source::peek(path, options)?;
        let records = source.head(LOOKED_AT)?;
        Ok(Self {
            path: path.to_owned(),
            columns: sampled(source.format(), &records, None),
        })
    }

    /// A name for it that a mapping may use: that of its file without what has no place in one.
    pub fn name(&self) -> String {
        let stem = self.path.file_name().unwrap_or_default().to_string_lossy();
        let stem = stem.split('.').next().unwrap_or_default();
        let name: String = stem
            .to_lowercase()
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '-' })
            .collect();
        match name.trim_matches('-') {
            "" => "joined".to_owned(),
            name => name.to_owned(),
        }
    }

    /// Columns of the order file and of this one that hold the same values, the likeliest pair first: the places in
    /// both lists, and of how many different values there are here how many stand there too.
    pub fn pairs(&self, own: &[Sampled]) -> Vec<(usize, usize, usize, usize)> {
        let values = |column: &Sampled| -> BTreeSet<String> {
            let texts = column.counts.iter();
            texts.map(|(text, _)| text.trim().to_owned()).collect()
        };
        let theirs: Vec<BTreeSet<String>> = self.columns.iter().map(values).collect();
        let mut pairs = Vec::new();
        for (here, column) in own.iter().enumerate().filter(|(_, column)| !column.joined) {
            let ours = values(column);
            for (there, theirs) in theirs.iter().enumerate() {
                let both = ours.intersection(theirs).count();
                if both > 0 {
                    pairs.push((here, there, both, ours.len()));
                }
            }
        }
        // Keys have many values; two columns of `EUR` share one. Of equals those of one name.
        pairs.sort_by_key(|(here, there, both, _)| {
            let name = |column: Option<&Sampled>| column.map(|column| column.name.to_lowercase());
            let same = name(own.get(*here)) == name(self.columns.get(*there));
            (std::cmp::Reverse(*both), !same, *here, *there)
        });
        pairs
    }
}

impl Draft {
    /// The files that are joined.
    pub fn joins(&self) -> Vec<JoinLine> {
        let joins = self.mapping.join.iter().map(|(name, join)| {
            let given = self.given.iter().find(|(known, _)| known == name);
            JoinLine {
                name: name.clone(),
                file: given
                    .map(|(_, path)| path.display().to_string())
                    .or_else(|| join.file.clone()),
                key: join.key.clone(),
                on: join.on_words(),
            }
        });
        joins.collect()
    }

    /// Joins a file: its column `key` holds what the order file has in `on`. One of that name is changed. A file
    /// beside the order file is found by its name; another one has to be given with the mapping.
    ///
    /// # Errors
    /// That is no mapping.
    pub fn set_join(
        &mut self,
        name: &str,
        file: &Path,
        key: &str,
        on: &str,
    ) -> Result<(), DraftError> {
        let beside = file.parent() == self.source.path().parent();
        let file_name = file.file_name().unwrap_or_default().to_string_lossy();
        let label = format!("{name}: {file_name} joined by {on}");
        self.step(label, self.doubtful.clone(), |document| {
            let Some(all) = place::section(document, "join") else {
                return;
            };
            if !all.contains_key(name) {
                all.insert(name, Item::Table(Table::new()));
            }
            let table = all.get_mut(name).and_then(Item::as_table_like_mut);
            let Some(table) = table else { return };
            if beside {
                place::set(table, "file", file_name.as_ref().into());
            } else {
                table.remove("file");
            }
            place::set(table, "key", key.into());
            place::set(table, "on", on.into());
            if let Some(Item::Table(all)) = document.get_mut("join") {
                // A heading of its own says nothing.
                all.set_implicit(true);
            }
        })?;
        self.given.retain(|(known, _)| known != name);
        if !beside {
            self.given.push((name.to_owned(), file.to_owned()));
        }
        Ok(())
    }

    /// Joins a file no more. Targets that read from it have to be emptied first.
    ///
    /// # Errors
    /// That is no mapping.
    pub fn remove_join(&mut self, name: &str) -> Result<(), DraftError> {
        let label = format!("{name} joined no more");
        let before = format!("{name}.");
        let mut read: Vec<String> = Vec::new();
        for (goal, rule) in self.rules() {
            rule.inputs(&mut |input| {
                if input.starts_with(&before) {
                    read.push(goal.name().into_owned());
                }
            });
        }
        if !read.is_empty() {
            return Err(DraftError::JoinIsRead {
                name: name.to_owned(),
                targets: read.join(", "),
            });
        }
        self.step(label, self.doubtful.clone(), |document| {
            if let Some(all) = place::section(document, "join") {
                all.remove(name);
            }
        })
    }

    /// Files that are given with the mapping, as they don't lie beside the order file.
    pub fn given(&self) -> &[(String, PathBuf)] {
        &self.given
    }

    /// Says which files are given with the mapping.
    #[must_use]
    pub fn with_given(mut self, given: Vec<(String, PathBuf)>) -> Self {
        self.given = given;
        self
    }
}
