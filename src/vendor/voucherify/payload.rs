//! Writes an order as Voucherify's import takes it: whole amounts in the smallest currency unit, gross
//! lines, order discounts apart, and in `metadata` what has no field.

mod free_form;
mod line;
mod person;

use rust_decimal::Decimal;

use self::free_form::{Own, free_form};
use self::line::item;
use self::person::{customer, referrer};
use super::fields::{TABLE, field};
use super::settings;
use crate::order::money::{minor_units, plain_units};
use crate::order::outcome::Operation;
use crate::order::{Field, LineItem, Order, Stage};
use crate::vendor::{Encoder, FieldId, Origin};

/// The vendor's name in mappings.
pub(super) const NAME: &str = "voucherify";

/// Writes the payload: the whole order for an import, its id and status for anything else.
pub(super) fn encode(e: &mut Encoder<'_>) {
    let order = e.order;
    e.text(
        field!("source_id"),
        Some(&order.id),
        Origin::Fields(&[Field::Id]),
    );
    if e.operation == Operation::Import {
        e.given(field!("id"));
    }
    let stage = match e.operation {
        Operation::Cancel => Stage::Cancelled,
        Operation::Import | Operation::Status => order.stage(),
    };
    let (word, origin) = status(e, stage);
    e.text(field!("status"), Some(word), origin);
    if e.operation != Operation::Import {
        return;
    }
    let decimals = settings::decimals(e.account, order.currency);
    order_amounts(e, decimals);
    customer(e);
    e.given(field!("referrer_id"));
    referrer(e);
    if order.items.is_empty() {
        e.given(field!("items"));
    } else {
        e.items(field!("items"), |e, line| item(e, line, decimals));
    }
    metadata(e);
}

fn status<'a>(e: &Encoder<'a>, stage: Stage) -> (&'a str, Origin) {
    if e.operation == Operation::Cancel {
        return (settings::status_word(e.account, stage), Origin::Fixed);
    }
    let origin = Origin::Fields(&[Field::Cancelled, Field::Payment, Field::Fulfilment]);
    (settings::status_word(e.account, stage), origin)
}

fn order_amounts(e: &mut Encoder<'_>, decimals: u32) {
    const SUM: Origin = Origin::Reckoned("sum of the items' amounts");
    let order = e.order;
    if let Some(sum) = plain_sum_of_lines(order, decimals) {
        e.natural(field!("amount"), sum, SUM);
    } else if let Some(sum) = sum_of_lines(order) {
        amount(e, field!("amount"), Some(sum), decimals, SUM);
    } else {
        let total = Origin::Fields(&[Field::Total]);
        amount(e, field!("amount"), order.total, decimals, total);
    }
    e.given(field!("initial_amount"));
    amount(
        e,
        field!("discount_amount"),
        order.discount_total,
        decimals,
        Origin::Fields(&[Field::DiscountTotal]),
    );
}

/// The same in the smallest unit, where all lines are written in plain amounts.
fn plain_sum_of_lines(order: &Order, decimals: u32) -> Option<u64> {
    let mut lines = order.items.iter();
    let first = lines.next()?.plain_gross(decimals)?;
    lines.try_fold(first, |sum, line| {
        sum.checked_add(line.plain_gross(decimals)?)
    })
}

/// The lines before discounts, if there are any and each one's sum is known.
fn sum_of_lines(order: &Order) -> Option<Decimal> {
    if order.items.is_empty() {
        return None;
    }
    order
        .items
        .iter()
        .map(LineItem::gross)
        .try_fold(Decimal::ZERO, |sum, gross| sum.checked_add(gross?))
}

/// Writes an amount in the smallest unit. One that is finer is written with its decimals, so that the rule
/// about it points at its field.
fn amount(
    e: &mut Encoder<'_>,
    field: FieldId,
    value: Option<Decimal>,
    decimals: u32,
    origin: Origin,
) {
    if let Some(units) = (value.as_ref()).and_then(|value| plain_units(value, decimals)) {
        e.natural(field, units, origin);
        return;
    }
    let minor = value.and_then(|value| {
        minor_units(value, decimals)
            .or_else(|| Some(value.checked_mul(scale(decimals)?)?.normalize()))
    });
    e.number(field, minor, origin);
}

fn scale(decimals: u32) -> Option<Decimal> {
    10_u64.checked_pow(decimals).map(Decimal::from)
}

/// What has no field of its own: the date, since the import stamps its own, and the rest of the total.
fn metadata(e: &mut Encoder<'_>) {
    let order = e.order;
    let date_key = settings::order_date_key(e.account);
    let mut room = [0; 25];
    let date = order.placed_at.map(|placed_at| placed_at.text(&mut room));
    let date = date.as_deref();
    let own = Own {
        date: date.map(|date| (date_key, date)),
        amounts: [
            order.shipping_total.as_ref(),
            order.tax_total.as_ref(),
            order.total.as_ref(),
        ],
    };
    free_form(e, field!("metadata"), field!("metadata/?"), None, &own);
    e.behind(field!("metadata"), &[Field::PlacedAt]);
}

/// Writes an object if there is anything in it: from the order, or given by mapping or profile. A mapping or
/// profile may also give it whole.
fn object_if(
    e: &mut Encoder<'_>,
    field: FieldId,
    line: Option<u32>,
    from_order: bool,
    members: impl FnOnce(&mut Encoder<'_>),
) {
    let whole = e.vendor_field(field).is_some();
    if !whole && (from_order || any_member_given(e, field, line)) {
        e.object(field, members);
    } else {
        e.given(field);
    }
}

/// Whether mapping, profile or sandbox give anything inside an object.
fn any_member_given(e: &Encoder<'_>, field: FieldId, line: Option<u32>) -> bool {
    if !e.is_mapped() {
        return e.is_given_inside(field);
    }
    let path = TABLE.spec(field).path;
    let inside = |other: &str| {
        other
            .strip_prefix(path)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    e.order
        .vendor_fields
        .iter()
        .any(|given| given.vendor == NAME && given.item == line && inside(&given.path))
        || e.is_given_inside(field)
}
