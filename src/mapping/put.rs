//! A value becomes a field, or a finding at that field.

use std::borrow::Cow;

use super::compiled::Compiled;
use super::cut::cut;
use super::evaluate::{Input, Problem, Scope};
use super::field_rule::{FieldRule, Route};
use super::moment;
use super::number;
use super::rule::Rule as MappingRule;
use super::rules;
use super::value::{Bad, BadKind, Value};
use super::visible::quoted;
use crate::finding::{Finding, Place, Rule, Severity, Target};
use crate::order::field::{Given, Slot};
use crate::order::{Field, Kind};
use crate::source::Group;

/// A field's value, and what is to be told although it could be read.
struct Read<'a> {
    value: Option<Value<'a>>,
    remark: Option<(&'static Rule, String)>,
}

impl Compiled {
    /// Fills a field with what its rule reads, or says why not. The slot is asked for if there is a value at all;
    /// `is_sound` says that no letter was replaced in the records.
    #[inline]
    pub(super) fn fill<'o>(
        &self,
        known: &FieldRule,
        (scope, is_sound): (Scope<'_>, bool),
        item: Option<usize>,
        group: &Group,
        findings: &mut Vec<Finding>,
        slot: impl FnOnce() -> Option<Slot<'o>>,
    ) {
        let cell = |column: &usize| self.evaluator.first_cell(*column, scope);
        let text = match &known.route {
            Route::Cell(column) => cell(column),
            Route::FirstOf(columns) => columns.iter().find_map(cell),
            Route::Steps(column) => {
                let Some(text) = cell(column) else { return };
                match cut(text, &known.rule.steps) {
                    (Some(Value::Raw(Cow::Borrowed(text))), []) => Some(text),
                    (Some(value), []) => {
                        return self.put(known, item, &value, group, findings, slot);
                    }
                    (None, _) => None,
                    _ => return self.fill_by_rule(known, scope, item, group, findings, slot),
                }
            }
            Route::Rule => return self.fill_by_rule(known, scope, item, group, findings, slot),
        };
        let Some(text) = text else { return };
        let Some(slot) = slot() else { return };
        if let Err(mut slot) = self.put_text(known, text, is_sound, slot) {
            let value = Value::Raw(text.into());
            self.put_odd(known.field, item, &value, &mut slot, group, findings);
        }
    }

    fn fill_by_rule<'o>(
        &self,
        known: &FieldRule,
        scope: Scope<'_>,
        item: Option<usize>,
        group: &Group,
        findings: &mut Vec<Finding>,
        slot: impl FnOnce() -> Option<Slot<'o>>,
    ) {
        let value = match self.evaluator.value(&known.rule, scope) {
            Ok(Some(value)) => value,
            Ok(None) => return,
            Err(problem) => {
                findings.push(self.finding(&problem, known.field, item, group));
                return;
            }
        };
        self.put(known, item, &value, group, findings, slot);
    }

    /// Fills a field with a value, or says why not.
    fn put<'o>(
        &self,
        known: &FieldRule,
        item: Option<usize>,
        value: &Value<'_>,
        group: &Group,
        findings: &mut Vec<Finding>,
        slot: impl FnOnce() -> Option<Slot<'o>>,
    ) {
        let Some(slot) = slot() else { return };
        let put = match value {
            Value::Raw(text) => self.put_text(known, text, false, slot),
            value => self.put_usual(known, value, slot),
        };
        if let Err(mut slot) = put {
            self.put_odd(known.field, item, value, &mut slot, group, findings);
        }
    }

    /// Sets a field to what stands in the file, if there is nothing to tell of it; else its slot comes back.
    #[inline]
    fn put_text<'o>(
        &self,
        known: &FieldRule,
        text: &str,
        is_sound: bool,
        mut slot: Slot<'o>,
    ) -> Result<(), Slot<'o>> {
        let notation = &self.evaluator.notation;
        let set = match slot {
            Slot::Text(_) => {
                let is_whole = if known.is_identifier {
                    is_whole_identifier(text)
                } else {
                    is_sound || is_whole(text)
                };
                if !is_whole {
                    return Err(slot);
                }
                if !known.keeps_text {
                    return Ok(());
                }
                slot.set_text(text)
            }
            Slot::Money(_) | Slot::Number(_) => match notation.mark.bare(text) {
                Some(number) => slot.set_number(number),
                None => return self.put_usual(known, &Value::Raw(text.into()), slot),
            },
            Slot::Time(_) => match moment::usual(text, &notation.formats) {
                Some(moment) => slot.set(Given::Time(moment)),
                None => return self.put_usual(known, &Value::Raw(text.into()), slot),
            },
            _ => return self.put_usual(known, &Value::Raw(text.into()), slot),
        };
        set.map_err(|_| slot)
    }

    /// Sets a field to a value of which there may be something to tell, or says why not.
    #[cold]
    fn put_odd(
        &self,
        field: Field,
        item: Option<usize>,
        value: &Value<'_>,
        slot: &mut Slot<'_>,
        group: &Group,
        findings: &mut Vec<Finding>,
    ) {
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
                    && let Err(bad) = slot.set(read.given())
                {
                    let detail = format!("{} is {bad}", quoted(&value.as_text()));
                    tell(&rules::UNREADABLE, detail, true);
                }
            }
            Err((rule, detail)) => tell(rule, detail, true),
        }
    }

    /// Sets a field to any value, if there is nothing to tell of it; else its slot comes back.
    fn put_usual<'o>(
        &self,
        known: &FieldRule,
        value: &Value<'_>,
        mut slot: Slot<'o>,
    ) -> Result<(), Slot<'o>> {
        let notation = &self.evaluator.notation;
        let text = match value {
            Value::Raw(text) | Value::Plain(text) => Some(&**text),
            Value::Number(_) | Value::Time(_) => None,
        };
        let given = match (&slot, text) {
            (Slot::Text(_) | Slot::Key(_), Some(text)) => {
                let is_whole = if known.is_identifier {
                    is_whole_identifier(text)
                } else {
                    is_whole(text)
                };
                if !is_whole {
                    return Err(slot);
                }
                if !known.keeps_text {
                    return Ok(());
                }
                Given::Text(text)
            }
            (Slot::Money(_) | Slot::Number(_), _) => match value.number(notation.mark) {
                Ok(number) => Given::Number(number),
                Err(_) => return Err(slot),
            },
            (Slot::Time(_), _) => match value.time(&notation.formats, notation.zone.as_ref()) {
                Ok(reading) if !reading.ambiguous => Given::Time(reading.moment),
                _ => return Err(slot),
            },
            (Slot::Payment(_) | Slot::Fulfilment(_) | Slot::LineStatus(_), Some(text)) => {
                let words = self.status.of(known.field);
                match words.and_then(|words| words.of(text)) {
                    None | Some("") => return Err(slot),
                    Some(ours) => Given::Text(ours),
                }
            }
            // It may be a word of the platform's.
            (Slot::Boolean(_), _) if self.status.speaks_of(known.field) => return Err(slot),
            (Slot::Boolean(_) | Slot::Currency(_), Some(text)) => Given::Text(text),
            _ => return Err(slot),
        };
        slot.set(given).map_err(|_| slot)
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
        if let Some(words) = self
            .status
            .of(field)
            .filter(|_| self.status.speaks_of(field))
        {
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
        let by_kind = |bad: Box<Bad>| {
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

/// Whether nothing in a text shows an earlier loss.
fn is_whole(text: &str) -> bool {
    text.is_ascii() || !text.contains(char::REPLACEMENT_CHARACTER)
}

/// Whether nothing in a text that spreadsheets take for a number could show an earlier loss; of others [`damage`]
/// knows more.
fn is_whole_identifier(text: &str) -> bool {
    // Without an end before the last byte, so that many are looked at together.
    let may_be_cut = (text.bytes()).fold(0, |found, byte| {
        found | u8::from(!byte.is_ascii() || byte | 0x20 == b'e')
    });
    may_be_cut == 0 && !text.ends_with(".0")
}

/// What a text shows of an earlier loss.
fn damage(field: Field, text: &str, from_file: bool) -> Option<String> {
    if !is_whole(text) {
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
pub(super) fn is_identifier(field: Field) -> bool {
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
