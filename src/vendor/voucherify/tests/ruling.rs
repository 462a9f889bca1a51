//! Every rule: once broken, once kept.

use serde_json::{Value, json};

use super::{VENDOR, account, batch};
use crate::finding::Severity;
use crate::order::Order;
use crate::order::outcome::Operation;
use crate::vendor::payload::apply;
use crate::vendor::testing::{decimal, inspected, inspected_native, now, sample_order, told};
use crate::vendor::{Batch, Scope};

/// A native payload that keeps every rule.
fn native() -> Value {
    json!({
        "source_id": "n1", "status": "PAID", "amount": 2400,
        "customer": {"source_id": "c1", "email": "a@example.com", "birthdate": "1990-01-02", "address": null},
        "items": [
            {"source_id": "SKU-1", "related_object": "sku", "quantity": 2, "initial_quantity": 2, "price": 1000, "amount": 2000},
            {"product_id": "prod_1", "quantity": 4, "price": 100, "product": {"override": false}},
        ],
        "metadata": {"order_date": "2024-03-01"},
        "unknown": {"kept": [1, 2]},
    })
}

/// What is told of the native payload after these changes; null takes a member away.
fn after(changes: &[(&str, Value)]) -> Vec<(&'static str, String)> {
    told(&inspected_native(VENDOR, &changed(changes), &account()))
}

fn changed(changes: &[(&str, Value)]) -> Value {
    let mut payload = native();
    for (pointer, value) in changes {
        let change = crate::vendor::PayloadChange {
            pointer: (*pointer).to_owned(),
            value: (*value != json!("-")).then(|| value.clone()),
        };
        apply(&mut payload, &change);
    }
    payload
}

fn one(rule: &'static str, pointer: &str) -> Vec<(&'static str, String)> {
    vec![(rule, pointer.to_owned())]
}

#[test]
fn the_payload_that_keeps_all_rules() {
    assert_eq!(after(&[]), []);
}

#[test]
fn the_examples_of_the_vendors_page_have_no_errors() {
    let page = r#"[
      {"source_id":"orderImport14","status":"PAID","metadata":{"location_id":["L1","L2"],"payment_mean":["paypal"]},
       "customer":{"id":"cust_1","source_id":"bob2.smith@email.com","email":"bob.smith@email.com","phone":"+1 933 222 3333",
         "address":{"city":"New York","country":"United States","line_1":"123 Main St.","line_2":"APT 3 BLG 4","postal_code":"10001","state":"NY"},
         "metadata":{"lang":"en","test":true},"birthday":"2022-03-03"},
       "items":[{"source_id":"prod_1","related_object":"product","quantity":2,"product":{"name":"Apple iPhone 12","price":70000,"metadata":{"color":["silver"]},"override":true}}]},
      {"source_id":"orderImport17","status":"CANCELED","amount":7000,"metadata":{"location_id":["L3"]}},
      {"source_id":"orderImport16","status":"FULFILLED","referrer":{"id":"cust_V"},"items":[{"product_id":"prod_0","quantity":2},{"sku_id":"sku_0","quantity":2}]},
      {"source_id":"orderImport19","status":"CREATED","items":[{"amount":900},{"amount":2000}]}
    ]"#;
    let orders: Vec<Value> = serde_json::from_str(page).unwrap();
    let mut seen = Vec::new();
    for order in &orders {
        let shown = inspected_native(VENDOR, order, &account());
        assert!(
            !shown.findings.iter().any(crate::finding::Finding::blocks),
            "{order}"
        );
        seen.push(
            told(&shown)
                .into_iter()
                .map(|(rule, _)| rule)
                .collect::<Vec<_>>(),
        );
    }
    let dated = vec!["VOU-05"];
    assert_eq!(
        seen,
        [
            vec!["VOU-05", "VOU-11", "VOU-13"],
            dated.clone(),
            dated.clone(),
            dated
        ]
    );
}

#[test]
fn vou_02_null_and_empty_where_the_published_schema_has_neither() {
    for (pointer, value) in [
        ("/customer/source_id", Value::Null),
        ("/customer/address", json!("")),
    ] {
        assert_eq!(after(&[(pointer, value)]), one("VOU-02", pointer));
    }
}

#[test]
fn vou_01_status_outside_the_four() {
    assert_eq!(
        after(&[("/status", json!("SHIPPED"))]),
        one("VOU-01", "/status")
    );
    assert_eq!(
        after(&[("/status", json!("canceled"))]),
        one("VOU-01", "/status")
    );
    for status in ["CREATED", "PAID", "CANCELED", "FULFILLED"] {
        assert_eq!(after(&[("/status", json!(status))]), []);
    }
}

#[test]
fn vou_02_wrong_types_and_amounts() {
    for (pointer, value) in [
        ("/items/1/quantity", json!("2")),
        ("/items/0/quantity", json!(1.5)),
        ("/items/1/discount_quantity", json!(-1)),
        ("/discount_amount", json!(-5)),
        ("/discount_amount", json!(12.5)),
        ("/discount_amount", json!("1200")),
        ("/referrer_id", json!(17)),
        ("/status", json!(null)),
        ("/items/1/product/price", json!(-1)),
        ("/customer", json!("a@example.com")),
        ("/items/1", json!(7)),
    ] {
        let told = after(&[(pointer, value.clone())]);
        assert_eq!(told, one("VOU-02", pointer), "{value}");
    }
    assert_eq!(after(&[("/discount_amount", json!(0))]), []);
    let wide = r#"{"source_id":"1","amount":1e400,"metadata":{"order_date":"2024-01-01"}}"#;
    let wide = serde_json::from_str(wide).unwrap();
    let shown = inspected_native(VENDOR, &wide, &account());
    assert_eq!(told(&shown), one("VOU-02", "/amount"));
}

#[test]
fn vou_03_more_than_500_items() {
    let items = |count: usize| json!(vec![json!({"product_id": "p"}); count]);
    assert_eq!(after(&[("/items", items(501))]), one("VOU-03", "/items"));
    assert_eq!(after(&[("/items", items(500))]), []);
}

fn whole(orders: &Batch) -> Vec<(usize, &'static str)> {
    VENDOR
        .check_batch(orders)
        .iter()
        .map(|(index, finding)| (*index, finding.rule.id))
        .collect()
}

#[test]
fn vou_04_more_than_2000_orders() {
    let keys: Vec<String> = (0..2001).map(|key| key.to_string()).collect();
    let mut keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    assert_eq!(whole(&batch(Operation::Import, &keys)), [(2000, "VOU-04")]);
    keys.pop();
    assert_eq!(whole(&batch(Operation::Import, &keys)), []);
    let limits = VENDOR.limits(Operation::Import, &account());
    assert_eq!(limits.orders_per_request, 2000);
}

#[test]
fn vou_05_the_date_is_kept_in_metadata() {
    assert_eq!(
        after(&[("/metadata/order_date", json!("-"))]),
        one("VOU-05", "/metadata")
    );
    assert_eq!(
        after(&[("/metadata", json!("-"))]),
        one("VOU-05", "/metadata")
    );
    assert_eq!(
        after(&[("/metadata/order_date", json!("March 1st"))]),
        one("VOU-05", "/metadata")
    );
    assert_eq!(
        after(&[("/metadata/order_date", json!("2024-03-01T10:00:00"))]),
        []
    );
    let undated = Order {
        placed_at: None,
        ..sample_order()
    };
    let shown = inspected(VENDOR, &undated, &account(), Operation::Import);
    assert_eq!(told(&shown), one("VOU-05", "/metadata"));
    let status = inspected(VENDOR, &undated, &account(), Operation::Status);
    assert_eq!(told(&status), []);
}

#[test]
fn vou_06_amount_is_the_sum_of_the_items() {
    assert_eq!(after(&[("/amount", json!(2401))]), one("VOU-06", "/amount"));
    assert_eq!(
        after(&[("/items/1/price", json!(101))]),
        one("VOU-06", "/amount")
    );
    // Not every item has an amount or a price; or there are none.
    assert_eq!(after(&[("/items/1/price", json!("-"))]), []);
    assert_eq!(after(&[("/items", json!([]))]), []);
    assert_eq!(after(&[("/amount", json!("-"))]), []);
}

#[test]
fn vou_07_ids_and_what_they_name() {
    let missing_id = after(&[("/items/0/source_id", json!("-"))]);
    assert_eq!(missing_id, one("VOU-07", "/items/0/related_object"));
    let other = after(&[("/items/0/related_object", json!("voucher"))]);
    assert_eq!(other, one("VOU-07", "/items/0/related_object"));
    let payload = changed(&[("/items/0/related_object", json!("-"))]);
    let shown = inspected_native(VENDOR, &payload, &account());
    assert_eq!(told(&shown), one("VOU-07", "/items/0/source_id"));
    assert_eq!(shown.findings[0].severity, Severity::Warning);
}

#[test]
fn vou_08_quantities_below_one() {
    for field in ["quantity", "initial_quantity"] {
        let pointer = format!("/items/0/{field}");
        for value in [0, -3] {
            assert_eq!(after(&[(&pointer, json!(value))]), one("VOU-08", &pointer));
        }
        assert_eq!(after(&[(&pointer, json!(1))]), []);
    }
}

#[test]
fn vou_09_no_source_id() {
    for value in [json!("-"), json!(null), json!("")] {
        assert_eq!(after(&[("/source_id", value)]), one("VOU-09", "/source_id"));
    }
}

#[test]
fn vou_10_the_same_id_twice_in_a_request() {
    assert_eq!(
        whole(&batch(Operation::Import, &["a", "b", "a"])),
        [(2, "VOU-10")]
    );
    assert_eq!(whole(&batch(Operation::Import, &["a", "b", "c"])), []);
    // Orders without an id have nothing in common.
    let mut nameless = batch(Operation::Import, &["a", "b"]);
    for order in &mut nameless.orders {
        order.payload = b"{}".to_vec();
    }
    assert_eq!(whole(&nameless), []);
}

#[test]
fn vou_11_birthday_and_its_fix() {
    let payload = changed(&[
        ("/customer/birthdate", json!("-")),
        ("/customer/birthday", json!("1990-01-02")),
    ]);
    assert_eq!(
        fixed(payload, "VOU-11", "/customer/birthday"),
        native_customer()
    );
    let both = changed(&[("/customer/birthday", json!("1970-01-01"))]);
    assert_eq!(
        fixed(both, "VOU-11", "/customer/birthday"),
        native_customer()
    );
}

fn native_customer() -> Value {
    native()["customer"].clone()
}

/// The customer after the fix of the only finding.
fn fixed(mut payload: Value, rule: &'static str, pointer: &str) -> Value {
    let account = account();
    let shown = inspected_native(VENDOR, &payload, &account);
    assert_eq!(told(&shown), one(rule, pointer));
    let scope = Scope {
        operation: Operation::Import,
        account: &account,
        now: now(),
    };
    for change in VENDOR.fix(&shown.findings[0], &payload, &scope).unwrap() {
        apply(&mut payload, &change);
    }
    assert_eq!(told(&inspected_native(VENDOR, &payload, &account)), []);
    payload["customer"].clone()
}

#[test]
fn vou_12_dates_and_addresses_in_their_form() {
    for (pointer, value) in [
        ("/customer/birthdate", json!("02/01/1990")),
        ("/customer/birthdate", json!("1990-02-30")),
        ("/customer/email", json!("a.example.com")),
    ] {
        assert_eq!(after(&[(pointer, value)]), one("VOU-12", pointer));
    }
    assert_eq!(after(&[("/customer/birthdate", json!("1992-02-29"))]), []);
}

#[test]
fn vou_13_override_and_its_fix() {
    for part in ["product", "sku"] {
        let pointer = format!("/items/0/{part}/override");
        let payload = changed(&[(&pointer, json!(true))]);
        fixed(payload, "VOU-13", &pointer);
    }
}

#[test]
fn vou_14_an_order_finer_than_its_currency() {
    let mut order = sample_order();
    order.discount_total = Some(decimal("19.305"));
    let shown = inspected(VENDOR, &order, &account(), Operation::Import);
    assert_eq!(told(&shown), one("VOU-14", "/discount_amount"));
    assert_eq!(shown.value["discount_amount"].to_string(), "1930.5");
    order.discount_total = None;
    order.items[1].unit_price = Some(decimal("16.005"));
    let shown = inspected(VENDOR, &order, &account(), Operation::Import);
    assert_eq!(
        told(&shown),
        [
            ("VOU-14", "/amount".to_owned()),
            ("VOU-14", "/items/1/amount".to_owned())
        ]
    );
    order.items[1].quantity = Some(decimal("2"));
    let shown = inspected(VENDOR, &order, &account(), Operation::Import);
    assert_eq!(told(&shown), [], "2 × 16.005 is exact");
}

#[test]
fn every_rule_explains_itself() {
    for (number, rule) in VENDOR.rules().iter().enumerate() {
        assert_eq!(rule.id, format!("VOU-{:02}", number + 1));
        assert!(!rule.why.is_empty() && !rule.remedy.is_empty());
    }
}

#[test]
fn side_effects_are_told_with_counts() {
    let mut tally = crate::vendor::Tally::default();
    let mut plain = sample_order();
    plain.customer = crate::order::Customer::default();
    for order in [&sample_order(), &sample_order(), &plain] {
        let sent = crate::vendor::testing::encoded(VENDOR, order, &account(), Operation::Import);
        VENDOR.tally(&sent.facts, &mut tally);
    }
    let effects = VENDOR.side_effects(Operation::Import, None, &account(), &tally);
    let words = "2 orders with a customer: Voucherify will place 1 customer into segments";
    assert!(effects[0].warning && effects[0].text.starts_with(words));
    assert!(
        !effects
            .iter()
            .any(|effect| effect.text.contains("`override`"))
    );
}

#[test]
fn each_mode_tells_only_its_own_side_effects() {
    let tally = crate::vendor::Tally {
        orders: 3,
        ..Default::default()
    };
    for operation in [Operation::Status, Operation::Cancel] {
        let told = |mode| VENDOR.side_effects(operation, mode, &account(), &tally);
        let live = told(Some("live"));
        assert_eq!(live, told(None));
        assert!(live[0].warning && live[0].text.starts_with("As live orders, 3 orders"));
        assert!(!live.iter().any(|effect| effect.text.contains("history")));

        let history = told(Some("history"));
        assert!(history[0].text.starts_with("As history, 3 orders"));
        assert!(
            !history
                .iter()
                .any(|effect| effect.warning || effect.text.contains("live"))
        );
    }
}
