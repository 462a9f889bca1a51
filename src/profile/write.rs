//! Changes to the text of `profiles.toml` that leave comments and layout as they are.

use serde_json::{Map, Value as Json};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::{Change, NewProfile, SecretRef};

/// Why a change can't be made to the text.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The name is taken.
    Exists,
    /// There is no profile of that name.
    Missing,
    /// A value can't be written.
    Value { field: String, what: String },
    /// The way the file is written stands in the way.
    NotEditable(String),
}

/// The table that holds the profiles, made if there is none.
pub(super) fn profiles(document: &mut DocumentMut) -> Result<&mut Table, Refusal> {
    let item = document.entry("profiles").or_insert_with(|| {
        let mut table = Table::new();
        // Its own header would be an empty line of no use.
        table.set_implicit(true);
        Item::Table(table)
    });
    item.as_table_mut().ok_or_else(|| {
        Refusal::NotEditable(
            "its profiles are written in one value; write each as [profiles.NAME]".to_owned(),
        )
    })
}

/// A new profile as a table, in the order that the manual shows.
pub(super) fn profile(new: &NewProfile) -> Result<Table, Refusal> {
    let mut table = Table::new();
    table.insert("vendor", text(&new.vendor));
    let account = new.account.as_ref().unwrap_or(&new.name);
    table.insert("account", text(account));
    if let Some(currency) = &new.currency {
        table.insert("currency", text(currency));
    }
    table.insert("environment", text(new.environment.name()));
    if let Some(base_url) = &new.base_url {
        table.insert("base_url", text(base_url));
    }
    if new.read_only {
        table.insert("read_only", Item::Value(true.into()));
    }
    if new.allow_proxy {
        table.insert("allow_proxy", Item::Value(true.into()));
    }
    if !new.credentials.is_empty() {
        let mut credentials = Table::new();
        for (name, source) in &new.credentials {
            credentials.insert(name, Item::Value(credential(name, source)?));
        }
        table.insert("credentials", Item::Table(credentials));
    }
    for (part, values) in [("defaults", &new.defaults), ("settings", &new.settings)] {
        if !values.is_empty() {
            table.insert(part, Item::Table(part_table(part, values)?));
        }
    }
    Ok(table)
}

fn part_table(part: &str, values: &Map<String, Json>) -> Result<Table, Refusal> {
    let mut table = Table::new();
    for (name, value) in values {
        table.insert(name, Item::Value(toml(value, part, name)?));
    }
    Ok(table)
}

/// Makes one change to a profile's table.
pub(super) fn apply(profile: &mut dyn TableLike, change: &Change) -> Result<(), Refusal> {
    match change {
        Change::Currency(value) => set(profile, "currency", value.as_ref().map(Value::from)),
        Change::BaseUrl(value) => set(profile, "base_url", value.as_ref().map(Value::from)),
        Change::ReadOnly(yes) => set(profile, "read_only", Some((*yes).into())),
        Change::AllowProxy(yes) => set(profile, "allow_proxy", Some((*yes).into())),
        Change::Credential(name, source) => {
            let value = source
                .as_ref()
                .map(|source| credential(name, source))
                .transpose()?;
            set_in(profile, "credentials", name, value)?;
        }
        Change::Default(name, value) => {
            let value = value.as_ref().map(|value| toml(value, "defaults", name));
            set_in(profile, "defaults", name, value.transpose()?)?;
        }
        Change::Setting(name, value) => {
            let value = value.as_ref().map(|value| toml(value, "settings", name));
            set_in(profile, "settings", name, value.transpose()?)?;
        }
    }
    Ok(())
}

/// Sets a field and keeps what stands around its old value, a comment at the line's end for instance.
fn set(table: &mut dyn TableLike, field: &str, value: Option<Value>) {
    let Some(mut value) = value else {
        table.remove(field);
        return;
    };
    let old = table.get_mut(field);
    if let (Some(new), Some(old)) = (
        value.as_inline_table(),
        old.and_then(Item::as_table_like_mut),
    ) {
        return merge(old, new);
    }
    match table.get_mut(field) {
        Some(Item::Value(old)) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        Some(other) => *other = Item::Value(value),
        None => {
            table.insert(field, Item::Value(value));
        }
    }
}

/// Makes a table hold what the new one does, entry by entry: comments at those that stay are kept.
fn merge(old: &mut dyn TableLike, new: &InlineTable) {
    let gone: Vec<String> = old
        .iter()
        .map(|(name, _)| name.to_owned())
        .filter(|name| !new.contains_key(name))
        .collect();
    for name in gone {
        old.remove(&name);
    }
    for (name, value) in new {
        let same = old
            .get(name)
            .and_then(Item::as_value)
            .is_some_and(|old| old.to_string().trim() == value.to_string().trim());
        if !same {
            set(old, name, Some(value.clone()));
        }
    }
}

fn set_in(
    profile: &mut dyn TableLike,
    part: &str,
    name: &str,
    value: Option<Value>,
) -> Result<(), Refusal> {
    if !profile.contains_key(part) {
        if value.is_none() {
            return Ok(());
        }
        profile.insert(part, Item::Table(Table::new()));
    }
    let inner = profile.get_mut(part).and_then(Item::as_table_like_mut);
    let inner = inner.ok_or_else(|| Refusal::Value {
        field: part.to_owned(),
        what: "must be a table".to_owned(),
    })?;
    set(inner, name, value);
    Ok(())
}

/// Takes a profile out. What stands above it, but divided from it by an empty line, isn't its own and stays.
pub(super) fn remove(document: &mut DocumentMut, name: &str) -> Result<(), Refusal> {
    let removed = profiles(document)?.remove(name).ok_or(Refusal::Missing)?;
    let Item::Table(removed) = removed else {
        return Ok(());
    };
    let above = removed.decor().prefix().and_then(|prefix| prefix.as_str());
    let Some(kept) = above.and_then(before_empty_line) else {
        return Ok(());
    };
    let position = removed.position();
    if let Some(next) = next_table(document.as_table_mut(), position) {
        let own = next.decor().prefix().and_then(|prefix| prefix.as_str());
        let own = own.unwrap_or_default().trim_start_matches(['\r', '\n']);
        let joined = format!("{kept}{own}");
        next.decor_mut().set_prefix(joined);
    } else {
        let end = document.trailing().as_str().unwrap_or_default();
        document.set_trailing(format!("{kept}{end}"));
    }
    Ok(())
}

/// The part up to and with the last empty line, if there is a comment in it.
fn before_empty_line(above: &str) -> Option<&str> {
    let mut end = 0;
    let mut kept = "";
    for line in above.split_inclusive('\n') {
        end += line.len();
        if line.trim().is_empty() {
            kept = above.get(..end).unwrap_or_default();
        }
    }
    kept.contains('#').then_some(kept)
}

/// The table whose header comes next in the text after a position.
fn next_table(table: &mut Table, after: Option<isize>) -> Option<&mut Table> {
    fn nearest(table: &Table, after: isize, best: &mut Option<isize>) {
        for (_, item) in table {
            if let Item::Table(inner) = item {
                if let Some(position) = inner.position().filter(|position| *position > after) {
                    *best = Some(best.map_or(position, |best| best.min(position)));
                }
                nearest(inner, after, best);
            }
        }
    }
    fn at(table: &mut Table, wanted: isize) -> Option<&mut Table> {
        table.iter_mut().find_map(|(_, item)| match item {
            Item::Table(inner) => {
                if inner.position() == Some(wanted) {
                    Some(inner)
                } else {
                    at(inner, wanted)
                }
            }
            _ => None,
        })
    }
    let mut best = None;
    nearest(table, after?, &mut best);
    at(table, best?)
}

fn text(text: &str) -> Item {
    Item::Value(text.into())
}

fn credential(name: &str, source: &SecretRef) -> Result<Value, Refusal> {
    let (kind, text) = match source {
        SecretRef::Plain(secret) => return Ok(secret.expose().into()),
        SecretRef::Env(variable) => ("env", variable.as_str()),
        SecretRef::File(path) => {
            let path = path.to_str().ok_or_else(|| Refusal::Value {
                field: format!("credentials.{name}"),
                what: "the file's path must be UTF-8".to_owned(),
            })?;
            ("file", path)
        }
        SecretRef::Command(command) => ("command", command.as_str()),
    };
    let mut table = InlineTable::new();
    table.insert(kind, text.into());
    Ok(table.into())
}

/// A JSON value as TOML. Numbers keep their digits.
fn toml(value: &Json, part: &str, name: &str) -> Result<Value, Refusal> {
    let refuse = |what: &str| Refusal::Value {
        field: format!("{part}.{name}"),
        what: what.to_owned(),
    };
    Ok(match value {
        Json::Null => return Err(refuse("can't be null; leave it out instead")),
        Json::Bool(yes) => (*yes).into(),
        Json::Number(number) => number
            .to_string()
            .parse()
            .map_err(|_| refuse("is too large a number"))?,
        Json::String(text) => text.into(),
        Json::Array(values) => Value::Array(
            values
                .iter()
                .map(|value| toml(value, part, name))
                .collect::<Result<Array, _>>()?,
        ),
        Json::Object(fields) => Value::InlineTable(
            fields
                .iter()
                .map(|(key, value)| Ok((key.as_str(), toml(value, part, name)?)))
                .collect::<Result<InlineTable, _>>()?,
        ),
    })
}
