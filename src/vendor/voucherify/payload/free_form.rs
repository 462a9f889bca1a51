//! Free-form objects (`metadata`): our own members, those of the mapping over them, and those of the
//! profile where nobody else has one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;

use super::NAME;
use crate::vendor::facts::Scalar;
use crate::vendor::voucherify::fields::TABLE;
use crate::vendor::{Encoder, FieldId, Origin};

/// A value of a free-form object.
pub(super) enum Member<'a> {
    /// Text of ours.
    Text(String),
    /// A number of ours, with its digits.
    Number(Decimal),
    /// Anything that mapping or profile give.
    Given(Cow<'a, Value>),
}

/// Writes a free-form object, if it has any member. `any` is its row for members of any name.
pub(super) fn free_form<'a>(
    e: &mut Encoder<'a>,
    object: FieldId,
    any: FieldId,
    line: Option<u32>,
    own: Vec<(&'a str, Member<'a>, Origin)>,
) {
    let mut members: Vec<(Cow<'a, str>, Member<'a>, Origin)> = Vec::with_capacity(own.len());
    for (name, value, origin) in own {
        // The profile may name the date like another member of ours: the first one stays.
        if !members.iter().any(|(other, ..)| *other == name) {
            members.push((Cow::Borrowed(name), value, origin));
        }
    }
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
                Member::Text(text) => e.named(any, name, Scalar::Text(text), *origin),
                Member::Number(number) => e.named(any, name, Scalar::Number(*number), *origin),
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
