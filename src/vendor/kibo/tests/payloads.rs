//! What is written, and from where.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    account, address, assert_sinks_agree, decimal, findings, inspect, live, now, order, sandbox,
    text, told,
};
use crate::order::outcome::Operation;
use crate::order::{Address, Currency, Customer, Field, LineItem, Order, Payment};
use crate::vendor::facts::exact_decimal;
use crate::vendor::kibo::Kibo;
use crate::vendor::kibo::text::numeric_references;
use crate::vendor::payload::{self, Subject};
use crate::vendor::sink::Origin;
use crate::vendor::{Account, Environment, Inspected};

fn origin(inspected: &Inspected, pointer: &str) -> Option<Origin> {
    inspected
        .origins
        .iter()
        .find(|(other, _)| other == pointer)
        .map(|(_, origin)| *origin)
}

fn german_address(city: &str, country: &str) -> Value {
    json!({
        "addressLine1": "12 Elm Lane", "addressLine2": "Flat 3", "phone": "+49 89 1", "city": city,
        "postalCode": "80331", "state": "BY", "countryCode": country,
    })
}

#[test]
fn a_whole_order() {
    let imported = inspect(&order(), &live(), Operation::Import);
    let expected: Value = serde_json::from_str(
        r##"{
        "externalOrderID": "#1001",
        "manufacturerID": 1010,
        "catalogID": 0,
        "orderStatus": "SHIPPED",
        "locale": "en-US",
        "currency": "USD",
        "sendEmail": false,
        "importedCreationDate": "2024-03-01T10:00:00-05:00",
        "customer": {"firstName": "Chloé", "lastName": "O'Neil", "email": "chloe@example.com", "phone1": "+49 89 1"},
        "orderItems": [
            {"product": {"partNumber": "SKU-0123", "name": "Aviator sunglasses", "retailPrice": 205.00,
                "UPC": "4006381333931", "SKU": "SKU-0123"},
             "itemSpecifics": {"externalItemID": "L1", "actualPrice": 200.13, "quantity": 1}},
            {"product": {"partNumber": "77", "name": "Vase \"Delft\"", "retailPrice": 10.50},
             "itemSpecifics": {"actualPrice": 10.00, "quantity": 2, "itemTaxOverride": 0.00}}
        ],
        "shippingMethod": {"shippingType": "standard", "shippingClass": "Express"},
        "shippingAddress": {"addressLine1": "12 Elm Lane", "addressLine2": "Flat 3", "phone": "+49 89 1",
            "city": "&#913;&#952;&#942;&#957;&#945;", "postalCode": "80331", "state": "BY", "countryCode": "GR"},
        "orderPayments": [{
            "paymentMethod": {
                "billingAddress": {"addressLine1": "12 Elm Lane", "addressLine2": "Flat 3", "phone": "+49 89 1",
                    "city": "München", "postalCode": "80331", "state": "BY", "countryCode": "DE"},
                "paymentType": "NO", "noOperationType": "HI"},
            "maxAmount": -1, "transactionID": "c1.1", "paymentType": null, "authAmount": 220.13}],
        "customerIP": "198.51.100.7",
        "shippingTax": 0.50,
        "isTestOrder": false,
        "channel": "web",
        "orderComment": "Leave at the door,\nring twice"
    }"##,
    )
    .unwrap();
    // As text: the digits and the order of the members count, too.
    assert_eq!(imported.value.to_string(), expected.to_string());
    assert_eq!(told(&imported.findings), []);
    assert_sinks_agree(&order(), &live(), Operation::Import);
}

#[test]
fn a_cancellation_is_the_whole_order_as_cancelled() {
    let mut cancelled = inspect(&order(), &live(), Operation::Cancel);
    assert_eq!(told(&cancelled.findings), []);
    assert_eq!(cancelled.value["orderStatus"], "CANCELLED");
    cancelled.value["orderStatus"] = json!("SHIPPED");
    assert_eq!(
        cancelled.value,
        inspect(&order(), &live(), Operation::Import).value
    );
    assert_sinks_agree(&order(), &live(), Operation::Cancel);
}

#[test]
fn a_cancellation_from_a_payload_that_was_sent_before() {
    let sent = inspect(&order(), &live(), Operation::Import).value;
    let subject = Subject {
        order: &Order {
            id: "#1001".into(),
            ..Order::default()
        },
        native: Some(&sent),
        edits: &[],
    };
    let mut encoded = payload::Encoded::default();
    payload::encode(
        &Kibo,
        subject,
        &live(),
        Operation::Cancel,
        now(),
        &mut encoded,
    );
    let cancelled = inspect(&order(), &live(), Operation::Cancel);
    assert_eq!(
        String::from_utf8(encoded.bytes).unwrap(),
        cancelled.value.to_string()
    );
    let inspected = payload::inspect(&Kibo, subject, &live(), Operation::Cancel, now());
    assert_eq!(origin(&inspected, "/orderStatus"), Some(Origin::Fixed));
    assert_eq!(origin(&inspected, ""), Some(Origin::Native));
}

#[test]
fn an_id_alone_is_not_enough_to_cancel() {
    let order = Order {
        id: "#1001".into(),
        ..Order::default()
    };
    let cancelled = inspect(&order, &live(), Operation::Cancel);
    let missing = told(&cancelled.findings);
    for pointer in ["/customer", "/orderItems", "/shippingAddress", "/currency"] {
        assert!(
            missing.contains(&("KIB-01", pointer.to_owned())),
            "{pointer}"
        );
    }
}

#[test]
fn status_follows_the_table_and_the_setting() {
    let status = |order: &Order, account: &Account| {
        inspect(order, account, Operation::Import).value["orderStatus"].clone()
    };
    let mut order = order();
    assert_eq!(status(&order, &live()), "SHIPPED");
    order.fulfilment = None;
    assert_eq!(status(&order, &live()), "READY");
    order.payment = Some(Payment::Pending);
    assert_eq!(status(&order, &live()), "READY");
    order.payment = Some(Payment::Refunded);
    let mut own = live();
    own.settings
        .insert("status".into(), json!({"refunded": "SHIPPED"}));
    assert_eq!(status(&order, &own), "SHIPPED");
    order.cancelled = Some(true);
    assert_eq!(status(&order, &live()), "CANCELLED");
}

#[test]
fn payment_types_come_from_the_setting_the_default_or_no_operation() {
    let method = |account: &Account| {
        let value = inspect(&order(), account, Operation::Import).value;
        let method = &value["orderPayments"][0]["paymentMethod"];
        (
            method["paymentType"].clone(),
            method["noOperationType"].clone(),
        )
    };
    assert_eq!(method(&live()), (json!("NO"), json!("HI")));
    let mut named = live();
    named
        .settings
        .insert("payment_types".into(), json!({"Shopify Payments": "CC"}));
    assert_eq!(method(&named), (json!("CC"), Value::Null));
    let mut default = live();
    let path = "orderPayments/*/paymentMethod/paymentType";
    default.defaults.insert(path.into(), json!("PP"));
    assert_eq!(method(&default), (json!("PP"), Value::Null));
    named
        .settings
        .insert("payment_types".into(), json!({"Shopify Payments": "NO"}));
    assert_eq!(method(&named), (json!("NO"), json!("HI")));
}

#[test]
fn an_order_with_one_address_sends_it_twice_and_says_from_where() {
    let mut order = order();
    order.shipping = Address {
        name: text("a person is no place"),
        ..Address::default()
    };
    let inspected = inspect(&order, &live(), Operation::Import);
    assert_eq!(
        inspected.value["shippingAddress"],
        german_address("München", "DE")
    );
    assert_eq!(
        origin(&inspected, "/shippingAddress/city"),
        Some(Origin::Fields(&[Field::BillingCity]))
    );
    (order.shipping, order.billing) = (address(), Address::default());
    let inspected = inspect(&order, &live(), Operation::Import);
    let billing = "/orderPayments/0/paymentMethod/billingAddress";
    assert_eq!(
        inspected.value.pointer(billing),
        Some(&german_address("München", "DE"))
    );
    assert_eq!(
        origin(&inspected, &format!("{billing}/countryCode")),
        Some(Origin::Fields(&[Field::ShippingCountry]))
    );
}

#[test]
fn names_are_split_where_only_a_full_one_is_known() {
    let names = |customer: Customer, billing: &str| {
        let order = Order {
            customer,
            billing: Address {
                name: text(billing),
                ..address()
            },
            ..order()
        };
        let value = inspect(&order, &live(), Operation::Import).value;
        [
            &value["customer"]["firstName"],
            &value["customer"]["lastName"],
        ]
        .map(|name| name.as_str().unwrap_or("-").to_owned())
    };
    let full = |name: &str| Customer {
        name: text(name),
        ..Customer::default()
    };
    assert_eq!(
        names(full("Ana Maria  de la Cruz"), "x y"),
        ["Ana Maria  de la", "Cruz"]
    );
    assert_eq!(names(full("Cher"), "x y"), ["-", "Cher"]);
    assert_eq!(names(Customer::default(), "Bo Ek"), ["Bo", "Ek"]);
    let first = Customer {
        first_name: text("Ada"),
        ..full("Somebody Else")
    };
    assert_eq!(names(first, "x y"), ["Ada", "-"]);
}

#[test]
fn part_numbers_fall_back_but_never_to_a_name() {
    let part = |line: LineItem| {
        let order = Order {
            items: vec![line],
            ..order()
        };
        let value = inspect(&order, &live(), Operation::Import).value;
        value["orderItems"][0]["product"]["partNumber"].clone()
    };
    let mut line = order().items[0].clone();
    line.product_id = text("77");
    assert_eq!(part(line.clone()), "SKU-0123");
    line.sku = None;
    assert_eq!(part(line.clone()), "4006381333931");
    line.barcode = None;
    assert_eq!(part(line.clone()), "77");
    line.product_id = None;
    assert_eq!(part(line), Value::Null);
}

#[test]
fn a_price_that_cannot_hold_its_discount_says_so() {
    let mut order = order();
    order.items[1].quantity = Some(decimal("3"));
    let inspected = inspect(&order, &live(), Operation::Import);
    assert_eq!(
        inspected.value["orderItems"][1]["itemSpecifics"]["actualPrice"].to_string(),
        "10.50"
    );
    let pointer = "/orderItems/1/itemSpecifics/actualPrice".to_owned();
    assert_eq!(told(&inspected.findings), [("KIB-16", pointer)]);
    assert_sinks_agree(&order, &live(), Operation::Import);
    // 100 ÷ 3 must not pass for exact where digits run out.
    order.items[1].total = Some(decimal("100"));
    let inspected = inspect(&order, &live(), Operation::Import);
    assert_eq!(
        inspected.value["orderItems"][1]["itemSpecifics"]["actualPrice"].to_string(),
        "10.50"
    );
}

#[test]
fn a_test_order_is_one_wherever_the_profile_is_not_live() {
    let is_test = |order: &Order, environment| {
        inspect(order, &account(environment), Operation::Import).value["isTestOrder"].clone()
    };
    assert_eq!(is_test(&order(), Environment::Live), false);
    assert_eq!(is_test(&order(), Environment::Test), true);
    let marked = Order {
        test: Some(true),
        ..order()
    };
    assert_eq!(is_test(&marked, Environment::Live), true);
}

#[test]
fn profile_defaults_and_mapping_fill_every_other_field() {
    let mut account = live();
    for (path, value) in [
        ("sendEmail", json!(true)),
        ("locale", json!("el-GR")),
        ("channel", json!("Ελλάδα")),
        ("orderGift/message", json!("Hi")),
        (
            "fraudData",
            json!([{"fraudType": "KOUNT", "fraudScore": 350}]),
        ),
        ("orderPayments/*/maxAmount", json!(20)),
        ("orderItems/*/product/averageDealerMargin", json!(0.30)),
        ("shippingMethod/shippingType", json!("express")),
        ("customOrderData", json!({"κλειδί": "τιμή"})),
    ] {
        account.defaults.insert(path.into(), value);
    }
    let mut order = order();
    order.channel = None;
    let field = |path: &str, item, value: &str| crate::order::VendorField {
        vendor: "kibo".into(),
        path: path.into(),
        item,
        value: value.into(),
    };
    order.vendor_fields = vec![
        field(
            "orderItems/*/itemSpecifics/options",
            Some(1),
            r#"{"colour":"blue"}"#,
        ),
        field("cartID", None, "cart-9"),
        field("discounts", None, r#"[{"amount":1.10}]"#),
    ];
    order.discount_total = Some(decimal("1.10"));
    let inspected = inspect(&order, &account, Operation::Import);
    let value = &inspected.value;
    assert_eq!(value["sendEmail"], true);
    assert_eq!(value["locale"], "el-GR");
    assert_eq!(value["channel"], numeric_references("Ελλάδα").as_ref());
    assert_eq!(value["orderGift"], json!({"message": "Hi"}));
    assert_eq!(value["fraudData"][0]["fraudType"], "KOUNT");
    assert_eq!(value["orderPayments"][0]["maxAmount"], 20);
    assert_eq!(
        value["orderItems"][0]["product"]["averageDealerMargin"].to_string(),
        "0.3"
    );
    assert_eq!(value["shippingMethod"]["shippingType"], "express");
    let custom = value["customOrderData"].as_object().unwrap();
    assert!(
        custom.keys().all(|name| name.is_ascii())
            && custom
                .values()
                .all(|value| value.as_str().unwrap().is_ascii())
    );
    assert_eq!(
        value["orderItems"][1]["itemSpecifics"]["options"]["colour"],
        "blue"
    );
    assert_eq!(value["cartID"], "cart-9");
    assert_eq!(value["discounts"].to_string(), r#"[{"amount":1.10}]"#);
    assert_eq!(origin(&inspected, "/channel"), Some(Origin::ProfileDefault));
    assert_eq!(origin(&inspected, "/cartID"), Some(Origin::Mapping));
    // The whole list is given, so no discount goes unsent.
    assert_eq!(
        told(&inspected.findings),
        [("KIB-08", "/sendEmail".to_owned())]
    );
    assert_sinks_agree(&order, &account, Operation::Import);
}

#[test]
fn characters_outside_latin1_travel_as_numbers_whoever_gave_them() {
    assert_eq!(numeric_references("Chloé & Ω €"), "Chloé & &#937; &#8364;");
    assert_eq!(numeric_references("&#937; é\u{ff}"), "&#937; é\u{ff}");
    assert_eq!(numeric_references("a😀Ω"), "a😀&#937;");
    let edited = findings(
        &order(),
        &live(),
        &[("/orderComment", json!("Ω".repeat(200)))],
    );
    // 200 characters become 1200.
    assert_eq!(told(&edited), [("KIB-02", "/orderComment".to_owned())]);
}

#[test]
fn an_ordinary_export_passes_in_the_sandbox() {
    let mut order = order();
    order.customer.ip = None;
    let inspected = inspect(&order, &sandbox(), Operation::Import);
    assert_eq!(
        told(&inspected.findings),
        [("KIB-05", "/customerIP".to_owned())]
    );
    assert_eq!(
        origin(&inspected, "/manufacturerID"),
        Some(Origin::SandboxDefault)
    );
    // What no export of the smallest kind holds is named: part numbers, prices, addresses.
    let small = Order {
        customer: Customer {
            email: text("c@example.com"),
            ..Customer::default()
        },
        billing: Address::default(),
        shipping: Address::default(),
        items: vec![LineItem {
            name: text("Blue Widget"),
            quantity: Some(decimal("1")),
            ..LineItem::default()
        }],
        ..order
    };
    let mut missing = told(&inspect(&small, &sandbox(), Operation::Import).findings);
    missing.retain(|(rule, _)| *rule == "KIB-01");
    let pointers: Vec<&str> = missing
        .iter()
        .map(|(_, pointer)| pointer.as_str())
        .collect();
    assert_eq!(
        pointers,
        [
            "/orderItems/0/product/partNumber",
            "/orderItems/0/itemSpecifics/actualPrice",
            "/shippingAddress",
            "/orderPayments/0/paymentMethod/billingAddress",
        ]
    );
}

#[test]
fn a_payload_of_kibos_own_shape_stays_as_it_is_and_is_checked() {
    let text = r#"{"externalOrderID":"0987","manufacturerID":1010,"catalogID":0,"orderStatus":"SHIPPED",
        "assignedLocation":"00000055","useInventory":false,"locale":"en-US","currency":"USD","sendEmail":true,
        "customer":{"customerID":null,"firstName":"Test","lastName":"Customer","email":"t@example.com","password":null},
        "orderItems":[{"product":{"partNumber":"0123456","productID":null,"availability":"Y","name":"Part 1","retailPrice":2.00},
            "itemSpecifics":{"externalItemID":null,"actualPrice":1.00,"quantity":1,"shipping":null,"itemTaxOverride":0,
            "customItemData":{"image":"x"},"options":{"color":"blue"},"customData":null}}],
        "shippingMethod":{"shippingType":"standard","shippingClass":"Standard"},
        "shippingAddress":{"addressID":null,"addressLine1":"55 Example St","addressLine2":null,"countryCode":"US","latitude":null,"active":false},
        "orderPayments":[{"orderPaymentID":null,"paymentMethod":{"billingAddress":{"addressLine1":"15 Example Blvd.","city":"Phoenix","countryCode":"US","active":true},
            "paymentType":"NO","noOperationType":"HI","cardNumber":"0000000000000123"},"maxAmount":-1,"paymentType":null,"authAmount":20}],
        "customerIP":"0.0.0.0","orderID":null,"shippingTax":2,"forceItemTaxOverride":true,"landingCode":"ALandingCode",
        "unknownToUs":{"kept":1.10},"orderComment":null}"#;
    let native: Value = serde_json::from_str(text).unwrap();
    let subject = Subject {
        order: &Order::default(),
        native: Some(&native),
        edits: &[],
    };
    let mut encoded = payload::Encoded::default();
    payload::encode(
        &Kibo,
        subject,
        &live(),
        Operation::Import,
        now(),
        &mut encoded,
    );
    assert_eq!(
        String::from_utf8(encoded.bytes).unwrap(),
        native.to_string()
    );
    let rules: Vec<_> = encoded
        .findings
        .iter()
        .map(|finding| finding.rule.id)
        .collect();
    assert_eq!(rules, ["KIB-05", "KIB-08", "KIB-12"]);
}

fn a_text() -> impl Strategy<Value = Option<crate::order::Text>> {
    proptest::option::of("[ -~éΩ😀\"\\\\\n]{1,12}".prop_map(crate::order::Text::from))
}

proptest! {
    #[test]
    fn both_sinks_write_the_same_and_totals_survive(
        prices in prop::collection::vec((0_i64..1_000_000, 1_i64..9, 0_i64..50), 1..5),
        texts in prop::collection::vec(a_text(), 12),
        cents in 0_i64..100_000_000,
    ) {
        let mut order = order();
        order.total = Some(crate::order::Decimal::new(cents, 2));
        order.items = prices
            .iter()
            .map(|(price, quantity, discount)| LineItem {
                name: texts[0].clone(),
                sku: texts[1].clone(),
                quantity: Some((*quantity).into()),
                unit_price: Some(crate::order::Decimal::new(*price, 2)),
                discount: Some(crate::order::Decimal::new(*discount * quantity, 2)),
                ..LineItem::default()
            })
            .collect();
        order.customer.name.clone_from(&texts[2]);
        order.customer.first_name.clone_from(&texts[3]);
        order.billing.line1.clone_from(&texts[4]);
        order.billing.city.clone_from(&texts[5]);
        order.shipping.line1.clone_from(&texts[6]);
        order.shipping.country.clone_from(&texts[7]);
        order.payment_method.clone_from(&texts[8]);
        order.shipping_method.clone_from(&texts[9]);
        order.note.clone_from(&texts[10]);
        order.channel.clone_from(&texts[11]);
        order.currency = Currency::parse("EUR");
        assert_sinks_agree(&order, &live(), Operation::Cancel);
        let encoded = assert_sinks_agree(&order, &sandbox(), Operation::Import);
        let value: Value = serde_json::from_slice(&encoded.bytes).unwrap();
        let number = |value: &Value| exact_decimal(value.as_number().unwrap().as_str()).unwrap();
        prop_assert_eq!(Some(number(&value["orderPayments"][0]["authAmount"])), order.total);
        let sent: crate::order::Decimal = value["orderItems"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| &item["itemSpecifics"])
            .map(|item| number(&item["actualPrice"]) * number(&item["quantity"]))
            .sum();
        prop_assert_eq!(Some(sent), order.items.iter().map(LineItem::net).sum());
    }
}
