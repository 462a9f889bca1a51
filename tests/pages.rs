//! The examples of the vendors' own pages, typed as files (`tests/pages/`, put right where the page's JSON is
//! broken) and loaded as the vendor's own payloads: they come out as the page shows them, and are told exactly
//! what they slip on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::PathBuf;

use serde_json::Value;
use support::Deck;

/// An example's file, and its text.
fn page(name: &str) -> (String, Value) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "pages", name]
        .iter()
        .collect();
    let text = std::fs::read_to_string(&path).unwrap();
    (
        path.display().to_string(),
        serde_json::from_str(&text).unwrap(),
    )
}

/// The orders of an example: a list, `{"orders": […]}`, or one order.
fn orders(page: &Value) -> Vec<Value> {
    match page.get("orders").unwrap_or(page) {
        Value::Array(orders) => orders.clone(),
        order => vec![order.clone()],
    }
}

/// Numbers by value: 2.00 is 2.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => {
            let number: rust_decimal::Decimal = number.to_string().parse().unwrap();
            Value::String(format!("number {}", number.normalize()))
        }
        Value::Array(list) => list.iter().map(plain).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), plain(value)))
            .collect(),
        other => other.clone(),
    }
}

/// Rules told of an example, those of each order in the file's order, then those counted for the whole file.
fn checked(vendor: &str, name: &str) -> Vec<Vec<String>> {
    let deck = Deck::new();
    let (path, page) = page(name);
    let shown = deck.run(["preview", &path, "--vendor", vendor]).ends(0);
    let shown: Vec<Value> = shown.lines().iter().map(plain).collect();
    let expected: Vec<Value> = orders(&page).iter().map(plain).collect();
    assert_eq!(shown, expected, "{name}");

    let said = deck
        .run(["check", &path, "--vendor", vendor, "--json"])
        .ends(0);
    let mut told: Vec<(Value, Vec<String>)> = Vec::new();
    for finding in said.lines() {
        let rule = finding["rule"].as_str().unwrap().to_owned();
        match told
            .last_mut()
            .filter(|(order, _)| *order == finding["order"])
        {
            Some((_, rules)) if rules.contains(&rule) => {}
            Some((_, rules)) => rules.push(rule),
            None => told.push((finding["order"].clone(), vec![rule])),
        }
    }
    told.into_iter().map(|(_, rules)| rules).collect()
}

#[test]
fn kameleoon_s_import_status_update_and_cancellation_slip_on_nothing() {
    for name in ["import", "status", "cancel"] {
        let told = checked("kameleoon", &format!("kameleoon-{name}.json"));
        assert!(told.is_empty(), "{name}: {told:?}");
    }
}

#[test]
fn voucherify_s_orders_lack_their_date_and_the_first_has_more() {
    let told = checked("voucherify", "voucherify-import.json");
    assert_eq!(told.len(), 7);
    assert_eq!(told[0], ["VOU-05", "VOU-11", "VOU-13"]);
    for rules in &told[1..] {
        assert_eq!(rules, &["VOU-05"]);
    }
}

#[test]
fn project_agora_s_orders_have_no_id() {
    for (name, orders) in [("import", 1), ("items", 1), ("orders", 2), ("banner", 1)] {
        let told = checked("project-agora", &format!("project-agora-{name}.json"));
        assert_eq!(told, vec![vec!["PAC-08"]; orders], "{name}");
    }
}

#[test]
fn kibo_s_order_has_no_address_of_its_own_sends_mail_and_lacks_its_date() {
    let told = checked("kibo", "kibo-import.json").concat();
    assert_eq!(told, ["KIB-12", "KIB-05", "KIB-08"]);
}

#[test]
fn a_status_update_and_a_cancellation_are_sent_as_they_stand() {
    let deck = Deck::new();
    for name in ["kameleoon-status.json", "kameleoon-cancel.json"] {
        let (path, page) = page(name);
        let requests = ["preview", &path, "--vendor", "kameleoon", "--requests"];
        let sent = deck.run(requests).ends(0).json();
        assert_eq!(sent["body"]["orders"], page["orders"], "{name}");
    }
}
