//! Where an encoder writes to. [`BytesSink`] writes JSON bytes for sending; [`TreeSink`] builds the tree that
//! is shown, with the origin of every value. Both give the same bytes, and a test proves it.
//!
//! There are three sinks and no others: a choice that the compiler sees through costs nothing where millions of
//! members are written.

use rust_decimal::Decimal;
use serde_json::{Map, Number, Value};

use super::bytes_sink::BytesSink;
use super::facts::Scalar;
use super::facts_sink::FactsSink;
use super::table::{FieldId, FieldTable};
use crate::order::Field;

/// Where a payload's value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Fields of the order (or of the line item that the value stands in).
    Fields(&'static [Field]),
    /// Reckoned, and how: `sum of items`.
    Reckoned(&'static str),
    /// A vendor-only field of the mapping.
    Mapping,
    /// The profile's default for that field.
    ProfileDefault,
    /// The sandbox profile's stand-in for what no order file holds.
    SandboxDefault,
    /// A setting of the profile, by its name.
    Setting(&'static str),
    /// Always this.
    Fixed,
    /// Changed by the operator in this payload.
    Edit,
    /// As the source has it: a native payload.
    Native,
}

/// What an encoder writes to.
#[derive(Debug)]
pub enum Sink<'a> {
    /// Bytes to be sent: the way of the millions.
    Bytes(BytesSink<'a>),
    /// Facts alone, where only the rules are asked.
    Facts(FactsSink<'a>),
    /// The tree that is shown.
    Tree(TreeSink<'a>),
}

/// An object or list that is open.
#[derive(Debug)]
pub struct Open {
    /// The fact it has; elements have none.
    pub(super) fact: Option<usize>,
    /// How many children what is open around it had got.
    pub(super) before: usize,
}

impl Sink<'_> {
    /// Ends the payload.
    pub fn finish(self) {
        match self {
            Self::Bytes(sink) => sink.finish(),
            Self::Facts(_) => {}
            Self::Tree(sink) => sink.finish(),
        }
    }

    /// Opens an object as a member of the one that is open.
    pub fn open_object(&mut self, field: FieldId) -> Open {
        match self {
            Self::Bytes(sink) => sink.open_object(field),
            Self::Facts(sink) => sink.open(field, Scalar::Object(0)),
            Self::Tree(sink) => sink.open(field, Value::Object(Map::new())),
        }
    }

    /// Opens a list as a member of the object that is open.
    pub fn open_array(&mut self, field: FieldId) -> Open {
        match self {
            Self::Bytes(sink) => sink.open_array(field),
            Self::Facts(sink) => sink.open(field, Scalar::Array(0)),
            Self::Tree(sink) => sink.open(field, Value::Array(Vec::new())),
        }
    }

    /// Opens an object as the next element of the list that is open.
    pub fn open_element(&mut self, index: u32) -> Open {
        match self {
            Self::Bytes(sink) => sink.open_element(index),
            Self::Facts(sink) => sink.open_element(index),
            Self::Tree(sink) => sink.open_element(index),
        }
    }

    /// Closes the object that was opened last.
    pub fn close_object(&mut self, open: &Open) {
        self.close(open, b'}');
    }

    /// Closes the list that was opened last.
    pub fn close_array(&mut self, open: &Open) {
        self.close(open, b']');
    }

    fn close(&mut self, open: &Open, closing: u8) {
        match self {
            Self::Bytes(sink) => sink.close(open, closing),
            Self::Facts(sink) => sink.close(open),
            Self::Tree(sink) => sink.close(),
        }
    }

    /// Writes a member that is a text.
    #[inline]
    pub fn text(&mut self, field: FieldId, text: &str, origin: Origin) {
        match self {
            Self::Bytes(sink) => sink.text(field, text),
            Self::Facts(sink) => sink.text(field, text),
            Self::Tree(sink) => sink.value(field, None, Scalar::Text(text), origin),
        }
    }

    /// Writes a member that is a number.
    #[inline]
    pub fn number(&mut self, field: FieldId, number: Decimal, origin: Origin) {
        match self {
            Self::Bytes(sink) => sink.number(field, number),
            Self::Facts(sink) => sink.number(field, number),
            Self::Tree(sink) => sink.value(field, None, Scalar::Number(number), origin),
        }
    }

    /// Writes a member that is a whole number and not negative.
    #[inline]
    pub fn natural(&mut self, field: FieldId, number: u64, origin: Origin) {
        match self {
            Self::Bytes(sink) => sink.natural(field, number),
            Self::Facts(sink) => sink.natural(field, number),
            Self::Tree(sink) => sink.value(field, None, Scalar::Number(number.into()), origin),
        }
    }

    /// Writes a member. `name` stands for `?` in the field's path.
    #[inline]
    pub fn value(&mut self, field: FieldId, name: Option<&str>, value: Scalar<'_>, origin: Origin) {
        match self {
            Self::Bytes(sink) => sink.value(field, name, value),
            Self::Facts(sink) => sink.value(field, name, value),
            Self::Tree(sink) => sink.value(field, name, value, origin),
        }
    }

    /// Writes a member that is a tree of its own: an object or list that the profile or the mapping gives whole.
    pub fn tree(&mut self, field: FieldId, name: Option<&str>, value: &Value, origin: Origin) {
        match self {
            Self::Bytes(sink) => sink.tree(field, name, value),
            Self::Facts(sink) => sink.tree(field, name, value),
            Self::Tree(sink) => sink.tree(field, name, value, origin),
        }
    }

    /// Says which of the order's fields stand behind a member that isn't written, as they are empty, or that
    /// was reckoned from them.
    #[inline]
    pub fn behind(&mut self, field: FieldId, origin: Origin) {
        if let Self::Tree(sink) = self {
            sink.behind(field, origin);
        }
    }
}

/// A payload as a tree, and where its values came from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tree {
    /// The payload.
    pub value: Value,
    /// Origins by JSON pointer, in the payload's order.
    pub origins: Vec<(String, Origin)>,
    /// What stands behind members that have no value or were reckoned, by JSON pointer.
    pub behind: Vec<(String, Origin)>,
}

/// Builds the tree and keeps the origin of every value.
#[derive(Debug)]
pub struct TreeSink<'a> {
    table: &'static FieldTable,
    tree: &'a mut Tree,
    /// What is open: its place in its parent, and what it holds so far.
    open: Vec<(String, Value)>,
    pointer: String,
}

impl<'a> TreeSink<'a> {
    /// Begins a payload that becomes that tree, which must be empty.
    pub fn new(table: &'static FieldTable, tree: &'a mut Tree) -> Self {
        Self {
            table,
            tree,
            open: vec![(String::new(), Value::Object(Map::new()))],
            pointer: String::new(),
        }
    }

    fn finish(mut self) {
        if let Some((_, root)) = self.open.pop() {
            self.tree.value = root;
        }
    }

    fn push(&mut self, name: String, value: Value) {
        match self.open.last_mut() {
            Some((_, Value::Object(members))) => {
                members.insert(name, value);
            }
            Some((_, Value::Array(elements))) => elements.push(value),
            _ => {}
        }
    }

    fn descend(&mut self, name: String, value: Value) -> Open {
        self.pointer.push('/');
        self.pointer.push_str(&escape(&name));
        self.open.push((name, value));
        Open {
            fact: None,
            before: 0,
        }
    }

    fn member(&self, field: FieldId, name: Option<&str>) -> String {
        name.unwrap_or_else(|| self.table.spec(field).name())
            .to_owned()
    }

    fn remember(&mut self, name: &str, origin: Origin) {
        let pointer = format!("{}/{}", self.pointer, escape(name));
        self.tree.origins.push((pointer, origin));
    }

    fn open(&mut self, field: FieldId, value: Value) -> Open {
        let name = self.member(field, None);
        self.descend(name, value)
    }

    fn open_element(&mut self, index: u32) -> Open {
        self.descend(index.to_string(), Value::Object(Map::new()))
    }

    fn close(&mut self) {
        if let Some((name, value)) = self.open.pop() {
            let end = self.pointer.rfind('/').unwrap_or(0);
            self.pointer.truncate(end);
            self.push(name, value);
        }
    }

    // Nearly all payloads are written as bytes: what isn't stays out of their way.
    #[cold]
    fn value(&mut self, field: FieldId, name: Option<&str>, value: Scalar<'_>, origin: Origin) {
        let name = self.member(field, name);
        self.remember(&name, origin);
        let value = match value {
            Scalar::Null => Value::Null,
            Scalar::Boolean(value) => Value::Bool(value),
            Scalar::Number(number) => number_value(&number.to_string()),
            Scalar::WideNumber(digits) => number_value(digits),
            Scalar::Text(text) => Value::String(text.to_owned()),
            Scalar::Object(_) => Value::Object(Map::new()),
            Scalar::Array(_) => Value::Array(Vec::new()),
        };
        self.push(name, value);
    }

    #[cold]
    fn tree(&mut self, field: FieldId, name: Option<&str>, value: &Value, origin: Origin) {
        let name = self.member(field, name);
        self.remember(&name, origin);
        self.push(name, value.clone());
    }

    #[cold]
    fn behind(&mut self, field: FieldId, origin: Origin) {
        let name = escape(self.table.spec(field).name());
        let pointer = format!("{}/{name}", self.pointer);
        self.tree.behind.push((pointer, origin));
    }
}

/// A JSON number of exactly these digits; null where they are no number.
pub fn number_value(digits: &str) -> Value {
    digits.parse::<Number>().map_or(Value::Null, Value::Number)
}

/// A member name inside a JSON pointer (RFC 6901).
pub fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
