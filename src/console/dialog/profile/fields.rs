//! The lines of the form: account, credentials, settings, defaults, all as the vendor's tables have them.

use serde_json::{Map, Value as Json};

use super::entry::{Entry, What};
use crate::console::model::AccountInfo;
use crate::vendor::{ALL, Environment, SettingKind, SettingSpec, VendorRef};
use crate::workspace::accounts::{default_fields, own_limit, settings_of};

/// What the environments mean.
const ENVIRONMENTS: &str = "live: the count of orders is asked for before anything is sent. test: a test account at the vendor. sandbox: the vendors on this machine";

/// The lines for a new account of that vendor.
pub(super) fn of_new(vendor: VendorRef) -> Vec<Entry> {
    let vendors: Vec<String> = ALL.iter().map(|one| one.title().to_owned()).collect();
    let environments = Environment::ALL.map(|one| one.name().to_owned()).to_vec();
    let mut entries = vec![
        Entry::heading("account", "who it is at the vendor"),
        Entry::text(What::Name, "name", "", "What you call it, such as acme-kibo").needed(true),
        Entry::choice(
            What::Vendor,
            "vendor",
            vendors,
            vendor.title(),
            "Left and right choose, or its first letter",
        ),
        Entry::choice(
            What::Environment,
            "environment",
            environments,
            Environment::Test.name(),
            ENVIRONMENTS,
        ),
        Entry::text(
            What::Account,
            "account",
            "",
            "The ledger's name for who it is at the vendor. It is kept for good: what was sent is known by it",
        )
        .or("the profile's name"),
    ];
    entries.extend(reach(vendor, None));
    entries.extend(of_vendor(vendor, None));
    entries
}

/// The lines for an account that is there.
pub(super) fn of_account(account: &AccountInfo) -> Vec<Entry> {
    let vendor = account.vendor;
    let mut entries = vec![
        Entry::heading(
            "account",
            "vendor, environment and account stay: the ledger knows it by them",
        ),
        Entry::fixed("vendor", vendor.title()),
        Entry::fixed("environment", account.environment.name()),
        Entry::fixed("account", &account.account),
    ];
    entries.extend(reach(vendor, Some(account)));
    entries.extend(of_vendor(vendor, Some(account)));
    entries
}

/// How it is reached, and what it may do.
fn reach(vendor: VendorRef, account: Option<&AccountInfo>) -> Vec<Entry> {
    let own = |text: Option<&String>| text.cloned().unwrap_or_default();
    let switch = |what, label, on: bool, help: &str| {
        let choices = vec!["no".to_owned(), "yes".to_owned()];
        Entry::choice(what, label, choices, if on { "yes" } else { "no" }, help)
    };
    vec![
        address(vendor, &own(account.and_then(|one| one.base_url.as_ref()))),
        Entry::text(
            What::Currency,
            "currency",
            &own(account.and_then(|one| one.currency.as_ref())),
            "The ISO 4217 code that every order must have, such as EUR (ORD-03)",
        )
        .or("any, but one in all the file"),
        switch(
            What::ReadOnly,
            "read-only",
            account.is_some_and(|one| one.read_only),
            "yes: it looks and checks, and never sends",
        ),
        switch(
            What::AllowProxy,
            "allow-proxy",
            account.is_some_and(|one| one.allow_proxy),
            "yes: proxies that the environment names are used; they see where requests go",
        ),
    ]
}

/// Where the vendor is reached.
pub(super) fn address(vendor: VendorRef, now: &str) -> Entry {
    let own = vendor.default_base_url();
    let help = match own {
        Some(_) => "Where the vendor is reached, if its own address doesn't serve",
        None => "Where the vendor is reached: https://… This vendor has one for each account",
    };
    Entry::text(What::BaseUrl, "address", now, help)
        .or(own.unwrap_or_default())
        .needed(own.is_none())
}

/// The lines that the vendor's tables make.
pub(super) fn of_vendor(vendor: VendorRef, account: Option<&AccountInfo>) -> Vec<Entry> {
    let nothing = Map::new();
    let settings = account.map_or(&nothing, |account| &account.settings);
    let defaults = account.map_or(&nothing, |account| &account.defaults);
    let mut entries = vec![Entry::heading(
        "credentials",
        "where each comes from; values are never shown",
    )];
    for spec in vendor.credentials() {
        let source = account.and_then(|account| account.credentials.get(spec.name));
        entries.push(Entry::credential(spec, source.map(String::as_str)));
    }
    entries.push(Entry::heading(
        "settings",
        "pace, and the vendor's own switches",
    ));
    for spec in settings_of(vendor) {
        let mut lines = of_setting(spec, settings.get(spec.name));
        let target = account.and_then(|account| account.target.as_ref().ok());
        let own = target.and_then(|target| own_limit(vendor, &target.account, spec.name));
        if let (Some(own), [line]) = (own, &mut lines[..]) {
            line.without = format!("{}, {own}", line.without);
        }
        entries.extend(lines);
    }
    entries.push(Entry::heading(
        "defaults",
        "values for fields of the payload that the order doesn't give",
    ));
    let table = vendor.table();
    let of_key = |key: &str| {
        let found = table
            .find(key)
            .or_else(|| table.find(&key.replace('.', "/")));
        found.map(|id| table.spec(id).path)
    };
    for spec in default_fields(vendor) {
        let given = defaults
            .iter()
            .find(|(key, _)| of_key(key) == Some(spec.path));
        let (key, now) = given.map_or((spec.path, String::new()), |(key, value)| {
            (key.as_str(), plain(value))
        });
        entries.push(Entry::default(spec, key, &now));
    }
    let stray_settings = settings
        .iter()
        .filter(|(name, _)| settings_of(vendor).all(|spec| spec.name != *name));
    let stray_defaults = defaults.iter().filter(|(key, _)| {
        of_key(key).is_none_or(|path| default_fields(vendor).all(|spec| spec.path != path))
    });
    let stray: Vec<Entry> = stray_settings
        .map(|(name, value)| (What::StraySetting(name.clone()), name, value))
        .chain(stray_defaults.map(|(name, value)| (What::StrayDefault(name.clone()), name, value)))
        .map(|(what, name, value)| {
            let help = "The vendor doesn't know it, so the profile can't be used: empty the line to take it out";
            Entry::text(what, name, &plain(value), help).or("taken out")
        })
        .collect();
    if !stray.is_empty() {
        entries.push(Entry::heading(
            "unknown",
            "in the file, and not the vendor's",
        ));
        entries.extend(stray);
    }
    entries
}

/// The lines of a setting: one, or one for each of its rows.
fn of_setting(spec: &'static SettingSpec, now: Option<&Json>) -> Vec<Entry> {
    match spec.kind {
        SettingKind::Table(table) => {
            let without = rows_without(spec);
            let given = now.and_then(Json::as_object);
            let row = |name: &str| {
                let now = given.and_then(|given| given.get(name)).map(plain);
                let without = without.get(name).map_or("none", String::as_str);
                Entry::row(spec, table, name, &now.unwrap_or_default(), without)
            };
            let mut entries: Vec<Entry> = table.keys.iter().map(|name| row(name)).collect();
            let others = given.into_iter().flat_map(Map::keys);
            let others = others.filter(|name| !table.keys.contains(&name.as_str()));
            entries.extend(others.map(|name| row(name)));
            if table.keys.is_empty() {
                entries.push(Entry::new_row(spec));
            }
            entries
        }
        SettingKind::List => {
            let given = now.and_then(Json::as_array).into_iter().flatten();
            let mut entries: Vec<Entry> = given
                .map(|value| Entry::element(spec, &plain(value)).or("taken out"))
                .collect();
            entries.push(Entry::element(spec, ""));
            entries
        }
        _ => vec![Entry::setting(spec, &now.map(plain).unwrap_or_default())],
    }
}

/// What a table holds where the profile says nothing.
fn rows_without(spec: &SettingSpec) -> std::collections::BTreeMap<String, String> {
    #[derive(serde::Deserialize)]
    struct Written {
        rows: std::collections::BTreeMap<String, String>,
    }
    toml::from_str::<Written>(&format!("rows = {}", spec.default))
        .map(|written| written.rows)
        .unwrap_or_default()
}

/// A value as it is written: text without its quotes.
fn plain(value: &Json) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
