//! `[read]`: decimal mark, dates, time zone, currency, texts that mean nothing; and what has to be asked.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{Column, Columns, Level};
use super::dates::{self, DateFormat, DateOrder};
use super::group::Key;
use super::synonyms::Synonyms;
use super::{About, ProposedRead, Question, Suggestion, used_by};
use crate::mapping::number::Mark;
use crate::order::field::Level as FieldLevel;
use crate::order::{Field, Kind};

/// What needs no targets to be known.
pub(super) fn read(columns: &Columns) -> ProposedRead {
    let numbers = || {
        columns
            .all
            .iter()
            .filter(|column| column.evidence.number() >= 95 && column.evidence.times.is_none())
    };
    let point: usize = numbers().map(|column| column.evidence.only_point).sum();
    let comma: usize = numbers().map(|column| column.evidence.only_comma).sum();
    let empty: BTreeSet<&String> = columns
        .all
        .iter()
        .flat_map(|column| &column.evidence.empty_words)
        .collect();
    ProposedRead {
        group_by: None,
        decimal_mark: if comma > point {
            Mark::Comma
        } else {
            Mark::Point
        },
        date_formats: Vec::new(),
        currency: currency(columns),
        needs_zone: false,
        empty: empty.into_iter().cloned().collect(),
        protective_apostrophe: columns.all.iter().any(|column| column.evidence.apostrophes),
    }
}

/// The one currency that names or signs speak of.
fn currency(columns: &Columns) -> Option<(String, String)> {
    let mut named: BTreeMap<String, &str> = BTreeMap::new();
    let mut signs: BTreeMap<String, &str> = BTreeMap::new();
    for column in &columns.all {
        let evidence = &column.evidence;
        if evidence.number() < 95 {
            continue;
        }
        if let Some(code) = Synonyms::currency_word(&column.words) {
            let known = named.entry(code).or_insert(&column.name);
            *known = (*known).min(&column.name);
        }
        for sign in &evidence.signs {
            let known = signs.entry(sign.clone()).or_insert(&column.name);
            *known = (*known).min(&column.name);
        }
    }
    if let (1, Some((code, column))) = (signs.len(), signs.first_key_value())
        && code.len() == 3
    {
        return Some((
            code.clone(),
            format!("it stands beside the numbers of `{column}`"),
        ));
    }
    if let (1, true, Some((code, column))) =
        (named.len(), signs.is_empty(), named.first_key_value())
    {
        return Some((code.clone(), format!("the name of `{column}` says so")));
    }
    None
}

/// Chooses the date formats of the columns that are used, asks where days and months can't be told apart.
pub(super) fn settle_dates(
    columns: &mut Columns,
    targets: &mut [Suggestion],
    read: &mut ProposedRead,
) -> Vec<Question> {
    let known = settled_elsewhere(columns);
    let mut questions = Vec::new();
    let mut formats: BTreeSet<(usize, String)> = BTreeSet::new();
    let mut asked = false;
    for suggestion in targets {
        if suggestion.field.kind() != Kind::Time {
            continue;
        }
        let names: Vec<String> = used_by(&suggestion.rule)
            .into_iter()
            .map(str::to_owned)
            .collect();
        let of_line = suggestion.field.level() == FieldLevel::Item;
        let Some(column) = columns.all.iter_mut().find(|column| {
            names.contains(&column.name)
                && (!columns.is_json || (column.level == Level::Item) == of_line)
        }) else {
            continue;
        };
        if let Some(order) = known {
            if let Some(times) = column.evidence.times.as_mut()
                && times.is_ambiguous()
            {
                times.settle(order);
                suggestion.confidence = suggestion.confidence.max(88);
                suggestion.why = format!(
                    "{}; other dates of the file show which is the day",
                    suggestion.why
                );
            }
        } else if let Some(order) = by_order(column)
            && let Some(times) = column.evidence.times.as_mut()
        {
            times.settle(order);
            suggestion.confidence = suggestion.confidence.max(82);
            suggestion.why = format!(
                "{}; so read, the rows are in the order of time",
                suggestion.why
            );
        }
        let Some(times) = &column.evidence.times else {
            continue;
        };
        read.needs_zone |= times.formats.iter().any(|format| !format.offset);
        if times.is_ambiguous() {
            if !asked {
                asked = true;
                let sample = column.values.iter().find(|value| !value.is_empty());
                questions.push(Question {
                    about: About::DateFormat,
                    text: format!(
                        "is the day or the month first in {} of `{}`?",
                        super::super::visible::quoted(sample.map_or("", String::as_str)),
                        column.name
                    ),
                    choices: by_likelihood(&times.formats, read),
                });
            }
            continue;
        }
        for format in times.formats.iter().take(1) {
            if !format.format.is_empty() {
                // Longer formats first: `%d.%m.%Y` reads the beginning of nothing longer, but order is stable so.
                formats.insert((100 - format.format.len().min(100), format.format.clone()));
            }
        }
    }
    read.date_formats = formats.into_iter().map(|(_, format)| format).collect();
    questions
}

/// With a decimal comma the day comes first nearly everywhere.
fn by_likelihood(formats: &[DateFormat], read: &ProposedRead) -> Vec<String> {
    let day_first = read.decimal_mark == Mark::Comma;
    let mut formats: Vec<&DateFormat> = formats.iter().collect();
    formats.sort_by_key(|format| (format.order == DateOrder::Day) != day_first);
    formats
        .into_iter()
        .map(|format| format.format.clone())
        .collect()
}

/// The order of day and month that unambiguous columns of the file have, if they agree.
fn settled_elsewhere(columns: &Columns) -> Option<DateOrder> {
    let orders: BTreeSet<DateOrder> = columns
        .all
        .iter()
        .filter_map(|column| column.evidence.times.as_ref())
        .filter(|times| !times.is_ambiguous())
        .flat_map(|times| times.formats.iter().map(|format| format.order))
        .filter(|order| *order != DateOrder::Year)
        .collect();
    match (orders.len(), orders.first()) {
        (1, Some(order)) => Some(*order),
        _ => None,
    }
}

/// Exports are sorted by time: the only way to read the dates that keeps them in order.
fn by_order(column: &Column) -> Option<DateOrder> {
    let times = column
        .evidence
        .times
        .as_ref()
        .filter(|times| times.is_ambiguous())?;
    let ordered = |format: &DateFormat| {
        let days: Vec<_> = column
            .values
            .iter()
            .filter_map(|value| dates::day(&format.format, value))
            .collect();
        let different: BTreeSet<_> = days.iter().collect();
        let rising = days.is_sorted();
        let falling = days.iter().rev().is_sorted();
        different.len() >= 5 && (rising || falling)
    };
    let fitting: BTreeSet<DateOrder> = times
        .formats
        .iter()
        .filter(|format| ordered(format))
        .map(|format| format.order)
        .collect();
    match (fitting.len(), fitting.first()) {
        (1, Some(order)) => Some(*order),
        _ => None,
    }
}

/// What has to be asked about the whole file.
pub(super) fn questions(
    columns: &Columns,
    targets: &[Suggestion],
    key: Option<&Key>,
    read: &mut ProposedRead,
    questions: &mut Vec<Question>,
) {
    let ask = |about, text: String, choices: &[&str]| Question {
        about,
        text,
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
    };
    let key_column = key.and_then(|key| Some((key, columns.all.get(key.column)?)));
    if let Some((key, column)) = key_column {
        read.group_by = Some((column.name.clone(), key.confidence, key.why.clone()));
    } else {
        questions.push(ask(
            About::GroupBy,
            "no column holds an order's key for sure: which rows are one order?".into(),
            &[],
        ));
    }
    let has = |field: Field| targets.iter().any(|target| target.field == field);
    if read.needs_zone {
        questions.push(ask(
            About::TimeZone,
            "the times carry no offset: in which time zone were they written?".into(),
            &["UTC", "Europe/Berlin"],
        ));
    }
    let amounts = targets
        .iter()
        .any(|target| target.field.kind() == Kind::Money);
    if amounts && !has(Field::Currency) && read.currency.is_none() {
        let dollars = columns
            .all
            .iter()
            .any(|column| column.evidence.signs.contains("$"));
        let choices: &[&str] = if dollars {
            &["USD", "CAD", "AUD"]
        } else {
            &["EUR", "USD", "GBP"]
        };
        let text = "no column names the currency: which one are the amounts in?";
        questions.push(ask(About::Currency, text.into(), choices));
    }
    if has(Field::Currency) {
        // A column that names it comes first; the other would only count where it is blank.
        read.currency = None;
    }
    let used = |column: &&Column| {
        targets.iter().any(|target| {
            target.field.kind() == Kind::Money
                && used_by(&target.rule).contains(&column.name.as_str())
        })
    };
    let unclear = columns.all.iter().filter(used).find(|column| {
        let evidence = &column.evidence;
        evidence.either > 0 && evidence.only_point + evidence.only_comma == 0
    });
    let sure = columns.all.iter().any(|column| {
        column.evidence.number() >= 95
            && column.evidence.times.is_none()
            && column.evidence.only_point + column.evidence.only_comma > 0
    });
    if let Some(column) = unclear.filter(|_| !sure) {
        let value = column
            .values
            .iter()
            .find(|value| value.contains([',', '.']));
        questions.push(ask(
            About::DecimalMark,
            format!(
                "is {} of `{}` in thousands, or has it three decimals?",
                super::super::visible::quoted(value.map_or("", String::as_str)),
                column.name
            ),
            &[".", ","],
        ));
    }
    let lines = targets
        .iter()
        .any(|target| target.field.level() == FieldLevel::Item);
    if !lines {
        questions.push(ask(
            About::Items,
            "nothing here looks like an order's lines: without them orders can be cancelled or have their status updated, hardly imported".into(),
            &[],
        ));
    }
}
