//! Kibo: rows of its table, by status and by the code in the body.

use serde_json::json;

use super::*;

const HALF: Duration = Duration::from_millis(500);

/// A body with a code and words.
fn coded(status: u16, code: u64) -> Reply {
    let body = json!({ "code": code, "message": "in its words" });
    Reply::status(status, &body.to_string())
}

/// Whether a request carries that order.
fn carries(seen: &Seen, key: &str) -> bool {
    let body: Value = serde_json::from_str(&seen.body).unwrap();
    body["externalOrderID"] == key
}

#[tokio::test(flavor = "multi_thread")]
async fn success_is_accepted_and_its_order_id_kept() {
    let mut table = Vec::new();
    for (name, status, body, id) in [
        ("200 without a body", 200, "", None),
        ("201 without a body", 201, "", None),
        ("204", 204, "", None),
        ("an empty line", 200, "\r\n", None),
        ("an empty object", 200, "{}", None),
        ("a number", 200, r#"{"orderID":12}"#, Some("12")),
        ("a text", 201, r#"{"orderID":"A7"}"#, Some("A7")),
        (
            "within",
            200,
            r#"{"order":{"status":"READY","orderID":12}}"#,
            Some("12"),
        ),
        (
            "5000",
            200,
            r#"{"code":5000,"data":{"orderID":12}}"#,
            Some("12"),
        ),
        ("5000 as text", 202, r#"{"code":"5000"}"#, None),
        ("no errors", 200, r#"{"errors":[],"error":null}"#, None),
        (
            "a code of something else within",
            200,
            r#"{"orderID":3,"state":{"code":"CA"}}"#,
            Some("3"),
        ),
    ] {
        let row = Row::new(name, &[Reply::status(status, body)]);
        table.push(row.becomes(&["accepted"]).ids(&[id]).requests(1).tokens(1));
    }
    check("kibo", table).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_under_success_counts_as_that_code() {
    let mut table = Vec::new();
    for (code, becomes) in [
        (5002, "rejected: code 5002, not found: in its words"),
        (5003, "rejected: code 5003, bad request: in its words"),
        (5010, "rejected: code 5010, request data: in its words"),
        (5011, "rejected: code 5011, request data"),
        (5012, "rejected: code 5012, request data"),
        (5013, "rejected: code 5013, request data"),
        (5014, "rejected: code 5014, request data"),
        (5015, "rejected: code 5015, request data"),
        (5016, "rejected: code 5016, request data"),
        (5017, "rejected: code 5017, request data"),
        // What no row names is nobody's success, and no refusal either.
        (5005, "in-doubt: code 5005: in its words"),
        (5009, "in-doubt: code 5009"),
        (5018, "in-doubt: code 5018"),
        (1, "in-doubt: code 1"),
    ] {
        let row = Row::new(format!("200, {code}"), &[coded(200, code)]);
        table.push(row.becomes(&[becomes]).requests(1));
    }
    let unavailable = Reply::Answer(
        200,
        "retry-after: 1\r\n".to_owned(),
        r#"{"code":5001}"#.to_owned(),
    );
    table.extend([
        Row::new("5001", &[unavailable, coded(200, 5000)])
            .becomes(&["accepted"])
            .copies(&[2])
            .waits("5001, unavailable", 2 * HALF),
        Row::new(
            "5003 within",
            &[Reply::ok(r#"{"result":[{"code":"5003"}]}"#)],
        )
        .becomes(&["rejected: code 5003, bad request"]),
        Row::new("5004 once", &[coded(200, 5004), coded(200, 5000)])
            .becomes(&["accepted"])
            .copies(&[2])
            .tokens(2),
        Row::new("5004 again", &[coded(200, 5004)])
            .becomes(&["pending"])
            .copies(&[2])
            .tokens(2)
            .ends(
                "paused: code 5004, not authorised: in its words; a new token was refused as well",
            ),
    ]);
    check("kibo", table).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_by_status_are_rejected() {
    let table = vec![
        Row::new("400", &[coded(400, 5010)])
            .becomes(&["rejected: HTTP 400, code 5010, request data: in its words"]),
        Row::new("404", &[coded(404, 5002)])
            .becomes(&["rejected: HTTP 404, code 5002, not found: in its words"]),
        Row::new("400 as text", &[Reply::status(400, "no such part")])
            .becomes(&["rejected: HTTP 400: no such part"]),
        Row::new("404 without a body", &[Reply::status(404, "")]).becomes(&["rejected: HTTP 404"]),
        Row::new("413", &[Reply::status(413, "")]).becomes(&["rejected: HTTP 413"]),
        Row::scripted(
            "one of four",
            Arc::new(|seen, _| {
                if carries(seen, "#1003") {
                    coded(400, 5010)
                } else {
                    Reply::ok("")
                }
            }),
        )
        .orders(4)
        .becomes(&["accepted", "accepted", "rejected: code 5010", "accepted"]),
    ];
    let table = table.into_iter().map(|row| row.tokens(1)).collect();
    check("kibo", table).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_renewed_once() {
    let refused = "paused: a new token was refused as well";
    let mut table = Vec::new();
    for status in [401, 403] {
        let no = move || Reply::status(status, "no");
        let one: Script = Arc::new(move |seen, _| {
            if carries(seen, "#1002") {
                no()
            } else {
                Reply::ok("")
            }
        });
        table.extend([
            Row::new(format!("{status} once"), &[no(), Reply::ok("")])
                .becomes(&["accepted"])
                .copies(&[2]),
            Row::new(format!("{status} again"), &[no()])
                .becomes(&["pending"])
                .copies(&[2])
                .ends(refused),
            // The token is good for others: it must not be renewed as often as those are taken.
            Row::scripted(format!("{status} for one order alone"), one)
                .orders(2)
                .set("concurrency", 2)
                .becomes(&["accepted", "pending"])
                .copies(&[1, 2])
                .ends(refused),
        ]);
    }
    let table = table.into_iter().map(|row| row.tokens(2)).collect();
    check("kibo", table).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_refused_for_one_order_while_others_go_on_is_renewed_once() {
    // Its refusals come late, so that others were taken since.
    let script: Script = Arc::new(|seen, _| {
        let (wait, code) = if carries(seen, "#1001") {
            (40, 5004)
        } else {
            (10, 5000)
        };
        let body = json!({ "code": code }).to_string();
        Reply::Late(Duration::from_millis(wait), body)
    });
    let row = Row::scripted("one of many", script)
        .orders(80)
        .set("concurrency", 4)
        .copies(&[])
        .tokens(2)
        .ends("paused: a new token was refused as well");
    check("kibo", vec![row]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_waits_where_it_is_asked_to() {
    let mut table = Vec::new();
    for (name, reply, least) in [
        ("429 with seconds", Reply::after(429, "1"), 2 * HALF),
        ("503 with seconds", Reply::after(503, "1"), 2 * HALF),
        ("429", Reply::status(429, ""), HALF),
        ("503", coded(503, 5001), HALF),
    ] {
        let row = Row::new(name, &[reply, Reply::ok("")]).becomes(&["accepted"]);
        table.push(row.copies(&[2]).waits("HTTP ", least));
    }
    table.push(
        Row::new("while it waits", &[Reply::after(503, "800")])
            .becomes(&["pending"])
            .stopped_after(1),
    );
    check("kibo", table).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_arrived_is_in_doubt_and_never_sent_again() {
    let mut table = Vec::new();
    for (name, reply, doubt) in [
        ("500", coded(500, 5001), "in-doubt: HTTP 500, code 5001"),
        ("500 with 5000", coded(500, 5000), "in-doubt: HTTP 500"),
        ("502", Reply::status(502, "<html>"), "in-doubt: HTTP 502"),
        ("504", Reply::status(504, ""), "in-doubt: HTTP 504"),
        (
            "connection lost",
            Reply::Close,
            "in-doubt: connection closed",
        ),
        (
            "a body cut short",
            Reply::Cut(r#"{"orderID":1}"#.to_owned()),
            "in-doubt: the answer (200) was cut short",
        ),
        ("a page", Reply::ok("<html>hello"), "in-doubt: <html>hello"),
        (
            "half an answer",
            Reply::ok(r#"{"orderID":12"#),
            "in-doubt: {\"orderID\":12",
        ),
        ("a word", Reply::ok("\"no\""), "in-doubt: \"no\""),
        ("false", Reply::ok("false"), "in-doubt: false"),
        (
            "no success",
            Reply::ok(r#"{"success":false,"orderID":1}"#),
            "in-doubt: \"success\":false",
        ),
        (
            "a failed status",
            Reply::ok(r#"{"status":"FAILED"}"#),
            "in-doubt: FAILED",
        ),
        (
            "errors",
            Reply::ok(r#"{"errors":["no such part"]}"#),
            "in-doubt: no such part",
        ),
        (
            "a code in words",
            Reply::ok(r#"{"code":"fine"}"#),
            "in-doubt: code 0",
        ),
        ("a redirect", Reply::status(307, ""), "in-doubt: HTTP 307"),
        ("405", Reply::status(405, ""), "in-doubt: HTTP 405"),
        ("422", Reply::status(422, ""), "in-doubt: HTTP 422"),
    ] {
        let row = Row::new(name, &[reply, Reply::ok("")]);
        table.push(row.becomes(&[doubt]).requests(1).tokens(1));
    }
    check("kibo", table).await;
}
