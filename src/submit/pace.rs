//! Pace and backoff, on the monotonic clock: a wall clock that jumps changes nothing.

use std::time::{Duration, Instant};

use super::transport::Arrival;
use crate::vendor::Answer;

/// Lets at most so many requests a minute leave, evenly.
#[derive(Debug, Clone)]
pub struct Pacer {
    gap: Duration,
    next: Option<Instant>,
}

impl Pacer {
    /// A pacer for that many requests a minute; 0 is no limit.
    pub fn new(requests_per_minute: u32) -> Self {
        let gap = if requests_per_minute == 0 {
            Duration::ZERO
        } else {
            Duration::from_mins(1) / requests_per_minute
        };
        Self { gap, next: None }
    }

    /// How long the next request has to wait.
    pub fn wait(&self, now: Instant) -> Duration {
        self.next
            .map_or(Duration::ZERO, |next| next.saturating_duration_since(now))
    }

    /// Takes the place of one request.
    pub fn take(&mut self, now: Instant) {
        let from = self.next.map_or(now, |next| next.max(now));
        self.next = Some(from + self.gap);
    }

    /// Nothing leaves for that long: the vendor said so.
    pub fn hold(&mut self, now: Instant, wait: Duration) {
        let until = now + wait;
        self.next = Some(self.next.map_or(until, |next| next.max(until)));
    }
}

/// The longest that anybody's word makes us wait: an absurd `Retry-After` is no reason to wait for years.
pub const LONGEST_WAIT: Duration = Duration::from_mins(15);

/// How long to wait before the attempt of that number (the first retry is 1): doubles from half a second to
/// a minute, with up to a fifth of jitter so that several senders don't come back together.
pub fn backoff(attempt: u32) -> Duration {
    let doubled = Duration::from_millis(500).saturating_mul(1 << attempt.saturating_sub(1).min(7));
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
    if let Ok(seconds) = value.parse::<u64>() {
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
        Arrival::NotSent(_) | Arrival::Lost(_) => None,
    }
}

/// How long an answer asks to wait. No wait at all is no answer to when.
pub(super) fn asked_of(answer: &Answer) -> Option<Duration> {
    let value = answer.retry_after()?;
    retry_after(value, std::time::SystemTime::now()).filter(|wait| !wait.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_a_minute_is_one_in_a_second_and_a_half() {
        let mut pacer = Pacer::new(40);
        let now = Instant::now();
        assert_eq!(pacer.wait(now), Duration::ZERO);
        pacer.take(now);
        assert_eq!(pacer.wait(now), Duration::from_millis(1500));
        pacer.hold(now, Duration::from_secs(7));
        assert_eq!(pacer.wait(now), Duration::from_secs(7));
    }

    #[test]
    fn backoff_grows_and_is_bounded() {
        assert!(backoff(1) >= Duration::from_millis(500));
        assert!(backoff(1) <= Duration::from_millis(600));
        assert!(backoff(4) >= Duration::from_secs(4));
        assert!(backoff(200) <= Duration::from_secs(72));
    }

    #[test]
    fn retry_after_is_bounded_and_rubbish_is_none() {
        let now = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(retry_after("7", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("99999999999", now), Some(LONGEST_WAIT));
        assert_eq!(
            retry_after("Sun, 06 Nov 1994 08:49:47 GMT", now),
            Some(Duration::from_secs(10))
        );
        assert_eq!(retry_after("Sun, 06 Nov 1984 08:49:47 GMT", now), None);
        assert_eq!(retry_after("soon", now), None);
    }
}
