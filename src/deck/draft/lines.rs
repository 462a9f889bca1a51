//! How records become the lines of an order: what `[items]` says, and another way put in its place.

use toml_edit::{Array, DocumentMut, InlineTable, Table, Value};

use super::edit::DraftError;
use super::{Draft, place};
use crate::deck::DeckOrder;
use crate::mapping::propose::{Sampled, Suggestion};
use crate::mapping::{Packed, Recipe, Rule};
use crate::order::Level;

/// How records become lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lines {
    /// Each row is a line.
    Rows,
    /// A row is a line where one of these columns has a value.
    When(Vec<String>),
    /// The elements of a list in the object.
    List(String),
    /// Columns with a line's number in their names.
    Sideways(String),
    /// Cells that hold whole lines.
    Cells(String, Packed),
    /// The rows that a joined file has for the order.
    Joined(String),
    /// An object has no lines.
    None,
}

impl Lines {
    /// Whether rules of lines name members of theirs instead of columns.
    fn are_made(&self) -> bool {
        matches!(self, Self::Sideways(_) | Self::Cells(..))
    }

    /// In words.
    pub fn words(&self) -> String {
        match self {
            Self::Rows => "each row is a line".to_owned(),
            Self::When(names) => format!("rows in which {} has a value", names.join(" or ")),
            Self::List(path) => format!("each element of {path}"),
            Self::Sideways(pattern) => format!("columns side by side: {pattern}"),
            Self::Cells(pattern, _) => format!("lines packed in {pattern}"),
            Self::Joined(name) => format!("the rows of the joined file {name}"),
            Self::None => "orders have no lines".to_owned(),
        }
    }
}

/// What the lines of an order would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinesTried {
    /// How many the order would have.
    pub count: usize,
    /// What a line would have: only where lines are made of cells.
    pub members: Vec<String>,
}

impl Draft {
    /// How records become lines now.
    pub fn lines(&self) -> Lines {
        let items = &self.mapping.items;
        if let Some(name) = &items.join {
            return Lines::Joined(name.clone());
        }
        if self.is_json() {
            return match &items.list {
                Some(list) => Lines::List(list.clone()),
                None => Lines::None,
            };
        }
        if let Some(pattern) = items.sideways.first() {
            return Lines::Sideways(pattern.clone());
        }
        if let Some(pattern) = items.cells.first() {
            return Lines::Cells(pattern.clone(), items.packed.clone());
        }
        let when: Option<Vec<String>> = items.when.iter().map(plain).collect();
        match when {
            Some(when) if !when.is_empty() => Lines::When(when),
            _ => Lines::Rows,
        }
    }

    /// Whether the lines stand apart from their order's columns, so that `$.Name` is the order's.
    pub fn lines_stand_apart(&self) -> bool {
        matches!(self.lines(), Lines::List(_)) || self.lines().are_made()
    }

    /// Whether a rule fills anything of lines.
    pub fn fills_lines(&self) -> bool {
        self.rules().any(|(goal, _)| goal.is_of_lines())
    }

    /// Says how records become lines. Rules of lines that name columns go along where the names change their
    /// meaning.
    ///
    /// # Errors
    /// That is no mapping.
    pub fn set_lines(&mut self, lines: &Lines) -> Result<(), DraftError> {
        if self.lines() == *lines {
            return Ok(());
        }
        let before = self.lines();
        let rules: Vec<_> = self
            .mapping
            .rules()
            .filter(|(field, _)| field.level() == Level::Item)
            .map(|(field, rule)| (field, self.moved(rule, &before, lines)))
            .collect();
        let label = format!("lines: {}", lines.words());
        let doubtful = self.moved_suggestions(&before, lines);
        self.step(label, doubtful, |document| {
            write(document, lines);
            for (field, rule) in rules {
                place::put(document, &field.into(), rule.to_toml());
            }
        })
    }

    /// A rule of lines under the names that hold where lines are made otherwise.
    fn moved(&self, rule: &Rule<String>, before: &Lines, after: &Lines) -> Rule<String> {
        let moved = rule.map::<String, std::convert::Infallible>(&mut |name| {
            Ok(self.moved_name(name, before, after))
        });
        match moved {
            Ok(moved) => moved,
            Err(never) => match never {},
        }
    }

    fn moved_name(&self, name: &str, before: &Lines, after: &Lines) -> String {
        let header = self.source.header();
        let is_column = |name: &str| header.is_some_and(|header| header.position(name).is_some());
        let full = match name.strip_prefix("$.") {
            Some(column) if before.are_made() && is_column(column) => column,
            _ => name,
        };
        match after {
            Lines::Sideways(pattern) if is_column(full) => {
                crate::mapping::member_of(pattern, full).unwrap_or_else(|| format!("$.{full}"))
            }
            Lines::Cells(..) if is_column(full) => format!("$.{full}"),
            _ => full.to_owned(),
        }
    }

    /// What is suggested for lines under the names that hold where lines are made otherwise.
    fn moved_suggestions(&self, before: &Lines, after: &Lines) -> Vec<Suggestion> {
        let mut doubtful = self.doubtful.clone();
        let of_lines = doubtful.iter_mut();
        for known in of_lines.filter(|known| known.field.level() == Level::Item) {
            known.rule = self.moved(&known.rule, before, after);
            let mut read: Vec<String> = Vec::new();
            known.rule.inputs(&mut |name| read.push(name.clone()));
            let others = std::mem::take(&mut known.alternatives);
            for (name, sure) in others {
                let name = self.moved_name(&name, before, after);
                if !read.contains(&name) {
                    read.push(name.clone());
                    known.alternatives.push((name, sure));
                }
            }
        }
        doubtful
    }

    /// What the lines of an order that was made would be in another way.
    ///
    /// # Errors
    /// Why that can't be, in words.
    pub fn try_lines(
        &self,
        lines: &Lines,
        order: &DeckOrder,
        joined: &super::JoinedFiles,
    ) -> Result<LinesTried, String> {
        let mut draft = self.clone();
        draft.set_lines(lines).map_err(|error| error.to_string())?;
        let format = draft.source.format();
        let compiled = draft.mapping.compile_joined(format, joined);
        let compiled = compiled.map_err(|error| error.to_string())?;
        let mut group = order.group.clone();
        compiled
            .gather(&mut group)
            .map_err(|error| error.to_string())?;
        let mut members: Vec<String> = Vec::new();
        for (name, _) in compiled.made_members(&group) {
            if !members.contains(&name) {
                members.push(name);
            }
        }
        Ok(LinesTried {
            count: compiled.line_count(&group),
            members,
        })
    }

    /// The name by which a rule of a goal reads a column.
    pub fn input_name(&self, goal: &super::Goal, column: &Sampled) -> String {
        let from_order = goal.is_of_lines() && self.lines_stand_apart();
        if from_order && !column.of_lines && !column.joined {
            return format!("$.{}", column.name);
        }
        column.name.clone()
    }
}

/// The column of a rule that is nothing else.
fn plain(rule: &Rule<String>) -> Option<String> {
    match &rule.recipe {
        Recipe::From(name) if rule.steps.is_empty() => Some(name.clone()),
        _ => None,
    }
}

fn write(document: &mut DocumentMut, lines: &Lines) {
    {
        let Some(items) = place::section(document, "items") else {
            return;
        };
        for key in ["list", "sideways", "cells", "packed", "join", "when"] {
            items.remove(key);
        }
        if !matches!(lines, Lines::Rows | Lines::When(_)) {
            // What left rows out names columns that lines don't have.
            items.remove("unless");
        }
        let list = |names: &[&str]| -> Array { names.iter().copied().collect() };
        match lines {
            Lines::Rows | Lines::None => {}
            Lines::When(names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                place::set(items, "when", list(&names).into());
            }
            Lines::List(path) => place::set(items, "list", path.as_str().into()),
            Lines::Sideways(pattern) => place::set(items, "sideways", list(&[pattern]).into()),
            Lines::Cells(pattern, packed) => {
                place::set(items, "cells", list(&[pattern]).into());
                place::set(items, "packed", packed_value(packed));
            }
            Lines::Joined(name) => place::set(items, "join", name.as_str().into()),
        }
        if !items.is_empty() {
            return;
        }
    }
    // A heading without anything below it says nothing.
    if document
        .get("items")
        .is_some_and(|items| items.as_table().is_some_and(Table::is_empty))
    {
        document.remove("items");
    }
}

fn packed_value(packed: &Packed) -> Value {
    let mut table = InlineTable::new();
    if packed.json {
        table.insert("json", true.into());
    }
    let texts = [
        ("lines", &packed.lines),
        ("members", &packed.members),
        ("is", &packed.is),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            table.insert(key, text.as_str().into());
        }
    }
    if !packed.known.is_empty() {
        let known: Array = packed.known.iter().map(String::as_str).collect();
        table.insert("known", known.into());
    }
    table.into()
}
