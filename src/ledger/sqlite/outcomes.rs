//! What became of each order in each run, and what an account has of an order.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, Row};
use rust_decimal::Decimal;

use super::Caches;
use super::fault::Fault;
use super::runs::{self, now, time};
use super::tally::Tallies;
use crate::ledger::record::carries_orders;
use crate::ledger::{
    ExchangeId, Known, LedgerError, Ordinal, OutcomeRow, OutcomeUpdate, RunId, Since, Taken,
};
use crate::order::lifecycle::{Word, may_follow};
use crate::order::outcome::{Operation, Outcome};

/// Number of an account, vendor and operation: what outcomes are filed under.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope(pub(super) i64);

impl Scope {
    pub(super) fn ensure(
        conn: &Connection,
        account: &str,
        vendor: &str,
        operation: Operation,
    ) -> Result<Self, Fault> {
        if let Some(scope) = Self::find(conn, account, vendor, operation)? {
            return Ok(scope);
        }
        conn.execute(
            "INSERT INTO scope (account, vendor, operation) VALUES (?1, ?2, ?3)",
            (account, vendor, operation.name()),
        )?;
        Ok(Self(conn.last_insert_rowid()))
    }

    fn find(
        conn: &Connection,
        account: &str,
        vendor: &str,
        operation: Operation,
    ) -> Result<Option<Self>, Fault> {
        Ok(conn
            .prepare_cached(
                "SELECT id FROM scope WHERE account = ?1 AND vendor = ?2 AND operation = ?3",
            )?
            .query_row((account, vendor, operation.name()), |row| row.get(0))
            .optional()?
            .map(Self))
    }
}

/// Whether an outcome says something about what the account has of the order.
const fn tells_of_account(outcome: Outcome) -> bool {
    outcome.is_taken() || matches!(outcome, Outcome::Rejected | Outcome::InDoubt)
}

/// An outcome as it was before an update.
struct Before {
    outcome: Outcome,
    sent: Option<i64>,
    vendor_id: Option<String>,
}

/// Writes outcomes of a run's orders, and moves its counts with them.
pub(super) fn record(
    conn: &Connection,
    caches: &mut Caches,
    run: RunId,
    updates: &[OutcomeUpdate],
    word: Word,
) -> Result<(), Fault> {
    let may = |was, next| may_follow(was, next, word);
    write(conn, caches, run, updates, &may)
}

/// The same, as far as `may` lets one outcome follow another.
pub(super) fn write(
    conn: &Connection,
    caches: &mut Caches,
    run: RunId,
    updates: &[OutcomeUpdate],
    may: &dyn Fn(Outcome, Outcome) -> bool,
) -> Result<(), Fault> {
    let (_, scope) = runs::extent(conn, run)?;
    let at = now();
    let mut changes = Tallies::default();
    let mut carriers = HashMap::new();
    let mut put = conn.prepare_cached(
        "INSERT OR REPLACE INTO outcome (run, ordinal, order_key, scope, outcome, sent, payload_hash, at,
             exchange, reason, rule, vendor_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let mut take_back =
        conn.prepare_cached("DELETE FROM outcome WHERE run = ?1 AND ordinal = ?2")?;
    for update in updates {
        let entry = caches.chunks.entry(conn, run, update.ordinal)?;
        let before = before(conn, run, update.ordinal)?;
        let was = before.as_ref().map_or(Outcome::Pending, |row| row.outcome);
        // Without a row it is pending, or under way.
        let allowed =
            may(was, update.outcome) || (before.is_none() && may(Outcome::Sending, update.outcome));
        if !allowed {
            return Err(Fault::Told(LedgerError::Contradiction {
                order: entry.key.clone(),
                was,
                next: update.outcome,
            }));
        }
        // An order under way has no row: that it is in an open exchange says so.
        if matches!(update.outcome, Outcome::Pending | Outcome::Sending) {
            take_back.execute((run.0, update.ordinal))?;
            changes.shift(&entry, was, Outcome::Pending)?;
            continue;
        }
        let tells = tells_of_account(update.outcome);
        let carrier = match update.exchange {
            Some(exchange) => carrier(conn, run, exchange, &mut carriers)?,
            None => false,
        };
        let earlier = before.as_ref().and_then(|row| row.sent);
        let sent = match (tells, update.exchange) {
            (false, _) => None,
            (true, Some(exchange)) if carrier || earlier.is_none() => Some(exchange.0),
            (true, _) => Some(earlier.map_or_else(|| newest_exchange(conn), Ok)?),
        };
        // What the vendor called it is true of the order, whoever tells its later outcomes.
        let vendor_id = update
            .vendor_id
            .as_deref()
            .or_else(|| before.as_ref().and_then(|row| row.vendor_id.as_deref()));
        put.execute(rusqlite::params![
            run.0,
            update.ordinal,
            key_number(conn, &entry.key)?,
            scope.0,
            update.outcome.name(),
            sent,
            tells.then_some(&entry.payload_hash[..]),
            at,
            update.exchange.map(|exchange| exchange.0),
            update.reason,
            update.rule,
            vendor_id,
        ])?;
        changes.shift(&entry, was, update.outcome)?;
    }
    changes.apply(conn, run)
}

fn before(conn: &Connection, run: RunId, ordinal: Ordinal) -> Result<Option<Before>, Fault> {
    conn.prepare_cached(
        "SELECT outcome, sent, vendor_id FROM outcome WHERE run = ?1 AND ordinal = ?2",
    )?
    .query_and_then((run.0, ordinal), |row| {
        Ok(Before {
            outcome: outcome(row.get(0)?)?,
            sent: row.get(1)?,
            vendor_id: row.get(2)?,
        })
    })?
    .next()
    .transpose()
}

/// Whether that exchange of the run carried orders to the vendor.
fn carrier(
    conn: &Connection,
    run: RunId,
    exchange: ExchangeId,
    known: &mut HashMap<ExchangeId, bool>,
) -> Result<bool, Fault> {
    if let Some(carries) = known.get(&exchange) {
        return Ok(*carries);
    }
    let purpose: Option<String> = conn
        .prepare_cached("SELECT purpose FROM exchange WHERE id = ?1 AND run = ?2")?
        .query_row((exchange.0, run.0), |row| row.get(0))
        .optional()?;
    let purpose = purpose.ok_or_else(|| super::exchanges::unknown(exchange, run))?;
    let carries = carries_orders(&purpose);
    known.insert(exchange, carries);
    Ok(carries)
}

fn newest_exchange(conn: &Connection) -> Result<i64, Fault> {
    Ok(conn
        .prepare_cached("SELECT coalesce(max(id), 0) FROM exchange")?
        .query_row([], |row| row.get(0))?)
}

fn key_number(conn: &Connection, key: &str) -> Result<i64, Fault> {
    let found = conn
        .prepare_cached("SELECT id FROM order_key WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    if let Some(number) = found {
        return Ok(number);
    }
    conn.prepare_cached("INSERT INTO order_key (key) VALUES (?1)")?
        .execute([key])?;
    Ok(conn.last_insert_rowid())
}

/// An outcome from its word.
pub(super) fn outcome(name: String) -> Result<Outcome, Fault> {
    Outcome::from_name(&name).ok_or_else(|| Fault::damaged("an outcome", name))
}

/// The columns that [`row`] reads.
pub(super) const COLUMNS: &str = "outcome.ordinal, outcome.outcome, outcome.reason, outcome.rule,
    outcome.vendor_id, outcome.exchange, outcome.at, order_key.key, outcome.run
    FROM outcome JOIN order_key ON order_key.id = outcome.order_key";

pub(super) fn row(row: &Row<'_>) -> Result<OutcomeRow, Fault> {
    Ok(OutcomeRow {
        update: OutcomeUpdate {
            ordinal: row.get(0)?,
            outcome: outcome(row.get(1)?)?,
            reason: row.get(2)?,
            rule: row.get(3)?,
            vendor_id: row.get(4)?,
            exchange: row.get::<_, Option<i64>>(5)?.map(ExchangeId),
        },
        at: time(row.get(6)?)?,
        key: row.get(7)?,
    })
}

pub(super) fn of_run(
    conn: &Connection,
    run: RunId,
    wanted: &[Outcome],
) -> Result<Vec<OutcomeRow>, Fault> {
    runs::extent(conn, run)?;
    let words: Vec<String> = wanted
        .iter()
        .map(|outcome| format!("'{}'", outcome.name()))
        .collect();
    let only = match wanted {
        [] => String::new(),
        _ => format!("AND outcome.outcome IN ({})", words.join(", ")),
    };
    conn.prepare_cached(&format!(
        "SELECT {COLUMNS} WHERE outcome.run = ?1 {only} ORDER BY outcome.ordinal"
    ))?
    .query_and_then([run.0], row)?
    .collect()
}

/// The recorded outcome of one order of a run.
pub(super) fn of_order(
    conn: &Connection,
    run: RunId,
    ordinal: Ordinal,
) -> Result<Option<OutcomeRow>, Fault> {
    conn.prepare_cached(&format!(
        "SELECT {COLUMNS} WHERE outcome.run = ?1 AND outcome.ordinal = ?2"
    ))?
    .query_and_then((run.0, ordinal), row)?
    .next()
    .transpose()
}

/// Those of the ordinals that have no row, ascending and each once.
pub(super) fn without_row(
    conn: &Connection,
    run: RunId,
    ranges: &[(Ordinal, Ordinal)],
) -> Result<Vec<Ordinal>, Fault> {
    let mut select = conn.prepare_cached(
        "SELECT ordinal FROM outcome WHERE run = ?1 AND ordinal BETWEEN ?2 AND ?3 ORDER BY ordinal",
    )?;
    let mut missing = Vec::new();
    for &(first, last) in ranges {
        let mut next = u64::from(first);
        let mut rows = select.query((run.0, first, last))?;
        while let Some(row) = rows.next()? {
            let there: Ordinal = row.get(0)?;
            missing.extend((next..u64::from(there)).map(|ordinal| ordinal as Ordinal));
            next = u64::from(there) + 1;
        }
        missing.extend((next..=u64::from(last)).map(|ordinal| ordinal as Ordinal));
    }
    missing.sort_unstable();
    missing.dedup();
    Ok(missing)
}

/// What the account has, or may have, of each key: the newest of what was taken, rejected or doubtful decides.
pub(super) fn taken(
    conn: &Connection,
    account: &str,
    vendor: &str,
    operation: Operation,
    keys: &[&str],
) -> Result<Vec<Option<Taken>>, Fault> {
    let Some(scope) = Scope::find(conn, account, vendor, operation)? else {
        return Ok(vec![None; keys.len()]);
    };
    let mut select = conn.prepare_cached(
        "SELECT outcome.run, outcome.outcome, outcome.payload_hash, outcome.at, run.source
         FROM order_key JOIN outcome INDEXED BY outcome_by_order ON outcome.order_key = order_key.id
         JOIN run ON run.id = outcome.run
         WHERE order_key.key = ?1 AND outcome.scope = ?2 AND outcome.sent IS NOT NULL
         ORDER BY outcome.sent DESC, outcome.run DESC LIMIT 1",
    )?;
    keys.iter()
        .map(|key| {
            let newest = select
                .query_and_then((key, scope.0), |row| {
                    Ok::<_, Fault>(Taken {
                        run: RunId(row.get(0)?),
                        outcome: outcome(row.get(1)?)?,
                        payload_hash: row.get(2)?,
                        source: row.get(4)?,
                        at: time(row.get(3)?)?,
                    })
                })?
                .next()
                .transpose()?;
            Ok(newest.filter(|taken| taken.outcome != Outcome::Rejected))
        })
        .collect()
}

/// What later runs made of the rejected and doubtful orders of a run, by the last that sent each of them.
pub(super) fn sent_since(conn: &Connection, run: RunId) -> Result<Vec<Since>, Fault> {
    conn.prepare_cached(
        "SELECT old.outcome, new.run, new.outcome, count(*)
         FROM outcome AS old JOIN outcome AS new INDEXED BY outcome_by_order
           ON new.order_key = old.order_key AND new.scope = old.scope
         WHERE old.run = ?1 AND old.outcome IN (?2, ?3) AND new.run > old.run
           AND new.sent = (SELECT max(sent) FROM outcome AS last INDEXED BY outcome_by_order
                           WHERE last.order_key = old.order_key AND last.scope = old.scope)
         GROUP BY old.outcome, new.run, new.outcome ORDER BY new.run, old.outcome, new.outcome",
    )?
    .query_and_then(
        (run.0, Outcome::Rejected.name(), Outcome::InDoubt.name()),
        |row| {
            Ok(Since {
                was: outcome(row.get(0)?)?,
                run: RunId(row.get(1)?),
                now: outcome(row.get(2)?)?,
                orders: row.get(3)?,
            })
        },
    )?
    .collect()
}

/// The last outcome of each key by any operation: of those that say what the account has, else of the others.
pub(super) fn last(
    conn: &Connection,
    account: &str,
    vendor: &str,
    keys: &[&str],
) -> Result<Vec<Option<Outcome>>, Fault> {
    let mut select = conn.prepare_cached(
        "SELECT outcome.outcome FROM order_key
         JOIN outcome ON outcome.order_key = order_key.id
         JOIN scope ON scope.id = outcome.scope
         WHERE order_key.key = ?1 AND scope.account = ?2 AND scope.vendor = ?3
         ORDER BY outcome.sent DESC, outcome.run DESC LIMIT 1",
    )?;
    keys.iter()
        .map(|key| {
            select
                .query_row((key, account, vendor), |row| row.get(0))
                .optional()?
                .map(outcome)
                .transpose()
        })
        .collect()
}

/// The same with run, operation, time, and the vendor's id whenever it was told.
pub(super) fn last_known(
    conn: &Connection,
    caches: &mut Caches,
    account: &str,
    vendor: &str,
    keys: &[&str],
) -> Result<Vec<Option<Known>>, Fault> {
    let mut select = conn.prepare_cached(
        "SELECT outcome.run, scope.operation, outcome.outcome, outcome.at, (
             SELECT told.vendor_id FROM outcome AS told JOIN scope AS told_scope ON told_scope.id = told.scope
             WHERE told.order_key = order_key.id AND told_scope.account = ?2 AND told_scope.vendor = ?3
                   AND told.vendor_id IS NOT NULL
             ORDER BY told.sent DESC, told.run DESC LIMIT 1), outcome.payload_hash, run.source
         FROM order_key
         JOIN outcome ON outcome.order_key = order_key.id
         JOIN run ON run.id = outcome.run
         JOIN scope ON scope.id = outcome.scope
         WHERE order_key.key = ?1 AND scope.account = ?2 AND scope.vendor = ?3
         ORDER BY outcome.sent DESC, outcome.run DESC LIMIT 1",
    )?;
    keys.iter()
        .map(|key| {
            let known = select
                .query_and_then((key, account, vendor), |row| {
                    let name: String = row.get(1)?;
                    Ok::<_, Fault>(Known {
                        run: RunId(row.get(0)?),
                        operation: Operation::from_name(&name)
                            .ok_or_else(|| Fault::damaged("an operation", name))?,
                        outcome: outcome(row.get(2)?)?,
                        payload_hash: row.get(5)?,
                        source: row.get(6)?,
                        at: time(row.get(3)?)?,
                        vendor_id: row.get(4)?,
                        worth: None,
                    })
                })?
                .next()
                .transpose()?;
            known
                .map(|known| {
                    let worth = worth(conn, caches, account, vendor, key)?;
                    Ok(Known { worth, ..known })
                })
                .transpose()
        })
        .collect()
}

/// How many of its newest runs are asked what an order is worth: a cancellation by id may not know.
const ASKED_FOR_WORTH: u32 = 20;

fn worth(
    conn: &Connection,
    caches: &mut Caches,
    account: &str,
    vendor: &str,
    key: &str,
) -> Result<Option<(Decimal, String)>, Fault> {
    let mut select = conn.prepare_cached(
        "SELECT outcome.run, outcome.ordinal FROM order_key
         JOIN outcome ON outcome.order_key = order_key.id
         JOIN scope ON scope.id = outcome.scope
         WHERE order_key.key = ?1 AND scope.account = ?2 AND scope.vendor = ?3
         ORDER BY outcome.run DESC LIMIT ?4",
    )?;
    let mut rows = select.query((key, account, vendor, ASKED_FOR_WORTH))?;
    while let Some(row) = rows.next()? {
        let entry = caches.chunks.entry(conn, RunId(row.get(0)?), row.get(1)?)?;
        if let Some(total) = entry.total {
            return Ok(Some((total, entry.currency.clone())));
        }
    }
    Ok(None)
}
