//! What the ledgers say, as both fronts show it: runs, exchanges, jobs, histories, and their JSON. The shapes
//! are documented in the manual and stable: members may be added, never renamed or removed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{Workspace, WorkspaceError};
use crate::ledger::{
    AccountLock, Book, Exchange, ExchangeId, ExchangeState, HistoryEntry, JobRow, Ledger,
    ManifestEntry, OutcomeRow, OutcomeUpdate, Run, RunId, RunName, RunState, RunSummary,
};
use crate::order::outcome::Outcome;

/// How a run stands.
#[derive(Debug, Clone, PartialEq)]
pub struct RunReport {
    /// What people call it.
    pub name: RunName,
    /// The run with its counts.
    pub summary: RunSummary,
}

/// An exchange, and which ledger it is in.
#[derive(Debug, Clone, PartialEq)]
pub struct ExchangeReport {
    /// The run that it belongs to.
    pub run: RunName,
    /// The exchange.
    pub exchange: Exchange,
}

/// A job, and which ledger it is in.
#[derive(Debug, Clone, PartialEq)]
pub struct JobReport {
    /// The run that it belongs to.
    pub run: RunName,
    /// The job.
    pub job: JobRow,
}

/// What happened to an order in one run.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryReport {
    /// The run.
    pub run: RunName,
    /// What the ledger knows.
    pub entry: HistoryEntry,
    /// Whether the payload is another one than in the last run at the same account with the same operation.
    pub changed: Option<bool>,
}

/// One order of a run and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderReport {
    /// As decided.
    pub entry: ManifestEntry,
    /// What became of it.
    pub update: OutcomeUpdate,
}

impl RunReport {
    /// The orders that left in a request, and those that the vendor took, with their totals by currency.
    pub fn sent(&self) -> (u64, BTreeMap<&str, Decimal>) {
        self.sum(|outcome| {
            outcome.is_taken()
                || matches!(
                    outcome,
                    Outcome::Sending | Outcome::Rejected | Outcome::InDoubt
                )
        })
    }

    /// The orders that the vendor took, and their totals by currency.
    pub fn taken(&self) -> (u64, BTreeMap<&str, Decimal>) {
        self.sum(Outcome::is_taken)
    }

    fn sum(&self, which: impl Fn(Outcome) -> bool) -> (u64, BTreeMap<&str, Decimal>) {
        let counts = self.summary.outcomes.iter();
        let orders = counts
            .filter(|(outcome, _)| which(*outcome))
            .map(|(_, count)| count)
            .sum();
        let mut totals: BTreeMap<&str, Decimal> = BTreeMap::new();
        for (currency, outcome, total) in &self.summary.totals {
            if which(*outcome) {
                let sum = totals.entry(currency.as_str()).or_default();
                *sum = sum.checked_add(*total).unwrap_or(Decimal::MAX);
            }
        }
        (orders, totals)
    }

    /// How many orders have come to their end in this run.
    pub fn settled(&self) -> u64 {
        let counts = self.summary.outcomes.iter();
        counts
            .filter(|(outcome, _)| outcome.is_final())
            .map(|(_, count)| count)
            .sum()
    }

    /// The status object.
    pub fn json(&self) -> Value {
        let run = &self.summary.run;
        let decided = &run.decided;
        let counts: Map<String, Value> = Outcome::ALL
            .iter()
            .map(|outcome| {
                (
                    outcome.name().to_owned(),
                    self.summary.count(*outcome).into(),
                )
            })
            .collect();
        let choices: Value = serde_json::from_str(&decided.frozen.choices).unwrap_or_default();
        let retried = decided.retry_of.map(|id| RunName { id, ..self.name });
        json!({
            "run": self.name.to_string(),
            "vendor": decided.vendor,
            "profile": decided.profile,
            "operation": decided.operation.name(),
            "state": run.state.name(),
            "orders": run.orders,
            "outcomes": counts,
            "exchanges": self.summary.exchanges,
            "jobs": self.summary.jobs,
            "reason": run.reason,
            "account": decided.account,
            "environment": decided.environment,
            "source": decided.frozen.source,
            "choices": choices["choices"],
            "retry_of": retried.map(|name| name.to_string()),
            "sent": sums(&self.sent().1),
            "taken": sums(&self.taken().1),
            "started_at": run.started_at.to_string(),
            "changed_at": run.changed_at.to_string(),
        })
    }
}

/// Sums by currency with the digits they have.
fn sums(totals: &BTreeMap<&str, Decimal>) -> Value {
    let sums: Map<String, Value> = totals
        .iter()
        .map(|(currency, total)| ((*currency).to_owned(), total.to_string().into()))
        .collect();
    Value::Object(sums)
}

/// One line of `tail`.
pub fn exchange_json(report: &ExchangeReport) -> Value {
    let exchange = &report.exchange;
    let outcomes: Map<String, Value> = exchange
        .outcomes
        .iter()
        .map(|(outcome, count)| (outcome.name().to_owned(), (*count).into()))
        .collect();
    json!({
        "exchange": exchange.id.0,
        "run": report.run.to_string(),
        "at": exchange.sent_at.to_string(),
        "vendor": exchange.vendor,
        "profile": exchange.profile,
        "purpose": exchange.intent.purpose,
        "method": exchange.intent.method,
        "url": exchange.intent.url,
        "state": exchange.state.name(),
        "status": exchange.status,
        "latency_ms": exchange.latency_ms,
        "request_bytes": exchange.sizes.0,
        "response_bytes": exchange.sizes.1,
        "orders": exchange.order_count,
        "outcomes": outcomes,
        "reason": exchange.reason,
        "job": exchange.job,
    })
}

/// One line of `jobs`.
pub fn job_json(report: &JobReport) -> Value {
    let row = &report.job;
    json!({
        "job": row.job.id,
        "run": report.run.to_string(),
        "exchange": row.exchange.0,
        "vendor": row.vendor,
        "profile": row.profile,
        "status": row.job.status,
        "finished": row.job.finished,
        "progress": row.job.progress,
        "orders": row.orders,
        "done": row.job.done,
        "failed": row.job.failed,
        "message": row.job.message,
        "started_at": row.started_at.to_string(),
        "polled_at": row.polled_at.map(|at| at.to_string()),
        "next_poll": row.job.next_poll.map(|at| at.to_string()),
        "polls": row.polls,
    })
}

/// One line of `history`.
pub fn history_json(report: &HistoryReport) -> Value {
    let HistoryReport {
        run,
        entry,
        changed,
    } = report;
    let decided = &entry.run.decided;
    let exchanges: Vec<Value> = entry
        .exchanges
        .iter()
        .map(|exchange| {
            exchange_json(&ExchangeReport {
                run: *run,
                exchange: exchange.clone(),
            })
        })
        .collect();
    let job = entry.job.as_ref().map(|job| {
        job_json(&JobReport {
            run: *run,
            job: job.clone(),
        })
    });
    let mut line = json!({
        "order": entry.outcome.key,
        "run": run.to_string(),
        "vendor": decided.vendor,
        "profile": decided.profile,
        "account": decided.account,
        "operation": decided.operation.name(),
        "at": entry.outcome.at.to_string(),
    });
    add(&mut line, outcome_json(&entry.outcome.update));
    add(
        &mut line,
        json!({
            "payload_hash": hexadecimal(&entry.payload_hash),
            "payload_changed": changed,
            "exchanges": exchanges,
            "job": job,
        }),
    );
    line
}

/// What became of an order, as members of a larger object.
pub fn outcome_json(update: &OutcomeUpdate) -> Value {
    json!({
        "outcome": update.outcome.name(),
        "reason": update.reason,
        "rule": update.rule,
        "vendor_id": update.vendor_id,
        "exchange": update.exchange.map(|exchange| exchange.0),
    })
}

pub(super) fn add(to: &mut Value, members: Value) {
    if let (Value::Object(to), Value::Object(members)) = (to, members) {
        to.extend(members);
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to memory can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

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
        let summary = self.ledger(name.book)?.summary(name.id)?;
        Ok(RunReport { name, summary })
    }

    /// All runs of both ledgers or of one, newest first.
    pub fn run_reports(&self, only: Option<Book>) -> Result<Vec<RunReport>, WorkspaceError> {
        let mut reports = Vec::new();
        for book in books(only) {
            let Some(ledger) = self.existing_ledger(book)? else {
                continue;
            };
            for run in ledger.runs()? {
                let name = RunName { book, id: run.id };
                let summary = ledger.summary(run.id)?;
                reports.push(RunReport { name, summary });
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

    /// Whether a process is sending to the run's account now.
    pub fn is_being_sent_to(&self, book: Book, run: &Run) -> bool {
        let directory = match book {
            Book::Work => self.directories().data().to_owned(),
            Book::Sandbox => self.sandbox_dir(),
        };
        AccountLock::is_held(&directory, &run.decided.vendor, &run.decided.account)
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
                found.extend(ledger.jobs(None)?.into_iter().map(|job| JobReport {
                    run: RunName { book, id: job.run },
                    job,
                }));
            }
        }
        found.sort_by_key(|report| Reverse(report.job.started_at));
        Ok(found)
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
            for entry in ledger.history(key)? {
                let decided = &entry.run.decided;
                let scope = (
                    decided.vendor.clone(),
                    decided.account.clone(),
                    decided.operation,
                );
                let changed = before
                    .insert(scope, entry.payload_hash)
                    .map(|hash| hash != entry.payload_hash);
                let run = RunName {
                    book,
                    id: entry.run.id,
                };
                found.push(HistoryReport {
                    run,
                    entry,
                    changed,
                });
            }
        }
        found.sort_by_key(|report| report.entry.run.started_at);
        Ok(found)
    }

    /// Every order of a run with what became of it, by its ordinal; those of `outcomes` only unless it is
    /// empty.
    pub fn order_reports(
        &self,
        name: RunName,
        outcomes: &[Outcome],
    ) -> Result<Vec<OrderReport>, WorkspaceError> {
        let ledger = self.ledger(name.book)?;
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

fn reported(book: Book, exchange: Exchange) -> ExchangeReport {
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

fn books(only: Option<Book>) -> impl Iterator<Item = Book> {
    Book::ALL
        .into_iter()
        .filter(move |book| only.is_none_or(|only| only == *book))
}
