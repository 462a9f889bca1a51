//! Refusals that are not the orders' fault: too large a request, credentials that are no longer taken.

use crate::bench::{Bench, VENDORS, each, taken};
use crate::support::chaos::{Answer, Plan, Reply, Seen};
use crate::support::sending::count;

/// F-21: batches are halved until they are small enough, and a single order that is too large is rejected.
#[test]
fn f21_413_halves_the_batch_and_rejects_a_single_order_that_is_too_large() {
    each(VENDORS, |vendor| {
        let bench = Bench::new(vendor, 8, |seen| {
            let too_large = seen.keys().len() > 2 || seen.body.contains("#1005");
            if seen.carries_orders() && too_large {
                Reply::say(413, "{}")
            } else {
                Reply::Fair
            }
        });
        let said = bench.submit();
        assert_eq!(said.code, 1, "{vendor}: {}", said.stderr);
        let status = bench.status();
        assert_eq!(count(&status, taken(vendor)), 7, "{vendor}: {status}");
        assert_eq!(count(&status, "rejected"), 1, "{vendor}: {status}");
        assert_eq!(bench.outcomes()["#1005"]["outcome"], "rejected", "{vendor}");
        bench.holds();
    });
}

/// Credentials that the vendor took until so many requests with orders had come.
fn expiring(bench_credential: &'static str, status: u16, taken: usize) -> Plan {
    Plan::new(move |seen: &Seen| {
        let new = seen.head.contains(bench_credential) || seen.body.contains(bench_credential);
        if seen.carries_orders() && !new && seen.orders_before >= taken {
            Reply::say(status, r#"{"message":"not authorised"}"#)
        } else {
            Reply::Fair
        }
    })
}

/// F-22: 401 or 403 in mid-run: it pauses, nothing is called rejected; with the corrected credential in
/// `profiles.toml` the same run is resumed to its end.
#[test]
fn f22_a_refused_credential_pauses_and_a_corrected_one_resumes() {
    let credentials = [
        ("kameleoon", "shop_secret", "a-new-secret"),
        ("voucherify", "app_token", "a-new-token"),
        ("project-agora", "api_key", "a-new-key"),
        ("kibo", "api_key", "a-new-key"),
    ];
    each(credentials, |(vendor, field, new)| {
        for status in [401, 403] {
            let plan = expiring(new, status, 2);
            let settings = if vendor == "kibo" {
                "concurrency = 1\n"
            } else {
                "concurrency = 1\nbatch_size = 2\n"
            };
            let bench = Bench::with(vendor, 8, settings, plan);
            let said = bench.submit();
            assert_eq!(said.code, 3, "{vendor} {status}: {}", said.stderr);
            let before = bench.status();
            assert_eq!(before["state"], "paused", "{vendor} {status}: {before}");
            let went = if vendor == "kibo" { 2 } else { 4 };
            assert_eq!(count(&before, taken(vendor)), went, "{vendor}: {before}");
            assert_eq!(count(&before, "pending"), 8 - went, "{vendor}: {before}");
            let reason = before["reason"].as_str().unwrap();
            assert!(reason.contains("not authorised"), "{vendor}: {reason}");
            // Resumed with the same credential it pauses again.
            bench.resume().ends(3);
            assert_eq!(count(&bench.status(), "pending"), 8 - went, "{vendor}");

            let file = bench.deck.config().join("profiles.toml");
            let text = std::fs::read_to_string(&file).unwrap();
            let corrected: String = text
                .lines()
                .map(|line| {
                    if line.starts_with(&format!("{field} = ")) {
                        format!("{field} = \"{new}\"\n")
                    } else {
                        format!("{line}\n")
                    }
                })
                .collect();
            assert_ne!(text, corrected);
            bench.deck.profiles(&corrected);
            let said = bench.resume();
            assert_eq!(said.code, 0, "{vendor} {status}: {}", said.stderr);
            bench.all_are(taken(vendor));
        }
    });
}

/// F-22: the right to ask for a job is taken away while it is watched: its orders stay queued, and `resume`
/// watches the same job.
#[test]
fn f22_a_refusal_while_a_job_is_watched_pauses_and_loses_nothing() {
    each([401, 403], |status| {
        let bench = Bench::new("voucherify", 3, move |seen| {
            if seen.line.starts_with("GET /v1/async-actions/") && seen.before == 0 {
                Reply::Say(Answer::new(status, r#"{"message":"not authorised"}"#))
            } else {
                Reply::Fair
            }
        });
        bench.submit().ends(3);
        let before = bench.status();
        assert_eq!(before["state"], "paused", "{before}");
        assert_eq!(count(&before, "queued"), 3, "{before}");
        bench.resume().ends(0);
        assert_eq!(bench.chaos.order_requests(), 1);
        bench.all_are("imported");
    });
}
