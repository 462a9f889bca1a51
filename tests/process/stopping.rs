//! F-27 for commands: asked to end, they take nothing new, and finish or record what is under way in time.

use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::scene::{Beside, IN_TIME, SUBMIT, hanging, hanging_at_the_token, slow};
use crate::support::Deck;
use crate::support::sending::{Vendors, count, ledger_is_sound, orders_csv, until};
use crate::support::terminal::Terminal;

const ASKING: [Signal; 3] = [Signal::TERM, Signal::HUP, Signal::INT];

/// F-27: while a file is still read there is nothing to finish, and that is said.
#[test]
fn f27_asked_to_end_while_the_file_is_read_nothing_is_begun() {
    for signal in ASKING {
        let deck = Deck::new();
        let mut submit = deck
            .command(["submit", "-", "--profile", "sandbox-kibo", "--yes"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        // It never comes to its end, and it is read as far as it goes: a pipe holds less.
        let mut pipe = submit.stdin.take().unwrap();
        pipe.write_all(orders_csv(2000).as_bytes()).unwrap();
        kill_process(Pid::from_child(&submit), signal).unwrap();
        let ended = submit.wait_with_output().unwrap();
        drop(pipe);
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(4), "{signal:?}: {said}");
        assert!(said.contains("nothing was sent"), "{said}");
        assert!(deck.run(["runs", "--json"]).ends(0).lines().is_empty());
    }
}

/// F-27: nor at the question whether to send.
#[test]
fn f27_ctrl_c_at_the_question_sends_nothing() {
    let deck = Deck::new();
    deck.file("orders.csv", orders_csv(3));
    let args = ["submit", "orders.csv", "--profile", "sandbox-kibo"];
    let mut terminal = Terminal::start(&args, deck.home.path(), 120, 30);
    terminal.until("Send?");
    terminal.keys("\u{3}");
    terminal.until("nothing was sent");
    assert_eq!(terminal.exit_code(), 4);
    assert!(terminal.modes_are_restored());
    assert!(deck.run(["runs", "--json"]).ends(0).lines().is_empty());
}

/// The run is stopped, what was under way is in doubt, and nothing else is.
#[track_caller]
pub fn stopped_in_order(deck: &Deck, orders: u64) -> Value {
    let status = deck.run(["status", "1", "--json"]).ends(0).json();
    assert_eq!(status["state"], "stopped", "{status}");
    assert_eq!(count(&status, "sending"), 0, "{status}");
    let (pending, doubtful) = (count(&status, "pending"), count(&status, "in-doubt"));
    assert!(pending > 0 && doubtful > 0, "{status}");
    assert_eq!(pending + doubtful, orders, "{status}");
    status
}

/// Another process goes on with the run at a vendor that answers: what was in doubt stays so, as Kibo can't be
/// asked, and each of the others is sent once.
#[track_caller]
pub fn goes_on(deck: &Deck, orders: u64, doubtful: u64) {
    let vendors = Vendors::start(&deck.path("vendors"), Duration::ZERO);
    deck.profiles(
        &vendors
            .profile("mine", "kibo", "test")
            .replace("requests_per_minute = 0\n", ""),
    );
    let resumed = deck.run(["resume", "1", "--json"]);
    let status = resumed.json();
    assert_eq!(count(&status, "in-doubt"), doubtful, "{status}");
    assert_eq!(count(&status, "accepted"), orders - doubtful, "{status}");
    let taken = vendors.taken()["kibo"].clone();
    let copies = taken["copies"].as_object().unwrap();
    assert_eq!(copies.len() as u64, orders - doubtful);
    assert!(copies.values().all(|copies| *copies == 1));
    ledger_is_sound(&deck.data().join("ledger.sqlite"));
}

/// F-27: requests that a vendor never answers are given up in time, recorded as doubt, and the run goes on
/// another day.
#[test]
fn f27_requests_that_hang_are_recorded_and_the_run_can_be_resumed() {
    const ORDERS: usize = 30;
    for signal in [Signal::TERM, Signal::HUP] {
        let deck = hanging(ORDERS);
        let submit = Beside::begin(&deck, &SUBMIT);
        until(&deck, "1", |status| count(status, "sending") > 0);
        submit.signal(signal);
        let (code, said, took) = submit.end();
        assert_eq!(code, Some(4), "{said}");
        assert!(took < IN_TIME, "{signal:?} took {took:?}");
        let status = stopped_in_order(&deck, ORDERS as u64);
        goes_on(&deck, ORDERS as u64, count(&status, "in-doubt"));
    }
}

/// F-27: a question that hangs carries no orders: none is in doubt.
#[test]
fn f27_a_token_that_never_comes_leaves_nothing_in_doubt() {
    let deck = hanging_at_the_token(3);
    let submit = Beside::begin(&deck, &SUBMIT);
    until(&deck, "1", |status| status["exchanges"] == 1);
    submit.signal(Signal::TERM);
    let (code, said, took) = submit.end();
    assert_eq!(code, Some(4), "{said}");
    assert!(took < IN_TIME, "{took:?}");
    let status = deck.run(["status", "1", "--json"]).ends(0).json();
    assert_eq!(count(&status, "pending"), 3, "{status}");
    goes_on(&deck, 3, 0);
}

/// F-27: the window of a terminal is closed while a submit is under way.
#[test]
fn f27_a_closed_terminal_stops_a_submit() {
    const ORDERS: usize = 30;
    let deck = hanging(ORDERS);
    let mut terminal = Terminal::start(&SUBMIT, deck.home.path(), 100, 30);
    until(&deck, "1", |status| count(status, "sending") > 0);
    let since = Instant::now();
    assert_eq!(terminal.close(), 4);
    assert!(since.elapsed() < IN_TIME, "{:?}", since.elapsed());
    let status = stopped_in_order(&deck, ORDERS as u64);
    goes_on(&deck, ORDERS as u64, count(&status, "in-doubt"));
}

/// F-27: a resumed run and a cancellation end as well as a submit does.
#[test]
fn f27_resume_and_cancel_stop_in_order() {
    const ORDERS: u64 = 60;
    let (deck, vendors) = slow("kibo", ORDERS as usize, "100ms");
    let submit = Beside::begin(&deck, &SUBMIT);
    until(&deck, "1", |status| count(status, "accepted") > 0);
    submit.signal(Signal::TERM);
    assert_eq!(submit.end().0, Some(4));
    let first = deck.run(["status", "1", "--json"]).ends(0).json();
    let before = count(&first, "accepted");
    assert_eq!(before + count(&first, "pending"), ORDERS, "{first}");

    let resume = Beside::begin(&deck, &["resume", "1"]);
    until(&deck, "1", |status| count(status, "accepted") > before);
    resume.signal(Signal::TERM);
    assert_eq!(resume.end().0, Some(4));
    let second = deck.run(["status", "1", "--json"]).ends(0).json();
    assert_eq!(second["state"], "stopped");
    assert_eq!(
        count(&second, "accepted") + count(&second, "pending"),
        ORDERS
    );

    let last = deck.run(["resume", "1", "--json"]).ends(0).json();
    assert_eq!(count(&last, "accepted"), ORDERS);
    let taken = vendors.taken()["kibo"]["copies"].clone();
    let copies = taken.as_object().unwrap();
    assert_eq!(copies.len() as u64, ORDERS);
    assert!(copies.values().all(|copies| *copies == 1));

    let ids: Vec<String> = (1001..1001 + ORDERS).map(|id| format!("#{id}")).collect();
    let mut args = vec!["cancel", "--profile", "mine", "--yes"];
    args.extend(ids.iter().map(String::as_str));
    let cancel = Beside::begin(&deck, &args);
    until(&deck, "2", |status| count(status, "accepted") > 0);
    cancel.signal(Signal::TERM);
    assert_eq!(cancel.end().0, Some(4));
    let status = deck.run(["status", "2", "--json"]).ends(0).json();
    assert_eq!(status["state"], "stopped");
    let status = deck.run(["resume", "2", "--json"]).ends(0).json();
    assert_eq!(count(&status, "accepted"), ORDERS, "{status}");
}
