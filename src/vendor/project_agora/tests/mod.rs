//! Project Agora, tested: payloads byte for byte, one case that breaks each rule and one that doesn't, every
//! row of the answers, settling.

mod answers;
mod encoding;
mod rules;

use serde_json::{Value, json};

use super::ProjectAgora;
use crate::finding::Finding;
use crate::order::outcome::Operation;
use crate::order::{LineItem, Order};
use crate::vendor::kameleoon::tests::{
    account_with, assert_sinks_agree, decimal, full_order, line, now, sandbox, subject,
};
use crate::vendor::payload::{Inspected, Subject, apply, inspect};
use crate::vendor::{Account, Batch, BatchOrder, Facts, Scope, Vendor};

/// An account with a prefix and nothing else.
fn account() -> Account {
    account_with(json!({ "gtin_prefix": "catpref" }))
}

fn look(order: &Order, account: &Account) -> Inspected {
    inspect(
        &ProjectAgora,
        subject(order),
        account,
        Operation::Import,
        now(),
    )
}

/// An order of two lines, the first bought because of an advertisement.
fn order() -> Order {
    let mut order = full_order();
    order.items[0].ad_id = Some("display_zeowj3jV8VRxB1w".into());
    order
}

fn ids(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.rule.id).collect()
}

fn findings_with(account: &Account, payload: &Value) -> Vec<Finding> {
    let order = Order::default();
    let subject = Subject {
        order: &order,
        native: Some(payload),
        edits: &[],
    };
    inspect(&ProjectAgora, subject, account, Operation::Import, now()).findings
}

/// Findings of the usual payload after a change.
fn native_with(change: impl FnOnce(&mut Value)) -> Vec<&'static str> {
    let mut native = look(&order(), &account()).value;
    change(&mut native);
    ids(&findings_with(&account(), &native))
}

/// Applies the fix of a rule's first finding.
fn fixed(payload: &Value, rule: &str, account: &Account) -> Option<Value> {
    let facts = Facts::of_value(payload, ProjectAgora.table());
    let scope = Scope {
        operation: Operation::Import,
        account,
        now: now(),
    };
    let mut findings = Vec::new();
    ProjectAgora.check(&facts, &scope, &mut findings);
    let finding = findings.iter().find(|finding| finding.rule.id == rule)?;
    let mut fixed = payload.clone();
    for change in &ProjectAgora.fix(finding, payload, &scope)? {
        apply(&mut fixed, change);
    }
    Some(fixed)
}

fn batch(payloads: &[Value]) -> Batch {
    Batch {
        operation: Operation::Import,
        orders: payloads
            .iter()
            .enumerate()
            .map(|(index, payload)| BatchOrder {
                key: index.to_string(),
                payload: payload.to_string().into_bytes(),
            })
            .collect(),
        mode: None,
    }
}
