//! What a proposal looks at: columns of rows, or paths of objects, each with its values.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::evidence::Evidence;
use super::names::Name;
use super::synonyms::synonyms;
use crate::mapping::path::Path;
use crate::source::{Header, Record};

/// Deeper objects are passed over.
const DEEPEST: usize = 5;
/// More paths than this are no help to anybody.
const MOST_PATHS: usize = 400;
/// Values of a column that are shown.
const SAMPLES: usize = 5;

/// Where in the order a value belongs, as far as the rows tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// The same in all rows of an order, or only on the first.
    Order,
    /// Different from row to row.
    Item,
    /// No order has two rows, so nothing is known.
    Unknown,
}

/// A column, or a path.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// As rules name it.
    pub(super) name: String,
    pub(super) words: Name,
    /// By record; blank where there is none. Empty for the paths of line items.
    pub(super) values: Vec<String>,
    pub(super) evidence: Evidence,
    pub(super) level: Level,
    /// It stands in a list whose elements are no line items.
    pub(super) in_other_list: bool,
    /// The first few different values.
    pub(super) samples: Vec<String>,
    /// The different values with how often each stands there.
    pub(super) counts: Vec<(String, usize)>,
}

/// The different values that are not blank with how often each stands there, the most frequent first; of equals the
/// one that is met first.
pub(super) fn counts<'v>(values: impl Iterator<Item = &'v str>) -> Vec<(String, usize)> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut counts: Vec<(String, usize)> = Vec::new();
    for value in values.filter(|value| !value.is_empty()) {
        let place = *places.entry(value).or_insert_with(|| {
            counts.push((value.to_owned(), 0));
            counts.len() - 1
        });
        if let Some((_, count)) = counts.get_mut(place) {
            *count += 1;
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// The first few different values that are not blank.
pub(super) fn samples<'v>(values: impl Iterator<Item = &'v str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for value in values {
        if !value.is_empty() && !found.iter().any(|known| known == value) {
            found.push(value.to_owned());
            if found.len() == SAMPLES {
                break;
            }
        }
    }
    found
}

/// All columns, and for objects where their lines are.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) all: Vec<Column>,
    /// The path of the list of lines.
    pub(super) list: Option<String>,
    pub(super) rows: usize,
    pub(super) is_json: bool,
}

impl Columns {
    /// Those of a table.
    pub(super) fn of_rows(header: &Header, records: &[Record]) -> Self {
        let all = header.names().iter().enumerate().map(|(position, name)| {
            let values: Vec<String> = records
                .iter()
                .map(|record| {
                    let cell = record.row().and_then(|row| row.get(position));
                    cell.unwrap_or_default().trim().to_owned()
                })
                .collect();
            Column {
                name: name.clone(),
                words: Name::of(name),
                evidence: Evidence::of(values.iter().map(String::as_str)),
                samples: samples(values.iter().map(String::as_str)),
                counts: counts(values.iter().map(String::as_str)),
                values,
                level: Level::Unknown,
                in_other_list: false,
            }
        });
        Self {
            all: all.collect(),
            list: None,
            rows: records.len(),
            is_json: false,
        }
    }

    /// Those of JSON objects.
    pub(super) fn of_objects(records: &[Record]) -> Self {
        let objects: Vec<&Value> = records.iter().filter_map(Record::json).collect();
        let list = find_list(&objects);
        Self::with_list(&objects, list)
    }

    /// The same where it is known where the lines are.
    pub(super) fn with_list(objects: &[&Value], list: Option<String>) -> Self {
        let mut order = Paths::default();
        for (index, object) in objects.iter().copied().enumerate() {
            order.walk(object, String::new(), 0, list.as_deref(), index, false);
        }
        let mut item = Paths::default();
        if let Some(list) = &list {
            let elements = objects.iter().flat_map(|object| elements(object, list));
            for (index, element) in elements.enumerate() {
                item.walk(element, String::new(), 0, None, index, false);
            }
        }
        let mut all = order.columns(objects.len(), Level::Order);
        all.extend(item.columns(0, Level::Item));
        Self {
            all,
            list,
            rows: objects.len(),
            is_json: true,
        }
    }
}

/// The elements of a list at a path.
fn elements<'v>(object: &'v Value, list: &str) -> Vec<&'v Value> {
    let mut found = Vec::new();
    if let Ok(path) = Path::parse(list) {
        path.visit(object, &mut |_, value| {
            found.extend(value.as_array().into_iter().flatten());
        });
    }
    found
}

/// A path with its values by object.
struct Met {
    path: String,
    in_list: bool,
    values: Vec<(usize, String)>,
}

/// Values by path, in the order in which paths are met.
#[derive(Default)]
struct Paths {
    met: Vec<Met>,
    known: HashMap<String, usize>,
}

impl Paths {
    fn walk(
        &mut self,
        value: &Value,
        path: String,
        depth: usize,
        skip: Option<&str>,
        index: usize,
        in_list: bool,
    ) {
        if Some(path.as_str()) == skip || depth > DEEPEST {
            return;
        }
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    if name.is_empty() || name.contains(['.', '[', ']', '$']) {
                        continue;
                    }
                    let path = if path.is_empty() {
                        name.clone()
                    } else {
                        format!("{path}.{name}")
                    };
                    self.walk(member, path, depth + 1, skip, index, in_list);
                }
            }
            Value::Array(elements) => {
                for element in elements {
                    self.walk(element, format!("{path}[*]"), depth + 1, skip, index, true);
                }
            }
            scalar if !path.is_empty() => self.note(path, scalar, index, in_list),
            _ => {}
        }
    }

    fn note(&mut self, path: String, scalar: &Value, index: usize, in_list: bool) {
        let text = match scalar {
            Value::String(text) => text.trim().to_owned(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let position = match self.known.get(&path) {
            Some(position) => *position,
            None if self.met.len() >= MOST_PATHS => return,
            None => {
                self.known.insert(path.clone(), self.met.len());
                self.met.push(Met {
                    path,
                    in_list,
                    values: Vec::new(),
                });
                self.met.len() - 1
            }
        };
        if let Some(met) = self.met.get_mut(position) {
            met.values.push((index, text));
        }
    }

    /// As columns; `rows` is how many values each has, 0 for as many as there are.
    fn columns(self, rows: usize, level: Level) -> Vec<Column> {
        let columns = self.met.into_iter().map(|met| {
            let texts = met.values.iter().map(|(_, text)| text.as_str());
            let samples = samples(texts.clone());
            let counts = counts(texts.clone());
            let evidence = Evidence::of(texts);
            let mut values = vec![String::new(); rows];
            for (index, text) in met.values {
                if let Some(value) = values.get_mut(index).filter(|value| value.is_empty()) {
                    *value = text;
                }
            }
            Column {
                words: Name::of(&met.path),
                name: met.path,
                values,
                evidence,
                samples,
                counts,
                level,
                in_other_list: met.in_list,
            }
        });
        columns.collect()
    }
}

/// The list of lines: its own name says so, and what its elements hold.
fn find_list(objects: &[&Value]) -> Option<String> {
    let mut lists: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for object in objects {
        lists_in(object, "", 0, &mut lists);
    }
    let scored = lists.into_iter().map(|(path, (leaves, _))| {
        let rank = synonyms().list_rank(&Name::of(&path));
        let named = rank.map_or(0, |rank| 40_usize.saturating_sub(rank));
        (named + leaves.min(5) * 10, path)
    });
    // Of equals the first by name.
    let best = scored.max_by(|(one, a), (other, b)| one.cmp(other).then(b.cmp(a)))?;
    (best.0 >= 40).then_some(best.1)
}

/// Every list of objects, with how many elements were seen in it.
pub(super) fn lists(objects: &[&Value]) -> Vec<(String, usize)> {
    let mut lists: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for object in objects {
        lists_in(object, "", 0, &mut lists);
    }
    let lists = lists.into_iter();
    lists
        .map(|(path, (_, elements))| (path, elements))
        .collect()
}

/// Lists of objects, with the most of their members that name something of a line.
fn lists_in(value: &Value, path: &str, depth: usize, lists: &mut BTreeMap<String, (usize, usize)>) {
    let Value::Object(members) = value else {
        return;
    };
    for (name, member) in members {
        if name.is_empty() || name.contains(['.', '[', ']', '$']) {
            continue;
        }
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        match member {
            Value::Array(elements) => {
                for element in elements.iter().take(5) {
                    let Value::Object(inner) = element else {
                        continue;
                    };
                    let telling = inner.keys().filter(|key| is_telling(key)).count();
                    let known = lists.entry(path.clone()).or_default();
                    known.0 = known.0.max(telling);
                    known.1 += 1;
                }
            }
            Value::Object(_) if depth < 2 => lists_in(member, &path, depth + 1, lists),
            _ => {}
        }
    }
}

/// Names that lines have and other lists of an order rarely do.
fn is_telling(name: &str) -> bool {
    use crate::order::Field;
    const TELLING: [Field; 5] = [
        Field::ItemSku,
        Field::ItemQuantity,
        Field::ItemUnitPrice,
        Field::ItemName,
        Field::ItemProductId,
    ];
    let found = synonyms().matches(&Name::of(name), true);
    found
        .iter()
        .any(|found| found.score >= 90 && TELLING.contains(&found.field))
}
