//! A rule: where a target's value comes from, and the transforms it goes through on the way.
//!
//! Generic over its inputs: names as the mapping file writes them, later columns and paths of one file.

use serde::Deserialize;

use super::lookup::Lookup;
use super::moment::Zone;
use super::number::Mark;

/// How one target gets its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule<I> {
    /// Where the value comes from.
    pub recipe: Recipe<I>,
    /// What is done with it, in order.
    pub steps: Vec<Step>,
}

/// Where a rule's value comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Recipe<I> {
    /// A column or a path.
    From(I),
    /// The same for every order.
    Value(String),
    /// Text with names in braces.
    Template(Vec<Piece<I>>),
    /// The first that is not empty.
    First(Vec<Rule<I>>),
    /// All that are not empty, with a text between them.
    Join(Vec<Rule<I>>, String),
    /// The sum of all numbers, those of every value of a path.
    Sum(Vec<Rule<I>>),
    /// The product; empty if a factor is.
    Product(Vec<Rule<I>>),
    /// The first divided by the second, if that is exact in the first's decimals (at least two).
    Quotient(Box<[Rule<I>; 2]>),
    /// The first less the second, which counts nothing if it is empty; empty if the first is.
    Difference(Box<[Rule<I>; 2]>),
    /// `true` if both numbers are equal, else `false`; empty if one is.
    Equal(Box<[Rule<I>; 2]>),
    /// `true` if any is not empty, else empty.
    Present(Vec<Rule<I>>),
    /// The value in each of an order's rows, for sums and joins.
    Each(Box<Rule<I>>),
    /// The first's value where the second has one.
    When(Box<[Rule<I>; 2]>),
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece<I> {
    /// As it stands.
    Text(String),
    /// The value of a column or path.
    Input(I),
}

/// One transform.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// White space off both ends.
    Trim,
    /// To small letters.
    Lower,
    /// To capitals.
    Upper,
    /// This text off the start, if it is there.
    StripPrefix(String),
    /// This text off the end, if it is there.
    StripSuffix(String),
    /// Every first text by the second.
    Replace([String; 2]),
    /// Cut at every `by`; the part counted from 1, from the end if negative.
    Split {
        /// What stands between the parts.
        by: String,
        /// Which part.
        pick: i32,
    },
    /// Read as a number with this decimal mark instead of the file's.
    Decimal(Mark),
    /// Read as a time in this format, in this zone if the text has no offset.
    Datetime(Datetime),
    /// Another text for each text, in any case; `*` stands for all others. Without `*` others stay.
    Lookup(Lookup),
    /// These texts mean that there is no value.
    Empty(Vec<String>),
    /// What counts where there is no value.
    Default(String),
    /// The number with the other sign.
    Negate,
    /// The number without its sign.
    Abs,
    /// The currency that an amount is written with: its ISO code, or the sign where that may mean several.
    Currency,
    /// A country's name, English or German, as its ISO code; what isn't known stays.
    Country,
}

/// How a time is written where it differs from the file's other times.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Datetime {
    /// As strftime writes it: `%d.%m.%Y %H:%M`. ISO 8601 needs none.
    pub format: Option<String>,
    /// Counts where the text has no offset.
    pub zone: Option<Zone>,
}

impl<I> Rule<I> {
    /// The same rule over other inputs.
    pub fn map<J, E>(&self, resolve: &mut dyn FnMut(&I) -> Result<J, E>) -> Result<Rule<J>, E> {
        fn all<I, J, E>(
            rules: &[Rule<I>],
            resolve: &mut dyn FnMut(&I) -> Result<J, E>,
        ) -> Result<Vec<Rule<J>>, E> {
            rules.iter().map(|rule| rule.map(resolve)).collect()
        }
        let recipe = match &self.recipe {
            Recipe::From(input) => Recipe::From(resolve(input)?),
            Recipe::Value(value) => Recipe::Value(value.clone()),
            Recipe::Template(pieces) => Recipe::Template(
                pieces
                    .iter()
                    .map(|piece| {
                        Ok(match piece {
                            Piece::Text(text) => Piece::Text(text.clone()),
                            Piece::Input(input) => Piece::Input(resolve(input)?),
                        })
                    })
                    .collect::<Result<_, E>>()?,
            ),
            Recipe::First(rules) => Recipe::First(all(rules, resolve)?),
            Recipe::Join(rules, with) => Recipe::Join(all(rules, resolve)?, with.clone()),
            Recipe::Sum(rules) => Recipe::Sum(all(rules, resolve)?),
            Recipe::Product(rules) => Recipe::Product(all(rules, resolve)?),
            Recipe::Present(rules) => Recipe::Present(all(rules, resolve)?),
            Recipe::Each(rule) => Recipe::Each(Box::new(rule.map(resolve)?)),
            Recipe::When(pair) => {
                Recipe::When(Box::new([pair[0].map(resolve)?, pair[1].map(resolve)?]))
            }
            Recipe::Quotient(pair) => {
                Recipe::Quotient(Box::new([pair[0].map(resolve)?, pair[1].map(resolve)?]))
            }
            Recipe::Difference(pair) => {
                Recipe::Difference(Box::new([pair[0].map(resolve)?, pair[1].map(resolve)?]))
            }
            Recipe::Equal(pair) => {
                Recipe::Equal(Box::new([pair[0].map(resolve)?, pair[1].map(resolve)?]))
            }
        };
        Ok(Rule {
            recipe,
            steps: self.steps.clone(),
        })
    }

    /// Visits every input that the rule might read.
    pub fn inputs<'r>(&'r self, visit: &mut dyn FnMut(&'r I)) {
        match &self.recipe {
            Recipe::From(input) => visit(input),
            Recipe::Value(_) => {}
            Recipe::Template(pieces) => {
                for piece in pieces {
                    if let Piece::Input(input) = piece {
                        visit(input);
                    }
                }
            }
            other => other.parts().iter().for_each(|rule| rule.inputs(visit)),
        }
    }
}

impl<I> Recipe<I> {
    /// The rules that it is made of.
    pub fn parts(&self) -> &[Rule<I>] {
        match self {
            Self::From(_) | Self::Value(_) | Self::Template(_) => &[],
            Self::First(rules)
            | Self::Join(rules, _)
            | Self::Sum(rules)
            | Self::Product(rules)
            | Self::Present(rules) => rules,
            Self::Each(rule) => std::slice::from_ref(rule),
            Self::Quotient(pair)
            | Self::Difference(pair)
            | Self::Equal(pair)
            | Self::When(pair) => &pair[..],
        }
    }
}

impl<I: std::fmt::Display> Rule<I> {
    /// In words, for the mapping screen: `Billing Name`, `sum of A and B`, `constant EUR`.
    pub fn describe(&self) -> String {
        let list = |rules: &[Self], word: &str| {
            let parts: Vec<String> = rules.iter().map(Self::describe).collect();
            parts.join(word)
        };
        let mut text = match &self.recipe {
            Recipe::From(input) => input.to_string(),
            Recipe::Value(value) => format!("constant {value}"),
            Recipe::Template(pieces) => {
                let mut text = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(part) => text.push_str(part),
                        Piece::Input(input) => text.extend(["{", &input.to_string(), "}"]),
                    }
                }
                text
            }
            Recipe::First(rules) => list(rules, ", else "),
            Recipe::Join(rules, _) => list(rules, " with "),
            Recipe::Sum(rules) => format!("sum of {}", list(rules, " and ")),
            Recipe::Product(rules) => list(rules, " × "),
            Recipe::Quotient(pair) => list(&pair[..], " ÷ "),
            Recipe::Difference(pair) => list(&pair[..], " less "),
            Recipe::Equal(pair) => format!("whether {}", list(&pair[..], " = ")),
            Recipe::Each(rule) => format!("each row's {}", rule.describe()),
            Recipe::When(pair) => list(&pair[..], " where there is "),
            Recipe::Present(rules) => format!("whether there is {}", list(rules, " or ")),
        };
        for step in &self.steps {
            if let Some(words) = step.describe() {
                text.push_str(", ");
                text.push_str(&words);
            }
        }
        text
    }
}

/// What transforms make of a text; nothing where it can't be read.
pub fn transformed(steps: &[Step], text: &str) -> Option<String> {
    let notation = super::value::Notation::default();
    let mut value = Some(super::value::Value::Raw(text.into()));
    for step in steps {
        value = step.apply(value, &notation).ok()?;
    }
    value.map(|value| value.text().into_owned())
}

impl Step {
    /// In words, for a list of what is done.
    pub fn words(&self) -> String {
        match self {
            Self::Trim => "white space off both ends".into(),
            Self::Decimal(mark) => {
                format!("a number with decimal {}", super::write::mark_text(*mark))
            }
            Self::Datetime(how) => match &how.format {
                Some(format) => format!("a time as {format}"),
                None => "a time".into(),
            },
            Self::Empty(texts) => format!("nothing if it is {}", texts.join(" or ")),
            other => other.describe().unwrap_or_default(),
        }
    }

    /// In words; `None` for what need not be said.
    fn describe(&self) -> Option<String> {
        Some(match self {
            Self::Trim | Self::Decimal(_) | Self::Datetime(_) | Self::Empty(_) => return None,
            Self::Lower => "in small letters".into(),
            Self::Upper => "in capitals".into(),
            Self::StripPrefix(text) => format!("without `{text}` before"),
            Self::StripSuffix(text) => format!("without `{text}` behind"),
            Self::Replace([from, to]) => format!("`{from}` as `{to}`"),
            Self::Split { by, pick } => format!("part {pick} at `{by}`"),
            Self::Lookup(_) => "looked up".into(),
            Self::Default(value) => format!("else {value}"),
            Self::Negate => "negated".into(),
            Self::Abs => "without sign".into(),
            Self::Currency => "its currency".into(),
            Self::Country => "as a country code".into(),
        })
    }
}
