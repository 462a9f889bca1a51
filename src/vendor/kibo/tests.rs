//! Kibo against its page: payloads, rules, requests and answers.

mod answers;
mod payloads;
mod requests;
mod rules;

use serde_json::{Value, json};

use super::Kibo;
use crate::finding::Finding;
use crate::order::edit::{Edit, EditTarget};
use crate::order::outcome::Operation;
use crate::order::{
    Address, Currency, Customer, Decimal, Fulfilment, LineItem, Moment, Order, Payment, Text,
};
use crate::vendor::payload::{self, Encoded, Inspected, Subject};
use crate::vendor::{Account, Environment, Vendor};

#[allow(clippy::unnecessary_wraps)]
fn text(text: &str) -> Option<Text> {
    Some(text.into())
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// An address with every field.
fn address() -> Address {
    Address {
        name: text("Chloé O'Neil"),
        line1: text("12 Elm Lane"),
        line2: text("Flat 3"),
        city: text("München"),
        region: text("BY"),
        postal_code: text("80331"),
        country: text("DE"),
        phone: text("+49 89 1"),
        ..Address::default()
    }
}

/// A paid and shipped order of two lines, as a shop's export gives it.
fn order() -> Order {
    Order {
        id: "#1001".into(),
        placed_at: Moment::parse("2024-03-01T10:00:00-05:00"),
        currency: Currency::parse("USD"),
        payment: Some(Payment::Paid),
        fulfilment: Some(Fulfilment::Shipped),
        channel: text("web"),
        customer: Customer {
            email: text("chloe@example.com"),
            ip: text("198.51.100.7"),
            ..Customer::default()
        },
        billing: address(),
        shipping: Address {
            city: text("Αθήνα"),
            country: text("GR"),
            ..address()
        },
        shipping_tax: Some(decimal("0.50")),
        total: Some(decimal("220.13")),
        shipping_method: text("Express"),
        payment_method: text("Shopify Payments"),
        payment_reference: text("c1.1"),
        note: text("Leave at the door,\nring twice"),
        items: vec![
            LineItem {
                id: text("L1"),
                sku: text("SKU-0123"),
                barcode: text("4006381333931"),
                name: text("Aviator sunglasses"),
                quantity: Some(decimal("1")),
                unit_price: Some(decimal("200.13")),
                list_price: Some(decimal("205.00")),
                ..LineItem::default()
            },
            LineItem {
                product_id: text("77"),
                name: text("Vase \"Delft\""),
                quantity: Some(decimal("2.0")),
                unit_price: Some(decimal("10.50")),
                discount: Some(decimal("1.00")),
                tax: Some(decimal("0.00")),
                ..LineItem::default()
            },
        ],
        ..Order::default()
    }
}

/// An account with what no order holds.
fn account(environment: Environment) -> Account {
    let defaults = [("manufacturerID", json!(1010)), ("catalogID", json!(0))];
    Account {
        profile: "acme-kibo".into(),
        account: "acme".into(),
        environment,
        base_url: "https://kibo.example".into(),
        currency: None,
        read_only: false,
        allow_proxy: false,
        defaults: defaults
            .into_iter()
            .map(|(path, value)| (path.to_owned(), value))
            .collect(),
        sandbox_defaults: crate::vendor::defaults::Defaults::default(),
        settings: serde_json::Map::new(),
    }
}

fn live() -> Account {
    account(Environment::Live)
}

/// The sandbox's account, with its stand-ins only.
fn sandbox() -> Account {
    let stand_in =
        |(path, value): &(&str, &str)| (path.to_string(), serde_json::from_str(value).unwrap());
    Account {
        defaults: crate::vendor::defaults::Defaults::default(),
        sandbox_defaults: Kibo.sandbox_defaults().iter().map(stand_in).collect(),
        ..account(Environment::Sandbox)
    }
}

fn subject<'a>(order: &'a Order, edits: &'a [Edit]) -> Subject<'a> {
    Subject {
        order,
        native: None,
        edits,
    }
}

fn now() -> jiff::Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn inspect(order: &Order, account: &Account, operation: Operation) -> Inspected {
    payload::inspect(&Kibo, subject(order, &[]), account, operation, now())
}

/// Findings of an order's payload after changes of the payload: a pointer and a value, null to take away.
fn findings(order: &Order, account: &Account, changes: &[(&str, Value)]) -> Vec<Finding> {
    let edits: Vec<Edit> = changes
        .iter()
        .map(|(pointer, value)| Edit {
            order: order.id.clone(),
            target: EditTarget::Payload {
                vendor: "kibo".into(),
                pointer: (*pointer).to_owned(),
            },
            before: Value::Null,
            after: value.clone(),
        })
        .collect();
    let mut encoded = Encoded::default();
    let subject = subject(order, &edits);
    payload::encode(
        &Kibo,
        subject,
        account,
        Operation::Import,
        now(),
        &mut encoded,
    );
    encoded.findings
}

/// Rule ids with the pointers they are about.
fn told(findings: &[Finding]) -> Vec<(&'static str, String)> {
    findings
        .iter()
        .map(|finding| {
            (
                finding.rule.id,
                finding.target.pointer().unwrap_or_default(),
            )
        })
        .collect()
}

/// Bytes and tree are one payload with the same findings.
fn assert_sinks_agree(order: &Order, account: &Account, operation: Operation) -> Encoded {
    let mut encoded = Encoded::default();
    let subject = subject(order, &[]);
    payload::encode(&Kibo, subject, account, operation, now(), &mut encoded);
    let inspected = payload::inspect(&Kibo, subject, account, operation, now());
    assert_eq!(
        String::from_utf8(encoded.bytes.clone()).unwrap(),
        inspected.value.to_string()
    );
    assert_eq!(encoded.findings, inspected.findings);
    crate::vendor::testing::assert_examined(&Kibo, subject, account, operation, now(), &encoded);
    encoded
}
