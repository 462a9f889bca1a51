//! What is in a ledger.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::Connection;

use super::super::fault::Fault;
use super::super::outcomes::outcome;
use super::super::runs::time;
use super::super::{Caches, SqliteLedger, runs};
use super::{in_doubt, runs_with, size_on_disk, sorted};
use crate::ledger::{AccountInfo, Bodies, LedgerError, LedgerInfo, RunState};
use crate::order::outcome::Outcome;

impl SqliteLedger {
    /// What is in the ledger. Goes over its requests, so it takes a while where there are millions.
    ///
    /// # Errors
    ///
    /// The ledger can't be read.
    pub fn info(&self) -> Result<LedgerInfo, LedgerError> {
        let path = &self.path;
        self.read("sum up the ledger", |conn, caches| all(conn, caches, path))
    }
}

fn all(conn: &Connection, caches: &mut Caches, path: &Path) -> Result<LedgerInfo, Fault> {
    let number =
        |sql: &str| -> Result<u64, Fault> { Ok(conn.query_row(sql, [], |row| row.get(0))?) };
    let pragma = |name: &str| -> Result<u64, Fault> {
        Ok(conn.pragma_query_value(None, name, |row| row.get(0))?)
    };
    let runs = runs::all(conn)?;
    let accounts = accounts(conn, caches)?;
    let mut outcomes: BTreeMap<Outcome, u64> = BTreeMap::new();
    for (outcome, count) in accounts.iter().flat_map(|account| &account.outcomes) {
        *outcomes.entry(*outcome).or_default() += count;
    }
    let last_sent: Option<i64> = conn
        .query_row(
            "SELECT sent_at FROM exchange ORDER BY id DESC LIMIT 1",
            [],
            |row| row.get(0),
        )
        .or_else(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Ok(None),
            other => Err(other),
        })?;
    let last_sent: Option<Timestamp> = last_sent.map(time).transpose()?;
    Ok(LedgerInfo {
        path: path.to_owned(),
        bytes: size_on_disk(path),
        schema: conn.pragma_query_value(None, "user_version", |row| row.get(0))?,
        runs: runs.len() as u64,
        unfinished: runs
            .iter()
            .filter(|run| run.state != RunState::Finished)
            .count() as u64,
        outcomes: sorted(outcomes),
        in_doubt: accounts.iter().map(|account| account.in_doubt).sum(),
        exchanges: number("SELECT count(*) FROM exchange")?,
        bodies: bodies(conn)?,
        jobs: number("SELECT count(*) FROM job")?,
        edits: number("SELECT count(*) FROM edit")?,
        oldest: runs.iter().map(|run| run.started_at).min(),
        newest: runs.iter().map(|run| run.changed_at).chain(last_sent).max(),
        reclaimable: pragma("freelist_count")? * pragma("page_size")?,
        accounts,
    })
}

fn bodies(conn: &Connection) -> Result<Bodies, Fault> {
    let number =
        |sql: &str| -> Result<u64, Fault> { Ok(conn.query_row(sql, [], |row| row.get(0))?) };
    let mut bodies = Bodies {
        count: number("SELECT count(request_in) + count(response_in) FROM exchange")?,
        packed: number("SELECT coalesce(sum(length(messages)), 0) FROM bundle")?,
        ..Bodies::default()
    };
    bodies.packed += conn.query_row(
        "SELECT coalesce(sum(length(body)), 0) FROM dictionary",
        [],
        |row| row.get::<_, u64>(0),
    )?;
    (bodies.plain, bodies.removed) = conn.query_row(
        "SELECT coalesce(sum(CASE WHEN compacted_at IS NULL THEN request_size + response_size END), 0),
             count(compacted_at) FROM exchange",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(bodies)
}

fn accounts(conn: &Connection, caches: &mut Caches) -> Result<Vec<AccountInfo>, Fault> {
    let mut doubts: BTreeMap<(String, String), u64> = BTreeMap::new();
    for run in runs_with(conn, Outcome::InDoubt)? {
        let decided = runs::find(conn, run)?.decided;
        *doubts.entry((decided.vendor, decided.account)).or_default() +=
            in_doubt(conn, caches, run)?.len() as u64;
    }
    let mut counts: BTreeMap<(String, String), BTreeMap<Outcome, u64>> = BTreeMap::new();
    let mut select = conn.prepare(
        "SELECT scope.vendor, scope.account, tally.outcome, sum(tally.orders)
         FROM tally JOIN run ON run.id = tally.run JOIN scope ON scope.id = run.scope
         GROUP BY 1, 2, 3",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let account = (row.get(0)?, row.get(1)?);
        let count = row.get(3)?;
        counts
            .entry(account)
            .or_default()
            .insert(outcome(row.get(2)?)?, count);
    }
    conn.prepare(
        "SELECT scope.vendor, scope.account, count(*), max(run.started_at)
         FROM run JOIN scope ON scope.id = run.scope GROUP BY 1, 2 ORDER BY 1, 2",
    )?
    .query_and_then([], |row| {
        let account = (row.get(0)?, row.get(1)?);
        Ok(AccountInfo {
            runs: row.get(2)?,
            outcomes: counts.remove(&account).map(sorted).unwrap_or_default(),
            in_doubt: doubts.get(&account).copied().unwrap_or_default(),
            newest: time(row.get(3)?)?,
            vendor: account.0,
            account: account.1,
        })
    })?
    .collect()
}
