//! Tests that what a vendor says it never reads is never read.

use proptest::prelude::*;

use super::testing::{encoded, sample_order, sandbox_account};
use super::{ALL, VendorRef};
use crate::order::outcome::Operation;
use crate::order::{Field, Kind, Order};

fn texts() -> impl Iterator<Item = Field> {
    let fields = Field::ALL.iter().copied();
    fields.filter(|field| field.kind() == Kind::Text && *field != Field::Id)
}

fn is_item(field: Field) -> bool {
    field.path().starts_with("items/")
}

fn set(order: &mut Order, field: Field, text: &str) {
    let items = if is_item(field) { order.items.len() } else { 1 };
    for item in 0..items {
        let item = is_item(field).then_some(item);
        field.set(order, item, text).unwrap();
    }
}

/// What becomes of an order, and what is said of it.
fn made(vendor: VendorRef, order: &Order, operation: Operation) -> String {
    let account = sandbox_account(vendor);
    let encoded = encoded(vendor, order, &account, operation);
    let bytes = String::from_utf8(encoded.bytes).unwrap();
    format!("{bytes}\n{:?}", encoded.findings)
}

proptest! {
    /// Payloads and findings are the same without them, whatever else an order holds.
    #[test]
    fn unread_texts_make_no_difference(empty in prop::collection::vec(any::<bool>(), Field::ALL.len())) {
        let mut order = sample_order();
        for (field, is_empty) in texts().zip(empty) {
            let text = field.get(&order, is_item(field).then_some(0)).filter(|_| !is_empty);
            let text = text.unwrap_or_else(|| if is_empty { String::new() } else { field.name().to_owned() });
            set(&mut order, field, &text);
        }
        for vendor in ALL.iter().copied() {
            let mut without = order.clone();
            for field in vendor.unread_texts() {
                prop_assert_eq!(field.kind(), Kind::Text);
                set(&mut without, *field, "");
            }
            for operation in Operation::ALL.into_iter().filter(|it| vendor.supports(*it).is_ok()) {
                let (whole, without) = (made(vendor, &order, operation), made(vendor, &without, operation));
                prop_assert_eq!(whole, without, "{} {}", vendor.name(), operation);
            }
        }
    }
}
