//! Writes an address: where the goods went, or where the bill went. An order that knows one of the two only
//! gets it in both places, whole, and the origins say so.

use crate::order::{Address, Field, Order};
use crate::vendor::Encoder;
use crate::vendor::sink::Origin;

use super::fields::AddressFields;

/// The order's fields of one of its addresses.
#[derive(Debug)]
struct Names {
    /// Where a whole address begins.
    first: &'static [Field],
    lines: [Origin; 3],
    phone: Origin,
    city: Origin,
    postal_code: Origin,
    region: Origin,
    country: Origin,
}

static SHIPPING: Names = Names {
    first: &[Field::ShippingLine1],
    lines: [
        Origin::Fields(&[Field::ShippingLine1]),
        Origin::Fields(&[Field::ShippingLine2]),
        Origin::Fields(&[Field::ShippingLine3]),
    ],
    phone: Origin::Fields(&[Field::ShippingPhone]),
    city: Origin::Fields(&[Field::ShippingCity]),
    postal_code: Origin::Fields(&[Field::ShippingPostalCode]),
    region: Origin::Fields(&[Field::ShippingRegion]),
    country: Origin::Fields(&[Field::ShippingCountry]),
};

static BILLING: Names = Names {
    first: &[Field::BillingLine1],
    lines: [
        Origin::Fields(&[Field::BillingLine1]),
        Origin::Fields(&[Field::BillingLine2]),
        Origin::Fields(&[Field::BillingLine3]),
    ],
    phone: Origin::Fields(&[Field::BillingPhone]),
    city: Origin::Fields(&[Field::BillingCity]),
    postal_code: Origin::Fields(&[Field::BillingPostalCode]),
    region: Origin::Fields(&[Field::BillingRegion]),
    country: Origin::Fields(&[Field::BillingCountry]),
};

/// Which of an order's addresses is written.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    address: &'a Address,
    names: &'static Names,
}

impl<'a> Source<'a> {
    /// The shipping address, else the billing address.
    pub fn shipping_first(order: &'a Order) -> Self {
        Self::choose((&order.shipping, &SHIPPING), (&order.billing, &BILLING))
    }

    /// The billing address, else the shipping address.
    pub fn billing_first(order: &'a Order) -> Self {
        Self::choose((&order.billing, &BILLING), (&order.shipping, &SHIPPING))
    }

    fn choose(first: (&'a Address, &'static Names), second: (&'a Address, &'static Names)) -> Self {
        let (address, names) = if is_somewhere(first.0) || !is_somewhere(second.0) {
            first
        } else {
            second
        };
        Self { address, names }
    }
}

/// Whether there is more than a person: a part of a place.
fn is_somewhere(address: &Address) -> bool {
    [
        &address.line1,
        &address.line2,
        &address.line3,
        &address.city,
        &address.region,
        &address.postal_code,
        &address.country,
    ]
    .into_iter()
    .any(Option::is_some)
}

/// Writes the address, unless nothing is known of it.
pub fn write(e: &mut Encoder<'_>, fields: &AddressFields, source: Source<'_>) {
    let Source { address, names } = source;
    let mut members = fields
        .ids
        .iter()
        .chain(&fields.lines)
        .chain([&fields.phone, &fields.city, &fields.postal_code])
        .chain([&fields.state, &fields.country])
        .chain(&fields.rest);
    if !is_somewhere(address) && !members.any(|field| e.is_given(*field)) {
        e.given(fields.whole);
        e.behind(fields.whole, names.first);
        return;
    }
    e.object(fields.whole, |e| {
        for field in fields.ids {
            e.given(field);
        }
        let lines = [&address.line1, &address.line2, &address.line3];
        for ((field, line), origin) in fields.lines.into_iter().zip(lines).zip(names.lines) {
            e.text(field, line.as_deref(), origin);
        }
        e.text(fields.phone, address.phone.as_deref(), names.phone);
        e.text(fields.city, address.city.as_deref(), names.city);
        e.text(
            fields.postal_code,
            address.postal_code.as_deref(),
            names.postal_code,
        );
        e.text(fields.state, address.region.as_deref(), names.region);
        e.text(fields.country, address.country.as_deref(), names.country);
        for field in fields.rest {
            e.given(field);
        }
    });
}
