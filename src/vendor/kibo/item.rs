//! Writes a line: the product, and what one unit of it cost.

use crate::finding::{Finding, Target};
use crate::order::{Decimal, Field, LineItem};
use crate::vendor::Encoder;
use crate::vendor::sink::Origin;

use super::fields::{
    ACTUAL_PRICE, AVAILABILITY, CUSTOM_DATA, CUSTOM_ITEM_DATA, DEALER_MARGIN, EXTERNAL_ITEM_ID,
    ITEM_SHIPPING, ITEM_SHIPPING_TAX, ITEM_TAX_OVERRIDE, NAME, OPTIONS, PART_NUMBER, PRODUCT,
    PRODUCT_ID, QUANTITY, RETAIL_PRICE, SKU, SPECIFICS, UPC,
};
use super::rules::{KIB_01, KIB_16};
use super::sourced::Sourced;

/// Writes one line.
pub fn write(e: &mut Encoder<'_>, index: u32) {
    let order = e.order;
    let Some(line) = order.items.get(index as usize) else {
        return;
    };
    e.object(PRODUCT, |e| {
        e.sourced(PART_NUMBER, part_number(line));
        e.behind(PART_NUMBER, &[Field::ItemSku]);
        e.given(PRODUCT_ID);
        e.given(AVAILABILITY);
        e.text(
            NAME,
            line.name.as_deref(),
            Origin::Fields(&[Field::ItemName]),
        );
        match line.list_price {
            Some(price) => e.number(
                RETAIL_PRICE,
                Some(price),
                Origin::Fields(&[Field::ItemListPrice]),
            ),
            None => e.number(
                RETAIL_PRICE,
                line.unit_price,
                Origin::Fields(&[Field::ItemUnitPrice]),
            ),
        }
        e.given(DEALER_MARGIN);
        e.text(
            UPC,
            line.barcode.as_deref(),
            Origin::Fields(&[Field::ItemBarcode]),
        );
        e.text(SKU, line.sku.as_deref(), Origin::Fields(&[Field::ItemSku]));
    });
    e.object(SPECIFICS, |e| {
        e.text(
            EXTERNAL_ITEM_ID,
            line.id.as_deref(),
            Origin::Fields(&[Field::ItemId]),
        );
        let cost = UnitCost::of(line);
        e.number(ACTUAL_PRICE, cost.price, cost.origin);
        e.behind(ACTUAL_PRICE, &[Field::ItemUnitPrice]);
        if cost.price.is_none() {
            let sum = line.net();
            e.explain_price(&KIB_01, ACTUAL_PRICE, index, sum, line.quantity);
        }
        if let Some(sum) = cost.untold
            && e.vendor_field(ACTUAL_PRICE).is_none()
        {
            let target = Target::item("orderItems/*/itemSpecifics/actualPrice", index);
            let detail = format!(
                "{sum} for {} is no exact price of one, so the price before discounts is sent",
                line.quantity.unwrap_or_default()
            );
            e.note(Finding::new(&KIB_16, target, detail));
        }
        let whole = |quantity: Decimal| {
            if quantity.is_integer() {
                quantity.trunc()
            } else {
                quantity
            }
        };
        e.number(
            QUANTITY,
            line.quantity.map(whole),
            Origin::Fields(&[Field::ItemQuantity]),
        );
        e.given(ITEM_SHIPPING);
        e.given(ITEM_SHIPPING_TAX);
        e.number(
            ITEM_TAX_OVERRIDE,
            line.tax,
            Origin::Fields(&[Field::ItemTax]),
        );
        e.given(CUSTOM_ITEM_DATA);
        e.given(OPTIONS);
        e.given(CUSTOM_DATA);
    });
}

fn part_number(line: &LineItem) -> Option<(&str, Origin)> {
    [
        (line.sku.as_deref(), Origin::Fields(&[Field::ItemSku])),
        (
            line.barcode.as_deref(),
            Origin::Fields(&[Field::ItemBarcode]),
        ),
        (
            line.product_id.as_deref(),
            Origin::Fields(&[Field::ItemProductId]),
        ),
    ]
    .into_iter()
    .find_map(|(text, origin)| Some((text?, origin)))
}

/// What one unit cost the customer.
struct UnitCost {
    price: Option<Decimal>,
    origin: Origin,
    /// The line's sum after its discount, where the price can't hold it.
    untold: Option<Decimal>,
}

impl UnitCost {
    /// The line's sum after its own discount by its quantity where that is exact, else the price before it.
    fn of(line: &LineItem) -> Self {
        const AS_IT_IS: Origin = Origin::Fields(&[Field::ItemUnitPrice]);
        let has_sums = line.total.is_some() || line.subtotal.is_some() || line.discount.is_some();
        if line.unit_price.is_some() && !has_sums {
            return Self {
                price: line.unit_price,
                origin: AS_IT_IS,
                untold: None,
            };
        }
        let gross = line
            .unit_price
            .zip(line.quantity)
            .and_then(|(price, quantity)| price.checked_mul(quantity));
        let net = line.total.or_else(|| {
            line.subtotal
                .or(gross)?
                .checked_sub(line.discount.unwrap_or_default())
        });
        if gross == net && line.unit_price.is_some() {
            return Self {
                price: line.unit_price,
                origin: AS_IT_IS,
                untold: None,
            };
        }
        if let Some(price) = net
            .zip(line.quantity)
            .and_then(|(net, quantity)| per_unit(net, quantity))
        {
            let origin = Origin::Reckoned("the line's sum after its own discount, by its quantity");
            return Self {
                price: Some(price),
                origin,
                untold: None,
            };
        }
        Self {
            price: line.unit_price,
            origin: AS_IT_IS,
            untold: line.unit_price.and(net),
        }
    }
}

/// `net ÷ quantity`, written with two decimals where `net` has them; `None` where it is not exact.
fn per_unit(net: Decimal, quantity: Decimal) -> Option<Decimal> {
    /// More decimals than a price has: a quotient that was cut off.
    const MOST_DECIMALS: u32 = 10;
    let mut price = net.checked_div(quantity)?.normalize();
    if price.scale() > MOST_DECIMALS || price.checked_mul(quantity)? != net {
        return None;
    }
    let least = net.scale().min(2);
    if price.scale() < least {
        price.rescale(least);
    }
    Some(price)
}
