//! Jobs: the vendors' asynchronous work.

use std::fmt::Write as _;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::console::layout;
use crate::console::model::JobEntry;
use crate::console::state::{State, countdown};
use crate::console::widget::{pane, text};
use crate::ledger::RunName;
use crate::submit::jobs::STALE;
use crate::vendor::by_name;

/// Draws the view.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    let jobs = &state.jobs;
    let areas = layout::jobs(state.size);
    let body = layout::frame(state.size).body;
    let area = if jobs.list.is_empty() {
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
            title: &format!("Jobs · {}", jobs.list.len()),
            heading: &columns.heading(),
            cursor: jobs.cursor,
            rows: jobs.list.len(),
            empty: "No vendor has a job for us. Voucherify's imports become jobs: submit to it from the Orders view (1, then ] and s), and each stands here until it ends, and after.",
        },
        |index, _| columns.row(&jobs.list[index], state),
    );
    if let Some(entry) = jobs.list.get(jobs.cursor.at) {
        detail(frame, areas.detail, entry, state);
    }
}

struct Columns {
    id: usize,
    profile: usize,
    bar: usize,
}

impl Columns {
    fn of(width: usize) -> Self {
        // Run 6, status 12, percent 6, done 8, failed 7, age 12, polls 6, and blanks.
        let mut rest = width.saturating_sub(6 + 12 + 6 + 8 + 7 + 11 + 6);
        let id = rest.min(28);
        rest -= id;
        let bar = rest.min(14);
        rest -= bar;
        Self {
            id,
            profile: if rest >= 14 { rest.min(24) } else { 0 },
            bar,
        }
    }

    fn heading(&self) -> String {
        format!(
            "{}{}{}{}{}{}{}{}{}{}",
            text::left("run", 6),
            text::left("profile", self.profile),
            text::left("job", self.id),
            text::left("status", 12),
            text::left(if self.bar > 8 { "progress" } else { "" }, self.bar),
            text::right("", 6),
            text::right("done", 8),
            text::right("failed", 7),
            text::right("age", 11),
            text::right("polls", 6),
        )
    }

    fn row(&self, entry: &JobEntry, state: &State) -> Line<'static> {
        let theme = &state.theme;
        let row = &entry.row;
        let run = RunName {
            book: entry.book,
            id: row.run,
        };
        let style = style(entry, state);
        let percent = percent(entry);
        let number = |count: Option<u64>| count.map_or_else(String::new, text::count);
        let age = state.now.duration_since(row.started_at).as_secs();
        let failed = if row.job.failed.unwrap_or(0) > 0 {
            theme.error
        } else {
            theme.dim
        };
        Line::from(vec![
            Span::styled(text::left(&run.to_string(), 6), theme.strong),
            Span::raw(text::left(&text::shown(&row.profile), self.profile)),
            Span::raw(text::left(
                &text::keep_end(&text::shown(&row.job.id), self.id.saturating_sub(1)),
                self.id,
            )),
            Span::styled(text::left(&text::shown(&row.job.status), 12), style),
            Span::styled(
                percent.map_or_else(
                    || " ".repeat(self.bar),
                    |percent| text::bar(percent, 100, self.bar),
                ),
                style,
            ),
            Span::raw(text::right(
                &percent.map_or_else(String::new, |percent| format!("{percent} %")),
                6,
            )),
            Span::raw(text::right(&number(row.job.done), 8)),
            Span::styled(text::right(&number(row.job.failed), 7), failed),
            Span::styled(text::right(&text::span(age), 11), theme.dim),
            Span::styled(text::right(&text::count(row.polls), 6), theme.dim),
        ])
    }
}

fn style(entry: &JobEntry, state: &State) -> Style {
    let theme = &state.theme;
    let job = &entry.row.job;
    if !job.finished && job.status == STALE {
        theme.warning
    } else if !job.finished {
        theme.info
    } else if job.failed.unwrap_or(0) > 0 {
        theme.error
    } else {
        theme.taken
    }
}

/// How far it is, where that is known.
fn percent(entry: &JobEntry) -> Option<u64> {
    let job = &entry.row.job;
    job.progress
        .map(u64::from)
        .or_else(|| job.finished.then_some(100))
}

/// The job under the cursor.
fn detail(frame: &mut Frame<'_>, area: Rect, entry: &JobEntry, state: &State) {
    let theme = &state.theme;
    let row = &entry.row;
    let vendor = by_name(&row.vendor).map_or(row.vendor.as_str(), |vendor| vendor.title());
    let title = Line::styled(
        format!(
            " {vendor} · {} · job {} ",
            text::shown(&row.profile),
            text::shown(&row.job.id)
        ),
        theme.strong,
    );
    let inner = pane::pane(frame, area, title, false, theme);
    let columns = usize::from(inner.width).saturating_sub(2);
    let mut lines = Vec::new();
    let mut put = |head: &str, words: &str, style: Style| {
        for (index, part) in text::wrap(&text::shown(words), columns.saturating_sub(9))
            .into_iter()
            .enumerate()
        {
            let head = if index == 0 { head } else { "" };
            lines.push(Line::from(vec![
                Span::styled(format!(" {}", text::left(head, 9)), theme.dim),
                Span::styled(part, style),
            ]));
        }
    };
    let mut words = format!("{}, {}", row.job.status, text::many(row.orders, "order"));
    if let Some(done) = row.job.done {
        // Writing into a string can't fail.
        let _ = write!(words, ", {} done", text::count(done));
    }
    if let Some(failed) = row.job.failed {
        let _ = write!(words, ", {} failed", text::count(failed));
    }
    put("status", &words, style(entry, state));
    if let Some(message) = &row.job.message {
        put("message", message, theme.text);
    }
    let polled = row.polled_at.map_or_else(
        || "not asked yet".to_owned(),
        |at| format!("last asked {}", super::clock(at)),
    );
    let begun = format!(
        "{}; {polled}, {} in all",
        super::day(row.started_at),
        text::many(row.polls, "poll"),
    );
    put("begun", &begun, theme.dim);
    if !row.job.finished {
        let name = RunName {
            book: entry.book,
            id: row.run,
        };
        let active = state.runs.active(name);
        let words = match (active, row.job.next_poll) {
            (None, _) if row.job.status == STALE => format!(
                "it was given up: resume run {name} in Runs (3), and it is asked once more, then order by order"
            ),
            (None, _) => format!(
                "nobody watches it: resume run {name} in Runs (3), and it is asked until it ends"
            ),
            (Some(_), Some(at)) if at > state.now => {
                format!("asked again in {}", countdown(at, state.now))
            }
            (Some(_), _) => "asked again soon".to_owned(),
        };
        put("next", &words, theme.info);
        // The poll may have to wait for more than its own time: a rate limit, a token, the budget.
        let waiting = active.and_then(|active| active.waiting.as_ref());
        if let Some(waiting) = waiting.filter(|waiting| !waiting.is_over(state.now)) {
            put("waits", &waiting.words(state.now), theme.warning);
        }
    }
    pane::lines(frame, inner, lines);
}
