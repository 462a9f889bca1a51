//! A value on its way through a rule, and the transforms it goes through.

use std::borrow::Cow;

use super::country;
use super::moment::{self, BadTime, Zone};
use super::number::{self, Mark};
use super::rule::Step;
use super::sign;
use crate::order::field::Given;
use crate::order::{Decimal, Moment};

/// A value on its way. Never an empty text: that is no value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    /// As the file writes it.
    Raw(Cow<'a, str>),
    /// As JSON or the mapping file writes it: with a decimal point, whatever the file's mark.
    Plain(Cow<'a, str>),
    /// An exact number.
    Number(Decimal),
    /// A time.
    Time(Moment),
}

/// A text that is not what a transform or field needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bad {
    pub(super) kind: BadKind,
    /// The text.
    pub(super) raw: String,
    /// What it should have been.
    pub(super) why: String,
}

/// Which rule speaks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadKind {
    Unreadable,
    Damaged,
    NoOffset,
}

/// How texts of the file are read where a rule says nothing else.
#[derive(Debug, Clone, Default)]
pub(super) struct Notation {
    pub(super) mark: Mark,
    pub(super) formats: Vec<String>,
    pub(super) zone: Option<Zone>,
}

impl<'a> Value<'a> {
    /// As text.
    pub(super) fn text(self) -> Cow<'a, str> {
        match self {
            Self::Raw(text) | Self::Plain(text) => text,
            Self::Number(number) => number.to_string().into(),
            Self::Time(moment) => moment.to_string().into(),
        }
    }

    /// As text, without giving it away.
    pub(super) fn as_text(&self) -> Cow<'_, str> {
        match self {
            Self::Raw(text) | Self::Plain(text) => Cow::Borrowed(text),
            Self::Number(number) => number.to_string().into(),
            Self::Time(moment) => moment.to_string().into(),
        }
    }

    /// As fields take it.
    pub(super) fn given(&self) -> Given<'_> {
        match self {
            Self::Raw(text) | Self::Plain(text) => Given::Text(text),
            Self::Number(number) => Given::Number(*number),
            Self::Time(moment) => Given::Time(*moment),
        }
    }

    /// As a number.
    pub(super) fn number(&self, mark: Mark) -> Result<Decimal, Box<Bad>> {
        let (raw, read) = match self {
            Self::Number(number) => return Ok(*number),
            Self::Time(moment) => {
                return Err(Bad::new(&moment.to_string(), "a time, not a number").into());
            }
            Self::Raw(text) => (text, mark.read(text)),
            Self::Plain(text) => (text, number::read_json_number(text)),
        };
        read.map_err(|error| {
            let kind = match error {
                number::BadNumber::Shortened => BadKind::Damaged,
                number::BadNumber::Unreadable(_) | number::BadNumber::TooLong => {
                    BadKind::Unreadable
                }
            };
            Bad::of_kind(kind, raw, error.to_string()).into()
        })
    }

    /// As a time.
    pub(super) fn time(
        &self,
        formats: &[String],
        zone: Option<&Zone>,
    ) -> Result<moment::Reading, Box<Bad>> {
        let text = match self {
            Self::Time(moment) => {
                return Ok(moment::Reading {
                    moment: *moment,
                    ambiguous: false,
                });
            }
            Self::Number(number) => &Cow::Owned(number.to_string()),
            Self::Raw(text) | Self::Plain(text) => text,
        };
        moment::read(text, formats, zone).map_err(|error| {
            Box::new(match error {
                BadTime::NoOffset => Bad::of_kind(
                    BadKind::NoOffset,
                    text,
                    "without an offset, and the mapping names no time zone",
                ),
                BadTime::Unreadable if formats.is_empty() => {
                    Bad::new(text, "not a time such as 2024-03-01T10:00:00+01:00")
                }
                BadTime::Unreadable => Bad::new(
                    text,
                    format!(
                        "neither ISO 8601 nor a time in the format {}",
                        formats.join(" or ")
                    ),
                ),
            })
        })
    }

    /// The same kind of value with another text; `None` for an empty one.
    fn with_text(self, change: impl FnOnce(&str) -> String) -> Option<Self> {
        let text = change(&self.as_text());
        (!text.trim().is_empty()).then_some(match self {
            Self::Raw(_) => Self::Raw(text.into()),
            _ => Self::Plain(text.into()),
        })
    }
}

impl Bad {
    pub(super) fn new(raw: &str, why: impl Into<String>) -> Self {
        Self::of_kind(BadKind::Unreadable, raw, why)
    }

    fn of_kind(kind: BadKind, raw: &str, why: impl Into<String>) -> Self {
        Self {
            kind,
            raw: raw.to_owned(),
            why: why.into(),
        }
    }
}

impl Step {
    /// Does one transform.
    pub(super) fn apply<'a>(
        &'a self,
        value: Option<Value<'a>>,
        notation: &Notation,
    ) -> Result<Option<Value<'a>>, Box<Bad>> {
        let Some(value) = value else {
            return Ok(match self {
                Self::Default(text) => Some(Value::Plain(text.into())),
                _ => None,
            });
        };
        let value = match self.cut_value(value) {
            Ok(cut) => return Ok(cut),
            Err(value) => value,
        };
        Ok(match self {
            Self::Lower => value.with_text(str::to_lowercase),
            Self::Upper => value.with_text(str::to_uppercase),
            Self::Replace([from, to]) => value.with_text(|text| text.replace(from.as_str(), to)),
            Self::Decimal(mark) => Some(Value::Number(value.number(*mark)?)),
            Self::Negate => Some(Value::Number(negated(value.number(notation.mark)?))),
            Self::Abs => Some(Value::Number(value.number(notation.mark)?.abs())),
            Self::Currency => {
                sign::currency_of(&value.text()).map(|code| Value::Plain(code.into()))
            }
            Self::Country => value.with_text(|text| match country::code_of(text) {
                Some(code) => code.to_owned(),
                None => text.to_owned(),
            }),
            Self::Datetime(how) => {
                let zone = how.zone.as_ref().or(notation.zone.as_ref());
                let formats = match &how.format {
                    Some(format) => std::slice::from_ref(format),
                    None => &notation.formats,
                };
                Some(Value::Time(value.time(formats, zone)?.moment))
            }
            // They make no new text.
            Self::Trim
            | Self::StripPrefix(_)
            | Self::StripSuffix(_)
            | Self::Split { .. }
            | Self::Lookup(_)
            | Self::Empty(_)
            | Self::Default(_) => Some(value),
        })
    }
}

fn negated(mut number: Decimal) -> Decimal {
    number.set_sign_negative(number.is_sign_positive() && !number.is_zero());
    number
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    /// Runs transforms, written as in a mapping file, over a text.
    fn run(steps: &str, text: &str, mark: Mark) -> Result<Option<String>, Box<Bad>> {
        #[derive(Deserialize)]
        struct Steps {
            steps: Vec<Step>,
        }
        let Steps { steps } = toml::from_str(&format!("steps = [{steps}]")).unwrap();
        let notation = Notation {
            mark,
            ..Notation::default()
        };
        let mut value = (!text.is_empty()).then_some(Value::Raw(text.into()));
        for step in &steps {
            value = step.apply(value, &notation)?;
        }
        Ok(value.map(|value| value.text().into_owned()))
    }

    fn point(steps: &str, text: &str) -> Option<String> {
        run(steps, text, Mark::Point).unwrap()
    }

    #[test]
    fn texts() {
        for (steps, text, expected) in [
            (r#""trim""#, " a ", "a"),
            (r#""lower""#, "ÄB", "äb"),
            (r#""upper""#, "de", "DE"),
            (r#""country""#, "United States", "US"),
            (r#""country""#, "DE", "DE"),
            (r#""currency""#, "116,99 €", "EUR"),
            (r##"{ strip_prefix = "#" }"##, "#1001", "1001"),
            (r##"{ strip_prefix = "#" }"##, "1001", "1001"),
            (r#"{ strip_suffix = ".0" }"#, "17850.0", "17850"),
            (r#"{ replace = ["-", ""] }"#, "1-2-3", "123"),
            (r#"{ split = { by = ",", pick = 2 } }"#, "a, b, c", "b"),
            (
                r#"{ split = { by = " ", pick = -1 } }"#,
                "Ada van Archer",
                "Archer",
            ),
            (r#"{ lookup = { a = "x", "*" = "y" } }"#, "A", "x"),
            (r#"{ lookup = { a = "x", "*" = "y" } }"#, "b", "y"),
            (r#"{ lookup = { a = "x" } }"#, "b", "b"),
            (r#"{ default = "d" }"#, "", "d"),
            (r#"{ default = "d" }"#, "a", "a"),
            (r#"{ empty = ["0"] }, { default = "d" }"#, "0", "d"),
        ] {
            assert_eq!(
                point(steps, text).as_deref(),
                Some(expected),
                "{steps} {text}"
            );
        }
        assert_eq!(point(r#"{ split = { by = ",", pick = 4 } }"#, "a,b"), None);
        assert_eq!(point(r#"{ lookup = { a = "" } }"#, "a"), None);
        assert_eq!(point(r#"{ strip_prefix = "a" }"#, "a"), None);
        assert_eq!(point(r#""lower""#, ""), None);
    }

    #[test]
    fn numbers_stay_exact_under_any_mark() {
        assert_eq!(
            point(r#""negate""#, "1,200.10").as_deref(),
            Some("-1200.10")
        );
        assert_eq!(point(r#""negate""#, "0.00").as_deref(), Some("0.00"));
        assert_eq!(point(r#""abs""#, "(5.50)").as_deref(), Some("5.50"));
        assert_eq!(
            point(r#"{ decimal = "," }, "negate""#, "1.234,5").as_deref(),
            Some("-1234.5")
        );
        // What was read once is not read again with the file's mark.
        let twice = run(r#""abs", "negate""#, "1,234", Mark::Comma).unwrap();
        assert_eq!(twice.as_deref(), Some("-1.234"));
        let default = run(r#"{ default = "1.234" }, "negate""#, "", Mark::Comma).unwrap();
        assert_eq!(default.as_deref(), Some("-1.234"));
    }

    #[test]
    fn times_take_their_own_format_and_zone() {
        let steps = r#"{ datetime = { format = "%d/%m/%Y", zone = "Europe/Berlin" } }"#;
        assert_eq!(
            point(steps, "07/10/2025").as_deref(),
            Some("2025-10-07T00:00:00+02:00")
        );
        let utc = r#"{ datetime = { zone = "UTC" } }"#;
        assert_eq!(
            point(utc, "2025-10-07T09:00:00").as_deref(),
            Some("2025-10-07T09:00:00+00:00")
        );
        let bad = run(r"{ datetime = {} }", "2025-10-07", Mark::Point).unwrap_err();
        assert_eq!(bad.kind, BadKind::NoOffset);
    }

    #[test]
    fn what_is_no_number_says_so() {
        let bad = run(r#""abs""#, "1,5", Mark::Point).unwrap_err();
        assert_eq!((bad.kind, bad.raw.as_str()), (BadKind::Unreadable, "1,5"));
        let bad = run(r#""abs""#, "1.2E+9", Mark::Point).unwrap_err();
        assert_eq!(bad.kind, BadKind::Damaged);
    }
}
