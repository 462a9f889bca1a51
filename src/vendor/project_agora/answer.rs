//! Reading Project Agora's answer: it echoes the orders, so that each can be matched and compared.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde_json::Value;

use super::{echo, settings};
use crate::order::outcome::Outcome;
use crate::vendor::{Account, Answer, Batch, OrderVerdict, Verdict};

/// The first row that fits decides.
pub fn read(batch: &Batch, answer: &Answer, account: &Account) -> Verdict {
    let count = batch.orders.len();
    match answer.status {
        200 => match answer.json() {
            Some(body) => read_echo(batch, &body, answer),
            None => Verdict::InDoubt {
                reason: told(answer),
            },
        },
        // The whole request was refused, and one order may be to blame among many.
        400 if count > 1 && settings::narrows_down(account) => Verdict::Halve {
            reason: rejection(answer),
        },
        400 => {
            let mut reason = rejection(answer);
            if count > 1 {
                reason = format!("the whole batch of {count} was refused: {reason}");
            }
            Verdict::all(count, &OrderVerdict::because(Outcome::Rejected, reason))
        }
        401 | 403 => Verdict::Pause {
            reason: format!("api_key was refused: {}", told(answer)),
        },
        404 => Verdict::Pause {
            reason: format!(
                "the address has no /v1/orders, look at base_url: {}",
                told(answer)
            ),
        },
        413 => Verdict::Halve {
            reason: told(answer),
        },
        429 | 503 => Verdict::Wait {
            at_least: answer
                .retry_after()
                .and_then(|seconds| seconds.trim().parse().ok())
                .map(Duration::from_secs),
            reason: format!("Project Agora asks to wait: {}", told(answer)),
        },
        _ => Verdict::InDoubt {
            reason: told(answer),
        },
    }
}

/// The payload of each order as it was sent; null where it isn't known any more.
fn payloads(batch: &Batch) -> Vec<Value> {
    batch
        .orders
        .iter()
        .map(|order| serde_json::from_slice(&order.payload).unwrap_or(Value::Null))
        .collect()
}

/// By id where one was sent, else by position. What isn't there is in doubt; so is every order without an id
/// when the counts differ, because positions mean nothing then.
fn read_echo(batch: &Batch, body: &Value, answer: &Answer) -> Verdict {
    let Some(echoed) = body.get("orders").and_then(Value::as_array) else {
        return Verdict::InDoubt {
            reason: told(answer),
        };
    };
    let sent = payloads(batch);
    let counts = (echoed.len() != sent.len()).then(|| {
        format!(
            "{} orders were sent, {} came back",
            sent.len(),
            echoed.len()
        )
    });
    let mut by_id: HashMap<&str, &Value> = HashMap::new();
    for order in echoed {
        if let Some(id) = echo::id(order) {
            by_id.entry(id).or_insert(order);
        }
    }
    let sent_ids: HashSet<&str> = sent.iter().filter_map(echo::id).collect();
    let is_another_s = |order: &&Value| echo::id(order).is_some_and(|id| sent_ids.contains(id));
    let verdicts = sent.iter().enumerate().map(|(position, payload)| {
        let found = match echo::id(payload) {
            Some(id) => by_id.get(id).copied(),
            None if counts.is_none() => echoed.get(position).filter(|it| !is_another_s(it)),
            None => None,
        };
        match found {
            Some(order) if order.is_object() => echo::imported(payload, order),
            _ => {
                let missing = "the answer does not hold this order";
                let reason = counts.as_ref().map_or_else(
                    || missing.to_owned(),
                    |counts| format!("{missing}: {counts}"),
                );
                OrderVerdict::because(Outcome::InDoubt, reason)
            }
        }
    });
    Verdict::Orders(verdicts.collect())
}

/// `{"message", "additionalInfo":[{"code","message"}]}`, else the beginning of the body.
fn rejection(answer: &Answer) -> String {
    let Some(body) = answer.json() else {
        return told(answer);
    };
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(visible);
    let mut parts: Vec<String> = text(&body, "message").into_iter().collect();
    let infos = body.get("additionalInfo").and_then(Value::as_array);
    for info in infos.into_iter().flatten() {
        match (text(info, "code"), text(info, "message")) {
            (Some(code), Some(message)) => parts.push(format!("{code}: {message}")),
            (one, other) => parts.extend(one.or(other)),
        }
    }
    if parts.is_empty() {
        return told(answer);
    }
    parts.join("; ").chars().take(600).collect()
}

/// Code and beginning of the body.
pub fn told(answer: &Answer) -> String {
    format!("{} {}", answer.status, visible(&answer.beginning()))
        .trim_end()
        .to_owned()
}

/// A vendor's text, bounded, without what could steer a terminal.
fn visible(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(200)
        .collect()
}
