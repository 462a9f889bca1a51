//! What the ledgers know of orders: those in doubt and the operator's word on them, an order's history, the orders
//! of one exchange, and which an account rejected.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Tell, Worker};
use crate::console::event::{Arrival, Ticket, Told};
use crate::console::model::Inspection;
use crate::deck::list::Places;
use crate::deck::{Deck, Target};
use crate::ledger::{Book, ExchangeId, Ledger, Ordinal, RunName};
use crate::order::outcome::{Operation, Outcome};
use crate::vendor::Encoded;
use crate::workspace::{Decision, OrderReport, Workspace};

/// How many orders the ledger is asked about at once.
const AT_ONCE: usize = 500;

impl Worker {
    pub(super) fn doubts(&self, ticket: Ticket, run: RunName, tell: Tell<'_>) {
        let workspace = self.workspace.now();
        let doubts = workspace
            .doubts(run, &[])
            .map(Arc::new)
            .map_err(|error| error.to_string());
        tell(Arrival::Doubts { ticket, doubts });
    }

    pub(super) fn settle(
        &self,
        ticket: Ticket,
        run: RunName,
        keys: &[String],
        (decision, note): (Decision, Option<&str>),
        tell: Tell<'_>,
    ) {
        let workspace = self.workspace.now();
        let settled = workspace
            .settle(run, keys, decision, note)
            .map_err(|error| error.to_string());
        tell(Arrival::Settled { ticket, settled });
    }

    pub(super) fn history(&self, key: String, tell: Tell<'_>) {
        let workspace = self.workspace.now();
        let history = workspace
            .order_history(&key, None)
            .map(Arc::new)
            .map_err(|error| error.to_string());
        tell(Arrival::History { key, history });
    }

    pub(super) fn exchange_orders(&self, book: Book, id: ExchangeId, tell: Tell<'_>) {
        let found = {
            let workspace = self.workspace.now();
            orders_of(&workspace, book, id)
        };
        match found {
            Err(why) => tell(Arrival::Tell(Err(why))),
            Ok((run, operation, mut orders)) => match (orders.pop(), orders.is_empty()) {
                (None, _) => tell(Arrival::Tell(
                    Err("no order was in this request".to_owned()),
                )),
                (Some(only), true) => self.history(only.entry.key, tell),
                (Some(last), false) => {
                    orders.push(last);
                    let orders = Arc::new(orders);
                    tell(Arrival::ExchangeOrders {
                        run,
                        operation,
                        orders,
                    });
                }
            },
        }
    }

    /// The orders of a job, what went wrong first in front.
    pub(super) fn job_orders(&self, book: Book, id: ExchangeId, tell: Tell<'_>) {
        let found = orders_of(&self.workspace.now(), book, id);
        tell(match found {
            Ok((run, operation, orders)) => Arrival::ExchangeOrders {
                run,
                operation,
                orders: Arc::new(orders),
            },
            Err(why) => Arrival::Tell(Err(why)),
        });
    }

    pub(super) fn rejected(
        &self,
        ticket: Ticket,
        deck: &Deck,
        target: &Target,
        places: Option<&Places>,
        tell: Tell<'_>,
    ) {
        let places = self.find_rejected(ticket, deck, target, places);
        if let Some(places) = places.transpose() {
            tell(Arrival::Rejected { ticket, places });
        }
    }

    /// A payload with what the vendor said of its fields when it refused it, as it is now.
    pub(super) fn with_refusal(&self, deck: &Deck, mut inspection: Inspection) -> Inspection {
        let target = &inspection.target;
        let Ok(payload) = &mut inspection.payload else {
            return inspection;
        };
        let mut encoded = Encoded::default();
        if deck
            .encode(&inspection.order, target, &mut encoded)
            .is_err()
        {
            return inspection;
        }
        let key = &inspection.order.order.id;
        let workspace = self.workspace.now();
        // Whoever can't read the ledger is told so where it is needed.
        let reason = workspace.refused_alone(target, key, encoded.hash());
        let Ok(Some(reason)) = reason else {
            return inspection;
        };
        let table = target.vendor.table();
        for finding in target.vendor.refused_fields(&reason) {
            let is_there = finding.target.pointer().is_some_and(|pointer| {
                payload.value.pointer(&pointer).is_some() || table.at_pointer(&pointer).is_some()
            });
            if is_there {
                payload.findings.push(finding);
                inspection.fixable.push(false);
            }
        }
        inspection
    }

    /// The orders that the account rejected last; none if nobody waits for them any more.
    fn find_rejected(
        &self,
        ticket: Ticket,
        deck: &Deck,
        target: &Target,
        places: Option<&Places>,
    ) -> Told<Option<Places>> {
        let words = |error: &dyn std::fmt::Display| error.to_string();
        let ledger = self
            .workspace
            .now()
            .existing_ledger(Workspace::book(&target.account))
            .map_err(|error| words(&error))?;
        let Some(ledger) = ledger else {
            return Ok(Some(Places::default()));
        };
        let mut keys: Vec<(usize, String)> = Vec::new();
        for place in 0..deck.len() {
            if Self::outdated(&self.plans, ticket) {
                return Ok(None);
            }
            if places.is_none_or(|places| places.contains(place))
                // An order that can't be read was never sent.
                && let Ok(order) = deck.order(place)
            {
                keys.push((place, order.order.id));
            }
        }
        let mut rejected = Places::default();
        for part in keys.chunks(AT_ONCE) {
            if Self::outdated(&self.plans, ticket) {
                return Ok(None);
            }
            let asked: Vec<&str> = part.iter().map(|(_, key)| key.as_str()).collect();
            let last = ledger
                .last_outcomes(&target.account.account, target.vendor.name(), &asked)
                .map_err(|error| words(&error))?;
            let found = part.iter().zip(last);
            rejected.extend(
                found
                    .filter(|(_, outcome)| *outcome == Some(Outcome::Rejected))
                    .map(|((place, _), _)| *place),
            );
        }
        Ok(Some(rejected))
    }
}

/// The orders of one exchange, each with what became of it in the run, and what that does.
fn orders_of(
    workspace: &Workspace,
    book: Book,
    id: ExchangeId,
) -> Told<(RunName, Operation, Vec<OrderReport>)> {
    let exchange = workspace
        .ledger(book)
        .map_err(|error| error.to_string())?
        .exchange(id)
        .map_err(|error| error.to_string())?;
    let run = RunName {
        book,
        id: exchange.run,
    };
    let inside: HashSet<Ordinal> = exchange.intent.orders.iter().copied().collect();
    let mut orders = workspace
        .order_reports(run, &[])
        .map_err(|error| error.to_string())?;
    orders.retain(|order| inside.contains(&order.update.ordinal));
    Ok((run, exchange.operation, orders))
}
