//! Vendors that ask to wait, and vendors that are busy for a moment.

use std::process::Stdio;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::bench::{Bench, VENDORS, each, taken};
use crate::support::chaos::{Answer, Plan, Reply};
use crate::support::sending::{begin, count, terminate, until};

use Said::{Date, Seconds, Text};

/// A header line's value.
#[derive(Debug, Clone)]
enum Said {
    Text(&'static str),
    /// A date so many seconds from the moment of the answer.
    Date(i64),
    /// That moment in Unix seconds.
    Seconds(i64),
}

impl Said {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => (*text).to_owned(),
            Self::Date(seconds) => http_date(*seconds),
            Self::Seconds(seconds) => (Timestamp::now().as_second() + seconds).to_string(),
        }
    }
}

/// A vendor that asks to wait so before it takes the first request.
fn asking(vendor: &'static str, headers: &[(&'static str, Said)]) -> Bench {
    let headers = headers.to_vec();
    let plan = Plan::new(move |seen| {
        if seen.carries_orders() && seen.orders_before == 0 {
            let answer = Answer::new(429, "{}");
            Reply::Say(headers.iter().fold(answer, |answer, (name, said)| {
                answer.header(name, &said.text())
            }))
        } else {
            Reply::Fair
        }
    });
    Bench::with(vendor, 2, "concurrency = 1\n", plan)
}

fn http_date(seconds_from_now: i64) -> String {
    let at = Timestamp::now() + jiff::SignedDuration::from_secs(seconds_from_now);
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// How long passed between the first request with orders and the second.
fn pause(bench: &Bench) -> Duration {
    let seen = bench.chaos.seen();
    let mut orders = seen.iter().filter(|seen| seen.carries_orders());
    let first = orders.next().unwrap().at;
    orders.next().unwrap().at - first
}

/// F-15: seconds, a date (against the vendor's own clock), a past date, rubbish, nothing: what can be honoured
/// is, the rest is a short wait of our own.
#[test]
fn f15_what_a_429_asks_for_is_honoured() {
    let cases = [
        (vec![("retry-after", Text("2"))], 2.0),
        (vec![("retry-after", Date(3))], 1.0),
        // The vendor's clock is a day ahead: its own Date says how long it means.
        (
            vec![("retry-after", Date(86_402)), ("date", Date(86_400))],
            1.9,
        ),
        (vec![("retry-after", Date(-3600))], 0.05),
        (vec![("retry-after", Text("soon, I'd say"))], 0.05),
        (vec![("retry-after", Text("-5"))], 0.05),
        (vec![], 0.05),
    ];
    let all = VENDORS
        .into_iter()
        .flat_map(|vendor| cases.iter().map(move |case| (vendor, case)));
    each(all, |(vendor, (headers, least))| {
        let bench = asking(vendor, headers);
        bench.submit().ends(0);
        let took = pause(&bench).as_secs_f64();
        let bounds = *least..least + 15.0;
        assert!(bounds.contains(&took), "{vendor} {headers:?}: {took} s");
        bench.all_are(taken(vendor));
    });
}

/// F-15: Voucherify tells in headers of its own when its budget is full again, by its own clock.
#[test]
fn f15_the_vendors_own_headers_are_honoured() {
    let bench = asking(
        "voucherify",
        &[
            ("x-rate-limit-type", Text("api_calls")),
            ("x-rate-limit-limit", Text("100")),
            ("x-rate-limit-remaining", Text("0")),
            ("x-rate-limit-retry", Seconds(86_400 + 3)),
            ("date", Date(86_400)),
        ],
    );
    bench.submit().ends(0);
    let took = pause(&bench);
    let bounds = Duration::from_millis(1900)..Duration::from_secs(8);
    assert!(bounds.contains(&took), "{took:?}");
    bench.all_are("imported");
}

/// F-15: an absurd value is bounded to 65 minutes; what is waited for, and until when, is told by `status` and
/// on standard error; a stop is heeded meanwhile, and nothing is lost.
#[test]
fn f15_an_absurd_wait_is_bounded_and_told() {
    let values = [
        Text("99999999999999999999"),
        Text("31536000"),
        Date(10 * 365 * 86_400),
    ];
    let all = VENDORS
        .into_iter()
        .flat_map(|vendor| values.iter().map(move |value| (vendor, value)));
    each(all, |(vendor, value)| {
        let bench = asking(vendor, &[("retry-after", value.clone())]);
        let mut command = bench.deck.command(Bench::SUBMIT);
        let child = command.stdout(Stdio::null()).spawn().unwrap();
        let status = until(&bench.deck, "1", |status| !status["wait"].is_null());
        let at: Timestamp = status["wait"]["until"].as_str().unwrap().parse().unwrap();
        let left = at.duration_since(Timestamp::now()).as_secs();
        assert!(
            (3600..=3900).contains(&left),
            "{vendor} {value:?}: {left} s"
        );
        assert!(
            status["wait"]["reason"].as_str().unwrap().contains("429"),
            "{status}"
        );
        let begun = Instant::now();
        terminate(&child);
        let output = child.wait_with_output().unwrap();
        assert!(begun.elapsed() < Duration::from_secs(6), "{vendor}");
        assert_eq!(output.status.code(), Some(4), "{vendor}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(
            told.contains("waiting 1 h 5 min") || told.contains("waiting 65 min"),
            "{told}"
        );
        bench.all_are("pending");
        bench.resume().ends(0);
        bench.all_are(taken(vendor));
    });
}

/// F-15: a vendor that never stops asking to wait: the run ends with a clear word, nothing is in doubt.
#[test]
fn f15_endless_429_stop_the_run() {
    let bench = Bench::new("kameleoon", 3, |seen| {
        if seen.orders_before < 6 {
            Reply::say(429, "{}")
        } else {
            Reply::Fair
        }
    });
    let status = bench.submit().ends(4).json();
    assert_eq!(count(&status, "pending"), 3, "{status}");
    let reason = status["reason"].as_str().unwrap();
    assert!(reason.contains("429"), "{reason}");
    assert_eq!(bench.chaos.order_requests(), 6);
    bench.resume().ends(0);
    bench.all_are("accepted");
}

/// F-16: 503 twice, then 200: one acceptance.
#[test]
fn f16_503_twice_then_200_is_one_acceptance() {
    each(VENDORS, |vendor| {
        let bench = Bench::new(vendor, 1, |seen| {
            if seen.carries_orders() && seen.orders_before < 2 {
                Reply::say(503, "{}")
            } else {
                Reply::Fair
            }
        });
        bench.submit().ends(0);
        bench.all_are(taken(vendor));
        let copies = bench.chaos.copies();
        assert!(
            copies.values().all(|copies| *copies == 1),
            "{vendor}: {copies:?}"
        );
    });
}

/// F-15: a run that waits says so to whoever asks from another process, and when it goes on.
#[test]
fn f15_the_wait_is_over_when_the_vendor_takes_orders_again() {
    let bench = asking("kibo", &[("retry-after", Text("4"))]);
    let mut child = begin(&bench.deck, &Bench::SUBMIT);
    until(&bench.deck, "1", |status| !status["wait"].is_null());
    let code = child.wait().unwrap().code();
    assert_eq!(code, Some(0));
    assert!(bench.status()["wait"].is_null());
    bench.all_are("accepted");
}
