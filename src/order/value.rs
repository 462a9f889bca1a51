//! How a field's value is read from text and written as text, by kind.

use std::borrow::Cow;
use std::hint::black_box;

use super::Text;
use super::money::{Currency, Decimal};
use super::status::{Fulfilment, LineStatus, Payment};
use super::time::Moment;

/// What kind of value a field holds: decides its editor and its check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Any text.
    Text,
    /// An exact amount in the order's currency.
    Money,
    /// An exact number.
    Number,
    /// A time with its offset.
    Time,
    /// Yes or no.
    Boolean,
    /// An ISO 4217 code.
    Currency,
    /// One of [`Payment`].
    Payment,
    /// One of [`Fulfilment`].
    Fulfilment,
    /// One of [`LineStatus`].
    LineStatus,
}

impl Kind {
    /// The values to choose from, empty where any are allowed.
    pub const fn choices(self) -> &'static [&'static str] {
        match self {
            Self::Boolean => &["true", "false"],
            Self::Payment => Payment::NAMES,
            Self::Fulfilment => Fulfilment::NAMES,
            Self::LineStatus => LineStatus::NAMES,
            Self::Text | Self::Money | Self::Number | Self::Time | Self::Currency => &[],
        }
    }

    /// A value of this kind as it is written.
    pub const fn sample(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Money => "19.90",
            Self::Number => "2",
            Self::Time => "2024-03-01T10:00:00+01:00",
            Self::Boolean => "true",
            Self::Currency => "EUR",
            Self::Payment => "paid",
            Self::Fulfilment => "shipped",
            Self::LineStatus => "created",
        }
    }
}

/// A text that is no value of its field's kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadValue {
    /// Not an exact decimal of at most 28 digits, below 10^15.
    #[error("not a decimal number such as 19.90")]
    Decimal,
    /// Not a time with an offset.
    #[error("not a time with an offset such as 2024-03-01T10:00:00+01:00")]
    Time,
    /// Not yes or no.
    #[error("neither true nor false")]
    Boolean,
    /// ISO 4217 has no such code.
    #[error("not an ISO 4217 currency code such as EUR")]
    Currency,
    /// None of the values to choose from.
    #[error("none of {}", .0.join(", "))]
    Choice(&'static [&'static str]),
    /// An order without a key can't be named.
    #[error("an order's id can't be empty")]
    EmptyKey,
    /// There is no line item of that number.
    #[error("the order has no such line item")]
    NoSuchItem,
}

/// A value on its way into a field: text, or what was read from it already.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Given<'a> {
    /// Text; empty means none.
    Text(&'a str),
    /// An exact number.
    Number(Decimal),
    /// A time with its offset.
    Time(Moment),
}

/// A type of field value.
pub(super) trait FieldValue: Sized {
    /// Takes what is given, reading it only if it is text.
    fn take(given: Given<'_>) -> Result<Option<Self>, BadValue> {
        match given {
            Given::Text(text) => Self::from_text(text),
            Given::Number(number) => Self::from_text(&number.to_string()),
            Given::Time(time) => Self::from_text(&time.to_string()),
        }
    }
    /// Reads trimmed, non-empty text.
    fn read(text: &str) -> Result<Self, BadValue>;
    /// Writes it so that [`FieldValue::read`] gives it back.
    fn to_text(&self) -> String;
    /// The same, without a copy where it is text.
    fn as_text(&self) -> Cow<'_, str> {
        self.to_text().into()
    }
    /// Reads text; empty means none.
    fn from_text(text: &str) -> Result<Option<Self>, BadValue> {
        let text = trimmed(text);
        if text.is_empty() {
            return Ok(None);
        }
        Self::read(text).map(Some)
    }
}

/// Without white space around it, which most texts don't have.
#[inline]
pub fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

/// What every text begins with.
static EMPTY: Text = Text::const_new("");

/// Sets a text where it stands: made elsewhere and moved here, it would be waited for. So would the parts of a constant,
/// which are written one by one; a copy of what the compiler doesn't look into is written at once.
#[inline]
pub(super) fn set_text(place: &mut Option<Text>, text: &str) {
    let text = trimmed(text);
    if text.is_empty() {
        *place = None;
    } else {
        place.insert(black_box(&EMPTY).clone()).push_str(text);
    }
}

/// Sets the key, unless the text is blank.
pub(super) fn set_key(key: &mut String, text: &str) -> Result<(), BadValue> {
    let text = trimmed(text);
    if text.is_empty() {
        return Err(BadValue::EmptyKey);
    }
    key.clear();
    key.push_str(text);
    Ok(())
}

/// Sets a number if it is within bounds.
#[inline]
pub(super) fn set_number(place: &mut Option<Decimal>, number: Decimal) -> Result<(), BadValue> {
    *place = Some(bounded(number)?);
    Ok(())
}

impl FieldValue for Text {
    fn read(text: &str) -> Result<Self, BadValue> {
        Ok(text.into())
    }
    fn to_text(&self) -> String {
        self.as_str().to_owned()
    }
    fn as_text(&self) -> Cow<'_, str> {
        self.as_str().into()
    }
}

impl FieldValue for String {
    fn read(text: &str) -> Result<Self, BadValue> {
        Ok(text.to_owned())
    }
    fn to_text(&self) -> String {
        self.clone()
    }
    fn as_text(&self) -> Cow<'_, str> {
        self.into()
    }
}

impl FieldValue for Decimal {
    fn read(text: &str) -> Result<Self, BadValue> {
        let value = Decimal::from_str_exact(text).map_err(|_| BadValue::Decimal)?;
        bounded(value)
    }
    fn take(given: Given<'_>) -> Result<Option<Self>, BadValue> {
        match given {
            Given::Number(number) => bounded(number).map(Some),
            Given::Text(text) => Self::from_text(text),
            Given::Time(_) => Err(BadValue::Decimal),
        }
    }
    fn to_text(&self) -> String {
        self.to_string()
    }
}

/// Bounded, so that sums over any order stay within 28 digits.
#[inline]
fn bounded(value: Decimal) -> Result<Decimal, BadValue> {
    const BOUND: Decimal = Decimal::from_parts(2_764_472_320, 232_830, 0, false, 0);
    // A number is never larger than its digits without their point, which are compared at once.
    let is_small = value.mantissa().unsigned_abs() < BOUND.mantissa().unsigned_abs();
    (is_small || value.abs() < BOUND)
        .then_some(value)
        .ok_or(BadValue::Decimal)
}

impl FieldValue for Moment {
    fn read(text: &str) -> Result<Self, BadValue> {
        Moment::parse(text).ok_or(BadValue::Time)
    }
    fn take(given: Given<'_>) -> Result<Option<Self>, BadValue> {
        match given {
            Given::Time(time) => Ok(Some(time)),
            Given::Text(text) => Self::from_text(text),
            Given::Number(_) => Err(BadValue::Time),
        }
    }
    fn to_text(&self) -> String {
        self.to_string()
    }
}

impl FieldValue for bool {
    fn read(text: &str) -> Result<Self, BadValue> {
        let is = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        match text {
            _ if is(["true", "yes", "1"]) => Ok(true),
            _ if is(["false", "no", "0"]) => Ok(false),
            _ => Err(BadValue::Boolean),
        }
    }
    fn to_text(&self) -> String {
        self.to_string()
    }
}

impl FieldValue for Currency {
    fn read(text: &str) -> Result<Self, BadValue> {
        Currency::parse(text).ok_or(BadValue::Currency)
    }
    fn to_text(&self) -> String {
        self.code().to_owned()
    }
}

/// Reads an enum by its names.
macro_rules! by_name {
    ($($name:ident),+) => { $(
        impl FieldValue for $name {
            fn read(text: &str) -> Result<Self, BadValue> {
                $name::from_name(text)
                    .or_else(|| $name::from_name(&text.to_ascii_lowercase()))
                    .ok_or(BadValue::Choice($name::NAMES))
            }
            fn to_text(&self) -> String {
                self.name().to_owned()
            }
        }
    )+ };
}

by_name!(Payment, Fulfilment, LineStatus);
