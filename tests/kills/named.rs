//! Each fault of dying by its id, and by each vendor what must have become of the orders that were under way.

use serde_json::Value;

use crate::oracle::judge;
use crate::round::{End, Operator};
use crate::support::sending::count;

const ORDERS: u64 = 30;

/// How a round ended that died at a point once, and was taken up.
struct Ended {
    status: Value,
    /// What the vendor saw.
    seen: Value,
    /// How often it took each order of the round.
    copies: Vec<u64>,
}

fn die_once(vendor: &'static str, settings: &str, die_at: &str) -> Ended {
    let operator = Operator::with(vendor, ORDERS as usize, "", settings);
    operator.file(1);
    assert_eq!(
        operator.life(1, Some(die_at)),
        End::Killed,
        "{vendor} {die_at}"
    );
    let last = operator.life(1, None);
    assert!(
        matches!(last, End::Exit(0 | 5)),
        "{vendor} {die_at}: {last:?}"
    );
    judge(&operator, 1, true);
    let seen = operator.vendors.taken()[vendor].clone();
    let copies = seen["copies"].as_object().unwrap();
    Ended {
        status: operator.status(1),
        copies: copies.values().map(|it| it.as_u64().unwrap()).collect(),
        seen,
    }
}

impl Ended {
    #[track_caller]
    fn all(&self, outcome: &str) {
        assert_eq!(count(&self.status, outcome), ORDERS, "{}", self.status);
    }

    #[track_caller]
    fn each_once(&self) {
        assert_eq!(self.copies, vec![1; ORDERS as usize], "{}", self.seen);
    }

    fn doubts(&self) -> u64 {
        count(&self.status, "in-doubt")
    }
}

/// F-01: killed before the intent is committed: nothing left, so each order is sent once, and nothing is doubtful.
#[test]
fn f01_before_the_intent_nothing_has_left() {
    for (vendor, outcome) in [
        ("kibo", "accepted"),
        ("kameleoon", "accepted"),
        ("voucherify", "imported"),
        ("project-agora", "imported"),
    ] {
        let ended = die_once(vendor, "", "before-intent:1");
        ended.all(outcome);
        ended.each_once();
    }
}

/// F-02: killed after the intent and before anything was sent: in doubt, settled by each vendor's policy.
#[test]
fn f02_after_the_intent_it_is_doubt_settled_by_policy() {
    // Kibo's first intent is for its token.
    let kibo = die_once("kibo", "", "after-intent:2");
    assert!(kibo.doubts() > 0, "{}", kibo.status);
    // It never left, and without the operator's word it never will.
    assert_eq!(kibo.copies.len() as u64, ORDERS - kibo.doubts());
    assert_eq!(count(&kibo.status, "accepted"), ORDERS - kibo.doubts());

    let unasked = die_once("project-agora", "", "after-intent:1");
    assert!(unasked.doubts() > 0, "{}", unasked.status);
    assert_eq!(unasked.copies.len() as u64, ORDERS - unasked.doubts());

    let kameleoon = die_once("kameleoon", "", "after-intent:1");
    kameleoon.all("accepted");
    kameleoon.each_once();

    // Asked, these say that it isn't there: it is sent.
    let voucherify = die_once("voucherify", "", "after-intent:1");
    voucherify.all("imported");
    voucherify.each_once();
}

/// F-03: killed between the answer and its record: the vendor has them. Where it can be asked, it says so.
#[test]
fn f03_an_answer_that_was_not_recorded_is_asked_for_or_doubt() {
    let kibo = die_once("kibo", "", "before-answer:2");
    assert!(kibo.doubts() > 0, "{}", kibo.status);
    let taken_and_unknown = kibo.copies.len() as u64 - count(&kibo.status, "accepted");
    assert!(taken_and_unknown > 0, "{} {}", kibo.status, kibo.seen);

    let kameleoon = die_once("kameleoon", "", "before-answer:1");
    kameleoon.all("accepted");
    assert!(kameleoon.copies.contains(&2), "{}", kameleoon.seen);

    let voucherify = die_once("voucherify", "", "before-answer:1");
    voucherify.all("imported");
    voucherify.each_once();
    assert_eq!(voucherify.seen["order_requests"], 1, "found by its job");

    let agora = die_once("project-agora", "read_back = true\n", "before-answer:1");
    agora.all("imported");
    agora.each_once();
}

/// F-04: killed while a job is watched: it is watched again by its id, and never begun twice.
#[test]
fn f04_a_job_is_watched_again_and_never_begun_twice() {
    for die_at in ["before-job:1", "after-job:1"] {
        let ended = die_once("voucherify", "", die_at);
        ended.all("imported");
        ended.each_once();
        assert_eq!(ended.seen["order_requests"], 1, "{die_at}");
        assert_eq!(ended.seen["jobs"], 1, "{die_at}");
        assert_eq!(ended.status["jobs"], 1, "{die_at}");
    }
}
