//! Opening files with mappings of one's own.

use std::ops::ControlFlow;

use super::{Deck, OpenOptions};

fn open(mapping: &str) -> Result<Deck, String> {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("orders.csv");
    std::fs::write(&file, "No,Sum,Way\nA-1,12.50,express\n").unwrap();
    let path = home.path().join("mine.toml");
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
