//! What an order becomes.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{VENDOR, account};
use crate::order::VendorField;
use crate::order::outcome::Operation;
use crate::order::{Currency, Customer, LineItem, Order, Payment, field::Field};
use crate::vendor::testing::{
    assert_sinks_agree, bare_order, decimal, encoded, inspected, sample_order, told, with_setting,
};
use crate::vendor::{Account, Origin};

fn import(order: &Order, account: &Account) -> Value {
    inspected(VENDOR, order, account, Operation::Import).value
}

fn from_mapping(mut order: Order, path: &str, item: Option<u32>, value: &str) -> Order {
    order.vendor_fields.push(VendorField {
        vendor: "voucherify".into(),
        path: path.into(),
        item,
        value: value.into(),
    });
    order
}

#[test]
fn a_full_order_for_an_import() {
    let sent = encoded(VENDOR, &sample_order(), &account(), Operation::Import);
    let expected = concat!(
        r##"{"source_id":"#1001","status":"FULFILLED","amount":19400,"discount_amount":1930,"##,
        r#""customer":{"source_id":"cust-77","name":"Chloé O'Neil","email":"chloe@example.com","phone":"+1 933 222 0001","birthdate":"1990-05-17","#,
        r#""address":{"city":"München","state":"BY","line_1":"12 Elm Lane","line_2":"Flat 3","country":"DE","postal_code":"80331"}},"#,
        r#""items":[{"source_id":"SKU-0123","related_object":"sku","quantity":2,"price":8900,"amount":17800,"product":{"source_id":"prod-1","name":"Aviator sunglasses"}},"#,
        r#"{"source_id":"CB-0007","related_object":"sku","quantity":1,"price":1600,"amount":1600,"discount_amount":100,"product":{"source_id":"prod-2","name":"Vase \"Delft\""}}],"#,
        r#""metadata":{"order_date":"2024-03-01T10:00:00-05:00","shipping":7.99,"tax":22.57,"total":204.26}}"#,
    );
    assert_eq!(String::from_utf8(sent.bytes).unwrap(), expected);
    assert_eq!(sent.findings, []);
}

#[test]
fn status_and_cancellation_need_id_and_status_only() {
    let status = encoded(VENDOR, &sample_order(), &account(), Operation::Status);
    assert_eq!(
        String::from_utf8(status.bytes).unwrap(),
        r##"{"source_id":"#1001","status":"FULFILLED"}"##
    );
    let cancel = encoded(VENDOR, &bare_order("#1234"), &account(), Operation::Cancel);
    assert_eq!(
        String::from_utf8(cancel.bytes).unwrap(),
        r##"{"source_id":"#1234","status":"CANCELED"}"##
    );
    assert_eq!(cancel.findings, []);
}

#[test]
fn both_sinks_agree() {
    assert_sinks_agree(VENDOR, &sample_order(), &account());
    assert_sinks_agree(VENDOR, &bare_order("1"), &account());
    let mut rich = account();
    for (path, value) in [
        (
            "metadata",
            json!({"source": "import", "a/b~c": [1, {"x": 2.50}]}),
        ),
        ("metadata/campaign", json!("spring")),
        ("customer/metadata", json!({"lang": "en"})),
        ("items/*/product/override", json!(true)),
        ("items/*/sku/price", json!(12.5)),
        ("referrer/source_id", json!("jane@example.com")),
        ("referrer/address/city", json!("Rome")),
        ("status", json!("LOST")),
        ("referrer_id", json!(7)),
    ] {
        rich.defaults.insert(path.to_owned(), value);
    }
    let mut order = from_mapping(sample_order(), "metadata/tags", None, "[\"vip\"]");
    order = from_mapping(order, "items/*/metadata/gift", Some(1), "yes");
    order = from_mapping(order, "items/*/initial_quantity", Some(0), "0");
    order = from_mapping(order, "status", None, "GONE");
    assert_sinks_agree(VENDOR, &order, &rich);
    assert!(!told(&inspected(VENDOR, &order, &rich, Operation::Import)).is_empty());
}

#[test]
fn amounts_are_counted_in_the_currencys_own_unit() {
    for (currency, total, setting, expected) in [
        ("USD", "200.13", "currency", "20013"),
        ("USD", "200.130", "currency", "20013"),
        ("JPY", "1500", "currency", "1500"),
        ("JPY", "1500", "hundredths", "150000"),
        ("KWD", "1.234", "currency", "1234"),
        ("USD", "12.345", "currency", "1234.5"),
        ("JPY", "12.5", "currency", "12.5"),
    ] {
        let order = Order {
            currency: Currency::parse(currency),
            total: Some(decimal(total)),
            ..bare_order("1")
        };
        let account = with_setting(account(), "minor_unit", &format!("\"{setting}\""));
        let amount = import(&order, &account)["amount"].to_string();
        assert_eq!(amount, expected, "{currency} {total} {setting}");
    }
}

#[test]
fn without_a_currency_the_profiles_counts_then_two_decimals() {
    let order = Order {
        total: Some(decimal("1.50")),
        ..bare_order("1")
    };
    assert_eq!(import(&order, &account())["amount"].to_string(), "150");
    let mut kwd = account();
    kwd.currency = Currency::parse("KWD");
    assert_eq!(import(&order, &kwd)["amount"].to_string(), "1500");
}

#[test]
fn a_price_that_is_not_exact_gives_way_to_the_lines_sum() {
    let mut order = sample_order();
    order.items = vec![LineItem {
        product_id: Some("799".into()),
        name: Some("Ship Your Idea".into()),
        quantity: Some(decimal("5")),
        unit_price: Some(decimal("10.799999999999999")),
        subtotal: Some(decimal("54.00")),
        ..LineItem::default()
    }];
    let shown = inspected(VENDOR, &order, &account(), Operation::Import);
    assert_eq!(
        shown.value["items"][0],
        json!({"source_id": "799", "related_object": "product", "quantity": 5, "amount": 5400,
               "product": {"source_id": "799", "name": "Ship Your Idea"}})
    );
    assert_eq!(told(&shown), []);
}

#[test]
fn lines_without_ids_and_prices_still_go() {
    let mut order = sample_order();
    order.items = vec![
        LineItem {
            name: Some("Mystery box".into()),
            quantity: Some(decimal("2")),
            ..LineItem::default()
        },
        LineItem {
            variant_id: Some("var-9".into()),
            quantity: Some(decimal("1.0")),
            ..LineItem::default()
        },
    ];
    let shown = inspected(VENDOR, &order, &account(), Operation::Import);
    assert_eq!(
        shown.value["items"].to_string(),
        r#"[{"quantity":2,"product":{"name":"Mystery box"}},{"source_id":"var-9","related_object":"sku","quantity":1}]"#
    );
    assert_eq!(shown.value["amount"], json!(20426), "the order's total");
    assert_eq!(told(&shown), []);
}

#[test]
fn the_customer_is_named_by_id_then_by_email_or_left_out() {
    let mut order = sample_order();
    order.customer.id = None;
    let value = import(&order, &account());
    assert_eq!(value["customer"]["source_id"], "chloe@example.com");
    order.customer = Customer {
        name: Some("Walk-in".into()),
        ..Customer::default()
    };
    assert_eq!(import(&order, &account()).get("customer"), None);
    order.customer.email = Some("a@example.com".into());
    order.billing = crate::order::Address::default();
    order.shipping.line3 = Some("Back door".into());
    let shown = inspected(VENDOR, &order, &account(), Operation::Import);
    assert_eq!(
        shown.value["customer"]["address"]["line_2"],
        "Flat 3, Back door"
    );
    assert!(shown.origins.contains(&(
        "/customer/address/city".into(),
        Origin::Fields(&[Field::ShippingCity])
    )));
}

#[test]
fn metadata_of_the_mapping_wins_and_that_of_the_profile_fills() {
    let mut account = with_setting(account(), "order_date_key", "\"placed\"");
    account.defaults.insert(
        "metadata".into(),
        json!({"total": 1, "source": "import", "team": "a"}),
    );
    account.defaults.insert("metadata/team".into(), json!("b"));
    let order = from_mapping(sample_order(), "metadata", None, r#"{"tax":"none"}"#);
    let order = from_mapping(order, "metadata/zip", None, "01234");
    let shown = inspected(VENDOR, &order, &account, Operation::Import);
    assert_eq!(
        shown.value["metadata"].to_string(),
        r#"{"placed":"2024-03-01T10:00:00-05:00","shipping":7.99,"tax":"none","total":204.26,"zip":"01234","source":"import","team":"a"}"#
    );
    assert_eq!(told(&shown), []);
    assert!(
        shown
            .origins
            .contains(&("/metadata/source".into(), Origin::ProfileDefault))
    );
}

#[test]
fn a_date_named_like_another_member_is_written_once() {
    let account = with_setting(account(), "order_date_key", "\"total\"");
    assert_sinks_agree(VENDOR, &sample_order(), &account);
    assert_eq!(
        import(&sample_order(), &account)["metadata"]["total"],
        "2024-03-01T10:00:00-05:00"
    );
}

#[test]
fn birthday_of_a_mapping_is_sent_as_birthdate() {
    let mut order = sample_order();
    order.customer.birthdate = None;
    let order = from_mapping(order, "customer/birthday", None, "1980-01-02");
    let shown = inspected(VENDOR, &order, &account(), Operation::Import);
    assert_eq!(shown.value["customer"]["birthdate"], "1980-01-02");
    assert_eq!(shown.value["customer"].get("birthday"), None);
    assert_eq!(told(&shown), []);
}

#[test]
fn sku_and_referrer_come_from_profile_and_mapping_only() {
    let mut account = account();
    account
        .defaults
        .insert("items/*/sku/override".into(), json!(true));
    let order = from_mapping(
        sample_order(),
        "referrer/source_id",
        None,
        "jane@example.com",
    );
    let value = import(&order, &account);
    assert_eq!(
        value["items"][1]["sku"],
        json!({"source_id": "CB-0007", "override": true})
    );
    assert_eq!(value["referrer"], json!({"source_id": "jane@example.com"}));
    let plain = import(&sample_order(), &super::account());
    assert_eq!(plain.get("referrer"), None);
    assert_eq!(plain["items"][0].get("sku"), None);
}

#[test]
fn statuses_follow_the_table_and_the_setting() {
    let status = |order: &Order, account: &Account| import(order, account)["status"].clone();
    let mut order = bare_order("1");
    for (payment, expected) in [
        (None, "CREATED"),
        (Some(Payment::Authorised), "CREATED"),
        (Some(Payment::PartlyPaid), "PAID"),
        (Some(Payment::PartlyRefunded), "PAID"),
        (Some(Payment::Refunded), "CANCELED"),
        (Some(Payment::Voided), "CANCELED"),
    ] {
        order.payment = payment;
        assert_eq!(status(&order, &account()), expected, "{payment:?}");
    }
    order.payment = Some(Payment::Refunded);
    let own = with_setting(account(), "status", r#"{"refunded": "FULFILLED"}"#);
    assert_eq!(status(&order, &own), "FULFILLED");
}

proptest! {
    #[test]
    fn amounts_survive_exactly(lines in prop::collection::vec((1_i64..50, 0_i64..10_000_000), 1..20), discount in 0_i64..100_000, total in 0_i64..1_000_000_000) {
        let money = |cents: i64| Some(crate::order::Decimal::new(cents, 2));
        let order = Order {
            currency: Currency::parse("EUR"),
            discount_total: money(discount),
            total: money(total),
            items: lines.iter().map(|(quantity, price)| LineItem {
                sku: Some("A".into()),
                quantity: Some((*quantity).into()),
                unit_price: money(*price),
                ..LineItem::default()
            }).collect(),
            ..sample_order()
        };
        let value = import(&order, &account());
        let sum: i64 = lines.iter().map(|(quantity, price)| quantity * price).sum();
        prop_assert_eq!(value["amount"].to_string(), sum.to_string());
        prop_assert_eq!(value["discount_amount"].to_string(), discount.to_string());
        prop_assert_eq!(value["metadata"]["total"].to_string(), money(total).unwrap().to_string());
        assert_sinks_agree(VENDOR, &order, &account());
    }
}
