//! How quickly a run goes: orders a second and latency over time, and when it will be done. Made from the times
//! of its requests in the ledger, so that a finished run has a past and another process's run a present.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::ledger::{ExchangeId, ExchangeState, JobRow, Timing};

/// As many stretches of time are kept apart; a longer run has longer ones.
const BUCKETS: usize = 512;
/// Milliseconds of a stretch to begin with.
const FIRST_STEP: u64 = 100;
/// Seconds that say how quickly it goes now.
const RECENT: i64 = 120;
/// Fewer answers, or a shorter time between them, say nothing about the rest.
const ENOUGH: (u64, i64) = (3, 5);

/// How quickly a run went, and goes. Its size is bounded whatever the size of the run.
#[derive(Debug, Clone, Default)]
pub struct RunPace {
    /// When the first request with orders left.
    begun: Option<Timestamp>,
    /// Milliseconds of a bucket.
    step: u64,
    buckets: Vec<Bucket>,
    /// Milliseconds from the first request to the last answer.
    span: u64,
    orders: u64,
    latencies: Latencies,
    /// By the second: orders answered, answers.
    recent: BTreeMap<i64, (u64, u64)>,
    /// Everything up to this exchange is taken in.
    up_to: Option<ExchangeId>,
    /// What is taken in beyond it, because an older one is under way.
    beyond: BTreeSet<ExchangeId>,
}

/// Requests that were answered in one stretch of time.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    orders: u64,
    requests: u64,
    /// Milliseconds of all of them together.
    latency: u64,
}

impl Bucket {
    fn sum(buckets: &[Self]) -> Self {
        let mut sum = Self::default();
        for bucket in buckets {
            sum.add(*bucket);
        }
        sum
    }

    fn add(&mut self, other: Self) {
        self.orders += other.orders;
        self.requests += other.requests;
        self.latency += other.latency;
    }
}

/// One column of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Orders answered in a thousand seconds.
    pub rate: u64,
    /// Milliseconds that an answer took on average; `None` where none came.
    pub latency: Option<u64>,
}

impl RunPace {
    /// What is to be read next: the exchanges after this one.
    pub fn after(&self) -> Option<ExchangeId> {
        self.up_to
    }

    /// Takes in what was read after [`Self::after`], oldest first. What is there already is left out.
    pub fn take_in(&mut self, timings: &[Timing]) {
        let mut all_ended = true;
        for timing in timings {
            let ended = timing.state != ExchangeState::Sending;
            if ended && !self.beyond.contains(&timing.exchange) {
                self.count(timing);
            }
            all_ended &= ended;
            if all_ended {
                self.up_to = Some(timing.exchange);
                self.beyond.remove(&timing.exchange);
            } else if ended {
                self.beyond.insert(timing.exchange);
            }
        }
    }

    /// Counts a request with orders that was answered.
    fn count(&mut self, timing: &Timing) {
        if timing.orders == 0 || timing.state != ExchangeState::Answered {
            return;
        }
        let latency = timing.latency_ms.unwrap_or(0);
        let begun = *self.begun.get_or_insert(timing.sent_at);
        let sent = millis(timing.sent_at.duration_since(begun));
        let at = sent.saturating_add(latency);
        self.step = self.step.max(FIRST_STEP);
        // Orders that were put off for later have not been answered yet.
        let put_off = timing
            .status
            .is_some_and(|status| matches!(status, 401 | 403 | 407 | 408 | 425 | 429 | 500..));
        let orders = if put_off { 0 } else { timing.orders };
        let mut place = index(at / self.step);
        while place >= BUCKETS {
            self.widen();
            place = index(at / self.step);
        }
        if self.buckets.len() <= place {
            self.buckets.resize(place + 1, Bucket::default());
        }
        if let Some(bucket) = self.buckets.get_mut(place) {
            bucket.add(Bucket {
                orders,
                requests: 1,
                latency,
            });
        }
        self.span = self.span.max(at);
        self.orders += orders;
        self.latencies.add(latency);
        let second = begun.as_second() + i64::try_from(at / 1000).unwrap_or(i64::MAX / 2);
        let recent = self.recent.entry(second).or_default();
        recent.0 += orders;
        recent.1 += 1;
        if let Some((&newest, _)) = self.recent.last_key_value() {
            self.recent = self.recent.split_off(&(newest - RECENT));
        }
    }

    /// Makes every stretch twice as long.
    fn widen(&mut self) {
        self.step = self.step.saturating_mul(2);
        self.buckets = self.buckets.chunks(2).map(Bucket::sum).collect();
    }

    /// Whether no request with orders was answered yet.
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// How many requests with orders were answered.
    pub fn requests(&self) -> u64 {
        self.buckets.iter().map(|bucket| bucket.requests).sum()
    }

    /// Whether there are enough answers over enough time to speak of a rate: one answer has none.
    pub fn has_rate(&self) -> bool {
        self.span >= 1_000 && self.requests() >= ENOUGH.0
    }

    /// How long it took from the first request to the last answer.
    pub fn span(&self) -> SignedDuration {
        SignedDuration::from_millis(i64::try_from(self.span).unwrap_or(i64::MAX))
    }

    /// The whole time in at most so many columns of the same length; fewer for a short run.
    pub fn columns(&self, at_most: usize) -> Vec<Column> {
        if self.is_empty() || at_most == 0 {
            return Vec::new();
        }
        let fewest = self.buckets.len().div_ceil(at_most);
        // A column of a second or more is calm; a short run has ten columns all the same.
        let calm = index((self.span / 10).min(1000) / self.step);
        let together = fewest.max(calm).max(1);
        let wide = self.step.saturating_mul(together as u64);
        let mut sums: Vec<(Bucket, u64)> = self
            .buckets
            .chunks(together)
            .map(|chunk| (Bucket::sum(chunk), wide))
            .collect();
        // The last one isn't over: where it has hardly begun it is no column of its own yet.
        if let Some((rest, _)) = sums.pop() {
            let over = wide.saturating_mul(sums.len() as u64);
            let lasts = self.span.saturating_sub(over).max(1);
            match sums.last_mut() {
                Some((last, lasted)) if lasts < wide.div_ceil(2) => {
                    last.add(rest);
                    *lasted += lasts;
                }
                _ => sums.push((rest, lasts)),
            }
        }
        sums.into_iter()
            .map(|(sum, lasts)| Column {
                rate: per_thousand_seconds(sum.orders, lasts),
                latency: sum.latency.checked_div(sum.requests),
            })
            .collect()
    }

    /// Orders answered in a thousand seconds, over the whole time; `None` before the first answer.
    pub fn average(&self) -> Option<u64> {
        (!self.is_empty()).then(|| per_thousand_seconds(self.orders, self.span.max(1)))
    }

    /// The same over the last two minutes before its last answer; `None` while that says nothing.
    pub fn recent(&self) -> Option<u64> {
        let (orders, first, last) = self.told_by_recent()?;
        Some(per_thousand_seconds(
            orders,
            u64::try_from(last - first).ok()?.saturating_mul(1000),
        ))
    }

    /// Milliseconds within which so many of a hundred requests with orders were answered.
    pub fn latency(&self, percent: u64) -> Option<u64> {
        self.latencies.quantile(percent)
    }

    /// Orders that were answered after the first of the recent seconds, that second, and the last.
    fn told_by_recent(&self) -> Option<(u64, i64, i64)> {
        let (&first, &(before, _)) = self.recent.first_key_value()?;
        let (&last, _) = self.recent.last_key_value()?;
        let answers: u64 = self.recent.values().map(|(_, answers)| answers).sum();
        let orders: u64 = self.recent.values().map(|(orders, _)| orders).sum();
        let enough = answers >= ENOUGH.0 && last - first >= ENOUGH.1 && orders > before;
        enough.then_some((orders - before, first, last))
    }

    /// How long it takes until that many orders more are answered, at the recent rate: what is waited for until a
    /// known moment comes on top. `None` while nobody can know.
    pub fn left(
        &self,
        orders: u64,
        waits_until: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<SignedDuration> {
        let (answered, first, last) = self.told_by_recent()?;
        let wait = waits_until
            .map(|until| until.duration_since(now))
            .filter(SignedDuration::is_positive);
        // A silence that nobody explained makes it slower.
        let end = match wait {
            Some(_) => last,
            None => last.max(now.as_second()),
        };
        let took = u64::try_from(end - first).ok()?;
        let seconds = u128::from(orders) * u128::from(took) / u128::from(answered.max(1));
        let rest = SignedDuration::from_secs(i64::try_from(seconds).ok()?);
        rest.checked_add(wait.unwrap_or(SignedDuration::ZERO))
    }
}

/// How long an unfinished job takes until its end if it goes on as it did; `None` where it doesn't say how far it is, or
/// is too near to its beginning.
pub fn job_left(row: &JobRow, now: Timestamp) -> Option<SignedDuration> {
    let done = i64::from(row.job.progress.filter(|percent| *percent >= 5)?.min(100));
    let told = row.moved_at.or(row.polled_at)?;
    let took = told.duration_since(row.started_at);
    let all = took.checked_mul(100)?.as_millis() / i128::from(done);
    let left = all - now.duration_since(row.started_at).as_millis();
    Some(SignedDuration::from_millis(
        i64::try_from(left).ok()?.max(0),
    ))
}

fn millis(duration: SignedDuration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(0)
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn per_thousand_seconds(orders: u64, millis: u64) -> u64 {
    let rate = u128::from(orders) * 1_000_000 / u128::from(millis.max(1));
    u64::try_from(rate).unwrap_or(u64::MAX)
}

/// How many answers took how long, to about three in a hundred.
#[derive(Debug, Clone, Default)]
struct Latencies {
    counts: Vec<u64>,
}

/// Steps that each doubling of the time is divided into.
const STEPS: u64 = 32;

impl Latencies {
    fn place(millis: u64) -> usize {
        if millis < 2 * STEPS {
            return index(millis);
        }
        let doubling = u64::from(millis.ilog2() - STEPS.ilog2());
        index(doubling * STEPS + (millis >> doubling))
    }

    /// The shortest time that stands at that place.
    fn at(place: u64) -> u64 {
        if place < 2 * STEPS {
            return place;
        }
        let doubling = place / STEPS - 1;
        (place - doubling * STEPS) << doubling
    }

    fn add(&mut self, millis: u64) {
        let place = Self::place(millis);
        if self.counts.len() <= place {
            self.counts.resize(place + 1, 0);
        }
        if let Some(count) = self.counts.get_mut(place) {
            *count += 1;
        }
    }

    fn quantile(&self, percent: u64) -> Option<u64> {
        let all: u64 = self.counts.iter().sum();
        let wanted = (all * percent).div_ceil(100).max(1);
        let mut seen = 0;
        self.counts.iter().zip(0_u64..).find_map(|(count, place)| {
            seen += count;
            (seen >= wanted).then(|| Self::at(place))
        })
    }
}

#[cfg(test)]
mod tests;
