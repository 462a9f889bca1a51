//! Runs: every decision, what became of its orders, and what is under way.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::console::action::Command;
use crate::console::dialog::plan_words::amounts_of;
use crate::console::layout;
use crate::console::model::RunEntry;
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::update::runs::open_orders;
use crate::console::widget::{pane, text};
use crate::ledger::{RunName, RunState};
use crate::order::outcome::Outcome;
use crate::vendor::by_name;
use crate::workspace::RunReport;

/// From here on the list names the vendor, and outcomes in words.
const WIDE: usize = 116;

/// Draws the view.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    let runs = &state.runs;
    let areas = layout::runs(state.size);
    let body = layout::frame(state.size).body;
    let area = if runs.list.is_empty() {
        body
    } else {
        areas.list
    };
    let columns = Columns::of(usize::from(area.width.saturating_sub(2)));
    super::list(
        frame,
        state,
        &super::List {
            area,
            title: &format!("Runs · {}", runs.list.len()),
            heading: &columns.heading(),
            cursor: runs.cursor,
            rows: runs.list.len(),
            empty: "No run yet. A submit (s) or a cancel (c) from the Orders view (1) is a run; what became of every order of it stands here, for good.",
        },
        |index, _| columns.row(&runs.list[index], state),
    );
    if let Some(entry) = runs.current() {
        detail(frame, areas.detail, entry, state);
    }
}

/// The mark of an outcome; the detail has the words beside it.
pub fn mark(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted | Outcome::Imported => "✓",
        Outcome::Rejected | Outcome::Blocked => "✗",
        Outcome::InDoubt => "?",
        Outcome::Pending | Outcome::Sending | Outcome::Queued => "…",
        Outcome::Skipped | Outcome::Excluded => "–",
    }
}

struct Columns {
    wide: bool,
    begun: usize,
    profile: usize,
    outcomes: usize,
}

impl Columns {
    fn of(width: usize) -> Self {
        let wide = width >= WIDE;
        let begun = if width >= 90 { 12 } else { 6 };
        // Name 6, what 7, environment 8, state 10, orders 7, and blanks.
        let fixed = 6 + begun + 7 + 8 + 10 + 7 + 2 + if wide { 15 } else { 0 };
        let profile = 22.min(width.saturating_sub(fixed + 10));
        Self {
            wide,
            begun,
            profile,
            outcomes: width.saturating_sub(fixed + profile),
        }
    }

    fn heading(&self) -> String {
        let vendor = if self.wide {
            text::left("vendor", 15)
        } else {
            String::new()
        };
        format!(
            "{}{}{}{vendor}{}{}{}{}  outcomes",
            text::left("run", 6),
            text::left("begun", self.begun),
            text::left("what", 7),
            text::left("profile", self.profile),
            text::left("", 8),
            text::left("state", 10),
            text::right("orders", 7),
        )
    }

    fn row(&self, entry: &RunEntry, state: &State) -> Line<'static> {
        let theme = &state.theme;
        let run = &entry.summary.run;
        let decided = &run.decided;
        let (word, style) = standing(entry, state);
        let (environment, environment_style) = theme.environment(entry.environment());
        let begun = if self.begun < 12 {
            super::shortest(run.started_at, state.now)
        } else {
            super::short(run.started_at)
        };
        let mut spans = vec![
            Span::styled(text::left(&entry.name().to_string(), 6), theme.strong),
            Span::styled(text::left(&begun, self.begun), theme.dim),
            Span::raw(text::left(decided.operation.name(), 7)),
        ];
        if self.wide {
            spans.push(Span::raw(text::left(vendor_title(&decided.vendor), 15)));
        }
        let profile = text::keep_end(&text::shown(&decided.profile), self.profile - 1);
        spans.extend([
            Span::raw(text::left(&profile, self.profile)),
            Span::styled(environment, environment_style),
            Span::raw(" ".repeat(8 - environment.len())),
            Span::styled(text::left(word, 10), style),
            Span::raw(text::right(&text::count(run.orders), 7)),
            Span::raw("  "),
        ]);
        let mut left = self.outcomes;
        let in_words = outcomes(entry, theme, true);
        let width: usize = in_words.iter().map(|(words, _)| text::width(words)).sum();
        let shown = if width <= left + 2 {
            in_words
        } else {
            outcomes(entry, theme, false)
        };
        for (words, style) in shown {
            // The blank behind the last one needs no room.
            if text::width(&words) > left {
                spans.push(Span::styled(text::fit(words.trim_end(), left), style));
                break;
            }
            left -= text::width(&words);
            spans.push(Span::styled(words, style));
        }
        Line::from(spans)
    }
}

/// Outcomes with their counts: in words, or by their marks where there is no room for words.
fn outcomes(entry: &RunEntry, theme: &Theme, in_words: bool) -> Vec<(String, Style)> {
    let mut shown: Vec<(&str, u64, Style)> = Vec::new();
    let mut counts: Vec<&(Outcome, u64)> = entry.summary.outcomes.iter().collect();
    if !in_words {
        // What is to be looked at comes first: on a narrow screen the last ones may have no room.
        counts.sort_by_key(|(outcome, _)| match outcome {
            Outcome::InDoubt | Outcome::Rejected | Outcome::Blocked => 0,
            Outcome::Skipped | Outcome::Excluded => 2,
            _ => 1,
        });
    }
    for (outcome, count) in counts {
        let word = if in_words {
            outcome.name()
        } else {
            mark(*outcome)
        };
        match shown.iter_mut().find(|(other, _, _)| *other == word) {
            Some((_, sum, _)) => *sum += count,
            None => shown.push((word, *count, theme.outcome(*outcome))),
        }
    }
    shown
        .into_iter()
        .map(|(word, count, style)| {
            let count = text::count(count);
            let words = if in_words {
                format!("{word} {count}  ")
            } else {
                format!("{word}{count} ")
            };
            (words, style)
        })
        .collect()
}

/// How a run stands, in a word.
fn standing(entry: &RunEntry, state: &State) -> (&'static str, Style) {
    let theme = &state.theme;
    match (state.runs.active(entry.name()), entry.summary.run.state) {
        (Some(active), _) if active.stopping => ("stopping", theme.warning),
        (Some(active), _) if active.paused => ("paused", theme.warning),
        (Some(_), _) => ("running", theme.info),
        (None, RunState::Running) if entry.alive => ("elsewhere", theme.info),
        (None, RunState::Running) => ("died", theme.error),
        (None, RunState::Finished) => ("finished", theme.taken),
        (None, other) => (other.name(), theme.warning),
    }
}

fn vendor_title(name: &str) -> &str {
    by_name(name).map_or(name, |vendor| vendor.title())
}

/// The run under the cursor.
fn detail(frame: &mut Frame<'_>, area: Rect, entry: &RunEntry, state: &State) {
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
    let columns = usize::from(inner.width).saturating_sub(2);
    let rows = usize::from(inner.height);
    let head = vec![progress(entry, state, columns)];
    let tail = tail(entry, state, columns);
    let bars = bars(entry, theme, columns);
    // Bars where there is room for them; else the same in a line.
    let mut lines = head;
    if lines.len() + bars.len() + tail.len() <= rows {
        lines.extend(bars);
    } else {
        lines.extend(counts(entry, theme, columns));
    }
    lines.extend(tail);
    let inner = Rect {
        x: inner.x + 1,
        width: inner.width.saturating_sub(2),
        ..inner
    };
    pane::lines(frame, inner, lines);
}

fn progress(entry: &RunEntry, state: &State, columns: usize) -> Line<'static> {
    let report = report(entry);
    let (settled, all) = (report.settled(), entry.summary.run.orders);
    let percent = settled.saturating_mul(100).checked_div(all).unwrap_or(100);
    let (word, style) = standing(entry, state);
    let words = format!(
        "  {percent} %   {} of {}   ",
        text::count(settled),
        text::many(all, "order"),
    );
    let width = columns
        .saturating_sub(text::width(&words) + text::width(word))
        .min(60);
    Line::from(vec![
        Span::styled(text::bar(settled, all, width), style),
        Span::raw(words),
        Span::styled(word, style),
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
    // Another process's run: nothing here ticks for it, so the moment instead of what is left.
    if let (None, true, Some(wait)) = (active, entry.alive, &run.wait)
        && wait.until > state.now
    {
        let words = format!("{}, until {}", wait.reason, super::clock(wait.until));
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
    let last = if active.is_some() {
        state.now
    } else {
        run.changed_at
    };
    let took = text::span(last.duration_since(run.started_at).as_secs());
    let retried = run.decided.retry_of.map_or_else(String::new, |id| {
        let of = RunName { id, ..entry.name() };
        format!(", a retry of run {of}")
    });
    let words = format!(
        "{}, {took}; {}, {}{retried}",
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

/// What can be done now.
fn next(entry: &RunEntry, state: &State) -> Vec<(String, Style)> {
    let theme = &state.theme;
    let key = |command| state.keymap.first(command);
    let (resume, retry) = (key(Command::ResumeRun), key(Command::RetryRun));
    let settle = key(Command::SettleDoubt);
    let (export, show) = (key(Command::Export), key(Command::RunOrders));
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
    match entry.summary.run.state {
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
        next.push((
            format!(
                "{} rejected: {show} shows why, {retry} retries, {export} exports",
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
        next.push((
            format!(
                "{} blocked by error findings: put them right in Orders, then submit again",
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
