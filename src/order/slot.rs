//! Where a field's value stands, by kind: so that setting any field is one match over kinds.

use super::Text;
use super::money::{Currency, Decimal};
use super::status::{Fulfilment, LineStatus, Payment};
use super::time::Moment;
use super::value::{self, BadValue, FieldValue, Given};

/// Where a field's value stands in an order or line item: one variant for each [`Kind`](super::Kind), and the key.
#[derive(Debug)]
pub enum Slot<'o> {
    /// The order's key, which is never empty.
    Key(&'o mut String),
    /// Any text.
    Text(&'o mut Option<Text>),
    /// An exact amount.
    Money(&'o mut Option<Decimal>),
    /// An exact number.
    Number(&'o mut Option<Decimal>),
    /// A time with its offset.
    Time(&'o mut Option<Moment>),
    /// Yes or no.
    Boolean(&'o mut Option<bool>),
    /// A currency.
    Currency(&'o mut Option<Currency>),
    /// How far payment has come.
    Payment(&'o mut Option<Payment>),
    /// How far delivery has come.
    Fulfilment(&'o mut Option<Fulfilment>),
    /// What became of a line.
    LineStatus(&'o mut Option<LineStatus>),
}

impl Slot<'_> {
    /// Sets what stands there. The error says what a text should have been; then nothing is changed.
    pub fn set(&mut self, given: Given<'_>) -> Result<(), BadValue> {
        match self {
            Self::Key(slot) => match given {
                Given::Text(text) => value::set_key(slot, text)?,
                given => **slot = FieldValue::take(given)?.ok_or(BadValue::EmptyKey)?,
            },
            Self::Text(slot) => match given {
                Given::Text(text) => value::set_text(slot, text),
                given => **slot = FieldValue::take(given)?,
            },
            Self::Money(slot) | Self::Number(slot) => **slot = FieldValue::take(given)?,
            Self::Time(slot) => **slot = FieldValue::take(given)?,
            Self::Boolean(slot) => **slot = FieldValue::take(given)?,
            Self::Currency(slot) => **slot = FieldValue::take(given)?,
            Self::Payment(slot) => **slot = FieldValue::take(given)?,
            Self::Fulfilment(slot) => **slot = FieldValue::take(given)?,
            Self::LineStatus(slot) => **slot = FieldValue::take(given)?,
        }
        Ok(())
    }

    /// Sets a text of an order or line item; of any other field it does what [`Slot::set`] does.
    #[inline]
    pub fn set_text(&mut self, text: &str) -> Result<(), BadValue> {
        match self {
            Self::Text(slot) => {
                value::set_text(slot, text);
                Ok(())
            }
            _ => self.set(Given::Text(text)),
        }
    }

    /// Sets a number or an amount; of any other field it does what [`Slot::set`] does.
    #[inline]
    pub fn set_number(&mut self, number: Decimal) -> Result<(), BadValue> {
        match self {
            Self::Money(slot) | Self::Number(slot) => value::set_number(slot, number),
            _ => self.set(Given::Number(number)),
        }
    }
}
