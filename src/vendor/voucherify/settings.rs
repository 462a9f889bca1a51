//! The switches of a Voucherify profile.

use std::time::Duration;

use crate::order::{Currency, Stage};
use crate::vendor::{Account, CredentialSpec, SettingKind, SettingSpec, TableSpec};

/// What a profile must hold.
pub(super) static CREDENTIALS: &[CredentialSpec] = &[
    CredentialSpec {
        name: "app_id",
        secret: false,
        optional: false,
        help: "Application ID of the project: Project settings → General → Application keys",
    },
    CredentialSpec {
        name: "app_token",
        secret: true,
        optional: false,
        help: "Secret key that belongs to the application ID, shown once when the key is made",
    },
];

const DEFAULT_SCOPE: &str = "api";
const DEFAULT_DATE_KEY: &str = "order_date";

/// The switches.
pub(super) static SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "auth",
        kind: SettingKind::Choice(&["token", "oauth"]),
        default: "token",
        help: "`token` sends application id and token with every request; `oauth` trades them for a token that lives 15 minutes",
    },
    SettingSpec {
        name: "oauth_scope",
        kind: SettingKind::Text,
        default: DEFAULT_SCOPE,
        help: "what an OAuth token may do, divided by blanks: `api` for everything, `orders async-actions` for imports and their jobs",
    },
    SettingSpec {
        name: "status",
        kind: SettingKind::Table(TableSpec {
            keys: Stage::NAMES,
            words: super::fields::STATUSES,
        }),
        default: "{ pending = \"CREATED\", paid = \"PAID\", shipped = \"FULFILLED\", delivered = \"FULFILLED\", refunded = \"CANCELED\", cancelled = \"CANCELED\" }",
        help: "Voucherify's word for each status",
    },
    SettingSpec {
        name: "minor_unit",
        kind: SettingKind::Choice(&["currency", "hundredths"]),
        default: "currency",
        help: "what amounts are counted in: the currency's own smallest unit (JPY 0 decimals, USD 2, KWD 3; 2 if no currency is known), or always hundredths, as the vendor's page says of item prices",
    },
    SettingSpec {
        name: "order_date_key",
        kind: SettingKind::Text,
        default: DEFAULT_DATE_KEY,
        help: "name in `metadata` under which the date of the order is sent: the import stamps a `created_at` of its own",
    },
    SettingSpec {
        name: "narrow_down",
        kind: SettingKind::Boolean,
        default: "true",
        help: "split a batch that is refused as invalid in halves to find the orders to blame; `false` rejects the whole batch",
    },
    SettingSpec {
        name: "jobs_in_flight",
        kind: SettingKind::Integer { min: 1, max: 100 },
        default: "1",
        help: "imports that may wait at Voucherify at the same time; it works on one at a time in any case",
    },
    SettingSpec {
        name: "job_patience",
        kind: SettingKind::Integer {
            min: 1,
            max: 7 * 24 * 3600,
        },
        default: "1800",
        help: "seconds that an import may come no further before it counts as stale and the run stops",
    },
];

/// Whether requests carry an OAuth token.
pub(super) fn uses_oauth(account: &Account) -> bool {
    account.text("auth", "token") == "oauth"
}

/// What an OAuth token is asked for.
pub(super) fn oauth_scope(account: &Account) -> &str {
    filled(account.text("oauth_scope", DEFAULT_SCOPE), DEFAULT_SCOPE)
}

/// The name of the order's date in `metadata`.
pub(super) fn order_date_key(account: &Account) -> &str {
    filled(
        account.text("order_date_key", DEFAULT_DATE_KEY),
        DEFAULT_DATE_KEY,
    )
}

/// Whether a batch that is refused is split to find the orders to blame.
pub(super) fn narrows_down(account: &Account) -> bool {
    account.flag("narrow_down", true)
}

/// How many imports may wait at the vendor.
pub(super) fn jobs_in_flight(account: &Account) -> usize {
    usize::try_from(account.integer("jobs_in_flight", 1))
        .unwrap_or(1)
        .max(1)
}

/// How long an import may come no further.
pub(super) fn job_patience(account: &Account) -> Duration {
    let seconds = account.integer("job_patience", 1800);
    Duration::from_secs(u64::try_from(seconds).unwrap_or(1800))
}

/// Decimals of the unit that amounts are counted in.
pub(super) fn decimals(account: &Account, currency: Option<Currency>) -> u32 {
    if account.text("minor_unit", "currency") == "hundredths" {
        return 2;
    }
    currency.or(account.currency).map_or(2, Currency::decimals)
}

/// The vendor's word for a status.
pub(super) fn status_word(account: &Account, stage: Stage) -> &str {
    account.word("status", stage.name()).unwrap_or(match stage {
        Stage::Pending => "CREATED",
        Stage::Paid => "PAID",
        Stage::Shipped | Stage::Delivered => "FULFILLED",
        Stage::Refunded | Stage::Cancelled => "CANCELED",
    })
}

fn filled<'a>(text: &'a str, default: &'a str) -> &'a str {
    if text.trim().is_empty() {
        default
    } else {
        text
    }
}
