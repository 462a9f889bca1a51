//! Values on the command line: `NAME=VALUE` as what the vendor's tables say, and where credentials come from.

use std::path::PathBuf;

use serde_json::Value;

use super::show::settings;
use crate::command::failure::Failure;
use crate::profile::SecretRef;
use crate::vendor::{FieldKind, SettingKind, VendorRef};

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
    let (kind, rest) = source.split_once(':').unwrap_or_default();
    let reference = match (kind, rest) {
        (_, "") => None,
        ("env", variable) => Some(SecretRef::Env(variable.to_owned())),
        ("file", path) => Some(SecretRef::File(PathBuf::from(path))),
        ("command", text) => Some(SecretRef::Command(text.to_owned())),
        _ => None,
    };
    let reference = reference.ok_or_else(|| {
        Failure::usage(format!(
            "--credential {name}=… must say where the credential comes from: env:VARIABLE, file:PATH or command:TEXT; the secret itself is never an argument, leave the option out to be asked for it"
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
    let Some(spec) = settings(vendor).find(|spec| spec.name == name) else {
        let known: Vec<&str> = settings(vendor).map(|spec| spec.name).collect();
        return Err(Failure::usage(format!(
            "{} has no setting `{}`; it has {}",
            vendor.title(),
            name.escape_debug(),
            known.join(", ")
        )));
    };
    let plain = matches!(spec.kind, SettingKind::Text | SettingKind::Choice(_));
    Ok((name.to_owned(), read("setting", name, value, plain)?))
}

/// A default with its value, `None` to take it out.
pub(super) fn default(vendor: VendorRef, text: &str) -> Result<(String, Option<Value>), Failure> {
    let (name, value) = divide("default", text)?;
    let table = vendor.table();
    let found = table
        .find(name)
        .or_else(|| table.find(&name.replace('.', "/")));
    let Some(id) = found else {
        return Err(Failure::usage(format!(
            "{} has no field `{}`",
            vendor.title(),
            name.escape_debug()
        )));
    };
    let json = matches!(
        table.spec(id).kind,
        FieldKind::Integer
            | FieldKind::Number
            | FieldKind::Boolean
            | FieldKind::Object
            | FieldKind::Array
            | FieldKind::TextArray
    );
    Ok((name.to_owned(), read("default", name, value, !json)?))
}

fn read(option: &str, name: &str, value: &str, plain: bool) -> Result<Option<Value>, Failure> {
    if value.is_empty() {
        return Ok(None);
    }
    if plain {
        return Ok(Some(value.into()));
    }
    serde_json::from_str(value).map(Some).map_err(|_| {
        Failure::usage(format!(
            "--{option} {name}: write a number, true or false, or JSON for a list or table"
        ))
    })
}
