//! A payload laid flat: one fact a value, with its field and line item. The rules run over facts, so that
//! they are the same whether the payload was written as bytes, built as a tree, edited, or loaded as it is.

use rust_decimal::Decimal;
use serde_json::Value;

use super::shape::Shape;
use super::sink::escape;
use super::table::{FieldId, FieldKind, FieldTable};

/// A value of a payload, borrowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar<'a> {
    /// Null.
    Null,
    /// True or false.
    Boolean(bool),
    /// A number that fits a decimal exactly.
    Number(Decimal),
    /// A number that doesn't, by its digits.
    WideNumber(&'a str),
    /// Text.
    Text(&'a str),
    /// An object with that many members.
    Object(usize),
    /// A list with that many elements.
    Array(usize),
}

impl Scalar<'_> {
    /// Empty is absent, null or `""`; never 0, false or `{}`.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Null | Self::Text(""))
    }

    /// Its shape.
    pub fn shape(&self) -> Shape {
        match self {
            Self::Null => Shape::Null,
            Self::Boolean(_) => Shape::Boolean,
            Self::Number(number) => Shape::of_number(*number),
            Self::WideNumber(_) => Shape::WideNumber,
            Self::Text("") => Shape::EmptyText,
            Self::Text(_) => Shape::Text,
            Self::Object(_) => Shape::Object,
            Self::Array(_) => Shape::Array,
        }
    }

    /// Its type in a word, for messages.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "true or false",
            Self::Number(_) | Self::WideNumber(_) => "a number",
            Self::Text(_) => "text",
            Self::Object(_) => "an object",
            Self::Array(_) => "a list",
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Stored {
    Null,
    Boolean(bool),
    Number(Decimal),
    WideNumber(usize, usize),
    Text(usize, usize),
    Object(usize),
    Array(usize),
}

impl Stored {
    fn shape(&self) -> Shape {
        match self {
            Self::Null => Shape::Null,
            Self::Boolean(_) => Shape::Boolean,
            Self::Number(number) => Shape::of_number(*number),
            Self::WideNumber(..) => Shape::WideNumber,
            Self::Text(start, end) if start == end => Shape::EmptyText,
            Self::Text(..) => Shape::Text,
            Self::Object(_) => Shape::Object,
            Self::Array(_) => Shape::Array,
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self.shape(), Shape::Null | Shape::EmptyText)
    }
}

/// One value with its field and its line item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fact<'a> {
    /// Its row in the vendor's table.
    pub field: FieldId,
    /// The index that stands for `*` in the field's path.
    pub item: Option<u32>,
    /// The value.
    pub value: Scalar<'a>,
}

/// The facts of one payload. Reused from order to order, so that the bulk path allocates nothing.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    text: String,
    list: Vec<(FieldId, Option<u32>, Stored)>,
    /// For each field the places of its facts in `list`.
    places: Vec<Vec<u32>>,
    /// Names that stand for `?`: the number of the fact, and where in `text` its name is.
    names: Vec<(usize, usize, usize)>,
    native: bool,
}

impl Facts {
    /// The facts of a payload as a tree. Members that the table doesn't know are passed over.
    pub fn of_value(value: &Value, table: &FieldTable) -> Self {
        let mut facts = Self::default();
        facts.walk(value, table, &mut String::new());
        facts
    }

    /// Forgets everything but keeps the room.
    pub fn clear(&mut self) {
        self.text.clear();
        for (field, ..) in self.list.drain(..) {
            if let Some(places) = self.places.get_mut(usize::from(field.0)) {
                places.clear();
            }
        }
        self.names.clear();
        self.native = false;
    }

    /// Says that the payload is the source's own, not made from an order.
    pub fn mark_native(&mut self) {
        self.native = true;
    }

    /// Whether the payload is the source's own.
    pub fn is_native(&self) -> bool {
        self.native
    }

    /// Gives a fact the name that stands for `?` in its field's path.
    pub fn name(&mut self, fact: usize, name: &str) {
        let start = self.text.len();
        self.text.push_str(name);
        self.names.push((fact, start, self.text.len()));
    }

    /// The member of that name in a free-form object, `metadata/?`.
    pub fn member(&self, field: FieldId, item: Option<u32>, name: &str) -> Option<Scalar<'_>> {
        self.names.iter().find_map(|(fact, start, end)| {
            let (other, index, stored) = self.list.get(*fact)?;
            let named = self.text.get(*start..*end) == Some(name);
            (named && *other == field && *index == item).then(|| self.scalar(*stored))
        })
    }

    /// Adds a fact and returns its number, for [`Facts::count_children`].
    #[inline]
    pub fn push(&mut self, field: FieldId, item: Option<u32>, value: Scalar<'_>) -> usize {
        let stored = match value {
            Scalar::Null => Stored::Null,
            Scalar::Boolean(value) => Stored::Boolean(value),
            Scalar::Number(value) => Stored::Number(value),
            Scalar::Object(count) => Stored::Object(count),
            Scalar::Array(count) => Stored::Array(count),
            Scalar::Text(text) | Scalar::WideNumber(text) => {
                let start = self.text.len();
                self.text.push_str(text);
                let end = self.text.len();
                if matches!(value, Scalar::Text(_)) {
                    Stored::Text(start, end)
                } else {
                    Stored::WideNumber(start, end)
                }
            }
        };
        let place = self.list.len();
        self.list.push((field, item, stored));
        let row = usize::from(field.0);
        if row >= self.places.len() {
            self.places.resize_with(row + 1, Vec::new);
        }
        if let Some(places) = self.places.get_mut(row) {
            places.push(place as u32);
        }
        place
    }

    /// Says how many members or elements an object or list got, once it is closed.
    pub fn count_children(&mut self, fact: usize, count: usize) {
        if let Some((_, _, Stored::Object(children) | Stored::Array(children))) =
            self.list.get_mut(fact)
        {
            *children = count;
        }
    }

    /// Every fact, in the payload's order.
    pub fn iter(&self) -> impl Iterator<Item = Fact<'_>> {
        self.list.iter().map(|(field, item, stored)| Fact {
            field: *field,
            item: *item,
            value: self.scalar(*stored),
        })
    }

    /// The facts whose shape alone doesn't say that they are right, in the payload's order: few.
    pub fn not_surely_right(&self, table: &FieldTable) -> impl Iterator<Item = Fact<'_>> {
        let rows = table.rows();
        let may_be_wrong = move |field: FieldId, stored: &Stored| {
            let row = rows.get(usize::from(field.0));
            row.is_none_or(|row| !row.right.has(stored.shape()))
        };
        self.list
            .iter()
            .filter(move |(field, _, stored)| may_be_wrong(*field, stored))
            .map(|(field, item, stored)| Fact {
                field: *field,
                item: *item,
                value: self.scalar(*stored),
            })
    }

    /// The index that stands for `*` of every fact that has one, in the payload's order.
    pub fn items(&self) -> impl Iterator<Item = u32> {
        self.list.iter().filter_map(|(_, item, _)| *item)
    }

    /// Every text of the payload, one behind the other: for rules that few texts break.
    pub fn all_text(&self) -> &str {
        &self.text
    }

    /// Whether a field is there and not empty once for each of that many items, and nowhere twice. `false` may
    /// also mean that they came in another order.
    pub fn every_item_has(&self, field: FieldId, items: u32) -> bool {
        let places = self.places_of(field);
        let has = |(item, place): (u32, &u32)| match self.list.get(*place as usize) {
            Some((_, index, stored)) => *index == Some(item) && !stored.is_empty(),
            None => false,
        };
        places.len() == items as usize && (0..).zip(places).all(has)
    }

    /// Every fact of one field: one for each item.
    pub fn all(&self, field: FieldId) -> impl Iterator<Item = Fact<'_>> {
        let facts = self.places_of(field).iter();
        facts
            .filter_map(|place| self.list.get(*place as usize))
            .map(|(field, item, stored)| Fact {
                field: *field,
                item: *item,
                value: self.scalar(*stored),
            })
    }

    /// The value of a field, empty ones too.
    pub fn get(&self, field: FieldId, item: Option<u32>) -> Option<Scalar<'_>> {
        self.stored(field, item).map(|stored| self.scalar(*stored))
    }

    fn stored(&self, field: FieldId, item: Option<u32>) -> Option<&Stored> {
        let places = self.places_of(field);
        let stored = |place: &u32| {
            let (_, index, stored) = self.list.get(*place as usize)?;
            (*index == item).then_some(stored)
        };
        // Elements come in the order of their list, mostly each with all its fields once.
        let guess = item.unwrap_or(0) as usize;
        let before = guess.checked_sub(1).and_then(|before| places.get(before));
        let found = places.get(guess).and_then(stored);
        found
            .filter(|_| before.and_then(stored).is_none())
            .or_else(|| places.iter().find_map(stored))
    }

    fn places_of(&self, field: FieldId) -> &[u32] {
        let places = self.places.get(usize::from(field.0));
        places.map_or(&[], Vec::as_slice)
    }

    /// The text of a field, unless it is empty or no text.
    pub fn text(&self, field: FieldId, item: Option<u32>) -> Option<&str> {
        match self.get(field, item)? {
            Scalar::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// The number of a field, unless it is none.
    pub fn number(&self, field: FieldId, item: Option<u32>) -> Option<Decimal> {
        match self.get(field, item)? {
            Scalar::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The truth of a field, unless it is none.
    pub fn boolean(&self, field: FieldId, item: Option<u32>) -> Option<bool> {
        match self.get(field, item)? {
            Scalar::Boolean(value) => Some(value),
            _ => None,
        }
    }

    /// Whether a field is there and not empty.
    pub fn has(&self, field: FieldId, item: Option<u32>) -> bool {
        self.stored(field, item)
            .is_some_and(|stored| !stored.is_empty())
    }

    /// How many elements a list has; none where it isn't there or no list.
    pub fn array_len(&self, field: FieldId) -> Option<u32> {
        match self.get(field, None)? {
            Scalar::Array(count) => Some(count as u32),
            _ => None,
        }
    }

    fn scalar(&self, stored: Stored) -> Scalar<'_> {
        let text = |start, end| self.text.get(start..end).unwrap_or("");
        match stored {
            Stored::Null => Scalar::Null,
            Stored::Boolean(value) => Scalar::Boolean(value),
            Stored::Number(value) => Scalar::Number(value),
            Stored::WideNumber(start, end) => Scalar::WideNumber(text(start, end)),
            Stored::Text(start, end) => Scalar::Text(text(start, end)),
            Stored::Object(count) => Scalar::Object(count),
            Stored::Array(count) => Scalar::Array(count),
        }
    }

    /// Adds a field that is a tree of its own, and what the table knows inside it. `name` stands for `?`.
    pub fn push_tree(
        &mut self,
        field: FieldId,
        item: Option<u32>,
        name: Option<&str>,
        value: &Value,
        table: &FieldTable,
    ) {
        if !value.is_object() && !value.is_array() {
            let fact = self.push_value(field, item, value);
            if let Some(name) = name {
                self.name(fact, name);
            }
            return;
        }
        let mut pointer = String::new();
        for segment in table.spec(field).path.split('/') {
            pointer.push('/');
            match (segment, item, name) {
                ("*", Some(index), _) => pointer.push_str(&index.to_string()),
                ("?", _, Some(name)) => pointer.push_str(&escape(name)),
                _ => pointer.push_str(segment),
            }
        }
        self.walk(value, table, &mut pointer);
    }

    fn walk(&mut self, value: &Value, table: &FieldTable, pointer: &mut String) {
        if let Some((field, item)) = table.at_pointer(pointer) {
            let fact = self.push_value(field, item, value);
            if table.spec(field).path.ends_with('?') {
                let name = pointer.rsplit('/').next().unwrap_or_default();
                self.name(fact, &name.replace("~1", "/").replace("~0", "~"));
            }
            // The members of what has no known form are nobody's business.
            if matches!(
                table.spec(field).kind,
                FieldKind::Any | FieldKind::TextArray
            ) {
                return;
            }
        }
        let mut child = |facts: &mut Self, name: &str, value: &Value| {
            let length = pointer.len();
            pointer.push('/');
            pointer.push_str(name);
            facts.walk(value, table, pointer);
            pointer.truncate(length);
        };
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    child(self, &escape(name), member);
                }
            }
            Value::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    child(self, &index.to_string(), element);
                }
            }
            _ => {}
        }
    }

    fn push_value(&mut self, field: FieldId, item: Option<u32>, value: &Value) -> usize {
        match value {
            Value::Null => self.push(field, item, Scalar::Null),
            Value::Bool(value) => self.push(field, item, Scalar::Boolean(*value)),
            Value::Number(number) => {
                let digits = number.as_str();
                match exact_decimal(digits) {
                    Some(decimal) => self.push(field, item, Scalar::Number(decimal)),
                    None => self.push(field, item, Scalar::WideNumber(digits)),
                }
            }
            Value::String(text) => self.push(field, item, Scalar::Text(text)),
            Value::Array(elements) => self.push(field, item, Scalar::Array(elements.len())),
            Value::Object(members) => self.push(field, item, Scalar::Object(members.len())),
        }
    }
}

/// The decimal of a JSON number's digits, exponents included; `None` where it doesn't fit exactly.
pub fn exact_decimal(digits: &str) -> Option<Decimal> {
    if digits.contains(['e', 'E']) {
        Decimal::from_scientific(digits).ok()
    } else {
        Decimal::from_str_exact(digits).ok()
    }
}
