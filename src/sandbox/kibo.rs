//! Kibo OMS (Shopatron): the token endpoint and `POST /api/v2/importOrder/`.
//!
//! Tokens: `POST /oauthserver/oauth2/token`, basic authorization of key and secret, form
//! `grant_type=client_credentials`; they live an hour and end with the process. Without a good
//! token and `API-Key`: 401 with code 5004.
//!
//! Refused with 400 and code 5003, naming each field: whatever breaks the page's two tables
//! (required, types, lengths, minimums; `null` is "not given"); an unknown currency or country;
//! a `customerIP` that isn't IPv4; an item without part number, name, price or quantity; a
//! payment without a valid billing address (line 1, city, country) or without payment type;
//! `forceItemTaxOverride` with an item that has no `itemTaxOverride`; characters outside the
//! Basic Multilingual Plane. Lengths count after characters outside Latin-1 became `&#N;`.
//!
//! A second order with an `externalOrderID` that was taken before is taken again, for the page
//! says nothing of it; with status `CANCELLED` it counts as a cancellation.

use std::net::Ipv4Addr;

use axum::http::Method;
use serde_json::{Value, json};

use super::call::{Answer, Call, Failing, Purpose, Session, Simulator, derived_id};
use super::check::{self, Checker, Field, Kind, Path, Problem, optional, required};
use super::iso;
use super::shelf::{Event, How, OrderTaken, Shelf};

const API_KEY: &str = "sandbox-kibo-key";
const API_SECRET: &str = "sandbox-kibo-secret";
const TOKEN_LIFETIME_S: i64 = 3600;
/// Where tokens are had, below the vendor's prefix.
pub(super) const TOKEN_PATH: &str = "/oauthserver/oauth2/token";
const IMPORT_PATH: &str = "/api/v2/importOrder/";

pub(super) const SIMULATOR: Simulator = Simulator {
    name: "kibo",
    credentials: &[("api_key", API_KEY), ("api_secret", API_SECRET)],
    body_limit: 4 * 1024 * 1024,
    too_large: || coded(413, 5003, "Payload too large", &[]),
    reads_back: false,
    tokens: true,
    jobs: false,
    purpose,
    failing,
    answer,
};

const ORDER: &[Field] = &[
    required("externalOrderID", Kind::Sized(1, 100)),
    required("manufacturerID", Kind::Integer(1)),
    required("catalogID", Kind::Integer(0)),
    required("locale", Kind::Like(language_tag)),
    required("currency", Kind::Like(iso::currency)),
    required("customer", Kind::Object(CUSTOMER)),
    required("orderItems", Kind::List(&Kind::Object(ITEM), 1, usize::MAX)),
    required(
        "shippingMethod",
        Kind::Object(&[
            optional("shippingType", Kind::Text),
            optional("shippingClass", Kind::Text),
        ]),
    ),
    required("shippingAddress", Kind::Object(SHIPPING_ADDRESS)),
    required(
        "orderPayments",
        Kind::List(&Kind::Object(PAYMENT), 1, usize::MAX),
    ),
    required("customerIP", Kind::Like(ipv4)),
    required("sendEmail", Kind::Boolean),
    required(
        "orderStatus",
        Kind::OneOf(&["SHIPPED", "READY", "CANCELLED"]),
    ),
    optional("orderID", Kind::Integer(1)),
    optional("importedCreationDate", Kind::Like(check::date_time)),
    optional("cartID", Kind::Sized(0, 512)),
    optional("currencyLocale", Kind::Like(language_tag)),
    optional(
        "orderGift",
        Kind::Object(&[
            optional("recipient", Kind::Text),
            optional("message", Kind::Text),
        ]),
    ),
    optional("shippingTax", Kind::NumberFromZero),
    optional("shippingTaxRate", Kind::NumberFromZero),
    optional("forceItemTaxOverride", Kind::Boolean),
    optional("orderComment", Kind::Sized(0, 1000)),
    optional("optInRetailer", Kind::Boolean),
    optional("landingCode", Kind::Sized(10, 200)),
    optional("customOrderData", Kind::AnyObject),
    optional(
        "fraudData",
        Kind::List(
            &Kind::Object(&[
                optional("fraudType", Kind::Text),
                optional("fraudScore", Kind::Number),
                optional("fraudTransactionID", Kind::Sized(0, 200)),
                optional("fraudState", Kind::Text),
            ]),
            0,
            usize::MAX,
        ),
    ),
    optional("allowSplit", Kind::Boolean),
    optional("isTestOrder", Kind::Boolean),
    optional("expectedDeliveryDate", Kind::Like(check::date_time)),
    optional("promotions", Kind::List(&Kind::Any, 0, usize::MAX)),
    optional("discounts", Kind::List(&Kind::Any, 0, usize::MAX)),
    optional("channel", Kind::Text),
    optional("assignedLocation", Kind::Text),
    optional("useInventory", Kind::Boolean),
];

const CUSTOMER: &[Field] = &[
    optional("customerID", Kind::Any),
    optional("firstName", Kind::Text),
    optional("lastName", Kind::Text),
    optional("email", Kind::Like(check::email)),
    optional("password", Kind::Text),
    optional("phone1", Kind::Text),
    optional("phone2", Kind::Text),
    optional("accountCreated", Kind::Any),
];

const ITEM: &[Field] = &[
    required(
        "product",
        Kind::Object(&[
            required("partNumber", Kind::Text),
            optional("productID", Kind::Any),
            optional("availability", Kind::Text),
            required("name", Kind::Text),
            optional("retailPrice", Kind::NumberFromZero),
            optional("averageDealerMargin", Kind::Number),
            optional("UPC", Kind::Text),
            optional("SKU", Kind::Text),
        ]),
    ),
    required(
        "itemSpecifics",
        Kind::Object(&[
            optional("externalItemID", Kind::Text),
            required("actualPrice", Kind::NumberFromZero),
            required("quantity", Kind::Integer(1)),
            optional("shipping", Kind::NumberFromZero),
            optional("shippingTax", Kind::NumberFromZero),
            optional("itemTaxOverride", Kind::Number),
            optional("customItemData", Kind::AnyObject),
            optional("options", Kind::AnyObject),
            optional("customData", Kind::Any),
        ]),
    ),
];

const SHIPPING_ADDRESS: &[Field] = &[
    optional("addressID", Kind::Any),
    optional("customerID", Kind::Any),
    optional("addressLine1", Kind::Text),
    optional("addressLine2", Kind::Text),
    optional("addressLine3", Kind::Text),
    optional("phone", Kind::Text),
    optional("city", Kind::Text),
    optional("postalCode", Kind::Text),
    optional("state", Kind::Text),
    optional("countryCode", Kind::Like(iso::country)),
    optional("latitude", Kind::Number),
    optional("longitude", Kind::Number),
    optional("fraudLock", Kind::Boolean),
    optional("active", Kind::Boolean),
];

const BILLING_ADDRESS: &[Field] = &[
    optional("addressID", Kind::Any),
    optional("customerID", Kind::Any),
    required("addressLine1", Kind::Sized(1, 250)),
    optional("addressLine2", Kind::Sized(0, 250)),
    optional("addressLine3", Kind::Sized(0, 250)),
    optional("phone", Kind::Text),
    required("city", Kind::Text),
    optional("postalCode", Kind::Text),
    optional("state", Kind::Text),
    required("countryCode", Kind::Like(iso::country)),
    optional("latitude", Kind::Number),
    optional("longitude", Kind::Number),
    optional("fraudLock", Kind::Boolean),
    optional("active", Kind::Boolean),
];

const PAYMENT: &[Field] = &[
    optional("orderPaymentID", Kind::Any),
    required(
        "paymentMethod",
        Kind::Object(&[
            required("billingAddress", Kind::Object(BILLING_ADDRESS)),
            required("paymentType", Kind::Text),
            optional("noOperationType", Kind::Text),
            optional("cardNumber", Kind::Text),
        ]),
    ),
    optional("paymentMethodID", Kind::Any),
    optional("maxAmount", Kind::Number),
    optional("transactionID", Kind::Text),
    optional("authorizationID", Kind::Text),
    optional("paymentType", Kind::Text),
    optional("authAmount", Kind::Number),
];

fn ipv4(text: &str) -> Option<&'static str> {
    text.parse::<Ipv4Addr>()
        .is_err()
        .then_some("must be an IPv4 address")
}

/// The outer form of an IETF language tag: letters and digits in groups of at most eight.
fn language_tag(text: &str) -> Option<&'static str> {
    let mut groups = text.split('-');
    let sized = |group: &str| (1..=8).contains(&group.len());
    let language = groups.next().is_some_and(|group| {
        group.len() >= 2 && sized(group) && group.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    let rest =
        groups.all(|group| sized(group) && group.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    (!(language && rest)).then_some("must be an IETF language tag, as en-US")
}

/// How long a text is when characters outside Latin-1 are written as `&#N;`.
fn written_length(text: &str) -> usize {
    text.chars()
        .map(|character| match u32::from(character) {
            0..=255 => 1,
            code => 3 + code.ilog10() as usize + 1,
        })
        .sum()
}

fn coded(status: u16, code: u32, message: &str, problems: &[Problem]) -> Answer {
    let mut body = json!({"code": code, "message": message});
    if !problems.is_empty() {
        let list: Vec<Value> = problems
            .iter()
            .map(|problem| {
                let field = problem.path.trim_start_matches('.');
                json!({"field": field, "message": format!("{field} {}", problem.what)})
            })
            .collect();
        body["errors"] = list.into();
    }
    Answer::json(status, body)
}

fn purpose(method: &Method, path: &str) -> Purpose {
    match (path, method) {
        (TOKEN_PATH, &Method::POST) => Purpose::Token,
        (IMPORT_PATH, &Method::POST) => Purpose::Orders,
        _ => Purpose::Other,
    }
}

fn failing(failing: &Failing, _: &Session) -> Answer {
    let code = match failing.status {
        401 | 403 => 5004,
        404 => 5002,
        429 | 500.. => 5001,
        _ => 5003,
    };
    coded(failing.status, code, failing.words(), &[])
}

fn answer(call: &Call, shelf: &Shelf, session: &mut Session) -> Answer {
    match (call.path.as_str(), &call.method) {
        (TOKEN_PATH, &Method::POST) => token(call, session),
        (IMPORT_PATH, &Method::POST) => import(call, shelf, session),
        (TOKEN_PATH | IMPORT_PATH, _) => {
            coded(405, 5003, "Method not allowed", &[]).header("allow", "POST")
        }
        _ => coded(404, 5002, "Not found", &[]),
    }
}

fn token(call: &Call, session: &mut Session) -> Answer {
    if call.basic_decoded().as_deref() != Some(&format!("{API_KEY}:{API_SECRET}")) {
        return Answer::json(401, json!({"error": "invalid_client"}))
            .header("www-authenticate", "Basic");
    }
    let Some(form) = call.form() else {
        return Answer::json(400, json!({"error": "invalid_request"}));
    };
    if form.get("grant_type").map(String::as_str) != Some("client_credentials") {
        return Answer::json(400, json!({"error": "unsupported_grant_type"}));
    }
    let token = session.issue(call.now_ms, TOKEN_LIFETIME_S, "");
    Answer::json(
        200,
        json!({"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIFETIME_S}),
    )
    .header("cache-control", "no-store")
}

fn import(call: &Call, shelf: &Shelf, session: &Session) -> Answer {
    let admitted = call
        .bearer()
        .is_some_and(|token| session.scope(token, call.now_ms).is_some());
    if !admitted {
        return coded(
            401,
            5004,
            "Not authorized: no token, or an expired one",
            &[],
        )
        .header("www-authenticate", "Bearer");
    }
    if call.header("api-key") != Some(API_KEY) {
        return coded(401, 5004, "Not authorized: wrong API-Key", &[]);
    }
    if !call.is_json() {
        return coded(415, 5003, "Content-Type must be application/json", &[]);
    }
    let order = match call.json() {
        Ok(order) => order,
        Err(words) => return coded(400, 5003, &format!("Invalid JSON: {words}"), &[]),
    };
    let mut checker = Checker::null_is_absent().measuring(written_length);
    checker.value(&order, &Kind::Object(ORDER), &Path::Root);
    check_taxes(&order, &mut checker);
    check_characters(&order, &mut checker, &Path::Root);
    let (problems, unknown) = checker.finish();
    if !problems.is_empty() {
        return coded(400, 5003, "Bad request", &problems);
    }
    let key = check::text(&order, "externalOrderID")
        .unwrap_or_default()
        .to_owned();
    let cancelled = check::text(&order, "orderStatus") == Some("CANCELLED");
    let how = if cancelled && shelf.has_taken(&key) {
        How::Cancel
    } else {
        How::Import
    };
    let number = order
        .get("orderID")
        .and_then(Value::as_i64)
        .unwrap_or_else(|| number_of(&key));
    let body = json!({"code": 5000, "message": "OK", "orderID": number, "externalOrderID": key});
    let taken = OrderTaken {
        key,
        how,
        order,
        failure: None,
    };
    Answer::json(200, body).taking(vec![Event::Order(taken)], unknown)
}

/// The vendor's number of an order that brings none.
fn number_of(key: &str) -> i64 {
    i64::from_str_radix(&derived_id("", 12, key), 16).unwrap_or_default() + 1
}

/// The page: `forceItemTaxOverride` makes every item's `itemTaxOverride` required.
fn check_taxes(order: &Value, checker: &mut Checker) {
    if order.get("forceItemTaxOverride") != Some(&Value::Bool(true)) {
        return;
    }
    let items = order.get("orderItems").and_then(Value::as_array);
    for (index, item) in items.into_iter().flatten().enumerate() {
        let tax = item
            .get("itemSpecifics")
            .and_then(|specifics| specifics.get("itemTaxOverride"));
        if check::is_empty(tax) {
            let root = Path::Root.key("orderItems");
            let line = root.index(index);
            let specifics = line.key("itemSpecifics");
            checker.report(
                &specifics.key("itemTaxOverride"),
                "is required when forceItemTaxOverride is true",
            );
        }
    }
}

fn check_characters(value: &Value, checker: &mut Checker, at: &Path<'_>) {
    match value {
        Value::String(text) => {
            if text.chars().any(|character| u32::from(character) > 0xFFFF) {
                checker.report(at, "has a character that can't be stored (an emoji?)");
            }
        }
        Value::Array(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                check_characters(entry, checker, &at.index(index));
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                check_characters(field, checker, &at.key(name));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests;
