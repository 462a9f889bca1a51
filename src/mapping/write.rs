//! Rules as a mapping file writes them: what is read again is the same rule.

use toml_edit::{Array, InlineTable, Value};

use super::number::Mark;
use super::rule::{Datetime, Piece, Recipe, Rule, Step};

impl Rule<String> {
    /// As a value of a mapping file: a name, or a table with one source and transforms.
    pub fn to_toml(&self) -> Value {
        if let (Recipe::From(name), true) = (&self.recipe, self.steps.is_empty()) {
            return name.as_str().into();
        }
        self.table().into()
    }

    fn table(&self) -> InlineTable {
        let mut table = InlineTable::new();
        match &self.recipe {
            Recipe::From(name) => put(&mut table, "from", name.as_str()),
            Recipe::Value(value) => put(&mut table, "value", value.as_str()),
            Recipe::Template(pieces) => put(&mut table, "template", template(pieces)),
            Recipe::First(rules) => put(&mut table, "first", list(rules)),
            Recipe::Join(rules, with) => {
                put(&mut table, "join", list(rules));
                put(&mut table, "with", with.as_str());
            }
            Recipe::Sum(rules) => put(&mut table, "sum", list(rules)),
            Recipe::Product(rules) => put(&mut table, "product", list(rules)),
            Recipe::Present(rules) => put(&mut table, "present", list(rules)),
            Recipe::Quotient(pair) => put(&mut table, "quotient", list(&pair[..])),
            Recipe::Equal(pair) => put(&mut table, "equal", list(&pair[..])),
            Recipe::Difference(pair) => put(&mut table, "difference", list(&pair[..])),
            Recipe::Each(rule) => put(&mut table, "each", rule.to_toml()),
            Recipe::When(pair) => {
                // The condition stands beside what the rule is made of.
                let [rule, condition] = &**pair;
                table = rule.table();
                put(&mut table, "when", condition.to_toml());
            }
        }
        if !self.steps.is_empty() {
            let steps: Array = self.steps.iter().map(Step::to_toml).collect();
            put(&mut table, "do", steps);
        }
        table
    }
}

fn put(table: &mut InlineTable, key: &str, value: impl Into<Value>) {
    table.insert(key, value.into());
}

fn list(rules: &[Rule<String>]) -> Array {
    rules.iter().map(Rule::to_toml).collect()
}

fn template(pieces: &[Piece<String>]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(part) => text.push_str(&part.replace('{', "{{").replace('}', "}}")),
            Piece::Input(name) => text.extend(["{", name, "}"]),
        }
    }
    text
}

impl Step {
    fn to_toml(&self) -> Value {
        match self {
            Self::Trim => "trim".into(),
            Self::Lower => "lower".into(),
            Self::Upper => "upper".into(),
            Self::Negate => "negate".into(),
            Self::Abs => "abs".into(),
            Self::StripPrefix(text) => one("strip_prefix", text.as_str()),
            Self::StripSuffix(text) => one("strip_suffix", text.as_str()),
            Self::Replace([from, to]) => {
                let pair: Array = [from.as_str(), to.as_str()].into_iter().collect();
                one("replace", pair)
            }
            Self::Split { by, pick } => {
                let mut table = InlineTable::new();
                put(&mut table, "by", by.as_str());
                put(&mut table, "pick", i64::from(*pick));
                one("split", table)
            }
            Self::Decimal(mark) => one("decimal", mark_text(*mark)),
            Self::Datetime(Datetime { format, zone }) => {
                let mut table = InlineTable::new();
                if let Some(format) = format {
                    put(&mut table, "format", format.as_str());
                }
                if let Some(zone) = zone {
                    put(&mut table, "zone", zone.name());
                }
                one("datetime", table)
            }
            Self::Lookup(words) => {
                let mut table = InlineTable::new();
                for (word, ours) in words.words() {
                    put(&mut table, word, ours.as_str());
                }
                one("lookup", table)
            }
            Self::Empty(words) => {
                let words: Array = words.iter().map(String::as_str).collect();
                one("empty", words)
            }
            Self::Default(value) => one("default", value.as_str()),
            Self::Currency => "currency".into(),
            Self::Country => "country".into(),
        }
    }
}

fn one(key: &str, value: impl Into<Value>) -> Value {
    let mut table = InlineTable::new();
    put(&mut table, key, value);
    table.into()
}

/// The mark as `[read] decimal_mark` has it.
pub(super) const fn mark_text(mark: Mark) -> &'static str {
    match mark {
        Mark::Point => ".",
        Mark::Comma => ",",
    }
}

/// A text between quotes as TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A name as a key of a table: bare if it may be.
pub(super) fn key(name: &str) -> String {
    toml_edit::Key::new(name).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::presets;

    fn again(rule: &Rule<String>) -> Rule<String> {
        #[derive(serde::Deserialize)]
        struct One {
            rule: Rule<String>,
        }
        let text = format!("rule = {}", rule.to_toml());
        toml::from_str::<One>(&text)
            .unwrap_or_else(|error| panic!("{text}\n{error}"))
            .rule
    }

    #[test]
    fn the_rules_of_every_preset_come_back_the_same() {
        let mut count = 0;
        for preset in presets() {
            for (_, rule) in preset.rules() {
                assert_eq!(again(rule), *rule);
                count += 1;
            }
        }
        assert!(count > 50);
    }

    #[test]
    fn every_source_and_transform_comes_back_the_same() {
        for text in [
            r#"{ template = "{A}, {{x}} {B}" }"#,
            r#"{ join = ["A", "B"], with = ", " }"#,
            r#"{ product = ["A", { from = "B", do = ["negate", "abs"] }] }"#,
            r#"{ quotient = ["A", "B"] }"#,
            r#"{ difference = ["A", "B"] }"#,
            r#"{ sum = [{ each = "A" }], when = { from = "B", do = ["upper"] } }"#,
            r#"{ from = "A", do = ["currency", "country"] }"#,
            r##"{ from = "A", do = ["trim", "lower", "upper", { strip_prefix = "#" }, { strip_suffix = ".0" }, { replace = ["-", ""] }, { split = { by = " ", pick = -1 } }] }"##,
            r#"{ from = "A", do = [{ decimal = "," }, { datetime = { format = "%d/%m/%y", zone = "+02:00" } }, { datetime = {} }, { lookup = { "*" = "", web = "Website" } }, { empty = ["0"] }, { default = "x" }] }"#,
            r#"{ from = "with \"quotes\" and \\ \n line" }"#,
        ] {
            #[derive(serde::Deserialize)]
            struct One {
                rule: Rule<String>,
            }
            let one: One = toml::from_str(&format!("rule = {text}")).unwrap();
            assert_eq!(again(&one.rule), one.rule, "{text}");
        }
    }
}
