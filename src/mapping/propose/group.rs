//! Which rows are one order: the column whose values repeat, and under which an order's columns stay the same.

use std::collections::HashMap;

use super::columns::{Column, Columns, Level};
use super::synonyms::synonyms;
use crate::order::Field;

/// A key of orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// Which column.
    pub(super) column: usize,
    pub(super) confidence: u8,
    pub(super) why: String,
    /// Some order has more than one row.
    pub(super) repeats: bool,
}

/// How the rows stand to each other under a column as key.
struct Grouping {
    /// The order of each row; none before the first key.
    of_row: Vec<Option<usize>>,
    groups: usize,
    /// Groups of more than one row.
    many: usize,
    /// Those whose rows stand one after another.
    together: usize,
}

impl Grouping {
    /// A blank key goes on with the order above.
    fn of(column: &Column) -> Self {
        let mut known: HashMap<&str, usize> = HashMap::new();
        let mut of_row = Vec::with_capacity(column.values.len());
        let (mut sizes, mut runs): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        let mut last = None;
        for value in &column.values {
            let group = if value.is_empty() {
                last
            } else {
                let next = known.len();
                Some(*known.entry(value).or_insert(next))
            };
            if let Some(group) = group {
                if group == sizes.len() {
                    sizes.push(0);
                    runs.push(0);
                }
                if let (Some(size), Some(run)) = (sizes.get_mut(group), runs.get_mut(group)) {
                    *size += 1;
                    *run += usize::from(last != Some(group));
                }
            }
            of_row.push(group);
            last = group;
        }
        let many = sizes.iter().filter(|size| **size > 1).count();
        let both = sizes.iter().zip(&runs);
        let together = both
            .filter(|(size, runs)| **size > 1 && **runs == 1)
            .count();
        Self {
            groups: sizes.len(),
            of_row,
            many,
            together,
        }
    }

    /// How a column stands under this key.
    fn level(&self, column: &Column) -> Level {
        let mut first: Vec<Option<&str>> = vec![None; self.groups];
        let mut differs = vec![false; self.groups];
        let mut seen = vec![0_usize; self.groups];
        for (group, value) in self.of_row.iter().zip(&column.values) {
            let Some(group) = *group else { continue };
            if value.is_empty() {
                continue;
            }
            if let (Some(first), Some(differs), Some(seen)) = (
                first.get_mut(group),
                differs.get_mut(group),
                seen.get_mut(group),
            ) {
                *seen += 1;
                match first {
                    None => *first = Some(value),
                    Some(known) => *differs |= known != value,
                }
            }
        }
        let different = differs.iter().filter(|differs| **differs).count();
        let filled = seen.iter().filter(|seen| **seen > 0).count();
        if self.many == 0 || filled == 0 {
            Level::Unknown
        } else if is_mostly_one(column) {
            // A discount that nearly nobody gets is the same everywhere, whosever it is.
            if different > 0 {
                Level::Item
            } else {
                Level::Unknown
            }
        } else if different * 20 > self.many {
            // One in twenty may contradict itself and is a finding then, no other kind of column.
            Level::Item
        } else {
            Level::Order
        }
    }
}

/// The key of a table's orders, if one can be told; sets the level of every column under it.
pub(super) fn find(columns: &mut Columns) -> Option<Key> {
    let key = if columns.is_json {
        path_key(columns)
    } else {
        column_key(columns)
    }?;
    if !columns.is_json
        && let Some(column) = columns.all.get(key.column)
    {
        let grouping = Grouping::of(column);
        let levels: Vec<Level> = columns
            .all
            .iter()
            .map(|column| grouping.level(column))
            .collect();
        for (column, level) in columns.all.iter_mut().zip(levels) {
            column.level = level;
        }
    }
    Some(key)
}

/// Whether nearly all values are the same one.
fn is_mostly_one(column: &Column) -> bool {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for value in column.values.iter().filter(|value| !value.is_empty()) {
        *counts.entry(value).or_default() += 1;
    }
    let most = counts.values().max().copied().unwrap_or_default();
    column.evidence.distinct > 1 && most * 10 > column.evidence.filled * 8
}

fn id_score(column: &Column) -> u8 {
    let found = synonyms().matches(&column.words, false);
    found
        .iter()
        .find(|found| found.field == Field::Id)
        .map_or(0, |found| found.score)
}

/// Objects are orders already; the key tells those that come twice.
fn path_key(columns: &Columns) -> Option<Key> {
    let candidates = columns.all.iter().enumerate().filter(|(_, column)| {
        column.level == Level::Order
            && !column.in_other_list
            && column.evidence.filled == columns.rows
            && column.evidence.distinct * 10 >= columns.rows * 9
    });
    let scored = candidates.map(|(position, column)| {
        let top = !column.name.contains('.');
        let score = id_score(column);
        // An object's own `id` is its id, whatever else may be one.
        let own = u8::from(top && column.words.joined == "id") * 33;
        (score.saturating_add(own).min(96), top, position)
    });
    let (score, _, position) = scored
        .filter(|(score, top, _)| *top && *score >= 50)
        .max_by(|a, b| {
            let name = |at: usize| columns.all.get(at).map(|column| column.name.as_str());
            a.0.cmp(&b.0).then_with(|| name(b.2).cmp(&name(a.2)))
        })?;
    Some(Key {
        column: position,
        confidence: score,
        why: "its name, and every order has its own".into(),
        repeats: false,
    })
}

fn column_key(columns: &Columns) -> Option<Key> {
    let rows = columns.rows;
    let mut best: Option<(u32, Key)> = None;
    for (position, column) in columns.all.iter().enumerate() {
        let evidence = &column.evidence;
        let is_value = evidence.is_money()
            || evidence.email > 50
            || evidence.clock > 50
            || synonyms().is_status_column(&column.words);
        if evidence.filled == 0 || evidence.distinct < 2 && rows > 1 || is_value {
            continue;
        }
        let name = id_score(column);
        let grouping = Grouping::of(column);
        let Some((confidence, why)) = judge(columns, column, name, &grouping) else {
            continue;
        };
        let key = Key {
            column: position,
            confidence,
            why,
            repeats: grouping.many > 0,
        };
        // Of equals the one with more orders, then the first by name: the order of columns says nothing.
        let weight = u32::from(confidence) * 10_000 + (grouping.groups as u32).min(9_999);
        let better = best.as_ref().is_none_or(|(known, before)| {
            let named = |at: usize| columns.all.get(at).map(|column| &column.name);
            weight > *known || weight == *known && named(position) < named(before.column)
        });
        if better {
            best = Some((weight, key));
        }
    }
    best.map(|(_, key)| key)
}

/// How surely a column is the key, and why.
fn judge(
    columns: &Columns,
    column: &Column,
    name: u8,
    grouping: &Grouping,
) -> Option<(u8, String)> {
    let level = |other: &&Column| (other.name != column.name).then(|| grouping.level(other));
    let levels: Vec<Level> = columns
        .all
        .iter()
        .filter_map(|other| level(&other))
        .collect();
    let count = |wanted: Level| levels.iter().filter(|level| **level == wanted).count();
    let (same, differing) = (count(Level::Order), count(Level::Item));
    let in_runs = grouping.many > 0 && grouping.together * 10 >= grouping.many * 8;
    if grouping.many == 0 {
        // One row an order: only the name can tell.
        let unique = column.evidence.filled == columns.rows;
        return (name >= 52 && unique).then(|| {
            let confidence = if name >= 80 { name } else { name + 15 };
            (confidence, "its name, and no two rows share one".into())
        });
    }
    let dated = column.evidence.times.is_some();
    match name {
        80.. => {
            // `Order ID` whose order's date and total differ from row to row is none.
            let broken = same == 0 && differing > 2;
            let confidence = if broken { 60 } else { name };
            let orders = grouping.groups;
            Some((
                confidence,
                format!(
                    "its name; {orders} orders in the rows looked at, {same} other columns are the same in each"
                ),
            ))
        }
        52..80 if in_runs && same > 0 => Some((
            (name + 27).min(88),
            "its values stand in runs of rows, and other columns are the same in each".into(),
        )),
        _ if in_runs && !dated && same >= 2 && differing > 0 && is_keylike(column) => {
            let share = (same * 20 / (same + differing)).min(20) as u8;
            Some((
                50 + share,
                "its values stand in runs of rows, and other columns are the same in each".into(),
            ))
        }
        _ => None,
    }
}

/// Digits or short codes, and more than a few.
fn is_keylike(column: &Column) -> bool {
    let longest = column
        .values
        .iter()
        .map(|value| value.chars().count())
        .max();
    let spaced = column.values.iter().any(|value| value.contains(' '));
    let digits = column
        .values
        .iter()
        .filter(|value| value.bytes().any(|byte| byte.is_ascii_digit()))
        .count();
    let customer = synonyms()
        .matches(&column.words, false)
        .iter()
        .any(|found| found.field != Field::Id && found.score >= 80);
    !customer
        && !spaced
        && longest.is_some_and(|longest| longest <= 40)
        && digits * 10 >= column.evidence.filled * 9
}
