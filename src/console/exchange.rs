//! A request and its answer as text: to read, to search in, to copy. Secrets were masked before they reached
//! the ledger.

use std::sync::Arc;

use jiff::ToSpan as _;

use super::document::{Document, pretty};
use super::widget::text;
use crate::ledger::{Book, Exchange, ExchangeId, ExchangeState, RunName};
use crate::order::outcome::Outcome;

/// What a line of a text is, for its colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// As it is.
    Plain,
    /// A heading.
    Head,
    /// A header line: name and value.
    Header,
    /// A line of pretty JSON.
    Json,
    /// What went wrong.
    Trouble,
    /// What became of an order.
    Outcome(Outcome),
}

/// One of the two messages.
#[derive(Debug, PartialEq, Eq)]
pub struct Side {
    /// What it is, in a few words.
    pub title: String,
    /// Headers and body, to read.
    pub document: Arc<Document>,
    /// The body as it travelled.
    pub body: String,
}

/// An exchange whole.
#[derive(Debug, PartialEq, Eq)]
pub struct Whole {
    /// Which.
    pub id: (Book, ExchangeId),
    /// Title: run, profile, when.
    pub title: String,
    /// What is known of it as a whole.
    pub facts: Vec<(LineKind, String)>,
    /// The request and its answer.
    pub sides: [Side; 2],
    /// Whether the answer is what one wants to read.
    pub failed: bool,
    /// Whether orders were in it.
    pub has_orders: bool,
    method: String,
    url: String,
    headers: Vec<(String, String)>,
}

impl Whole {
    /// That of an exchange with its bodies, and the keys of the first orders in it.
    pub fn of(book: Book, exchange: &Exchange, first: &[String]) -> Self {
        let intent = &exchange.intent;
        let run = RunName {
            book,
            id: exchange.run,
        };
        let sizes = exchange.sizes;
        let none = match exchange.state {
            ExchangeState::Sending => "no answer yet",
            ExchangeState::NotSent => "never sent, so there is no answer",
            ExchangeState::Lost => "no answer came: what the vendor did with it is unknown",
            ExchangeState::Answered => "an empty answer",
        };
        let request = side(
            format!("Request · {}", text::bytes(sizes.0)),
            &intent.headers,
            &intent.body,
            exchange,
            "no body",
        );
        let answer = match exchange.status {
            Some(status) => format!("Response · {status} · {}", text::bytes(sizes.1)),
            None => format!("Response · {}", exchange.state.name()),
        };
        let response = side(
            answer,
            &exchange.response_headers,
            &exchange.response_body,
            exchange,
            none,
        );
        Self {
            id: (book, exchange.id),
            title: format!(
                "Response · run {run} · {} · {}",
                exchange.profile,
                super::pane::day(exchange.sent_at)
            ),
            facts: facts(exchange, first),
            sides: [request, response],
            failed: exchange.has_failed(),
            has_orders: exchange.order_count > 0,
            method: intent.method.clone(),
            url: intent.url.clone(),
            headers: intent.headers.clone(),
        }
    }

    /// The request as a command for a shell.
    pub fn curl(&self) -> String {
        let body = self.sides[0].body.as_bytes();
        curl(&self.method, &self.url, &self.headers, body)
    }
}

/// A status with what it means, as short as can be.
pub fn status_words(exchange: &Exchange) -> String {
    let word = match (exchange.state, exchange.status) {
        (ExchangeState::Sending, _) => return "sending".to_owned(),
        (ExchangeState::NotSent, _) => return "not sent".to_owned(),
        (ExchangeState::Lost, None) => return "lost".to_owned(),
        (ExchangeState::Answered, None) => return "answered".to_owned(),
        (ExchangeState::Lost, Some(_)) => "lost",
        (_, Some(200..=299)) if exchange.carries_orders() => "taken",
        (_, Some(200..=299)) => "ok",
        (_, Some(300..=399)) => "moved",
        (_, Some(401 | 403)) => "no access",
        (_, Some(404)) => "not found",
        (_, Some(408 | 504)) => "too late",
        (_, Some(413)) => "too large",
        (_, Some(429)) => "wait",
        (_, Some(400..=499)) => "refused",
        (_, Some(_)) => "failed",
    };
    let status = exchange.status.unwrap_or_default();
    format!("{status} {word}")
}

fn facts(exchange: &Exchange, first: &[String]) -> Vec<(LineKind, String)> {
    let intent = &exchange.intent;
    let mut lines = vec![(LineKind::Head, format!("{} {}", intent.method, intent.url))];
    let sent = exact(exchange.sent_at);
    let timing = match exchange.latency_ms {
        Some(ms) => {
            let span = i64::try_from(ms).unwrap_or(i64::MAX).milliseconds();
            let end = exchange.sent_at.checked_add(span);
            let at = end.map_or_else(|_| String::new(), |end| format!(" at {}", exact(end)));
            format!("sent {sent} · ended{at}, after {} ms", text::count(ms))
        }
        None => format!("sent {sent}"),
    };
    let sign = if exchange.has_failed() { "✗ " } else { "" };
    let mut known = format!(
        "{sign}{} · {timing} · {} out, {} back",
        status_words(exchange),
        text::bytes(exchange.sizes.0),
        text::bytes(exchange.sizes.1)
    );
    if let Some(job) = &exchange.job {
        known.push_str(" · job ");
        known.push_str(job);
    }
    let kind = if exchange.has_failed() {
        LineKind::Trouble
    } else {
        LineKind::Plain
    };
    lines.push((kind, known));
    if exchange.order_count > 0 {
        let more = exchange.order_count.saturating_sub(first.len() as u64);
        let mut words = format!(
            "{}: {}",
            text::many(exchange.order_count, "order"),
            first.join(", ")
        );
        if more > 0 {
            words.push_str(&format!(" and {} more", text::count(more)));
        }
        let now: Vec<_> = exchange
            .outcomes
            .iter()
            .map(|(outcome, count)| {
                format!(
                    "{} {}",
                    text::count(*count),
                    outcome.words(exchange.operation)
                )
            })
            .collect();
        if !now.is_empty() {
            words.push_str(" · now ");
            words.push_str(&now.join(", "));
        }
        lines.push((LineKind::Plain, words));
    }
    if let Some(reason) = &exchange.reason {
        lines.push((LineKind::Trouble, reason.clone()));
    }
    lines
}

/// The clock with its milliseconds.
fn exact(at: jiff::Timestamp) -> String {
    let zoned = at.to_zoned(jiff::tz::TimeZone::system());
    zoned.strftime("%H:%M:%S%.3f").to_string()
}

/// Headers and body: JSON in lines, else as it is.
fn side(
    title: String,
    headers: &[(String, String)],
    body: &[u8],
    exchange: &Exchange,
    none: &str,
) -> Side {
    let mut document = Document::default();
    for (name, value) in headers {
        document.push(LineKind::Header, &format!("{name}: {value}"));
    }
    let body = String::from_utf8_lossy(body).into_owned();
    if !document.is_empty() {
        document.push(LineKind::Plain, "");
    }
    if let (true, Some(at)) = (body.is_empty(), exchange.compacted_at) {
        let day = super::pane::day(at);
        let words = format!("headers and body: removed by compact on {day}");
        document.push(LineKind::Plain, &words);
    } else if body.is_empty() {
        document.push(LineKind::Plain, none);
    } else if let Some(lines) = pretty(&body) {
        document.push(LineKind::Json, &lines);
    } else {
        document.push(LineKind::Plain, body.trim_end_matches('\n'));
    }
    Side {
        title,
        document: Arc::new(document),
        body,
    }
}

/// A request as a command for a shell.
pub fn curl(method: &str, url: &str, headers: &[(String, String)], body: &[u8]) -> String {
    let quote = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
    let mut command = format!("curl -X {method} {}", quote(url));
    for (name, value) in headers {
        command.push_str(" \\\n  -H ");
        command.push_str(&quote(&format!("{name}: {value}")));
    }
    if !body.is_empty() {
        command.push_str(" \\\n  --data-binary ");
        command.push_str(&quote(&String::from_utf8_lossy(body)));
    }
    command
}
