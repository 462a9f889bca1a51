//! Kameleoon's credentials and switches, with what they stand at unless the profile says otherwise.

use crate::order::{LineStatus, Order, Stage};
use crate::vendor::{Account, CredentialSpec, SettingKind, SettingSpec, TableSpec};

/// What a profile must hold.
pub static CREDENTIALS: &[CredentialSpec] = &[
    CredentialSpec {
        name: "shop_id",
        secret: false,
        optional: false,
        help: "Store Key: in the Kameleoon app under Recommendations, Settings, Store settings",
    },
    CredentialSpec {
        name: "shop_secret",
        secret: true,
        optional: false,
        help: "Secret Key: in the Kameleoon app under Recommendations, Settings, Store settings",
    },
];

/// The switches.
pub static SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "status",
        kind: SettingKind::Table(TableSpec {
            keys: Stage::NAMES,
            words: &[],
        }),
        default: r#"{ pending = "Created", paid = "Processing", shipped = "Shipped", delivered = "Delivered", cancelled = "cancelled", refunded = "Refunded" }"#,
        help: "the account's words for an order's status; each must be in its matching table",
    },
    SettingSpec {
        name: "external_id_from",
        kind: SettingKind::Choice(&["customer_id", "email"]),
        default: "customer_id",
        help: "what is sent as external_id: whichever of them Kameleoon stores as the Custom Data that identifies visitors across devices",
    },
    SettingSpec {
        name: "item_id_from",
        kind: SettingKind::Choice(&["sku", "variant_id", "product_id"]),
        default: "sku",
        help: "which id of a line comes first as item id: the one that the product feed at Kameleoon uses; a line without it gives the next of sku, variant_id, product_id",
    },
    SettingSpec {
        name: "repeated_lines",
        kind: SettingKind::Choice(&["merge", "refuse"]),
        default: "refuse",
        help: "lines of one order that repeat to the letter: refused by KAM-07, or merged into one with the quantities added and told as a warning; the sandbox's own profile merges them",
    },
    SettingSpec {
        name: "barcode_field",
        kind: SettingKind::Choice(&["barcode", "barcode_id"]),
        default: "barcode",
        help: "name of the barcode's field: the page's table says barcode, its example barcode_id",
    },
    SettingSpec {
        name: "discount_product",
        kind: SettingKind::Choice(&["amount", "price"]),
        default: "amount",
        help: "what an item's discount_product means: the line's discount, or the price of one unit after it",
    },
    SettingSpec {
        name: "narrow_down",
        kind: SettingKind::Boolean,
        default: "true",
        help: "split a batch that is refused (400, or an error message) in halves to find the orders to blame: one bad order among 1,000 costs some 20 requests, and after 200 refusals in a row it stops looking; `false` rejects the whole batch",
    },
];

/// Whether a batch that is refused is split to find the orders to blame.
pub fn narrows_down(account: &Account) -> bool {
    account.flag("narrow_down", true)
}

/// The account's word for a stage of an order.
pub fn status_word(account: &Account, stage: Stage) -> &str {
    account.word("status", stage.name()).unwrap_or(match stage {
        Stage::Pending => "Created",
        Stage::Paid => "Processing",
        Stage::Shipped => "Shipped",
        Stage::Delivered => "Delivered",
        Stage::Refunded => "Refunded",
        Stage::Cancelled => "cancelled",
    })
}

/// The status of one line: its own, else the order's. An order that is cancelled or wholly refunded leaves no
/// line delivered, whatever the line says.
pub fn line_status(order: &Order, own: Option<LineStatus>) -> LineStatus {
    let of_order = match order.stage() {
        Stage::Pending => LineStatus::Created,
        Stage::Paid => LineStatus::Invoiced,
        Stage::Shipped => LineStatus::Shipped,
        Stage::Delivered => LineStatus::Delivered,
        Stage::Refunded => LineStatus::Refunded,
        Stage::Cancelled => LineStatus::Cancelled,
    };
    let ends = |status| matches!(status, LineStatus::Cancelled | LineStatus::Refunded);
    match own {
        Some(own) if ends(own) || !ends(of_order) => own,
        _ => of_order,
    }
}
