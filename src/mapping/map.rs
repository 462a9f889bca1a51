//! Groups of records → orders.

use std::borrow::Cow;

use super::compiled::{Compiled, Lines};
use super::contradiction;
use super::evaluate::{Problem, Scope};
use super::number;
use super::path;
use super::rules;
use super::value::{BadKind, Value};
use super::visible::quoted;
use crate::finding::{Finding, Place, Severity, Target};
use crate::order::{Field, Kind, LineItem, Order, VendorField};
use crate::source::{Group, GroupBy, Record};

/// An order as the mapping made it.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapped {
    /// The order; of a native one, what is known of it.
    pub order: Order,
    /// The payload, if the record is one.
    pub native: Option<Native>,
    /// What went wrong on the way; findings of the source stand in the group.
    pub findings: Vec<Finding>,
    /// Why it is left out by default.
    pub exclusion: Option<Exclusion>,
}

/// A record that is one vendor's payload already.
#[derive(Debug, Clone, PartialEq)]
pub struct Native {
    /// Name of the vendor.
    pub vendor: String,
    /// The payload as it stands in the file, unknown members kept.
    pub payload: serde_json::Value,
}

/// Why an order is left out by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exclusion {
    /// A test order.
    Test,
    /// A draft.
    Draft,
}

impl Exclusion {
    /// In words: `test order`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Test => "test order",
            Self::Draft => "draft",
        }
    }
}

/// One line of an order.
#[derive(Clone, Copy)]
pub(super) enum Line<'g> {
    Row(&'g Record),
    Json(&'g serde_json::Value),
}

/// A field's text, and what is to be told although it could be read.
struct Read<'a> {
    text: Option<Cow<'a, str>>,
    remark: Option<(&'static crate::finding::Rule, String)>,
}

impl Compiled {
    /// Makes an order of the records of one key.
    pub fn map(&self, group: &Group) -> Mapped {
        let mut order = Order::default();
        let mut findings = Vec::new();
        let scope = Scope::Order(&group.records);
        for (field, rule) in &self.order {
            match self.evaluator.value(rule, scope) {
                Ok(None) => {}
                Ok(Some(value)) => {
                    self.put(*field, None, value, group, &mut findings, &mut |text| {
                        field.set(&mut order, None, text)
                    })
                }
                Err(problem) => findings.push(self.finding(&problem, *field, None, group)),
            }
        }
        if order.currency.is_none() {
            order.currency = self.currency;
        }
        self.key(&mut order, group, &mut findings);
        let lines = self.lines(group);
        order.items.reserve_exact(lines.len());
        for (index, line) in lines.iter().enumerate() {
            let item = self.line(*line, index, group, &mut findings);
            order.items.push(item);
        }
        self.vendor_fields(&mut order, &lines, group, &mut findings);
        contradiction::check(self, group, &lines, &mut findings);
        let exclusion = match (order.test, order.draft) {
            (Some(true), _) => Some(Exclusion::Test),
            (_, Some(true)) => Some(Exclusion::Draft),
            _ => None,
        };
        Mapped {
            native: self.native_of(group),
            order,
            findings,
            exclusion,
        }
    }

    fn native_of(&self, group: &Group) -> Option<Native> {
        Some(Native {
            vendor: self.native.clone()?,
            payload: group.records.first()?.json()?.clone(),
        })
    }

    /// An order without a key is still named, so that it can be shown and mended.
    fn key(&self, order: &mut Order, group: &Group, findings: &mut Vec<Finding>) {
        if !order.id.is_empty() {
            return;
        }
        let place = group.records.first().map(|record| record.place.clone());
        order.id = match group.key.trim() {
            "" => {
                let byte = place
                    .as_ref()
                    .and_then(|place| place.byte)
                    .unwrap_or_default();
                format!("record at byte {byte}")
            }
            key => key.to_owned(),
        };
        let grouped = !group.key.trim().is_empty() && !matches!(self.group_by, GroupBy::EachRecord);
        // Of a payload without a key its vendor's own rule speaks.
        if !grouped && self.native.is_none() {
            let mut finding = Finding::new(&rules::NO_KEY, Target::field(Field::Id.path()), "");
            finding.place = place;
            findings.push(finding);
        }
    }

    /// The lines of an order, in the order of the file.
    pub(super) fn lines<'g>(&self, group: &'g Group) -> Vec<Line<'g>> {
        let mut lines = Vec::new();
        match &self.lines {
            Lines::None => {}
            Lines::Rows(columns) => lines.extend(
                group
                    .records
                    .iter()
                    .filter(|record| {
                        columns.is_empty()
                            || columns
                                .iter()
                                .any(|column| self.evaluator.cell(record, *column).is_some())
                    })
                    .map(Line::Row),
            ),
            Lines::List(list) => {
                if let Some(json) = group.records.first().and_then(Record::json) {
                    list.visit(json, &mut |_, value| {
                        lines.extend(value.as_array().into_iter().flatten().map(Line::Json));
                    });
                }
            }
        }
        lines
    }

    /// What a line's rules read from. `pointer` is needed for places only.
    pub(super) fn item_scope<'g>(
        line: Line<'g>,
        group: &'g Group,
        pointer: &'g str,
    ) -> Option<Scope<'g>> {
        Some(match line {
            Line::Row(record) => Scope::Row(record),
            Line::Json(item) => Scope::Item {
                record: group.records.first()?,
                item,
                pointer,
            },
        })
    }

    /// The JSON pointer of a line item; empty for rows.
    pub(super) fn item_pointer(&self, group: &Group, index: usize) -> String {
        let Lines::List(list) = &self.lines else {
            return String::new();
        };
        let mut pointer = String::new();
        let mut before = 0;
        if let Some(json) = group.records.first().and_then(Record::json) {
            list.visit(json, &mut |steps, value| {
                let count = value.as_array().map_or(0, Vec::len);
                if (before..before + count).contains(&index) {
                    pointer = format!("{}/{}", path::pointer(steps), index - before);
                }
                before += count;
            });
        }
        pointer
    }

    fn line(
        &self,
        line: Line,
        index: usize,
        group: &Group,
        findings: &mut Vec<Finding>,
    ) -> LineItem {
        let mut item = LineItem::default();
        let Some(scope) = Self::item_scope(line, group, "") else {
            return item;
        };
        for (field, rule) in &self.item {
            match self.evaluator.value(rule, scope) {
                Ok(None) => {}
                Ok(Some(value)) => {
                    self.put(*field, Some(index), value, group, findings, &mut |text| {
                        field.set_item(&mut item, text)
                    });
                }
                Err(problem) => findings.push(self.finding(&problem, *field, Some(index), group)),
            }
        }
        item
    }

    fn vendor_fields<'g>(
        &self,
        order: &mut Order,
        lines: &[Line<'g>],
        group: &'g Group,
        findings: &mut Vec<Finding>,
    ) {
        for rule in &self.vendor {
            let scopes: Vec<(Option<usize>, Option<Scope>)> = if rule.per_item() {
                let lines = lines.iter().enumerate();
                lines
                    .map(|(index, line)| (Some(index), Self::item_scope(*line, group, "")))
                    .collect()
            } else {
                vec![(None, Some(Scope::Order(&group.records)))]
            };
            for (item, scope) in scopes {
                let Some(scope) = scope else { continue };
                match self.evaluator.value(&rule.rule, scope) {
                    Ok(None) => {}
                    Ok(Some(value)) => order.vendor_fields.push(VendorField {
                        vendor: rule.vendor.clone(),
                        path: rule.path.clone(),
                        item: item.map(|index| index as u32),
                        value: value.text().into_owned(),
                    }),
                    Err(problem) => {
                        let index = item.map(|index| index.to_string()).unwrap_or_default();
                        let pointer = format!("/{}", rule.path.replace('*', &index));
                        let target = Target::Pointer(pointer.into());
                        findings.push(self.problem_at(&problem, target, item, group));
                    }
                }
            }
        }
    }

    /// Sets a field, or says why not.
    fn put(
        &self,
        field: Field,
        item: Option<usize>,
        value: Value,
        group: &Group,
        findings: &mut Vec<Finding>,
        set: &mut dyn FnMut(&str) -> Result<(), crate::order::field::BadValue>,
    ) {
        let mut tell = |rule, detail: String| {
            let mut finding = Finding::new(rule, target(field, item), detail);
            finding.place = self.place_of(field, item, group);
            // A line's word decides less than an order's; a mangled key is worse than any other id.
            finding.severity = match (finding.rule.id, field) {
                ("MAP-03", Field::ItemStatus) => Severity::Warning,
                ("MAP-02", Field::Id) => Severity::Error,
                _ => finding.severity,
            };
            findings.push(finding);
        };
        let raw = value.clone();
        match self.read(field, value) {
            Ok(Read { text, remark }) => {
                if let Some((rule, detail)) = remark {
                    tell(rule, detail);
                }
                if let Some(text) = text
                    && let Err(bad) = set(&text)
                {
                    tell(
                        &rules::UNREADABLE,
                        format!("{} is {bad}", quoted(&raw.text())),
                    );
                }
            }
            Err((rule, detail)) => tell(rule, detail),
        }
    }

    /// The text that the field is set from.
    fn read<'a>(
        &'a self,
        field: Field,
        value: Value<'a>,
    ) -> Result<Read<'a>, (&'static crate::finding::Rule, String)> {
        let plain = |text| Read { text, remark: None };
        if let Some(words) = self.status.of(field).filter(|words| !words.is_empty()) {
            let word = value.text();
            return match words.of(&word) {
                Some("") => Ok(plain(None)),
                Some(ours) => Ok(plain(Some(ours.into()))),
                // Our own words need no table.
                None if field.kind().choices().contains(&word.as_ref()) => Ok(plain(Some(word))),
                None => Err((&rules::UNKNOWN_STATUS, quoted(&word))),
            };
        }
        let by_kind = |bad: super::value::Bad| {
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
                plain(Some(number.to_string().into()))
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
                    text: Some(reading.moment.to_string().into()),
                }
            }
            Kind::Text => {
                let from_file = matches!(value, Value::Raw(_)) && self.header.is_some();
                let text = value.text();
                Read {
                    remark: damage(field, &text, from_file).map(|detail| (&rules::DAMAGED, detail)),
                    text: Some(text),
                }
            }
            Kind::Boolean
            | Kind::Currency
            | Kind::Payment
            | Kind::Fulfilment
            | Kind::LineStatus => plain(Some(value.text())),
        })
    }

    fn finding(
        &self,
        problem: &Problem,
        field: Field,
        item: Option<usize>,
        group: &Group,
    ) -> Finding {
        self.problem_at(problem, target(field, item), item, group)
    }

    fn problem_at(
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
        rule: &super::rule::Rule<super::evaluate::Input>,
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

fn rule_of(kind: BadKind) -> &'static crate::finding::Rule {
    match kind {
        BadKind::Unreadable => &rules::UNREADABLE,
        BadKind::Damaged => &rules::DAMAGED,
        BadKind::NoOffset => &rules::NO_OFFSET,
    }
}

/// What a text shows of an earlier loss.
fn damage(field: Field, text: &str, from_file: bool) -> Option<String> {
    if text.contains('\u{fffd}') {
        return Some(format!("{} holds replaced characters", quoted(text)));
    }
    if !from_file || !is_identifier(field) {
        return None;
    }
    if number::is_shortened(text) {
        return Some(format!("{} was a longer number", quoted(text)));
    }
    let digits = text.strip_suffix(".0")?;
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
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
