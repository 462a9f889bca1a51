//! Accounts and their credentials: the config and data directories, `profiles.toml`, secrets.
//!
//! A [`Profile`] says how an account at a vendor is reached. Profiles are kept in `profiles.toml` in the config
//! directory; the four sandbox profiles are built in and are put beside them by whoever starts the sandbox.
//! Files made here can be read by nobody else ([`private`]), and secrets can't be printed ([`secret`]).

mod account;
mod address;
mod check;
mod directories;
mod error;
mod file;
pub mod private;
mod read;
pub mod secret;
mod secret_command;
mod suggest;
mod view;
mod write;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Map, Value};

pub use address::{check_address, is_loopback};
pub use check::Requirements;
pub use directories::{Directories, DirectoryError};
pub use error::{Problem, ProfileError};
pub use file::{Change, NewProfile, Profiles};
pub use read::{check_account, check_name};
pub use secret::{Secret, SecretError, SecretRef};
pub use view::ProfileView;

pub use crate::vendor::Environment;

/// Looks up an environment variable, so that tests need not change the process's own. See [`process_environment`].
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A variable of this process's environment. What isn't UTF-8 comes with replacement characters, which the
/// readers of directories and secrets refuse.
pub fn process_environment(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// The vendors that a profile can name.
pub fn vendor_names() -> Vec<&'static str> {
    crate::vendor::ALL
        .iter()
        .map(|vendor| vendor.name())
        .collect()
}

/// What the names of the built-in sandbox profiles begin with; no other profile may.
pub const SANDBOX_PREFIX: &str = "sandbox-";

/// How to reach an account at a vendor. Plain data; what the vendor makes of it is the vendor layer's.
#[derive(Debug)]
pub struct Profile {
    /// What the operator calls it.
    pub name: String,
    /// One of the vendors' names.
    pub vendor: String,
    /// The ledger's name for who it is at the vendor; written once, never changed by an edit.
    pub account: String,
    /// ISO 4217 code that all orders must have, if any.
    pub currency: Option<String>,
    /// Live, test or sandbox.
    pub environment: Environment,
    /// Checked by [`check_address`], without a slash at the end; absent where the vendor's own default serves.
    pub base_url: Option<String>,
    /// Looks and checks, never sends.
    pub read_only: bool,
    /// Whether proxies named in the environment are used (T-11).
    pub allow_proxy: bool,
    /// Where each credential comes from.
    pub credentials: BTreeMap<String, SecretRef>,
    /// Values for fields of the vendor's table that the order doesn't give.
    pub defaults: Map<String, Value>,
    /// Batch size, pace and the vendor's own switches.
    pub settings: Map<String, Value>,
    /// Where it was read from; none for a built-in one.
    origin: Option<Origin>,
}

/// The file and the lines that a profile was read from.
#[derive(Debug, Default)]
struct Origin {
    file: PathBuf,
    /// Line (the first is 1) of each field, by its dotted path: `credentials.api_key`; `""` is the profile itself.
    lines: BTreeMap<String, usize>,
}

impl Profile {
    /// The built-in sandbox profile of a vendor, named `sandbox-<vendor>`. Its credentials are the simulator's, so
    /// they come as plain text.
    ///
    /// # Errors
    /// The vendor is unknown, or the address isn't on loopback.
    pub fn sandbox(
        vendor: &str,
        base_url: &str,
        credentials: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ProfileError> {
        let name = format!("{SANDBOX_PREFIX}{vendor}");
        let invalid = |field: &str, what: String| {
            ProfileError::from(Problem::new(what).profile(&name).field(field))
        };
        let Some(known) = crate::vendor::by_name(vendor) else {
            return Err(invalid("vendor", read::unknown_vendor(vendor)));
        };
        let url = check_address(base_url).map_err(|what| invalid("base_url", what))?;
        if !is_loopback(&url) {
            return Err(invalid("base_url", address::SANDBOX_ELSEWHERE.to_owned()));
        }
        Ok(Self {
            account: name.clone(),
            vendor: vendor.to_owned(),
            currency: None,
            environment: Environment::Sandbox,
            base_url: Some(address::without_final_slash(&url)),
            read_only: false,
            allow_proxy: false,
            credentials: credentials
                .into_iter()
                .map(|(field, value)| (field, SecretRef::Plain(Secret::new(value))))
                .collect(),
            defaults: Map::new(),
            settings: known
                .sandbox_settings()
                .iter()
                .filter_map(|(setting, json)| {
                    Some(((*setting).to_owned(), serde_json::from_str(json).ok()?))
                })
                .collect(),
            origin: None,
            name,
        })
    }

    /// One of the four built-in sandbox profiles, whose defaults fill what no order file holds. An operator's own
    /// profile never inherits those, not even one that points at a sandbox.
    pub fn is_built_in(&self) -> bool {
        self.name.starts_with(SANDBOX_PREFIX)
    }

    /// Fetches every credential from where it comes from. May run commands and wait for them (each up to
    /// [`secret::COMMAND_TIMEOUT`]): not for an asynchronous task.
    ///
    /// # Errors
    /// The first credential that can't be had, by profile and field, never with its value.
    pub fn resolve_credentials(
        &self,
        environment: Lookup<'_>,
    ) -> Result<BTreeMap<String, Secret>, SecretError> {
        self.credentials
            .iter()
            .map(|(field, source)| match source.resolve(environment) {
                Ok(secret) => Ok((field.clone(), secret)),
                Err(problem) => Err(SecretError {
                    profile: self.name.clone(),
                    credential: field.clone(),
                    problem,
                }),
            })
            .collect()
    }

    /// What may be shown of it: each credential by where it comes from, never by its value.
    pub fn view(&self) -> ProfileView<'_> {
        ProfileView::of(self)
    }

    /// A problem with a field of this profile (`currency`, `settings.batch_size`), with the file and line that it was
    /// read from. For whoever makes the vendor's settings of it. Never put a credential's value into it.
    pub fn problem(&self, field: &str, what: impl Into<String>) -> Problem {
        let problem = Problem::new(what).profile(&self.name).field(field);
        match &self.origin {
            Some(origin) => {
                let line = origin.lines.get(field).or_else(|| origin.lines.get(""));
                problem.at(&origin.file, line.copied())
            }
            None => problem,
        }
    }
}
