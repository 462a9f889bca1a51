//! One order across vendors and times: its payloads side by side, and what changed of one.

use std::sync::Arc;

use super::{Tell, Worker};
use crate::console::event::{Arrival, Ticket};
use crate::deck::{Deck, Target};

impl Worker {
    pub(super) fn what_changed(
        &self,
        ticket: Ticket,
        deck: &Deck,
        place: usize,
        target: &Target,
        tell: Tell<'_>,
    ) {
        let workspace = self.workspace.now();
        let changed = workspace
            .what_changed(deck, place, target)
            .map(Arc::new)
            .map_err(|error| error.to_string());
        tell(Arrival::WhatChanged { ticket, changed });
    }
}

pub(super) fn compare(
    ticket: Ticket,
    deck: &Deck,
    place: usize,
    targets: &[Option<Target>],
    tell: Tell<'_>,
) {
    let compared = deck
        .order(place)
        .map(|order| Arc::new(deck.compare(&order, targets)))
        .map_err(|error| error.to_string());
    tell(Arrival::Compared { ticket, compared });
}
