//! Watching the vendors' jobs: asks how far each has come, at growing intervals, and settles its orders when
//! it is done. A job is known by its id in the ledger, so any later process can go on watching.

use std::time::{Duration, Instant};

use super::pace::{Call, LONGEST_WAIT, asked_of};
use super::record::outcomes;
use super::run::{Halt, Runner};
use super::settle::{About, OpenDoubt};
use crate::ledger::{ExchangeId, JobState, Ordinal};
use crate::order::outcome::Outcome;
use crate::vendor::{Answer, Batch, JobReading, OrderVerdict};

/// The longest time between two questions about a job.
const LONGEST_POLL: Duration = Duration::from_secs(30);

/// Our word for the state of a job that the vendor doesn't know.
pub(super) const VANISHED: &str = "VANISHED";

/// Our word for the state of a job that the vendor calls unfinished for ever.
pub const STALE: &str = "STALE";

/// A job that isn't done yet.
#[derive(Debug, Clone)]
pub struct OpenJob {
    /// What is known of it.
    pub state: JobState,
    /// The exchange that began it.
    pub exchange: ExchangeId,
    /// When that exchange was sent.
    pub sent_at: jiff::Timestamp,
    /// Its orders.
    pub ordinals: Vec<Ordinal>,
    /// The same, as they were sent; payloads are empty when another process sent them.
    pub batch: Batch,
}

/// A job and when to ask again.
#[derive(Debug)]
pub(super) struct JobWatch {
    open: OpenJob,
    polls: u32,
    next: Instant,
    /// What is waited for until then.
    why: String,
    /// When it was last seen to come further.
    moved: Instant,
    /// An earlier process gave it up.
    given_up: bool,
}

impl JobWatch {
    pub(super) fn new(open: OpenJob) -> Self {
        let now = Instant::now();
        Self {
            given_up: open.state.status == STALE,
            open,
            polls: 0,
            next: now + interval(0),
            why: JOB.to_owned(),
            moved: now,
        }
    }

    /// How long until it is to be asked again.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        self.next.saturating_duration_since(now)
    }

    /// How often it was asked.
    pub(super) fn polls(&self) -> u32 {
        self.polls
    }

    /// What is waited for until it is asked again.
    pub(super) fn why(&self) -> &str {
        &self.why
    }
}

/// What a job that says nothing of itself is called where it is waited for.
const JOB: &str = "the vendor's job";

/// Until a job is asked again, after so many questions: 1 s, 1 s, 2 s, 3 s, 5 s …, at most [`LONGEST_POLL`].
pub fn interval(polls: u32) -> Duration {
    let (mut now, mut next) = (1_u64, 1_u64);
    for _ in 1..polls.min(12) {
        (now, next) = (next, now + next);
    }
    Duration::from_secs(now).min(LONGEST_POLL)
}

impl Runner {
    /// Begins to watch a job; returns what is known of it.
    pub(super) fn watch(&mut self, open: OpenJob) -> JobState {
        self.job.known_jobs.insert(open.state.id.clone());
        let mut job = JobWatch::new(open);
        self.put_off(&mut job, interval(0), JOB.to_owned());
        let state = job.open.state.clone();
        self.jobs.push(job);
        state
    }

    /// Asks for a job again after that time, or later where the budget wants it.
    fn put_off(&self, job: &mut JobWatch, natural: Duration, why: String) {
        // Not beyond the moment at which it is given up.
        let left = self.limits.job_patience.saturating_sub(job.moved.elapsed());
        let natural = natural.min(left.max(interval(0)));
        let (wait, spared) = self.poll_wait(job, natural);
        job.why = spared.map_or(why, |words| format!("{JOB}, asked seldom: {words}"));
        job.next = Instant::now() + wait;
        let shown = wait.max(self.pacer.wait(Call::Question, Instant::now()));
        job.open.state.next_poll = jiff::Timestamp::now().checked_add(shown).ok();
    }

    /// Keeps what is known of a job that isn't done.
    async fn keep(&mut self, job: JobWatch) {
        self.record_job(job.open.state.clone()).await;
        self.jobs.push(job);
    }

    /// Asks about every job whose time has come.
    pub(super) async fn poll_jobs(&mut self) {
        let now = Instant::now();
        let (due, waiting) = std::mem::take(&mut self.jobs)
            .into_iter()
            .partition(|job: &JobWatch| job.wait(now).is_zero());
        self.jobs = waiting;
        for job in due {
            if self.is_halted() || !self.ensure_token().await {
                self.jobs.push(job);
            } else {
                self.poll(job).await;
            }
        }
    }

    async fn poll(&mut self, mut job: JobWatch) {
        let vendor = self.job.vendor;
        let token = self.token.as_ref().map(|(token, _)| token);
        let Some(request) = vendor.job_request(
            &job.open.state.id,
            &self.job.account,
            &self.job.credentials,
            token,
        ) else {
            return;
        };
        let answer = self.ask(&request).await;
        if answer.is_none() && self.is_halted() {
            self.jobs.push(job);
            return;
        }
        job.polls += 1;
        if answer.as_ref().is_some_and(Answer::is_success) {
            self.token_renewed = false;
        }
        let reading = answer.as_ref().map_or_else(
            || JobReading::Unusable("no answer".to_owned()),
            |answer| vendor.read_job(&job.open.batch, answer),
        );
        match reading {
            JobReading::Running { status, progress } => {
                let percent = progress.map_or_else(String::new, |it| format!(", {it} %"));
                let why = format!("{JOB}: {status}{percent}");
                let before = (&job.open.state.status, job.open.state.progress);
                let moved = if job.given_up {
                    // Its status says only that it was given up.
                    before.1 != progress
                } else {
                    before != (&status, progress)
                };
                if moved {
                    job.moved = Instant::now();
                    job.given_up = false;
                } else if job.given_up {
                    self.settle_stale(job, &format!("{status}{percent}")).await;
                    return;
                } else if self.is_stale(&job) {
                    self.give_up(job, &format!("{status}{percent}")).await;
                    return;
                }
                job.open.state.status = status;
                job.open.state.progress = progress;
                // What an earlier question met is over.
                job.open.state.message = None;
                let natural = interval(job.polls);
                self.put_off(&mut job, natural, why);
                self.keep(job).await;
            }
            JobReading::Wait(asked, reason) => {
                let wait = asked
                    .or_else(|| answer.as_ref().and_then(asked_of))
                    .filter(|wait| !wait.is_zero())
                    .unwrap_or_else(|| interval(job.polls + 3))
                    .min(LONGEST_WAIT);
                self.hold(wait, &reason);
                self.put_off(&mut job, wait, reason);
                self.keep(job).await;
            }
            JobReading::Unusable(reason) if self.is_stale(&job) => {
                self.give_up(job, &reason).await;
            }
            JobReading::Unusable(reason) => {
                let wait = answer.as_ref().and_then(asked_of);
                let wait = wait.unwrap_or_else(|| interval(job.polls + 2));
                let why = format!("{JOB}: {reason}");
                job.open.state.message = Some(reason);
                self.put_off(&mut job, wait, why);
                self.keep(job).await;
            }
            JobReading::Pause(reason) => {
                self.jobs.push(job);
                if !self.renews_token(answer.as_ref()) {
                    self.pause(reason);
                }
            }
            JobReading::Vanished(reason) => {
                job.open.state.finished = true;
                VANISHED.clone_into(&mut job.open.state.status);
                job.open.state.message = Some(reason.clone());
                self.record_job(job.open.state.clone()).await;
                self.doubt_job(job.open, &reason, About::Vanished).await;
            }
            JobReading::Done {
                status,
                done,
                failed,
                message,
                orders,
            } => {
                let open = &mut job.open;
                open.state = JobState {
                    id: open.state.id.clone(),
                    status,
                    finished: true,
                    progress: Some(100),
                    done,
                    failed,
                    message,
                    next_poll: None,
                };
                let verdicts =
                    orders.map(|verdicts| outcomes(&open.ordinals, &verdicts, open.exchange));
                self.record_job(open.state.clone()).await;
                if let Some(verdicts) = verdicts {
                    self.record_outcomes(verdicts).await;
                } else {
                    let reason = "the job doesn't name the orders it refused";
                    let about = About::Job(job.open.state.message.clone());
                    self.doubt_job(job.open, reason, about).await;
                }
            }
        }
    }

    /// Whether it came no further for as long as the profile bears.
    fn is_stale(&self, job: &JobWatch) -> bool {
        job.moved.elapsed() >= self.limits.job_patience
    }

    /// Stops the run: its orders stay queued, and a `resume` asks once more.
    async fn give_up(&mut self, mut job: JobWatch, last: &str) {
        let for_long = match self.limits.job_patience.as_secs() {
            seconds @ 0..120 => format!("{seconds} s"),
            seconds => format!("{} min", seconds / 60),
        };
        let reason = format!("no progress for {for_long}: {last}");
        let halt = Halt::Exhausted(format!(
            "job {}: {reason}; `orderdeck resume` asks once more, then for order by order",
            job.open.state.id
        ));
        self.keep_stale(&mut job, reason).await;
        self.jobs.push(job);
        self.halt.get_or_insert(halt);
    }

    /// It was given up before and came no further since: its orders are asked for one by one. What isn't there
    /// is in doubt, as the job may still take it; a later `resume` asks for the job again.
    async fn settle_stale(&mut self, mut job: JobWatch, last: &str) {
        let reason = format!("no progress since it was given up: {last}");
        self.keep_stale(&mut job, reason).await;
        let reason = "its job doesn't come to an end";
        self.doubt_job(job.open, reason, About::Stale).await;
    }

    async fn keep_stale(&mut self, job: &mut JobWatch, reason: String) {
        let state = &mut job.open.state;
        STALE.clone_into(&mut state.status);
        state.message = Some(reason);
        state.next_poll = None;
        self.record_job(state.clone()).await;
    }

    /// The job's orders are settled one by one where the vendor can be asked, else they are in doubt.
    async fn doubt_job(&mut self, job: OpenJob, reason: &str, about: About) {
        let verdict = OrderVerdict::because(Outcome::InDoubt, reason);
        let verdicts = vec![verdict; job.ordinals.len()];
        let updates = outcomes(&job.ordinals, &verdicts, job.exchange);
        self.record_outcomes(updates).await;
        self.settle(OpenDoubt {
            exchange: job.exchange,
            sent_at: job.sent_at,
            ordinals: job.ordinals,
            batch: job.batch,
            about,
            attempt: 0,
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polls_come_ever_more_seldom() {
        let seconds: Vec<u64> = (1..=10).map(|polls| interval(polls).as_secs()).collect();
        assert_eq!(seconds, [1, 1, 2, 3, 5, 8, 13, 21, 30, 30]);
    }
}
