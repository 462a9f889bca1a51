//! Who bought, and who referred them.

use std::borrow::Cow;

use super::free_form::{Own, free_form};
use super::object_if;
use crate::order::{Address, Field, Order};
use crate::vendor::voucherify::fields::field;
use crate::vendor::{Encoder, FieldId, Origin};

/// Writes the customer, if the order knows an id or an e-mail address to name them by.
pub(super) fn customer(e: &mut Encoder<'_>) {
    let order = e.order;
    let known = order.customer.id.is_some() || order.customer.email.is_some();
    object_if(e, field!("customer"), None, known, |e| {
        let customer = &order.customer;
        let (address, fields) = address_of(order);
        e.given(field!("customer/id"));
        if customer.id.is_some() {
            let origin = Origin::Fields(&[Field::CustomerId]);
            e.text(field!("customer/source_id"), customer.id.as_deref(), origin);
        } else {
            let origin = Origin::Fields(&[Field::CustomerEmail]);
            e.text(
                field!("customer/source_id"),
                customer.email.as_deref(),
                origin,
            );
        }
        e.text(
            field!("customer/name"),
            order.customer_name().as_deref(),
            name_origin(order),
        );
        e.given(field!("customer/description"));
        e.text(
            field!("customer/email"),
            customer.email.as_deref(),
            Origin::Fields(&[Field::CustomerEmail]),
        );
        if customer.phone.is_some() {
            let origin = Origin::Fields(&[Field::CustomerPhone]);
            e.text(field!("customer/phone"), customer.phone.as_deref(), origin);
        } else {
            let origin = Origin::Fields(fields.phone);
            e.text(field!("customer/phone"), address.phone.as_deref(), origin);
        }
        birthdate(
            e,
            field!("customer/birthdate"),
            field!("customer/birthday"),
            customer.birthdate.as_deref(),
        );
        let known = has_place(address);
        object_if(e, field!("customer/address"), None, known, |e| {
            write_address(e, address, fields);
        });
        free_form(
            e,
            field!("customer/metadata"),
            field!("customer/metadata/?"),
            None,
            &Own::default(),
        );
    });
}

fn name_origin(order: &Order) -> Origin {
    let customer = &order.customer;
    if customer.name.is_some() {
        Origin::Fields(&[Field::CustomerName])
    } else if customer.first_name.is_some() || customer.last_name.is_some() {
        Origin::Fields(&[Field::CustomerFirstName, Field::CustomerLastName])
    } else if order.billing.name.is_some() {
        Origin::Fields(&[Field::BillingName])
    } else {
        Origin::Fields(&[Field::BillingFirstName, Field::BillingLastName])
    }
}

/// `birthday` is deprecated: what a mapping gives under that name is sent as `birthdate`.
fn birthdate(e: &mut Encoder<'_>, birthdate: FieldId, birthday: FieldId, of_order: Option<&str>) {
    match (e.vendor_field(birthdate), e.vendor_field(birthday)) {
        (None, Some(day)) => e.text(birthdate, Some(day), Origin::Mapping),
        _ => e.text(
            birthdate,
            of_order,
            Origin::Fields(&[Field::CustomerBirthdate]),
        ),
    }
}

/// Which fields of the order an address comes from.
struct AddressFields {
    city: &'static [Field],
    region: &'static [Field],
    line1: &'static [Field],
    line2: &'static [Field],
    country: &'static [Field],
    postal_code: &'static [Field],
    phone: &'static [Field],
}

static BILLING: AddressFields = AddressFields {
    city: &[Field::BillingCity],
    region: &[Field::BillingRegion],
    line1: &[Field::BillingLine1],
    line2: &[Field::BillingLine2, Field::BillingLine3],
    country: &[Field::BillingCountry],
    postal_code: &[Field::BillingPostalCode],
    phone: &[Field::BillingPhone],
};

static SHIPPING: AddressFields = AddressFields {
    city: &[Field::ShippingCity],
    region: &[Field::ShippingRegion],
    line1: &[Field::ShippingLine1],
    line2: &[Field::ShippingLine2, Field::ShippingLine3],
    country: &[Field::ShippingCountry],
    postal_code: &[Field::ShippingPostalCode],
    phone: &[Field::ShippingPhone],
};

/// The customer's own address is the bill's; the delivery's may be a neighbour's.
fn address_of(order: &Order) -> (&Address, &'static AddressFields) {
    if has_place(&order.billing) || !has_place(&order.shipping) {
        (&order.billing, &BILLING)
    } else {
        (&order.shipping, &SHIPPING)
    }
}

fn has_place(address: &Address) -> bool {
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

fn write_address(e: &mut Encoder<'_>, address: &Address, fields: &AddressFields) {
    let line2 = match (address.line2.as_deref(), address.line3.as_deref()) {
        (Some(second), Some(third)) => Cow::Owned(format!("{second}, {third}")),
        (line, None) | (None, line) => Cow::Borrowed(line.unwrap_or_default()),
    };
    for (field, value, origin) in [
        (
            field!("customer/address/city"),
            address.city.as_deref(),
            fields.city,
        ),
        (
            field!("customer/address/state"),
            address.region.as_deref(),
            fields.region,
        ),
        (
            field!("customer/address/line_1"),
            address.line1.as_deref(),
            fields.line1,
        ),
        (
            field!("customer/address/line_2"),
            Some(&*line2),
            fields.line2,
        ),
        (
            field!("customer/address/country"),
            address.country.as_deref(),
            fields.country,
        ),
        (
            field!("customer/address/postal_code"),
            address.postal_code.as_deref(),
            fields.postal_code,
        ),
    ] {
        e.text(field, value, Origin::Fields(origin));
    }
}

/// No order knows who referred the customer: only the mapping or the profile can.
pub(super) fn referrer(e: &mut Encoder<'_>) {
    object_if(e, field!("referrer"), None, false, |e| {
        for field in [
            field!("referrer/id"),
            field!("referrer/source_id"),
            field!("referrer/name"),
            field!("referrer/description"),
            field!("referrer/email"),
            field!("referrer/phone"),
        ] {
            e.given(field);
        }
        birthdate(
            e,
            field!("referrer/birthdate"),
            field!("referrer/birthday"),
            None,
        );
        object_if(e, field!("referrer/address"), None, false, |e| {
            for field in [
                field!("referrer/address/city"),
                field!("referrer/address/state"),
                field!("referrer/address/line_1"),
                field!("referrer/address/line_2"),
                field!("referrer/address/country"),
                field!("referrer/address/postal_code"),
            ] {
                e.given(field);
            }
        });
        free_form(
            e,
            field!("referrer/metadata"),
            field!("referrer/metadata/?"),
            None,
            &Own::default(),
        );
    });
}
