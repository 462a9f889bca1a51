//! One line of an order.

use super::free_form::{Own, free_form};
use super::{amount, object_if};
use crate::order::money::{minor_units, plain_units};
use crate::order::{Field, LineItem};
use crate::vendor::voucherify::fields::field;
use crate::vendor::{Encoder, Origin};

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

/// Writes the line of that index.
pub(super) fn item(e: &mut Encoder<'_>, index: u32, decimals: u32) {
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
    let origin = Origin::Fields(&[Field::ItemQuantity]);
    match line
        .quantity
        .as_ref()
        .and_then(|quantity| plain_units(quantity, 0))
    {
        Some(quantity) => e.natural(field!("items/*/quantity"), quantity, origin),
        None => e.number(
            field!("items/*/quantity"),
            line.quantity.map(|quantity| quantity.normalize()),
            origin,
        ),
    }
    e.given(field!("items/*/initial_quantity"));
    e.given(field!("items/*/discount_quantity"));
    sums(e, line, decimals);
    e.behind(field!("items/*/amount"), &[Field::ItemUnitPrice]);
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
        &Own::default(),
    );
}

/// Writes what one of it costs, and all of it.
fn sums(e: &mut Encoder<'_>, line: &LineItem, decimals: u32) {
    let of_price = Origin::Fields(&[Field::ItemUnitPrice]);
    let of_amount = if line.subtotal.is_some() {
        Origin::Fields(&[Field::ItemSubtotal])
    } else {
        Origin::Reckoned("unit price × quantity")
    };
    let price = line.unit_price.as_ref();
    let plain_price = price.and_then(|price| plain_units(price, decimals));
    if let (Some(price), Some(gross)) = (plain_price, line.plain_gross(decimals)) {
        e.natural(field!("items/*/price"), price, of_price);
        e.natural(field!("items/*/amount"), gross, of_amount);
        return;
    }
    let gross = line.gross();
    // A price with more digits than the unit has is left out where the line's sum stands for it.
    let price = line
        .unit_price
        .filter(|price| gross.is_none() || minor_units(*price, decimals).is_some());
    amount(e, field!("items/*/price"), price, decimals, of_price);
    amount(e, field!("items/*/amount"), gross, decimals, of_amount);
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
