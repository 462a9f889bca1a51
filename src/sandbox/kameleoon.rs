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

use super::call::{Answer, Call, Purpose, Session, Simulator};
use super::check::{self, Checker, Field, Kind, Path, optional, required};
use super::shelf::{Event, How, OrderTaken, Shelf};

const SHOP_ID: &str = "SANDBOXSHOP";
const SHOP_SECRET: &str = "sandbox-shop-secret";
const MOST_ORDERS: usize = 5000;
/// 2000-01-01T00:00:00Z.
const EARLIEST_S: i64 = 946_684_800;
const DAY_S: i64 = 86_400;

pub(super) const SIMULATOR: Simulator = Simulator {
    name: "kameleoon",
    credentials: &[("shop_id", SHOP_ID), ("shop_secret", SHOP_SECRET)],
    body_limit: 32 * 1024 * 1024,
    too_large: || error(413, "Payload too large").purpose(Purpose::Orders),
    reads_back: false,
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

fn answer(call: &Call, shelf: &Shelf, _: &mut Session) -> Answer {
    if call.path != "/sync/orders" {
        return error(404, "Not found");
    }
    if call.method != Method::POST {
        return error(405, "Method not allowed").header("allow", "POST");
    }
    import(call, shelf).purpose(Purpose::Orders)
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
mod tests {
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
}
