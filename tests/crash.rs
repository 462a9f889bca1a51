//! Killed in the middle: what was sent isn't sent again, and what can't be known is called doubt.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;
use support::Deck;
use support::sending::{
    Vendors, begin, count, deck_with, ledger_is_sound, misbehaving, orders_csv, taken, taken_once,
    terminate, until,
};

const ORDERS: u64 = 2000;

/// The keys of a run's orders with that outcome.
fn keys(deck: &Deck, run: &str, outcome: &str) -> HashSet<String> {
    let to = format!("{outcome}.ndjson");
    deck.run(["export", run, "--outcome", outcome, "--to", &to, "--force"])
        .ends(0);
    std::fs::read_to_string(deck.path(&to))
        .unwrap()
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["order"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[test]
fn killed_while_sending_to_kibo_nothing_is_taken_twice() {
    let deck = deck_with(ORDERS as usize);
    let mut submit = begin(
        &deck,
        &["submit", "orders.csv", "--profile", "sandbox-kibo", "--yes"],
    );
    until(&deck, "s1", |status| count(status, "accepted") >= 200);
    submit.kill().unwrap();
    submit.wait().unwrap();

    let dead = deck.run(["status", "s1"]).ends(0);
    assert!(dead.text().contains("its process died"), "{}", dead.text());
    let before = deck.run(["status", "s1", "--json"]).json();
    assert!(count(&before, "pending") > 0, "killed too late: {before}");
    let were_sending = count(&before, "sending");

    let resumed = deck.run(["resume", "--json"]);
    let after = resumed.json();
    assert_eq!(after["run"], "s1");
    assert_eq!(after["state"], "finished");
    // Kibo can't be asked: what was under way stays in doubt until the operator decides.
    let doubtful = count(&after, "in-doubt");
    assert_eq!(doubtful, were_sending);
    assert_eq!(count(&after, "accepted") + doubtful, ORDERS);
    assert_eq!(resumed.code, if doubtful > 0 { 5 } else { 0 }, "{after}");

    let accepted = keys(&deck, "s1", "accepted");
    let in_doubt = keys(&deck, "s1", "in-doubt");
    assert_eq!(accepted.len() as u64 + doubtful, ORDERS);
    assert_eq!(in_doubt.len() as u64, doubtful);
    assert!(accepted.is_disjoint(&in_doubt));
    let taken = taken(&deck)["kibo"].clone();
    let copies = taken["copies"].as_object().unwrap();
    assert!(copies.values().all(|copies| *copies == 1));
    assert!(accepted.iter().all(|key| copies.contains_key(key)));
    assert!(
        copies
            .keys()
            .all(|key| accepted.contains(key) || in_doubt.contains(key))
    );

    // Resuming again changes nothing and sends nothing.
    let again = deck.run(["resume", "s1", "--json"]);
    assert_eq!(again.code, resumed.code);
    assert_eq!(again.json()["exchanges"], after["exchanges"]);
    ledger_is_sound(&deck.data().join("sandbox/ledger.sqlite"));
}

#[test]
fn killed_while_voucherify_works_the_job_is_found_again() {
    let deck = deck_with(ORDERS as usize);
    let vendors = Vendors::start(&deck.path("vendors"), Duration::from_secs(6));
    deck.profiles(&vendors.profile("mine", "voucherify", "sandbox"));
    let mut submit = begin(
        &deck,
        &["submit", "orders.csv", "--profile", "mine", "--yes"],
    );
    until(&deck, "s1", |status| count(status, "queued") == ORDERS);
    submit.kill().unwrap();
    submit.wait().unwrap();
    let jobs = deck.run(["jobs", "--json"]).ends(0).lines();
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0]["finished"], false, "killed too late");

    let after = deck.run(["resume", "--json"]).ends(0).json();
    assert_eq!(after["state"], "finished");
    assert_eq!(count(&after, "imported"), ORDERS);
    assert_eq!(after["jobs"], 1);
    let taken = vendors.taken()["voucherify"].clone();
    assert_eq!(taken["order_requests"], 1);
    assert_eq!(taken["jobs"], 1);
    let copies = taken["copies"].as_object().unwrap();
    assert_eq!(copies.len() as u64, ORDERS);
    assert!(copies.values().all(|copies| *copies == 1));
    ledger_is_sound(&deck.data().join("sandbox/ledger.sqlite"));
}

#[test]
fn killed_before_the_answer_the_order_is_in_doubt_until_the_operator_decides() {
    let deck = Deck::new();
    deck.file("one.csv", orders_csv(1));
    let silent = misbehaving(None);
    let tokens = misbehaving(Some((
        200,
        r#"{"access_token":"t","expires_in":3600,"token_type":"Bearer"}"#,
    )));
    let profile = |base_url: &str| {
        format!(
            "[profiles.mine]\nvendor = \"kibo\"\nenvironment = \"test\"\nbase_url = \"{base_url}\"\n\
             [profiles.mine.credentials]\napi_key = \"key-1\"\napi_secret = \"secret-1\"\n\
             [profiles.mine.defaults]\nmanufacturerID = 1010\ncatalogID = 0\ncustomerIP = \"203.0.113.10\"\n\
             [profiles.mine.settings]\ntoken_url = \"{tokens}/token\"\n"
        )
    };
    deck.profiles(&profile(&silent));
    let mut submit = begin(&deck, &["submit", "one.csv", "--profile", "mine", "--yes"]);
    until(&deck, "1", |status| count(status, "sending") == 1);
    submit.kill().unwrap();
    submit.wait().unwrap();

    let status = deck.run(["resume", "1", "--json"]).ends(5).json();
    assert_eq!(count(&status, "in-doubt"), 1, "{status}");
    assert_eq!(status["state"], "finished");

    // A new run doesn't send it either, and says why.
    let again = deck.run(["submit", "one.csv", "--profile", "mine", "--yes", "--json"]);
    let again = again.ends(1);
    assert_eq!(count(&again.json(), "blocked"), 1);
    assert!(again.stderr.contains("in doubt"), "{}", again.stderr);

    // On the operator's word, and to an address that was put right, it is sent.
    let answering = misbehaving(Some((200, r#"{"orderID":247772678105578}"#)));
    deck.profiles(&profile(&answering));
    let retried = deck.run(["retry", "1", "--outcome", "in-doubt", "--yes", "--json"]);
    let retried = retried.ends(0).json();
    assert_eq!(count(&retried, "accepted"), 1);
    assert_eq!(retried["retry_of"], "1");
    // Once more there is nothing left to decide.
    let settled = deck
        .run(["retry", "1", "--outcome", "in-doubt", "--yes"])
        .ends(0);
    assert!(
        settled.stderr.contains("settled by a later run"),
        "{}",
        settled.stderr
    );
}

#[test]
fn asked_to_end_it_stops_in_order_and_can_be_resumed() {
    let deck = deck_with(ORDERS as usize);
    let args = ["submit", "orders.csv", "--profile", "sandbox-kibo", "--yes"];
    let mut submit = begin(&deck, &args);
    until(&deck, "s1", |status| count(status, "accepted") >= 100);
    terminate(&submit);
    assert_eq!(submit.wait().unwrap().code(), Some(4));
    let stopped = deck.run(["status", "--json"]).ends(0).json();
    assert_eq!(stopped["state"], "stopped");
    assert_eq!(count(&stopped, "sending") + count(&stopped, "in-doubt"), 0);
    assert!(
        count(&stopped, "pending") > 0,
        "stopped too late: {stopped}"
    );

    let after = deck.run(["resume", "--json"]).ends(0).json();
    assert_eq!(count(&after, "accepted"), ORDERS);
    taken_once(&deck, "kibo", ORDERS);
}
