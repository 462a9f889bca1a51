//! Kameleoon: rows of its table, from the top.

use serde_json::json;

use super::super::chaos::end_of;
use super::*;

const SUCCESS: &str = r#"{"status":"success"}"#;
const TAKEN: &str = "accepted: accepted, not validated";
const SECOND: Duration = Duration::from_secs(1);

fn success() -> Reply {
    Reply::ok(SUCCESS)
}

/// The vendor's shape of an error.
fn error(status: u16, message: &str) -> Reply {
    let body = json!({ "status": "error", "payload": { "message": message } });
    Reply::status(status, &body.to_string())
}

/// How many orders a request holds.
fn held(seen: &Seen) -> usize {
    let body: Value = serde_json::from_str(&seen.body).unwrap();
    body["orders"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_are_refused_pause_the_run_with_their_name() {
    let either = "paused: shop_id or shop_secret was refused";
    let shop = "paused: shop_id was refused: Shop not found";
    let secret = "paused: shop_secret was refused: ";
    let mut table = Vec::new();
    for (name, reply, ends) in [
        ("401", Reply::status(401, ""), either),
        ("403 with a page", Reply::status(403, "<html>no"), either),
        ("200 error: shop", error(200, "Shop not found"), shop),
        ("404 error: shop", error(404, "Shop not found"), shop),
        ("400 error: shop", error(400, "Shop not found"), shop),
        ("500 error: shop", error(500, "Shop not found"), shop),
        ("429 error: shop", error(429, "Shop not found"), shop),
        ("404 as text", Reply::status(404, "Shop not found"), shop),
        ("200 as text", Reply::ok("Shop not found"), shop),
        ("200 as JSON text", Reply::ok("\"Shop not found\""), shop),
        ("403 error: secret", error(403, "Wrong secret"), secret),
        ("200 error: secret", error(200, "shop_secret bad"), secret),
    ] {
        let row = Row::new(name, &[reply]).orders(2).becomes(&["pending"]);
        table.push(row.ends(ends).requests(1));
    }
    check("kameleoon", table).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn success_is_accepted_and_not_validated() {
    let mut table = Vec::new();
    for (name, reply) in [
        ("200 success", success()),
        ("202 success", Reply::status(202, SUCCESS)),
        ("OK", Reply::ok("OK")),
        ("OK and an end of line", Reply::status(201, "OK\r\n")),
        ("OK as JSON", Reply::ok("\"OK\"")),
        (
            "success that speaks of the shop",
            Reply::ok(r#"{"status":"success","payload":{"message":"2 orders for shop 7"}}"#),
        ),
    ] {
        let row = Row::new(name, &[reply]).orders(2).becomes(&[TAKEN]);
        table.push(row.requests(1));
    }
    check("kameleoon", table).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_in_the_vendor_s_shape_is_rejected_with_its_message() {
    let mut table = Vec::new();
    for status in [200, 201, 400, 404, 409, 422, 500] {
        let name = format!("{status} error, one order");
        let row = Row::new(name, &[error(status, "Invalid date")]);
        table.push(row.becomes(&["rejected: Invalid date"]).requests(1));
    }
    let together = "rejected: the whole batch of 3 was refused, the answer names no order: Invalid";
    table.extend([
        Row::new("without a message", &[Reply::ok(r#"{"status":"error"}"#)])
            .becomes(&["rejected: 200 {\"status\":\"error\"}"])
            .requests(1),
        Row::new("a batch, not narrowed down", &[error(200, "Invalid date")])
            .orders(3)
            .set("narrow_down", false)
            .becomes(&[together])
            .requests(1),
        Row::new("a batch under 500 is not cut", &[error(500, "Invalid")])
            .orders(3)
            .becomes(&[together])
            .requests(1),
        // Codes that say nothing of the orders keep their own row, whatever shape the body has.
        Row::new("429 in that shape", &[error(429, "Too many"), success()])
            .orders(2)
            .becomes(&[TAKEN])
            .copies(&[2]),
        Row::new("503 in that shape", &[error(503, "Down"), success()])
            .orders(2)
            .becomes(&[TAKEN])
            .copies(&[2]),
        Row::new("413 in that shape", &[error(413, "Too large"), success()])
            .orders(2)
            .becomes(&[TAKEN])
            .copies(&[2])
            .requests(3),
    ]);
    check("kameleoon", table).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_by_code_are_rejected() {
    let mut table = Vec::new();
    for (status, reason) in [
        (400, "rejected: 400 no"),
        (404, "rejected: 404 no"),
        (405, "rejected: 405 no"),
        (406, "rejected: 406 no"),
    ] {
        let row = Row::new(status.to_string(), &[Reply::status(status, "no")]);
        table.push(row.becomes(&[reason]).requests(1));
        let name = format!("{status}, a batch");
        let row = Row::new(name, &[Reply::status(status, "no")]);
        let row = row.orders(3).set("narrow_down", false);
        table.push(
            row.becomes(&[if status == 400 {
                "rejected: the whole batch of 3 was refused, the answer names no order: 400 no"
            } else {
                reason
            }])
            .requests(1),
        );
    }
    check("kameleoon", table).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_halved_down_to_the_single_order() {
    let large = |most: usize| -> Script {
        Arc::new(move |seen, _| {
            if held(seen) > most {
                Reply::status(413, "too large")
            } else {
                success()
            }
        })
    };
    let one: Script = Arc::new(|seen, _| {
        if seen.body.contains("#1002") {
            Reply::status(413, "too large")
        } else {
            success()
        }
    });
    let table = vec![
        Row::scripted("halves fit", large(2))
            .orders(4)
            .becomes(&[TAKEN])
            .copies(&[2])
            .requests(3),
        Row::scripted("only single orders fit", large(1))
            .orders(4)
            .becomes(&[TAKEN])
            .copies(&[3])
            .requests(7),
        Row::scripted("one order is too large", one)
            .orders(4)
            .becomes(&[TAKEN, "rejected: 413 too large", TAKEN, TAKEN])
            .copies(&[3, 3, 2, 2])
            .requests(5),
        Row::new("nothing fits", &[Reply::status(413, "")])
            .orders(2)
            .becomes(&["rejected: 413"])
            .copies(&[2]),
    ];
    check("kameleoon", table).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_429_waits_as_long_as_it_says_and_sends_the_same_batch() {
    let date = std::time::SystemTime::now() + Duration::from_secs(4);
    let date = httpdate::fmt_http_date(date);
    let asks = "asks for fewer requests";
    let half = Duration::from_millis(500);
    let mut table = Vec::new();
    for (name, reply, least) in [
        ("seconds", Reply::after(429, "1"), SECOND),
        ("a date", Reply::after(429, &date), half),
        ("nothing said", Reply::status(429, "slow down"), half),
        ("no seconds", Reply::after(429, "0"), half),
        ("rubbish", Reply::after(429, "soon"), half),
    ] {
        let row = Row::new(format!("429, {name}"), &[reply, success()]).orders(3);
        table.push(row.becomes(&[TAKEN]).copies(&[2]).waits(asks, least));
    }
    table.push(
        Row::new("429 while it waits", &[Reply::after(429, "800")])
            .orders(2)
            .becomes(&["pending"])
            .stopped_after(1),
    );
    check("kameleoon", table).await;
}

/// What says nothing of the orders: they may be there.
fn no_answers() -> Vec<(&'static str, Reply, &'static str)> {
    let page = "<html>Welcome to the shop</html>";
    vec![
        ("500", Reply::status(500, "oops"), "in-doubt: 500 oops"),
        ("502", Reply::status(502, page), "in-doubt: 502 <html>"),
        ("503", Reply::status(503, ""), "in-doubt: 503"),
        ("504", Reply::status(504, ""), "in-doubt: 504"),
        ("507", Reply::status(507, ""), "in-doubt: 507"),
        (
            "connection lost",
            Reply::Close,
            "in-doubt: connection closed",
        ),
        (
            "a body cut short",
            Reply::Cut(SUCCESS.to_owned()),
            "in-doubt: the answer (200) was cut short",
        ),
        ("an empty 200", Reply::ok(""), "in-doubt: 200"),
        ("a 204", Reply::status(204, ""), "in-doubt: 204"),
        ("a page under 200", Reply::ok(page), "in-doubt: 200 <html>"),
        (
            "half an answer",
            Reply::ok(r#"{"status":"succ"#),
            "in-doubt: 200 {\"status\":\"succ",
        ),
        (
            "JSON of something else",
            Reply::ok(r#"{"status":"pending"}"#),
            "in-doubt: 200 {\"status\":\"pending",
        ),
        ("OK and more", Reply::ok("OK?"), "in-doubt: 200 OK?"),
        ("a redirect", Reply::status(307, ""), "in-doubt: 307"),
        (
            "success under 418",
            Reply::status(418, SUCCESS),
            "in-doubt: 418",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_to_speak_of_is_in_doubt_until_a_second_copy_is_taken() {
    let mut table = Vec::new();
    for (name, reply, doubt) in no_answers() {
        let replies = [reply, success()];
        let row = Row::new(format!("{name}, then success"), &replies).orders(2);
        table.push(row.becomes(&[TAKEN]).copies(&[2]).requests(2));
        let replies = [replies[0].clone(), Reply::after(429, "800")];
        let row = Row::new(format!("{name}, then a wait"), &replies).orders(2);
        table.push(row.becomes(&[doubt]).copies(&[2]).stopped_after(2));
    }
    check("kameleoon", table).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_that_stays_down_leaves_doubt_a_clear_word_and_a_run_to_resume() {
    let bench = Bench::new(3).await;
    let chaos = Chaos::start(|_, before| match before {
        0..6 => Reply::after(503, "1"),
        _ => success(),
    })
    .await;
    let target = chaos.target(&bench, "kameleoon");
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    let (state, reason) = end_of(started).await;
    assert_eq!(state, RunState::Stopped);
    let reason = reason.unwrap();
    for part in ["Kameleoon is down", "503", "6 times", "orderdeck resume"] {
        assert!(reason.contains(part), "{reason}");
    }
    assert_eq!(chaos.orders(), 6);
    assert_eq!(count(&bench.summary(id), Outcome::InDoubt), 3);
    let (state, reason) = end_of(resume(&bench, &target, id)).await;
    assert_eq!((state, reason), (RunState::Finished, None));
    assert_eq!(count(&bench.summary(id), Outcome::Accepted), 3);
    assert_eq!(chaos.orders(), 7);
}
