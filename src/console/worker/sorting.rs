//! Sorting: the keys of all orders in one pass over the file, told how far it is, stopped when nobody waits for it.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use super::file::TOLD_EVERY;
use super::{Tell, Worker};
use crate::console::event::{Arrival, Ticket};
use crate::deck::list::{Column, Progress, Sort, SortKeys, Sorted};
use crate::deck::{Deck, Target};
use crate::ledger::Ledger;
use crate::order::outcome::Outcome;
use crate::workspace::Workspace;

/// How many orders the ledger is asked about at once.
const AT_ONCE: usize = 500;

impl Worker {
    pub(super) fn sort(
        &self,
        ticket: Ticket,
        deck: &Deck,
        sort: Sort,
        known: Option<(Arc<SortKeys>, Vec<usize>)>,
        target: Option<&Target>,
        tell: Tell<'_>,
    ) {
        let mut told = Instant::now();
        let mut progress = |done: usize| {
            if Self::outdated(&self.sorts, ticket) {
                return ControlFlow::Break(());
            }
            if told.elapsed() > TOLD_EVERY {
                told = Instant::now();
                tell(Arrival::Sorting { ticket, done });
            }
            ControlFlow::Continue(())
        };
        let keys = match known {
            Some((keys, places)) if places.is_empty() => Ok(Some(keys)),
            Some((keys, places)) => Ok(Some(Arc::new(keys.taken_anew(deck, &places)))),
            None if sort.column == Column::Sent => {
                let outcomes = self.all_outcomes(deck, target, &mut progress);
                outcomes.map(|outcomes| {
                    outcomes.map(|outcomes| Arc::new(SortKeys::of_outcomes(&outcomes)))
                })
            }
            None => Ok(SortKeys::of_deck(deck, sort.column, &mut progress).map(Arc::new)),
        };
        let sorted = keys.map(|keys| {
            let sorted = Sorted::new(deck, keys?, sort.descending, &mut progress)?;
            Some(Arc::new(sorted))
        });
        if let Some(sorted) = sorted.transpose() {
            tell(Arrival::Sorted { ticket, sorted });
        }
    }

    /// The last outcome of every order at an account, by place; none if it was stopped.
    fn all_outcomes(
        &self,
        deck: &Deck,
        target: Option<&Target>,
        progress: Progress<'_>,
    ) -> Result<Option<Vec<Option<Outcome>>>, String> {
        let mut outcomes = vec![None; deck.len()];
        let Some(target) = target else {
            return Ok(Some(outcomes));
        };
        let ledger = self
            .workspace
            .now()
            .existing_ledger(Workspace::book(&target.account))
            .map_err(|error| error.to_string())?;
        let Some(ledger) = ledger else {
            return Ok(Some(outcomes));
        };
        for (number, part) in outcomes.chunks_mut(AT_ONCE).enumerate() {
            let first = number * AT_ONCE;
            let mut keys = Vec::with_capacity(part.len());
            for place in first..first + part.len() {
                if progress(place).is_break() {
                    return Ok(None);
                }
                // What can't be read was never sent.
                keys.push(
                    deck.order(place)
                        .map_or_else(|_| String::new(), |order| order.order.id),
                );
            }
            let asked: Vec<&str> = keys.iter().map(String::as_str).collect();
            let found = ledger
                .last_outcomes(&target.account.account, target.vendor.name(), &asked)
                .map_err(|error| error.to_string())?;
            for (slot, outcome) in part.iter_mut().zip(found) {
                *slot = outcome;
            }
        }
        Ok(Some(outcomes))
    }
}
