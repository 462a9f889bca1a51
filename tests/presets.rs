//! The presets through the real program: every sample against all four vendors' rules, what a kind of file can't
//! give, and what can be sent of it anyhow.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use support::Deck;

fn samples() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples");
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn sample(name: &str) -> String {
    let file = samples()
        .into_iter()
        .find(|path| path.ends_with(name))
        .unwrap();
    file.display().to_string()
}

/// Orders and rules of the errors, by vendor; `-` before any vendor has a word.
fn errors(deck: &Deck, file: &str) -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let mut all: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    let said = deck.run(["check", file, "--json"]);
    for finding in said.lines() {
        if finding["severity"] == "error" {
            let vendor = finding["vendor"].as_str().unwrap_or("-").to_owned();
            let order = finding["order"].as_str().unwrap_or("-").to_owned();
            let rules = all.entry(vendor).or_default().entry(order).or_default();
            rules.insert(finding["rule"].as_str().unwrap().to_owned());
        }
    }
    all
}

#[test]
fn every_sample_passes_the_vendors_rules_but_for_what_its_file_can_not_give() {
    let deck = Deck::new();
    let mut text = String::new();
    for path in samples() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let file = path.display().to_string();
        let errors = errors(&deck, &file);
        writeln!(text, "{name}").unwrap();
        for (vendor, orders) in errors {
            for (order, rules) in orders {
                let rules: Vec<String> = rules.into_iter().collect();
                writeln!(text, "  {vendor} {order}: {}", rules.join(" ")).unwrap();
            }
        }
    }
    insta::assert_snapshot!("errors", text);
}

#[test]
fn amounts_of_four_decimals_and_of_other_notations_arrive_exactly() {
    let deck = Deck::new();
    for (file, order, amount) in [
        ("bigcommerce-orders.json", "301", 6750),
        ("bigcommerce-orders.csv", "202", 6800),
        ("ebay-bestellungen.csv", "23-20001-20001", 11_100),
        ("EtsySoldOrderItems2026.csv", "3300000002", 100_500),
        ("square-items.csv", "SqTxSample0003", 125_000),
    ] {
        let path = sample(file);
        let args = ["--vendor", "voucherify", "--order", order];
        let said = deck.run(["preview", &path].into_iter().chain(args));
        let payload = said.lines().remove(0);
        assert_eq!(payload["items"][0]["amount"], amount, "{file}: {payload}");
    }
}

#[test]
fn what_a_kind_of_file_can_not_give_is_told_in_the_list_and_where_one_is_opened() {
    let deck = Deck::new();
    let listed = deck.run(["mapping", "list", "--json"]).ends(0).lines();
    let lacks = |name: &str| {
        let row = listed.iter().find(|row| row["name"] == name).unwrap();
        row["lacks"].as_str().unwrap_or_default().to_owned()
    };
    assert!(lacks("magento-grid-csv").contains("no line items, no currency"));
    assert!(lacks("amazon-actionable").contains("no prices"));
    for row in &listed {
        let name = row["name"].as_str().unwrap();
        assert!(
            row["kind"] != "preset" || name.ends_with("-native") || row["lacks"].is_string(),
            "{name} says nothing"
        );
    }
    let text = deck.run(["mapping", "list"]).ends(0);
    assert!(text.text().contains("The grid holds no line items"));

    let grid = sample("magento-grid.csv");
    let inspected = deck.run(["inspect", &grid, "--json"]).json();
    assert_eq!(inspected["mapping"], "magento-grid-csv");
    assert_eq!(inspected["lacks"], lacks("magento-grid-csv"));
    let inspected = deck.run(["inspect", &grid]);
    assert!(inspected.text().contains("The grid holds no line items"));
}

#[test]
fn orders_of_the_grid_can_be_cancelled_and_updated_but_not_imported() {
    let deck = Deck::new();
    let grid = sample("magento-grid.csv");
    let preview = |operation: &str| {
        deck.run([
            "preview",
            &grid,
            "--vendor",
            "kameleoon",
            "--operation",
            operation,
            "--order",
            "000000104",
        ])
    };
    for operation in ["cancel", "status"] {
        let said = preview(operation).ends(0);
        let payload = said.lines().remove(0);
        assert_eq!(payload["id"], "000000104", "{operation}: {payload}");
    }
    let found = errors(&deck, &grid);
    assert!(found["kameleoon"]["000000104"].contains("KAM-06"));
}
