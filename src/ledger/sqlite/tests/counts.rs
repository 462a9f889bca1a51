//! Whatever happens, the counts of a run add up to its orders and its sums to the last digit.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::order::lifecycle::{Word, may_follow};

const ORDERS: u32 = 12;

#[derive(Debug, Clone)]
enum Step {
    Intend(Vec<Ordinal>),
    /// Ends one of the open exchanges; its orders get those outcomes, as far as they go.
    Answer(prop::sample::Index, Vec<Outcome>),
    Record(Ordinal, Outcome),
    Abandon,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let outcome = || prop::sample::select(Outcome::ALL.to_vec());
    prop_oneof![
        3 => prop::collection::vec(0..ORDERS, 0..5).prop_map(Step::Intend),
        3 => (any::<prop::sample::Index>(), prop::collection::vec(outcome(), 0..5))
            .prop_map(|(which, outcomes)| Step::Answer(which, outcomes)),
        3 => (0..ORDERS, outcome()).prop_map(|(ordinal, outcome)| Step::Record(ordinal, outcome)),
        1 => Just(Step::Abandon),
        1 => Just(Step::Reopen),
    ]
}

/// What the ledger should say: rows, and the open exchanges with their orders.
#[derive(Default)]
struct Model {
    rows: BTreeMap<Ordinal, Outcome>,
    open: Vec<(ExchangeId, Vec<Ordinal>)>,
}

impl Model {
    fn set(&mut self, ordinal: Ordinal, outcome: Outcome) {
        match outcome {
            Outcome::Pending | Outcome::Sending => self.rows.remove(&ordinal),
            _ => self.rows.insert(ordinal, outcome),
        };
    }

    /// Whether an order may become that: the rest of the same commit goes with it.
    fn allows(&self, ordinal: Ordinal, next: Outcome) -> bool {
        match self.rows.get(&ordinal) {
            Some(was) => may_follow(*was, next, Word::Run),
            None => [Outcome::Pending, Outcome::Sending]
                .into_iter()
                .any(|was| may_follow(was, next, Word::Run)),
        }
    }

    fn outcome(&self, ordinal: Ordinal) -> Outcome {
        let under_way = || {
            self.open
                .iter()
                .any(|(_, orders)| orders.contains(&ordinal))
        };
        match self.rows.get(&ordinal) {
            Some(outcome) => *outcome,
            None if under_way() => Outcome::Sending,
            None => Outcome::Pending,
        }
    }
}

fn priced(number: u32) -> ManifestEntry {
    ManifestEntry {
        total: (number % 4 != 3).then(|| Decimal::new(i64::from(number) * 1009 - 3000, number % 5)),
        currency: ["USD", "EUR", ""][number as usize % 3].to_owned(),
        ..entry(number)
    }
}

fn check(desk: &Desk, run: RunId, model: &Model) -> Result<(), TestCaseError> {
    let summary = desk.ledger.summary(run).unwrap();
    let mut counts: BTreeMap<Outcome, u64> = BTreeMap::new();
    let mut totals: BTreeMap<(String, Outcome), Decimal> = BTreeMap::new();
    for ordinal in 0..ORDERS {
        let outcome = model.outcome(ordinal);
        *counts.entry(outcome).or_default() += 1;
        let entry = priced(ordinal);
        if let Some(total) = entry.total {
            *totals.entry((entry.currency, outcome)).or_default() += total;
        }
    }
    let sum: u64 = summary.outcomes.iter().map(|(_, count)| count).sum();
    prop_assert_eq!(sum, summary.run.orders);
    prop_assert_eq!(summary.outcomes, counts.into_iter().collect::<Vec<_>>());
    let expected: Vec<_> = totals
        .into_iter()
        .map(|((currency, outcome), total)| (currency, outcome, total))
        .collect();
    prop_assert_eq!(summary.totals, expected);
    let rows: BTreeMap<_, _> = desk
        .ledger
        .outcomes(run, &[])
        .unwrap()
        .into_iter()
        .map(|row| (row.update.ordinal, row.update.outcome))
        .collect();
    prop_assert_eq!(&rows, &model.rows);
    for (ordinal, outcome) in rows {
        let taken = desk.taken(&format!("#{ordinal}"));
        prop_assert_eq!(taken.is_some(), outcome.is_taken());
    }
    for exchange in desk.ledger.exchanges(Some(run), None, 100).unwrap() {
        let sum: u64 = exchange.outcomes.iter().map(|(_, count)| count).sum();
        prop_assert_eq!(sum, exchange.order_count);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn counts_and_sums_always_add_up(steps in prop::collection::vec(step(), 1..25)) {
        let mut desk = Desk::new();
        let manifest: Vec<_> = (0..ORDERS).map(priced).collect();
        let left_out = OutcomeUpdate::new(4, Outcome::Blocked);
        let run = desk.ledger.begin_run(&decided(Operation::Import), &manifest, &[left_out]).unwrap();
        let mut model = Model::default();
        model.set(4, Outcome::Blocked);
        for step in steps {
            match step {
                Step::Intend(mut orders) => {
                    let mut seen = std::collections::BTreeSet::new();
                    orders.retain(|ordinal| seen.insert(*ordinal));
                    let id = desk.send(run, &orders);
                    model.open.push((id, orders));
                }
                Step::Answer(which, outcomes) => {
                    if model.open.is_empty() {
                        continue;
                    }
                    let at = which.index(model.open.len());
                    let (id, orders) = model.open[at].clone();
                    let outcomes: Vec<_> = orders.into_iter().zip(outcomes).collect();
                    let allowed = outcomes.iter().all(|(ordinal, next)| model.allows(*ordinal, *next));
                    let done = desk.try_answer(run, id, &outcomes);
                    prop_assert_eq!(done.is_ok(), allowed, "{:?}", done);
                    // Refused, nothing of it is written: the request is still under way.
                    if allowed {
                        model.open.remove(at);
                        for (ordinal, outcome) in outcomes {
                            model.set(ordinal, outcome);
                        }
                    }
                }
                Step::Record(ordinal, outcome) => {
                    let done = desk.ledger.record_outcomes(run, &[OutcomeUpdate::new(ordinal, outcome)]);
                    prop_assert_eq!(done.is_ok(), model.allows(ordinal, outcome), "{:?}", done);
                    if done.is_ok() {
                        model.set(ordinal, outcome);
                    }
                }
                Step::Abandon => {
                    let lost = desk.ledger.abandon_open_exchanges(run, "died").unwrap();
                    prop_assert_eq!(lost.len(), model.open.len());
                    for (_, orders) in std::mem::take(&mut model.open) {
                        for ordinal in orders {
                            model.rows.entry(ordinal).or_insert(Outcome::InDoubt);
                        }
                    }
                }
                Step::Reopen => desk.ledger = SqliteLedger::open(&desk.path()).unwrap(),
            }
            check(&desk, run, &model)?;
        }
        let verdict: String = desk.ledger.conn
            .pragma_query_value(None, "integrity_check", |row| row.get(0))
            .unwrap();
        prop_assert_eq!(verdict, "ok");
    }
}

#[test]
fn an_order_in_two_open_exchanges_counts_once() {
    let mut desk = Desk::new();
    let run = desk.begin(3);
    desk.send(run, &[0, 1]);
    desk.send(run, &[1]);
    assert_eq!(desk.count(run, Outcome::Sending), 2);
    assert_eq!(desk.count(run, Outcome::Pending), 1);
}

#[test]
fn sums_keep_every_digit_or_say_that_they_cannot() {
    let mut desk = Desk::new();
    let with = |totals: &[&str]| -> Vec<ManifestEntry> {
        totals
            .iter()
            .zip(0..)
            .map(|(total, number)| ManifestEntry {
                total: Some(total.parse().unwrap()),
                ..entry(number)
            })
            .collect()
    };
    let exact = with(&["0.1", "0.2", "1234567890123456789.0123456"]);
    let run = desk
        .ledger
        .begin_run(&decided(Operation::Import), &exact, &[])
        .unwrap();
    let totals = desk.ledger.summary(run).unwrap().totals;
    assert_eq!(totals.len(), 1);
    assert_eq!(totals[0].2.to_string(), "1234567890123456789.3123456");

    for absurd in [
        with(&["79228162514264337593543950335", "0.01"]),
        with(&[
            "79228162514264337593543950335",
            "-79228162514264337593543950335",
        ]),
    ] {
        let refused = desk
            .ledger
            .begin_run(&decided(Operation::Import), &absurd, &[])
            .unwrap_err();
        assert!(refused.to_string().contains("USD"), "{refused}");
    }
    assert_eq!(desk.ledger.runs().unwrap().len(), 1);
}

#[test]
fn a_run_without_orders_has_no_counts() {
    let mut desk = Desk::new();
    let run = desk.begin(0);
    let summary = desk.ledger.summary(run).unwrap();
    assert!(summary.outcomes.is_empty() && summary.totals.is_empty());
}
