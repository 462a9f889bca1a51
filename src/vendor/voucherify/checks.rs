//! Finds what breaks Voucherify's rules: one small function for each that looks at more than one value. What
//! the field table alone can tell comes from there.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde_json::Value;

use super::fields::{AMOUNTS, TABLE, field};
use super::request::source_id;
use super::rules::{
    MOST_ITEMS, MOST_ORDERS, VOU_01, VOU_02, VOU_03, VOU_04, VOU_05, VOU_06, VOU_07, VOU_08,
    VOU_09, VOU_10, VOU_11, VOU_12, VOU_13, VOU_14,
};
use super::settings;
use crate::finding::{Finding, Severity, Target};
use crate::order::Moment;
use crate::order::outcome::Operation;
use crate::vendor::check::{TableRules, check_table, is_date, shown};
use crate::vendor::facts::Scalar;
use crate::vendor::{Batch, Facts, FieldId, PayloadChange, Scope};

const TABLE_RULES: TableRules = TableRules {
    missing: None,
    wrong_type: Some(&VOU_02),
    length: None,
    minimum: Some(&VOU_02),
    choice: Some(&VOU_01),
    date: Some(&VOU_12),
    email: Some(&VOU_12),
};

/// Checks one payload.
pub(super) fn check(facts: &Facts, scope: &Scope<'_>, findings: &mut Vec<Finding>) {
    let first = findings.len();
    check_table(&TABLE, facts, scope.operation, &TABLE_RULES, findings);
    for finding in findings.iter_mut().skip(first) {
        tell_by_its_own_rule(finding, facts);
    }
    source_id_is_given(facts, findings);
    if scope.operation == Operation::Import {
        date_is_kept(facts, settings::order_date_key(scope.account), findings);
    }
    birthday_is_old(facts, findings);
    let Some(items) = facts.array_len(field!("items")) else {
        return;
    };
    items_are_few(items, findings);
    // Where every item gives a plain amount, as ours do, none is without anything.
    let sum = facts.natural_sum(field!("items/*/amount"), items);
    if sum.is_none() {
        items_hold_something(facts, items, findings);
    }
    if sum.is_none() || sum != facts.natural(field!("amount"), None) {
        amount_is_the_sum(facts, items, findings);
    }
    ids_name_their_object(facts, items, findings);
    override_is_told(facts, findings);
}

/// The table tells types, minima and choices under one rule each; a few fields have a rule of their own.
fn tell_by_its_own_rule(finding: &mut Finding, facts: &Facts) {
    let Target::Field { path, item } = finding.target else {
        return;
    };
    let Some(id) = TABLE.find(path) else { return };
    let number = facts.number(id, item);
    let rule = if finding.rule == &VOU_01 && path == "items/*/related_object" {
        &VOU_07
    } else if let Some(number) = number
        && !number.is_integer()
        && !facts.is_native()
        && AMOUNTS.contains(&path)
    {
        finding.detail = format!("{number} of the smallest unit").into();
        &VOU_14
    } else if number.is_some_and(|number| number.is_integer() && number < Decimal::ONE)
        && matches!(path, "items/*/quantity" | "items/*/initial_quantity")
    {
        &VOU_08
    } else {
        return;
    };
    finding.rule = rule;
    finding.severity = rule.severity;
}

fn source_id_is_given(facts: &Facts, findings: &mut Vec<Finding>) {
    if !facts.has(field!("source_id"), None) {
        findings.push(Finding::new(&VOU_09, Target::field("source_id"), ""));
    }
}

fn date_is_kept(facts: &Facts, key: &str, findings: &mut Vec<Finding>) {
    let detail = match facts.member(field!("metadata/?"), None, key) {
        Some(Scalar::Text(text)) if is_date_time(text) || is_date(text) => return,
        Some(value) if !value.is_empty() => {
            format!("`{key}` is {}, no ISO 8601 date", shown(value))
        }
        _ => format!("`{key}` is missing"),
    };
    findings.push(Finding::new(&VOU_05, Target::field("metadata"), detail));
}

/// ISO 8601 allows a time without an offset too.
fn is_date_time(text: &str) -> bool {
    Moment::parse(text).is_some()
        || (text.contains('T') && text.parse::<jiff::civil::DateTime>().is_ok())
}

fn birthday_is_old(facts: &Facts, findings: &mut Vec<Finding>) {
    for (id, path) in [
        (field!("customer/birthday"), "customer/birthday"),
        (field!("referrer/birthday"), "referrer/birthday"),
    ] {
        if facts.has(id, None) {
            findings.push(Finding::new(&VOU_11, Target::field(path), ""));
        }
    }
}

fn items_are_few(items: u32, findings: &mut Vec<Finding>) {
    if items > MOST_ITEMS {
        let detail = format!("{items} of them");
        findings.push(Finding::new(&VOU_03, Target::field("items"), detail));
    }
}

/// Elements that are no objects, or hold no field that the vendor knows, leave no facts.
fn items_hold_something(facts: &Facts, items: u32, findings: &mut Vec<Finding>) {
    let mut tell = |nothing: std::ops::Range<u32>| {
        for index in nothing {
            let target = Target::Pointer(format!("/items/{index}").into());
            let detail = "an item must be an object with at least one field of an order item";
            findings.push(Finding::new(&VOU_02, target, detail));
        }
    };
    // Facts come in the payload's order: what is between the items of two has none.
    let mut next = 0;
    for index in facts.items() {
        tell(next..index);
        next = index + 1;
    }
    tell(next..items);
}

fn amount_is_the_sum(facts: &Facts, items: u32, findings: &mut Vec<Finding>) {
    let Some(amount) = facts.number(field!("amount"), None) else {
        return;
    };
    // The page's own examples have orders with an amount and no items.
    if items == 0 {
        return;
    }
    let sum = sum_of_amounts(facts, items).or_else(|| {
        let mut sums = SumsByItem::of(facts, items).0.into_iter();
        sums.try_fold(Decimal::ZERO, |sum, line| sum.checked_add(line.amount()?))
    });
    if let Some(sum) = sum
        && sum != amount
    {
        let detail = format!("`amount` is {amount}, the items make {sum}");
        findings.push(Finding::new(&VOU_06, Target::field("amount"), detail));
    }
}

/// The sum where every item gives its amount, as ours do.
fn sum_of_amounts(facts: &Facts, items: u32) -> Option<Decimal> {
    const AMOUNT: FieldId = field!("items/*/amount");
    if !facts.every_item_has(AMOUNT, items) {
        return None;
    }
    let mut amounts = facts.all(AMOUNT);
    amounts.try_fold(Decimal::ZERO, |sum, fact| match fact.value {
        Scalar::Number(amount) => sum.checked_add(amount),
        _ => None,
    })
}

/// What each item's amount is reckoned from, gathered in one pass.
struct SumsByItem(Vec<ItemSum>);

#[derive(Clone, Copy, Default)]
struct ItemSum {
    amount: Option<Decimal>,
    price: Option<Decimal>,
    quantity: Option<Decimal>,
}

impl ItemSum {
    fn amount(self) -> Option<Decimal> {
        self.amount
            .or_else(|| self.price?.checked_mul(self.quantity?))
    }
}

impl SumsByItem {
    fn of(facts: &Facts, items: u32) -> Self {
        let mut sums = vec![ItemSum::default(); items as usize];
        for fact in facts.iter() {
            let (Some(index), Scalar::Number(number)) = (fact.item, fact.value) else {
                continue;
            };
            let Some(sum) = sums.get_mut(index as usize) else {
                continue;
            };
            if fact.field == field!("items/*/amount") {
                sum.amount = Some(number);
            } else if fact.field == field!("items/*/price") {
                sum.price = Some(number);
            } else if fact.field == field!("items/*/quantity") {
                sum.quantity = Some(number);
            }
        }
        Self(sums)
    }
}

fn ids_name_their_object(facts: &Facts, items: u32, findings: &mut Vec<Finding>) {
    let fields = [
        field!("items/*/source_id"),
        field!("items/*/related_object"),
    ];
    if (fields.into_iter()).all(|field| facts.every_item_has(field, items)) {
        return;
    }
    let given = |field: FieldId| {
        let mut given = vec![false; items as usize];
        for fact in facts.all(field).filter(|fact| !fact.value.is_empty()) {
            if let Some(given) = fact.item.and_then(|index| given.get_mut(index as usize)) {
                *given = true;
            }
        }
        given
    };
    let ids = given(field!("items/*/source_id"));
    let objects = given(field!("items/*/related_object"));
    for (index, (id, object)) in ids.into_iter().zip(objects).enumerate() {
        let index = index as u32;
        match (id, object) {
            (false, true) => findings.push(Finding::new(
                &VOU_07,
                Target::item("items/*/related_object", index),
                "there is no `source_id`",
            )),
            (true, false) => findings.push(Finding {
                severity: Severity::Warning,
                ..Finding::new(
                    &VOU_07,
                    Target::item("items/*/source_id", index),
                    "there is no `related_object`",
                )
            }),
            _ => {}
        }
    }
}

fn override_is_told(facts: &Facts, findings: &mut Vec<Finding>) {
    for (id, path) in [
        (
            field!("items/*/product/override"),
            "items/*/product/override",
        ),
        (field!("items/*/sku/override"), "items/*/sku/override"),
    ] {
        for fact in facts.all(id) {
            if let (Scalar::Boolean(true), Some(index)) = (fact.value, fact.item) {
                findings.push(Finding::new(&VOU_13, Target::item(path, index), ""));
            }
        }
    }
}

/// Checks a whole request: how many orders, and that no id is there twice.
pub(super) fn check_batch(batch: &Batch) -> Vec<(usize, Finding)> {
    let mut findings = Vec::new();
    if batch.orders.len() > MOST_ORDERS {
        let detail = format!("{} orders", batch.orders.len());
        findings.push((MOST_ORDERS, Finding::new(&VOU_04, Target::Whole, detail)));
    }
    let mut seen = HashMap::new();
    for (index, order) in batch.orders.iter().enumerate() {
        let Some(id) = source_id(order) else { continue };
        if let Some(first) = seen.insert(id.clone(), index) {
            let detail = format!(
                "{} is the id of orders {} and {} of the request",
                shown(Scalar::Text(&id)),
                first + 1,
                index + 1
            );
            let target = Target::field("source_id");
            findings.push((index, Finding::new(&VOU_10, target, detail)));
        }
    }
    findings
}

/// What puts a finding right, where that is certain: the new name of `birthday`, no `override`.
pub(super) fn fix(finding: &Finding, payload: &Value) -> Option<Vec<PayloadChange>> {
    let pointer = finding.target.pointer()?;
    let remove = PayloadChange {
        pointer: pointer.clone(),
        value: None,
    };
    if finding.rule == &VOU_13 {
        return Some(vec![remove]);
    }
    if finding.rule != &VOU_11 {
        return None;
    }
    let day = payload.pointer(&pointer)?.clone();
    let new_name = format!("{}/birthdate", pointer.strip_suffix("/birthday")?);
    let mut changes = vec![remove];
    // A birthdate that is there already is the newer word.
    if payload.pointer(&new_name).is_none_or(Value::is_null) {
        changes.push(PayloadChange {
            pointer: new_name,
            value: Some(day),
        });
    }
    Some(changes)
}
