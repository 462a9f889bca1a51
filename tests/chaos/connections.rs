//! Connections: none comes about, a certificate is bad, one breaks off, one was closed while it was kept.

use std::time::{Duration, Instant};

use crate::bench::{Bench, DEADLINES, VENDORS, each, stays_in_doubt, taken};
use crate::support::Said;
use crate::support::chaos::{Break, Chaos, Plan, Quiet, Reply, Seen, certificate};
use crate::support::sending::{count, deck_with};

const CERTIFICATE: &str = "SSL_CERT_FILE";

/// F-11: nobody listens. Tried again with growing waits, then the run stops with a clear word; nothing is in
/// doubt, and once somebody listens at that very address `resume` ends it.
#[test]
fn f11_refused_connections_are_tried_again_and_nothing_is_in_doubt() {
    each(["kameleoon", "kibo"], |vendor| {
        let quiet = Quiet::new();
        let bench = Bench {
            deck: deck_with(3),
            chaos: Chaos::start(|_| Reply::Fair),
            vendor,
            orders: 3,
        };
        bench.profile(&quiet.url(), "");
        let begun = Instant::now();
        let mut command = bench.deck.command(Bench::SUBMIT);
        command.env(DEADLINES, "10000,30000,120000,100");
        let said = Said::of(command.output().unwrap()).ends(4);
        // 0.1 s, then twice as long each time: five waits between six attempts.
        assert!(begun.elapsed() > Duration::from_millis(3100), "{vendor}");
        let status = said.json();
        assert_eq!(count(&status, "pending"), 3, "{status}");
        assert_eq!(status["state"], "stopped");
        let reason = status["reason"].as_str().unwrap();
        assert!(reason.contains("efused"), "{reason}");
        assert!(
            reason.contains("`orderdeck resume` tries again"),
            "{reason}"
        );
        assert!(status["exchanges"].as_u64().unwrap() <= 9, "{status}");

        let chaos = quiet.listens(|_| Reply::Fair);
        let bench = Bench { chaos, ..bench };
        bench.resume().ends(0);
        bench.all_are(taken(vendor));
    });
}

/// F-11: the name of the host is unknown. As with a refused connection.
#[test]
fn f11_an_unknown_host_is_tried_again_and_nothing_is_in_doubt() {
    let bench = Bench::new("project-agora", 2, |_| Reply::Fair);
    bench.profile("https://orders.invalid", "");
    let status = bench.submit().ends(4).json();
    assert_eq!(count(&status, "pending"), 2, "{status}");
    let reason = status["reason"].as_str().unwrap();
    assert!(reason.contains("is down"), "{reason}");
    assert!(reason.contains("dns"), "{reason}");
    assert!(status["exchanges"].as_u64().unwrap() > 1, "{status}");
    bench.profile(&bench.chaos.url, "");
    bench.resume().ends(0);
    bench.all_are("imported");
}

/// F-12: a certificate that nobody vouches for, one of another host, one that has expired. The run stops at
/// once and says why; nothing was sent, the next attempt is the operator's.
#[test]
fn f12_a_bad_certificate_stops_the_run_at_once() {
    for (shown, trusted, words) in [
        ("good.pem", false, "UnknownIssuer"),
        ("elsewhere.pem", true, "not valid for name"),
        ("expired.pem", true, "expired"),
    ] {
        if trusted && !cfg!(target_os = "linux") {
            // Elsewhere the system's own store says whom to trust.
            continue;
        }
        for vendor in ["kameleoon", "kibo"] {
            let plan = Plan::new(|_| Reply::Fair).showing(shown);
            let bench = Bench::with(vendor, 2, "", plan);
            let mut command = bench.deck.command(Bench::SUBMIT);
            if trusted {
                command.env(CERTIFICATE, certificate("authority.pem"));
            }
            let output = command.output().unwrap();
            assert_eq!(output.status.code(), Some(4), "{shown}: {output:?}");
            let status = bench.status();
            assert_eq!(status["state"], "stopped", "{shown}");
            assert_eq!(count(&status, "pending"), 2, "{shown}: {status}");
            assert_eq!(status["exchanges"], 1, "{shown}: no second attempt");
            let reason = status["reason"].as_str().unwrap();
            assert!(reason.contains("certificate"), "{reason}");
            assert!(reason.contains("not to be trusted"), "{reason}");
            assert!(reason.contains(words), "{shown}: {reason}");
            assert!(bench.chaos.seen().is_empty(), "{shown}: something was sent");
            bench.holds();
        }
    }
}

/// F-12: the same server with a certificate that the machine trusts is sent to, so it is the certificate alone
/// that stops a run.
#[cfg(target_os = "linux")]
#[test]
fn f12_a_good_certificate_is_taken() {
    let plan = Plan::new(|_| Reply::Fair).showing("good.pem");
    let bench = Bench::with("kibo", 2, "", plan);
    let mut command = bench.deck.command(Bench::SUBMIT);
    command.env(CERTIFICATE, certificate("authority.pem"));
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    bench.all_are("accepted");
}

/// What each vendor's policy makes of one request whose end nobody saw: sent again where a second copy is
/// harmless, found by asking where the vendor can be asked, else in doubt until the operator decides.
#[track_caller]
fn policy_holds(bench: &Bench, what: &str) {
    let said = bench.submit();
    let vendor = bench.vendor;
    let copies = bench.chaos.copies();
    if stays_in_doubt(vendor) {
        assert_eq!(said.code, 5, "{vendor} {what}: {}", said.stderr);
        let requests = bench.chaos.order_requests();
        bench.holds();
        bench.resume().ends(5);
        assert_eq!(bench.chaos.order_requests(), requests, "{vendor} {what}");
    } else {
        assert_eq!(said.code, 0, "{vendor} {what}: {}", said.stderr);
        bench.all_are(taken(vendor));
    }
    if vendor == "kameleoon" {
        assert!(copies.values().all(|copies| *copies <= 2), "{copies:?}");
    }
    bench.holds();
}

/// F-13: the body was read and taken, then the connection is closed or reset without an answer.
#[test]
fn f13_closed_or_reset_after_the_body_was_read() {
    each(VENDORS, |vendor| {
        for reset in [false, true] {
            let bench = Bench::new(vendor, 3, move |seen| match seen {
                seen if seen.carries_orders() && seen.orders_before == 0 && reset => Reply::Reset,
                seen if seen.carries_orders() && seen.orders_before == 0 => Reply::Close,
                _ => Reply::Fair,
            });
            policy_holds(&bench, if reset { "reset" } else { "close" });
            if vendor == "voucherify" {
                assert_eq!(bench.chaos.order_requests(), 1, "asked, not sent again");
            }
            let doubtful = count(&bench.status(), "in-doubt");
            let batch = if vendor == "kibo" { 1 } else { 3 };
            assert_eq!(doubtful, if stays_in_doubt(vendor) { batch } else { 0 });
        }
    });
}

/// F-13: the connection is closed or reset while the body is on its way. Nobody here can know how much arrived.
#[test]
fn f13_closed_or_reset_while_the_body_is_read() {
    each(VENDORS, |vendor| {
        for how in [Break::Close, Break::Reset] {
            let plan = Plan::new(|_: &Seen| Reply::Fair).breaking(move |seen| {
                (seen.carries_orders() && seen.orders_before == 0).then_some((20, how))
            });
            let bench = Bench::with(vendor, 2, "concurrency = 1\n", plan);
            policy_holds(&bench, &format!("{how:?} while reading"));
        }
    });
}

/// F-14: the server closes connections that the client believes to be kept. One copy of each order arrives, and
/// nothing is in doubt.
#[test]
fn f14_a_kept_connection_that_was_closed_costs_nothing() {
    each(VENDORS, |vendor| {
        let settings = if vendor == "kibo" {
            "concurrency = 1\n"
        } else {
            "batch_size = 1\nconcurrency = 1\n"
        };
        // Slow enough that the goodbye has come before the next request leaves.
        let settings = format!("{settings}requests_per_minute = 600\n");
        let plan = Plan::new(|_| Reply::bent(super::support::chaos::Answer::then_closes));
        let bench = Bench::with(vendor, 5, "", plan);
        let text = std::fs::read_to_string(bench.deck.config().join("profiles.toml")).unwrap();
        bench
            .deck
            .profiles(&text.replace("requests_per_minute = 0\n", &settings));
        let said = bench.submit();
        assert_eq!(said.code, 0, "{vendor}: {}", said.stderr);
        bench.all_are(taken(vendor));
        assert!(bench.chaos.connections() >= 5, "{vendor}");
        assert_eq!(bench.chaos.order_requests(), 5, "{vendor}");
        assert!(bench.chaos.copies().values().all(|copies| *copies == 1));
    });
}
