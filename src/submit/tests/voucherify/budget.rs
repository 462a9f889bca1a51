//! Budgets that are short: nothing is asked beyond them, what is broken off goes on where it was, and what is
//! waited for is told and kept.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::*;

/// A vendor that allows so many calls in a window of seconds, and counts the calls beyond.
struct Meter {
    limit: u64,
    window: u64,
    full_at: Mutex<(u64, u64)>,
    beyond: Mutex<usize>,
}

impl Meter {
    fn new(limit: u64, window: u64) -> Arc<Self> {
        Arc::new(Self {
            limit,
            window,
            full_at: Mutex::new((0, 0)),
            beyond: Mutex::new(0),
        })
    }

    /// That answer with the headers of the budget, or the refusal.
    fn spend(&self, reply: Reply) -> Reply {
        let mut at = self.full_at.lock().unwrap();
        if epoch(0) >= at.0 {
            *at = (epoch(self.window), self.limit);
        }
        let (status, body) = match reply {
            Reply::Answer(status, _, body) if at.1 > 0 => (status, body),
            Reply::Answer(..) => {
                *self.beyond.lock().unwrap() += 1;
                (429, "{}".to_owned())
            }
            other => return other,
        };
        at.1 = at.1.saturating_sub(1);
        let headers = format!(
            "x-rate-limit-limit: {}\r\nx-rate-limit-remaining: {}\r\nx-rate-limit-type: api_calls\r\nx-rate-limit-retry: {}\r\n",
            self.limit, at.1, at.0
        );
        dated(status, &headers, &body)
    }

    fn beyond(&self) -> usize {
        *self.beyond.lock().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_never_asked_for_beyond_the_budget() {
    let meter = Meter::new(4, 6);
    let gauge = Arc::clone(&meter);
    let since = Instant::now();
    let ended = import(1, &[], move |seen, before| {
        gauge.spend(match seen.line.as_str() {
            IMPORT => queued("job-1"),
            _ if before < 5 => Reply::ok(r#"{"id":"job-1","status":"IN_PROGRESS"}"#),
            _ => all_done(1),
        })
    })
    .await;
    assert_eq!(ended.state, RunState::Finished);
    ended.all(Outcome::Imported, "");
    assert_eq!((ended.counts(), meter.beyond()), ((1, 6), 0));
    assert!(since.elapsed() > Duration::from_secs(5));
    let waits = ended.waits();
    let spared = |(reason, _): &(String, Duration)| reason.contains("budget (api_calls)");
    assert!(waits.iter().any(spared), "{waits:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_read_back_within_the_budget_and_a_broken_reading_goes_on() {
    const ORDERS: usize = 24;
    let bench = Bench::new(ORDERS).await;
    let meter = Meter::new(10, 3);
    let gauge = Arc::clone(&meter);
    let chaos = Chaos::start(move |line, _| {
        gauge.spend(match line {
            IMPORT => queued("job-1"),
            "GET /v1/async-actions/job-1" => {
                done(&json!({ "message": "some failed", "done_count": 20, "failed_count": 4, "failed": [] }))
            }
            // Every sixth was refused.
            line if ["1006", "1012", "1018", "1024"].iter().any(|it| line.ends_with(it)) => {
                Reply::status(404, MISSING)
            }
            _ => there(3000),
        })
    })
    .await;
    let target = account(&chaos, &bench, &[]);
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    chaos.until("GET /v1/orders/", 9).await;
    let ((state, _), took) = stop(started).await;
    assert_eq!(state, RunState::Stopped);
    assert!(took < Duration::from_secs(3), "{took:?}");
    let known = count(&bench.summary(id), Outcome::Imported);
    assert!(known >= 6, "{known}");

    let mut started = resume(&bench, &target, id);
    let mut told = Vec::new();
    let ended = loop {
        tokio::select! {
            Some(event) = started.events.recv() => told.push(event),
            ended = &mut started.task => break ended.unwrap(),
        }
    };
    assert_eq!(ended.0, RunState::Finished, "{:?}", ended.1);
    let summary = bench.summary(id);
    let counts = [Outcome::Imported, Outcome::Rejected].map(|outcome| count(&summary, outcome));
    assert_eq!(counts, [20, 4], "{:?}", orders(&bench, id));
    // The question that the stop cut off may have been asked twice.
    let asked = chaos.count("GET /v1/orders/");
    assert!((ORDERS..=ORDERS + 1).contains(&asked), "{asked}");
    assert_eq!((meter.beyond(), chaos.count(IMPORT)), (0, 1));
    let waits = waits(&told);
    let spared = |(reason, _): &(String, Duration)| reason.contains("calls left");
    assert!(waits.iter().any(spared), "{waits:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_run_waits_for_stands_in_the_ledger_until_its_next_state() {
    let bench = Bench::new(1).await;
    let chaos = Chaos::start(|_, _| {
        let headers = format!("x-rate-limit-retry: {}\r\n", epoch(3000));
        dated(429, &headers, r#"{"message":"Too many requests"}"#)
    })
    .await;
    let target = account(&chaos, &bench, &[]);
    let mut started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    while !matches!(started.events.recv().await, Some(RunEvent::Waiting { .. })) {}
    let wait = loop {
        // It is written behind the event.
        if let Some(wait) = bench.summary(id).run.wait {
            break wait;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(wait.reason, "429 Too many requests");
    let left = wait.until.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((2900..=3001).contains(&left), "{left}");
    stop(started).await;
    assert_eq!(bench.summary(id).run.wait, None);
}
