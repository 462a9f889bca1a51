//! Responses: every request and what came back, newest first.

use std::fmt::Write as _;

use ratatui::Frame;
use ratatui::text::{Line, Span};

use crate::console::model::ResponseEntry;
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::widget::text;
use crate::ledger::{Exchange, ExchangeState};
use crate::vendor::by_name;

/// Draws the view.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    super::list(
        frame,
        state,
        &super::List {
            title: &format!("Responses · {}", state.responses.list.len()),
            heading: "time     vendor        request                              status   latency  orders",
            cursor: state.responses.cursor,
            rows: state.responses.list.len(),
            empty: "Nothing was sent yet. Submit orders from the Orders view (1, then s), and every request and its answer stands here.",
        },
        |index, columns| line(&state.responses.list[index], &state.theme, columns),
    );
}

/// An exchange in a line.
pub fn line(entry: &ResponseEntry, theme: &Theme, columns: usize) -> Line<'static> {
    let exchange = &entry.exchange;
    let vendor =
        by_name(&exchange.vendor).map_or(exchange.vendor.as_str(), |vendor| vendor.title());
    let path = path_of(&exchange.intent.url);
    let room = columns.saturating_sub(58).clamp(16, 40);
    let request = format!("{} {path}", exchange.intent.method);
    let (status, style) = match (exchange.state, exchange.status) {
        (ExchangeState::Sending, _) => ("sending".to_owned(), theme.info),
        (ExchangeState::NotSent, _) => ("not sent".to_owned(), theme.warning),
        (ExchangeState::Lost, _) => ("lost".to_owned(), theme.error),
        (ExchangeState::Answered, Some(status)) => (
            status.to_string(),
            if status < 400 {
                theme.taken
            } else {
                theme.error
            },
        ),
        (ExchangeState::Answered, None) => ("answered".to_owned(), theme.text),
    };
    let latency = exchange
        .latency_ms
        .map_or_else(String::new, |ms| format!("{ms} ms"));
    let mut rest = String::new();
    if exchange.order_count > 0 {
        rest.push_str(&text::many(exchange.order_count, "order"));
    }
    for (outcome, count) in &exchange.outcomes {
        let _ = write!(rest, "  {outcome} {}", text::count(*count));
    }
    if let Some(job) = &exchange.job {
        let _ = write!(rest, "  job {job}");
    }
    if let Some(reason) = &exchange.reason {
        let _ = write!(rest, "  {reason}");
    }
    Line::from(vec![
        Span::styled(super::clock(exchange.sent_at), theme.dim),
        Span::raw(format!(" {} ", text::left(vendor, 13))),
        Span::raw(format!("{} ", text::left(&text::shown(&request), room))),
        Span::styled(text::right(&status, 8), style),
        Span::styled(text::right(&latency, 9), theme.dim),
        Span::raw(format!(
            "  {}",
            text::fit(&text::shown(&rest), columns.saturating_sub(room + 42))
        )),
    ])
}

/// The address without the host.
fn path_of(address: &str) -> &str {
    address
        .split_once("://")
        .and_then(|(_, rest)| rest.find('/').map(|slash| &rest[slash..]))
        .unwrap_or(address)
}

/// An exchange whole: title and lines.
pub fn whole(exchange: &Exchange) -> (String, Vec<String>) {
    let mut lines = vec![format!(
        "{} {}",
        exchange.intent.method, exchange.intent.url
    )];
    let headers = |lines: &mut Vec<String>, headers: &[(String, String)]| {
        for (name, value) in headers {
            lines.push(format!("{name}: {value}"));
        }
    };
    headers(&mut lines, &exchange.intent.headers);
    lines.push(String::new());
    lines.extend(body(&exchange.intent.body));
    lines.push(String::new());
    lines.push("─".repeat(40));
    lines.push(match (exchange.status, exchange.latency_ms) {
        (Some(status), Some(ms)) => format!("{status} after {ms} ms"),
        (Some(status), None) => status.to_string(),
        _ => exchange.state.name().to_owned(),
    });
    if let Some(reason) = &exchange.reason {
        lines.push(reason.clone());
    }
    headers(&mut lines, &exchange.response_headers);
    lines.push(String::new());
    lines.extend(body(&exchange.response_body));
    let title = format!(
        "Response · {} · {}",
        exchange.profile,
        super::day(exchange.sent_at)
    );
    (title, lines)
}

/// A body: JSON in lines, else as it is.
fn body(bytes: &[u8]) -> Vec<String> {
    let pretty = serde_json::from_slice::<serde_json::Value>(bytes)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok());
    let text = pretty.unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned());
    text.lines().map(str::to_owned).collect()
}
