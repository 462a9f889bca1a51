//! Making edits, and keeping them: every edit is in the ledger before it is in force.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::{Deck, DeckOrder, rewrite};
use crate::ledger::{Ledger, LedgerError};
use crate::order::Field;
use crate::order::edit::{Edit, EditEntry, EditLog, EditTarget};
use crate::order::field::BadValue;
use crate::vendor::PayloadChange;
use crate::vendor::payload::apply;

/// Why an edit wasn't made.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The field can't hold that.
    #[error("{0}")]
    Bad(#[from] BadValue),
    /// It can't be kept, so it isn't made.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Deck {
    /// Takes up the edits that the ledger keeps for this source. Returns how many orders they touch.
    pub fn load_edits(&mut self, ledger: &dyn Ledger) -> Result<usize, LedgerError> {
        let (mut done, mut undone) = (Vec::new(), Vec::new());
        for row in ledger.edits(self.file.source.identity())? {
            let Ok(mut entry) = serde_json::from_str::<EditEntry>(&row.body) else {
                continue;
            };
            entry.id = Some(row.id);
            entry.at = Some(row.at);
            if row.undone {
                // The one undone last is the first to be done again.
                undone.insert(0, entry);
            } else {
                done.push(entry);
            }
        }
        self.edits = Arc::new(EditLog::restore(done, undone));
        self.overview = Arc::default();
        Ok(self.edits.len())
    }

    /// An edit of a field of the order, checked but not made.
    pub fn field_edit(
        order: &DeckOrder,
        field: Field,
        item: Option<usize>,
        text: &str,
    ) -> Result<Edit, BadValue> {
        let mut trial = order.order.clone();
        field.set(&mut trial, item, text)?;
        Ok(Edit {
            order: order.group.key.clone(),
            target: EditTarget::Order {
                field: field.name().to_owned(),
                item: item.map(|item| item as u32),
            },
            before: order.value(field, item),
            after: field.get(&trial, item).map_or(Value::Null, Value::String),
        })
    }

    /// An edit of one vendor's payload. `payload` is what it is now. Where an object or list around the place is
    /// edited as a whole already, that edit goes on.
    pub fn payload_edit(
        order: &DeckOrder,
        vendor: &str,
        payload: &Value,
        change: &PayloadChange,
    ) -> Edit {
        let pointer = rewrite::around(order, vendor, &change.pointer);
        let after = match &pointer {
            None => change.value.clone(),
            Some(around) => {
                let mut whole = payload.clone();
                apply(&mut whole, change);
                whole.pointer(around).cloned()
            }
        };
        let pointer = pointer.unwrap_or_else(|| change.pointer.clone());
        Edit {
            order: order.group.key.clone(),
            before: payload.pointer(&pointer).cloned().unwrap_or(Value::Null),
            after: after.unwrap_or(Value::Null),
            target: EditTarget::Payload {
                vendor: vendor.to_owned(),
                pointer,
            },
        }
    }

    /// An edit that leaves the order out or takes it back in.
    pub fn exclusion_edit(order: &DeckOrder, exclude: bool) -> Edit {
        Edit {
            order: order.group.key.clone(),
            target: EditTarget::Excluded,
            before: Value::Null,
            after: match (exclude, order.left_by_source) {
                // Nothing to keep: the source doesn't leave it out.
                (false, None) => Value::Null,
                _ => Value::Bool(exclude),
            },
        }
    }

    /// Makes edits as one entry: in the ledger first, then here.
    pub fn make(
        &mut self,
        ledger: &mut dyn Ledger,
        label: &str,
        edits: Vec<Edit>,
    ) -> Result<(), EditError> {
        if edits.is_empty() {
            return Ok(());
        }
        let mut entry = EditEntry::new(label, edits);
        let source = self.file.source.identity();
        // Writing to memory can't fail.
        let body = serde_json::to_string(&entry).unwrap_or_default();
        ledger.drop_undone_edits(source)?;
        entry.id = Some(ledger.append_edit(source, label, &body)?);
        entry.at = Some(Timestamp::now());
        self.log().push(entry);
        Ok(())
    }

    /// Takes back the last edit. Returns its label, `None` if there was nothing to undo.
    pub fn undo(&mut self, ledger: &mut dyn Ledger) -> Result<Option<String>, LedgerError> {
        Ok(self.undo_many(ledger, 1)?.pop().map(|entry| entry.label))
    }

    /// Does the last undone edit again. Returns its label, `None` if there was none.
    pub fn redo(&mut self, ledger: &mut dyn Ledger) -> Result<Option<String>, LedgerError> {
        Ok(self.redo_many(ledger, 1)?.pop().map(|entry| entry.label))
    }

    /// Takes back so many entries or none at all, the last first. Returns those taken back.
    pub fn undo_many(
        &mut self,
        ledger: &mut dyn Ledger,
        entries: usize,
    ) -> Result<Vec<EditEntry>, LedgerError> {
        let entries = self.edits.entries().iter().rev().take(entries).cloned();
        let entries: Vec<EditEntry> = entries.collect();
        set_undone(ledger, &entries, true)?;
        if !entries.is_empty() {
            self.log().undo_many(entries.len());
        }
        Ok(entries)
    }

    /// Does so many undone entries again or none at all, the oldest first. Returns those done.
    pub fn redo_many(
        &mut self,
        ledger: &mut dyn Ledger,
        entries: usize,
    ) -> Result<Vec<EditEntry>, LedgerError> {
        let entries: Vec<EditEntry> = self.edits.undone().take(entries).cloned().collect();
        set_undone(ledger, &entries, false)?;
        for _ in &entries {
            self.log().redo();
        }
        Ok(entries)
    }

    /// The log, to be changed: what was known of the file with the edits before is known no more.
    fn log(&mut self) -> &mut EditLog {
        self.overview = Arc::default();
        Arc::make_mut(&mut self.edits)
    }
}

fn set_undone(
    ledger: &mut dyn Ledger,
    entries: &[EditEntry],
    undone: bool,
) -> Result<(), LedgerError> {
    let ids: Vec<i64> = entries.iter().filter_map(|entry| entry.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    ledger.set_edits_undone(&ids, undone)
}
