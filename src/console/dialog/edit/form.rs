//! By which means a field is edited, from the field's type: a list, a toggle, a line that is read as it is typed, or
//! several lines. And what a typed text is understood as.

use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::order::field::Kind;
use crate::order::money::Currency;
use crate::order::time::Moment;
use crate::order::{Field, Order};
use crate::vendor::{FieldKind, FieldSpec};

/// As what a line of text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Any text.
    Text,
    /// An address with an at sign.
    Email,
    /// A whole number.
    Integer,
    /// A decimal number.
    Number,
    /// An amount, in the order's currency if that is known.
    Money(Option<Currency>),
    /// `2024-03-02`.
    Date,
    /// `10:15`.
    TimeOfDay,
    /// `2024-03-02T10:15:00+01:00`.
    Moment,
    /// `EUR`.
    Currency,
    /// JSON, or a list divided by commas.
    Other,
}

/// By which means a field is edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// One of these; empty text for nothing. `flat` ones stand beside each other.
    Choice {
        /// What there is to choose from.
        choices: Vec<String>,
        /// Beside each other: a toggle.
        flat: bool,
    },
    /// A line of text.
    Line(Reading),
    /// Several lines of text.
    Lines,
}

impl Form {
    /// The form for a field of the order.
    pub fn of_field(field: Field, order: &Order, before: &str) -> Self {
        let reading = match field.kind() {
            Kind::Boolean | Kind::Payment | Kind::Fulfilment | Kind::LineStatus => {
                return Self::choice(
                    field.kind().choices(),
                    true,
                    field.kind() == Kind::Boolean,
                    before,
                );
            }
            Kind::Money => Reading::Money(order.currency),
            Kind::Number => Reading::Number,
            Kind::Time => Reading::Moment,
            Kind::Currency => Reading::Currency,
            Kind::Text => match field {
                Field::CustomerBirthdate | Field::DeliveryDate => Reading::Date,
                Field::DeliveryTime => Reading::TimeOfDay,
                Field::CustomerEmail => Reading::Email,
                Field::Note => return Self::Lines,
                _ if before.contains('\n') => return Self::Lines,
                _ => Reading::Text,
            },
        };
        Self::Line(reading)
    }

    /// The form for a place of a payload, by the vendor's field table.
    pub fn of_place(spec: Option<&FieldSpec>, required: bool, before: &str) -> Self {
        let Some(spec) = spec else {
            return Self::Line(Reading::Other);
        };
        if !spec.choices.is_empty() {
            return Self::choice(spec.choices, !required, false, before);
        }
        let reading = match spec.kind {
            FieldKind::Boolean => {
                return Self::choice(&["true", "false"], !required, true, before);
            }
            FieldKind::Text if before.contains('\n') => return Self::Lines,
            FieldKind::Text => Reading::Text,
            FieldKind::Email => Reading::Email,
            FieldKind::Integer => Reading::Integer,
            FieldKind::Number | FieldKind::DecimalText => Reading::Number,
            FieldKind::Date => Reading::Date,
            FieldKind::TimeOfDay => Reading::TimeOfDay,
            FieldKind::DateTime => Reading::Moment,
            FieldKind::Object | FieldKind::Array | FieldKind::TextArray | FieldKind::Any => {
                Reading::Other
            }
        };
        Self::Line(reading)
    }

    fn choice(choices: &[&str], optional: bool, flat: bool, before: &str) -> Self {
        let mut choices: Vec<String> = choices.iter().map(|&choice| choice.to_owned()).collect();
        // What is there and isn't among them is shown, and can be left as it is.
        if !before.is_empty() && !choices.iter().any(|choice| choice == before) {
            choices.push(before.to_owned());
        }
        if optional || before.is_empty() {
            choices.push(String::new());
        }
        Self::Choice { choices, flat }
    }
}

/// What a text is understood as; the error says what it should have been. `None` where there is nothing to say.
pub fn understood(text: &str, reading: Reading) -> Option<Result<String, String>> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    match reading {
        Reading::Date => Some(date(text).map(day_words)),
        Reading::TimeOfDay => Some(match text.parse::<Time>() {
            Ok(time) => Ok(time.strftime("%H:%M").to_string()),
            Err(_) => Err("not a time of day such as 10:15".to_owned()),
        }),
        Reading::Moment => Some(moment(text)),
        Reading::Money(currency) => Some(money(text, currency)),
        Reading::Integer | Reading::Number => match Decimal::from_str_exact(text) {
            Ok(_) => None,
            Err(_) if text.contains(',') => Some(Err(
                "not a number such as 19.90: a point divides, and thousands stand together"
                    .to_owned(),
            )),
            Err(_) => Some(Err("not a number such as 19.90".to_owned())),
        },
        Reading::Email => match text.split_once('@') {
            Some((name, host)) if !name.is_empty() && !host.is_empty() => None,
            _ => Some(Err("an address has a name, an @ and a host".to_owned())),
        },
        Reading::Currency => Some(match Currency::parse(text) {
            Some(currency) => Ok(format!(
                "{}, {} decimals",
                currency.code(),
                currency.decimals()
            )),
            None => Err("not an ISO 4217 code such as EUR".to_owned()),
        }),
        Reading::Text | Reading::Other => None,
    }
}

fn date(text: &str) -> Result<Date, String> {
    let example = || "not a day such as 2024-03-02".to_owned();
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shape {
        return Err(example());
    }
    text.parse()
        .map_err(|_| impossible_day(text).unwrap_or_else(example))
}

/// Why there is no such day.
fn impossible_day(text: &str) -> Option<String> {
    let year: i16 = text.get(..4)?.parse().ok()?;
    let month: i8 = text.get(5..7)?.parse().ok()?;
    let Ok(first) = Date::new(year, month, 1) else {
        return Some(format!("there is no month {}", text.get(5..7)?));
    };
    let name = first.strftime("%B %Y");
    Some(format!("{name} has {} days", first.days_in_month()))
}

fn day_words(day: Date) -> String {
    format!(
        "{}, {} {}",
        day.strftime("%A"),
        day.day(),
        day.strftime("%B %Y")
    )
}

fn moment(text: &str) -> Result<String, String> {
    if let Some(moment) = Moment::parse(text) {
        let local = moment.zoned();
        let utc = moment.timestamp().strftime("%H:%M").to_string();
        let clock = local.strftime("%H:%M:%S");
        let away = local.offset();
        let utc = if away == jiff::tz::Offset::UTC {
            "UTC".to_owned()
        } else {
            format!("{utc} in UTC")
        };
        return Ok(format!("{} · {clock} · {utc}", day_words(local.date())));
    }
    if let Some(day) = text.get(..10) {
        date(day)?;
    }
    if text.len() > 10
        && text
            .get(11..)
            .is_some_and(|rest| rest.parse::<Time>().is_ok())
    {
        return Err("the offset is missing: +01:00, -05:00, or Z for UTC".to_owned());
    }
    Err("not a time with an offset such as 2024-03-01T10:00:00+01:00".to_owned())
}

fn money(text: &str, currency: Option<Currency>) -> Result<String, String> {
    let Ok(amount) = Decimal::from_str_exact(text) else {
        return Err(if text.contains(',') {
            "not an amount such as 1250.10: a point divides, and thousands stand together"
                .to_owned()
        } else {
            "not an amount such as 19.90".to_owned()
        });
    };
    let Some(currency) = currency else {
        return Ok("the order has no currency".to_owned());
    };
    let shown = crate::console::widget::text::money(amount);
    let finer = if amount.normalize().scale() > currency.decimals() {
        format!(": finer than its {} decimals", currency.decimals())
    } else {
        String::new()
    };
    Ok(format!("{shown} {currency}{finer}"))
}

/// A value as it is typed: text without its quotes.
pub fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(elements) if elements.iter().all(Value::is_string) => elements
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

/// What was typed as a value of the field's type; nothing takes the field away.
pub fn read(
    typed: &str,
    kind: Option<FieldKind>,
    old: Option<&Value>,
) -> Result<Option<Value>, String> {
    let trimmed = typed.trim();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let number = || match serde_json::from_str::<Value>(trimmed) {
        Ok(value @ Value::Number(_)) => Ok(value),
        _ => Err("not a number such as 19.90".to_owned()),
    };
    let value = match kind {
        Some(FieldKind::Integer) => match number()? {
            value if trimmed.bytes().all(|b| b.is_ascii_digit() || b == b'-') => value,
            _ => return Err("not a whole number".to_owned()),
        },
        Some(FieldKind::Number) => number()?,
        Some(FieldKind::Boolean) => match trimmed {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => return Err("neither true nor false".to_owned()),
        },
        Some(FieldKind::TextArray) => Value::Array(
            trimmed
                .split(',')
                .map(|part| Value::String(part.trim().to_owned()))
                .collect(),
        ),
        Some(FieldKind::Object | FieldKind::Array) => {
            serde_json::from_str(trimmed).map_err(|error| format!("not JSON: {error}"))?
        }
        Some(FieldKind::Any) | None => match old {
            Some(Value::String(_)) => Value::String(typed.to_owned()),
            _ => serde_json::from_str(trimmed).unwrap_or_else(|_| Value::String(typed.to_owned())),
        },
        Some(_) => Value::String(typed.to_owned()),
    };
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_told_back_in_words() {
        let day = |text| understood(text, Reading::Date).unwrap();
        assert_eq!(day("2024-03-02").unwrap(), "Saturday, 2 March 2024");
        assert_eq!(day("2024-02-30").unwrap_err(), "February 2024 has 29 days");
        assert_eq!(day("2024-13-01").unwrap_err(), "there is no month 13");
        assert_eq!(
            day("02.03.2024").unwrap_err(),
            "not a day such as 2024-03-02"
        );
        let moment = |text| understood(text, Reading::Moment).unwrap();
        assert_eq!(
            moment("2024-03-02T10:15:00+01:00").unwrap(),
            "Saturday, 2 March 2024 · 10:15:00 · 09:15 in UTC"
        );
        assert_eq!(
            moment("2024-03-02T10:15:00").unwrap_err(),
            "the offset is missing: +01:00, -05:00, or Z for UTC"
        );
        assert_eq!(
            moment("2024-02-30T10:15:00Z").unwrap_err(),
            "February 2024 has 29 days"
        );
        assert!(understood("25:00", Reading::TimeOfDay).unwrap().is_err());
        assert_eq!(understood(" ", Reading::Date), None);
    }

    #[test]
    fn amounts_are_told_with_their_currency_and_a_comma_is_no_point() {
        let usd = Reading::Money(Currency::parse("USD"));
        let money = |text| understood(text, usd).unwrap();
        assert_eq!(money("1250.10").unwrap(), "1,250.10 USD");
        assert_eq!(
            money("1.255").unwrap(),
            "1.255 USD: finer than its 2 decimals"
        );
        assert!(money("1,250.10").unwrap_err().contains("a point divides"));
    }

    #[test]
    fn what_is_there_can_stay_though_it_is_none_of_the_choices() {
        let spec = FieldSpec::new("status", FieldKind::Text, "").choices(&["PAID"]);
        let form = Form::of_place(Some(&spec), true, "bogus");
        let choices = vec!["PAID".to_owned(), "bogus".to_owned()];
        assert_eq!(
            form,
            Form::Choice {
                choices,
                flat: false
            }
        );
    }
}
