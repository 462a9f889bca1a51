//! Requests, every row of the answers, settling doubt, and the words about side effects.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::*;
use crate::order::outcome::Outcome;
use crate::secret::Secret;
use crate::vendor::{
    Answer, Credentials, Doubt, Lost, OrderVerdict, Settling, SettlingStep, Tally, Verdict,
};

fn credentials() -> Credentials {
    Credentials::new([("api_key".to_owned(), Secret::new("k3y-canary"))])
}

#[test]
fn the_request_holds_the_key_as_given_or_encoded() {
    let sent = batch(&[json!({ "id": "a" }), json!({ "id": "b" })]);
    let request = ProjectAgora.request(&sent, &account(), &credentials(), None);
    assert_eq!(
        (request.method, request.url.as_str()),
        ("POST", "http://127.0.0.1:9/v1/orders")
    );
    assert_eq!(
        request.body.expose(),
        br#"{"orders":[{"id":"a"},{"id":"b"}]}"#
    );
    assert!(
        request
            .masked_headers()
            .contains(&("authorization".to_owned(), "Basic •••".to_owned()))
    );
    assert!(
        request
            .masked_headers()
            .contains(&("accept".to_owned(), "application/json".to_owned()))
    );
    assert!(!format!("{request:?}").contains("canary"));
    let key = |account: &Account| {
        let request = ProjectAgora.request(&sent, account, &credentials(), None);
        request.headers.iter().find_map(|(_, value)| match value {
            crate::vendor::request::HeaderValue::Secret("Basic ", secret) => {
                Some(secret.expose().to_owned())
            }
            _ => None,
        })
    };
    assert_eq!(key(&account()).as_deref(), Some("k3y-canary"));
    let encoded = account_with(json!({ "api_key_form": "base64" }));
    // printf 'k3y-canary:' | base64
    assert_eq!(key(&encoded).as_deref(), Some("azN5LWNhbmFyeTo="));
}

#[test]
fn the_probe_asks_for_an_order_that_nobody_has() {
    let mut account = account();
    account.defaults.insert("teamId".into(), json!("team 1"));
    let request = ProjectAgora
        .probe(&account, &credentials(), None)
        .request
        .unwrap();
    assert_eq!(request.method, "GET");
    assert_eq!(
        request.url,
        "http://127.0.0.1:9/v1/orders?teamId=team+1&orderIds%5B%5D=orderdeck-probe"
    );
    assert!(!format!("{request:?}").contains("canary"));
}

fn read(sent: &[Value], status: u16, body: &str) -> Verdict {
    let answer = Answer {
        status,
        headers: vec![("retry-after".into(), "7".into())],
        body: body.as_bytes().to_vec(),
    };
    ProjectAgora.read(&batch(sent), &answer, &account())
}

fn orders(sent: &[Value], echoed: &Value) -> Vec<OrderVerdict> {
    match read(sent, 200, &json!({ "orders": echoed }).to_string()) {
        Verdict::Orders(orders) => orders,
        other => panic!("{other:?}"),
    }
}

fn outcomes(sent: &[Value], echoed: &Value) -> Vec<Outcome> {
    orders(sent, echoed)
        .iter()
        .map(|order| order.outcome)
        .collect()
}

/// An order as it is sent, and as the vendor echoes it: numbers for texts, nulls for what wasn't sent.
fn sent_and_echoed() -> (Value, Value) {
    let sent = json!({
        "id": "#1001",
        "orderDate": "2019-12-02T17:00:00+02:00",
        "orderItems": [{
            "gtin": "catpref--123456",
            "quantity": 3,
            "regularUnitPrice": "9.99",
            "totalOrderItemPriceAfterDiscounts": "29.90",
            "adId": "display_1",
        }],
    });
    let echoed = json!({
        "adIds": null, "teamId": "a7e5", "customerId": "", "sessionId": null,
        "id": "#1001",
        "orderItems": [{
            "regularUnitPrice": 9.99, "citrusDiscountAmount": null, "gtin": "catpref--123456",
            "adId": "display_1", "quantity": 3, "substitutedFor": null,
            "totalOrderItemPriceAfterDiscounts": 29.9,
        }],
        "orderDate": "2019-12-02T15:00:00Z",
    });
    (sent, echoed)
}

#[test]
fn an_echo_that_agrees_is_imported_without_a_word() {
    let (sent, echoed) = sent_and_echoed();
    let expected = OrderVerdict {
        outcome: Outcome::Imported,
        reason: None,
        vendor_id: Some("#1001".into()),
    };
    assert_eq!(orders(&[sent], &json!([echoed])), [expected]);
}

#[test]
fn differences_are_told_and_change_nothing() {
    let (sent, mut echoed) = sent_and_echoed();
    echoed["orderItems"][0]["adId"] = json!("display_2\u{202e}\u{1b}");
    echoed["orderItems"][0]["totalOrderItemPriceAfterDiscounts"] = json!("29.91");
    echoed["orderDate"] = json!("2019-12-02T15:00:01Z");
    let verdict = &orders(std::slice::from_ref(&sent), &json!([echoed]))[0];
    assert_eq!(verdict.outcome, Outcome::Imported);
    let reason = verdict.reason.as_deref().unwrap();
    for part in ["orderItems/0/adId", "display_1", "29.91", "orderDate"] {
        assert!(reason.contains(part), "{reason}");
    }
    assert!(!reason.contains(['\u{202e}', '\u{1b}']), "{reason}");
    echoed["orderItems"] = json!([]);
    let verdict = &orders(&[sent], &json!([echoed]))[0];
    assert_eq!(verdict.outcome, Outcome::Imported);
    assert!(
        verdict
            .reason
            .as_deref()
            .unwrap()
            .contains("0 elements, 1 were sent")
    );
}

#[test]
fn prices_are_compared_by_value_and_ids_by_letter() {
    let sent = json!({ "id": "1", "orderItems": [{ "gtin": "007", "regularUnitPrice": "9.99" }] });
    let reason = |gtin: &str, price: Value| {
        let echoed =
            json!([{ "id": "1", "orderItems": [{ "gtin": gtin, "regularUnitPrice": price }] }]);
        orders(std::slice::from_ref(&sent), &echoed)[0]
            .reason
            .clone()
    };
    assert_eq!(reason("007", json!("9.990")), None);
    assert!(reason("7", json!("9.99")).is_some());
    assert!(reason("007", json!("9.98")).is_some());
}

#[test]
fn orders_are_matched_by_id_else_by_position() {
    let order = |id: &str| json!({ "id": id });
    let bare = json!({ "orderDate": "2019-12-02T15:00:00Z" });
    let imported = Outcome::Imported;
    let doubt = Outcome::InDoubt;
    assert_eq!(
        outcomes(&[order("a"), order("b")], &json!([order("b"), order("a")])),
        [imported, imported]
    );
    assert_eq!(
        outcomes(&[order("a"), order("b")], &json!([order("b")])),
        [doubt, imported]
    );
    assert_eq!(
        outcomes(&[order("a"), order("b")], &json!([])),
        [doubt, doubt]
    );
    assert_eq!(
        outcomes(&[order("a"), order("b")], &json!([order("a"), order("x")])),
        [imported, doubt]
    );
    let without = orders(
        &[bare.clone(), bare.clone()],
        &json!([order("made-1"), order("made-2")]),
    );
    assert_eq!(without[1].vendor_id.as_deref(), Some("made-2"));
    assert_eq!(without[1].outcome, imported);
    assert_eq!(
        outcomes(&[bare.clone(), bare.clone()], &json!([bare])),
        [doubt, doubt]
    );
    assert_eq!(
        outcomes(std::slice::from_ref(&bare), &json!([null])),
        [doubt]
    );
    let more = outcomes(
        &[order("a"), bare],
        &json!([order("a"), order("m"), order("n")]),
    );
    assert_eq!(more, [imported, doubt]);
}

#[test]
fn every_row_of_the_answers() {
    let sent = [json!({ "id": "a" })];
    let word = |status, body: &str| match read(&sent, status, body) {
        Verdict::Orders(orders) => orders[0].outcome.name(),
        Verdict::Pause { .. } => "pause",
        Verdict::Wait { at_least, .. } => {
            assert_eq!(at_least, Some(std::time::Duration::from_secs(7)));
            "wait"
        }
        Verdict::Halve { .. } => "halve",
        Verdict::InDoubt { .. } => "in-doubt",
        other => panic!("{other:?}"),
    };
    for (status, body, expected) in [
        (200, r#"{"orders":[{"id":"a"}]}"#, "imported"),
        (200, r#"{"orders":[{"id":"#, "in-doubt"),
        (200, "<html>hello</html>", "in-doubt"),
        (200, r#"{"status":"ok"}"#, "in-doubt"),
        (200, "", "in-doubt"),
        (201, r#"{"orders":[{"id":"a"}]}"#, "in-doubt"),
        (400, "", "rejected"),
        (401, "no", "pause"),
        (403, "no", "pause"),
        (404, "no such page", "pause"),
        (413, "", "halve"),
        (429, "", "wait"),
        (503, "", "wait"),
        (500, "", "in-doubt"),
        (502, "", "in-doubt"),
        (504, "", "in-doubt"),
        (307, "", "in-doubt"),
        (418, "", "in-doubt"),
    ] {
        assert_eq!(word(status, body), expected, "{status} {body}");
    }
    let body = json!({ "message": "invalid\u{1b}", "additionalInfo": [{ "code": "E1", "message": "gtin unknown" }] });
    let Verdict::Orders(orders) = read(&sent, 400, &body.to_string()) else {
        panic!("not rejected");
    };
    assert_eq!(
        orders[0].reason.as_deref(),
        Some("invalid ; E1: gtin unknown")
    );
}

#[test]
fn doubt_is_settled_as_the_settings_say() {
    let with_id = batch(&[json!({ "id": "a" })]);
    let without = batch(&[json!({ "id": "a" }), json!({})]);
    let doubt = |batch, settings| ProjectAgora.doubt(batch, &account_with(settings));
    assert_eq!(doubt(&with_id, json!({})), Doubt::AskOperator);
    assert_eq!(doubt(&with_id, json!({ "resend": true })), Doubt::Resend);
    assert_eq!(
        doubt(&without, json!({ "resend": true })),
        Doubt::AskOperator
    );
    assert_eq!(
        doubt(&with_id, json!({ "read_back": true, "resend": true })),
        Doubt::AskVendor
    );
    let mut account = sandbox(&ProjectAgora);
    assert_eq!(ProjectAgora.doubt(&with_id, &account), Doubt::AskVendor);
    account.settings.insert("read_back".into(), json!(false));
    assert_eq!(ProjectAgora.doubt(&with_id, &account), Doubt::AskOperator);
}

fn lost(known_jobs: &HashSet<String>) -> Lost<'_> {
    Lost {
        sent_at: jiff::Timestamp::UNIX_EPOCH,
        known_jobs,
    }
}

fn settling(sent: &[Value]) -> Box<dyn Settling> {
    let account = account_with(json!({ "read_back": true }));
    ProjectAgora
        .settling(
            &batch(sent),
            lost(&HashSet::new()),
            &account,
            &credentials(),
        )
        .unwrap()
}

/// The address of the next question.
fn question(settling: &mut dyn Settling) -> String {
    match settling.next(None) {
        SettlingStep::Ask(request) => {
            assert_eq!(request.method, "GET");
            assert!(!format!("{request:?}").contains("canary"));
            request.url
        }
        other => panic!("{other:?}"),
    }
}

fn done(settling: &mut dyn Settling) -> Vec<Outcome> {
    match settling.next(None) {
        SettlingStep::Done(orders) => orders.iter().map(|order| order.outcome).collect(),
        other => panic!("{other:?}"),
    }
}

fn answered(status: u16, body: &Value) -> Answer {
    Answer {
        status,
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
    }
}

#[test]
fn what_is_refused_is_narrowed_down_unless_the_setting_says_no() {
    let two = batch(&[json!({ "id": "a" }), json!({ "id": "b" })]);
    let refused = answered(400, &json!({ "message": "no" }));
    let verdict = ProjectAgora.read(&two, &refused, &account());
    assert!(matches!(verdict, Verdict::Halve { .. }), "{verdict:?}");
    let off = account_with(json!({ "narrow_down": false }));
    let reason = "the whole batch of 2 was refused: no";
    let expected = OrderVerdict::because(Outcome::Rejected, reason);
    let verdict = ProjectAgora.read(&two, &refused, &off);
    assert_eq!(verdict, Verdict::all(2, &expected));
}

#[test]
fn settling_asks_for_each_order_by_its_id() {
    let mut settling = settling(&[json!({ "id": "#1001" }), json!({}), json!({ "id": "b" })]);
    assert_eq!(
        question(&mut *settling),
        "http://127.0.0.1:9/v1/orders/%231001"
    );
    settling.answer(
        Some(&answered(200, &json!({ "id": "#1001" }))),
        jiff::Timestamp::UNIX_EPOCH,
    );
    // One could be read, so that a 404 is believed.
    assert_eq!(question(&mut *settling), "http://127.0.0.1:9/v1/orders/b");
    settling.answer(
        Some(&answered(404, &json!("not found"))),
        jiff::Timestamp::UNIX_EPOCH,
    );
    assert_eq!(
        done(&mut *settling),
        [Outcome::Imported, Outcome::InDoubt, Outcome::Pending]
    );
}

#[test]
fn the_first_404_is_made_sure_of_by_the_list() {
    let sent = [json!({ "id": "a", "teamId": "t 1" }), json!({ "id": "b" })];
    let list = "http://127.0.0.1:9/v1/orders?teamId=t+1&orderIds%5B%5D=a";
    let not_found = answered(404, &json!("not found"));
    let mut absent = settling(&sent);
    question(&mut *absent);
    absent.answer(Some(&not_found), jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(question(&mut *absent), list);
    absent.answer(
        Some(&answered(200, &json!({ "orders": [{ "id": "x" }] }))),
        jiff::Timestamp::UNIX_EPOCH,
    );
    assert_eq!(question(&mut *absent), "http://127.0.0.1:9/v1/orders/b");
    absent.answer(Some(&not_found), jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(done(&mut *absent), [Outcome::Pending, Outcome::Pending]);

    let mut unreadable = settling(&sent);
    for _ in 0..2 {
        question(&mut *unreadable);
        unreadable.answer(Some(&not_found), jiff::Timestamp::UNIX_EPOCH);
    }
    let doubt = [Outcome::InDoubt, Outcome::InDoubt];
    assert_eq!(done(&mut *unreadable), doubt);
}

#[test]
fn an_order_that_differs_may_have_been_there_before() {
    let (sent, mut there) = sent_and_echoed();
    let settled = |there: &Value| {
        let mut settling = settling(std::slice::from_ref(&sent));
        question(&mut *settling);
        settling.answer(Some(&answered(200, there)), jiff::Timestamp::UNIX_EPOCH);
        done(&mut *settling)
    };
    assert_eq!(settled(&there), [Outcome::Imported]);
    there["orderItems"][0]["totalOrderItemPriceAfterDiscounts"] = json!(29.8);
    assert_eq!(settled(&there), [Outcome::InDoubt]);
}

#[test]
fn settling_gives_up_where_it_learns_nothing() {
    let mut refused = settling(&[json!({ "id": "a" }), json!({ "id": "b" })]);
    question(&mut *refused);
    refused.answer(
        Some(&answered(403, &json!("no"))),
        jiff::Timestamp::UNIX_EPOCH,
    );
    assert_eq!(done(&mut *refused), [Outcome::InDoubt, Outcome::InDoubt]);

    let mut silent = settling(&[json!({ "id": "a" }), json!({ "id": "b" })]);
    question(&mut *silent);
    silent.answer(None, jiff::Timestamp::UNIX_EPOCH);
    question(&mut *silent);
    silent.answer(
        Some(&answered(200, &json!({ "id": "another" }))),
        jiff::Timestamp::UNIX_EPOCH,
    );
    question(&mut *silent);
    silent.answer(
        Some(&answered(500, &json!(""))),
        jiff::Timestamp::UNIX_EPOCH,
    );
    assert_eq!(done(&mut *silent), [Outcome::InDoubt, Outcome::InDoubt]);
}

#[test]
fn what_was_sent_and_is_not_at_hand_any_more_proves_nothing() {
    let mut sent = batch(&[json!({})]);
    sent.orders[0].key = "#7".into();
    sent.orders[0].payload.clear();
    let begin = |settings| {
        let account = account_with(settings);
        ProjectAgora.settling(&sent, lost(&HashSet::new()), &account, &credentials())
    };
    let mut settling = begin(json!({ "read_back": true })).unwrap();
    assert_eq!(done(&mut *settling), [Outcome::InDoubt]);
    assert!(begin(json!({})).is_none());
}

#[test]
fn side_effects_are_told_with_counts() {
    let mut tally = Tally::default();
    for payload in [look(&order(), &account()).value, json!({})] {
        ProjectAgora.tally(&Facts::of_value(&payload, ProjectAgora.table()), &mut tally);
    }
    let told = |settings| {
        ProjectAgora
            .side_effects(Operation::Import, None, &account_with(settings), &tally)
            .into_iter()
            .map(|effect| effect.text)
            .collect::<Vec<_>>()
            .join("\n")
    };
    let words = told(json!({}));
    for part in [
        "1 of 2 orders",
        "whole line",
        "can't be cancelled",
        "Without an id: 1 order;",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(told(json!({ "total_means": "unit" })).contains("one unit"));
}

#[test]
fn limits_follow_the_settings() {
    let limits = |settings| ProjectAgora.limits(Operation::Import, &account_with(settings));
    assert_eq!(limits(json!({})).orders_per_request, 100);
    assert_eq!(
        limits(json!({ "batch_size": 25, "concurrency": 2 })).orders_per_request,
        25
    );
}
