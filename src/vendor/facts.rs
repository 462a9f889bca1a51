//! A payload laid flat: one fact a value, with its field and line item. The rules run over facts, so that
//! they are the same whether the payload was written as bytes, built as a tree, edited, or loaded as it is.

mod by_item;
mod tree;

use std::ops::Range;

use rust_decimal::Decimal;

pub use self::by_item::ByItem;
use super::page::Page;
use super::shape::{Shape, Shapes};
use super::table::FieldId;

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
            Self::Text(text) => Shape::Text(text.len() as u32),
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

/// A value as it is kept: small, since there are many.
#[derive(Debug, Clone, Copy)]
enum Stored {
    Null,
    Boolean(bool),
    /// A whole number that isn't negative: most are.
    Natural(u64),
    Number(Decimal),
    WideNumber(u32, u32),
    /// Where it stands in [`Facts::text`].
    Text(u32, u32),
    /// Where it stands in [`Facts::payload`].
    Written(u32, u32),
    Object(u32),
    Array(u32),
}

impl Stored {
    #[inline]
    fn shape(&self) -> Shape {
        match self {
            Self::Null => Shape::Null,
            Self::Boolean(_) => Shape::Boolean,
            Self::Natural(number) => Shape::of_natural(*number),
            Self::Number(number) => Shape::of_number(*number),
            Self::WideNumber(..) => Shape::WideNumber,
            Self::Text(start, end) | Self::Written(start, end) => Shape::Text(end - start),
            Self::Object(_) => Shape::Object,
            Self::Array(_) => Shape::Array,
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self.shape(), Shape::Null | Shape::Text(0))
    }
}

/// A fact as it is kept.
#[derive(Debug, Clone, Copy)]
struct Entry {
    field: FieldId,
    /// The index that stands for `*`, or [`NONE`].
    item: u32,
    stored: Stored,
    /// The place of the next fact of the same field, or [`NONE`].
    next: u32,
}

/// Where a name is kept.
#[derive(Debug, Clone, Copy)]
enum Name {
    /// In [`Facts::text`].
    Text(u32, u32),
    /// In [`Facts::payload`].
    Written(u32, u32),
}

/// No place at all.
const NONE: u32 = u32::MAX;

/// The places of a field's first fact and of its last.
#[derive(Debug, Clone, Copy)]
struct Ends {
    first: u32,
    last: u32,
}

impl Ends {
    const NONE: Self = Self {
        first: NONE,
        last: NONE,
    };
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
    /// The payload as a sink writes it: most texts stand in it as they are, and are kept nowhere else.
    pub(super) payload: Page,
    /// The texts that don't, and names.
    text: String,
    list: Vec<Entry>,
    /// The places of those whose shape alone doesn't say that they are right: few.
    doubtful: Vec<u32>,
    /// For each field its first and last fact, from where the others are found: a few bytes a field, since every
    /// value of every payload comes by here.
    ends: Vec<Ends>,
    /// Names that stand for `?`: the number of the fact, and where its name is kept.
    names: Vec<(usize, Name)>,
    native: bool,
}

impl Facts {
    /// Forgets everything but keeps the room.
    pub fn clear(&mut self) {
        self.payload.clear();
        self.text.clear();
        self.list.clear();
        self.doubtful.clear();
        self.ends.fill(Ends::NONE);
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
        let start = self.text.len() as u32;
        self.text.push_str(name);
        self.names
            .push((fact, Name::Text(start, self.text.len() as u32)));
    }

    /// The same for a name that stands in [`Facts::payload`] as it is.
    pub(super) fn name_written(&mut self, fact: usize, place: Range<u32>) {
        let name = Name::Written(place.start, place.end);
        self.names.push((fact, name));
    }

    /// The member of that name in a free-form object, `metadata/?`.
    pub fn member(&self, field: FieldId, item: Option<u32>, name: &str) -> Option<Scalar<'_>> {
        self.names.iter().find_map(|(fact, place)| {
            let entry = self.list.get(*fact)?;
            let known = match *place {
                Name::Text(start, end) => self.text_part(start..end),
                Name::Written(start, end) => self.payload.part(start..end),
            };
            let item = item.unwrap_or(NONE);
            (known == name.as_bytes() && entry.field == field && entry.item == item)
                .then(|| self.scalar(&entry.stored))
        })
    }

    fn text_part(&self, place: Range<u32>) -> &[u8] {
        let text = self.text.as_bytes();
        let part = text.get(place.start as usize..place.end as usize);
        part.unwrap_or_default()
    }

    /// Adds a fact and returns its number, for [`Facts::count_children`]. `right` are the shapes that are right for
    /// the field whatever the value is.
    // Whoever calls it mostly knows what kind of value it is, and that is all that is left of the choice.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    pub fn push(
        &mut self,
        field: FieldId,
        item: Option<u32>,
        value: Scalar<'_>,
        right: Shapes,
    ) -> usize {
        let stored = match value {
            Scalar::Null => Stored::Null,
            Scalar::Boolean(value) => Stored::Boolean(value),
            Scalar::Number(value) => Stored::Number(value),
            Scalar::Object(count) => Stored::Object(count as u32),
            Scalar::Array(count) => Stored::Array(count as u32),
            Scalar::Text(text) | Scalar::WideNumber(text) => {
                let start = self.text.len() as u32;
                self.text.push_str(text);
                let end = self.text.len() as u32;
                if matches!(value, Scalar::Text(_)) {
                    Stored::Text(start, end)
                } else {
                    Stored::WideNumber(start, end)
                }
            }
        };
        self.keep(field, item, stored, right)
    }

    /// Adds a text that stands in [`Facts::payload`] as it is.
    #[inline]
    pub(super) fn push_written(
        &mut self,
        field: FieldId,
        item: Option<u32>,
        place: Range<u32>,
        right: Shapes,
    ) -> usize {
        let stored = Stored::Written(place.start, place.end);
        self.keep(field, item, stored, right)
    }

    /// Adds a whole number that isn't negative.
    #[inline]
    pub(super) fn push_natural(
        &mut self,
        field: FieldId,
        item: Option<u32>,
        number: u64,
        right: Shapes,
    ) {
        self.keep(field, item, Stored::Natural(number), right);
    }

    // A call would pass the value through memory in pieces, and wait for them.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn keep(&mut self, field: FieldId, item: Option<u32>, stored: Stored, right: Shapes) -> usize {
        let place = self.list.len();
        if !right.has(stored.shape()) {
            self.doubtful.push(place as u32);
        }
        self.list.push(Entry {
            field,
            item: item.unwrap_or(NONE),
            stored,
            next: NONE,
        });
        let row = usize::from(field.0);
        if row >= self.ends.len() {
            self.ends.resize(row + 1, Ends::NONE);
        }
        if let Some(ends) = self.ends.get_mut(row) {
            if let Some(last) = self.list.get_mut(ends.last as usize) {
                last.next = place as u32;
            } else {
                ends.first = place as u32;
            }
            ends.last = place as u32;
        }
        place
    }

    /// Says how many members or elements an object or list got, once it is closed.
    #[inline]
    pub fn count_children(&mut self, fact: usize, count: usize) {
        if let Some(Stored::Object(children) | Stored::Array(children)) =
            self.list.get_mut(fact).map(|entry| &mut entry.stored)
        {
            *children = count as u32;
        }
    }

    /// Every fact, in the payload's order.
    pub fn iter(&self) -> impl Iterator<Item = Fact<'_>> {
        self.list.iter().map(|entry| self.fact(entry))
    }

    #[inline]
    fn fact(&self, entry: &Entry) -> Fact<'_> {
        Fact {
            field: entry.field,
            item: (entry.item != NONE).then_some(entry.item),
            value: self.scalar(&entry.stored),
        }
    }

    /// The facts that neither their shape says to be right nor `is_right`, which gets bytes of texts and knows no other
    /// values; in the payload's order. There are few.
    pub fn not_surely_right(
        &self,
        is_right: impl Fn(FieldId, &[u8]) -> bool,
    ) -> impl Iterator<Item = Fact<'_>> {
        let places = self.doubtful.iter();
        let entries = places.filter_map(|place| self.list.get(*place as usize));
        let entries = entries.filter(move |entry| {
            let text = match entry.stored {
                Stored::Written(start, end) => self.payload.part(start..end),
                Stored::Text(start, end) => self.text_part(start..end),
                _ => return true,
            };
            !is_right(entry.field, text)
        });
        entries.map(|entry| self.fact(entry))
    }

    /// Whether one of a field's facts isn't surely right by its shape: only then can it be of another type.
    pub fn may_be_wrong(&self, field: FieldId) -> bool {
        let mut places = self.doubtful.iter();
        places.any(|place| {
            let entry = self.list.get(*place as usize);
            entry.is_some_and(|entry| entry.field == field)
        })
    }

    /// The bytes of a field's texts, one for each of that many items; `None` for an item that has another value.
    /// Nothing where not every item has one, or not in their order.
    pub fn texts(&self, field: FieldId, items: u32) -> Option<impl Iterator<Item = Option<&[u8]>>> {
        let entries = self.entries(field);
        let are_all = self.every_item_has(field, items);
        are_all.then(|| {
            entries.map(|entry| match entry.stored {
                Stored::Written(start, end) => Some(self.payload.part(start..end)),
                Stored::Text(start, end) => Some(self.text_part(start..end)),
                _ => None,
            })
        })
    }

    /// The index that stands for `*` of every fact that has one, in the payload's order.
    pub fn items(&self) -> impl Iterator<Item = u32> {
        self.list
            .iter()
            .map(|entry| entry.item)
            .filter(|item| *item != NONE)
    }

    /// What every text of the payload stands in, and other things: for rules that few texts break.
    pub fn all_text(&self) -> [&[u8]; 2] {
        [self.payload.bytes(), self.text.as_bytes()]
    }

    /// Whether a field is there and not empty once for each of that many items, and nowhere twice. `false` may
    /// also mean that they came in another order.
    pub fn every_item_has(&self, field: FieldId, items: u32) -> bool {
        let mut facts = self.entries(field);
        let mut has = |item: u32| {
            (facts.next()).is_some_and(|fact| fact.item == item && !fact.stored.is_empty())
        };
        (0..items).all(&mut has) && facts.next().is_none()
    }

    /// Every fact of one field: one for each item.
    pub fn all(&self, field: FieldId) -> impl Iterator<Item = Fact<'_>> {
        self.entries(field).map(|entry| self.fact(entry))
    }

    fn entries(&self, field: FieldId) -> Entries<'_> {
        let ends = self.ends.get(usize::from(field.0));
        Entries {
            list: &self.list,
            next: ends.map_or(NONE, |ends| ends.first),
        }
    }

    /// The value of a field, empty ones too.
    pub fn get(&self, field: FieldId, item: Option<u32>) -> Option<Scalar<'_>> {
        self.stored(field, item).map(|stored| self.scalar(stored))
    }

    fn stored(&self, field: FieldId, item: Option<u32>) -> Option<&Stored> {
        let item = item.unwrap_or(NONE);
        let mut entries = self.entries(field);
        let entry = entries.find(|entry| entry.item == item)?;
        Some(&entry.stored)
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

    /// The number of a field, if it is whole, not negative and kept as such.
    pub fn natural(&self, field: FieldId, item: Option<u32>) -> Option<u64> {
        match self.stored(field, item)? {
            Stored::Natural(number) => Some(*number),
            _ => None,
        }
    }

    /// The numbers of a field as [`Facts::natural`] tells them, one for each of that many items. Nothing where not every
    /// item has one, or not in their order.
    pub fn naturals(
        &self,
        field: FieldId,
        items: u32,
    ) -> Option<impl Iterator<Item = Option<u64>>> {
        let entries = self.entries(field);
        let are_all = self.every_item_has(field, items);
        are_all.then(|| {
            entries.map(|entry| match entry.stored {
                Stored::Natural(number) => Some(number),
                _ => None,
            })
        })
    }

    /// The sum of a field over that many items, if each has a number as [`Facts::natural`] tells.
    pub fn natural_sum(&self, field: FieldId, items: u32) -> Option<u64> {
        let mut facts = self.entries(field);
        let sum = (0..items).try_fold(0_u64, |sum, item| {
            let fact = facts.next().filter(|fact| fact.item == item)?;
            match fact.stored {
                Stored::Natural(number) => sum.checked_add(number),
                _ => None,
            }
        })?;
        facts.next().is_none().then_some(sum)
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

    #[inline]
    fn scalar(&self, stored: &Stored) -> Scalar<'_> {
        let text = |start, end| {
            let text = self.text.get(start as usize..end as usize);
            text.unwrap_or_default()
        };
        match *stored {
            Stored::Null => Scalar::Null,
            Stored::Boolean(value) => Scalar::Boolean(value),
            Stored::Natural(value) => Scalar::Number(value.into()),
            Stored::Number(value) => Scalar::Number(value),
            Stored::WideNumber(start, end) => Scalar::WideNumber(text(start, end)),
            Stored::Text(start, end) => Scalar::Text(text(start, end)),
            Stored::Written(start, end) => Scalar::Text(self.payload.text(start..end)),
            Stored::Object(count) => Scalar::Object(count as usize),
            Stored::Array(count) => Scalar::Array(count as usize),
        }
    }
}

/// The facts of one field, one after the other.
#[derive(Debug, Clone)]
struct Entries<'a> {
    list: &'a [Entry],
    next: u32,
}

impl<'a> Iterator for Entries<'a> {
    type Item = &'a Entry;

    fn next(&mut self) -> Option<&'a Entry> {
        let entry = self.list.get(self.next as usize)?;
        self.next = entry.next;
        Some(entry)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_field_and_item() {
        let (one, other) = (FieldId(3), FieldId(1));
        let mut facts = Facts::default();
        for (field, item, text) in [
            (one, 0, "a"),
            (other, 0, "x"),
            (one, 2, ""),
            (other, 1, "y"),
            (one, 5, "c"),
        ] {
            facts.push(field, Some(item), Scalar::Text(text), Shapes::NONE);
        }
        let mut values = facts.by_item(one);
        let found = [0, 1, 2, 5, 6].map(|item| values.get(item));
        let text = |text| Some(Scalar::Text(text));
        assert_eq!(found, [text("a"), None, text(""), text("c"), None]);
        assert_eq!(facts.get(one, Some(5)), text("c"));
        assert_eq!(facts.get(other, None), None);
        assert_eq!(facts.all(one).count(), 3);
        assert!(facts.every_item_has(other, 2) && !facts.every_item_has(other, 1));
        assert!(!facts.every_item_has(other, 3) && !facts.every_item_has(one, 3));
        facts.clear();
        assert_eq!(facts.all(one).count() + facts.iter().count(), 0);
        facts.push(one, None, Scalar::Null, Shapes::NONE);
        assert_eq!(facts.get(one, None), Some(Scalar::Null));
    }
}
