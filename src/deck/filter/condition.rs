//! One condition of a filter: read from a value, held against an order, written again.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::key::{ANYWHERE, Key, NAMED_BY, NEVER_SENT};
use super::words::{Operator, Part};
use super::{DeckOrder, Known};
use crate::finding::{Rule, Severity};
use crate::order::Field;
use crate::order::field::{Kind, Level};
use crate::order::outcome::{Operation, Outcome};

/// What a value must be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    /// The text, in lower case, somewhere in it.
    Contains(String),
    /// That text, in lower case.
    Is(String),
    Number(Operator, Decimal),
    Within(Option<Decimal>, Option<Decimal>),
    /// A day, month or year.
    Date(Operator, String),
    Dates(Option<String>, Option<String>),
    /// The beginning of a rule's id.
    Rule(String),
    Severity(Severity),
    Outcome(Option<Outcome>),
    Operation(Operation),
    Edited,
    Left,
    Marked,
}

/// Every rule that an order can breach.
pub(super) fn rules() -> impl Iterator<Item = &'static Rule> {
    let own = [
        crate::source::rules(),
        crate::mapping::rules::RULES,
        crate::order::check::RULES,
        super::super::RULES,
    ];
    let vendors = crate::vendor::ALL.iter().map(|vendor| vendor.rules());
    own.into_iter().chain(vendors).flatten().copied()
}

/// What was written, no longer than it takes to know it again: what is wrong with it is told right behind it.
pub(super) fn short(text: &str) -> String {
    const MOST: usize = 32;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let begin = text.chars().take(MOST - 1);
    begin.chain(std::iter::once('…')).collect()
}

/// The nearest of some words, where one is near: ` did you mean …?`
pub(super) fn did_you_mean<'w>(word: &str, words: impl Iterator<Item = &'w str>) -> String {
    if word.chars().count() > 32 {
        return String::new();
    }
    words
        .map(|known| (strsim::damerau_levenshtein(word, known), known))
        .min()
        .filter(|(distance, known)| distance * 2 < known.len().max(word.len()))
        .map_or_else(String::new, |(_, known)| format!("; did you mean {known}?"))
}

impl Condition {
    /// Reads a value; else says what would be right.
    pub(super) fn read(key: Key, operator: Operator, part: &Part) -> Result<Self, String> {
        let text = part.text.as_str();
        let lower = text.to_lowercase();
        let plain = matches!(operator, Operator::Fits | Operator::Equal);
        if !plain && !key.is_compared() {
            let (name, sign) = (key.name(), operator.sign());
            return Err(format!(
                "`{name}` has no order for {sign}; write {name}:{}",
                short(text)
            ));
        }
        let choices = key.choices();
        let chosen = |lower: &str| -> Result<(), String> {
            if choices.contains(&lower) {
                return Ok(());
            }
            let near = did_you_mean(lower, choices.iter().copied());
            let name = key.name();
            Err(if near.is_empty() {
                format!("`{name}` is one of {}", choices.join(", "))
            } else {
                format!("`{name}` is never `{lower}`{near}")
            })
        };
        match key {
            Key::Anywhere | Key::Customer => Ok(Self::Contains(lower)),
            Key::Country => Ok(Self::Is(lower)),
            Key::Status => chosen(&lower).map(|()| Self::Is(lower)),
            Key::Finding => finding(&lower),
            Key::Outcome => {
                chosen(&lower)?;
                Ok(Self::Outcome(Outcome::from_name(&lower)))
            }
            Key::Operation => {
                chosen(&lower)?;
                Operation::from_name(&lower)
                    .map(Self::Operation)
                    .ok_or_else(|| "there is no such operation".to_owned())
            }
            Key::Is => match lower.as_str() {
                "edited" => Ok(Self::Edited),
                "left" | "excluded" => Ok(Self::Left),
                "marked" => Ok(Self::Marked),
                _ => chosen(&lower).map(|()| Self::Left),
            },
            Key::Field(field) => match field.kind() {
                Kind::Money | Kind::Number => number(operator, part),
                Kind::Time => date(operator, part),
                Kind::Currency => Ok(Self::Is(lower)),
                Kind::Text if operator == Operator::Equal => Ok(Self::Is(lower)),
                Kind::Text => Ok(Self::Contains(lower)),
                Kind::Boolean => match lower.as_str() {
                    "yes" | "1" => Ok(Self::Is("true".to_owned())),
                    "no" | "0" => Ok(Self::Is("false".to_owned())),
                    _ => chosen(&lower).map(|()| Self::Is(lower)),
                },
                Kind::Payment | Kind::Fulfilment | Kind::LineStatus => {
                    chosen(&lower).map(|()| Self::Is(lower))
                }
            },
        }
    }

    /// Its operator and value as they are written.
    pub(super) fn written(&self, key: Key) -> (Operator, String) {
        let fits = |text: String| (Operator::Fits, text);
        match self {
            Self::Contains(text) => fits(quoted(text)),
            Self::Is(text) => match key {
                Key::Field(field) if field.kind() == Kind::Text => (Operator::Equal, quoted(text)),
                _ => fits(quoted(text)),
            },
            Self::Number(operator, number) => (*operator, number.to_string()),
            Self::Date(operator, date) => (*operator, date.clone()),
            Self::Within(from, to) => {
                let end =
                    |end: &Option<Decimal>| end.map_or_else(String::new, |end| end.to_string());
                fits(format!("{}..{}", end(from), end(to)))
            }
            Self::Dates(from, to) => {
                let end = |end: &Option<String>| end.clone().unwrap_or_default();
                fits(format!("{}..{}", end(from), end(to)))
            }
            Self::Rule(id) => fits(id.clone()),
            Self::Severity(severity) => fits(severity.name().to_owned()),
            Self::Outcome(outcome) => fits(outcome.map_or(NEVER_SENT, Outcome::name).to_owned()),
            Self::Operation(operation) => fits(operation.name().to_owned()),
            Self::Edited => fits("edited".to_owned()),
            Self::Left => fits("left".to_owned()),
            Self::Marked => fits("marked".to_owned()),
        }
    }

    /// Whether it holds.
    pub(super) fn holds(&self, key: Key, order: &DeckOrder, known: Known<'_>) -> bool {
        match self {
            Self::Rule(id) => known
                .findings
                .iter()
                .any(|finding| finding.rule.id.starts_with(id.as_str())),
            Self::Severity(severity) => known
                .findings
                .iter()
                .any(|finding| finding.severity == *severity),
            Self::Outcome(outcome) => known.outcome == *outcome,
            Self::Operation(operation) => known.operation == *operation,
            Self::Edited => !order.edits.is_empty(),
            Self::Left => order.left.is_some(),
            Self::Marked => known.marked,
            Self::Contains(_) | Self::Is(_) | Self::Number(..) | Self::Within(..) => {
                self.any_value(key, order)
            }
            Self::Date(..) | Self::Dates(..) => self.any_value(key, order),
        }
    }

    fn any_value(&self, key: Key, order: &DeckOrder) -> bool {
        let any = |fields: &[Field]| {
            fields
                .iter()
                .any(|field| values(*field, order).any(|value| self.accepts(&value)))
        };
        match key {
            Key::Anywhere => any(ANYWHERE),
            Key::Customer => {
                order
                    .order
                    .customer_name()
                    .is_some_and(|name| self.accepts(&name))
                    || any(NAMED_BY)
            }
            Key::Country => any(&[Field::BillingCountry, Field::ShippingCountry]),
            Key::Status => {
                self.accepts(order.order.stage().name())
                    || any(&[Field::Payment, Field::Fulfilment])
            }
            Key::Field(field) => any(&[field]),
            Key::Finding | Key::Outcome | Key::Operation | Key::Is => false,
        }
    }

    fn accepts(&self, value: &str) -> bool {
        match self {
            Self::Contains(part) => contains(value, part),
            Self::Is(text) => value.to_lowercase() == *text,
            Self::Number(operator, than) => value
                .parse::<Decimal>()
                .is_ok_and(|number| compares(*operator, number.cmp(than))),
            Self::Within(from, to) => value.parse::<Decimal>().is_ok_and(|number| {
                from.is_none_or(|from| number >= from) && to.is_none_or(|to| number <= to)
            }),
            Self::Date(operator, than) => compares(*operator, day_against(value, than)),
            Self::Dates(from, to) => {
                let from = from
                    .as_ref()
                    .is_none_or(|from| day_against(value, from).is_ge());
                from && to.as_ref().is_none_or(|to| day_against(value, to).is_le())
            }
            _ => false,
        }
    }
}

/// Whether a part in small letters is in a text in any case.
fn contains(text: &str, part: &str) -> bool {
    if part.is_empty() || !text.is_ascii() {
        return text.to_lowercase().contains(part);
    }
    let mut windows = text.as_bytes().windows(part.len());
    windows.any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

/// A time against a day, month or year: as much of it as is said.
fn day_against(time: &str, than: &str) -> std::cmp::Ordering {
    time.get(..than.len()).unwrap_or(time).cmp(than)
}

fn compares(operator: Operator, order: std::cmp::Ordering) -> bool {
    match operator {
        Operator::Fits | Operator::Equal => order.is_eq(),
        Operator::Above => order.is_gt(),
        Operator::AtLeast => order.is_ge(),
        Operator::Below => order.is_lt(),
        Operator::AtMost => order.is_le(),
    }
}

/// `:` and `=` are the same where values are whole.
fn whole(operator: Operator) -> Operator {
    if operator == Operator::Equal {
        Operator::Fits
    } else {
        operator
    }
}

fn finding(lower: &str) -> Result<Condition, String> {
    match lower {
        "error" => return Ok(Condition::Severity(Severity::Error)),
        "warning" => return Ok(Condition::Severity(Severity::Warning)),
        "info" => return Ok(Condition::Severity(Severity::Info)),
        _ => {}
    }
    let id = lower.to_uppercase();
    if rules().any(|rule| rule.id.starts_with(&id)) {
        return Ok(Condition::Rule(id));
    }
    let near = did_you_mean(&id, rules().map(|rule| rule.id));
    let id = short(&id);
    Err(format!(
        "no rule's id begins with {id}; write one such as VOU-12, a family such as VOU, or error, warning, info{near}"
    ))
}

/// The two ends of a range; an end that isn't there is open.
fn ends(part: &Part) -> Option<(&str, &str)> {
    part.text.split_once("..").filter(|_| !part.quoted)
}

fn number(operator: Operator, part: &Part) -> Result<Condition, String> {
    let read = |text: &str| {
        Decimal::from_str_exact(text)
            .map_err(|_| format!("`{}` is no number; write 100, 12.50 or 10..50", short(text)))
    };
    let Some((from, to)) = ends(part) else {
        return Ok(Condition::Number(whole(operator), read(&part.text)?));
    };
    if !matches!(operator, Operator::Fits | Operator::Equal) {
        return Err(format!(
            "a range stands behind a colon: :{}",
            short(&part.text)
        ));
    }
    let end = |text: &str| (!text.is_empty()).then(|| read(text)).transpose();
    match (end(from)?, end(to)?) {
        (None, None) => Err("a range needs a number: 10..50, 10.. or ..50".to_owned()),
        (Some(from), Some(to)) if from > to => {
            Err(format!("write {to}..{from}: the lower end first"))
        }
        (from, to) => Ok(Condition::Within(from, to)),
    }
}

fn date(operator: Operator, part: &Part) -> Result<Condition, String> {
    let read = |text: &str| {
        is_date(text).then(|| text.to_owned()).ok_or_else(|| {
            let text = short(text);
            format!("`{text}` is no date; write 2024, 2024-01, 2024-01-31 or 2024-01..2024-03")
        })
    };
    let Some((from, to)) = ends(part) else {
        return Ok(Condition::Date(whole(operator), read(&part.text)?));
    };
    if !matches!(operator, Operator::Fits | Operator::Equal) {
        return Err(format!(
            "a range stands behind a colon: :{}",
            short(&part.text)
        ));
    }
    let end = |text: &str| (!text.is_empty()).then(|| read(text)).transpose();
    match (end(from)?, end(to)?) {
        (None, None) => {
            Err("a range needs a date: 2024-01..2024-03, 2024.. or ..2024-03".to_owned())
        }
        (Some(from), Some(to)) if day_against(&from, &to).is_gt() => {
            Err(format!("write {to}..{from}: the earlier one first"))
        }
        (from, to) => Ok(Condition::Dates(from, to)),
    }
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: Option<&&str>, digits: usize| -> Option<i16> {
        let part = part.filter(|part| part.len() == digits)?;
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some(())?;
        part.parse().ok()
    };
    let (year, month, day) = (
        number(parts.first(), 4),
        number(parts.get(1), 2),
        number(parts.get(2), 2),
    );
    let valid = |year: i16, month: i16, day: i16| {
        let (month, day) = (i8::try_from(month), i8::try_from(day));
        matches!((month, day), (Ok(month), Ok(day)) if jiff::civil::Date::new(year, month, day).is_ok())
    };
    match (parts.len(), year, month, day) {
        (1, Some(_), ..) => true,
        (2, Some(year), Some(month), _) => valid(year, month, 1),
        (3, Some(year), Some(month), Some(day)) => valid(year, month, day),
        _ => false,
    }
}

/// A value as it is read again.
pub(super) fn quoted(text: &str) -> String {
    let bare =
        |c: char| c.is_alphanumeric() || matches!(c, '#' | '.' | '_' | '@' | '-' | '/' | '+');
    // A sign or an @ at the beginning would mean something.
    let begins = text.starts_with(|c: char| c.is_alphanumeric() || c == '#');
    if begins && text.chars().all(bare) {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Every value that the order or its lines have in a field.
fn values(field: Field, order: &DeckOrder) -> impl Iterator<Item = Cow<'_, str>> {
    let lines = match field.level() {
        Level::Order => vec![None],
        Level::Item => (0..order.order.items.len()).map(Some).collect(),
    };
    lines
        .into_iter()
        .filter_map(move |item| field.look(&order.order, item))
}
