//! A payload that nobody reads: only the facts that the rules run over are kept.

use rust_decimal::Decimal;
use serde_json::Value;

use super::facts::{Facts, Scalar};
use super::sink::Open;
use super::table::{FieldId, FieldTable, Row};

/// Keeps the facts of a payload and writes nothing.
#[derive(Debug)]
pub struct FactsSink<'a> {
    table: &'static FieldTable,
    rows: &'static [Row],
    facts: &'a mut Facts,
    /// How many children what was opened last has got.
    children: usize,
    item: Option<u32>,
}

impl<'a> FactsSink<'a> {
    /// Begins a payload. The facts must be empty.
    pub fn new(table: &'static FieldTable, facts: &'a mut Facts) -> Self {
        Self {
            table,
            rows: table.rows(),
            facts,
            children: 0,
            item: None,
        }
    }

    /// Opens an object or a list, as `value` has it, as a member of the object that is open.
    #[inline]
    pub fn open(&mut self, field: FieldId, value: Scalar<'_>) -> Open {
        let (row, item) = self.member(field);
        let fact = self.facts.push(field, item, value, row.right);
        self.opened(Some(fact))
    }

    /// Opens an object as the next element of the list that is open.
    pub fn open_element(&mut self, index: u32) -> Open {
        self.children += 1;
        self.item = Some(index);
        self.opened(None)
    }

    fn opened(&mut self, fact: Option<usize>) -> Open {
        let before = std::mem::take(&mut self.children);
        Open { fact, before }
    }

    /// Closes what was opened last.
    pub fn close(&mut self, open: &Open) {
        let children = std::mem::replace(&mut self.children, open.before);
        if let Some(fact) = open.fact {
            self.facts.count_children(fact, children);
        }
    }

    /// Counts a member, and returns its row and the index that belongs to it.
    #[allow(clippy::indexing_slicing)]
    #[inline]
    fn member(&mut self, field: FieldId) -> (&'static Row, Option<u32>) {
        self.children += 1;
        // An id only ever comes from this table.
        let row = &self.rows[usize::from(field.0)];
        (row, self.item.filter(|_| row.per_item))
    }

    /// Adds a member that is a text.
    pub fn text(&mut self, field: FieldId, text: &str) {
        let (row, item) = self.member(field);
        let place = self.facts.payload.keep(text);
        self.facts.push_written(field, item, place, row.right);
    }

    /// Adds a member that is a number.
    pub fn number(&mut self, field: FieldId, number: Decimal) {
        let (row, item) = self.member(field);
        (self.facts).push(field, item, Scalar::Number(number), row.right);
    }

    /// Adds a member that is a whole number and not negative.
    pub fn natural(&mut self, field: FieldId, number: u64) {
        let (row, item) = self.member(field);
        self.facts.push_natural(field, item, number, row.right);
    }

    /// Adds a member. `name` stands for `?` in the field's path.
    pub fn value(&mut self, field: FieldId, name: Option<&str>, value: Scalar<'_>) {
        let (row, item) = self.member(field);
        let fact = self.facts.push(field, item, value, row.right);
        if let Some(name) = name {
            self.facts.name(fact, name);
        }
    }

    /// Adds a member that is a tree of its own.
    pub fn tree(&mut self, field: FieldId, name: Option<&str>, value: &Value) {
        let (_, item) = self.member(field);
        self.facts.push_tree(field, item, name, value, self.table);
    }
}
