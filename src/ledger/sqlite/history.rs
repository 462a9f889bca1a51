//! Everything that ever happened to one order.

use rusqlite::Connection;

use super::fault::Fault;
use super::{Caches, exchanges, jobs, manifest, outcomes, rulings, runs};
use crate::ledger::{ExchangeState, HistoryEntry, OutcomeRow, OutcomeUpdate, RunId};
use crate::order::outcome::Outcome;

pub(super) fn of_key(
    conn: &Connection,
    caches: &mut Caches,
    key: &str,
) -> Result<Vec<HistoryEntry>, Fault> {
    let mut found: Vec<(RunId, Option<OutcomeRow>, u32)> = conn
        .prepare_cached(&format!(
            "SELECT {} WHERE order_key.key = ?1",
            outcomes::COLUMNS
        ))?
        .query_and_then([key], |row| {
            let outcome = outcomes::row(row)?;
            let ordinal = outcome.update.ordinal;
            Ok((RunId(row.get(8)?), Some(outcome), ordinal))
        })?
        .collect::<Result<_, Fault>>()?;
    let rows = found.len();
    // Orders without a row are in the manifest only; runs that are through have none.
    for run in with_pending(conn)? {
        let mut ordinals = manifest::find_key(conn, run, key)?;
        let has_row = |ordinal: u32| {
            found
                .iter()
                .take(rows)
                .any(|(which, _, at)| *which == run && *at == ordinal)
        };
        ordinals.retain(|ordinal| !has_row(*ordinal));
        found.extend(ordinals.into_iter().map(|ordinal| (run, None, ordinal)));
    }
    found.sort_by_key(|(run, _, ordinal)| (*run, *ordinal));
    found
        .into_iter()
        .map(|(run, outcome, ordinal)| entry(conn, caches, run, outcome, ordinal))
        .collect()
}

fn with_pending(conn: &Connection) -> Result<Vec<RunId>, Fault> {
    conn.prepare_cached(
        "SELECT DISTINCT run FROM tally WHERE outcome = 'pending' AND orders > 0 ORDER BY run",
    )?
    .query_and_then([], |row| Ok(RunId(row.get(0)?)))?
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
