//! Sending to vendors that fail: the real program against the sandbox with faults. After each, what the ledger
//! calls taken is what the vendor took, and nothing was taken twice unless the vendor allows it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::sending::{Vendors, count, deck_with, ledger_is_sound};
#[cfg(unix)]
use support::terminal::Terminal;
use support::{Deck, Said};

/// An operator with so many orders, and a vendor with faults that the profile `mine` reaches.
struct Trial {
    deck: Deck,
    vendors: Vendors,
    vendor: &'static str,
}

impl Trial {
    fn new(orders: usize, vendor: &'static str, faults: &str, settings: &str) -> Self {
        let deck = deck_with(orders);
        let vendors = Vendors::failing(&deck.path("vendors"), faults);
        let profile = vendors.profile("mine", vendor, "sandbox");
        let prefix = match vendor {
            "project-agora" => "gtin_prefix = \"cat\"\n",
            _ => "",
        };
        // The settings stand last.
        deck.profiles(&format!("{profile}{prefix}{settings}"));
        Self {
            deck,
            vendors,
            vendor,
        }
    }

    fn submit(&self) -> Said {
        self.deck.run([
            "submit",
            "orders.csv",
            "--profile",
            "mine",
            "--yes",
            "--json",
        ])
    }

    fn taken(&self) -> Value {
        self.vendors.taken()[self.vendor].clone()
    }

    /// The vendor took every order, none more often than said.
    #[track_caller]
    fn all_taken(&self, orders: usize, most: u64) {
        let taken = self.taken();
        let copies = taken["copies"].as_object().unwrap();
        assert_eq!(copies.len(), orders, "{taken}");
        assert!(
            copies
                .values()
                .all(|copies| copies.as_u64().unwrap() <= most),
            "{taken}"
        );
        ledger_is_sound(&self.deck.data().join("sandbox/ledger.sqlite"));
    }
}

#[test]
fn f15_a_429_is_waited_for_and_each_order_is_taken_once() {
    for (vendor, outcome) in [
        ("kameleoon", "accepted"),
        ("voucherify", "imported"),
        ("project-agora", "imported"),
        ("kibo", "accepted"),
    ] {
        let trial = Trial::new(3, vendor, "429@1:retry=3s", "concurrency = 1\n");
        let begun = Instant::now();
        let said = trial.submit().ends(0);
        assert!(begun.elapsed() >= Duration::from_secs(2), "{vendor}");
        assert_eq!(count(&said.json(), outcome), 3, "{vendor}: {}", said.stderr);
        let tail = trial.deck.run(["tail", "--json"]).ends(0).lines();
        let refused = tail.iter().find(|exchange| exchange["status"] == 429);
        let reason = refused.unwrap()["reason"].as_str().unwrap();
        let reason = reason.to_lowercase();
        let told = reason.contains("429") || reason.contains("too many requests");
        assert!(told, "{vendor}: {reason}");
        assert_eq!(trial.taken()["faults"], json!({"429": 1}), "{vendor}");
        trial.all_taken(3, 1);
    }
}

#[cfg(unix)]
#[test]
fn f15_on_a_terminal_the_wait_is_told_with_its_reason() {
    let trial = Trial::new(1, "kameleoon", "429@1:retry=3s", "");
    let args = ["submit", "orders.csv", "--profile", "mine", "--yes"];
    let mut terminal = Terminal::start(&args, trial.deck.home.path(), 200, 30);
    terminal.until("(429)");
    assert!(terminal.text().contains("waiting"), "{}", terminal.text());
    terminal.until("finished: 1 accepted");
    assert_eq!(terminal.exit_code(), 0);
    trial.all_taken(1, 1);
}

#[test]
fn f13_f17_what_kibo_took_without_an_answer_is_in_doubt_and_never_sent_again() {
    for fault in ["drop-after@2", "drop-after:reset@2", "500-after@2"] {
        let trial = Trial::new(4, "kibo", fault, "concurrency = 1\n");
        let said = trial.submit().ends(5);
        let status = said.json();
        assert_eq!(count(&status, "accepted"), 3, "{fault}: {status}");
        assert_eq!(count(&status, "in-doubt"), 1, "{fault}: {status}");
        trial.all_taken(4, 1);

        // Neither by itself, nor when the same file is submitted again.
        trial.deck.run(["resume", "s1", "--json"]).ends(5);
        let again = trial.submit().ends(1).json();
        assert_eq!(count(&again, "blocked"), 1, "{fault}: {again}");
        assert_eq!(trial.taken()["order_requests"], 4, "{fault}");
        trial.all_taken(4, 1);
    }
}

#[test]
fn f13_kibo_never_got_it_and_it_is_in_doubt_all_the_same() {
    let trial = Trial::new(2, "kibo", "drop-before@1", "concurrency = 1\n");
    let status = trial.submit().ends(5).json();
    assert_eq!(
        (count(&status, "accepted"), count(&status, "in-doubt")),
        (1, 1)
    );
    assert_eq!(trial.taken()["orders"], 1);
    // On the operator's word it is sent.
    let retry = ["retry", "s1", "--outcome", "in-doubt", "--yes", "--json"];
    assert_eq!(count(&trial.deck.run(retry).ends(0).json(), "accepted"), 1);
    trial.all_taken(2, 1);
}

#[test]
fn f13_f18_kameleoon_is_sent_it_again_because_a_second_copy_does_no_harm() {
    for fault in ["drop-after@1", "500-after@1", "truncate@1"] {
        let trial = Trial::new(3, "kameleoon", fault, "");
        let status = trial.submit().ends(0).json();
        assert_eq!(count(&status, "accepted"), 3, "{fault}: {status}");
        let copies = trial.taken()["copies"].clone();
        assert_eq!(
            copies,
            json!({"#1001": 2, "#1002": 2, "#1003": 2}),
            "{fault}"
        );
        trial.all_taken(3, 2);
    }
}

#[test]
fn f13_f18_f26_voucherify_is_asked_and_nothing_is_sent_again() {
    for fault in [
        "drop-after@1",
        "500-after@1",
        "truncate@1",
        "malformed@1",
        "job-vanishes@1",
    ] {
        let trial = Trial::new(5, "voucherify", fault, "");
        let said = trial.submit().ends(0);
        assert_eq!(
            count(&said.json(), "imported"),
            5,
            "{fault}: {}",
            said.text()
        );
        let taken = trial.taken();
        assert_eq!(taken["order_requests"], 1, "{fault}");
        assert_eq!(taken["jobs"], 1, "{fault}");
        trial.all_taken(5, 1);
    }
}

#[test]
fn f13_what_voucherify_never_got_is_found_out_and_sent() {
    let trial = Trial::new(5, "voucherify", "drop-before@1", "");
    assert_eq!(count(&trial.submit().ends(0).json(), "imported"), 5);
    assert_eq!(trial.taken()["jobs"], 1);
    trial.all_taken(5, 1);
}

#[test]
fn f26_orders_that_a_job_refused_are_told_apart_whether_it_names_them_or_not() {
    for (fault, rejected) in [
        ("job-partial=2", 2),
        ("job-partial=2:unnamed", 2),
        ("job-partial=2:object", 2),
        ("job-fails", 5),
    ] {
        let trial = Trial::new(5, "voucherify", &format!("{fault}@1"), "");
        let status = trial.submit().ends(1).json();
        assert_eq!(count(&status, "rejected"), rejected, "{fault}: {status}");
        assert_eq!(
            count(&status, "imported"),
            5 - rejected,
            "{fault}: {status}"
        );
        trial.all_taken(5 - rejected as usize, 1);
    }
}

#[test]
fn f18_f19_no_answer_that_is_cut_short_or_not_the_vendors_is_success() {
    for (vendor, settings) in [("kibo", ""), ("project-agora", "read_back = false\n")] {
        for fault in [
            "truncate@1",
            "truncate-close@1",
            "malformed@1",
            "web-page@1",
        ] {
            let trial = Trial::new(1, vendor, fault, settings);
            let said = trial.submit().ends(5);
            assert_eq!(count(&said.json(), "in-doubt"), 1, "{vendor} {fault}");
            assert_eq!(trial.taken()["order_requests"], 1, "{vendor} {fault}");
            trial.all_taken(1, 1);
        }
    }
}

#[test]
fn f22_a_token_that_expires_in_mid_run_is_renewed_once() {
    let trial = Trial::new(20, "kibo", "expired-token@10", "concurrency = 1\n");
    assert_eq!(count(&trial.submit().ends(0).json(), "accepted"), 20);
    let taken = trial.taken();
    assert_eq!(taken["tokens"], 2);
    assert_eq!(
        (&taken["order_requests"], &taken["refused"]),
        (&json!(21), &json!(1))
    );
    trial.all_taken(20, 1);
}

#[test]
fn f22_several_requests_with_the_same_expired_token_renew_it_once() {
    let trial = Trial::new(
        40,
        "kibo",
        "expired-token@10,latency=20ms",
        "concurrency = 4\n",
    );
    assert_eq!(count(&trial.submit().ends(0).json(), "accepted"), 40);
    assert_eq!(trial.taken()["tokens"], 2);
    trial.all_taken(40, 1);
}

#[test]
fn f22_refused_credentials_in_mid_run_pause_it_and_reject_nothing() {
    let trial = Trial::new(10, "kibo", "403@5-6", "concurrency = 1\n");
    let status = trial.submit().ends(3).json();
    assert_eq!(status["state"], "paused");
    assert_eq!(
        (count(&status, "accepted"), count(&status, "pending")),
        (4, 6)
    );
    let status = trial.deck.run(["resume", "--json"]).ends(0).json();
    assert_eq!(count(&status, "accepted"), 10);
    trial.all_taken(10, 1);
}

#[test]
fn chance_by_the_hundred_leaves_the_ledger_right() {
    let faults =
        "kibo:drop-after@p0.05,kibo:503@p0.1,kibo:malformed@p0.03,kibo:drop-before@p0.03,seed=7";
    let trial = Trial::new(150, "kibo", faults, "");
    let status = trial.submit().ends(5).json();
    let taken = trial.taken();
    let lost = ["drop-after", "malformed", "drop-before"]
        .iter()
        .map(|fault| taken["faults"][fault].as_u64().unwrap())
        .sum::<u64>();
    assert_eq!(count(&status, "in-doubt"), lost, "{status} {taken}");
    assert_eq!(count(&status, "accepted"), 150 - lost, "{status} {taken}");
    let never = taken["faults"]["drop-before"].as_u64().unwrap();
    trial.all_taken(150 - never as usize, 1);
}

#[test]
fn a_rule_that_cannot_be_read_is_wrong_usage() {
    let deck = Deck::new();
    for (spec, words) in [
        (
            "kibo:500@3,kibo:drop-afer",
            &[
                "rule 2",
                "character 17",
                "`drop-afer` is no fault",
                "drop-after",
            ],
        ),
        (
            "kibbo:500",
            &["rule 1", "`kibbo` is no vendor", "drop-after", "kibo"],
        ),
    ] {
        let said = deck
            .run(["sandbox", "--port", "0", "--faults", spec])
            .ends(2);
        for word in words {
            assert!(said.stderr.contains(word), "{word} in {}", said.stderr);
        }
        assert!(said.stdout.is_empty());
    }
}
