//! Writes Kibo's payload of one order: an import, or the same order as cancelled.

use crate::finding::{Finding, Target};
use crate::order::outcome::Operation;
use crate::order::{Decimal, Field, Order, Stage};
use crate::vendor::facts::Scalar;
use crate::vendor::sink::Origin;
use crate::vendor::{Account, Encoder, Environment};

use super::address::{self, Source};
use super::fields::{
    ALLOW_SPLIT, ASSIGNED_LOCATION, AUTH_AMOUNT, AUTHORIZATION_ID, BILLING, CARD_NUMBER, CART_ID,
    CATALOG_ID, CHANNEL, CURRENCY, CURRENCY_LOCALE, CUSTOM_ORDER_DATA, CUSTOMER_IP, DISCOUNTS,
    EXPECTED_DELIVERY_DATE, EXTERNAL_ORDER_ID, FORCE_ITEM_TAX_OVERRIDE, FRAUD_DATA, GIFT_MESSAGE,
    GIFT_RECIPIENT, IMPORTED_CREATION_DATE, IS_TEST_ORDER, ITEMS, LANDING_CODE, LOCALE,
    MANUFACTURER_ID, MAX_AMOUNT, NO_OPERATION_TYPE, OPT_IN_RETAILER, ORDER_COMMENT, ORDER_GIFT,
    ORDER_ID, ORDER_PAYMENT_ID, ORDER_STATUS, OUTER_PAYMENT_TYPE, PAYMENT_METHOD,
    PAYMENT_METHOD_ID, PAYMENT_TYPE, PAYMENTS, PROMOTIONS, SEND_EMAIL, SHIPPING, SHIPPING_CLASS,
    SHIPPING_METHOD, SHIPPING_TAX, SHIPPING_TAX_RATE, SHIPPING_TYPE, TRANSACTION_ID, USE_INVENTORY,
};
use super::rules::KIB_16;
use super::{customer, item};

/// Stands for a returned order, which Kibo's page has no status for: KIB-03 tells it.
pub const RETURNED: &str = "RETURNED";
/// The status of a cancelled order.
pub const CANCELLED: &str = "CANCELLED";
/// What a payment method that no setting names is sent as.
const NO_OPERATION: &str = "NO";

/// Kibo's word for an order's stage: the profile's, else the default table's.
pub fn status_word(account: &Account, stage: Stage) -> &str {
    account.word("status", stage.name()).unwrap_or(match stage {
        Stage::Pending | Stage::Paid => "READY",
        Stage::Shipped | Stage::Delivered => "SHIPPED",
        Stage::Cancelled => CANCELLED,
        Stage::Refunded => RETURNED,
    })
}

/// Writes the whole payload.
pub fn encode(e: &mut Encoder<'_>) {
    let order = e.order;
    e.text(
        EXTERNAL_ORDER_ID,
        Some(&order.id),
        Origin::Fields(&[Field::Id]),
    );
    e.given(MANUFACTURER_ID);
    e.given(CATALOG_ID);
    status(e);
    e.given(ASSIGNED_LOCATION);
    e.given(USE_INVENTORY);
    e.given_or(LOCALE, Scalar::Text("en-US"), Origin::Fixed);
    let currency = order.currency.as_ref().map(crate::order::Currency::code);
    e.text(CURRENCY, currency, Origin::Fields(&[Field::Currency]));
    e.given(CURRENCY_LOCALE);
    e.given_or(SEND_EMAIL, Scalar::Boolean(false), Origin::Fixed);
    let mut room = [0; 25];
    let placed_at = order.placed_at.map(|moment| moment.text(&mut room));
    let origin = Origin::Fields(&[Field::PlacedAt]);
    e.text(IMPORTED_CREATION_DATE, placed_at.as_deref(), origin);
    customer::write(e);
    if e.order.items.is_empty() {
        e.given(ITEMS);
    } else {
        e.items(ITEMS, item::write);
    }
    shipping_method(e);
    address::write(e, &SHIPPING, Source::shipping_first(order));
    payment(e);
    let ip = order.customer.ip.as_deref();
    e.text(CUSTOMER_IP, ip, Origin::Fields(&[Field::CustomerIp]));
    rest(e);
}

fn status(e: &mut Encoder<'_>) {
    if e.operation == Operation::Cancel {
        // Whatever the mapping says of the status: this order is cancelled.
        e.named(
            ORDER_STATUS,
            "orderStatus",
            Scalar::Text(CANCELLED),
            Origin::Fixed,
        );
        return;
    }
    let order = e.order;
    let word = status_word(e.account, order.stage());
    let axes = &[Field::Cancelled, Field::Payment, Field::Fulfilment];
    e.text(ORDER_STATUS, Some(word), Origin::Fields(axes));
}

fn shipping_method(e: &mut Encoder<'_>) {
    let order = e.order;
    e.object(SHIPPING_METHOD, |e| {
        e.given_or(SHIPPING_TYPE, Scalar::Text("standard"), Origin::Fixed);
        match order.shipping_method.as_deref() {
            Some(method) => {
                e.text(
                    SHIPPING_CLASS,
                    Some(method),
                    Origin::Fields(&[Field::ShippingMethod]),
                );
            }
            None => e.given_or(SHIPPING_CLASS, Scalar::Text("Standard"), Origin::Fixed),
        }
    });
}

fn payment(e: &mut Encoder<'_>) {
    let order = e.order;
    let account = e.account;
    let translated = order
        .payment_method
        .as_deref()
        .and_then(|method| account.word("payment_types", method));
    e.single_element(PAYMENTS, |e| {
        e.given(ORDER_PAYMENT_ID);
        e.object(PAYMENT_METHOD, |e| {
            address::write(e, &BILLING, Source::billing_first(order));
            match translated {
                Some(word) => e.text(PAYMENT_TYPE, Some(word), Origin::Setting("payment_types")),
                None => e.given_or(PAYMENT_TYPE, Scalar::Text(NO_OPERATION), Origin::Fixed),
            }
            let sent = e
                .vendor_field(PAYMENT_TYPE)
                .or(translated)
                .or_else(|| e.default_text(PAYMENT_TYPE))
                .unwrap_or(NO_OPERATION);
            if sent == NO_OPERATION {
                e.given_or(NO_OPERATION_TYPE, Scalar::Text("HI"), Origin::Fixed);
            } else {
                e.given(NO_OPERATION_TYPE);
            }
            e.given(CARD_NUMBER);
        });
        e.given(PAYMENT_METHOD_ID);
        e.given_or(
            MAX_AMOUNT,
            Scalar::Number(Decimal::NEGATIVE_ONE),
            Origin::Fixed,
        );
        let reference = order.payment_reference.as_deref();
        e.text(
            TRANSACTION_ID,
            reference,
            Origin::Fields(&[Field::PaymentReference]),
        );
        e.given(AUTHORIZATION_ID);
        e.given_or_null(OUTER_PAYMENT_TYPE);
        e.number(AUTH_AMOUNT, order.total, Origin::Fields(&[Field::Total]));
    });
}

/// What follows the required fields.
fn rest(e: &mut Encoder<'_>) {
    let order = e.order;
    e.given(ORDER_ID);
    e.given(CART_ID);
    e.number(
        SHIPPING_TAX,
        order.shipping_tax,
        Origin::Fields(&[Field::ShippingTax]),
    );
    for field in [
        SHIPPING_TAX_RATE,
        FORCE_ITEM_TAX_OVERRIDE,
        OPT_IN_RETAILER,
        LANDING_CODE,
        CUSTOM_ORDER_DATA,
        FRAUD_DATA,
        ALLOW_SPLIT,
    ] {
        e.given(field);
    }
    if order.test == Some(true) {
        e.boolean(IS_TEST_ORDER, order.test, Origin::Fields(&[Field::Test]));
    } else {
        let test = Scalar::Boolean(e.account.environment != Environment::Live);
        e.given_or(
            IS_TEST_ORDER,
            test,
            Origin::Reckoned("from the profile's environment"),
        );
    }
    e.given(EXPECTED_DELIVERY_DATE);
    discounts(e, order);
    e.text(
        CHANNEL,
        order.channel.as_deref(),
        Origin::Fields(&[Field::Channel]),
    );
    if e.is_given(ORDER_GIFT) {
        e.given(ORDER_GIFT);
    } else if e.is_given(GIFT_RECIPIENT) || e.is_given(GIFT_MESSAGE) {
        e.object(ORDER_GIFT, |e| {
            e.given(GIFT_RECIPIENT);
            e.given(GIFT_MESSAGE);
        });
    }
    e.text(
        ORDER_COMMENT,
        order.note.as_deref(),
        Origin::Fields(&[Field::Note]),
    );
}

fn discounts(e: &mut Encoder<'_>, order: &Order) {
    e.given(PROMOTIONS);
    e.given(DISCOUNTS);
    e.behind(DISCOUNTS, &[Field::DiscountTotal]);
    let discount = order.discount_total.filter(|discount| !discount.is_zero());
    if let Some(discount) = discount
        && !e.is_given(PROMOTIONS)
        && !e.is_given(DISCOUNTS)
    {
        let detail = format!("{discount} off the whole order");
        e.note(Finding::new(&KIB_16, Target::field("discounts"), detail));
    }
}
