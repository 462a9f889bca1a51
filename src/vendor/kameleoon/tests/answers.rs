//! Requests, every row of the answers, limits, and the words about side effects.

use serde_json::{Value, json};

use super::*;
use crate::order::outcome::Outcome;
use crate::secret::Secret;
use crate::vendor::{Answer, Credentials, Doubt, Tally, Verdict};

fn credentials() -> Credentials {
    Credentials::new([
        ("shop_id".to_owned(), Secret::new("DvLWN2ZTMZ")),
        ("shop_secret".to_owned(), Secret::new("EIx\"Tuo\\t8sj")),
    ])
}

#[test]
fn the_request_holds_the_secret_and_shows_it_nowhere() {
    let request = Kameleoon.request(
        &batch(&[r#"{"id":"a"}"#, r#"{"id":"b"}"#]),
        &account(),
        &credentials(),
        None,
    );
    assert_eq!(
        (request.method, request.url.as_str()),
        ("POST", "http://127.0.0.1:9/sync/orders")
    );
    assert_eq!(
        request.masked_headers(),
        [("content-type".to_owned(), "application/json".to_owned())]
    );
    let sent: Value = serde_json::from_slice(request.body.expose()).unwrap();
    assert_eq!(
        sent,
        json!({ "shop_id": "DvLWN2ZTMZ", "shop_secret": "EIx\"Tuo\\t8sj", "orders": [{ "id": "a" }, { "id": "b" }] })
    );
    let shown = String::from_utf8(request.body.masked()).unwrap();
    assert_eq!(
        shown,
        r#"{"shop_id":"DvLWN2ZTMZ","shop_secret":"•••","orders":[{"id":"a"},{"id":"b"}]}"#
    );
    assert!(!format!("{request:?}").contains("8sj"));
    let probe = Kameleoon
        .probe(&account(), &credentials(), None)
        .request
        .unwrap();
    assert!(
        String::from_utf8(probe.body.masked())
            .unwrap()
            .ends_with(r#""orders":[]}"#)
    );
    assert!(!format!("{probe:?}").contains("8sj"));
}

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        headers: vec![("retry-after".into(), "7".into())],
        body: body.as_bytes().to_vec(),
    }
}

/// The verdict in a word, with the reason of the first order where there are orders.
fn verdict(status: u16, body: &str) -> (String, String) {
    let sent = batch(&[r#"{"id":"a"}"#, r#"{"id":"b"}"#]);
    match Kameleoon.read(&sent, &answer(status, body), &account()) {
        Verdict::Orders(orders) => {
            assert_eq!(orders.len(), 2);
            assert_eq!(orders[0], orders[1]);
            (
                orders[0].outcome.name().to_owned(),
                orders[0].reason.clone().unwrap_or_default(),
            )
        }
        Verdict::Pause { reason } => ("pause".into(), reason),
        Verdict::Wait { at_least, reason } => {
            assert_eq!(at_least, Some(std::time::Duration::from_secs(7)));
            ("wait".into(), reason)
        }
        Verdict::Resend { reason } => ("resend".into(), reason),
        Verdict::Halve { reason } => ("halve".into(), reason),
        Verdict::InDoubt { reason } => ("in-doubt".into(), reason),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_row_of_the_answers() {
    let error =
        |message: &str| json!({ "status": "error", "payload": { "message": message } }).to_string();
    for (status, body, expected) in [
        (401, String::new(), "pause"),
        (403, "<html>no</html>".into(), "pause"),
        (200, error("Shop not found"), "pause"),
        (400, error("Invalid shop_secret"), "pause"),
        (400, "Shop not found".into(), "pause"),
        (200, r#"{"status":"success"}"#.into(), "accepted"),
        (202, "OK\n".into(), "accepted"),
        (200, error("orders is not a list"), "halve"),
        (422, error("orders is not a list"), "halve"),
        (500, error("orders is not a list"), "rejected"),
        (200, r#"{"status":"error"}"#.into(), "halve"),
        // What says nothing of the orders goes by its code, whatever shape it has.
        (413, error("too large"), "halve"),
        (429, error("too many requests"), "wait"),
        (503, error("unavailable"), "resend"),
        (400, String::new(), "halve"),
        (404, "no such page".into(), "rejected"),
        (405, String::new(), "rejected"),
        (406, String::new(), "rejected"),
        (413, "too large".into(), "halve"),
        (429, "slow down".into(), "wait"),
        (500, String::new(), "resend"),
        (502, "<html>bad gateway of our shop</html>".into(), "resend"),
        (503, String::new(), "resend"),
        (504, String::new(), "resend"),
        (200, "<html>Welcome to the shop</html>".into(), "in-doubt"),
        (200, "Welcome to the shop".into(), "in-doubt"),
        (200, "Shop not found".into(), "pause"),
        (200, "\"Shop not found\"".into(), "pause"),
        (
            200,
            r#"{"status":"success","payload":{"message":"2 orders of shop 7"}}"#.into(),
            "accepted",
        ),
        (200, r#"{"status":"succ"#.into(), "in-doubt"),
        (200, String::new(), "in-doubt"),
        (307, String::new(), "in-doubt"),
        (418, String::new(), "in-doubt"),
    ] {
        assert_eq!(verdict(status, &body).0, expected, "{status} {body}");
    }
    assert!(
        verdict(200, &error("Shop not found"))
            .1
            .starts_with("shop_id was refused")
    );
    assert!(
        verdict(200, &error("Wrong secret"))
            .1
            .starts_with("shop_secret was refused")
    );
    assert_eq!(
        verdict(400, &error("bad\u{1b}[2J\u{202e}date")).1,
        "bad [2Jdate"
    );
    assert!(verdict(200, "OK").1.contains("not validated"));
    assert_eq!(Outcome::Accepted.name(), "accepted");
    assert_eq!(Kameleoon.doubt(&batch(&[]), &account()), Doubt::Resend);
}

#[test]
fn what_is_refused_is_narrowed_down_only_where_that_can_help() {
    let error = r#"{"status":"error","payload":{"message":"bad date"}}"#;
    let read = |orders: &[&str], status, body: &str, settings| {
        let verdict = Kameleoon.read(
            &batch(orders),
            &answer(status, body),
            &account_with(settings),
        );
        match verdict {
            Verdict::Orders(orders) => orders[0].reason.clone().unwrap(),
            Verdict::Halve { reason } => format!("halve: {reason}"),
            other => panic!("{other:?}"),
        }
    };
    let (one, two) = (["{}"], ["{}", "{}"]);
    let together = "the whole batch of 2 was refused, the answer names no order: bad date";
    assert_eq!(read(&two, 400, error, json!({})), "halve: bad date");
    assert_eq!(read(&one, 400, error, json!({})), "bad date");
    let off = || json!({ "narrow_down": false });
    assert_eq!(read(&two, 400, error, off()), together);
    assert_eq!(read(&two, 500, error, json!({})), together);
    // The address or the method is to blame, for all orders alike.
    assert_eq!(read(&two, 404, "no", json!({})), "404 no");
}

#[test]
fn limits_follow_the_settings_within_the_vendor_s_own() {
    let limits = |settings| Kameleoon.limits(Operation::Import, &account_with(settings));
    let own = limits(json!({}));
    assert_eq!(
        (own.orders_per_request, own.requests_per_minute),
        (1000, 40)
    );
    let set = limits(json!({ "batch_size": 9000, "requests_per_minute": 0 }));
    assert_eq!((set.orders_per_request, set.requests_per_minute), (5000, 0));
}

#[test]
fn side_effects_are_told_with_counts() {
    let mut order = full_order();
    order.cancelled = Some(true);
    let mut encoded = Encoded::default();
    encode(
        &Kameleoon,
        subject(&order),
        &account(),
        Operation::Import,
        now(),
        &mut encoded,
    );
    let mut tally = Tally::default();
    Kameleoon.tally(&encoded.facts, &mut tally);
    let told = |settings| {
        Kameleoon
            .side_effects(Operation::Import, None, &account_with(settings), &tally)
            .into_iter()
            .map(|effect| effect.text)
            .collect::<Vec<_>>()
            .join("\n")
    };
    let words = told(json!({}));
    for part in [
        "takes 1 order unseen",
        "e-mail",
        "trigger chains",
        "matching table",
        "purchase event",
        "2 items",
        "Custom Data",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(told(json!({ "external_id_from": "email" })).contains("E-mail addresses"));
}
