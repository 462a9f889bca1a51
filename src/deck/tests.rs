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
