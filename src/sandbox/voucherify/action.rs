//! Voucherify's asynchronous actions: how far a job is, and how that is told.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::call::{Answer, Call};
use super::super::check::Problem;
use super::super::faults::{JobFault, Told};
use super::super::shelf::{Job, Shelf};
use super::invalid;
use super::order::timestamp;

/// What each order adds to the time of its job, and how much they add at most.
const MICROSECONDS_AN_ORDER: u64 = 250;
const MOST_ADDED_MS: u64 = 1000;

/// How long a job of so many orders takes, in milliseconds.
pub(super) fn duration_ms(basis: Duration, orders: usize) -> i64 {
    let added = (orders as u64).saturating_mul(MICROSECONDS_AN_ORDER) / 1000;
    let whole = basis.as_millis() + u128::from(added.min(MOST_ADDED_MS));
    i64::try_from(whole).unwrap_or(i64::MAX)
}

/// The whole action.
pub(super) fn present(job: &Job, now_ms: i64) -> Value {
    let mut action = present_short(job, now_ms);
    if has_ended(job, now_ms) {
        let failed = job.failed.len();
        let done = job.count - failed;
        let message = if failed == 0 {
            format!("{done} order(s) imported successfully.")
        } else {
            format!("{done} order(s) imported successfully, {failed} failed.")
        };
        action["result"] = json!({
            "message": message, "done_count": done, "failed_count": failed,
            "failed": failures(job),
        });
        action["processing_time"] = job.runs_ms.into();
    }
    action
}

/// The orders that failed: an array in the vendor's examples, one object in its schema, and the
/// ids may be null.
fn failures(job: &Job) -> Value {
    let told = match job.fault {
        Some(JobFault::Partial { told, .. }) => told,
        _ => Told::Named,
    };
    let mut entries = job.failed.iter().map(|(source_id, reason)| {
        let source_id = source_id.as_ref().filter(|_| told != Told::Unnamed);
        json!({"source_id": source_id, "reason": reason})
    });
    match told {
        Told::Object => entries.next().unwrap_or_else(|| json!({})),
        Told::Named | Told::Unnamed => entries.collect(),
    }
}

fn has_ended(job: &Job, now_ms: i64) -> bool {
    job.ends_ms() <= now_ms && job.fault != Some(JobFault::Stuck)
}

/// The action as the list shows it.
fn present_short(job: &Job, now_ms: i64) -> Value {
    let ran_ms = now_ms.saturating_sub(job.starts_ms);
    let (status, progress, updated_ms) = if has_ended(job, now_ms) {
        let status = match job.fault {
            Some(JobFault::Fails) => "FAILED",
            _ => "DONE",
        };
        (status, 100, job.ends_ms())
    } else if ran_ms < 0 {
        ("ENQUEUED", 0, job.created_ms)
    } else {
        let percent = ran_ms.saturating_mul(100) / job.runs_ms.max(1);
        ("IN_PROGRESS", percent.min(99), now_ms)
    };
    json!({
        "id": job.id, "type": "ORDERS.IMPORT", "status": status,
        "created_at": timestamp(job.created_ms), "updated_at": timestamp(updated_ms),
        "request_id": job.request_id, "progress": progress, "object": "async_action",
    })
}

/// `GET /v1/async-actions`: the newest first, `limit` of them (10, at most 100), scheduled
/// before `end_date`.
pub(super) fn list(call: &Call, shelf: &Shelf) -> Answer {
    let mut limit = 10;
    let mut before_ms = i64::MAX;
    for (name, value) in &call.query {
        match name.as_str() {
            "limit" => match value.parse() {
                Ok(number) if (1..=100).contains(&number) => limit = number,
                _ => {
                    return invalid(&Problem {
                        path: ".limit".to_owned(),
                        what: "must be an integer from 1 to 100".to_owned(),
                    });
                }
            },
            "end_date" => match instant_ms(value) {
                Some(instant) => before_ms = instant,
                None => {
                    return invalid(&Problem {
                        path: ".end_date".to_owned(),
                        what: "must be an ISO 8601 date or date and time".to_owned(),
                    });
                }
            },
            _ => {}
        }
    }
    let mut wanted = shelf
        .jobs
        .iter()
        .rev()
        .filter(|job| job.created_ms < before_ms && !job.vanished());
    let actions: Vec<Value> = wanted
        .by_ref()
        .take(limit)
        .map(|job| present_short(job, call.now_ms))
        .collect();
    let more = wanted.next().is_some();
    Answer::json(
        200,
        json!({
            "object": "list", "data_ref": "async_actions", "async_actions": actions,
            "has_more": more,
        }),
    )
}

/// `2016-11-16T14:14:31Z` or `2016-11-16`, in milliseconds since the Unix epoch.
fn instant_ms(text: &str) -> Option<i64> {
    let whole = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    whole
        .parse::<Timestamp>()
        .ok()
        .map(Timestamp::as_millisecond)
}
