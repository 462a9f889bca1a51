//! Pace and backoff, on the monotonic clock: a wall clock that jumps changes nothing.

use std::time::{Duration, Instant};

use super::deadline::Deadlines;
use super::transport::Arrival;
use crate::vendor::{Answer, Budget};

/// What a request is, for its pace: vendors may count orders and questions in budgets of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// It carries orders.
    Orders,
    /// It asks about a job or an order.
    Question,
}

/// What is left of a budget, as the vendor's headers told it.
#[derive(Debug, Clone)]
struct Left {
    budget: Budget,
    remaining: u64,
    refills: Instant,
}

impl Left {
    /// Nearly used up, so that what is left is spread over the time until it is full again.
    fn is_scarce(&self) -> bool {
        match self.budget.limit {
            Some(limit) => self.remaining.saturating_mul(10) < limit,
            None => self.remaining < 10,
        }
    }

    fn words(&self) -> String {
        let of = match self.budget.limit {
            Some(limit) => format!(" of {limit}"),
            None => String::new(),
        };
        let name = match &self.budget.name {
            Some(name) => format!(" ({name})"),
            None => String::new(),
        };
        format!(
            "the vendor's budget{name}: {}{of} calls left",
            self.remaining
        )
    }
}

/// Something that keeps requests back until a moment.
#[derive(Debug, Clone)]
struct Hold {
    until: Instant,
    reason: String,
}

/// Lets at most so many requests a minute leave, evenly, and fewer where the vendor says so.
#[derive(Debug, Clone)]
pub struct Pacer {
    gap: Duration,
    next: Option<Instant>,
    /// The vendor said so, or backoff does: for everything.
    held: Option<Hold>,
    /// The last word on the budget of orders and of questions; the same one if they share it.
    left: [Option<Left>; 2],
    /// What that word keeps back.
    spread: [Option<Hold>; 2],
}

impl Pacer {
    /// A pacer for that many requests a minute; 0 is no limit.
    pub fn new(requests_per_minute: u32) -> Self {
        let gap = if requests_per_minute == 0 {
            Duration::ZERO
        } else {
            Duration::from_mins(1) / requests_per_minute
        };
        Self {
            gap,
            next: None,
            held: None,
            left: [None, None],
            spread: [None, None],
        }
    }

    /// How long the next request of that kind has to wait.
    pub fn wait(&self, call: Call, now: Instant) -> Duration {
        let held = self.longest_hold(call).map(|hold| hold.until);
        self.next
            .max(held)
            .map_or(Duration::ZERO, |at| at.saturating_duration_since(now))
    }

    /// What it waits for.
    pub fn reason(&self, call: Call) -> &str {
        match self.longest_hold(call) {
            Some(hold) if Some(hold.until) >= self.next => &hold.reason,
            _ => "the vendor's pace",
        }
    }

    fn longest_hold(&self, call: Call) -> Option<&Hold> {
        let spread = self.spread[call as usize].as_ref();
        self.held.iter().chain(spread).max_by_key(|hold| hold.until)
    }

    /// Takes the place of one request.
    pub fn take(&mut self, now: Instant) {
        let from = self.next.map_or(now, |next| next.max(now));
        self.next = Some(from + self.gap);
    }

    /// Nothing leaves for that long: the vendor said so.
    pub fn hold(&mut self, now: Instant, wait: Duration, reason: &str) {
        let until = now + wait;
        if self.held.as_ref().is_none_or(|held| held.until < until) {
            self.held = Some(Hold {
                until,
                reason: reason.to_owned(),
            });
        }
    }

    /// Slows down to what the vendor's own headers leave: with nothing left it waits until the budget is full
    /// again, with little left it spreads that evenly.
    pub fn heed(&mut self, call: Call, now: Instant, budget: Budget) {
        let (Some(remaining), Some(refills_in)) = (budget.remaining, budget.refills_in) else {
            return;
        };
        let refills_in = refills_in.min(LONGEST_WAIT);
        let left = Left {
            budget,
            remaining,
            refills: now + refills_in,
        };
        let spread = left.is_scarce().then(|| Hold {
            until: now + refills_in / u32::try_from(remaining + 1).unwrap_or(u32::MAX),
            reason: left.words(),
        });
        let same_name = |other: &Option<Left>| {
            let other = other.as_ref();
            other.is_none_or(|other| other.budget.name == left.budget.name)
        };
        for index in 0..self.left.len() {
            if index == call as usize || same_name(&self.left[index]) {
                self.left[index] = Some(left.clone());
                self.spread[index].clone_from(&spread);
            }
        }
    }

    /// How long at least until a job is asked for again, so that watching doesn't use the budget up, and why.
    /// `polls` is how often it was asked, `jobs` how many are watched, `batches` how many are still to be sent.
    ///
    /// The first questions come quickly where every batch still has calls enough for that; from then on
    /// questions take at most half of what is left until the budget is full again. The other half is for what
    /// is still to be sent, and for the account's other programs.
    pub fn poll_gap(
        &self,
        now: Instant,
        polls: u32,
        jobs: usize,
        batches: usize,
    ) -> Option<(Duration, String)> {
        const QUICK: u64 = 5;
        let left = self.left[Call::Question as usize].as_ref()?;
        let refills_in = left.refills.saturating_duration_since(now);
        let share = left.remaining / (batches + jobs.max(1)) as u64;
        if refills_in.is_zero() || u64::from(polls) < QUICK.min(share.saturating_sub(1)) {
            return None;
        }
        let half = u32::try_from(left.remaining / 2 + 1).unwrap_or(u32::MAX);
        let gap = refills_in / half * u32::try_from(jobs.max(1)).unwrap_or(u32::MAX);
        Some((gap.min(LONGEST_WAIT), left.words()))
    }
}

/// The longest that anybody's word makes us wait: an absurd `Retry-After` is no reason to wait for years. Longer
/// than an hour, because there are budgets by the hour.
pub const LONGEST_WAIT: Duration = Duration::from_mins(65);

/// How long to wait before the attempt of that number (the first retry is 1): doubles from half a second to
/// a minute, with up to a fifth of jitter so that several senders don't come back together.
pub fn backoff(attempt: u32) -> Duration {
    let first = Deadlines::get().backoff;
    let doubled = first.saturating_mul(1 << attempt.saturating_sub(1).min(7));
    let capped = doubled.min(Duration::from_mins(1));
    capped + capped.mul_f64(jitter() / 5.0)
}

/// A number from 0 to 1 that differs from call to call; nothing depends on its quality.
fn jitter() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    let random = RandomState::new().hash_one(0_u8);
    f64::from((random >> 40) as u32) / f64::from(1_u32 << 24)
}

/// `Retry-After` as seconds or as a date; `None` for a date that is past and for rubbish.
pub fn retry_after(value: &str, now: std::time::SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More than fits is absurd, not rubbish.
        let seconds = value.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(LONGEST_WAIT));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    let wait = date.duration_since(now).ok()?;
    Some(wait.min(LONGEST_WAIT))
}

/// How long an answer asks to wait, if one came.
pub(super) fn asked_for(arrival: &Arrival) -> Option<Duration> {
    match arrival {
        Arrival::Answered(answer) => asked_of(answer),
        _ => None,
    }
}

/// How long an answer asks to wait. No wait at all is no answer to when. A date is taken against the answer's
/// own `Date`, so that a wrong clock here does no harm.
pub(super) fn asked_of(answer: &Answer) -> Option<Duration> {
    let value = answer.retry_after()?;
    let theirs = answer.header("date").map(str::trim);
    let theirs = theirs.and_then(|date| httpdate::parse_http_date(date).ok());
    let now = theirs.unwrap_or_else(std::time::SystemTime::now);
    retry_after(value, now).filter(|wait| !wait.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_a_minute_is_one_in_a_second_and_a_half() {
        let mut pacer = Pacer::new(40);
        let now = Instant::now();
        assert_eq!(pacer.wait(Call::Orders, now), Duration::ZERO);
        pacer.take(now);
        for call in [Call::Orders, Call::Question] {
            assert_eq!(pacer.wait(call, now), Duration::from_millis(1500));
            assert_eq!(pacer.reason(call), "the vendor's pace");
        }
        pacer.hold(now, Duration::from_secs(7), "429");
        pacer.hold(now, Duration::from_secs(3), "503");
        assert_eq!(pacer.wait(Call::Orders, now), Duration::from_secs(7));
        assert_eq!(pacer.reason(Call::Orders), "429");
    }

    fn budget(name: &str, remaining: u64, refills_in: Duration) -> Budget {
        Budget {
            name: Some(name.to_owned()),
            limit: Some(100),
            remaining: Some(remaining),
            refills_in: Some(refills_in),
        }
    }

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn what_is_left_of_a_budget_is_spread_and_none_is_waited_for() {
        let now = Instant::now();
        let mut pacer = Pacer::new(0);
        pacer.heed(Call::Orders, now, budget("api_calls", 10, HOUR));
        assert_eq!(pacer.wait(Call::Orders, now), Duration::ZERO);
        pacer.heed(Call::Orders, now, budget("api_calls", 9, HOUR));
        assert_eq!(pacer.wait(Call::Question, now), HOUR / 10);
        pacer.heed(Call::Question, now, budget("api_calls", 0, HOUR));
        assert_eq!(pacer.wait(Call::Orders, now), HOUR);
        let reason = "the vendor's budget (api_calls): 0 of 100 calls left";
        assert_eq!(pacer.reason(Call::Orders), reason);
        // Full again.
        pacer.heed(Call::Question, now + HOUR, budget("api_calls", 99, HOUR));
        assert_eq!(pacer.wait(Call::Orders, now + HOUR), Duration::ZERO);
    }

    #[test]
    fn a_budget_of_orders_is_not_that_of_questions() {
        let now = Instant::now();
        let mut pacer = Pacer::new(0);
        pacer.heed(Call::Question, now, budget("api_calls", 80, HOUR));
        pacer.heed(Call::Orders, now, budget("bulk_api_calls", 0, HOUR));
        assert_eq!(pacer.wait(Call::Orders, now), HOUR);
        assert_eq!(pacer.wait(Call::Question, now), Duration::ZERO);
    }

    /// Watches a job of that length on 100 calls an hour, and says how many questions that took and how many
    /// calls were left when it was done.
    fn watch(job: Duration, batches: usize, mut remaining: u64) -> (u32, u64) {
        let start = Instant::now();
        let mut pacer = Pacer::new(100);
        let (mut now, mut polls) = (start, 0);
        remaining -= 1;
        pacer.heed(Call::Orders, now, budget("api_calls", remaining, HOUR));
        loop {
            let natural = crate::submit::jobs::interval(polls);
            let gap = pacer.poll_gap(now, polls, 1, batches);
            let next = now + natural.max(gap.map_or(Duration::ZERO, |(gap, _)| gap));
            now = next.max(now + pacer.wait(Call::Question, now));
            polls += 1;
            remaining = remaining.checked_sub(1).expect("a call too many");
            let refills_in = HOUR.saturating_sub(now - start);
            pacer.heed(
                Call::Question,
                now,
                budget("api_calls", remaining, refills_in),
            );
            if now - start >= job {
                return (polls, remaining);
            }
        }
    }

    #[test]
    fn a_job_does_not_burn_a_hundred_calls_an_hour() {
        // A short job is noticed soon.
        assert_eq!(watch(Duration::from_secs(3), 0, 100), (3, 96));
        // A long one leaves calls.
        let (polls, remaining) = watch(Duration::from_mins(10), 0, 100);
        assert!(
            (5..20).contains(&polls) && remaining > 80,
            "{polls} {remaining}"
        );
        let (polls, remaining) = watch(Duration::from_secs(3_599), 0, 100);
        assert!(
            (40..85).contains(&polls) && remaining >= 15,
            "{polls} {remaining}"
        );
    }

    #[test]
    fn reading_two_thousand_orders_back_waits_rather_than_hammers() {
        let start = Instant::now();
        let mut pacer = Pacer::new(100);
        let (mut now, mut full_at, mut remaining) = (start, start + HOUR, 100_u64);
        for _ in 0..2_000 {
            now += pacer.wait(Call::Question, now);
            if now >= full_at {
                (full_at, remaining) = (full_at + HOUR, 100);
            }
            pacer.take(now);
            remaining = remaining.checked_sub(1).expect("a call too many");
            pacer.heed(
                Call::Question,
                now,
                budget("api_calls", remaining, full_at - now),
            );
        }
        let hours = (now - start).as_secs() / 3600;
        assert_eq!(hours, 19, "2,000 orders at 100 an hour");
    }

    #[test]
    fn what_is_still_to_be_sent_keeps_its_calls() {
        // Twenty batches wait for a job of three seconds each: all of them are sent within the hour's calls.
        let mut remaining = 100;
        for batches in (0..20).rev() {
            remaining = watch(Duration::from_secs(3), batches, remaining).1;
        }
        assert!(remaining > 0);
        // More than the hour can carry: one question a batch, so that as many as can be are sent.
        let (polls, _) = watch(Duration::from_secs(3), 1000, 100);
        assert_eq!(polls, 1);
    }

    #[test]
    fn backoff_grows_and_is_bounded() {
        assert!(backoff(1) >= Duration::from_millis(500));
        assert!(backoff(1) <= Duration::from_millis(600));
        assert!(backoff(4) >= Duration::from_secs(4));
        assert!(backoff(200) <= Duration::from_secs(72));
    }

    #[test]
    fn a_date_is_taken_against_the_answers_own() {
        let line = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut answer = Answer {
            status: 429,
            headers: vec![
                line("date", "Sun, 06 Nov 1994 08:49:30 GMT"),
                line("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT"),
            ],
            body: Vec::new(),
        };
        assert_eq!(asked_of(&answer), Some(Duration::from_secs(17)));
        // Without it that is past; and no wait is no answer to when.
        answer.headers.remove(0);
        assert_eq!(asked_of(&answer), None);
        answer.headers = vec![line("retry-after", "0")];
        assert_eq!(asked_of(&answer), None);
    }

    #[test]
    fn retry_after_is_bounded_and_rubbish_is_none() {
        let now = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(retry_after("7", now), Some(Duration::from_secs(7)));
        for absurd in ["99999999999", "99999999999999999999999"] {
            assert_eq!(retry_after(absurd, now), Some(LONGEST_WAIT));
        }
        assert_eq!(
            retry_after("Sun, 06 Nov 1994 08:49:47 GMT", now),
            Some(Duration::from_secs(10))
        );
        assert_eq!(retry_after("Sun, 06 Nov 1984 08:49:47 GMT", now), None);
        assert_eq!(retry_after("soon", now), None);
    }
}
