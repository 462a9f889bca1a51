//! The run under the cursor: how far it is, how quickly it goes, what it waits for, and what to do next.

use std::fmt::Write as _;

use jiff::SignedDuration;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::runs::{mark, percent, settled, standing, took, vendor_title};
use crate::console::action::Command;
use crate::console::dialog::plan_words::amounts_of;
use crate::console::model::RunEntry;
use crate::console::state::{State, countdown};
use crate::console::theme::Theme;
use crate::console::update::runs::open_orders;
use crate::console::widget::chart::{self, Chart};
use crate::console::widget::{pane, text};
use crate::ledger::{RunName, RunState};
use crate::order::outcome::{Operation, Outcome};
use crate::workspace::{RunPace, RunReport};

/// From here on charts stand beside the words.
const CHARTS: (u16, u16) = (104, 12);

/// Draws it.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, entry: &RunEntry, state: &State) {
    let theme = &state.theme;
    let decided = &entry.summary.run.decided;
    let (word, style) = theme.environment(entry.environment());
    let title = Line::from(vec![
        Span::styled(
            format!(
                " Run {} · {} · {} · {} · ",
                entry.name(),
                decided.operation,
                vendor_title(&decided.vendor),
                text::shown(&decided.profile),
            ),
            theme.strong,
        ),
        Span::styled(word, style),
        Span::raw(" "),
    ]);
    let inner = pane::pane(frame, area, title, false, theme);
    let inner = Rect {
        x: inner.x + 1,
        width: inner.width.saturating_sub(2),
        ..inner
    };
    let first = Rect { height: 1, ..inner };
    pane::lines(
        frame,
        first,
        vec![progress(entry, state, usize::from(inner.width))],
    );
    let body = Rect {
        y: inner.y + 1,
        height: inner.height.saturating_sub(1),
        ..inner
    };
    let pace = state.runs.pace_of(entry.name());
    let pace = pace.filter(|pace| !pace.is_empty());
    let roomy = body.width >= CHARTS.0 && body.height >= CHARTS.1;
    let Some(beside) = pace.filter(|pace| roomy && pace.has_rate()) else {
        let line = pace.map(|pace| {
            if pace.has_rate() {
                sparks(entry, pace, state, usize::from(body.width))
            } else {
                few(pace, state)
            }
        });
        return words(frame, body, entry, state, line);
    };
    let [left, _, right] = Layout::horizontal([
        Constraint::Percentage(55),
        Constraint::Length(2),
        Constraint::Min(0),
    ])
    .areas(body);
    words(frame, left, entry, state, None);
    let [upper, lower] =
        Layout::vertical([Constraint::Percentage(50), Constraint::Min(0)]).areas(right);
    charts(frame, [upper, lower], entry, beside, state);
}

/// The words beside or without charts.
fn words(
    frame: &mut Frame<'_>,
    area: Rect,
    entry: &RunEntry,
    state: &State,
    spark: Option<Line<'static>>,
) {
    let (columns, rows) = (usize::from(area.width), usize::from(area.height));
    let tail = tail(entry, state, columns);
    let bars = bars(entry, &state.theme, columns);
    // Bars where there is room for them; else the same in a line.
    let mut lines = if bars.len() + tail.len() + usize::from(spark.is_some()) <= rows {
        bars
    } else {
        counts(entry, &state.theme, columns)
    };
    lines.extend(spark);
    lines.extend(tail);
    pane::lines(frame, area, lines);
}

/// A rate in orders a second, from orders in a thousand seconds.
fn rate(rate: u64) -> String {
    match rate {
        0..10 => "0".to_owned(),
        10..1_000 => format!("0.{:02}", rate / 10),
        1_000..100_000 => format!("{}.{}", rate / 1000, rate % 1000 / 100),
        _ => text::count(rate / 1000),
    }
}

/// A latency in milliseconds, or in seconds.
fn latency(millis: u64) -> String {
    match millis {
        0..1_000 => format!("{millis} ms"),
        1_000..100_000 => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
        _ => format!("{} s", millis / 1000),
    }
}

/// How quickly it goes: now while it does, else over its whole time.
fn rate_words(entry: &RunEntry, pace: &RunPace, state: &State) -> String {
    let average = pace.average().map(rate).unwrap_or_default();
    match pace.recent().filter(|_| state.runs.moves(entry)) {
        Some(now) => format!("{} now, {average} on average", rate(now)),
        None => format!("{average} on average"),
    }
}

fn latency_words(pace: &RunPace) -> String {
    let told = |percent| pace.latency(percent).map(latency).unwrap_or_default();
    format!("p50 {}  p99 {}", told(50), told(99))
}

/// Both pictures in a line, for where there is no room for more.
fn sparks(entry: &RunEntry, pace: &RunPace, state: &State, columns: usize) -> Line<'static> {
    let theme = &state.theme;
    let now = pace.recent().filter(|_| state.runs.moves(entry));
    let quick = now.or(pace.average()).map(rate).unwrap_or_default();
    let slow = latency_words(pace);
    let words = 9 + 1 + text::width(&quick) + 3 + 8 + 1 + text::width(&slow);
    let wide = (columns.saturating_sub(words) / 2).clamp(1, 40);
    let (rates, latencies) = values(pace, wide);
    Line::from(vec![
        Span::styled("orders/s ", theme.dim),
        Span::styled(chart::spark(&rates), theme.info),
        Span::raw(format!(" {quick}   ")),
        Span::styled("latency ", theme.dim),
        Span::styled(chart::spark(&latencies), theme.info),
        Span::raw(format!(" {slow}")),
    ])
}

/// The same of a run that is too short for pictures.
fn few(pace: &RunPace, state: &State) -> Line<'static> {
    let requests = text::many(pace.requests(), "request");
    Line::from(vec![
        Span::styled("latency ", state.theme.dim),
        Span::raw(format!(
            "{}   of {requests} with orders",
            latency_words(pace)
        )),
    ])
}

fn values(pace: &RunPace, columns: usize) -> (Vec<u64>, Vec<u64>) {
    let columns = pace.columns(columns);
    columns
        .iter()
        .map(|column| (column.rate, column.latency.unwrap_or(0)))
        .unzip()
}

fn charts(
    frame: &mut Frame<'_>,
    [upper, lower]: [Rect; 2],
    entry: &RunEntry,
    pace: &RunPace,
    state: &State,
) {
    let theme = &state.theme;
    let (rates, latencies) = values(pace, usize::from(upper.width).saturating_sub(9));
    let seconds = pace.span().as_secs();
    let span = if seconds > 0 {
        text::span(seconds)
    } else {
        latency(u64::try_from(pace.span().as_millis()).unwrap_or(0))
    };
    let title = |head: &'static str, words: String| {
        Line::from(vec![
            Span::styled(head, theme.dim),
            Span::styled(words, theme.text),
        ])
    };
    for (area, title, values, words) in [
        (
            upper,
            title("orders/s  ", rate_words(entry, pace, state)),
            &rates,
            &rate as &dyn Fn(u64) -> String,
        ),
        (
            lower,
            title("latency   ", latency_words(pace)),
            &latencies,
            &latency,
        ),
    ] {
        let chart = Chart {
            title,
            values,
            words,
            from: "0 s",
            to: &span,
            style: theme.info,
            dim: theme.dim,
        };
        let lines = chart::lines(&chart, usize::from(area.width), usize::from(area.height));
        pane::lines(frame, area, lines);
    }
}

/// About how long it goes on: nobody knows it to the second.
fn about(left: SignedDuration) -> String {
    let seconds = left.as_secs();
    match seconds {
        ..10 => "a few seconds left".to_owned(),
        10..60 => format!("about {} s left", (seconds + 4) / 5 * 5),
        60..3_600 => format!("about {} min left", (seconds + 30) / 60),
        _ => {
            let minutes = (seconds + 150) / 300 * 5;
            format!("about {} h {} min left", minutes / 60, minutes % 60)
        }
    }
}

fn progress(entry: &RunEntry, state: &State, columns: usize) -> Line<'static> {
    let (settled, all) = (settled(entry), entry.summary.run.orders);
    let (word, style) = standing(entry, state);
    let words = format!(
        "  {} %   {} of {}   ",
        percent(settled, all),
        text::count(settled),
        text::many(all, "order"),
    );
    let mut how = word.to_owned();
    if state.runs.moves(entry) {
        // Writing into a string can't fail.
        let _ = write!(how, " {}", text::span(took(entry, state)));
        if let Some(left) = state.runs.left(entry, &state.jobs.list, state.now) {
            let _ = write!(how, " · {}", about(left));
        }
    }
    let width = columns
        .saturating_sub(text::width(&words) + text::width(&how))
        .min(60);
    Line::from(vec![
        Span::styled(text::bar(settled, all, width), style),
        Span::raw(words),
        Span::styled(how, style),
    ])
}
/// Outcomes as labelled bars.
fn bars(entry: &RunEntry, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
    let all = entry.summary.run.orders;
    let width = columns.saturating_sub(26).min(48);
    entry
        .summary
        .outcomes
        .iter()
        .map(|(outcome, count)| {
            let style = theme.outcome(*outcome);
            let bar = text::bar(*count, all, width).replace('░', " ");
            Line::from(vec![
                Span::styled(
                    format!("{} {}", mark(*outcome), text::left(outcome.name(), 10)),
                    style,
                ),
                Span::raw(text::right(&text::count(*count), 10)),
                Span::styled(format!("  {bar}"), style),
            ])
        })
        .collect()
}

/// Outcomes with marks, words and counts, in as few lines as they need.
fn counts(entry: &RunEntry, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
    let mut lines: Vec<Vec<Span<'static>>> = vec![Vec::new()];
    let mut left = columns;
    for (outcome, count) in &entry.summary.outcomes {
        let words = format!("{} {outcome} {}   ", mark(*outcome), text::count(*count));
        let width = text::width(words.trim_end());
        if width > left {
            lines.push(Vec::new());
            left = columns;
        }
        left = left.saturating_sub(text::width(&words));
        if let Some(line) = lines.last_mut() {
            line.push(Span::styled(words, theme.outcome(*outcome)));
        }
    }
    lines.into_iter().map(Line::from).collect()
}

fn report(entry: &RunEntry) -> RunReport {
    RunReport {
        name: entry.name(),
        summary: entry.summary.clone(),
        since: Vec::new(),
    }
}

/// What it waits for, why it ended, what can be done; then sums and circumstances.
fn tail(entry: &RunEntry, state: &State, columns: usize) -> Vec<Line<'static>> {
    let theme = &state.theme;
    let run = &entry.summary.run;
    let mut lines = Vec::new();
    let mut put = |head: &str, words: &str, style: Style| {
        for (index, part) in text::wrap(&text::shown(words), columns.saturating_sub(8))
            .into_iter()
            .enumerate()
        {
            let head = if index == 0 { head } else { "" };
            lines.push(Line::from(vec![
                Span::styled(text::left(head, 8), theme.dim),
                Span::styled(part, style),
            ]));
        }
    };
    let active = state.runs.active(entry.name());
    let waiting = active.and_then(|active| active.waiting.as_ref());
    if let Some(waiting) = waiting.filter(|waiting| !waiting.is_over(state.now)) {
        put("waits", &waiting.words(state.now), theme.warning);
    }
    // Another process's run, as the ledger has it.
    if let (None, true, Some(wait)) = (active, entry.alive, &run.wait)
        && wait.until > state.now
    {
        let words = format!("{}, {}", wait.reason, countdown(wait.until, state.now));
        put("waits", &words, theme.warning);
    }
    if let Some(why) = crate::workspace::reason_given(run) {
        put("because", &why, theme.text);
    }
    if let Some(reason) = &run.reason {
        put("reason", reason, theme.text);
    }
    for (words, style) in next(entry, state) {
        put("next", &words, style);
    }
    let report = report(entry);
    for (head, (orders, totals)) in [("sent", report.sent()), ("taken", report.taken())] {
        let words = format!(
            "{}   {}",
            text::right(&text::many(orders, "order"), 14),
            amounts_of(totals.into_iter())
        );
        put(head, &words, theme.text);
    }
    let took = text::span(took(entry, state));
    let retried = run.decided.retry_of.map_or_else(String::new, |id| {
        let of = RunName { id, ..entry.name() };
        format!(", a retry of run {of}")
    });
    let ended = if state.runs.moves(entry) {
        String::new()
    } else {
        format!(", ended {}", super::clock(run.changed_at))
    };
    let words = format!(
        "{}{ended}, {took}; {}, {}{retried}",
        super::day(run.started_at),
        text::many(entry.summary.exchanges, "request"),
        text::many(entry.summary.jobs, "job"),
    );
    put("begun", &words, theme.dim);
    if !run.decided.frozen.source.is_empty() {
        let source = text::shown(&run.decided.frozen.source).into_owned();
        let source = text::keep_end(&source, columns.saturating_sub(8));
        put("from", &source, theme.dim);
    }
    lines
}

/// What can be done now, with the keys as they are.
fn next(entry: &RunEntry, state: &State) -> Vec<(String, Style)> {
    let theme = &state.theme;
    let key = |command| state.keymap.first(command);
    let (resume, retry) = (key(Command::ResumeRun), key(Command::RetryRun));
    let settle = key(Command::SettleDoubt);
    let (export, show) = (key(Command::Export), key(Command::RunOrders));
    let run = &entry.summary.run;
    let count = |outcome| entry.summary.count(outcome);
    let mut next = Vec::new();
    if let Some(active) = state.runs.active(entry.name()) {
        if active.paused && !active.stopping {
            let (go, stop) = (key(Command::PauseRun), key(Command::StopRun));
            let words = format!("{go} lets it go on, {stop} stops it");
            next.push((words, theme.warning));
        }
        return next;
    }
    let open = open_orders(entry);
    match run.state {
        RunState::Running if entry.alive => {
            next.push(("another orderdeck is sending it".to_owned(), theme.info));
            return next;
        }
        RunState::Running => next.push((
            format!("its program died: {resume} finds out what became of what was under way, and goes on"),
            theme.warning,
        )),
        RunState::Finished if open == 0 => {}
        _ => next.push((
            format!("{resume} takes it up: {} without an end yet", text::many(open, "order")),
            theme.warning,
        )),
    }
    let rejected = count(Outcome::Rejected);
    if rejected > 0 {
        let edits = if run.decided.operation == Operation::Cancel {
            ""
        } else {
            " with your edits"
        };
        next.push((
            format!(
                "{} rejected: {retry} sends them again{edits}, {show} shows them, {export} exports",
                text::count(rejected)
            ),
            theme.error,
        ));
    }
    let doubt = count(Outcome::InDoubt);
    if doubt > 0 {
        next.push((
            format!(
                "{} in doubt: what the vendor did is unknown, so they are never sent again by themselves; {settle} shows each and takes your word",
                text::count(doubt)
            ),
            theme.warning,
        ));
    }
    let blocked = count(Outcome::Blocked);
    if blocked > 0 {
        let orders = key(Command::ViewOrders);
        next.push((
            format!(
                "{} blocked by error findings: put them right in Orders ({orders}), then submit again",
                text::count(blocked)
            ),
            theme.error,
        ));
    }
    if next.is_empty() && count(Outcome::Accepted) > 0 {
        next.push((
            "accepted: the vendor took them, and checks them later without telling".to_owned(),
            theme.taken,
        ));
    } else if next.is_empty() && count(Outcome::Imported) > 0 {
        next.push(("nothing: all went well".to_owned(), theme.taken));
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_as_coarse_as_it_is_sure() {
        for (seconds, words) in [
            (3, "a few seconds left"),
            (41, "about 45 s left"),
            (364, "about 6 min left"),
            (7_900, "about 2 h 10 min left"),
        ] {
            assert_eq!(about(SignedDuration::from_secs(seconds)), words);
        }
    }

    #[test]
    fn rates_and_latencies_are_short() {
        assert_eq!(
            [0, 330, 16_300, 1_234_000].map(rate),
            ["0", "0.33", "16.3", "1,234"]
        );
        assert_eq!(
            [212, 1_950, 100_000].map(latency),
            ["212 ms", "1.9 s", "100 s"]
        );
    }
}
