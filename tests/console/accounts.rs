//! Accounts over the real program: two that are sent to at once, and one that is tried, made read-only and kept from
//! sending.

use std::fs;

use crate::support::sending::{Vendors, deck_with};
use crate::support::terminal::Terminal;

const ENTER: &str = "\r";

#[test]
fn two_accounts_are_sent_to_at_once() {
    let deck = deck_with(20);
    let faults = "kibo:latency=400ms,kameleoon:latency=4s";
    let vendors = Vendors::failing(&deck.path("vendors"), faults);
    let store = vendors.profile("store", "kibo", "test");
    let store = store.replace(
        "requests_per_minute = 0",
        "requests_per_minute = 0\nconcurrency = 1",
    );
    let shop = vendors.profile("shop", "kameleoon", "test");
    deck.profiles(&format!("{store}\n{shop}"));
    let mut console = Terminal::start(
        &["orders.csv", "--profile", "store"],
        &deck.path(""),
        120,
        36,
    );
    console.until("20 orders");
    console.keys("s");
    console.until("Submit 20");
    console.keys(ENTER);
    console.until("3 Runs 1↑");
    // Behind the last vendor stands the first.
    console.keys("1");
    console.until("KIBO");
    console.keys("]");
    console.until("KAMELEOON");
    console.until("TEST  shop");
    console.keys("s");
    console.until("Submit to Kameleoon");
    console.until("Submit 20");
    console.keys(ENTER);
    console.until("3 Runs 2↑");
    console.until("run 2 is finished");
    console.until("run 1 is finished");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    for vendor in ["kibo", "kameleoon"] {
        assert_eq!(vendors.taken()[vendor]["orders"], 20, "{vendor}");
    }
}

#[test]
fn an_account_is_tried_and_made_read_only_and_sends_nothing_then() {
    let deck = deck_with(3);
    let vendors = Vendors::failing(&deck.path("vendors"), "kibo:latency=1ms");
    deck.profiles(&vendors.profile("store", "kibo", "test"));
    let mut console = Terminal::start(
        &["orders.csv", "--profile", "store"],
        &deck.path(""),
        120,
        36,
    );
    console.until("3 orders");
    console.keys("6");
    console.until("store");
    console.keys("T");
    console.until("proved");
    console.keys("e");
    console.until("▸ address");
    console.keys("\x1b[B\x1b[B");
    console.until("▸ read-only");
    console.keys("\x1b[C");
    console.until("yes");
    console.keys(ENTER);
    console.until("changed store");
    let text = fs::read_to_string(deck.path("config/profiles.toml")).unwrap();
    assert!(text.contains("read_only = true"), "{text}");
    console.keys("1");
    console.until("3 of 3");
    console.keys("s");
    console.until("read-only");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert_eq!(vendors.taken()["kibo"]["orders"], 0);
}
