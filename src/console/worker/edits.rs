//! Edits: in the ledger of work first, then on the screen.

use super::Worker;
use crate::console::effect::{BulkChange, EditWork};
use crate::console::event::{EditHow, Edited};
use crate::deck::Deck;
use crate::ledger::Book;
use crate::order::edit::Edit;

impl Worker {
    pub(super) fn edit(&self, mut deck: Deck, work: EditWork) -> Result<Edited, String> {
        let mut ledger = self
            .workspace
            .blocking_read()
            .ledger(Book::Work)
            .map_err(|error| error.to_string())?;
        let (label, how, orders) = match work {
            EditWork::Make { label, edits } => {
                let orders = keys(&edits);
                deck.make(&mut ledger, &label, edits)
                    .map_err(|error| error.to_string())?;
                (Some(label), EditHow::Made, orders)
            }
            EditWork::MakeForMany {
                label,
                places,
                change,
                target,
            } => {
                let mut edits = Vec::with_capacity(places.len());
                for place in places {
                    let order = deck.order(place).map_err(|error| error.to_string())?;
                    edits.push(match &change {
                        BulkChange::Field { field, item, text } => {
                            Deck::field_edit(&order, *field, *item, text)
                                .map_err(|error| format!("{}: {error}", order.order.id))?
                        }
                        BulkChange::Payload(change) => {
                            let payload = deck
                                .payload(&order, &target)
                                .map_err(|error| error.to_string())?;
                            let vendor = target.vendor.name();
                            Deck::payload_edit(&order, vendor, &payload.value, change)
                        }
                        BulkChange::Exclude(out) => Deck::exclusion_edit(&order, *out),
                    });
                }
                let orders = keys(&edits);
                deck.make(&mut ledger, &label, edits)
                    .map_err(|error| error.to_string())?;
                (Some(label), EditHow::Made, orders)
            }
            EditWork::Fix(plan) => {
                deck.make_fix(&mut ledger, &plan)
                    .map_err(|error| error.to_string())?;
                let made = deck.edits().entries().last();
                let orders = made.map_or_else(Vec::new, |entry| keys(&entry.edits));
                (Some(plan.label()), EditHow::Made, orders)
            }
            EditWork::Undo => {
                let orders = deck.edits().entries().last();
                let orders = orders.map_or_else(Vec::new, |entry| keys(&entry.edits));
                let label = deck.undo(&mut ledger).map_err(|error| error.to_string())?;
                (label, EditHow::Undone, orders)
            }
            EditWork::Redo => {
                let orders = deck.edits().next_redo();
                let orders = orders.map_or_else(Vec::new, |entry| keys(&entry.edits));
                let label = deck.redo(&mut ledger).map_err(|error| error.to_string())?;
                (label, EditHow::Redone, orders)
            }
        };
        Ok(Edited {
            deck,
            label,
            how,
            orders,
        })
    }
}

fn keys(edits: &[Edit]) -> Vec<String> {
    let mut keys: Vec<String> = edits.iter().map(|edit| edit.order.clone()).collect();
    keys.dedup();
    keys
}
