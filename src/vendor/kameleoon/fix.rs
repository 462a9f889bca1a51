//! What one key can put right in a Kameleoon payload: changes of the payload, which the operator can undo.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::{TABLE, rules};
use crate::finding::{Finding, Target};
use crate::order::money::trim_scale;
use crate::vendor::facts::exact_decimal;
use crate::vendor::sink::number_value;
use crate::vendor::{Account, Facts, PayloadChange};

/// The changes that put a finding right, where one key can.
pub fn fix(finding: &Finding, payload: &Value, account: &Account) -> Option<Vec<PayloadChange>> {
    let rule = finding.rule;
    if *rule == rules::KAM_04 {
        close_cash(payload)
    } else if *rule == rules::KAM_07 {
        merge_lines(payload, item_of(finding)?, account)
    } else if *rule == rules::KAM_02 {
        match finding.target {
            Target::Field {
                path: "items/*/quantity",
                item: Some(item),
            } => one_piece(payload, item),
            _ => None,
        }
    } else {
        None
    }
}

fn item_of(finding: &Finding) -> Option<usize> {
    match finding.target {
        Target::Field { item, .. } => item.map(|item| item as usize),
        _ => None,
    }
}

/// KAM-04: cash becomes what closes the sum, unless that is negative.
fn close_cash(payload: &Value) -> Option<Vec<PayloadChange>> {
    let cash = rules::closing_cash(&Facts::of_value(payload, &TABLE))?;
    if cash.is_sign_negative() && !cash.is_zero() {
        return None;
    }
    Some(vec![change("/payment_structure/cash".to_owned(), cash)])
}

/// KAM-07: lines of the finding's product with equal price and status become one. `None` where the finding's
/// own line can't be merged: that needs the operator.
fn merge_lines(payload: &Value, line: usize, account: &Account) -> Option<Vec<PayloadChange>> {
    let items = payload.get("items")?.as_array()?;
    let product = items.get(line)?.get("id")?.as_str()?;
    let discounts_are_amounts = account.text("discount_product", "amount") == "amount";
    let mut kept: Vec<Value> = Vec::with_capacity(items.len());
    let mut merged_own = false;
    for (index, item) in items.iter().enumerate() {
        let candidate = item.get("id").and_then(Value::as_str) == Some(product);
        let merged = kept.iter_mut().filter(|_| candidate).find_map(|earlier| {
            let both = merged(earlier, item, discounts_are_amounts)?;
            *earlier = both;
            Some(())
        });
        match merged {
            Some(()) => merged_own |= index == line,
            None => kept.push(item.clone()),
        }
    }
    merged_own.then(|| {
        vec![PayloadChange {
            pointer: "/items".to_owned(),
            value: Some(Value::Array(kept)),
        }]
    })
}

/// Two lines as one, where product, price and status are equal; amounts are added.
fn merged(one: &Value, other: &Value, discounts_are_amounts: bool) -> Option<Value> {
    let (one, other) = (one.as_object()?, other.as_object()?);
    let same_price = number(one, "price")? == number(other, "price")?;
    if one.get("id") != other.get("id") || one.get("status") != other.get("status") || !same_price {
        return None;
    }
    if !discounts_are_amounts && one.get("discount_product") != other.get("discount_product") {
        return None;
    }
    let mut both = one.clone();
    let quantity = number(one, "quantity")?.checked_add(number(other, "quantity")?)?;
    both.insert("quantity".to_owned(), number_value(&quantity.to_string()));
    let mut sums = vec!["discount_bonuses"];
    if discounts_are_amounts {
        sums.push("discount_product");
    }
    for name in sums {
        if let Some(value) = other.get(name) {
            let sum = match one.get(name) {
                Some(_) => number_value(
                    &number(one, name)?
                        .checked_add(number(other, name)?)?
                        .to_string(),
                ),
                None => value.clone(),
            };
            both.insert(name.to_owned(), sum);
        }
    }
    Some(Value::Object(both))
}

/// KAM-02 of a quantity that is no whole number: one piece at the line's price, as KAM-09 converts it.
fn one_piece(payload: &Value, item: u32) -> Option<Vec<PayloadChange>> {
    let line = payload.get("items")?.get(item as usize)?.as_object()?;
    let quantity = number(line, "quantity")?;
    let price = number(line, "price")?.checked_mul(quantity)?;
    let mut changes = vec![
        change(format!("/items/{item}/quantity"), Decimal::ONE),
        change(format!("/items/{item}/price"), trim_scale(price)),
    ];
    if let Some(original) = number(line, "original_price") {
        let original = trim_scale(original.checked_mul(quantity)?);
        changes.push(change(format!("/items/{item}/original_price"), original));
    }
    Some(changes)
}

fn number(line: &Map<String, Value>, name: &str) -> Option<Decimal> {
    exact_decimal(line.get(name)?.as_number()?.as_str())
}

fn change(pointer: String, number: Decimal) -> PayloadChange {
    PayloadChange {
        pointer,
        value: Some(number_value(&number.to_string())),
    }
}
