//! What a profile may set: the switches of a vendor, and values for the fields of its payload.

use serde_json::Value;

use super::check::{is_date, is_time_of_day};
use super::{FieldKind, FieldSpec};
use crate::order::Moment;

/// A switch of a vendor, set in `[profiles.<name>.settings]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SettingSpec {
    /// Name in the profile.
    pub name: &'static str,
    /// What it may hold.
    pub kind: SettingKind,
    /// The value without it, as it would be written in the profile.
    pub default: &'static str,
    /// What it does.
    pub help: &'static str,
}

/// What a setting may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKind {
    /// Any text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A whole number within bounds.
    Integer {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A table from our words to the vendor's, such as a status table.
    Table(TableSpec),
    /// A list of texts.
    List,
}

/// What a table may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableSpec {
    /// The only names in it; empty for any.
    pub keys: &'static [&'static str],
    /// The only values; empty for any text.
    pub words: &'static [&'static str],
}

impl SettingSpec {
    /// What it does, what it may hold, and what holds without it: as `profile show --explain` and the profile form
    /// say it.
    pub fn explanation(&self) -> String {
        format!(
            "{} ({}; without it: {})",
            self.help,
            self.kind.words(),
            self.without()
        )
    }

    /// The value without it, in words.
    pub fn without(&self) -> &'static str {
        if self.default.is_empty() {
            "none"
        } else {
            self.default
        }
    }
}

impl SettingKind {
    /// What it may hold, in words.
    pub fn words(self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Boolean => "true or false".to_owned(),
            Self::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Self::Choice(choices) => format!("one of {}", choices.join(", ")),
            Self::Table(TableSpec { keys, words }) => {
                let mut text = "a table of texts".to_owned();
                if !keys.is_empty() {
                    text = format!("{text} for {}", keys.join(", "));
                }
                if !words.is_empty() {
                    text = format!("{text}, each one of {}", words.join(", "));
                }
                text
            }
            Self::List => "a list of texts".to_owned(),
        }
    }

    /// Whether it may hold that.
    ///
    /// # Errors
    /// What it must be, in words.
    pub fn accepts(self, value: &Value) -> Result<(), String> {
        let texts = |value: &Value| value.is_string();
        let ok = match self {
            Self::Text => value.is_string(),
            Self::Boolean => value.is_boolean(),
            Self::Integer { min, max } => value
                .as_i64()
                .is_some_and(|number| (min..=max).contains(&number)),
            Self::Choice(choices) => value.as_str().is_some_and(|word| choices.contains(&word)),
            Self::Table(TableSpec { keys, words }) => value.as_object().is_some_and(|table| {
                table.iter().all(|(key, value)| {
                    let known = keys.is_empty() || keys.contains(&key.as_str());
                    known
                        && value
                            .as_str()
                            .is_some_and(|word| words.is_empty() || words.contains(&word))
                })
            }),
            Self::List => value.as_array().is_some_and(|list| list.iter().all(texts)),
        };
        if ok { Ok(()) } else { Err(self.words()) }
    }
}

impl FieldSpec {
    /// Whether a profile can give a value for it where the order has none. A member of a free object can't be
    /// named beforehand.
    pub fn takes_default(&self) -> bool {
        !self.path.contains('?')
    }

    /// What it means and what it may hold: as `profile show --explain` and the profile form say it.
    pub fn explanation(&self) -> String {
        let mut words = self.kind.words().to_owned();
        if !self.choices.is_empty() {
            words = format!("one of {}", self.choices.join(", "));
        }
        if let Some(least) = self.minimum {
            words = format!("{words}, at least {least}");
        }
        match self.length {
            Some((0, most)) => words = format!("{words}, at most {most} characters"),
            Some((least, most)) => words = format!("{words}, {least} to {most} characters"),
            None => {}
        }
        format!("{} ({words})", self.help.trim_end_matches('.'))
    }

    /// Whether a value may stand there.
    ///
    /// # Errors
    /// What it must be, in words.
    pub fn accepts(&self, value: &Value) -> Result<(), String> {
        let words = || self.kind.words().to_owned();
        let right = match self.kind {
            FieldKind::Any => true,
            FieldKind::Boolean => value.is_boolean(),
            FieldKind::Object => value.is_object(),
            FieldKind::Array => value.is_array(),
            FieldKind::TextArray => value
                .as_array()
                .is_some_and(|list| list.iter().all(Value::is_string)),
            FieldKind::Number => value.is_number(),
            FieldKind::Integer => decimal(value).is_some_and(|number| number.is_integer()),
            FieldKind::Text => value.is_string(),
            FieldKind::Email => value.as_str().is_some_and(|text| text.contains('@')),
            FieldKind::DecimalText => value
                .as_str()
                .is_some_and(|text| text.parse::<rust_decimal::Decimal>().is_ok()),
            FieldKind::Date => value.as_str().is_some_and(is_date),
            FieldKind::TimeOfDay => value.as_str().is_some_and(is_time_of_day),
            FieldKind::DateTime => value
                .as_str()
                .is_some_and(|text| Moment::parse(text).is_some()),
        };
        if !right {
            return Err(words());
        }
        if let (Some(least), Some(number)) = (self.minimum, decimal(value))
            && number < least.into()
        {
            return Err(format!("{}, at least {least}", words()));
        }
        let Some(text) = value.as_str() else {
            return Ok(());
        };
        if !self.choices.is_empty() && !self.choices.contains(&text) {
            return Err(format!("one of {}", self.choices.join(", ")));
        }
        if let Some((least, most)) = self.length {
            let length = text.chars().count();
            if length < least as usize || length > most as usize {
                return Err(format!("{least} to {most} characters long, not {length}"));
            }
        }
        Ok(())
    }
}

fn decimal(value: &Value) -> Option<rust_decimal::Decimal> {
    value.as_number()?.to_string().parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_accept_what_their_kind_says() {
        let status = SettingKind::Table(TableSpec {
            keys: &["paid", "shipped"],
            words: &["SENT"],
        });
        for (kind, good, bad) in [
            (SettingKind::Text, json!("a"), json!(1)),
            (SettingKind::Boolean, json!(true), json!("true")),
            (SettingKind::Integer { min: 0, max: 9 }, json!(9), json!(10)),
            (SettingKind::Choice(&["a", "b"]), json!("b"), json!("c")),
            (SettingKind::List, json!(["a"]), json!([1])),
            (
                status,
                json!({ "shipped": "SENT" }),
                json!({ "shiped": "SENT" }),
            ),
            (status, json!({}), json!({ "shipped": "GONE" })),
        ] {
            assert_eq!(kind.accepts(&good), Ok(()), "{good}");
            assert_eq!(kind.accepts(&bad), Err(kind.words()), "{bad}");
        }
    }

    #[test]
    fn fields_accept_what_their_row_says() {
        use FieldKind as K;
        let of = |kind| FieldSpec::new("a", kind, "help");
        for (spec, good, bad) in [
            (of(K::Integer).minimum(1), json!(1), json!(0)),
            (of(K::Integer), json!(-1), json!(1.5)),
            (of(K::Number), json!(1.5), json!("1.5")),
            (of(K::DecimalText), json!("1.5"), json!("one")),
            (of(K::Email), json!("a@b"), json!("ab")),
            (of(K::Date), json!("2024-02-29"), json!("2023-02-29")),
            (of(K::TimeOfDay), json!("23:59"), json!("24:00")),
            (
                of(K::DateTime),
                json!("2024-03-01T10:00:00+01:00"),
                json!("yesterday"),
            ),
            (of(K::Text).choices(&["x"]), json!("x"), json!("y")),
            (of(K::Text).length(2, 3), json!("ab"), json!("a")),
            (of(K::TextArray), json!(["a"]), json!("a")),
            (of(K::Object), json!({}), json!([])),
            (of(K::Boolean), json!(false), json!(0)),
        ] {
            assert_eq!(spec.accepts(&good), Ok(()), "{good}");
            assert!(spec.accepts(&bad).is_err(), "{bad}");
        }
    }
}
