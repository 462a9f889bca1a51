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

/// Rules told of an example, those of each order in the file's order, then those counted for the whole file. It
/// makes no difference in which form the orders are typed.
fn checked(vendor: &str, name: &str) -> Vec<Vec<String>> {
    let deck = Deck::new();
    let (path, page) = page(name);
    let told = told(&deck, vendor, &path, &orders(&page));
    let mut lines = String::new();
    for order in orders(&page) {
        lines.push_str(&order.to_string());
        lines.push('\n');
        let one = deck.file("one.json", order.to_string());
        let alone = self::told(&deck, vendor, one.to_str().unwrap(), &[order]).concat();
        assert!(
            alone.iter().all(|rule| told.concat().contains(rule)),
            "{alone:?}"
        );
    }
    let array = Value::Array(orders(&page));
    let wrapped = serde_json::json!({ "orders": array });
    for (file, text) in [
        ("a.json", array.to_string()),
        ("w.json", wrapped.to_string()),
        ("n.ndjson", lines),
    ] {
        let path = deck.file(file, text);
        let same = self::told(&deck, vendor, path.to_str().unwrap(), &orders(&page));
        assert_eq!(same, told, "{name} as {file}");
    }
    told
}

/// What `check` tells of a file, once `preview` has shown that it comes out as it went in.
fn told(deck: &Deck, vendor: &str, path: &str, orders: &[Value]) -> Vec<Vec<String>> {
    let shown = deck.run(["preview", path, "--vendor", vendor]).ends(0);
    let shown: Vec<Value> = shown.lines().iter().map(plain).collect();
    let expected: Vec<Value> = orders.iter().map(plain).collect();
    assert_eq!(shown, expected, "{path}");

    let said = deck
        .run(["check", path, "--vendor", vendor, "--json"])
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

/// The page's import, status update and cancellation in one file, each of an order of its own.
fn mixed(deck: &Deck) -> PathBuf {
    let mut all = Vec::new();
    for (name, id) in [("import", "I-1"), ("status", "S-1"), ("cancel", "C-1")] {
        let (_, page) = page(&format!("kameleoon-{name}.json"));
        let mut order = orders(&page).remove(0);
        order["id"] = id.into();
        all.push(order);
    }
    deck.file("mixed.json", Value::Array(all).to_string())
}

#[test]
fn a_run_over_loaded_payloads_is_what_they_are() {
    let deck = Deck::new();
    let sent = |file: &str, filter: Option<&str>| {
        let mut args = vec![
            "submit",
            file,
            "--profile",
            "sandbox-kameleoon",
            "--sandbox",
        ];
        args.extend(["--yes", "--json"]);
        args.extend(filter.into_iter().flat_map(|filter| ["--where", filter]));
        deck.run(args)
    };
    mixed(&deck);
    // The import is there before its status can change.
    for operation in ["import", "cancel"] {
        let said = sent("mixed.json", Some(&format!("operation:{operation}"))).ends(0);
        assert_eq!(said.json()["operation"], operation);
        assert_eq!(said.json()["outcomes"]["accepted"], 1);
    }
    let (import, _) = page("kameleoon-import.json");
    sent(&import, None).ends(0);
    for (name, operation) in [("status", "status"), ("cancel", "cancel")] {
        let (path, _) = page(&format!("kameleoon-{name}.json"));
        let said = sent(&path, None).ends(0);
        assert_eq!(said.json()["operation"], operation);
        assert_eq!(said.json()["outcomes"]["accepted"], 1);
        // The same again is unchanged, as far as that operation goes.
        let said = sent(&path, None).ends(0);
        assert_eq!(said.json()["operation"], operation);
        assert_eq!(said.json()["outcomes"]["skipped"], 1);
    }
}

#[test]
fn loaded_payloads_of_several_operations_are_no_one_run() {
    let deck = Deck::new();
    mixed(&deck);
    let all = ["submit", "mixed.json", "--profile", "sandbox-kameleoon"];
    let words = ["import, status, cancel", "`operation:cancel`"];
    deck.run(all.iter().chain(&["--sandbox", "--dry-run"]))
        .ends(3)
        .complains(&words);
    let requests = [
        "preview",
        "mixed.json",
        "--vendor",
        "kameleoon",
        "--requests",
    ];
    assert!(deck.run(requests).stderr.contains(words[0]));
    // Each is looked at as what it is.
    let check = ["check", "mixed.json", "--vendor", "kameleoon", "--json"];
    assert_eq!(deck.run(check).ends(0).text(), "");
    assert_eq!(deck.run(&requests[..4]).ends(0).lines().len(), 3);
    // What the operator says outright is done to all of them.
    let cancel = deck.run(requests.iter().chain(&["--operation", "cancel"]));
    for order in cancel.ends(0).json()["body"]["orders"].as_array().unwrap() {
        assert_eq!(order.as_object().unwrap().len(), 2, "{order}");
    }
}

#[test]
fn a_date_in_milliseconds_is_told_by_the_vendor_s_rule_alone() {
    let deck = Deck::new();
    let (_, page) = page("kameleoon-import.json");
    let mut order = orders(&page).remove(0);
    for (date, rule) in [("1602338740000", "KAM-05"), ("\"soon\"", "KAM-02")] {
        order["date"] = serde_json::from_str(date).unwrap();
        deck.file("d.json", order.to_string());
        let said = deck.run(["check", "d.json", "--vendor", "kameleoon", "--json"]);
        let told = said.ends(1).lines();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0]["rule"], rule);
        assert_eq!(told[0]["pointer"], "/date");
    }
}
