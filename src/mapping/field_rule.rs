//! A field and the rule that fills it, with what can be told of both before any record is read.

use super::evaluate::Input;
use super::put;
use super::rule::{Recipe, Rule};
use crate::order::{Field, Kind};

/// A field and the rule that fills it.
#[derive(Debug, Clone)]
pub(super) struct FieldRule {
    pub(super) field: Field,
    pub(super) rule: Rule<Input>,
    /// The columns of which the rule takes the first that isn't empty, if it does nothing else, as most do.
    pub(super) columns: Option<Box<[usize]>>,
    /// Whether spreadsheets take its texts for numbers.
    pub(super) is_identifier: bool,
    /// Whether a text is kept once it was looked at.
    pub(super) keeps_text: bool,
}

impl FieldRule {
    pub(super) fn new(field: Field, rule: Rule<Input>) -> Self {
        Self {
            field,
            columns: columns(&rule),
            is_identifier: put::is_identifier(field),
            keeps_text: true,
            rule,
        }
    }

    /// Texts are looked at only, but for the id.
    pub(super) fn forget_text(&mut self) {
        self.keeps_text = self.field == Field::Id || self.field.kind() != Kind::Text;
    }

    /// Whether nothing is done with a sound text: it is kept by nobody, and nothing can be wrong with it.
    pub(super) fn is_idle(&self) -> bool {
        !self.keeps_text && !self.is_identifier && self.columns.is_some()
    }
}

/// What the file lacks is none of them.
fn columns(rule: &Rule<Input>) -> Option<Box<[usize]>> {
    let parts = match &rule.recipe {
        Recipe::First(parts) if rule.steps.is_empty() => parts.as_slice(),
        _ => std::slice::from_ref(rule),
    };
    let columns: Option<Vec<_>> = parts.iter().map(Rule::plain_column).collect();
    Some(columns?.into_iter().flatten().collect())
}
