//! Looking into the ledgers, as both fronts do: runs, exchanges, jobs, an order's history, a run's orders.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::payloads::{Before, SentPayload};
use super::report::{ExchangeReport, HistoryReport, JobReport, OrderReport, RunReport};
use super::stale::stale;
use super::{Workspace, WorkspaceError};
use crate::ledger::{
    AccountLock, Book, Exchange, ExchangeId, ExchangeState, JobRow, Ledger, LedgerError,
    OutcomeRow, OutcomeUpdate, Run, RunId, RunName, RunState, SqliteLedger,
};
use crate::order::outcome::Outcome;

impl Workspace {
    /// The run that a name means, or the newest of all; `only` keeps to one ledger.
    pub fn resolve_run(
        &self,
        text: Option<&str>,
        only: Option<Book>,
    ) -> Result<RunName, WorkspaceError> {
        let (book, id) = self.ledgers().resolve(text, only)?;
        Ok(RunName { book, id })
    }

    /// How a run stands.
    pub fn run_report(&self, name: RunName) -> Result<RunReport, WorkspaceError> {
        let ledger = self.looked_into(name.book)?;
        let mut report = self.report(&ledger, name)?;
        let count = |outcome| report.summary.count(outcome);
        let under_way = report.summary.run.state == RunState::Running;
        if !under_way && count(Outcome::Rejected) + count(Outcome::InDoubt) > 0 {
            report.since = ledger.sent_since(name.id)?;
        }
        Ok(report)
    }

    /// A run that the ledger calls running while nobody sends to its account is reported as stopped: its process
    /// died and could not write that down.
    fn report(&self, ledger: &dyn Ledger, name: RunName) -> Result<RunReport, WorkspaceError> {
        let mut summary = ledger.summary(name.id)?;
        let looks_alive = |run: &Run| match run.state {
            RunState::Running => self.is_being_sent_to(name.book, run),
            _ => Some(true),
        };
        if looks_alive(&summary.run) != Some(true) {
            // It may have come to its end between the two looks.
            summary = ledger.summary(name.id)?;
            match looks_alive(&summary.run) {
                Some(true) => {}
                Some(false) => {
                    summary.run.state = RunState::Stopped;
                    summary.run.reason = Some(format!(
                        "its process died; `orderdeck resume {name}` goes on"
                    ));
                }
                None => {
                    summary.run.reason = Some(format!(
                        "whether its process lives can't be told: the locks in {} can't be looked at",
                        self.lock_dir(name.book).join("locks").display()
                    ));
                }
            }
        }
        Ok(RunReport {
            name,
            summary,
            since: Vec::new(),
        })
    }

    /// All runs of both ledgers or of one as [`Workspace::run_report`] has them, newest first.
    pub fn run_reports(&self, only: Option<Book>) -> Result<Vec<RunReport>, WorkspaceError> {
        let mut reports = Vec::new();
        for book in books(only) {
            let Some(ledger) = self.existing_ledger(book)? else {
                continue;
            };
            for run in ledger.runs()? {
                let name = RunName { book, id: run.id };
                reports.push(self.report(&ledger, name)?);
            }
        }
        reports.sort_by_key(|report| Reverse(report.summary.run.started_at));
        Ok(reports)
    }

    /// The newest run that hasn't come to its end, if there is one.
    pub fn unfinished_run(&self, only: Option<Book>) -> Result<Option<RunName>, WorkspaceError> {
        let mut newest: Option<(jiff::Timestamp, RunName)> = None;
        for book in books(only) {
            let Some(ledger) = self.existing_ledger(book)? else {
                continue;
            };
            let unfinished = ledger
                .runs()?
                .into_iter()
                .find(|run| run.state != RunState::Finished);
            if let Some(run) = unfinished
                && newest.is_none_or(|(at, _)| run.started_at > at)
            {
                newest = Some((run.started_at, RunName { book, id: run.id }));
            }
        }
        Ok(newest.map(|(_, name)| name))
    }

    /// Whether a process is sending to the run's account now; `None` if that can't be found out.
    pub fn is_being_sent_to(&self, book: Book, run: &Run) -> Option<bool> {
        let directory = self.lock_dir(book);
        AccountLock::is_held(&directory, &run.decided.vendor, &run.decided.account)
    }

    /// Where the locks of a ledger's accounts are: the sandbox's are others than those of work.
    pub(super) fn lock_dir(&self, book: Book) -> std::path::PathBuf {
        match book {
            Book::Work => self.directories().data().to_owned(),
            Book::Sandbox => self.sandbox_dir(),
        }
    }

    /// A ledger to look into. One that can't be written to is enough.
    pub(super) fn looked_into(&self, book: Book) -> Result<SqliteLedger, WorkspaceError> {
        let none = || LedgerError::Unknown {
            what: "run yet".to_owned(),
        };
        Ok(self.existing_ledger(book)?.ok_or_else(none)?)
    }

    /// The newest exchanges of both ledgers or of one, oldest first; of one run only, if it is given.
    pub fn newest_exchanges(
        &self,
        only: Option<Book>,
        count: u32,
    ) -> Result<Vec<ExchangeReport>, WorkspaceError> {
        let mut found = Vec::new();
        for book in books(only) {
            if let Some(ledger) = self.existing_ledger(book)? {
                found.extend(
                    ledger
                        .exchanges(None, None, count)?
                        .into_iter()
                        .map(|exchange| reported(book, exchange)),
                );
            }
        }
        found.sort_by_key(|report| (report.exchange.sent_at, report.exchange.id));
        let surplus = found.len().saturating_sub(count as usize);
        found.drain(..surplus);
        Ok(found)
    }

    /// Every exchange of a ledger that is newer than `after`, oldest first.
    pub fn exchanges_after(
        &self,
        book: Book,
        after: Option<ExchangeId>,
    ) -> Result<Vec<ExchangeReport>, WorkspaceError> {
        let (mut found, mut before) = (Vec::new(), None);
        let Some(ledger) = self.existing_ledger(book)? else {
            return Ok(found);
        };
        let is_new = |id: ExchangeId| after.is_none_or(|after| id > after);
        loop {
            let page = ledger.exchanges(None, before, 500)?;
            before = page.last().map(|exchange| exchange.id);
            let more = before.is_some_and(is_new);
            found.extend(
                page.into_iter()
                    .filter(|exchange| is_new(exchange.id))
                    .map(|exchange| reported(book, exchange)),
            );
            if !more {
                break;
            }
        }
        found.reverse();
        Ok(found)
    }

    /// The jobs of both ledgers or of one, newest first.
    pub fn job_reports(&self, only: Option<Book>) -> Result<Vec<JobReport>, WorkspaceError> {
        let mut found = Vec::new();
        for book in books(only) {
            if let Some(ledger) = self.existing_ledger(book)? {
                let now = jiff::Timestamp::now();
                for job in ledger.jobs(None)? {
                    let watched = !job.job.finished && self.is_watched(book, &ledger, &job)?;
                    found.push(JobReport {
                        run: RunName { book, id: job.run },
                        stale: stale(&job, watched, now),
                        job,
                    });
                }
            }
        }
        found.sort_by_key(|report| Reverse(report.job.started_at));
        Ok(found)
    }

    /// Whether a program has the run of a job under way, so that it asks for the job.
    pub fn is_watched(
        &self,
        book: Book,
        ledger: &dyn Ledger,
        job: &JobRow,
    ) -> Result<bool, LedgerError> {
        let run = ledger.run(job.run)?;
        Ok(run.state == RunState::Running && self.is_being_sent_to(book, &run) != Some(false))
    }

    /// Everything that ever happened to an order, oldest first.
    pub fn order_history(
        &self,
        key: &str,
        only: Option<Book>,
    ) -> Result<Vec<HistoryReport>, WorkspaceError> {
        let mut found = Vec::new();
        for book in books(only) {
            let Some(ledger) = self.existing_ledger(book)? else {
                continue;
            };
            let mut before: HashMap<_, [u8; 16]> = HashMap::new();
            let mut sent: HashMap<_, Before> = HashMap::new();
            for entry in ledger.history(key)? {
                let decided = &entry.run.decided;
                let scope = (
                    decided.vendor.clone(),
                    decided.account.clone(),
                    decided.operation,
                );
                let changed = before
                    .insert(scope.clone(), entry.payload_hash)
                    .map(|hash| hash != entry.payload_hash);
                let payload = SentPayload::of(&ledger, &entry)?;
                let changes = payload.against(entry.payload_hash, sent.get(&scope));
                if payload != SentPayload::NotSent {
                    sent.insert(scope, (entry.payload_hash, payload.clone()));
                }
                let run = RunName {
                    book,
                    id: entry.run.id,
                };
                let job = entry.job.as_ref().filter(|job| !job.job.finished);
                let stale = match job {
                    Some(job) => {
                        let watched = self.is_watched(book, &ledger, job)?;
                        stale(job, watched, jiff::Timestamp::now())
                    }
                    None => None,
                };
                found.push(HistoryReport {
                    run,
                    entry,
                    changed,
                    payload,
                    changes,
                    stale,
                });
            }
        }
        found.sort_by_key(|report| report.entry.run.started_at);
        Ok(found)
    }

    /// The first orders of a run with that outcome, at most so many, and why.
    pub fn reasons(
        &self,
        name: RunName,
        outcome: Outcome,
        most: usize,
    ) -> Result<Vec<(String, Option<String>)>, WorkspaceError> {
        let rows = self.looked_into(name.book)?.outcomes(name.id, &[outcome])?;
        let rows = rows.into_iter().take(most);
        Ok(rows.map(|row| (row.key, row.update.reason)).collect())
    }

    /// Every order of a run with what became of it, by its ordinal; those of `outcomes` only unless it is
    /// empty.
    pub fn order_reports(
        &self,
        name: RunName,
        outcomes: &[Outcome],
    ) -> Result<Vec<OrderReport>, WorkspaceError> {
        let ledger = self.looked_into(name.book)?;
        let mut updates: HashMap<u32, OutcomeUpdate> = ledger
            .outcomes(name.id, &[])?
            .into_iter()
            .map(|OutcomeRow { update, .. }| (update.ordinal, update))
            .collect();
        let manifest = ledger.manifest(name.id)?;
        if updates.len() < manifest.len() {
            for exchange in open_exchanges(&ledger, name.id)? {
                for ordinal in exchange.intent.orders {
                    updates.entry(ordinal).or_insert_with(|| OutcomeUpdate {
                        exchange: Some(exchange.id),
                        ..OutcomeUpdate::new(ordinal, Outcome::Sending)
                    });
                }
            }
        }
        Ok(manifest
            .into_iter()
            .zip(0_u32..)
            .map(|(entry, ordinal)| OrderReport {
                entry,
                update: updates
                    .remove(&ordinal)
                    .unwrap_or_else(|| OutcomeUpdate::new(ordinal, Outcome::Pending)),
            })
            .filter(|order| outcomes.is_empty() || outcomes.contains(&order.update.outcome))
            .collect())
    }
}

pub(super) fn reported(book: Book, exchange: Exchange) -> ExchangeReport {
    let run = RunName {
        book,
        id: exchange.run,
    };
    ExchangeReport { run, exchange }
}

/// The exchanges of a run that are under way, with the orders in them.
fn open_exchanges(ledger: &dyn Ledger, run: RunId) -> Result<Vec<Exchange>, WorkspaceError> {
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = ledger.exchanges(Some(run), before, 500)?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        before = Some(last.id);
        for exchange in page {
            if exchange.state == ExchangeState::Sending && exchange.order_count > 0 {
                found.push(ledger.exchange(exchange.id)?);
            }
        }
    }
}

pub(super) fn books(only: Option<Book>) -> impl Iterator<Item = Book> {
    Book::ALL
        .into_iter()
        .filter(move |book| only.is_none_or(|only| only == *book))
}
