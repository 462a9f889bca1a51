//! Which orders pass the filter; the filters that are kept.

use std::ops::ControlFlow;
use std::time::Instant;

use super::file::TOLD_EVERY;
use super::{Tell, Worker};
use crate::console::effect::FilterWork;
use crate::console::event::{Arrival, Ticket};
use crate::deck::list::Places;
use crate::deck::{Deck, Filter, Target};

impl Worker {
    pub(super) fn filter(
        &self,
        ticket: Ticket,
        deck: &Deck,
        (filter, marked): (&Filter, &Places),
        target: Option<&Target>,
        tell: Tell<'_>,
    ) {
        let mut told = Instant::now();
        let workspace = self.workspace.now();
        let places = workspace.passing(deck, filter, target, marked, &mut |passed| {
            if Self::outdated(&self.filters, ticket) {
                return ControlFlow::Break(());
            }
            if told.elapsed() > TOLD_EVERY {
                told = Instant::now();
                tell(Arrival::Filtering { ticket, passed });
            }
            ControlFlow::Continue(())
        });
        let places = places.map_err(|error| error.to_string());
        if let Some(places) = places.transpose() {
            tell(Arrival::Filtered { ticket, places });
        }
    }

    pub(super) fn filters(&self, work: FilterWork, tell: Tell<'_>) {
        let workspace = self.workspace.now();
        let (done, said) = match work {
            FilterWork::Read => (Ok(()), None),
            FilterWork::Remember(text) => (workspace.remember_filter(&text), None),
            FilterWork::Save(name, text) => {
                let done = workspace.save_filter(&name, &text);
                (
                    done,
                    Some(format!("saved: @{name}, here and as --where @{name}")),
                )
            }
            FilterWork::Remove(name) => (
                workspace.remove_filter(&name),
                Some(format!("no longer saved: @{name}")),
            ),
        };
        let kept = done.and_then(|()| workspace.filters());
        match (&kept, said) {
            (Err(error), _) => tell(Arrival::Tell(Err(error.to_string()))),
            (Ok(_), Some(said)) => tell(Arrival::Tell(Ok(said))),
            (Ok(_), None) => {}
        }
        if let Ok(kept) = kept {
            tell(Arrival::KeptFilters(kept));
        }
    }
}
