//! Making room: bodies go by age, outcomes never.
//!
//! What stays of a request whose bodies went: when, where to, with which orders, its status, sizes, reason and
//! job. Whatever decides what is sent later (hashes, outcomes, the list of a run's orders) isn't touched.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::Connection;

use super::super::fault::Fault;
use super::super::ordinals::Ordinals;
use super::super::{Caches, SqliteLedger, bundle, outcomes, pack, places, runs, tally};
use super::{in_doubt, size_on_disk};
use crate::ledger::record::carries_orders;
use crate::ledger::{Compaction, ExchangeId, LedgerError, Ordinal, Run, RunState, Shrunk};
use crate::order::outcome::{Operation, Outcome};

impl SqliteLedger {
    /// What removing the bodies of requests that were sent before that time would take away.
    ///
    /// # Errors
    ///
    /// The ledger can't be read.
    pub fn compaction(&self, before: Timestamp) -> Result<Compaction, LedgerError> {
        self.read("see what can be removed", |conn, caches| {
            let mut all = Compaction::default();
            for run in runs::all(conn)? {
                Found::of(conn, caches, &run, before)?.add_to(&mut all);
            }
            Ok(all)
        })
    }

    /// Removes the bodies of requests that were sent before that time, run by run, so that others can write
    /// meanwhile. Never those of runs that haven't come to their end, nor of orders in doubt. The caller holds the
    /// locks of all accounts.
    ///
    /// # Errors
    ///
    /// The ledger can't be written to; runs that were done before stay done.
    pub fn remove_bodies(&mut self, before: Timestamp) -> Result<Compaction, LedgerError> {
        let numbers: Vec<_> = self.read("list the runs", |conn, _| runs::all(conn))?;
        // Removing a dictionary would have SQLite look for its messages in all runs; those of its own are enough.
        self.foreign_keys(false)?;
        let mut all = Compaction::default();
        let done = numbers.iter().try_for_each(|run| {
            let found = self.write("remove bodies", |conn, caches| {
                let found = Found::of(conn, caches, &runs::find(conn, run.id)?, before)?;
                found.remove(conn, run)?;
                Ok(found)
            })?;
            found.add_to(&mut all);
            Ok(())
        });
        self.foreign_keys(true)?;
        // Dictionaries that compressors were made from may be gone.
        self.caches.get_mut().packers.clear();
        done.map(|()| all)
    }

    fn foreign_keys(&mut self, on: bool) -> Result<(), LedgerError> {
        self.conn
            .pragma_update(None, "foreign_keys", on)
            .map_err(|error| Fault::from(error).tell(&self.path, "remove bodies"))
    }

    /// Gives back to the disk what is free inside the file.
    ///
    /// # Errors
    ///
    /// The disk lacks the room that this takes for a moment, or somebody else writes for long. Nothing is lost then.
    pub fn shrink(&mut self) -> Result<Shrunk, LedgerError> {
        let before = size_on_disk(&self.path);
        let shrink = || -> Result<(), Fault> {
            self.conn.execute_batch("VACUUM")?;
            // Where somebody is reading just now, the log is cut short later.
            self.conn
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            Ok(())
        };
        shrink().map_err(|fault| fault.tell(&self.path, "give back the space"))?;
        Ok(Shrunk {
            before,
            after: size_on_disk(&self.path),
        })
    }
}

/// What can go of one run.
#[derive(Default)]
struct Found {
    going: Vec<i64>,
    /// The bundles that hold their messages.
    bundles: BTreeMap<i64, Vec<ExchangeId>>,
    packed: u64,
    kept_unfinished: u64,
    kept_in_doubt: u64,
    account: (String, String),
    last_payloads: u64,
}

impl Found {
    fn of(
        conn: &Connection,
        caches: &mut Caches,
        run: &Run,
        before: Timestamp,
    ) -> Result<Self, Fault> {
        let mut found = Self {
            account: (run.decided.vendor.clone(), run.decided.account.clone()),
            ..Self::default()
        };
        let unfinished = is_unfinished(conn, run)?;
        let doubtful: BTreeSet<Ordinal> = in_doubt(conn, caches, run.id)?.into_iter().collect();
        let mut select = conn.prepare_cached(
            "SELECT exchange.id, purpose, orders, order_count, first, last, request_in, response_in
             FROM exchange JOIN endpoint ON endpoint.id = exchange.endpoint
             WHERE run = ?1 AND sent_at < ?2 AND compacted_at IS NULL ORDER BY exchange.id",
        )?;
        let mut rows = select.query((run.id.0, before.as_millisecond()))?;
        while let Some(row) = rows.next()? {
            if unfinished {
                found.kept_unfinished += 1;
                continue;
            }
            let orders: String = row.get(2)?;
            let ordinals = Ordinals::stored(&orders, row.get(4)?, row.get(5)?)?;
            if holds_any(&ordinals, &doubtful) {
                found.kept_in_doubt += 1;
                continue;
            }
            let id: i64 = row.get(0)?;
            found.going.push(id);
            let bundles: [Option<i64>; 2] = [row.get(6)?, row.get(7)?];
            for bundle in bundles.into_iter().flatten() {
                found
                    .bundles
                    .entry(bundle)
                    .or_default()
                    .push(ExchangeId(id));
            }
            let purpose: String = row.get(1)?;
            let alone = row.get::<_, u64>(3)? == 1 && carries_orders(&purpose);
            if alone && is_last_payload(conn, caches, run, row.get(4)?, id)? {
                found.last_payloads += 1;
            }
        }
        for (bundle, going) in &found.bundles {
            found.packed += bundle::share(conn, *bundle, going)?;
        }
        Ok(found)
    }

    fn remove(&self, conn: &Connection, run: &Run) -> Result<(), Fault> {
        if self.going.is_empty() {
            return Ok(());
        }
        let now = runs::now();
        for (bundle, going) in &self.bundles {
            pack::without(conn, *bundle, going)?;
        }
        let mut mark = conn.prepare_cached(
            "UPDATE exchange SET compacted_at = ?2, request_in = NULL, response_in = NULL WHERE id = ?1",
        )?;
        for id in &self.going {
            mark.execute((id, now))?;
        }
        conn.prepare_cached(
            "DELETE FROM dictionary WHERE run = ?1 AND id NOT IN (
                 SELECT dictionary FROM exchange JOIN bundle ON bundle.id IN (request_in, response_in)
                     WHERE exchange.run = ?1 AND dictionary IS NOT NULL)",
        )?
        .execute([run.id.0])?;
        Ok(())
    }

    fn add_to(self, all: &mut Compaction) {
        all.exchanges += self.going.len() as u64;
        all.packed += self.packed;
        all.kept_unfinished += self.kept_unfinished;
        all.kept_in_doubt += self.kept_in_doubt;
        if self.last_payloads > 0 {
            let (vendor, account) = self.account;
            let mut by_account: BTreeMap<(String, String), u64> =
                std::mem::take(&mut all.last_payloads)
                    .into_iter()
                    .map(|(vendor, account, count)| ((vendor, account), count))
                    .collect();
            *by_account.entry((vendor, account)).or_default() += self.last_payloads;
            all.last_payloads = by_account
                .into_iter()
                .map(|((vendor, account), count)| (vendor, account, count))
                .collect();
        }
    }
}

/// Whether something of a run is still to come.
fn is_unfinished(conn: &Connection, run: &Run) -> Result<bool, Fault> {
    let counts = tally::read(conn, run.id)?.counts();
    Ok(run.state != RunState::Finished
        || counts.iter().any(|(outcome, _)| {
            matches!(
                outcome,
                Outcome::Pending | Outcome::Sending | Outcome::Queued
            )
        }))
}

fn holds_any(ordinals: &Ordinals, wanted: &BTreeSet<Ordinal>) -> bool {
    !wanted.is_empty()
        && ordinals
            .ranges()
            .iter()
            .any(|(first, last)| wanted.range(first..=last).next().is_some())
}

/// Whether nothing newer tells the payload of an order that the account has.
fn is_last_payload(
    conn: &Connection,
    caches: &mut Caches,
    run: &Run,
    ordinal: Ordinal,
    exchange: i64,
) -> Result<bool, Fault> {
    if run.decided.operation == Operation::Cancel {
        return Ok(false);
    }
    let Some(range) = outcomes::at(conn, run.id, ordinal)? else {
        return Ok(false);
    };
    if range.sent != Some(exchange) || !range.outcome.is_taken() {
        return Ok(false);
    }
    let key = caches.chunks.entry(conn, run.id, ordinal)?.key;
    let account = (run.decided.account.as_str(), run.decided.vendor.as_str());
    let last = places::last_sent(conn, caches, account, &key)?;
    Ok(last.is_none_or(|last| last <= exchange))
}
