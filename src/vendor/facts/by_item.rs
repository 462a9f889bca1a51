//! The values of one field, item by item.

use std::iter::Peekable;

use super::{Entries, Facts, NONE, Scalar};
use crate::vendor::table::FieldId;

impl Facts {
    /// The values of a field, to be asked for item by item upwards: a thousand items take a thousand steps.
    pub fn by_item(&self, field: FieldId) -> ByItem<'_> {
        ByItem {
            facts: self,
            entries: self.entries(field).peekable(),
        }
    }
}

/// The values of one field, asked for item by item: see [`Facts::by_item`].
#[derive(Debug, Clone)]
pub struct ByItem<'a> {
    facts: &'a Facts,
    entries: Peekable<Entries<'a>>,
}

impl<'a> ByItem<'a> {
    /// The value of an item, empty ones too; no item may be asked for after a later one.
    pub fn get(&mut self, item: u32) -> Option<Scalar<'a>> {
        // Facts come in the order of their list.
        while self
            .entries
            .next_if(|entry| entry.item < item || entry.item == NONE)
            .is_some()
        {}
        let entry = self.entries.peek().filter(|entry| entry.item == item)?;
        Some(self.facts.scalar(&entry.stored))
    }

    /// Whether an item has it and not empty.
    pub fn has(&mut self, item: u32) -> bool {
        self.get(item).is_some_and(|value| !value.is_empty())
    }
}
