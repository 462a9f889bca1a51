//! Project Agora's credential and switches, with what they stand at unless the profile says otherwise.

use crate::vendor::{Account, CredentialSpec, Environment, SettingKind, SettingSpec};

/// What a profile must hold.
pub static CREDENTIALS: &[CredentialSpec] = &[CredentialSpec {
    name: "api_key",
    secret: true,
    optional: false,
    help: "API key of the retailer's team, as Project Agora gave it",
}];

/// The switches.
pub static SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "gtin_prefix",
        kind: SettingKind::Text,
        default: "",
        help: "what the product feed puts before `--SKU`: put before a SKU that has no prefix",
    },
    SettingSpec {
        name: "total_means",
        kind: SettingKind::Choice(&["line", "unit"]),
        default: "line",
        help: "what totalOrderItemPriceAfterDiscounts holds: the page's words say the whole line, its examples one unit",
    },
    SettingSpec {
        name: "banner_others",
        kind: SettingKind::Choice(&["leave_out", "without_ad"]),
        default: "leave_out",
        help: "what the fix of PAC-06 does with the other items of a banner: leaves them out, as the page's example does, or sends them without their adId",
    },
    SettingSpec {
        name: "ad_prefixes",
        kind: SettingKind::List,
        default: "[]",
        help: "prefixes of adIds to allow beside display_ and banner_",
    },
    SettingSpec {
        name: "all_orders",
        kind: SettingKind::Boolean,
        default: "false",
        help: "every order is sent, not only those with an advertisement: PAC-09 is then for information",
    },
    SettingSpec {
        name: "api_key_form",
        kind: SettingKind::Choice(&["raw", "base64"]),
        default: "raw",
        help: "how the key stands in the Authorization header: as given, or as base64 of `key:`",
    },
    SettingSpec {
        name: "read_back",
        kind: SettingKind::Boolean,
        default: "false, in the sandbox true",
        help: "the tenant lets orders be read (GET /v1/orders/{id}): orders in doubt are looked up there",
    },
    SettingSpec {
        name: "resend",
        kind: SettingKind::Boolean,
        default: "false",
        help: "orders in doubt that can't be looked up are sent again by themselves if they have an id; the page doesn't say that this is harmless",
    },
    SettingSpec {
        name: "narrow_down",
        kind: SettingKind::Boolean,
        default: "true",
        help: "split a batch that is refused as invalid (400) in halves to find the orders to blame: one bad order among 100 costs some 14 requests, and after 200 refusals in a row it stops looking; `false` rejects the whole batch",
    },
];

/// Whether a batch that is refused is split to find the orders to blame.
pub fn narrows_down(account: &Account) -> bool {
    account.flag("narrow_down", true)
}

/// The prefix for bare SKUs, without its dashes; `None` where there is none.
pub fn gtin_prefix(account: &Account) -> Option<&str> {
    let prefix = account.text("gtin_prefix", "");
    let prefix = prefix.strip_suffix("--").unwrap_or(prefix);
    (!prefix.is_empty()).then_some(prefix)
}

/// Whether item totals are of one unit.
pub fn total_is_of_a_unit(account: &Account) -> bool {
    account.text("total_means", "line") == "unit"
}

/// Whether orders can be looked up at the vendor.
pub fn read_back(account: &Account) -> bool {
    account.flag("read_back", account.environment == Environment::Sandbox)
}
