//! An order's lines: its rows, the elements of a list, or what stands sideways or packed in cells.

use serde_json::Value;

use super::compiled::{Compiled, Lines};
use super::evaluate::Scope;
use super::packed::Shape;
use super::path;
use crate::source::{Group, Record};

/// One line of an order.
#[derive(Clone)]
pub(super) enum Line<'g> {
    Row(&'g Record),
    Json {
        item: &'g Value,
        /// Which element it is, counted over all lists.
        at: usize,
    },
    Made(Made<'g>),
    /// A record of a joined file, with the join's number.
    Joined(&'g Record, usize),
}

/// A line made of the cells of one row.
#[derive(Clone)]
pub(super) struct Made<'g> {
    pub(super) record: &'g Record,
    pub(super) shape: &'g Shape,
    /// The number in its columns' names; 0 for none.
    pub(super) number: u64,
    /// The column whose cell it stands in.
    pub(super) column: Option<usize>,
    /// Its members, texts as the file writes them.
    pub(super) value: Value,
}

impl Compiled {
    /// The lines of an order, in the order of the file.
    pub(super) fn lines<'g>(&'g self, group: &'g Group) -> Vec<Line<'g>> {
        let mut lines: Vec<Line<'g>> = Vec::new();
        match &self.lines {
            Lines::None => {}
            Lines::Joined(join) => {
                let records = self.joined_lines(group).iter();
                lines.extend(records.map(|record| Line::Joined(record, *join)));
            }
            Lines::Rows => lines.extend(group.records.iter().map(Line::Row)),
            Lines::Made(shape) => {
                for record in &group.records {
                    shape.lines(record, &self.evaluator, &mut |line| {
                        lines.push(Line::Made(line));
                    });
                }
            }
            Lines::List(list) => {
                let mut at = 0;
                if let Some(json) = group.records.first().and_then(Record::json) {
                    list.visit(json, &mut |_, value| {
                        for item in value.as_array().into_iter().flatten() {
                            lines.push(Line::Json { item, at });
                            at += 1;
                        }
                    });
                }
            }
        }
        if !self.when.is_empty() || !self.unless.is_empty() {
            lines.retain(|line| self.counts(line, group));
        }
        lines
    }

    /// Whether `[items] when` and `unless` let it count.
    fn counts(&self, line: &Line, group: &Group) -> bool {
        let Some(scope) = Self::item_scope(line, group, "") else {
            return false;
        };
        // What can't be read is there all the same.
        let there = |rule| !matches!(self.evaluator.first_value(rule, scope), Ok(None));
        (self.when.is_empty() || self.when.iter().any(there)) && !self.unless.iter().any(there)
    }

    /// What a line's rules read from. `pointer` is needed for places only.
    pub(super) fn item_scope<'l>(
        line: &'l Line<'l>,
        group: &'l Group,
        pointer: &'l str,
    ) -> Option<Scope<'l>> {
        Some(match line {
            Line::Row(record) => Scope::Row(record),
            Line::Json { item, .. } => Scope::Item {
                record: group.records.first()?,
                item,
                pointer,
            },
            Line::Made(made) => Scope::Made(made),
            Line::Joined(record, join) => Scope::Joined {
                record,
                join: *join,
                order: &group.records,
            },
        })
    }

    /// The JSON pointer of a line item; empty for rows.
    pub(super) fn item_pointer(&self, group: &Group, index: usize) -> String {
        let lines = self.lines(group);
        let (Lines::List(list), Some(Line::Json { at, .. })) = (&self.lines, lines.get(index))
        else {
            return String::new();
        };
        let mut pointer = String::new();
        let mut before = 0;
        if let Some(json) = group.records.first().and_then(Record::json) {
            list.visit(json, &mut |steps, value| {
                let count = value.as_array().map_or(0, Vec::len);
                if (before..before + count).contains(at) {
                    pointer = format!("{}/{}", path::pointer(steps), at - before);
                }
                before += count;
            });
        }
        pointer
    }
}

/// What lines are made of, for showing.
impl Compiled {
    /// How many lines an order has.
    pub fn line_count(&self, group: &Group) -> usize {
        self.lines(group).len()
    }

    /// The lines stand apart from their order's columns: in a list, or made of cells. Then `$.Name` is the order's.
    pub fn lines_stand_apart(&self) -> bool {
        matches!(self.lines, Lines::List(_) | Lines::Made(_))
    }

    /// The members of an order's lines that are made of cells, each with its text, line by line.
    pub fn made_members(&self, group: &Group) -> Vec<(String, String)> {
        let mut members = Vec::new();
        for line in self.lines(group) {
            let Line::Made(made) = line else { continue };
            for (name, value) in made.value.as_object().into_iter().flatten() {
                let text = match value {
                    Value::String(text) => text.clone(),
                    Value::Null | Value::Array(_) | Value::Object(_) => continue,
                    other => other.to_string(),
                };
                members.push((name.clone(), text));
            }
        }
        members
    }
}
