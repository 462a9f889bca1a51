//! Evaluates a rule over the records of one order, and names what it read.

use std::fmt;

use super::cut::cut;
use super::join::CompiledJoin;
use super::lines::Made;
use super::meaning::Meaning;
use super::path::{self, Path};
use super::rule::{Piece, Recipe, Rule};
use super::value::{Bad, Notation, Value};
use crate::finding::Place;
use crate::order::Decimal;
use crate::order::money::trim_scale;
use crate::source::{Columns, Record, Row};

/// A column or path of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Input {
    /// A column; without a position the file lacks it.
    Column {
        name: String,
        position: Option<usize>,
    },
    /// A path in a JSON object.
    Path(Path),
    /// A column or path in a file that is joined, named as the mapping does.
    Joined { join: usize, inner: Box<Input> },
}

impl Input {
    /// Where its column stands; none where the file lacks it, and for paths.
    pub(super) fn position(&self) -> Option<usize> {
        match self {
            Self::Column { position, .. } => *position,
            Self::Path(_) | Self::Joined { .. } => None,
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column { name, .. } => f.write_str(name),
            Self::Path(path) => write!(f, "{path}"),
            Self::Joined { inner, .. } => inner.fmt(f),
        }
    }
}

/// What a rule reads from.
#[derive(Clone, Copy)]
pub(super) enum Scope<'g> {
    /// All records of an order: a column's first cell that is not empty.
    Order(&'g [Record]),
    /// One row.
    Row(&'g Record),
    /// One line item inside an object.
    Item {
        record: &'g Record,
        item: &'g serde_json::Value,
        /// Its JSON pointer in the object.
        pointer: &'g str,
    },
    /// One line made of a row's cells.
    Made(&'g Made<'g>),
    /// A record of a joined file that is a line.
    Joined {
        record: &'g Record,
        join: usize,
        /// The order's own records.
        order: &'g [Record],
    },
}

impl<'g> Scope<'g> {
    /// The order's own records; of a line its own.
    pub(super) fn order(self) -> &'g [Record] {
        match self {
            Self::Order(records) => records,
            Self::Row(record) | Self::Item { record, .. } => std::slice::from_ref(record),
            Self::Made(made) => std::slice::from_ref(made.record),
            Self::Joined { order, .. } => order,
        }
    }

    /// The columns that may hold anything.
    pub(super) fn filled(self) -> Columns {
        match self {
            Self::Order([record]) | Self::Row(record) => record.filled(),
            Self::Order(records) => filled(records),
            Self::Item { .. } | Self::Made(_) | Self::Joined { .. } => Columns::ALL,
        }
    }
}

/// The columns that hold anything in any of the records.
pub(super) fn filled(records: &[Record]) -> Columns {
    let records = records.iter().map(Record::filled);
    records.fold(Columns::default(), Columns::with)
}

/// A bad value, and the rule that read it.
pub(super) struct Problem<'r> {
    pub(super) bad: Box<Bad>,
    /// The part of the rule that met it.
    pub(super) culprit: &'r Rule<Input>,
}

/// Evaluates rules over one file's records.
#[derive(Debug, Clone, Default)]
pub(super) struct Evaluator {
    pub(super) notation: Notation,
    pub(super) meaning: Meaning,
    /// The files that inputs come from besides the order file.
    pub(super) joins: Vec<CompiledJoin>,
}

/// Takes a place, made only if it is asked for, and the value that stands there.
type Found<'f, 'a> = dyn FnMut(&dyn Fn() -> Place, Result<Value<'a>, Box<Bad>>) + 'f;

type Evaluated<'a> = Result<Option<Value<'a>>, Problem<'a>>;

impl Evaluator {
    /// The rule's value. Most rules read a column and do nothing else, and most cells are empty: nothing more is
    /// asked of these.
    #[inline]
    pub(super) fn first_value<'a>(
        &'a self,
        rule: &'a Rule<Input>,
        scope: Scope<'a>,
    ) -> Evaluated<'a> {
        match rule.plain_column() {
            Some(input) => {
                let text = (input.position()).and_then(|column| self.first_cell(column, scope));
                Ok(text.map(|text| Value::Raw(text.into())))
            }
            None => self.value(rule, scope),
        }
    }

    /// The first cell of a column that isn't empty.
    #[inline]
    pub(super) fn first_cell<'a>(&self, column: usize, scope: Scope<'a>) -> Option<&'a str> {
        let mut records = scope.order().iter();
        records.find_map(|record| self.cell(record, column))
    }

    /// The rule's value; `None` if it has none.
    pub(super) fn value<'a>(&'a self, rule: &'a Rule<Input>, scope: Scope<'a>) -> Evaluated<'a> {
        let (mut value, steps) = match &rule.recipe {
            Recipe::From(Input::Column { position, .. }) => {
                let text = position.and_then(|column| self.first_cell(column, scope));
                text.map_or((None, rule.steps.as_slice()), |text| cut(text, &rule.steps))
            }
            _ => (self.recipe(rule, scope)?, rule.steps.as_slice()),
        };
        for step in steps {
            value = step
                .apply(value, &self.notation)
                .map_err(|bad| Problem { bad, culprit: rule })?;
        }
        Ok(value)
    }

    fn recipe<'a>(&'a self, rule: &'a Rule<Input>, scope: Scope<'a>) -> Evaluated<'a> {
        let problem = |bad| Problem { bad, culprit: rule };
        Ok(match &rule.recipe {
            Recipe::From(input) => self.read(input, scope).map_err(problem)?,
            Recipe::Value(text) => (!text.is_empty()).then_some(Value::Plain(text.into())),
            Recipe::Template(pieces) => {
                let mut text = String::new();
                let mut any = false;
                for piece in pieces {
                    match piece {
                        Piece::Text(part) => text.push_str(part),
                        Piece::Input(input) => {
                            if let Some(value) = self.read(input, scope).map_err(problem)? {
                                any = true;
                                text.push_str(&value.text());
                            }
                        }
                    }
                }
                any.then(|| Value::Raw(text.into()))
            }
            Recipe::First(rules) => {
                for part in rules {
                    let found = self.first_value(part, scope);
                    if !matches!(found, Ok(None)) {
                        return found;
                    }
                }
                None
            }
            Recipe::Join(rules, with) => {
                let mut text = String::new();
                for part in rules {
                    for value in self.values(part, scope)? {
                        if !text.is_empty() {
                            text.push_str(with);
                        }
                        text.push_str(&value.text());
                    }
                }
                (!text.is_empty()).then(|| Value::Raw(text.into()))
            }
            Recipe::Sum(rules) => {
                let mut sum: Option<Decimal> = None;
                let mut add = |value: &Value<'a>, part| {
                    let number = self.number(value, part)?;
                    let before = sum.unwrap_or_default();
                    sum = Some(before.checked_add(number).ok_or_else(|| too_large(rule))?);
                    Ok(())
                };
                for part in rules {
                    if part.has_many_values() {
                        for value in self.values(part, scope)? {
                            add(&value, part)?;
                        }
                    } else if let Some(value) = self.value(part, scope)? {
                        add(&value, part)?;
                    }
                }
                sum.map(Value::Number)
            }
            Recipe::Product(rules) => {
                let mut product = Decimal::ONE;
                for part in rules {
                    let Some(value) = self.value(part, scope)? else {
                        return Ok(None);
                    };
                    let number = self.number(&value, part)?;
                    product = product.checked_mul(number).ok_or_else(|| too_large(rule))?;
                }
                Some(Value::Number(trim_scale(product)))
            }
            Recipe::Quotient(pair) => self
                .pair(pair, scope)?
                .and_then(|[dividend, divisor]| exact_quotient(dividend, divisor))
                .map(Value::Number),
            Recipe::Difference(pair) => {
                let [from, less] = &**pair;
                let Some(value) = self.value(from, scope)? else {
                    return Ok(None);
                };
                let number = self.number(&value, from)?;
                let less = match self.value(less, scope)? {
                    Some(value) => self.number(&value, less)?,
                    None => Decimal::ZERO,
                };
                Some(Value::Number(
                    number.checked_sub(less).ok_or_else(|| too_large(rule))?,
                ))
            }
            Recipe::Equal(pair) => self.pair(pair, scope)?.map(|[left, right]| {
                Value::Plain(if left == right { "true" } else { "false" }.into())
            }),
            Recipe::When(pair) => {
                let [value, condition] = &**pair;
                if self.value(condition, scope)?.is_none() {
                    return Ok(None);
                }
                self.value(value, scope)?
            }
            Recipe::Each(part) => self.each(part, scope)?.into_iter().next(),
            Recipe::Present(rules) => {
                for part in rules {
                    if self.first_value(part, scope)?.is_some() {
                        return Ok(Some(Value::Plain("true".into())));
                    }
                }
                None
            }
        })
    }

    fn pair<'a>(
        &'a self,
        pair: &'a [Rule<Input>; 2],
        scope: Scope<'a>,
    ) -> Result<Option<[Decimal; 2]>, Problem<'a>> {
        let [left, right] = pair;
        if let (Some(one), Some(other)) = (
            self.plain_number(left, scope),
            self.plain_number(right, scope),
        ) {
            return Ok(Some([one, other]));
        }
        let (Some(one), Some(other)) = (self.value(left, scope)?, self.value(right, scope)?) else {
            return Ok(None);
        };
        Ok(Some([
            self.number(&one, left)?,
            self.number(&other, right)?,
        ]))
    }

    /// The number of a rule that reads a column, or the sum of some, where all are written in plain digits: that is
    /// told without any value on the way. `None` says nothing.
    fn plain_number(&self, rule: &Rule<Input>, scope: Scope<'_>) -> Option<Decimal> {
        let mark = self.notation.mark;
        let text = |rule: &Rule<Input>| {
            let column = rule.plain_column()?.position();
            Some(column.and_then(|column| self.first_cell(column, scope)))
        };
        match &rule.recipe {
            Recipe::Sum(parts) if rule.steps.is_empty() => {
                parts.iter().try_fold(None, |sum: Option<Decimal>, part| {
                    let Some(text) = text(part)? else {
                        return Some(sum);
                    };
                    let number = mark.bare(text)?;
                    Some(Some(
                        sum.map_or(Some(number), |sum| sum.checked_add(number))?,
                    ))
                })?
            }
            _ => mark.bare(text(rule)??),
        }
    }

    fn number<'a>(
        &self,
        value: &Value<'a>,
        culprit: &'a Rule<Input>,
    ) -> Result<Decimal, Problem<'a>> {
        value
            .number(self.notation.mark)
            .map_err(|bad| Problem { bad, culprit })
    }

    /// Every value of a rule: a path with `[*]` has many, each going through the transforms.
    fn values<'a>(
        &'a self,
        rule: &'a Rule<Input>,
        scope: Scope<'a>,
    ) -> Result<Vec<Value<'a>>, Problem<'a>> {
        let problem = |bad| Problem { bad, culprit: rule };
        let values = match &rule.recipe {
            Recipe::Each(part) => self.each(part, scope)?,
            Recipe::From(input @ (Input::Path(_) | Input::Joined { .. })) => {
                let mut values = Vec::new();
                let mut failed = None;
                self.visit(input, scope, &mut |_, read| match read {
                    Ok(value) => values.push(value),
                    Err(bad) => failed = failed.take().or(Some(bad)),
                });
                if let Some(bad) = failed {
                    return Err(problem(bad));
                }
                values
            }
            // What has one value only, as `has_many_values` says.
            _ => return Ok(self.value(rule, scope)?.into_iter().collect()),
        };
        // No value at all may still have a default.
        let mut through = Vec::with_capacity(values.len());
        let none = values.is_empty().then_some(None);
        for mut value in values.into_iter().map(Some).chain(none) {
            for step in &rule.steps {
                value = step.apply(value, &self.notation).map_err(problem)?;
            }
            through.extend(value);
        }
        Ok(through)
    }

    /// The rule's values in each row of an order.
    fn each<'a>(
        &'a self,
        rule: &'a Rule<Input>,
        scope: Scope<'a>,
    ) -> Result<Vec<Value<'a>>, Problem<'a>> {
        let mut values = Vec::new();
        for row in Self::rows(scope) {
            values.extend(self.values(rule, row)?);
        }
        Ok(values)
    }

    /// Each row of an order; anything else is one already.
    pub(super) fn rows(scope: Scope<'_>) -> Vec<Scope<'_>> {
        match scope {
            Scope::Order(records) if records.iter().all(|record| record.row().is_some()) => {
                records.iter().map(Scope::Row).collect()
            }
            other => vec![other],
        }
    }

    /// The first value of an input.
    fn read<'a>(
        &'a self,
        input: &'a Input,
        scope: Scope<'a>,
    ) -> Result<Option<Value<'a>>, Box<Bad>> {
        if let Input::Column { position, .. } = input {
            let text = position.and_then(|column| self.first_cell(column, scope));
            return Ok(text.map(|text| Value::Raw(text.into())));
        }
        let mut first = None;
        self.visit(input, scope, &mut |_, read| {
            first.get_or_insert(read);
        });
        first.transpose()
    }

    /// Visits every value of an input that is not empty; of a column over several rows only the first.
    pub(super) fn visit<'a>(
        &'a self,
        input: &'a Input,
        scope: Scope<'a>,
        found: &mut Found<'_, 'a>,
    ) {
        match (input, scope) {
            (Input::Column { name, position }, Scope::Order(records)) => {
                let Some(position) = position else { return };
                for record in records {
                    if let Some(text) = self.cell(record, *position) {
                        found(
                            &|| record.place.clone().in_column(name.as_str()),
                            Ok(Value::Raw(text.into())),
                        );
                        return;
                    }
                }
            }
            (Input::Column { .. }, Scope::Made(made)) => {
                self.visit(input, Scope::Row(made.record), found);
            }
            (Input::Column { name, position }, Scope::Row(record)) => {
                if let Some(text) = position.and_then(|position| self.cell(record, position)) {
                    found(
                        &|| record.place.clone().in_column(name.as_str()),
                        Ok(Value::Raw(text.into())),
                    );
                }
            }
            (Input::Path(path), Scope::Order(records)) => {
                if let Some((record, json)) = records
                    .first()
                    .and_then(|record| Some((record, record.json()?)))
                {
                    self.visit_json(path, record, json, &pointer_of(""), found);
                }
            }
            (Input::Path(path), Scope::Made(made)) => {
                let column_of = |steps: &[path::Step]| made.column_of(steps);
                self.visit_json(path, made.record, &made.value, &column_of, found);
            }
            (
                Input::Path(path),
                Scope::Item {
                    record,
                    item,
                    pointer,
                },
            ) => {
                if path.starts_at_order() {
                    if let Some(json) = record.json() {
                        self.visit_json(path, record, json, &pointer_of(""), found);
                    }
                } else {
                    self.visit_json(path, record, item, &pointer_of(pointer), found);
                }
            }
            (Input::Joined { join, inner }, _) => {
                for record in self.joined(*join, scope) {
                    self.visit_record(inner, record, found);
                }
            }
            (_, Scope::Joined { order, .. }) => self.visit(input, Scope::Order(order), found),
            // A mapping is compiled for one format, so its inputs fit its records.
            (Input::Column { .. }, Scope::Item { .. }) | (Input::Path(_), Scope::Row(_)) => {}
        }
    }

    /// The values of an input in one record of a joined file.
    fn visit_record<'a>(&'a self, input: &'a Input, record: &'a Record, found: &mut Found<'_, 'a>) {
        match input {
            Input::Column { .. } => self.visit(input, Scope::Row(record), found),
            Input::Path(path) => {
                if let Some(json) = record.json() {
                    self.visit_json(path, record, json, &pointer_of(""), found);
                }
            }
            Input::Joined { .. } => {}
        }
    }

    fn visit_json<'a>(
        &'a self,
        path: &'a Path,
        record: &'a Record,
        json: &'a serde_json::Value,
        column_of: &dyn Fn(&[path::Step]) -> String,
        found: &mut Found<'_, 'a>,
    ) {
        use serde_json::Value as Json;
        path.visit(json, &mut |steps, value| {
            let place = || record.place.clone().in_column(column_of(steps));
            let read = match value {
                Json::Null => return,
                Json::String(text) => match self.meaning.of(text) {
                    Some(text) => Ok(Value::Raw(text.into())),
                    None => return,
                },
                Json::Number(number) => Ok(Value::Plain(number.as_str().into())),
                Json::Bool(flag) => Ok(Value::Plain(if *flag { "true" } else { "false" }.into())),
                // An empty list says nothing.
                Json::Array(list) if list.is_empty() => return,
                Json::Array(_) | Json::Object(_) => Err(Box::new(Bad::new(
                    &value.to_string(),
                    "a list or an object where one value belongs",
                ))),
            };
            found(&place, read);
        });
    }

    /// The cell's text; `None` if it is empty.
    #[inline]
    pub(super) fn cell<'g>(&self, record: &'g Record, position: usize) -> Option<&'g str> {
        self.cell_of(record.row()?, position)
    }

    /// The same of a row.
    #[inline]
    pub(super) fn cell_of<'g>(&self, row: &'g Row, position: usize) -> Option<&'g str> {
        self.meaning.of(row.get(position)?)
    }
}

impl Rule<Input> {
    /// Whether it may have more than one value.
    fn has_many_values(&self) -> bool {
        matches!(
            self.recipe,
            Recipe::Each(_) | Recipe::From(Input::Path(_) | Input::Joined { .. })
        )
    }

    /// The column that it reads, if it does nothing else; the file may lack it.
    pub(super) fn plain_column(&self) -> Option<&Input> {
        match &self.recipe {
            Recipe::From(input @ Input::Column { .. }) if self.steps.is_empty() => Some(input),
            _ => None,
        }
    }
}

/// Names a place by its JSON pointer behind another.
fn pointer_of(prefix: &str) -> impl Fn(&[path::Step]) -> String {
    move |steps| format!("{prefix}{}", path::pointer(steps))
}

fn too_large(culprit: &Rule<Input>) -> Problem<'_> {
    Problem {
        bad: Box::new(Bad::new("the result", "longer than can be kept exactly")),
        culprit,
    }
}

/// The quotient if it is exact in the dividend's decimals, or in two: 32.40 ÷ 3 is 10.80, 10.00 ÷ 3 is none.
fn exact_quotient(dividend: Decimal, divisor: Decimal) -> Option<Decimal> {
    if divisor.is_zero() {
        return None;
    }
    let scale = dividend.scale().max(2);
    let mut quotient = dividend.checked_div(divisor)?.normalize();
    if quotient.scale() > scale || quotient.checked_mul(divisor)? != dividend {
        return None;
    }
    quotient.rescale(dividend.scale().max(quotient.scale()));
    Some(quotient)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_are_exact_or_none() {
        let quotient = |a: &str, b: &str| {
            exact_quotient(a.parse().unwrap(), b.parse().unwrap()).map(|value| value.to_string())
        };
        assert_eq!(quotient("32.40", "3").as_deref(), Some("10.80"));
        assert_eq!(quotient("10", "4").as_deref(), Some("2.5"));
        assert_eq!(quotient("9.00", "1.5").as_deref(), Some("6.00"));
        assert_eq!(quotient("10.00", "3"), None);
        assert_eq!(quotient("0.01", "4"), None, "finer than what was divided");
        assert_eq!(quotient("5.00", "0"), None);
    }
}
