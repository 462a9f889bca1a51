//! The payloads, byte for byte, and the switches that change them.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::order::VendorField;

#[test]
fn a_full_import() {
    let expected = json!({
        "id": "#1001",
        "external_id": "c-77",
        "status": "Processing",
        "channel": "web",
        "date": 1_709_305_200,
        "offline": false,
        "location_id": "7701123",
        "promocode": "WELCOME10",
        "delivery_type": "courier",
        "delivery_address": "111 Peter Street, Αθήνα, I, 105 57, GR",
        "delivery_date": "2024-03-05",
        "delivery_time": "15:00",
        "payment_type": "Card",
        "value": { "total": 0 },
        "payment_structure": { "cash": 0, "bonuses": 0, "delivery": 20, "discount": 0 },
        "items": [
            { "id": "SKU-0123", "price": 0, "quantity": 2, "status": "invoiced", "original_price": 0,
              "discount_product": 0, "barcode": "195204003541", "line_id": "l-1" },
            { "id": "V-7", "price": 0, "quantity": 1, "status": "shipped", "line_id": "l-2" },
        ],
    });
    let mut expected = expected.to_string();
    // serde_json would write these numbers without their last zeros.
    for (name, digits) in [
        ("total", "200.13"),
        ("cash", "190.00"),
        ("bonuses", "15.00"),
        ("discount", "24.87"),
        ("price", "100.00"),
        ("original_price", "110.00"),
        ("discount_product", "5.00"),
        ("price", "5.00"),
    ] {
        expected = expected.replacen(&format!("\"{name}\":0"), &format!("\"{name}\":{digits}"), 1);
    }
    let seen = look(&full_order(), &account(), Operation::Import);
    assert_eq!(seen.value.to_string(), expected);
    assert_eq!(findings(&full_order()), [""; 0]);
}

#[test]
fn a_status_update_has_no_items() {
    let mut order = full_order();
    order.fulfilment = Some(Fulfilment::Delivered);
    let seen = look(&order, &account(), Operation::Status);
    assert_eq!(seen.value["items"], json!([]));
    assert_eq!(seen.value["status"], "Delivered");
    assert_eq!(seen.value["value"]["total"].to_string(), "200.13");
    assert!(ids(&seen.findings).is_empty());
}

#[test]
fn a_cancellation_is_id_and_status_alone() {
    let bare = Order {
        id: "#1001".into(),
        ..Order::default()
    };
    let seen = look(&bare, &account(), Operation::Cancel);
    assert_eq!(
        seen.value.to_string(),
        r##"{"id":"#1001","status":"cancelled"}"##
    );
    assert!(seen.findings.is_empty());
    let mut account = account_with(json!({ "status": { "cancelled": "Cancelled" } }));
    account.defaults.insert("channel".into(), json!("Website"));
    let seen = look(&full_order(), &account, Operation::Cancel);
    assert_eq!(seen.value, json!({ "id": "#1001", "status": "Cancelled" }));
}

#[test]
fn both_sinks_agree_on_a_full_order() {
    assert_sinks_agree(&Kameleoon, &full_order(), &account());
    assert_sinks_agree(&Kameleoon, &Order::default(), &sandbox(&Kameleoon));
}

#[test]
fn stages_and_lines_get_their_words() {
    let mut order = full_order();
    order.fulfilment = Some(Fulfilment::Shipped);
    let account = account_with(json!({ "status": { "shipped": "Sent" } }));
    let seen = payload(&order, &account);
    assert_eq!(seen["status"], "Sent");
    assert_eq!(seen["items"][0]["status"], "shipped");
    order.cancelled = Some(true);
    let seen = payload(&order, &account);
    assert_eq!(seen["status"], "cancelled");
    assert_eq!(seen["items"][1]["status"], "cancelled");
    order.items[1].status = Some(LineStatus::Refunded);
    assert_eq!(payload(&order, &account)["items"][1]["status"], "refunded");
}

#[test]
fn switches_change_what_they_name() {
    let mut order = full_order();
    order.items[0].product_id = Some("p-1".into());
    let account = account_with(json!({
        "external_id_from": "email",
        "item_id_from": "product_id",
        "barcode_field": "barcode_id",
        "discount_product": "price",
    }));
    let seen = payload(&order, &account);
    assert_eq!(seen["external_id"], "chloe.oneil@example.com");
    assert_eq!(seen["items"][0]["id"], "p-1");
    assert_eq!(seen["items"][1]["id"], "V-7");
    assert_eq!(seen["items"][0]["barcode_id"], "195204003541");
    assert_eq!(seen["items"][0].get("barcode"), None);
    // (2 × 100.00 − 5.00) ÷ 2
    assert_eq!(seen["items"][0]["discount_product"].to_string(), "97.50");
    assert_eq!(seen["items"][1].get("discount_product"), None);
}

#[test]
fn a_price_can_come_from_the_line() {
    let mut order = full_order();
    order.items = vec![LineItem {
        unit_price: None,
        subtotal: decimal("30.00"),
        ..line("A", "4", "0")
    }];
    assert_eq!(
        payload(&order, &account())["items"][0]["price"].to_string(),
        "7.50"
    );
    order.items[0].quantity = decimal("7");
    assert_eq!(findings(&order), ["KAM-01"], "30 ÷ 7 has no exact price");
}

#[test]
fn the_profile_fills_what_the_order_lacks_and_cash_follows() {
    let mut order = full_order();
    order.shipping_total = None;
    let mut account = account();
    account
        .defaults
        .insert("payment_structure/delivery".into(), json!(4));
    account
        .defaults
        .insert("items/*/delivery_company".into(), json!("Canada Post"));
    let seen = payload(&order, &account);
    assert_eq!(seen["payment_structure"]["cash"].to_string(), "206.00");
    assert_eq!(seen["items"][1]["delivery_company"], "Canada Post");
    order.vendor_fields.push(VendorField {
        vendor: "kameleoon".into(),
        path: "payment_structure/discount".into(),
        item: None,
        value: "10.5".into(),
    });
    let seen = look(&order, &account, Operation::Import);
    assert_eq!(
        seen.value["payment_structure"]["cash"].to_string(),
        "191.63"
    );
    assert!(ids(&seen.findings).is_empty());
}

/// What a Shopify export gives: no customer id, no channel id, no location.
fn shopify_like() -> impl Strategy<Value = Order> {
    let line = (
        0_u32..30,
        1_i64..5,
        0_i64..2_000_000,
        prop::option::of(0_i64..5_000),
    )
        .prop_map(|(sku, quantity, cents, discount)| LineItem {
            discount: discount.map(|cents| Decimal::new(cents, 2)),
            list_price: Some(Decimal::new(cents + 500, 2)),
            quantity: Some(Decimal::from(quantity)),
            unit_price: Some(Decimal::new(cents, 2)),
            sku: Some(format!("SKU-{sku:04}").into()),
            ..LineItem::default()
        });
    (
        prop::collection::vec(line, 1..6),
        0_i64..100_000,
        0_i64..100_000_000,
        any::<bool>(),
        ".{0,12}",
    )
        .prop_map(|(items, discount, total, cancelled, name)| Order {
            channel: None,
            location_id: None,
            total: Some(Decimal::new(total, 2)),
            discount_total: Some(Decimal::new(discount, 2)),
            shipping_total: decimal("0.00"),
            gift_card_total: None,
            cancelled: cancelled.then_some(true),
            shipping: Address {
                city: (!name.is_empty()).then(|| name.into()),
                ..Address::default()
            },
            customer: Customer::default(),
            items,
            ..full_order()
        })
}

#[test]
fn an_amount_of_zero_keeps_its_digits() {
    let mut order = full_order();
    order.items[0].discount = decimal("0.00");
    order.discount_total = decimal("0.00");
    let seen = payload(&order, &account());
    assert_eq!(seen["items"][0]["discount_product"].to_string(), "0.00");
    assert_eq!(seen["payment_structure"]["discount"].to_string(), "0.00");
}

proptest! {
    #[test]
    fn sinks_agree_and_amounts_survive(order in shopify_like()) {
        let account = sandbox(&Kameleoon);
        assert_sinks_agree(&Kameleoon, &order, &account);
        let seen = look(&order, &account, Operation::Import);
        prop_assert_eq!(seen.value["value"]["total"].to_string(), order.total.unwrap().to_string());
        let amount = |name: &str| -> Decimal {
            seen.value["payment_structure"].get(name).map_or(Decimal::ZERO, |value| value.to_string().parse().unwrap())
        };
        prop_assert_eq!(order.total.unwrap(), amount("cash") + amount("bonuses") + amount("delivery") - amount("discount"));
        prop_assert!(seen.findings.iter().all(|finding| !finding.blocks() || finding.rule.id == "KAM-07"));
        let sold = |quantity: &Value, price: &Value| -> Decimal {
            quantity.to_string().parse::<Decimal>().unwrap() * price.to_string().parse::<Decimal>().unwrap()
        };
        let sent: Decimal = seen.value["items"].as_array().unwrap().iter().map(|item| sold(&item["quantity"], &item["price"])).sum();
        let ordered: Decimal = order.items.iter().filter_map(LineItem::gross).sum();
        prop_assert_eq!(sent, ordered);
        let empties = |members: &Map<String, Value>| members.values().any(|value| value.is_null() || *value == json!(""));
        prop_assert!(!empties(seen.value.as_object().unwrap()));
    }
}
