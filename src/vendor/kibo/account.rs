//! What a profile holds for Kibo: credentials, switches, and the sandbox's stand-ins.

use super::fields::STATUSES;
use super::request::TOKEN_URL;
use crate::order::status::Stage;
use crate::vendor::{CredentialSpec, SettingKind, SettingSpec, TableSpec};

/// Key and secret of the API.
pub const CREDENTIALS: &[CredentialSpec] = &[
    CredentialSpec {
        name: "api_key",
        secret: true,
        optional: false,
        help: "the key of the API, from your contact at Kibo",
    },
    CredentialSpec {
        name: "api_secret",
        secret: true,
        optional: false,
        help: "the secret that belongs to the key",
    },
];

/// Kibo's own switches.
pub const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "token_url",
        kind: SettingKind::Text,
        default: TOKEN_URL,
        help: "where tokens come from; migrated tenants have an address of their own",
    },
    SettingSpec {
        name: "x_vol_tenant",
        kind: SettingKind::Text,
        default: "",
        help: "the tenant, sent as the header x-vol-tenant, for accounts that need it",
    },
    SettingSpec {
        name: "status",
        kind: SettingKind::Table(TableSpec {
            keys: Stage::NAMES,
            words: STATUSES,
        }),
        default: r#"{ pending = "READY", paid = "READY", shipped = "SHIPPED", delivered = "SHIPPED", cancelled = "CANCELLED" }"#,
        help: "what an order's status is called there; without a word for refunded, a returned order is an error",
    },
    SettingSpec {
        name: "payment_types",
        kind: SettingKind::Table(TableSpec {
            keys: &[],
            words: &[],
        }),
        default: "{}",
        help: "payment types by the shop's payment methods, such as { \"Shopify Payments\" = \"CC\" }; what it doesn't name is sent as NO",
    },
    SettingSpec {
        name: "send_passwords",
        kind: SettingKind::Boolean,
        default: "false",
        help: "whether customers' passwords may be sent; they would stand in the ledger, too",
    },
];

/// What no order file holds. The address is one of those set aside for documentation.
pub const SANDBOX_DEFAULTS: &[(&str, &str)] = &[
    ("manufacturerID", "1010"),
    ("catalogID", "0"),
    ("customerIP", "\"203.0.113.10\""),
];
