//! The retry budget of a run, which is its account's: how much failing is borne before the run stops, and when
//! only one request at a time may try whether the vendor is back. Pure: it is told of the moments.

use std::time::Instant;

/// What the budget holds at most, in quarters: twenty failures.
const FULL: u32 = 20 * FAILURE;
/// What a request that failed costs.
const FAILURE: u32 = 4;
/// What a request that was answered gives back: four of them make good one that failed, so that at most every
/// fifth request may fail for long.
const ANSWERED: u32 = 1;
/// How many times in a row the vendor may fail, with a longer and longer wait between.
pub(super) const MOST_ROUNDS: u32 = 6;

/// Why no more requests with orders may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spent {
    /// So many times in a row nothing was taken.
    InARow(u32),
    /// Too many requests fail among those that are answered.
    TooMany,
}

/// The budget.
#[derive(Debug)]
pub(super) struct RetryBudget {
    left: u32,
    /// How often in a row it failed; requests that were under way together count once.
    rounds: u32,
    /// When the last round was over.
    round_ended: Option<Instant>,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self {
            left: FULL,
            rounds: 0,
            round_ended: None,
        }
    }
}

impl RetryBudget {
    /// The vendor answered a request that left at `sent`, be it with a no. Of one that left before the others
    /// failed that doesn't say that the vendor is back.
    pub(super) fn answered(&mut self, sent: Instant) {
        self.left = (self.left + ANSWERED).min(FULL);
        if self.round_ended.is_none_or(|ended| sent >= ended) {
            self.rounds = 0;
            self.round_ended = None;
        }
    }

    /// A request that left at `sent` failed: no answer, an error of the server, something that is no answer.
    pub(super) fn failed(&mut self, sent: Instant, now: Instant) {
        self.left = self.left.saturating_sub(FAILURE);
        self.asked_to_wait(sent, now);
    }

    /// The vendor is there and wants fewer requests: that costs nothing, but can't go on for ever.
    pub(super) fn asked_to_wait(&mut self, sent: Instant, now: Instant) {
        if self.round_ended.is_none_or(|ended| sent >= ended) {
            self.rounds += 1;
            self.round_ended = Some(now);
        }
    }

    /// How often in a row it failed.
    pub(super) fn rounds(&self) -> u32 {
        self.rounds
    }

    /// Whether the last word was a failure: then one request at a time finds out whether that is over.
    pub(super) fn is_troubled(&self) -> bool {
        self.rounds > 0
    }

    /// Whether it is used up, and by what.
    pub(super) fn spent(&self) -> Option<Spent> {
        if self.rounds >= MOST_ROUNDS {
            Some(Spent::InARow(self.rounds))
        } else if self.left < FAILURE {
            Some(Spent::TooMany)
        } else {
            None
        }
    }
}

impl std::fmt::Display for Spent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InARow(times) => write!(f, "tried {times} times in a row"),
            Self::TooMany => f.write_str("more than every fifth request failed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn requests_that_failed_together_are_one_round_but_each_is_paid_for() {
        let mut budget = RetryBudget::default();
        let start = Instant::now();
        for request in 1..=4 {
            budget.failed(start, start + SECOND * request);
        }
        assert_eq!((budget.rounds, budget.left), (1, FULL - 4 * FAILURE));
        assert!(budget.is_troubled());
        assert_eq!(budget.spent(), None);
        // The next left after it was known that they had failed.
        budget.failed(start + SECOND * 2, start + SECOND * 6);
        assert_eq!(budget.rounds, 2);
    }

    #[test]
    fn a_vendor_that_is_down_is_left_alone_after_six_rounds() {
        let mut budget = RetryBudget::default();
        let mut now = Instant::now();
        let mut sent = 0;
        while budget.spent().is_none() {
            budget.failed(now, now + SECOND);
            now += SECOND * 2;
            sent += 1;
        }
        assert_eq!(sent, MOST_ROUNDS);
        assert_eq!(budget.spent(), Some(Spent::InARow(MOST_ROUNDS)));
        budget.answered(now);
        assert!(!budget.is_troubled());
        assert_eq!(budget.spent(), None);
    }

    #[test]
    fn a_late_answer_to_what_left_before_does_not_end_the_trouble() {
        let mut budget = RetryBudget::default();
        let start = Instant::now();
        budget.failed(start, start + SECOND);
        budget.answered(start);
        assert!(budget.is_troubled());
        budget.answered(start + SECOND * 2);
        assert!(!budget.is_troubled());
    }

    /// How many of a thousand requests leave if one of so many fails.
    fn leave(one_of: u32) -> u32 {
        let mut budget = RetryBudget::default();
        let mut now = Instant::now();
        for request in 1..=1000 {
            if request % one_of == 0 {
                budget.failed(now, now);
            } else {
                budget.answered(now);
            }
            if budget.spent().is_some() {
                return request;
            }
            now += SECOND;
        }
        1000
    }

    #[test]
    fn at_most_every_fifth_request_may_fail_for_long() {
        assert_eq!(leave(5), 1000);
        assert_eq!(leave(100), 1000);
        assert!((40..200).contains(&leave(3)), "{}", leave(3));
        assert!((30..100).contains(&leave(2)), "{}", leave(2));
    }

    #[test]
    fn being_asked_to_wait_costs_nothing_and_ends_as_well() {
        let mut budget = RetryBudget::default();
        let mut now = Instant::now();
        for _ in 0..1000 {
            budget.asked_to_wait(now, now);
            now += SECOND;
            budget.answered(now);
        }
        assert_eq!(budget.spent(), None);
        for _ in 0..MOST_ROUNDS {
            budget.asked_to_wait(now, now);
            now += SECOND;
        }
        assert_eq!(budget.spent(), Some(Spent::InARow(MOST_ROUNDS)));
    }
}
