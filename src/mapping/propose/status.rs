//! Status words: which axis they speak of, what they mean, and which are left to be decided.

use std::collections::{BTreeMap, BTreeSet};

use super::assign::from;
use super::columns::{Column, Columns, Level};
use super::synonyms::{AXES, synonyms};
use super::{About, Question, Suggestion, used_by};
use crate::order::Field;

type Tables = BTreeMap<&'static str, BTreeMap<String, Option<String>>>;

/// Adds the targets that a column with one status for everything fills, and makes the tables of words.
pub(super) fn tables(
    columns: &Columns,
    targets: &mut Vec<Suggestion>,
    questions: &mut Vec<Question>,
) -> Tables {
    if let Some(column) = whole_status(columns) {
        spread(column, targets);
    }
    let mut tables = Tables::new();
    for (axis, field) in fields() {
        let Some(position) = targets.iter().position(|target| target.field == field) else {
            continue;
        };
        let in_list = field == Field::ItemStatus;
        let words: Vec<&str> = targets
            .get(position)
            .into_iter()
            .flat_map(|target| used_by(&target.rule))
            .filter_map(|name| {
                columns.all.iter().find(|column| {
                    column.name == name
                        && (!columns.is_json || (column.level == Level::Item) == in_list)
                })
            })
            .flat_map(|column| column.evidence.words.keys().map(String::as_str))
            .collect();
        let plain = words.iter().all(|word| super::evidence::is_yes_no(word));
        if field == Field::Cancelled && plain {
            continue;
        }
        let mut table = BTreeMap::new();
        for word in words {
            let ours = meaning(axis, word);
            if ours.is_none() {
                let known = tables.values().any(|other| other.get(word) == Some(&None));
                if !known {
                    questions.push(ask(axis, word));
                }
            }
            table.insert(word.to_owned(), ours);
        }
        let undecided = table.values().any(Option::is_none);
        if undecided && let Some(target) = targets.get_mut(position) {
            target.why = format!("{}; some of its words are unknown", target.why);
        }
        if !table.is_empty() {
            tables.insert(axis, table);
        }
    }
    tables
}

fn fields() -> impl Iterator<Item = (&'static str, Field)> {
    const FIELDS: [Field; 4] = [
        Field::Payment,
        Field::Fulfilment,
        Field::Cancelled,
        Field::ItemStatus,
    ];
    AXES.into_iter().zip(FIELDS)
}

fn ask(axis: &'static str, word: &str) -> Question {
    let field = fields().find(|(known, _)| *known == axis);
    let choices = field.map_or(&[][..], |(_, field)| field.kind().choices());
    let mut choices: Vec<String> = choices.iter().map(|choice| (*choice).to_owned()).collect();
    choices.push(String::new());
    Question {
        about: About::StatusWord {
            axis,
            word: word.to_owned(),
        },
        text: format!(
            "what does the status {} mean for {axis}?",
            crate::mapping::visible::quoted(word)
        ),
        choices,
    }
}

/// Our word on an axis; empty if the word speaks of another axis only; none if it is unknown.
fn meaning(axis: &str, word: &str) -> Option<String> {
    if let Some(ours) = synonyms().status(axis, word) {
        return Some(ours.to_owned());
    }
    let elsewhere = axis != "line"
        && AXES[..3]
            .iter()
            .any(|other| synonyms().status(other, word).is_some());
    let nothing = if axis == "cancelled" { "false" } else { "" };
    elsewhere.then(|| nothing.to_owned())
}

/// The column with one status for everything.
fn whole_status(columns: &Columns) -> Option<&Column> {
    columns
        .all
        .iter()
        .filter(|column| {
            synonyms().is_status_column(&column.words)
                && column.evidence.is_vocabulary()
                && column.level != Level::Item
                && !column.in_other_list
        })
        .max_by(|one, other| {
            let known = |column: &Column| {
                let words = column.evidence.words.keys();
                words.filter(|word| is_known(word)).count()
            };
            known(one)
                .cmp(&known(other))
                .then_with(|| other.name.cmp(&one.name))
        })
}

fn is_known(word: &str) -> bool {
    AXES[..3]
        .iter()
        .any(|axis| synonyms().status(axis, word).is_some())
}

/// One status column fills every axis that its words speak of and no column of its own fills.
fn spread(column: &Column, targets: &mut Vec<Suggestion>) {
    let words: Vec<&String> = column.evidence.words.keys().collect();
    let unknown = words.iter().filter(|word| !is_known(word)).count();
    let says = |axis: &str| -> BTreeSet<&str> {
        let known = words
            .iter()
            .filter_map(|word| synonyms().status(axis, word));
        known.collect()
    };
    let mut add = |field: Field, is: bool| {
        if !is || targets.iter().any(|target| target.field == field) {
            return;
        }
        let confidence = match unknown {
            0 => 92,
            few if few * 2 <= words.len() => 81,
            _ => 66,
        };
        targets.push(Suggestion {
            field,
            rule: from(&column.name),
            confidence,
            why: "one status for everything; its words speak of it".into(),
            alternatives: Vec::new(),
        });
    };
    let payment = says("payment");
    let fulfilment = says("fulfilment");
    // `pending` alone says nothing of a shipment.
    let moved = fulfilment.iter().any(|word| *word != "unfulfilled");
    add(
        Field::Payment,
        !payment.is_empty() || unknown == words.len(),
    );
    add(Field::Fulfilment, moved);
    add(Field::Cancelled, says("cancelled").contains("true"));
}
