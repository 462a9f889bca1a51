//! Every rule by a case that breaks it and one that doesn't.

use serde_json::{Value, json};

use super::{account, decimal, findings, live, order, told};
use crate::finding::Severity;
use crate::order::{Currency, Payment};
use crate::vendor::Environment;
use crate::vendor::kibo::rules::RULES;

/// What one change of the good order makes the rules say.
fn after(pointer: &str, value: Value) -> Vec<(&'static str, String)> {
    told(&findings(&order(), &live(), &[(pointer, value)]))
}

/// That change breaks that one rule at that place and no other.
fn breaks(rule: &'static str, pointer: &str, value: impl Into<Value>) {
    let value = value.into();
    assert_eq!(
        after(pointer, value.clone()),
        [(rule, pointer.to_owned())],
        "{pointer} = {value}"
    );
}

/// That change breaks none.
fn passes(pointer: &str, value: impl Into<Value>) {
    let value = value.into();
    assert_eq!(after(pointer, value.clone()), [], "{pointer} = {value}");
}

#[test]
fn rules_are_all_there_and_in_order() {
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    let expected: Vec<String> = (1..=16).map(|n| format!("KIB-{n:02}")).collect();
    assert_eq!(ids, expected);
    let of = |severity| {
        let rules = RULES.iter().filter(move |rule| rule.severity == severity);
        rules.map(|rule| rule.id).collect::<Vec<_>>()
    };
    assert_eq!(
        of(Severity::Warning),
        ["KIB-05", "KIB-08", "KIB-10", "KIB-12", "KIB-15"]
    );
    assert_eq!(of(Severity::Info), ["KIB-16"]);
}

#[test]
fn kib_01_required_fields() {
    assert_eq!(told(&findings(&order(), &live(), &[])), []);
    for pointer in [
        "/externalOrderID",
        "/manufacturerID",
        "/catalogID",
        "/locale",
        "/currency",
        "/customer",
        "/orderItems",
        "/shippingMethod",
        "/shippingAddress",
        "/orderPayments",
        "/customerIP",
        "/sendEmail",
        "/orderStatus",
        "/orderItems/1/product",
        "/orderItems/1/itemSpecifics",
        "/orderItems/0/product/partNumber",
        "/orderItems/0/product/name",
        "/orderItems/1/itemSpecifics/actualPrice",
        "/orderItems/1/itemSpecifics/quantity",
        "/orderPayments/0/paymentMethod/billingAddress",
        "/orderPayments/0/paymentMethod/billingAddress/addressLine1",
        "/orderPayments/0/paymentMethod/billingAddress/city",
        "/orderPayments/0/paymentMethod/billingAddress/countryCode",
        "/orderPayments/0/paymentMethod/paymentType",
    ] {
        breaks("KIB-01", pointer, Value::Null);
    }
    for pointer in [
        "/externalOrderID",
        "/orderStatus",
        "/orderItems/0/product/name",
    ] {
        breaks("KIB-01", pointer, json!(""));
    }
    // Without a means of payment there is no type to speak of, either.
    breaks("KIB-01", "/orderPayments/0/paymentMethod", Value::Null);
}

#[test]
fn kib_01_says_why_a_price_is_missing() {
    let mut order = order();
    order.items[1].unit_price = None;
    order.items[1].quantity = Some(decimal("3"));
    order.items[1].subtotal = Some(decimal("11.00"));
    let seen = findings(&order, &live(), &[]);
    let pointer = "/orderItems/1/itemSpecifics/actualPrice";
    assert_eq!(told(&seen), [("KIB-01", pointer.to_owned())]);
    assert!(
        seen[0].detail.ends_with(": the line's sum 10.00 doesn't divide into 3 equal prices; set the unit price by an edit"),
        "{}",
        seen[0].detail
    );
    // An edit of the payload gives it: neither the finding nor its reason is left.
    assert_eq!(
        told(&findings(&order, &live(), &[(pointer, json!(3.33))])),
        []
    );
}

#[test]
fn kib_02_types_lengths_and_minimums() {
    for (pointer, wrong, right) in [
        (
            "/externalOrderID",
            json!("x".repeat(101)),
            json!("x".repeat(100)),
        ),
        ("/externalOrderID", json!(1001), json!("1001")),
        ("/manufacturerID", json!(0), json!(1)),
        ("/manufacturerID", json!("1010"), json!(1010)),
        ("/catalogID", json!(-1), json!(0)),
        ("/catalogID", json!(1.5), json!(1)),
        ("/sendEmail", json!("false"), json!(false)),
        ("/orderID", json!(0), json!(1)),
        ("/cartID", json!("x".repeat(513)), json!("x".repeat(512))),
        ("/shippingTax", json!(-0.01), json!(0)),
        ("/shippingTaxRate", json!(-1), json!(0.13)),
        (
            "/orderComment",
            json!("x".repeat(1001)),
            json!("x".repeat(1000)),
        ),
        (
            "/orderComment",
            json!("Ω".repeat(167)),
            json!("Ω".repeat(166)),
        ),
        ("/locale", json!("en_US"), json!("zh-Hant-TW")),
        ("/currencyLocale", json!("english please"), json!("el")),
        ("/customer/email", json!("nobody"), json!("a@b")),
        ("/orderItems/0/itemSpecifics/quantity", json!(0), json!(1)),
        (
            "/orderItems/0/itemSpecifics/actualPrice",
            json!(-1),
            json!(0),
        ),
        ("/orderItems/0/itemSpecifics/shipping", json!(-1), json!(0)),
        ("/landingCode", json!("x".repeat(9)), json!("x".repeat(10))),
        (
            "/landingCode",
            json!("x".repeat(201)),
            json!("x".repeat(200)),
        ),
        (
            "/importedCreationDate",
            json!("2024-03-01"),
            json!("2024-03-01T10:00:00Z"),
        ),
        (
            "/expectedDeliveryDate",
            json!("soon"),
            json!("2024-03-01T10:00:00+02:00"),
        ),
        ("/customOrderData", json!([]), json!({"a": 1})),
        ("/discounts", json!({}), json!([])),
        ("/allowSplit", json!(1), json!(true)),
        ("/orderItems", json!([]), order_items()),
        ("/orderPayments", json!([]), Value::Bool(true)),
        ("/orderItems/0/itemSpecifics/quantity", json!(1.5), json!(2)),
        (
            "/orderItems/0/itemSpecifics/actualPrice",
            json!("8.00"),
            json!(8),
        ),
        (
            "/orderItems/0/product/retailPrice",
            json!("8.00"),
            Value::Null,
        ),
        ("/orderPayments/0/maxAmount", json!("-1"), json!(-1)),
        (
            "/orderPayments/0/paymentMethod/billingAddress/addressLine2",
            json!("x".repeat(251)),
            json!("x".repeat(250)),
        ),
    ] {
        breaks("KIB-02", pointer, wrong);
        if right != Value::Bool(true) || pointer == "/allowSplit" {
            passes(pointer, right);
        }
    }
    let fraud = |id: String| json!([{"fraudType": "KOUNT", "fraudTransactionID": id}]);
    assert_eq!(
        after("/fraudData", fraud("x".repeat(201))),
        [("KIB-02", "/fraudData/0/fraudTransactionID".to_owned())]
    );
    passes("/fraudData", fraud("x".repeat(200)));
}

fn order_items() -> Value {
    json!([{
        "product": {"partNumber": "1", "name": "Part 1", "productID": null},
        "itemSpecifics": {"actualPrice": 1.00, "quantity": 1, "customData": null},
    }])
}

#[test]
fn kib_02_is_a_warning_for_long_shipping_lines() {
    let pointer = "/shippingAddress/addressLine2";
    let found = findings(&order(), &live(), &[(pointer, json!("x".repeat(251)))]);
    assert_eq!(told(&found), [("KIB-02", pointer.to_owned())]);
    assert_eq!(found[0].severity, Severity::Warning);
    passes(pointer, json!("x".repeat(250)));
}

#[test]
fn kib_03_status() {
    breaks("KIB-03", "/orderStatus", json!("Shipped"));
    breaks("KIB-03", "/orderStatus", json!("RETURNED"));
    for status in ["SHIPPED", "READY", "CANCELLED"] {
        passes("/orderStatus", json!(status));
    }
    let mut refunded = order();
    refunded.payment = Some(Payment::Refunded);
    let found = findings(&refunded, &live(), &[]);
    assert_eq!(told(&found), [("KIB-03", "/orderStatus".to_owned())]);
    assert!(found[0].message().contains("a returned order"));
    assert!(found[0].blocks());
}

#[test]
fn kib_04_and_05_customer_address() {
    for wrong in ["2001:db8::1", "300.1.1.1", "localhost", "1.2.3"] {
        breaks("KIB-04", "/customerIP", json!(wrong));
    }
    for odd in [
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.9",
        "127.0.0.1",
        "0.0.0.0",
        "169.254.1.1",
    ] {
        breaks("KIB-05", "/customerIP", json!(odd));
    }
    passes("/customerIP", json!("8.8.8.8"));
    let mut default = live();
    default
        .defaults
        .insert("customerIP".into(), json!("8.8.8.8"));
    assert_eq!(told(&findings(&order(), &default, &[])), []);
    let mut nameless = order();
    nameless.customer.ip = None;
    let found = findings(&nameless, &default, &[]);
    assert_eq!(told(&found), [("KIB-05", "/customerIP".to_owned())]);
}

#[test]
fn kib_06_codes() {
    let billing = "/orderPayments/0/paymentMethod/billingAddress/countryCode";
    breaks("KIB-06", "/currency", json!("usd"));
    breaks("KIB-06", "/shippingAddress/countryCode", json!("Germany"));
    breaks("KIB-06", billing, json!("UK"));
    passes("/currency", json!("JPY"));
    passes(billing, json!("GB"));
    let mut dollars = order();
    dollars.currency = Currency::parse("usd");
    assert_eq!(told(&findings(&dollars, &live(), &[])), []);
}

#[test]
fn kib_07_forced_taxes() {
    let pointer = "/orderItems/0/itemSpecifics/itemTaxOverride";
    let forced = ("/forceItemTaxOverride", json!(true));
    let found = findings(&order(), &live(), std::slice::from_ref(&forced));
    assert_eq!(told(&found), [("KIB-07", pointer.to_owned())]);
    assert_eq!(
        told(&findings(&order(), &live(), &[forced, (pointer, json!(0))])),
        []
    );
    passes("/forceItemTaxOverride", json!(false));
}

#[test]
fn kib_08_e_mail() {
    breaks("KIB-08", "/sendEmail", json!(true));
    passes("/sendEmail", json!(false));
}

#[test]
fn kib_09_emoji() {
    breaks("KIB-09", "/orderItems/0/product/name", json!("Mug 😀"));
    breaks("KIB-09", "/customer/firstName", json!("𝒜da"));
    passes("/orderItems/0/product/name", json!("Κούπα & ☕"));
}

#[test]
fn kib_10_payment_types() {
    let pointer = "/orderPayments/0/paymentMethod/paymentType";
    breaks("KIB-10", pointer, json!("XX"));
    breaks(
        "KIB-10",
        "/orderPayments/0/paymentMethod/noOperationType",
        Value::Null,
    );
    for known in ["CC", "CS", "LV", "PP", "EB", "PZ", "NO"] {
        passes(pointer, json!(known));
    }
    let mut named = live();
    named
        .settings
        .insert("payment_types".into(), json!({"Klarna": "XX"}));
    assert_eq!(
        told(&findings(&order(), &named, &[(pointer, json!("XX"))])),
        []
    );
}

#[test]
fn kib_11_card_numbers() {
    let pointer = "/orderPayments/0/paymentMethod/cardNumber";
    for exposed in [
        "4111111111111111",
        "4111 1111-1111 1111",
        "5500005555555559",
    ] {
        breaks("KIB-11", pointer, json!(exposed));
        let found = findings(&order(), &live(), &[(pointer, json!(exposed))]);
        assert!(!found[0].message().contains("1111") && !found[0].message().contains("5555"));
    }
    // Masked, or no card number by its check digit.
    for fine in [
        "0000000000000123",
        "0000000000000000",
        "************1111",
        "4111111111111112",
    ] {
        passes(pointer, json!(fine));
    }
}

#[test]
fn kib_12_order_date() {
    breaks("KIB-12", "/importedCreationDate", Value::Null);
    let mut undated = order();
    undated.placed_at = None;
    let found = findings(&undated, &live(), &[]);
    assert_eq!(
        told(&found),
        [("KIB-12", "/importedCreationDate".to_owned())]
    );
}

#[test]
fn kib_13_passwords() {
    let change = ("/customer/password", json!("hunter2"));
    breaks("KIB-13", change.0, change.1.clone());
    breaks("KIB-13", change.0, json!(""));
    let mut allowed = live();
    allowed
        .settings
        .insert("send_passwords".into(), json!(true));
    assert_eq!(
        told(&findings(&order(), &allowed, std::slice::from_ref(&change))),
        []
    );
    let found = findings(&order(), &live(), &[change]);
    assert!(!found[0].message().contains("hunter2"));
}

#[test]
fn kib_15_test_orders() {
    breaks("KIB-15", "/isTestOrder", json!(true));
    passes("/isTestOrder", Value::Null);
    for environment in [Environment::Test, Environment::Sandbox] {
        let account = account(environment);
        assert_eq!(told(&findings(&order(), &account, &[])), []);
        let found = findings(&order(), &account, &[("/isTestOrder", Value::Null)]);
        assert_eq!(told(&found), [("KIB-15", "/isTestOrder".to_owned())]);
    }
}

#[test]
fn kib_16_order_discounts() {
    let mut discounted = order();
    discounted.discount_total = Some(decimal("2.00"));
    let found = findings(&discounted, &live(), &[]);
    assert_eq!(told(&found), [("KIB-16", "/discounts".to_owned())]);
    discounted.discount_total = Some(decimal("0.00"));
    assert_eq!(told(&findings(&discounted, &live(), &[])), []);
}
