//! What the ledgers say of runs, exchanges, jobs and orders, and the same as JSON. The shapes are documented in
//! the manual and stable: members may be added, never renamed or removed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::payloads::{Changes, SentPayload};
use super::stale::Stale;
use crate::ledger::{
    Exchange, HistoryEntry, JobRow, ManifestEntry, OutcomeUpdate, Run, RunName, RunState,
    RunSummary, Since,
};
use crate::order::outcome::Outcome;

/// How a run stands.
#[derive(Debug, Clone, PartialEq)]
pub struct RunReport {
    /// What people call it.
    pub name: RunName,
    /// The run with its counts.
    pub summary: RunSummary,
    /// What later runs made of its rejected and doubtful orders; only asked for where one run is looked at.
    pub since: Vec<Since>,
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
    /// Why it wants to be looked at, if it does.
    pub stale: Option<Stale>,
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
    /// The payload that was sent last in the run.
    pub payload: SentPayload,
    /// What is other in it than in the last one that the account was sent by the same operation.
    pub changes: Changes,
    /// Why its job wants to be looked at, if it does.
    pub stale: Option<Stale>,
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

    /// What later runs made of its rejected and doubtful orders, in words.
    pub fn since_words(&self) -> Vec<String> {
        let words = |since: &Since| {
            let (was, now) = (since.was, since.now);
            let run = RunName {
                id: since.run,
                ..self.name
            };
            let what = match (was, now) {
                (Outcome::InDoubt, now) if now.is_taken() => "settled since by",
                _ => "sent again by",
            };
            format!("{} {was}, {what} run {run}: {now} there", since.orders)
        };
        self.since.iter().map(words).collect()
    }

    /// How many orders have come to their end in this run.
    pub fn settled(&self) -> u64 {
        let counts = self.summary.outcomes.iter();
        counts
            .filter(|(outcome, _)| outcome.is_final())
            .map(|(_, count)| count)
            .sum()
    }

    /// What it waits for, and how long from `now` on; nothing once that is over, or if it isn't running.
    pub fn wait(&self, now: Timestamp) -> Option<(&str, Duration)> {
        let run = &self.summary.run;
        let wait = run.wait.as_ref()?;
        let left = Duration::try_from(wait.until.duration_since(now)).ok()?;
        (run.state == RunState::Running && !left.is_zero()).then_some((&*wait.reason, left))
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
            "wait": run.wait.as_ref().filter(|_| run.state == RunState::Running).map(|wait| {
                json!({ "reason": wait.reason, "until": wait.until.to_string() })
            }),
            "account": decided.account,
            "environment": decided.environment,
            "source": decided.frozen.source,
            "choices": choices["choices"],
            "since": self.since.iter().map(|since| json!({
                "outcome": since.was.name(),
                "run": RunName { id: since.run, ..self.name }.to_string(),
                "now": since.now.name(),
                "orders": since.orders,
            })).collect::<Vec<_>>(),
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

impl HistoryReport {
    /// The reason that the operator gave for the run.
    pub fn because(&self) -> Option<String> {
        reason_given(&self.entry.run)
    }
}

/// The reason that the operator gave for a run.
pub fn reason_given(run: &Run) -> Option<String> {
    let choices: Value = serde_json::from_str(&run.decided.frozen.choices).ok()?;
    let reason = choices.pointer("/choices/reason")?.as_str()?;
    Some(reason.to_owned()).filter(|reason| !reason.is_empty())
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
        "bodies_removed_at": exchange.compacted_at.map(|at| at.to_string()),
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
        "moved_at": row.moved_at.map(|at| at.to_string()),
        "stale": report.stale.map(Stale::name),
    })
}

/// One line of `history`.
pub fn history_json(report: &HistoryReport) -> Value {
    let HistoryReport {
        run,
        entry,
        changed,
        payload,
        changes,
        stale,
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
            stale: *stale,
        })
    });
    let mut line = json!({
        "order": entry.outcome.key,
        "run": run.to_string(),
        "vendor": decided.vendor,
        "profile": decided.profile,
        "account": decided.account,
        "operation": decided.operation.name(),
        "because": report.because(),
        "at": entry.outcome.at.to_string(),
    });
    add(&mut line, outcome_json(&entry.outcome.update));
    add(
        &mut line,
        json!({
            "payload_hash": hexadecimal(&entry.payload_hash),
            "payload_changed": changed,
            "payload": match payload {
                SentPayload::Text(value) => value.clone(),
                SentPayload::NotSent | SentPayload::Removed(_) | SentPayload::Hidden => Value::Null,
            },
            "payload_removed_at": match payload {
                SentPayload::Removed(at) => Some(at.to_string()),
                _ => None,
            },
            "changes": changes_json(changes),
            "exchanges": exchanges,
            "job": job,
            "rulings": entry.rulings.iter().map(|row| json!({
                "arrived": row.ruling.arrived,
                "note": row.ruling.note,
                "exchange": row.exchange.map(|exchange| exchange.0),
                "doubt": row.doubt,
                "at": row.at.to_string(),
            })).collect::<Vec<_>>(),
        }),
    );
    line
}

/// The fields that changed since the last sending; null where there was none, or it can't be told.
fn changes_json(changes: &Changes) -> Value {
    let Changes::Fields(fields) = changes else {
        return Value::Null;
    };
    fields
        .iter()
        .map(|field| json!({ "pointer": field.pointer, "was": field.was, "is": field.is }))
        .collect()
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
