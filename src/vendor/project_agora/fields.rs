//! Every field of an order at Project Agora, as the vendor's page and its published API description list them.

use crate::vendor::FieldKind::{self, Array, DateTime, DecimalText, Integer, Text, TextArray};
use crate::vendor::Required::Import;
use crate::vendor::{FieldId, FieldSpec, FieldTable};

/// The table.
pub static TABLE: FieldTable = FieldTable::new(FIELDS);

const FIELDS: &[FieldSpec] = &[
    optional(
        "id",
        Text,
        "Order id; without it the vendor makes one, and the order could never be sent again safely. From the order's key.",
    ),
    FieldSpec::new(
        "orderDate",
        DateTime,
        "When the order was placed, ISO 8601 with an offset. From the time it was placed.",
    )
    .required(Import),
    optional(
        "teamId",
        Text,
        "The retailer's team; the vendor can tell it from the key. Only from the mapping or the profile.",
    ),
    optional("customerId", Text, "The customer's id in the shop's system. From the customer's id."),
    optional(
        "sessionId",
        Text,
        "The browser session in which the advertisements were shown. From the order's session.",
    ),
    optional(
        "adIds",
        TextArray,
        "Advertisements that the order is attributed to as a whole. Only from the mapping or the profile.",
    ),
    FieldSpec::new("orderItems", Array, "What was bought.").required(Import),
    FieldSpec::new(
        "orderItems/*/gtin",
        Text,
        "The pa_id of the product feed, `prefix--SKU`, kept from the advertisement's response. From the SKU, with the setting `gtin_prefix` put before it unless it has a prefix.",
    )
    .required(Import),
    FieldSpec::new("orderItems/*/quantity", Integer, "How many, a whole number. From the line.").required(Import),
    FieldSpec::new(
        "orderItems/*/regularUnitPrice",
        DecimalText,
        "Regular price of one unit, before discounts. From the unit price, else the line's sum divided by its quantity where that is exact.",
    )
    .required(Import),
    FieldSpec::new(
        "orderItems/*/totalOrderItemPriceAfterDiscounts",
        DecimalText,
        "What the whole line cost after its discounts and its share of the order's; under `total_means = \"unit\"` what one unit cost. Reckoned.",
    )
    .required(Import),
    optional(
        "orderItems/*/adId",
        Text,
        "The id kept from the advertisement's response, if the item was bought because of it. A sponsored product counts when it was added by the button on the category page, or from its own page after a click on the advertisement; a banner when a bought product's pa_id is among that banner's gtins. From the line's advertisement.",
    ),
    optional(
        "orderItems/*/citrusDiscountAmount",
        DecimalText,
        "Discount that came with the advertisement; required when such a discount was applied. Only from the mapping or the profile.",
    ),
    optional(
        "orderItems/*/substitutedFor",
        Text,
        "The product that this one was sent in place of. Only from the mapping.",
    ),
    optional("orderItems/*/sellerId", Text, "The marketplace seller. Only from the mapping or the profile."),
];

/// A field that may be left away; null and empty text count as left away.
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
        ORDER_DATE = "orderDate";
        TEAM_ID = "teamId";
        CUSTOMER_ID = "customerId";
        SESSION_ID = "sessionId";
        AD_IDS = "adIds";
        ITEMS = "orderItems";
        GTIN = "orderItems/*/gtin";
        QUANTITY = "orderItems/*/quantity";
        REGULAR_UNIT_PRICE = "orderItems/*/regularUnitPrice";
        TOTAL = "orderItems/*/totalOrderItemPriceAfterDiscounts";
        AD_ID = "orderItems/*/adId";
        CITRUS_DISCOUNT = "orderItems/*/citrusDiscountAmount";
        SUBSTITUTED_FOR = "orderItems/*/substitutedFor";
        SELLER_ID = "orderItems/*/sellerId";
    }
}
