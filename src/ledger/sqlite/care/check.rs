//! Whether the ledger is whole: as SQLite sees it, and by what must be true of runs, requests and outcomes.

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::super::fault::Fault;
use super::super::message::{Reader, Side};
use super::super::ordinals::Ordinals;
use super::super::tally::{self, Tallies, Worth};
use super::super::{Caches, SqliteLedger, manifest, outcomes, places, runs};
use super::size_on_disk;
use crate::ledger::{ExchangeId, LedgerCheck, LedgerError, Run, RunState};
use crate::order::outcome::Outcome;

/// Ledgers up to this size, in bytes, are looked over before something is sent: it takes about a second.
const LOOKED_OVER: u64 = 128 << 20;

impl SqliteLedger {
    /// Checks everything and changes nothing. Reads the whole file.
    ///
    /// # Errors
    ///
    /// It can't be read at all.
    pub fn check(&self) -> Result<LedgerCheck, LedgerError> {
        let look = || {
            let moment = self.conn.unchecked_transaction()?;
            let found = all(&moment)?;
            // What met damage can't be committed, and there is nothing to commit.
            moment.rollback()?;
            Ok(found)
        };
        look().map_err(|fault: Fault| fault.tell(&self.path, "check the ledger"))
    }

    /// Refuses a damaged ledger before something is recorded in it. Large ones aren't read through: what is damaged
    /// there is met where it is needed.
    ///
    /// # Errors
    ///
    /// What is wrong and what to do.
    pub fn look_over(&self) -> Result<(), LedgerError> {
        if size_on_disk(&self.path) > LOOKED_OVER {
            return Ok(());
        }
        self.read("look over the ledger", |conn, _| {
            let said: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
            if said == "ok" {
                return Ok(());
            }
            Err(Fault::Damaged(format!(
                "it is damaged: {}",
                one_line(&said)
            )))
        })
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn all(conn: &Connection) -> Result<LedgerCheck, Fault> {
    let mut check = LedgerCheck::default();
    let sqlite = file(conn, &mut check);
    attempt(&mut check, sqlite)?;
    let listed = runs::all(conn);
    let Some(runs) = attempt(&mut check, listed)? else {
        return Ok(check);
    };
    let mut caches = Caches::default();
    for run in runs.iter().rev() {
        let orders = of_run(conn, &mut caches, run, &mut check);
        attempt(&mut check, orders)?;
        let sent = exchanges(conn, run, &mut check);
        attempt(&mut check, sent)?;
    }
    let jobs = jobs(conn, &mut check);
    attempt(&mut check, jobs)?;
    Ok(check)
}

/// Damage that keeps one part from being read is a finding, and the next part is looked at.
fn attempt<T>(check: &mut LedgerCheck, part: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match part {
        Ok(value) => Ok(Some(value)),
        Err(Fault::Damaged(what)) => {
            check.found(what);
            Ok(None)
        }
        Err(Fault::Told(LedgerError::Unknown { what })) => {
            check.found(format!("there is no {what}"));
            Ok(None)
        }
        Err(Fault::Sql(error)) if is_damage(&error) => {
            check.found(format!("a part can't be read: {error}"));
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::Error;
    matches!(
        error.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DatabaseCorrupt)
    ) || matches!(
        error,
        Error::InvalidColumnType(..)
            | Error::FromSqlConversionFailure(..)
            | Error::Utf8Error(..)
            | Error::IntegralValueOutOfRange(..)
    )
}

fn file(conn: &Connection, check: &mut LedgerCheck) -> Result<(), Fault> {
    let mut select = conn.prepare(&format!("PRAGMA integrity_check({})", LedgerCheck::MOST))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let said: String = row.get(0)?;
        if said != "ok" {
            check.found(format!("SQLite: {}", one_line(&said)));
        }
    }
    let mut select = conn.prepare("PRAGMA foreign_key_check")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        let number = match row.get_ref(1)? {
            ValueRef::Integer(number) => format!(" {number}"),
            _ => String::new(),
        };
        check.found(format!(
            "{table}{number} refers to a {parent} that isn't there"
        ));
    }
    Ok(())
}

/// Every order of the run is in its list once and has one outcome, and the counts are those of the rows.
fn of_run(
    conn: &Connection,
    caches: &mut Caches,
    run: &Run,
    check: &mut LedgerCheck,
) -> Result<(), Fault> {
    let number = run.id.0;
    check.runs += 1;
    check.orders += run.orders;
    let mut all = Worth::default();
    let mut listed = 0;
    let mut unfiled = 0_u64;
    let mut wrong = None;
    manifest::for_each(conn, run.id, |ordinal, entry| {
        listed += 1;
        let mut count = || -> Result<(), Fault> {
            unfiled += u64::from(!places::is_filed(conn, run.id, ordinal, &entry.key)?);
            all.add(&entry.currency, entry.total)
        };
        if let Err(fault) = count() {
            wrong.get_or_insert(fault);
        }
    })?;
    if let Some(fault) = wrong {
        return Err(fault);
    }
    if listed != run.orders {
        check.found(format!(
            "run {number} has {} orders, but its list holds {listed}",
            run.orders
        ));
    }
    if unfiled > 0 {
        check.found(format!(
            "run {number}: {unfiled} of its orders aren't found by their keys"
        ));
    }
    let mut counted = Tallies::default();
    counted.add(&all, Outcome::Pending)?;
    let mut next = 0;
    outcomes::each(conn, run.id, &[], |range| {
        let (first, last) = (u64::from(range.first), u64::from(range.last));
        if last < first || last >= run.orders {
            check.found(format!(
                "run {number} has outcomes of orders from {first} to {last}, which it hasn't"
            ));
            return Ok(());
        }
        if first < next {
            check.found(format!(
                "run {number}: two outcomes are told of its orders from {first} on"
            ));
        }
        next = next.max(last + 1);
        if let Some(exchange) = range.exchange
            && !is_of_run(conn, run, exchange)?
        {
            check.found(format!(
                "run {number}: the outcome of {:?} came from request {exchange}, which isn't one of the run",
                caches.chunks.entry(conn, run.id, range.first)?.key
            ));
        }
        let mut worth = Worth::default();
        caches
            .chunks
            .each(conn, run.id, (range.first, range.last), |entry| {
                worth.add(entry.currency, entry.total()?)
            })?;
        counted.shift(&worth, Outcome::Pending, range.outcome)
    })?;
    if !counted.same_as(&tally::read(conn, run.id)?) {
        check.found(format!(
            "run {number}: its counts and sums aren't those of its orders"
        ));
    }
    let waiting = counted
        .counts()
        .iter()
        .find(|(it, _)| *it == Outcome::Pending)
        .map_or(0, |it| it.1);
    if run.state == RunState::Finished && waiting > 0 {
        check.found(format!(
            "run {number} is finished, but {waiting} of its orders have no outcome"
        ));
    }
    Ok(())
}

fn is_of_run(conn: &Connection, run: &Run, exchange: i64) -> Result<bool, Fault> {
    Ok(conn
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM exchange WHERE id = ?1 AND run = ?2)")?
        .query_row((exchange, run.id.0), |row| row.get(0))?)
}

/// The requests of a run: their orders are orders of it, and what was sent and came back can be read.
fn exchanges(conn: &Connection, run: &Run, check: &mut LedgerCheck) -> Result<(), Fault> {
    let mut select = conn.prepare_cached(
        "SELECT id, orders, order_count, first, last, request_size, compacted_at IS NOT NULL,
             EXISTS (SELECT 1 FROM bundle WHERE bundle.id = request_in)
         FROM exchange WHERE run = ?1 ORDER BY id",
    )?;
    let mut rows = select.query([run.id.0])?;
    let mut reader = Reader::default();
    while let Some(row) = rows.next()? {
        check.exchanges += 1;
        let id = ExchangeId(row.get(0)?);
        let text: String = row.get(1)?;
        let Ok(ordinals) = Ordinals::stored(&text, row.get(3)?, row.get(4)?) else {
            check.found(format!(
                "request {}: its orders {text:?} can't be read",
                id.0
            ));
            continue;
        };
        let bounds = (row.get(3)?, row.get(4)?);
        if ordinals.count() != row.get::<_, u64>(2)?
            || bounds != (ordinals.smallest(), ordinals.greatest())
        {
            check.found(format!(
                "request {}: its orders {text:?} aren't as many as it counts",
                id.0
            ));
        }
        if ordinals
            .greatest()
            .is_some_and(|at| u64::from(at) >= run.orders)
        {
            check.found(format!(
                "request {}: it holds orders that run {} hasn't",
                id.0, run.id.0
            ));
        }
        let (size, removed, there): (usize, bool, bool) = (row.get(5)?, row.get(6)?, row.get(7)?);
        if removed || !there {
            if removed == there {
                let what = if removed {
                    "removed, but is there"
                } else {
                    "missing"
                };
                check.found(format!("request {}: what was sent is {what}", id.0));
            }
            continue;
        }
        let sent = reader.read(conn, Side::Request, id);
        if attempt(check, sent)?.is_some_and(|(_, body)| body.len() != size) {
            check.found(format!(
                "request {}: what was sent isn't as long as it was",
                id.0
            ));
        }
        let came = reader.read(conn, Side::Response, id);
        attempt(check, came)?;
    }
    Ok(())
}

fn jobs(conn: &Connection, check: &mut LedgerCheck) -> Result<(), Fault> {
    let mut select = conn.prepare(
        "SELECT job.vendor_job, job.run, job.exchange FROM job
         LEFT JOIN exchange ON exchange.id = job.exchange WHERE exchange.run IS NOT job.run",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (job, run, exchange): (String, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        check.found(format!(
            "run {run}: the job {job:?} came from request {exchange}, which isn't one of the run"
        ));
    }
    Ok(())
}
