//! Going on with a run another day: only with what it was decided on, by another process, each order once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::ops::ControlFlow;
use std::path::PathBuf;

use orderdeck::deck::Deck as File;
use orderdeck::ledger::Book;
use orderdeck::order::Field;
use orderdeck::profile::Directories;
use orderdeck::workspace::Workspace;
use serde_json::Value;
use support::Deck;
use support::sending::{
    Vendors, begin, count, ledger_is_sound, misbehaving, orders_csv, terminate, until,
};

const ORDERS: u64 = 30;

/// A run at Kibo that was stopped in the middle, decided on with a mapping of the operator's own.
struct Stopped {
    deck: Deck,
    vendors: Vendors,
    profile: String,
    mapping: PathBuf,
}

impl Stopped {
    fn new() -> Self {
        Self::with("", &[])
    }

    /// With this in its mapping too, and these arguments.
    fn with(mapping: &str, further: &[&str]) -> Self {
        let deck = Deck::new();
        deck.file("people.csv", "email;phone\nada@example.com;1\n");
        deck.file("orders.csv", orders_csv(ORDERS as usize));
        let shipped = deck.run(["mapping", "show", "shopify-csv"]).ends(0);
        let mapping = deck.file(
            "mine.toml",
            shipped
                .text()
                .replace("name = \"shopify-csv\"", "name = \"mine\"")
                + mapping,
        );
        let vendors = Vendors::failing(&deck.path("vendors"), "kibo:latency=80ms");
        let profile = vendors.profile("mine", "kibo", "test");
        deck.profiles(&profile);
        let args = [
            "submit",
            "orders.csv",
            "--profile",
            "mine",
            "--mapping",
            "mine.toml",
            "--yes",
        ];
        let args = [&args[..], further].concat();
        let mut submit = begin(&deck, &args);
        until(&deck, "1", |status| count(status, "accepted") > 0);
        terminate(&submit);
        assert_eq!(submit.wait().unwrap().code(), Some(4));
        let stopped = Self {
            deck,
            vendors,
            profile,
            mapping,
        };
        let status = stopped.status();
        assert!(count(&status, "pending") > 0, "stopped too late: {status}");
        stopped
    }

    fn status(&self) -> Value {
        self.deck.run(["status", "1", "--json"]).ends(0).json()
    }

    /// `resume` refuses, says that this changed, and leaves everything as it is.
    #[track_caller]
    fn is_refused(&self, changed: &str) {
        let before = self.status();
        let refused = self.deck.run(["resume", "1"]).ends(3);
        assert!(
            refused.stderr.contains(changed),
            "{changed} in {}",
            refused.stderr
        );
        assert_eq!(self.status(), before);
    }

    /// With that in its profile, `resume` refuses and says that this changed.
    #[track_caller]
    fn is_refused_with(&self, was: &str, is: &str, changed: &str) {
        let other = self.profile.replace(was, is);
        assert_ne!(other, self.profile, "{was} isn't there");
        self.deck.profiles(&other);
        self.is_refused(changed);
        self.deck.profiles(&self.profile);
    }
}

#[test]
fn a_run_is_resumed_with_the_same_joined_file_only() {
    let join = "\n[join.people]\nkey = \"email\"\non = \"Email\"\nunmatched = \"ignore\"\n";
    let stopped = Stopped::with(join, &["--join", "people=people.csv"]);
    let people = std::fs::read(stopped.deck.path("people.csv")).unwrap();
    stopped
        .deck
        .file("people.csv", "email;phone\nada@example.com;2\n");
    stopped.is_refused("a file that the mapping joins");
    std::fs::remove_file(stopped.deck.path("people.csv")).unwrap();
    stopped.is_refused("people.csv");
    stopped.deck.file("people.csv", people);
    stopped.deck.run(["resume", "1"]).ends(0);
    assert_eq!(count(&stopped.status(), "pending"), 0);
}

/// Edits an order of the file as the console does, or undoes the last edit.
fn edit(deck: &Deck, key: &str, field: Field, text: &str) {
    let workspace = Workspace::at(Directories::at(deck.config(), deck.data()));
    let mut file = workspace
        .open_file(&deck.path("orders.csv"), None, &mut |_| {
            ControlFlow::Continue(())
        })
        .unwrap();
    workspace.load_edits(&mut file).unwrap();
    let place = file.find(key).unwrap();
    let order = file.order(place).unwrap();
    let edit = File::field_edit(&order, field, None, text).unwrap();
    let mut ledger = workspace.ledger(Book::Work).unwrap();
    file.make(&mut ledger, "test", vec![edit]).unwrap();
}

fn undo(deck: &Deck) {
    let workspace = Workspace::at(Directories::at(deck.config(), deck.data()));
    let mut file = workspace
        .open_file(&deck.path("orders.csv"), None, &mut |_| {
            ControlFlow::Continue(())
        })
        .unwrap();
    workspace.load_edits(&mut file).unwrap();
    let mut ledger = workspace.ledger(Book::Work).unwrap();
    file.undo(&mut ledger).unwrap();
}

#[test]
fn resume_refuses_whatever_is_not_what_was_decided_on_and_says_which() {
    let stopped = Stopped::new();
    let deck = &stopped.deck;

    let text = orders_csv(ORDERS as usize);
    deck.file("orders.csv", text.replace("ada1030@", "eve1030@"));
    stopped.is_refused("the source file");
    deck.file("orders.csv", &text);

    let mapping = std::fs::read_to_string(&stopped.mapping).unwrap();
    deck.file(
        "mine.toml",
        mapping.replace("note = \"Notes\"", "note = \"Tags\""),
    );
    stopped.is_refused("the mapping");
    std::fs::remove_file(&stopped.mapping).unwrap();
    stopped.is_refused("mine.toml");
    deck.file("mine.toml", mapping);

    edit(deck, "#1030", Field::CustomerEmail, "eve@example.com");
    stopped.is_refused("an edit");
    undo(deck);

    let settings = "requests_per_minute = 0\n";
    stopped.is_refused_with(
        settings,
        "requests_per_minute = 5000\n",
        "the profile's settings",
    );
    stopped.is_refused_with(
        "manufacturerID\" = ",
        "manufacturerID\" = 1",
        "the profile's settings",
    );
    stopped.is_refused_with(
        "environment = ",
        "currency = \"EUR\"\nenvironment = ",
        "the profile's settings",
    );
    stopped.is_refused_with(
        "environment = ",
        "account = \"other\"\nenvironment = ",
        "the account of the profile mine",
    );
    stopped.is_refused_with(
        "environment = \"test\"",
        "environment = \"live\"",
        "the environment of the profile mine",
    );
    stopped.is_refused_with(
        "environment = \"test\"",
        "environment = \"sandbox\"",
        "the environment of the profile mine",
    );
    stopped.is_refused_with("[profiles.mine]", "[profiles.other]", "mine");
    let kameleoon = stopped.vendors.profile("mine", "kameleoon", "test");
    deck.profiles(&kameleoon);
    stopped.is_refused("the vendor of the profile mine");

    // What may change: where the vendor is, and what it is asked with.
    deck.profiles(&stopped.profile);
    let status = deck.run(["resume", "1", "--json"]).ends(0).json();
    assert_eq!(count(&status, "accepted"), ORDERS, "{status}");
    let taken = stopped.vendors.taken()["kibo"]["copies"].clone();
    let copies = taken.as_object().unwrap();
    assert_eq!(copies.len() as u64, ORDERS);
    assert!(copies.values().all(|copies| *copies == 1));
    ledger_is_sound(&deck.data().join("ledger.sqlite"));
}

/// An edit gave the first order the id of another one, which is held back for it: a run that stopped before it
/// was sent goes on with the order that was decided on, not with the one whose own id that is.
#[test]
fn an_order_with_the_id_of_another_one_is_found_again() {
    let deck = Deck::new();
    deck.file("orders.csv", orders_csv(3));
    edit(&deck, "#1001", Field::Id, "#1003");
    edit(&deck, "#1001", Field::CustomerEmail, "eve@example.com");
    let vendors = Vendors::start(&deck.path("vendors"), std::time::Duration::ZERO);
    let profile = vendors.profile("mine", "kibo", "test");
    // Nothing listens there: the run stops with everything still to be sent.
    let tokens = profile
        .lines()
        .find(|line| line.starts_with("token_url"))
        .unwrap();
    let refusing = misbehaving(Some((401, "{}")));
    deck.profiles(&profile.replace(tokens, &format!("token_url = \"{refusing}/token\"")));
    let said = deck.run([
        "submit",
        "orders.csv",
        "--profile",
        "mine",
        "--yes",
        "--json",
    ]);
    let status = said.ends(3).json();
    assert_eq!(
        (count(&status, "pending"), count(&status, "blocked")),
        (2, 1),
        "{status}"
    );

    deck.profiles(&profile);
    let resumed = deck.run(["resume", "1", "--json"]).ends(1);
    let status = resumed.json();
    assert_eq!(
        (count(&status, "accepted"), count(&status, "blocked")),
        (2, 1),
        "{status}"
    );
    let copies = vendors.taken()["kibo"]["copies"].clone();
    assert_eq!(copies.as_object().unwrap().len(), 2, "{copies}");
    let sent = deck.run(["history", "#1003", "--json"]).ends(0);
    assert!(sent.text().contains("eve@example.com"), "{}", sent.text());
}

/// `status` of an old run names the run that settled its doubt, and the one that sent again what was rejected.
#[test]
fn an_old_run_names_those_that_settled_its_doubt_or_sent_it_again() {
    let deck = Deck::new();
    deck.file("orders.csv", orders_csv(4));
    let vendors = Vendors::failing(
        &deck.path("vendors"),
        "kibo:drop-before@1,kibo:drop-before@2,kibo:400@3",
    );
    let profile = vendors.profile("mine", "kibo", "test") + "concurrency = 1\n";
    deck.profiles(&profile);
    deck.run(["submit", "orders.csv", "--profile", "mine", "--yes"])
        .ends(5);
    let status = deck.run(["status", "1", "--json"]).ends(0).json();
    assert_eq!(
        (count(&status, "in-doubt"), count(&status, "rejected")),
        (2, 1),
        "{status}"
    );
    assert_eq!(status["since"], serde_json::json!([]));
    deck.run(["settle", "1", "--send-again", "--yes"]).ends(0);
    deck.run(["retry", "1", "--yes"]).ends(0);
    let old = deck.run(["status", "1"]).ends(0);
    for words in [
        "2 in-doubt, settled since by run 2: accepted there",
        "1 rejected, sent again by run 3: accepted there",
    ] {
        assert!(old.text().contains(words), "{words} in {}", old.text());
    }
    let status = deck.run(["status", "1", "--json"]).ends(0).json();
    // What the run itself ended with stays.
    assert_eq!(
        (count(&status, "in-doubt"), count(&status, "rejected")),
        (2, 1),
        "{status}"
    );
    assert_eq!(status["since"][0]["run"], "2");
    assert_eq!(status["since"][0]["orders"], 2);
    assert_eq!(status["since"][1]["outcome"], "rejected");
    let runs = deck.run(["status", "3", "--json"]).ends(0).json();
    assert_eq!(runs["since"], serde_json::json!([]));
}

#[test]
fn what_waits_of_a_pipe_is_said_to_need_a_file_which_then_sends_the_rest() {
    let deck = Deck::new();
    let text = orders_csv(ORDERS as usize);
    let vendors = Vendors::failing(&deck.path("vendors"), "kibo:latency=80ms");
    deck.profiles(&vendors.profile("mine", "kibo", "test"));
    let mut submit = deck
        .command(["submit", "-", "--profile", "mine", "--yes"])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = submit.stdin.take().unwrap();
    std::io::Write::write_all(&mut pipe, text.as_bytes()).unwrap();
    drop(pipe);
    until(&deck, "1", |status| count(status, "accepted") > 0);
    terminate(&submit);
    let said = support::Said::of(submit.wait_with_output().unwrap()).ends(4);
    let status = deck.run(["status", "1"]).ends(0);
    for stderr in [&said.stderr, &status.stderr] {
        assert!(stderr.contains("came from standard input"), "{stderr}");
        assert!(!stderr.contains("`orderdeck resume 1` goes on"), "{stderr}");
    }
    let refused = deck.run(["resume", "1"]).ends(3);
    let next = "save them to a file and `orderdeck submit` that";
    assert!(refused.stderr.contains(next), "{}", refused.stderr);

    deck.file("orders.csv", &text);
    let args = ["submit", "orders.csv", "--profile", "mine", "--yes"];
    deck.run(args).ends(0);
    let taken = vendors.taken()["kibo"]["copies"].clone();
    let copies = taken.as_object().unwrap();
    assert_eq!(copies.len() as u64, ORDERS);
    assert!(copies.values().all(|copies| *copies == 1), "{taken}");
}
