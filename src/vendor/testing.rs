//! What the vendors' tests share: a full order, an account of the sandbox, and the proof that both sinks
//! agree.

use serde_json::{Map, Value};

use super::defaults::Defaults;
use super::facts::Facts;
use super::payload::{Encoded, Inspected, Subject, encode, examine, inspect};
use super::{Account, Environment, VendorRef};
use crate::order::outcome::Operation;
use crate::order::{
    Address, Currency, Customer, Decimal, Fulfilment, LineItem, Moment, Order, Payment,
};

/// The time at which tests check: after every date of [`sample_order`].
pub(crate) fn now() -> jiff::Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// A decimal from its digits.
pub(crate) fn decimal(digits: &str) -> Decimal {
    digits.parse().unwrap()
}

/// An account of the sandbox for that vendor, with the vendor's own stand-ins.
pub(crate) fn sandbox_account(vendor: VendorRef) -> Account {
    Account {
        profile: format!("sandbox-{}", vendor.name()),
        account: "sandbox".into(),
        environment: Environment::Sandbox,
        base_url: "http://127.0.0.1:8080".into(),
        currency: None,
        read_only: false,
        allow_proxy: false,
        defaults: Defaults::default(),
        sandbox_defaults: vendor
            .sandbox_defaults()
            .iter()
            .map(|(path, json)| ((*path).to_owned(), serde_json::from_str(json).unwrap()))
            .collect(),
        settings: Map::new(),
    }
}

/// The same with one setting: name, value as JSON.
pub(crate) fn with_setting(mut account: Account, name: &str, json: &str) -> Account {
    account
        .settings
        .insert(name.to_owned(), serde_json::from_str(json).unwrap());
    account
}

/// A paid and shipped order in USD with two lines, that uses most fields and adds up:
/// 2 × 89.00 + 16.00 − 1.00 (line) − 19.30 (order) + 7.99 + 22.57 = 204.26.
pub(crate) fn sample_order() -> Order {
    let text = |text: &str| Some(text.into());
    let amount = |digits: &str| Some(decimal(digits));
    let address = |name: &str, street: &str| Address {
        name: text(name),
        line1: text(street),
        line2: text("Flat 3"),
        city: text("München"),
        region: text("BY"),
        postal_code: text("80331"),
        country: text("DE"),
        phone: text("+49 89 1234567"),
        ..Address::default()
    };
    Order {
        id: "#1001".into(),
        platform_id: text("4400000000000"),
        placed_at: Moment::parse("2024-03-01T10:00:00-05:00"),
        updated_at: Moment::parse("2024-03-02T09:30:00-05:00"),
        paid_at: Moment::parse("2024-03-01T10:01:00-05:00"),
        shipped_at: Moment::parse("2024-03-02T09:30:00-05:00"),
        currency: Currency::parse("USD"),
        payment: Some(Payment::Paid),
        fulfilment: Some(Fulfilment::Shipped),
        customer: Customer {
            id: text("cust-77"),
            email: text("chloe@example.com"),
            name: text("Chloé O'Neil"),
            first_name: text("Chloé"),
            last_name: text("O'Neil"),
            phone: text("+1 933 222 0001"),
            birthdate: text("1990-05-17"),
            accepts_marketing: Some(true),
            ..Customer::default()
        },
        billing: address("Chloé O'Neil", "12 Elm Lane"),
        shipping: address("João García", "34 Oak Street"),
        discount_total: amount("19.30"),
        shipping_total: amount("7.99"),
        tax_total: amount("22.57"),
        total: amount("204.26"),
        discount_code: text("WELCOME10"),
        shipping_method: text("Standard"),
        payment_method: text("Shopify Payments"),
        payment_reference: text("c10000000000x.1"),
        note: text("Leave at the door,\nring twice"),
        items: vec![
            LineItem {
                id: text("line-1"),
                sku: text("SKU-0123"),
                product_id: text("prod-1"),
                variant_id: text("var-1"),
                name: text("Aviator sunglasses"),
                quantity: amount("2"),
                unit_price: amount("89.00"),
                list_price: amount("94.00"),
                ..LineItem::default()
            },
            LineItem {
                id: text("line-2"),
                sku: text("CB-0007"),
                product_id: text("prod-2"),
                name: text("Vase \"Delft\""),
                quantity: amount("1"),
                unit_price: amount("16.00"),
                discount: amount("1.00"),
                ..LineItem::default()
            },
        ],
        ..Order::default()
    }
}

/// An order that is known by its key alone: what a cancellation by id has.
pub(crate) fn bare_order(key: &str) -> Order {
    Order {
        id: key.to_owned(),
        ..Order::default()
    }
}

fn subject(order: &Order) -> Subject<'_> {
    Subject {
        order,
        native: None,
        edits: &[],
    }
}

/// The payload of an order as it is shown.
pub(crate) fn inspected(
    vendor: VendorRef,
    order: &Order,
    account: &Account,
    operation: Operation,
) -> Inspected {
    inspect(vendor, subject(order), account, operation, now())
}

/// A native payload as it is shown.
pub(crate) fn inspected_native(vendor: VendorRef, native: &Value, account: &Account) -> Inspected {
    let order = Order::default();
    let subject = Subject {
        order: &order,
        native: Some(native),
        edits: &[],
    };
    inspect(vendor, subject, account, Operation::Import, now())
}

/// The payload of an order as it is sent.
pub(crate) fn encoded(
    vendor: VendorRef,
    order: &Order,
    account: &Account,
    operation: Operation,
) -> Encoded {
    let mut encoded = Encoded::default();
    encode(
        vendor,
        subject(order),
        account,
        operation,
        now(),
        &mut encoded,
    );
    encoded
}

/// Rule ids with their JSON pointers, for comparing.
pub(crate) fn told(inspected: &Inspected) -> Vec<(&'static str, String)> {
    inspected
        .findings
        .iter()
        .map(|finding| {
            (
                finding.rule.id,
                finding.target.pointer().unwrap_or_default(),
            )
        })
        .collect()
}

/// Both sinks must give the same bytes, the same facts and the same findings, for every operation that the
/// vendor has.
pub(crate) fn assert_sinks_agree(vendor: VendorRef, order: &Order, account: &Account) {
    for operation in Operation::ALL {
        if vendor.supports(operation).is_err() {
            continue;
        }
        let sent = encoded(vendor, order, account, operation);
        let shown = inspected(vendor, order, account, operation);
        assert_eq!(
            std::str::from_utf8(&sent.bytes).unwrap(),
            serde_json::to_string(&shown.value).unwrap(),
            "bytes of {operation}"
        );
        assert_eq!(
            sent.findings, shown.findings,
            "findings of {operation}: {}",
            shown.value
        );
        let facts = Facts::of_value(&shown.value, vendor.table());
        assert!(
            sent.facts.iter().eq(facts.iter()),
            "facts of {operation}: {}",
            shown.value
        );
        assert_examined(vendor, subject(order), account, operation, now(), &sent);
    }
}

/// A payload that nobody reads has the facts of the one that is sent, and the same is said of it.
pub(crate) fn assert_examined(
    vendor: VendorRef,
    subject: Subject<'_>,
    account: &Account,
    operation: Operation,
    now: jiff::Timestamp,
    sent: &Encoded,
) {
    let mut examined = Encoded::default();
    examine(vendor, subject, account, operation, now, &mut examined);
    assert_eq!(examined.findings, sent.findings, "{operation}");
    assert!(examined.facts.iter().eq(sent.facts.iter()), "{operation}");
    assert!(examined.bytes.is_empty());
}
