//! Writes an order as Voucherify's import takes it: whole amounts in the smallest currency unit, gross
//! lines, order discounts apart, and in `metadata` what has no field.

mod free_form;

use rust_decimal::Decimal;

use self::free_form::{Member, free_form};
use super::fields::{TABLE, field};
use super::settings;
use crate::order::money::minor_units;
use crate::order::outcome::Operation;
use crate::order::{Address, Field, LineItem, Order, Stage};
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
    let order = e.order;
    match sum_of_lines(order) {
        Some(sum) => amount(
            e,
            field!("amount"),
            Some(sum),
            decimals,
            Origin::Reckoned("sum of the items' amounts"),
        ),
        None => amount(
            e,
            field!("amount"),
            order.total,
            decimals,
            Origin::Fields(&[Field::Total]),
        ),
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
    let minor = value.and_then(|value| {
        minor_units(value, decimals)
            .or_else(|| Some(value.checked_mul(scale(decimals)?)?.normalize()))
    });
    e.number(field, minor, origin);
}

fn scale(decimals: u32) -> Option<Decimal> {
    10_u64.checked_pow(decimals).map(Decimal::from)
}

fn customer(e: &mut Encoder<'_>) {
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
            Vec::new(),
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
    let line2 = [address.line2.as_deref(), address.line3.as_deref()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ");
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
            Some(line2.as_str()),
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
fn referrer(e: &mut Encoder<'_>) {
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
            Vec::new(),
        );
    });
}

/// What names the line at the vendor: its id, which object that is, and the order's field.
fn named_by(line: &LineItem) -> Option<(&str, &'static str, Field)> {
    if let Some(sku) = &line.sku {
        Some((sku, "sku", Field::ItemSku))
    } else if let Some(product) = &line.product_id {
        Some((product, "product", Field::ItemProductId))
    } else {
        let variant = line.variant_id.as_deref()?;
        Some((variant, "sku", Field::ItemVariantId))
    }
}

fn item(e: &mut Encoder<'_>, index: u32, decimals: u32) {
    let order = e.order;
    let Some(line) = order.items.get(index as usize) else {
        return;
    };
    let (id, object) = match named_by(line) {
        Some((id, object, field)) => (Some((id, field)), Some(object)),
        None => (None, None),
    };
    e.text(
        field!("items/*/source_id"),
        id.map(|(id, _)| id),
        id.map_or(Origin::Fixed, |(_, field)| id_origin(field)),
    );
    e.text(field!("items/*/related_object"), object, Origin::Fixed);
    e.given(field!("items/*/product_id"));
    e.given(field!("items/*/sku_id"));
    e.number(
        field!("items/*/quantity"),
        line.quantity.map(|quantity| quantity.normalize()),
        Origin::Fields(&[Field::ItemQuantity]),
    );
    e.given(field!("items/*/initial_quantity"));
    e.given(field!("items/*/discount_quantity"));
    let gross = line.gross();
    // A price with more digits than the unit has is left out where the line's sum stands for it.
    let price = line
        .unit_price
        .filter(|price| gross.is_none() || minor_units(*price, decimals).is_some());
    amount(
        e,
        field!("items/*/price"),
        price,
        decimals,
        Origin::Fields(&[Field::ItemUnitPrice]),
    );
    let origin = if line.subtotal.is_some() {
        Origin::Fields(&[Field::ItemSubtotal])
    } else {
        Origin::Reckoned("unit price × quantity")
    };
    amount(e, field!("items/*/amount"), gross, decimals, origin);
    e.given(field!("items/*/initial_amount"));
    amount(
        e,
        field!("items/*/discount_amount"),
        line.discount,
        decimals,
        Origin::Fields(&[Field::ItemDiscount]),
    );
    product(e, line, index);
    sku(e, line, index);
    free_form(
        e,
        field!("items/*/metadata"),
        field!("items/*/metadata/?"),
        Some(index),
        Vec::new(),
    );
}

fn id_origin(field: Field) -> Origin {
    match field {
        Field::ItemSku => Origin::Fields(&[Field::ItemSku]),
        Field::ItemProductId => Origin::Fields(&[Field::ItemProductId]),
        _ => Origin::Fields(&[Field::ItemVariantId]),
    }
}

fn product(e: &mut Encoder<'_>, line: &LineItem, index: u32) {
    let known = line.product_id.is_some() || line.name.is_some();
    object_if(e, field!("items/*/product"), Some(index), known, |e| {
        e.given(field!("items/*/product/id"));
        e.text(
            field!("items/*/product/source_id"),
            line.product_id.as_deref(),
            Origin::Fields(&[Field::ItemProductId]),
        );
        e.given(field!("items/*/product/override"));
        e.text(
            field!("items/*/product/name"),
            line.name.as_deref(),
            Origin::Fields(&[Field::ItemName]),
        );
        e.given(field!("items/*/product/price"));
        e.given(field!("items/*/product/metadata"));
    });
}

fn sku(e: &mut Encoder<'_>, line: &LineItem, index: u32) {
    object_if(e, field!("items/*/sku"), Some(index), false, |e| {
        e.given(field!("items/*/sku/id"));
        e.text(
            field!("items/*/sku/source_id"),
            line.sku.as_deref(),
            Origin::Fields(&[Field::ItemSku]),
        );
        e.given(field!("items/*/sku/override"));
        e.given(field!("items/*/sku/sku"));
        e.given(field!("items/*/sku/price"));
        e.given(field!("items/*/sku/metadata"));
    });
}

/// What has no field of its own: the date, since the import stamps its own, and the rest of the total.
fn metadata(e: &mut Encoder<'_>) {
    let order = e.order;
    let mut own = Vec::with_capacity(4);
    if let Some(placed_at) = &order.placed_at {
        own.push((
            settings::order_date_key(e.account),
            Member::Text(placed_at.to_string()),
            Origin::Fields(&[Field::PlacedAt]),
        ));
    }
    for (name, value, origin) in [
        (
            "shipping",
            order.shipping_total,
            Origin::Fields(&[Field::ShippingTotal]),
        ),
        ("tax", order.tax_total, Origin::Fields(&[Field::TaxTotal])),
        ("total", order.total, Origin::Fields(&[Field::Total])),
    ] {
        if let Some(value) = value {
            own.push((name, Member::Number(value), origin));
        }
    }
    free_form(e, field!("metadata"), field!("metadata/?"), None, own);
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
        || e.account.defaults.keys().any(|path| inside(path))
        || e.account.sandbox_defaults.keys().any(|path| inside(path))
}
