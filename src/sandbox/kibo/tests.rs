//! Tests of the Kibo simulator.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::call::testing::{NOW_MS, call, session};
use super::*;

/// The page's own example, with valid JSON and an address of its own for the customer.
fn order() -> Value {
    json!({
        "externalOrderID": "0987654321", "manufacturerID": 1010, "catalogID": 0,
        "orderStatus": "SHIPPED", "assignedLocation": "00000055", "useInventory": false,
        "locale": "en-US", "currency": "USD", "sendEmail": true,
        "customer": {
            "customerID": null, "firstName": "Test", "lastName": "Customer",
            "email": "testcustomer@kibocommerce.com", "password": null,
            "phone1": "0001110000", "phone2": "1110001111", "accountCreated": null
        },
        "orderItems": [{
            "product": {
                "partNumber": "0123456", "productID": null, "availability": "Y", "name": "Part 1",
                "retailPrice": 2.00, "averageDealerMargin": 0.30, "UPC": "8989898989", "SKU": "9898989898"
            },
            "itemSpecifics": {
                "externalItemID": null, "actualPrice": 1.00, "quantity": 1, "shipping": null,
                "shippingTax": null, "itemTaxOverride": 0,
                "customItemData": {"image_url": "http:/picture.jpeg"},
                "options": {"color": "blue"}, "customData": null
            }
        }],
        "shippingMethod": {"shippingType": "standard", "shippingClass": "Standard"},
        "shippingAddress": address(),
        "orderPayments": [{
            "orderPaymentID": null,
            "paymentMethod": {
                "billingAddress": address(), "paymentType": "NO", "noOperationType": "HI",
                "cardNumber": "0000000000000123"
            },
            "paymentMethodID": null, "maxAmount": -1, "transactionID": "12123",
            "authorizationID": "48484", "paymentType": null, "authAmount": 20
        }],
        "customerIP": "0.0.0.0", "orderID": null, "shippingTax": 2, "forceItemTaxOverride": true,
        "optInRetailer": true, "landingCode": "TestLandingCode",
        "customOrderData": {"Custom Data Key 1": "Custom Data Value 001"},
        "fraudData": [{
            "fraudType": "KOUNT", "fraudScore": 350, "fraudTransactionID": "ASDF324234142",
            "fraudState": "ACCEPTED"
        }],
        "allowSplit": true,
        "orderGift": {"recipient": "Test Customer", "message": "this is the gift message0001"},
        "orderComment": null
    })
}

fn address() -> Value {
    json!({
        "addressID": null, "customerID": null, "addressLine1": "55 Example St", "addressLine2": null,
        "addressLine3": null, "phone": "000-111-0000", "city": "Phoenix", "postalCode": "00000",
        "state": "CA", "countryCode": "US", "latitude": null, "longitude": null,
        "fraudLock": false, "active": false
    })
}

fn ask_token(session: &mut Session, pair: &str, grant: &str) -> Answer {
    let authorization = format!("Basic {}", STANDARD.encode(pair));
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let call = call(Method::POST, TOKEN_PATH, &headers, grant);
    answer(&call, &Shelf::new(false), session)
}

fn good_token(session: &mut Session) -> String {
    let pair = format!("{API_KEY}:{API_SECRET}");
    let answer = ask_token(session, &pair, "grant_type=client_credentials");
    assert_eq!(answer.value()["expires_in"], 3600);
    answer.value()["access_token"].as_str().unwrap().to_owned()
}

fn sent_with(
    token: &str,
    key: &str,
    order: &Value,
    shelf: &Shelf,
    session: &mut Session,
) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str()), ("api-key", key)];
    let call = call(Method::POST, IMPORT_PATH, &headers, &order.to_string());
    answer(&call, shelf, session)
}

fn sent(order: &Value, shelf: &Shelf) -> Answer {
    let mut session = session();
    let token = good_token(&mut session);
    sent_with(&token, API_KEY, order, shelf, &mut session)
}

fn refusal(pointer: &str, value: Value) -> String {
    let mut order = order();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    order.pointer_mut(parent).unwrap()[name] = value;
    let answer = sent(&order, &Shelf::new(false));
    if answer.status == 200 {
        return String::new();
    }
    assert_eq!(
        (answer.status, &answer.value()["code"]),
        (400, &json!(5003))
    );
    assert!(answer.events.is_empty());
    answer.value()["errors"].to_string()
}

#[test]
fn the_pages_example_is_taken() {
    let mut shelf = Shelf::new(false);
    let mut answer = sent(&order(), &shelf);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.value()["code"], 5000);
    assert!(answer.value()["orderID"].as_i64().unwrap() >= 1);
    assert_eq!(answer.unknown, Vec::<String>::new());
    shelf.keep(NOW_MS, &mut answer);
    assert_eq!(shelf.copies.get("0987654321"), Some(&1));
}

#[test]
fn every_required_field_is_missed() {
    for field in ORDER.iter().filter(|field| field.is_required()) {
        let said = refusal(&format!("/{}", field.name()), Value::Null);
        assert!(
            said.contains(&format!("\"{} is required", field.name())),
            "{said}"
        );
    }
    for pointer in [
        "/orderItems/0/product/partNumber",
        "/orderItems/0/product/name",
        "/orderItems/0/itemSpecifics/actualPrice",
        "/orderItems/0/itemSpecifics/quantity",
        "/orderPayments/0/paymentMethod/billingAddress",
        "/orderPayments/0/paymentMethod/paymentType",
        "/orderPayments/0/paymentMethod/billingAddress/countryCode",
    ] {
        assert!(
            refusal(pointer, Value::Null).contains("is required"),
            "{pointer}"
        );
    }
}

#[test]
fn what_the_page_forbids_is_named() {
    let line = "/orderPayments/0/paymentMethod/billingAddress/addressLine2";
    for (pointer, value, wanted) in [
        ("/externalOrderID", json!(5), "must be a string"),
        (
            "/externalOrderID",
            json!("x".repeat(101)),
            "longer than 100",
        ),
        ("/externalOrderID", json!("€".repeat(15)), "longer than 100"),
        ("/manufacturerID", json!(0), "lower than 1"),
        ("/manufacturerID", json!("1010"), "must be an integer"),
        ("/catalogID", json!(-1), "lower than 0"),
        ("/locale", json!("english_US"), "IETF"),
        ("/currency", json!("US$"), "ISO 4217"),
        ("/shippingAddress/countryCode", json!("USA"), "ISO 3166"),
        ("/orderItems", json!([]), "fewer than 1"),
        ("/orderPayments", json!([]), "fewer than 1"),
        ("/customerIP", json!("::1"), "IPv4"),
        ("/sendEmail", json!("false"), "must be a boolean"),
        ("/orderStatus", json!("shipped"), "must be one of SHIPPED"),
        ("/orderID", json!(0), "lower than 1"),
        ("/importedCreationDate", json!("2024-01-01"), "ISO 8601"),
        ("/landingCode", json!("short"), "shorter than 10"),
        ("/orderComment", json!("x".repeat(1001)), "longer than 1000"),
        ("/shippingTax", json!(-0.01), "lower than 0"),
        ("/fraudData", json!({}), "must be an array"),
        (
            "/orderItems/0/itemSpecifics/itemTaxOverride",
            Value::Null,
            "forceItemTaxOverride",
        ),
        ("/customer/firstName", json!("😀"), "can't be stored"),
        (line, json!("x".repeat(251)), "longer than 250"),
    ] {
        let said = refusal(pointer, value);
        assert!(said.contains(wanted), "{pointer}: {said}");
    }
}

#[test]
fn what_the_page_allows_passes() {
    for (pointer, value) in [
        ("/externalOrderID", json!("é".repeat(100))),
        ("/importedCreationDate", json!("2024-01-01T10:00:00-05:00")),
        ("/shippingAddress/addressLine1", json!("x".repeat(251))),
        ("/orderItems/0/itemSpecifics/itemTaxOverride", json!(0)),
        ("/customOrderData", json!({})),
    ] {
        assert_eq!(refusal(pointer, value), "", "{pointer}");
    }
}

#[test]
fn lengths_count_as_written() {
    assert_eq!(written_length("aé"), 2);
    assert_eq!(written_length("Ā"), "&#256;".len());
    assert_eq!(written_length("€"), "&#8364;".len());
}

#[test]
fn only_a_fresh_token_with_its_key_admits() {
    let mut session = session();
    let shelf = Shelf::new(false);
    let token = good_token(&mut session);
    for (token, key) in [("", API_KEY), ("wrong", API_KEY), (&*token, "wrong")] {
        let answer = sent_with(token, key, &order(), &shelf, &mut session);
        assert_eq!(
            (answer.status, &answer.value()["code"]),
            (401, &json!(5004))
        );
    }
    let authorization = format!("Bearer {token}");
    let headers = [
        ("authorization", authorization.as_str()),
        ("api-key", API_KEY),
    ];
    let mut late = call(Method::POST, IMPORT_PATH, &headers, &order().to_string());
    late.now_ms += 3_600_000;
    assert_eq!(answer(&late, &shelf, &mut session).status, 401);
}

#[test]
fn tokens_are_for_the_right_pair_and_grant() {
    let mut session = session();
    let wrong = ask_token(&mut session, "a:b", "grant_type=client_credentials");
    assert_eq!(wrong.status, 401);
    let pair = format!("{API_KEY}:{API_SECRET}");
    let wrong = ask_token(&mut session, &pair, "grant_type=password");
    assert_eq!(wrong.status, 400);
}

#[test]
fn a_known_order_that_comes_cancelled_is_a_cancellation() {
    let mut shelf = Shelf::new(false);
    let mut cancelled = order();
    cancelled["orderStatus"] = json!("CANCELLED");
    shelf.keep(NOW_MS, &mut sent(&cancelled, &shelf));
    assert_eq!(shelf.copies.get("0987654321"), Some(&1));
    shelf.keep(NOW_MS, &mut sent(&cancelled, &shelf));
    assert_eq!(shelf.cancelled.get("0987654321"), Some(&1));
    assert_eq!(shelf.copies.get("0987654321"), Some(&1));
}
