//! Sorting equals a stable sort of decoded values; lines and places are each other's inverse.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::deck::{Deck, OpenOptions};

fn deck(rows: &[(String, String, String)]) -> (tempfile::TempDir, Deck) {
    let home = tempfile::tempdir().unwrap();
    let mut text = String::from("No,Sum,Who\n");
    for (number, (id, total, who)) in rows.iter().enumerate() {
        // Ids are unique.
        writeln!(text, "{id}-{number},{total},{who}").unwrap();
    }
    let file = home.path().join("orders.csv");
    std::fs::write(&file, text).unwrap();
    let mapping = home.path().join("mine.toml");
    let words = "[mapping]\nname = \"mine\"\ntitle = \"Mine\"\n[order]\nid = \"No\"\ntotal = \"Sum\"\n\"customer.name\" = \"Who\"\n";
    std::fs::write(&mapping, words).unwrap();
    let options = OpenOptions {
        mapping: Some(mapping.display().to_string()),
        ..OpenOptions::default()
    };
    let deck = Deck::open(&file, &options, &mut |_| ControlFlow::Continue(())).unwrap();
    (home, deck)
}

fn go_on(_: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn sorted(deck: &Deck, column: Column, descending: bool) -> Sorted {
    let keys = SortKeys::of_deck(deck, column, &mut go_on).unwrap();
    Sorted::new(deck, Arc::new(keys), descending, &mut go_on).unwrap()
}

/// Texts by parts: digits as numbers, the rest as small letters. Written apart from what is tested.
fn natural(one: &str, other: &str) -> Ordering {
    fn parts(text: &str) -> Vec<(bool, u128, String)> {
        let mut parts: Vec<(bool, u128, String)> = Vec::new();
        for c in text.to_lowercase().chars() {
            if let Some(digit) = c.to_digit(10) {
                match parts.last_mut() {
                    Some((true, number, _)) => *number = *number * 10 + u128::from(digit),
                    _ => parts.push((true, u128::from(digit), "0".into())),
                }
            } else {
                parts.push((false, 0, c.into()));
            }
        }
        parts
    }
    let key = |text: &str| -> Vec<(String, u128)> {
        parts(text)
            .into_iter()
            .map(|(_, number, text)| (text, number))
            .collect()
    };
    key(one).cmp(&key(other))
}

fn compare(one: &Value, other: &Value, descending: bool) -> Ordering {
    let order = match (one, other) {
        (Value::Nothing, Value::Nothing) => return Ordering::Equal,
        (Value::Nothing, _) => return Ordering::Greater,
        (_, Value::Nothing) => return Ordering::Less,
        (Value::Text(one), Value::Text(other)) => natural(one, other),
        (Value::Amount(one), Value::Amount(other)) => one.cmp(other),
        (Value::Count(one), Value::Count(other)) => one.cmp(other),
        (Value::Word(_, one), Value::Word(_, other)) => one.cmp(other),
        other => panic!("{other:?}"),
    };
    if descending { order.reverse() } else { order }
}

fn row() -> impl Strategy<Value = (String, String, String)> {
    (
        "[#A-Ca-c]{0,3}[0-9]{1,3}",
        "(|[0-9]{1,4}\\.[0-9]{0,3}[1-9])",
        // Long ones that begin alike, too.
        "(|[a-cA-Cé0-9 ]{1,6}|the same name from end to [a-c0-9]{1,4})",
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn sorting_is_a_stable_sort_and_lines_and_places_are_inverse(
        rows in prop::collection::vec(row(), 1..40),
        descending: bool,
        column in prop::sample::select(vec![Column::Order, Column::Total, Column::Customer, Column::Items, Column::Status]),
        passes in prop::collection::vec(any::<bool>(), 40),
    ) {
        let (_home, deck) = deck(&rows);
        let values: Vec<Value> = (0..deck.len())
            .map(|place| column.value(&deck.order(place).unwrap().order))
            .collect();
        let mut expected: Vec<usize> = (0..deck.len()).collect();
        expected.sort_by(|one, other| compare(&values[*one], &values[*other], descending));
        let sorted = Arc::new(sorted(&deck, column, descending));
        let order: Vec<usize> = sorted.order().iter().map(|place| *place as usize).collect();
        prop_assert_eq!(&order, &expected);

        let passing: Passing = (0..deck.len() as u32).filter(|place| passes[*place as usize]).collect();
        let all = deck.len();
        for shown in [
            Shown::default(),
            Shown::new(Some(passing.clone()), None),
            Shown::new(None, Some(sorted.clone())),
            Shown::new(Some(passing.clone()), Some(sorted.clone())),
        ] {
            for line in 0..shown.len(all) {
                let place = shown.place(line, all).unwrap();
                prop_assert_eq!(shown.line_of(place), Some(line));
            }
            prop_assert_eq!(shown.place(shown.len(all), all), None);
            let lines = (0..all).filter(|place| shown.line_of(*place).is_some()).count();
            prop_assert_eq!(lines, shown.len(all));
        }
        let both = Shown::new(Some(passing.clone()), Some(sorted.clone()));
        let places: Vec<usize> = (0..both.len(all)).filter_map(|line| both.place(line, all)).collect();
        let filtered: Vec<usize> =
            expected.iter().copied().filter(|place| passes[*place]).collect();
        prop_assert_eq!(&places, &filtered);
        // What doesn't pass leads to the next that does.
        for (line, place) in expected.iter().enumerate() {
            let next = expected[line..].iter().find(|place| passes[**place]).copied();
            prop_assert_eq!(both.place(both.line_from(*place), all), next);
        }
    }
}

#[test]
fn a_pass_can_be_stopped_and_keys_taken_anew() {
    let rows: Vec<_> = ["30.0", "10.0", "20.0"]
        .map(|total| ("A".to_owned(), total.to_owned(), "x".to_owned()))
        .to_vec();
    let (_home, one) = deck(&rows);
    let stop = &mut |_: usize| ControlFlow::Break(());
    assert!(SortKeys::of_deck(&one, Column::Total, stop).is_none());
    let before = sorted(&one, Column::Total, false);
    assert_eq!(before.order(), [1, 2, 0]);
    // The same file with another total, as an edit would have it.
    let mut changed = rows;
    changed[1].1 = "99.0".to_owned();
    let (_home, other) = deck(&changed);
    let keys = Arc::new(before.keys.taken_anew(&other, &[1]));
    let after = Sorted::new(&other, keys, false, &mut go_on).unwrap();
    assert_eq!(after.order(), [2, 0, 1]);
}
