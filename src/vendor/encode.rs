//! What an encoder works with: the order, the account, and a sink. Every value takes the same way: what the
//! mapping says for this vendor alone, else what the order says, else the profile's default, else the
//! sandbox's stand-in.

use rust_decimal::Decimal;
use serde_json::Value;

use super::VendorRef;
use super::account::Account;
use super::convert::{TextForm, converted};
use super::defaults::{Fields, OfTable};
use super::facts::{Scalar, exact_decimal};
use super::page::{NUMBER_ROOM, decimal_text};
use super::sink::{Origin, Sink};
use super::table::{FieldId, FieldKind, FieldTable};
use crate::finding::{Finding, Rule, Target};
use crate::order::money::plain_units;
use crate::order::outcome::Operation;
use crate::order::{Field, Order};

/// One order on its way into one vendor's payload.
pub struct Encoder<'a> {
    /// The order.
    pub order: &'a Order,
    /// The account it goes to.
    pub account: &'a Account,
    /// What will be done with it.
    pub operation: Operation,
    vendor: &'static str,
    table: &'static FieldTable,
    /// The form that texts must have, if they aren't taken as they are.
    form: Option<TextForm>,
    sink: Sink<'a>,
    item: Option<u32>,
    /// Whether the mapping gives anything for this vendor alone: for most files it doesn't.
    is_mapped: bool,
    defaults: OfTable<'a>,
    sandbox_defaults: OfTable<'a>,
    /// The fields for which one of the two may have a value.
    defaulted: Fields,
    notes: Notes,
}

/// What only the encoder can see.
#[derive(Debug, Default)]
pub struct Notes {
    /// Findings of their own.
    pub findings: Vec<Finding>,
    /// Why something is as it is, for the finding of the same rule at the same place, if the check has one.
    pub reasons: Vec<Finding>,
}

impl Notes {
    /// Puts reasons to the check's findings, and adds the encoder's own.
    pub fn join(self, findings: &mut Vec<Finding>) {
        for reason in self.reasons {
            let told = findings.iter_mut().find(|finding| {
                finding.rule.id == reason.rule.id && finding.target == reason.target
            });
            if let Some(told) = told {
                told.detail = format!("{}: {}", told.detail, reason.detail).into();
            }
        }
        findings.extend(self.findings);
    }
}

impl<'a> Encoder<'a> {
    /// An encoder for one order.
    pub fn new(
        vendor: VendorRef,
        order: &'a Order,
        account: &'a Account,
        operation: Operation,
        sink: Sink<'a>,
    ) -> Self {
        let (table, form) = (vendor.table(), vendor.text_form());
        let vendor = vendor.name();
        let defaults = account.defaults.of_table(table);
        let sandbox_defaults = account.sandbox_defaults.of_table(table);
        Self {
            order,
            account,
            operation,
            vendor,
            table,
            form,
            sink,
            item: None,
            is_mapped: (order.vendor_fields.iter()).any(|given| given.vendor == vendor),
            defaults,
            sandbox_defaults,
            defaulted: defaults.fields().or(sandbox_defaults.fields()),
            notes: Notes::default(),
        }
    }

    /// Reports what only the encoder can see: something of the order that the payload has no place for.
    pub fn note(&mut self, finding: Finding) {
        self.notes.findings.push(finding);
    }

    /// Says why the check may find that; nothing is told where it doesn't.
    pub fn explain(&mut self, finding: Finding) {
        self.notes.reasons.push(finding);
    }

    /// Explains under the vendor's rule for missing values why a line has no price of one unit although it
    /// has a sum. `index` counts the elements of the payload's list.
    pub fn explain_price(
        &mut self,
        rule: &'static Rule,
        field: FieldId,
        index: u32,
        sum: Option<Decimal>,
        quantity: Option<Decimal>,
    ) {
        let Some((sum, quantity)) = sum.zip(quantity) else {
            return;
        };
        if quantity.is_zero() {
            return;
        }
        let target = Target::item(self.table.spec(field).path, index);
        let quantity = quantity.normalize();
        let detail = format!(
            "the line's sum {sum} doesn't divide into {quantity} equal prices; set the unit price by an edit"
        );
        self.explain(Finding::new(rule, target, detail));
    }

    /// Ends the payload, and returns what was noted.
    pub fn finish(self) -> Notes {
        self.sink.finish();
        self.notes
    }

    /// Writes a text, if there is one.
    #[inline]
    pub fn text(&mut self, field: FieldId, value: Option<&str>, origin: Origin) {
        if !self.write_mapped(field) {
            match value.filter(|text| !text.is_empty()) {
                Some(text) => self.write_text(field, text, origin),
                None => self.default(field, origin),
            }
        }
    }

    /// Writes a number as text, with its digits as they are, if there is one.
    pub fn decimal_text(&mut self, field: FieldId, value: Option<Decimal>, origin: Origin) {
        let mut room = NUMBER_ROOM;
        let text = value.map(|number| decimal_text(number, &mut room));
        self.text(field, text, origin);
    }

    /// Writes a number, if there is one, with its digits as they are.
    #[inline]
    pub fn number(&mut self, field: FieldId, value: Option<Decimal>, origin: Origin) {
        if !self.write_mapped(field) {
            match (
                value.as_ref().and_then(|number| plain_units(number, 0)),
                value,
            ) {
                (Some(number), _) => self.sink.natural(field, number, origin),
                (None, Some(number)) => self.sink.number(field, number, origin),
                (None, None) => self.default(field, origin),
            }
        }
    }

    /// Writes a whole number that isn't negative.
    #[inline]
    pub fn natural(&mut self, field: FieldId, number: u64, origin: Origin) {
        if !self.write_mapped(field) {
            self.sink.natural(field, number, origin);
        }
    }

    /// Writes true or false, if there is one.
    #[inline]
    pub fn boolean(&mut self, field: FieldId, value: Option<bool>, origin: Origin) {
        if !self.write_mapped(field) {
            match value {
                Some(value) => self.sink.value(field, None, Scalar::Boolean(value), origin),
                None => self.default(field, origin),
            }
        }
    }

    /// Says which of the order's fields stand behind a member that was reckoned, or that isn't written because
    /// they are empty; so that a finding about it names their place in the file.
    pub fn behind(&mut self, field: FieldId, fields: &'static [Field]) {
        self.sink.behind(field, Origin::Fields(fields));
    }

    /// Writes what neither the order nor reckoning gives: the mapping's, the profile's or the sandbox's
    /// value, or nothing.
    #[inline]
    pub fn given(&mut self, field: FieldId) {
        if !self.write_mapped(field) {
            self.write_default(field);
        }
    }

    /// The same, but null where nothing is given.
    pub fn given_or_null(&mut self, field: FieldId) {
        self.given_or(field, Scalar::Null, Origin::Fixed);
    }

    /// The same, but this value where nothing is given.
    #[inline]
    pub fn given_or(&mut self, field: FieldId, value: Scalar<'_>, origin: Origin) {
        if !self.write_mapped(field) && !self.write_default(field) {
            self.write_value(field, None, value, origin);
        }
    }

    /// Whether [`Encoder::given`] would write something.
    #[inline]
    pub fn is_given(&self, field: FieldId) -> bool {
        self.vendor_field(field).is_some()
            || (self.may_have_default(field) && self.default_value(field).is_some())
    }

    /// Writes a member of a free-form object, `metadata/?`.
    pub fn named(&mut self, field: FieldId, name: &str, value: Scalar<'_>, origin: Origin) {
        self.write_value(field, Some(name), value, origin);
    }

    /// Writes a member of a free-form object that is a tree of its own.
    pub fn named_tree(&mut self, field: FieldId, name: &str, value: &Value, origin: Origin) {
        self.write_tree(field, Some(name), value, origin);
    }

    /// Writes an object with what `members` writes into it.
    pub fn object(&mut self, field: FieldId, members: impl FnOnce(&mut Self)) {
        let open = self.sink.open_object(field);
        members(self);
        self.sink.close_object(&open);
    }

    /// Writes a list with one element for each line item.
    pub fn items(&mut self, field: FieldId, mut element: impl FnMut(&mut Self, u32)) {
        let lines = 0..self.order.items.len() as u32;
        self.elements_of(field, lines, |encoder, index, _| element(encoder, index));
    }

    /// Writes a list with one element for each of these line items (by index); `element` gets the line's
    /// index and the element's.
    pub fn elements(
        &mut self,
        field: FieldId,
        lines: &[u32],
        element: impl FnMut(&mut Self, u32, u32),
    ) {
        self.elements_of(field, lines.iter().copied(), element);
    }

    fn elements_of(
        &mut self,
        field: FieldId,
        lines: impl Iterator<Item = u32>,
        mut element: impl FnMut(&mut Self, u32, u32),
    ) {
        let list = self.sink.open_array(field);
        for (position, line) in (0..).zip(lines) {
            self.item = Some(line);
            let open = self.sink.open_element(position);
            element(self, line, position);
            self.sink.close_object(&open);
        }
        self.item = None;
        self.sink.close_array(&list);
    }

    /// Writes a list of exactly one element that is no line item.
    pub fn single_element(&mut self, field: FieldId, element: impl FnOnce(&mut Self)) {
        let list = self.sink.open_array(field);
        let open = self.sink.open_element(0);
        element(self);
        self.sink.close_object(&open);
        self.sink.close_array(&list);
    }

    /// Whether the mapping gives anything for this vendor alone.
    pub fn is_mapped(&self) -> bool {
        self.is_mapped
    }

    /// The mapping's value for this vendor alone.
    #[inline]
    pub fn vendor_field(&self, field: FieldId) -> Option<&'a str> {
        if self.is_mapped {
            self.known_vendor_field(field)
        } else {
            None
        }
    }

    fn known_vendor_field(&self, field: FieldId) -> Option<&'a str> {
        let item = self.item.filter(|_| self.table.is_per_item(field));
        let path = self.table.spec(field).path;
        self.order.vendor_field(self.vendor, path, item)
    }

    /// Whether the profile or the sandbox give anything inside a field.
    pub fn is_given_inside(&self, field: FieldId) -> bool {
        let account = self.account;
        account.defaults.has_inside(self.table, field)
            || account.sandbox_defaults.has_inside(self.table, field)
    }

    /// The profile's or the sandbox's value for a field.
    pub fn default_of(&self, field: FieldId) -> Option<&'a Value> {
        if !self.may_have_default(field) {
            return None;
        }
        self.default_value(field).map(|(value, _)| value)
    }

    /// The profile's or the sandbox's value for a field, if it is text.
    pub fn default_text(&self, field: FieldId) -> Option<&'a str> {
        self.default_value(field)
            .and_then(|(value, _)| value.as_str())
    }

    #[inline]
    fn write_mapped(&mut self, field: FieldId) -> bool {
        self.is_mapped && self.write_vendor_field(field)
    }

    fn write_vendor_field(&mut self, field: FieldId) -> bool {
        let Some(text) = self.vendor_field(field) else {
            return false;
        };
        let origin = Origin::Mapping;
        match self.table.spec(field).kind {
            FieldKind::Integer | FieldKind::Number => match exact_decimal(text) {
                Some(number) => self.sink.number(field, number, origin),
                None => self.write_text(field, text, origin),
            },
            FieldKind::Boolean if matches!(text, "true" | "false") => {
                let value = Scalar::Boolean(text == "true");
                self.sink.value(field, None, value, origin);
            }
            FieldKind::Object | FieldKind::Array | FieldKind::TextArray | FieldKind::Any => {
                match serde_json::from_str::<Value>(text) {
                    Ok(tree) => self.write_tree(field, None, &tree, origin),
                    Err(_) => self.write_text(field, text, origin),
                }
            }
            _ => self.write_text(field, text, origin),
        }
        true
    }

    /// Writes a text in the form that the vendor wants.
    #[inline]
    fn write_text(&mut self, field: FieldId, text: &str, origin: Origin) {
        match self.form {
            Some(form) => self.sink.text(field, &form(text), origin),
            None => self.sink.text(field, text, origin),
        }
    }

    fn write_value(
        &mut self,
        field: FieldId,
        name: Option<&str>,
        value: Scalar<'_>,
        origin: Origin,
    ) {
        match (value, self.form) {
            (Scalar::Text(text), Some(form)) => {
                let text = Scalar::Text(&form(text));
                self.sink.value(field, name, text, origin);
            }
            _ => self.sink.value(field, name, value, origin),
        }
    }

    fn write_tree(&mut self, field: FieldId, name: Option<&str>, value: &Value, origin: Origin) {
        let converted = self.form.and_then(|form| converted(value, form));
        let value = converted.as_ref().unwrap_or(value);
        self.sink.tree(field, name, value, origin);
    }

    #[inline]
    fn default(&mut self, field: FieldId, origin: Origin) {
        if !self.write_default(field) {
            self.sink.behind(field, origin);
        }
    }

    #[inline]
    fn write_default(&mut self, field: FieldId) -> bool {
        self.may_have_default(field) && self.write_known_default(field)
    }

    #[inline]
    fn may_have_default(&self, field: FieldId) -> bool {
        self.defaulted.has(field)
    }

    // Most fields have none: asking for it is one look at a bit as long as this stays out of the way.
    #[inline(never)]
    fn write_known_default(&mut self, field: FieldId) -> bool {
        let Some((value, origin)) = self.default_value(field) else {
            return false;
        };
        match value {
            Value::String(text) => self.write_text(field, text, origin),
            Value::Bool(value) => self
                .sink
                .value(field, None, Scalar::Boolean(*value), origin),
            tree => self.write_tree(field, None, tree, origin),
        }
        true
    }

    fn default_value(&self, field: FieldId) -> Option<(&'a Value, Origin)> {
        let sandbox = || {
            let value = self.sandbox_defaults.of(field)?;
            Some((value, Origin::SandboxDefault))
        };
        self.defaults
            .of(field)
            .map(|value| (value, Origin::ProfileDefault))
            .or_else(sandbox)
    }
}
