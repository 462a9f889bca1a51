//! The columns that a list of orders can have, and what each says of an order.

use std::borrow::Cow;

use rust_decimal::Decimal;

use crate::order::outcome::Outcome;
use crate::order::{Field, Fulfilment, Moment, Order, Payment, Stage, Text};

/// What kind of value a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words of any kind; numbers in them count as numbers: `#999` stands before `#1001`.
    Text,
    /// A moment.
    Time,
    /// An amount of money.
    Amount,
    /// How many.
    Count,
    /// One of a few words that have an order of their own.
    Word,
}

/// What a column says of one order.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// The order doesn't say.
    Nothing,
    /// Words, as the source writes them.
    Text(String),
    /// A moment.
    Time(Moment),
    /// An amount in the order's currency.
    Amount(Decimal),
    /// How many.
    Count(u32),
    /// One of a few words, and its place among them.
    Word(&'static str, u8),
}

macro_rules! columns {
    ($($column:ident $name:literal $title:literal $kind:ident $help:literal;)+) => {
        /// A column of the list of orders.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Column { $(#[doc = $help] $column,)+ }

        impl Column {
            /// Every column, in the order in which they stand unless another is chosen.
            pub const ALL: &'static [Self] = &[$(Self::$column),+];

            /// Its name in settings.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$column => $name),+ }
            }

            /// Its heading.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$column => $title),+ }
            }

            /// What kind of value it holds.
            pub const fn kind(self) -> Kind {
                match self { $(Self::$column => Kind::$kind),+ }
            }

            /// What it says, in a few words.
            pub const fn help(self) -> &'static str {
                match self { $(Self::$column => $help),+ }
            }
        }
    };
}

columns! {
    Order "order" "order" Text "The order's id";
    Placed "placed" "placed" Time "When the customer placed it";
    Customer "customer" "customer" Text "The customer's name, or the e-mail address";
    Email "email" "e-mail" Text "The customer's e-mail address";
    Status "status" "status" Word "Cancelled, refunded, shipped, paid … in one";
    Payment "payment" "payment" Word "How far payment has come";
    Fulfilment "fulfilment" "fulfilment" Word "How far delivery has come";
    Items "items" "items" Count "How many line items it has";
    Country "country" "country" Text "Country of the delivery, else of the bill";
    Channel "channel" "channel" Text "Where it was placed";
    PaidBy "paid-by" "paid by" Text "How it was paid";
    SentBy "sent-by" "sent by" Text "How it was sent";
    Code "code" "code" Text "Discount or promotion code";
    Tags "tags" "tags" Text "Tags";
    Discount "discount" "discount" Amount "Order-level discounts";
    Shipping "shipping" "shipping" Amount "What shipping cost";
    Tax "tax" "tax" Amount "All tax";
    Refunded "refunded" "refunded" Amount "What was given back";
    Total "total" "total" Amount "Grand total with its currency";
    Sent "sent" "sent" Word "Last outcome at each vendor";
}

impl Column {
    /// The column of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|column| column.name() == name)
    }

    /// What it says of an order. What became of the order isn't in it: `sent` says nothing here.
    pub fn value(self, order: &Order) -> Value {
        let text = |value: Option<&Text>| {
            value.map_or(Value::Nothing, |value| Value::Text(value.to_string()))
        };
        let amount = |value: Option<Decimal>| value.map_or(Value::Nothing, Value::Amount);
        match self {
            Self::Order => Value::Text(order.id.clone()),
            Self::Placed => order.placed_at.map_or(Value::Nothing, Value::Time),
            Self::Customer => order
                .customer_name()
                .or_else(|| order.customer.email.as_deref().map(Cow::Borrowed))
                .map_or(Value::Nothing, |name| Value::Text(name.into_owned())),
            Self::Email => text(order.customer.email.as_ref()),
            Self::Status => word(Stage::ALL, order.stage(), Stage::name),
            Self::Payment => order.payment.map_or(Value::Nothing, |payment| {
                word(Payment::ALL, payment, Payment::name)
            }),
            Self::Fulfilment => order.fulfilment.map_or(Value::Nothing, |fulfilment| {
                word(Fulfilment::ALL, fulfilment, Fulfilment::name)
            }),
            Self::Items => Value::Count(u32::try_from(order.items.len()).unwrap_or(u32::MAX)),
            Self::Country => {
                text((order.shipping.country.as_ref()).or(order.billing.country.as_ref()))
            }
            Self::Channel => text(order.channel.as_ref()),
            Self::PaidBy => text(order.payment_method.as_ref()),
            Self::SentBy => text(order.shipping_method.as_ref()),
            Self::Code => text(order.discount_code.as_ref()),
            Self::Tags => text(order.tags.as_ref()),
            Self::Discount => amount(order.discount_total),
            Self::Shipping => amount(order.shipping_total),
            Self::Tax => amount(order.tax_total),
            Self::Refunded => amount(order.refunded_total),
            Self::Total => amount(order.total),
            Self::Sent => Value::Nothing,
        }
    }

    /// The fields that its value is made of.
    pub(super) fn fields(self) -> &'static [Field] {
        match self {
            Self::Order | Self::Items | Self::Sent => &[],
            Self::Placed => &[Field::PlacedAt],
            Self::Customer => &[
                Field::CustomerName,
                Field::CustomerFirstName,
                Field::CustomerLastName,
                Field::CustomerEmail,
                Field::BillingName,
                Field::BillingFirstName,
                Field::BillingLastName,
            ],
            Self::Email => &[Field::CustomerEmail],
            Self::Status => &[Field::Cancelled, Field::Payment, Field::Fulfilment],
            Self::Payment => &[Field::Payment],
            Self::Fulfilment => &[Field::Fulfilment],
            Self::Country => &[Field::ShippingCountry, Field::BillingCountry],
            Self::Channel => &[Field::Channel],
            Self::PaidBy => &[Field::PaymentMethod],
            Self::SentBy => &[Field::ShippingMethod],
            Self::Code => &[Field::DiscountCode],
            Self::Tags => &[Field::Tags],
            Self::Discount => &[Field::DiscountTotal],
            Self::Shipping => &[Field::ShippingTotal],
            Self::Tax => &[Field::TaxTotal],
            Self::Refunded => &[Field::RefundedTotal],
            Self::Total => &[Field::Total],
        }
    }

    /// What `sent` says of an outcome.
    pub fn outcome(outcome: Option<Outcome>) -> Value {
        outcome.map_or(Value::Nothing, |outcome| {
            word(&Outcome::ALL, outcome, Outcome::name)
        })
    }
}

fn word<T: Copy + PartialEq>(all: &[T], value: T, name: fn(T) -> &'static str) -> Value {
    let place = all.iter().position(|one| *one == value).unwrap_or(0);
    Value::Word(name(value), u8::try_from(place).unwrap_or(u8::MAX - 1))
}
