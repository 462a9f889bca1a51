//! Free-form objects (`metadata`): our own members, those of the mapping over them, and those of the
//! profile where nobody else has one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;

use super::NAME;
use crate::order::Field;
use crate::vendor::facts::Scalar;
use crate::vendor::voucherify::fields::TABLE;
use crate::vendor::{Encoder, FieldId, Origin};

/// Members of our own: what of an order has no field. Other objects have none.
#[derive(Default)]
pub(super) struct Own<'a> {
    /// The date of the order, behind its name.
    pub date: Option<(&'a str, &'a str)>,
    /// What shipping costs, the tax and the total.
    pub amounts: [Option<&'a Decimal>; 3],
}

impl<'a> Own<'a> {
    fn is_empty(&self) -> bool {
        self.date.is_none() && self.amounts.iter().all(Option::is_none)
    }

    /// Hands them over one by one.
    fn each(&self, mut put: impl FnMut(&'a str, Scalar<'a>, Origin)) {
        if let Some((name, date)) = self.date {
            put(name, Scalar::Text(date), Origin::Fields(&[Field::PlacedAt]));
        }
        let [shipping, tax, total] = self.amounts;
        for (name, amount, fields) in [
            ("shipping", shipping, &[Field::ShippingTotal]),
            ("tax", tax, &[Field::TaxTotal]),
            ("total", total, &[Field::Total]),
        ] {
            // The profile may name the date like another member of ours: the first one stays.
            let is_free = self.date.is_none_or(|(date, _)| date != name);
            if let Some(amount) = amount.filter(|_| is_free) {
                put(name, Scalar::Number(*amount), Origin::Fields(fields));
            }
        }
    }
}

/// A value of a free-form object.
enum Member<'a> {
    /// Ours.
    Own(Scalar<'a>),
    /// Anything that mapping or profile give.
    Given(Cow<'a, Value>),
}

/// Writes a free-form object, if it has any member. `any` is its row for members of any name.
pub(super) fn free_form(
    e: &mut Encoder<'_>,
    object: FieldId,
    any: FieldId,
    line: Option<u32>,
    own: &Own<'_>,
) {
    if e.is_mapped() || e.is_given(object) || e.is_given_inside(object) {
        with_given(e, object, any, line, own);
    } else if !own.is_empty() {
        e.object(object, |e| {
            own.each(|name, value, origin| e.named(any, name, value, origin));
        });
    }
}

/// The same where mapping or profile may give members too.
fn with_given<'a: 'o, 'o>(
    e: &mut Encoder<'a>,
    object: FieldId,
    any: FieldId,
    line: Option<u32>,
    own: &Own<'o>,
) {
    let mut members: Vec<(Cow<'o, str>, Member<'o>, Origin)> = Vec::new();
    own.each(|name, value, origin| {
        members.push((Cow::Borrowed(name), Member::Own(value), origin));
    });
    if let Some(text) = e.vendor_field(object) {
        let Ok(Value::Object(given)) = serde_json::from_str::<Value>(text) else {
            // No object: written as it is, and the rule on types speaks.
            e.given(object);
            return;
        };
        for (name, value) in given {
            put(
                &mut members,
                Cow::Owned(name),
                Cow::Owned(value),
                Origin::Mapping,
            );
        }
    }
    let path = TABLE.spec(object).path;
    for given in &e.order.vendor_fields {
        if given.vendor == NAME
            && given.item == line
            && let Some(name) = member_of(path, &given.path)
        {
            let value = serde_json::from_str(&given.value)
                .unwrap_or_else(|_| Value::String(given.value.clone()));
            put(
                &mut members,
                Cow::Borrowed(name),
                Cow::Owned(value),
                Origin::Mapping,
            );
        }
    }
    if e.is_given(object) || e.is_given_inside(object) {
        let account = e.account;
        for (defaults, origin) in [
            (&account.defaults, Origin::ProfileDefault),
            (&account.sandbox_defaults, Origin::SandboxDefault),
        ] {
            add_defaults(&mut members, path, defaults, origin);
        }
    }
    if members.is_empty() {
        return;
    }
    e.object(object, |e| {
        for (name, value, origin) in &members {
            match value {
                Member::Own(value) => e.named(any, name, *value, *origin),
                Member::Given(value) => e.named_tree(any, name, value, *origin),
            }
        }
    });
}

fn member_of<'b>(object: &str, path: &'b str) -> Option<&'b str> {
    path.strip_prefix(object)?.strip_prefix('/')
}

fn put<'a>(
    members: &mut Vec<(Cow<'a, str>, Member<'a>, Origin)>,
    name: Cow<'a, str>,
    value: Cow<'a, Value>,
    origin: Origin,
) {
    let member = Member::Given(value);
    match members.iter_mut().find(|(other, ..)| *other == name) {
        Some(place) => *place = (name, member, origin),
        None => members.push((name, member, origin)),
    }
}

fn add_defaults<'a>(
    members: &mut Vec<(Cow<'a, str>, Member<'a>, Origin)>,
    object: &str,
    defaults: &'a BTreeMap<String, Value>,
    origin: Origin,
) {
    let whole = defaults.get(object).and_then(Value::as_object);
    let inside = defaults
        .iter()
        .filter_map(|(path, value)| Some((member_of(object, path)?, value)));
    for (name, value) in whole
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), value))
        .chain(inside)
    {
        if !members.iter().any(|(other, ..)| *other == name) {
            put(members, Cow::Borrowed(name), Cow::Borrowed(value), origin);
        }
    }
}
