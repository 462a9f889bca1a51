//! Groups of records → orders.

use super::compiled::{Compiled, Lines};
use super::contradiction;
use super::evaluate::Scope;
use super::field_rule::FieldRule;
use super::file::Handling;
use super::lines::Line;
use super::rules;
use super::visible::quoted;
use crate::finding::{Finding, Target};
use crate::order::{Field, LineItem, Order, VendorField};
use crate::source::{Columns, Group, GroupBy, Record};

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
    /// A cancelled order, where the mapping leaves them out.
    Cancelled,
}

impl Exclusion {
    /// In words: `test order`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Test => "test order",
            Self::Draft => "draft",
            Self::Cancelled => "cancelled order",
        }
    }
}

impl Compiled {
    /// Makes an order of the records of one key.
    pub fn map(&self, group: &Group) -> Mapped {
        let (mut order, mut findings) = (Order::default(), Vec::new());
        let exclusion = self.map_into(group, &mut order, &mut findings);
        Mapped {
            native: self.native_of(group),
            order,
            findings,
            exclusion,
        }
    }

    /// The same into an order and a list whose room is used again; why the order is left out by default, if it is.
    pub fn map_into(
        &self,
        group: &Group,
        order: &mut Order,
        findings: &mut Vec<Finding>,
    ) -> Option<Exclusion> {
        order.clear();
        findings.clear();
        let scope = Scope::Order(&group.records);
        let is_sound = group.records.iter().all(Record::is_sound);
        let filled = scope.filled();
        for known in wanted(&self.order, is_sound, filled) {
            self.fill(known, (scope, is_sound), None, group, findings, || {
                known.field.slot(order)
            });
        }
        if order.currency.is_none() {
            order.currency = self.currency;
        }
        self.key(order, group, findings);
        let lines = self.lines(group);
        order.items.resize_with(lines.len(), LineItem::default);
        for (index, (line, item)) in lines.iter().zip(&mut order.items).enumerate() {
            self.line(line, index, item, group, findings);
        }
        self.vendor_fields(order, &lines, group, findings);
        if self.is_checking {
            self.unreadable_cells(group, findings);
            self.check_joins(group, findings);
            contradiction::check(self, group, &lines, findings);
        }
        if self.native.is_some() {
            // It is sent as it stands: what its values must be is for its vendor's own rules to say.
            findings.retain(|finding| !rules::UNREADABLE_VALUES.contains(&finding.rule));
        }
        self.exclusion(order)
    }

    fn exclusion(&self, order: &Order) -> Option<Exclusion> {
        let policy = &self.policy;
        let kinds = [
            (order.test, policy.test_orders, Exclusion::Test),
            (order.draft, policy.drafts, Exclusion::Draft),
            (order.cancelled, policy.cancelled, Exclusion::Cancelled),
        ];
        let left = kinds
            .into_iter()
            .find(|(is, handling, _)| *is == Some(true) && *handling == Handling::LeaveOut);
        left.map(|(_, _, exclusion)| exclusion)
    }

    /// The record as it stands in the file, if it is a payload.
    pub fn native_of(&self, group: &Group) -> Option<Native> {
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

    /// Cells that should hold lines and can't be read: an order must not lose lines in silence.
    fn unreadable_cells(&self, group: &Group, findings: &mut Vec<Finding>) {
        let Lines::Made(shape) = &self.lines else {
            return;
        };
        for record in &group.records {
            for (column, text, why) in shape.unreadable(record, &self.evaluator) {
                let detail = format!("{}: {why}", quoted(text));
                let finding = Finding::new(&rules::UNREADABLE, Target::field("items"), detail);
                findings.push(finding.at(record.place.clone().in_column(column)));
            }
        }
    }

    fn line(
        &self,
        line: &Line,
        index: usize,
        item: &mut LineItem,
        group: &Group,
        findings: &mut Vec<Finding>,
    ) {
        let Some(scope) = Self::item_scope(line, group, "") else {
            return;
        };
        let is_sound = scope.order().iter().all(Record::is_sound);
        for known in wanted(&self.item, is_sound, scope.filled()) {
            self.fill(
                known,
                (scope, is_sound),
                Some(index),
                group,
                findings,
                || known.field.item_slot(item),
            );
        }
    }

    fn vendor_fields<'g>(
        &self,
        order: &mut Order,
        lines: &'g [Line<'g>],
        group: &'g Group,
        findings: &mut Vec<Finding>,
    ) {
        for rule in &self.vendor {
            let scopes: Vec<(Option<usize>, Option<Scope>)> = if rule.per_item() {
                let lines = lines.iter().enumerate();
                lines
                    .map(|(index, line)| (Some(index), Self::item_scope(line, group, "")))
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
}

/// The rules that have something to do where these columns hold anything.
fn wanted(
    rules: &[FieldRule],
    is_sound: bool,
    filled: Columns,
) -> impl Iterator<Item = &FieldRule> {
    let rules = rules.iter();
    rules.filter(move |known| known.columns.meets(filled) && !(is_sound && known.is_idle))
}
