//! Orders in doubt and the operator's word on them, through the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::Value;
use support::sending::{Vendors, begin, count, deck_with, ledger_is_sound, until};
use support::{Deck, Said};

/// Three orders at Kibo, the first two taken without an answer: they are in doubt, the third is accepted.
struct Doubtful {
    deck: Deck,
    vendors: Vendors,
}

impl Doubtful {
    fn new() -> Self {
        let deck = deck_with(3);
        let vendors = Vendors::failing(
            &deck.path("vendors"),
            "kibo:drop-after@1,kibo:drop-before@2",
        );
        let profile = vendors.profile("mine", "kibo", "test");
        deck.profiles(&profile.replace(
            "requests_per_minute = 0",
            "requests_per_minute = 0\nconcurrency = 1",
        ));
        let submitted = deck.run([
            "submit",
            "orders.csv",
            "--profile",
            "mine",
            "--yes",
            "--json",
        ]);
        let status = submitted.ends(5).json();
        assert_eq!(count(&status, "in-doubt"), 2, "{status}");
        assert_eq!(count(&status, "accepted"), 1);
        Self { deck, vendors }
    }

    fn settle(&self, more: &[&str]) -> Said {
        let mut args = vec!["settle", "1"];
        args.extend(more);
        self.deck.run(args)
    }

    fn status(&self) -> Value {
        self.deck.run(["status", "1", "--json"]).ends(0).json()
    }

    fn copies(&self, key: &str) -> u64 {
        self.vendors.taken()["kibo"]["copies"][key]
            .as_u64()
            .unwrap_or(0)
    }
}

#[test]
fn each_order_in_doubt_is_shown_with_what_was_sent_and_what_is_known() {
    let doubtful = Doubtful::new();
    let shown = doubtful.settle(&[]).ends(5);
    for words in [
        "#1001",
        "EUR 35.00",
        "POST ",
        "no answer",
        "\"externalOrderID\":\"#1001\"",
        "#1002",
    ] {
        assert!(shown.text().contains(words), "{words}: {}", shown.text());
    }
    assert!(!shown.text().contains("#1003"));
    for words in [
        "--arrived",
        "--not-arrived",
        "--send-again",
        "2 orders in doubt",
    ] {
        assert!(shown.stderr.contains(words), "{words}: {}", shown.stderr);
    }
    let lines = doubtful.settle(&["--json"]).ends(5).lines();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["order"], "#1001");
    assert_eq!(lines[0]["outcome"], "in-doubt");
    assert_eq!(lines[0]["payload"]["externalOrderID"], "#1001");
    assert_eq!(lines[0]["since"], Value::Null);
}

#[test]
fn what_arrived_counts_as_taken_and_what_did_not_is_sent_by_resume() {
    let doubtful = Doubtful::new();
    // The operator looked: the first is there, the second isn't.
    let said = doubtful.settle(&[
        "--order",
        "#1001",
        "--arrived",
        "--note",
        "seen in their shop",
        "--yes",
    ]);
    assert!(said.ends(5).text().contains("1 in-doubt"), "one is left");
    let said = doubtful
        .settle(&["--order", "#1002", "--not-arrived", "--yes"])
        .ends(4);
    assert!(
        said.stderr.contains("`orderdeck resume 1` sends them"),
        "{}",
        said.stderr
    );
    let status = doubtful.status();
    assert_eq!(status["state"], "stopped");
    assert_eq!(count(&status, "accepted"), 2);
    assert_eq!(count(&status, "pending"), 1);

    let after = doubtful.deck.run(["resume", "1", "--json"]).ends(0).json();
    assert_eq!(count(&after, "accepted"), 3);
    assert_eq!(after["state"], "finished");
    for key in ["#1001", "#1002", "#1003"] {
        assert_eq!(doubtful.copies(key), 1, "{key}");
    }
    // Both words are kept for good, with the doubt that they ended.
    for (key, word) in [
        (
            "#1001",
            "the operator decided that it arrived: seen in their shop",
        ),
        ("#1002", "the operator decided that it never arrived"),
    ] {
        let history = doubtful.deck.run(["history", key]).ends(0);
        assert!(history.text().contains(word), "{}", history.text());
        assert!(
            history.text().contains("it was in doubt:"),
            "{}",
            history.text()
        );
    }
    // What the operator says arrived is unchanged from now on: nothing is sent again.
    let again = doubtful
        .deck
        .run([
            "submit",
            "orders.csv",
            "--profile",
            "mine",
            "--yes",
            "--json",
        ])
        .ends(0)
        .json();
    assert_eq!(count(&again, "skipped"), 3);
    assert_eq!(doubtful.copies("#1001"), 1);
    ledger_is_sound(&doubtful.deck.data().join("ledger.sqlite"));
}

#[test]
fn sending_again_is_a_run_of_its_own_and_tells_the_old_one() {
    let doubtful = Doubtful::new();
    let sent = doubtful
        .settle(&["--order", "#1002", "--send-again", "--yes", "--json"])
        .ends(0)
        .json();
    assert_eq!(sent["retry_of"], "1");
    assert_eq!(sent["orders"], 1);
    assert_eq!(doubtful.copies("#1002"), 1);
    let lines = doubtful.settle(&["--json"]).ends(5).lines();
    assert_eq!(lines[1]["since"]["run"], "2");
    assert_eq!(lines[1]["since"]["outcome"], "accepted");
    assert_eq!(lines[1]["bodies_removed_at"], Value::Null);

    // That doubt has been dealt with, so its bodies may go by age; those of the other one stay. Both are told.
    let compact = ["ledger", "compact", "--bodies-older-than", "0d", "--yes"];
    doubtful.deck.run(compact).ends(0);
    let lines = doubtful.settle(&["--json"]).ends(5).lines();
    assert_eq!(lines[0]["payload"]["externalOrderID"], "#1001");
    assert_eq!(lines[1]["payload"], Value::Null);
    assert!(lines[1]["bodies_removed_at"].is_string(), "{}", lines[1]);
    let shown = doubtful.settle(&[]).ends(5);
    let removed = shown.text().matches("removed by compact on ").count();
    assert_eq!(removed, 1, "{}", shown.text());
    // With the other one sent again too there is no doubt left, whatever the old run says.
    doubtful
        .settle(&["--order", "#1001", "--send-again", "--yes"])
        .ends(0);
    doubtful.settle(&[]).ends(0);
}

#[test]
fn nothing_is_recorded_without_a_word_or_of_an_order_that_is_not_in_doubt() {
    let doubtful = Doubtful::new();
    let before = doubtful.status();
    let nobody = doubtful.settle(&["--arrived"]).ends(3);
    assert!(
        nobody.stderr.contains("nobody is here to be asked"),
        "{}",
        nobody.stderr
    );
    let wrong = doubtful.settle(&["--arrived", "--expect", "3"]).ends(3);
    assert!(
        wrong.stderr.contains("--expect says 3, but 2"),
        "{}",
        wrong.stderr
    );
    let taken = doubtful
        .settle(&["--order", "#1003", "--not-arrived", "--yes"])
        .ends(2);
    assert!(
        taken
            .stderr
            .contains("#1003 is not in doubt, it is accepted"),
        "{}",
        taken.stderr
    );
    let unknown = doubtful
        .settle(&["--order", "#9", "--arrived", "--yes"])
        .ends(2);
    assert!(
        unknown.stderr.contains("the run doesn't have it"),
        "{}",
        unknown.stderr
    );
    doubtful.settle(&["--arrived", "--dry-run"]).ends(0);
    doubtful
        .settle(&["--arrived", "--not-arrived", "--yes"])
        .ends(2);
    assert_eq!(doubtful.status(), before);
}

#[test]
fn nobody_settles_while_somebody_sends() {
    let deck = deck_with(40);
    let vendors = Vendors::failing(
        &deck.path("vendors"),
        "kibo:drop-after@1,kibo:latency=400ms@2-",
    );
    deck.profiles(&vendors.profile("mine", "kibo", "test"));
    let mut submit = begin(
        &deck,
        &["submit", "orders.csv", "--profile", "mine", "--yes"],
    );
    until(&deck, "1", |status| count(status, "in-doubt") == 1);
    let refused = deck.run(["settle", "1", "--arrived", "--yes"]).ends(3);
    assert!(
        refused.stderr.contains("somebody else is sending"),
        "{}",
        refused.stderr
    );
    submit.kill().unwrap();
    submit.wait().unwrap();
}
