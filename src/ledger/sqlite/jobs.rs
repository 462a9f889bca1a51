//! The vendors' asynchronous jobs.

use jiff::Timestamp;
use rusqlite::{Connection, Row};

use super::fault::Fault;
use super::runs::{self, now, time};
use crate::ledger::{ExchangeId, JobRow, JobState, RunId};

/// Remembers a job that an exchange began; told again by a later exchange, it counts as a poll.
pub(super) fn begin(
    conn: &Connection,
    run: RunId,
    exchange: ExchangeId,
    job: &JobState,
) -> Result<(), Fault> {
    if poll(conn, run, job)? {
        return Ok(());
    }
    conn.prepare_cached(
        "INSERT INTO job (run, exchange, vendor_job, status, finished, progress, done, failed,
             message, next_poll, started_at, moved_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11)",
    )?
    .execute(rusqlite::params![
        run.0,
        exchange.0,
        job.id,
        job.status,
        job.finished,
        job.progress,
        job.done,
        job.failed,
        job.message,
        job.next_poll.map(Timestamp::as_millisecond),
        now(),
    ])?;
    Ok(())
}

/// Records what a poll said; false if the run has no such job.
fn poll(conn: &Connection, run: RunId, job: &JobState) -> Result<bool, Fault> {
    let changed = conn
        .prepare_cached(
            "UPDATE job SET status = ?3, finished = ?4, progress = ?5, done = ?6, failed = ?7,
                 message = ?8, next_poll = ?9, polled_at = ?10, polls = polls + 1,
                 moved_at = CASE WHEN (status, progress, done, failed) IS (?3, ?5, ?6, ?7)
                     THEN moved_at ELSE ?10 END
             WHERE run = ?1 AND vendor_job = ?2",
        )?
        .execute(rusqlite::params![
            run.0,
            job.id,
            job.status,
            job.finished,
            job.progress,
            job.done,
            job.failed,
            job.message,
            job.next_poll.map(Timestamp::as_millisecond),
            now(),
        ])?;
    Ok(changed > 0)
}

pub(super) fn record(conn: &Connection, run: RunId, job: &JobState) -> Result<(), Fault> {
    if poll(conn, run, job)? {
        return Ok(());
    }
    Err(Fault::unknown(format!("job {} in run {}", job.id, run.0)))
}

const SELECT: &str =
    "SELECT job.run, job.exchange, scope.vendor, run.profile, exchange.order_count,
    job.vendor_job, job.status, job.finished, job.progress, job.done, job.failed, job.message,
    job.next_poll, job.started_at, job.polled_at, job.polls, job.moved_at
    FROM job JOIN exchange ON exchange.id = job.exchange JOIN run ON run.id = job.run
    JOIN scope ON scope.id = run.scope";

fn read(row: &Row<'_>) -> Result<JobRow, Fault> {
    let moment = |millis: Option<i64>| millis.map(time).transpose();
    Ok(JobRow {
        run: RunId(row.get(0)?),
        exchange: ExchangeId(row.get(1)?),
        vendor: row.get(2)?,
        profile: row.get(3)?,
        orders: row.get(4)?,
        job: JobState {
            id: row.get(5)?,
            status: row.get(6)?,
            finished: row.get(7)?,
            progress: row.get(8)?,
            done: row.get(9)?,
            failed: row.get(10)?,
            message: row.get(11)?,
            next_poll: moment(row.get(12)?)?,
        },
        started_at: time(row.get(13)?)?,
        polled_at: moment(row.get(14)?)?,
        polls: row.get(15)?,
        moved_at: moment(row.get(16)?)?,
    })
}

pub(super) fn all(conn: &Connection, run: Option<RunId>) -> Result<Vec<JobRow>, Fault> {
    if let Some(run) = run {
        runs::extent(conn, run)?;
    }
    conn.prepare_cached(&format!(
        "{SELECT} WHERE ?1 IS NULL OR job.run = ?1 ORDER BY job.id DESC"
    ))?
    .query_and_then([run.map(|run| run.0)], read)?
    .collect()
}

/// The last job that one of these exchanges began.
pub(super) fn of_exchanges(
    conn: &Connection,
    exchanges: impl DoubleEndedIterator<Item = ExchangeId>,
) -> Result<Option<JobRow>, Fault> {
    let mut select = conn.prepare_cached(&format!(
        "{SELECT} WHERE job.exchange = ?1 ORDER BY job.id DESC LIMIT 1"
    ))?;
    for exchange in exchanges.rev() {
        if let Some(job) = select.query_and_then([exchange.0], read)?.next() {
            return job.map(Some);
        }
    }
    Ok(None)
}
