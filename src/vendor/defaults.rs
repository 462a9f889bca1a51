//! Values that an account gives for fields which the order doesn't: by path for people, by field for encoders,
//! which ask for many fields of every order.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU16;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use serde_json::Value;

use super::table::{FieldId, FieldTable};

/// Values by path in the field table, with `/`.
#[derive(Clone, Default)]
pub struct Defaults {
    values: BTreeMap<String, Value>,
    by_field: OnceLock<ByField>,
}

/// Some fields of a table, a bit for each; those of a table longer than that are always among them.
#[derive(Debug, Clone, Copy)]
pub struct Fields([u64; 4]);

impl Fields {
    /// None at all.
    pub const NONE: Self = Self([0; 4]);
    /// Every one.
    pub const ALL: Self = Self([u64::MAX; 4]);

    /// Whether a field is among them.
    #[inline]
    pub fn has(&self, field: FieldId) -> bool {
        let (word, bit) = (usize::from(field.0 / 64), field.0 % 64);
        self.0.get(word).is_none_or(|word| word >> bit & 1 != 0)
    }

    /// These and those.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word |= other;
        }
        self
    }

    fn insert(&mut self, field: FieldId) {
        if let Some(word) = self.0.get_mut(usize::from(field.0 / 64)) {
            *word |= 1 << (field.0 % 64);
        }
    }
}

/// The values of one table's fields, as they were when first asked for.
#[derive(Clone)]
struct ByField {
    table: &'static FieldTable,
    /// For each field where in `values` its value is: most have none, and all places fit into a few lines of the
    /// processor's cache.
    places: Box<[Option<NonZeroU16>]>,
    /// The fields that have one.
    fields: Fields,
    /// The values, behind one that stands for none.
    values: Vec<Value>,
    /// Whether there is a value for anything inside the field.
    inside: Box<[bool]>,
}

impl ByField {
    fn of(defaults: &Defaults, table: &'static FieldTable) -> Self {
        let mut values = vec![Value::Null];
        let mut fields = Fields::NONE;
        let places = table.iter().map(|(field, spec)| {
            let place = NonZeroU16::new(u16::try_from(values.len()).ok()?)?;
            values.push(defaults.values.get(spec.path)?.clone());
            fields.insert(field);
            Some(place)
        });
        Self {
            table,
            places: places.collect(),
            fields,
            values,
            inside: table
                .iter()
                .map(|(_, spec)| defaults.any_inside(spec.path))
                .collect(),
        }
    }

    #[inline]
    fn place(&self, field: FieldId) -> Option<usize> {
        let place = self.places.get(usize::from(field.0)).copied().flatten()?;
        Some(usize::from(place.get()))
    }
}

/// The values for one table's fields, found once for an order of which many fields are asked.
#[derive(Clone, Copy)]
pub struct OfTable<'a>(Found<'a>);

#[derive(Clone, Copy)]
enum Found<'a> {
    Nothing,
    ByField(&'a ByField),
    ByPath(&'a Defaults, &'static FieldTable),
}

impl<'a> OfTable<'a> {
    /// The fields that may have a value: what is asked most, and mostly answered no.
    pub fn fields(self) -> Fields {
        match self.0 {
            Found::Nothing => Fields::NONE,
            Found::ByField(known) => known.fields,
            Found::ByPath(..) => Fields::ALL,
        }
    }

    /// The value for a field.
    pub fn of(self, field: FieldId) -> Option<&'a Value> {
        match self.0 {
            Found::Nothing => None,
            Found::ByField(known) => known.values.get(known.place(field)?),
            Found::ByPath(defaults, table) => defaults.values.get(table.spec(field).path),
        }
    }
}

impl Defaults {
    /// The value for a field.
    pub fn of(&self, table: &'static FieldTable, field: FieldId) -> Option<&Value> {
        self.of_table(table).of(field)
    }

    /// The values for the fields of a table.
    pub fn of_table(&self, table: &'static FieldTable) -> OfTable<'_> {
        if self.values.is_empty() {
            return OfTable(Found::Nothing);
        }
        let known = self.by_field(table);
        OfTable(if std::ptr::eq(known.table, table) {
            Found::ByField(known)
        } else {
            Found::ByPath(self, table)
        })
    }

    /// Whether there is a value for anything inside a field.
    pub fn has_inside(&self, table: &'static FieldTable, field: FieldId) -> bool {
        if self.values.is_empty() {
            return false;
        }
        let known = self.by_field(table);
        if std::ptr::eq(known.table, table) {
            known.inside.get(usize::from(field.0)) == Some(&true)
        } else {
            self.any_inside(table.spec(field).path)
        }
    }

    fn any_inside(&self, path: &str) -> bool {
        let mut given = self
            .values
            .keys()
            .filter_map(|given| given.strip_prefix(path));
        given.any(|rest| rest.starts_with('/'))
    }

    fn by_field(&self, table: &'static FieldTable) -> &ByField {
        self.by_field.get_or_init(|| ByField::of(self, table))
    }
}

impl Deref for Defaults {
    type Target = BTreeMap<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.values
    }
}

impl DerefMut for Defaults {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.by_field.take();
        &mut self.values
    }
}

impl From<BTreeMap<String, Value>> for Defaults {
    fn from(values: BTreeMap<String, Value>) -> Self {
        Self {
            values,
            by_field: OnceLock::new(),
        }
    }
}

impl FromIterator<(String, Value)> for Defaults {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(values: I) -> Self {
        BTreeMap::from_iter(values).into()
    }
}

impl PartialEq for Defaults {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

impl fmt::Debug for Defaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.values.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::vendor::table::{FieldKind, FieldSpec};

    static TABLE: FieldTable = FieldTable::new(&[
        FieldSpec::new("id", FieldKind::Text, ""),
        FieldSpec::new("channel", FieldKind::Text, ""),
    ]);
    static OTHER: FieldTable = FieldTable::new(&[FieldSpec::new("channel", FieldKind::Text, "")]);

    #[test]
    fn what_is_inside_of_an_object_is_known_by_the_object() {
        static NESTED: FieldTable = FieldTable::new(&[
            FieldSpec::new("customer", FieldKind::Object, ""),
            FieldSpec::new("customer/name", FieldKind::Text, ""),
            FieldSpec::new("customers", FieldKind::Object, ""),
        ]);
        let defaults: Defaults = [("customer/name".to_owned(), json!("Ada"))]
            .into_iter()
            .collect();
        let inside = |field| defaults.has_inside(&NESTED, FieldId(field));
        assert_eq!([inside(0), inside(1), inside(2)], [true, false, false]);
        let whole: Defaults = [("customer".to_owned(), json!({}))].into_iter().collect();
        assert!(!whole.has_inside(&NESTED, FieldId(0)));
    }

    #[test]
    fn values_are_found_by_field_whatever_was_asked_before() {
        let channel = TABLE.find("channel").unwrap();
        let id = TABLE.find("id").unwrap();
        let mut defaults = Defaults::default();
        assert_eq!(defaults.of(&TABLE, channel), None);
        defaults.insert("channel".into(), json!("web"));
        assert_eq!(defaults.of(&TABLE, channel), Some(&json!("web")));
        assert_eq!(defaults.of(&TABLE, id), None);
        assert_eq!(defaults.of(&OTHER, FieldId(0)), Some(&json!("web")));
        defaults.insert("channel".into(), json!("shop"));
        assert_eq!(defaults.of(&TABLE, channel), Some(&json!("shop")));
        defaults.clear();
        assert_eq!(defaults.of(&TABLE, channel), None);
    }
}
