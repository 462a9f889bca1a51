//! Everything that ever happened to one order.

use rusqlite::Connection;

use super::fault::Fault;
use super::{Caches, exchanges, jobs, places, rulings, runs};
use crate::ledger::{ExchangeState, HistoryEntry, OutcomeRow, OutcomeUpdate, RunId};
use crate::order::outcome::Outcome;

pub(super) fn of_key(
    conn: &Connection,
    caches: &mut Caches,
    key: &str,
) -> Result<Vec<HistoryEntry>, Fault> {
    let mut found = places::told(conn, caches, key)?;
    found.sort_by_key(|told| (told.run, told.ordinal));
    found
        .into_iter()
        .map(|told| {
            let outcome = told
                .range
                .map(|range| range.row(told.ordinal, key.to_owned()));
            entry(conn, caches, told.run, outcome.transpose()?, told.ordinal)
        })
        .collect()
}

fn entry(
    conn: &Connection,
    caches: &mut Caches,
    run: RunId,
    outcome: Option<OutcomeRow>,
    ordinal: u32,
) -> Result<HistoryEntry, Fault> {
    let order = caches.chunks.entry(conn, run, ordinal)?;
    let exchanges = exchanges::of_order(conn, run, ordinal)?;
    let rulings = rulings::of_order(conn, run, ordinal)?;
    let run = runs::find(conn, run)?;
    let outcome = outcome.unwrap_or_else(|| {
        let under_way = exchanges
            .iter()
            .rfind(|exchange| exchange.state == ExchangeState::Sending);
        let state = under_way.map_or(Outcome::Pending, |_| Outcome::Sending);
        OutcomeRow {
            key: order.key,
            update: OutcomeUpdate {
                exchange: under_way.map(|exchange| exchange.id),
                ..OutcomeUpdate::new(ordinal, state)
            },
            at: under_way.map_or(run.started_at, |exchange| exchange.sent_at),
        }
    });
    Ok(HistoryEntry {
        job: jobs::of_exchanges(conn, exchanges.iter().map(|exchange| exchange.id))?,
        payload_hash: order.payload_hash,
        run,
        outcome,
        exchanges,
        rulings,
    })
}
