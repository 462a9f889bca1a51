//! A vendor's field table: path, type, limits, help. Encoding, checking, the field editor, the help text
//! and the mapping screen all read it.

use std::sync::OnceLock;

use super::page::Key;
use super::shape::Shapes;
use crate::order::outcome::Operation;

/// What type a payload's field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// Text.
    Text,
    /// An e-mail address: text with an `@`.
    Email,
    /// A whole number.
    Integer,
    /// A decimal number.
    Number,
    /// A decimal number written as text: `"9.99"`.
    DecimalText,
    /// `true` or `false`.
    Boolean,
    /// `YYYY-MM-DD` as text.
    Date,
    /// `HH:MM` as text.
    TimeOfDay,
    /// ISO 8601 with an offset, as text.
    DateTime,
    /// An object whose members have rows of their own, or any.
    Object,
    /// A list whose elements have rows of their own.
    Array,
    /// A list of texts.
    TextArray,
    /// Anything: nothing is known of its form.
    Any,
}

impl FieldKind {
    /// The type in a few words, for help and messages.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Email => "an e-mail address",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::DecimalText => "a decimal number as text, such as \"9.99\"",
            Self::Boolean => "true or false",
            Self::Date => "a date as YYYY-MM-DD",
            Self::TimeOfDay => "a time as HH:MM",
            Self::DateTime => "a time with an offset, such as 2024-03-01T10:00:00+01:00",
            Self::Object => "an object",
            Self::Array => "a list",
            Self::TextArray => "a list of texts",
            Self::Any => "any value",
        }
    }
}

/// When a field must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Required {
    /// Never.
    No,
    /// In imports only.
    Import,
    /// In imports and status updates.
    ImportAndStatus,
    /// In every operation.
    Always,
}

impl Required {
    /// Whether that operation needs it.
    pub const fn by(self, operation: Operation) -> bool {
        match self {
            Self::No => false,
            Self::Import => matches!(operation, Operation::Import),
            Self::ImportAndStatus => !matches!(operation, Operation::Cancel),
            Self::Always => true,
        }
    }
}

/// One field of a payload.
#[derive(Debug, Clone, Copy)]
pub struct FieldSpec {
    /// Segments divided by `/`; `*` stands for a line item's (or other element's) index, `?` for any member
    /// name: `items/*/price`, `metadata/?`.
    pub path: &'static str,
    /// Its type.
    pub kind: FieldKind,
    /// When it must be there. A member of an object is required only where the object is there.
    pub required: Required,
    /// Least and most characters of a text.
    pub length: Option<(u32, u32)>,
    /// The least a number may be.
    pub minimum: Option<i64>,
    /// The only values allowed; empty for any.
    pub choices: &'static [&'static str],
    /// Null and empty text count as not given.
    pub nullable: bool,
    /// What it means, and where it comes from unless the mapping or the profile says otherwise.
    pub help: &'static str,
}

impl FieldSpec {
    /// A field with no limits.
    pub const fn new(path: &'static str, kind: FieldKind, help: &'static str) -> Self {
        Self {
            path,
            kind,
            required: Required::No,
            length: None,
            minimum: None,
            choices: &[],
            nullable: false,
            help,
        }
    }

    /// Must be there.
    #[must_use]
    pub const fn required(mut self, required: Required) -> Self {
        self.required = required;
        self
    }

    /// Least and most characters.
    #[must_use]
    pub const fn length(mut self, least: u32, most: u32) -> Self {
        self.length = Some((least, most));
        self
    }

    /// The least value.
    #[must_use]
    pub const fn minimum(mut self, least: i64) -> Self {
        self.minimum = Some(least);
        self
    }

    /// The only values.
    #[must_use]
    pub const fn choices(mut self, choices: &'static [&'static str]) -> Self {
        self.choices = choices;
        self
    }

    /// Null and empty text count as not given.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// The member's own name: the last segment.
    pub fn name(&self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }

    /// The path of the object or list it stands in; empty for the payload itself.
    pub fn parent(&self) -> &'static str {
        self.path.rsplit_once('/').map_or("", |(parent, _)| parent)
    }
}

/// Index of a field in its vendor's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(pub u16);

/// All fields of one vendor's payload.
#[derive(Debug)]
pub struct FieldTable {
    fields: &'static [FieldSpec],
    rows: OnceLock<Box<[Row]>>,
    required: [OnceLock<Box<[Needed]>>; 3],
}

/// A field that must be there, and where.
#[derive(Debug, Clone, Copy)]
pub struct Needed {
    /// The field.
    pub field: FieldId,
    /// The object that it is a member of, none for the payload itself and for elements of a list.
    pub holder: Option<FieldId>,
    /// The list whose elements have it.
    pub list: Option<FieldId>,
}

/// What follows from a field's path, found once.
#[derive(Debug)]
pub struct Row {
    name: &'static str,
    /// The member's name as it stands in a payload.
    pub key: Key,
    /// Whether the field is one of a list's element.
    pub per_item: bool,
    /// The shapes that are right whatever the value is.
    pub right: Shapes,
    list: Option<FieldId>,
    holder: Option<FieldId>,
}

impl FieldTable {
    /// A table of these rows.
    pub const fn new(fields: &'static [FieldSpec]) -> Self {
        assert_names_fit(fields);
        Self {
            fields,
            rows: OnceLock::new(),
            required: [const { OnceLock::new() }; 3],
        }
    }

    /// A row for each field, for whoever asks of many.
    pub fn rows(&self) -> &[Row] {
        self.rows.get_or_init(|| {
            let rows = self.fields.iter().map(|field| Row {
                name: field.name(),
                // Names of a table need no escapes.
                key: Key::of(field.name()),
                per_item: field.path.contains('*'),
                right: Shapes::right_for(field),
                list: (field.path.split_once("/*/")).and_then(|(list, _)| self.find(list)),
                holder: self.find(field.parent()),
            });
            rows.collect()
        })
    }

    #[allow(clippy::indexing_slicing)]
    fn row(&self, id: FieldId) -> &Row {
        // An id only ever comes from this table.
        &self.rows()[usize::from(id.0)]
    }

    /// The member's own name, as [`FieldSpec::name`] has it.
    pub fn name(&self, id: FieldId) -> &'static str {
        self.row(id).name
    }

    /// Whether the field is one of a list's element.
    pub fn is_per_item(&self, id: FieldId) -> bool {
        self.row(id).per_item
    }

    /// The shapes that are right for the field whatever the value is.
    pub fn right(&self, id: FieldId) -> Shapes {
        self.row(id).right
    }

    /// What must be there in an operation, in the order of the table.
    pub fn required(&self, operation: Operation) -> &[Needed] {
        let [import, status, cancel] = &self.required;
        let known = match operation {
            Operation::Import => import,
            Operation::Status => status,
            Operation::Cancel => cancel,
        };
        known.get_or_init(|| {
            let required = self.iter().filter(|(_, spec)| spec.required.by(operation));
            let needed = required.map(|(field, _)| {
                let row = self.row(field);
                Needed {
                    field,
                    holder: row.holder,
                    list: row.list,
                }
            });
            needed.collect()
        })
    }

    /// The field of that path, `customer/email` or `customer.email`, with `*` for the item's index.
    pub fn find(&self, path: &str) -> Option<FieldId> {
        self.fields
            .iter()
            .position(|field| {
                field.path == path
                    || (path.contains('.') && field.path.split('/').eq(path.split('.')))
            })
            .map(|index| FieldId(index as u16))
    }

    /// The field that a JSON pointer leads to, with the index that stands for `*`.
    pub fn at_pointer(&self, pointer: &str) -> Option<(FieldId, Option<u32>)> {
        let segments: Vec<&str> = pointer.strip_prefix('/')?.split('/').collect();
        self.fields.iter().enumerate().find_map(|(id, field)| {
            let mut item = None;
            let mut given = segments.iter();
            for part in field.path.split('/') {
                let segment = given.next()?;
                match part {
                    "*" => item = Some(segment.parse().ok()?),
                    "?" => {}
                    _ if part == *segment => {}
                    _ => return None,
                }
            }
            given.next().is_none().then_some((FieldId(id as u16), item))
        })
    }

    /// The row of a field.
    #[allow(clippy::indexing_slicing)]
    pub fn spec(&self, id: FieldId) -> &'static FieldSpec {
        // An id only ever comes from this table.
        &self.fields[usize::from(id.0)]
    }

    /// Every field with its id, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = (FieldId, &'static FieldSpec)> {
        self.fields
            .iter()
            .enumerate()
            .map(|(index, field)| (FieldId(index as u16), field))
    }
}

/// A table with a name that is too long does not build.
#[allow(clippy::indexing_slicing)]
const fn assert_names_fit(fields: &[FieldSpec]) {
    let mut row = 0;
    while row < fields.len() {
        let path = fields[row].path.as_bytes();
        let mut name = 0;
        while name < path.len() && path[path.len() - 1 - name] != b'/' {
            name += 1;
        }
        assert!(
            Key::fits(name),
            "the field table has a name that is too long"
        );
        row += 1;
    }
}

/// The field of that path in a table of these rows, found while compiling: a wrong path does not build.
#[allow(clippy::indexing_slicing)]
pub const fn field_id(fields: &[FieldSpec], path: &str) -> FieldId {
    let mut index = 0;
    while index < fields.len() {
        if same(fields[index].path, path) {
            return FieldId(index as u16);
        }
        index += 1;
    }
    panic_no_such_field()
}

#[allow(clippy::panic)]
const fn panic_no_such_field() -> ! {
    panic!("the field table has no such path")
}

#[allow(clippy::indexing_slicing)]
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    static TABLE: FieldTable = FieldTable::new(&[
        FieldSpec::new("id", FieldKind::Text, "the key"),
        FieldSpec::new("customer/email", FieldKind::Email, "e-mail"),
        FieldSpec::new("items/*/price", FieldKind::Number, "price"),
        FieldSpec::new("metadata/?", FieldKind::Any, "anything"),
    ]);

    #[test]
    fn paths_and_pointers_find_their_field() {
        const PRICE: FieldId = field_id(&[FieldSpec::new("a", FieldKind::Any, "")], "a");
        assert_eq!(PRICE, FieldId(0));
        assert_eq!(TABLE.find("customer.email"), Some(FieldId(1)));
        assert_eq!(TABLE.find("items/*/price"), Some(FieldId(2)));
        assert_eq!(
            TABLE.at_pointer("/items/3/price"),
            Some((FieldId(2), Some(3)))
        );
        assert_eq!(TABLE.at_pointer("/metadata/x"), Some((FieldId(3), None)));
        assert_eq!(TABLE.at_pointer("/items/price"), None);
    }
}
