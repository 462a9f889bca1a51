//! Outcomes by ranges: whatever is written in whatever order, each order has what was last told of it.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// How many orders the run of the property has.
const ORDERS: u32 = 24;

/// A word about some orders: from, how many, what, whether it has a reason of its own.
fn word() -> impl Strategy<Value = (u32, u32, Outcome, bool)> {
    let outcome = prop_oneof![
        Just(Outcome::Pending),
        Just(Outcome::Queued),
        Just(Outcome::Imported),
        Just(Outcome::Rejected),
        Just(Outcome::InDoubt),
        Just(Outcome::Skipped),
    ];
    (0..ORDERS, 1..ORDERS, outcome, any::<bool>())
}

fn rows(desk: &Desk) -> u64 {
    let count = desk
        .ledger
        .conn
        .query_row("SELECT count(*) FROM outcome", [], |row| row.get(0));
    count.unwrap()
}

#[test]
fn a_batch_with_one_answer_is_one_row() {
    let mut desk = Desk::new();
    let run = desk.begin(3000);
    let all: Vec<_> = (0..3000).collect();
    desk.sent_with(run, &all, Outcome::Queued);
    assert_eq!(rows(&desk), 1);
    let but_one: Vec<_> = all
        .iter()
        .map(|ordinal| {
            let outcome = if *ordinal == 1500 {
                Outcome::Rejected
            } else {
                Outcome::Imported
            };
            OutcomeUpdate::new(*ordinal, outcome)
        })
        .collect();
    desk.ledger.record_outcomes(run, &but_one).unwrap();
    assert_eq!(rows(&desk), 3);
    assert_eq!(desk.count(run, Outcome::Imported), 2999);
    assert_eq!(desk.last("#1500"), Some(Outcome::Rejected));
    assert_eq!(desk.last("#1501"), Some(Outcome::Imported));
    assert!(desk.ledger.check().unwrap().is_well());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_last_word_about_an_order_holds(words in prop::collection::vec(word(), 1..12)) {
        let mut desk = Desk::new();
        let run = desk.begin(ORDERS);
        let mut model: BTreeMap<u32, (Outcome, Option<String>)> = BTreeMap::new();
        for (number, (from, many, outcome, reason)) in words.into_iter().enumerate() {
            let to = (from + many).min(ORDERS);
            let updates: Vec<_> = (from..to)
                .map(|ordinal| OutcomeUpdate {
                    reason: reason.then(|| format!("word {number}")),
                    ..OutcomeUpdate::new(ordinal, outcome)
                })
                .collect();
            desk.ledger.pretend(run, &updates).unwrap();
            for update in updates {
                match outcome {
                    Outcome::Pending => model.remove(&update.ordinal),
                    _ => model.insert(update.ordinal, (outcome, update.reason)),
                };
            }
            let told: BTreeMap<_, _> = desk
                .ledger
                .outcomes(run, &[])
                .unwrap()
                .into_iter()
                .map(|row| {
                    assert_eq!(row.key, format!("#{}", row.update.ordinal));
                    (row.update.ordinal, (row.update.outcome, row.update.reason))
                })
                .collect();
            prop_assert_eq!(&told, &model);
        }
        let keys: Vec<String> = (0..ORDERS).map(|number| format!("#{number}")).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let last = desk.ledger.last_outcomes("acme", "kibo", &keys).unwrap();
        for (ordinal, last) in (0..).zip(last) {
            prop_assert_eq!(last, model.get(&ordinal).map(|it| it.0));
        }
        prop_assert_eq!(desk.ledger.check().unwrap().problems, Vec::<String>::new());
    }
}
