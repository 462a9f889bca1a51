//! Reading Kameleoon's answer. It queues orders and validates them later, so the best that can be said is
//! *accepted*; bad orders are reported by e-mail only.

use std::time::Duration;

use serde_json::Value;

use super::settings;
use crate::order::outcome::Outcome;
use crate::vendor::{Account, Answer, Batch, OrderVerdict, Verdict};

/// What an answer of success means, in words for the screen.
pub const ACCEPTED: &str =
    "accepted, not validated: Kameleoon validates later and reports bad orders only by e-mail";

/// The first row that fits decides.
pub fn read(batch: &Batch, answer: &Answer, account: &Account) -> Verdict {
    let count = batch.orders.len();
    let body = answer.json();
    let message = body.as_ref().and_then(message_of);
    let status = body.as_ref().and_then(|body| body.get("status")?.as_str());
    if answer.is_success() && (status == Some("success") || is_ok(&answer.body)) {
        return Verdict::all(count, &OrderVerdict::because(Outcome::Accepted, ACCEPTED));
    }
    if let Some(reason) = refused_credential(answer, message) {
        return Verdict::Pause { reason };
    }
    let reason = match message {
        Some(message) => visible(message),
        None => told(answer),
    };
    match answer.status {
        413 => Verdict::Halve { reason },
        429 => Verdict::Wait {
            at_least: answer
                .retry_after()
                .and_then(|seconds| seconds.trim().parse().ok())
                .map(Duration::from_secs),
            reason: "Kameleoon asks for fewer requests (429)".to_owned(),
        },
        // Too busy, or down behind what stands before it: that says nothing of the orders, in whatever shape it
        // comes. To call them rejected would hide them from the next attempt; to send them again is harmless.
        502..=504 => Verdict::Resend {
            reason: told(answer),
        },
        // The page's shape of an error under any other code, 500 included, is the vendor's own no.
        code if status == Some("error") => refused(count, reason, code < 500, account),
        400 => refused(count, reason, true, account),
        404..=406 => rejected(count, &reason),
        500..=599 => Verdict::Resend {
            reason: told(answer),
        },
        _ => Verdict::InDoubt {
            reason: told(answer),
        },
    }
}

/// A no to a whole batch names no order: one may be to blame among thousands. It is looked for by halves, to
/// send the good ones again being harmless here, but not while the server itself fails.
fn refused(count: usize, reason: String, may_narrow: bool, account: &Account) -> Verdict {
    if count > 1 && may_narrow && settings::narrows_down(account) {
        Verdict::Halve { reason }
    } else if count > 1 {
        let reason =
            format!("the whole batch of {count} was refused, the answer names no order: {reason}");
        rejected(count, &reason)
    } else {
        rejected(count, &reason)
    }
}

fn rejected(count: usize, reason: &str) -> Verdict {
    Verdict::all(count, &OrderVerdict::because(Outcome::Rejected, reason))
}

/// `{"status":"error","payload":{"message"}}`, or a message beside the status, or nothing but a text.
fn message_of(body: &Value) -> Option<&str> {
    body.pointer("/payload/message")
        .or_else(|| body.get("message"))
        .or_else(|| body.get("payload"))
        .or_else(|| body.get("error"))
        .unwrap_or(body)
        .as_str()
}

/// Which credential was refused, if one was: by the code, or by a message about shop or secret, whatever the code.
fn refused_credential(answer: &Answer, message: Option<&str>) -> Option<String> {
    let text = match message {
        Some(message) => visible(message),
        None => plain_text(answer).unwrap_or_default(),
    };
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .map(str::to_ascii_lowercase)
        .collect();
    let says = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    // Under a code of success a plain text is an error only by its words.
    let is_error = !answer.is_success() || answer.json().is_some_and(|body| body.is_object());
    let is_error = is_error || says(NO);
    let credential = if is_error && says(&["secret", "shop_secret"]) {
        "shop_secret was refused"
    } else if is_error && says(&["shop", "shop_id"]) {
        "shop_id was refused"
    } else if matches!(answer.status, 401 | 403) {
        "shop_id or shop_secret was refused"
    } else {
        return None;
    };
    let said = if text.is_empty() { told(answer) } else { text };
    Some(format!("{credential}: {said}"))
}

/// Words of a text that says no.
const NO: &[&str] = &[
    "not",
    "no",
    "invalid",
    "wrong",
    "incorrect",
    "unknown",
    "bad",
    "missing",
    "denied",
    "refused",
    "forbidden",
    "error",
];

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
