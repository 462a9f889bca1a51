//! What a vendor needs of an order, said in the order's own fields: what a mapping has to fill.

use crate::order::outcome::Operation;
use crate::order::{Field, LineItem, Order};
use crate::vendor::Account;
use crate::vendor::payload::inspect;
use crate::vendor::{FieldKind, FieldSpec, Origin, Required, Subject, VendorRef};

/// A field of a vendor's payload that an import needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Its path in the vendor's table: `items/*/price`.
    pub path: &'static str,
    /// What it means, and where it comes from.
    pub help: &'static str,
    /// The order's fields that fill it, the first one first; empty where only the profile or a field of the
    /// vendor's own can.
    pub fields: &'static [Field],
}

/// What that vendor needs for an import at that account, in the order of its table. What the account's
/// defaults fill isn't needed.
pub fn needs(vendor: VendorRef, account: &Account) -> Vec<Need> {
    let order = Order {
        items: vec![LineItem::default()],
        ..Order::default()
    };
    let subject = Subject {
        order: &order,
        native: None,
        edits: &[],
    };
    let now = jiff::Timestamp::UNIX_EPOCH;
    let empty = inspect(vendor, subject, account, Operation::Import, now);
    let all = || empty.origins.iter().chain(&empty.behind);
    let mut needs = Vec::new();
    for (_, spec) in vendor.table().iter() {
        if !is_needed(spec) {
            continue;
        }
        let pointer = format!("/{}", spec.path.replace('*', "0"));
        let fields = all().find_map(|(known, origin)| match origin {
            Origin::Fields(fields) if *known == pointer => Some(*fields),
            _ => None,
        });
        let given = empty
            .origins
            .iter()
            .any(|(known, origin)| *known == pointer && !matches!(origin, Origin::Fields(_)));
        if fields.is_none() && given {
            continue;
        }
        needs.push(Need {
            path: spec.path,
            help: spec.help,
            fields: fields.unwrap_or_default(),
        });
    }
    needs
}

fn is_needed(spec: &FieldSpec) -> bool {
    let container = matches!(spec.kind, FieldKind::Object | FieldKind::Array);
    spec.required != Required::No && !container
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendor;

    #[test]
    fn what_is_needed_is_said_in_fields_of_the_order() {
        for vendor in vendor::ALL {
            let account = crate::vendor::testing::sandbox_account(*vendor);
            let needs = needs(*vendor, &account);
            for need in &needs {
                eprintln!("{} {} {:?}", vendor.name(), need.path, need.fields);
            }
            assert!(!needs.is_empty(), "{}", vendor.name());
        }
    }
}
