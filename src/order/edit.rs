//! Edits: an overlay over orders and payloads that can be undone, and never touches the source.
//!
//! An edit is keyed by the order's key and the field, and holds the value that it replaced: if the source
//! says something else by now, that is a finding for the operator, not an overwrite.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an edit changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum EditTarget {
    /// A field of the order, for all vendors.
    Order {
        /// Name in the field table: `customer.email`.
        field: String,
        /// The line item, counted from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
    },
    /// A place in one vendor's payload.
    Payload {
        /// Name of the vendor.
        vendor: String,
        /// JSON pointer into the payload.
        pointer: String,
    },
    /// Whether the order is left out.
    Excluded,
}

/// One change of one order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// The order's key as the source has it.
    pub order: String,
    /// What is changed.
    pub target: EditTarget,
    /// What was there before: text for an order's field, JSON for a payload; null for nothing.
    pub before: Value,
    /// What is there now; null takes the field away.
    pub after: Value,
}

/// One entry of the log: what one key press did, a bulk edit included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EditEntry {
    /// Its number in the ledger, once it is there.
    #[serde(skip)]
    pub id: Option<i64>,
    /// In words: `e-mail of #1017`.
    pub label: String,
    /// The changes.
    pub edits: Vec<Edit>,
}

/// The log of edits of one source, with undo and redo.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EditLog {
    done: Vec<EditEntry>,
    undone: Vec<EditEntry>,
    in_force: HashMap<String, Vec<Edit>>,
}

impl EditLog {
    /// The log as it was kept: entries done, and entries undone, each oldest first.
    pub fn restore(done: Vec<EditEntry>, undone: Vec<EditEntry>) -> Self {
        let mut log = Self {
            done,
            undone,
            in_force: HashMap::new(),
        };
        log.rebuild();
        log
    }

    /// Adds an entry; what was undone can't be done again after it.
    pub fn push(&mut self, entry: EditEntry) {
        self.undone.clear();
        self.apply(&entry);
        self.done.push(entry);
    }

    /// Takes back the last entry, and returns it.
    pub fn undo(&mut self) -> Option<&EditEntry> {
        let entry = self.done.pop()?;
        self.undone.push(entry);
        self.rebuild();
        self.undone.last()
    }

    /// Does the last undone entry again, and returns it.
    pub fn redo(&mut self) -> Option<&EditEntry> {
        let entry = self.undone.pop()?;
        self.apply(&entry);
        self.done.push(entry);
        self.done.last()
    }

    /// The edits in force of one order, the last of each target only.
    pub fn of(&self, order: &str) -> &[Edit] {
        self.in_force.get(order).map_or(&[], Vec::as_slice)
    }

    /// Keys of the orders with edits in force, in no order.
    pub fn orders(&self) -> impl Iterator<Item = &str> {
        self.in_force.keys().map(String::as_str)
    }

    /// How many orders have edits in force.
    pub fn len(&self) -> usize {
        self.in_force.len()
    }

    /// Whether nothing is edited.
    pub fn is_empty(&self) -> bool {
        self.in_force.is_empty()
    }

    /// The entries in force, oldest first.
    pub fn entries(&self) -> &[EditEntry] {
        &self.done
    }

    /// The entry that a redo would do again.
    pub fn next_redo(&self) -> Option<&EditEntry> {
        self.undone.last()
    }

    /// Puts the ledger's number on the newest entry.
    pub fn number_last(&mut self, id: i64) {
        if let Some(entry) = self.done.last_mut() {
            entry.id = Some(id);
        }
    }

    fn rebuild(&mut self) {
        self.in_force.clear();
        let entries = std::mem::take(&mut self.done);
        for entry in &entries {
            self.apply(entry);
        }
        self.done = entries;
    }

    fn apply(&mut self, entry: &EditEntry) {
        for edit in &entry.edits {
            let mut edits = self.in_force.remove(&edit.order).unwrap_or_default();
            let mut edit = edit.clone();
            if let Some(index) = edits.iter().position(|other| other.target == edit.target) {
                edit.before = edits.remove(index).before;
            }
            let order = edit.order.clone();
            // Back at the source's value: nothing is in force any more.
            if edit.before != edit.after {
                edits.push(edit);
            }
            if !edits.is_empty() {
                self.in_force.insert(order, edits);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(order: &str, before: &str, after: &str) -> EditEntry {
        EditEntry {
            id: None,
            label: format!("e-mail of {order}"),
            edits: vec![Edit {
                order: order.into(),
                target: EditTarget::Order {
                    field: "customer.email".into(),
                    item: None,
                },
                before: json!(before),
                after: json!(after),
            }],
        }
    }

    #[test]
    fn the_last_edit_counts_and_remembers_the_source_value() {
        let mut log = EditLog::default();
        log.push(entry("#1", "a", "b"));
        log.push(entry("#1", "b", "c"));
        assert_eq!(log.of("#1").len(), 1);
        assert_eq!(log.of("#1")[0].before, json!("a"));
        assert_eq!(log.of("#1")[0].after, json!("c"));
        assert_eq!(log.len(), 1);
    }

    #[test]
    fn undo_and_redo_walk_the_log() {
        let mut log = EditLog::default();
        log.push(entry("#1", "a", "b"));
        log.push(entry("#1", "b", "c"));
        log.undo();
        assert_eq!(log.of("#1")[0].after, json!("b"));
        log.undo();
        assert!(log.is_empty());
        assert!(log.undo().is_none());
        log.redo();
        assert_eq!(log.of("#1")[0].after, json!("b"));
        log.push(entry("#2", "x", "y"));
        assert!(log.redo().is_none(), "a new edit ends what could be redone");
    }

    #[test]
    fn back_at_the_source_value_nothing_is_in_force() {
        let mut log = EditLog::default();
        log.push(entry("#1", "a", "b"));
        log.push(entry("#1", "b", "a"));
        assert!(log.is_empty());
    }

    #[test]
    fn entries_survive_as_json() {
        let kept = entry("#1", "a", "b");
        let text = serde_json::to_string(&kept).unwrap();
        assert_eq!(serde_json::from_str::<EditEntry>(&text).unwrap(), kept);
    }
}
