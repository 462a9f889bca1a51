//! Jobs that never end, vanish, or fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::bench::{Bench, each};
use crate::support::chaos::{Answer, Plan, Reply, Seen};
use crate::support::sending::count;

/// A question about a job.
fn asks(seen: &Seen) -> bool {
    seen.line.starts_with("GET /v1/async-actions/")
}

fn running(progress: u64) -> Reply {
    let body = json!({"id": "j", "status": "IN_PROGRESS", "progress": progress});
    Reply::say(200, &body.to_string())
}

/// A job that stands at 40 % as long as `stands` says so; whoever asks for its orders finds those named there.
fn stuck(
    stands: impl Fn(&Seen) -> bool + Send + Sync + 'static,
    there: &'static [&'static str],
) -> Bench {
    let ended = AtomicBool::new(false);
    let plan = Plan::new(move |seen| {
        let is_there =
            ended.load(Ordering::SeqCst) || there.iter().any(|it| seen.line.ends_with(it));
        if asks(seen) && stands(seen) {
            running(40)
        } else if asks(seen) {
            ended.store(true, Ordering::SeqCst);
            Reply::Fair
        } else if seen.line.starts_with("GET /v1/orders/") && !is_there {
            Reply::say(404, r#"{"code":404,"key":"not_found","message":"no"}"#)
        } else {
            Reply::Fair
        }
    });
    Bench::with("voucherify", 3, "job_patience = 2\n", plan)
}

fn job(bench: &Bench) -> Value {
    let jobs = bench.deck.run(["jobs", "--json"]).ends(0).lines();
    assert_eq!(jobs.len(), 1);
    jobs[0].clone()
}

/// F-26: a job that comes no further for as long as the profile bears is shown as stale, and the run stops with
/// a clear word instead of asking for ever. Its orders stay queued.
#[test]
fn f26_a_job_that_never_ends_stops_the_run_and_is_shown_as_stale() {
    let bench = stuck(|_| true, &[]);
    let status = bench.submit().ends(4).json();
    assert_eq!(status["state"], "stopped");
    let reason = status["reason"].as_str().unwrap();
    assert!(
        reason.contains("no progress for 2 s: IN_PROGRESS, 40 %"),
        "{reason}"
    );
    assert!(reason.contains("`orderdeck resume`"), "{reason}");
    assert_eq!(count(&status, "queued"), 3, "{status}");
    let shown = job(&bench);
    assert_eq!(shown["status"], "STALE");
    assert_eq!(
        (&shown["finished"], &shown["progress"]),
        (&json!(false), &json!(40))
    );
    let text = bench.deck.run(["jobs"]).ends(0);
    assert!(text.text().contains("STALE"), "{}", text.text());
    assert!(
        text.text().contains("no progress for 2 s"),
        "{}",
        text.text()
    );
    assert!(bench.chaos.count("GET /v1/async-actions/") < 8);
    bench.holds();
}

/// F-26: resumed, and still no further: the orders are asked for one by one; what is there is imported, the rest
/// in doubt. When the job has ended after all, the next `resume` takes its word.
#[test]
fn f26_orders_of_a_stale_job_are_settled_one_by_one_and_then_by_the_job() {
    let end = Arc::new(AtomicBool::new(false));
    let ended = Arc::clone(&end);
    let bench = stuck(move |_| !ended.load(Ordering::SeqCst), &["1001", "1003"]);
    bench.submit().ends(4);
    let resumed = bench.resume();
    let status = resumed.ends(5).json();
    assert_eq!(count(&status, "imported"), 2, "{status}");
    assert_eq!(count(&status, "in-doubt"), 1, "{status}");
    let reason = bench.reasons("in-doubt");
    assert!(reason.contains("doesn't come to an end"), "{reason}");
    assert_eq!(job(&bench)["status"], "STALE");
    bench.holds();

    // The same again, as long as it stands there.
    bench.resume().ends(5);
    assert_eq!(count(&bench.status(), "in-doubt"), 1);
    end.store(true, Ordering::SeqCst);
    bench.resume().ends(0);
    assert_eq!(job(&bench)["status"], "DONE");
    bench.all_are("imported");
    assert_eq!(bench.chaos.order_requests(), 1);
}

/// F-26: a job that goes on, however slowly, is not given up.
#[test]
fn f26_a_slow_job_that_goes_on_is_not_stale() {
    let plan = Plan::new(|seen| {
        if asks(seen) && seen.before < 3 {
            running(seen.before as u64 * 10)
        } else {
            Reply::Fair
        }
    });
    let bench = Bench::with("voucherify", 2, "job_patience = 3\n", plan);
    bench.submit().ends(0);
    bench.all_are("imported");
}

/// F-26: nothing of use is ever said of a job: given up as well.
#[test]
fn f26_a_job_that_nobody_answers_for_stops_the_run() {
    each(["error", "page", "close"], |how| {
        let plan = Plan::new(move |seen| match how {
            _ if !asks(seen) => Reply::Fair,
            "error" => Reply::say(500, "{}"),
            "page" => Reply::Say(Answer::new(200, "<html>").content_type("text/html")),
            _ => Reply::Close,
        });
        let bench = Bench::with("voucherify", 2, "job_patience = 2\n", plan);
        let status = bench.submit().ends(4).json();
        let reason = status["reason"].as_str().unwrap();
        assert!(reason.contains("no progress for 2 s"), "{how}: {reason}");
        bench.all_are("queued");
    });
}

/// F-26: the vendor doesn't know the job any more: its orders are asked for one by one. One that isn't there is
/// in doubt: nobody said no to it.
#[test]
fn f26_a_job_that_vanished_is_settled_order_by_order() {
    let gone = |seen: &Seen| {
        if asks(seen) || seen.line == "GET /v1/orders/%231002" {
            Reply::say(404, r#"{"code":404,"key":"not_found","message":"no"}"#)
        } else {
            Reply::Fair
        }
    };
    let bench = Bench::new("voucherify", 3, gone);
    let status = bench.submit().ends(5).json();
    assert_eq!(count(&status, "imported"), 2, "{status}");
    assert_eq!(bench.outcomes()["#1002"]["outcome"], "in-doubt");
    let reason = bench.reasons("in-doubt");
    assert!(reason.contains("its job vanished"), "{reason}");
    assert_eq!(job(&bench)["status"], "VANISHED");
    bench.holds();
}

/// F-26: the job failed as a whole, or half-way without a word on which half.
#[test]
fn f26_a_job_that_failed_rejects_what_it_did_not_take() {
    for (done, failed, rejected) in [(0, 3, 3), (2, 1, 1)] {
        let bench = Bench::new("voucherify", 3, move |seen| {
            if asks(seen) {
                let result = json!({"done_count": done, "failed_count": failed, "failed": [],
                    "message": "the catalogue is locked"});
                let body = json!({"id": "j", "status": "FAILED", "result": result});
                Reply::say(200, &body.to_string())
            } else if seen.line == "GET /v1/orders/%231002" {
                Reply::say(404, r#"{"code":404,"key":"not_found","message":"no"}"#)
            } else {
                Reply::Fair
            }
        });
        let status = bench.submit().ends(1).json();
        assert_eq!(count(&status, "rejected"), rejected, "{status}");
        assert_eq!(count(&status, "imported"), 3 - rejected, "{status}");
        let reason = bench.reasons("rejected");
        assert!(reason.contains("the catalogue is locked"), "{reason}");
        assert_eq!(job(&bench)["status"], "FAILED");
    }
}
