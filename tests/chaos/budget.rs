//! The retry budget: a vendor that goes down in mid-run is left alone, whatever way it fails.

use crate::bench::{Bench, each};
use crate::support::chaos::{Answer, Plan, Reply};
use crate::support::sending::count;

/// How a vendor may be down.
const WAYS: [&str; 6] = ["503", "500", "page", "close", "reset", "429"];

fn down(how: &str) -> Reply {
    match how {
        "close" => Reply::Close,
        "reset" => Reply::Reset,
        "page" => Reply::Say(Answer::new(200, "<html>We are back soon").content_type("text/html")),
        status => Reply::say(status.parse().unwrap(), "{}"),
    }
}

/// Kibo goes down after fifty of three thousand orders, with four connections under way: a handful of requests
/// goes out after that, and the run stops with a clear word. What can't be known is in doubt: a handful as well.
#[test]
fn a_vendor_that_goes_down_is_not_hammered() {
    each(WAYS, |how| {
        let plan = Plan::new(move |seen| {
            if seen.carries_orders() && seen.orders_before >= 50 {
                down(how)
            } else {
                Reply::Fair
            }
        });
        let bench = Bench::with("kibo", 3000, "concurrency = 4\n", plan);
        let status = bench.submit().ends(4).json();
        let after = bench.chaos.order_requests() - 50;
        assert!(
            (6..=9).contains(&after),
            "{how}: {after} after it went down"
        );
        assert_eq!(count(&status, "accepted"), 50, "{how}: {status}");
        assert!(count(&status, "in-doubt") <= 9, "{how}: {status}");
        let reason = status["reason"].as_str().unwrap();
        assert!(reason.contains("Kibo"), "{how}: {reason}");
        assert!(
            reason.contains("is down or takes nothing now"),
            "{how}: {reason}"
        );
        assert!(reason.contains("`orderdeck resume`"), "{how}: {reason}");
        bench.holds();
    });
}

/// Every second request fails for good measure: that is no vendor to send thousands of orders to.
#[test]
fn a_vendor_that_fails_too_often_is_left_alone() {
    let plan = Plan::new(|seen| {
        if seen.carries_orders() && seen.orders_before % 2 == 1 {
            Reply::say(500, "{}")
        } else {
            Reply::Fair
        }
    });
    let bench = Bench::with("kibo", 300, "concurrency = 1\n", plan);
    let status = bench.submit().ends(4).json();
    let reason = status["reason"].as_str().unwrap();
    assert!(reason.contains("every fifth request failed"), "{reason}");
    assert!((20..60).contains(&bench.chaos.order_requests()), "{status}");
    bench.holds();
}

/// The last orders of a run fail: nothing is left to stop, so the run is at its end, with doubt.
#[test]
fn a_run_that_fails_at_its_very_end_is_finished() {
    let plan = Plan::new(|seen| {
        if seen.carries_orders() {
            Reply::Close
        } else {
            Reply::Fair
        }
    });
    let bench = Bench::with("kibo", 4, "concurrency = 4\n", plan);
    let status = bench.submit().ends(5).json();
    assert_eq!(status["state"], "finished", "{status}");
    bench.all_are("in-doubt");
}
