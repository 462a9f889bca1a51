//! Order → Kameleoon payload.

use rust_decimal::Decimal;
use serde_json::Value;

use super::fields::id;
use super::item;
use super::settings::status_word;
use crate::order::outcome::Operation;
use crate::order::{Address, Field, Order, Stage};
use crate::vendor::facts::{Scalar, exact_decimal};
use crate::vendor::{Account, Encoder, FieldId, Origin};

/// Writes the payload of one order.
pub fn encode(encoder: &mut Encoder<'_>) {
    let order = encoder.order;
    encoder.text(id::ID, Some(&order.id), Origin::Fields(&[Field::Id]));
    if encoder.operation == Operation::Cancel {
        // Exactly id and status: whatever the mapping says of the status is not what is meant here.
        let word = status_word(encoder.account, Stage::Cancelled);
        let value = Scalar::Text(word);
        encoder.named(id::STATUS, "status", value, Origin::Setting("status"));
        return;
    }
    head(encoder, order);
    details(encoder, order);
    encoder.object(id::VALUE, |encoder| {
        encoder.number(id::TOTAL, order.total, Origin::Fields(&[Field::Total]));
    });
    encoder.object(id::PAYMENT_STRUCTURE, |encoder| {
        payment_structure(encoder, order);
    });
    if encoder.operation == Operation::Status {
        encoder.elements(id::ITEMS, &[], |_, _, _| {});
    } else {
        item::items(encoder, order);
    }
}

/// What a payload does by its shape; `None` for an import, or for what nobody can tell.
pub fn operation_of(payload: &Value, account: &Account) -> Option<Operation> {
    let members = payload.as_object()?;
    if members
        .get("items")
        .and_then(Value::as_array)
        .is_some_and(Vec::is_empty)
    {
        return Some(Operation::Status);
    }
    let status = members.get("status")?.as_str()?;
    let is_cancelled = status.eq_ignore_ascii_case("cancelled")
        || status == status_word(account, Stage::Cancelled);
    (members.len() == 2 && members.contains_key("id") && is_cancelled).then_some(Operation::Cancel)
}

fn head(encoder: &mut Encoder<'_>, order: &Order) {
    let customer = &order.customer;
    if encoder.account.text("external_id_from", "customer_id") == "email" {
        let origin = Origin::Fields(&[Field::CustomerEmail]);
        encoder.text(id::EXTERNAL_ID, customer.email.as_deref(), origin);
    } else {
        let origin = Origin::Fields(&[Field::CustomerId]);
        encoder.text(id::EXTERNAL_ID, customer.id.as_deref(), origin);
    }
    let word = status_word(encoder.account, order.stage());
    let origin = Origin::Fields(&[Field::Payment, Field::Fulfilment, Field::Cancelled]);
    encoder.text(id::STATUS, Some(word), origin);
    let origin = Origin::Fields(&[Field::Channel]);
    encoder.text(id::CHANNEL, order.channel.as_deref(), origin);
    let (moment, origin) = if order.placed_at.is_some() || order.updated_at.is_none() {
        (order.placed_at, Origin::Fields(&[Field::PlacedAt]))
    } else {
        (order.updated_at, Origin::Fields(&[Field::UpdatedAt]))
    };
    match moment.map(|moment| moment.unix_seconds()) {
        Some(seconds @ 0..) => encoder.natural(id::DATE, seconds.unsigned_abs(), origin),
        seconds => encoder.number(id::DATE, seconds.map(Decimal::from), origin),
    }
}

fn details(encoder: &mut Encoder<'_>, order: &Order) {
    encoder.boolean(
        id::OFFLINE,
        order.offline,
        Origin::Fields(&[Field::Offline]),
    );
    let mut text = |field, value: Option<&str>, origin| encoder.text(field, value, origin);
    text(
        id::LOCATION_ID,
        order.location_id.as_deref(),
        Origin::Fields(&[Field::LocationId]),
    );
    text(
        id::PROMOCODE,
        order.discount_code.as_deref(),
        Origin::Fields(&[Field::DiscountCode]),
    );
    text(
        id::DELIVERY_TYPE,
        order.shipping_method.as_deref(),
        Origin::Fields(&[Field::ShippingMethod]),
    );
    text(
        id::DELIVERY_ADDRESS,
        one_line(&order.shipping).as_deref(),
        Origin::Fields(&[
            Field::ShippingLine1,
            Field::ShippingLine2,
            Field::ShippingLine3,
            Field::ShippingCity,
            Field::ShippingRegion,
            Field::ShippingPostalCode,
            Field::ShippingCountry,
        ]),
    );
    text(
        id::DELIVERY_DATE,
        order.delivery_date.as_deref(),
        Origin::Fields(&[Field::DeliveryDate]),
    );
    text(
        id::DELIVERY_TIME,
        order.delivery_time.as_deref(),
        Origin::Fields(&[Field::DeliveryTime]),
    );
    text(
        id::PAYMENT_TYPE,
        order.payment_method.as_deref(),
        Origin::Fields(&[Field::PaymentMethod]),
    );
    for field in [
        id::TAX_FREE,
        id::BANK_ISSUER,
        id::BANK_POS_PROCESSOR,
        id::BANK_LOYALTY_PROGRAM,
        id::BANK_TOTAL_INSTALLMENT,
        id::PAYMENT_CARD_PROVIDER,
        id::GIFT_PACKAGE,
    ] {
        encoder.given(field);
    }
}

/// An address in one line, as the page's example writes it; `None` where there is nothing to write.
fn one_line(address: &Address) -> Option<String> {
    /// Most addresses fit, in one piece of memory.
    const ROOM: usize = 96;
    let mut parts = [
        &address.line1,
        &address.line2,
        &address.line3,
        &address.city,
        &address.region,
        &address.postal_code,
        &address.country,
    ]
    .into_iter()
    .filter_map(|part| part.as_deref());
    let mut line = String::with_capacity(ROOM);
    line.push_str(parts.next()?);
    for part in parts {
        line.push_str(", ");
        line.push_str(part);
    }
    Some(line)
}

fn payment_structure(encoder: &mut Encoder<'_>, order: &Order) {
    let part = |field, value| in_force(encoder, field, value).unwrap_or(Decimal::ZERO);
    let bonuses = part(id::BONUSES, order.gift_card_total);
    let delivery = part(id::DELIVERY, order.shipping_total);
    let discount = part(id::DISCOUNT, order.discount_total);
    let cash = in_force(encoder, id::TOTAL, order.total)
        .and_then(|total| total.checked_sub(bonuses))
        .and_then(|rest| rest.checked_sub(delivery))
        .and_then(|rest| rest.checked_add(discount));
    let reckoned = Origin::Reckoned("total − bonuses − delivery + discount");
    encoder.number(id::CASH, cash, reckoned);
    encoder.behind(id::CASH, &[Field::Total]);
    encoder.number(
        id::BONUSES,
        order.gift_card_total,
        Origin::Fields(&[Field::GiftCardTotal]),
    );
    encoder.number(
        id::DELIVERY,
        order.shipping_total,
        Origin::Fields(&[Field::ShippingTotal]),
    );
    encoder.number(
        id::DISCOUNT,
        order.discount_total,
        Origin::Fields(&[Field::DiscountTotal]),
    );
}

/// The number that the encoder will write for a field, by its own precedence.
fn in_force(encoder: &Encoder<'_>, field: FieldId, value: Option<Decimal>) -> Option<Decimal> {
    if let Some(text) = encoder.vendor_field(field) {
        return exact_decimal(text);
    }
    value.or_else(|| {
        let default = encoder.default_of(field)?;
        exact_decimal(default.as_number()?.as_str())
    })
}
