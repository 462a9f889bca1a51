//! Reads a rule as a mapping file writes it: a name, or a table with one source and transforms.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::rule::{Piece, Recipe, Rule, Step};

/// Nested deeper than this, a rule is a mistake.
const DEEPEST: usize = 8;
/// More parts or transforms than this are a mistake too.
const LONGEST: usize = 64;

impl<'de> Deserialize<'de> for Rule<String> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Rule<String>;

            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a column or path, or a table with one of from, value, template, first, join, sum, product, quotient, difference, equal, present, each")
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
    difference: Option<[Rule<String>; 2]>,
    equal: Option<[Rule<String>; 2]>,
    present: Option<Vec<Rule<String>>>,
    each: Option<Box<Rule<String>>>,
    when: Option<Box<Rule<String>>>,
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
            self.difference
                .map(|pair| Recipe::Difference(Box::new(pair))),
            self.equal.map(|pair| Recipe::Equal(Box::new(pair))),
            self.present.map(Recipe::Present),
            self.each.map(Recipe::Each),
        ];
        let mut given = sources.into_iter().flatten();
        let (Some(recipe), None) = (given.next(), given.next()) else {
            return Err(
                "a rule has exactly one of from, value, template, first, join, sum, product, quotient, difference, equal, present, each".into(),
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
        let rule = Rule {
            recipe,
            steps: self.steps,
        };
        Ok(match self.when {
            Some(condition) => Rule {
                recipe: Recipe::When(Box::new([rule, *condition])),
                steps: Vec::new(),
            },
            None => rule,
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
                r#"{ sum = [{ each = { from = "A", when = "B", do = ["negate"] } }] }"#,
                "sum of each row's A, negated where there is B",
            ),
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
