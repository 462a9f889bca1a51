//! Doubt by its keys.

use insta::assert_snapshot;

use crate::console::testing::Harness;
use crate::ledger::{Book, ExchangeId, Ledger, Ledgers, OutcomeUpdate, RunId, RunState};
use crate::order::outcome::Outcome;

const WIDE: (u16, u16) = (120, 36);
const NARROW: (u16, u16) = (80, 24);

/// A console in the Runs view whose run at Kibo's sandbox left two orders in doubt.
fn doubtful(size: (u16, u16)) -> Harness {
    let mut harness = Harness::with_orders(size);
    harness.keys("] ] ] s");
    println!("{}", harness.screen());
    harness.keys("enter");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
    let mut ledger = Ledgers::new(harness.path().join("data"))
        .open(Book::Sandbox)
        .unwrap();
    println!("{}", harness.screen());
    let updates = [0, 2].map(|ordinal| OutcomeUpdate {
        reason: Some("no answer came: connection lost after sending".to_owned()),
        exchange: Some(ExchangeId(2)),
        ..OutcomeUpdate::new(ordinal, Outcome::InDoubt)
    });
    ledger.pretend(RunId(1), &updates).unwrap();
    ledger
        .set_run_state(RunId(1), RunState::Finished, None)
        .unwrap();
    harness.keys("3");
    harness
}

#[test]
fn each_order_in_doubt_is_shown() {
    let mut harness = doubtful(WIDE);
    println!("{}", harness.screen());
    harness.keys("d");
    println!("{}", harness.screen());
    let mut harness = doubtful(NARROW);
    println!("{}", harness.screen());
    harness.keys("d");
    println!("{}", harness.screen());
    harness.keys("space enter");
    println!("{}", harness.screen());
    harness.keys("down enter");
    println!("{}", harness.screen());
    harness.text("called them").keys("enter");
    println!("{}", harness.screen());
    harness.keys("esc 1 H");
    println!("{}", harness.screen());
    assert_snapshot!("doubt-wide", harness.screen());
}
