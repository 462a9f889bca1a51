//! From the form to the profile: a new one whole, of one that is there what was changed.

use serde_json::{Map, Value as Json};

use super::entry::{Entry, Value, What, row_of};
use crate::console::model::AccountInfo;
use crate::order::Currency;
use crate::profile::{Change, NewProfile};
use crate::vendor::{Environment, VendorRef};
use crate::workspace::accounts::{default_value, setting_value};

/// A value of the form that won't do: the line, and why.
type Wrong = (usize, String);

/// The new profile that the form describes.
pub(super) fn new_profile(
    entries: &[Entry],
    vendor: VendorRef,
    environment: Environment,
) -> Result<NewProfile, Wrong> {
    let mut new = NewProfile::new("", vendor.name(), environment);
    for (line, entry) in entries.iter().enumerate() {
        match &entry.what {
            What::Name => entry.words().clone_into(&mut new.name),
            What::Account => new.account = entry.some(),
            What::BaseUrl => new.base_url = entry.some(),
            What::Currency => new.currency = currency(entry),
            What::ReadOnly => new.read_only = is_yes(entry),
            What::AllowProxy => new.allow_proxy = is_yes(entry),
            What::Credential(spec) => {
                if let Value::Hidden(hidden) = &entry.value
                    && let Some(source) = hidden.source()
                {
                    new.credentials.insert(spec.name.to_owned(), source);
                }
            }
            What::Default(_, key) => {
                if let Some(value) = default(entry, vendor, line)? {
                    new.defaults.insert(key.clone(), value);
                }
            }
            _ => {}
        }
    }
    for (name, value) in settings(entries, vendor)? {
        if let Some(value) = value {
            new.settings.insert(name.to_owned(), value);
        }
    }
    Ok(new)
}

/// What the form changes of an account.
pub(super) fn changes(entries: &[Entry], account: &AccountInfo) -> Result<Vec<Change>, Wrong> {
    let vendor = account.vendor;
    let mut changes = Vec::new();
    for (line, entry) in entries.iter().enumerate() {
        if !entry.is_changed() {
            continue;
        }
        changes.push(match &entry.what {
            What::BaseUrl => Change::BaseUrl(entry.some()),
            What::Currency => Change::Currency(currency(entry)),
            What::ReadOnly => Change::ReadOnly(is_yes(entry)),
            What::AllowProxy => Change::AllowProxy(is_yes(entry)),
            What::Credential(spec) => match &entry.value {
                Value::Hidden(hidden) => Change::Credential(spec.name.to_owned(), hidden.source()),
                _ => continue,
            },
            What::Default(_, key) => Change::Default(key.clone(), default(entry, vendor, line)?),
            What::StrayDefault(name) => Change::Default(name.clone(), None),
            What::StraySetting(name) => Change::Setting(name.clone(), None),
            _ => continue,
        });
    }
    for (name, value) in settings(entries, vendor)? {
        if value.as_ref() != account.settings.get(name) {
            changes.push(Change::Setting(name.to_owned(), value));
        }
    }
    Ok(changes)
}

/// The settings of which a line was changed, each as it is now; none takes it out.
fn settings(
    entries: &[Entry],
    vendor: VendorRef,
) -> Result<Vec<(&'static str, Option<Json>)>, Wrong> {
    let mut settings: Vec<(&'static str, Option<Json>)> = Vec::new();
    for (line, entry) in entries.iter().enumerate() {
        if !entry.is_changed() {
            continue;
        }
        match &entry.what {
            What::Setting(spec) => {
                let value = setting_value(vendor, spec.name, entry.words());
                settings.push((spec.name, value.map_err(|why| (line, why))?));
            }
            What::Row(spec, _) | What::NewRow(spec) | What::Element(spec)
                if settings.iter().all(|(name, _)| *name != spec.name) =>
            {
                settings.push((spec.name, many(entries, spec.name)));
            }
            _ => {}
        }
    }
    Ok(settings)
}

/// A setting that has several lines; none where all are empty.
fn many(entries: &[Entry], setting: &str) -> Option<Json> {
    let (mut table, mut list) = (Map::new(), Vec::new());
    for entry in entries.iter().filter(|entry| !entry.is_empty()) {
        match &entry.what {
            What::Row(spec, name) if spec.name == setting => {
                table.insert(name.clone(), entry.words().into());
            }
            What::NewRow(spec) if spec.name == setting => {
                if let Some((name, value)) = row_of(entry.words()) {
                    table.insert(name.to_owned(), value.into());
                }
            }
            What::Element(spec) if spec.name == setting => list.push(entry.words().into()),
            _ => {}
        }
    }
    if !list.is_empty() {
        return Some(Json::Array(list));
    }
    (!table.is_empty()).then_some(Json::Object(table))
}

fn default(entry: &Entry, vendor: VendorRef, line: usize) -> Result<Option<Json>, Wrong> {
    let What::Default(spec, _) = &entry.what else {
        return Ok(None);
    };
    default_value(vendor, spec.path, entry.words()).map_err(|why| (line, why))
}

fn currency(entry: &Entry) -> Option<String> {
    let typed = entry.some()?;
    Some(Currency::parse(&typed).map_or(typed, |known| known.code().to_owned()))
}

fn is_yes(entry: &Entry) -> bool {
    entry.words() == "yes"
}
