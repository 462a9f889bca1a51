//! Project Agora's echo: the order as it came back, compared with what was sent.

use rust_decimal::Decimal;
use serde_json::Value;

use super::TABLE;
use super::rules::same_moment;
use crate::order::outcome::Outcome;
use crate::vendor::check::shown;
use crate::vendor::facts::{Scalar, exact_decimal};
use crate::vendor::{FieldKind, OrderVerdict};

/// How many differences are named.
const MOST_NAMED: usize = 5;

/// The order is there: what differs from what was sent is told, and changes nothing.
pub fn imported(sent: &Value, echoed: &Value) -> OrderVerdict {
    let differences = differences(sent, echoed);
    OrderVerdict {
        outcome: Outcome::Imported,
        reason: (!differences.is_empty()).then(|| words(&differences)),
        vendor_id: id(echoed).map(str::to_owned),
    }
}

/// The order is there when it is asked for. Only what was sent, and all of it, proves that it is this one: an
/// order of the same id may have been there before.
pub fn found(sent: &Value, there: &Value) -> OrderVerdict {
    let differences = differences(sent, there);
    if differences.is_empty() {
        return imported(sent, there);
    }
    let reason = format!(
        "the order is there, but it may have been there before: {}",
        words(&differences)
    );
    OrderVerdict {
        outcome: Outcome::InDoubt,
        reason: Some(reason),
        vendor_id: id(there).map(str::to_owned),
    }
}

/// The id of an order, unless it is empty.
pub fn id(order: &Value) -> Option<&str> {
    order.get("id")?.as_str().filter(|id| !id.is_empty())
}

fn words(differences: &[String]) -> String {
    let named = differences
        .iter()
        .take(MOST_NAMED)
        .cloned()
        .collect::<Vec<_>>()
        .join("; ");
    match differences.len().saturating_sub(MOST_NAMED) {
        0 => format!("the answer differs from what was sent: {named}"),
        more => format!("the answer differs from what was sent: {named}; and {more} more"),
    }
}

/// Every field that was sent and came back otherwise, in words.
fn differences(sent: &Value, echoed: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", sent, echoed, &mut found);
    found
}

fn compare(path: &str, sent: &Value, echoed: &Value, found: &mut Vec<String>) {
    let inner = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}/{name}")
        }
    };
    match (sent, echoed) {
        (Value::Object(members), Value::Object(_)) => {
            for (name, value) in members {
                let other = echoed.get(name).unwrap_or(&Value::Null);
                compare(&inner(name), value, other, found);
            }
        }
        (Value::Array(elements), Value::Array(others)) => {
            if elements.len() != others.len() {
                found.push(format!(
                    "{path} has {} elements, {} were sent",
                    others.len(),
                    elements.len()
                ));
            }
            for (index, (element, other)) in elements.iter().zip(others).enumerate() {
                compare(&inner(&index.to_string()), element, other, found);
            }
        }
        _ if same(path, sent, echoed) => {}
        _ => found.push(format!(
            "{path} is {}, sent was {}",
            in_words(echoed),
            in_words(sent)
        )),
    }
}

/// Equal, numbers by value (`"9.99"` and `9.990`), times by the moment, empty values alike.
fn same(path: &str, sent: &Value, echoed: &Value) -> bool {
    let empty = |value: &Value| value.is_null() || value.as_str() == Some("");
    if sent == echoed || (empty(sent) && empty(echoed)) {
        return true;
    }
    // Two texts are numbers only where a price stands: the id 007 is not 7.
    let may_be_numbers = !(sent.is_string() && echoed.is_string()) || is_price(path);
    if let (true, Some(one), Some(other)) = (may_be_numbers, number(sent), number(echoed)) {
        return one == other;
    }
    match (sent.as_str(), echoed.as_str()) {
        (Some(one), Some(other)) => same_moment(one, other),
        _ => false,
    }
}

fn is_price(path: &str) -> bool {
    TABLE
        .at_pointer(&format!("/{path}"))
        .is_some_and(|(field, _)| TABLE.spec(field).kind == FieldKind::DecimalText)
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => exact_decimal(number.as_str()),
        Value::String(text) => exact_decimal(text),
        _ => None,
    }
}

fn in_words(value: &Value) -> String {
    match value {
        Value::Null => "missing".to_owned(),
        Value::String(text) => shown(Scalar::Text(text)),
        Value::Number(number) => shown(Scalar::WideNumber(number.as_str())),
        Value::Bool(value) => value.to_string(),
        Value::Array(elements) => shown(Scalar::Array(elements.len())),
        Value::Object(members) => shown(Scalar::Object(members.len())),
    }
}
