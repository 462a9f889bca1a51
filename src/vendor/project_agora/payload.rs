//! Order → Project Agora payload. Prices are decimal texts; the order's discount is shared over its lines,
//! because the vendor wants each item's price after all discounts.

use rust_decimal::Decimal;

use super::fields::id;
use super::rules;
use super::settings::{gtin_prefix, total_is_of_a_unit};
use crate::order::money::{self, trim_scale};
use crate::order::{Currency, Field, LineItem, Order};
use crate::vendor::facts::Scalar;
use crate::vendor::{Encoder, Origin};

/// The most decimals of a price that came out of a division; more would be a period cut off.
const MOST_DECIMALS: u32 = 8;

/// Writes the payload of one order.
pub fn encode(encoder: &mut Encoder<'_>) {
    let order = encoder.order;
    encoder.text(id::ID, Some(&order.id), Origin::Fields(&[Field::Id]));
    let mut room = [0; 25];
    let date = order.placed_at.map(|moment| moment.text(&mut room));
    let origin = Origin::Fields(&[Field::PlacedAt]);
    encoder.text(id::ORDER_DATE, date.as_deref(), origin);
    encoder.given(id::TEAM_ID);
    let origin = Origin::Fields(&[Field::CustomerId]);
    encoder.text(id::CUSTOMER_ID, order.customer.id.as_deref(), origin);
    let origin = Origin::Fields(&[Field::SessionId]);
    encoder.text(id::SESSION_ID, order.session_id.as_deref(), origin);
    encoder.given(id::AD_IDS);
    let totals = line_totals(order);
    encoder.items(id::ITEMS, |encoder, index| {
        let line = order.items.get(index as usize);
        let total = totals.get(index as usize).copied().flatten();
        if let Some(line) = line {
            item(encoder, order, line, index, total);
        }
    });
}

fn item(
    encoder: &mut Encoder<'_>,
    order: &Order,
    line: &LineItem,
    index: u32,
    total: Option<Decimal>,
) {
    gtin(encoder, line);
    // An integer has no decimals: 3.00 is sent as 3.
    let quantity = line.quantity.map(|quantity| quantity.normalize());
    let origin = Origin::Fields(&[Field::ItemQuantity]);
    encoder.number(id::QUANTITY, quantity, origin);
    let (price, origin) = unit_price(line);
    encoder.decimal_text(id::REGULAR_UNIT_PRICE, price, origin);
    encoder.behind(id::REGULAR_UNIT_PRICE, &[Field::ItemUnitPrice]);
    if price.is_none() {
        let rule = &rules::PAC_01;
        encoder.explain_price(rule, id::REGULAR_UNIT_PRICE, index, line.gross(), quantity);
    }
    let (total, origin) = if total_is_of_a_unit(encoder.account) {
        let decimals = order.currency.map_or(2, Currency::decimals);
        let unit = total.and_then(|total| of_one(total, line.quantity?, decimals));
        (
            unit,
            Origin::Reckoned("the line after all discounts, divided by its quantity"),
        )
    } else {
        (
            total,
            Origin::Reckoned("the line after its discount and its share of the order's"),
        )
    };
    encoder.decimal_text(id::TOTAL, total, origin);
    encoder.behind(id::TOTAL, &[Field::ItemTotal, Field::ItemUnitPrice]);
    let origin = Origin::Fields(&[Field::ItemAdId]);
    encoder.text(id::AD_ID, line.ad_id.as_deref(), origin);
    encoder.given(id::CITRUS_DISCOUNT);
    encoder.given(id::SUBSTITUTED_FOR);
    encoder.given(id::SELLER_ID);
}

/// The `pa_id`: what the mapping says, else the SKU; bare ones get the prefix of the settings.
fn gtin(encoder: &mut Encoder<'_>, line: &LineItem) {
    encoder.behind(id::GTIN, &[Field::ItemSku]);
    let mapped = encoder.vendor_field(id::GTIN);
    let prefix = gtin_prefix(encoder.account);
    let bare = mapped.or(line.sku.as_deref());
    match (bare, prefix) {
        (Some(sku), Some(prefix)) if !has_prefix(sku) => {
            let whole = [prefix, "--", sku].concat();
            let origin = Origin::Reckoned("`gtin_prefix`, two dashes, the SKU");
            // By name, so that a bare value of the mapping doesn't take precedence over itself with its prefix.
            encoder.named(id::GTIN, "gtin", Scalar::Text(&whole), origin);
        }
        _ => encoder.text(
            id::GTIN,
            line.sku.as_deref(),
            Origin::Fields(&[Field::ItemSku]),
        ),
    }
}

/// Whether it is of the form `prefix--SKU`; the prefix may hold single dashes.
pub fn has_prefix(gtin: &str) -> bool {
    // By bytes: searching for a text costs more than the few that there are.
    let dashes = gtin.as_bytes().windows(2).position(|pair| pair == b"--");
    dashes.is_some_and(|place| place > 0 && place + 2 < gtin.len())
}

fn unit_price(line: &LineItem) -> (Option<Decimal>, Origin) {
    if line.unit_price.is_some() {
        return (line.unit_price, Origin::Fields(&[Field::ItemUnitPrice]));
    }
    let price = line.gross().and_then(|gross| {
        let quantity = line.quantity?;
        let price = gross.checked_div(quantity)?.normalize();
        let exact = price.scale() <= MOST_DECIMALS && price.checked_mul(quantity)? == gross;
        exact.then(|| with_cents(price, gross))
    });
    (
        price,
        Origin::Reckoned("the line's sum divided by its quantity"),
    )
}

/// A line's price for one unit, rounded to the smallest unit where it doesn't come out even.
fn of_one(total: Decimal, quantity: Decimal, decimals: u32) -> Option<Decimal> {
    let price = total.checked_div(quantity)?.normalize();
    if price.scale() <= MOST_DECIMALS && price.checked_mul(quantity)? == total {
        return Some(with_cents(price, total));
    }
    Some(price.round_dp(decimals))
}

/// 30.00 ÷ 4 is 7.50, not 7.5.
fn with_cents(mut price: Decimal, sum: Decimal) -> Decimal {
    let least = sum.scale().min(2);
    if price.scale() < least {
        price.rescale(least);
    }
    price
}

/// What each line cost after its own discount and its share of the order's, shared in the smallest unit by
/// largest remainder. A discount beyond the lines' sum lies on the shipping and is no line's.
fn line_totals(order: &Order) -> Vec<Option<Decimal>> {
    let nets: Vec<Option<Decimal>> = order.items.iter().map(LineItem::net).collect();
    shared(order, &nets).unwrap_or(nets)
}

fn shared(order: &Order, nets: &[Option<Decimal>]) -> Option<Vec<Option<Decimal>>> {
    let discount = order.discount_total.filter(|amount| !amount.is_zero())?;
    let weights: Vec<Decimal> = nets.iter().copied().collect::<Option<_>>()?;
    let sum = weights
        .iter()
        .try_fold(Decimal::ZERO, |sum, net| sum.checked_add(*net))?;
    let discount = discount.min(sum);
    let finest = discount.normalize().scale();
    let decimals = order.currency.map_or(2, Currency::decimals).max(finest);
    let shares = money::share(discount, &weights, decimals)?;
    weights
        .iter()
        .zip(shares)
        .map(|(net, share)| Some(Some(trim_scale(net.checked_sub(share)?))))
        .collect()
}
