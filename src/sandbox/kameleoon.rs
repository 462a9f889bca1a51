//! Kameleoon: `POST /sync/orders`.
//!
//! Refused, the whole request, with 400 and `{"status":"error","payload":{"message"}}`:
//! credentials it doesn't know; no orders, more than 5000, or the same id twice; a required
//! field missing or empty; a wrong type; a date that isn't Unix seconds between 2000 and
//! tomorrow; a `delivery_date` or `delivery_time` not in its format; an item status outside the
//! six; a product on two lines; a negative quantity; a total that isn't
//! `cash + bonuses + delivery - discount` to the last digit; `items` empty on an order that was
//! never imported. Over 32 MB: 413.
//!
//! An order of nothing but `id` and `status` is a cancellation, whose status has to be
//! `cancelled` (in any case of letters). Where the page contradicts itself, both are taken:
//! `value.total` and `value.Total`, `barcode` and `barcode_id`.

use std::collections::HashSet;

use axum::http::Method;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::call::{Answer, Call, Failing, Purpose, Session, Simulator};
use super::check::{self, Checker, Field, Kind, Path, optional, required};
use super::shelf::{Event, How, OrderTaken, Shelf};

const SHOP_ID: &str = "SANDBOXSHOP";
const SHOP_SECRET: &str = "sandbox-shop-secret";
const IMPORT_PATH: &str = "/sync/orders";
const MOST_ORDERS: usize = 5000;
/// 2000-01-01T00:00:00Z.
const EARLIEST_S: i64 = 946_684_800;
const DAY_S: i64 = 86_400;

pub(super) const SIMULATOR: Simulator = Simulator {
    name: "kameleoon",
    credentials: &[("shop_id", SHOP_ID), ("shop_secret", SHOP_SECRET)],
    body_limit: 32 * 1024 * 1024,
    too_large: || error(413, "Payload too large"),
    reads_back: false,
    tokens: false,
    jobs: false,
    purpose,
    failing,
    answer,
};

const CANCELLATION: &[Field] = &[
    required("id", Kind::Text),
    required("status", Kind::Like(cancelled)),
];

const ORDER: &[Field] = &[
    required("id", Kind::Text),
    required("external_id", Kind::Text),
    required("status", Kind::Text),
    required("channel", Kind::Text),
    required("date", Kind::Integer(EARLIEST_S)),
    optional("offline", Kind::Boolean),
    required("location_id", Kind::Text),
    optional("promocode", Kind::Text),
    optional("delivery_type", Kind::Text),
    optional("delivery_address", Kind::Text),
    optional("delivery_date", Kind::Like(check::date)),
    optional("delivery_time", Kind::Like(check::time)),
    optional("payment_type", Kind::Text),
    optional("tax_free", Kind::Boolean),
    optional("bank_issuer", Kind::Text),
    optional("bank_pos_processor", Kind::Text),
    optional("bank_loyalty_program", Kind::Text),
    optional("bank_total_installment", Kind::Integer(i64::MIN)),
    optional("payment_card_provider", Kind::Text),
    optional("gift_package", Kind::Boolean),
    required("value", Kind::Object(VALUE)),
    required("payment_structure", Kind::Object(PAYMENT_STRUCTURE)),
    required("items", Kind::List(&Kind::Object(ITEM), 0, usize::MAX)),
];

const VALUE: &[Field] = &[
    optional("total", Kind::Number),
    optional("Total", Kind::Number),
];

const PAYMENT_STRUCTURE: &[Field] = &[
    optional("cash", Kind::Number),
    optional("bonuses", Kind::Number),
    optional("delivery", Kind::Number),
    optional("discount", Kind::Number),
];

const ITEM: &[Field] = &[
    required("id", Kind::Text),
    required("price", Kind::Number),
    required("quantity", Kind::Integer(0)),
    required(
        "status",
        Kind::OneOf(&[
            "created",
            "invoiced",
            "shipped",
            "delivered",
            "cancelled",
            "refunded",
        ]),
    ),
    optional("original_price", Kind::Number),
    optional("discount_product", Kind::Number),
    optional("discount_bonuses", Kind::Number),
    optional("delivery_company", Kind::Text),
    optional("barcode", Kind::Text),
    optional("barcode_id", Kind::Text),
    optional("line_id", Kind::Text),
    optional("cancel_reason", Kind::Text),
];

fn cancelled(status: &str) -> Option<&'static str> {
    (!status.eq_ignore_ascii_case("cancelled")).then_some(
        "must be cancelled when it comes with the id alone; any other order needs its other fields",
    )
}

fn error(status: u16, message: &str) -> Answer {
    Answer::json(
        status,
        json!({"status": "error", "payload": {"message": message}}),
    )
}

fn purpose(method: &Method, path: &str) -> Purpose {
    if path == IMPORT_PATH && method == Method::POST {
        Purpose::Orders
    } else {
        Purpose::Other
    }
}

/// Only what the vendor itself refuses is known to have its form; the rest come from whatever
/// stands before it.
fn failing(failing: &Failing, _: &Session) -> Answer {
    match failing.status {
        400 | 401 | 403..=406 => error(failing.status, failing.words()),
        status => Answer::text(status, failing.words()),
    }
}

fn answer(call: &Call, shelf: &Shelf, _: &mut Session) -> Answer {
    if call.path != IMPORT_PATH {
        return error(404, "Not found");
    }
    if call.method != Method::POST {
        return error(405, "Method not allowed").header("allow", "POST");
    }
    import(call, shelf)
}

fn import(call: &Call, shelf: &Shelf) -> Answer {
    if !call.is_json() {
        return error(400, "Content-Type must be application/json");
    }
    let mut body = match call.json() {
        Ok(body) => body,
        Err(words) => return error(400, &format!("Invalid JSON: {words}")),
    };
    if check::text(&body, "shop_id") != Some(SHOP_ID)
        || check::text(&body, "shop_secret") != Some(SHOP_SECRET)
    {
        return error(400, "Shop not found: wrong shop_id or shop_secret");
    }
    let Some(orders) = body.get_mut("orders").and_then(Value::as_array_mut) else {
        return error(400, "orders must be an array");
    };
    if orders.is_empty() {
        return error(400, "orders cannot be empty");
    }
    if orders.len() > MOST_ORDERS {
        return error(
            400,
            &format!("orders cannot have more than {MOST_ORDERS} entries"),
        );
    }
    let mut checker = Checker::null_is_absent();
    let latest_s = call.now_ms / 1000 + DAY_S;
    let mut ids = HashSet::new();
    for (index, order) in orders.iter().enumerate() {
        let root = Path::Root.key("orders");
        let at = root.index(index);
        check_order(order, shelf, latest_s, &mut checker, &at);
        if let Some(id) = check::text(order, "id")
            && !ids.insert(id)
        {
            checker.report(
                &at.key("id"),
                format!("{id} comes twice in the same request"),
            );
        }
    }
    let (problems, unknown) = checker.finish();
    if !problems.is_empty() {
        let lines: Vec<String> = problems
            .iter()
            .map(|problem| format!("{} {}", problem.path.trim_start_matches('.'), problem.what))
            .collect();
        return error(400, &lines.join("; "));
    }
    let events = std::mem::take(orders)
        .into_iter()
        .map(|order| Event::Order(taken(order, shelf)))
        .collect();
    Answer::json(200, json!({"status": "success"})).taking(events, unknown)
}

fn is_cancellation(order: &Value) -> bool {
    order
        .as_object()
        .is_some_and(|fields| fields.keys().all(|name| name == "id" || name == "status"))
}

fn taken(order: Value, shelf: &Shelf) -> OrderTaken {
    let key = check::text(&order, "id").unwrap_or_default().to_owned();
    let how = if is_cancellation(&order) {
        How::Cancel
    } else if has_no_items(&order) && shelf.has_taken(&key) {
        How::Update
    } else {
        How::Import
    };
    OrderTaken {
        key,
        how,
        order,
        failure: None,
    }
}

fn has_no_items(order: &Value) -> bool {
    order
        .get("items")
        .and_then(Value::as_array)
        .is_some_and(Vec::is_empty)
}

fn check_order(order: &Value, shelf: &Shelf, latest_s: i64, checker: &mut Checker, at: &Path<'_>) {
    if is_cancellation(order) {
        checker.value(order, &Kind::Object(CANCELLATION), at);
        return;
    }
    checker.value(order, &Kind::Object(ORDER), at);
    if let Some(date) = order.get("date").and_then(Value::as_i64)
        && date > latest_s
    {
        checker.report(
            &at.key("date"),
            "must be Unix seconds, not later than tomorrow",
        );
    }
    if has_no_items(order) && !check::text(order, "id").is_some_and(|id| shelf.has_taken(id)) {
        checker.report(&at.key("items"), "cannot be empty when an order is created");
    }
    check_total(order, checker, at);
    check_products(order, checker, at);
}

/// The page: `value.total == cash + bonuses + delivery - discount`.
fn check_total(order: &Value, checker: &mut Checker, at: &Path<'_>) {
    let (Some(value), Some(parts)) = (
        order.get("value").filter(|value| value.is_object()),
        order
            .get("payment_structure")
            .filter(|parts| parts.is_object()),
    ) else {
        return;
    };
    let here = at.key("value");
    let total = match (value.get("total"), value.get("Total")) {
        (Some(_), Some(_)) => {
            checker.report(&here, "has both total and Total");
            return;
        }
        (Some(total), None) | (None, Some(total)) if !total.is_null() => total,
        _ => {
            checker.report(&here.key("total"), "is required");
            return;
        }
    };
    let part = |name| match parts.get(name) {
        None | Some(Value::Null) => Some(Decimal::ZERO),
        Some(number) => check::decimal(number),
    };
    let (Some(total), Some(cash), Some(bonuses), Some(delivery), Some(discount)) = (
        check::decimal(total),
        part("cash"),
        part("bonuses"),
        part("delivery"),
        part("discount"),
    ) else {
        return;
    };
    let sum = cash
        .checked_add(bonuses)
        .and_then(|sum| sum.checked_add(delivery))
        .and_then(|sum| sum.checked_sub(discount));
    if sum != Some(total) {
        let sum = sum.map_or_else(|| "too large a number".to_owned(), |sum| sum.to_string());
        checker.report(
            &here.key("total"),
            format!("is {total}, but cash + bonuses + delivery - discount is {sum}"),
        );
    }
}

fn check_products(order: &Value, checker: &mut Checker, at: &Path<'_>) {
    let items = order.get("items").and_then(Value::as_array);
    let mut products = HashSet::new();
    for (index, item) in items.into_iter().flatten().enumerate() {
        if let Some(id) = check::text(item, "id")
            && !products.insert(id)
        {
            let items = at.key("items");
            let line = items.index(index);
            checker.report(&line.key("id"), format!("{id} is on another line too"));
        }
    }
}

#[cfg(test)]
mod tests;
