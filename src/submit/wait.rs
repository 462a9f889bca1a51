//! What a run waits for: the moment that something is to be done again, and the reason, which is told to
//! whoever looks on and kept in the ledger for other processes.

use std::time::{Duration, Instant};

use super::jobs::JobWatch;
use super::pace::Call;
use super::run::Runner;
use super::{Control, RunEvent};
use crate::vendor::Purpose;

/// Shorter waits are told to nobody.
pub(super) const NOTABLE: Duration = Duration::from_millis(900);
/// Shorter waits aren't kept in the ledger.
const WORTH_KEEPING: Duration = Duration::from_secs(2);

/// A moment to come, and what is waited for until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wake {
    pub(super) left: Duration,
    pub(super) reason: String,
}

/// The pace of a request with that purpose.
pub(super) fn call(purpose: Purpose) -> Call {
    match purpose {
        Purpose::Orders => Call::Orders,
        Purpose::Token | Purpose::Job | Purpose::Settle | Purpose::Probe => Call::Question,
    }
}

impl Runner {
    /// How long there is nothing to do unless something comes in. Tells what is waited for: what is to be sent
    /// comes first, as it is what the operator looks out for, then the jobs.
    pub(super) fn next_wake(&mut self, wish: Control, under_way: usize) -> Duration {
        let now = Instant::now();
        let work = self
            .next_send(now)
            .filter(|_| wish == Control::Go && self.has_room(under_way));
        let job = self.next_poll(now);
        let left = [&work, &job].into_iter().flatten().map(|wake| wake.left);
        let left = left.min().unwrap_or(Duration::from_mins(1));
        if let Some(wake) = work.or(job).filter(|wake| wake.left > NOTABLE) {
            self.tell_wait(&wake.reason, wake.left);
        }
        left.max(Duration::from_millis(1))
    }

    /// When orders can be sent again; `None` if there are none.
    fn next_send(&self, now: Instant) -> Option<Wake> {
        let pace = self.pacer.wait(Call::Orders, now);
        let paced = || Wake {
            left: pace,
            reason: self.pacer.reason(Call::Orders).to_owned(),
        };
        let again = self.again.iter().min_by_key(|work| work.wait(now));
        match again {
            _ if !self.fresh.is_empty() => Some(paced()),
            Some(work) if work.wait(now) >= pace => Some(Wake {
                left: work.wait(now),
                reason: work.why.clone(),
            }),
            Some(_) => Some(paced()),
            None => None,
        }
    }

    /// When a job is asked for again; `None` if there is none.
    fn next_poll(&self, now: Instant) -> Option<Wake> {
        let job = self.jobs.iter().min_by_key(|job| job.wait(now))?;
        let pace = self.pacer.wait(Call::Question, now);
        let mut wake = if pace > job.wait(now) {
            Wake {
                left: pace,
                reason: self.pacer.reason(Call::Question).to_owned(),
            }
        } else {
            Wake {
                left: job.wait(now),
                reason: job.why().to_owned(),
            }
        };
        let in_line = self.unsent();
        if in_line > 0 && !self.may_add_job(0) {
            let orders = if in_line == 1 { "order" } else { "orders" };
            wake.reason = format!("{}; {in_line} {orders} in line behind it", wake.reason);
        }
        Some(wake)
    }

    /// How long until that job is asked for again: longer and longer, and as seldom as the budget wants it.
    pub(super) fn poll_wait(
        &self,
        job: &JobWatch,
        natural: Duration,
    ) -> (Duration, Option<String>) {
        let now = Instant::now();
        let batches = self.unsent().div_ceil(self.batch_size());
        let jobs = self.jobs.len() + 1;
        let gap = self.pacer.poll_gap(now, job.polls(), jobs, batches);
        match gap.filter(|(gap, _)| *gap > natural) {
            Some((gap, words)) => (gap, Some(words)),
            None => (natural, None),
        }
    }

    /// Tells what is waited for, and how long.
    pub(super) fn tell_wait(&mut self, reason: &str, left: Duration) {
        let mut reason = reason.to_owned();
        self.masks.lay_over(Some(&mut reason));
        if left >= WORTH_KEEPING
            && let Ok(until) = jiff::Timestamp::now().checked_add(left)
        {
            let same = |(told, at): &(String, jiff::Timestamp)| {
                *told == reason
                    && until.duration_since(*at).abs() < jiff::SignedDuration::from_secs(1)
            };
            if !self.kept_wait.as_ref().is_some_and(same) {
                self.job.recorder.wait(reason.clone(), until);
                self.kept_wait = Some((reason.clone(), until));
            }
        }
        self.tell(RunEvent::Waiting {
            reason,
            left: Some(left),
        });
    }
}
