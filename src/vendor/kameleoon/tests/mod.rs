//! Kameleoon, tested: one case that breaks each rule and one that doesn't, every row of the answers, the
//! payloads byte for byte.

mod answers;
mod encoding;
mod rules;

use serde_json::{Value, json};

use super::Kameleoon;
use crate::finding::Finding;
use crate::order::outcome::Operation;
use crate::order::{
    Address, Currency, Customer, Decimal, Fulfilment, LineItem, LineStatus, Moment, Order, Payment,
};
use crate::vendor::payload::{Encoded, Inspected, Subject, apply, encode, inspect};
use crate::vendor::{Account, Batch, BatchOrder, Environment, Scope, Vendor, VendorRef};

/// A time after every test order.
pub(crate) fn now() -> jiff::Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    let number = text.parse().ok();
    assert!(number.is_some(), "{text}");
    number
}

/// An account with nothing but these settings.
pub(crate) fn account_with(settings: Value) -> Account {
    let Value::Object(settings) = settings else {
        panic!("settings are an object");
    };
    Account {
        profile: "test".into(),
        account: "test".into(),
        environment: Environment::Test,
        base_url: "http://127.0.0.1:9".into(),
        currency: None,
        read_only: false,
        allow_proxy: false,
        defaults: crate::vendor::defaults::Defaults::default(),
        sandbox_defaults: crate::vendor::defaults::Defaults::default(),
        settings,
    }
}

/// The vendor's sandbox account.
pub(crate) fn sandbox(vendor: VendorRef) -> Account {
    let mut account = account_with(json!({ "requests_per_minute": 0 }));
    account.environment = Environment::Sandbox;
    account.sandbox_defaults = vendor
        .sandbox_defaults()
        .iter()
        .map(|(path, text)| ((*path).to_owned(), serde_json::from_str(text).unwrap()))
        .collect();
    account
}

pub(crate) fn subject(order: &Order) -> Subject<'_> {
    Subject {
        order,
        native: None,
        edits: &[],
    }
}

/// Both sinks give the same bytes and the same findings, for every operation.
pub(crate) fn assert_sinks_agree(vendor: VendorRef, order: &Order, account: &Account) {
    for operation in Operation::ALL {
        let mut encoded = Encoded::default();
        encode(
            vendor,
            subject(order),
            account,
            operation,
            now(),
            &mut encoded,
        );
        let inspected = inspect(vendor, subject(order), account, operation, now());
        assert_eq!(
            String::from_utf8(encoded.bytes.clone()).unwrap(),
            inspected.value.to_string(),
            "{operation}"
        );
        assert_eq!(encoded.findings, inspected.findings, "{operation}");
        for (pointer, _) in &inspected.origins {
            assert!(inspected.value.pointer(pointer).is_some(), "{pointer}");
        }
    }
}

pub(crate) fn line(sku: &str, quantity: &str, price: &str) -> LineItem {
    LineItem {
        sku: Some(sku.into()),
        quantity: decimal(quantity),
        unit_price: decimal(price),
        ..LineItem::default()
    }
}

/// An order that has everything.
pub(crate) fn full_order() -> Order {
    Order {
        id: "#1001".into(),
        placed_at: Moment::parse("2024-03-01T10:00:00-05:00"),
        currency: Currency::parse("USD"),
        payment: Some(Payment::Paid),
        fulfilment: Some(Fulfilment::Unfulfilled),
        channel: Some("web".into()),
        location_id: Some("7701123".into()),
        offline: Some(false),
        customer: Customer {
            id: Some("c-77".into()),
            email: Some("chloe.oneil@example.com".into()),
            name: Some("Chloé O'Neil".into()),
            ..Customer::default()
        },
        shipping: Address {
            line1: Some("111 Peter Street".into()),
            city: Some("Αθήνα".into()),
            region: Some("I".into()),
            postal_code: Some("105 57".into()),
            country: Some("GR".into()),
            ..Address::default()
        },
        discount_total: decimal("24.87"),
        shipping_total: decimal("20"),
        gift_card_total: decimal("15.00"),
        total: decimal("200.13"),
        discount_code: Some("WELCOME10".into()),
        shipping_method: Some("courier".into()),
        payment_method: Some("Card".into()),
        delivery_date: Some("2024-03-05".into()),
        delivery_time: Some("15:00".into()),
        session_id: Some("s-1".into()),
        items: vec![
            LineItem {
                id: Some("l-1".into()),
                list_price: decimal("110.00"),
                discount: decimal("5.00"),
                barcode: Some("195204003541".into()),
                ..line("SKU-0123", "2.00", "100.00")
            },
            LineItem {
                id: Some("l-2".into()),
                status: Some(LineStatus::Shipped),
                ..line("V-7", "1", "5.00")
            },
        ],
        ..Order::default()
    }
}

/// An account that sets what a full order has no source for.
fn account() -> Account {
    account_with(json!({}))
}

fn look(order: &Order, account: &Account, operation: Operation) -> Inspected {
    inspect(&Kameleoon, subject(order), account, operation, now())
}

fn payload(order: &Order, account: &Account) -> Value {
    look(order, account, Operation::Import).value
}

fn ids(findings: &[Finding]) -> Vec<&'static str> {
    findings
        .iter()
        .filter(|finding| finding.rule.id != "KAM-10")
        .map(|finding| finding.rule.id)
        .collect()
}

/// Findings of an order, but for the one that nearly every order has.
fn findings(order: &Order) -> Vec<&'static str> {
    ids(&look(order, &account(), Operation::Import).findings)
}

/// Findings of a payload as a file of the vendor's own has it.
fn native_findings(payload: &Value, operation: Operation) -> Vec<Finding> {
    let order = Order::default();
    let subject = Subject {
        order: &order,
        native: Some(payload),
        edits: &[],
    };
    if operation == Operation::Import {
        return inspect(&Kameleoon, subject, &account(), operation, now()).findings;
    }
    let facts = crate::vendor::Facts::of_value(payload, Kameleoon.table());
    let mut findings = Vec::new();
    let account = account();
    let scope = Scope {
        operation,
        account: &account,
        now: now(),
    };
    Kameleoon.check(&facts, &scope, &mut findings);
    findings
}

fn native_with(change: impl FnOnce(&mut Value)) -> Vec<&'static str> {
    let mut native = payload(&full_order(), &account());
    change(&mut native);
    ids(&native_findings(&native, Operation::Import))
}

/// Applies the fix of a rule's first finding.
fn fixed(payload: &Value, rule: &str, account: &Account) -> Option<Value> {
    let facts = crate::vendor::Facts::of_value(payload, Kameleoon.table());
    let scope = Scope {
        operation: Operation::Import,
        account,
        now: now(),
    };
    let mut findings = Vec::new();
    Kameleoon.check(&facts, &scope, &mut findings);
    let finding = findings.iter().find(|finding| finding.rule.id == rule)?;
    let changes = Kameleoon.fix(finding, payload, &scope)?;
    let mut fixed = payload.clone();
    for change in &changes {
        apply(&mut fixed, change);
    }
    Some(fixed)
}

fn batch(payloads: &[&str]) -> Batch {
    Batch {
        operation: Operation::Import,
        orders: payloads
            .iter()
            .enumerate()
            .map(|(index, payload)| BatchOrder {
                key: index.to_string(),
                payload: payload.as_bytes().to_vec(),
            })
            .collect(),
        mode: None,
    }
}
