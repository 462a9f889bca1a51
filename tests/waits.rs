//! What a run waits for is told with its reason and a countdown: by the process that sends, and by any other.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::process::Child;

use support::Deck;
use support::sending::{Vendors, begin, deck_with, terminate, until};
use support::terminal::Terminal;

const SUBMIT: [&str; 5] = ["submit", "orders.csv", "--profile", "slow", "--yes"];

/// An operator whose vendor asks for half a minute at the first request.
fn limited() -> (Deck, Vendors) {
    let deck = deck_with(2);
    let vendors = Vendors::failing(&deck.path("vendors"), "voucherify:429@1:retry=30s");
    deck.profiles(&vendors.profile("slow", "voucherify", "sandbox"));
    (deck, vendors)
}

/// A submit that waits, in a process of its own.
fn waiting(deck: &Deck) -> Child {
    let child = begin(deck, &SUBMIT);
    let status = until(deck, "s1", |status| !status["wait"].is_null());
    let reason = status["wait"]["reason"].as_str().unwrap();
    assert!(reason.starts_with("429"), "{reason}");
    assert!(status["wait"]["until"].is_string(), "{status}");
    child
}

fn stop(mut child: Child) {
    terminate(&child);
    child.wait().unwrap();
}

/// The seconds that a screen or a line counts down, after those words.
fn seconds_after(text: &str, words: &str) -> u32 {
    let (_, after) = text.rsplit_once(words).unwrap_or_else(|| panic!("{text}"));
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("{text}"))
}

#[test]
fn status_says_what_another_process_waits_for() {
    let (deck, _vendors) = limited();
    let child = waiting(&deck);
    let said = deck.run(["status", "s1"]).ends(0);
    let left = seconds_after(said.text(), "waits ");
    assert!((1..=31).contains(&left), "{}", said.text());
    assert!(said.text().contains(" s for 429"), "{}", said.text());
    stop(child);
    let stopped = deck.run(["status", "s1", "--json"]).ends(0).json();
    assert!(stopped["wait"].is_null(), "{stopped}");
}

#[test]
fn status_that_follows_counts_the_wait_down() {
    let (deck, _vendors) = limited();
    let child = waiting(&deck);
    let args = ["status", "s1", "--follow"];
    let terminal = Terminal::start(&args, deck.home.path(), 160, 30);
    counts_down(&terminal);
    stop(child);
    terminal.until("run s1: stopped");
    terminal.gone("waiting");
}

#[test]
fn submit_on_a_terminal_counts_the_wait_down() {
    let (deck, _vendors) = limited();
    let mut terminal = Terminal::start(&SUBMIT, deck.home.path(), 160, 30);
    counts_down(&terminal);
    terminal.keys("\u{3}");
    terminal.until("run s1 stopped");
}

/// The same line shows less and less time.
fn counts_down(terminal: &Terminal) {
    terminal.until("orders, waiting");
    terminal.until("s for 429");
    let first = seconds_after(&terminal.text(), "waiting ");
    terminal.wait("a second less", |screen| {
        let text = screen.contents();
        text.contains("orders, waiting") && seconds_after(&text, "waiting ") < first
    });
}

#[test]
fn jobs_say_when_they_are_asked_again() {
    let deck = deck_with(1);
    let vendors = Vendors::start(&deck.path("vendors"), std::time::Duration::from_mins(10));
    deck.profiles(&vendors.profile("slow", "voucherify", "sandbox"));
    let child = begin(&deck, &SUBMIT);
    until(&deck, "s1", |status| {
        let reason = status["wait"]["reason"].as_str().unwrap_or_default();
        reason.starts_with("the vendor's job")
    });
    let jobs = deck.run(["jobs"]).ends(0);
    assert!(jobs.text().contains("asked again in"), "{}", jobs.text());
    stop(child);
}
