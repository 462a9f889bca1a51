//! A field and the rule that fills it, with what can be told of both before any record is read.

use super::evaluate::Input;
use super::put;
use super::rule::{Recipe, Rule, Step};
use crate::order::{Field, Kind};
use crate::source::Columns;

/// A field and the rule that fills it.
#[derive(Debug, Clone)]
pub(super) struct FieldRule {
    pub(super) field: Field,
    pub(super) rule: Rule<Input>,
    pub(super) route: Route,
    /// Where none of these holds anything, there is no value.
    pub(super) columns: Columns,
    /// Whether spreadsheets take its texts for numbers.
    pub(super) is_identifier: bool,
    /// Whether a text is kept once it was looked at.
    pub(super) keeps_text: bool,
    /// Whether nothing is done with a sound text: it is kept by nobody, and nothing can be wrong with it.
    pub(super) is_idle: bool,
}

/// How a rule comes to its value.
#[derive(Debug, Clone)]
pub(super) enum Route {
    /// It reads a column and does nothing else, as most do.
    Cell(usize),
    /// It takes the first of some columns that isn't empty, and does nothing else.
    FirstOf(Box<[usize]>),
    /// It reads a column, and makes something else of what stands there; of nothing it makes nothing.
    Steps(usize),
    /// By more than that.
    Rule,
}

impl FieldRule {
    pub(super) fn new(field: Field, rule: Rule<Input>) -> Self {
        let route = Route::of(&rule);
        Self {
            field,
            columns: route.columns(),
            route,
            is_identifier: put::is_identifier(field),
            keeps_text: true,
            is_idle: false,
            rule,
        }
    }

    /// Texts are looked at only, but for the id.
    pub(super) fn forget_text(&mut self) {
        self.keeps_text = self.field == Field::Id || self.field.kind() != Kind::Text;
        let is_read = matches!(self.route, Route::Cell(_) | Route::FirstOf(_));
        self.is_idle = !self.keeps_text && !self.is_identifier && is_read;
    }
}

impl Route {
    fn of(rule: &Rule<Input>) -> Self {
        let parts = match &rule.recipe {
            Recipe::First(parts) if rule.steps.is_empty() => parts.as_slice(),
            _ => std::slice::from_ref(rule),
        };
        let columns: Option<Vec<_>> = parts.iter().map(Rule::plain_column).collect();
        let Some(columns) = columns else {
            let has_default = rule
                .steps
                .iter()
                .any(|step| matches!(step, Step::Default(_)));
            return match &rule.recipe {
                Recipe::From(Input::Column {
                    position: Some(column),
                    ..
                }) if !has_default => Self::Steps(*column),
                _ => Self::Rule,
            };
        };
        // What the file lacks is none of them.
        let columns: Vec<usize> = columns.into_iter().filter_map(Input::position).collect();
        match *columns {
            [column] => Self::Cell(column),
            _ => Self::FirstOf(columns.into()),
        }
    }

    /// The columns without which it leads nowhere.
    fn columns(&self) -> Columns {
        match self {
            Self::Cell(column) | Self::Steps(column) => [*column].into_iter().collect(),
            Self::FirstOf(columns) => columns.iter().copied().collect(),
            // It may make something of nothing.
            Self::Rule => Columns::ALL,
        }
    }
}
