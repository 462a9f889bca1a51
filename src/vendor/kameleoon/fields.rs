//! Every field of a Kameleoon order, as the vendor's page lists them.

use crate::vendor::FieldKind::{
    self, Array, Boolean, Date, Integer, Number, Object, Text, TimeOfDay,
};
use crate::vendor::Required::{Always, ImportAndStatus};
use crate::vendor::{FieldId, FieldSpec, FieldTable};

/// The six values of an item's `status`.
pub const ITEM_STATUS: &[&str] = &[
    "created",
    "invoiced",
    "shipped",
    "delivered",
    "cancelled",
    "refunded",
];

/// The table. Items are required only where there are some: a status update sends `items: []`.
pub static TABLE: FieldTable = FieldTable::new(FIELDS);

const FIELDS: &[FieldSpec] = &[
    FieldSpec::new("id", Text, "Order id, by which Kameleoon creates or updates. From the order's key.")
        .required(Always),
    FieldSpec::new(
        "external_id",
        Text,
        "The customer's id in the shop's own system. It matches a visitor only if it is stored in Kameleoon as a Custom Data used as a unique identifier for cross-device matching. From the customer's id, or the e-mail address under `external_id_from = \"email\"`.",
    )
    .required(ImportAndStatus),
    FieldSpec::new(
        "status",
        Text,
        "Status of the order, free text; the account's matching table must know the word. From payment, fulfilment and cancellation, in the words of the `status` table of the profile.",
    )
    .required(Always),
    FieldSpec::new("channel", Text, "Where it was ordered, such as Website, App, In-store. From the order's channel.")
        .required(ImportAndStatus),
    FieldSpec::new(
        "date",
        Integer,
        "When the order was placed or updated, in Unix seconds. From the time it was placed, else last changed.",
    )
    .required(ImportAndStatus),
    optional(
        "offline",
        Boolean,
        "Whether it was ordered offline; Kameleoon takes false where it isn't given. From the order.",
    ),
    FieldSpec::new(
        "location_id",
        Text,
        "Id of the customer's location (city), never of a shop or a warehouse. From the order, which rarely has it: set a default in the profile.",
    )
    .required(ImportAndStatus),
    optional("promocode", Text, "Promotion code used. From the discount code."),
    optional("delivery_type", Text, "Kind of delivery, such as Courier. From the shipping method."),
    optional("delivery_address", Text, "Where it goes, in one line. From the shipping address."),
    optional("delivery_date", Date, "Expected day of delivery. From the order."),
    optional("delivery_time", TimeOfDay, "Expected hour of delivery. From the order."),
    optional("payment_type", Text, "Kind of payment, such as Card. From the payment method."),
    optional("tax_free", Boolean, "Whether it is free of tax. Only from the mapping or the profile."),
    optional("bank_issuer", Text, "Bank that issued the card. Only from the mapping or the profile."),
    optional(
        "bank_pos_processor",
        Text,
        "Point of sale terminal used for the payment. Only from the mapping or the profile.",
    ),
    optional("bank_loyalty_program", Text, "The bank's loyalty programme. Only from the mapping or the profile."),
    optional(
        "bank_total_installment",
        Integer,
        "How many instalments are paid through the bank. Only from the mapping or the profile.",
    ),
    optional("payment_card_provider", Text, "Provider of the card, such as Visa. Only from the mapping or the profile."),
    optional("gift_package", Boolean, "Whether it is wrapped as a gift. Only from the mapping or the profile."),
    FieldSpec::new("value", Object, "Grand total of the order.").required(ImportAndStatus),
    FieldSpec::new("value/total", Number, "Grand total, before refunds. From the order's total.")
        .required(ImportAndStatus),
    FieldSpec::new(
        "payment_structure",
        Object,
        "How the total was made up: total = cash + bonuses + delivery − discount.",
    )
    .required(ImportAndStatus),
    optional(
        "payment_structure/cash",
        Number,
        "What was paid in money. Reckoned: total − bonuses − delivery + discount.",
    ),
    optional("payment_structure/bonuses", Number, "What was paid with points or gift cards. From the order."),
    optional("payment_structure/delivery", Number, "What delivery cost. From the shipping paid."),
    optional("payment_structure/discount", Number, "The order's discount, positive. From the order's discounts."),
    FieldSpec::new(
        "items",
        Array,
        "What was bought. Required when an order is created; an empty list in a status update.",
    )
    .required(ImportAndStatus),
    FieldSpec::new(
        "items/*/id",
        Text,
        "The product's id as the shop's product feed at Kameleoon knows it. From the SKU; a line without one gives its variant id, then its product id. `item_id_from` names another to come first. A product's name is never taken for an id.",
    )
    .required(ImportAndStatus),
    FieldSpec::new(
        "items/*/price",
        Number,
        "Price of one unit before discounts. From the unit price, else the line's sum divided by its quantity where that is exact.",
    )
    .required(ImportAndStatus),
    FieldSpec::new(
        "items/*/quantity",
        Integer,
        "How many, a whole number and never negative. From the line; a fraction is sent as 1 at the line's price.",
    )
    .minimum(0)
    .required(ImportAndStatus),
    FieldSpec::new(
        "items/*/status",
        Text,
        "What became of the item. From the line's own status, else the order's; cancelled or wholly refunded orders have only cancelled or refunded items.",
    )
    .required(ImportAndStatus)
    .choices(ITEM_STATUS),
    optional("items/*/original_price", Number, "Price of one unit before it was reduced. From the list price."),
    optional(
        "items/*/discount_product",
        Number,
        "The line's discount; under `discount_product = \"price\"` the price of one unit after it. From the line's discount.",
    ),
    optional("items/*/discount_bonuses", Number, "Bonuses discounted. Only from the mapping or the profile."),
    optional("items/*/delivery_company", Text, "Who delivered the item. Only from the mapping or the profile."),
    optional("items/*/barcode", Text, "The product's barcode. From the line, unless `barcode_field` says `barcode_id`."),
    optional(
        "items/*/barcode_id",
        Text,
        "The other name of the barcode, as the page's example has it: `barcode_field = \"barcode_id\"`.",
    ),
    optional("items/*/line_id", Text, "The line's id in the shop's system. From the line's id."),
    optional("items/*/cancel_reason", Text, "Why it was cancelled. Only from the mapping or the profile."),
];

/// A field that may be left away; empty counts as left away (KAM-10).
const fn optional(path: &'static str, kind: FieldKind, help: &'static str) -> FieldSpec {
    FieldSpec::new(path, kind, help).nullable()
}

/// Ids of the fields, found while compiling: a wrong path does not build.
pub mod id {
    use super::{FIELDS, FieldId};
    use crate::vendor::table::field_id;

    macro_rules! ids {
        ($($name:ident = $path:literal;)+) => {
            $(
                #[doc = concat!("`", $path, "`")]
                pub const $name: FieldId = field_id(FIELDS, $path);
            )+
        };
    }

    ids! {
        ID = "id";
        EXTERNAL_ID = "external_id";
        STATUS = "status";
        CHANNEL = "channel";
        DATE = "date";
        OFFLINE = "offline";
        LOCATION_ID = "location_id";
        PROMOCODE = "promocode";
        DELIVERY_TYPE = "delivery_type";
        DELIVERY_ADDRESS = "delivery_address";
        DELIVERY_DATE = "delivery_date";
        DELIVERY_TIME = "delivery_time";
        PAYMENT_TYPE = "payment_type";
        TAX_FREE = "tax_free";
        BANK_ISSUER = "bank_issuer";
        BANK_POS_PROCESSOR = "bank_pos_processor";
        BANK_LOYALTY_PROGRAM = "bank_loyalty_program";
        BANK_TOTAL_INSTALLMENT = "bank_total_installment";
        PAYMENT_CARD_PROVIDER = "payment_card_provider";
        GIFT_PACKAGE = "gift_package";
        VALUE = "value";
        TOTAL = "value/total";
        PAYMENT_STRUCTURE = "payment_structure";
        CASH = "payment_structure/cash";
        BONUSES = "payment_structure/bonuses";
        DELIVERY = "payment_structure/delivery";
        DISCOUNT = "payment_structure/discount";
        ITEMS = "items";
        ITEM_ID = "items/*/id";
        PRICE = "items/*/price";
        QUANTITY = "items/*/quantity";
        ITEM_STATUS = "items/*/status";
        ORIGINAL_PRICE = "items/*/original_price";
        DISCOUNT_PRODUCT = "items/*/discount_product";
        DISCOUNT_BONUSES = "items/*/discount_bonuses";
        DELIVERY_COMPANY = "items/*/delivery_company";
        BARCODE = "items/*/barcode";
        BARCODE_ID = "items/*/barcode_id";
        LINE_ID = "items/*/line_id";
        CANCEL_REASON = "items/*/cancel_reason";
    }
}
