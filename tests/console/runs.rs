//! Runs and Jobs over the real program: what is seen of a run while it goes on, at its end, and of a job's failures.

use crate::support::sending::{Vendors, deck_with};
use crate::support::terminal::Terminal;

const ESC: &str = "\x1b";
const ENTER: &str = "\r";

#[test]
fn a_submit_goes_to_its_run_which_has_numbers_and_says_what_is_next() {
    let deck = deck_with(8);
    // Each answer takes its time; one order is refused.
    let faults = "kibo:latency=400ms,kibo:400@3";
    let vendors = Vendors::failing(&deck.path("vendors"), faults);
    let profile = vendors.profile("mine", "kibo", "test");
    deck.profiles(&profile.replace(
        "requests_per_minute = 0",
        "requests_per_minute = 0\nconcurrency = 1",
    ));
    let home = deck.path("");
    let mut console = Terminal::start(&["orders.csv", "--profile", "mine"], &home, 120, 36);
    console.until("8 orders");
    console.keys("s");
    console.until("Submit 8");
    console.keys(ENTER);
    console.until("Run 1 · import · Kibo · mine");
    console.until("running");
    console.until("3 Runs 1↑");
    console.until("orders/s");
    console.until("run 1 is finished");
    console.until("on average");
    console.until("p99 ");
    console.until("1 rejected: r sends them again with your edits");
    console.until("E exports");

    console.keys("v");
    console.until("▸rejected 1");
    console.keys(ESC);
    console.gone("▸rejected 1");
    console.keys("/");
    console.until("words, or run:");
    console.keys("state:stopped");
    // All of it was taken in: what is typed passes through states in which nothing fits either.
    console.until("/ state:stopped   0 of 1");
    console.until("No run passes the filter");
    console.keys(ESC);
    console.gone("state:stopped");
    console.until("Run 1 · import");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn failed_orders_of_a_job_are_one_key_away() {
    let deck = deck_with(5);
    let vendors = Vendors::failing(&deck.path("vendors"), "voucherify:job-partial=2@1");
    deck.profiles(&vendors.profile("mine", "voucherify", "test"));
    let home = deck.path("");
    let mut console = Terminal::start(&["orders.csv", "--profile", "mine"], &home, 80, 24);
    console.until("5 orders");
    console.keys("s");
    console.until("Submit 5");
    console.keys(ENTER);
    console.until("run 1 is finished");
    console.keys("5");
    console.until("v its 2 failed orders");
    console.keys("v");
    console.until("▸rejected 2");
    console.until("#1001");
    console.keys(ESC);
    console.gone("▸rejected 2");
    console.keys("t");
    console.until("2 rejected: r sends them again");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn a_run_is_paused_let_go_stopped_and_taken_up_again() {
    let deck = deck_with(8);
    let vendors = Vendors::failing(&deck.path("vendors"), "kibo:latency=300ms");
    let profile = vendors.profile("mine", "kibo", "test");
    deck.profiles(&profile.replace(
        "requests_per_minute = 0",
        "requests_per_minute = 0\nconcurrency = 1",
    ));
    let home = deck.path("");
    let mut console = Terminal::start(&["orders.csv", "--profile", "mine"], &home, 100, 30);
    console.until("8 orders");
    console.keys("s");
    console.until("Submit 8");
    console.keys(ENTER);
    console.until("Run 1 · import · Kibo · mine");
    console.until("running");
    console.keys("p");
    console.until("paused");
    console.until("p go on");
    console.keys("p");
    console.gone("paused");
    console.keys("x");
    console.until("stopped");
    console.gone("1↑");
    let sent = vendors.taken()["kibo"]["orders"].as_u64().unwrap();
    assert!(sent < 8, "all {sent} were sent before it stopped");
    console.until("R resume");
    console.keys("R");
    console.until("Take up run 1");
    console.keys(ENTER);
    console.until("run 1 is finished");
    assert_eq!(vendors.taken()["kibo"]["orders"], 8);
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}
