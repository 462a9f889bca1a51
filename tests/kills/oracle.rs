//! What must hold when a round is over, however often the process died in it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::round::Operator;
use crate::support::sending::{count, ledger_is_sound};

/// Outcomes that say that the vendor has the order.
const TAKEN: [&str; 2] = ["accepted", "imported"];

/// What was counted, over as many rounds as there were.
#[derive(Debug, Default, Clone, Copy)]
pub struct Figures {
    pub rounds: u64,
    pub kills: u64,
    pub orders: u64,
    /// Orders that a vendor took more than once although that isn't harmless there. Must be none.
    pub doubles: u64,
    /// Orders that a vendor took more than once where its page says that this is harmless.
    pub repeats: u64,
    /// Orders that the ledger calls taken and the vendor doesn't have, or refused and the vendor has, or of
    /// which nothing is known. Must be none.
    pub losses: u64,
    /// Orders that honestly ended in doubt.
    pub doubts: u64,
}

impl Figures {
    pub fn add(&mut self, other: Self) {
        self.rounds += other.rounds;
        self.kills += other.kills;
        self.orders += other.orders;
        self.doubles += other.doubles;
        self.repeats += other.repeats;
        self.losses += other.losses;
        self.doubts += other.doubts;
    }
}

/// Compares a round that is over with what the vendor has. `sound` looks through the ledger's file as well.
pub fn judge(operator: &Operator, round: usize, sound: bool) -> Figures {
    let status = operator.status(round);
    let orders = operator.orders as u64;
    assert_eq!(status["state"], "finished", "{status}");
    for open in ["pending", "sending", "queued"] {
        assert_eq!(count(&status, open), 0, "{status}");
    }
    let outcomes = outcomes(operator, status["run"].as_str().unwrap());
    assert_eq!(
        outcomes.len() as u64,
        orders,
        "an order has no outcome, or two"
    );
    let sums = status["outcomes"].as_object().unwrap();
    let sum: u64 = sums.values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(sum, orders, "{status}");
    for (outcome, count) in sums {
        let counted = outcomes.values().filter(|it| *it == outcome).count() as u64;
        assert_eq!(
            *count, counted,
            "the export and the status differ: {status}"
        );
    }

    let taken = operator.vendors.taken();
    let copies = &taken[operator.vendor]["copies"];
    let mut figures = Figures {
        rounds: 1,
        orders,
        doubts: count(&status, "in-doubt"),
        ..Figures::default()
    };
    for (key, outcome) in &outcomes {
        let copies = copies[key].as_u64().unwrap_or(0);
        if copies > 1 && operator.vendor == "kameleoon" {
            figures.repeats += 1;
        } else if copies > 1 {
            figures.doubles += 1;
        }
        let is_taken = TAKEN.contains(&outcome.as_str());
        if is_taken != (copies > 0) && outcome != "in-doubt" {
            figures.losses += 1;
        }
    }
    if sound {
        ledger_is_sound(&operator.deck.data().join("ledger.sqlite"));
    }
    assert_eq!(
        figures.doubles, 0,
        "{}: {copies} {outcomes:?}",
        operator.vendor
    );
    assert_eq!(
        figures.losses, 0,
        "{}: {copies} {outcomes:?}",
        operator.vendor
    );
    figures
}

/// What the ledger says of each order of a run.
fn outcomes(operator: &Operator, run: &str) -> BTreeMap<String, String> {
    let file = operator.deck.path("outcomes.ndjson");
    let path = file.to_str().unwrap();
    operator
        .deck
        .run(["export", run, "--to", path, "--force"])
        .ends(0);
    std::fs::read_to_string(&file)
        .unwrap()
        .lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            (text("order"), text("outcome"))
        })
        .collect()
}
