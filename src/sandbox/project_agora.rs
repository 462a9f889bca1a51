//! Project Agora Commerce: `POST /v1/orders`, and orders read back.
//!
//! `Authorization: Basic` takes the key as it is, or `base64(key:)`; anything else is 401 in
//! plain text. Refused, the whole request, with 400 and `{"message","additionalInfo"}`: no
//! orders, or the same id twice; a required field missing or empty; a wrong type; an
//! `orderDate` that isn't ISO 8601 with an offset; a `gtin` that isn't `catprefix--SKU` or is
//! over 50 characters; a price that isn't a decimal string, or is negative; a quantity that isn't
//! a whole number of at least 1; the same banner `adId` on two items of an order.
//!
//! Orders are echoed by position, prices as numbers; one without `id` gets one.
//! `GET /v1/orders/{id}` and `GET /v1/orders?teamId=&orderIds[]=` read them back.

use std::collections::HashSet;

use axum::http::Method;
use serde_json::{Map, Number, Value, json};

use super::call::{Answer, Call, Failing, Purpose, Session, Simulator, fresh_id, segments};
use super::check::{self, Checker, Field, Kind, Path, optional, required};
use super::shelf::{Event, How, OrderTaken, Shelf, Stored};

const API_KEY: &str = "sandbox-agora-key";
/// The team that the key belongs to.
const TEAM_ID: &str = "a7e5ca17-9964-4ff3-bbb1-94bf9b53a366";

pub(super) const SIMULATOR: Simulator = Simulator {
    name: "project-agora",
    credentials: &[("api_key", API_KEY)],
    body_limit: 16 * 1024 * 1024,
    too_large: || Answer::text(413, "Payload too large"),
    reads_back: true,
    tokens: false,
    jobs: false,
    purpose,
    failing,
    answer,
};

const BODY: &[Field] = &[required(
    "orders",
    Kind::List(&Kind::Object(ORDER), 1, usize::MAX),
)];

const ORDER: &[Field] = &[
    optional("id", Kind::Text),
    required("orderDate", Kind::Like(check::date_time)),
    optional("teamId", Kind::Text),
    optional("customerId", Kind::Text),
    optional("sessionId", Kind::Text),
    optional("adIds", Kind::List(&Kind::Text, 0, usize::MAX)),
    required("orderItems", Kind::List(&Kind::Object(ITEM), 1, usize::MAX)),
];

const ITEM: &[Field] = &[
    required("gtin", Kind::Like(gtin)),
    required("quantity", Kind::Integer(1)),
    required("regularUnitPrice", Kind::Like(price)),
    required("totalOrderItemPriceAfterDiscounts", Kind::Like(price)),
    optional("adId", Kind::Text),
    optional("citrusDiscountAmount", Kind::Like(price)),
    optional("substitutedFor", Kind::Text),
    optional("sellerId", Kind::Text),
];

/// Fields of an item that are sent as decimal strings and echoed as numbers.
const PRICES: [&str; 3] = [
    "regularUnitPrice",
    "citrusDiscountAmount",
    "totalOrderItemPriceAfterDiscounts",
];

fn gtin(text: &str) -> Option<&'static str> {
    let formed = text
        .split_once("--")
        .is_some_and(|(prefix, sku)| !prefix.is_empty() && !sku.is_empty());
    if !formed {
        Some("must be the pa_id of the product feed: catprefix--SKU")
    } else if text.chars().count() > 50 {
        Some("cannot be longer than 50 characters")
    } else {
        None
    }
}

fn price(text: &str) -> Option<&'static str> {
    if !text.is_empty() && number(text).is_none() {
        Some("must be a decimal number of at least 0, as a string")
    } else {
        None
    }
}

/// The digits of a price as a JSON number, none lost.
fn number(text: &str) -> Option<Number> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
        .then(|| text.parse().ok())
        .flatten()
}

fn refused(code: &str, problems: &[String]) -> Answer {
    let info: Vec<Value> = problems
        .iter()
        .map(|message| json!({"code": code, "message": message}))
        .collect();
    Answer::json(
        400,
        json!({"message": "Invalid request", "additionalInfo": info}),
    )
}

fn purpose(method: &Method, path: &str) -> Purpose {
    if method == Method::POST && segments(path) == ["v1", "orders"] {
        Purpose::Orders
    } else {
        Purpose::Other
    }
}

fn failing(failing: &Failing, _: &Session) -> Answer {
    match failing.status {
        400 => refused("INVALID_ARGUMENT", &[failing.words().to_owned()]),
        status => Answer::text(status, failing.words()),
    }
}

fn answer(call: &Call, shelf: &Shelf, _: &mut Session) -> Answer {
    let segments = call.segments();
    let names: Vec<&str> = segments.iter().map(String::as_str).collect();
    if !authorized(call) {
        return Answer::text(401, "Unauthorized");
    }
    match (names.as_slice(), &call.method) {
        (["v1", "orders"], &Method::POST) => import(call),
        (["v1", "orders"], &Method::GET) => list(call, shelf),
        (["v1", "orders", id], &Method::GET) => match shelf.orders.get(*id) {
            Some(stored) => Answer::json(200, stored.order()),
            None => Answer::text(404, "Order not found"),
        },
        (["v1", "orders"], _) => {
            Answer::text(405, "Method not allowed").header("allow", "GET, POST")
        }
        (["v1", "orders", _], _) => Answer::text(405, "Method not allowed").header("allow", "GET"),
        _ => Answer::text(404, "Not found"),
    }
}

fn authorized(call: &Call) -> bool {
    call.basic() == Some(API_KEY)
        || call
            .basic_decoded()
            .is_some_and(|pair| pair.strip_suffix(':') == Some(API_KEY))
}

fn import(call: &Call) -> Answer {
    if !call.is_json() {
        return Answer::text(415, "Content-Type must be application/json");
    }
    let mut body = match call.json() {
        Ok(body) => body,
        Err(words) => return refused("INVALID_JSON", &[words]),
    };
    let mut checker = Checker::null_is_absent();
    checker.value(&body, &Kind::Object(BODY), &Path::Root);
    let orders = body.get("orders").and_then(Value::as_array);
    let mut ids = HashSet::new();
    for (index, order) in orders.into_iter().flatten().enumerate() {
        let root = Path::Root.key("orders");
        let at = root.index(index);
        check_banners(order, &mut checker, &at);
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
        return refused("INVALID_ARGUMENT", &lines);
    }
    let echoes: Vec<Value> = body
        .get_mut("orders")
        .and_then(Value::as_array_mut)
        .map(std::mem::take)
        .unwrap_or_default()
        .iter()
        .map(echo)
        .collect();
    let events = echoes
        .iter()
        .map(|order| {
            Event::Order(OrderTaken {
                key: check::text(order, "id").unwrap_or_default().to_owned(),
                how: How::Import,
                order: order.clone(),
                failure: None,
            })
        })
        .collect();
    Answer::json(200, json!({"orders": echoes})).taking(events, unknown)
}

/// The page: of the products of one banner, send only one with the banner's ad id.
fn check_banners(order: &Value, checker: &mut Checker, at: &Path<'_>) {
    let items = order.get("orderItems").and_then(Value::as_array);
    let mut banners = HashSet::new();
    for (index, item) in items.into_iter().flatten().enumerate() {
        if let Some(ad) = check::text(item, "adId")
            && ad.starts_with("banner_")
            && !banners.insert(ad)
        {
            let items = at.key("orderItems");
            let line = items.index(index);
            checker.report(
                &line.key("adId"),
                "is the banner of another item of this order",
            );
        }
    }
}

/// The order as it is answered: every field there, in the page's order.
fn echo(order: &Value) -> Value {
    let copy = |object: &Value, name: &str| object.get(name).cloned().unwrap_or_default();
    let mut echo = Map::new();
    echo.insert("adIds".to_owned(), copy(order, "adIds"));
    let team = check::text(order, "teamId").unwrap_or(TEAM_ID);
    echo.insert("teamId".to_owned(), team.into());
    let customer = check::text(order, "customerId").unwrap_or_default();
    echo.insert("customerId".to_owned(), customer.into());
    echo.insert("sessionId".to_owned(), copy(order, "sessionId"));
    let id = check::text(order, "id").map_or_else(generated_id, str::to_owned);
    echo.insert("id".to_owned(), id.into());
    let items: Vec<Value> = order
        .get("orderItems")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|item| {
            let mut line = Map::new();
            for name in [
                "regularUnitPrice",
                "citrusDiscountAmount",
                "gtin",
                "adId",
                "quantity",
                "substitutedFor",
                "totalOrderItemPriceAfterDiscounts",
            ] {
                let value = if PRICES.contains(&name) {
                    check::text(item, name)
                        .and_then(number)
                        .map_or(Value::Null, Value::Number)
                } else {
                    copy(item, name)
                };
                line.insert(name.to_owned(), value);
            }
            if let Some(seller) = check::text(item, "sellerId") {
                line.insert("sellerId".to_owned(), seller.into());
            }
            Value::Object(line)
        })
        .collect();
    echo.insert("orderItems".to_owned(), items.into());
    echo.insert("orderDate".to_owned(), copy(order, "orderDate"));
    Value::Object(echo)
}

/// An id in the form of a UUID.
fn generated_id() -> String {
    let digits = fresh_id("", 32);
    let mut id = String::with_capacity(36);
    for (index, digit) in digits.chars().enumerate() {
        if matches!(index, 8 | 12 | 16 | 20) {
            id.push('-');
        }
        id.push(digit);
    }
    id
}

/// The wanted orders that are there, in the order asked for.
fn list(call: &Call, shelf: &Shelf) -> Answer {
    let team = call
        .query
        .iter()
        .find_map(|(name, value)| (name == "teamId").then_some(value.as_str()));
    let orders: Vec<Value> = call
        .query
        .iter()
        .filter(|(name, _)| name == "orderIds[]" || name == "orderIds")
        .filter_map(|(_, id)| shelf.orders.get(id).map(Stored::order))
        .filter(|order| team.is_none_or(|team| check::text(order, "teamId") == Some(team)))
        .collect();
    Answer::json(200, json!({"orders": orders}))
}

#[cfg(test)]
mod tests;
