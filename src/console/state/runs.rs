//! The Runs view: the runs that were read, which of them pass the filter, those under way here, and how quickly the
//! one under the cursor goes.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::Waiting;
use crate::console::model::{JobEntry, RunEntry};
use crate::console::widget::clicked::Clicked;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::input::Input;
use crate::ledger::{Book, RunId, RunName, RunState};
use crate::order::outcome::Outcome;
use crate::vendor::by_name;
use crate::workspace::{RunPace, job_left};

/// A run of this process.
#[derive(Debug, Clone)]
pub struct ActiveRun {
    /// What it is called.
    pub name: RunName,
    /// What it waits for.
    pub waiting: Option<Waiting>,
    /// Whether the operator paused it.
    pub paused: bool,
    /// Whether it was told to stop.
    pub stopping: bool,
}

/// What a run looked like when its pace was asked for: another look means that there is more to be read.
pub type PaceKey = (RunName, u64, Vec<(Outcome, u64)>);

/// Which runs of a ledger were read without a gap. Others may have been read alone.
#[derive(Debug, Clone, Copy)]
pub struct Covered {
    book: Book,
    /// Number of the oldest.
    oldest: i64,
    /// Number of the newest.
    newest: i64,
    /// Whether there is no older one.
    pub whole: bool,
}

impl Covered {
    fn new(book: Book, oldest: i64, newest: i64) -> Self {
        Self {
            book,
            oldest,
            newest,
            whole: false,
        }
    }
}

/// The Runs view.
#[derive(Debug, Default)]
pub struct RunsState {
    /// Newest first.
    pub list: Vec<RunEntry>,
    /// Those under way in this process.
    pub active: Vec<ActiveRun>,
    /// The line under the cursor, of those that are shown.
    pub cursor: Cursor,
    /// Which are shown.
    pub filter: Input,
    /// Whether the filter is being typed.
    pub typing_filter: bool,
    /// Places in the list of those that pass the filter; none where there is no filter.
    pub passing: Option<Vec<usize>>,
    /// Which were read of each ledger, page by page.
    pub covered: Vec<Covered>,
    /// Whether older ones are being read.
    pub reading_older: bool,
    /// The cursor goes to this run as soon as it is in the list.
    pub go_to: Option<RunName>,
    /// How quickly a run goes, as it was when it looked like that.
    pub pace: Option<(PaceKey, Arc<RunPace>)>,
    /// What is being read.
    pub pace_asked: Option<PaceKey>,
    /// When runs of other processes were looked at last.
    pub looked: Option<Timestamp>,
    /// Whether runs that wait to be taken up are told when the runs were read first: at the start.
    pub tell_open: bool,
    /// What was told of them.
    pub told_open: Option<String>,
    /// The last click.
    pub clicked: Clicked,
}

impl RunsState {
    /// The run of this process of that name.
    pub fn active(&self, name: RunName) -> Option<&ActiveRun> {
        self.active.iter().find(|run| run.name == name)
    }

    /// How many are shown.
    pub fn shown(&self) -> usize {
        self.passing.as_ref().map_or(self.list.len(), Vec::len)
    }

    /// The run of a line.
    pub fn at(&self, line: usize) -> Option<&RunEntry> {
        let place = match &self.passing {
            Some(passing) => *passing.get(line)?,
            None => line,
        };
        self.list.get(place)
    }

    /// Whether the filter stands under the list.
    pub fn has_filter_line(&self) -> bool {
        self.typing_filter || !self.filter.text().is_empty()
    }

    /// The newest page of each ledger was read.
    pub fn cover_newest(&mut self, runs: &[RunEntry], page: usize) {
        for book in Book::ALL {
            let of = || runs.iter().filter(|entry| entry.book == book);
            let numbers = || of().map(|entry| entry.summary.run.id.0);
            let (Some(oldest), Some(newest)) = (numbers().min(), numbers().max()) else {
                continue;
            };
            let whole = of().count() < page;
            if !self.covered.iter().any(|it| it.book == book) {
                self.covered.push(Covered::new(book, oldest, newest));
            }
            let Some(covered) = self.covered.iter_mut().find(|it| it.book == book) else {
                continue;
            };
            if oldest > covered.newest + 1 {
                // So many are new that some between were not read.
                *covered = Covered::new(book, oldest, newest);
            }
            covered.oldest = covered.oldest.min(oldest);
            covered.newest = covered.newest.max(newest);
            covered.whole |= whole;
        }
    }

    /// The next older page of each ledger that may have one was read.
    pub fn cover_older(&mut self, runs: &[RunEntry], page: usize) {
        for covered in self.covered.iter_mut().filter(|it| !it.whole) {
            let of = || runs.iter().filter(|entry| entry.book == covered.book);
            let oldest = of().map(|entry| entry.summary.run.id.0).min();
            covered.whole = of().count() < page;
            covered.oldest = oldest.unwrap_or(covered.oldest).min(covered.oldest);
        }
    }

    /// Where to go on reading: the oldest run of each ledger that may have older ones.
    pub fn older_than(&self) -> Vec<RunName> {
        let more = self.covered.iter().filter(|it| !it.whole);
        more.map(|it| RunName {
            book: it.book,
            id: RunId(it.oldest),
        })
        .collect()
    }

    /// The run under the cursor.
    pub fn current(&self) -> Option<&RunEntry> {
        self.at(self.cursor.at)
    }

    /// The line of a run.
    pub fn line_of(&self, name: RunName) -> Option<usize> {
        let place = self.list.iter().position(|entry| entry.name() == name)?;
        match &self.passing {
            Some(passing) => passing.iter().position(|passes| *passes == place),
            None => Some(place),
        }
    }

    /// Finds anew which runs pass the filter; the cursor stays on its run where that is still shown.
    pub fn sift(&mut self) {
        let current = self.current().map(RunEntry::name);
        let terms = terms(self.filter.text());
        self.passing = (!terms.is_empty()).then(|| {
            let passes = |entry: &RunEntry| terms.iter().all(|term| term.passes(entry, self));
            (0..self.list.len())
                .filter(|place| self.list.get(*place).is_some_and(passes))
                .collect()
        });
        self.cursor.at = current.and_then(|name| self.line_of(name)).unwrap_or(0);
    }

    /// How a run stands, in a word.
    pub fn standing(&self, entry: &RunEntry) -> &'static str {
        match (self.active(entry.name()), entry.summary.run.state) {
            (Some(active), _) if active.stopping => "stopping",
            (Some(active), _) if active.paused => "paused",
            (Some(_), _) => "running",
            (None, RunState::Running) if entry.alive => "elsewhere",
            (None, RunState::Running) => "died",
            (None, other) => other.name(),
        }
    }

    /// Whether a run is under way, here or in another process.
    pub fn moves(&self, entry: &RunEntry) -> bool {
        self.active(entry.name()).is_some() || is_elsewhere(entry)
    }

    /// How many orders of a run that nobody has under way are still to be sent; none where it isn't one.
    pub fn to_take_up(&self, entry: &RunEntry) -> Option<u64> {
        let count = |outcome| entry.summary.count(outcome);
        let to_send = count(Outcome::Pending) + count(Outcome::Sending);
        let waits = to_send > 0 && !entry.alive && self.active(entry.name()).is_none();
        waits.then_some(to_send)
    }

    /// The runs that wait to be taken up, the newest first, each with its orders to send.
    pub fn open(&self) -> impl Iterator<Item = (&RunEntry, u64)> {
        let runs = self.list.iter();
        runs.filter_map(|entry| Some((entry, self.to_take_up(entry)?)))
    }

    /// Whether another process has a run under way that is in the list.
    pub fn any_elsewhere(&self) -> bool {
        self.list
            .iter()
            .any(|entry| is_elsewhere(entry) && self.active(entry.name()).is_none())
    }

    /// The pace of that run, if it was read.
    pub fn pace_of(&self, name: RunName) -> Option<&Arc<RunPace>> {
        let (key, pace) = self.pace.as_ref()?;
        (key.0 == name).then_some(pace)
    }

    /// How long a run goes on, where that can be known.
    pub fn left(
        &self,
        entry: &RunEntry,
        jobs: &[JobEntry],
        now: Timestamp,
    ) -> Option<SignedDuration> {
        let active = self.active(entry.name());
        let goes_on = active.is_none_or(|active| !active.paused && !active.stopping);
        if !goes_on || !self.moves(entry) {
            return None;
        }
        let count = |outcome| entry.summary.count(outcome);
        let to_send = count(Outcome::Pending) + count(Outcome::Sending);
        if to_send > 0 {
            let wait = match active {
                Some(active) => active.waiting.as_ref().and_then(|waiting| waiting.until),
                None => entry.summary.run.wait.as_ref().map(|wait| wait.until),
            };
            return self.pace_of(entry.name())?.left(to_send, wait, now);
        }
        let open = jobs.iter().filter(|job| {
            let row = &job.row;
            job.book == entry.book && row.run == entry.summary.run.id && !row.job.finished
        });
        let left: Option<Vec<_>> = open.map(|job| job_left(&job.row, now)).collect();
        left?.into_iter().max()
    }
}

fn is_elsewhere(entry: &RunEntry) -> bool {
    entry.alive && entry.summary.run.state == RunState::Running
}

/// A part of the filter.
struct Term {
    field: Option<String>,
    words: String,
}

/// What the filter knows of a run, by name.
pub const FIELDS: [&str; 8] = [
    "run",
    "vendor",
    "profile",
    "state",
    "operation",
    "environment",
    "date",
    "outcome",
];

fn terms(text: &str) -> Vec<Term> {
    text.split_whitespace()
        .map(|word| {
            let word = word.to_lowercase();
            match word.split_once(':') {
                Some((field, words)) if FIELDS.contains(&field) => Term {
                    field: Some(field.to_owned()),
                    words: words.to_owned(),
                },
                _ => Term {
                    field: None,
                    words: word,
                },
            }
        })
        .collect()
}

impl Term {
    fn passes(&self, entry: &RunEntry, runs: &RunsState) -> bool {
        let has = |text: &str| text.to_lowercase().contains(&self.words);
        let run = &entry.summary.run;
        let decided = &run.decided;
        let vendor = || {
            has(&decided.vendor)
                || by_name(&decided.vendor).is_some_and(|vendor| has(vendor.title()))
        };
        let date = || {
            let zoned = run.started_at.to_zoned(TimeZone::system());
            zoned.strftime("%Y-%m-%d").to_string()
        };
        match self.field.as_deref() {
            Some("run") => entry.name().to_string() == self.words,
            Some("vendor") => vendor(),
            Some("profile") => has(&decided.profile),
            Some("state") => has(runs.standing(entry)),
            Some("operation") => has(decided.operation.name()),
            Some("environment") => has(&decided.environment),
            Some("date") => between(&date(), &self.words),
            Some("outcome") => {
                let counts = &entry.summary.outcomes;
                counts
                    .iter()
                    .filter(|(_, count)| *count > 0)
                    .any(|(is, _)| has(is.name()) || has(is.word(decided.operation)))
            }
            _ => {
                has(&entry.name().to_string())
                    || vendor()
                    || has(&decided.profile)
                    || has(runs.standing(entry))
                    || has(decided.operation.name())
                    || has(&decided.environment)
                    || has(&date())
                    || has(&decided.frozen.source)
            }
        }
    }
}

/// Whether a day lies in `2024`, `2024-03`, `2024-03-02`, or from one of them to another: `2024-01..2024-03`.
fn between(day: &str, range: &str) -> bool {
    let Some((from, to)) = range.split_once("..") else {
        return day.starts_with(range);
    };
    let cut = |end: &str| {
        day.get(..end.len().min(day.len()))
            .unwrap_or(day)
            .to_owned()
    };
    (from.is_empty() || cut(from).as_str() >= from) && (to.is_empty() || cut(to).as_str() <= to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_lies_in_a_year_a_month_or_between_two_of_them() {
        for (range, inside) in [
            ("2024", true),
            ("2024-03", true),
            ("2024-04", false),
            ("2024-01..2024-03", true),
            ("2024-01..2024-02", false),
            ("2024-03-02..", true),
            ("2024-03-03..", false),
            ("..2024-03-02", true),
        ] {
            assert_eq!(between("2024-03-02", range), inside, "{range}");
        }
    }
}
