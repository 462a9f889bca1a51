//! What may be shown of a profile.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Environment, Profile};

/// A profile as `profile show` prints it: each credential by where it comes from, never by its value.
#[derive(Debug, Serialize)]
pub struct ProfileView<'a> {
    /// What the operator calls it.
    pub name: &'a str,
    /// The vendor's name.
    pub vendor: &'a str,
    /// The ledger's name for the account.
    pub account: &'a str,
    /// ISO 4217 code.
    pub currency: Option<&'a str>,
    /// Live, test or sandbox.
    pub environment: Environment,
    /// The address, if it isn't the vendor's default.
    pub base_url: Option<&'a str>,
    /// Never sends.
    pub read_only: bool,
    /// Whether proxies of the environment are used.
    pub allow_proxy: bool,
    /// Where each credential comes from, in words.
    pub credentials: BTreeMap<&'a str, String>,
    /// Values for fields that the order doesn't give.
    pub defaults: &'a Map<String, Value>,
    /// Pace and the vendor's switches.
    pub settings: &'a Map<String, Value>,
}

impl<'a> ProfileView<'a> {
    pub(super) fn of(profile: &'a Profile) -> Self {
        Self {
            name: &profile.name,
            vendor: &profile.vendor,
            account: &profile.account,
            currency: profile.currency.as_deref(),
            environment: profile.environment,
            base_url: profile.base_url.as_deref(),
            read_only: profile.read_only,
            allow_proxy: profile.allow_proxy,
            credentials: profile
                .credentials
                .iter()
                .map(|(field, source)| (field.as_str(), source.to_string()))
                .collect(),
            defaults: &profile.defaults,
            settings: &profile.settings,
        }
    }
}
