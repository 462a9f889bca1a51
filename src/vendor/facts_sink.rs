//! A payload that nobody reads: only the facts that the rules run over are kept.

use serde_json::Value;

use super::facts::{Facts, Scalar};
use super::sink::{Origin, Sink};
use super::table::{FieldId, FieldTable};

/// Keeps the facts of a payload and writes nothing.
#[derive(Debug)]
pub struct FactsSink<'a> {
    table: &'static FieldTable,
    facts: &'a mut Facts,
    /// What is open: the fact it has (elements have none), and how many children it got.
    open: Vec<(Option<usize>, usize)>,
    item: Option<u32>,
}

impl<'a> FactsSink<'a> {
    /// Begins a payload. The facts must be empty.
    pub fn new(table: &'static FieldTable, facts: &'a mut Facts) -> Self {
        Self {
            table,
            facts,
            open: Vec::with_capacity(8),
            item: None,
        }
    }

    /// Ends the payload.
    pub fn finish(mut self) {
        while !self.open.is_empty() {
            self.close();
        }
    }

    /// Counts a child, and returns the index that belongs to its field.
    fn child(&mut self, field: FieldId) -> Option<u32> {
        self.count();
        self.item.filter(|_| self.table.is_per_item(field))
    }

    fn count(&mut self) {
        if let Some((_, children)) = self.open.last_mut() {
            *children += 1;
        }
    }

    fn open(&mut self, field: FieldId, value: Scalar<'_>) {
        let item = self.child(field);
        let fact = self.facts.push(field, item, value);
        self.open.push((Some(fact), 0));
    }
}

impl Sink for FactsSink<'_> {
    fn open_object(&mut self, field: FieldId) {
        self.open(field, Scalar::Object(0));
    }

    fn open_array(&mut self, field: FieldId) {
        self.open(field, Scalar::Array(0));
    }

    fn open_element(&mut self, index: u32) {
        self.count();
        self.item = Some(index);
        self.open.push((None, 0));
    }

    fn close(&mut self) {
        if let Some((Some(fact), children)) = self.open.pop() {
            self.facts.count_children(fact, children);
        }
    }

    fn value(&mut self, field: FieldId, name: Option<&str>, value: Scalar<'_>, _origin: Origin) {
        let item = self.child(field);
        let fact = self.facts.push(field, item, value);
        if let Some(name) = name {
            self.facts.name(fact, name);
        }
    }

    fn tree(&mut self, field: FieldId, name: Option<&str>, value: &Value, _origin: Origin) {
        let item = self.child(field);
        self.facts.push_tree(field, item, name, value, self.table);
    }
}
