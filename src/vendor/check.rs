//! What a field table alone can check: presence, type, length, minimum, choices. Each vendor says under
//! which of its rule ids a breach is told; `None` leaves that check to the vendor's own code.

use std::collections::HashSet;

use rust_decimal::Decimal;
use serde_json::Value;

use super::account::Account;
use super::facts::{Fact, Facts, Scalar};
use super::request::Batch;
use super::shape::Shapes;
use super::table::{FieldId, FieldKind, FieldSpec, FieldTable, Needed};
use crate::finding::{Finding, Rule, Target};
use crate::order::Moment;
use crate::order::outcome::Operation;

/// What a check is made for.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// What will be done with the payload.
    pub operation: Operation,
    /// The account it goes to.
    pub account: &'a Account,
    /// The time of the check, for rules about the future.
    pub now: jiff::Timestamp,
}

/// Under which rule each kind of breach is told.
#[derive(Debug, Clone, Copy)]
pub struct TableRules {
    /// A required field is missing or empty.
    pub missing: Option<&'static Rule>,
    /// A value has another type, or is no whole number where one is wanted.
    pub wrong_type: Option<&'static Rule>,
    /// A text is too short or too long.
    pub length: Option<&'static Rule>,
    /// A number is too small.
    pub minimum: Option<&'static Rule>,
    /// A value is none of the choices.
    pub choice: Option<&'static Rule>,
    /// A date or time is not in its format.
    pub date: Option<&'static Rule>,
    /// An e-mail address has no `@`.
    pub email: Option<&'static Rule>,
}

/// Checks every field of the table; what is found comes in its order.
pub fn check_table(
    table: &FieldTable,
    facts: &Facts,
    operation: Operation,
    rules: &TableRules,
    findings: &mut Vec<Finding>,
) {
    // Most fields of a table aren't in a payload, and of those that are most are right: what must be there and
    // what is there is looked at, and put in order afterwards.
    let mut found: Vec<(FieldId, Finding)> = Vec::new();
    let mut seen = Vec::new();
    let mut note = |id: FieldId, seen: &mut Vec<Finding>| {
        found.extend(seen.drain(..).map(|finding| (id, finding)));
    };
    if let Some(rule) = rules.missing {
        for needed in table.required(operation) {
            if !is_surely_there(needed, facts) {
                check_presence(table, needed, facts, rule, &mut seen);
                note(needed.field, &mut seen);
            }
        }
    }
    for fact in facts.not_surely_right(|id, text| is_right_text(table.spec(id), text)) {
        check_value(table.spec(fact.field), &fact, rules, &mut seen);
        note(fact.field, &mut seen);
    }
    if found.is_empty() {
        return;
    }
    found.sort_by_key(|(id, _)| *id);
    findings.extend(found.into_iter().map(|(_, finding)| finding));
}

/// Whether a text is surely right: what most texts are that their length alone doesn't tell.
fn is_right_text(spec: &FieldSpec, text: &[u8]) -> bool {
    if spec.length.is_some() || text.is_empty() {
        return false;
    }
    let is_choice = || {
        let mut choices = spec.choices.iter();
        choices.any(|choice| choice.as_bytes() == text)
    };
    match spec.kind {
        FieldKind::Text => is_choice(),
        FieldKind::Email => spec.choices.is_empty() && text.contains(&b'@'),
        _ => false,
    }
}

/// Where a fact stands.
pub fn target_of(spec: &'static FieldSpec, item: Option<u32>) -> Target {
    Target::Field {
        path: spec.path,
        item,
    }
}

/// Whether a field is there wherever it must be; `false` may also mean that it must not.
fn is_surely_there(needed: &Needed, facts: &Facts) -> bool {
    match needed.list {
        Some(list) => {
            let count = facts.array_len(list).unwrap_or(0);
            facts.every_item_has(needed.field, count)
        }
        None => facts.has(needed.field, None),
    }
}

fn check_presence(
    table: &FieldTable,
    needed: &Needed,
    facts: &Facts,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
) {
    let (id, holder) = (needed.field, needed.holder);
    let mut tell = |item: Option<u32>| {
        let spec = table.spec(id);
        let detail = format!("`{}` ({})", spec.name(), spec.kind.words());
        findings.push(Finding::new(rule, target_of(spec, item), detail));
    };
    // A member of an object is required only where the object is there; the object itself is told once.
    if let Some(list) = needed.list {
        let count = facts.array_len(list).unwrap_or(0);
        let mut values = facts.by_item(id);
        let mut holders = holder.map(|holder| facts.by_item(holder));
        for index in 0..count {
            let is_due = holders.as_mut().is_none_or(|holders| holders.has(index));
            if is_due && !values.has(index) {
                tell(Some(index));
            }
        }
    } else if !facts.has(id, None) && holder.is_none_or(|holder| facts.has(holder, None)) {
        tell(None);
    }
}

fn check_value(
    spec: &'static FieldSpec,
    fact: &Fact<'_>,
    rules: &TableRules,
    findings: &mut Vec<Finding>,
) {
    if fact.value.is_empty() && Shapes::empty_for(spec).has(fact.value.shape()) {
        return;
    }
    let mut tell = |rule: Option<&'static Rule>, detail: String| {
        if let Some(rule) = rule {
            findings.push(Finding::new(rule, target_of(spec, fact.item), detail));
        }
    };
    if !fits(spec.kind, fact.value) {
        let detail = format!(
            "`{}` must be {}, not {}",
            spec.name(),
            spec.kind.words(),
            shown(fact.value)
        );
        tell(rules.wrong_type, detail);
        return;
    }
    if let Scalar::Text(text) = fact.value {
        if !spec.choices.is_empty() && !spec.choices.contains(&text) {
            let detail = format!(
                "`{}` is {}, not one of {}",
                spec.name(),
                shown(fact.value),
                spec.choices.join(", ")
            );
            tell(rules.choice, detail);
        }
        let well_formed = match spec.kind {
            FieldKind::Date => is_date(text),
            FieldKind::TimeOfDay => is_time_of_day(text),
            FieldKind::DateTime => is_date_time(text),
            _ => true,
        };
        if !well_formed {
            let detail = format!(
                "`{}` must be {}, not {}",
                spec.name(),
                spec.kind.words(),
                shown(fact.value)
            );
            tell(rules.date, detail);
        }
        if spec.kind == FieldKind::Email && !text.bytes().any(|byte| byte == b'@') {
            tell(rules.email, format!("{} has no `@`", shown(fact.value)));
        }
        if let Some((least, most)) = spec.length {
            let within = |length: usize| least as usize <= length && length <= most as usize;
            // A character is one byte at least and four at most: mostly that is enough to know.
            let surely = within(text.len().div_ceil(4)) && within(text.len());
            let length = if surely {
                text.len()
            } else {
                text.chars().count()
            };
            if !within(length) {
                let detail = format!(
                    "`{}` has {length} characters, allowed are {least} to {most}",
                    spec.name()
                );
                tell(rules.length, detail);
            }
        }
    }
    if let (Scalar::Number(number), Some(least)) = (fact.value, spec.minimum)
        && is_below(number, least)
    {
        let detail = format!("`{}` is {number}, the least is {least}", spec.name());
        tell(rules.minimum, detail);
    }
}

fn is_below(number: Decimal, least: i64) -> bool {
    // Comparing decimals of two scales is dear; whole numbers, which most are, compare as such.
    if number.scale() == 0 {
        number.mantissa() < i128::from(least)
    } else {
        number < Decimal::from(least)
    }
}

/// Whether a value has the type of its field; formats, lengths and choices aside.
pub fn fits(kind: FieldKind, value: Scalar<'_>) -> bool {
    match kind {
        FieldKind::Any => true,
        FieldKind::Text
        | FieldKind::Email
        | FieldKind::Date
        | FieldKind::TimeOfDay
        | FieldKind::DateTime
        | FieldKind::DecimalText => matches!(value, Scalar::Text(_)),
        FieldKind::Integer => matches!(value, Scalar::Number(number) if number.is_integer()),
        FieldKind::Number => matches!(value, Scalar::Number(_) | Scalar::WideNumber(_)),
        FieldKind::Boolean => matches!(value, Scalar::Boolean(_)),
        FieldKind::Object => matches!(value, Scalar::Object(_)),
        FieldKind::Array | FieldKind::TextArray => matches!(value, Scalar::Array(_)),
    }
}

/// `YYYY-MM-DD`, and a day that the calendar has.
pub fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

/// `2024-03-01T10:00:00+01:00`, `Z` for an offset: ISO 8601 in its extended form and nothing around it, however
/// else our own reader would understand a time.
pub fn is_date_time(text: &str) -> bool {
    // Whether there is such a day is for the reader to say.
    let is_extended = |date: &str| matches!(date.as_bytes(), [_, _, _, _, b'-', _, _, b'-', _, _]);
    let extended = text
        .split_once('T')
        .is_some_and(|(date, time)| is_extended(date) && !time.contains(['[', ' ']));
    extended && text.trim() == text && Moment::parse(text).is_some()
}

/// `HH:MM`.
pub fn is_time_of_day(text: &str) -> bool {
    text.len() == 5 && jiff::civil::Time::strptime("%H:%M", text).is_ok()
}

/// Positions of the orders in a batch whose payload has an id that an earlier one has too. The order's key
/// is unique, but an edit or a mapping can give two payloads the same id.
pub fn repeated_ids(batch: &Batch) -> Vec<usize> {
    #[derive(serde::Deserialize)]
    struct Named {
        id: Option<Value>,
    }
    let mut seen = HashSet::new();
    let mut repeated = Vec::new();
    for (position, order) in batch.orders.iter().enumerate() {
        let id = serde_json::from_slice::<Named>(&order.payload)
            .ok()
            .and_then(|named| named.id);
        if let Some(Value::String(id)) = id
            && !seen.insert(id)
        {
            repeated.push(position);
        }
    }
    repeated
}

/// A value in a message: bounded, its control characters made visible.
pub fn shown(value: Scalar<'_>) -> String {
    match value {
        Scalar::Text(text) => {
            let mut shown: String = text.chars().take(60).collect();
            if shown.len() < text.len() {
                shown.push('…');
            }
            format!("\"{}\"", shown.escape_debug())
        }
        Scalar::Number(number) => number.to_string(),
        Scalar::WideNumber(digits) => digits.chars().take(60).collect(),
        Scalar::Boolean(value) => value.to_string(),
        other => other.word().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::finding::Severity;

    static ANY: Rule = Rule {
        id: "ANY-01",
        severity: Severity::Error,
        title: "",
        why: "",
        remedy: "",
    };

    /// Every kind of breach under one rule, so that nothing goes untold.
    const EVERY_RULE: TableRules = TableRules {
        missing: Some(&ANY),
        wrong_type: Some(&ANY),
        length: Some(&ANY),
        minimum: Some(&ANY),
        choice: Some(&ANY),
        date: Some(&ANY),
        email: Some(&ANY),
    };

    #[test]
    fn what_is_right_by_its_shape_is_right_when_it_is_looked_at() {
        let long = "x".repeat(10_000);
        let texts: Vec<String> = (1..300)
            .flat_map(|length| ["x".repeat(length), "😀".repeat(length)])
            .collect();
        let number = |digits: &str| Scalar::Number(digits.parse().unwrap());
        let values = [
            Scalar::Null,
            Scalar::Boolean(true),
            Scalar::Text(""),
            Scalar::Text("x"),
            Scalar::Text(&long),
            Scalar::WideNumber("1e40"),
            number("0"),
            number("7"),
            number("79228162514264337593543950335"),
            number("-7"),
            number("0.50"),
            number("-0.50"),
            Scalar::Object(0),
            Scalar::Array(2),
        ];
        let mut passed_over = 0;
        let texts = texts.iter().map(|text| Scalar::Text(text));
        let values: Vec<Scalar<'_>> = values.into_iter().chain(texts).collect();
        for vendor in crate::vendor::ALL {
            for (field, spec) in vendor.table().iter() {
                for value in values.iter().copied() {
                    if Shapes::right_for(spec).has(value.shape()) {
                        let item = None;
                        let fact = Fact { field, item, value };
                        let mut findings = Vec::new();
                        check_value(spec, &fact, &EVERY_RULE, &mut findings);
                        assert!(findings.is_empty(), "{}: {findings:?}", spec.path);
                        passed_over += 1;
                    }
                }
            }
        }
        assert!(passed_over > 500, "{passed_over}");
    }

    #[test]
    fn a_text_that_is_surely_right_is_right_when_it_is_looked_at() {
        let others = ["a@b", "@", "ab", "2024-03-01"];
        let mut passed_over = 0;
        for vendor in crate::vendor::ALL {
            for (field, spec) in vendor.table().iter() {
                for text in spec.choices.iter().chain(&others) {
                    if is_right_text(spec, text.as_bytes()) {
                        let value = Scalar::Text(text);
                        let item = None;
                        let fact = Fact { field, item, value };
                        let mut findings = Vec::new();
                        check_value(spec, &fact, &EVERY_RULE, &mut findings);
                        assert!(findings.is_empty(), "{}: {findings:?}", spec.path);
                        passed_over += 1;
                    }
                }
            }
        }
        assert!(passed_over > 10, "{passed_over}");
    }

    proptest! {
        #[test]
        fn a_time_stands_behind_a_day_of_the_calendar(
            text in "[0-9]{4}-?([01][0-9]|W[0-9])-?[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|[+-][0-2][0-9]:[0-6][0-9])",
        ) {
            let (day, _) = text.split_once('T').unwrap();
            let expected = is_date(day) && Moment::parse(&text).is_some();
            prop_assert_eq!(is_date_time(&text), expected);
        }
    }

    #[test]
    fn lengths_count_characters() {
        static TWO_TO_FOUR: FieldSpec = FieldSpec::new("name", FieldKind::Text, "").length(2, 4);
        for (text, fits) in [
            ("a", false),
            ("ä", false),
            ("äö", true),
            ("abcd", true),
            ("äöüß", true),
            ("abcde", false),
            ("😀", false),
            ("😀😀😀😀", true),
            ("😀😀😀😀😀", false),
        ] {
            let fact = Fact {
                field: FieldId(0),
                item: None,
                value: Scalar::Text(text),
            };
            let mut findings = Vec::new();
            check_value(&TWO_TO_FOUR, &fact, &EVERY_RULE, &mut findings);
            assert_eq!(findings.is_empty(), fits, "{text}");
        }
    }

    #[test]
    fn dates_are_checked_by_the_calendar() {
        assert!(is_date("2024-02-29") && !is_date("2023-02-29") && !is_date("2024-2-29"));
        assert!(
            is_date_time("2024-03-01T09:59:00Z") && is_date_time("2024-03-01T09:59:00.5+01:00")
        );
        for other in [
            "2024-03-01",
            "2024-03-01T09:59:00",
            "2024-03-01 09:59:00Z",
            "20240301T095900Z",
            "2024-03-01t09:59:00Z",
            "2024-03-01T09:59:00+01:00[Europe/Berlin]",
            "+002024-03-01T09:59:00Z",
            " 2024-03-01T09:59:00Z",
            "2024-03-01T09:59:00Z ",
        ] {
            assert!(!is_date_time(other), "{other}");
        }
        assert!(is_time_of_day("23:59") && !is_time_of_day("24:00") && !is_time_of_day("9:30"));
    }
}
