//! Opening files with mappings of one's own.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::sweep::{Pace, Reads};
use super::{Deck, DeckOrder, OpenOptions, Target};
use crate::order::Field;
use crate::order::edit::{Edit, EditEntry, EditLog, EditTarget};
use crate::order::outcome::Operation;
use crate::source::SourceError;
use crate::vendor::{self, testing::sandbox_account};

fn open(mapping: &str) -> Result<Deck, String> {
    let home = tempfile::tempdir().unwrap();
    open_in(home.path(), "A-1,12.50,express\n", mapping)
}

pub(super) fn open_in(home: &Path, rows: &str, mapping: &str) -> Result<Deck, String> {
    let file = home.join("orders.csv");
    std::fs::write(&file, format!("No,Sum,Way\n{rows}")).unwrap();
    let path = home.join("mine.toml");
    let text = format!(
        "[mapping]\nname = \"mine\"\ntitle = \"Mine\"\n[order]\nid = \"No\"\ntotal = \"Sum\"\n{mapping}"
    );
    std::fs::write(&path, text).unwrap();
    let options = OpenOptions {
        mapping: Some(path.display().to_string()),
        ..OpenOptions::default()
    };
    Deck::open(&file, &options, &mut |_| ControlFlow::Continue(())).map_err(|e| e.to_string())
}

#[test]
fn a_mapping_may_fill_what_one_vendor_has() {
    let deck = open("[vendor.kibo]\n\"shippingMethod/shippingType\" = \"Way\"\n").unwrap();
    assert_eq!(deck.len(), 1);
}

#[test]
fn a_vendor_or_field_that_is_not_there_is_refused_by_name() {
    let error = open("[vendor.kibo]\n\"shippingMethod/colour\" = \"Way\"\n").unwrap_err();
    assert!(error.contains("shippingMethod/colour"), "{error}");
    let error = open("[vendor.amazon]\ncolour = \"Way\"\n").unwrap_err();
    assert!(
        error.contains("amazon") && error.contains("kameleoon"),
        "{error}"
    );
}

#[test]
fn an_id_is_found_before_the_number_of_a_record() {
    let home = tempfile::tempdir().unwrap();
    let deck = open_in(home.path(), "3,1.00,a\n1,1.00,b\nA-1,1.00,c\n", "").unwrap();
    let found = deck.find_all(&["1", "3", "A-1", "2", "4"]);
    // Records that nothing groups are called by their number where no order has that id.
    assert_eq!(found, [Some(1), Some(0), Some(2), Some(1), None]);
    assert_eq!(deck.find("3"), Some(0));
}

#[test]
fn an_overview_counts_by_day_status_and_currency_and_says_where_trouble_began() {
    let home = tempfile::tempdir().unwrap();
    let rows = "\
A-1,10.10,2026-01-30T10:00:00Z,EUR,paid
A-2,0.20,2026-02-01T23:30:00-05:00,EUR,pending
A-3,5,2026-02-02T01:00:00Z,USD,paid
A-4,,,,paid
A-5,1,2026-13-01,EUR,paid
";
    let file = home.path().join("orders.csv");
    std::fs::write(&file, format!("No,Sum,Way,Cur,State\n{rows}")).unwrap();
    let mapping = "[mapping]\nname = \"mine\"\ntitle = \"Mine\"\n[order]\nid = \"No\"\ntotal = \"Sum\"\nplaced_at = \"Way\"\ncurrency = \"Cur\"\npayment = \"State\"\n[status.payment]\npaid = \"paid\"\npending = \"pending\"\n";
    let path = home.path().join("mine.toml");
    std::fs::write(&path, mapping).unwrap();
    let options = OpenOptions {
        mapping: Some(path.display().to_string()),
        ..OpenOptions::default()
    };
    let deck = Deck::open(&file, &options, &mut |_| ControlFlow::Continue(())).unwrap();
    let overview = deck.overview(&mut |_| ControlFlow::Continue(())).unwrap();
    let sums = |tally: &super::Tally| {
        let totals = tally.totals.iter();
        let totals = totals.map(|(code, sum)| format!("{code} {sum}"));
        (tally.orders, totals.collect::<Vec<_>>())
    };
    assert_eq!(
        sums(&overview.all),
        (5, vec!["EUR 11.30".to_owned(), "USD 5".to_owned()])
    );
    assert_eq!(
        sums(&overview.stages["pending"]),
        (1, vec!["EUR 0.20".to_owned()])
    );
    assert_eq!(overview.stages["paid"].orders, 4);
    assert_eq!((overview.undated, overview.without_total), (2, 1));
    assert_eq!(overview.currencies[""], 1);
    // Each in its own offset.
    let days: Vec<_> = overview
        .days
        .iter()
        .map(|(day, count)| (day.to_string(), *count))
        .collect();
    assert_eq!(
        days,
        [
            ("2026-01-30".to_owned(), 1),
            ("2026-02-01".to_owned(), 1),
            ("2026-02-02".to_owned(), 1)
        ]
    );
    let time = overview.over_time(100).unwrap();
    assert_eq!((time.days, time.orders), (1, vec![1, 0, 1, 1]));
    let time = overview.over_time(3).unwrap();
    assert_eq!((time.days, time.orders), (2, vec![1, 2]));
    let example = overview.findings["MAP-01"].example.as_ref().unwrap();
    assert!(
        example.words().unwrap().starts_with("order A-5, line 6: "),
        "{example:?}"
    );
}

/// Orders of one row or two, some of them wrong, some without a currency.
fn many(home: &Path) -> Deck {
    let mut rows = String::new();
    for number in 0..400 {
        let total = if number % 7 == 0 { "x" } else { "12.50" };
        let way = if number % 5 == 0 { "paid" } else { "pending" };
        rows.push_str(&format!("A-{number},{total},{way}\n"));
        if number % 3 == 0 {
            rows.push_str(&format!("A-{number},{total},{way}\n"));
        }
    }
    let mapping = "payment = \"Way\"\nnote = \"Way\"\n[read]\ngroup_by = \"No\"\n";
    open_in(home, &rows, mapping).unwrap()
}

const fn pace(threads: usize, chunk: usize) -> Pace<'static> {
    Pace {
        threads,
        chunk,
        reads: Reads::All,
        sought: None,
    }
}

const PACES: [Pace<'static>; 5] = [
    pace(1, 256),
    pace(1, 7),
    pace(2, 16),
    pace(3, 1),
    pace(5, 1000),
];

#[test]
fn a_tally_finds_what_is_found_otherwise_and_keeps_numbers() {
    let home = tempfile::tempdir().unwrap();
    let mut deck = many(home.path());
    let edit = Edit {
        order: "A-3".into(),
        target: EditTarget::Order {
            field: "note".into(),
            item: None,
        },
        before: "pending".into(),
        after: "mine".into(),
    };
    let entry = EditEntry::new("note", vec![edit]);
    deck.edits = Arc::new(EditLog::restore(vec![entry], Vec::new()));
    let swept = |reads| {
        let pace = Pace {
            reads,
            ..pace(2, 16)
        };
        let mut orders: Vec<DeckOrder> = Vec::new();
        deck.sweep(
            pace,
            0..deck.len(),
            Vec::new,
            |chunk: &mut Vec<DeckOrder>, _, order| {
                chunk.push(std::mem::take(order?));
                Ok::<(), SourceError>(())
            },
            |_, chunk| {
                orders.extend(chunk);
                Ok(())
            },
        )
        .unwrap();
        orders
    };
    for (whole, tally) in swept(Reads::All).iter().zip(&swept(Reads::Tally)) {
        assert_eq!(whole.findings, tally.findings);
        assert_eq!(whole.left, tally.left);
        let of = |order: &DeckOrder| {
            (
                order.order.id.clone(),
                order.order.total,
                order.order.payment,
            )
        };
        assert_eq!(of(whole), of(tally));
        // An edited order is read as always: its edit remembers a text.
        let is_edited = !tally.edits.is_empty();
        assert_eq!(tally.order.note.as_deref(), is_edited.then_some("mine"));
    }
    let without = swept(Reads::Without(&[Field::Note]));
    for (whole, mut without) in swept(Reads::All).into_iter().zip(without) {
        let is_edited = !without.edits.is_empty();
        assert_eq!(without.order.note.as_deref(), is_edited.then_some("mine"));
        without.order.note.clone_from(&whole.order.note);
        assert_eq!(without.order, whole.order);
        assert_eq!(without.findings, whole.findings);
    }
}

#[test]
fn however_many_threads_work_what_comes_of_it_is_the_same_and_in_the_order_of_the_file() {
    let home = tempfile::tempdir().unwrap();
    let deck = many(home.path());
    let expected: Vec<DeckOrder> = (0..deck.len()).map(|it| deck.order(it).unwrap()).collect();
    let words = |orders: &[DeckOrder]| -> Vec<String> {
        let words =
            |order: &DeckOrder| format!("{} {:?} {:?}", order.index, order.order, order.findings);
        orders.iter().map(words).collect()
    };
    assert_eq!(expected.len(), 400);
    let mut go_on = |_| ControlFlow::Continue(());
    let overview = deck.look_over(PACES[0], &mut go_on).unwrap();
    assert!(overview.has_errors() && overview.items == 0 && overview.all.orders == 400);
    for pace in PACES {
        let mut orders: Vec<DeckOrder> = Vec::new();
        deck.sweep(
            pace,
            0..deck.len(),
            Vec::new,
            |chunk: &mut Vec<DeckOrder>, place, order| {
                chunk.push(std::mem::take(order?));
                assert_eq!(chunk.last().unwrap().index, place);
                Ok::<(), SourceError>(())
            },
            |places, chunk| {
                assert_eq!(places.start, orders.len(), "{pace:?}");
                assert_eq!(places.len(), chunk.len(), "{pace:?}");
                orders.extend(chunk);
                Ok(())
            },
        )
        .unwrap();
        assert_eq!(words(&orders), words(&expected), "{pace:?}");
        assert_eq!(
            deck.look_over(pace, &mut go_on).unwrap(),
            overview,
            "{pace:?}"
        );
    }
}

#[test]
fn the_first_trouble_of_the_file_ends_a_sweep_whoever_met_it() {
    #[derive(Debug, PartialEq)]
    struct Trouble(usize);
    let home = tempfile::tempdir().unwrap();
    let deck = many(home.path());
    for pace in PACES {
        let mut taken = 0;
        let ended = deck.sweep(
            pace,
            0..deck.len(),
            || 0,
            |count, place, order| {
                assert!(order.is_ok());
                *count += 1;
                if place >= 100 {
                    Err(Trouble(place))
                } else {
                    Ok(())
                }
            },
            |_, count: usize| {
                taken += count;
                Ok(())
            },
        );
        assert_eq!(ended, Err(Trouble(100)), "{pace:?}");
        assert!(taken <= 100, "{pace:?}");
        let stopped = deck.sweep(
            pace,
            10..20,
            || (),
            |(), _, _| Ok(()),
            |places, ()| Err::<(), _>(Trouble(places.start)),
        );
        assert_eq!(stopped, Err(Trouble(10)), "{pace:?}");
    }
}

#[test]
fn one_currency_in_a_column_is_known_without_a_look_at_each_order() {
    let home = tempfile::tempdir().unwrap();
    let of = |rows: &str, mapping: &str| open_in(home.path(), rows, mapping).unwrap();
    let by = "currency = \"Way\"\n[read]\ngroup_by = \"No\"\n";
    assert!(of("A,1,EUR\nA,1,\nB,1,EUR\n", by).is_of_one_currency());
    assert!(!of("A,1,EUR\nB,1,USD\n", by).is_of_one_currency());
    // What stands behind the first row is known only when the order is made.
    assert!(!of("A,1,\nA,1,EUR\nB,1,EUR\n", by).is_of_one_currency());
    assert!(!of("A,1,\nB,1,\n", by).is_of_one_currency());
    let reckoned = "currency = { first = [\"Way\", \"Sum\"] }\n";
    assert!(!of("A,1,EUR\n", reckoned).is_of_one_currency());
}

#[test]
fn what_one_vendor_alone_gets_names_its_column_too() {
    let home = tempfile::tempdir().unwrap();
    let mapping = "[vendor.kibo]\nuseInventory = \"Way\"\n";
    let deck = open_in(home.path(), "A,1.00,perhaps\n", mapping).unwrap();
    let order = deck.order(0).unwrap();
    let vendor = vendor::by_name("kibo").unwrap();
    let target = Target {
        vendor,
        account: sandbox_account(vendor),
        operation: Operation::Import,
        now: jiff::Timestamp::UNIX_EPOCH,
    };
    let payload = deck.payload(&order, &target).unwrap();
    let pointer = "/useInventory";
    let (_, origin) = payload
        .origins
        .iter()
        .find(|(place, _)| place == pointer)
        .unwrap();
    let words = deck.origin_words(&order, vendor, pointer, *origin);
    assert_eq!(words, "Way, line 2");
    let mut findings = payload.findings.iter();
    let about = findings.find(|finding| finding.target.pointer().as_deref() == Some(pointer));
    let place = about.unwrap().place.as_ref().unwrap();
    assert_eq!(place.to_string(), "Way, line 2");
}
