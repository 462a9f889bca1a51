//! What became of an order, in Orders: a refusal at its field, what was rejected sent again, its history.

use insta::assert_snapshot;

use crate::console::testing::{Harness, above_the_tail};
use crate::ledger::{Book, Ledger, Ledgers, OutcomeUpdate, RunId};
use crate::order::outcome::Outcome;

const WIDE: (u16, u16) = (120, 36);
const NARROW: (u16, u16) = (80, 24);

/// The reason that Voucherify gives for a batch of one.
const SAID: &str =
    "400 Invalid payload: Property .items[0].quantity cannot be higher than 1 (request v-1)";

/// Voucherify's sandbox got #1001 alone, and refused it with that reason.
fn refused(size: (u16, u16)) -> Harness {
    let mut harness = Harness::at_voucherify(size);
    harness.keys("space s enter");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
    let ledgers = Ledgers::new(harness.path().join("data"));
    let mut ledger = ledgers.open(Book::Sandbox).unwrap();
    let rows = ledger.outcomes(RunId(1), &[Outcome::Imported]).unwrap();
    let update = OutcomeUpdate {
        reason: Some(SAID.to_owned()),
        exchange: rows[0].update.exchange,
        ..OutcomeUpdate::new(rows[0].update.ordinal, Outcome::Rejected)
    };
    ledger.pretend(RunId(1), &[update]).unwrap();
    harness.again()
}

#[test]
fn a_refusal_of_one_order_stands_at_the_field_that_it_names_until_that_is_edited() {
    let mut harness = refused(WIDE);
    harness.keys("]").expect("1 error");
    harness.expect("VOU Voucherify said: Property .items[0].quantity");
    assert_snapshot!("refused-wide", above_the_tail(&mut harness));
    let error = harness.state.theme.error.fg;
    assert_eq!(harness.style_of("VOU Voucherify said").fg, error);
    // The next finding is that one, and the key for editing edits its field.
    harness.keys("n e").expect("Edit items/0/quantity");
    harness.keys("ctrl-u").text("1").keys("enter");
    harness.absent("Voucherify said");
    harness.keys("u").expect("Voucherify said");

    // Nor does it stand there for another account, or when it was taken.
    harness
        .keys("]")
        .absent("Voucherify said")
        .keys("[ s enter");
    harness.until(|state| state.runs.active.is_empty() && state.runs.list.len() == 2);
    harness.keys("1").absent("Voucherify said");
    let mut harness = refused(NARROW);
    harness.keys("]");
    assert_snapshot!("refused-narrow", above_the_tail(&mut harness));
}

#[test]
fn what_was_rejected_is_sent_again_by_one_key() {
    let mut harness = refused(WIDE);
    // Of all that are shown, and of what a filter shows.
    harness.keys("] r").expect("1 order ");
    harness
        .expect("What Voucherify rejected last of 4 in the file")
        .keys("esc");
    harness.keys("/").text("outcome:rejected").keys("enter");
    harness.expect("1 of 4").keys("r");
    harness.expect("rejected last of 1 shown by the filter");
    harness.keys("enter");
    harness.until(|state| state.runs.active.is_empty() && state.runs.list.len() == 2);
    let ledgers = Ledgers::new(harness.path().join("data"));
    let ledger = ledgers.open(Book::Sandbox).unwrap();
    let again = ledger.manifest(RunId(2)).unwrap();
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].key, "#1001");

    // Nothing is left to retry.
    harness.keys("1 esc r").expect("there is nothing to retry");
    harness.keys("enter esc");
    // The filter's palette entry knows it by its words.
    harness.keys(":").text("rejected").expect("retry-rejected");
}

#[test]
fn the_history_of_an_order_tells_what_changed_and_opens_exchanges() {
    for (name, size) in [("history-wide", WIDE), ("history-narrow", NARROW)] {
        let mut harness = Harness::at_voucherify(size);
        harness.keys("H").expect("was never sent");
        assert_snapshot!(format!("{name}-empty"), harness.screen());
        harness.keys("esc s enter");
        harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
        harness.keys("1 g tab");
        let lines = &harness.state.payload.lines;
        let line = lines
            .iter()
            .position(|line| line.pointer == "/items/0/quantity");
        harness.state.payload.cursor.at = line.unwrap();
        harness.keys("e ctrl-u").text("7").keys("enter s enter");
        harness.until(|state| state.runs.active.is_empty() && state.runs.list.len() == 2);
        harness.keys("1 H").expect("/items/0/quantity: 2 → 7");
        harness.expect("run s2").expect("run s1");
        let imported = harness.state.theme.outcome(Outcome::Imported).fg;
        assert_eq!(harness.style_of("imported").fg, imported);

        // From Responses too: of a request of several orders one chooses.
        harness.keys("esc 4 g");
        let list = &harness.state.responses.list;
        let several = list
            .iter()
            .rev()
            .position(|entry| entry.exchange.order_count == 2);
        harness.state.responses.cursor.at = several.unwrap();
        harness.keys("H").expect("Orders of a request of run s1");
        harness.keys("H").expect("History of #1001");
        harness.keys("down down enter").expect("Response · run s2");
    }
}
