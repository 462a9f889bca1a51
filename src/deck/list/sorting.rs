//! Sorting by a column: a small key of each order, taken in one pass over the file, and the order that follows.
//!
//! For a million orders the keys take 24 MB at most and the order 8 MB.

use std::cmp::Ordering;
use std::ops::ControlFlow;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::column::{Column, Kind, Value};
use crate::deck::Deck;
use crate::deck::sweep::Pace;
use crate::order::outcome::Outcome;

/// So much of a text is kept; where that doesn't tell two apart, they are read again.
const PREFIX: usize = 24;

/// The beginning of a folded text, filled with zeros; no text has the bytes of [`NO_TEXT`].
type Prefix = [u8; PREFIX];
const NO_TEXT: Prefix = [u8::MAX; PREFIX];

/// By what a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub column: Column,
    /// The highest first. Orders without a value come last either way.
    pub descending: bool,
}

/// What orders are compared by, by their places.
#[derive(Debug, Clone)]
pub struct SortKeys {
    column: Column,
    keys: Keys,
}

#[derive(Debug, Clone)]
enum Keys {
    /// Microseconds; the least for none.
    Times(Vec<i64>),
    Amounts(Vec<Option<Decimal>>),
    /// The greatest for none.
    Counts(Vec<u32>),
    Words(Vec<u8>),
    Texts(Vec<Prefix>),
}

impl Keys {
    fn none(kind: Kind, orders: usize) -> Self {
        match kind {
            Kind::Time => Self::Times(vec![i64::MIN; orders]),
            Kind::Amount => Self::Amounts(vec![None; orders]),
            Kind::Count => Self::Counts(vec![u32::MAX; orders]),
            Kind::Word => Self::Words(vec![u8::MAX; orders]),
            Kind::Text => Self::Texts(vec![NO_TEXT; orders]),
        }
    }

    fn set(&mut self, place: usize, value: &Value) {
        fn put<T>(keys: &mut [T], place: usize, key: T) {
            if let Some(slot) = keys.get_mut(place) {
                *slot = key;
            }
        }
        match (self, value) {
            (Self::Times(keys), value) => {
                let key = match value {
                    Value::Time(moment) => moment.timestamp().as_microsecond(),
                    _ => i64::MIN,
                };
                put(keys, place, key);
            }
            (Self::Amounts(keys), value) => {
                let key = match value {
                    Value::Amount(amount) => Some(*amount),
                    _ => None,
                };
                put(keys, place, key);
            }
            (Self::Counts(keys), value) => {
                let key = match value {
                    Value::Count(count) => *count,
                    _ => u32::MAX,
                };
                put(keys, place, key);
            }
            (Self::Words(keys), value) => {
                let key = match value {
                    Value::Word(_, rank) => *rank,
                    _ => u8::MAX,
                };
                put(keys, place, key);
            }
            (Self::Texts(keys), value) => {
                let mut key = NO_TEXT;
                if let Value::Text(text) = value {
                    key = [0; PREFIX];
                    for (slot, byte) in key.iter_mut().zip(folded(text)) {
                        *slot = byte;
                    }
                }
                put(keys, place, key);
            }
        }
    }

    fn compare(&self, one: u32, other: u32, descending: bool) -> Ordering {
        fn by<T: Ord + Copy>(
            keys: &[T],
            (one, other): (u32, u32),
            is_none: impl Fn(T) -> bool,
            descending: bool,
        ) -> Ordering {
            let key = |place: u32| {
                let key = keys.get(place as usize).copied();
                key.filter(|key| !is_none(*key))
            };
            match (key(one), key(other)) {
                (Some(one), Some(other)) if descending => other.cmp(&one),
                (Some(one), Some(other)) => one.cmp(&other),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => Ordering::Equal,
            }
        }
        let two = (one, other);
        match self {
            Self::Times(keys) => by(keys, two, |key| key == i64::MIN, descending),
            Self::Amounts(keys) => by(keys, two, |key| key.is_none(), descending),
            Self::Counts(keys) => by(keys, two, |key| key == u32::MAX, descending),
            Self::Words(keys) => by(keys, two, |key| key == u8::MAX, descending),
            Self::Texts(keys) => by(keys, two, |key| key == NO_TEXT, descending),
        }
    }

    /// Whether a text may go on behind what is kept of it.
    fn is_cut(&self, place: u32) -> bool {
        match self {
            Self::Texts(keys) => keys
                .get(place as usize)
                .is_some_and(|key| *key != NO_TEXT && key[PREFIX - 1] != 0),
            _ => false,
        }
    }
}

/// A text as it is compared: small letters, and each number behind its length, so that 999 stands before 1001.
fn folded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit());
            let (number, behind) = rest.split_at(end.unwrap_or(rest.len()));
            let digits = match number.trim_start_matches('0') {
                "" => "0",
                digits => digits,
            };
            let length = u8::try_from(digits.len())
                .unwrap_or(u8::MAX)
                .min(u8::MAX - 1);
            out.extend([b'0', length]);
            out.extend(digits.bytes());
            rest = behind;
        } else {
            // Zeros fill what is short.
            if c != '\0' {
                let mut buffer = [0; 4];
                for small in c.to_lowercase() {
                    out.extend(small.encode_utf8(&mut buffer).bytes());
                }
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// Nobody waits for the keys any more.
struct Stopped;

/// How far a pass is; breaking stops it.
pub type Progress<'a> = &'a mut dyn FnMut(usize) -> ControlFlow<()>;

impl SortKeys {
    /// Takes the keys of every order. `progress` gets the orders done; none if it stopped the pass.
    pub fn of_deck(deck: &Deck, column: Column, progress: Progress<'_>) -> Option<Self> {
        let mut keys = Keys::none(column.kind(), deck.len());
        deck.sweep(
            Pace::only(column.fields()),
            0..deck.len(),
            Vec::new,
            |values: &mut Vec<Value>, _, order| {
                // What can't be read has no value, and comes last.
                values.push(order.map_or(Value::Nothing, |order| column.value(&order.order)));
                Ok(())
            },
            |places, values| {
                if progress(places.start).is_break() {
                    return Err(Stopped);
                }
                for (place, value) in places.zip(&values) {
                    keys.set(place, value);
                }
                Ok(())
            },
        )
        .ok()?;
        Some(Self { column, keys })
    }

    /// Keys from what became of each order, by place.
    pub fn of_outcomes(outcomes: &[Option<Outcome>]) -> Self {
        let column = Column::Sent;
        let mut keys = Keys::none(column.kind(), outcomes.len());
        for (place, outcome) in outcomes.iter().enumerate() {
            keys.set(place, &Column::outcome(*outcome));
        }
        Self { column, keys }
    }

    /// The column they are of.
    pub fn column(&self) -> Column {
        self.column
    }

    /// The same with those of some orders taken anew.
    #[must_use]
    pub fn taken_anew(&self, deck: &Deck, places: &[usize]) -> Self {
        let mut anew = self.clone();
        if self.column != Column::Sent {
            for place in places {
                let order = deck.order(*place);
                let value = order.map_or(Value::Nothing, |order| self.column.value(&order.order));
                anew.keys.set(*place, &value);
            }
        }
        anew
    }

    fn len(&self) -> usize {
        match &self.keys {
            Keys::Times(keys) => keys.len(),
            Keys::Amounts(keys) => keys.len(),
            Keys::Counts(keys) => keys.len(),
            Keys::Words(keys) => keys.len(),
            Keys::Texts(keys) => keys.len(),
        }
    }
}

/// The orders of a file sorted by a column; equal ones as the file has them.
#[derive(Debug)]
pub struct Sorted {
    /// By what.
    pub sort: Sort,
    /// What they were compared by.
    pub keys: Arc<SortKeys>,
    /// Places, in this order.
    order: Vec<u32>,
    /// Of each place its line.
    ranks: Vec<u32>,
}

impl Sorted {
    /// Sorts. `progress` gets the orders that had to be read again; none if it stopped the work.
    pub fn new(
        deck: &Deck,
        keys: Arc<SortKeys>,
        descending: bool,
        progress: Progress<'_>,
    ) -> Option<Self> {
        let all = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        let mut order: Vec<u32> = (0..all).collect();
        order.sort_by(|one, other| keys.keys.compare(*one, *other, descending));
        let mut from = 0;
        while let Some(first) = order.get(from).copied() {
            let rest = order.get(from..).unwrap_or_default();
            let same = |place: &&u32| keys.keys.compare(first, **place, descending).is_eq();
            let run = rest.iter().take_while(same).count().max(1);
            if run > 1 && keys.keys.is_cut(first) {
                let tied = order.get_mut(from..from + run).unwrap_or_default();
                tell_apart(deck, keys.column, tied, descending, from, progress)?;
            }
            from += run;
        }
        let mut ranks = vec![0; order.len()];
        for (line, place) in (0..all).zip(&order) {
            if let Some(rank) = ranks.get_mut(*place as usize) {
                *rank = line;
            }
        }
        Some(Self {
            sort: Sort {
                column: keys.column,
                descending,
            },
            keys,
            order,
            ranks,
        })
    }

    /// Places, in this order.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// The line of a place.
    pub fn rank(&self, place: usize) -> Option<u32> {
        self.ranks.get(place).copied()
    }
}

/// Sorts orders by their whole texts, which begin alike.
fn tell_apart(
    deck: &Deck,
    column: Column,
    tied: &mut [u32],
    descending: bool,
    done: usize,
    progress: Progress<'_>,
) -> Option<()> {
    let mut whole = Vec::with_capacity(tied.len());
    for (number, place) in tied.iter().enumerate() {
        if progress(done + number).is_break() {
            return None;
        }
        let text = match deck
            .order(*place as usize)
            .map(|order| column.value(&order.order))
        {
            Ok(Value::Text(text)) => folded(&text),
            _ => Vec::new(),
        };
        whole.push((text, *place));
    }
    whole.sort_by(|(one, _), (other, _)| {
        if descending {
            other.cmp(one)
        } else {
            one.cmp(other)
        }
    });
    for (slot, (_, place)) in tied.iter_mut().zip(whole) {
        *slot = place;
    }
    Some(())
}
