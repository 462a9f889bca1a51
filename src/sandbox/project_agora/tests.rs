//! Tests of the Project Agora simulator.

use super::super::call::testing::{NOW_MS, call, session};
use super::*;

fn order() -> Value {
    json!({
        "id": "#1001", "orderDate": "2019-12-02T15:00:00Z",
        "orderItems": [{
            "gtin": "catpref--123456", "quantity": 3, "regularUnitPrice": "9.990",
            "totalOrderItemPriceAfterDiscounts": "29.97", "adId": "display_z=="
        }]
    })
}

fn with_key(method: Method, target: &str, body: &str, shelf: &Shelf) -> Answer {
    let authorization = format!("Basic {API_KEY}");
    let call = call(method, target, &[("authorization", &authorization)], body);
    answer(&call, shelf, &mut session())
}

fn sent(orders: &Value) -> Answer {
    let body = json!({"orders": orders}).to_string();
    with_key(Method::POST, "/v1/orders", &body, &Shelf::new(true))
}

fn refusal(pointer: &str, value: Value) -> String {
    let mut order = order();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    order.pointer_mut(parent).unwrap()[name] = value;
    let answer = sent(&json!([order]));
    if answer.status == 200 {
        return String::new();
    }
    assert_eq!(answer.status, 400);
    assert!(answer.events.is_empty());
    answer.value()["additionalInfo"].to_string()
}

#[test]
fn an_order_is_echoed_as_the_page_shows() {
    let answer = sent(&json!([order()]));
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.value().to_string(),
        format!(
            r##"{{"orders":[{{"adIds":null,"teamId":"{TEAM_ID}","customerId":"","sessionId":null,"id":"#1001","orderItems":[{{"regularUnitPrice":9.990,"citrusDiscountAmount":null,"gtin":"catpref--123456","adId":"display_z==","quantity":3,"substitutedFor":null,"totalOrderItemPriceAfterDiscounts":29.97}}],"orderDate":"2019-12-02T15:00:00Z"}}]}}"##
        )
    );
}

#[test]
fn an_order_without_id_gets_its_own_each_time() {
    let mut order = order();
    order["id"] = Value::Null;
    let answer = sent(&json!([order, order]));
    let orders = &answer.value()["orders"];
    assert_eq!(orders[0]["id"].as_str().unwrap().len(), 36);
    assert_ne!(orders[0]["id"], orders[1]["id"]);
}

#[test]
fn what_the_page_forbids_is_named() {
    for (pointer, value, wanted) in [
        ("/orderDate", Value::Null, "orders[0].orderDate is required"),
        ("/orderDate", json!("2019-12-02T15:00:00"), "with an offset"),
        ("/orderItems", json!([]), "fewer than 1"),
        ("/orderItems/0/gtin", json!("123456"), "catprefix--SKU"),
        (
            "/orderItems/0/gtin",
            json!(format!("a--{}", "x".repeat(48))),
            "50",
        ),
        ("/orderItems/0/quantity", json!(0), "lower than 1"),
        ("/orderItems/0/quantity", json!("3"), "must be an integer"),
        (
            "/orderItems/0/regularUnitPrice",
            json!(9.99),
            "must be a string",
        ),
        ("/orderItems/0/regularUnitPrice", json!("-1"), "at least 0"),
        (
            "/orderItems/0/regularUnitPrice",
            json!("1,5"),
            "must be a decimal",
        ),
        (
            "/orderItems/0/regularUnitPrice",
            json!("1."),
            "must be a decimal",
        ),
        (
            "/orderItems/0/totalOrderItemPriceAfterDiscounts",
            json!(""),
            "is required",
        ),
        ("/adIds", json!("display_z=="), "must be an array"),
    ] {
        let said = refusal(pointer, value);
        assert!(said.contains(wanted), "{pointer}: {said}");
    }
}

#[test]
fn a_banner_stands_on_one_item_only() {
    let item = |ad: &str| {
        json!({"gtin": "c--1", "quantity": 1, "regularUnitPrice": "1",
               "totalOrderItemPriceAfterDiscounts": "1", "adId": ad})
    };
    let said = refusal("/orderItems", json!([item("banner_a"), item("banner_a")]));
    assert!(said.contains("orderItems[1].adId is the banner"), "{said}");
    let fine = json!([
        item("display_a"),
        item("display_a"),
        item("banner_a"),
        item("banner_b")
    ]);
    assert_eq!(refusal("/orderItems", fine), "");
}

#[test]
fn the_same_id_twice_is_refused() {
    let answer = sent(&json!([order(), order()]));
    assert_eq!(answer.status, 400);
}

#[test]
fn orders_are_read_back() {
    let mut shelf = Shelf::new(true);
    shelf.keep(NOW_MS, &mut sent(&json!([order()])));
    let one = with_key(Method::GET, "/v1/orders/%231001", "", &shelf);
    assert_eq!(one.value()["id"], "#1001");
    let none = with_key(Method::GET, "/v1/orders/x", "", &shelf);
    assert_eq!(none.status, 404);
    let target = format!("/v1/orders?teamId={TEAM_ID}&orderIds[]=x&orderIds[]=%231001");
    let list = with_key(Method::GET, &target, "", &shelf);
    assert_eq!(list.value()["orders"].as_array().unwrap().len(), 1);
    let other = with_key(
        Method::GET,
        "/v1/orders?teamId=t&orderIds[]=%231001",
        "",
        &shelf,
    );
    assert_eq!(other.value(), &json!({"orders": []}));
}

#[test]
fn the_key_comes_raw_or_encoded() {
    use base64::Engine;
    let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{API_KEY}:"));
    for (header, wanted) in [
        (format!("Basic {API_KEY}"), 404),
        (format!("Basic {encoded}"), 404),
        (format!("Bearer {API_KEY}"), 401),
        ("Basic wrong".to_owned(), 401),
    ] {
        let call = call(
            Method::GET,
            "/v1/orders/x",
            &[("authorization", &header)],
            "",
        );
        let answer = answer(&call, &Shelf::new(true), &mut session());
        assert_eq!(answer.status, wanted, "{header}");
    }
}
