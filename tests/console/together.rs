//! Two consoles at one account, each a process of its own: one sends at a time, and both see what became of it.

use crate::support::sending::{Vendors, deck_with, orders_csv};
use crate::support::terminal::Terminal;

const ESC: &str = "\x1b";
const ENTER: &str = "\r";

#[test]
fn the_second_console_is_told_who_sends_is_refused_meanwhile_and_sees_the_outcome() {
    let deck = deck_with(200);
    // So many requests, one after the other, last until somebody stops them.
    let vendors = Vendors::failing(&deck.path("vendors"), "kibo:latency=400ms");
    let profile = vendors.profile("mine", "kibo", "test");
    deck.profiles(&profile.replace(
        "requests_per_minute = 0",
        "requests_per_minute = 0\nconcurrency = 1",
    ));
    deck.file("more.csv", orders_csv(3).replace("#1", "#2"));
    let home = deck.path("");
    let open = |file| Terminal::start(&[file, "--profile", "mine", "--fresh"], &home, 120, 36);
    let mut second = open("more.csv");
    second.until("3 orders");
    second.keys("s");
    second.until("Submit 3");
    let mut first = open("orders.csv");
    first.until("200 orders");
    first.keys("s");
    first.until("Submit 200");
    first.keys(ENTER);
    first.until("Run 1 · import · Kibo · mine");
    first.until("running");

    // Both are at the same account: only one sends, and the other learns who it is.
    second.keys(ENTER);
    second.until("somebody else is sending to the account of mine");
    second.until(&format!("process {} is sending", first.id()));
    second.until("wait for its end");
    second.keys(ESC);
    second.gone("Submit 3");
    // It looks at the other's run as it goes on.
    second.keys("3");
    second.until("Run 1 · import · Kibo · mine");
    second.until("elsewhere");
    second.until("accepted");

    first.keys("x");
    first.until("stopped");
    // Nobody told the second process: it reads what the ledger has.
    second.until("stopped");
    second.gone("elsewhere");
    second.keys("1");
    second.until("3 orders");
    second.keys("s");
    second.until("Submit 3");
    second.keys(ENTER);
    second.until("run 2 is finished");
    for console in [&mut first, &mut second] {
        console.keys("q");
        assert_eq!(console.exit_code(), 0);
    }
    let taken = vendors.taken()["kibo"]["orders"].as_u64().unwrap();
    assert!((4..203).contains(&taken), "{taken}");
}
