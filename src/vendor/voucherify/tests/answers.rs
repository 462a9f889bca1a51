//! Every row of the answers, for orders, jobs and tokens.

use std::time::Duration;

use super::{VENDOR, account, answer, batch, with_header};
use crate::order::outcome::{Operation, Outcome};
use crate::vendor::testing::with_setting;
use crate::vendor::{Answer, Batch, Budget, JobReading, OrderVerdict, TokenReading, Verdict};

const INVALID: &str = r#"{"code":400,"key":"invalid_payload","message":"Invalid payload","details":"Property .items[0].initial_quantity cannot be lower than 1","request_id":"v-0c5561d945cb0f0fb5"}"#;

fn import(keys: &[&str]) -> Batch {
    batch(Operation::Import, keys)
}

fn read(batch: &Batch, answer: &Answer) -> Verdict {
    VENDOR.read(batch, answer, &account())
}

fn outcomes(verdict: &Verdict) -> Vec<Outcome> {
    match verdict {
        Verdict::Orders(orders) => orders.iter().map(|order| order.outcome).collect(),
        other => panic!("not by order: {other:?}"),
    }
}

fn reason(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Orders(orders) => orders[0].reason.as_deref().unwrap(),
        Verdict::Pause { reason }
        | Verdict::RenewToken { reason }
        | Verdict::Wait { reason, .. }
        | Verdict::Resend { reason }
        | Verdict::Halve { reason }
        | Verdict::InDoubt { reason } => reason,
        Verdict::Job(job) => job,
    }
}

#[test]
fn a_job_queues_every_order() {
    let body = r#"{"async_action_id":"aa_0a875d56c805df6601"}"#;
    let verdict = read(&import(&["a", "b"]), &answer(200, body));
    assert_eq!(verdict, Verdict::Job("aa_0a875d56c805df6601".into()));
}

#[test]
fn success_without_a_job_is_in_doubt() {
    for body in [
        "",
        "<html>login</html>",
        "{}",
        r#"{"async_action_id":""}"#,
        r#"{"async_action_id":"aa_"#,
    ] {
        let verdict = read(&import(&["a"]), &answer(200, body));
        assert!(
            matches!(verdict, Verdict::InDoubt { .. }),
            "{body}: {verdict:?}"
        );
    }
    for status in [201, 202, 204, 302, 307, 410, 418, 500, 502, 503, 504] {
        let body = r#"{"async_action_id":"aa_1"}"#;
        let verdict = read(&import(&["a"]), &answer(status, body));
        assert!(
            matches!(verdict, Verdict::InDoubt { .. }),
            "{status}: {verdict:?}"
        );
    }
}

#[test]
fn an_invalid_order_is_looked_for_by_halves() {
    let verdict = read(&import(&["a", "b"]), &answer(400, INVALID));
    assert!(matches!(verdict, Verdict::Halve { .. }), "{verdict:?}");
    let verdict = read(&import(&["a"]), &answer(400, INVALID));
    assert_eq!(outcomes(&verdict), [Outcome::Rejected]);
    assert_eq!(
        reason(&verdict),
        "400 Invalid payload: Property .items[0].initial_quantity cannot be lower than 1 (request v-0c5561d945cb0f0fb5)"
    );
    let together = with_setting(account(), "narrow_down", "false");
    let verdict = VENDOR.read(&import(&["a", "b"]), &answer(400, INVALID), &together);
    assert_eq!(outcomes(&verdict), [Outcome::Rejected; 2]);
    assert!(reason(&verdict).contains("names no order"));
}

#[test]
fn credentials_plan_and_rights_pause_the_run() {
    for status in [401, 402, 403] {
        let body = r#"{"code":401,"message":"Unauthorized","request_id":"v-1"}"#;
        let verdict = read(&import(&["a"]), &answer(status, body));
        assert!(matches!(verdict, Verdict::Pause { .. }), "{status}");
        assert!(reason(&verdict).contains("Unauthorized (request v-1)"));
    }
    let oauth = with_setting(account(), "auth", "\"oauth\"");
    let verdict = VENDOR.read(&import(&["a"]), &answer(401, ""), &oauth);
    assert!(matches!(verdict, Verdict::RenewToken { .. }));
    let verdict = VENDOR.read(&import(&["a"]), &answer(403, ""), &oauth);
    assert!(matches!(verdict, Verdict::Pause { .. }));
}

#[test]
fn refusals_reject_every_order() {
    for status in [404, 405, 406, 409, 415, 423] {
        let body = r#"{"message":"No","request_id":"v-2"}"#;
        let verdict = read(&import(&["a", "b"]), &answer(status, body));
        assert_eq!(outcomes(&verdict), [Outcome::Rejected; 2], "{status}");
        assert_eq!(reason(&verdict), format!("{status} No (request v-2)"));
    }
}

#[test]
fn what_is_too_large_is_halved() {
    let body = r#"{"statusCode":413,"error":"Payload Too Large","message":"Payload content length greater than maximum allowed"}"#;
    let verdict = read(&import(&["a", "b"]), &answer(413, body));
    assert!(matches!(verdict, Verdict::Halve { .. }));
    let verdict = read(&import(&["a"]), &answer(413, body));
    assert_eq!(outcomes(&verdict), [Outcome::Rejected]);
}

fn waited(answer: &Answer) -> Option<Duration> {
    match read(&import(&["a"]), answer) {
        Verdict::Wait { at_least, .. } => at_least,
        other => panic!("{other:?}"),
    }
}

#[test]
fn rate_limits_are_waited_for() {
    let limited = || {
        answer(
            429,
            r#"{"code":429,"key":"too_many_requests","message":"Too many requests hit the API too quickly"}"#,
        )
    };
    assert_eq!(waited(&limited()), None);
    assert_eq!(
        waited(&with_header(limited(), "retry-after", "17")),
        Some(Duration::from_secs(17))
    );
    let dated = with_header(limited(), "date", "Sat, 21 Nov 2026 12:00:00 GMT");
    let epoch = with_header(dated.clone(), "x-rate-limit-retry", "1795262430");
    assert_eq!(waited(&epoch), Some(Duration::from_secs(30)));
    let past = with_header(dated, "x-rate-limit-retry", "5");
    assert_eq!(waited(&past), Some(Duration::ZERO));
    // Without the answer's own time a moment can't be taken as a wait.
    let undated = with_header(limited(), "x-rate-limit-retry", "1795262430");
    assert_eq!(waited(&undated), None);
    assert_eq!(waited(&with_header(limited(), "retry-after", "soon")), None);
    let typed = with_header(limited(), "x-rate-limit-type", "bulk_api_calls");
    let verdict = read(&import(&["a"]), &typed);
    assert!(reason(&verdict).contains("bulk_api_calls"));
}

#[test]
fn a_plan_that_is_used_up_pauses() {
    let by_type = with_header(answer(429, "{}"), "x-rate-limit-type", "api_calls_cycle");
    let by_words = answer(429, r#"{"message":"Your plan has ended"}"#);
    for answer in [by_type, by_words] {
        let verdict = read(&import(&["a"]), &answer);
        assert!(matches!(verdict, Verdict::Pause { .. }), "{verdict:?}");
    }
}

#[test]
fn headers_tell_the_budget() {
    assert_eq!(VENDOR.budget(&answer(200, "")), None);
    let mut told = answer(200, "");
    for (name, value) in [
        ("x-rate-limit-type", "api_calls"),
        ("x-rate-limit-limit", "100"),
        ("x-rate-limit-remaining", "3"),
        ("x-rate-limit-retry", "1795262460"),
        ("date", "Sat, 21 Nov 2026 12:00:00 GMT"),
    ] {
        told = with_header(told, name, value);
    }
    let expected = Budget {
        name: Some("api_calls".into()),
        limit: Some(100),
        remaining: Some(3),
        refills_in: Some(Duration::from_mins(1)),
    };
    assert_eq!(VENDOR.budget(&told), Some(expected));
}

fn live_cancel() -> Batch {
    let mut batch = batch(Operation::Cancel, &["#1"]);
    batch.orders[0].payload = br##"{"source_id":"#1","status":"CANCELED"}"##.to_vec();
    batch
}

#[test]
fn a_live_update_is_imported_when_the_order_comes_back_changed() {
    let body = r#"{"id":"ord_cRKO","source_id":"new","status":"CANCELED","amount":121700}"#;
    let expected = OrderVerdict {
        outcome: Outcome::Imported,
        reason: None,
        vendor_id: Some("ord_cRKO".into()),
    };
    assert_eq!(
        read(&live_cancel(), &answer(200, body)),
        Verdict::Orders(vec![expected])
    );
    for body in [
        r#"{"id":"ord_1","status":"PAID"}"#,
        r#"{"id":"ord_1"}"#,
        "{}",
        "<html>",
    ] {
        let verdict = read(&live_cancel(), &answer(200, body));
        assert!(matches!(verdict, Verdict::InDoubt { .. }), "{body}");
    }
    let missing = r#"{"code":404,"key":"not_found","message":"Resource not found","details":"Cannot find order with id #1","request_id":"v-3"}"#;
    let verdict = read(&live_cancel(), &answer(404, missing));
    assert_eq!(outcomes(&verdict), [Outcome::Rejected]);
    assert!(reason(&verdict).contains("Cannot find order with id #1"));
    // Should a caller put two into one live request, the second one was not sent.
    let mut two = live_cancel();
    two.orders.push(two.orders[0].clone());
    let body = r#"{"id":"ord_1","status":"CANCELED"}"#;
    let verdict = read(&two, &answer(200, body));
    assert_eq!(outcomes(&verdict), [Outcome::Imported, Outcome::Pending]);
}

#[test]
fn history_mode_is_read_as_an_import() {
    let mut batch = live_cancel();
    batch.mode = Some("history".into());
    let verdict = read(&batch, &answer(200, r#"{"async_action_id":"aa_1"}"#));
    assert_eq!(verdict, Verdict::Job("aa_1".into()));
}

#[test]
fn hidden_characters_of_answers_are_dropped() {
    let body = "{\"message\":\"a\\u001b[31mb\\u202ec\"}";
    let verdict = read(&import(&["a"]), &answer(404, body));
    assert_eq!(reason(&verdict), "404 a [31mb c");
}

fn job(keys: &[&str], status: &str, result: &str) -> JobReading {
    let body = format!(
        r#"{{"id":"aa_1","type":"ORDERS.IMPORT","status":"{status}","progress":40,"result":{result}}}"#
    );
    VENDOR.read_job(&import(keys), &answer(200, &body))
}

fn ended(reading: JobReading) -> Option<Vec<(Outcome, Option<String>)>> {
    match reading {
        JobReading::Done { orders, .. } => orders.map(|orders| {
            orders
                .into_iter()
                .map(|order| (order.outcome, order.reason))
                .collect()
        }),
        other => panic!("{other:?}"),
    }
}

fn imported() -> (Outcome, Option<String>) {
    (Outcome::Imported, None)
}

fn rejected(reason: &str) -> (Outcome, Option<String>) {
    (Outcome::Rejected, Some(reason.to_owned()))
}

#[test]
fn jobs_run_and_end() {
    for status in ["ENQUEUED", "IN_PROGRESS"] {
        let expected = JobReading::Running {
            status: status.into(),
            progress: Some(40),
        };
        assert_eq!(job(&["a"], status, "null"), expected);
    }
    let all = r#"{"message":"2 order(s) imported successfully, 0 failed.","failed":[],"done_count":2,"failed_count":0}"#;
    assert_eq!(
        ended(job(&["a", "b"], "DONE", all)),
        Some(vec![imported(); 2])
    );
}

#[test]
fn failed_orders_are_named_by_list_or_object() {
    let expected = Some(vec![imported(), rejected("Internal error")]);
    for failed in [
        r#"[{"source_id":"b","reason":"Internal error"}]"#,
        r#"{"source_id":"b","reason":"Internal error"}"#,
        r#"{"0":{"source_id":"b","reason":"Internal error"}}"#,
    ] {
        let result = format!(r#"{{"failed":{failed},"done_count":1,"failed_count":1}}"#);
        assert_eq!(
            ended(job(&["a", "b"], "DONE", &result)),
            expected,
            "{failed}"
        );
    }
}

#[test]
fn orders_that_cannot_be_named_are_settled_one_by_one() {
    for result in [
        r#"{"failed":[{"source_id":null,"reason":"Internal error"}],"done_count":1,"failed_count":1}"#,
        r#"{"failed":[{"source_id":"z","reason":"?"}],"done_count":1,"failed_count":1}"#,
        r#"{"failed":[{"source_id":"a"}],"done_count":0,"failed_count":1}"#,
        r#"{"done_count":1,"failed_count":0}"#,
        r#"{"failed":[]}"#,
        "null",
    ] {
        assert_eq!(ended(job(&["a", "b"], "DONE", result)), None, "{result}");
    }
}

#[test]
fn all_failed_needs_no_names() {
    let result = r#"{"message":"0 imported, 2 failed.","failed":[{"source_id":null,"reason":"x"},{"source_id":"b","reason":"bad"}],"done_count":0,"failed_count":2}"#;
    assert_eq!(
        ended(job(&["a", "b"], "DONE", result)),
        Some(vec![rejected("0 imported, 2 failed."), rejected("bad")])
    );
    let one = r#"{"failed":[{"source_id":null,"reason":"Internal error"}],"done_count":0,"failed_count":1}"#;
    assert_eq!(
        ended(job(&["a"], "DONE", one)),
        Some(vec![rejected("Internal error")])
    );
}

#[test]
fn a_failed_job_rejects_its_batch() {
    let result = r#"{"message":"Import failed"}"#;
    assert_eq!(
        ended(job(&["a", "b"], "FAILED", result)),
        Some(vec![rejected("Import failed"); 2])
    );
    assert!(ended(job(&["a"], "FAILED", "null")).unwrap()[0].1.is_some());
    // Half-way: who got in must be asked.
    let result = r#"{"done_count":1,"failed_count":1}"#;
    assert_eq!(ended(job(&["a", "b"], "FAILED", result)), None);
}

#[test]
fn jobs_of_another_process_are_read_by_key() {
    let mut batch = import(&["a", "b"]);
    for order in &mut batch.orders {
        order.payload.clear();
    }
    let body = r#"{"status":"DONE","result":{"failed":[{"source_id":"a","reason":"no"}],"done_count":1,"failed_count":1}}"#;
    let reading = VENDOR.read_job(&batch, &answer(200, body));
    assert_eq!(ended(reading), Some(vec![rejected("no"), imported()]));
}

#[test]
fn other_answers_about_a_job() {
    let read = |answer: &Answer| VENDOR.read_job(&import(&["a"]), answer);
    assert!(matches!(read(&answer(404, "{}")), JobReading::Vanished(_)));
    for status in [401, 402, 403] {
        assert!(matches!(read(&answer(status, "{}")), JobReading::Pause(_)));
    }
    let limited = with_header(answer(429, "{}"), "retry-after", "9");
    assert!(matches!(
        read(&limited),
        JobReading::Wait(Some(wait), _) if wait == Duration::from_secs(9)
    ));
    let cycle = with_header(answer(429, "{}"), "x-rate-limit-type", "api_calls_cycle");
    assert!(matches!(read(&cycle), JobReading::Pause(_)));
    for answer in [
        answer(500, ""),
        answer(200, "<html>"),
        answer(200, r#"{"status":"NEW"}"#),
    ] {
        assert!(matches!(read(&answer), JobReading::Unusable(_)));
    }
}

#[test]
fn tokens_are_read() {
    let body = r#"{"access_token":"1ABCde","expires_in":600,"token_type":"Bearer","scope":"api"}"#;
    match VENDOR.read_token(&answer(200, body)) {
        TokenReading::Token(token) => {
            assert_eq!(token.secret.expose(), "1ABCde");
            assert_eq!(token.lifetime, Duration::from_mins(10));
        }
        other => panic!("{other:?}"),
    }
    let refused = answer(
        400,
        r#"{"code":400,"key":"invalid_scope","message":"Invalid scope: vouchers"}"#,
    );
    assert_eq!(
        VENDOR.read_token(&refused),
        TokenReading::Refused("Voucherify gave no OAuth token: 400 Invalid scope: vouchers".into())
    );
    assert!(matches!(
        VENDOR.read_token(&answer(401, "")),
        TokenReading::Refused(reason) if reason.contains("`app_id` and `app_token`")
    ));
    assert!(matches!(
        VENDOR.read_token(&answer(429, "")),
        TokenReading::Wait(..)
    ));
    assert!(matches!(
        VENDOR.read_token(&answer(503, "")),
        TokenReading::Wait(..)
    ));
    assert!(matches!(
        VENDOR.read_token(&answer(200, "{}")),
        TokenReading::Unusable(_)
    ));
}

#[test]
fn a_refusal_of_one_order_names_its_field() {
    let verdict = read(&import(&["A"]), &answer(400, INVALID));
    let fields = VENDOR.refused_fields(reason(&verdict));
    let told: Vec<_> = fields
        .iter()
        .map(|finding| (finding.target.pointer(), finding.message()))
        .collect();
    let pointer = Some("/items/0/initial_quantity".to_owned());
    let said = "Voucherify said: Property .items[0].initial_quantity cannot be lower than 1";
    assert_eq!(told, [(pointer, said.to_owned())]);
    for nameless in [
        "",
        "400",
        "404 Resource not found: Cannot find order with id 2.50",
    ] {
        assert!(VENDOR.refused_fields(nameless).is_empty(), "{nameless}");
    }
}
