//! What a draft makes of the beginning of its file: one order, live, with everything that is found in it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::Draft;
use crate::deck::{Deck, DeckError, DeckOrder, OpenOptions, Target};
use crate::finding::Finding;
use crate::mapping::Rule;
use crate::mapping::rules::UNKNOWN_STATUS;
use crate::order::{Field, Level};
use crate::source::{Progress, SourceError};

/// So many orders are looked at for words that the mapping doesn't know.
const LOOKED_AT: usize = 200;

/// One order as the draft makes it.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The order's place among those that were read.
    pub place: usize,
    /// Orders that were read: those of the file's beginning.
    pub orders: usize,
    /// The order.
    pub order: DeckOrder,
    /// What reading, mapping and the vendor's rules found in it; errors first.
    pub findings: Vec<Finding>,
    /// What each target read, as the file has it, and what couldn't be read of it.
    pub values: BTreeMap<Field, Read>,
    /// Words of the file's beginning that the mapping doesn't know, by axis.
    pub unknown: BTreeSet<(&'static str, String)>,
}

/// What one target got in the order, or in its first line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// The texts in the file.
    pub texts: Vec<String>,
    /// The value.
    pub value: Option<String>,
    /// What is wrong with it.
    pub trouble: Option<String>,
}

impl Draft {
    /// Makes the n-th order of the file's beginning; the last one there is where there are fewer. With a target
    /// its rules speak of the payload too.
    ///
    /// # Errors
    /// The mapping doesn't fit the file, or the file can't be read, or holds no order.
    pub fn evaluate(
        &self,
        place: usize,
        target: Option<&Target>,
        options: &OpenOptions,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Evaluation, DeckError> {
        let deck = Deck::of_mapping(self.source.clone(), self.mapping.clone(), options, progress)?;
        if deck.is_empty() {
            return Err(SourceError::Empty {
                path: self.source.path().display().to_string(),
            }
            .into());
        }
        let place = place.min(deck.len() - 1);
        let order = deck.order(place)?;
        let payload = target.map(|target| deck.payload(&order, target));
        let findings = match payload {
            Some(Ok(payload)) => payload.findings,
            _ => order.findings.clone(),
        };
        Ok(Evaluation {
            place,
            orders: deck.len(),
            values: values(&deck, &order),
            unknown: unknown(&deck),
            findings,
            order,
        })
    }
}

fn values(deck: &Deck, order: &DeckOrder) -> BTreeMap<Field, Read> {
    let mut values = BTreeMap::new();
    for target in deck.mapping().targets() {
        let (Some(field), Some(_)) = (target.field, &target.source) else {
            continue;
        };
        let item = (field.level() == Level::Item).then_some(0);
        let read = deck.mapping().texts(field, item, &order.group);
        let trouble = order.findings.iter().find(|finding| {
            let pointer = finding.target.pointer().unwrap_or_default();
            pointer.strip_prefix('/') == Some(field.path().replace('*', "0").as_str())
        });
        values.insert(
            field,
            Read {
                texts: read.into_iter().map(|(text, _)| text).collect(),
                value: field.get(&order.order, item),
                trouble: trouble.map(Finding::message),
            },
        );
    }
    values
}

/// The status words that the mapping's tables lack.
fn unknown(deck: &Deck) -> BTreeSet<(&'static str, String)> {
    let mut unknown = BTreeSet::new();
    for place in 0..deck.len().min(LOOKED_AT) {
        let Ok(order) = deck.order(place) else {
            continue;
        };
        for finding in &order.findings {
            if finding.rule != &UNKNOWN_STATUS {
                continue;
            }
            let pointer = finding.target.pointer().unwrap_or_default();
            let parts: Vec<&str> = pointer.trim_start_matches('/').split('/').collect();
            let item = parts.get(1).and_then(|part| part.parse::<usize>().ok());
            let path = match item {
                Some(item) => pointer.replacen(&format!("/{item}/"), "/*/", 1),
                None => pointer.clone(),
            };
            let field = Field::ALL
                .iter()
                .find(|field| path.trim_start_matches('/') == field.path());
            let Some((axis, field)) = field.and_then(|field| Some((super::axis(*field)?, *field)))
            else {
                continue;
            };
            let texts = deck.mapping().texts(field, item, &order.group);
            unknown.extend(
                texts
                    .into_iter()
                    .map(|(text, _)| (axis, text.trim().to_lowercase()))
                    .filter(|(_, word)| !word.is_empty()),
            );
        }
    }
    unknown
}

impl Draft {
    /// What another rule would give for a target in an order that was made; none where that can't be told.
    pub fn trial(&self, field: Field, rule: &Rule<String>, order: &DeckOrder) -> Option<Read> {
        let mut draft = self.clone();
        draft.set_rule(field, rule).ok()?;
        let compiled = draft.mapping.compile(self.source.format()).ok()?;
        let mapped = compiled.map(&order.group);
        let item = (field.level() == Level::Item).then_some(0);
        let path = field.path().replace('*', "0");
        let trouble = mapped.findings.iter().find(|finding| {
            finding
                .target
                .pointer()
                .unwrap_or_default()
                .strip_prefix('/')
                == Some(path.as_str())
        });
        Some(Read {
            texts: Vec::new(),
            value: field.get(&mapped.order, item),
            trouble: trouble.map(Finding::message),
        })
    }
}
