//! The console and what happens to it while a run is under way (F-27 to F-29).

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::scene::{IN_TIME, eventually, hanging, is_stopped, slow};
use crate::stopping::{goes_on, stopped_in_order};
use crate::support::Deck;
use crate::support::sending::{Vendors, count, ledger_is_sound, until};
use crate::support::terminal::Terminal;

const OPEN: [&str; 3] = ["orders.csv", "--profile", "mine"];

/// A console that is sending that many orders.
fn sending(deck: &Deck, orders: u64, environment: &[(&str, &str)]) -> Terminal {
    let console = Terminal::start_with(&OPEN, environment, deck.home.path(), 120, 40);
    submitted(console, orders)
}

fn submitted(mut console: Terminal, orders: u64) -> Terminal {
    console.until(&format!("{orders} orders"));
    console.keys("s");
    console.until(&format!("Submit {orders}"));
    console.keys("\r");
    console.gone(&format!("Submit {orders}"));
    console
}

/// All orders are accepted, each came once, and the ledger is whole.
#[track_caller]
fn all_came_once(deck: &Deck, vendors: &Vendors, orders: u64) {
    let status = deck.run(["status", "1", "--json"]).ends(0).json();
    assert_eq!(count(&status, "accepted"), orders, "{status}");
    let taken = vendors.taken()["kibo"]["copies"].clone();
    let copies = taken.as_object().unwrap();
    assert_eq!(copies.len() as u64, orders);
    assert!(copies.values().all(|copies| *copies == 1));
    ledger_is_sound(&deck.data().join("ledger.sqlite"));
}

/// F-27: a signal ends the console in time, with requests that never come back; the terminal is as it was, and
/// the run goes on another day.
#[test]
fn f27_signals_end_the_console_in_order() {
    const ORDERS: u64 = 30;
    for signal in [Signal::TERM, Signal::HUP] {
        let deck = hanging(ORDERS as usize);
        let mut console = sending(&deck, ORDERS, &[]);
        until(&deck, "1", |status| count(status, "sending") > 0);
        let since = Instant::now();
        console.signal(signal);
        assert_eq!(console.exit_code(), 4, "{}", console.text());
        assert!(since.elapsed() < IN_TIME, "{:?}", since.elapsed());
        assert!(console.is_restored(), "{}", console.text());
        assert!(console.modes_are_restored());
        let status = stopped_in_order(&deck, ORDERS);
        goes_on(&deck, ORDERS, count(&status, "in-doubt"));
    }
}

/// F-27: the window is closed under the console.
#[test]
fn f27_a_closed_terminal_ends_the_console_in_order() {
    const ORDERS: u64 = 30;
    let deck = hanging(ORDERS as usize);
    let mut console = sending(&deck, ORDERS, &[]);
    until(&deck, "1", |status| count(status, "sending") > 0);
    let since = Instant::now();
    assert_eq!(console.close(), 4);
    assert!(since.elapsed() < IN_TIME, "{:?}", since.elapsed());
    let status = stopped_in_order(&deck, ORDERS);
    goes_on(&deck, ORDERS, count(&status, "in-doubt"));
}

/// F-27: ctrl-c stops the run and leaves the console; a second one leaves at once.
#[test]
fn f27_ctrl_c_in_the_console_stops_and_a_second_one_leaves_at_once() {
    const ORDERS: u64 = 60;
    let (deck, vendors) = slow("kibo", ORDERS as usize, "100ms");
    let mut console = sending(&deck, ORDERS, &[]);
    until(&deck, "1", |status| count(status, "accepted") > 0);
    console.keys("\u{3}");
    console.until("run 1 is stopped");
    let status = deck.run(["status", "1", "--json"]).ends(0).json();
    assert_eq!(status["state"], "stopped");
    assert!(count(&status, "pending") > 0, "stopped too late: {status}");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_restored());
    deck.run(["resume", "1"]).ends(0);
    all_came_once(&deck, &vendors, ORDERS);

    let deck = hanging(ORDERS as usize);
    let mut console = sending(&deck, ORDERS, &[]);
    until(&deck, "1", |status| count(status, "sending") > 0);
    console.keys("\u{3}");
    console.until("ctrl-c again leaves at once");
    let since = Instant::now();
    console.keys("\u{3}");
    assert_eq!(console.exit_code(), 4);
    assert!(
        since.elapsed() < Duration::from_secs(3),
        "{:?}",
        since.elapsed()
    );
    assert!(console.is_restored());
    assert!(console.modes_are_restored());
    let status = deck.run(["status", "1", "--json"]).ends(0).json();
    assert_eq!(status["state"], "stopped", "{status}");
    let doubtful = count(&status, "sending") + count(&status, "in-doubt");
    assert!(doubtful > 0, "{status}");
    goes_on(&deck, ORDERS, doubtful);
}

/// F-28: ctrl-z gives the terminal to the shell; `fg` brings the screen back, and the run goes on to its end.
#[test]
fn f28_put_to_sleep_by_ctrl_z_and_brought_back_by_fg() {
    const ORDERS: u64 = 60;
    let (deck, vendors) = slow("kibo", ORDERS as usize, "100ms");
    let script = r#""$ORDERDECK" orders.csv --profile mine; echo it is asleep; read line; fg; echo it is over"#;
    let console = Terminal::shell(script, deck.home.path(), 120, 40);
    let mut console = submitted(console, ORDERS);
    until(&deck, "1", |status| count(status, "accepted") > 0);
    console.keys("\u{1a}");
    console.until("it is asleep");
    assert!(console.is_restored(), "{}", console.text());
    assert!(console.modes_are_restored());
    // It keeps the account while it sleeps.
    let refused = deck.run(["resume", "1"]).ends(3);
    assert!(refused.stderr.contains("is sending"), "{}", refused.stderr);
    console.keys("\n");
    console.until("Runs");
    console.until("run 1 is finished");
    assert!(!console.is_restored());
    console.keys("q");
    console.until("it is over");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_restored());
    assert!(console.modes_are_restored());
    all_came_once(&deck, &vendors, ORDERS);
}

/// F-28: stopped and woken by somebody else, it takes its screen again.
#[test]
fn f28_stopped_and_woken_from_outside() {
    const ORDERS: u64 = 60;
    let (deck, vendors) = slow("kibo", ORDERS as usize, "100ms");
    let console = sending(&deck, ORDERS, &[]);
    until(&deck, "1", |status| count(status, "accepted") > 0);
    console.signal(Signal::STOP);
    eventually("asleep", || is_stopped(console.id()));
    assert_eq!(console.times_written("\u{1b}[?1049h"), 1);
    console.signal(Signal::CONT);
    eventually("taken over again", || {
        console.times_written("\u{1b}[?1049h") == 2
    });
    console.until("run 1 is finished");
    console.signal(Signal::TERM);
    let mut console = console;
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_restored());
    all_came_once(&deck, &vendors, ORDERS);
}

/// F-28: the window changes its size all the time, down to one cell; sending goes on, and what is on the screen in
/// the end is what belongs there.
#[test]
fn f28_a_storm_of_sizes_down_to_one_cell() {
    const ORDERS: u64 = 60;
    let (deck, vendors) = slow("kibo", ORDERS as usize, "200ms");
    let mut console = sending(&deck, ORDERS, &[]);
    let sizes = [
        (1, 1),
        (300, 100),
        (2, 40),
        (80, 24),
        (79, 23),
        (10, 1),
        (1, 50),
        (200, 24),
    ];
    for round in 0..12_u16 {
        for (columns, rows) in sizes {
            console.resize(columns + round % 2, rows);
            if round % 3 == 0 {
                console.keys("123456"[usize::from(round / 3 % 6)..].get(..1).unwrap());
            }
            std::thread::sleep(Duration::from_millis(u64::from(round)));
        }
    }
    let status = deck.run(["status", "1", "--json"]).ends(0).json();
    assert_eq!(status["state"], "running", "the storm was too short");
    console.keys("3");
    console.resize(120, 40);
    console.until("run 1 is finished");
    until(&deck, "1", |status| status["state"] == "finished");
    // Drawn whole, it looks the same.
    let as_it_came = settled(&console);
    let cleared = console.times_written("\u{1b}[2J");
    console.keys("\u{1b}[15~");
    eventually("drawn whole", || {
        console.times_written("\u{1b}[2J") > cleared
    });
    assert_eq!(settled(&console), as_it_came);
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_restored());
    all_came_once(&deck, &vendors, ORDERS);
}

/// The lines of the screen, but for the last two, which have the news and the keys, when nothing has changed for a while.
fn settled(console: &Terminal) -> Vec<String> {
    let lines = || -> Vec<String> {
        let text = console.text();
        let lines = text.lines().take(38);
        lines.map(|line| line.trim_end().to_owned()).collect()
    };
    let mut now = lines();
    eventually("a quiet screen", || {
        std::thread::sleep(Duration::from_millis(700));
        let before = std::mem::replace(&mut now, lines());
        before == now
    });
    now
}

/// F-29: drawing fails while orders are being sent: the terminal is as it was, the fault is told, what was under
/// way is recorded, and the run goes on another day.
#[test]
fn f29_a_panic_while_drawing_gives_the_terminal_back_and_records_what_was_sent() {
    const ORDERS: u64 = 60;
    let (deck, vendors) = slow("kibo", ORDERS as usize, "100ms");
    let mut console = sending(&deck, ORDERS, &[("ORDERDECK_PANIC_IN", "Jobs")]);
    until(&deck, "1", |status| count(status, "accepted") > 0);
    console.keys("5");
    assert_eq!(console.exit_code(), 4);
    let said = console.text();
    assert!(console.is_restored(), "{said}");
    assert!(console.modes_are_restored());
    for words in [
        "a fault of the program",
        "Jobs failed,\\u{1b}[2J",
        "orderdeck resume",
    ] {
        assert!(said.contains(words), "{words} in {said}");
    }
    let status = deck.run(["status", "1", "--json"]).ends(0).json();
    assert_eq!(status["state"], "stopped", "{status}");
    assert_eq!(
        count(&status, "sending") + count(&status, "in-doubt"),
        0,
        "{status}"
    );
    assert!(count(&status, "pending") > 0, "failed too late: {status}");
    deck.run(["resume", "1"]).ends(0);
    all_came_once(&deck, &vendors, ORDERS);
}

/// F-29: work beside the screen fails: the console stays, says so, and tells the fault when it has left.
#[test]
fn f29_a_panic_beside_the_screen_leaves_the_console_as_it_is() {
    let (deck, _vendors) = slow("kibo", 3, "1ms");
    let wish = [("ORDERDECK_PANIC_IN", "the list of runs")];
    let mut console = Terminal::start_with(&OPEN, &wish, deck.home.path(), 120, 40);
    console.until("3 orders");
    console.keys("3");
    console.until("something went wrong inside");
    assert!(!console.is_restored());
    console.keys("1");
    console.until("#1003");
    assert!(!console.text().contains("a fault of the program"));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_restored());
    assert!(
        console.text().contains("a fault of the program"),
        "{}",
        console.text()
    );
}
