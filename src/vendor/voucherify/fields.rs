//! Every field of an order as Voucherify's import takes it.

use crate::vendor::{FieldKind, FieldSpec, FieldTable};

/// The vendor's four words for an order's status.
pub(super) const STATUSES: &[&str] = &["CREATED", "PAID", "CANCELED", "FULFILLED"];

/// The fields that hold money, in the smallest unit of the currency.
pub(super) const AMOUNTS: &[&str] = &[
    "amount",
    "initial_amount",
    "discount_amount",
    "items/*/price",
    "items/*/amount",
    "items/*/initial_amount",
    "items/*/discount_amount",
    "items/*/product/price",
    "items/*/sku/price",
];

const fn text(path: &'static str, help: &'static str) -> FieldSpec {
    FieldSpec::new(path, FieldKind::Text, help)
}

const fn amount(path: &'static str, help: &'static str) -> FieldSpec {
    FieldSpec::new(path, FieldKind::Integer, help).minimum(0)
}

const fn object(path: &'static str, help: &'static str) -> FieldSpec {
    FieldSpec::new(path, FieldKind::Object, help)
}

/// The table. Nothing in it is required: the vendor's page requires no field of an order.
pub(super) static TABLE: FieldTable = FieldTable::new(FIELDS);

pub(super) const FIELDS: &[FieldSpec] = &[
    text(
        "source_id",
        "Your id of the order: what finds it again at Voucherify. By default the order's key",
    )
    .nullable(),
    text(
        "id",
        "Voucherify's own id of an order that is there already. By default not sent",
    ),
    text(
        "status",
        "How far the order is. By default from payment, delivery and cancellation by the status table of the settings",
    )
    .choices(STATUSES),
    amount(
        "amount",
        "Sum of the items' amounts in the smallest currency unit (100 is $1.00). By default reckoned; the order's total where a line's amount isn't known",
    ),
    amount(
        "initial_amount",
        "The amount as it first was, in the smallest currency unit. By default not sent",
    ),
    amount(
        "discount_amount",
        "Order-level discounts in the smallest currency unit. By default the order's discount",
    ),
    object(
        "customer",
        "Who bought. Sent only if the order knows the customer's id or e-mail address",
    ),
    text(
        "customer/id",
        "Voucherify's own id of the customer: makes `source_id` ignored. By default not sent",
    ),
    text(
        "customer/source_id",
        "Your id of the customer. By default the shop's customer id, else the e-mail address",
    ),
    text("customer/name", "First and last name. By default the customer's, else the bill's"),
    text("customer/description", "Any words on the customer. By default not sent"),
    FieldSpec::new(
        "customer/email",
        FieldKind::Email,
        "E-mail address. By default the customer's",
    ),
    text(
        "customer/phone",
        "Telephone number. By default the customer's, else that of the address",
    ),
    FieldSpec::new(
        "customer/birthdate",
        FieldKind::Date,
        "Date of birth as YYYY-MM-DD. By default the customer's",
    ),
    FieldSpec::new(
        "customer/birthday",
        FieldKind::Date,
        "Deprecated by the vendor: `birthdate` is sent instead",
    ),
    object(
        "customer/address",
        "Where the customer lives. By default the billing address, else the shipping address",
    )
    .nullable(),
    text("customer/address/city", "City"),
    text("customer/address/state", "State, province or region"),
    text("customer/address/line_1", "First line: street and number"),
    text("customer/address/line_2", "Second line, with the third behind it"),
    text("customer/address/country", "Country. By default as the order has it"),
    text("customer/address/postal_code", "Postal code"),
    object("customer/metadata", "Free values on the customer. By default not sent"),
    FieldSpec::new("customer/metadata/?", FieldKind::Any, "One free value on the customer"),
    text(
        "referrer_id",
        "Voucherify's own id of the customer who referred this one. By default not sent",
    )
    .nullable(),
    object("referrer", "The customer who referred this one. By default not sent"),
    text("referrer/id", "Voucherify's own id of the referrer"),
    text("referrer/source_id", "Your id of the referrer"),
    text("referrer/name", "First and last name of the referrer"),
    text("referrer/description", "Any words on the referrer"),
    FieldSpec::new("referrer/email", FieldKind::Email, "E-mail address of the referrer"),
    text("referrer/phone", "Telephone number of the referrer"),
    FieldSpec::new(
        "referrer/birthdate",
        FieldKind::Date,
        "Date of birth of the referrer as YYYY-MM-DD",
    ),
    FieldSpec::new(
        "referrer/birthday",
        FieldKind::Date,
        "Deprecated by the vendor: `birthdate` is sent instead",
    ),
    object("referrer/address", "Where the referrer lives").nullable(),
    text("referrer/address/city", "City"),
    text("referrer/address/state", "State, province or region"),
    text("referrer/address/line_1", "First line: street and number"),
    text("referrer/address/line_2", "Second line"),
    text("referrer/address/country", "Country"),
    text("referrer/address/postal_code", "Postal code"),
    object("referrer/metadata", "Free values on the referrer"),
    FieldSpec::new("referrer/metadata/?", FieldKind::Any, "One free value on the referrer"),
    FieldSpec::new(
        "items",
        FieldKind::Array,
        "The lines, at most 500. By default every line of the order",
    ),
    text(
        "items/*/source_id",
        "Your id of the SKU or product. By default the line's SKU, else its product id, else its variant id",
    ),
    text(
        "items/*/related_object",
        "What `source_id` names. By default `sku` for a SKU or variant, `product` for a product",
    )
    .choices(&["product", "sku"]),
    text(
        "items/*/product_id",
        "Voucherify's own id of the product. By default not sent",
    ),
    text("items/*/sku_id", "Voucherify's own id of the SKU. By default not sent"),
    FieldSpec::new(
        "items/*/quantity",
        FieldKind::Integer,
        "How many, at least 1. By default the line's quantity",
    )
    .minimum(1),
    FieldSpec::new(
        "items/*/initial_quantity",
        FieldKind::Integer,
        "How many there were at first, at least 1. By default not sent",
    )
    .minimum(1),
    FieldSpec::new(
        "items/*/discount_quantity",
        FieldKind::Integer,
        "How many of them are discounted. By default not sent",
    )
    .minimum(0),
    amount(
        "items/*/price",
        "Price of one in the smallest currency unit. By default the line's unit price, where that is exact in this unit",
    ),
    amount(
        "items/*/amount",
        "Price × quantity in the smallest currency unit. By default the line's sum before discounts",
    ),
    amount(
        "items/*/initial_amount",
        "The amount as it first was, in the smallest currency unit. By default not sent",
    ),
    amount(
        "items/*/discount_amount",
        "The line's own discounts in the smallest currency unit. By default the line's discount",
    ),
    object("items/*/product", "What was sold"),
    text("items/*/product/id", "Voucherify's own id of the product. By default not sent"),
    text(
        "items/*/product/source_id",
        "Your id of the product. By default the line's product id",
    ),
    FieldSpec::new(
        "items/*/product/override",
        FieldKind::Boolean,
        "Create the product if it is missing, else overwrite its name, price and metadata. By default not sent",
    ),
    text("items/*/product/name", "Name of the product. By default the line's name"),
    amount(
        "items/*/product/price",
        "Price of the product in the smallest currency unit. By default not sent",
    ),
    object("items/*/product/metadata", "Free values on the product. By default not sent"),
    object("items/*/sku", "The SKU that was sold. Sent if the mapping or the profile fills any of it"),
    text("items/*/sku/id", "Voucherify's own id of the SKU. By default not sent"),
    text("items/*/sku/source_id", "Your id of the SKU. By default the line's SKU"),
    FieldSpec::new(
        "items/*/sku/override",
        FieldKind::Boolean,
        "Create the SKU if it is missing, else overwrite its name, price and metadata. By default not sent",
    ),
    text("items/*/sku/sku", "Name of the SKU. By default not sent"),
    amount(
        "items/*/sku/price",
        "Price of the SKU in the smallest currency unit. By default not sent",
    ),
    object("items/*/sku/metadata", "Free values on the SKU. By default not sent"),
    object("items/*/metadata", "Free values on the line. By default not sent"),
    FieldSpec::new("items/*/metadata/?", FieldKind::Any, "One free value on the line"),
    object(
        "metadata",
        "Free values on the order. By default `order_date`, `shipping`, `tax` and `total`: they have no field of their own. Amounts in here are decimal, as the order has them",
    ),
    FieldSpec::new(
        "metadata/?",
        FieldKind::Any,
        "One free value on the order, such as `order_date`: when the order was placed, in ISO 8601",
    ),
];

/// The id of a field by its path, found while compiling.
macro_rules! field {
    ($path:literal) => {{
        const FIELD: $crate::vendor::FieldId =
            $crate::vendor::table::field_id($crate::vendor::voucherify::fields::FIELDS, $path);
        FIELD
    }};
}
pub(super) use field;
