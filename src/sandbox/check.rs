//! Checks a JSON value against a table of fields, as a vendor's page gives it.
//!
//! A table says name, kind and need of each field. What fits no table entry is no error (no
//! page forbids it) but is noted as unknown, so that a misspelled field can't pass unseen.

use std::collections::BTreeSet;
use std::fmt;

use rust_decimal::Decimal;
use serde_json::{Map, Value};

/// No more problems than these are named for one request.
const MOST_PROBLEMS: usize = 20;

/// What a field may hold.
pub(super) enum Kind {
    /// A string of any length.
    Text,
    /// A string of so many characters at least and at most.
    Sized(usize, usize),
    /// A string that the function has nothing against; it returns its complaint.
    Like(fn(&str) -> Option<&'static str>),
    /// One of these strings, exactly.
    OneOf(&'static [&'static str]),
    /// A whole number, not below the minimum.
    Integer(i64),
    /// A number with or without decimals.
    Number,
    /// A number of at least 0.
    NumberFromZero,
    /// `true` or `false`.
    Boolean,
    /// An object with these fields.
    Object(&'static [Field]),
    /// An object of whatever is in it.
    AnyObject,
    /// An array of so many entries at least and at most.
    List(&'static Kind, usize, usize),
    /// Anything at all: the page gives no form.
    Any,
}

/// Whether a field has to be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Neither absent nor `null` nor `""`.
    Required,
    /// May be absent; `null` only where the vendor takes it for absent.
    Optional,
    /// May be absent or `null`.
    Nullable,
}

/// One line of a vendor's table.
pub(super) struct Field {
    name: &'static str,
    kind: Kind,
    need: Need,
}

#[cfg(test)]
impl Field {
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn is_required(&self) -> bool {
        self.need == Need::Required
    }
}

pub(super) const fn required(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        need: Need::Required,
    }
}

pub(super) const fn optional(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        need: Need::Optional,
    }
}

pub(super) const fn nullable(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        need: Need::Nullable,
    }
}

/// Where a value stands; written out only when something is wrong there.
#[derive(Clone, Copy)]
pub(super) enum Path<'a> {
    Root,
    Key(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

impl<'a> Path<'a> {
    pub(super) fn key(&'a self, name: &'a str) -> Self {
        Self::Key(self, name)
    }

    pub(super) fn index(&'a self, index: usize) -> Self {
        Self::Index(self, index)
    }

    /// The path with `[]` for every index.
    fn without_indexes(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Key(parent, name) => format!("{}.{name}", parent.without_indexes()),
            Self::Index(parent, _) => format!("{}[]", parent.without_indexes()),
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key(parent, name) => write!(f, "{parent}.{name}"),
            Self::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// One thing wrong: where, and a phrase that follows the path in a sentence.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) path: String,
    pub(super) what: String,
}

/// Collects what is wrong with one request.
pub(super) struct Checker {
    null_is_absent: bool,
    length: fn(&str) -> usize,
    problems: Vec<Problem>,
    unknown: BTreeSet<String>,
}

impl Checker {
    /// For a vendor that takes `null` for "not given".
    pub(super) fn null_is_absent() -> Self {
        Self {
            null_is_absent: true,
            length: characters,
            problems: Vec::new(),
            unknown: BTreeSet::new(),
        }
    }

    /// For a vendor that takes `null` only where its page says so.
    pub(super) fn null_is_a_value() -> Self {
        Self {
            null_is_absent: false,
            ..Self::null_is_absent()
        }
    }

    /// Measures strings in this way instead of by characters.
    pub(super) fn measuring(mut self, length: fn(&str) -> usize) -> Self {
        self.length = length;
        self
    }

    /// Names a problem.
    pub(super) fn report(&mut self, at: &Path<'_>, what: impl Into<String>) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem {
                path: at.to_string(),
                what: what.into(),
            });
        }
    }

    /// Checks an object's fields and notes those that the table doesn't have.
    pub(super) fn fields(&mut self, object: &Map<String, Value>, table: &[Field], at: &Path<'_>) {
        for field in table {
            let here = at.key(field.name);
            match object.get(field.name) {
                None => {
                    if field.need == Need::Required {
                        self.report(&here, "is required");
                    }
                }
                Some(Value::Null) if field.need == Need::Nullable => {}
                Some(Value::Null) if self.null_is_absent && field.need == Need::Optional => {}
                Some(Value::Null) if field.need == Need::Required => {
                    self.report(&here, "is required");
                }
                Some(Value::String(text)) if text.is_empty() && field.need == Need::Required => {
                    self.report(&here, "is required and cannot be empty");
                }
                Some(value) => self.value(value, &field.kind, &here),
            }
        }
        for name in object.keys() {
            if !table.iter().any(|field| field.name == name) {
                self.unknown.insert(at.key(name).without_indexes());
            }
        }
    }

    /// Checks one value.
    pub(super) fn value(&mut self, value: &Value, kind: &Kind, at: &Path<'_>) {
        match (kind, value) {
            (Kind::Text, Value::String(_))
            | (Kind::Boolean, Value::Bool(_))
            | (Kind::AnyObject, Value::Object(_))
            | (Kind::Any, _) => {}
            (Kind::Sized(least, most), Value::String(text)) => {
                let length = (self.length)(text);
                if length < *least {
                    self.report(at, format!("cannot be shorter than {least} characters"));
                } else if length > *most {
                    self.report(at, format!("cannot be longer than {most} characters"));
                }
            }
            (Kind::Like(complaint), Value::String(text)) => {
                if let Some(what) = complaint(text) {
                    self.report(at, what);
                }
            }
            (Kind::OneOf(choices), Value::String(text)) => {
                if !choices.contains(&text.as_str()) {
                    self.report(at, format!("must be one of {}", choices.join(", ")));
                }
            }
            (Kind::Integer(least), Value::Number(number)) => match number.as_i64() {
                None => self.report(at, "must be an integer"),
                Some(integer) if integer < *least => {
                    self.report(at, format!("cannot be lower than {least}"));
                }
                Some(_) => {}
            },
            (Kind::Number, Value::Number(_)) => {
                if decimal(value).is_none() {
                    self.report(at, "is not a number that can be kept exactly");
                }
            }
            (Kind::NumberFromZero, Value::Number(_)) => match decimal(value) {
                None => self.report(at, "is not a number that can be kept exactly"),
                Some(number) if number < Decimal::ZERO => {
                    self.report(at, "cannot be lower than 0");
                }
                Some(_) => {}
            },
            (Kind::Object(table), Value::Object(object)) => self.fields(object, table, at),
            (Kind::List(of, least, most), Value::Array(entries)) => {
                if entries.len() < *least {
                    self.report(at, format!("cannot have fewer than {least} entries"));
                } else if entries.len() > *most {
                    self.report(at, format!("cannot have more than {most} entries"));
                } else {
                    for (index, entry) in entries.iter().enumerate() {
                        self.value(entry, of, &at.index(index));
                    }
                }
            }
            _ => self.report(at, format!("must be {}", wanted(kind))),
        }
    }

    /// What is wrong, and the unknown fields.
    pub(super) fn finish(self) -> (Vec<Problem>, Vec<String>) {
        (self.problems, self.unknown.into_iter().collect())
    }
}

fn wanted(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Sized(..) | Kind::Like(_) | Kind::OneOf(_) => "a string",
        Kind::Integer(_) => "an integer",
        Kind::Number | Kind::NumberFromZero => "a number",
        Kind::Boolean => "a boolean",
        Kind::Object(_) | Kind::AnyObject => "an object",
        Kind::List(..) => "an array",
        Kind::Any => "anything",
    }
}

fn characters(text: &str) -> usize {
    text.chars().count()
}

/// A JSON number with all its digits.
pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    let Value::Number(number) = value else {
        return None;
    };
    let digits = number.to_string();
    if digits.contains(['e', 'E']) {
        Decimal::from_scientific(&digits).ok()
    } else {
        Decimal::from_str_exact(&digits).ok()
    }
}

/// Whether a value counts as not given: absent, `null` or `""`.
pub(super) fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(_) => false,
    }
}

/// A string field, when it is there and not empty.
pub(super) fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

/// Complains about what isn't a calendar date `YYYY-MM-DD`.
pub(super) fn date(text: &str) -> Option<&'static str> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let real = shaped && text.parse::<jiff::civil::Date>().is_ok();
    (!real).then_some("must be a date in the format YYYY-MM-DD")
}

/// Complains about what isn't a time of day `HH:MM`.
pub(super) fn time(text: &str) -> Option<&'static str> {
    let real = text.split_once(':').is_some_and(|(hour, minute)| {
        let below = |part: &str, limit: u8| {
            part.len() == 2
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && part.parse::<u8>().is_ok_and(|number| number < limit)
        };
        below(hour, 24) && below(minute, 60)
    });
    (!real).then_some("must be a time in the format HH:MM")
}

/// Complains about what isn't an ISO 8601 date and time with an offset.
pub(super) fn date_time(text: &str) -> Option<&'static str> {
    let real = text.as_bytes().get(10) == Some(&b'T')
        && !text.contains('[')
        && text.parse::<jiff::Timestamp>().is_ok();
    (!real).then_some("must be an ISO 8601 date and time with an offset")
}

/// Complains about an e-mail address without an `@` between two parts.
pub(super) fn email(text: &str) -> Option<&'static str> {
    let real = text
        .rsplit_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    (!real && !text.is_empty()).then_some("must be an e-mail address")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const INNER: &[Field] = &[required("n", Kind::Integer(1))];
    const TABLE: &[Field] = &[
        required("id", Kind::Sized(1, 3)),
        optional("when", Kind::Like(date)),
        nullable("note", Kind::Text),
        optional("list", Kind::List(&Kind::Object(INNER), 1, 2)),
        optional("price", Kind::NumberFromZero),
    ];

    fn problems(mut checker: Checker, value: &Value) -> Vec<String> {
        checker.value(value, &Kind::Object(TABLE), &Path::Root);
        let (problems, _) = checker.finish();
        problems
            .into_iter()
            .map(|problem| format!("{} {}", problem.path, problem.what))
            .collect()
    }

    #[test]
    fn what_fits_passes() {
        let good = json!({"id": "abc", "when": "2024-02-29", "note": null, "list": [{"n": 1}], "price": 0.10});
        assert_eq!(
            problems(Checker::null_is_a_value(), &good),
            Vec::<String>::new()
        );
    }

    #[test]
    fn each_problem_names_its_place() {
        let bad = json!({"id": "", "when": "2024-02-30", "note": 1, "list": [{"n": 1.5}, {"n": 0}], "price": -1});
        assert_eq!(
            problems(Checker::null_is_absent(), &bad),
            [
                ".id is required and cannot be empty",
                ".when must be a date in the format YYYY-MM-DD",
                ".note must be a string",
                ".list[0].n must be an integer",
                ".list[1].n cannot be lower than 1",
                ".price cannot be lower than 0",
            ]
        );
    }

    #[test]
    fn null_is_taken_only_where_it_may_be() {
        let value = json!({"id": "a", "when": null});
        assert!(problems(Checker::null_is_absent(), &value).is_empty());
        assert_eq!(
            problems(Checker::null_is_a_value(), &value),
            [".when must be a string"]
        );
    }

    #[test]
    fn unknown_fields_are_noted_once() {
        let value = json!({"id": "a", "list": [{"n": 1, "x": 1}, {"n": 2, "x": 1}]});
        let mut checker = Checker::null_is_absent();
        checker.value(&value, &Kind::Object(TABLE), &Path::Root);
        assert_eq!(checker.finish(), (Vec::new(), vec![".list[].x".to_owned()]));
    }

    #[test]
    fn formats() {
        assert_eq!(time("23:59"), None);
        for wrong in ["24:00", "9:00", "09:60", "0900", "+9:00", ""] {
            assert!(time(wrong).is_some(), "{wrong}");
        }
        assert_eq!(date_time("2019-12-02T15:00:00Z"), None);
        assert_eq!(date_time("2019-12-02T15:00:00.5+02:00"), None);
        for wrong in [
            "2019-12-02",
            "2019-12-02T15:00:00",
            "2019-12-02 15:00:00Z",
            "x",
        ] {
            assert!(date_time(wrong).is_some(), "{wrong}");
        }
        assert_eq!(email("a@b"), None);
        assert!(email("a.b").is_some());
    }
}
