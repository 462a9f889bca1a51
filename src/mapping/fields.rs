//! `[order]` and `[item]`: targets by their names in the field table, each with its rule.

use std::fmt;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::rule::Rule;
use crate::mistake::nearest;
use crate::order::{Field, Level};

/// The rules of `[order]`, in the order of the field table.
#[derive(Debug, Clone, Default)]
pub(super) struct OrderRules(pub(super) Vec<(Field, Rule<String>)>);

/// The rules of `[item]`.
#[derive(Debug, Clone, Default)]
pub(super) struct ItemRules(pub(super) Vec<(Field, Rule<String>)>);

impl<'de> Deserialize<'de> for OrderRules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut rules = Vec::new();
        Fields::new("", Level::Order, &mut rules).deserialize(deserializer)?;
        rules.sort_by_key(|(field, _)| *field);
        Ok(Self(rules))
    }
}

impl<'de> Deserialize<'de> for ItemRules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut rules = Vec::new();
        Fields::new("items.", Level::Item, &mut rules).deserialize(deserializer)?;
        rules.sort_by_key(|(field, _)| *field);
        Ok(Self(rules))
    }
}

/// Reads a table of targets; `customer.email = …` and `[order.customer]` mean the same.
struct Fields<'r> {
    prefix: String,
    level: Level,
    rules: &'r mut Vec<(Field, Rule<String>)>,
}

impl<'r> Fields<'r> {
    fn new(prefix: &str, level: Level, rules: &'r mut Vec<(Field, Rule<String>)>) -> Self {
        Self {
            prefix: prefix.to_owned(),
            level,
            rules,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Fields<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a table of targets")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let name = format!("{}{key}", self.prefix);
            let field = Field::from_name(&name).filter(|field| field.level() == self.level);
            if let Some(field) = field {
                self.rules.push((field, map.next_value()?));
                continue;
            }
            let prefix = format!("{name}.");
            let begins =
                |field: &Field| field.level() == self.level && field.name().starts_with(&prefix);
            if Field::ALL.iter().any(begins) {
                map.next_value_seed(Fields::new(&prefix, self.level, self.rules))?;
            } else {
                // Reading on puts the error on the line of this entry.
                map.next_value_seed(Unknown {
                    name: &key,
                    whole: &name,
                    level: self.level,
                })?;
            }
        }
        Ok(())
    }
}

/// Fails in place of a value whose target is unknown.
struct Unknown<'k> {
    name: &'k str,
    /// With the tables that it stands in.
    whole: &'k str,
    level: Level,
}

impl<'de> DeserializeSeed<'de> for Unknown<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        IgnoredAny::deserialize(deserializer)?;
        let known = Field::ALL
            .iter()
            .filter(|field| field.level() == self.level);
        let near = nearest(self.whole, known.map(|field| field.name()));
        let next = match near {
            Some(near) => format!("did you mean `{}`?", near.trim_start_matches("items.")),
            None => "`orderdeck manual mapping` lists them all".to_owned(),
        };
        let name = self.name;
        Err(D::Error::custom(format!(
            "there is no target `{name}`; {next}"
        )))
    }
}
