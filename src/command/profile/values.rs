//! Values on the command line: `NAME=VALUE` as what the vendor's tables say, and where credentials come from.

use serde_json::Value;

use crate::command::failure::Failure;
use crate::profile::SecretRef;
use crate::vendor::VendorRef;
use crate::workspace::accounts;

/// Divides `NAME=VALUE`. The value isn't repeated in the message: it may be a secret that somebody typed.
fn divide<'a>(option: &str, text: &'a str) -> Result<(&'a str, &'a str), Failure> {
    text.split_once('=')
        .map(|(name, value)| (name.trim(), value))
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(|| Failure::usage(format!("--{option} wants NAME=VALUE")))
}

/// A credential of the vendor, and where it comes from; `None` takes it out.
pub(super) fn credential(
    vendor: VendorRef,
    text: &str,
) -> Result<(String, Option<SecretRef>), Failure> {
    let (name, source) = divide("credential", text)?;
    known_credential(vendor, name)?;
    if source.is_empty() {
        return Ok((name.to_owned(), None));
    }
    let reference = accounts::credential_source(source).ok_or_else(|| {
        Failure::usage(format!(
            "--credential {name}=… must say where the credential comes from: {}; the secret itself is never an argument, leave the option out to be asked for it",
            accounts::CREDENTIAL_FORMS
        ))
    })?;
    Ok((name.to_owned(), Some(reference)))
}

/// The name must be one of the vendor's credentials.
pub(super) fn known_credential(vendor: VendorRef, name: &str) -> Result<(), Failure> {
    let known: Vec<&str> = vendor.credentials().iter().map(|spec| spec.name).collect();
    if known.contains(&name) {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "{} has no credential `{}`; it has {}",
        vendor.title(),
        name.escape_debug(),
        known.join(", ")
    )))
}

/// A setting with its value, `None` to take it out.
pub(super) fn setting(vendor: VendorRef, text: &str) -> Result<(String, Option<Value>), Failure> {
    let (name, value) = divide("setting", text)?;
    let value = accounts::setting_value(vendor, name, value);
    Ok((name.to_owned(), value.map_err(Failure::usage)?))
}

/// A default with its value, `None` to take it out.
pub(super) fn default(vendor: VendorRef, text: &str) -> Result<(String, Option<Value>), Failure> {
    let (name, value) = divide("default", text)?;
    let value = accounts::default_value(vendor, name, value);
    Ok((name.to_owned(), value.map_err(Failure::usage)?))
}
