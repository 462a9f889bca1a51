//! When a vendor's job is flagged: it comes no further, or nobody asks for it any more.

use jiff::{SignedDuration, Timestamp};

use crate::ledger::JobRow;
use crate::submit::jobs::{STALE, interval};

/// A job that came no further for so long while it was asked is unusual: vendors take seconds to minutes.
const STUCK_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// Why an unfinished job wants to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// Its run gave it up: a `resume` asks once more, then for order by order.
    GivenUp,
    /// The time to ask it passed by more than two intervals, and no program is there that would.
    Unwatched,
    /// It is asked, and told nothing new for a quarter of an hour.
    Stuck,
}

impl Stale {
    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GivenUp => "given-up",
            Self::Unwatched => "unwatched",
            Self::Stuck => "stuck",
        }
    }
}

/// Whether a job is stale at that moment. `watched` says whether a program has its run under way.
pub fn stale(row: &JobRow, watched: bool, now: Timestamp) -> Option<Stale> {
    if row.job.finished {
        return None;
    }
    if row.job.status == STALE {
        return Some(Stale::GivenUp);
    }
    let asked = row.polled_at.unwrap_or(row.started_at);
    let interval = interval(u32::try_from(row.polls).unwrap_or(u32::MAX));
    let interval = SignedDuration::try_from(interval).unwrap_or(SignedDuration::MAX);
    let due = row
        .job
        .next_poll
        .or_else(|| asked.checked_add(interval).ok());
    let overdue = due.map_or(SignedDuration::ZERO, |due| now.duration_since(due));
    if !watched && overdue > interval * 2 {
        return Some(Stale::Unwatched);
    }
    let moved = row.moved_at.unwrap_or(asked);
    (row.polled_at.is_some() && now.duration_since(moved) >= STUCK_AFTER).then_some(Stale::Stuck)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;
    use crate::ledger::{ExchangeId, JobState, RunId};

    fn row(now: Timestamp) -> JobRow {
        JobRow {
            run: RunId(1),
            exchange: ExchangeId(1),
            vendor: "voucherify".to_owned(),
            profile: "acme".to_owned(),
            orders: 10,
            job: JobState {
                status: "IN_PROGRESS".to_owned(),
                next_poll: Some(now),
                ..JobState::default()
            },
            started_at: now - 1.hours(),
            polled_at: Some(now - 1.seconds()),
            polls: 3,
            moved_at: Some(now - 1.minutes()),
        }
    }

    #[test]
    fn a_job_is_stuck_only_after_a_quarter_of_an_hour_without_news() {
        let now = Timestamp::now();
        let mut job = row(now);
        assert_eq!(stale(&job, true, now), None);
        job.moved_at = Some(now - 899.seconds());
        assert_eq!(stale(&job, true, now), None);
        job.moved_at = Some(now - 900.seconds());
        assert_eq!(stale(&job, true, now), Some(Stale::Stuck));
        // Nothing is known of a job that was never asked, or only by a program that kept no such time.
        job.polled_at = None;
        assert_eq!(stale(&job, true, now), None);
        job = JobRow {
            moved_at: None,
            ..row(now)
        };
        assert_eq!(stale(&job, true, now), None);
    }

    #[test]
    fn nobody_asks_when_two_intervals_passed_and_no_program_is_there() {
        let now = Timestamp::now();
        let mut job = row(now);
        // After three polls the next comes in two seconds.
        job.job.next_poll = Some(now - 4.seconds());
        assert_eq!(stale(&job, false, now), None);
        job.job.next_poll = Some(now - 5.seconds());
        assert_eq!(stale(&job, false, now), Some(Stale::Unwatched));
        assert_eq!(stale(&job, true, now), None);
        job.job.next_poll = None;
        job.polled_at = Some(now - 7.seconds());
        assert_eq!(stale(&job, false, now), Some(Stale::Unwatched));
    }

    #[test]
    fn what_was_given_up_is_told_and_what_is_finished_never_is() {
        let now = Timestamp::now();
        let mut job = row(now);
        job.job.status = STALE.to_owned();
        assert_eq!(stale(&job, true, now), Some(Stale::GivenUp));
        job.job.finished = true;
        assert_eq!(stale(&job, false, now), None);
    }
}
