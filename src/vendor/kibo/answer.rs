//! Answers: what Kibo says about an order, by status and by the code in the body.

use std::time::Duration;

use serde_json::Value;

use crate::finding::{Finding, Rule, Severity, Target};
use crate::order::outcome::Outcome;
use crate::vendor::{Answer, OrderVerdict, Verdict, refusal};

/// What an answer to an import says; it holds for the batch's one order.
pub fn read(orders: usize, answer: &Answer) -> Verdict {
    let body = answer.json();
    match answer.status {
        200..=299 => read_success(orders, answer, body.as_ref()),
        400 | 404 => reject(orders, reason(answer, body.as_ref())),
        401 | 403 => Verdict::RenewToken {
            reason: reason(answer, body.as_ref()),
        },
        413 => Verdict::Halve {
            reason: reason(answer, body.as_ref()),
        },
        429 | 503 => Verdict::Wait {
            at_least: seconds(answer),
            reason: reason(answer, body.as_ref()),
        },
        _ => Verdict::InDoubt {
            reason: reason(answer, body.as_ref()),
        },
    }
}

/// Under a status of success a code in the body decides, if there is one.
fn read_success(orders: usize, answer: &Answer, body: Option<&Value>) -> Verdict {
    let code = body.and_then(code);
    match code {
        Some(5001) => Verdict::Wait {
            at_least: seconds(answer),
            reason: reason(answer, body),
        },
        Some(5002 | 5003 | 5010..=5017) => reject(orders, reason(answer, body)),
        Some(5004) => Verdict::RenewToken {
            reason: reason(answer, body),
        },
        Some(5000) => accept(orders, body),
        None if answer.body.iter().all(u8::is_ascii_whitespace) => accept(orders, None),
        None if body.is_some_and(|body| !speaks_of_errors(body)) => accept(orders, body),
        // A code that nobody knows, no JSON, JSON cut short, or errors without a code.
        _ => Verdict::InDoubt {
            reason: reason(answer, body),
        },
    }
}

fn accept(orders: usize, body: Option<&Value>) -> Verdict {
    let verdict = OrderVerdict {
        outcome: Outcome::Accepted,
        reason: None,
        vendor_id: body.and_then(order_id),
    };
    Verdict::all(orders, &verdict)
}

fn reject(orders: usize, reason: String) -> Verdict {
    Verdict::all(orders, &OrderVerdict::because(Outcome::Rejected, reason))
}

/// `code`, as a number or as text. A code that is neither counts as one that nobody knows. Where the body has
/// none, one of the documented hundred in what it holds: where it stands is not documented.
fn code(body: &Value) -> Option<u64> {
    match body.get("code") {
        None | Some(Value::Null) => code_within(body),
        Some(code) => Some(number(code).unwrap_or(0)),
    }
}

fn code_within(body: &Value) -> Option<u64> {
    let known = |value: &Value| {
        let code = number(value.get("code")?)?;
        (5000..5100).contains(&code).then_some(code)
    };
    let within = |value: &Value| known(value).or_else(|| code_within(value));
    match body {
        Value::Object(members) => members.values().find_map(within),
        Value::Array(elements) => elements.iter().find_map(within),
        _ => None,
    }
}

fn number(code: &Value) -> Option<u64> {
    match code {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Whether it says that something went wrong, or nothing that a program could read as going well.
fn speaks_of_errors(body: &Value) -> bool {
    let says_no = |name: &str| match body.get(name) {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::Array(list)) => !list.is_empty(),
        Some(Value::Object(members)) => !members.is_empty(),
        Some(Value::String(text)) => !text.is_empty(),
        Some(_) => true,
    };
    let word = body.get("status").and_then(Value::as_str);
    let is_bad = |word: &str| {
        let word = word.to_ascii_lowercase();
        word.starts_with("err") || word.starts_with("fail")
    };
    matches!(body, Value::String(_) | Value::Bool(false))
        || body.get("success") == Some(&Value::Bool(false))
        || word.is_some_and(is_bad)
        || says_no("error")
        || says_no("errors")
}

/// `orderID`, wherever the body has it: its form is not documented.
fn order_id(body: &Value) -> Option<String> {
    match body {
        Value::Object(members) => match members.get("orderID") {
            Some(Value::Number(number)) => Some(number.to_string()),
            Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
            _ => members.values().find_map(order_id),
        },
        Value::Array(elements) => elements.iter().find_map(order_id),
        _ => None,
    }
}

/// Status, code and the vendor's words.
pub(super) fn reason(answer: &Answer, body: Option<&Value>) -> String {
    let mut words = format!("HTTP {}", answer.status);
    if let Some(code) = body.and_then(code) {
        let meaning = match code {
            5000 => ", OK",
            5001 => ", unavailable",
            5002 => ", not found",
            5003 => ", bad request",
            5004 => ", not authorised",
            5010..=5017 => ", request data",
            _ => "",
        };
        words = format!("{words}, code {code}{meaning}");
    }
    let message = body.and_then(|body| {
        ["message", "error_description", "error"]
            .into_iter()
            .find_map(|name| body.get(name)?.as_str())
            .map(visible)
    });
    let said = message.clone().unwrap_or_else(|| answer.beginning());
    if !said.is_empty() {
        words.push_str(": ");
        words.push_str(&said);
    }
    let fields = body.map(named_errors).unwrap_or_default();
    if message.is_some() && !fields.is_empty() {
        words.push_str(": ");
        words.push_str(&fields);
    }
    words
}

/// How many of the errors that an answer lists are told.
const ERRORS: usize = 8;

/// `errors[]` in words: `orderItems[0].sku: is required; locale: …`. Its form is not documented: texts, or objects
/// that name a field and say something of it.
fn named_errors(body: &Value) -> String {
    let Some(list) = body.get("errors").and_then(Value::as_array) else {
        return String::new();
    };
    let mut told: Vec<String> = list.iter().take(ERRORS).filter_map(error_words).collect();
    let more = list.len().saturating_sub(ERRORS);
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    told.join("; ")
}

fn error_words(error: &Value) -> Option<String> {
    let text = |names: &[&str]| {
        let found = names.iter().find_map(|name| error.get(name)?.as_str());
        found.map(visible).filter(|text| !text.is_empty())
    };
    let field = text(&["field", "path", "property", "name"]);
    let said = match error {
        Value::String(said) => Some(visible(said)),
        _ => text(&["message", "description", "reason", "error"]),
    };
    match (field, said) {
        (Some(field), Some(said)) => {
            let rest = said.strip_prefix(&field).unwrap_or(&said).trim_start();
            let rest = rest.trim_start_matches(':').trim_start();
            Some(format!("{field}: {rest}"))
        }
        (field, said) => field.or(said),
    }
}

/// A text of the vendor's, bounded and without control characters.
fn visible(text: &str) -> String {
    Answer {
        body: text.as_bytes().to_vec(),
        ..Answer::default()
    }
    .beginning()
}

/// The fields that a refusal names, each with what is said of it.
pub(super) fn refused_fields(reason: &str) -> Vec<Finding> {
    reason
        .split("; ")
        .flat_map(refusal::places)
        .map(|(pointer, said)| Finding::new(&SAID, Target::Pointer(pointer.into()), said))
        .collect()
}

/// `Retry-After` in seconds; a date is read by the sender.
pub(super) fn seconds(answer: &Answer) -> Option<Duration> {
    let seconds = answer.retry_after()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// What Kibo said of a field when it refused the order. Not checked beforehand, so it has no number.
static SAID: Rule = Rule {
    id: "KIB",
    severity: Severity::Error,
    title: "Kibo said",
    why: "Kibo refused this order as it is now, and named this field.",
    remedy: "Edit the field and send the order again; this goes when the payload is another one, or is taken.",
};
