//! The lines of an order → the items of a Kameleoon payload: ids, whole quantities, unit prices.

use rust_decimal::Decimal;

use super::fields::id;
use super::rules;
use super::settings::line_status;
use crate::finding::{Finding, Severity, Target};
use crate::order::money::trim_scale;
use crate::order::{Currency, Field, LineItem, Order};
use crate::vendor::{Encoder, Origin};

/// Writes the lines; those that repeat to the letter as one, if the account says so.
pub fn items(encoder: &mut Encoder<'_>, order: &Order) {
    let merge = encoder.account.text("repeated_lines", "refuse") == "merge";
    let lines = distinct_lines(order, merge);
    let indexes: Vec<u32> = lines.iter().map(|(line, _)| *line).collect();
    encoder.elements(id::ITEMS, &indexes, |encoder, line, position| {
        let times = lines.get(position as usize).map_or(1, |(_, times)| *times);
        if let Some(line) = order.items.get(line as usize) {
            item(encoder, order, line, position, times);
        }
    });
}

/// The lines to send, each with how often it stands in the order. Only lines that repeat to the letter, what
/// the mapping says for this vendor included, are one line: a difference, if only of the line's id, means two.
fn distinct_lines(order: &Order, merge: bool) -> Vec<(u32, u32)> {
    let mut lines: Vec<(u32, u32)> = Vec::with_capacity(order.items.len());
    for (index, line) in order.items.iter().enumerate() {
        let index = index as u32;
        let twin = lines.iter_mut().find(|(other, _)| {
            merge
                && order.items.get(*other as usize) == Some(line)
                && same_vendor_fields(order, *other, index)
        });
        match twin {
            Some((_, times)) => *times += 1,
            None => lines.push((index, 1)),
        }
    }
    lines
}

fn same_vendor_fields(order: &Order, one: u32, other: u32) -> bool {
    let fields = |item: u32| {
        order
            .vendor_fields
            .iter()
            .filter(move |field| field.item == Some(item))
            .map(|field| (&field.vendor, &field.path, &field.value))
    };
    fields(one).eq(fields(other))
}

fn item(encoder: &mut Encoder<'_>, order: &Order, line: &LineItem, position: u32, times: u32) {
    let (product, origin) = product_id(line, encoder.account.text("item_id_from", "sku"));
    encoder.text(id::ITEM_ID, product, origin);
    let amounts = Amounts::of(line, times);
    encoder.number(id::PRICE, amounts.price, amounts.price_origin);
    encoder.behind(id::PRICE, &[Field::ItemUnitPrice]);
    if amounts.price.is_none() {
        let sum = gross(line).and_then(|sum| repeated(sum, times));
        encoder.explain_price(&rules::KAM_01, id::PRICE, position, sum, amounts.quantity);
    }
    encoder.number(id::QUANTITY, amounts.quantity, amounts.quantity_origin);
    encoder.behind(id::QUANTITY, &[Field::ItemQuantity]);
    let status = line_status(order, line.status);
    let origin = Origin::Fields(&[
        Field::ItemStatus,
        Field::Payment,
        Field::Fulfilment,
        Field::Cancelled,
    ]);
    encoder.text(id::ITEM_STATUS, Some(status.name()), origin);
    encoder.number(
        id::ORIGINAL_PRICE,
        amounts.original_price,
        Origin::Fields(&[Field::ItemListPrice]),
    );
    let (discount, origin) = if encoder.account.text("discount_product", "amount") == "price" {
        let decimals = order.currency.map_or(2, Currency::decimals);
        let origin = Origin::Reckoned("price of one unit after the line's discount");
        (discounted_price(line, times, decimals), origin)
    } else {
        let discount = line.discount.and_then(|amount| repeated(amount, times));
        (discount, Origin::Fields(&[Field::ItemDiscount]))
    };
    encoder.number(id::DISCOUNT_PRODUCT, discount, origin);
    encoder.given(id::DISCOUNT_BONUSES);
    encoder.given(id::DELIVERY_COMPANY);
    let barcode = match encoder.account.text("barcode_field", "barcode") {
        "barcode_id" => id::BARCODE_ID,
        _ => id::BARCODE,
    };
    let origin = Origin::Fields(&[Field::ItemBarcode]);
    encoder.text(barcode, line.barcode.as_deref(), origin);
    encoder.text(
        id::LINE_ID,
        line.id.as_deref(),
        Origin::Fields(&[Field::ItemId]),
    );
    encoder.given(id::CANCEL_REASON);

    if let Some(detail) = amounts.converted {
        let target = Target::item("items/*/quantity", position);
        encoder.note(Finding::new(&rules::KAM_09, target, detail));
    }
    if times > 1 {
        let target = Target::item("items/*/id", position);
        let detail = format!(
            "it stands {times} times to the letter, sent as one line with the quantities added"
        );
        let mut note = Finding::new(&rules::KAM_07, target, detail);
        note.severity = Severity::Warning;
        encoder.note(note);
    }
}

/// The line's id as the product feed has it: the chosen kind first, then the others.
fn product_id<'a>(line: &'a LineItem, first: &str) -> (Option<&'a str>, Origin) {
    let sku = (line.sku.as_deref(), Origin::Fields(&[Field::ItemSku]));
    let variant = (
        line.variant_id.as_deref(),
        Origin::Fields(&[Field::ItemVariantId]),
    );
    let product = (
        line.product_id.as_deref(),
        Origin::Fields(&[Field::ItemProductId]),
    );
    let order = match first {
        "variant_id" => [variant, sku, product],
        "product_id" => [product, sku, variant],
        _ => [sku, variant, product],
    };
    order
        .into_iter()
        .find(|(id, _)| id.is_some())
        .unwrap_or(sku)
}

/// What a line costs, as it is sent.
struct Amounts {
    price: Option<Decimal>,
    price_origin: Origin,
    quantity: Option<Decimal>,
    quantity_origin: Origin,
    original_price: Option<Decimal>,
    /// What was done to a quantity that is no whole number.
    converted: Option<String>,
}

impl Amounts {
    fn of(line: &LineItem, times: u32) -> Self {
        let quantity = line.quantity.and_then(|quantity| repeated(quantity, times));
        match quantity {
            Some(quantity) if !quantity.is_integer() => Self::of_fraction(line, quantity, times),
            _ => {
                let (price, price_origin) = unit_price(line);
                Self {
                    price,
                    price_origin,
                    // An integer has no decimals: 3.00 is sent as 3.
                    quantity: quantity.map(|quantity| quantity.normalize()),
                    quantity_origin: Origin::Fields(&[Field::ItemQuantity]),
                    original_price: line.list_price,
                    converted: None,
                }
            }
        }
    }

    /// 1.5 kg at 4.00 is sent as one piece at 6.00.
    fn of_fraction(line: &LineItem, quantity: Decimal, times: u32) -> Self {
        let price = gross(line)
            .and_then(|gross| repeated(gross, times))
            .map(trim_scale);
        let shown = price.map_or_else(|| "the line's price".to_owned(), |price| price.to_string());
        Self {
            price,
            price_origin: Origin::Reckoned("the line's price, as the quantity is no whole number"),
            quantity: Some(Decimal::ONE),
            quantity_origin: Origin::Reckoned("1, as the quantity is no whole number"),
            original_price: line
                .list_price
                .and_then(|price| price.checked_mul(quantity))
                .map(trim_scale),
            converted: Some(format!("{quantity} is sent as 1 at {shown}")),
        }
    }
}

/// An amount of a line that stands in the order so many times; once keeps its digits, zeros included.
fn repeated(amount: Decimal, times: u32) -> Option<Decimal> {
    if times == 1 {
        Some(amount)
    } else {
        amount.checked_mul(times.into())
    }
}

/// The line's sum before discounts, from whatever the source gives.
fn gross(line: &LineItem) -> Option<Decimal> {
    line.gross().or_else(|| {
        line.total?
            .checked_add(line.discount.unwrap_or(Decimal::ZERO))
    })
}

fn unit_price(line: &LineItem) -> (Option<Decimal>, Origin) {
    if line.unit_price.is_some() {
        return (line.unit_price, Origin::Fields(&[Field::ItemUnitPrice]));
    }
    let price = gross(line).and_then(|gross| {
        let quantity = line.quantity?;
        divided(gross, quantity)
    });
    let origin = Origin::Reckoned("the line's sum divided by its quantity");
    (price, origin)
}

/// Price of one unit after the line's discount, rounded to the currency's smallest unit where it doesn't come
/// out even; `None` where the line has no discount.
fn discounted_price(line: &LineItem, times: u32, decimals: u32) -> Option<Decimal> {
    line.discount?;
    let net = repeated(line.net()?, times)?;
    let quantity = repeated(line.quantity?, times)?;
    // A fraction is sent as one piece.
    let pieces = if quantity.is_integer() {
        quantity
    } else {
        Decimal::ONE
    };
    divided(net, pieces).or_else(|| Some(net.checked_div(pieces)?.round_dp(decimals)))
}

/// A sum divided by a quantity where that comes out even: the price times the quantity is the sum again.
fn divided(sum: Decimal, quantity: Decimal) -> Option<Decimal> {
    // Longer than that is a period cut off.
    const MOST_DECIMALS: u32 = 8;
    let price = sum.checked_div(quantity)?.normalize();
    let exact = price.scale() <= MOST_DECIMALS && price.checked_mul(quantity)? == sum;
    exact.then(|| at_least_two_decimals(price, sum))
}

/// 30.00 ÷ 4 is 7.50, not 7.5; but 30 ÷ 5 is 6.
fn at_least_two_decimals(mut price: Decimal, sum: Decimal) -> Decimal {
    let least = sum.scale().min(2);
    if price.scale() < least {
        price.rescale(least);
    }
    price
}
