//! Where an order stands: the hash of its key leads to the runs that it was in, and their ranges tell what an
//! account has of it. A run's own list says whether a place is really the key's.

use rusqlite::{Connection, Row};
use rust_decimal::Decimal;

use super::Caches;
use super::fault::Fault;
use super::outcomes::{self, Range};
use super::runs::{self, Scope, time};
use crate::ledger::{Known, Ordinal, RunId, Since, Taken};
use crate::order::outcome::{Operation, Outcome};

/// What a key is found by.
fn hash(key: &str) -> i64 {
    let hash = blake3::hash(key.as_bytes());
    let short = hash.as_bytes().iter().take(6);
    short.fold(0, |short, byte| (short << 8) | i64::from(*byte))
}

/// Files the orders of a run under their keys, given by ordinal.
pub(super) fn write<'k>(
    conn: &Connection,
    run: RunId,
    keys: impl Iterator<Item = &'k str>,
) -> Result<(), Fault> {
    let mut places: Vec<(i64, Ordinal)> = keys.map(hash).zip(0..).collect();
    // In the order of the table, so that none of its pages is visited twice.
    places.sort_unstable();
    let mut insert =
        conn.prepare_cached("INSERT INTO place (hash, run, ordinal) VALUES (?1, ?2, ?3)")?;
    for (hash, ordinal) in places {
        insert.execute((hash, run.0, ordinal))?;
    }
    Ok(())
}

/// Whether an order is filed under its key.
pub(super) fn is_filed(
    conn: &Connection,
    run: RunId,
    ordinal: Ordinal,
    key: &str,
) -> Result<bool, Fault> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM place WHERE hash = ?1 AND run = ?2 AND ordinal = ?3)",
        )?
        .query_row((hash(key), run.0, ordinal), |row| row.get(0))?)
}

/// What one run tells of an order.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) run: RunId,
    pub(super) ordinal: Ordinal,
    scope: i64,
    account: String,
    vendor: String,
    operation: Operation,
    source: String,
    /// `None`: it is pending or under way there.
    pub(super) range: Option<Range>,
}

/// What all runs tell of whatever has that hash (?1), by the exchange that last sent it, the newest first.
pub(super) const TOLD: &str = "SELECT outcome.first, outcome.last, outcome.outcome, outcome.sent, outcome.at,
        outcome.exchange, outcome.reason, outcome.rule, outcome.vendor_id,
        place.run, place.ordinal, run.scope, scope.account, scope.vendor, scope.operation, run.source
    FROM place JOIN run ON run.id = place.run JOIN scope ON scope.id = run.scope
    LEFT JOIN outcome ON outcome.run = place.run AND outcome.last >= place.ordinal
        AND outcome.first = (SELECT max(part.first) FROM outcome AS part
            WHERE part.run = place.run AND part.first <= place.ordinal)
    WHERE place.hash = ?1 ORDER BY outcome.sent DESC, place.run DESC, place.ordinal DESC";

impl Told {
    fn read(row: &Row<'_>) -> Result<Self, Fault> {
        let operation: String = row.get(14)?;
        let first: Option<Ordinal> = row.get(0)?;
        Ok(Self {
            run: RunId(row.get(9)?),
            ordinal: row.get(10)?,
            scope: row.get(11)?,
            account: row.get(12)?,
            vendor: row.get(13)?,
            operation: Operation::from_name(&operation)
                .ok_or_else(|| Fault::damaged("an operation", operation))?,
            source: row.get(15)?,
            range: first.map(|_| Range::read(row)).transpose()?,
        })
    }

    fn sent(&self) -> Option<i64> {
        self.range.as_ref()?.sent
    }

    fn is_at(&self, account: &str, vendor: &str) -> bool {
        self.account == account && self.vendor == vendor
    }

    fn is_of(&self, conn: &Connection, caches: &mut Caches, key: &str) -> Result<bool, Fault> {
        caches.chunks.has_key(conn, self.run, self.ordinal, key)
    }
}

/// What all runs tell of a key, the newest sending first.
pub(super) fn told(conn: &Connection, caches: &mut Caches, key: &str) -> Result<Vec<Told>, Fault> {
    let mut found = Vec::new();
    for told in candidates(conn, key)? {
        if told.is_of(conn, caches, key)? {
            found.push(told);
        }
    }
    Ok(found)
}

/// The same with what only has the same hash.
fn candidates(conn: &Connection, key: &str) -> Result<Vec<Told>, Fault> {
    conn.prepare_cached(TOLD)?
        .query_and_then([hash(key)], Told::read)?
        .collect()
}

/// The first of a key that passes.
fn newest(
    conn: &Connection,
    caches: &mut Caches,
    key: &str,
    passes: impl Fn(&Told) -> bool,
) -> Result<Option<(Told, Range)>, Fault> {
    for told in candidates(conn, key)? {
        if passes(&told)
            && told.is_of(conn, caches, key)?
            && let Some(range) = told.range.clone()
        {
            return Ok(Some((told, range)));
        }
    }
    Ok(None)
}

/// What the account has, or may have, of each key: the newest of what was taken, rejected or doubtful decides.
pub(super) fn taken(
    conn: &Connection,
    caches: &mut Caches,
    (account, vendor, operation): (&str, &str, Operation),
    keys: &[&str],
) -> Result<Vec<Option<Taken>>, Fault> {
    let passes = |told: &Told| {
        told.is_at(account, vendor) && told.operation == operation && told.sent().is_some()
    };
    let mut all = Vec::with_capacity(keys.len());
    for key in keys {
        let found = newest(conn, caches, key, passes)?;
        let found = found.filter(|(_, range)| range.outcome != Outcome::Rejected);
        let taken = match found {
            None => None,
            Some((told, range)) => Some(Taken {
                run: told.run,
                outcome: range.outcome,
                payload_hash: caches
                    .chunks
                    .entry(conn, told.run, told.ordinal)?
                    .payload_hash,
                source: told.source,
                at: time(range.at)?,
            }),
        };
        all.push(taken);
    }
    Ok(all)
}

/// The last outcome of each key by any operation: of those that say what the account has, else of the others.
pub(super) fn last(
    conn: &Connection,
    caches: &mut Caches,
    (account, vendor): (&str, &str),
    keys: &[&str],
) -> Result<Vec<Option<Outcome>>, Fault> {
    keys.iter()
        .map(|key| {
            let found = newest(conn, caches, key, |told| told.is_at(account, vendor))?;
            Ok(found.map(|(_, range)| range.outcome))
        })
        .collect()
}

/// The same with run, operation, time, and the vendor's id whenever it was told.
pub(super) fn last_known(
    conn: &Connection,
    caches: &mut Caches,
    (account, vendor): (&str, &str),
    keys: &[&str],
) -> Result<Vec<Option<Known>>, Fault> {
    keys.iter()
        .map(|key| {
            let mut told = told(conn, caches, key)?;
            told.retain(|told| told.is_at(account, vendor) && told.range.is_some());
            known(conn, caches, &told)
        })
        .collect()
}

fn known(conn: &Connection, caches: &mut Caches, told: &[Told]) -> Result<Option<Known>, Fault> {
    let Some(newest) = told.first() else {
        return Ok(None);
    };
    let Some(range) = &newest.range else {
        return Ok(None);
    };
    let vendor_id = told
        .iter()
        .find_map(|told| told.range.as_ref()?.vendor_id.clone());
    let entry = caches.chunks.entry(conn, newest.run, newest.ordinal)?;
    Ok(Some(Known {
        run: newest.run,
        operation: newest.operation,
        outcome: range.outcome,
        // What was left out says nothing of what the account has.
        payload_hash: range.sent.map(|_| entry.payload_hash),
        source: newest.source.clone(),
        at: time(range.at)?,
        vendor_id,
        worth: worth(conn, caches, told)?,
    }))
}

/// How many of its newest runs are asked what an order is worth: a cancellation by id may not know.
const ASKED_FOR_WORTH: usize = 20;

fn worth(
    conn: &Connection,
    caches: &mut Caches,
    told: &[Told],
) -> Result<Option<(Decimal, String)>, Fault> {
    let mut places: Vec<(RunId, Ordinal)> =
        told.iter().map(|told| (told.run, told.ordinal)).collect();
    places.sort_unstable_by(|a, b| b.cmp(a));
    for (run, ordinal) in places.into_iter().take(ASKED_FOR_WORTH) {
        let entry = caches.chunks.entry(conn, run, ordinal)?;
        if let Some(total) = entry.total {
            return Ok(Some((total, entry.currency)));
        }
    }
    Ok(None)
}

/// What the run that sent an order last, of the same account and operation, made of it.
pub(super) fn newest_in_scope(
    conn: &Connection,
    caches: &mut Caches,
    scope: Scope,
    key: &str,
) -> Result<Option<(RunId, Range)>, Fault> {
    let passes = |told: &Told| told.scope == scope.0 && told.sent().is_some();
    let found = newest(conn, caches, key, passes)?;
    Ok(found.map(|(told, range)| (told.run, range)))
}

/// The exchange that last sent an order to an account, by any operation.
pub(super) fn last_sent(
    conn: &Connection,
    caches: &mut Caches,
    (account, vendor): (&str, &str),
    key: &str,
) -> Result<Option<i64>, Fault> {
    let passes = |told: &Told| told.is_at(account, vendor) && told.sent().is_some();
    let found = newest(conn, caches, key, passes)?;
    Ok(found.and_then(|(_, range)| range.sent))
}

/// What later runs made of the rejected and doubtful orders of a run, by the last that sent each of them.
pub(super) fn sent_since(
    conn: &Connection,
    caches: &mut Caches,
    run: RunId,
) -> Result<Vec<Since>, Fault> {
    let (_, scope) = runs::extent(conn, run)?;
    let mut since: Vec<Since> = Vec::new();
    outcomes::each(conn, run, &[Outcome::Rejected, Outcome::InDoubt], |old| {
        for ordinal in old.first..=old.last {
            let key = caches.chunks.entry(conn, run, ordinal)?.key;
            let newest = newest_in_scope(conn, caches, scope, &key)?;
            let Some((later, range)) = newest.filter(|(later, _)| *later > run) else {
                continue;
            };
            let same =
                |it: &&mut Since| (it.was, it.run, it.now) == (old.outcome, later, range.outcome);
            match since.iter_mut().find(same) {
                Some(counted) => counted.orders += 1,
                None => since.push(Since {
                    was: old.outcome,
                    run: later,
                    now: range.outcome,
                    orders: 1,
                }),
            }
        }
        Ok(())
    })?;
    since.sort_by_key(|it| (it.run, it.was.name(), it.now.name()));
    Ok(since)
}
