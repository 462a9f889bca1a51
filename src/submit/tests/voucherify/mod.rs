//! Voucherify's answers, jobs, doubts and budgets, over real HTTP: what the ledger says afterwards, and how
//! often anything was sent or asked.

mod answers;
mod budget;
mod jobs;
mod settling;

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::chaos::{end_of, resume, rows, stop};
use super::server::{Chaos, Reply, Seen};
use super::*;
use crate::ledger::RunId;
use crate::submit::RunEvent;

const IMPORT: &str = "POST /v1/orders/import";
const LIST: &str = "GET /v1/async-actions?limit=100";
const MISSING: &str = r#"{"code":404,"key":"not_found","message":"Resource not found"}"#;

/// A run that came to an end.
struct Ended {
    bench: Bench,
    chaos: Chaos,
    target: Target,
    id: RunId,
    state: RunState,
    reason: Option<String>,
    events: Vec<RunEvent>,
}

/// The account at the server, without a pace of our own.
fn account(chaos: &Chaos, bench: &Bench, settings: &[(&str, Value)]) -> Target {
    let mut target = chaos.target(bench, "voucherify");
    let own = &mut target.account.settings;
    own.insert("requests_per_minute".into(), 0.into());
    for (name, value) in settings {
        own.insert((*name).to_owned(), value.clone());
    }
    target
}

/// Imports so many orders, from #1001 on, to a server that answers so.
async fn import(
    orders: usize,
    settings: &[(&str, Value)],
    script: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static,
) -> Ended {
    let bench = Bench::new(orders).await;
    let chaos = Chaos::reading(script).await;
    let target = account(&chaos, &bench, settings);
    let mut started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    std::mem::swap(&mut started.events, &mut told);
    drop(tell);
    let (state, reason) = end_of(started).await;
    let mut events = Vec::new();
    while let Ok(event) = told.try_recv() {
        events.push(event);
    }
    Ended {
        bench,
        chaos,
        target,
        id,
        state,
        reason,
        events,
    }
}

impl Ended {
    /// Outcome and reason of every order.
    fn orders(&self) -> Vec<(Outcome, String)> {
        orders(&self.bench, self.id)
    }

    fn outcomes(&self) -> Vec<Outcome> {
        self.orders()
            .into_iter()
            .map(|(outcome, _)| outcome)
            .collect()
    }

    /// All of them with that outcome, and a reason that says that.
    #[track_caller]
    fn all(&self, outcome: Outcome, reason: &str) {
        for (found, said) in self.orders() {
            assert_eq!(found, outcome, "{said}");
            assert!(said.contains(reason), "{said}");
        }
    }

    /// How often orders were sent, and how often anything was asked.
    fn counts(&self) -> (usize, usize) {
        (self.chaos.count(IMPORT), self.chaos.count("GET "))
    }

    fn copies(&self, key: &str) -> usize {
        self.chaos.copies(IMPORT, key)
    }

    fn reason(&self) -> &str {
        self.reason.as_deref().unwrap_or_default()
    }

    /// The longest wait for each reason that was told.
    fn waits(&self) -> Vec<(String, Duration)> {
        waits(&self.events)
    }
}

fn waits(events: &[RunEvent]) -> Vec<(String, Duration)> {
    let waits = events.iter().filter_map(|event| match event {
        RunEvent::Waiting { reason, left } => Some((reason.clone(), left.unwrap_or_default())),
        _ => None,
    });
    waits.collect()
}

fn orders(bench: &Bench, run: RunId) -> Vec<(Outcome, String)> {
    let pending = (Outcome::Pending, String::new());
    let mut orders = vec![pending; bench.summary(run).run.orders as usize];
    for row in rows(bench, run) {
        let reason = row.update.reason.unwrap_or_default();
        orders[row.update.ordinal as usize] = (row.update.outcome, reason);
    }
    orders
}

/// An import was queued as that job.
fn queued(job: &str) -> Reply {
    Reply::ok(&json!({ "async_action_id": job }).to_string())
}

/// A job that is done, with that result.
fn done(result: &Value) -> Reply {
    Reply::ok(&json!({ "id": "job", "status": "DONE", "result": result }).to_string())
}

/// A job that took every order.
fn all_done(orders: usize) -> Reply {
    done(&json!({ "done_count": orders, "failed_count": 0, "failed": [] }))
}

/// How many orders a request carries.
fn carried(seen: &Seen) -> usize {
    serde_json::from_str::<Vec<Value>>(&seen.body)
        .unwrap()
        .len()
}

/// A job as the list shows it: an import that was made just now.
fn listed(jobs: &[&str]) -> Reply {
    let now = jiff::Timestamp::now().to_string();
    let jobs: Vec<Value> = jobs
        .iter()
        .map(|id| json!({ "id": id, "type": "ORDERS.IMPORT", "created_at": now }))
        .collect();
    let list = json!({ "object": "list", "async_actions": jobs, "has_more": false });
    dated(200, "", &list.to_string())
}

/// An answer with the time of the server.
fn dated(status: u16, headers: &str, body: &str) -> Reply {
    let date = httpdate::fmt_http_date(SystemTime::now());
    Reply::Answer(
        status,
        format!("date: {date}\r\n{headers}"),
        body.to_owned(),
    )
}

/// Seconds since 1970, so many from now.
fn epoch(from_now: u64) -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.unwrap().as_secs() + from_now
}

/// What the vendor has of an order.
fn there(amount: u64) -> Reply {
    let order = json!({ "id": "ord_1", "status": "FULFILLED", "amount": amount });
    Reply::ok(&order.to_string())
}
