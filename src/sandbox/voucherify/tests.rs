//! Tests of the Voucherify simulator.

use std::time::Duration;

use super::super::call::testing::{NOW_MS, call, session};
use super::*;

fn order() -> Value {
    json!({
        "source_id": "#1001", "status": "PAID", "amount": 141_600,
        "metadata": {"order_date": "2024-01-01T10:00:00Z"},
        "customer": {
            "source_id": "bob", "name": "Bob Smith", "email": "bob.smith@email.com",
            "birthdate": "2022-01-01", "address": {"city": "New York", "postal_code": "10001"}
        },
        "items": [
            {"source_id": "prod_1", "related_object": "product", "quantity": 2, "price": 70000,
             "product": {"name": "Apple iPhone 12", "price": 70000, "override": true}},
            {"amount": 1600}
        ]
    })
}

fn with_pair_at(
    now_ms: i64,
    method: Method,
    target: &str,
    body: &str,
    shelf: &Shelf,
    session: &mut Session,
) -> Answer {
    let headers = [("x-app-id", APP_ID), ("x-app-token", APP_TOKEN)];
    let mut call = call(method, target, &headers, body);
    call.now_ms = now_ms;
    answer(&call, shelf, session)
}

fn with_pair(method: Method, target: &str, body: &str, shelf: &Shelf) -> Answer {
    with_pair_at(NOW_MS, method, target, body, shelf, &mut session())
}

fn sent(orders: &Value, shelf: &Shelf) -> Answer {
    with_pair(
        Method::POST,
        "/v1/orders/import",
        &orders.to_string(),
        shelf,
    )
}

fn refusal(pointer: &str, value: Value) -> String {
    let mut order = order();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    order.pointer_mut(parent).unwrap()[name] = value;
    details(&sent(&json!([order]), &Shelf::new(true)))
}

fn details(answer: &Answer) -> String {
    if answer.status == 200 {
        return String::new();
    }
    assert_eq!(answer.status, 400);
    assert!(answer.events.is_empty());
    assert_eq!(answer.value()["key"], "invalid_payload");
    answer.value()["details"].as_str().unwrap().to_owned()
}

#[test]
fn what_the_page_forbids_is_named() {
    for (pointer, value, wanted) in [
        (
            "/source_id",
            json!(1),
            "Property .source_id must be a string",
        ),
        (
            "/status",
            json!("paid"),
            "Property .status must be one of CREATED",
        ),
        ("/status", Value::Null, "must be a string"),
        (
            "/amount",
            json!(14.16),
            "Property .amount must be an integer",
        ),
        ("/amount", json!("1416"), "must be an integer"),
        ("/amount", json!(-1), "cannot be lower than 0"),
        ("/metadata", json!([]), "must be an object"),
        (
            "/items/0/initial_quantity",
            json!(0),
            "Property .items[0].initial_quantity cannot be lower than 1",
        ),
        ("/items/0/quantity", json!(0), "cannot be lower than 1"),
        ("/items/0/price", json!(1.5), "must be an integer"),
        (
            "/items/0/related_object",
            json!("voucher"),
            "must be one of product, sku",
        ),
        (
            "/items/0/source_id",
            json!(""),
            "required when related_object",
        ),
        (
            "/items/0/product/override",
            json!("yes"),
            "must be a boolean",
        ),
        (
            "/items",
            json!(vec![json!({}); 501]),
            "cannot have more than 500",
        ),
        ("/customer/email", json!("bob"), "must be an e-mail"),
        ("/customer/birthdate", json!("01/01/2022"), "YYYY-MM-DD"),
        ("/customer/name", Value::Null, "must be a string"),
    ] {
        let said = refusal(pointer, value);
        assert!(said.contains(wanted), "{pointer}: {said}");
    }
}

#[test]
fn the_pages_example_is_taken() {
    let example: Value = serde_json::from_str(include_str!("page_example.json")).unwrap();
    let mut shelf = Shelf::new(true);
    let mut answer = sent(&example, &shelf);
    assert_eq!(details(&answer), "");
    assert_eq!(answer.unknown, Vec::<String>::new());
    shelf.keep(NOW_MS, &mut answer);
    shelf.settle(NOW_MS + 1001);
    assert_eq!(shelf.orders.len(), 7);
    let amount = |id: &str| {
        let target = format!("/v1/orders/{id}");
        with_pair(Method::GET, &target, "", &shelf).value()["amount"].clone()
    };
    assert_eq!(amount("orderImport17"), 7000);
    assert_eq!(amount("orderImport18"), 2900);
    assert_eq!(amount("orderImport20"), 7800);
}

#[test]
fn what_the_page_allows_passes() {
    for (pointer, value) in [
        ("/source_id", Value::Null),
        ("/referrer_id", Value::Null),
        ("/customer/address", Value::Null),
        ("/customer/birthday", json!("2022-03-03")),
        ("/items", json!(vec![json!({}); 500])),
        ("/amount", json!(1)),
    ] {
        assert_eq!(refusal(pointer, value), "", "{pointer}");
    }
}

#[test]
fn a_request_has_its_bounds() {
    let shelf = Shelf::new(true);
    assert!(details(&sent(&json!({}), &shelf)).contains("must be an array"));
    assert!(details(&sent(&json!([]), &shelf)).contains("fewer than 1"));
    let many = |count| {
        (0..count)
            .map(|n: usize| json!({"source_id": n.to_string()}))
            .collect()
    };
    assert!(details(&sent(&Value::Array(many(2001)), &shelf)).contains("more than 2000"));
    assert_eq!(details(&sent(&Value::Array(many(2000)), &shelf)), "");
    assert!(details(&sent(&json!([order(), order()]), &shelf)).contains("#1001 comes twice"));
}

#[test]
fn jobs_run_one_after_another() {
    let mut shelf = Shelf::new(true);
    let mut session = session();
    let mut ids = Vec::new();
    for key in ["a", "b"] {
        let body = json!([{"source_id": key}]).to_string();
        let target = "/v1/orders/import";
        let mut answer = with_pair_at(NOW_MS, Method::POST, target, &body, &shelf, &mut session);
        ids.push(
            answer.value()["async_action_id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
        shelf.keep(NOW_MS, &mut answer);
    }
    let mut look = |id: &str, later_ms: i64| {
        let target = format!("/v1/async-actions/{id}");
        let now_ms = NOW_MS + later_ms;
        shelf.settle(now_ms);
        let answer = with_pair_at(now_ms, Method::GET, &target, "", &shelf, &mut session);
        let action = answer.value();
        (
            action["status"].as_str().unwrap().to_owned(),
            action["progress"].as_i64().unwrap(),
        )
    };
    assert_eq!(look(&ids[0], 0), ("IN_PROGRESS".to_owned(), 0));
    assert_eq!(look(&ids[1], 500), ("ENQUEUED".to_owned(), 0));
    assert_eq!(look(&ids[0], 500), ("IN_PROGRESS".to_owned(), 50));
    assert_eq!(look(&ids[0], 1000), ("DONE".to_owned(), 100));
    assert_eq!(look(&ids[1], 1500), ("IN_PROGRESS".to_owned(), 50));
    assert_eq!(look(&ids[1], 2000), ("DONE".to_owned(), 100));
}

#[test]
fn a_done_job_tells_its_counts_as_the_example_does() {
    let mut shelf = Shelf::new(true);
    let mut answer = sent(
        &json!([order(), {"id": "ord_unknown", "source_id": "x"}]),
        &shelf,
    );
    let id = answer.value()["async_action_id"]
        .as_str()
        .unwrap()
        .to_owned();
    shelf.keep(NOW_MS, &mut answer);
    let later = NOW_MS + 1000;
    shelf.settle(later);
    let target = format!("/v1/async-actions/{id}");
    let answer = with_pair_at(later, Method::GET, &target, "", &shelf, &mut session());
    let action = answer.value();
    assert_eq!(action["type"], "ORDERS.IMPORT");
    assert_eq!(action["processing_time"], 1000);
    assert_eq!(action["created_at"], "2023-11-14T22:13:20.000Z");
    assert_eq!(
        action["result"],
        json!({
            "message": "1 order(s) imported successfully, 1 failed.", "done_count": 1, "failed_count": 1,
            "failed": [{"source_id": "x", "reason": "Cannot find order with id ord_unknown"}]
        })
    );
    assert!(!shelf.has_taken("x"));
    let list = with_pair(Method::GET, "/v1/async-actions?limit=100", "", &shelf);
    assert_eq!(list.value()["async_actions"][0]["id"], id.as_str());
    assert_eq!(list.value()["has_more"], false);
    let none = with_pair(Method::GET, "/v1/async-actions/aa_x", "", &shelf);
    assert_eq!(
        (none.status, &none.value()["resource_type"]),
        (404, &json!("async_action"))
    );
}

#[test]
fn an_order_is_found_when_its_job_is_done_and_can_be_cancelled() {
    let mut shelf = Shelf::new(true);
    shelf.keep(NOW_MS, &mut sent(&json!([order()]), &shelf));
    let target = "/v1/orders/%231001";
    let early = with_pair(Method::GET, target, "", &shelf);
    assert_eq!(early.status, 404);
    assert_eq!(early.value()["details"], "Cannot find order with id #1001");
    shelf.settle(NOW_MS + 1000);
    let order = with_pair(Method::GET, target, "", &shelf).value().clone();
    assert_eq!(order["amount"], 141_600);
    assert_eq!(order["items"][0]["amount"], 140_000);
    let by_id = format!("/v1/orders/{}", order["id"].as_str().unwrap());
    assert_eq!(
        with_pair(Method::GET, &by_id, "", &shelf).value()["source_id"],
        "#1001"
    );

    let wrong = with_pair(Method::PUT, target, r#"{"status":"CANCELLED"}"#, &shelf);
    assert_eq!(wrong.status, 400);
    let mut answer = with_pair(Method::PUT, target, r#"{"status":"CANCELED"}"#, &shelf);
    assert_eq!(answer.value()["status"], "CANCELED");
    assert_eq!(answer.value()["amount"], 141_600);
    shelf.keep(NOW_MS + 1001, &mut answer);
    assert_eq!(
        with_pair(Method::GET, target, "", &shelf).value()["status"],
        "CANCELED"
    );
    assert_eq!(shelf.cancelled.get("#1001"), Some(&1));
    assert_eq!(shelf.copies.get("#1001"), Some(&1));
    let none = with_pair(
        Method::PUT,
        "/v1/orders/x",
        r#"{"status":"CANCELED"}"#,
        &shelf,
    );
    assert_eq!(none.status, 404);
}

#[test]
fn an_amount_left_out_is_the_sum_of_the_items() {
    let mut order = order();
    order.as_object_mut().unwrap().remove("amount");
    let mut shelf = Shelf::new(true);
    shelf.keep(NOW_MS, &mut sent(&json!([order]), &shelf));
    shelf.settle(NOW_MS + 1000);
    let answer = with_pair(Method::GET, "/v1/orders/%231001", "", &shelf);
    assert_eq!(answer.value()["amount"], 141_600);
}

#[test]
fn tokens_open_what_their_scope_covers() {
    let mut session = session();
    let shelf = Shelf::new(true);
    let headers = [
        ("x-app-id", APP_ID),
        ("x-app-token", APP_TOKEN),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let mut ask = |form: &str| {
        let call = call(Method::POST, "/v1/oauth/token", &headers, form);
        answer(&call, &shelf, &mut session)
    };
    assert_eq!(ask("grant_type=client_credentials&scope=a,b").status, 400);
    assert_eq!(ask("grant_type=password&scope=api").status, 400);
    let issued = ask("grant_type=client_credentials&scope=orders");
    assert_eq!(issued.value()["expires_in"], 900);
    let authorization = format!(
        "Bearer {}",
        issued.value()["access_token"].as_str().unwrap()
    );
    let mut look = |target: &str, later_ms: i64| {
        let mut call = call(
            Method::GET,
            target,
            &[("authorization", &authorization)],
            "",
        );
        call.now_ms += later_ms;
        answer(&call, &shelf, &mut session).status
    };
    assert_eq!(look("/v1/orders/x", 0), 404);
    assert_eq!(look("/v1/async-actions", 0), 403);
    assert_eq!(look("/v1/orders/x", 900_000), 401);
}

#[test]
fn strangers_and_the_hasty_are_told_so() {
    let mut session = session();
    session.settings.voucherify_calls_per_minute = 1;
    let shelf = Shelf::new(true);
    let stranger = call(Method::GET, "/v1/orders/x", &[("x-app-id", APP_ID)], "");
    let first = answer(&stranger, &shelf, &mut session);
    assert_eq!(
        (first.status, &first.value()["key"]),
        (401, &json!("unauthorized"))
    );
    let mut second = call(Method::GET, "/v1/orders/x", &[], "");
    second.now_ms += 500;
    let second = answer(&second, &shelf, &mut session);
    assert_eq!(second.status, 429);
    let header = |name| {
        second
            .headers
            .iter()
            .find(|(key, _)| *key == name)
            .unwrap()
            .1
            .as_str()
    };
    assert_eq!(header("retry-after"), "60");
    assert_eq!(header("x-rate-limit-retry"), "1700000060");
    assert_eq!(header("x-rate-limit-remaining"), "0");
}

#[test]
fn a_job_of_many_takes_a_little_longer() {
    let basis = Duration::from_millis(1500);
    assert_eq!(action::duration_ms(basis, 1), 1500);
    assert_eq!(action::duration_ms(basis, 2000), 2000);
    assert_eq!(action::duration_ms(basis, 1_000_000), 2500);
}

#[test]
fn an_import_of_a_status_alone_is_a_cancellation() {
    let mut shelf = Shelf::new(true);
    shelf.keep(NOW_MS, &mut sent(&json!([order()]), &shelf));
    let bare = json!([{"source_id": "#1001", "status": "CANCELED"}]);
    shelf.keep(NOW_MS, &mut sent(&bare, &shelf));
    shelf.settle(NOW_MS + 2000);
    assert_eq!(shelf.copies.get("#1001"), Some(&1));
    assert_eq!(shelf.cancelled.get("#1001"), Some(&1));
    let order = with_pair(Method::GET, "/v1/orders/%231001", "", &shelf);
    assert_eq!(order.value()["status"], "CANCELED");
    assert_eq!(order.value()["amount"], 141_600);
}
