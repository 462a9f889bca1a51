//! A rule: where a target's value comes from, and the transforms it goes through on the way.
//!
//! Generic over its inputs: names as the mapping file writes them, later columns and paths of one file.

use std::collections::BTreeMap;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::moment::Zone;
use super::number::Mark;

/// Nested deeper than this, a rule is a mistake.
const DEEPEST: usize = 8;
/// More parts or transforms than this are a mistake too.
const LONGEST: usize = 64;

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
    /// `true` if both numbers are equal, else `false`; empty if one is.
    Equal(Box<[Rule<I>; 2]>),
    /// `true` if any is not empty, else empty.
    Present(Vec<Rule<I>>),
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
    Lookup(BTreeMap<String, String>),
    /// These texts mean that there is no value.
    Empty(Vec<String>),
    /// What counts where there is no value.
    Default(String),
    /// The number with the other sign.
    Negate,
    /// The number without its sign.
    Abs,
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
            Recipe::Quotient(pair) => {
                Recipe::Quotient(Box::new([pair[0].map(resolve)?, pair[1].map(resolve)?]))
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
            Self::Quotient(pair) | Self::Equal(pair) => &pair[..],
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
                        Piece::Input(input) => text.push_str(&format!("{{{input}}}")),
                    }
                }
                text
            }
            Recipe::First(rules) => list(rules, ", else "),
            Recipe::Join(rules, _) => list(rules, " with "),
            Recipe::Sum(rules) => format!("sum of {}", list(rules, " and ")),
            Recipe::Product(rules) => list(rules, " × "),
            Recipe::Quotient(pair) => list(&pair[..], " ÷ "),
            Recipe::Equal(pair) => format!("whether {}", list(&pair[..], " = ")),
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

impl Step {
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
        })
    }
}

impl<'de> Deserialize<'de> for Rule<String> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Rule<String>;

            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a column or path, or a table with one of from, value, template, first, join, sum, product, quotient, equal, present")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Rule {
                    recipe: Recipe::From(text.to_owned()),
                    steps: Vec::new(),
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Table::deserialize(MapAccessDeserializer::new(map))?
                    .into_rule()
                    .map_err(A::Error::custom)
            }
        }
        let rule = deserializer.deserialize_any(Reader)?;
        if depth(&rule) > DEEPEST {
            return Err(D::Error::custom("the rule is nested too deeply"));
        }
        Ok(rule)
    }
}

fn depth(rule: &Rule<String>) -> usize {
    1 + rule.recipe.parts().iter().map(depth).max().unwrap_or(0)
}

/// A rule as a TOML table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    from: Option<String>,
    value: Option<String>,
    template: Option<String>,
    first: Option<Vec<Rule<String>>>,
    join: Option<Vec<Rule<String>>>,
    with: Option<String>,
    sum: Option<Vec<Rule<String>>>,
    product: Option<Vec<Rule<String>>>,
    quotient: Option<[Rule<String>; 2]>,
    equal: Option<[Rule<String>; 2]>,
    present: Option<Vec<Rule<String>>>,
    #[serde(rename = "do", default)]
    steps: Vec<Step>,
}

impl Table {
    fn into_rule(self) -> Result<Rule<String>, String> {
        if self.with.is_some() && self.join.is_none() {
            return Err("`with` belongs to `join`".into());
        }
        let with = self.with.unwrap_or_else(|| " ".to_owned());
        let template = self.template.as_deref().map(pieces).transpose()?;
        let sources = [
            self.from.map(Recipe::From),
            self.value.map(Recipe::Value),
            template.map(Recipe::Template),
            self.first.map(Recipe::First),
            self.join.map(|rules| Recipe::Join(rules, with)),
            self.sum.map(Recipe::Sum),
            self.product.map(Recipe::Product),
            self.quotient.map(|pair| Recipe::Quotient(Box::new(pair))),
            self.equal.map(|pair| Recipe::Equal(Box::new(pair))),
            self.present.map(Recipe::Present),
        ];
        let mut given = sources.into_iter().flatten();
        let (Some(recipe), None) = (given.next(), given.next()) else {
            return Err(
                "a rule has exactly one of from, value, template, first, join, sum, product, quotient, equal, present".into(),
            );
        };
        if recipe.parts().len() > LONGEST || self.steps.len() > LONGEST {
            return Err(format!(
                "a rule has at most {LONGEST} parts and {LONGEST} transforms"
            ));
        }
        for step in &self.steps {
            step.check()?;
        }
        Ok(Rule {
            recipe,
            steps: self.steps,
        })
    }
}

impl Step {
    fn check(&self) -> Result<(), String> {
        match self {
            Self::Split { by, .. } if by.is_empty() => {
                Err("`split` needs a text to split by".into())
            }
            Self::Split { pick: 0, .. } => {
                Err("`pick` counts from 1, or from the end with -1".into())
            }
            Self::Replace([from, _]) if from.is_empty() => {
                Err("`replace` needs a text to look for".into())
            }
            _ => Ok(()),
        }
    }
}

/// Cuts a template at its braces; `{{` and `}}` stand for braces themselves.
fn pieces(template: &str) -> Result<Vec<Piece<String>>, String> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = template;
    while let Some(symbol) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix("{{") {
            text.push('{');
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix("}}") {
            text.push('}');
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix('{') {
            let (name, behind) = behind
                .split_once('}')
                .ok_or_else(|| format!("the template `{template}` has a `{{` without `}}`"))?;
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            pieces.push(Piece::Input(name.to_owned()));
            rest = behind;
        } else if symbol == '}' {
            return Err(format!("the template `{template}` has a `}}` without `{{`"));
        } else {
            text.push(symbol);
            rest = &rest[symbol.len_utf8()..];
        }
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    if pieces.len() > LONGEST {
        return Err(format!("a template has at most {LONGEST} parts"));
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct One {
        rule: Rule<String>,
    }

    fn rule(text: &str) -> Result<Rule<String>, String> {
        toml::from_str::<One>(&format!("rule = {text}"))
            .map(|one| one.rule)
            .map_err(|error| error.message().to_owned())
    }

    #[test]
    fn rules_say_themselves_in_words() {
        for (text, words) in [
            (r#""Email""#, "Email"),
            (r#"{ value = "EUR" }"#, "constant EUR"),
            (r#"{ template = "{A}, {B} {{x}}" }"#, "{A}, {B} {x}"),
            (
                r#"{ first = ["A", { from = "B", do = ["lower"] }] }"#,
                "A, else B, in small letters",
            ),
            (
                r#"{ sum = ["A", "B"], do = ["negate"] }"#,
                "sum of A and B, negated",
            ),
            (r#"{ quotient = ["A", "B"] }"#, "A ÷ B"),
            (
                r#"{ from = "A", do = [{ split = { by = " ", pick = -1 } }] }"#,
                "A, part -1 at ` `",
            ),
        ] {
            assert_eq!(rule(text).unwrap().describe(), words);
        }
    }

    #[test]
    fn rules_that_are_none_say_why() {
        for (text, why) in [
            (r#"{ from = "A", value = "B" }"#, "exactly one"),
            (r#"{ do = ["trim"] }"#, "exactly one"),
            (r#"{ from = "A", with = "," }"#, "`with` belongs to `join`"),
            (
                r#"{ from = "A", do = ["shout"] }"#,
                "unknown variant `shout`",
            ),
            (
                r#"{ from = "A", do = [{ split = { by = ",", pick = 0 } }] }"#,
                "from 1",
            ),
            (r#"{ template = "{A" }"#, "without `}`"),
            (r#"{ form = "A" }"#, "unknown field `form`"),
            (
                r#"{ from = "A", do = [{ datetime = { zone = "Nowhere/Land" } }] }"#,
                "no time zone",
            ),
            ("7", "a column or path"),
        ] {
            let error = rule(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
        let deep = format!("{}\"A\"{}", "{ first = [".repeat(9), "] }".repeat(9));
        assert!(rule(&deep).unwrap_err().contains("too deeply"));
    }
}
