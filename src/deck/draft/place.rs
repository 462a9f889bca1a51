//! Where a target's rule stands in the text of a mapping, and putting another there. Comments stay.

use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use super::Goal;
use crate::order::{Field, Level};

/// The table of a field of the order, and its name in there.
fn home(field: Field) -> (&'static str, &'static str) {
    let name = field.name();
    match field.level() {
        Level::Order => ("order", name),
        Level::Item => ("item", name.strip_prefix("items.").unwrap_or(name)),
    }
}

/// Puts a value in place of a target's rule, or where such a rule would stand.
pub(super) fn put(document: &mut DocumentMut, goal: &Goal, value: Value) {
    let field = match goal {
        Goal::Field(field) => *field,
        Goal::Own { vendor, path } => {
            if let Some(table) = vendor_section(document, vendor) {
                set(table, path, value);
            }
            return;
        }
    };
    let (table, name) = home(field);
    if let Some(table) = section(document, table) {
        put_named(table, name, value);
    }
}

/// Takes a target's rule out. Returns whether there was one.
pub(super) fn take(document: &mut DocumentMut, goal: &Goal) -> bool {
    let field = match goal {
        Goal::Field(field) => *field,
        Goal::Own { vendor, path } => {
            let table = vendor_section(document, vendor);
            return table.is_some_and(|table| table.remove(path).is_some());
        }
    };
    let (table, name) = home(field);
    document
        .get_mut(table)
        .and_then(Item::as_table_like_mut)
        .is_some_and(|table| take_named(table, name))
}

/// A table of the document; made where it isn't there.
pub(super) fn section<'d>(
    document: &'d mut DocumentMut,
    name: &str,
) -> Option<&'d mut dyn TableLike> {
    let item = document.entry(name).or_insert(Item::None);
    if !item.is_table_like() {
        *item = Item::Table(Table::new());
    }
    item.as_table_like_mut()
}

/// The table of a vendor's own fields; made where it isn't there.
fn vendor_section<'d>(
    document: &'d mut DocumentMut,
    vendor: &str,
) -> Option<&'d mut dyn TableLike> {
    let all = document.entry("vendor").or_insert_with(|| {
        let mut all = Table::new();
        all.set_implicit(true);
        Item::Table(all)
    });
    let all = all.as_table_like_mut()?;
    if !all.contains_key(vendor) {
        all.insert(vendor, Item::Table(Table::new()));
    }
    all.get_mut(vendor)?.as_table_like_mut()
}

/// Sets a value, with the comment behind what stood there, unless that was a proposal's reason.
pub(super) fn set(table: &mut dyn TableLike, key: &str, mut value: Value) {
    if let Some(before) = table.get(key).and_then(Item::as_value) {
        let behind = before.decor().suffix().and_then(|raw| raw.as_str());
        if let Some(behind) = behind.filter(|behind| !behind.contains(" %: ")) {
            value.decor_mut().set_suffix(behind);
        }
    }
    match table.get_mut(key) {
        // The key's own comment lines stay.
        Some(item) => *item = Item::Value(value),
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

fn put_named(table: &mut dyn TableLike, name: &str, value: Value) {
    if table.contains_key(name) {
        return set(table, name, value);
    }
    let Some((first, rest)) = name.split_once('.') else {
        return set(table, name, value);
    };
    if let Some(inner) = table.get_mut(first).and_then(Item::as_table_like_mut) {
        return put_named(inner, rest, value);
    }
    let mut inner = Table::new();
    inner.set_dotted(true);
    put_named(&mut inner, rest, value);
    table.insert(first, Item::Table(inner));
}

fn take_named(table: &mut dyn TableLike, name: &str) -> bool {
    if table.remove(name).is_some() {
        return true;
    }
    let Some((first, rest)) = name.split_once('.') else {
        return false;
    };
    let inner = table.get_mut(first).and_then(Item::as_table_like_mut);
    inner.is_some_and(|inner| take_named(inner, rest))
}
