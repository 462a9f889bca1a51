//! Responses: every request and what came back, newest last.

use std::fmt::Write as _;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::console::action::Command;
use crate::console::exchange::status_words;
use crate::console::layout;
use crate::console::model::ResponseEntry;
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::update::lists::Which;
use crate::console::update::responses::{has_filter_line, lines};
use crate::console::widget::{pane, text};
use crate::ledger::ExchangeState;
use crate::vendor::by_name;

/// What stands where nothing was sent.
fn nothing(state: &State) -> String {
    format!(
        "Nothing was sent yet. Submit orders from the Orders view ({}, then {}), and every request and its answer stands here.",
        state.keymap.first(Command::ViewOrders),
        state.keymap.first(Command::Submit)
    )
}

/// Draws the view: the newest at the bottom.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    let theme = &state.theme;
    let view = &state.responses;
    let area = layout::frame(state.room()).body;
    let inner = pane::pane(frame, area, title(state), true, theme);
    let columns = Columns::of(usize::from(inner.width));
    let rows = lines(state);
    if view.is_empty() {
        let told = if view.filter.is_none() && !view.typing {
            super::empty(state, Which::Responses, nothing(state))
        } else {
            let back = state.keymap.first(Command::Back);
            super::Empty {
                words: format!("No request passes the filter; {back} drops it."),
                style: theme.dim,
            }
        };
        let wrapped = text::wrap(&told.words, usize::from(inner.width).saturating_sub(4));
        for (row, words) in wrapped.into_iter().enumerate() {
            let line = Line::styled(format!("  {words}"), told.style);
            pane::row(frame, rows, row, line, None);
        }
    } else {
        let heading = Line::styled(columns.heading(), theme.dim);
        pane::row(frame, inner, 0, heading, None);
    }
    let shown = view.cursor.shown(view.len(), usize::from(rows.height));
    for (row, index) in shown.enumerate() {
        let Some(entry) = view.at(index) else {
            continue;
        };
        let style = (index == view.cursor.at).then_some(theme.selection);
        pane::row(frame, rows, row, columns.line(entry, state), style);
    }
    if has_filter_line(state) {
        let last = usize::from(inner.height).saturating_sub(1);
        let line = filter(state, usize::from(inner.width));
        pane::row(frame, inner, last, line, None);
    }
    earlier(frame, area, state);
}

fn title(state: &State) -> Line<'static> {
    let theme = &state.theme;
    let view = &state.responses;
    let name = super::counted(state, Which::Responses, "Responses", view.len());
    let mut spans = vec![Span::styled(format!(" {name}"), theme.strong)];
    if view.filter.is_some() {
        spans.push(Span::styled(" that pass the filter", theme.strong));
    }
    if view.is_empty() && !view.paused {
        spans.push(Span::raw(" "));
        return Line::from(spans);
    }
    spans.push(Span::styled(" · ", theme.dim));
    if view.paused {
        spans.push(Span::styled("PAUSED", theme.warning));
        let bottom = state.keymap.first(Command::Bottom);
        let words = match view.since() {
            0 => format!(" · nothing new, {bottom} follows "),
            new => format!(" · {} new, {bottom} follows ", text::count(new as u64)),
        };
        spans.push(Span::styled(words, theme.strong));
    } else {
        spans.push(Span::styled("FOLLOWING ", theme.taken));
    }
    Line::from(spans)
}

/// The filter as it is typed, and what came of it; else why it can't be read.
fn filter(state: &State, columns: usize) -> Line<'static> {
    let theme = &state.theme;
    let view = &state.responses;
    let (told, style) = match &view.trouble {
        Some(why) => (format!("✗ {why}"), theme.error),
        None => (searched(state), theme.dim),
    };
    let typed = text::width(view.input.text()) + 2;
    let room = columns.saturating_sub(3);
    let told = text::fit(
        &text::shown(&told),
        room.saturating_sub(typed.min(room / 2)),
    );
    let room = room.saturating_sub(text::width(&told));
    let mut spans = vec![Span::styled("/", theme.key)];
    spans.extend(view.input.spans(room, view.typing, theme.text, theme));
    spans.push(Span::raw("  "));
    spans.push(Span::styled(told, style));
    Line::from(spans)
}

/// How many pass, and how far back was looked.
fn searched(state: &State) -> String {
    let view = &state.responses;
    if view.filter.is_none() {
        return "vendor:kibo status:5xx run:14 order:#1017 is:failed body:text, or words"
            .to_owned();
    }
    let mut words = format!("{} pass", text::count(view.len() as u64));
    let looked = text::count(view.search.looked);
    let left = view.earlier();
    // Writing into a string can't fail.
    let _ = if view.search.ticket.is_some() {
        let back = state.keymap.first(Command::Back);
        write!(
            words,
            " · looking back: {looked} of the ledger, {back} stops"
        )
    } else if left == 0 || view.search.is_through {
        write!(words, " · all {} looked through", text::count(view.total()))
    } else {
        let up = state.keymap.first(Command::Up);
        let left = text::count(left);
        write!(
            words,
            " · {left} older not looked through: {up} at the top does"
        )
    };
    words
}

/// On the border below: what scrolled away.
fn earlier(frame: &mut Frame<'_>, area: Rect, state: &State) {
    let view = &state.responses;
    let earlier = view.earlier();
    if view.filter.is_some() || earlier == 0 {
        return;
    }
    let words = if view.search.ticket.is_some() {
        " reading older ones ".to_owned()
    } else {
        let top = state.keymap.first(Command::Top);
        let up = state.keymap.first(Command::Up);
        let earlier = text::count(earlier);
        format!(" {earlier} earlier in the ledger: {top}, then {up} reads them ")
    };
    let border = Rect::new(
        area.x + 2,
        area.bottom().saturating_sub(1),
        area.width.saturating_sub(4),
        1,
    );
    let words = text::fit(&words, usize::from(border.width));
    let border = Rect {
        width: text::width(&words) as u16,
        ..border
    };
    frame.render_widget(Line::styled(words, state.theme.info), border);
}

/// The columns that there is room for.
struct Columns {
    all: usize,
    clock: usize,
    profile: usize,
    request: usize,
    status: usize,
    /// The answer's size; the request's too where it is twice as wide.
    sizes: usize,
}

impl Columns {
    fn of(all: usize) -> Self {
        let (profile, sizes) = match all {
            0..100 => (0, 0),
            100..150 => (0, 9),
            _ => (19, 18),
        };
        let used = 42 + profile + sizes;
        Self {
            all,
            clock: if all < 150 { 8 } else { 12 },
            profile,
            request: (all.saturating_sub(used) / 2).clamp(15, 44),
            status: if all < 100 { 11 } else { 13 },
            sizes,
        }
    }

    fn heading(&self) -> String {
        let mut words = format!(
            "  {} {} ",
            text::left("time", self.clock),
            text::left("vendor", 13)
        );
        if self.profile > 0 {
            words.push_str(&text::left("profile", self.profile));
        }
        words.push_str(&text::left("request", self.request));
        words.push(' ');
        words.push_str(&text::left("status", self.status));
        words.push_str(&text::right("latency", 8));
        if self.sizes > 9 {
            words.push_str(&text::right("sent", 9));
        }
        if self.sizes > 0 {
            words.push_str(&text::right("answer", 9));
        }
        words.push_str(match self.all {
            0..100 => "  orders, why",
            100..150 => "  orders, their outcome, why",
            _ => "  orders and what became of them, why",
        });
        text::fit(&words, self.all)
    }

    fn line(&self, entry: &ResponseEntry, state: &State) -> Line<'static> {
        let theme = &state.theme;
        let exchange = &entry.exchange;
        let (mark, style) = mark(entry, theme);
        let vendor =
            by_name(&exchange.vendor).map_or(exchange.vendor.as_str(), |vendor| vendor.title());
        let path = path_of(&exchange.intent.url);
        // Paths differ at their ends.
        let room = self
            .request
            .saturating_sub(exchange.intent.method.len() + 1);
        let path = text::keep_end(&text::shown(path), room);
        let request = format!("{} {path}", exchange.intent.method);
        let latency = exchange.latency_ms.map_or_else(String::new, latency);
        let mut spans = vec![
            Span::styled(format!("{mark} "), style),
            Span::styled(text::left(&self.time(entry, state), self.clock), theme.dim),
            Span::raw(format!(" {} ", text::left(vendor, 13))),
        ];
        if self.profile > 0 {
            let profile = text::fit(&text::shown(&exchange.profile), self.profile - 1);
            spans.push(Span::styled(text::left(&profile, self.profile), theme.dim));
        }
        spans.push(Span::raw(format!(
            "{} ",
            text::left(&request, self.request)
        )));
        spans.push(Span::styled(
            text::left(&status_words(exchange), self.status),
            style,
        ));
        spans.push(Span::styled(text::right(&latency, 8), theme.dim));
        if self.sizes > 9 {
            let sent = text::right(&text::bytes(exchange.sizes.0), 9);
            spans.push(Span::styled(sent, theme.dim));
        }
        if self.sizes > 0 {
            let answer = text::right(&text::bytes(exchange.sizes.1), 9);
            spans.push(Span::styled(answer, theme.dim));
        }
        let used: usize = spans.iter().map(|span| text::width(&span.content)).sum();
        let rest = rest(entry, self.sizes > 0);
        let room = self.all.saturating_sub(used + 2);
        spans.push(Span::raw(format!(
            "  {}",
            text::fit(text::shown(&rest).trim_start(), room)
        )));
        Line::from(spans)
    }

    /// The clock, or the day where it was another one.
    fn time(&self, entry: &ResponseEntry, state: &State) -> String {
        let zone = jiff::tz::TimeZone::system();
        let at = entry.exchange.sent_at.to_zoned(zone.clone());
        let today = state.now.to_zoned(zone).date() == at.date();
        let format = match (today, self.clock) {
            (true, 8) => "%H:%M:%S",
            (true, _) => "%H:%M:%S%.3f",
            (false, 8) => "%m-%d %H",
            (false, _) => "%m-%d %H:%M",
        };
        let suffix = if !today && self.clock == 8 { "h" } else { "" };
        text::fit(&format!("{}{suffix}", at.strftime(format)), self.clock)
    }
}

/// A request in a line, where its place is small: the newest below the orders.
pub fn line(entry: &ResponseEntry, theme: &Theme, columns: usize) -> Line<'static> {
    let exchange = &entry.exchange;
    let (mark, style) = mark(entry, theme);
    let vendor =
        by_name(&exchange.vendor).map_or(exchange.vendor.as_str(), |vendor| vendor.title());
    let room = columns.saturating_sub(58).clamp(16, 40);
    let path_room = room.saturating_sub(exchange.intent.method.len() + 1);
    let path = text::keep_end(&text::shown(path_of(&exchange.intent.url)), path_room);
    let request = format!("{} {path}", exchange.intent.method);
    let latency = exchange.latency_ms.map_or_else(String::new, latency);
    let used = room + 46;
    let rest = rest(entry, columns >= 100);
    Line::from(vec![
        Span::styled(format!("{mark} "), style),
        Span::styled(super::clock(exchange.sent_at), theme.dim),
        Span::raw(format!(" {} ", text::left(vendor, 13))),
        Span::raw(format!("{} ", text::left(&request, room))),
        Span::styled(text::left(&status_words(exchange), 11), style),
        Span::styled(text::right(&latency, 8), theme.dim),
        Span::raw(format!(
            "  {}",
            text::fit(
                text::shown(&rest).trim_start(),
                columns.saturating_sub(used)
            )
        )),
    ])
}

/// The sign of an exchange, and its style: ✗ went wrong, ! is to be waited for, … is under way.
fn mark(entry: &ResponseEntry, theme: &Theme) -> (&'static str, Style) {
    let exchange = &entry.exchange;
    match (exchange.state, exchange.status) {
        (ExchangeState::Sending, _) => ("…", theme.info),
        (ExchangeState::NotSent, _) | (_, Some(429)) => ("!", theme.warning),
        _ if exchange.has_failed() => ("✗", theme.error),
        _ => (" ", theme.taken),
    }
}

fn latency(ms: u64) -> String {
    if ms < 10_000 {
        format!("{ms} ms")
    } else {
        format!("{}.{} s", ms / 1_000, ms % 1_000 / 100)
    }
}

/// Its orders, what became of them, and why.
fn rest(entry: &ResponseEntry, wide: bool) -> String {
    let exchange = &entry.exchange;
    let mut rest = String::new();
    // Where it failed, why is what one wants to know first.
    let failed = exchange.has_failed();
    if let Some(reason) = exchange.reason.as_ref().filter(|_| failed) {
        rest.push_str(reason);
        rest.push_str("  ");
    }
    let subject = exchange.operation.subject();
    // The outcomes have the counts already.
    let alone = exchange.outcomes.is_empty() || (wide && subject.is_none());
    if exchange.order_count > 0 && alone {
        rest.push_str(&text::many(exchange.order_count, "order"));
    }
    // What became of its orders until today: after a refusal or a lost answer that is another request's doing.
    if !matches!(exchange.status, Some(200..=299)) && !exchange.outcomes.is_empty() {
        rest.push_str("  now");
    }
    for (index, (outcome, count)) in exchange.outcomes.iter().enumerate() {
        let words = match index {
            0 => outcome.words(exchange.operation),
            _ => outcome.word(exchange.operation).to_owned(),
        };
        // Writing into a string can't fail.
        let _ = write!(rest, "  {words} {}", text::count(*count));
    }
    if let Some(job) = &exchange.job {
        let _ = write!(rest, "  job {job}");
    }
    if let Some(reason) = exchange.reason.as_ref().filter(|_| !failed) {
        let _ = write!(rest, "  {reason}");
    }
    rest
}

/// The address without the host.
fn path_of(address: &str) -> &str {
    address
        .split_once("://")
        .and_then(|(_, rest)| rest.find('/').map(|slash| &rest[slash..]))
        .unwrap_or(address)
}
