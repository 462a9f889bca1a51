//! F-08: two processes on one ledger.

use rustix::process::Signal;
use serde_json::Value;

use crate::scene::{Beside, SUBMIT, slow};
use crate::support::Deck;
use crate::support::sending::{Vendors, count, ledger_is_sound, orders_csv, until};
use crate::support::terminal::Terminal;

/// Every order that the vendor has came once, and there are so many of them.
#[track_caller]
fn came_once(vendors: &Vendors, vendor: &str, orders: u64) {
    let taken = vendors.taken()[vendor]["copies"].clone();
    let copies = taken.as_object().unwrap();
    assert_eq!(copies.len() as u64, orders, "{vendor}");
    assert!(copies.values().all(|copies| *copies == 1), "{vendor}");
}

/// What the second one is told: who is sending, with what, in which run, since when.
#[track_caller]
fn names(said: &str, process: u32, run: &str) {
    for words in [
        "somebody else is sending",
        &format!("process {process} "),
        "profile \"mine\"",
        &format!("run \"{run}\""),
        "since 20",
    ] {
        assert!(said.contains(words), "{words} in {said}");
    }
}

/// F-08: whatever the second one wants to send to the account, it is refused and told who is sending; when that
/// one dies, the account is free.
#[test]
fn f08_the_second_sender_is_told_who_is_sending_until_that_one_dies() {
    const ORDERS: u64 = 80;
    let (deck, vendors) = slow("kibo", ORDERS as usize, "100ms");
    deck.file("others.csv", orders_csv(3).replace('#', "#b"));
    let first = Beside::begin(&deck, &SUBMIT);
    until(&deck, "1", |status| count(status, "accepted") > 0);
    let attempts: [&[&str]; 4] = [
        &SUBMIT,
        &["submit", "others.csv", "--profile", "mine", "--yes"],
        &["cancel", "#1001", "--profile", "mine", "--yes"],
        &["resume", "1"],
    ];
    for args in attempts {
        let refused = deck.run(args).ends(3);
        names(&refused.stderr, first.id(), "1");
    }
    let running = deck.run(["status", "1", "--json"]).ends(0).json();
    assert_eq!(running["state"], "running", "{running}");
    first.kill();

    let after = deck.run(["resume", "1", "--json"]);
    let after = after.json();
    let doubtful = count(&after, "in-doubt");
    assert_eq!(count(&after, "accepted") + doubtful, ORDERS, "{after}");
    let taken = vendors.taken()["kibo"]["copies"].clone();
    assert!(
        taken
            .as_object()
            .unwrap()
            .values()
            .all(|copies| *copies == 1)
    );
    deck.run(["submit", "others.csv", "--profile", "mine", "--yes"])
        .ends(0);
    ledger_is_sound(&deck.data().join("ledger.sqlite"));
}

/// F-08: two submits of one file at the same moment: one sends, the other is refused or finds all sent.
#[test]
fn f08_two_submits_at_the_same_moment_send_each_order_once() {
    const ORDERS: u64 = 20;
    let (deck, vendors) = slow("kibo", ORDERS as usize, "20ms");
    let racers: Vec<Beside> = (0..4).map(|_| Beside::begin(&deck, &SUBMIT)).collect();
    let mut sent = 0;
    for racer in racers {
        let (code, said, _) = racer.end();
        match code {
            Some(0) => sent += 1,
            Some(3) => assert!(said.contains("somebody else is sending"), "{said}"),
            other => panic!("{other:?}: {said}"),
        }
    }
    assert!(sent > 0);
    came_once(&vendors, "kibo", ORDERS);
    let runs = deck.run(["runs", "--json"]).ends(0).lines();
    let accepted: u64 = runs.iter().map(|run| count(run, "accepted")).sum();
    assert_eq!(accepted, ORDERS);
    ledger_is_sound(&deck.data().join("ledger.sqlite"));
}

/// F-08: accounts are independent of each other, though their runs are in one ledger.
#[test]
fn f08_four_accounts_are_sent_to_at_the_same_time() {
    const ORDERS: u64 = 40;
    const VENDORS: [(&str, &str); 4] = [
        ("kameleoon", "accepted"),
        ("voucherify", "imported"),
        ("project-agora", "imported"),
        ("kibo", "accepted"),
    ];
    let deck = Deck::new();
    deck.file("orders.csv", orders_csv(ORDERS as usize));
    let vendors = Vendors::start(&deck.path("vendors"), std::time::Duration::from_millis(200));
    let profiles: String = VENDORS
        .iter()
        .map(|(vendor, _)| {
            let batch = match *vendor {
                "kibo" => "",
                "project-agora" => "batch_size = 2\ngtin_prefix = \"shop\"\n",
                _ => "batch_size = 2\n",
            };
            vendors.profile(vendor, vendor, "test") + batch
        })
        .collect();
    deck.profiles(&profiles);
    let senders: Vec<Beside> = VENDORS
        .iter()
        .map(|(vendor, _)| {
            Beside::begin(
                &deck,
                &["submit", "orders.csv", "--profile", vendor, "--yes"],
            )
        })
        .collect();
    for sender in senders {
        let (code, said, _) = sender.end();
        assert_eq!(code, Some(0), "{said}");
    }
    let runs = deck.run(["runs", "--json"]).ends(0).lines();
    assert_eq!(runs.len(), VENDORS.len());
    for (vendor, outcome) in VENDORS {
        let run: &Value = runs.iter().find(|run| run["vendor"] == vendor).unwrap();
        assert_eq!(count(run, outcome), ORDERS, "{run}");
        came_once(&vendors, vendor, ORDERS);
    }
    ledger_is_sound(&deck.data().join("ledger.sqlite"));
}

/// F-08: the console is a sender like any other: a command is refused while it sends, and it while a command does.
#[test]
fn f08_console_and_command_don_t_send_to_one_account_at_once() {
    const ORDERS: u64 = 60;
    let (deck, vendors) = slow("kibo", ORDERS as usize, "100ms");
    let args = ["orders.csv", "--profile", "mine"];
    let mut console = Terminal::start(&args, deck.home.path(), 120, 40);
    console.until("60 orders");
    console.keys("s");
    console.until("Submit 60");

    let first = Beside::begin(&deck, &[&SUBMIT[..], &["--limit", "30"]].concat());
    until(&deck, "1", |status| count(status, "accepted") > 0);
    console.keys("\r");
    console.until("somebody else is sending");
    console.until(&first.id().to_string());
    let (code, said, _) = first.end();
    assert_eq!(code, Some(0), "{said}");

    console.keys("\u{1b}");
    console.gone("Submit 60");
    console.keys("s");
    console.until("Submit 30");
    console.keys("\r");
    until(&deck, "2", |status| count(status, "accepted") > 0);
    let refused = deck.run([&SUBMIT[..], &["--resend"]].concat()).ends(3);
    names(&refused.stderr, console.id(), "2");
    console.until("run 2 is finished");
    console.signal(Signal::TERM);
    assert_eq!(console.exit_code(), 0);
    came_once(&vendors, "kibo", ORDERS);
    ledger_is_sound(&deck.data().join("ledger.sqlite"));
}

/// F-08: who can't look at the lock doesn't say that the run's process died.
#[test]
fn f08_a_lock_that_can_t_be_looked_at_proves_no_death() {
    let (deck, _vendors) = slow("kibo", 60, "100ms");
    let first = Beside::begin(&deck, &SUBMIT);
    until(&deck, "1", |status| count(status, "accepted") > 0);
    first.kill();
    let died = deck.run(["status", "1"]).ends(0);
    assert!(died.text().contains("its process died"), "{}", died.text());

    let locks = deck.data().join("locks");
    let lock = std::fs::read_dir(&locks)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    std::fs::remove_file(&lock).unwrap();
    std::os::unix::fs::symlink(&lock, &lock).unwrap();
    let unknown = deck.run(["status", "1"]).ends(0);
    assert!(
        unknown.text().contains("can't be told"),
        "{}",
        unknown.text()
    );
    assert!(!unknown.text().contains("died"), "{}", unknown.text());
    deck.run(["resume", "1"]).ends(3);
}

/// F-08: several retry the same orders, or say what became of them, at the same moment: it is done once.
#[test]
fn f08_retries_and_words_at_the_same_moment_count_once() {
    const ORDERS: u64 = 6;
    let deck = Deck::new();
    deck.file("orders.csv", orders_csv(ORDERS as usize));
    let vendors = Vendors::failing(
        &deck.path("vendors"),
        "kibo:400@1-3,kibo:drop-before@4-6,kibo:latency=20ms",
    );
    deck.profiles(&(vendors.profile("mine", "kibo", "test") + "concurrency = 1\n"));
    deck.run(SUBMIT).ends(5);
    let status = deck.run(["status", "1", "--json"]).ends(0).json();
    assert_eq!(
        (count(&status, "rejected"), count(&status, "in-doubt")),
        (3, 3),
        "{status}"
    );

    let retry = ["retry", "1", "--yes"];
    let racers: Vec<Beside> = (0..3).map(|_| Beside::begin(&deck, &retry)).collect();
    for racer in racers {
        let (code, said, _) = racer.end();
        assert!(matches!(code, Some(0 | 3)), "{code:?}: {said}");
    }
    came_once(&vendors, "kibo", 3);

    // The one says that they arrived, the other that they didn't: one of them is told that it is too late.
    let words = ["--arrived", "--not-arrived"];
    let racers = words.map(|word| Beside::begin(&deck, &["settle", "1", word, "--yes"]));
    let ends = racers.map(Beside::end);
    let won = |said: &str| said.contains("recorded of");
    let first = ends.iter().position(|(_, said, _)| won(said));
    let late: Vec<_> = ends.iter().filter(|(_, said, _)| !won(said)).collect();
    assert_eq!(late.len(), 1, "{ends:?}");
    for (code, said, _) in late {
        // 2: no longer in doubt; 3: somebody else has the account; else it looked when all was over.
        let is_told = matches!(code, Some(2 | 3)) || said.contains("no order is in doubt");
        assert!(is_told, "{code:?}: {said}");
    }
    let status = deck.run(["status", "1", "--json"]).ends(0).json();
    let settled = if first == Some(0) {
        "accepted"
    } else {
        "pending"
    };
    assert_eq!(
        (count(&status, "in-doubt"), count(&status, settled)),
        (0, 3),
        "{status}"
    );
    ledger_is_sound(&deck.data().join("ledger.sqlite"));
}
