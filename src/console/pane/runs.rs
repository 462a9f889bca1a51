//! Runs: every decision, what became of its orders, and what is under way.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::console::action::Command;
use crate::console::layout;
use crate::console::model::RunEntry;
use crate::console::state::{RUN_FIELDS as FIELDS, State};
use crate::console::theme::Theme;
use crate::console::update::lists::Which;
use crate::console::widget::{input, pane, text};
use crate::order::outcome::Outcome;
use crate::vendor::by_name;

/// From here on the list names the vendor, and outcomes in words.
const WIDE: usize = 116;

/// Draws the view.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    let runs = &state.runs;
    let areas = layout::runs(state.room());
    let body = layout::frame(state.room()).body;
    let area = if runs.list.is_empty() {
        body
    } else {
        areas.list
    };
    let columns = Columns::of(usize::from(area.width.saturating_sub(2)));
    let shown = runs.shown();
    let title = if runs.passing.is_some() {
        format!("Runs · {shown} of {}", runs.list.len())
    } else {
        super::counted(state, Which::Runs, "Runs", shown)
    };
    let key = |command| state.keymap.first(command);
    let empty = if runs.list.is_empty() {
        let nothing = format!(
            "No run yet. A submit ({}) or a cancel ({}) from the Orders view ({}) is a run; what became of every order of it stands here, for good.",
            key(Command::Submit),
            key(Command::Cancel),
            key(Command::ViewOrders)
        );
        super::empty(state, Which::Runs, nothing)
    } else {
        super::Empty {
            words: format!("No run passes the filter; {} drops it.", key(Command::Back)),
            style: state.theme.dim,
        }
    };
    // The last row of the list is the filter's while there is one.
    let filter = u16::from(runs.has_filter_line());
    super::list_over(
        frame,
        state,
        &super::List {
            area,
            title: &title,
            heading: &columns.heading(),
            cursor: runs.cursor,
            rows: shown,
            empty,
        },
        filter,
        |line, _| {
            runs.at(line)
                .map_or_else(Line::default, |entry| columns.row(entry, state))
        },
    );
    if filter > 0 {
        filter_line(frame, area, state);
    }
    if let Some(entry) = runs.current() {
        super::run_detail::draw(frame, areas.detail, entry, state);
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
    took: usize,
    ended: usize,
    profile: usize,
    state: usize,
    outcomes: usize,
}

impl Columns {
    fn of(width: usize) -> Self {
        let wide = width >= WIDE;
        let begun = if width >= 90 { 12 } else { 6 };
        let took = if width >= 108 { 13 } else { 0 };
        let ended = if width >= 150 { 13 } else { 0 };
        // A bar beside the word where there is room for both.
        let state = if width >= 140 { 24 } else { 12 };
        // Name 6, what 7, environment 8, orders 7, and blanks.
        let fixed = 6 + begun + took + ended + 7 + 8 + state + 7 + 2 + if wide { 15 } else { 0 };
        let profile = 22.min(width.saturating_sub(fixed + 10));
        Self {
            wide,
            begun,
            took,
            ended,
            profile,
            state,
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
            "{}{}{}{}{}{vendor}{}{}{}{}  outcomes",
            text::left("run", 6),
            text::left("begun", self.begun),
            text::left("ended", self.ended),
            text::left("took", self.took),
            text::left("what", 7),
            text::left("profile", self.profile),
            text::left("", 8),
            text::left("state", self.state),
            text::right("orders", 7),
        )
    }

    fn row(&self, entry: &RunEntry, state: &State) -> Line<'static> {
        let theme = &state.theme;
        let run = &entry.summary.run;
        let decided = &run.decided;
        let (environment, environment_style) = theme.environment(entry.environment());
        let begun = if self.begun < 12 {
            super::shortest(run.started_at, state.now)
        } else {
            super::short(run.started_at)
        };
        let ended = if self.ended > 0 && !state.runs.moves(entry) {
            super::short(run.changed_at)
        } else {
            String::new()
        };
        let took = if self.took > 0 {
            text::span(took(entry, state))
        } else {
            String::new()
        };
        let mut spans = vec![
            Span::styled(text::left(&entry.name().to_string(), 6), theme.strong),
            Span::styled(text::left(&begun, self.begun), theme.dim),
            Span::styled(text::left(&ended, self.ended), theme.dim),
            Span::styled(text::left(&took, self.took), theme.dim),
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
            self.state(entry, state),
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

    /// How it stands: a run that moves has a bar, beside the word or, where there is no room for both, in its place:
    /// the word stands in the detail.
    fn state(&self, entry: &RunEntry, state: &State) -> Span<'static> {
        let (word, style) = standing(entry, state);
        let runs = matches!(word, "running" | "elsewhere");
        let words = if state.runs.moves(entry) && (self.state > 12 || runs) {
            let (before, wide) = match word {
                _ if self.state > 12 => (text::left(word, 10), 5),
                "elsewhere" => ("↗".to_owned(), 4),
                _ => (String::new(), 5),
            };
            let (settled, all) = (settled(entry), entry.summary.run.orders);
            let percent = percent(settled, all);
            format!("{before}{} {percent:>3} %", text::bar(settled, all, wide))
        } else {
            word.to_owned()
        };
        Span::styled(text::left(&words, self.state), style)
    }
}

/// How many orders of a run have come to their end.
pub(super) fn settled(entry: &RunEntry) -> u64 {
    let counts = entry.summary.outcomes.iter();
    counts
        .filter(|(outcome, _)| outcome.is_final())
        .map(|(_, count)| count)
        .sum()
}

/// So much of it in a hundred; all of nothing is done.
pub(super) fn percent(part: u64, all: u64) -> u64 {
    part.saturating_mul(100).checked_div(all).unwrap_or(100)
}

/// Seconds that a run took, or takes until now.
pub(super) fn took(entry: &RunEntry, state: &State) -> i64 {
    let run = &entry.summary.run;
    let last = if state.runs.moves(entry) {
        state.now
    } else {
        run.changed_at
    };
    last.duration_since(run.started_at).as_secs()
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
            outcome.word(entry.summary.run.decided.operation)
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
pub(super) fn standing(entry: &RunEntry, state: &State) -> (&'static str, Style) {
    let theme = &state.theme;
    let word = state.runs.standing(entry);
    let style = match word {
        "running" | "elsewhere" => theme.info,
        "died" => theme.error,
        "finished" => theme.taken,
        _ => theme.warning,
    };
    (word, style)
}

/// What people call a vendor.
pub(super) fn vendor_title(name: &str) -> &str {
    by_name(name).map_or(name, |vendor| vendor.title())
}

/// The filter, under the list.
fn filter_line(frame: &mut Frame<'_>, area: Rect, state: &State) {
    let (runs, theme) = (&state.runs, &state.theme);
    let inner = Rect {
        x: area.x + 1,
        y: area.bottom().saturating_sub(2),
        width: area.width.saturating_sub(2),
        height: 1,
    };
    let mut spans = vec![Span::styled(" / ", theme.key)];
    let width = usize::from(inner.width).saturating_sub(6) / 2;
    spans.extend(
        runs.filter
            .spans(width, runs.typing_filter, theme.text, theme),
    );
    if runs.typing_filter && runs.filter.text().is_empty() {
        let words = format!("words, or {}:", FIELDS.join(": "));
        spans.push(Span::raw(" "));
        spans.push(input::hint(
            &words,
            usize::from(inner.width).saturating_sub(6),
            theme,
        ));
    } else {
        let words = format!("  {} of {}", runs.shown(), runs.list.len());
        spans.push(Span::styled(words, theme.dim));
    }
    pane::row(frame, inner, 0, Line::from(spans), None);
}
