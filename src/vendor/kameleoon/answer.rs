//! Reading Kameleoon's answer. It queues orders and validates them later, so the best that can be said is
//! *accepted*; bad orders are reported by e-mail only.

use std::time::Duration;

use serde_json::Value;

use crate::order::outcome::Outcome;
use crate::vendor::{Answer, Batch, OrderVerdict, Verdict};

/// What an answer of success means, in words for the screen.
pub const ACCEPTED: &str =
    "accepted, not validated: Kameleoon validates later and reports bad orders only by e-mail";

/// The first row that fits decides.
pub fn read(batch: &Batch, answer: &Answer) -> Verdict {
    let count = batch.orders.len();
    let body = answer.json();
    let message = body.as_ref().and_then(message_of);
    if let Some(reason) = refused_credential(answer, message) {
        return Verdict::Pause { reason };
    }
    let rejected =
        |reason: &str| Verdict::all(count, &OrderVerdict::because(Outcome::Rejected, reason));
    let status = body.as_ref().and_then(|body| body.get("status")?.as_str());
    if answer.is_success() && (status == Some("success") || is_ok(&answer.body)) {
        return Verdict::all(count, &OrderVerdict::because(Outcome::Accepted, ACCEPTED));
    }
    if let (Some("error"), Some(message)) = (status, message) {
        return rejected(&visible(message));
    }
    match answer.status {
        400 | 404 | 405 | 406 => rejected(&told(answer)),
        413 => Verdict::Halve {
            reason: told(answer),
        },
        429 => Verdict::Wait {
            at_least: answer
                .retry_after()
                .and_then(|seconds| seconds.trim().parse().ok())
                .map(Duration::from_secs),
            reason: "Kameleoon asks for fewer requests (429)".to_owned(),
        },
        500..=599 => Verdict::Resend {
            reason: told(answer),
        },
        _ => Verdict::InDoubt {
            reason: told(answer),
        },
    }
}

/// `{"status":"error","payload":{"message"}}`, or a message beside the status.
fn message_of(body: &Value) -> Option<&str> {
    body.pointer("/payload/message")
        .or_else(|| body.get("message"))?
        .as_str()
}

/// Which credential was refused, if one was: by the code, or by a message about shop or secret, whatever the code.
fn refused_credential(answer: &Answer, message: Option<&str>) -> Option<String> {
    let text = match message {
        Some(message) => visible(message),
        None if answer.is_success() => String::new(),
        None => plain_text(answer).unwrap_or_default(),
    };
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .map(str::to_ascii_lowercase)
        .collect();
    let says = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    let credential = if says(&["secret", "shop_secret"]) {
        "shop_secret was refused"
    } else if says(&["shop", "shop_id"]) {
        "shop_id was refused"
    } else if matches!(answer.status, 401 | 403) {
        "shop_id or shop_secret was refused"
    } else {
        return None;
    };
    let said = if text.is_empty() { told(answer) } else { text };
    Some(format!("{credential}: {said}"))
}

/// A short answer that is neither JSON nor a web page: a proxy's page may well speak of shops.
fn plain_text(answer: &Answer) -> Option<String> {
    let short = answer.body.len() <= 200 && !answer.body.trim_ascii().starts_with(b"<");
    (short && answer.json().is_none()).then(|| answer.beginning())
}

fn is_ok(body: &[u8]) -> bool {
    matches!(body.trim_ascii(), b"OK" | b"\"OK\"")
}

/// Code and beginning of the body.
fn told(answer: &Answer) -> String {
    format!("{} {}", answer.status, visible(&answer.beginning()))
        .trim_end()
        .to_owned()
}

/// A vendor's text, bounded, without what could steer a terminal.
fn visible(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(400)
        .collect()
}
