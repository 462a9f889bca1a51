//! Tests of the Kameleoon simulator.

use super::super::call::testing::{NOW_MS, call, session};
use super::*;

fn order() -> Value {
    json!({
        "id": "#1001", "external_id": "c1", "status": "Processing", "channel": "Website",
        "date": 1_602_338_740, "location_id": "7701123", "delivery_date": "2021-12-21",
        "delivery_time": "15:00", "tax_free": false, "bank_total_installment": 0,
        "value": {"total": 200.13},
        "payment_structure": {"cash": 190, "bonuses": 15, "delivery": 20, "discount": 24.87},
        "items": [{"id": "I1", "price": 205, "quantity": 1, "status": "created"}]
    })
}

fn sent(orders: &Value, shelf: &Shelf) -> Answer {
    let body = json!({"shop_id": SHOP_ID, "shop_secret": SHOP_SECRET, "orders": orders});
    let call = call(Method::POST, "/sync/orders", &[], &body.to_string());
    answer(&call, shelf, &mut session())
}

fn message(answer: &Answer) -> &str {
    assert_eq!(answer.value()["status"], "error");
    answer.value()["payload"]["message"].as_str().unwrap()
}

/// What is said when a field is set so (or removed, for null).
fn refusal(pointer: &str, value: Value) -> String {
    let mut order = order();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = order.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        parent.remove(name);
    } else {
        parent.insert(name.to_owned(), value);
    }
    let answer = sent(&json!([order]), &Shelf::new(false));
    if answer.status == 200 {
        return String::new();
    }
    assert_eq!(answer.status, 400);
    assert!(answer.events.is_empty());
    message(&answer).to_owned()
}

#[test]
fn a_good_order_is_taken() {
    let mut shelf = Shelf::new(false);
    let mut answer = sent(&json!([order()]), &shelf);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.value(), &json!({"status": "success"}));
    shelf.keep(NOW_MS, &mut answer);
    assert_eq!(shelf.copies.get("#1001"), Some(&1));
}

#[test]
fn every_required_field_is_missed() {
    for field in ORDER.iter().filter(|field| field.is_required()) {
        let said = refusal(&format!("/{}", field.name()), Value::Null);
        let wanted = format!("orders[0].{} is required", field.name());
        assert!(said.contains(&wanted), "{said}");
    }
    for field in ITEM.iter().filter(|field| field.is_required()) {
        let said = refusal(&format!("/items/0/{}", field.name()), Value::Null);
        let wanted = format!("orders[0].items[0].{} is required", field.name());
        assert!(said.contains(&wanted), "{said}");
    }
}

#[test]
fn what_the_page_forbids_is_named() {
    for (pointer, value, wanted) in [
        ("/id", json!(1001), "orders[0].id must be a string"),
        ("/external_id", json!(""), "external_id is required"),
        ("/date", json!("1602338740"), "date must be an integer"),
        (
            "/date",
            json!(1_602_338_740_000_i64),
            "must be Unix seconds",
        ),
        ("/date", json!(5), "date cannot be lower than 946684800"),
        ("/delivery_date", json!("21.12.2021"), "YYYY-MM-DD"),
        ("/delivery_time", json!("3 pm"), "HH:MM"),
        ("/tax_free", json!("no"), "must be a boolean"),
        ("/value/total", json!("200.13"), "total must be a number"),
        ("/value/total", Value::Null, "value.total is required"),
        ("/value/total", json!(200.14), "is 200.14, but cash"),
        (
            "/payment_structure/cash",
            json!(189.99),
            "discount is 200.12",
        ),
        ("/items", json!({}), "items must be an array"),
        (
            "/items",
            json!([]),
            "cannot be empty when an order is created",
        ),
        (
            "/items/0/quantity",
            json!(1.5),
            "quantity must be an integer",
        ),
        (
            "/items/0/quantity",
            json!(-1),
            "quantity cannot be lower than 0",
        ),
        (
            "/items/0/status",
            json!("Created"),
            "must be one of created",
        ),
    ] {
        let said = refusal(pointer, value);
        assert!(said.contains(wanted), "{pointer}: {said}");
    }
}

#[test]
fn both_spellings_of_the_page_pass() {
    assert_eq!(refusal("/value", json!({"Total": 200.13})), "");
    assert_eq!(refusal("/items/0/barcode_id", json!("1")), "");
}

#[test]
fn twice_the_same_is_refused() {
    let twice = sent(&json!([order(), order()]), &Shelf::new(false));
    assert!(message(&twice).contains("#1001 comes twice"));
    let item = order()["items"][0].clone();
    assert!(refusal("/items", json!([item, item])).contains("I1 is on another line"));
}

#[test]
fn a_known_order_is_updated_and_cancelled() {
    let mut shelf = Shelf::new(false);
    shelf.keep(NOW_MS, &mut sent(&json!([order()]), &shelf));
    let mut update = order();
    update["items"] = json!([]);
    shelf.keep(NOW_MS, &mut sent(&json!([update]), &shelf));
    let cancel = json!([{"id": "#1001", "status": "Cancelled"}]);
    shelf.keep(NOW_MS, &mut sent(&cancel, &shelf));
    assert_eq!(shelf.copies.get("#1001"), Some(&1));
    assert_eq!(shelf.updated.get("#1001"), Some(&1));
    assert_eq!(shelf.cancelled.get("#1001"), Some(&1));
    let other = sent(&json!([{"id": "#1001", "status": "Shipped"}]), &shelf);
    assert!(message(&other).contains("status must be cancelled"));
}

#[test]
fn strangers_are_told_so() {
    let body = json!({"shop_id": SHOP_ID, "shop_secret": "wrong", "orders": [order()]});
    let call = call(Method::POST, "/sync/orders", &[], &body.to_string());
    let answer = answer(&call, &Shelf::new(false), &mut session());
    assert!(message(&answer).contains("Shop not found"));
}

#[test]
fn unknown_fields_are_noted_not_refused() {
    let mut order = order();
    order["payment_typ"] = json!("Card");
    let answer = sent(&json!([order]), &Shelf::new(false));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.unknown, [".orders[].payment_typ"]);
}
