//! The filter: plain words and `field:value` terms, the same on screen and as `--where`.
//!
//! `status:paid total>100 finding:KAM-04 outcome:rejected date:2024-01..2024-03 ada`: all terms must hold.
//! A `-` before a term turns it round. Matching looks for text, never for patterns.

use rust_decimal::Decimal;

use super::DeckOrder;
use crate::finding::Finding;
use crate::order::Field;
use crate::order::outcome::{Operation, Outcome};

/// A filter that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the filter doesn't understand `{term}`: {reason}")]
pub struct FilterError {
    /// The term.
    pub term: String,
    /// What is wrong with it.
    pub reason: String,
}

/// What is known of an order beside the order itself.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Its findings at the vendor in question.
    pub findings: &'a [Finding],
    /// Its last outcome at the account in question.
    pub outcome: Option<Outcome>,
    /// What the vendor in question is asked to do with it, by what it is.
    pub operation: Operation,
}

impl Default for Known<'_> {
    /// An order of which nothing is known, to be imported.
    fn default() -> Self {
        Self {
            findings: &[],
            outcome: None,
            operation: Operation::Import,
        }
    }
}

/// Terms that must all hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    terms: Vec<(bool, Term)>,
}

#[derive(Debug, Clone, PartialEq)]
enum Term {
    Anywhere(String),
    Status(String),
    Finding(String),
    Severity(&'static str),
    Outcome(Outcome),
    Operation(Operation),
    Edited,
    Left,
    Field(Field, Test),
    Date(String, String),
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Contains(String),
    Compare(Comparison, Decimal),
    Within(Decimal, Decimal),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    Above,
    AtLeast,
    Below,
    AtMost,
}

impl Filter {
    /// Reads a filter. Terms are divided by spaces; `"two words"` keeps them together.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let terms = split(text)
            .into_iter()
            .map(|word| match word.strip_prefix('-') {
                Some(rest) if !rest.is_empty() => Ok((false, term(rest)?)),
                _ => Ok((true, term(&word)?)),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { terms })
    }

    /// Whether every order passes.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether findings must be known to decide.
    pub fn needs_findings(&self) -> bool {
        self.terms
            .iter()
            .any(|(_, term)| matches!(term, Term::Finding(_) | Term::Severity(_)))
    }

    /// Whether outcomes must be known to decide.
    pub fn needs_outcomes(&self) -> bool {
        self.terms
            .iter()
            .any(|(_, term)| matches!(term, Term::Outcome(_)))
    }

    /// Whether an order passes.
    pub fn matches(&self, order: &DeckOrder, known: Known<'_>) -> bool {
        self.terms
            .iter()
            .all(|(wanted, term)| term.holds(order, known) == *wanted)
    }
}

/// The words of a filter: divided by spaces, `"two words"` kept together.
pub(crate) fn split(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => word.push(c),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn term(word: &str) -> Result<Term, FilterError> {
    let error = |reason: String| FilterError {
        term: word.to_owned(),
        reason,
    };
    let Some(at) = word.find([':', '>', '<', '=']) else {
        return Ok(Term::Anywhere(word.to_lowercase()));
    };
    let (name, rest) = word.split_at(at);
    let (comparison, value) = match rest {
        _ if rest.starts_with(">=") => (Some(Comparison::AtLeast), &rest[2..]),
        _ if rest.starts_with("<=") => (Some(Comparison::AtMost), &rest[2..]),
        _ if rest.starts_with('>') => (Some(Comparison::Above), &rest[1..]),
        _ if rest.starts_with('<') => (Some(Comparison::Below), &rest[1..]),
        _ if rest.starts_with('=') => (Some(Comparison::Equal), &rest[1..]),
        _ => (None, &rest[1..]),
    };
    if value.is_empty() {
        return Err(error("a value is missing".to_owned()));
    }
    let lower = value.to_lowercase();
    match name {
        "status" => Ok(Term::Status(lower)),
        "finding" => match lower.as_str() {
            "error" => Ok(Term::Severity("error")),
            "warning" => Ok(Term::Severity("warning")),
            "info" => Ok(Term::Severity("info")),
            _ => Ok(Term::Finding(value.to_uppercase())),
        },
        "outcome" => Outcome::from_name(&lower)
            .map(Term::Outcome)
            .ok_or_else(|| {
                let names: Vec<_> = Outcome::ALL.iter().map(|outcome| outcome.name()).collect();
                error(format!("outcomes are {}", names.join(", ")))
            }),
        "operation" => Operation::from_name(&lower)
            .map(Term::Operation)
            .ok_or_else(|| {
                let names = Operation::ALL.map(Operation::name);
                error(format!("operations are {}", names.join(", ")))
            }),
        "is" => match lower.as_str() {
            "edited" => Ok(Term::Edited),
            "excluded" | "left" => Ok(Term::Left),
            _ => Err(error("`is:` knows edited and excluded".to_owned())),
        },
        "date" => {
            let (from, to) = match comparison {
                Some(Comparison::Above | Comparison::AtLeast) => (value, "9"),
                Some(Comparison::Below | Comparison::AtMost) => ("", value),
                _ => value.split_once("..").unwrap_or((value, value)),
            };
            let shaped = |part: &str| part.chars().all(|c| c.is_ascii_digit() || c == '-');
            if shaped(from) && shaped(to) {
                Ok(Term::Date(from.to_owned(), to.to_owned()))
            } else {
                Err(error("dates look like 2024-01 or 2024-01-31".to_owned()))
            }
        }
        _ => {
            let field = field_named(name).ok_or_else(|| {
                error(format!(
                    "there is no field `{name}`; try status, date, total, customer.email, items.sku, finding, outcome or operation"
                ))
            })?;
            let number = |text: &str| {
                text.parse::<Decimal>()
                    .map_err(|_| error(format!("`{text}` is no number")))
            };
            let test = if let Some(comparison) = comparison {
                Test::Compare(comparison, number(value)?)
            } else if let Some((from, to)) = value.split_once("..") {
                Test::Within(number(from)?, number(to)?)
            } else {
                Test::Contains(lower)
            };
            Ok(Term::Field(field, test))
        }
    }
}

fn field_named(name: &str) -> Option<Field> {
    let short = match name {
        "email" => "customer.email",
        "customer" | "name" => "customer.name",
        "sku" => "items.sku",
        other => other,
    };
    Field::from_name(short)
}

impl Term {
    fn holds(&self, order: &DeckOrder, known: Known<'_>) -> bool {
        let contains = |text: &str, part: &str| text.to_lowercase().contains(part);
        match self {
            Self::Anywhere(part) => ANYWHERE
                .iter()
                .any(|field| values(*field, order).any(|value| contains(&value, part))),
            Self::Status(word) => {
                let stage = order.order.stage().name();
                let payment = order
                    .order
                    .payment
                    .map(super::super::order::status::Payment::name);
                let fulfilment = order
                    .order
                    .fulfilment
                    .map(super::super::order::status::Fulfilment::name);
                [Some(stage), payment, fulfilment]
                    .into_iter()
                    .flatten()
                    .any(|status| status == word)
            }
            Self::Finding(id) => known
                .findings
                .iter()
                .any(|finding| finding.rule.id.starts_with(id.as_str())),
            Self::Severity(severity) => known
                .findings
                .iter()
                .any(|finding| finding.severity.name() == *severity),
            Self::Outcome(outcome) => known.outcome == Some(*outcome),
            Self::Operation(operation) => known.operation == *operation,
            Self::Edited => !order.edits.is_empty(),
            Self::Left => order.left.is_some(),
            Self::Date(from, to) => order.order.placed_at.is_some_and(|placed| {
                let date = placed.date().to_string();
                let upper = date.get(..to.len()).unwrap_or(&date);
                date.as_str() >= from.as_str() && upper <= to.as_str()
            }),
            Self::Field(field, Test::Contains(part)) => {
                values(*field, order).any(|value| contains(&value, part))
            }
            Self::Field(field, Test::Compare(comparison, than)) => {
                numbers(*field, order).any(|number| comparison.holds(number, *than))
            }
            Self::Field(field, Test::Within(from, to)) => {
                numbers(*field, order).any(|number| number >= *from && number <= *to)
            }
        }
    }
}

impl Comparison {
    fn holds(self, number: Decimal, than: Decimal) -> bool {
        match self {
            Self::Equal => number == than,
            Self::Above => number > than,
            Self::AtLeast => number >= than,
            Self::Below => number < than,
            Self::AtMost => number <= than,
        }
    }
}

/// Where plain words are looked for.
const ANYWHERE: &[Field] = &[
    Field::Id,
    Field::PlatformId,
    Field::CustomerId,
    Field::CustomerEmail,
    Field::CustomerName,
    Field::CustomerFirstName,
    Field::CustomerLastName,
    Field::BillingName,
    Field::BillingLastName,
    Field::BillingCity,
    Field::DiscountCode,
    Field::Tags,
    Field::Note,
    Field::ItemSku,
    Field::ItemName,
];

/// Every value that the order or its lines have in a field.
fn values(field: Field, order: &DeckOrder) -> impl Iterator<Item = String> + '_ {
    let lines = match field.level() {
        crate::order::Level::Order => vec![None],
        crate::order::Level::Item => (0..order.order.items.len()).map(Some).collect(),
    };
    lines
        .into_iter()
        .filter_map(move |item| field.get(&order.order, item))
}

fn numbers(field: Field, order: &DeckOrder) -> impl Iterator<Item = Decimal> + '_ {
    values(field, order).filter_map(|value| value.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::{LineItem, Moment, Order, Payment};
    use crate::source::Group;

    fn order() -> DeckOrder {
        DeckOrder {
            index: 0,
            order: Order {
                id: "#1017".into(),
                placed_at: Moment::parse("2024-02-29T23:30:00-05:00"),
                payment: Some(Payment::Paid),
                total: "128.40".parse().ok(),
                items: vec![LineItem {
                    sku: Some("AV-1".into()),
                    ..LineItem::default()
                }],
                customer: crate::order::Customer {
                    email: Some("Ada@example.com".into()),
                    ..Default::default()
                },
                ..Order::default()
            },
            native: None,
            left: None,
            left_by_source: None,
            findings: Vec::new(),
            edits: Vec::new(),
            group: Group {
                key: "#1017".into(),
                records: Vec::new(),
                findings: Vec::new(),
            },
        }
    }

    #[test]
    fn terms_hold_or_not() {
        let holds = [
            "",
            "ada",
            "#1017",
            "status:paid",
            "total>100",
            "total:100..200",
            "total<=128.4",
            "date:2024-02",
            "date:2024-01..2024-03",
            "date:2024-02-29",
            "sku:av",
            "-status:shipped total=128.40",
            "customer.email:example",
            "operation:import -operation:cancel",
        ];
        for text in holds {
            assert!(
                Filter::parse(text)
                    .unwrap()
                    .matches(&order(), Known::default()),
                "{text}"
            );
        }
        for text in [
            "bo",
            "total>200",
            "date:2024-03..2024-04",
            "-ada",
            "outcome:rejected",
            "finding:KAM",
            "operation:status",
        ] {
            assert!(
                !Filter::parse(text)
                    .unwrap()
                    .matches(&order(), Known::default()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for text in [
            "colour:red",
            "total>much",
            "outcome:lost",
            "operation:refund",
            "date:soon",
            "status:",
        ] {
            let error = Filter::parse(text).unwrap_err();
            assert_eq!(error.term, text);
        }
    }
}
