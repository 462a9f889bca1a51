//! Where an encoder writes to. [`BytesSink`] writes JSON bytes for sending; [`TreeSink`] builds the tree that
//! is shown, with the origin of every value. Both give the same bytes, and a test proves it.

use std::fmt::Write as _;
use std::ops::Range;

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
    /// Holds the payload while it is written.
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
    closing: char,
}

/// More levels than any vendor's payload has, so that a payload's are one piece of memory.
const LEVELS: usize = 8;

impl<'a> BytesSink<'a> {
    /// Begins a payload that comes to the end of `bytes`. The facts must be empty.
    pub fn new(table: &'static FieldTable, bytes: &'a mut Vec<u8>, facts: &'a mut Facts) -> Self {
        facts.payload.push('{');
        Self {
            table,
            rows: table.rows(),
            bytes,
            facts,
            inner: Open {
                fact: None,
                children: 0,
                closing: '}',
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
        self.facts.payload.push(self.inner.closing);
        self.bytes.extend_from_slice(self.facts.payload.as_bytes());
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
        let payload = &mut self.facts.payload;
        if let Some(name) = name {
            if !is_first {
                payload.push(',');
            }
            write_text(payload, name);
            payload.push(':');
        } else {
            // The first one has no comma before it.
            payload.push_str(&row.key[usize::from(is_first)..]);
        }
        self.item.filter(|_| row.per_item)
    }

    fn open(&mut self, fact: Option<usize>, opening: char, closing: char) {
        self.facts.payload.push(opening);
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
        self.open(Some(fact), '{', '}');
    }

    fn open_array(&mut self, field: FieldId) {
        let item = self.name(field, None);
        let fact = self.facts.push(field, item, Scalar::Array(0));
        self.open(Some(fact), '[', ']');
    }

    fn open_element(&mut self, index: u32) {
        if !self.child() {
            self.facts.payload.push(',');
        }
        self.item = Some(index);
        self.open(None, '{', '}');
    }

    fn close(&mut self) {
        if let Some(outer) = self.outer.pop() {
            let closed = std::mem::replace(&mut self.inner, outer);
            self.facts.payload.push(closed.closing);
            if let Some(fact) = closed.fact {
                self.facts.count_children(fact, closed.children);
            }
        }
    }

    fn value(&mut self, field: FieldId, name: Option<&str>, value: Scalar<'_>, _origin: Origin) {
        let item = self.name(field, name);
        let fact = match value {
            Scalar::Text(text) if !needs_escapes(text) => {
                let place = write_plain(&mut self.facts.payload, text);
                self.facts.push_written(field, item, place)
            }
            _ => {
                write_scalar(&mut self.facts.payload, value);
                self.facts.push(field, item, value)
            }
        };
        if let Some(name) = name {
            self.facts.name(fact, name);
        }
    }

    fn tree(&mut self, field: FieldId, name: Option<&str>, value: &Value, _origin: Origin) {
        let item = self.name(field, name);
        self.facts.push_tree(field, item, name, value, self.table);
        // Writing to memory can't fail.
        let _ = write!(self.facts.payload, "{value}");
    }
}

fn write_scalar(payload: &mut String, value: Scalar<'_>) {
    match value {
        Scalar::Null => payload.push_str("null"),
        Scalar::Boolean(true) => payload.push_str("true"),
        Scalar::Boolean(false) => payload.push_str("false"),
        Scalar::Number(number) => write_decimal(payload, number),
        Scalar::WideNumber(digits) => payload.push_str(digits),
        Scalar::Text(text) => write_text(payload, text),
        Scalar::Object(_) => payload.push_str("{}"),
        Scalar::Array(_) => payload.push_str("[]"),
    }
}

/// The bytes that can't stand between quotes as they are: texts are short, and a look at each byte is quickest.
#[allow(clippy::indexing_slicing)]
static ESCAPED: [bool; 256] = {
    let mut escaped = [false; 256];
    let mut control = 0;
    while control < b' ' {
        escaped[control as usize] = true;
        control += 1;
    }
    escaped[b'"' as usize] = true;
    escaped[b'\\' as usize] = true;
    escaped
};

/// Whether a text can't stand between quotes as it is.
#[allow(clippy::indexing_slicing)]
#[inline]
fn needs_escapes(text: &str) -> bool {
    text.bytes().any(|byte| ESCAPED[usize::from(byte)])
}

/// Writes a text that needs no escapes, and returns where it stands.
#[inline]
fn write_plain(payload: &mut String, text: &str) -> Range<usize> {
    payload.push('"');
    let start = payload.len();
    payload.push_str(text);
    let end = payload.len();
    payload.push('"');
    start..end
}

fn write_text(payload: &mut String, text: &str) {
    if needs_escapes(text) {
        // Writing to memory can't fail.
        payload.push_str(&serde_json::to_string(text).unwrap_or_default());
    } else {
        write_plain(payload, text);
    }
}

/// Writes the digits as they are; the library's own way is for numbers wider than 64 bits.
pub fn write_decimal(text: &mut String, number: Decimal) {
    let Ok(digits) = u64::try_from(number.mantissa().unsigned_abs()) else {
        let _ = write!(text, "{number}");
        return;
    };
    if number.is_sign_negative() {
        text.push('-');
    }
    let mut room = itoa::Buffer::new();
    let digits = room.format(digits);
    let scale = number.scale() as usize;
    if scale == 0 {
        text.push_str(digits);
        return;
    }
    match digits.split_at_checked(digits.len().wrapping_sub(scale)) {
        Some((whole, fraction)) if !whole.is_empty() => {
            text.push_str(whole);
            text.push('.');
            text.push_str(fraction);
        }
        _ => {
            text.push_str("0.");
            text.extend(std::iter::repeat_n('0', scale - digits.len()));
            text.push_str(digits);
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
        let mut text = String::new();
        write_decimal(&mut text, number);
        text
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
