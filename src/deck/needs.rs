//! What a vendor needs of an order, said in the order's own fields: what a mapping has to fill.

use crate::order::outcome::Operation;
use crate::order::{Field, Level, LineItem, Order};
use crate::vendor::payload::inspect;
use crate::vendor::{
    Account, FieldKind, FieldSpec, Inspected, Origin, Required, Subject, VendorRef,
};

/// A field of a vendor's payload that an import needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Its path in the vendor's table: `items/*/price`.
    pub path: &'static str,
    /// What it means, and where it comes from.
    pub help: &'static str,
    /// The order's fields that fill it, the first one first: any of them alone does, but for what is reckoned
    /// from several. Empty where only the profile or a field of the vendor's own can.
    pub fields: Vec<Field>,
}

/// A field of a vendor's payload that no field of the order fills: a mapping or the profile may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnField {
    /// The vendor's name.
    pub vendor: &'static str,
    /// Its path in the vendor's table: `shippingMethod/shippingType`.
    pub path: &'static str,
    /// Its type.
    pub kind: FieldKind,
    /// What it means.
    pub help: &'static str,
    /// The only values that it may have; empty for any.
    pub choices: &'static [&'static str],
    /// The vendor needs it, and no default of the account fills it.
    pub needed: bool,
    /// A default of the account fills it, or the vendor's encoder does.
    pub given: bool,
}

impl OwnField {
    /// A field of the vendor's table that nobody needs and nothing else fills.
    pub fn of(vendor: &'static str, spec: &FieldSpec) -> Self {
        Self {
            vendor,
            path: spec.path,
            kind: spec.kind,
            help: spec.help,
            choices: match spec.kind {
                FieldKind::Boolean => &["true", "false"],
                _ => spec.choices,
            },
            needed: false,
            given: false,
        }
    }
}

/// The fields that only that vendor has, in the order of its table.
pub fn own_fields(vendor: VendorRef, account: &Account) -> Vec<OwnField> {
    let mut full = Order {
        items: vec![LineItem::default()],
        ..Order::default()
    };
    let empty = looked_at(vendor, account, &full);
    for field in Field::ALL {
        let _ = field.set(&mut full, Some(0), field.kind().sample());
    }
    let full = looked_at(vendor, account, &full);
    let of_order = |pointer: &str| {
        let mut all = [&full.origins, &full.behind, &empty.behind]
            .into_iter()
            .flatten();
        all.any(|(known, origin)| {
            known == pointer
                && matches!(
                    origin,
                    Origin::Fields(_) | Origin::Reckoned(_) | Origin::Fixed
                )
        })
    };
    // Lists whose elements are the order's lines: a mapping reaches no other.
    let is_line = |pointer: &str| {
        let head = pointer.split_once("/0/").map_or("", |(head, _)| head);
        full.origins.iter().any(|(known, origin)| {
            known
                .strip_prefix(head)
                .is_some_and(|rest| rest.starts_with("/0/"))
                && matches!(origin, Origin::Fields(fields)
                    if fields.iter().any(|field| field.level() == Level::Item))
        })
    };
    let given = |pointer: &str| empty.origins.iter().any(|(known, _)| known == pointer);
    vendor
        .table()
        .iter()
        .filter(|(_, spec)| !matches!(spec.kind, FieldKind::Object | FieldKind::Array))
        .filter_map(|(_, spec)| {
            let pointer = format!("/{}", spec.path.replace('*', "0"));
            let lines = spec.path.matches('*').count();
            if of_order(&pointer) || lines > 1 || (lines == 1 && !is_line(&pointer)) {
                return None;
            }
            Some(OwnField {
                needed: is_needed(vendor, spec) && !given(&pointer),
                given: given(&pointer),
                ..OwnField::of(vendor.name(), spec)
            })
        })
        .collect()
}

/// What that vendor needs for an import at that account, in the order of its table. What the account's
/// defaults fill isn't needed.
pub fn needs(vendor: VendorRef, account: &Account) -> Vec<Need> {
    let empty = Order {
        items: vec![LineItem::default()],
        ..Order::default()
    };
    let mut full = empty.clone();
    for field in Field::ALL {
        // Each kind's sample is a value of its kind.
        let _ = field.set(&mut full, Some(0), field.kind().sample());
    }
    let bare = &empty;
    let alone: Vec<(Field, Inspected)> = Field::ALL
        .iter()
        .map(|field| {
            let mut order = bare.clone();
            let _ = field.set(&mut order, Some(0), field.kind().sample());
            (*field, looked_at(vendor, account, &order))
        })
        .collect();
    let (empty, full) = (
        looked_at(vendor, account, &empty),
        looked_at(vendor, account, &full),
    );
    let mut needs = Vec::new();
    for (_, spec) in vendor.table().iter() {
        if !is_needed(vendor, spec) {
            continue;
        }
        let pointer = format!("/{}", spec.path.replace('*', "0"));
        let mut all = [&empty.behind, &full.origins, &full.behind, &empty.origins]
            .into_iter()
            .flatten();
        let fields = all.find_map(|(known, origin)| match origin {
            Origin::Fields(fields) if *known == pointer => Some(*fields),
            _ => None,
        });
        let given = empty.origins.iter().any(|(known, origin)| {
            *known == pointer && !matches!(origin, Origin::Fields(_) | Origin::Reckoned(_))
        });
        if given {
            continue;
        }
        let mut fields = fields.unwrap_or_default().to_vec();
        let fills = |inspected: &Inspected| {
            let mut origins = inspected.origins.iter();
            origins.any(|(known, origin)| {
                *known == pointer && matches!(origin, Origin::Fields(_) | Origin::Reckoned(_))
            }) && inspected.value.pointer(&pointer) != empty.value.pointer(&pointer)
        };
        for (field, inspected) in &alone {
            if fills(inspected) && !fields.contains(field) {
                fields.push(*field);
            }
        }
        needs.push(Need {
            path: spec.path,
            help: spec.help,
            fields,
        });
    }
    needs
}

fn looked_at(vendor: VendorRef, account: &Account, order: &Order) -> Inspected {
    let subject = Subject {
        order,
        native: None,
        edits: &[],
    };
    let now = jiff::Timestamp::UNIX_EPOCH;
    inspect(vendor, subject, account, Operation::Import, now)
}

/// A member of an object is needed only where the object is.
fn is_needed(vendor: VendorRef, spec: &FieldSpec) -> bool {
    let container = matches!(spec.kind, FieldKind::Object | FieldKind::Array);
    let mut above = spec.parent();
    while !above.is_empty() {
        let known = vendor.table().iter().find(|(_, spec)| spec.path == above);
        if known.is_some_and(|(_, spec)| spec.required == Required::No) {
            return false;
        }
        above = above.rsplit_once('/').map_or("", |(above, _)| above);
    }
    spec.required != Required::No && !container
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendor;
    use crate::vendor::testing::sandbox_account;

    #[test]
    fn what_is_needed_is_said_in_fields_of_the_order() {
        let of = |name: &str| {
            let vendor = vendor::by_name(name).unwrap();
            needs(vendor, &sandbox_account(vendor))
        };
        let kameleoon = of("kameleoon");
        let price = kameleoon
            .iter()
            .find(|need| need.path == "items/*/price")
            .unwrap();
        assert_eq!(price.fields.first(), Some(&Field::ItemUnitPrice));
        let total = kameleoon.iter().find(|need| need.path == "value/total");
        assert_eq!(
            total.map(|need| &need.fields[..]),
            Some(&[Field::Total][..])
        );
        // A line without a SKU gives its variant's id, then its product's.
        let id = kameleoon.iter().find(|need| need.path == "items/*/id");
        let id = id.map_or(&[][..], |need| &need.fields);
        assert_eq!(id.first(), Some(&Field::ItemSku));
        assert!(id.contains(&Field::ItemProductId), "{id:?}");
        let rest: Vec<&str> = of("kibo")
            .into_iter()
            .filter(|need| need.fields.is_empty())
            .map(|need| need.path)
            .collect();
        assert_eq!(rest, [""; 0], "fields or the sandbox's defaults fill all");
    }

    #[test]
    fn what_only_one_vendor_has_is_what_no_field_of_the_order_fills() {
        let of = |name: &str| {
            let vendor = vendor::by_name(name).unwrap();
            own_fields(vendor, &sandbox_account(vendor))
        };
        let kibo = of("kibo");
        let paths: Vec<&str> = kibo.iter().map(|own| own.path).collect();
        assert!(paths.contains(&"optInRetailer"), "{paths:?}");
        // The order has a shipping method.
        assert!(!paths.contains(&"shippingMethod/shippingType"), "{paths:?}");
        assert!(kibo.iter().any(|own| own.given) && kibo.iter().any(|own| !own.given));
        for vendor in ["kameleoon", "voucherify", "project-agora", "kibo"] {
            let own = of(vendor);
            assert!(!own.is_empty() && own.iter().all(|own| own.vendor == vendor));
            let needs = needs(
                vendor::by_name(vendor).unwrap(),
                &sandbox_account(vendor::by_name(vendor).unwrap()),
            );
            for need in needs.iter().filter(|need| !need.fields.is_empty()) {
                assert!(
                    !own.iter().any(|own| own.path == need.path),
                    "{}",
                    need.path
                );
            }
        }
    }
}
