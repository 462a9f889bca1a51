//! What leaves for a vendor follows that vendor's page: three opinions that know nothing of each other (the
//! schemas of `tests/schemas`, written from the pages alone; the rules; the sandbox) agree on the payloads of
//! thousands of random orders, and on payloads that were broken on purpose.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod broken;
mod money;
mod orders;
mod schema;
mod sums;
mod vendors;

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;

use orderdeck::order::outcome::Operation;
use orderdeck::vendor::{self, BatchOrder, Encoded};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use orders::RandomOrder;
use vendors::Vendors;

/// Files of random orders for each vendor, unless `PROPTEST_CASES` says more; each holds up to [`ORDERS`].
const FILES: u32 = 60;
const ORDERS: usize = 60;

/// What was seen, so that a test that never got to its point fails.
#[derive(Debug, Default)]
struct Seen {
    clean: usize,
    blocked: usize,
    refused_by_schema: usize,
    sums: usize,
}

fn config() -> Config {
    let usual = Config::default();
    Config {
        cases: std::env::var("PROPTEST_CASES").map_or(FILES, |_| usual.cases),
        failure_persistence: None,
        max_shrink_iters: 400,
        ..usual
    }
}

/// Checks one file of orders at one vendor.
fn check(
    vendors: &Vendors,
    name: &str,
    orders: &[RandomOrder],
    seen: &mut Seen,
) -> Result<(), TestCaseError> {
    let vendor = vendor::by_name(name).unwrap();
    let deck = vendors.deck("orders.csv", &orders::csv(orders), None);
    let mut imported: HashSet<String> = HashSet::new();
    for operation in [Operation::Import, Operation::Status, Operation::Cancel] {
        if vendor.supports(operation).is_err() {
            continue;
        }
        let target = vendors.target(vendor, operation);
        let mut clean = Vec::new();
        let mut encoded = Encoded::default();
        for index in 0..deck.len() {
            let order = deck.order(index).unwrap();
            deck.encode(&order, &target, &mut encoded).unwrap();
            let mut examined = Encoded::default();
            deck.examine(&order, &target, &mut examined).unwrap();
            let mut told = deck.findings_before(&order, &target);
            told.append(&mut examined.findings);
            prop_assert_eq!(
                &told,
                &encoded.findings,
                "what is examined is what would be sent"
            );
            let payload: serde_json::Value = serde_json::from_slice(&encoded.bytes).unwrap();
            let complaints = schema::complaints(name, operation, &payload);
            if encoded.is_blocked() {
                seen.blocked += 1;
                seen.refused_by_schema += usize::from(!complaints.is_empty());
                continue;
            }
            prop_assert!(
                complaints.is_empty(),
                "{name} {operation:?}: the schema refuses what has no error finding: {complaints:#?}\n{payload:#}\n{:?}",
                encoded.findings
            );
            if operation == Operation::Import {
                seen.sums += sums::check(name, &order.order, &payload)?;
            }
            clean.push(BatchOrder {
                key: order.order.id.clone(),
                payload: encoded.bytes.clone(),
            });
        }
        seen.clean += clean.len();
        match operation {
            Operation::Import => imported.extend(clean.iter().map(|order| order.key.clone())),
            // Kameleoon creates no order without items: only those that are there can be updated.
            Operation::Status => clean.retain(|order| imported.contains(&order.key)),
            Operation::Cancel => {}
        }
        let refused = vendors.refused(vendor, operation, clean);
        prop_assert!(
            refused.is_empty(),
            "{name} {operation:?}: the sandbox refuses what has no error finding: {refused:#?}"
        );
    }
    Ok(())
}

fn agree(name: &'static str) {
    let vendors = Vendors::start();
    let seen = Mutex::new(Seen::default());
    let files = prop::collection::vec(orders::any(), 1..=ORDERS);
    TestRunner::new(config())
        .run(&files, |orders| {
            check(&vendors, name, &orders, &mut seen.lock().unwrap())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    let seen = seen.into_inner().unwrap();
    println!("{name}: {seen:?}");
    assert!(seen.clean > 100 && seen.blocked > 100, "{seen:?}");
    assert!(seen.refused_by_schema > 20 && seen.sums > 50, "{seen:?}");
}

#[test]
fn kameleoon() {
    agree("kameleoon");
}

#[test]
fn voucherify() {
    agree("voucherify");
}

#[test]
fn project_agora() {
    agree("project-agora");
}

#[test]
fn kibo() {
    agree("kibo");
}

/// Payloads of each vendor with one value broken, loaded as the vendor's own: what its schema refuses must have
/// an error finding, what has none the sandbox must take.
fn agree_on_broken(name: &'static str) {
    let vendors = Vendors::start();
    let vendor = vendor::by_name(name).unwrap();
    let target = vendors.target(vendor, Operation::Import);
    let base = vendors.clean_payloads(vendor);
    // Kameleoon can then take updates of them, too: payloads whose items were emptied.
    let sound = base.iter().map(|payload| BatchOrder {
        key: payload.to_string(),
        payload: payload.to_string().into_bytes(),
    });
    let refused = vendors.refused(vendor, Operation::Import, sound.collect());
    assert!(refused.is_empty(), "{refused:#?}");
    let seen: Mutex<BTreeMap<&str, usize>> = Mutex::default();
    let breaks = prop::collection::vec(broken::any(), base.len());
    TestRunner::new(config())
        .run(&breaks, |breaks| {
            let payloads: Vec<serde_json::Value> = base
                .iter()
                .zip(&breaks)
                .map(|(payload, broken)| broken.apply(payload))
                .collect();
            let lines: Vec<String> = payloads.iter().map(ToString::to_string).collect();
            let mapping = format!("{name}-native");
            let deck = vendors.deck("native.ndjson", &lines.join("\n"), Some(&mapping));
            let mut clean = Vec::new();
            let mut encoded = Encoded::default();
            for index in 0..deck.len() {
                let order = deck.order(index).unwrap();
                deck.encode(&order, &target, &mut encoded).unwrap();
                let payload: serde_json::Value = serde_json::from_slice(&encoded.bytes).unwrap();
                let complaints = schema::complaints_of_native(name, &payload);
                let blocked = encoded.is_blocked();
                let key = match (blocked, complaints.is_empty()) {
                    (true, true) => "blocked, fits the schema",
                    (true, false) => "blocked, breaks the schema",
                    (false, _) => "clean",
                };
                *seen.lock().unwrap().entry(key).or_default() += 1;
                prop_assert!(
                    blocked || complaints.is_empty(),
                    "{name}: the schema refuses what has no error finding: {complaints:#?}\n{payload:#}\n{:?}",
                    encoded.findings
                );
                if !blocked {
                    clean.push(BatchOrder { key: order.order.id.clone(), payload: encoded.bytes.clone() });
                }
            }
            let refused = vendors.refused(vendor, Operation::Import, clean);
            prop_assert!(
                refused.is_empty(),
                "{name}: the sandbox refuses what has no error finding: {refused:#?}"
            );
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    let seen = seen.into_inner().unwrap();
    println!("{name}: {seen:?}");
    assert!(
        seen["clean"] > 50 && seen["blocked, breaks the schema"] > 50,
        "{seen:?}"
    );
}

#[test]
fn kameleoon_broken() {
    agree_on_broken("kameleoon");
}

#[test]
fn voucherify_broken() {
    agree_on_broken("voucherify");
}

#[test]
fn project_agora_broken() {
    agree_on_broken("project-agora");
}

#[test]
fn kibo_broken() {
    agree_on_broken("kibo");
}

#[test]
fn the_pages_own_examples_fit_the_schemas() {
    for (vendor, operation, file) in [
        (
            "kameleoon",
            Operation::Import,
            include_str!("../pages/kameleoon-import.json"),
        ),
        (
            "kameleoon",
            Operation::Status,
            include_str!("../pages/kameleoon-status.json"),
        ),
        (
            "kameleoon",
            Operation::Cancel,
            include_str!("../pages/kameleoon-cancel.json"),
        ),
        (
            "voucherify",
            Operation::Import,
            include_str!("../pages/voucherify-import.json"),
        ),
        (
            "project-agora",
            Operation::Import,
            include_str!("../pages/project-agora-import.json"),
        ),
        (
            "project-agora",
            Operation::Import,
            include_str!("../pages/project-agora-items.json"),
        ),
        (
            "project-agora",
            Operation::Import,
            include_str!("../pages/project-agora-orders.json"),
        ),
        (
            "project-agora",
            Operation::Import,
            include_str!("../pages/project-agora-banner.json"),
        ),
        (
            "kibo",
            Operation::Import,
            include_str!("../pages/kibo-import.json"),
        ),
    ] {
        let page: serde_json::Value = serde_json::from_str(file).unwrap();
        let orders = match page.get("orders").unwrap_or(&page) {
            serde_json::Value::Array(orders) => orders.clone(),
            order => vec![order.clone()],
        };
        for order in &orders {
            assert_eq!(
                schema::complaints(vendor, operation, order),
                [""; 0],
                "{vendor} {operation:?}"
            );
        }
        if vendor != "kibo" {
            assert_eq!(
                schema::complaints_of_request(vendor, &page),
                [""; 0],
                "{vendor}"
            );
        }
    }
}
