//! Responses: every request and what came back, newest last.

use std::fmt::Write as _;

use ratatui::Frame;
use ratatui::text::{Line, Span};

use crate::console::action::Command;
use crate::console::layout;
use crate::console::model::ResponseEntry;
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::widget::text;
use crate::ledger::ExchangeState;
use crate::vendor::by_name;

/// Draws the view: the newest at the bottom.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    let view = &state.responses;
    let area = layout::frame(state.size).body;
    let since = view.since();
    let mut title = format!("Responses · {}", text::count(view.list.len() as u64));
    if since > 0 {
        let bottom = state.keymap.first(Command::Bottom);
        // Writing into a string can't fail.
        let _ = write!(title, " · {since} new below, {bottom} goes there");
    } else if !view.list.is_empty() && view.follows() {
        title.push_str(" · following");
    }
    let columns = usize::from(area.width.saturating_sub(2));
    super::list(
        frame,
        state,
        &super::List {
            area,
            title: &title,
            heading: &heading(columns),
            cursor: view.cursor,
            rows: view.list.len(),
            empty: "Nothing was sent yet. Submit orders from the Orders view (1, then s), and every request and its answer stands here.",
        },
        |line, columns| match view.at(line) {
            Some(entry) => self::line(entry, &state.theme, columns),
            None => Line::default(),
        },
    );
}

/// Room for method and path.
fn request_room(columns: usize) -> usize {
    columns.saturating_sub(58).clamp(16, 40)
}

/// Where there is room for it, the size of the answer.
fn has_size(columns: usize) -> bool {
    columns >= 100
}

fn heading(columns: usize) -> String {
    let size = if has_size(columns) {
        text::right("size", 9)
    } else {
        String::new()
    };
    format!(
        "{} {} {} {}{}{size}  orders",
        text::left("time", 8),
        text::left("vendor", 13),
        text::left("request", request_room(columns)),
        text::right("status", 8),
        text::right("latency", 9),
    )
}

/// An exchange in a line.
pub fn line(entry: &ResponseEntry, theme: &Theme, columns: usize) -> Line<'static> {
    let exchange = &entry.exchange;
    let vendor =
        by_name(&exchange.vendor).map_or(exchange.vendor.as_str(), |vendor| vendor.title());
    let path = path_of(&exchange.intent.url);
    let room = request_room(columns);
    // Paths differ at their ends.
    let path_room = room.saturating_sub(exchange.intent.method.len() + 1);
    let path = text::keep_end(&text::shown(path), path_room);
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
    // The outcomes have the counts already.
    if exchange.order_count > 0 && (exchange.outcomes.is_empty() || has_size(columns)) {
        rest.push_str(&text::many(exchange.order_count, "order"));
    }
    // What became of its orders until today: after a refusal or a lost answer that is another request's doing.
    if !matches!(exchange.status, Some(200..=299)) && !exchange.outcomes.is_empty() {
        rest.push_str("  now");
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
    let size = if has_size(columns) {
        text::right(&text::bytes(exchange.sizes.1), 9)
    } else {
        String::new()
    };
    let used = room + 42 + size.len();
    Line::from(vec![
        Span::styled(super::clock(exchange.sent_at), theme.dim),
        Span::raw(format!(" {} ", text::left(vendor, 13))),
        Span::raw(format!("{} ", text::left(&request, room))),
        Span::styled(text::right(&status, 8), style),
        Span::styled(text::right(&latency, 9), theme.dim),
        Span::styled(size, theme.dim),
        Span::raw(format!(
            "  {}",
            text::fit(
                text::shown(&rest).trim_start(),
                columns.saturating_sub(used)
            )
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
