//! Answers that come whole and are none: errors, a proxy's page, lies about the orders, other shapes.

use crate::bench::{Bench, VENDORS, each, stays_in_doubt, taken};
use crate::support::chaos::{Answer, Plan, Reply, Seen};
use crate::support::sending::count;
use serde_json::{Value, json};

const PAGE: &str = "<!DOCTYPE html><html><head><title>Sign in to ACME guest network</title></head><body>\u{1b}[31mhello</body></html>";

/// The first request with orders gets that answer, everything else a fair one.
fn first(
    vendor: &'static str,
    orders: usize,
    answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static,
) -> Bench {
    let plan = Plan::new(move |seen| {
        if seen.carries_orders() && seen.orders_before == 0 {
            Reply::Say(answer(seen))
        } else {
            Reply::Fair
        }
    });
    Bench::with(vendor, orders, "concurrency = 1\n", plan)
}

/// What each vendor's policy makes of a first answer that says nothing of the orders.
#[track_caller]
fn policy_holds(bench: &Bench, what: &str) {
    let vendor = bench.vendor;
    let said = bench.submit();
    if stays_in_doubt(vendor) {
        assert_eq!(said.code, 5, "{vendor} {what}: {}", said.stderr);
        let batch = if vendor == "kibo" {
            1
        } else {
            bench.orders as u64
        };
        assert_eq!(count(&bench.status(), "in-doubt"), batch, "{vendor} {what}");
        bench.holds();
    } else {
        assert_eq!(said.code, 0, "{vendor} {what}: {}", said.stderr);
        bench.all_are(taken(vendor));
    }
}

/// F-17: 500, taken or not: sent again only where that is harmless, asked for where that is possible.
#[test]
fn f17_an_error_of_the_server_leaves_doubt() {
    each(VENDORS, |vendor| {
        for status in [500, 502, 504] {
            let bench = first(vendor, 2, move |_| Answer::new(status, "{}"));
            policy_holds(&bench, &status.to_string());
            let most = if vendor == "voucherify" { 1 } else { 2 };
            assert!(bench.chaos.order_requests() <= most, "{vendor} {status}");
        }
    });
}

/// F-19: a proxy's page with 200 is no success. Its beginning is kept and shown, without what steers terminals.
#[test]
fn f19_a_web_page_leaves_doubt_and_is_shown() {
    each(VENDORS, |vendor| {
        let bench = first(vendor, 2, |_| {
            Answer::new(200, PAGE).content_type("text/html")
        });
        policy_holds(&bench, "web page");
        let told = &bench.exchanges()[0];
        let reason = told["reason"].as_str().unwrap();
        assert!(reason.contains("Sign in to ACME"), "{vendor}: {reason}");
        assert!(!reason.contains('\u{1b}'), "{vendor}: {reason}");
        assert_eq!(told["response_bytes"], PAGE.len(), "{vendor}");
        let tail = bench.deck.run(["tail"]).ends(0);
        assert!(
            tail.text().contains("Sign in to ACME"),
            "{vendor}: {}",
            tail.text()
        );
        if stays_in_doubt(vendor) {
            let settle = bench.deck.run(["settle", "1"]).ends(5);
            assert!(
                settle.text().contains("Sign in to ACME"),
                "{}",
                settle.text()
            );
        }
    });
}

/// F-19: the same under a type that promises JSON, and JSON of somebody else's.
#[test]
fn f19_an_answer_of_somebody_else_leaves_doubt() {
    each(VENDORS, |vendor| {
        let mut bodies = vec![PAGE, "\"welcome\"", "{\"errors\":[\"no\"]}"];
        if vendor != "kibo" {
            // Its page says nothing of the body of a success.
            bodies.extend(["[]", "true", "null"]);
        }
        for body in bodies {
            let bench = first(vendor, 2, move |_| Answer::new(200, body));
            policy_holds(&bench, body);
        }
    });
}

/// F-19: the answer itself may come as anything that says JSON: its type decides nothing.
#[test]
fn f19_a_wrong_type_is_no_reason_to_doubt() {
    each(VENDORS, |vendor| {
        let bench = Bench::new(vendor, 2, |_| {
            Reply::bent(|answer| answer.content_type("text/plain; charset=latin1"))
        });
        bench.submit().ends(0);
        bench.all_are(taken(vendor));
    });
}

/// F-19: headers without end, or that are none: no answer, and no panic.
#[test]
fn f19_absurd_headers_leave_doubt() {
    each(VENDORS, |vendor| {
        for absurd in ["many", "long", "none"] {
            let bench = first(vendor, 2, move |_| {
                let answer = Answer::new(200, "{}");
                match absurd {
                    "many" => (0..5000).fold(answer, |answer, number| {
                        answer.header(&format!("x-{number}"), "1")
                    }),
                    "long" => answer.header("x-long", &"a".repeat(2 << 20)),
                    _ => answer.header("no header\u{0} at all", "1"),
                }
            });
            policy_holds(&bench, absurd);
        }
    });
}

/// The orders of a request to Project Agora.
fn echo(seen: &Seen) -> Vec<Value> {
    let body: Value = serde_json::from_str(&seen.body).unwrap();
    body["orders"].as_array().unwrap().clone()
}

/// F-20: Project Agora's echo lacks an order: that one is in doubt, the others are imported.
#[test]
fn f20_fewer_orders_in_the_echo_leave_the_missing_ones_in_doubt() {
    let bench = first("project-agora", 4, |seen| {
        let mut orders = echo(seen);
        orders.remove(1);
        Answer::new(200, json!({ "orders": orders }).to_string())
    });
    bench.submit().ends(5);
    let status = bench.status();
    assert_eq!(count(&status, "imported"), 3, "{status}");
    assert_eq!(count(&status, "in-doubt"), 1, "{status}");
    assert_eq!(bench.outcomes()["#1002"]["outcome"], "in-doubt");
    let reason = bench.reasons("in-doubt");
    assert!(
        reason.contains("4 orders were sent, 3 came back"),
        "{reason}"
    );
    bench.holds();
}

/// F-20: orders that nobody sent: more of them beside ours, or instead of one.
#[test]
fn f20_unknown_orders_in_the_echo_count_for_nothing() {
    for instead in [false, true] {
        let bench = first("project-agora", 3, move |seen| {
            let mut orders = echo(seen);
            let mut stranger = orders[0].clone();
            stranger["id"] = json!("#9999");
            if instead {
                orders[0] = stranger;
            } else {
                orders.insert(0, stranger);
            }
            Answer::new(200, json!({ "orders": orders }).to_string())
        });
        bench.submit().ends(if instead { 5 } else { 0 });
        let status = bench.status();
        let doubtful = u64::from(instead);
        assert_eq!(count(&status, "imported"), 3 - doubtful, "{status}");
        assert_eq!(count(&status, "in-doubt"), doubtful, "{status}");
        bench.holds();
    }
}

/// F-20: an empty echo, and a job that counts more or fewer orders than it was given.
#[test]
fn f20_an_echo_of_nothing_and_wrong_counts_are_no_success() {
    let bench = first("project-agora", 3, |_| Answer::new(200, r#"{"orders":[]}"#));
    bench.submit().ends(5);
    bench.all_are("in-doubt");

    for (done, failed) in [(2, 0), (9, 0), (0, 0), (2, 9)] {
        let bench = Bench::new("voucherify", 3, move |seen| {
            if seen.line.starts_with("GET /v1/async-actions/") {
                let result = json!({"done_count": done, "failed_count": failed, "failed": []});
                let body = json!({"id": "j", "status": "DONE", "result": result});
                Reply::say(200, &body.to_string())
            } else {
                Reply::Fair
            }
        });
        // Order by order they are found to be there.
        bench.submit().ends(0);
        assert_eq!(bench.chaos.count("GET /v1/orders/"), 3, "{done} {failed}");
        bench.all_are("imported");
    }
}

/// F-25: sent elsewhere by any code of redirection: nobody follows, and neither the credentials nor an order
/// arrive there.
#[test]
fn f25_a_redirect_is_not_followed_and_nothing_leaks() {
    each(VENDORS, |vendor| {
        for status in [301, 302, 303, 307, 308] {
            let elsewhere = crate::support::chaos::Chaos::start(|_| Reply::Fair);
            let address = format!("{}/v1/orders", elsewhere.url);
            let bench = first(vendor, 1, move |_| {
                Answer::new(status, "").header("location", &address)
            });
            let said = bench.submit();
            assert!(
                [0, 5].contains(&said.code),
                "{vendor} {status}: {}",
                said.stderr
            );
            assert!(elsewhere.seen().is_empty(), "{vendor} {status}");
            assert_eq!(elsewhere.connections(), 0, "{vendor} {status}");
            bench.holds();
        }
    });
}

/// F-25: the same where a token or a job is asked for.
#[test]
fn f25_questions_are_not_redirected_either() {
    each(
        [
            ("kibo", "POST /token"),
            ("voucherify", "GET /v1/async-actions/"),
        ],
        |(vendor, line)| {
            let elsewhere = crate::support::chaos::Chaos::start(|_| Reply::Fair);
            let url = elsewhere.url.clone();
            let bench = Bench::new(vendor, 1, move |seen| {
                if seen.line.starts_with(line) && seen.before == 0 {
                    Reply::Say(Answer::new(307, "").header("location", &url))
                } else {
                    Reply::Fair
                }
            });
            bench.submit().ends(0);
            assert_eq!(elsewhere.connections(), 0, "{vendor}");
            bench.all_are(taken(vendor));
        },
    );
}
