//! The table of Kibo's payload: every field with its type, limits and default source.

use crate::vendor::table::FieldKind::{
    Any, Array, Boolean, DateTime, Email, Integer, Number, Object, Text,
};
use crate::vendor::table::Required::Always;
use crate::vendor::table::{FieldId, FieldKind, FieldSpec, FieldTable, field_id};

/// A field that may be null, which counts as not given.
const fn field(path: &'static str, kind: FieldKind, help: &'static str) -> FieldSpec {
    FieldSpec::new(path, kind, help).nullable()
}

/// A field that every operation needs: a cancellation is a whole order, too.
const fn needed(path: &'static str, kind: FieldKind, help: &'static str) -> FieldSpec {
    field(path, kind, help).required(Always)
}

/// The values of `orderStatus`.
pub const STATUSES: &[&str] = &["SHIPPED", "READY", "CANCELLED"];

/// Payment types that the page gives as examples.
pub const PAYMENT_TYPES: &[&str] = &["CC", "CS", "LV", "PP", "EB", "PZ", "NO"];

/// Most characters of an address line.
pub const ADDRESS_LINE: u32 = 250;

/// The fields, in the order of the page's full request.
const FIELDS: &[FieldSpec] = &[
    needed("externalOrderID", Text, "What names the order at Kibo. From the order's id.").length(1, 100),
    needed("manufacturerID", Integer, "Your number as a manufacturer at Kibo. No order file holds it: set it as a default of the profile.").minimum(1),
    needed("catalogID", Integer, "The manufacturer's catalogue. No order file holds it: set it as a default of the profile.").minimum(0),
    // The rule about the choices is told in own words: a returned order has no status here.
    needed("orderStatus", Text, "How far the order has come. From the order's status by the setting `status`; always CANCELLED in a cancellation.").choices(STATUSES),
    field("assignedLocation", Text, "Kibo's external store id of the place that an assigned order belongs to. Not from the order."),
    field("useInventory", Boolean, "Whether it is an inventory order. Not from the order."),
    needed("locale", Text, "IETF language tag. Without a default of the profile en-US, as Kibo's own default."),
    needed("currency", Text, "ISO 4217 code. From the order's currency."),
    field("currencyLocale", Text, "IETF language tag for amounts; Kibo takes en-US without it. Not from the order."),
    needed("sendEmail", Boolean, "Whether customers get e-mail about the order's status. Kibo's own default is true; false is sent unless the profile or the mapping says otherwise."),
    field("importedCreationDate", DateTime, "When the customer placed the order; without it Kibo dates the order at import time. From the order's time with its offset."),
    needed("customer", Object, "Who bought."),
    field("customer/customerID", Any, "Kibo's own id of the customer. Not the shop's id, which could name somebody else at Kibo."),
    field("customer/firstName", Text, "Given name. From the customer, else the bill; of a full name all words but the last."),
    field("customer/lastName", Text, "Family name. From the customer, else the bill; of a full name the last word."),
    field("customer/email", Email, "E-mail address. From the customer."),
    field("customer/password", Text, "A password at Kibo: an error unless the setting `send_passwords` is true. Never from the order."),
    field("customer/phone1", Text, "Telephone number. From the customer, else the bill."),
    field("customer/phone2", Text, "Second telephone number. Not from the order."),
    field("customer/accountCreated", Any, "Whether or when the customer got an account: the page shows only null. Not from the order."),
    needed("orderItems", Array, "What was bought: one element a line, at least one."),
    needed("orderItems/*/product", Object, "The product of a line."),
    needed("orderItems/*/product/partNumber", Text, "The part's number in the catalogue. From the line's SKU, else its barcode, else the shop's product id; a name is no part number."),
    field("orderItems/*/product/productID", Any, "Kibo's own id of the product. Not the shop's."),
    field("orderItems/*/product/availability", Text, "Availability, Y in the page's example. Not from the order."),
    needed("orderItems/*/product/name", Text, "The product's name. From the line."),
    field("orderItems/*/product/retailPrice", Number, "List price of one unit. From the line's list price (compare-at), else its price before discounts.").minimum(0),
    field("orderItems/*/product/averageDealerMargin", Number, "The dealer's margin, 0.30 in the page's example. Not from the order."),
    field("orderItems/*/product/UPC", Text, "Barcode. From the line."),
    field("orderItems/*/product/SKU", Text, "Stock-keeping unit. From the line."),
    needed("orderItems/*/itemSpecifics", Object, "What this order says of the product."),
    field("orderItems/*/itemSpecifics/externalItemID", Text, "The line's own id. From the line."),
    needed("orderItems/*/itemSpecifics/actualPrice", Number, "What one unit cost the customer: the line's sum after its own discount by its quantity where that is exact, else the price before discounts, with a finding.").minimum(0),
    needed("orderItems/*/itemSpecifics/quantity", Integer, "How many, in whole pieces. From the line.").minimum(1),
    field("orderItems/*/itemSpecifics/shipping", Number, "Shipping cost of the line. Not from the order, which knows one sum.").minimum(0),
    field("orderItems/*/itemSpecifics/shippingTax", Number, "Tax on the line's shipping. Not from the order, which knows one sum.").minimum(0),
    field("orderItems/*/itemSpecifics/itemTaxOverride", Number, "Tax of the line in place of a reckoned one; 0 is one. From the line's tax; every line needs one under `forceItemTaxOverride`."),
    field("orderItems/*/itemSpecifics/customItemData", Object, "Anything more about the line. Not from the order."),
    field("orderItems/*/itemSpecifics/customItemData/?", Any, "A member of your own."),
    field("orderItems/*/itemSpecifics/options", Object, "Options such as colour. Not from the order."),
    field("orderItems/*/itemSpecifics/options/?", Any, "An option."),
    field("orderItems/*/itemSpecifics/customData", Any, "The page shows only null. Not from the order."),
    needed("shippingMethod", Object, "How it was sent."),
    field("shippingMethod/shippingType", Text, "General type. `standard`, as in the page's example, unless the profile or the mapping says otherwise."),
    field("shippingMethod/shippingClass", Text, "Class. From the order's shipping method, else `Standard` as in the page's example."),
    needed("shippingAddress", Object, "Where the goods went. From the order's shipping address, else whole from the billing address. A company and the recipient's name have no field."),
    field("shippingAddress/addressID", Any, "Kibo's own id of the address. Not from the order."),
    field("shippingAddress/customerID", Any, "Kibo's own id of the customer. Not from the order."),
    field("shippingAddress/addressLine1", Text, "Street and number."),
    field("shippingAddress/addressLine2", Text, "Second line."),
    field("shippingAddress/addressLine3", Text, "Third line."),
    field("shippingAddress/phone", Text, "Telephone number of the address."),
    field("shippingAddress/city", Text, "City."),
    field("shippingAddress/postalCode", Text, "Postal code."),
    field("shippingAddress/state", Text, "State, province or region."),
    field("shippingAddress/countryCode", Text, "ISO 3166 two-letter code."),
    field("shippingAddress/latitude", Number, "Not from the order."),
    field("shippingAddress/longitude", Number, "Not from the order."),
    field("shippingAddress/fraudLock", Boolean, "Not from the order."),
    field("shippingAddress/active", Boolean, "Not from the order."),
    needed("orderPayments", Array, "How it was paid: one payment over the order's total."),
    field("orderPayments/*/orderPaymentID", Any, "Kibo's own id of the payment. Not from the order."),
    needed("orderPayments/*/paymentMethod", Object, "The means of payment."),
    needed("orderPayments/*/paymentMethod/billingAddress", Object, "Where the bill went. From the order's billing address, else whole from the shipping address."),
    field("orderPayments/*/paymentMethod/billingAddress/addressID", Any, "Kibo's own id of the address. Not from the order."),
    field("orderPayments/*/paymentMethod/billingAddress/customerID", Any, "Kibo's own id of the customer. Not from the order."),
    needed("orderPayments/*/paymentMethod/billingAddress/addressLine1", Text, "Street and number.").length(0, ADDRESS_LINE),
    field("orderPayments/*/paymentMethod/billingAddress/addressLine2", Text, "Second line.").length(0, ADDRESS_LINE),
    field("orderPayments/*/paymentMethod/billingAddress/addressLine3", Text, "Third line.").length(0, ADDRESS_LINE),
    field("orderPayments/*/paymentMethod/billingAddress/phone", Text, "Telephone number of the address."),
    needed("orderPayments/*/paymentMethod/billingAddress/city", Text, "City."),
    field("orderPayments/*/paymentMethod/billingAddress/postalCode", Text, "Postal code."),
    field("orderPayments/*/paymentMethod/billingAddress/state", Text, "State, province or region."),
    needed("orderPayments/*/paymentMethod/billingAddress/countryCode", Text, "ISO 3166 two-letter code."),
    field("orderPayments/*/paymentMethod/billingAddress/latitude", Number, "Not from the order."),
    field("orderPayments/*/paymentMethod/billingAddress/longitude", Number, "Not from the order."),
    field("orderPayments/*/paymentMethod/billingAddress/fraudLock", Boolean, "Not from the order."),
    field("orderPayments/*/paymentMethod/billingAddress/active", Boolean, "Not from the order."),
    needed("orderPayments/*/paymentMethod/paymentType", Text, "CC CS LV card, PP EB PayPal, PZ PayEezy, NO no operation. From the order's payment method by the setting `payment_types`, else a default of the profile, else NO."),
    field("orderPayments/*/paymentMethod/noOperationType", Text, "Belongs to NO: HI, as in the page's example, unless the profile or the mapping says otherwise."),
    field("orderPayments/*/paymentMethod/cardNumber", Text, "Masked: zeros but for the last four digits. Never from the order."),
    field("orderPayments/*/paymentMethodID", Any, "Kibo's own id of the means of payment. Not from the order."),
    field("orderPayments/*/maxAmount", Number, "Most that may be taken. -1, as in the page's example, unless the profile or the mapping says otherwise."),
    field("orderPayments/*/transactionID", Text, "The payment's reference. From the order."),
    field("orderPayments/*/authorizationID", Text, "The authorisation's reference. Not from the order."),
    field("orderPayments/*/paymentType", Text, "Always null: the payment type stands in `paymentMethod`."),
    field("orderPayments/*/authAmount", Number, "The amount of the payment. From the order's total."),
    needed("customerIP", Text, "External IPv4 address that the order was placed from, for the fraud review. From the customer, else a default of the profile."),
    field("orderID", Integer, "Kibo's own number of the order. Not from the order.").minimum(1),
    field("cartID", Text, "The cart that the order came from. Not from the order.").length(0, 512),
    field("shippingTax", Number, "Tax on shipping. From the order.").minimum(0),
    field("shippingTaxRate", Number, "Rate of the tax on shipping. Not from the order.").minimum(0),
    field("forceItemTaxOverride", Boolean, "Whether each line's own tax is taken instead of a reckoned one. Not from the order."),
    field("optInRetailer", Boolean, "Whether the retailer may use the customer's e-mail for marketing. Not from the order, where customers agreed to the shop's marketing only."),
    field("landingCode", Text, "The site or source of the order. Not from the order.").length(10, 200),
    field("customOrderData", Object, "Anything more about the order. Not from the order."),
    field("customOrderData/?", Any, "A member of your own."),
    field("fraudData", Array, "What a fraud service said. Not from the order."),
    field("fraudData/*/fraudType", Text, "The service: KOUNT in the page's example."),
    field("fraudData/*/fraudScore", Number, "Its score."),
    field("fraudData/*/fraudTransactionID", Text, "Its reference.").length(0, 200),
    field("fraudData/*/fraudState", Text, "Its word: ACCEPTED in the page's example."),
    field("allowSplit", Boolean, "Whether the order may be sent in several parcels; Kibo takes false without it. Not from the order."),
    field("isTestOrder", Boolean, "True for a test order of the source and wherever the profile isn't live."),
    field("expectedDeliveryDate", DateTime, "When delivery is expected. Not from the order, which knows a day without an offset."),
    field("promotions", Array, "The page doesn't show their form: sent only where the mapping or the profile gives the whole list."),
    field("discounts", Array, "The page doesn't show their form: sent only where the mapping or the profile gives the whole list."),
    field("channel", Text, "Where the order was placed. From the order."),
    field("orderGift", Object, "A gift's recipient and message. Not from the order."),
    field("orderGift/recipient", Text, "Who gets the gift."),
    field("orderGift/message", Text, "What the card says."),
    field("orderComment", Text, "The customer's comment. From the order's note.").length(0, 1000),
];

/// Every field of Kibo's payload.
pub static TABLE: FieldTable = FieldTable::new(FIELDS);

/// The field of a path, found while compiling.
pub const fn id(path: &str) -> FieldId {
    field_id(FIELDS, path)
}

/// The fields of one address, which stands in two places.
#[derive(Debug, Clone, Copy)]
pub struct AddressFields {
    /// The address itself.
    pub whole: FieldId,
    /// `addressID` and `customerID`.
    pub ids: [FieldId; 2],
    /// `addressLine1` to `addressLine3`.
    pub lines: [FieldId; 3],
    /// `phone`.
    pub phone: FieldId,
    /// `city`.
    pub city: FieldId,
    /// `postalCode`.
    pub postal_code: FieldId,
    /// `state`.
    pub state: FieldId,
    /// `countryCode`.
    pub country: FieldId,
    /// `latitude`, `longitude`, `fraudLock`, `active`.
    pub rest: [FieldId; 4],
}

/// Names the fields of the address at a path.
macro_rules! address {
    ($path:literal) => {
        AddressFields {
            whole: id($path),
            ids: [
                id(concat!($path, "/addressID")),
                id(concat!($path, "/customerID")),
            ],
            lines: [
                id(concat!($path, "/addressLine1")),
                id(concat!($path, "/addressLine2")),
                id(concat!($path, "/addressLine3")),
            ],
            phone: id(concat!($path, "/phone")),
            city: id(concat!($path, "/city")),
            postal_code: id(concat!($path, "/postalCode")),
            state: id(concat!($path, "/state")),
            country: id(concat!($path, "/countryCode")),
            rest: [
                id(concat!($path, "/latitude")),
                id(concat!($path, "/longitude")),
                id(concat!($path, "/fraudLock")),
                id(concat!($path, "/active")),
            ],
        }
    };
}

/// Where the goods went.
pub const SHIPPING: AddressFields = address!("shippingAddress");
/// Where the bill went.
pub const BILLING: AddressFields = address!("orderPayments/*/paymentMethod/billingAddress");

/// Names for the fields that code speaks of.
macro_rules! ids {
    ($($name:ident = $path:literal;)+) => { $(
        #[doc = concat!("`", $path, "`.")]
        pub const $name: FieldId = id($path);
    )+ };
}

ids! {
    EXTERNAL_ORDER_ID = "externalOrderID";
    MANUFACTURER_ID = "manufacturerID";
    CATALOG_ID = "catalogID";
    ORDER_STATUS = "orderStatus";
    ASSIGNED_LOCATION = "assignedLocation";
    USE_INVENTORY = "useInventory";
    LOCALE = "locale";
    CURRENCY = "currency";
    CURRENCY_LOCALE = "currencyLocale";
    SEND_EMAIL = "sendEmail";
    IMPORTED_CREATION_DATE = "importedCreationDate";
    CUSTOMER = "customer";
    CUSTOMER_ID = "customer/customerID";
    FIRST_NAME = "customer/firstName";
    LAST_NAME = "customer/lastName";
    EMAIL = "customer/email";
    PASSWORD = "customer/password";
    PHONE_1 = "customer/phone1";
    PHONE_2 = "customer/phone2";
    ACCOUNT_CREATED = "customer/accountCreated";
    ITEMS = "orderItems";
    PRODUCT = "orderItems/*/product";
    PART_NUMBER = "orderItems/*/product/partNumber";
    PRODUCT_ID = "orderItems/*/product/productID";
    AVAILABILITY = "orderItems/*/product/availability";
    NAME = "orderItems/*/product/name";
    RETAIL_PRICE = "orderItems/*/product/retailPrice";
    DEALER_MARGIN = "orderItems/*/product/averageDealerMargin";
    UPC = "orderItems/*/product/UPC";
    SKU = "orderItems/*/product/SKU";
    SPECIFICS = "orderItems/*/itemSpecifics";
    EXTERNAL_ITEM_ID = "orderItems/*/itemSpecifics/externalItemID";
    ACTUAL_PRICE = "orderItems/*/itemSpecifics/actualPrice";
    QUANTITY = "orderItems/*/itemSpecifics/quantity";
    ITEM_SHIPPING = "orderItems/*/itemSpecifics/shipping";
    ITEM_SHIPPING_TAX = "orderItems/*/itemSpecifics/shippingTax";
    ITEM_TAX_OVERRIDE = "orderItems/*/itemSpecifics/itemTaxOverride";
    CUSTOM_ITEM_DATA = "orderItems/*/itemSpecifics/customItemData";
    OPTIONS = "orderItems/*/itemSpecifics/options";
    CUSTOM_DATA = "orderItems/*/itemSpecifics/customData";
    SHIPPING_METHOD = "shippingMethod";
    SHIPPING_TYPE = "shippingMethod/shippingType";
    SHIPPING_CLASS = "shippingMethod/shippingClass";
    PAYMENTS = "orderPayments";
    ORDER_PAYMENT_ID = "orderPayments/*/orderPaymentID";
    PAYMENT_METHOD = "orderPayments/*/paymentMethod";
    PAYMENT_TYPE = "orderPayments/*/paymentMethod/paymentType";
    NO_OPERATION_TYPE = "orderPayments/*/paymentMethod/noOperationType";
    CARD_NUMBER = "orderPayments/*/paymentMethod/cardNumber";
    PAYMENT_METHOD_ID = "orderPayments/*/paymentMethodID";
    MAX_AMOUNT = "orderPayments/*/maxAmount";
    TRANSACTION_ID = "orderPayments/*/transactionID";
    AUTHORIZATION_ID = "orderPayments/*/authorizationID";
    OUTER_PAYMENT_TYPE = "orderPayments/*/paymentType";
    AUTH_AMOUNT = "orderPayments/*/authAmount";
    CUSTOMER_IP = "customerIP";
    ORDER_ID = "orderID";
    CART_ID = "cartID";
    SHIPPING_TAX = "shippingTax";
    SHIPPING_TAX_RATE = "shippingTaxRate";
    FORCE_ITEM_TAX_OVERRIDE = "forceItemTaxOverride";
    OPT_IN_RETAILER = "optInRetailer";
    LANDING_CODE = "landingCode";
    CUSTOM_ORDER_DATA = "customOrderData";
    FRAUD_DATA = "fraudData";
    ALLOW_SPLIT = "allowSplit";
    IS_TEST_ORDER = "isTestOrder";
    EXPECTED_DELIVERY_DATE = "expectedDeliveryDate";
    PROMOTIONS = "promotions";
    DISCOUNTS = "discounts";
    CHANNEL = "channel";
    ORDER_GIFT = "orderGift";
    GIFT_RECIPIENT = "orderGift/recipient";
    GIFT_MESSAGE = "orderGift/message";
    ORDER_COMMENT = "orderComment";
}
