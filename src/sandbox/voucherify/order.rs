//! Voucherify's orders as they are read back.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::call::derived_id;
use super::super::check;
use super::super::shelf::{Shelf, Stored};

/// Voucherify's own id for a source id.
pub(super) fn id_of(key: &str) -> String {
    derived_id("ord_", 24, key)
}

/// An order by its source id or by Voucherify's id, with its key.
pub(super) fn find<'a>(shelf: &'a Shelf, wanted: &str) -> Option<(&'a str, &'a Stored)> {
    let found = shelf.orders.get_key_value(wanted).or_else(|| {
        wanted
            .starts_with("ord_")
            .then(|| shelf.orders.iter().find(|(key, _)| id_of(key) == wanted))
            .flatten()
    });
    found.map(|(key, stored)| (key.as_str(), stored))
}

/// `2023-01-20T10:04:44.916Z`
pub(super) fn timestamp(ms: i64) -> String {
    Timestamp::from_millisecond(ms)
        .map(|instant| format!("{instant:.3}"))
        .unwrap_or_default()
}

/// The order as `GET` shows it.
pub(super) fn present(key: &str, stored: &Stored) -> Value {
    shown(key, stored.order(), stored.created_ms, stored.updated_ms)
}

/// The order as it is after a change at this time.
pub(super) fn present_changed(key: &str, stored: &Stored, change: &Value, now_ms: i64) -> Value {
    let mut order = stored.order();
    if let (Some(order), Some(change)) = (order.as_object_mut(), change.as_object()) {
        for (name, value) in change {
            order.insert(name.clone(), value.clone());
        }
    }
    shown(key, order, stored.created_ms, now_ms)
}

fn shown(key: &str, order: Value, created_ms: i64, updated_ms: i64) -> Value {
    let source_id = check::text(&order, "source_id").map(str::to_owned);
    let id = match source_id {
        Some(_) => id_of(key),
        None => key.to_owned(),
    };
    let Value::Object(mut sent) = order else {
        return Value::Null;
    };
    let items = sent.shift_remove("items");
    let amount = sent
        .shift_remove("amount")
        .or_else(|| items.as_ref().map(sum_of_items))
        .unwrap_or_else(|| 0.into());
    let status = sent
        .shift_remove("status")
        .unwrap_or_else(|| "CREATED".into());
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("id", id.into());
    put("source_id", source_id.into());
    put("created_at", timestamp(created_ms).into());
    put("updated_at", timestamp(updated_ms).into());
    put("status", status);
    put("total_amount", amount.clone());
    put("amount", amount);
    for name in ["initial_amount", "discount_amount"] {
        if let Some(value) = sent.shift_remove(name) {
            put(name, value);
        }
    }
    if let Some(Value::Array(items)) = items {
        put("items", items.into_iter().map(item).collect());
    }
    put(
        "metadata",
        sent.shift_remove("metadata").unwrap_or_else(|| json!({})),
    );
    for name in ["customer", "referrer"] {
        if let Some(person) = sent.shift_remove(name) {
            let id = customer_id(&person);
            put(name, json!({"id": id, "object": "customer"}));
            put(&format!("{name}_id"), id.into());
        }
    }
    if let Some(id @ Value::String(_)) = sent.shift_remove("referrer_id") {
        put("referrer_id", id);
    }
    put("object", "order".into());
    Value::Object(shown)
}

fn customer_id(person: &Value) -> String {
    match (check::text(person, "id"), check::text(person, "source_id")) {
        (Some(id), _) => id.to_owned(),
        (None, Some(source_id)) => derived_id("cust_", 24, source_id),
        (None, None) => derived_id("cust_", 24, &person.to_string()),
    }
}

fn item(item: Value) -> Value {
    let amount = amount_of(&item);
    let Value::Object(sent) = item else {
        return Value::Null;
    };
    let mut shown = Map::new();
    shown.insert("object".to_owned(), "order_item".into());
    shown.extend(sent);
    if let Some(amount) = amount {
        shown
            .entry("amount")
            .or_insert_with(|| whole_number(amount));
        shown.insert("subtotal_amount".to_owned(), whole_number(amount));
    }
    Value::Object(shown)
}

fn sum_of_items(items: &Value) -> Value {
    let items = items.as_array().map(Vec::as_slice).unwrap_or_default();
    whole_number(
        items
            .iter()
            .filter_map(amount_of)
            .fold(0, i128::saturating_add),
    )
}

/// An item's amount: as given, or its price times its quantity.
fn amount_of(item: &Value) -> Option<i128> {
    let integer = |name| item.get(name).and_then(Value::as_i64).map(i128::from);
    integer("amount").or_else(|| Some(integer("price")? * integer("quantity")?))
}

/// A number of any size, all digits kept.
fn whole_number(number: i128) -> Value {
    number
        .to_string()
        .parse()
        .map(Value::Number)
        .unwrap_or_default()
}
