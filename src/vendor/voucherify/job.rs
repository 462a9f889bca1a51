//! What the answer to a question about an import's job says. `DONE` is not success: the counts say how many
//! orders failed, and the list of them may lack their ids.

use std::collections::HashMap;

use serde_json::Value;

use super::answer::{is_plan_used_up, refusal, refused_account, visible, wait, waited_for};
use super::request::source_id;
use crate::order::outcome::Outcome;
use crate::vendor::{Answer, Batch, JobReading, OrderVerdict};

/// Reads it.
pub(super) fn read(batch: &Batch, answer: &Answer) -> JobReading {
    match answer.status {
        200 => answer.json().map_or_else(
            || JobReading::Unusable(format!("200 with no JSON: {}", answer.beginning())),
            |body| job(batch, &body, answer),
        ),
        401..=403 => JobReading::Pause(refused_account(answer)),
        404 => JobReading::Vanished(refusal(answer)),
        429 if is_plan_used_up(answer) => JobReading::Pause(refused_account(answer)),
        429 => JobReading::Wait(wait(answer), waited_for(answer)),
        _ => JobReading::Unusable(refusal(answer)),
    }
}

fn job(batch: &Batch, body: &Value, answer: &Answer) -> JobReading {
    let status = body.get("status").and_then(Value::as_str).unwrap_or("");
    match status {
        "ENQUEUED" | "IN_PROGRESS" => JobReading::Running {
            status: status.to_owned(),
            progress: body
                .get("progress")
                .and_then(Value::as_u64)
                .and_then(|percent| u8::try_from(percent.min(100)).ok()),
        },
        "DONE" | "FAILED" => ended(batch, status, body.get("result").unwrap_or(&Value::Null)),
        _ => JobReading::Unusable(format!("200 with no job: {}", answer.beginning())),
    }
}

/// One order that the job refused.
struct Failure {
    source_id: Option<String>,
    reason: Option<String>,
}

fn ended(batch: &Batch, status: &str, result: &Value) -> JobReading {
    let count = |name: &str| result.get(name).and_then(Value::as_u64);
    let failures = failures(result);
    let done = count("done_count");
    let failed = count("failed_count").or_else(|| {
        // An empty list without a count says nothing.
        (!failures.is_empty()).then_some(failures.len() as u64)
    });
    let message = result
        .get("message")
        .and_then(Value::as_str)
        .filter(|message| !message.is_empty())
        .map(visible);
    let orders = if status == "FAILED" {
        // A job that failed half-way: who got in must be asked.
        (done.unwrap_or(0) == 0).then(|| all_rejected(batch, &failures, message.as_deref()))
    } else {
        verdicts(batch, done, failed, &failures, message.as_deref())
    };
    JobReading::Done {
        status: status.to_owned(),
        done,
        failed,
        message,
        orders,
    }
}

/// An array in the vendor's examples, an object in its schema: one entry, or entries by some key.
fn failures(result: &Value) -> Vec<Failure> {
    let entries: Vec<&Value> = match result.get("failed") {
        Some(Value::Array(entries)) => entries.iter().collect(),
        Some(Value::Object(members)) if members.values().any(Value::is_object) => {
            members.values().filter(|entry| entry.is_object()).collect()
        }
        Some(Value::Object(members)) if members.is_empty() => Vec::new(),
        Some(entry @ Value::Object(_)) => vec![entry],
        _ => Vec::new(),
    };
    let text = |entry: &Value, name: &str| {
        entry
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    entries
        .into_iter()
        .map(|entry| Failure {
            source_id: text(entry, "source_id"),
            reason: text(entry, "reason").map(|reason| visible(&reason)),
        })
        .collect()
}

/// One verdict an order, or none where the counts and the list don't name exactly who failed.
fn verdicts(
    batch: &Batch,
    done: Option<u64>,
    failed: Option<u64>,
    failures: &[Failure],
    message: Option<&str>,
) -> Option<Vec<OrderVerdict>> {
    let orders = batch.orders.len() as u64;
    let failed = failed?;
    if done.is_some_and(|done| done.checked_add(failed) != Some(orders)) {
        return None;
    }
    if failed == orders {
        return Some(all_rejected(batch, failures, message));
    }
    let by_id = by_id(failures);
    let verdicts: Vec<OrderVerdict> = batch
        .orders
        .iter()
        .map(
            |order| match source_id(order).and_then(|id| by_id.get(id.as_str()).copied()) {
                Some(failure) => rejected(failure.reason.as_deref().or(message)),
                None => OrderVerdict::plain(Outcome::Imported),
            },
        )
        .collect();
    let named = verdicts
        .iter()
        .filter(|verdict| verdict.outcome == Outcome::Rejected)
        .count() as u64;
    (named == failed).then_some(verdicts)
}

fn by_id(failures: &[Failure]) -> HashMap<&str, &Failure> {
    failures
        .iter()
        .filter_map(|failure| Some((failure.source_id.as_deref()?, failure)))
        .collect()
}

fn all_rejected(batch: &Batch, failures: &[Failure], message: Option<&str>) -> Vec<OrderVerdict> {
    let by_id = by_id(failures);
    // One reason without a name is the reason of a batch of one.
    let only = match (failures, batch.orders.len()) {
        ([failure], 1) => failure.reason.as_deref(),
        _ => None,
    };
    batch
        .orders
        .iter()
        .map(|order| {
            let named = source_id(order)
                .and_then(|id| by_id.get(id.as_str()).copied())
                .and_then(|failure| failure.reason.as_deref());
            rejected(named.or(only).or(message))
        })
        .collect()
}

fn rejected(reason: Option<&str>) -> OrderVerdict {
    OrderVerdict::because(
        Outcome::Rejected,
        reason.unwrap_or("the import's job failed and gives no reason"),
    )
}
