//! Edits: an overlay over orders and payloads that can be undone, and never touches the source.
//!
//! An edit is keyed by the order's key and the field, and holds the value that it replaced: if the source
//! says something else by now, that is a finding for the operator, not an overwrite.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
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

impl EditTarget {
    /// What is changed, for the history: `customer.email`, `items.sku of item 2`, `amount at kibo`.
    pub fn words(&self) -> String {
        match self {
            Self::Order { field, item: None } => field.clone(),
            Self::Order {
                field,
                item: Some(item),
            } => format!("{field} of item {}", item + 1),
            Self::Payload { vendor, pointer } => {
                format!("{} at {vendor}", pointer.trim_start_matches('/'))
            }
            Self::Excluded => "left out".to_owned(),
        }
    }
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

impl Edit {
    /// Whether it leaves everything as it is. Leaving out and taking back in always say something.
    pub fn is_idle(&self) -> bool {
        self.target != EditTarget::Excluded && self.before == self.after
    }
}

/// One entry of the log: what one key press did, a bulk edit included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EditEntry {
    /// Its number in the ledger, once it is there.
    #[serde(skip)]
    pub id: Option<i64>,
    /// When it was made, once it is in the ledger.
    #[serde(skip)]
    pub at: Option<Timestamp>,
    /// How many orders it changes; reckoned when the log takes it in.
    #[serde(skip)]
    pub orders: usize,
    /// In words: `e-mail of #1017`.
    pub label: String,
    /// The changes.
    pub edits: Vec<Edit>,
}

impl EditEntry {
    /// An entry that is about to be made.
    pub fn new(label: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self {
            id: None,
            at: None,
            orders: 0,
            label: label.into(),
            edits,
        }
    }

    fn count(&mut self) {
        let orders: HashSet<&str> = self.edits.iter().map(|edit| edit.order.as_str()).collect();
        self.orders = orders.len();
    }
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
        for entry in log.done.iter_mut().chain(&mut log.undone) {
            entry.count();
        }
        log.rebuild();
        log
    }

    /// Adds an entry; what was undone can't be done again after it.
    pub fn push(&mut self, mut entry: EditEntry) {
        entry.count();
        self.undone.clear();
        self.apply(&entry);
        self.done.push(entry);
    }

    /// Takes back the last entry, and returns it.
    pub fn undo(&mut self) -> Option<&EditEntry> {
        self.undo_many(1);
        self.undone.last()
    }

    /// Takes back so many entries, the last first.
    pub fn undo_many(&mut self, entries: usize) {
        let kept = self.done.len().saturating_sub(entries);
        let taken = self.done.split_off(kept);
        self.undone.extend(taken.into_iter().rev());
        self.rebuild();
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

    /// The entries that were undone and can be done again, oldest first.
    pub fn undone(&self) -> impl DoubleEndedIterator<Item = &EditEntry> + ExactSizeIterator {
        self.undone.iter().rev()
    }

    /// The entry of that number, the newest being 0, and whether it is undone.
    pub fn nth_newest(&self, number: usize) -> Option<(&EditEntry, bool)> {
        if let Some(entry) = self.undone.get(number) {
            return Some((entry, true));
        }
        let back = number - self.undone.len();
        let entry = self.done.iter().nth_back(back)?;
        Some((entry, false))
    }

    /// The entry that a redo would do again.
    pub fn next_redo(&self) -> Option<&EditEntry> {
        self.undone.last()
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
        let edit = Edit {
            order: order.into(),
            target: EditTarget::Order {
                field: "customer.email".into(),
                item: None,
            },
            before: json!(before),
            after: json!(after),
        };
        EditEntry::new(format!("e-mail of {order}"), vec![edit])
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
        log.undo();
        assert!(log.is_empty());
        log.redo();
        assert_eq!(log.of("#1")[0].after, json!("b"));
        log.push(entry("#2", "x", "y"));
        assert!(log.redo().is_none(), "a new edit ends what could be redone");
    }

    #[test]
    fn many_are_undone_at_once_and_keep_their_order() {
        let mut log = EditLog::default();
        for (before, after) in [("a", "b"), ("b", "c"), ("c", "d")] {
            log.push(entry("#1", before, after));
        }
        log.undo_many(2);
        assert_eq!(log.of("#1")[0].after, json!("b"));
        let undone: Vec<_> = log.undone().map(|entry| &entry.edits[0].after).collect();
        assert_eq!(undone, [&json!("c"), &json!("d")]);
        log.undo_many(9);
        assert_eq!((log.entries().len(), log.undone().len()), (0, 3));
        assert!(log.is_empty());
        assert_eq!(log.next_redo().unwrap().orders, 1);
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
