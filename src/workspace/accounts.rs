//! Adding and changing accounts, as both fronts do it: what is typed becomes what the vendor's tables say.

use std::path::PathBuf;

use serde_json::Value;

use super::{Workspace, WorkspaceError};
use crate::order::outcome::Operation;
use crate::profile::{Change, NewProfile, ProfileError, Profiles, SecretRef};
use crate::vendor::account::SHARED_SETTINGS;
use crate::vendor::{Account, FieldKind, FieldSpec, SettingKind, SettingSpec, VendorRef};

/// The forms of a credential that isn't typed in itself.
pub const CREDENTIAL_FORMS: &str = "env:VARIABLE, file:PATH or command:TEXT";

/// Where a credential comes from, if the text says it: `env:NAME`, `file:PATH`, `command:TEXT`.
pub fn credential_source(text: &str) -> Option<SecretRef> {
    match text.split_once(':')? {
        (_, "") => None,
        ("env", variable) => Some(SecretRef::Env(variable.to_owned())),
        ("file", path) => Some(SecretRef::File(PathBuf::from(path))),
        ("command", command) => Some(SecretRef::Command(command.to_owned())),
        _ => None,
    }
}

/// All settings of a vendor's profiles; its own word on a shared one counts.
pub fn settings_of(vendor: VendorRef) -> impl Iterator<Item = &'static SettingSpec> {
    let own = vendor.settings();
    let shared = SHARED_SETTINGS
        .iter()
        .filter(move |shared| !own.iter().any(|setting| setting.name == shared.name));
    own.iter().chain(shared)
}

/// What one of [`SHARED_SETTINGS`] is at that account where its profile says nothing; `None` for other settings.
pub fn own_limit(vendor: VendorRef, account: &Account, setting: &str) -> Option<String> {
    let mut bare = account.clone();
    bare.settings.remove(setting);
    let limits = bare.limits(vendor, Operation::Import, None);
    match setting {
        "batch_size" => Some(limits.orders_per_request.to_string()),
        "requests_per_minute" if limits.requests_per_minute == 0 => Some("no limit".to_owned()),
        "requests_per_minute" => Some(limits.requests_per_minute.to_string()),
        "concurrency" => Some(limits.concurrency.to_string()),
        _ => None,
    }
}

/// The fields of a vendor's payload that a profile can give a value for, in the order of its table.
pub fn default_fields(vendor: VendorRef) -> impl Iterator<Item = &'static FieldSpec> {
    vendor
        .table()
        .iter()
        .map(|(_, spec)| spec)
        .filter(|spec| spec.takes_default())
}

/// A setting's value as it is typed; nothing takes the setting out.
///
/// # Errors
/// In words: there is no such setting, or it isn't written like that.
pub fn setting_value(vendor: VendorRef, name: &str, text: &str) -> Result<Option<Value>, String> {
    let Some(spec) = settings_of(vendor).find(|spec| spec.name == name) else {
        let known: Vec<&str> = settings_of(vendor).map(|spec| spec.name).collect();
        return Err(format!(
            "{} has no setting `{}`; it has {}",
            vendor.title(),
            name.escape_debug(),
            known.join(", ")
        ));
    };
    let plain = matches!(spec.kind, SettingKind::Text | SettingKind::Choice(_));
    read(name, text, plain, |value| spec.kind.accepts(value))
}

/// A default's value as it is typed; nothing takes the default out.
///
/// # Errors
/// In words: there is no such field, or it isn't written like that.
pub fn default_value(vendor: VendorRef, name: &str, text: &str) -> Result<Option<Value>, String> {
    let table = vendor.table();
    let found = table
        .find(name)
        .or_else(|| table.find(&name.replace('.', "/")));
    let Some(id) = found else {
        return Err(format!(
            "{} has no field `{}`",
            vendor.title(),
            name.escape_debug()
        ));
    };
    let spec = table.spec(id);
    let json = matches!(
        spec.kind,
        FieldKind::Integer
            | FieldKind::Number
            | FieldKind::Boolean
            | FieldKind::Object
            | FieldKind::Array
            | FieldKind::TextArray
    );
    read(name, text, !json, |value| spec.accepts(value))
}

fn read(
    name: &str,
    text: &str,
    plain: bool,
    accepts: impl Fn(&Value) -> Result<(), String>,
) -> Result<Option<Value>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let value = if plain {
        Ok(Value::from(text))
    } else {
        serde_json::from_str(text)
    };
    let value = value.map_err(|_| {
        let wanted = accepts(&Value::Null).err().unwrap_or_default();
        let json = ["a list", "a table", "an object"];
        let how = if json.iter().any(|kind| wanted.starts_with(kind)) {
            ", written as JSON"
        } else {
            ""
        };
        format!("{name} must be {wanted}{how}")
    })?;
    accepts(&value)
        .map(|()| Some(value))
        .map_err(|wanted| format!("{name} must be {wanted}"))
}

impl Workspace {
    /// Adds a profile to the operator's own. One that the vendor can't work with isn't kept.
    ///
    /// # Errors
    /// Nothing has changed; why.
    pub fn add_profile(&self, new: &NewProfile) -> Result<PathBuf, WorkspaceError> {
        let mut profiles = Profiles::load(self.directories())?;
        profiles.add(new)?;
        if let Err(error) = profiles.get(&new.name)?.account() {
            // The vendor knows better than the file what a profile must be.
            profiles.remove(&new.name)?;
            return Err(error.into());
        }
        Ok(profiles.file().to_owned())
    }

    /// Changes a profile of the operator's own. The second value says why it can't be used as it is now.
    ///
    /// # Errors
    /// Nothing has changed; why.
    pub fn edit_profile(
        &self,
        name: &str,
        changes: &[Change],
    ) -> Result<(PathBuf, Result<(), ProfileError>), WorkspaceError> {
        let mut profiles = Profiles::load(self.directories())?;
        profiles.edit(name, changes)?;
        let usable = profiles.get(name)?.account().map(|_| ());
        Ok((profiles.file().to_owned(), usable))
    }

    /// Takes a profile of the operator's own out. The ledger keeps what it knows of the account.
    ///
    /// # Errors
    /// Nothing has changed; why.
    pub fn remove_profile(&self, name: &str) -> Result<(), WorkspaceError> {
        Ok(Profiles::load(self.directories())?.remove(name)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendor::by_name;

    #[test]
    fn sources_are_told_from_secrets() {
        assert!(
            matches!(credential_source("env:KEY"), Some(SecretRef::Env(name)) if name == "KEY")
        );
        assert!(
            matches!(credential_source("file:/a:b"), Some(SecretRef::File(path)) if path.as_os_str() == "/a:b")
        );
        assert!(matches!(
            credential_source("command:pass show a"),
            Some(SecretRef::Command(_))
        ));
        for secret in ["env:", "hunter2", "a:b", ""] {
            assert!(credential_source(secret).is_none(), "{secret}");
        }
    }

    #[test]
    fn values_are_what_the_tables_say() {
        let kibo = by_name("kibo").unwrap();
        let setting = |name, text| setting_value(kibo, name, text);
        assert_eq!(setting("concurrency", "4").unwrap(), Some(4.into()));
        assert_eq!(setting("concurrency", "").unwrap(), None);
        assert!(setting("concurrency", "many").is_err());
        assert!(
            setting("nonsense", "1")
                .unwrap_err()
                .contains("concurrency")
        );
    }
}
