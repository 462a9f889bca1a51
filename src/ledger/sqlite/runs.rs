//! Runs: what was decided, how far they have come, and their counts.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::tally::{self, Worth};
use super::{Caches, fault::Fault, manifest, outcomes, places};
use crate::ledger::{
    Frozen, ManifestEntry, NewRun, OutcomeUpdate, Run, RunId, RunState, RunSummary, RunWait,
};
use crate::order::lifecycle::Word;
use crate::order::outcome::{Operation, Outcome};

/// Now, in the ledger's milliseconds.
pub(super) fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

/// A time from the ledger's milliseconds.
pub(super) fn time(millis: i64) -> Result<Timestamp, Fault> {
    Timestamp::from_millisecond(millis).map_err(|_| Fault::damaged("a time", millis))
}

/// Number of an account, vendor and operation: what runs are filed under.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope(pub(super) i64);

impl Scope {
    fn ensure(conn: &Connection, run: &NewRun) -> Result<Self, Fault> {
        let named = (&run.account, &run.vendor, run.operation.name());
        let found = conn
            .prepare_cached(
                "SELECT id FROM scope WHERE account = ?1 AND vendor = ?2 AND operation = ?3",
            )?
            .query_row(named, |row| row.get(0))
            .optional()?;
        if let Some(scope) = found {
            return Ok(Self(scope));
        }
        conn.execute(
            "INSERT INTO scope (account, vendor, operation) VALUES (?1, ?2, ?3)",
            named,
        )?;
        Ok(Self(conn.last_insert_rowid()))
    }
}

pub(super) fn begin(
    conn: &Connection,
    caches: &mut Caches,
    run: &NewRun,
    orders: &[ManifestEntry],
    left_out: &[OutcomeUpdate],
) -> Result<RunId, Fault> {
    if u32::try_from(orders.len()).is_err() {
        return Err(Fault::Refused(
            "a run can't have more than 4,294,967,295 orders".to_owned(),
        ));
    }
    if let Some(retried) = run.retry_of {
        find(conn, retried)?;
    }
    let scope = Scope::ensure(conn, run)?;
    let now = now();
    conn.execute(
        "INSERT INTO run (scope, profile, environment, source, source_fingerprint, mapping, settings,
             edits, choices, retry_of, state, started_at, changed_at, orders)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13)",
        rusqlite::params![
            scope.0,
            run.profile,
            run.environment,
            run.frozen.source,
            run.frozen.source_fingerprint,
            run.frozen.mapping,
            run.frozen.settings,
            run.frozen.edits,
            run.frozen.choices,
            run.retry_of.map(|run| run.0),
            RunState::Running.name(),
            now,
            orders.len() as i64,
        ],
    )?;
    let id = RunId(conn.last_insert_rowid());
    manifest::write(conn, id, orders)?;
    places::write(conn, id, orders.iter().map(|order| order.key.as_str()))?;
    tally::begin(conn, id, orders)?;
    outcomes::record(conn, caches, id, left_out, Word::Run)?;
    Ok(id)
}

pub(super) fn set_state(
    conn: &Connection,
    run: RunId,
    state: RunState,
    reason: Option<&str>,
) -> Result<(), Fault> {
    let changed = conn.execute(
        "UPDATE run SET state = ?2, reason = ?3, changed_at = ?4, waits_for = NULL, waits_until = NULL
         WHERE id = ?1",
        (run.0, state.name(), reason, now()),
    )?;
    match changed {
        0 => Err(unknown(run)),
        _ => Ok(()),
    }
}

pub(super) fn set_wait(
    conn: &Connection,
    run: RunId,
    reason: &str,
    until: Timestamp,
) -> Result<(), Fault> {
    conn.execute(
        "UPDATE run SET waits_for = ?2, waits_until = ?3 WHERE id = ?1",
        (run.0, reason, until.as_millisecond()),
    )?;
    Ok(())
}

pub(super) fn unknown(run: RunId) -> Fault {
    Fault::unknown(format!("run {}", run.0))
}

const SELECT: &str = "SELECT run.id, scope.vendor, run.profile, scope.account, run.environment,
    scope.operation, run.source, run.source_fingerprint, run.mapping, run.settings, run.edits,
    run.choices, run.retry_of, run.state, run.reason, run.started_at, run.changed_at, run.orders,
    run.waits_for, run.waits_until
    FROM run JOIN scope ON scope.id = run.scope";

fn read(row: &Row<'_>) -> Result<Run, Fault> {
    let operation: String = row.get(5)?;
    let state: String = row.get(13)?;
    Ok(Run {
        id: RunId(row.get(0)?),
        decided: NewRun {
            vendor: row.get(1)?,
            profile: row.get(2)?,
            account: row.get(3)?,
            environment: row.get(4)?,
            operation: Operation::from_name(&operation)
                .ok_or_else(|| Fault::damaged("an operation", operation))?,
            frozen: Frozen {
                source: row.get(6)?,
                source_fingerprint: row.get(7)?,
                mapping: row.get(8)?,
                settings: row.get(9)?,
                edits: row.get(10)?,
                choices: row.get(11)?,
            },
            retry_of: row.get::<_, Option<i64>>(12)?.map(RunId),
        },
        state: RunState::from_name(&state).ok_or_else(|| Fault::damaged("a run's state", state))?,
        reason: row.get(14)?,
        started_at: time(row.get(15)?)?,
        changed_at: time(row.get(16)?)?,
        orders: row.get(17)?,
        wait: match (row.get(18)?, row.get::<_, Option<i64>>(19)?) {
            (Some(reason), Some(until)) => Some(RunWait {
                reason,
                until: time(until)?,
            }),
            _ => None,
        },
    })
}

pub(super) fn all(conn: &Connection) -> Result<Vec<Run>, Fault> {
    conn.prepare_cached(&format!("{SELECT} ORDER BY run.id DESC"))?
        .query_and_then([], read)?
        .collect()
}

pub(super) fn page(
    conn: &Connection,
    before: Option<RunId>,
    limit: u32,
) -> Result<Vec<Run>, Fault> {
    let before = before.map_or(i64::MAX, |run| run.0);
    conn.prepare_cached(&format!(
        "{SELECT} WHERE run.id < ?1 ORDER BY run.id DESC LIMIT ?2"
    ))?
    .query_and_then((before, limit), read)?
    .collect()
}

pub(super) fn unended(conn: &Connection, account: &str, vendor: &str) -> Result<Vec<Run>, Fault> {
    conn.prepare_cached(&format!(
        "{SELECT} WHERE scope.account = ?1 AND scope.vendor = ?2 AND (run.state = ?3
            OR EXISTS (SELECT 1 FROM exchange WHERE exchange.run = run.id AND exchange.state = 'sending'))
         ORDER BY run.id DESC"
    ))?
    .query_and_then((account, vendor, RunState::Running.name()), read)?
    .collect()
}

pub(super) fn newest(conn: &Connection) -> Result<Option<Run>, Fault> {
    conn.prepare_cached(&format!("{SELECT} ORDER BY run.id DESC LIMIT 1"))?
        .query_and_then([], read)?
        .next()
        .transpose()
}

pub(super) fn find(conn: &Connection, run: RunId) -> Result<Run, Fault> {
    conn.prepare_cached(&format!("{SELECT} WHERE run.id = ?1"))?
        .query_and_then([run.0], read)?
        .next()
        .unwrap_or_else(|| Err(unknown(run)))
}

/// How many orders a run has, and what its outcomes are filed under.
pub(super) fn extent(conn: &Connection, run: RunId) -> Result<(u64, Scope), Fault> {
    conn.prepare_cached("SELECT orders, scope FROM run WHERE id = ?1")?
        .query_row([run.0], |row| Ok((row.get(0)?, Scope(row.get(1)?))))
        .optional()?
        .ok_or_else(|| unknown(run))
}

pub(super) fn summary(
    conn: &Connection,
    caches: &mut Caches,
    run: RunId,
) -> Result<RunSummary, Fault> {
    let record = find(conn, run)?;
    let mut tallies = tally::read(conn, run)?;
    let mut under_way = Worth::default();
    for ordinal in super::exchanges::sending(conn, run)? {
        let entry = caches.chunks.entry(conn, run, ordinal)?;
        under_way.add(&entry.currency, entry.total)?;
    }
    tallies.shift(&under_way, Outcome::Pending, Outcome::Sending)?;
    let count = |table: &str| -> Result<u64, Fault> {
        Ok(conn
            .prepare_cached(&format!("SELECT count(*) FROM {table} WHERE run = ?1"))?
            .query_row([run.0], |row| row.get(0))?)
    };
    Ok(RunSummary {
        run: record,
        outcomes: tallies.counts(),
        totals: tallies.totals(),
        exchanges: count("exchange")?,
        jobs: count("job")?,
    })
}

pub(super) fn manifest(conn: &Connection, run: RunId) -> Result<Vec<ManifestEntry>, Fault> {
    let (orders, _) = extent(conn, run)?;
    let mut entries = Vec::with_capacity(orders as usize);
    manifest::for_each(conn, run, |_, entry| entries.push(entry))?;
    if entries.len() as u64 != orders {
        return Err(Fault::Damaged(format!(
            "run {} has {orders} orders, but its list holds {}",
            run.0,
            entries.len()
        )));
    }
    Ok(entries)
}
