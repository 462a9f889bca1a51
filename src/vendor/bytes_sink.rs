//! A payload as it is sent: JSON bytes, and the facts that the rules run over.

use rust_decimal::Decimal;
use serde_json::Value;

use super::facts::{Facts, Scalar};
use super::sink::Open;
use super::table::{FieldId, FieldTable, Row};

/// Writes JSON bytes, and the facts that the rules read.
#[derive(Debug)]
pub struct BytesSink<'a> {
    table: &'static FieldTable,
    rows: &'static [Row],
    bytes: &'a mut Vec<u8>,
    /// Holds the payload while it is written.
    facts: &'a mut Facts,
    /// How many children what was opened last has got.
    children: usize,
    item: Option<u32>,
}

impl<'a> BytesSink<'a> {
    /// Begins a payload that comes to the end of `bytes`. The facts must be empty.
    pub fn new(table: &'static FieldTable, bytes: &'a mut Vec<u8>, facts: &'a mut Facts) -> Self {
        facts.payload.open(b'{');
        Self {
            table,
            rows: table.rows(),
            bytes,
            facts,
            children: 0,
            item: None,
        }
    }

    /// Ends the payload.
    pub fn finish(self) {
        self.facts.payload.close(b'}');
        self.facts.payload.back();
        self.bytes.extend_from_slice(self.facts.payload.bytes());
    }

    /// Counts a member, and returns its row and the index that belongs to it.
    #[allow(clippy::indexing_slicing)]
    #[inline]
    fn member(&mut self, field: FieldId) -> (&'static Row, Option<u32>) {
        self.children += 1;
        // An id only ever comes from this table.
        let row = &self.rows[usize::from(field.0)];
        (row, self.item.filter(|_| row.per_item))
    }

    /// Opens an object as a member of the one that is open.
    pub fn open_object(&mut self, field: FieldId) -> Open {
        self.open(field, Scalar::Object(0), b'{')
    }

    /// Opens a list as a member of the object that is open.
    pub fn open_array(&mut self, field: FieldId) -> Open {
        self.open(field, Scalar::Array(0), b'[')
    }

    #[inline]
    fn open(&mut self, field: FieldId, value: Scalar<'_>, opening: u8) -> Open {
        let (row, item) = self.member(field);
        self.facts.payload.key(&row.key);
        let fact = self.facts.push(field, item, value, row.right);
        self.opened(Some(fact), opening)
    }

    /// Opens an object as the next element of the list that is open.
    pub fn open_element(&mut self, index: u32) -> Open {
        self.children += 1;
        self.item = Some(index);
        self.opened(None, b'{')
    }

    #[inline]
    fn opened(&mut self, fact: Option<usize>, opening: u8) -> Open {
        self.facts.payload.open(opening);
        let before = std::mem::take(&mut self.children);
        Open { fact, before }
    }

    /// Closes what was opened last.
    #[inline]
    pub fn close(&mut self, open: &Open, closing: u8) {
        self.facts.payload.close(closing);
        let children = std::mem::replace(&mut self.children, open.before);
        if let Some(fact) = open.fact {
            self.facts.count_children(fact, children);
        }
    }

    /// Writes a member that is a text.
    pub fn text(&mut self, field: FieldId, text: &str) {
        let (row, item) = self.member(field);
        match self.facts.payload.member(&row.key, text) {
            Some(place) => self.facts.push_written(field, item, place, row.right),
            None => (self.facts).push(field, item, Scalar::Text(text), row.right),
        };
    }

    /// Writes a member that is a number.
    pub fn number(&mut self, field: FieldId, number: Decimal) {
        let (row, item) = self.member(field);
        self.facts.payload.key(&row.key);
        self.facts.payload.number(number);
        (self.facts).push(field, item, Scalar::Number(number), row.right);
    }

    /// Writes a member that is a whole number and not negative.
    pub fn natural(&mut self, field: FieldId, number: u64) {
        let (row, item) = self.member(field);
        self.facts.payload.natural(&row.key, number);
        self.facts.push_natural(field, item, number, row.right);
    }

    /// Writes a member. `name` stands for `?` in the field's path.
    pub fn value(&mut self, field: FieldId, name: Option<&str>, value: Scalar<'_>) {
        let (row, item) = self.member(field);
        let payload = &mut self.facts.payload;
        let mut named = None;
        match name {
            Some(name) => named = payload.free_key(name),
            None => payload.key(&row.key),
        }
        let mut place = None;
        match value {
            Scalar::Null => payload.word("null"),
            Scalar::Boolean(true) => payload.word("true"),
            Scalar::Boolean(false) => payload.word("false"),
            Scalar::Number(number) => payload.number(number),
            Scalar::WideNumber(digits) => payload.word(digits),
            Scalar::Text(text) => place = payload.value(text),
            Scalar::Object(_) => payload.word("{}"),
            Scalar::Array(_) => payload.word("[]"),
        }
        let fact = match place {
            Some(place) => self.facts.push_written(field, item, place, row.right),
            None => self.facts.push(field, item, value, row.right),
        };
        match (named, name) {
            (Some(place), _) => self.facts.name_written(fact, place),
            (None, Some(name)) => self.facts.name(fact, name),
            (None, None) => {}
        }
    }

    /// Writes a member that is a tree of its own.
    pub fn tree(&mut self, field: FieldId, name: Option<&str>, value: &Value) {
        let (row, item) = self.member(field);
        let payload = &mut self.facts.payload;
        match name {
            Some(name) => {
                payload.free_key(name);
            }
            None => payload.key(&row.key),
        }
        payload.tree(value);
        self.facts.push_tree(field, item, name, value, self.table);
    }
}
