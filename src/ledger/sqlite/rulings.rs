//! What operators decided about orders in doubt.

use rusqlite::Connection;

use super::Caches;
use super::fault::Fault;
use super::outcomes;
use super::runs::{now, time};
use crate::ledger::{
    ExchangeId, LedgerError, Ordinal, OutcomeRow, OutcomeUpdate, Ruling, RulingRow, RunId,
};
use crate::order::lifecycle::Word;
use crate::order::outcome::Outcome;

/// Keeps each ruling with the doubt that it ends, and writes the outcome that follows from it.
pub(super) fn record(
    conn: &Connection,
    caches: &mut Caches,
    run: RunId,
    rulings: &[Ruling],
) -> Result<(), Fault> {
    let mut insert = conn.prepare_cached(
        "INSERT INTO ruling (run, ordinal, arrived, note, exchange, doubt, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let at = now();
    let mut updates = Vec::with_capacity(rulings.len());
    for ruling in rulings {
        let outcome = if ruling.arrived {
            Outcome::Accepted
        } else {
            Outcome::Pending
        };
        let row = outcomes::of_order(conn, caches, run, ruling.ordinal)?;
        let update = match row {
            Some(OutcomeRow { update, .. }) if update.outcome == Outcome::InDoubt => update,
            other => {
                let entry = caches.chunks.entry(conn, run, ruling.ordinal)?;
                return Err(Fault::Told(LedgerError::Contradiction {
                    order: entry.key.clone(),
                    was: other.map_or(Outcome::Pending, |row| row.update.outcome),
                    next: outcome,
                }));
            }
        };
        insert.execute(rusqlite::params![
            run.0,
            ruling.ordinal,
            ruling.arrived,
            ruling.note,
            update.exchange.map(|exchange| exchange.0),
            update.reason,
            at,
        ])?;
        let note = ruling
            .note
            .as_ref()
            .map_or_else(String::new, |note| format!(": {note}"));
        updates.push(OutcomeUpdate {
            outcome,
            reason: Some(format!("it arrived, by the operator's word{note}")),
            ..update
        });
    }
    outcomes::record(conn, caches, run, &updates, Word::Operator)
}

/// What was decided about one order of a run, oldest first.
pub(super) fn of_order(
    conn: &Connection,
    run: RunId,
    ordinal: Ordinal,
) -> Result<Vec<RulingRow>, Fault> {
    conn.prepare_cached(
        "SELECT arrived, note, exchange, doubt, at FROM ruling
         WHERE run = ?1 AND ordinal = ?2 ORDER BY id",
    )?
    .query_and_then((run.0, ordinal), |row| {
        Ok(RulingRow {
            ruling: Ruling {
                ordinal,
                arrived: row.get(0)?,
                note: row.get(1)?,
            },
            exchange: row.get::<_, Option<i64>>(2)?.map(ExchangeId),
            doubt: row.get(3)?,
            at: time(row.get(4)?)?,
        })
    })?
    .collect()
}
