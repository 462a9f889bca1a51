//! What became of a batch in doubt, question by question.

use super::{VENDOR, account, answer, batch, credentials};
use crate::order::outcome::{Operation, Outcome};
use crate::vendor::{Answer, Batch, Lost, Settling, SettlingStep};

const MISSING: &str = r#"{"code":404,"key":"not_found","message":"Resource not found"}"#;
const THERE: &str = r#"{"id":"ord_1","status":"PAID","amount":700}"#;

fn lost(batch: &Batch) -> Box<dyn Settling> {
    lost_beside(batch, &[])
}

/// The same, where jobs with those ids are known.
fn lost_beside(batch: &Batch, known: &[&str]) -> Box<dyn Settling> {
    let known_jobs = known.iter().map(|id| (*id).to_owned()).collect();
    let lost = Lost {
        sent_at: "2026-11-21T12:00:00.5Z".parse().unwrap(),
        known_jobs: &known_jobs,
    };
    VENDOR
        .settling(batch, lost, &account(), &credentials())
        .unwrap()
}

/// When the answers come, by this machine's clock.
fn now() -> jiff::Timestamp {
    "2026-11-21T12:00:40.5Z".parse().unwrap()
}

fn jobs(jobs: &[(&str, &str, &str)]) -> Answer {
    let jobs: Vec<_> = jobs
        .iter()
        .map(|(id, kind, at)| serde_json::json!({"id": id, "type": kind, "created_at": at}))
        .collect();
    let body = serde_json::json!({"object": "list", "async_actions": jobs});
    answer(200, &body.to_string())
}

fn asked(settling: &mut Box<dyn Settling>) -> String {
    match settling.next(None) {
        SettlingStep::Ask(request) => request
            .url
            .trim_start_matches("http://127.0.0.1:8080")
            .to_owned(),
        other => panic!("{other:?}"),
    }
}

fn done(settling: &mut Box<dyn Settling>) -> Vec<Outcome> {
    match settling.next(None) {
        SettlingStep::Done(orders) => orders.iter().map(|order| order.outcome).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_job_made_since_is_the_one() {
    let mut settling = lost(&batch(Operation::Import, &["a", "b"]));
    assert_eq!(asked(&mut settling), "/v1/async-actions?limit=100");
    settling.answer(
        Some(&jobs(&[
            ("aa_3", "ORDERS.IMPORT", "2026-11-21T12:00:01Z"),
            ("aa_2", "CUSTOMERS.BULK_UPDATE", "2026-11-21T12:00:01Z"),
            ("aa_1", "ORDERS.IMPORT", "2026-11-21T11:45:00Z"),
        ])),
        now(),
    );
    assert_eq!(settling.next(None), SettlingStep::Job("aa_3".into()));
}

#[test]
fn several_jobs_are_for_the_operator() {
    let mut settling = lost(&batch(Operation::Import, &["a", "b"]));
    let at = "2026-11-21T12:00:09.000Z";
    let list = jobs(&[("aa_3", "ORDERS.IMPORT", at), ("aa_4", "ORDERS.IMPORT", at)]);
    settling.answer(Some(&list), now());
    assert_eq!(done(&mut settling), [Outcome::InDoubt; 2]);
}

#[test]
fn without_a_job_every_order_is_asked_for() {
    let mut settling = lost(&batch(Operation::Import, &["#1", "b", "c", "d"]));
    settling.answer(Some(&jobs(&[])), now());
    assert_eq!(asked(&mut settling), "/v1/orders/%231");
    settling.answer(Some(&answer(404, MISSING)), now());
    assert_eq!(asked(&mut settling), "/v1/orders/b");
    settling.answer(Some(&answer(200, THERE)), now());
    assert_eq!(asked(&mut settling), "/v1/orders/c");
    let other = r#"{"id":"ord_2","status":"CREATED","amount":700}"#;
    settling.answer(Some(&answer(200, other)), now());
    let other = r#"{"id":"ord_3","status":"PAID","amount":701}"#;
    settling.answer(Some(&answer(200, other)), now());
    assert_eq!(
        done(&mut settling),
        [
            Outcome::Pending,
            Outcome::Imported,
            Outcome::InDoubt,
            Outcome::InDoubt
        ]
    );
    match settling.next(None) {
        SettlingStep::Done(orders) => {
            assert_eq!(orders[1].vendor_id.as_deref(), Some("ord_1"));
            assert!(orders[2].reason.as_deref().unwrap().contains("`status`"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_cannot_be_read_is_asked_again_and_then_left_in_doubt() {
    let mut settling = lost(&batch(Operation::Import, &["a"]));
    settling.answer(None, now());
    assert_eq!(asked(&mut settling), "/v1/async-actions?limit=100");
    settling.answer(Some(&answer(200, "<html>")), now());
    settling.answer(Some(&jobs(&[])), now());
    // A 404 of something between is not the vendor's word.
    for _ in 0..3 {
        assert_eq!(asked(&mut settling), "/v1/orders/a");
        settling.answer(Some(&answer(404, "<html>not found</html>")), now());
    }
    assert_eq!(done(&mut settling), [Outcome::InDoubt]);

    let mut settling = lost(&batch(Operation::Import, &["a"]));
    for _ in 0..3 {
        settling.answer(Some(&answer(500, "")), now());
    }
    assert_eq!(
        done(&mut settling),
        [Outcome::InDoubt],
        "never sent again unasked"
    );
}

#[test]
fn orders_that_cannot_be_asked_for_or_compared_stay_in_doubt() {
    let mut orders = batch(Operation::Import, &["a", "b"]);
    orders.orders[0].payload = b"{\"status\":\"PAID\"}".to_vec();
    orders.orders[1].payload.clear();
    let mut settling = lost(&orders);
    settling.answer(Some(&jobs(&[])), now());
    assert_eq!(asked(&mut settling), "/v1/orders/b");
    settling.answer(Some(&answer(200, THERE)), now());
    assert_eq!(done(&mut settling), [Outcome::InDoubt; 2]);
}

#[test]
fn a_lost_update_of_a_live_order() {
    for (status, body, expected) in [
        (
            200,
            r#"{"id":"ord_1","status":"CANCELED"}"#,
            Outcome::Imported,
        ),
        (200, r#"{"id":"ord_1","status":"PAID"}"#, Outcome::Pending),
        (404, MISSING, Outcome::Rejected),
    ] {
        let mut orders = batch(Operation::Cancel, &["a"]);
        orders.orders[0].payload = br#"{"source_id":"a","status":"CANCELED"}"#.to_vec();
        let mut settling = lost(&orders);
        assert_eq!(asked(&mut settling), "/v1/orders/a");
        settling.answer(Some(&answer(status, body)), now());
        assert_eq!(done(&mut settling), [expected]);
    }
}

#[test]
fn after_a_done_job_a_missing_order_was_refused() {
    let orders = batch(Operation::Import, &["a", "b"]);
    let message = Some("1 order(s) imported successfully, 1 failed.");
    let mut settling = VENDOR
        .settling_after_job(&orders, message, &account(), &credentials())
        .unwrap();
    assert_eq!(asked(&mut settling), "/v1/orders/a");
    settling.answer(Some(&answer(200, THERE)), now());
    settling.answer(Some(&answer(404, MISSING)), now());
    assert_eq!(done(&mut settling), [Outcome::Imported, Outcome::Rejected]);
}
