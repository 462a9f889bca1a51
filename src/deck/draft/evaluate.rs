//! What a draft makes of the beginning of its file: one order, live, with everything that is found in it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::{Draft, Goal, JoinedFiles};
use crate::deck::{Deck, DeckError, DeckOrder, OpenOptions, Target};
use crate::finding::Finding;
use crate::mapping::Rule;
use crate::mapping::propose::{LOOKED_AT as READ, Sampled, sampled};
use crate::mapping::rules::UNKNOWN_STATUS;
use crate::order::Field;
use crate::source::{Progress, SourceError};

/// So many orders are looked at for words that the mapping doesn't know.
const LOOKED_AT: usize = 200;
/// So many orders are looked at for what lines that are made of cells have.
const LINES_OF: usize = 100;

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
    pub values: BTreeMap<Goal, Read>,
    /// The columns that rules can read: the file's, those of lines that are made of cells, those of joined files.
    pub columns: Vec<Sampled>,
    /// The joined files.
    pub joined: JoinedFiles,
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
        let mut options = options.clone();
        options.joins.extend(self.given.iter().cloned());
        let mapping = self.mapping.clone();
        let deck = Deck::of_mapping(self.source.clone(), mapping, &options, progress)?;
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
            values: self.values(&deck, &order, &findings),
            columns: self.seen(&deck)?,
            joined: deck.mapping().shared_joins(),
            unknown: unknown(&deck),
            findings,
            order,
        })
    }
}

impl Draft {
    fn values(&self, deck: &Deck, order: &DeckOrder, findings: &[Finding]) -> BTreeMap<Goal, Read> {
        let mut values = BTreeMap::new();
        for target in deck.mapping().targets() {
            let (Some(field), Some(_)) = (target.field, &target.source) else {
                continue;
            };
            let goal = Goal::from(field);
            let read = deck.mapping().texts(field, goal.item(), &order.group);
            let read = Read {
                texts: read.into_iter().map(|(text, _)| text).collect(),
                value: field.get(&order.order, goal.item()),
                trouble: trouble(&goal, &order.findings),
            };
            values.insert(goal, read);
        }
        for (vendor, path) in self.mapping.vendor_paths() {
            let goal = Goal::own(vendor, path);
            let item = goal.item();
            let compiled = deck.mapping();
            let texts = compiled.vendor_texts(vendor, path, item, &order.group);
            let line = item.and_then(|item| u32::try_from(item).ok());
            let value = order.order.vendor_field(vendor, path, line);
            let read = Read {
                texts: texts.into_iter().map(|(text, _)| text).collect(),
                value: value.map(str::to_owned),
                // What is wrong with it the vendor's rules know.
                trouble: trouble(&goal, findings),
            };
            values.insert(goal, read);
        }
        values
    }
}

/// What is wrong with what a goal got.
fn trouble(goal: &Goal, findings: &[Finding]) -> Option<String> {
    let place = goal.pointer();
    let mut findings = findings.iter();
    let found = findings.find(|finding| finding.target.pointer().as_deref() == Some(&*place));
    found.map(Finding::message)
}

impl Draft {
    /// The columns that rules can read.
    fn seen(&self, deck: &Deck) -> Result<Vec<Sampled>, DeckError> {
        let list = self.mapping.items.list.as_deref();
        let mut columns = if self.is_json() && list.is_some() {
            // What lines have is known of the list that was chosen only.
            sampled(self.source.format(), &self.source.head(READ)?, list)
        } else {
            self.columns.to_vec()
        };
        let mut members: Vec<(String, Vec<String>)> = Vec::new();
        if !self.is_json() && deck.mapping().lines_stand_apart() {
            for place in 0..deck.len().min(LINES_OF) {
                let order = deck.order(place)?;
                for (name, text) in deck.mapping().made_members(&order.group) {
                    match members.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, texts)) => texts.push(text),
                        None => members.push((name, vec![text])),
                    }
                }
            }
        }
        columns.extend(members.into_iter().map(|(name, texts)| Sampled {
            of_lines: true,
            ..Sampled::of(&name, texts.iter().map(|text| text.trim()))
        }));
        for file in deck.mapping().joined_files() {
            let records = file.source().head(READ)?;
            let theirs = sampled(file.source().format(), &records, None).into_iter();
            columns.extend(
                theirs
                    .filter(|column| !column.of_lines)
                    .map(|column| Sampled {
                        name: format!("{}.{}", file.name(), column.name),
                        joined: true,
                        ..column
                    }),
            );
        }
        Ok(columns)
    }
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
    pub fn trial(
        &self,
        goal: impl Into<Goal>,
        rule: &Rule<String>,
        made: &Evaluation,
    ) -> Option<Read> {
        let goal = goal.into();
        let mut draft = self.clone();
        draft.set_rule(&goal, rule).ok()?;
        let format = self.source.format();
        let compiled = draft.mapping.compile_joined(format, &made.joined).ok()?;
        let mut group = made.order.group.clone();
        compiled.gather(&mut group).ok()?;
        let mapped = compiled.map(&group);
        let item = goal.item();
        let line = item.and_then(|item| u32::try_from(item).ok());
        Some(Read {
            texts: Vec::new(),
            value: match &goal {
                Goal::Field(field) => field.get(&mapped.order, item),
                Goal::Own { vendor, path } => {
                    let value = mapped.order.vendor_field(vendor, path, line);
                    value.map(str::to_owned)
                }
            },
            trouble: trouble(&goal, &mapped.findings),
        })
    }
}
