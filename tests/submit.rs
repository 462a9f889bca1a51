//! Sending from the command line: the real program against the vendors on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::Duration;

use serde_json::json;
use support::Deck;
use support::sending::{Vendors, count, deck_with, misbehaving, submit, taken, taken_once, until};
use support::terminal::Terminal;

/// Sends the 2,000 and the same again.
fn send_all(vendor: &str, outcome: &str, requests: u64, others: u64) {
    const ORDERS: u64 = 2000;
    let deck = deck_with(ORDERS as usize);
    let said = submit(&deck, vendor, &["--yes"]).ends(0);
    let status = said.json();
    assert_eq!(status["run"], "s1");
    assert_eq!(status["vendor"], vendor);
    assert_eq!(status["profile"], format!("sandbox-{vendor}"));
    assert_eq!(status["operation"], "import");
    assert_eq!(status["state"], "finished");
    assert_eq!(status["orders"], ORDERS);
    assert_eq!(count(&status, outcome), ORDERS, "{status}");
    assert_eq!(status["sent"], json!({ "EUR": "70000.00" }));
    assert_eq!(status["taken"], json!({ "EUR": "70000.00" }));
    assert!(status["exchanges"].as_u64().unwrap() >= requests + others);
    let came = taken_once(&deck, vendor, ORDERS);
    assert_eq!(came["order_requests"], requests);
    assert_eq!(came["refused"], 0);
    assert_eq!(came["unknown_fields"], json!({}));

    let again = submit(&deck, vendor, &["--yes"]).ends(0);
    let status = again.json();
    assert_eq!(count(&status, "skipped"), ORDERS);
    assert_eq!(status["exchanges"], 0);
    assert_eq!(status["sent"], json!({}));
    assert!(
        again.stderr.contains("nothing is to be sent"),
        "{}",
        again.stderr
    );
    let came_again = taken_once(&deck, vendor, ORDERS);
    assert_eq!(came_again["requests"], came["requests"]);
}

#[test]
fn kameleoon_takes_every_order_once() {
    send_all("kameleoon", "accepted", 2, 0);
}

#[test]
fn voucherify_takes_every_order_once_by_one_request_and_one_job() {
    send_all("voucherify", "imported", 1, 1);
}

#[test]
fn project_agora_takes_every_order_once() {
    send_all("project-agora", "imported", 20, 0);
}

#[test]
fn kibo_takes_every_order_once_with_one_token() {
    send_all("kibo", "accepted", 2000, 1);
}

#[test]
fn voucherify_has_one_job_and_kibo_one_token() {
    let deck = deck_with(30);
    let status = submit(&deck, "voucherify", &["--yes"]).ends(0).json();
    assert_eq!(status["jobs"], 1);
    let jobs = deck.run(["jobs", "--json"]).ends(0).lines();
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0]["run"], "s1");
    assert_eq!(jobs[0]["status"], "DONE");
    assert_eq!(jobs[0]["orders"], 30);
    assert_eq!(jobs[0]["done"], 30);
    submit(&deck, "kibo", &["--yes"]).ends(0);
    let came = taken(&deck);
    assert_eq!(came["voucherify"]["jobs"], 1);
    assert_eq!(came["kibo"]["tokens"], 1);
    assert_eq!(came["kibo"]["order_requests"], 30);
}

#[test]
fn without_waiting_the_job_is_left_to_resume() {
    let deck = deck_with(5);
    let status = submit(&deck, "voucherify", &["--yes", "--no-wait"])
        .ends(0)
        .json();
    assert_eq!(count(&status, "queued"), 5);
    assert_eq!(status["state"], "stopped");
    let status = deck.run(["resume", "--json"]).ends(0).json();
    assert_eq!(count(&status, "imported"), 5);
    assert_eq!(taken_once(&deck, "voucherify", 5)["order_requests"], 1);
}

#[test]
fn a_dry_run_says_everything_and_sends_nothing() {
    let deck = deck_with(7);
    let said = submit(&deck, "kibo", &["--dry-run"]).ends(0);
    let plan = said.json();
    assert_eq!(plan["to_send"], 7);
    assert_eq!(plan["requests"], 7);
    assert_eq!(plan["totals_to_send"], json!({ "EUR": "245.00" }));
    assert_eq!(plan["totals_left_out"], json!({}));
    for words in ["7 orders, EUR 245.00", "sendEmail", "nothing was sent"] {
        assert!(said.stderr.contains(words), "{words} in {}", said.stderr);
    }
    assert_eq!(taken(&deck)["kibo"]["requests"], 0);
    assert!(deck.run(["runs", "--json"]).ends(0).lines().is_empty());
    deck.run(["status"]).ends(2).complains(&["no run yet"]);
    // What is left out has its sum, too.
    submit(&deck, "kameleoon", &["--yes", "--limit", "2"]).ends(0);
    let plan = submit(&deck, "kameleoon", &["--dry-run"]).ends(0).json();
    assert_eq!(plan["left_out"], json!({ "skipped": 2 }));
    assert_eq!(plan["totals_left_out"], json!({ "EUR": "70.00" }));
    assert_eq!(plan["totals_to_send"], json!({ "EUR": "175.00" }));
}

#[test]
fn what_a_vendor_cannot_do_is_refused_by_a_dry_run_too() {
    let deck = deck_with(1);
    for (vendor, operation, words) in [
        ("project-agora", "cancel", "no way to cancel"),
        ("project-agora", "status", "have no status"),
        ("kibo", "status", "no status update"),
    ] {
        for consent in ["--dry-run", "--yes"] {
            submit(&deck, vendor, &["--operation", operation, consent])
                .ends(3)
                .complains(&[words]);
        }
    }
    assert!(deck.run(["runs", "--json"]).ends(0).lines().is_empty());
}

#[test]
fn limit_filter_and_ids_choose_what_is_sent() {
    let deck = deck_with(10);
    let pilot = submit(&deck, "kameleoon", &["--yes", "--limit", "3"])
        .ends(0)
        .json();
    assert_eq!(pilot["orders"], 3);
    // The next three, because the first are unchanged.
    let next = submit(&deck, "kameleoon", &["--yes", "--limit", "3"])
        .ends(0)
        .json();
    assert_eq!((count(&next, "skipped"), count(&next, "accepted")), (3, 3));
    let args = ["--yes", "--where", "id:#1009"];
    let filtered = submit(&deck, "kameleoon", &args).ends(0).json();
    assert_eq!(count(&filtered, "accepted"), 1);
    let args = ["--yes", "--order", "#1008", "#1010"];
    let named = submit(&deck, "kameleoon", &args).ends(0).json();
    assert_eq!(count(&named, "accepted"), 2);
    taken_once(&deck, "kameleoon", 9);
    // A filter may begin with what it leaves out.
    let args = ["--dry-run", "--resend", "--where", "-id:#1009"];
    let others = submit(&deck, "kameleoon", &args).ends(0).json();
    assert_eq!(others["to_send"], 9);
    let again = submit(
        &deck,
        "kameleoon",
        &["--yes", "--resend", "--order", "#1008"],
    );
    assert_eq!(count(&again.ends(0).json(), "accepted"), 1);
    assert_eq!(taken(&deck)["kameleoon"]["copies"]["#1008"], 2);

    submit(&deck, "kameleoon", &["--yes", "--order", "#9"])
        .ends(2)
        .complains(&["holds no order `#9`"]);
    // The message points to the place in the filter.
    let said = submit(&deck, "kameleoon", &["--yes", "--where", "total>many"]).ends(2);
    assert!(
        said.stderr.contains("    total>many\n          ^^^^"),
        "{}",
        said.stderr
    );
}

#[test]
fn nothing_is_sent_without_a_word_of_the_operator() {
    let deck = deck_with(4);
    let said = submit(&deck, "kibo", &[]).ends(3);
    assert!(said.stderr.contains("--yes"), "{}", said.stderr);
    let said = submit(&deck, "kibo", &["--yes", "--expect", "5"]).ends(3);
    assert!(
        said.stderr.contains("--expect says 5, but 4"),
        "{}",
        said.stderr
    );
    assert_eq!(taken(&deck)["kibo"]["requests"], 0);
    assert!(deck.run(["runs", "--json"]).lines().is_empty());
    submit(&deck, "kibo", &["--expect", "4"]).ends(0);
    taken_once(&deck, "kibo", 4);
}

#[test]
fn a_live_account_wants_the_count() {
    let deck = deck_with(4);
    let vendors = Vendors::start(&deck.path("vendors"), Duration::ZERO);
    deck.profiles(&vendors.profile("shop", "kameleoon", "live"));
    let send = |more: &[&str]| {
        let mut args = vec!["submit", "orders.csv", "--profile", "shop", "--json"];
        args.extend(more);
        deck.run(args)
    };
    for (said, words) in [
        (&["--yes"][..], "--yes alone is not enough"),
        (&[], "nobody is here to be asked"),
        (&["--yes", "--expect", "5"], "--expect says 5, but 4"),
    ] {
        let refused = send(said).ends(3);
        assert!(refused.stderr.contains(words), "{}", refused.stderr);
        assert!(refused.stderr.contains("(LIVE)"), "{}", refused.stderr);
        assert_eq!(vendors.taken()["kameleoon"]["requests"], 0);
    }
    // The ledger of work, not that of the sandbox.
    let status = send(&["--yes", "--expect", "4"]).ends(0).json();
    assert_eq!(status["run"], "1");
    assert_eq!(vendors.taken()["kameleoon"]["orders"], 4);
    // Cancelling is asked for in the same way.
    let cancel = ["cancel", "--profile", "shop", "#1001", "--yes"];
    deck.run(cancel).ends(3);
    assert_eq!(vendors.taken()["kameleoon"]["cancelled"], json!({}));
}

#[test]
fn a_read_only_profile_and_a_second_sender_are_refused() {
    let deck = deck_with(2);
    let vendors = Vendors::start(&deck.path("vendors"), Duration::ZERO);
    let profile = vendors.profile("shop", "kameleoon", "test");
    deck.profiles(&profile.replace("environment", "read_only = true\nenvironment"));
    let args = ["submit", "orders.csv", "--profile", "shop", "--yes"];
    deck.run(args).ends(3).complains(&["read-only"]);

    deck.profiles(&profile);
    let holder = orderdeck::ledger::LockHolder::this_process("shop");
    let data = deck.data();
    let lock = orderdeck::ledger::AccountLock::acquire(&data, "kameleoon", "shop", &holder);
    let lock = lock.unwrap();
    deck.run(args)
        .ends(3)
        .complains(&["somebody else is sending"]);
    drop(lock);
    deck.run(args).ends(0);
    assert_eq!(vendors.taken()["kameleoon"]["order_requests"], 1);
}

#[test]
fn wrong_credentials_pause_the_run_and_right_ones_resume_it() {
    let deck = deck_with(3);
    let vendors = Vendors::start(&deck.path("vendors"), Duration::ZERO);
    let right = vendors.profile("shop", "kameleoon", "test");
    let (_, value) = orderdeck::sandbox::credentials("kameleoon")[1];
    deck.profiles(&right.replace(value, "not-the-right-one"));
    let args = [
        "submit",
        "orders.csv",
        "--profile",
        "shop",
        "--yes",
        "--json",
    ];
    let status = deck.run(args).ends(3).json();
    assert_eq!(status["state"], "paused");
    assert_eq!(
        count(&status, "pending"),
        3,
        "nothing is marked as rejected"
    );
    deck.profiles(&right);
    let status = deck.run(["resume", "--json"]).ends(0).json();
    assert_eq!(count(&status, "accepted"), 3);
    assert_eq!(vendors.taken()["kameleoon"]["orders"], 3);
}

#[cfg(unix)]
#[test]
fn on_a_terminal_a_live_account_asks_for_the_count() {
    let deck = deck_with(4);
    let vendors = Vendors::start(&deck.path("vendors"), Duration::ZERO);
    deck.profiles(&vendors.profile("shop", "kameleoon", "live"));
    let args = ["submit", "orders.csv", "--profile", "shop"];
    let mut terminal = Terminal::start(&args, deck.home.path(), 100, 30);
    terminal.until("Type the number of orders");
    terminal.keys("yes\r");
    assert_eq!(terminal.exit_code(), 3);
    assert_eq!(vendors.taken()["kameleoon"]["requests"], 0);

    let mut terminal = Terminal::start(&args, deck.home.path(), 100, 30);
    terminal.until("Type the number of orders");
    terminal.keys("4\r");
    terminal.until("run 1 finished: 4 accepted");
    assert_eq!(terminal.exit_code(), 0);
    assert_eq!(vendors.taken()["kameleoon"]["orders"], 4);
}

#[cfg(unix)]
#[test]
fn on_a_terminal_ctrl_c_stops_and_a_second_one_leaves_at_once() {
    let deck = deck_with(1);
    let silent = misbehaving(None);
    let vendors = Vendors::start(&deck.path("vendors"), Duration::ZERO);
    let profile = vendors.profile("shop", "kameleoon", "test");
    let base = profile
        .lines()
        .find(|line| line.starts_with("base_url"))
        .unwrap();
    deck.profiles(&profile.replace(base, &format!("base_url = \"{silent}\"")));
    let args = ["submit", "orders.csv", "--profile", "shop"];
    let mut terminal = Terminal::start(&args, deck.home.path(), 100, 30);
    terminal.until("Send? [y/N]");
    terminal.keys("y\r");
    // The bar is there, and one request is under way.
    terminal.until("sending");
    until(&deck, "1", |status| count(status, "sending") == 1);
    terminal.keys("\u{3}");
    terminal.until("stopping");
    terminal.keys("\u{3}");
    terminal.until("left at once");
    assert_eq!(terminal.exit_code(), 4);
}

#[test]
fn what_cannot_be_read_is_left_behind_and_says_so_at_the_end() {
    let deck = Deck::new();
    deck.file(
        "orders.csv",
        "[{\"source_id\":\"a\",\"status\":\"PAID\",\"amount\":1,\"items\":[]},\n\
         {\"source_id\":\"b\",,},\n\
         {\"source_id\":\"c\",\"status\":\"PAID\",\"amount\":1,\"items\":[]}]",
    );
    let preview = ["preview", "orders.csv", "--vendor", "voucherify"];
    assert_eq!(deck.run(preview).ends(1).lines().len(), 2);
    deck.run([
        "preview",
        "orders.csv",
        "--vendor",
        "voucherify",
        "--requests",
    ])
    .ends(1);
    submit(&deck, "voucherify", &["--dry-run"]).ends(1);
    // What is named, and a pilot, is all there.
    submit(&deck, "voucherify", &["--yes", "--order", "a"]).ends(0);
    let said = submit(&deck, "voucherify", &["--yes"]).ends(1);
    assert!(said.stderr.contains("line 2"), "{}", said.stderr);
    let status = said.json();
    assert_eq!(status["state"], "finished");
    assert_eq!(count(&status, "imported"), 1);
    assert_eq!(count(&status, "skipped"), 1);
}

#[test]
fn a_long_wait_is_told_once_where_no_bar_shows_it() {
    let deck = deck_with(1);
    let vendors = Vendors::failing(&deck.path("vendors"), "voucherify:429@1:retry=5s");
    deck.profiles(&vendors.profile("slow", "voucherify", "sandbox"));
    let args = ["submit", "orders.csv", "--profile", "slow", "--yes"];
    let said = deck.run(args).ends(0);
    let waits: Vec<&str> = said
        .stderr
        .lines()
        .filter(|line| line.starts_with("waiting "))
        .collect();
    assert_eq!(waits.len(), 1, "{}", said.stderr);
    // The vendor's five and what is added so as not to come early.
    let words = ["waiting 5 s for 429", "waiting 6 s for 429"];
    assert!(words.iter().any(|words| waits[0].starts_with(words)));
}
