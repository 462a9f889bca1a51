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

/// An answer whose `Date` is the vendor's.
fn dated(answer: Answer, date: &str) -> Answer {
    super::with_header(answer, "date", date)
}

#[test]
fn the_moment_of_sending_is_taken_by_the_vendors_clock() {
    // Sent 40 s before the answer came. The vendor's clock is an hour ahead, or behind.
    for (date, mine, before) in [
        (
            "Sat, 21 Nov 2026 13:00:40 GMT",
            "2026-11-21T13:00:00.9Z",
            "2026-11-21T12:59:40Z",
        ),
        (
            "Sat, 21 Nov 2026 11:00:40 GMT",
            "2026-11-21T11:00:00.9Z",
            "2026-11-21T10:59:40Z",
        ),
    ] {
        let list = jobs(&[
            ("aa_2", "ORDERS.IMPORT", mine),
            ("aa_1", "ORDERS.IMPORT", before),
        ]);
        let mut settling = lost(&batch(Operation::Import, &["a"]));
        settling.answer(Some(&dated(list, date)), now());
        assert_eq!(settling.next(None), SettlingStep::Job("aa_2".into()));
    }
}

#[test]
fn jobs_of_other_batches_are_not_the_one() {
    let at = "2026-11-21T12:00:01Z";
    let list = jobs(&[("aa_2", "ORDERS.IMPORT", at), ("aa_1", "ORDERS.IMPORT", at)]);
    let mut settling = lost_beside(&batch(Operation::Import, &["a"]), &["aa_1"]);
    settling.answer(Some(&list), now());
    assert_eq!(settling.next(None), SettlingStep::Job("aa_2".into()));
    let mut settling = lost_beside(&batch(Operation::Import, &["a"]), &["aa_1", "aa_2"]);
    settling.answer(Some(&list), now());
    assert_eq!(asked(&mut settling), "/v1/orders/a");
}

/// A page of a hundred jobs of other kinds, the newest of them at that second of that minute.
fn full_page(number: i64) -> Answer {
    let newest = now() - jiff::SignedDuration::from_millis(number * 200);
    let ids: Vec<(String, String)> = (0..100)
        .map(|index| {
            let at = newest - jiff::SignedDuration::from_millis(index);
            (format!("aa_{number}_{index}"), at.to_string())
        })
        .collect();
    let list: Vec<(&str, &str, &str)> = ids
        .iter()
        .map(|(id, at)| (id.as_str(), "CUSTOMERS.BULK_UPDATE", at.as_str()))
        .collect();
    jobs(&list)
}

#[test]
fn older_pages_are_read_back_to_the_moment_of_sending() {
    let mut settling = lost(&batch(Operation::Import, &["a"]));
    settling.answer(Some(&full_page(0)), now());
    assert_eq!(
        asked(&mut settling),
        "/v1/async-actions?limit=100&end_date=2026-11-21T12:00:40.402Z"
    );
    let sent = "2026-11-21T12:00:01Z";
    let old = "2026-11-21T11:00:00Z";
    let list = jobs(&[
        ("aa_0_99", "CUSTOMERS.BULK_UPDATE", sent),
        ("aa_x", "ORDERS.IMPORT", sent),
        ("aa_old", "ORDERS.IMPORT", old),
    ]);
    settling.answer(Some(&list), now());
    assert_eq!(settling.next(None), SettlingStep::Job("aa_x".into()));
}

#[test]
fn pages_that_do_not_end_are_for_the_operator() {
    let mut settling = lost(&batch(Operation::Import, &["a"]));
    for number in 0..10 {
        assert!(asked(&mut settling).starts_with("/v1/async-actions?"));
        settling.answer(Some(&full_page(number)), now());
    }
    assert_eq!(done(&mut settling), [Outcome::InDoubt]);
    // A vendor that doesn't heed `end_date` shows nothing new: that is the end as well.
    let mut settling = lost(&batch(Operation::Import, &["a"]));
    settling.answer(Some(&full_page(0)), now());
    settling.answer(Some(&full_page(0)), now());
    assert_eq!(asked(&mut settling), "/v1/orders/a");
}

#[test]
fn what_is_sure_is_handed_out_at_once_and_once() {
    let mut settling = lost(&batch(Operation::Import, &["a", "b", "c"]));
    settling.answer(Some(&jobs(&[])), now());
    assert!(settling.take_settled().is_empty());
    settling.answer(Some(&answer(404, MISSING)), now());
    let other = r#"{"id":"ord_3","status":"PAID","amount":701}"#;
    settling.answer(Some(&answer(200, other)), now());
    let sure = settling.take_settled();
    assert_eq!(sure.len(), 1);
    assert_eq!((sure[0].0, sure[0].1.outcome), (0, Outcome::Pending));
    settling.answer(Some(&answer(200, THERE)), now());
    assert_eq!(settling.take_settled()[0].0, 2);
    assert!(settling.take_settled().is_empty());
}
