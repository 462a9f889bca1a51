//! A request and its answer as text: to read, to search in, to copy. Secrets were masked before they reached
//! the ledger.

use serde_json::Value;

use crate::ledger::{Book, Exchange, RunName};
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

/// An exchange whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// Title: run, profile, when.
    pub title: String,
    /// The lines to read.
    pub lines: Vec<(LineKind, String)>,
    /// The body of the request, as it was sent.
    pub body: String,
    /// The request as a command for a shell.
    pub curl: String,
}

impl Whole {
    /// That of an exchange with its bodies.
    pub fn of(book: Book, exchange: &Exchange) -> Self {
        let intent = &exchange.intent;
        let run = RunName {
            book,
            id: exchange.run,
        };
        let mut lines = vec![(LineKind::Head, format!("{} {}", intent.method, intent.url))];
        if let Some(at) = exchange.compacted_at {
            let day = super::pane::day(at);
            lines.push((
                LineKind::Plain,
                format!(
                    "headers and bodies, {} and {} bytes: removed by compact on {day}",
                    exchange.sizes.0, exchange.sizes.1
                ),
            ));
        }
        headers(&mut lines, &intent.headers);
        body(&mut lines, &intent.body);
        lines.push((LineKind::Plain, String::new()));
        lines.push((
            LineKind::Head,
            match (exchange.status, exchange.latency_ms) {
                (Some(status), Some(ms)) => format!("{status} after {ms} ms"),
                (Some(status), None) => status.to_string(),
                _ => format!("no answer: {}", exchange.state.name()),
            },
        ));
        if let Some(reason) = &exchange.reason {
            lines.push((LineKind::Trouble, reason.clone()));
        }
        headers(&mut lines, &exchange.response_headers);
        body(&mut lines, &exchange.response_body);
        Self {
            title: format!(
                "Response · run {run} · {} · {}",
                exchange.profile,
                super::pane::day(exchange.sent_at)
            ),
            lines,
            body: String::from_utf8_lossy(&intent.body).into_owned(),
            curl: curl(&intent.method, &intent.url, &intent.headers, &intent.body),
        }
    }
}

fn headers(lines: &mut Vec<(LineKind, String)>, headers: &[(String, String)]) {
    for (name, value) in headers {
        lines.push((LineKind::Header, format!("{name}: {value}")));
    }
}

/// A body: JSON in lines, else as it is.
fn body(lines: &mut Vec<(LineKind, String)>, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    lines.push((LineKind::Plain, String::new()));
    let pretty = serde_json::from_slice::<Value>(bytes)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok());
    match pretty {
        Some(text) => lines.extend(text.lines().map(|line| (LineKind::Json, line.to_owned()))),
        None => lines.extend(
            String::from_utf8_lossy(bytes)
                .lines()
                .map(|line| (LineKind::Plain, line.to_owned())),
        ),
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
