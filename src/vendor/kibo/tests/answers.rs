//! Every row of what an answer means.

use std::time::Duration;

use super::live;
use crate::order::outcome::{Operation, Outcome};
use crate::vendor::kibo::Kibo;
use crate::vendor::{
    Answer, Batch, BatchOrder, OrderVerdict, Token, TokenReading, Vendor, Verdict,
};

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    }
}

fn read(status: u16, body: &str) -> Verdict {
    let batch = Batch {
        operation: Operation::Import,
        orders: vec![BatchOrder::default()],
        mode: None,
    };
    Kibo.read(&batch, &answer(status, body), &live())
}

fn verdict(status: u16, body: &str) -> OrderVerdict {
    match read(status, body) {
        Verdict::Orders(verdicts) => verdicts.into_iter().next().unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn success_is_accepted_never_imported() {
    for (body, id) in [
        ("", None),
        ("{}", None),
        (
            r#"{"code":5000,"message":"OK","orderID":123456789012345678901}"#,
            Some("123456789012345678901"),
        ),
        (r#"{"code":"5000","result":{"orderID":"77"}}"#, Some("77")),
        (r#"{"orderID":12,"errors":[]}"#, Some("12")),
        (r#"[{"orderID":12}]"#, Some("12")),
    ] {
        let verdict = verdict(200, body);
        assert_eq!(verdict.outcome, Outcome::Accepted, "{body}");
        assert_eq!(verdict.vendor_id.as_deref(), id, "{body}");
    }
    assert_eq!(verdict(201, "{}").outcome, Outcome::Accepted);
}

#[test]
fn a_code_under_success_decides() {
    for code in [5002, 5003, 5010, 5013, 5017] {
        let verdict = verdict(
            200,
            &format!(r#"{{"code":{code},"message":"no such part"}}"#),
        );
        assert_eq!(verdict.outcome, Outcome::Rejected, "{code}");
        let reason = verdict.reason.unwrap();
        assert!(
            reason.contains(&code.to_string()) && reason.contains("no such part"),
            "{reason}"
        );
    }
    assert!(matches!(
        read(200, r#"{"code":5001}"#),
        Verdict::Wait { .. }
    ));
    assert!(matches!(
        read(200, r#"{"code":5004}"#),
        Verdict::RenewToken { .. }
    ));
}

#[test]
fn what_no_row_names_is_in_doubt() {
    for body in [
        r#"{"code":5018}"#,
        r#"{"code":5009}"#,
        r#"{"code":"ok"}"#,
        r#"{"code":{}}"#,
        r#"{"error":"something"}"#,
        r#"{"errors":["something"]}"#,
        r#"{"orderID":12"#,
        "<html>proxy</html>",
    ] {
        assert!(matches!(read(200, body), Verdict::InDoubt { .. }), "{body}");
    }
    for status in [500, 502, 504, 302, 307, 405, 409, 422] {
        assert!(
            matches!(read(status, "{}"), Verdict::InDoubt { .. }),
            "{status}"
        );
    }
    // The status decides where it is no success.
    assert!(matches!(
        read(500, r#"{"code":5000}"#),
        Verdict::InDoubt { .. }
    ));
}

#[test]
fn refusals_by_status() {
    for status in [400, 404] {
        let verdict = verdict(status, r#"{"message":"bad \u001b[31mrequest"}"#);
        assert_eq!(verdict.outcome, Outcome::Rejected);
        let reason = verdict.reason.unwrap();
        assert!(
            reason.contains(&status.to_string()) && !reason.contains('\u{1b}'),
            "{reason}"
        );
    }
    for status in [401, 403] {
        assert!(matches!(read(status, ""), Verdict::RenewToken { .. }));
    }
    assert!(matches!(read(413, ""), Verdict::Halve { .. }));
}

#[test]
fn waits_take_the_vendors_seconds() {
    for status in [429, 503] {
        assert!(matches!(
            read(status, ""),
            Verdict::Wait { at_least: None, .. }
        ));
        let mut answer = answer(status, "");
        answer.headers.push(("retry-after".into(), "17".into()));
        let batch = Batch {
            operation: Operation::Import,
            orders: vec![BatchOrder::default()],
            mode: None,
        };
        let verdict = Kibo.read(&batch, &answer, &live());
        let expected = Some(Duration::from_secs(17));
        assert!(matches!(verdict, Verdict::Wait { at_least, .. } if at_least == expected));
    }
}

#[test]
fn tokens() {
    let read = |status, body: &str| Kibo.read_token(&answer(status, body));
    let token = |reading| match reading {
        TokenReading::Token(Token { secret, lifetime }) => {
            (secret.expose().to_owned(), lifetime.as_secs())
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(
        token(read(200, r#"{"access_token":"t","expires_in":900}"#)),
        ("t".into(), 840)
    );
    assert_eq!(
        token(read(200, r#"{"access_token":"t","expires_in":"10"}"#)),
        ("t".into(), 5)
    );
    assert_eq!(
        token(read(200, r#"{"access_token":"t"}"#)),
        ("t".into(), 3540)
    );
    for status in [400, 401, 403] {
        let reading = read(status, r#"{"error":"invalid_client"}"#);
        assert!(
            matches!(reading, TokenReading::Refused(reason) if reason.contains("invalid_client"))
        );
    }
    for status in [429, 500, 503] {
        assert!(matches!(read(status, ""), TokenReading::Wait(None, _)));
    }
    for (status, body) in [
        (200, "{}"),
        (200, r#"{"access_token":""}"#),
        (200, "{\"access_token\":\"a\\nb\"}"),
        (200, r#"{"access_token":"half"#),
        (302, ""),
    ] {
        let reading = read(status, body);
        assert!(
            matches!(&reading, TokenReading::Unusable(reason) if !reason.contains("half")),
            "{reading:?}"
        );
    }
}

#[test]
fn a_refusal_tells_every_error_that_it_lists_and_its_fields() {
    let body = r#"{"code":5003,"message":"Bad request","errors":[
        {"field":"items[0].sku","message":"items[0].sku is required"},
        {"path":"locale","description":"must be one of a\u001b[31m list"},
        {"field":"currency"}, "the order is too old", 7, {"code":"x"}]}"#;
    for status in [400, 200] {
        let reason = verdict(status, body).reason.unwrap();
        let expected = format!(
            "HTTP {status}, code 5003, bad request: Bad request: items[0].sku: is required; \
             locale: must be one of a [31m list; currency; the order is too old"
        );
        assert_eq!(reason, expected);
        let fields: Vec<_> = super::super::answer::refused_fields(&reason)
            .iter()
            .map(|finding| (finding.target.pointer().unwrap(), finding.message()))
            .collect();
        let (pointer, said) = &fields[0];
        assert_eq!(pointer, "/items/0/sku");
        assert_eq!(said, "Kibo said: items[0].sku: is required");
        assert!(fields.iter().any(|(pointer, _)| pointer == "/locale"));
    }
    let many: Vec<String> = (0..20).map(|n| format!("{{\"field\":\"f{n}\"}}")).collect();
    let body = format!("{{\"message\":\"no\",\"errors\":[{}]}}", many.join(","));
    let reason = verdict(400, &body).reason.unwrap();
    assert!(reason.ends_with("f7; and 12 more"), "{reason}");
    // Without a list nothing is added.
    let reason = verdict(400, r#"{"message":"no","errors":[]}"#).reason;
    assert_eq!(reason.as_deref(), Some("HTTP 400: no"));
}
