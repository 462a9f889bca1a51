//! Looking after the file: what is in it, whether it is whole, making room, a copy, everything as a stream.

mod backup;
mod check;
mod compact;
mod info;
mod outcomes;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::fault::Fault;
use super::open::beside;
use crate::ledger::{Ordinal, RunId};
use crate::order::outcome::Outcome;

/// The file with its log, in bytes.
fn size_on_disk(path: &Path) -> u64 {
    [path.to_owned(), beside(path, "-wal")]
        .iter()
        .filter_map(|file| fs::metadata(file).ok())
        .map(|metadata| metadata.len())
        .sum()
}

/// Runs with orders of that outcome, as they are counted.
fn runs_with(conn: &Connection, outcome: Outcome) -> Result<Vec<RunId>, Fault> {
    conn.prepare_cached(
        "SELECT DISTINCT run FROM tally WHERE outcome = ?1 AND orders > 0 ORDER BY run",
    )?
    .query_and_then([outcome.name()], |row| Ok(RunId(row.get(0)?)))?
    .collect()
}

/// The orders of a run that are in doubt, and that no later sending of the same operation decided.
fn in_doubt(conn: &Connection, run: RunId) -> Result<Vec<Ordinal>, Fault> {
    conn.prepare_cached(
        "SELECT doubt.ordinal FROM outcome AS doubt WHERE doubt.run = ?1 AND doubt.outcome = 'in-doubt'
         AND NOT EXISTS (SELECT 1 FROM outcome AS later
             WHERE later.order_key = doubt.order_key AND later.scope = doubt.scope
                 AND (later.sent > doubt.sent OR later.sent = doubt.sent AND later.run > doubt.run))
         ORDER BY doubt.ordinal",
    )?
    .query_and_then([run.0], |row| Ok(row.get(0)?))?
    .collect()
}

/// Counts by outcome, in the order of an order's life.
fn sorted(counts: BTreeMap<Outcome, u64>) -> Vec<(Outcome, u64)> {
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}
