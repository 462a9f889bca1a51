//! Jobs: the vendors' asynchronous work.

use std::fmt::Write as _;

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::console::action::Command;
use crate::console::layout;
use crate::console::model::JobEntry;
use crate::console::state::{State, countdown};
use crate::console::update::lists::Which;
use crate::console::widget::{pane, text};
use crate::vendor::by_name;
use crate::workspace::Stale;

/// Draws the view.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    let jobs = &state.jobs;
    let areas = layout::jobs(state.room());
    let body = layout::frame(state.room()).body;
    let area = if jobs.list.is_empty() {
        body
    } else {
        areas.list
    };
    let columns = Columns::of(usize::from(area.width.saturating_sub(2)));
    let key = |command| state.keymap.first(command);
    super::list(
        frame,
        state,
        &super::List {
            area,
            title: &super::counted(state, Which::Jobs, "Jobs", jobs.list.len()),
            heading: &columns.heading(),
            cursor: jobs.cursor,
            rows: jobs.list.len(),
            empty: super::empty(
                state,
                Which::Jobs,
                format!(
                    "No vendor has a job for us. Voucherify's imports become jobs: submit to it from the Orders view ({}, then {} and {}), and each stands here until it ends, and after.",
                    key(Command::ViewOrders),
                    key(Command::NextVendor),
                    key(Command::Submit)
                ),
            ),
        },
        |index, _| columns.row(&jobs.list[index], state),
    );
    if let Some(entry) = jobs.list.get(jobs.cursor.at) {
        detail(frame, areas.detail, entry, state);
    }
}

struct Columns {
    run: usize,
    id: usize,
    profile: usize,
    bar: usize,
    polls: usize,
    asked: usize,
}

impl Columns {
    fn of(width: usize) -> Self {
        // Status 12, percent 6, done 8, failed 7, age 11, next 8, a blank.
        let fixed = 12 + 6 + 8 + 7 + 11 + 8 + 1;
        let run = 5;
        let mut rest = width.saturating_sub(fixed + run);
        let mut take = |wanted: usize, least: usize| {
            let given = if rest >= least { rest.min(wanted) } else { 0 };
            rest -= given;
            given
        };
        let id = take(13, 1);
        let bar = take(7, 6);
        let profile = take(24, 14);
        let asked = take(10, 10);
        let polls = take(6, 6);
        let id = id + take(24, 1);
        let bar = bar + take(20, 1);
        Self {
            run,
            id,
            profile,
            bar,
            polls,
            asked,
        }
    }

    fn heading(&self) -> String {
        format!(
            "{}{}{}{}{}{}{}{}{}{}{} {}",
            text::left("run", self.run),
            text::left("profile", self.profile),
            text::left("job", self.id),
            text::left("status", 12),
            text::left(if self.bar > 8 { "progress" } else { "" }, self.bar),
            text::right("", 6),
            text::right("done", 8),
            text::right("failed", 7),
            text::right("age", 11),
            text::right(if self.polls > 0 { "polls" } else { "" }, self.polls),
            text::right(if self.asked > 0 { "asked" } else { "" }, self.asked),
            text::right("next", 7),
        )
    }

    fn row(&self, entry: &JobEntry, state: &State) -> Line<'static> {
        let theme = &state.theme;
        let row = &entry.row;
        let style = style(entry, state);
        let percent = percent(entry);
        let number = |count: Option<u64>| count.map_or_else(String::new, text::count);
        let failed = if row.job.failed.unwrap_or(0) > 0 {
            theme.error
        } else {
            theme.dim
        };
        let (next, next_style) = match (next(entry, state), entry.stale(state.now)) {
            (_, Some(_)) => ("! stale".to_owned(), theme.warning),
            (Some(Next::At(at)), None) => (countdown(at, state.now), theme.info),
            (Some(Next::Soon), None) => ("soon".to_owned(), theme.info),
            (Some(Next::Nobody), None) => ("nobody".to_owned(), theme.warning),
            (None, None) => (String::new(), theme.dim),
        };
        let polls = if self.polls > 0 {
            text::count(row.polls)
        } else {
            String::new()
        };
        let asked = match row.polled_at {
            Some(at) if self.asked > 0 => super::clock(at),
            _ => String::new(),
        };
        let (bar, percent) = percent.map_or_else(
            || (" ".repeat(self.bar), String::new()),
            |percent| {
                let bar = text::bar(percent, 100, self.bar);
                (bar, format!("{percent} %"))
            },
        );
        let profile = text::keep_end(&text::shown(&row.profile), self.profile.saturating_sub(1));
        Line::from(vec![
            Span::styled(text::left(&entry.run().to_string(), self.run), theme.strong),
            Span::raw(text::left(&profile, self.profile)),
            Span::raw(text::left(
                &text::keep_end(&text::shown(&row.job.id), self.id.saturating_sub(1)),
                self.id,
            )),
            Span::styled(text::left(&text::shown(&row.job.status), 12), style),
            Span::styled(bar, style),
            Span::raw(text::right(&percent, 6)),
            Span::raw(text::right(&number(row.job.done), 8)),
            Span::styled(text::right(&number(row.job.failed), 7), failed),
            Span::styled(text::right(&text::span(age(entry, state)), 11), theme.dim),
            Span::styled(text::right(&polls, self.polls), theme.dim),
            Span::styled(text::right(&asked, self.asked), theme.dim),
            Span::raw(" "),
            Span::styled(text::right(&next, 7), next_style),
        ])
    }
}

/// Seconds that a job is old, or that it took.
fn age(entry: &JobEntry, state: &State) -> i64 {
    let row = &entry.row;
    let end = row.polled_at.filter(|_| row.job.finished);
    let end = end.unwrap_or(state.now);
    end.duration_since(row.started_at).as_secs()
}

/// When a job that isn't done is asked again.
enum Next {
    At(Timestamp),
    Soon,
    Nobody,
}

fn next(entry: &JobEntry, state: &State) -> Option<Next> {
    let row = &entry.row;
    if row.job.finished {
        return None;
    }
    if !entry.watched && state.runs.active(entry.run()).is_none() {
        return Some(Next::Nobody);
    }
    Some(match row.job.next_poll {
        Some(at) if at > state.now => Next::At(at),
        _ => Next::Soon,
    })
}

fn style(entry: &JobEntry, state: &State) -> Style {
    let theme = &state.theme;
    let job = &entry.row.job;
    if entry.stale(state.now).is_some() {
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
    let counted = |done: u64| {
        let done = done + job.failed.unwrap_or(0);
        done.saturating_mul(100).checked_div(entry.row.orders)
    };
    job.progress
        .map(u64::from)
        .or_else(|| job.finished.then_some(100))
        .or_else(|| job.done.and_then(counted))
        .map(|percent| percent.min(100))
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
    let took = if row.job.finished { "took" } else { "age" };
    let begun = format!(
        "{}, {took} {}; {polled}, {} in all",
        super::day(row.started_at),
        text::span(age(entry, state)),
        text::many(row.polls, "poll"),
    );
    put("begun", &begun, theme.dim);
    let name = entry.run();
    let resume = state.keymap.first(Command::ResumeRun);
    match entry.stale(state.now) {
        Some(Stale::GivenUp) => {
            let words = format!(
                "it was given up: {resume} takes run {name} up, and the job is asked once more, then order by order"
            );
            put("stale", &words, theme.warning);
        }
        Some(Stale::Unwatched) => {
            let words = format!("nobody polls it: {resume} takes run {name} up");
            put("stale", &words, theme.warning);
        }
        Some(Stale::Stuck) => {
            let since = row.moved_at.unwrap_or(row.started_at);
            let words = format!(
                "nothing new since {}, {} ago: the vendor may have lost it; it is asked on",
                super::clock(since),
                text::span(state.now.duration_since(since).as_secs()),
            );
            put("stale", &words, theme.warning);
        }
        None => {}
    }
    let words = match (next(entry, state), entry.stale(state.now)) {
        (Some(Next::At(at)), _) => Some(format!("asked again in {}", countdown(at, state.now))),
        (Some(Next::Soon), _) => Some("asked again soon".to_owned()),
        (Some(Next::Nobody), None) => {
            Some(format!("nobody polls it: {resume} takes run {name} up"))
        }
        (Some(Next::Nobody), Some(_)) | (None, _) => None,
    };
    if let Some(words) = words {
        put("next", &words, theme.info);
    }
    if !row.job.finished {
        // The poll may have to wait for more than its own time: a rate limit, a token, the budget.
        let active = state.runs.active(name);
        let waiting = active.and_then(|active| active.waiting.as_ref());
        if let Some(waiting) = waiting.filter(|waiting| !waiting.is_over(state.now)) {
            put("waits", &waiting.words(state.now), theme.warning);
        }
    }
    let key = |command| state.keymap.first(command);
    let failed = row.job.failed.unwrap_or(0);
    let (orders, style) = if failed > 0 {
        let words = format!("its {}", text::many(failed, "failed order"));
        (words, theme.error)
    } else {
        (
            format!("its {}", text::many(row.orders, "order")),
            theme.dim,
        )
    };
    let words = format!(
        "{} {orders} · {} its run {name} · {} its answer",
        key(Command::RunOrders),
        key(Command::ShowRun),
        key(Command::Accept),
    );
    put("see", &words, style);
    pane::lines(frame, inner, lines);
}
