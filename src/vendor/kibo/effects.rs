//! What happens beside the import, in plain words with counts.

use crate::order::outcome::Operation;
use crate::vendor::words::{counted, thousands};
use crate::vendor::{Facts, SideEffect, Tally};

use super::fields::{EMAIL, IS_TEST_ORDER, ORDER_STATUS, SEND_EMAIL, USE_INVENTORY};

const E_MAILS: &str = "e-mails";
const CUSTOMERS: &str = "customers";
const READY: &str = "ready";
const INVENTORY: &str = "inventory";
const TESTS: &str = "tests";

/// Counts what [`words`] speaks of.
pub fn count(facts: &Facts, tally: &mut Tally) {
    tally.orders += 1;
    for (name, counts) in [
        (E_MAILS, facts.boolean(SEND_EMAIL, None) == Some(true)),
        (READY, facts.text(ORDER_STATUS, None) == Some("READY")),
        (INVENTORY, facts.boolean(USE_INVENTORY, None) == Some(true)),
        (TESTS, facts.boolean(IS_TEST_ORDER, None) == Some(true)),
    ] {
        if counts {
            tally.add(name);
        }
    }
    if facts.boolean(SEND_EMAIL, None) == Some(true) {
        // Without an address nobody can be told apart: somebody new each time.
        let unnamed = || format!("\n{}", tally.count(E_MAILS));
        let address = facts.text(EMAIL, None);
        let address = address.map_or_else(unnamed, str::to_lowercase);
        tally.meet(CUSTOMERS, &address);
    }
}

/// The words.
pub fn words(operation: Operation, tally: &Tally) -> Vec<SideEffect> {
    let mut effects = Vec::new();
    let mut say = |warning: bool, text: String| effects.push(SideEffect { text, warning });
    match tally.count(E_MAILS) {
        0 => say(
            false,
            "No e-mail to customers: sendEmail is false in every order.".into(),
        ),
        count => say(
            true,
            format!(
                "{} will get e-mail about {} old {}.",
                counted(tally.distinct(CUSTOMERS), "customer"),
                thousands(count),
                if count == 1 { "order" } else { "orders" }
            ),
        ),
    }
    let ready = tally.count(READY);
    if ready > 0 {
        say(
            true,
            format!(
                "{} will arrive as READY: still to be fulfilled.",
                orders(ready)
            ),
        );
    }
    let inventory = tally.count(INVENTORY);
    if inventory > 0 {
        let text = format!("{} marked as inventory orders.", orders(inventory));
        say(false, text);
    }
    let tests = tally.count(TESTS);
    if tests > 0 {
        say(false, format!("{} marked as test orders.", orders(tests)));
    }
    if operation == Operation::Cancel {
        say(
            true,
            "Each order is sent again, whole, as CANCELLED under its own externalOrderID: what Kibo makes of one that it has already is not documented.".into(),
        );
    }
    say(
        false,
        "An order whose answer is lost stays in doubt until you decide: what Kibo makes of a second copy is not documented.".into(),
    );
    effects
}

fn orders(count: u64) -> String {
    counted(count, "order")
}
