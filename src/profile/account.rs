//! A profile as the vendor layer sees it: checked against the vendor's tables, default names made paths.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Problem, Profile, ProfileError, Requirements};
use crate::order::Currency;
use crate::vendor::account::SHARED_SETTINGS;
use crate::vendor::{Account, SettingSpec, VendorRef, by_name};

impl Profile {
    /// The vendor and the account, everything in the profile checked against what the vendor knows. Secrets
    /// are not touched.
    ///
    /// # Errors
    /// The first thing that the vendor doesn't know or that is missing, with its line in the file.
    pub fn account(&self) -> Result<(VendorRef, Account), ProfileError> {
        let vendor = by_name(&self.vendor)
            .ok_or_else(|| self.problem("vendor", "no such vendor".to_owned()))?;
        self.check(vendor)?;
        let currency = match &self.currency {
            None => None,
            Some(code) => Some(Currency::parse(code).ok_or_else(|| {
                self.problem("currency", "not an ISO 4217 code such as EUR".to_owned())
            })?),
        };
        let base_url = self
            .base_url
            .clone()
            .or_else(|| vendor.default_base_url().map(str::to_owned))
            .unwrap_or_default();
        let sandbox_defaults = if self.is_built_in() {
            vendor
                .sandbox_defaults()
                .iter()
                .filter_map(|(path, json)| {
                    Some(((*path).to_owned(), serde_json::from_str(json).ok()?))
                })
                .collect()
        } else {
            BTreeMap::new()
        };
        let account = Account {
            profile: self.name.clone(),
            account: self.account.clone(),
            environment: self.environment,
            base_url,
            currency,
            read_only: self.read_only,
            allow_proxy: self.allow_proxy,
            defaults: self.default_paths(vendor)?.into(),
            sandbox_defaults: sandbox_defaults.into(),
            settings: self.settings.clone(),
        };
        Ok((vendor, account))
    }

    fn check(&self, vendor: VendorRef) -> Result<(), ProfileError> {
        let (optional, required): (Vec<_>, Vec<_>) = vendor
            .credentials()
            .iter()
            .partition(|credential| credential.optional);
        let names = |specs: Vec<&crate::vendor::CredentialSpec>| -> Vec<&str> {
            specs.into_iter().map(|spec| spec.name).collect()
        };
        let settings: Vec<&SettingSpec> = SHARED_SETTINGS.iter().chain(vendor.settings()).collect();
        let setting_names: Vec<&str> = settings.iter().map(|spec| spec.name).collect();
        // Defaults are checked by path below.
        let default_names: Vec<&str> = self.defaults.keys().map(String::as_str).collect();
        self.validate(&Requirements {
            credentials: &names(required),
            optional_credentials: &names(optional),
            settings: &setting_names,
            defaults: &default_names,
            needs_base_url: vendor.default_base_url().is_none(),
        })?;
        self.check_addresses(vendor, &settings)?;
        for (name, value) in &self.settings {
            if let Some(spec) = settings.iter().find(|spec| spec.name == name)
                && let Err(wanted) = spec.kind.accepts(value)
            {
                let field = format!("settings.{name}");
                return Err(self.problem(&field, format!("must be {wanted}")).into());
            }
        }
        Ok(())
    }

    /// With an address of its own no other one may be the vendor's by default: credentials would go there.
    fn check_addresses(
        &self,
        vendor: VendorRef,
        settings: &[&SettingSpec],
    ) -> Result<(), ProfileError> {
        if self.base_url.is_none() || self.base_url.as_deref() == vendor.default_base_url() {
            return Ok(());
        }
        for name in vendor.addresses() {
            if let Some(spec) = settings.iter().find(|spec| spec.name == *name)
                && !self.settings.contains_key(*name)
            {
                let what = format!(
                    "missing: base_url isn't {}'s own, and without this the credentials would go to {}",
                    vendor.title(),
                    spec.default
                );
                return Err(self.problem(&format!("settings.{name}"), what).into());
            }
        }
        Ok(())
    }

    fn default_paths(&self, vendor: VendorRef) -> Result<BTreeMap<String, Value>, Problem> {
        let table = vendor.table();
        let mut paths = BTreeMap::new();
        for (name, value) in &self.defaults {
            let found = table
                .find(name)
                .or_else(|| table.find(&name.replace('.', "/")));
            let Some(id) = found else {
                let known: Vec<&str> = table.iter().map(|(_, spec)| spec.path).collect();
                let what = format!(
                    "{} has no field of that name{}",
                    vendor.title(),
                    super::suggest::hint(name, &known)
                );
                return Err(self.problem(&format!("defaults.{name}"), what));
            };
            paths.insert(table.spec(id).path.to_owned(), value.clone());
        }
        Ok(paths)
    }
}
