//! The rules of Voucherify's import: their words, and one small function for each that looks at more than
//! one value. What the field table alone can tell comes from there.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde_json::Value;

use super::fields::{AMOUNTS, TABLE, field};
use super::request::source_id;
use super::settings;
use crate::finding::{Finding, Rule, Severity, Target};
use crate::order::Moment;
use crate::order::outcome::Operation;
use crate::vendor::check::{TableRules, check_table, is_date, shown};
use crate::vendor::facts::Scalar;
use crate::vendor::{Batch, Facts, FieldId, PayloadChange, Scope};

/// Most lines of an order.
const MOST_ITEMS: u32 = 500;

/// Most orders of a request.
pub(super) const MOST_ORDERS: usize = 2000;

/// A status that the vendor doesn't know.
pub static VOU_01: Rule = Rule {
    id: "VOU-01",
    severity: Severity::Error,
    title: "no status of Voucherify",
    why: "The vendor's page lists four: CREATED, PAID, CANCELED, FULFILLED.",
    remedy: "Correct the word in the payload, or in the table `status` of the profile's settings.",
};

/// A value of another type than its field's.
pub static VOU_02: Rule = Rule {
    id: "VOU-02",
    severity: Severity::Error,
    title: "a value of the wrong type",
    why: "The vendor's schema gives every field its type; amounts are whole, non-negative numbers of the smallest currency unit (100 is $1.00). One such value can have the whole request refused.",
    remedy: "Correct the value in the payload; for many orders, in the mapping.",
};

/// More lines than an order may have.
pub static VOU_03: Rule = Rule {
    id: "VOU-03",
    severity: Severity::Error,
    title: "more than 500 items",
    why: "The vendor's page: an order can include up to 500 items.",
    remedy: "Join lines of the same product, or leave the order out.",
};

/// More orders than a request may have.
pub static VOU_04: Rule = Rule {
    id: "VOU-04",
    severity: Severity::Error,
    title: "more than 2000 orders in one request",
    why: "The vendor's page limits an import to 2000 orders.",
    remedy: "Lower `batch_size` in the profile's settings. orderdeck never makes such a request by itself.",
};

/// The order's own date would be lost.
pub static VOU_05: Rule = Rule {
    id: "VOU-05",
    severity: Severity::Warning,
    title: "the date of the order is not in `metadata`",
    why: "The vendor's page: imported orders get the `created_at` of the import; to keep the real date it has to stand in the order's metadata in ISO 8601.",
    remedy: "Map the date of the order (`placed_at`), or name the right member in `order_date_key` of the profile's settings.",
};

/// The order's amount and its lines disagree.
pub static VOU_06: Rule = Rule {
    id: "VOU-06",
    severity: Severity::Warning,
    title: "`amount` is not the sum of the items' amounts",
    why: "The vendor's page defines `amount` as the sum of the order items' amounts.",
    remedy: "Compare the lines with the order; discounts of the whole order belong into `discount_amount`, shipping and tax into `metadata`.",
};

/// An id of the shop's without what it names, or the other way round (then a warning).
pub static VOU_07: Rule = Rule {
    id: "VOU-07",
    severity: Severity::Error,
    title: "`related_object` and `source_id` belong together",
    why: "The vendor's page: `related_object` is used along with `source_id`, and is `product` or `sku`. Without an id the item can't be found; an id without it leaves open what it names, which is a warning only.",
    remedy: "Give both, or neither and Voucherify's own `product_id` or `sku_id`.",
};

/// A quantity below one.
pub static VOU_08: Rule = Rule {
    id: "VOU-08",
    severity: Severity::Error,
    title: "a quantity below 1",
    why: "The vendor refuses an `initial_quantity` lower than 1 (its page shows the answer); orderdeck holds `quantity` to the same.",
    remedy: "Correct the quantity, or take the line out.",
};

/// An order that can't be found again.
pub static VOU_09: Rule = Rule {
    id: "VOU-09",
    severity: Severity::Warning,
    title: "no `source_id`",
    why: "Without your own id the order can't be found, updated or cancelled later, and an import that got lost can't be settled.",
    remedy: "Give the order its id.",
};

/// The same order twice in a request.
pub static VOU_10: Rule = Rule {
    id: "VOU-10",
    severity: Severity::Error,
    title: "the same `source_id` twice in one request",
    why: "Which of the two stays is not documented, and a job's answer names orders by this id only.",
    remedy: "Leave one of them out, or correct its id.",
};

/// The old name of a field.
pub static VOU_11: Rule = Rule {
    id: "VOU-11",
    severity: Severity::Warning,
    title: "`birthday` is deprecated",
    why: "The vendor's page strikes it out in favour of `birthdate`.",
    remedy: "Send it as `birthdate`; the fix does so.",
};

/// A date or an e-mail address not in its form.
pub static VOU_12: Rule = Rule {
    id: "VOU-12",
    severity: Severity::Error,
    title: "not in its form",
    why: "The vendor's page wants dates as YYYY-MM-DD; an address without `@` can't be an e-mail address.",
    remedy: "Correct the value, or take it away.",
};

/// The import would write into the catalogue.
pub static VOU_13: Rule = Rule {
    id: "VOU-13",
    severity: Severity::Warning,
    title: "`override` writes into the catalogue",
    why: "The vendor's page: with `override` true a missing product or SKU is created, and name, price and metadata of an existing one are replaced. Old orders bring old names and prices.",
    remedy: "Take `override` away, unless the import is meant to fill the catalogue; the fix does so.",
};

/// An amount with more digits than its currency.
pub static VOU_14: Rule = Rule {
    id: "VOU-14",
    severity: Severity::Error,
    title: "finer than the currency's smallest unit",
    why: "The vendor takes whole numbers of the smallest currency unit (JPY 0, USD 2, KWD 3 decimals by ISO 4217, a decision of orderdeck: the vendor's page says that item prices are always multiplied by 100). Rounding would change the amount.",
    remedy: "Correct the amount, or set `minor_unit` in the profile's settings if the account counts in hundredths.",
};

/// Every rule.
pub(super) static RULES: &[&Rule] = &[
    &VOU_01, &VOU_02, &VOU_03, &VOU_04, &VOU_05, &VOU_06, &VOU_07, &VOU_08, &VOU_09, &VOU_10,
    &VOU_11, &VOU_12, &VOU_13, &VOU_14,
];

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
    items_hold_something(facts, items, findings);
    amount_is_the_sum(facts, items, findings);
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
        Some(Scalar::Text(text)) if is_date(text) || is_date_time(text) => return,
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
    let mut seen = vec![false; items as usize];
    for index in facts.iter().filter_map(|fact| fact.item) {
        if let Some(seen) = seen.get_mut(index as usize) {
            *seen = true;
        }
    }
    for (index, _) in seen.iter().enumerate().filter(|(_, seen)| !**seen) {
        let target = Target::Pointer(format!("/items/{index}").into());
        let detail = "an item must be an object with at least one field of an order item";
        findings.push(Finding::new(&VOU_02, target, detail));
    }
}

fn amount_is_the_sum(facts: &Facts, items: u32, findings: &mut Vec<Finding>) {
    let Some(amount) = facts.number(field!("amount"), None) else {
        return;
    };
    // The page's own examples have orders with an amount and no items.
    if items == 0 {
        return;
    }
    let sums = SumsByItem::of(facts, items);
    let sum = sums
        .0
        .into_iter()
        .try_fold(Decimal::ZERO, |sum, line| sum.checked_add(line.amount()?));
    if let Some(sum) = sum
        && sum != amount
    {
        let detail = format!("`amount` is {amount}, the items make {sum}");
        findings.push(Finding::new(&VOU_06, Target::field("amount"), detail));
    }
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
pub(super) fn check_batch(batch: &Batch, findings: &mut Vec<(usize, Finding)>) {
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
