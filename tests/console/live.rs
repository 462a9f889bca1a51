//! Accounts where a slip costs, over the real program: a live one wants its count typed; one is added with a secret
//! that nobody sees, and reached from anywhere.

use std::fs;

use crate::support::sending::{Vendors, deck_with};
use crate::support::terminal::Terminal;

const ESC: &str = "\x1b";
const ENTER: &str = "\r";
const DOWN: &str = "\x1b[B";
const RIGHT: &str = "\x1b[C";

#[test]
fn a_live_account_is_sent_to_only_when_the_count_was_typed() {
    let deck = deck_with(3);
    let vendors = Vendors::failing(&deck.path("vendors"), "kibo:latency=1ms");
    deck.profiles(&vendors.profile("store", "kibo", "live"));
    let args = ["orders.csv", "--profile", "store"];
    let mut console = Terminal::start(&args, &deck.path(""), 80, 24);
    console.until("3 orders");
    console.until("LIVE");
    console.keys("s");
    console.until("Submit 3");
    // Whoever leans on enter sends nothing, nor does another count.
    console.keys(&ENTER.repeat(5));
    console.until("type 3 first");
    console.keys("33");
    console.until("33");
    console.keys(ENTER);
    console.until("type 3 first");
    assert_eq!(vendors.taken()["kibo"]["orders"], 0);
    console.keys("\x7f");
    console.gone("33");
    console.keys(ENTER);
    console.until("run 1 is finished");
    assert_eq!(vendors.taken()["kibo"]["orders"], 3);
    // So does a cancellation.
    console.keys("1");
    console.until("3 of 3");
    console.keys("c");
    console.until("cancel 1 live order");
    console.keys(ENTER);
    console.until("type 1 first");
    console.keys(ESC);
    console.gone("Cancel orders");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert_eq!(vendors.taken()["kibo"]["orders"], 3);
}

#[test]
fn an_account_is_added_with_a_hidden_secret_and_reached_from_anywhere() {
    let deck = deck_with(3);
    let args = ["orders.csv", "--sandbox"];
    let mut console = Terminal::start(&args, &deck.path(""), 120, 36);
    console.until("3 orders");
    console.keys("6");
    console.until("adds an account of yours");
    console.keys("A");
    console.until("Add an account");
    console.keys("acme-kibo");
    console.until("acme-kibo");
    console.keys(DOWN);
    console.until("Left and right choose");
    console.keys(&RIGHT.repeat(3));
    console.until("api_secret");
    // A line is found by its name.
    console.keys("\x07");
    console.until("enter stay here");
    console.keys("api_key");
    console.until("▸ api_key");
    console.keys(ENTER);
    console.gone("enter stay here");
    console.keys("key-1");
    console.until("•••••");
    console.keys(DOWN);
    console.keys("hunter2");
    console.until("•••••••");
    console.keys(ENTER);
    console.until("added acme-kibo");
    assert_eq!(console.written_at("hunter2"), None, "the secret was shown");
    let text = fs::read_to_string(deck.path("config/profiles.toml")).unwrap();
    assert!(text.contains("hunter2"), "{text}");
    // From another view it is a key and its name away.
    console.keys("4");
    console.until("Responses");
    console.keys("P");
    console.until("Switch account");
    console.keys(&DOWN.repeat(3));
    console.until("▸ acme-kibo");
    console.keys(ENTER);
    console.until("is reached by acme-kibo now, TEST");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}
