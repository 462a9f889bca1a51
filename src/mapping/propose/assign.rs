//! Which column goes to which target: the surest pairs first, no column twice.

use std::collections::BTreeMap;

use super::columns::{Column, Columns, Level};
use super::fit::fit;
use super::group::Key;
use super::synonyms::{NameMatch, synonyms};
use super::{LEAST, Suggestion};
use crate::mapping::rule::{Recipe, Rule};
use crate::order::{Field, Kind};

/// A column as a candidate for a target.
struct Pair {
    score: u8,
    field: Field,
    column: usize,
    why: String,
}

/// Suggestions from single columns; statuses that one column holds for everything come later.
pub(super) fn assign(columns: &Columns, key: Option<&Key>) -> Vec<Suggestion> {
    let mut pairs = pairs(columns, key);
    // Nothing here may depend on where a column stands.
    pairs.sort_by(|a, b| {
        let name = |pair: &Pair| columns.all.get(pair.column).map(|column| &column.name);
        (b.score.cmp(&a.score))
            .then(a.field.cmp(&b.field))
            .then_with(|| name(a).cmp(&name(b)))
    });
    let mut taken: BTreeMap<usize, u8> = BTreeMap::new();
    let mut suggestions: Vec<(Suggestion, usize)> = Vec::new();
    for pair in &pairs {
        let done = suggestions
            .iter()
            .any(|(known, _)| known.field == pair.field);
        if done || taken.contains_key(&pair.column) {
            continue;
        }
        let Some(column) = columns.all.get(pair.column) else {
            continue;
        };
        taken.insert(pair.column, pair.score);
        suggestions.push((
            Suggestion {
                field: pair.field,
                rule: from(&column.name),
                confidence: pair.score,
                why: pair.why.clone(),
                alternatives: Vec::new(),
            },
            pair.column,
        ));
    }
    for (suggestion, column) in &mut suggestions {
        let rivals = pairs
            .iter()
            .filter(|pair| pair.field == suggestion.field && pair.column != *column);
        let mut sum = vec![*column];
        for rival in rivals {
            let Some(other) = columns.all.get(rival.column) else {
                continue;
            };
            suggestion
                .alternatives
                .push((other.name.clone(), rival.score));
            // One that went elsewhere for less might belong here.
            let free = taken
                .get(&rival.column)
                .is_none_or(|elsewhere| *elsewhere < rival.score);
            let close = rival.score + 4 >= suggestion.confidence;
            if free && close && adds_up(suggestion.field) {
                sum.push(rival.column);
            } else if free && close && suggestion.confidence < 100 && !same(columns, *column, rival)
            {
                suggestion.confidence = suggestion.confidence.min(72);
                suggestion.why = format!("{}; `{}` fits as well", suggestion.why, other.name);
            }
        }
        if sum.len() > 1 {
            add_up(columns, suggestion, &sum);
            taken.extend(sum.into_iter().map(|column| (column, 100)));
        }
    }
    suggestions
        .into_iter()
        .map(|(suggestion, _)| suggestion)
        .collect()
}

/// A rule that takes a column as it is.
pub(super) fn from(name: &str) -> Rule<String> {
    Rule {
        recipe: Recipe::From(name.to_owned()),
        steps: Vec::new(),
    }
}

fn pairs(columns: &Columns, key: Option<&Key>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let count =
        |test: &dyn Fn(&Column) -> bool| columns.all.iter().filter(|column| test(column)).count();
    let lone_time = count(&|column| column.evidence.times.is_some()) == 1;
    let lone_email = count(&|column| column.evidence.email >= 95) == 1;
    for (position, column) in columns.all.iter().enumerate() {
        if let Some(key) = key.filter(|key| key.column == position) {
            pairs.push(Pair {
                score: key.confidence,
                field: Field::Id,
                column: position,
                why: key.why.clone(),
            });
            continue;
        }
        let in_list = columns.is_json && column.level == Level::Item;
        let mut found = synonyms().matches(&column.words, in_list);
        if key.is_some() {
            found.retain(|found| found.field != Field::Id);
        }
        if synonyms().is_status_column(&column.words) {
            // What its words say is for every axis at once.
            let of_line = column.level == Level::Item;
            found.retain(|found| found.field == Field::ItemStatus && of_line);
        }
        let by_values = [
            (
                column.evidence.currency >= 95 && column.evidence.filled > 0,
                Field::Currency,
                55,
            ),
            (
                lone_email && column.evidence.email >= 95,
                Field::CustomerEmail,
                72,
            ),
            (
                lone_time && column.evidence.times.is_some(),
                Field::PlacedAt,
                66,
            ),
        ];
        for (is, field, score) in by_values {
            let known = found.iter().any(|found| found.field == field);
            if is && !known && !synonyms().is_status_column(&column.words) {
                found.push(NameMatch {
                    field,
                    score,
                    why: "its values alone",
                });
            }
        }
        let mut of_column = Vec::new();
        for NameMatch { field, score, why } in found {
            let Some((score, more)) = fit(column, field, score, columns.is_json) else {
                continue;
            };
            if score < LEAST {
                continue;
            }
            let mut words = vec![why];
            words.extend(more);
            of_column.push(Pair {
                score,
                field,
                column: position,
                why: words.join(", "),
            });
        }
        // What it surely is it isn't something else by a hint.
        let best = of_column.iter().map(|pair| pair.score).max();
        of_column.retain(|pair| pair.score + 30 >= best.unwrap_or_default());
        pairs.append(&mut of_column);
    }
    pairs
}

/// Amounts that stand in several columns: kinds of discount.
fn adds_up(field: Field) -> bool {
    matches!(field, Field::ItemDiscount | Field::DiscountTotal)
}

fn add_up(columns: &Columns, suggestion: &mut Suggestion, sum: &[usize]) {
    let mut names: Vec<&str> = sum
        .iter()
        .filter_map(|column| Some(columns.all.get(*column)?.name.as_str()))
        .collect();
    names.sort_unstable();
    suggestion.rule = Rule {
        recipe: Recipe::Sum(names.iter().map(|name| from(name)).collect()),
        steps: Vec::new(),
    };
    suggestion.confidence = suggestion.confidence.min(76);
    suggestion.why = format!("{} columns are discounts by their names", names.len());
    suggestion
        .alternatives
        .retain(|(name, _)| !names.contains(&name.as_str()));
}

/// Whether two columns say the same.
fn same(columns: &Columns, one: usize, rival: &Pair) -> bool {
    match (columns.all.get(one), columns.all.get(rival.column)) {
        (Some(one), Some(other)) => !one.values.is_empty() && one.values == other.values,
        _ => false,
    }
}

/// Whether a field takes amounts.
pub(super) fn is_number(field: Field) -> bool {
    matches!(field.kind(), Kind::Money | Kind::Number)
}
