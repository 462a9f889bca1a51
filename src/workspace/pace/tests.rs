//! Pace, its columns, and what is left.

use jiff::ToSpan;
use proptest::prelude::*;

use super::*;
use crate::ledger::{JobState, RunId};

fn began() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn after(millis: u64) -> Timestamp {
    began() + i64::try_from(millis).unwrap().milliseconds()
}

fn answered(number: i64, sent: u64, latency: u64, orders: u64) -> Timing {
    Timing {
        exchange: ExchangeId(number),
        state: ExchangeState::Answered,
        sent_at: after(sent),
        status: Some(200),
        latency_ms: Some(latency),
        orders,
    }
}

/// One request of ten orders a second, each answered after 200 ms.
fn steady(seconds: u64) -> RunPace {
    let mut pace = RunPace::default();
    let timings: Vec<Timing> = (0..seconds)
        .map(|second| answered(second as i64 + 1, second * 1000, 200, 10))
        .collect();
    pace.take_in(&timings);
    pace
}

#[test]
fn a_steady_run_has_a_steady_chart() {
    let pace = steady(60);
    let columns = pace.columns(30);
    assert!(columns.len() <= 30, "{}", columns.len());
    // From the first request to the last answer.
    assert_eq!(pace.span(), SignedDuration::from_millis(59_200));
    assert!((9_000..11_000).contains(&pace.average().unwrap()));
    assert_eq!(pace.recent(), Some(10_000));
    for column in &columns[..columns.len() - 1] {
        assert!((7_000..13_000).contains(&column.rate), "{columns:?}");
        assert_eq!(column.latency, Some(200));
    }
    assert_eq!((pace.latency(50), pace.latency(99)), (Some(200), Some(200)));
    assert!(pace.has_rate());
    assert!(!steady(1).has_rate(), "one answer is no rate");
}

#[test]
fn a_hundred_thousand_requests_take_no_more_room_than_a_few() {
    let pace = steady(100_000);
    assert!(pace.buckets.len() <= BUCKETS);
    assert!(pace.recent.len() <= RECENT as usize + 1);
    assert!(pace.beyond.is_empty());
    assert_eq!(pace.columns(50).len().div_ceil(50), 1);
    assert_eq!(pace.orders, 1_000_000);
    let counted: u64 = pace.buckets.iter().map(|bucket| bucket.orders).sum();
    assert_eq!(counted, 1_000_000);
}

#[test]
fn what_was_under_way_is_counted_once_when_it_ends() {
    let mut open = answered(2, 1_000, 0, 10);
    open.state = ExchangeState::Sending;
    let mut pace = RunPace::default();
    pace.take_in(&[answered(1, 0, 100, 10), open, answered(3, 1_000, 100, 10)]);
    assert_eq!((pace.after(), pace.orders), (Some(ExchangeId(1)), 20));
    pace.take_in(&[answered(2, 1_000, 2_000, 10), answered(3, 1_000, 100, 10)]);
    assert_eq!((pace.after(), pace.orders), (Some(ExchangeId(3)), 30));
    assert!(pace.beyond.is_empty());
}

#[test]
fn what_is_put_off_is_no_progress_and_questions_are_no_orders() {
    let mut pace = RunPace::default();
    let limited = Timing {
        status: Some(429),
        ..answered(1, 0, 20, 10)
    };
    pace.take_in(&[limited, answered(2, 100, 50, 0), answered(3, 900, 40, 10)]);
    assert_eq!(pace.orders, 10);
    assert_eq!(pace.latency(99), Some(40));
}

#[test]
fn no_estimate_at_the_start_and_a_known_wait_is_added() {
    assert_eq!(steady(3).left(1_000, None, after(3_000)), None);
    assert_eq!(RunPace::default().left(10, None, after(0)), None);
    let pace = steady(30);
    let now = after(29_200);
    let plain = pace.left(600, None, now).unwrap();
    assert_eq!(plain.as_secs(), 60);
    let until = now + 45.seconds();
    assert_eq!(pace.left(600, Some(until), now).unwrap().as_secs(), 105);
    // A silence that nobody explains.
    let late = after(59_200);
    assert!(pace.left(600, None, late).unwrap().as_secs() > 110);
}

#[test]
fn a_job_goes_on_as_it_did() {
    let mut row = JobRow {
        run: RunId(1),
        exchange: ExchangeId(1),
        vendor: "voucherify".to_owned(),
        profile: "acme".to_owned(),
        orders: 10,
        job: JobState {
            progress: Some(40),
            ..JobState::default()
        },
        started_at: began(),
        polled_at: Some(after(40_000)),
        polls: 3,
        moved_at: Some(after(40_000)),
    };
    assert_eq!(job_left(&row, after(50_000)).unwrap().as_secs(), 50);
    assert_eq!(job_left(&row, after(500_000)).unwrap().as_secs(), 0);
    row.job.progress = Some(4);
    assert_eq!(job_left(&row, after(50_000)), None);
    row.job.progress = None;
    assert_eq!(job_left(&row, after(50_000)), None);
}

proptest! {
    #[test]
    fn latencies_are_told_to_three_in_a_hundred(millis in 0_u64..10_000_000) {
        let told = Latencies::at(Latencies::place(millis) as u64);
        prop_assert!(told <= millis && millis - told <= millis / 32, "{told} for {millis}");
    }

    #[test]
    fn columns_keep_every_order(
        steps in prop::collection::vec((0_u64..50_000, 0_u64..5_000, 1_u64..200), 1..200),
        columns in 1_usize..200,
    ) {
        let mut pace = RunPace::default();
        let (mut sent, mut timings) = (0, Vec::new());
        for (number, (pause, latency, orders)) in steps.into_iter().enumerate() {
            sent += pause;
            timings.push(answered(number as i64 + 1, sent, latency, orders));
        }
        for part in timings.chunks(7) {
            pace.take_in(part);
        }
        prop_assert!(pace.buckets.len() <= BUCKETS);
        prop_assert!(pace.columns(columns).len() <= columns);
        let counted: u64 = pace.buckets.iter().map(|bucket| bucket.orders).sum();
        prop_assert_eq!(counted, timings.iter().map(|it| it.orders).sum::<u64>());
    }
}
