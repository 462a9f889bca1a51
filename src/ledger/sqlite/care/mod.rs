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
use super::{Caches, outcomes as ranges, places, runs};
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
fn in_doubt(conn: &Connection, caches: &mut Caches, run: RunId) -> Result<Vec<Ordinal>, Fault> {
    let (_, scope) = runs::extent(conn, run)?;
    let mut doubtful = Vec::new();
    ranges::each(conn, run, &[Outcome::InDoubt], |doubt| {
        for ordinal in doubt.first..=doubt.last {
            let key = caches.chunks.entry(conn, run, ordinal)?.key;
            let newest = places::newest_in_scope(conn, caches, scope, &key)?;
            if newest.is_none_or(|(later, range)| (range.sent, later) <= (doubt.sent, run)) {
                doubtful.push(ordinal);
            }
        }
        Ok(())
    })?;
    Ok(doubtful)
}

/// Counts by outcome, in the order of an order's life.
fn sorted(counts: BTreeMap<Outcome, u64>) -> Vec<(Outcome, u64)> {
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}
