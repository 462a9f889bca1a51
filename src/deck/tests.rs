//! Opening files with mappings of one's own.

use std::ops::ControlFlow;
use std::path::Path;

use super::{Deck, OpenOptions};

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
