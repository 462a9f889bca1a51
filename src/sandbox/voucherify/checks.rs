//! Voucherify's tables of an order, and the checks that tables can't express.

use serde_json::Value;

use super::super::check::{self, Checker, Field, Kind, Path, nullable, optional};
use super::repeated;

const MOST_ORDERS: usize = 2000;
const MOST_ITEMS: usize = 500;

const ORDER: &[Field] = &[
    optional("id", Kind::Text),
    nullable("source_id", Kind::Text),
    optional(
        "status",
        Kind::OneOf(&["CREATED", "PAID", "CANCELED", "FULFILLED"]),
    ),
    optional("amount", Kind::Integer(0)),
    optional("initial_amount", Kind::Integer(0)),
    optional("discount_amount", Kind::Integer(0)),
    optional("items", Kind::List(&Kind::Object(ITEM), 0, MOST_ITEMS)),
    optional("metadata", Kind::AnyObject),
    optional("customer", Kind::Object(CUSTOMER)),
    optional("referrer", Kind::Object(CUSTOMER)),
    nullable("referrer_id", Kind::Text),
];

const CUSTOMER: &[Field] = &[
    optional("id", Kind::Text),
    optional("source_id", Kind::Text),
    optional("name", Kind::Text),
    optional("description", Kind::Text),
    optional("email", Kind::Like(check::email)),
    optional("phone", Kind::Text),
    optional("birthday", Kind::Like(check::date)),
    optional("birthdate", Kind::Like(check::date)),
    nullable(
        "address",
        Kind::Object(&[
            optional("city", Kind::Text),
            optional("state", Kind::Text),
            optional("line_1", Kind::Text),
            optional("line_2", Kind::Text),
            optional("country", Kind::Text),
            optional("postal_code", Kind::Text),
        ]),
    ),
    optional("metadata", Kind::AnyObject),
];

const ITEM: &[Field] = &[
    optional("sku_id", Kind::Text),
    optional("product_id", Kind::Text),
    optional("related_object", Kind::OneOf(&["product", "sku"])),
    optional("source_id", Kind::Text),
    optional("quantity", Kind::Integer(1)),
    optional("discount_quantity", Kind::Integer(0)),
    optional("initial_quantity", Kind::Integer(1)),
    optional("amount", Kind::Integer(0)),
    optional("discount_amount", Kind::Integer(0)),
    optional("initial_amount", Kind::Integer(0)),
    optional("price", Kind::Integer(0)),
    optional(
        "product",
        Kind::Object(&[
            optional("id", Kind::Text),
            optional("source_id", Kind::Text),
            optional("override", Kind::Boolean),
            optional("name", Kind::Text),
            optional("metadata", Kind::AnyObject),
            optional("price", Kind::NumberFromZero),
        ]),
    ),
    optional(
        "sku",
        Kind::Object(&[
            optional("id", Kind::Text),
            optional("source_id", Kind::Text),
            optional("override", Kind::Boolean),
            optional("sku", Kind::Text),
            optional("price", Kind::NumberFromZero),
            optional("metadata", Kind::AnyObject),
        ]),
    ),
    optional("metadata", Kind::AnyObject),
];

/// Checks the array of an import. Paths begin at the order, as the vendor's do.
pub(super) fn import(body: &Value, checker: &mut Checker) {
    let Some(orders) = body.as_array() else {
        checker.report(&Path::Root, "must be an array of orders");
        return;
    };
    if orders.is_empty() {
        checker.report(&Path::Root, "cannot have fewer than 1 entries");
    } else if orders.len() > MOST_ORDERS {
        checker.report(
            &Path::Root,
            format!("cannot have more than {MOST_ORDERS} entries"),
        );
        return;
    }
    for one in orders {
        order(one, checker, &Path::Root);
    }
    for id in repeated(orders) {
        checker.report(
            &Path::Root.key("source_id"),
            format!("{id} comes twice in the same request"),
        );
    }
}

/// Checks one order, or the part of one that an update brings.
pub(super) fn order(order: &Value, checker: &mut Checker, at: &Path<'_>) {
    checker.value(order, &Kind::Object(ORDER), at);
    let items = order.get("items").and_then(Value::as_array);
    for (index, item) in items.into_iter().flatten().enumerate() {
        if item.get("related_object").is_some() && check::is_empty(item.get("source_id")) {
            let items = at.key("items");
            let line = items.index(index);
            checker.report(
                &line.key("source_id"),
                "is required when related_object is given",
            );
        }
    }
}
