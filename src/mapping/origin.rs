//! Where a value came from, worked out only when somebody looks.

use std::fmt;

use super::compiled::Compiled;
use super::evaluate::{Input, Scope};
use super::rule::{Recipe, Rule};
use super::used::Used;
use crate::finding::Place;
use crate::order::{Field, Level};
use crate::source::Group;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// One column or path: `Name, line 42`.
    Read {
        /// The column or path as the mapping names it.
        name: String,
        /// Line, byte, and column or JSON pointer.
        place: Place,
        /// Whether several values of it were added up.
        sum: bool,
    },
    /// Several columns or paths: `3 columns`.
    Several {
        /// Their names, each once.
        names: Vec<String>,
        /// `columns` or `members`.
        what: &'static str,
        /// Where each value stands.
        places: Vec<Place>,
    },
    /// Written in the mapping.
    Constant,
    /// No rule, or a rule that found nothing.
    Nothing,
}

impl Origin {
    /// Where the first value stands.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Read { place, .. } => Some(place),
            Self::Several { places, .. } => places.first(),
            Self::Constant | Self::Nothing => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { name, place, sum } => {
                let sum = if *sum { "sum of " } else { "" };
                match place.line {
                    Some(line) => write!(f, "{sum}{name}, line {line}"),
                    None => write!(f, "{sum}{name}"),
                }
            }
            Self::Several { names, what, .. } => write!(f, "{} {what}", names.len()),
            Self::Constant => f.write_str("constant"),
            Self::Nothing => Ok(()),
        }
    }
}

impl Compiled {
    /// The rule that fills a field, if there is one.
    fn rule_of(&self, field: Field) -> Option<&Rule<Input>> {
        let rules = match field.level() {
            Level::Order => &self.order,
            Level::Item => &self.item,
        };
        let known = rules.iter().find(|known| known.field == field)?;
        Some(&known.rule)
    }

    /// Where a field's value came from.
    pub fn origin(&self, field: Field, item: Option<usize>, group: &Group) -> Origin {
        let origin = self
            .rule_of(field)
            .map_or(Origin::Nothing, |rule| self.origin_of(rule, item, group));
        if field == Field::Currency && origin == Origin::Nothing && self.currency.is_some() {
            return Origin::Constant;
        }
        origin
    }

    /// The texts that a field was made of, each with its place.
    pub fn texts(&self, field: Field, item: Option<usize>, group: &Group) -> Vec<(String, Place)> {
        let rule = self.rule_of(field);
        rule.map_or_else(Vec::new, |rule| self.texts_of(rule, item, group))
    }

    /// The same of a vendor's own field.
    pub fn vendor_texts(
        &self,
        vendor: &str,
        path: &str,
        item: Option<usize>,
        group: &Group,
    ) -> Vec<(String, Place)> {
        let mut rules = self.vendor.iter();
        let rule = rules.find(|rule| rule.vendor == vendor && rule.path == path);
        rule.map_or_else(Vec::new, |rule| self.texts_of(&rule.rule, item, group))
    }

    fn texts_of(
        &self,
        rule: &Rule<Input>,
        item: Option<usize>,
        group: &Group,
    ) -> Vec<(String, Place)> {
        let used = self.used(rule, item, group).into_iter();
        used.map(|used| (used.text, used.place)).collect()
    }

    /// Where the value of a vendor's own field came from.
    pub fn vendor_origin(
        &self,
        vendor: &str,
        path: &str,
        item: Option<usize>,
        group: &Group,
    ) -> Origin {
        let rule = self
            .vendor
            .iter()
            .find(|rule| rule.vendor == vendor && rule.path == path);
        rule.map_or(Origin::Nothing, |rule| {
            self.origin_of(&rule.rule, item, group)
        })
    }

    /// Where a place of a native payload stands.
    pub fn native_origin(&self, pointer: &str, group: &Group) -> Origin {
        let Some(record) = group.records.first() else {
            return Origin::Nothing;
        };
        if record
            .json()
            .and_then(|json| json.pointer(pointer))
            .is_none()
        {
            return Origin::Nothing;
        }
        Origin::Read {
            name: pointer.to_owned(),
            place: record.place.clone().in_column(pointer),
            sum: false,
        }
    }

    /// Where a field's value stands in the file; where it would stand, if its column is empty there.
    pub fn place_of(&self, field: Field, item: Option<usize>, group: &Group) -> Option<Place> {
        let rule = self.rule_of(field)?;
        self.first_place(rule, item, group)
            .or_else(|| self.empty_place(rule, item, group))
    }

    fn empty_place(&self, rule: &Rule<Input>, item: Option<usize>, group: &Group) -> Option<Place> {
        let mut name = None;
        rule.inputs(&mut |input| {
            if name.is_none() {
                name = match input {
                    Input::Column { name, position } => position.map(|_| name.clone()),
                    Input::Path(path) => path.as_pointer().map(|pointer| match item {
                        Some(index) => format!("{}{pointer}", self.item_pointer(group, index)),
                        None => pointer,
                    }),
                    Input::Joined { inner, .. } => Some(inner.to_string()),
                };
            }
        });
        let record = match item {
            Some(index) => match self.lines(group).get(index)? {
                super::lines::Line::Row(record) | super::lines::Line::Joined(record, _) => record,
                super::lines::Line::Made(made) => made.record,
                super::lines::Line::Json { .. } => group.records.first()?,
            },
            None => group.records.first()?,
        };
        let place = record.place.clone();
        Some(match name {
            Some(name) => place.in_column(name),
            None => place,
        })
    }

    fn origin_of(&self, rule: &Rule<Input>, item: Option<usize>, group: &Group) -> Origin {
        if self.finds_nothing(rule, item, group) {
            return Origin::Nothing;
        }
        let used = self.used(rule, item, group);
        let mut names: Vec<String> = Vec::new();
        for Used { name, .. } in &used {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        let sum = used.len() > 1 && !matches!(rule.recipe, Recipe::Join(..));
        let mut places = used.into_iter().map(|used| used.place);
        match (names.len(), places.next()) {
            (0, _) | (_, None) => Origin::Constant,
            (1, Some(place)) => Origin::Read {
                name: names.remove(0),
                place,
                sum,
            },
            (_, Some(first)) => Origin::Several {
                names,
                what: if self.header.is_some() {
                    "columns"
                } else {
                    "members"
                },
                places: std::iter::once(first).chain(places).collect(),
            },
        }
    }

    fn finds_nothing(&self, rule: &Rule<Input>, item: Option<usize>, group: &Group) -> bool {
        let nothing = |scope| matches!(self.evaluator.value(rule, scope), Ok(None));
        match item {
            None => nothing(Scope::Order(&group.records)),
            Some(index) => {
                let lines = self.lines(group);
                let scope = lines
                    .get(index)
                    .and_then(|line| Self::item_scope(line, group, ""));
                scope.is_none_or(nothing)
            }
        }
    }

    /// What a rule reads, for an order or for one of its lines.
    pub(super) fn used(&self, rule: &Rule<Input>, item: Option<usize>, group: &Group) -> Vec<Used> {
        let mut used = Vec::new();
        match item {
            None => self
                .evaluator
                .used(rule, Scope::Order(&group.records), &mut used),
            Some(index) => {
                let pointer = self.item_pointer(group, index);
                let lines = self.lines(group);
                let scope = lines
                    .get(index)
                    .and_then(|line| Self::item_scope(line, group, &pointer));
                if let Some(scope) = scope {
                    self.evaluator.used(rule, scope, &mut used);
                }
            }
        }
        used
    }
}
