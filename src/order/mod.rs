//! The vendor-neutral order: money, time, status, edits. Pure: knows nobody, does no I/O.
//!
//! [`Order`] keeps apart what sources keep apart (lines, discounts, shipping, tax, gift cards, refunds) and
//! derives nothing; each vendor's encoder says how it adds up. [`field`] is the one table of its fields,
//! which mapping files, edits, the filter and the screen all read.

use std::borrow::Cow;

pub mod check;
pub mod codes;
pub mod edit;
pub mod field;
pub mod lifecycle;
pub mod money;
pub mod outcome;
mod slot;
pub mod status;
pub mod time;
mod value;

pub use field::{Field, Kind, Level};
pub use money::{Currency, Decimal};
pub use status::{Fulfilment, LineStatus, Payment, Stage};
pub use time::Moment;
pub use value::trimmed;

/// A text of an order: short ones need no memory of their own.
pub type Text = compact_str::CompactString;

/// A postal address with the person it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Full name as the source writes it.
    pub name: Option<Text>,
    /// Given name.
    pub first_name: Option<Text>,
    /// Family name.
    pub last_name: Option<Text>,
    /// Company.
    pub company: Option<Text>,
    /// First line: street and number.
    pub line1: Option<Text>,
    /// Second line.
    pub line2: Option<Text>,
    /// Third line.
    pub line3: Option<Text>,
    /// City.
    pub city: Option<Text>,
    /// State, province or region, as a code where the source has one.
    pub region: Option<Text>,
    /// Postal code, as text.
    pub postal_code: Option<Text>,
    /// Country, as an ISO 3166 two-letter code where the source has one.
    pub country: Option<Text>,
    /// Telephone number.
    pub phone: Option<Text>,
}

/// Who bought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Customer {
    /// The customer's id in the shop's own system; a guest has none.
    pub id: Option<Text>,
    /// E-mail address.
    pub email: Option<Text>,
    /// Full name.
    pub name: Option<Text>,
    /// Given name.
    pub first_name: Option<Text>,
    /// Family name.
    pub last_name: Option<Text>,
    /// Telephone number.
    pub phone: Option<Text>,
    /// Date of birth, `YYYY-MM-DD`.
    pub birthdate: Option<Text>,
    /// The address the order was placed from.
    pub ip: Option<Text>,
    /// Whether the customer agreed to marketing.
    pub accepts_marketing: Option<bool>,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LineItem {
    /// The line's own id.
    pub id: Option<Text>,
    /// Stock-keeping unit.
    pub sku: Option<Text>,
    /// The shop's product id.
    pub product_id: Option<Text>,
    /// The shop's variant id.
    pub variant_id: Option<Text>,
    /// Barcode, GTIN or UPC.
    pub barcode: Option<Text>,
    /// Product name.
    pub name: Option<Text>,
    /// How many; fractions exist (weight, length).
    pub quantity: Option<Decimal>,
    /// Price of one unit before discounts.
    pub unit_price: Option<Decimal>,
    /// Price of one unit before it was reduced (compare-at).
    pub list_price: Option<Decimal>,
    /// The line's sum before discounts, where the source gives it.
    pub subtotal: Option<Decimal>,
    /// The line's sum after its discounts, where the source gives it.
    pub total: Option<Decimal>,
    /// The line's own discount, positive.
    pub discount: Option<Decimal>,
    /// The line's tax.
    pub tax: Option<Decimal>,
    /// What became of the line, where it differs from the order.
    pub status: Option<LineStatus>,
    /// The advertisement that led to the purchase.
    pub ad_id: Option<Text>,
}

impl Order {
    /// Empty again; room for key and lines is kept.
    pub fn clear(&mut self) {
        let (mut id, mut items) = (
            std::mem::take(&mut self.id),
            std::mem::take(&mut self.items),
        );
        id.clear();
        items.clear();
        *self = Self {
            id,
            items,
            ..Self::default()
        };
    }
}

impl LineItem {
    /// The line's sum before discounts: as given, else unit price × quantity.
    pub fn gross(&self) -> Option<Decimal> {
        self.subtotal.or_else(|| {
            let quantity = self.quantity?;
            self.unit_price?
                .checked_mul(quantity)
                .map(money::trim_scale)
        })
    }

    /// [`LineItem::gross`] as [`money::plain_units`] tells an amount; `None` says nothing.
    pub fn plain_gross(&self, decimals: u32) -> Option<u64> {
        if let Some(subtotal) = &self.subtotal {
            return money::plain_units(subtotal, decimals);
        }
        let quantity = money::plain_units(self.quantity.as_ref()?, 0)?;
        money::plain_units(self.unit_price.as_ref()?, decimals)?.checked_mul(quantity)
    }

    /// The line's sum after its own discount: as given, else gross − discount.
    pub fn net(&self) -> Option<Decimal> {
        self.total.or_else(|| {
            self.gross()?
                .checked_sub(self.discount.unwrap_or(Decimal::ZERO))
        })
    }
}

/// A vendor-only field that a mapping fills: `[vendor.<name>]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorField {
    /// Name of the vendor.
    pub vendor: String,
    /// Path in that vendor's field table, `items/*/adId`.
    pub path: String,
    /// Stands for `*`.
    pub item: Option<u32>,
    /// The value as text.
    pub value: String,
}

/// One order, as neutral as it gets. `None` is "the source doesn't say"; empty text never gets in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Order {
    /// The order's key: what names it everywhere. Fixed once sent.
    pub id: String,
    /// The platform's internal id, where it differs from the key.
    pub platform_id: Option<Text>,
    /// When the customer placed it.
    pub placed_at: Option<Moment>,
    /// When it last changed.
    pub updated_at: Option<Moment>,
    /// When it was paid.
    pub paid_at: Option<Moment>,
    /// When it was shipped.
    pub shipped_at: Option<Moment>,
    /// When it was cancelled.
    pub cancelled_at: Option<Moment>,
    /// Currency of every amount of the order.
    pub currency: Option<Currency>,
    /// How far payment has come.
    pub payment: Option<Payment>,
    /// How far delivery has come.
    pub fulfilment: Option<Fulfilment>,
    /// Whether it was cancelled.
    pub cancelled: Option<bool>,
    /// A test order: excluded by default.
    pub test: Option<bool>,
    /// A draft: excluded by default.
    pub draft: Option<bool>,
    /// Where it was placed: web, app, shop …
    pub channel: Option<Text>,
    /// The customer's location (city) id.
    pub location_id: Option<Text>,
    /// Placed offline.
    pub offline: Option<bool>,
    /// Who bought.
    pub customer: Customer,
    /// Where the bill went.
    pub billing: Address,
    /// Where the goods went.
    pub shipping: Address,
    /// Sum of the lines after their discounts, as the source says.
    pub subtotal: Option<Decimal>,
    /// Order-level discounts, positive.
    pub discount_total: Option<Decimal>,
    /// What shipping cost.
    pub shipping_total: Option<Decimal>,
    /// Tax on shipping.
    pub shipping_tax: Option<Decimal>,
    /// All tax.
    pub tax_total: Option<Decimal>,
    /// What was paid with gift cards or points.
    pub gift_card_total: Option<Decimal>,
    /// What was given back, positive.
    pub refunded_total: Option<Decimal>,
    /// Grand total before refunds.
    pub total: Option<Decimal>,
    /// Whether prices and lines include tax.
    pub prices_include_tax: Option<bool>,
    /// Discount or promotion code.
    pub discount_code: Option<Text>,
    /// How it was sent.
    pub shipping_method: Option<Text>,
    /// How it was paid.
    pub payment_method: Option<Text>,
    /// The payment's reference.
    pub payment_reference: Option<Text>,
    /// Day of delivery, `YYYY-MM-DD`.
    pub delivery_date: Option<Text>,
    /// Hour of delivery, `HH:MM`.
    pub delivery_time: Option<Text>,
    /// The customer's or the shop's note.
    pub note: Option<Text>,
    /// Tags, as the source writes them.
    pub tags: Option<Text>,
    /// The browser session it was placed in.
    pub session_id: Option<Text>,
    /// The lines.
    pub items: Vec<LineItem>,
    /// Fields that only one vendor has.
    pub vendor_fields: Vec<VendorField>,
}

impl Order {
    /// The one status of vendors that have one field: cancelled, refunded, delivered, shipped, paid, pending.
    pub fn stage(&self) -> Stage {
        Stage::of(self.cancelled, self.payment, self.fulfilment)
    }

    /// The customer's full name: as given, else from its parts, else the billing name.
    pub fn customer_name(&self) -> Option<Cow<'_, str>> {
        fn joined<'n>(first: Option<&'n str>, last: Option<&'n str>) -> Option<Cow<'n, str>> {
            match (first, last) {
                (Some(first), Some(last)) => Some(format!("{first} {last}").into()),
                (name, None) | (None, name) => name.map(Cow::Borrowed),
            }
        }
        let (customer, billing) = (&self.customer, &self.billing);
        (customer.name.as_deref().map(Cow::Borrowed))
            .or_else(|| {
                joined(
                    customer.first_name.as_deref(),
                    customer.last_name.as_deref(),
                )
            })
            .or_else(|| billing.name.as_deref().map(Cow::Borrowed))
            .or_else(|| joined(billing.first_name.as_deref(), billing.last_name.as_deref()))
    }

    /// The value of a field that only one vendor has.
    pub fn vendor_field(&self, vendor: &str, path: &str, item: Option<u32>) -> Option<&str> {
        self.vendor_fields
            .iter()
            .find(|field| field.vendor == vendor && field.path == path && field.item == item)
            .map(|field| field.value.as_str())
    }
}
