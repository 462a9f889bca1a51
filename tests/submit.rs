//! Sending from the command line: the real program against the vendors on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::sending::{Vendors, misbehaving, orders_csv, taken, taken_once, until};
use support::terminal::Terminal;
use support::{Deck, Said};

fn deck_with(orders: usize) -> Deck {
    let deck = Deck::new();
    deck.file("orders.csv", orders_csv(orders));
    deck
}

fn submit(deck: &Deck, vendor: &str, more: &[&str]) -> Said {
    let profile = format!("sandbox-{vendor}");
    let mut args = vec!["submit", "orders.csv", "--profile", &profile, "--json"];
    args.extend(more);
    deck.run(args)
}

fn count(status: &Value, outcome: &str) -> u64 {
    status["outcomes"][outcome].as_u64().unwrap()
}

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
    for words in ["7 orders, EUR 245.00", "sendEmail", "nothing was sent"] {
        assert!(said.stderr.contains(words), "{words} in {}", said.stderr);
    }
    assert_eq!(taken(&deck)["kibo"]["requests"], 0);
    assert!(deck.run(["runs", "--json"]).ends(0).lines().is_empty());
    deck.run(["status"]).ends(2).complains(&["no run yet"]);
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
    let again = submit(
        &deck,
        "kameleoon",
        &["--yes", "--resend", "--order", "#1008"],
    );
    assert_eq!(count(&again.ends(0).json(), "accepted"), 1);
    assert_eq!(taken(&deck)["kameleoon"]["copies"]["#1008"], 2);

    submit(&deck, "kameleoon", &["--yes", "--order", "#9"])
        .ends(3)
        .complains(&["holds no order `#9`"]);
    submit(&deck, "kameleoon", &["--yes", "--where", "total>many"])
        .ends(2)
        .complains(&["total>many"]);
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

#[test]
fn what_errors_hold_back_is_exported_corrected_and_retried() {
    let deck = Deck::new();
    let broken = orders_csv(3).replace("ada1002@example.com", "nobody");
    deck.file("orders.csv", &broken);
    let said = submit(&deck, "voucherify", &["--yes"]).ends(1);
    let status = said.json();
    assert_eq!(
        (count(&status, "imported"), count(&status, "blocked")),
        (2, 1)
    );
    for words in ["held back by VOU-12", "#1002", "orderdeck export s1"] {
        assert!(said.stderr.contains(words), "{words} in {}", said.stderr);
    }

    let args = [
        "export",
        "s1",
        "--outcome",
        "rejected,blocked",
        "--to",
        "wrong.csv",
    ];
    let said = deck.run(args).ends(0);
    assert!(
        said.stderr.contains("1 order of run s1 in 2 rows"),
        "{}",
        said.stderr
    );
    let wrong = std::fs::read_to_string(deck.path("wrong.csv")).unwrap();
    assert_eq!(wrong.lines().count(), 3);
    assert!(
        wrong
            .lines()
            .skip(1)
            .all(|line| line.contains("#1002,blocked")),
        "{wrong}"
    );
    assert!(wrong.contains("VOU-12"), "{wrong}");

    // The same file, corrected, can be sent.
    deck.file("right.csv", wrong.replace("nobody", "ada1002@example.com"));
    let args = [
        "submit",
        "right.csv",
        "--profile",
        "sandbox-voucherify",
        "--yes",
        "--json",
    ];
    assert_eq!(count(&deck.run(args).ends(0).json(), "imported"), 1);
    taken_once(&deck, "voucherify", 3);

    // Or the source itself is, and the run's orders are retried from it: unchanged ones aren't sent twice.
    deck.file("orders.csv", orders_csv(3));
    let args = ["retry", "s1", "--outcome", "blocked", "--yes", "--json"];
    let said = deck.run(args).ends(0);
    assert!(
        said.stderr.contains("has changed since the run"),
        "{}",
        said.stderr
    );
    let status = said.json();
    assert_eq!(status["retry_of"], "s1");
    assert_eq!(status["orders"], 1);
    assert_eq!(count(&status, "skipped"), 1);
    deck.run(["retry", "s1", "--yes"])
        .ends(2)
        .complains(&["no order that is rejected"]);
    let pending = ["retry", "s1", "--outcome", "pending", "--yes"];
    deck.run(pending).ends(2).complains(&["orderdeck resume"]);
}

#[test]
fn rejected_orders_are_retried_in_a_run_of_their_own() {
    let deck = deck_with(3);
    let vendors = Vendors::start(&deck.path("vendors"), Duration::ZERO);
    let right = vendors.profile("shop", "kibo", "test");
    let refusing = misbehaving(Some((
        400,
        r#"{"errors":[{"code":"X","message":"no such site"}]}"#,
    )));
    let base = right
        .lines()
        .find(|line| line.starts_with("base_url"))
        .unwrap();
    deck.profiles(&right.replace(base, &format!("base_url = \"{refusing}\"")));
    let args = [
        "submit",
        "orders.csv",
        "--profile",
        "shop",
        "--yes",
        "--json",
    ];
    let status = deck.run(args).ends(1).json();
    assert_eq!(count(&status, "rejected"), 3, "{status}");
    // Rejected ones are never "unchanged".
    deck.profiles(&right);
    let status = deck.run(["retry", "1", "--yes", "--json"]).ends(0).json();
    assert_eq!(count(&status, "accepted"), 3);
    assert_eq!(status["retry_of"], "1");
    let history = deck.run(["history", "#1001", "--json"]).ends(0).lines();
    let outcomes: Vec<&Value> = history.iter().map(|entry| &entry["outcome"]).collect();
    assert_eq!(outcomes, ["rejected", "accepted"]);
    assert_eq!(history[1]["payload_changed"], false);
    assert!(
        history[0]["reason"]
            .as_str()
            .unwrap()
            .contains("no such site"),
        "{}",
        history[0]
    );
}

#[test]
fn the_ledger_tells_what_happened() {
    let deck = deck_with(3);
    submit(&deck, "voucherify", &["--yes"]).ends(0);
    submit(&deck, "kameleoon", &["--yes", "--limit", "1"]).ends(0);

    let runs = deck.run(["runs", "--json"]).ends(0).lines();
    let names: Vec<&Value> = runs.iter().map(|run| &run["run"]).collect();
    assert_eq!(names, ["s2", "s1"]);
    let newest = deck.run(["status", "--json"]).ends(0).json();
    assert_eq!(newest, runs[0]);
    assert_eq!(deck.run(["status", "s1", "--json"]).json(), runs[1]);
    // A run that has ended is followed no longer.
    assert_eq!(
        deck.run(["status", "s1", "--follow", "--json"])
            .ends(0)
            .json(),
        runs[1]
    );
    deck.run(["status", "s9"])
        .ends(2)
        .complains(&["run s9", "orderdeck runs"]);

    let tail = deck.run(["tail", "--json"]).ends(0).lines();
    assert_eq!(tail[0]["method"], "POST");
    assert_eq!(tail[0]["orders"], 3);
    assert_eq!(tail[0]["outcomes"], json!({ "imported": 3 }));
    assert_eq!(tail.last().unwrap()["vendor"], "kameleoon");
    assert!(tail.iter().all(|line| line["state"] == "answered"));

    let history = deck.run(["history", "#1001", "--json"]).ends(0).lines();
    assert_eq!(history.len(), 2);
    assert_eq!(history[0]["vendor"], "voucherify");
    assert_eq!(history[0]["outcome"], "imported");
    assert_eq!(history[0]["job"]["status"], "DONE");
    assert_eq!(
        history[0]["exchanges"][0]["exchange"],
        history[0]["exchange"]
    );
    assert_eq!(history[1]["outcome"], "accepted");
    let unknown = deck.run(["history", "#9"]).ends(0);
    assert!(
        unknown.stderr.contains("no run from here"),
        "{}",
        unknown.stderr
    );

    for command in ["runs", "status", "tail", "jobs"] {
        let said = deck.run([command]).ends(0);
        assert!(
            said.text().contains("sandbox-") || said.text().contains("voucherify"),
            "{}",
            said.text()
        );
    }
}

#[test]
fn cancelling_by_id() {
    let deck = deck_with(3);
    let cancel = |vendor: &str, more: &[&str]| {
        let profile = format!("sandbox-{vendor}");
        let mut args = vec!["cancel", "--profile", &profile, "#1001", "--yes", "--json"];
        args.extend(more);
        deck.run(args)
    };
    // Kibo wants the whole order: neither a file nor the ledger has it yet.
    let refused = cancel("kibo", &[]).ends(3);
    assert!(
        refused.stderr.contains("id alone is not enough"),
        "{}",
        refused.stderr
    );
    // Project Agora has no way at all, and says so.
    cancel("project-agora", &[])
        .ends(3)
        .complains(&["no way to cancel"]);
    assert!(deck.run(["runs", "--json"]).lines().is_empty());

    for vendor in ["voucherify", "kameleoon", "kibo"] {
        submit(&deck, vendor, &["--yes"]).ends(0);
    }
    assert_eq!(
        count(&cancel("voucherify", &[]).ends(0).json(), "imported"),
        1
    );
    let sent = deck.run(["tail", "--json"]).lines().pop().unwrap();
    assert_eq!(sent["method"], "PUT");
    assert!(
        sent["url"]
            .as_str()
            .unwrap()
            .ends_with("/v1/orders/%231001"),
        "{sent}"
    );
    let told = cancel("kameleoon", &[]).ends(0);
    assert!(
        told.stderr.contains("#1001: last accepted at this account"),
        "{}",
        told.stderr
    );
    let by_ledger = cancel("kibo", &[]).ends(0);
    assert!(
        by_ledger.stderr.contains("was sent before"),
        "{}",
        by_ledger.stderr
    );
    let came = taken(&deck);
    for vendor in ["voucherify", "kameleoon", "kibo"] {
        assert_eq!(came[vendor]["cancelled"]["#1001"], 1, "{vendor}");
    }
}

#[test]
fn cancelling_many_ids_with_a_file() {
    let deck = deck_with(3);
    deck.file("ids.txt", "#1001\r\n\n #1002 \n#1001\n#9\n");
    let args = [
        "cancel",
        "--profile",
        "sandbox-kibo",
        "--ids-from",
        "ids.txt",
        "--file",
        "orders.csv",
        "--reason",
        "the shop closed",
        "--yes",
        "--json",
    ];
    // One of them is in no file and in no ledger.
    let said = deck.run(args).ends(1);
    assert!(
        said.stderr
            .contains("#9: never sent to this account from here; can't be cancelled"),
        "{}",
        said.stderr
    );
    assert!(
        said.stderr.contains(
            "#1002: never sent to this account from here; cancelled with the order in orders.csv"
        ),
        "{}",
        said.stderr
    );
    let status = said.json();
    assert_eq!(
        (status["orders"].as_u64(), count(&status, "accepted")),
        (Some(2), 2)
    );
    assert_eq!(status["choices"]["reason"], "the shop closed");
    // Kibo loads orders that are cancelled already: these two weren't there.
    let copies = &taken(&deck)["kibo"]["copies"];
    assert_eq!(*copies, json!({ "#1001": 1, "#1002": 1 }));
    let sent = deck.run(["history", "#1002", "--json"]).lines();
    assert_eq!(sent[0]["operation"], "cancel");
}

#[test]
fn exports_hold_the_source_and_the_outcome() {
    let deck = deck_with(3);
    submit(&deck, "voucherify", &["--yes"]).ends(0);
    deck.run(["export", "s1", "--to", "all.csv"]).ends(0);
    let path = deck.path("all.csv");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let mut table = csv::Reader::from_path(&path).unwrap();
    let header = table.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|column| column == name).unwrap();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 6);
    assert_eq!(&rows[1][column("Lineitem name")], "Plate");
    for row in &rows {
        assert_eq!(row[column("order")], row[column("Name")]);
        assert_eq!(&row[column("outcome")], "imported");
        assert_eq!(&row[column("run")], "s1");
    }
    // No spreadsheet takes a telephone number for a formula; what was guarded before is as it was.
    assert_eq!(&rows[0][column("Billing Phone")], "'+49 30 123456");
    assert_eq!(&rows[0][column("Billing Zip")], "'10115");
    // It is an order file itself: the same orders, and nothing has changed in them.
    let before = deck.run(["inspect", "orders.csv", "--json"]).ends(0).json();
    let after = deck.run(["inspect", "all.csv", "--json"]).ends(0).json();
    for member in ["orders", "items", "totals", "mapping"] {
        assert_eq!(before[member], after[member]);
    }
    let args = [
        "submit",
        "all.csv",
        "--profile",
        "sandbox-voucherify",
        "--yes",
        "--json",
    ];
    assert_eq!(count(&deck.run(args).ends(0).json(), "skipped"), 3);
    // An export of that has the columns once.
    deck.run(["export", "s2", "--to", "twice.csv"]).ends(0);
    let twice = csv::Reader::from_path(deck.path("twice.csv"))
        .unwrap()
        .headers()
        .unwrap()
        .clone();
    assert_eq!(twice, header);

    deck.run(["export", "s1", "--to", "all.csv"])
        .ends(2)
        .complains(&["--force"]);
    deck.run(["export", "s1", "--to", "all.csv", "--force"])
        .ends(0);
    deck.run(["export", "s1", "--to", "all.xlsx"])
        .ends(2)
        .complains(&[".csv, .json or .ndjson"]);

    deck.run(["export", "s1", "--to", "all.json"]).ends(0);
    let text = std::fs::read_to_string(deck.path("all.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 3);
    assert_eq!(all[0]["source"][0]["Billing Phone"], "+49 30 123456");
    assert_eq!(all[2]["outcome"], "imported");

    // Of a file that changed only the ledger is known.
    deck.file("orders.csv", orders_csv(2));
    let said = deck.run(["export", "s1", "--to", "ledger.csv"]).ends(0);
    assert!(
        said.stderr.contains("has changed since the run"),
        "{}",
        said.stderr
    );
    let ledger = std::fs::read_to_string(deck.path("ledger.csv")).unwrap();
    assert!(
        ledger.starts_with("order,outcome,reason,rule,vendor_id,exchange,run\n#1001,imported,"),
        "{ledger}"
    );
    assert_eq!(ledger.lines().count(), 4);
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

#[cfg(unix)]
#[test]
fn following_shows_what_comes_until_it_is_told_to_end() {
    let deck = deck_with(2);
    let home = deck.home.path();
    let mut tail = Terminal::start(&["tail", "--follow"], home, 160, 30);
    let mut jobs = Terminal::start(&["jobs", "--follow"], home, 160, 30);
    submit(&deck, "voucherify", &["--yes"]).ends(0);
    tail.until("/v1/orders/import");
    tail.until("/v1/async-actions/");
    jobs.until("DONE");
    for terminal in [&mut tail, &mut jobs] {
        terminal.keys("\u{3}");
        assert_eq!(terminal.exit_code(), 0);
    }
}
