//! The one table of an order's fields: name, kind, help, and how to read and write each as text.
//!
//! Mapping files, edits, the filter and the screen name fields by [`Field::name`]: `customer.email`,
//! `items.sku`. A new field is one line here and one in [`super::Order`].

use std::borrow::Cow;

use super::value::FieldValue;
use super::{LineItem, Order};

pub use super::slot::Slot;
pub use super::value::{BadValue, Given, Kind};

/// Whether a field belongs to the order or to each of its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// One a order.
    Order,
    /// One a line item.
    Item,
}

/// Makes the enum of fields and its accessors from one table.
macro_rules! fields {
    (order { $($o:ident = $oname:literal: $okind:ident, $($opath:ident).+, $ohelp:literal;)+ }
     item { $($i:ident = $iname:literal: $ikind:ident, $ipath:ident, $ihelp:literal;)+ }) => {
        /// A field of an order or of a line item.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field {
            #[doc = "The order's key."]
            Id,
            $(#[doc = $ohelp] $o,)+
            $(#[doc = $ihelp] $i,)+
        }

        impl Field {
            /// Every field, orders' first.
            pub const ALL: &'static [Self] = &[Self::Id, $(Self::$o,)+ $(Self::$i,)+];

            /// Its name in mapping files, edits and filters: `customer.email`, `items.sku`.
            pub const fn name(self) -> &'static str {
                match self {
                    Self::Id => "id",
                    $(Self::$o => $oname,)+
                    $(Self::$i => concat!("items.", $iname),)+
                }
            }

            /// Its path as findings name it: `customer/email`, `items/*/sku`.
            pub const fn path(self) -> &'static str {
                match self {
                    Self::Id => "id",
                    // The first character is the slash before the first segment.
                    $(Self::$o => concat!($("/", stringify!($opath)),+).split_at(1).1,)+
                    $(Self::$i => concat!("items/*/", $iname),)+
                }
            }

            /// What kind of value it holds.
            pub const fn kind(self) -> Kind {
                match self {
                    Self::Id => Kind::Text,
                    $(Self::$o => Kind::$okind,)+
                    $(Self::$i => Kind::$ikind,)+
                }
            }

            /// What it means, in a few words.
            pub const fn help(self) -> &'static str {
                match self {
                    Self::Id => "The order's key: what names it at the vendor, in the ledger and on screen",
                    $(Self::$o => $ohelp,)+
                    $(Self::$i => $ihelp,)+
                }
            }

            /// Whether it belongs to the order or to its lines.
            pub const fn level(self) -> Level {
                match self {
                    Self::Id $(| Self::$o)+ => Level::Order,
                    $(Self::$i)|+ => Level::Item,
                }
            }

            /// Its value as text, `None` where the order has none. An item field without an item is none.
            pub fn get(self, order: &Order, item: Option<usize>) -> Option<String> {
                self.look(order, item).map(Cow::into_owned)
            }

            /// The same, without a copy where it is text.
            pub fn look(self, order: &Order, item: Option<usize>) -> Option<Cow<'_, str>> {
                match self {
                    Self::Id => Some(Cow::Borrowed(&order.id)),
                    $(Self::$o => order.$($opath).+.as_ref().map(FieldValue::as_text),)+
                    $(Self::$i => order.items.get(item?)?.$ipath.as_ref().map(FieldValue::as_text),)+
                }
            }

            /// Sets it from text; empty text means none. The error says what the text should have been.
            pub fn set(self, order: &mut Order, item: Option<usize>, text: &str) -> Result<(), BadValue> {
                let slot = match self.level() {
                    Level::Order => self.slot(order),
                    Level::Item => item
                        .and_then(|index| order.items.get_mut(index))
                        .and_then(|line| self.item_slot(line)),
                };
                slot.ok_or(BadValue::NoSuchItem)?.set(Given::Text(text))
            }

            /// Where a field of the order itself stands; none for a line's.
            pub fn slot(self, order: &mut Order) -> Option<Slot<'_>> {
                Some(match self {
                    Self::Id => Slot::Key(&mut order.id),
                    $(Self::$o => Slot::$okind(&mut order.$($opath).+),)+
                    _ => return None,
                })
            }

            /// Where a line's field stands in a line item, which needn't be in an order yet.
            pub fn item_slot(self, item: &mut LineItem) -> Option<Slot<'_>> {
                Some(match self {
                    $(Self::$i => Slot::$ikind(&mut item.$ipath),)+
                    _ => return None,
                })
            }
        }
    };
}

fields! {
    order {
        PlatformId = "platform_id": Text, platform_id, "The platform's internal id of the order";
        PlacedAt = "placed_at": Time, placed_at, "When the customer placed the order";
        UpdatedAt = "updated_at": Time, updated_at, "When the order last changed";
        PaidAt = "paid_at": Time, paid_at, "When it was paid";
        ShippedAt = "shipped_at": Time, shipped_at, "When it was sent";
        CancelledAt = "cancelled_at": Time, cancelled_at, "When it was cancelled";
        Currency = "currency": Currency, currency, "ISO 4217 code of every amount";
        Payment = "payment": Payment, payment, "How far payment has come";
        Fulfilment = "fulfilment": Fulfilment, fulfilment, "How far delivery has come";
        Cancelled = "cancelled": Boolean, cancelled, "Whether the order was cancelled";
        Test = "test": Boolean, test, "A test order: left out by default";
        Draft = "draft": Boolean, draft, "A draft: left out by default";
        Channel = "channel": Text, channel, "Where it was placed: web, app, shop";
        LocationId = "location_id": Text, location_id, "The customer's location (city) id";
        Offline = "offline": Boolean, offline, "Placed offline";
        CustomerId = "customer.id": Text, customer.id, "The customer's id in the shop's own system";
        CustomerEmail = "customer.email": Text, customer.email, "The customer's e-mail address";
        CustomerName = "customer.name": Text, customer.name, "The customer's full name";
        CustomerFirstName = "customer.first_name": Text, customer.first_name, "The customer's given name";
        CustomerLastName = "customer.last_name": Text, customer.last_name, "The customer's family name";
        CustomerPhone = "customer.phone": Text, customer.phone, "The customer's telephone number";
        CustomerBirthdate = "customer.birthdate": Text, customer.birthdate, "The customer's date of birth, YYYY-MM-DD";
        CustomerIp = "customer.ip": Text, customer.ip, "The address that the order was placed from";
        AcceptsMarketing = "customer.accepts_marketing": Boolean, customer.accepts_marketing, "Whether the customer agreed to marketing";
        BillingName = "billing.name": Text, billing.name, "Full name of the bill";
        BillingFirstName = "billing.first_name": Text, billing.first_name, "Given name of the bill";
        BillingLastName = "billing.last_name": Text, billing.last_name, "Family name of the bill";
        BillingCompany = "billing.company": Text, billing.company, "Company of the bill";
        BillingLine1 = "billing.line1": Text, billing.line1, "Street and number of the bill";
        BillingLine2 = "billing.line2": Text, billing.line2, "Second address line of the bill";
        BillingLine3 = "billing.line3": Text, billing.line3, "Third address line of the bill";
        BillingCity = "billing.city": Text, billing.city, "City of the bill";
        BillingRegion = "billing.region": Text, billing.region, "State, province or region of the bill";
        BillingPostalCode = "billing.postal_code": Text, billing.postal_code, "Postal code of the bill";
        BillingCountry = "billing.country": Text, billing.country, "ISO 3166 two-letter country code of the bill";
        BillingPhone = "billing.phone": Text, billing.phone, "Telephone number of the bill";
        ShippingName = "shipping.name": Text, shipping.name, "Full name of the delivery";
        ShippingFirstName = "shipping.first_name": Text, shipping.first_name, "Given name of the delivery";
        ShippingLastName = "shipping.last_name": Text, shipping.last_name, "Family name of the delivery";
        ShippingCompany = "shipping.company": Text, shipping.company, "Company of the delivery";
        ShippingLine1 = "shipping.line1": Text, shipping.line1, "Street and number of the delivery";
        ShippingLine2 = "shipping.line2": Text, shipping.line2, "Second address line of the delivery";
        ShippingLine3 = "shipping.line3": Text, shipping.line3, "Third address line of the delivery";
        ShippingCity = "shipping.city": Text, shipping.city, "City of the delivery";
        ShippingRegion = "shipping.region": Text, shipping.region, "State, province or region of the delivery";
        ShippingPostalCode = "shipping.postal_code": Text, shipping.postal_code, "Postal code of the delivery";
        ShippingCountry = "shipping.country": Text, shipping.country, "ISO 3166 two-letter country code of the delivery";
        ShippingPhone = "shipping.phone": Text, shipping.phone, "Telephone number of the delivery";
        Subtotal = "subtotal": Money, subtotal, "Sum of the lines after their discounts";
        DiscountTotal = "discount_total": Money, discount_total, "Order-level discounts, positive";
        ShippingTotal = "shipping_total": Money, shipping_total, "What shipping cost";
        ShippingTax = "shipping_tax": Money, shipping_tax, "Tax on shipping";
        TaxTotal = "tax_total": Money, tax_total, "All tax";
        GiftCardTotal = "gift_card_total": Money, gift_card_total, "Paid with gift cards or points";
        RefundedTotal = "refunded_total": Money, refunded_total, "What was given back, positive";
        Total = "total": Money, total, "Grand total before refunds";
        PricesIncludeTax = "prices_include_tax": Boolean, prices_include_tax, "Whether prices and lines include tax";
        DiscountCode = "discount_code": Text, discount_code, "Discount or promotion code";
        ShippingMethod = "shipping_method": Text, shipping_method, "How it was sent";
        PaymentMethod = "payment_method": Text, payment_method, "How it was paid";
        PaymentReference = "payment_reference": Text, payment_reference, "The payment's reference";
        DeliveryDate = "delivery_date": Text, delivery_date, "Day of delivery, YYYY-MM-DD";
        DeliveryTime = "delivery_time": Text, delivery_time, "Hour of delivery, HH:MM";
        Note = "note": Text, note, "The customer's or the shop's note";
        Tags = "tags": Text, tags, "Tags";
        SessionId = "session_id": Text, session_id, "The browser session it was placed in";
    }
    item {
        ItemId = "id": Text, id, "The line's own id";
        ItemSku = "sku": Text, sku, "Stock-keeping unit";
        ItemProductId = "product_id": Text, product_id, "The shop's product id";
        ItemVariantId = "variant_id": Text, variant_id, "The shop's variant id";
        ItemBarcode = "barcode": Text, barcode, "Barcode, GTIN or UPC";
        ItemName = "name": Text, name, "Product name";
        ItemQuantity = "quantity": Number, quantity, "How many";
        ItemUnitPrice = "unit_price": Money, unit_price, "Price of one unit before discounts";
        ItemListPrice = "list_price": Money, list_price, "Price of one unit before it was reduced";
        ItemSubtotal = "subtotal": Money, subtotal, "The line's sum before discounts";
        ItemTotal = "total": Money, total, "The line's sum after its discounts";
        ItemDiscount = "discount": Money, discount, "The line's own discount, positive";
        ItemTax = "tax": Money, tax, "The line's tax";
        ItemStatus = "status": LineStatus, status, "What became of the line";
        ItemAdId = "ad_id": Text, ad_id, "The advertisement that led to the purchase";
    }
}

impl Field {
    /// The field of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_come_back() {
        for field in Field::ALL {
            assert_eq!(Field::from_name(field.name()), Some(*field), "{field:?}");
        }
    }

    #[test]
    fn paths_are_names_with_slashes() {
        for field in Field::ALL {
            let name = field.path().replace("/*/", "/").replace('/', ".");
            assert_eq!(name, field.name());
        }
        assert_eq!(Field::CustomerEmail.path(), "customer/email");
        assert_eq!(Field::ItemSku.path(), "items/*/sku");
    }

    #[test]
    fn every_field_can_be_set_and_read_as_text() {
        for field in Field::ALL {
            let mut order = Order {
                items: vec![LineItem::default()],
                ..Order::default()
            };
            let sample = field.kind().sample();
            field.set(&mut order, Some(0), sample).unwrap();
            assert_eq!(
                field.get(&order, Some(0)).as_deref(),
                Some(sample),
                "{field:?}"
            );
        }
    }

    #[test]
    fn what_was_cleared_is_as_new() {
        let mut order = Order::default();
        order.items.resize_with(2, LineItem::default);
        for field in Field::ALL {
            field
                .set(&mut order, Some(1), field.kind().sample())
                .unwrap();
        }
        order.vendor_fields.push(crate::order::VendorField {
            vendor: "kibo".into(),
            path: "useInventory".into(),
            item: None,
            value: "true".into(),
        });
        order.clear();
        assert_eq!(order, Order::default());
    }

    #[test]
    fn digits_stay_as_written() {
        let mut order = Order::default();
        Field::Total.set(&mut order, None, "200.10").unwrap();
        assert_eq!(Field::Total.get(&order, None).as_deref(), Some("200.10"));
        assert!(Field::Total.set(&mut order, None, "two").is_err());
        Field::Total.set(&mut order, None, " ").unwrap();
        assert_eq!(order.total, None);
    }
}
