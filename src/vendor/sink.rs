//! Where an encoder writes to. [`BytesSink`] writes JSON bytes for sending; [`TreeSink`] builds the tree that
//! is shown, with the origin of every value. Both give the same bytes, and a test proves it.

use rust_decimal::Decimal;
use serde_json::{Map, Number, Value};

use super::facts::{Facts, Scalar};
use super::table::{FieldId, FieldTable, Row};
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
pub trait Sink {
    /// Opens an object as a member of the one that is open.
    fn open_object(&mut self, field: FieldId);
    /// Opens a list as a member of the object that is open.
    fn open_array(&mut self, field: FieldId);
    /// Opens an object as the next element of the list that is open.
    fn open_element(&mut self, index: u32);
    /// Closes what was opened last.
    fn close(&mut self);
    /// Writes a member. `name` stands for `?` in the field's path.
    fn value(&mut self, field: FieldId, name: Option<&str>, value: Scalar<'_>, origin: Origin);
    /// Writes a member that is a tree of its own: an object or list that the profile or the mapping gives whole.
    fn tree(&mut self, field: FieldId, name: Option<&str>, value: &Value, origin: Origin);
    /// Says which of the order's fields stand behind a member that isn't written, as they are empty, or that
    /// was reckoned from them.
    fn behind(&mut self, field: FieldId, origin: Origin) {
        let _ = (field, origin);
    }
}

/// A payload as a tree, and where its values came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// The payload.
    pub value: Value,
    /// Origins by JSON pointer, in the payload's order.
    pub origins: Vec<(String, Origin)>,
    /// What stands behind members that have no value or were reckoned, by JSON pointer.
    pub behind: Vec<(String, Origin)>,
}

/// Writes JSON bytes, and the facts that the rules read.
#[derive(Debug)]
pub struct BytesSink<'a> {
    table: &'static FieldTable,
    rows: &'static [Row],
    bytes: &'a mut Vec<u8>,
    facts: &'a mut Facts,
    /// What was opened last and is open.
    inner: Open,
    /// What is open around it.
    outer: Vec<Open>,
    item: Option<u32>,
}

/// An object or list that is open.
#[derive(Debug)]
struct Open {
    /// The fact it has; elements have none.
    fact: Option<usize>,
    children: usize,
    closing: u8,
}

/// More levels than any vendor's payload has, so that a payload's are one piece of memory.
const LEVELS: usize = 8;

impl<'a> BytesSink<'a> {
    /// Begins a payload at the end of `bytes`.
    pub fn new(table: &'static FieldTable, bytes: &'a mut Vec<u8>, facts: &'a mut Facts) -> Self {
        bytes.push(b'{');
        Self {
            table,
            rows: table.rows(),
            bytes,
            facts,
            inner: Open {
                fact: None,
                children: 0,
                closing: b'}',
            },
            outer: Vec::with_capacity(LEVELS),
            item: None,
        }
    }

    /// Ends the payload.
    pub fn finish(mut self) {
        while !self.outer.is_empty() {
            self.close();
        }
        self.bytes.push(self.inner.closing);
    }

    /// Counts a child, and tells whether it is the first.
    fn child(&mut self) -> bool {
        self.inner.children += 1;
        self.inner.children == 1
    }

    /// Writes a member's name, and returns the index that belongs to it.
    #[allow(clippy::indexing_slicing)]
    #[inline]
    fn name(&mut self, field: FieldId, name: Option<&str>) -> Option<u32> {
        let is_first = self.child();
        // An id only ever comes from this table.
        let row = &self.rows[usize::from(field.0)];
        if let Some(name) = name {
            if !is_first {
                self.bytes.push(b',');
            }
            write_text(self.bytes, name);
            self.bytes.push(b':');
        } else {
            let key = row.key.as_bytes();
            // The first one has no comma before it.
            self.bytes.extend_from_slice(&key[usize::from(is_first)..]);
        }
        self.item.filter(|_| row.per_item)
    }

    fn open(&mut self, fact: Option<usize>, opening: u8, closing: u8) {
        self.bytes.push(opening);
        let open = Open {
            fact,
            children: 0,
            closing,
        };
        self.outer.push(std::mem::replace(&mut self.inner, open));
    }
}

impl Sink for BytesSink<'_> {
    fn open_object(&mut self, field: FieldId) {
        let item = self.name(field, None);
        let fact = self.facts.push(field, item, Scalar::Object(0));
        self.open(Some(fact), b'{', b'}');
    }

    fn open_array(&mut self, field: FieldId) {
        let item = self.name(field, None);
        let fact = self.facts.push(field, item, Scalar::Array(0));
        self.open(Some(fact), b'[', b']');
    }

    fn open_element(&mut self, index: u32) {
        if !self.child() {
            self.bytes.push(b',');
        }
        self.item = Some(index);
        self.open(None, b'{', b'}');
    }

    fn close(&mut self) {
        if let Some(outer) = self.outer.pop() {
            let closed = std::mem::replace(&mut self.inner, outer);
            self.bytes.push(closed.closing);
            if let Some(fact) = closed.fact {
                self.facts.count_children(fact, closed.children);
            }
        }
    }

    fn value(&mut self, field: FieldId, name: Option<&str>, value: Scalar<'_>, _origin: Origin) {
        let item = self.name(field, name);
        let fact = self.facts.push(field, item, value);
        if let Some(name) = name {
            self.facts.name(fact, name);
        }
        match value {
            Scalar::Null => self.bytes.extend_from_slice(b"null"),
            Scalar::Boolean(true) => self.bytes.extend_from_slice(b"true"),
            Scalar::Boolean(false) => self.bytes.extend_from_slice(b"false"),
            Scalar::Number(number) => write_decimal(self.bytes, number),
            Scalar::WideNumber(digits) => self.bytes.extend_from_slice(digits.as_bytes()),
            Scalar::Text(text) => write_text(self.bytes, text),
            Scalar::Object(_) => self.bytes.extend_from_slice(b"{}"),
            Scalar::Array(_) => self.bytes.extend_from_slice(b"[]"),
        }
    }

    fn tree(&mut self, field: FieldId, name: Option<&str>, value: &Value, _origin: Origin) {
        let item = self.name(field, name);
        self.facts.push_tree(field, item, name, value, self.table);
        // Writing to memory can't fail.
        let _ = serde_json::to_writer(&mut *self.bytes, value);
    }
}

#[inline]
fn write_text(bytes: &mut Vec<u8>, text: &str) {
    // Looked at without stopping early, which the compiler turns into many bytes at once.
    let escapes = (text.bytes()).fold(false, |escapes, byte| {
        escapes | (byte < b' ') | (byte == b'"') | (byte == b'\\')
    });
    if escapes {
        // Writing to memory can't fail.
        let _ = serde_json::to_writer(bytes, text);
        return;
    }
    bytes.push(b'"');
    bytes.extend_from_slice(text.as_bytes());
    bytes.push(b'"');
}

/// Writes the digits as they are; the library's own way is for numbers wider than 64 bits.
pub fn write_decimal(bytes: &mut Vec<u8>, number: Decimal) {
    use std::io::Write;
    let Ok(digits) = u64::try_from(number.mantissa().unsigned_abs()) else {
        let _ = write!(bytes, "{number}");
        return;
    };
    if number.is_sign_negative() {
        bytes.push(b'-');
    }
    let mut room = itoa::Buffer::new();
    let digits = room.format(digits).as_bytes();
    let scale = number.scale() as usize;
    match digits.split_at_checked(digits.len().wrapping_sub(scale)) {
        Some((whole, [])) => bytes.extend_from_slice(whole),
        Some((whole @ [_, ..], fraction)) => {
            bytes.extend_from_slice(whole);
            bytes.push(b'.');
            bytes.extend_from_slice(fraction);
        }
        _ => {
            bytes.extend_from_slice(b"0.");
            bytes.extend(std::iter::repeat_n(b'0', scale - digits.len()));
            bytes.extend_from_slice(digits);
        }
    }
}

/// Builds the tree and keeps the origin of every value.
#[derive(Debug)]
pub struct TreeSink {
    table: &'static FieldTable,
    /// What is open: its place in its parent, and what it holds so far.
    open: Vec<(String, Value)>,
    pointer: String,
    origins: Vec<(String, Origin)>,
    behind: Vec<(String, Origin)>,
}

impl TreeSink {
    /// Begins a payload.
    pub fn new(table: &'static FieldTable) -> Self {
        Self {
            table,
            open: vec![(String::new(), Value::Object(Map::new()))],
            pointer: String::new(),
            origins: Vec::new(),
            behind: Vec::new(),
        }
    }

    /// The tree, and where everything in it came from.
    pub fn finish(mut self) -> Tree {
        while self.open.len() > 1 {
            self.close();
        }
        let root = self.open.pop().map_or(Value::Null, |(_, value)| value);
        Tree {
            value: root,
            origins: self.origins,
            behind: self.behind,
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

    fn descend(&mut self, name: String, value: Value) {
        self.pointer.push('/');
        self.pointer.push_str(&escape(&name));
        self.open.push((name, value));
    }

    fn member(&self, field: FieldId, name: Option<&str>) -> String {
        name.unwrap_or_else(|| self.table.spec(field).name())
            .to_owned()
    }

    fn remember(&mut self, name: &str, origin: Origin) {
        self.origins
            .push((format!("{}/{}", self.pointer, escape(name)), origin));
    }
}

impl Sink for TreeSink {
    fn open_object(&mut self, field: FieldId) {
        let name = self.member(field, None);
        self.descend(name, Value::Object(Map::new()));
    }

    fn open_array(&mut self, field: FieldId) {
        let name = self.member(field, None);
        self.descend(name, Value::Array(Vec::new()));
    }

    fn open_element(&mut self, index: u32) {
        self.descend(index.to_string(), Value::Object(Map::new()));
    }

    fn close(&mut self) {
        if let Some((name, value)) = self.open.pop() {
            let end = self.pointer.rfind('/').unwrap_or(0);
            self.pointer.truncate(end);
            self.push(name, value);
        }
    }

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

    fn tree(&mut self, field: FieldId, name: Option<&str>, value: &Value, origin: Origin) {
        let name = self.member(field, name);
        self.remember(&name, origin);
        self.push(name, value.clone());
    }

    fn behind(&mut self, field: FieldId, origin: Origin) {
        let name = escape(self.table.spec(field).name());
        self.behind
            .push((format!("{}/{name}", self.pointer), origin));
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(number: Decimal) -> String {
        let mut bytes = Vec::new();
        write_decimal(&mut bytes, number);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn numbers_keep_their_digits() {
        for digits in [
            "0",
            "0.00",
            "7",
            "-7.50",
            "0.05",
            "-0.001",
            "19.90",
            "10.000",
            "18446744073709551615",
            "18446744073709551616",
            "0.0000000000000000000000000001",
        ] {
            assert_eq!(written(digits.parse().unwrap()), digits);
        }
    }

    proptest! {
        #[test]
        fn numbers_are_written_as_the_library_writes_them(mantissa in any::<i64>(), wide in any::<bool>(), scale in 0_u32..28) {
            let mantissa = i128::from(mantissa) * if wide { 1_000_003 } else { 1 };
            let number = Decimal::from_i128_with_scale(mantissa, scale);
            prop_assert_eq!(written(number), number.to_string());
        }
    }
}
