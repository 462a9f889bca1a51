//! Tests that what a vendor says it never reads is never read.

use proptest::prelude::*;

use super::testing::{encoded, sample_order, sandbox_account, with_setting};
use super::{ALL, Account, SettingKind, VendorRef};
use crate::order::outcome::Operation;
use crate::order::{Field, Kind, Order, VendorField};

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

/// Accounts of the sandbox: as it comes, and with each switch in each of its positions.
fn accounts(vendor: VendorRef) -> Vec<Account> {
    let switched = vendor.settings().iter().flat_map(|setting| {
        let positions = match setting.kind {
            SettingKind::Boolean => vec!["true".to_owned(), "false".to_owned()],
            SettingKind::Choice(words) => words.iter().map(|word| format!("{word:?}")).collect(),
            _ => Vec::new(),
        };
        let account = |json: String| with_setting(sandbox_account(vendor), setting.name, &json);
        positions.into_iter().map(account)
    });
    let plain = std::iter::once(sandbox_account(vendor));
    plain.chain(switched).collect()
}

/// What becomes of an order, and what is said of it.
fn made(vendor: VendorRef, order: &Order, account: &Account, operation: Operation) -> String {
    let encoded = encoded(vendor, order, account, operation);
    let bytes = String::from_utf8(encoded.bytes).unwrap();
    format!("{bytes}\n{:?}", encoded.findings)
}

proptest! {
    /// Payloads and findings are the same without them, whatever else an order holds and its account says.
    #[test]
    fn unread_texts_make_no_difference(
        empty in prop::collection::vec(any::<bool>(), Field::ALL.len()),
        is_mapped: bool,
    ) {
        let mut order = sample_order();
        for (field, is_empty) in texts().zip(empty) {
            let known = field.get(&order, is_item(field).then_some(0));
            let text = known.unwrap_or_else(|| field.name().to_owned());
            set(&mut order, field, if is_empty { "" } else { &text });
        }
        for vendor in ALL.iter().copied().filter(|it| !it.unread_texts().is_empty()) {
            let mut whole = order.clone();
            if is_mapped {
                whole.vendor_fields.push(VendorField {
                    vendor: vendor.name().to_owned(),
                    path: "metadata/season".to_owned(),
                    item: None,
                    value: "spring".to_owned(),
                });
            }
            let mut without = whole.clone();
            for field in vendor.unread_texts() {
                prop_assert_eq!(field.kind(), Kind::Text);
                set(&mut without, *field, "");
            }
            for account in accounts(vendor) {
                for operation in Operation::ALL.into_iter().filter(|it| vendor.supports(*it).is_ok()) {
                    let [whole, without] = [&whole, &without].map(|it| made(vendor, it, &account, operation));
                    prop_assert_eq!(whole, without, "{} {} {:?}", vendor.name(), operation, &account.settings);
                }
            }
        }
    }
}
