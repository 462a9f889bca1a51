//! What encoding and sending need to know of an account: address, currency, defaults, settings, credentials.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::defaults::Defaults;
use super::{Limits, SettingKind, SettingSpec, VendorRef};
use crate::order::Currency;
use crate::order::outcome::Operation;
use crate::secret::Secret;

/// How serious an account is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Environment {
    /// Real customers, real money.
    Live,
    /// A test account at the vendor.
    Test,
    /// The vendors on loopback.
    Sandbox,
}

impl Environment {
    /// Every environment.
    pub const ALL: [Self; 3] = [Self::Live, Self::Test, Self::Sandbox];

    /// The name in profiles and in the ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
            Self::Sandbox => "sandbox",
        }
    }

    /// The environment of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|environment| environment.name() == name)
    }
}

impl std::fmt::Display for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Settings that every vendor has. Their defaults are the vendor's own limits.
pub const SHARED_SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "batch_size",
        kind: SettingKind::Integer {
            min: 1,
            max: 100_000,
        },
        default: "the vendor's own",
        help: "orders in one request, at most what the vendor takes",
    },
    SettingSpec {
        name: "requests_per_minute",
        kind: SettingKind::Integer {
            min: 0,
            max: 1_000_000,
        },
        default: "the vendor's own",
        help: "how many requests may leave in a minute, 0 for no limit",
    },
    SettingSpec {
        name: "concurrency",
        kind: SettingKind::Integer { min: 1, max: 64 },
        default: "the vendor's own",
        help: "how many requests may be under way at the same time",
    },
];

/// One account, as vendors see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Name of its profile.
    pub profile: String,
    /// The ledger's name for who it is at the vendor.
    pub account: String,
    /// How serious it is.
    pub environment: Environment,
    /// Where it is reached, without a slash at the end.
    pub base_url: String,
    /// The currency that orders must have, if the profile names one.
    pub currency: Option<Currency>,
    /// Looks and checks, never sends.
    pub read_only: bool,
    /// Requests may go through the proxy that the environment names.
    pub allow_proxy: bool,
    /// Values for fields that the order doesn't give, by path in the field table with `/`.
    pub defaults: Defaults,
    /// The same for the sandbox's own profile: their origin is shown as such.
    pub sandbox_defaults: Defaults,
    /// The vendor's switches.
    pub settings: Map<String, Value>,
}

impl Account {
    /// A setting. A profile has few: looking at each is quicker than hashing a name, and encoders ask for every
    /// order.
    pub fn setting(&self, name: &str) -> Option<&Value> {
        let mut settings = self.settings.iter();
        settings.find_map(|(known, value)| (known == name).then_some(value))
    }

    /// A setting that holds text, else its default.
    pub fn text<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.setting(name)
            .and_then(Value::as_str)
            .unwrap_or(default)
    }

    /// A setting that is true or false, else its default.
    pub fn flag(&self, name: &str, default: bool) -> bool {
        self.setting(name)
            .and_then(Value::as_bool)
            .unwrap_or(default)
    }

    /// A setting that holds a whole number, else its default.
    pub fn integer(&self, name: &str, default: i64) -> i64 {
        self.setting(name)
            .and_then(Value::as_i64)
            .unwrap_or(default)
    }

    /// A word of a setting that is a table: `status = { shipped = "Sent" }`.
    pub fn word<'a>(&'a self, table: &str, key: &str) -> Option<&'a str> {
        self.setting(table)?.get(key)?.as_str()
    }

    /// A setting that is a list of texts; none without it.
    pub fn list(&self, name: &str) -> impl Iterator<Item = &str> {
        self.setting(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
    }

    /// The vendor's limits with the profile's own words in them. `batch_size` only makes batches smaller than
    /// what the vendor allows.
    pub fn limits(&self, vendor: VendorRef, operation: Operation, mode: Option<&str>) -> Limits {
        let limits = vendor.limits_in_mode(operation, mode, self);
        let setting = |name, default: usize| {
            let given = self.settings.get(name).and_then(Value::as_u64);
            given.map_or(default, |given| given as usize)
        };
        Limits {
            orders_per_request: setting("batch_size", limits.orders_per_request)
                .clamp(1, limits.orders_per_request.max(1)),
            concurrency: setting("concurrency", limits.concurrency).clamp(1, 64),
            requests_per_minute: setting("requests_per_minute", limits.requests_per_minute as usize)
                as u32,
            ..limits
        }
    }

    /// The settings and defaults as canonical JSON: what a run is frozen on. Holds no secret, and no address:
    /// an address may be put right, and the sandbox has another one in each process.
    pub fn frozen(&self) -> String {
        let mut settings: Vec<(&String, &Value)> = self
            .settings
            .iter()
            .filter(|(name, _)| !name.ends_with("_url"))
            .collect();
        settings.sort_by_key(|(name, _)| *name);
        serde_json::json!({
            "currency": self.currency.map(|currency| currency.code().to_owned()),
            "defaults": *self.defaults,
            "sandbox_defaults": *self.sandbox_defaults,
            "settings": settings.into_iter().map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>(),
        })
        .to_string()
    }
}

/// The credentials of one account, resolved and ready for a request.
#[derive(Debug, Clone, Default)]
pub struct Credentials(BTreeMap<String, Secret>);

impl Credentials {
    /// Credentials by their names.
    pub fn new(values: impl IntoIterator<Item = (String, Secret)>) -> Self {
        Self(values.into_iter().collect())
    }

    /// The credential of that name.
    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.0.get(name)
    }

    /// The credential of that name; empty where the profile has none, which the vendor will refuse.
    pub fn expose(&self, name: &str) -> &str {
        self.0.get(name).map_or("", Secret::expose)
    }

    /// Every secret, for masking and for tests that search for leaks.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.0.values()
    }
}
