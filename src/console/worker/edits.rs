//! Edits: in the ledger of work first, then on the screen; and what a change of many orders would do.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Tell, Worker};
use crate::console::effect::EditWork;
use crate::console::event::{Arrival, EditHow, Edited, Ticket};
use crate::deck::{BulkChange, Deck, Target};
use crate::ledger::Book;
use crate::order::edit::{Edit, EditEntry};

/// How often progress is told.
const TOLD_EVERY: Duration = Duration::from_millis(80);

impl Worker {
    pub(super) fn edit(&self, mut deck: Deck, work: EditWork) -> Result<Edited, String> {
        let mut ledger = self
            .workspace
            .now()
            .ledger(Book::Work)
            .map_err(|error| error.to_string())?;
        let (how, label, places) = match work {
            EditWork::Make { label, edits } => {
                let places = places(&deck, &edits);
                deck.make(&mut ledger, &label, edits)
                    .map_err(|error| error.to_string())?;
                (EditHow::Made, Some(label), places)
            }
            EditWork::MakeForMany {
                label,
                places: wanted,
                change,
                target,
            } => {
                let edits = edits_of_many(&deck, &wanted, &change, &target);
                let places = places(&deck, &edits);
                let label = (!edits.is_empty()).then_some(label);
                deck.make(&mut ledger, label.as_deref().unwrap_or_default(), edits)
                    .map_err(|error| error.to_string())?;
                (EditHow::Made, label, places)
            }
            EditWork::Fix(plan) => {
                deck.make_fix(&mut ledger, &plan)
                    .map_err(|error| error.to_string())?;
                let made = deck.edits().entries().last();
                let places = made.map_or_else(Vec::new, |entry| places(&deck, &entry.edits));
                (EditHow::Made, Some(plan.label()), places)
            }
            EditWork::Undo => return undo(deck, &mut ledger, 1),
            EditWork::UndoMany(entries) => return undo(deck, &mut ledger, entries),
            EditWork::Redo => return redo(deck, &mut ledger, 1),
            EditWork::RedoMany(entries) => return redo(deck, &mut ledger, entries),
        };
        Ok(Edited {
            deck,
            label,
            how,
            places,
        })
    }

    /// Looks at what a change would do, tells how far it is, and stops when nobody waits for it any more.
    pub(super) fn preview_bulk(
        &self,
        ticket: Ticket,
        deck: &Deck,
        places: &[usize],
        (change, target): (&BulkChange, &Target),
        tell: Tell<'_>,
    ) {
        let mut told = Instant::now();
        let preview = deck.preview_bulk(places, change, target, &mut |done| {
            if Self::outdated(&self.plans, ticket) {
                return ControlFlow::Break(());
            }
            if told.elapsed() > TOLD_EVERY {
                told = Instant::now();
                tell(Arrival::BulkPreviewed {
                    ticket,
                    done,
                    preview: None,
                });
            }
            ControlFlow::Continue(())
        });
        if let Some(preview) = preview {
            tell(Arrival::BulkPreviewed {
                ticket,
                done: places.len(),
                preview: Some(Ok(Arc::new(preview))),
            });
        }
    }
}

/// The edits of all orders that can hold the change and don't have it yet.
fn edits_of_many(deck: &Deck, places: &[usize], change: &BulkChange, target: &Target) -> Vec<Edit> {
    let of = |place: &usize| {
        let order = deck.order(*place).ok()?;
        deck.bulk_edits(&order, change, target).ok()
    };
    places.iter().filter_map(of).flatten().collect()
}

fn undo(
    mut deck: Deck,
    ledger: &mut dyn crate::ledger::Ledger,
    entries: usize,
) -> Result<Edited, String> {
    let entries = deck
        .undo_many(ledger, entries)
        .map_err(|error| error.to_string())?;
    Ok(walked(deck, &entries, EditHow::Undone))
}

fn redo(
    mut deck: Deck,
    ledger: &mut dyn crate::ledger::Ledger,
    entries: usize,
) -> Result<Edited, String> {
    let entries = deck
        .redo_many(ledger, entries)
        .map_err(|error| error.to_string())?;
    Ok(walked(deck, &entries, EditHow::Redone))
}

fn walked(deck: Deck, entries: &[EditEntry], how: EditHow) -> Edited {
    let label = match entries {
        [] => None,
        [only] => Some(only.label.clone()),
        many => Some(format!("{} edits", many.len())),
    };
    let places = places(&deck, entries.iter().flat_map(|entry| &entry.edits));
    Edited {
        deck,
        label,
        how,
        places,
    }
}

/// The places of the orders that these edits touch, each once.
fn places<'a>(deck: &Deck, edits: impl IntoIterator<Item = &'a Edit>) -> Vec<usize> {
    let keys: HashSet<&str> = edits.into_iter().map(|edit| edit.order.as_str()).collect();
    let mut places: Vec<usize> = keys
        .into_iter()
        .filter_map(|key| deck.index().find(key))
        .collect();
    places.sort_unstable();
    places
}
