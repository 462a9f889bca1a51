//! A value becomes a field, or a finding at that field.

use super::compiled::Compiled;
use super::evaluate::{Input, Problem};
use super::number;
use super::rule::Rule as MappingRule;
use super::rules;
use super::value::{Bad, BadKind, Value};
use super::visible::quoted;
use crate::finding::{Finding, Place, Rule, Severity, Target};
use crate::order::field::{BadValue, Given};
use crate::order::{Field, Kind};
use crate::source::Group;

/// A field's value, and what is to be told although it could be read.
struct Read<'a> {
    value: Option<Value<'a>>,
    remark: Option<(&'static Rule, String)>,
}

impl Compiled {
    /// Sets a field, or says why not.
    pub(super) fn put(
        &self,
        field: Field,
        item: Option<usize>,
        value: &Value<'_>,
        group: &Group,
        findings: &mut Vec<Finding>,
        mut set: impl FnMut(Given<'_>) -> Result<(), BadValue>,
    ) {
        if self.put_usual(field, value, &mut set) {
            return;
        }
        let mut tell = |rule, detail: String, stays_empty: bool| {
            let mut finding = Finding::new(rule, target(field, item), detail);
            finding.place = self.place_of(field, item, group);
            finding.severity = match field {
                // A line's word decides less than an order's.
                Field::ItemStatus if stays_empty => Severity::Warning,
                _ if stays_empty => Severity::Error,
                // A mangled key is worse than any other id.
                Field::Id => Severity::Error,
                _ => finding.severity,
            };
            findings.push(finding);
        };
        match self.field_value(field, value.clone()) {
            Ok(Read {
                value: read,
                remark,
            }) => {
                if let Some((rule, detail)) = remark {
                    tell(rule, detail, false);
                }
                if let Some(read) = read
                    && let Err(bad) = set(read.given())
                {
                    let detail = format!("{} is {bad}", quoted(&value.as_text()));
                    tell(&rules::UNREADABLE, detail, true);
                }
            }
            Err((rule, detail)) => tell(rule, detail, true),
        }
    }

    /// Sets a field if there is nothing to tell of its value; `false` if it isn't set.
    fn put_usual(
        &self,
        field: Field,
        value: &Value<'_>,
        set: &mut impl FnMut(Given<'_>) -> Result<(), BadValue>,
    ) -> bool {
        let notation = &self.evaluator.notation;
        let text = match value {
            Value::Raw(text) | Value::Plain(text) => Some(&**text),
            Value::Number(_) | Value::Time(_) => None,
        };
        let set = match (field.kind(), text) {
            (Kind::Text, Some(text)) => {
                if damage(field, text, true).is_some() {
                    return false;
                }
                if !self.keeps(field) {
                    return true;
                }
                set(Given::Text(text))
            }
            (Kind::Money | Kind::Number, _) => match value.number(notation.mark) {
                Ok(number) => set(Given::Number(number)),
                Err(_) => return false,
            },
            (Kind::Time, _) => match value.time(&notation.formats, notation.zone.as_ref()) {
                Ok(reading) if !reading.ambiguous => set(Given::Time(reading.moment)),
                _ => return false,
            },
            (Kind::Payment | Kind::Fulfilment | Kind::LineStatus, Some(text)) => {
                let words = self.status.of(field);
                match words.and_then(|words| words.of(text)) {
                    None | Some("") => return false,
                    Some(ours) => set(Given::Text(ours)),
                }
            }
            // It may be a word of the platform's.
            (Kind::Boolean, _) if self.status.of(field).is_some() => return false,
            (Kind::Boolean | Kind::Currency, Some(text)) => set(Given::Text(text)),
            _ => return false,
        };
        set.is_ok()
    }

    /// What the field is set from.
    fn field_value<'a>(
        &'a self,
        field: Field,
        value: Value<'a>,
    ) -> Result<Read<'a>, (&'static Rule, String)> {
        let plain = |value| Read {
            value,
            remark: None,
        };
        if let Some(words) = self.status.of(field).filter(|words| !words.is_empty()) {
            let word = value.text();
            return match words.of(&word) {
                Some("") => Ok(plain(None)),
                Some(ours) => Ok(plain(Some(Value::Plain(ours.into())))),
                // Our own words need no table.
                None if field.kind().choices().contains(&word.as_ref()) => {
                    Ok(plain(Some(Value::Plain(word))))
                }
                None => Err((&rules::UNKNOWN_STATUS, quoted(&word))),
            };
        }
        let by_kind = |bad: Bad| {
            (
                rule_of(bad.kind),
                format!("{} is {}", quoted(&bad.raw), bad.why),
            )
        };
        Ok(match field.kind() {
            Kind::Money | Kind::Number => {
                let number = value
                    .number(self.evaluator.notation.mark)
                    .map_err(by_kind)?;
                plain(Some(Value::Number(number)))
            }
            Kind::Time => {
                let notation = &self.evaluator.notation;
                let reading = value
                    .time(&notation.formats, notation.zone.as_ref())
                    .map_err(by_kind)?;
                Read {
                    remark: reading.ambiguous.then(|| {
                        (
                            &rules::AMBIGUOUS_TIME,
                            format!(
                                "{} is taken as {}",
                                quoted(&value.clone().text()),
                                reading.moment
                            ),
                        )
                    }),
                    value: Some(Value::Time(reading.moment)),
                }
            }
            Kind::Text => {
                let from_file = matches!(value, Value::Raw(_) | Value::Plain(_));
                let text = value.text();
                Read {
                    remark: damage(field, &text, from_file).map(|detail| (&rules::DAMAGED, detail)),
                    value: Some(Value::Plain(text)),
                }
            }
            Kind::Boolean
            | Kind::Currency
            | Kind::Payment
            | Kind::Fulfilment
            | Kind::LineStatus => plain(Some(value)),
        })
    }

    pub(super) fn finding(
        &self,
        problem: &Problem,
        field: Field,
        item: Option<usize>,
        group: &Group,
    ) -> Finding {
        self.problem_at(problem, target(field, item), item, group)
    }

    pub(super) fn problem_at(
        &self,
        problem: &Problem,
        target: Target,
        item: Option<usize>,
        group: &Group,
    ) -> Finding {
        let bad = &problem.bad;
        let detail = format!("{} is {}", quoted(&bad.raw), bad.why);
        let mut finding = Finding::new(rule_of(bad.kind), target, detail);
        finding.place = self.first_place(problem.culprit, item, group);
        // The field stays empty, so it is no mere remark.
        finding.severity = Severity::Error;
        finding
    }

    /// Where the first value that a rule reads stands.
    pub(super) fn first_place(
        &self,
        rule: &MappingRule<Input>,
        item: Option<usize>,
        group: &Group,
    ) -> Option<Place> {
        self.used(rule, item, group)
            .into_iter()
            .next()
            .map(|used| used.place)
    }
}

fn target(field: Field, item: Option<usize>) -> Target {
    match item {
        Some(index) => Target::item(field.path(), index as u32),
        None => Target::field(field.path()),
    }
}

fn rule_of(kind: BadKind) -> &'static Rule {
    match kind {
        BadKind::Unreadable => &rules::UNREADABLE,
        BadKind::Damaged => &rules::DAMAGED,
        BadKind::NoOffset => &rules::NO_OFFSET,
    }
}

/// What a text shows of an earlier loss.
fn damage(field: Field, text: &str, from_file: bool) -> Option<String> {
    if !text.is_ascii() && text.contains('\u{fffd}') {
        return Some(format!("{} holds replaced characters", quoted(text)));
    }
    if !from_file || !is_identifier(field) {
        return None;
    }
    let has_exponent = text.bytes().any(|byte| matches!(byte, b'E' | b'e'));
    if has_exponent && (number::is_shortened(text) || number::holds_shortened(text)) {
        return Some(format!("{} was a longer number", quoted(text)));
    }
    // With text around it, as templates put it: `berlin-17850.0`.
    let whole = text.strip_suffix(".0")?;
    let digits = whole.trim_start_matches(|c: char| !c.is_ascii_digit());
    let before = whole.strip_suffix(digits).unwrap_or_default();
    let all_digits = !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (before.is_empty() || digits.len() >= 4 && !before.ends_with(char::is_alphanumeric));
    let digits = whole;
    all_digits.then(|| {
        format!(
            "{} was {} before a spreadsheet",
            quoted(text),
            quoted(digits)
        )
    })
}

/// Texts that a spreadsheet takes for numbers.
fn is_identifier(field: Field) -> bool {
    matches!(
        field,
        Field::Id
            | Field::PlatformId
            | Field::CustomerId
            | Field::CustomerPhone
            | Field::BillingPhone
            | Field::ShippingPhone
            | Field::BillingPostalCode
            | Field::ShippingPostalCode
            | Field::PaymentReference
            | Field::ItemId
            | Field::ItemSku
            | Field::ItemProductId
            | Field::ItemVariantId
            | Field::ItemBarcode
    )
}
