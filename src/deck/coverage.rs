//! What a mapping makes of a file, target by target: how many orders got a value, how many none, and what couldn't
//! be read, with examples. One pass, in memory that doesn't grow with the file.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::Deck;
use crate::finding::{Finding, Place};
use crate::mapping::{Mapped, TargetInfo};
use crate::order::{Field, Level};
use crate::source::{Group, SourceError};

/// How many examples are kept of a target, and of what failed in it.
const EXAMPLES: usize = 3;
/// After so many orders no more examples are looked for.
const LOOKED_AT: u64 = 200;

/// What a mapping makes of a file.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// Orders.
    pub orders: u64,
    /// Line items.
    pub items: u64,
    /// Every target that has a rule.
    pub targets: Vec<TargetCoverage>,
    /// Columns that no rule reads; none for JSON.
    pub unused: Vec<String>,
    /// Files that are joined.
    pub joins: Vec<JoinCoverage>,
    /// Error findings of orders, by rule: those of targets and all others.
    pub errors: BTreeMap<&'static str, u64>,
}

/// What became of one target.
#[derive(Debug, Clone)]
pub struct TargetCoverage {
    /// `customer.email`, `items.sku`, or `kibo: shippingMethod/shippingType`.
    pub name: String,
    /// Counted by line items, not by orders.
    pub per_item: bool,
    /// Where it comes from, in words.
    pub source: String,
    /// Orders or items that got a value.
    pub filled: u64,
    /// Those without one: there was nothing to be read.
    pub empty: u64,
    /// Those without one because what stands there can't be read.
    pub failed: u64,
    /// How often each rule spoke of it, of values that were read all the same too.
    pub rules: BTreeMap<&'static str, u64>,
    /// Values that were read.
    pub examples: Vec<Sample>,
    /// What couldn't be.
    pub failures: Vec<Sample>,
}

/// One value of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The text in the file, as far as it is one; for a failure what is wrong with it.
    pub source: String,
    /// What the target got.
    pub value: Option<String>,
    /// Where it stands.
    pub place: Option<Place>,
    /// Which rule speaks of it.
    pub rule: Option<&'static str>,
}

/// What became of a joined file.
#[derive(Debug, Clone)]
pub struct JoinCoverage {
    /// What the mapping calls it.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Keys that it has.
    pub keys: u64,
    /// Those that an order or item asked for.
    pub used: u64,
    /// How often an order or item asked for a key.
    pub asked: u64,
    /// How often in vain.
    pub unmatched: u64,
}

impl Coverage {
    /// Whether something couldn't be read, or is wrong as orders go.
    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty() || self.targets.iter().any(|target| target.failed > 0)
    }
}

impl Deck {
    /// Maps every order, edits passed over. `progress` gets the orders done and may stop it.
    ///
    /// # Errors
    /// When the file can't be read, was changed, or the caller stops.
    pub fn coverage(
        &self,
        progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Coverage, SourceError> {
        let file = &self.file;
        let mapping = &file.mapping;
        let infos = mapping.targets();
        let mut counted: Vec<Counted> = infos.iter().filter_map(Counted::new).collect();
        let mut coverage = Coverage {
            unused: mapping
                .unused_columns()
                .into_iter()
                .map(str::to_owned)
                .collect(),
            ..Coverage::default()
        };
        let mut seen: Vec<Vec<bool>> = Vec::new();
        for joined in mapping.joined_files() {
            seen.push(vec![false; joined.keys().groups()]);
            coverage.joins.push(JoinCoverage {
                name: joined.name().to_owned(),
                path: joined.source().path().display().to_string(),
                keys: joined.keys().groups() as u64,
                used: 0,
                asked: 0,
                unmatched: 0,
            });
        }
        for (rule, count) in file.index.counts() {
            if rule.severity == crate::finding::Severity::Error {
                *coverage.errors.entry(rule.id).or_default() += count;
            }
        }
        for place in 0..self.len() {
            if place % 512 == 0 && progress(place).is_break() {
                return Err(SourceError::Stopped {
                    path: file.source.path().display().to_string(),
                });
            }
            let mut group = file.source.read_group(&file.index, place)?;
            mapping.gather(&mut group)?;
            let mapped = mapping.map(&group);
            coverage.orders += 1;
            coverage.items += mapped.order.items.len() as u64;
            for finding in mapped.findings.iter().filter(|finding| finding.blocks()) {
                *coverage.errors.entry(finding.rule.id).or_default() += 1;
            }
            for target in &mut counted {
                let items = mapped.order.items.len();
                let each = if target.coverage.per_item { items } else { 1 };
                for index in 0..each {
                    let item = target.coverage.per_item.then_some(index);
                    target.count(self, &mapped, &group, item, coverage.orders);
                }
            }
            for (number, joined) in mapping.joined_files().enumerate() {
                let (Some(join), Some(seen)) =
                    (coverage.joins.get_mut(number), seen.get_mut(number))
                else {
                    continue;
                };
                for (_, key) in mapping.keys_of(number, &group) {
                    join.asked += 1;
                    match joined.keys().find(&key).and_then(|at| seen.get_mut(at)) {
                        Some(seen) => *seen = true,
                        None => join.unmatched += 1,
                    }
                }
            }
        }
        for (join, seen) in coverage.joins.iter_mut().zip(&seen) {
            join.used = seen.iter().filter(|seen| **seen).count() as u64;
        }
        coverage.targets = counted.into_iter().map(|target| target.coverage).collect();
        Ok(coverage)
    }
}

/// A target while it is counted.
struct Counted {
    field: Option<Field>,
    /// Of a field that one vendor has.
    vendor: Option<(String, String)>,
    coverage: TargetCoverage,
}

impl Counted {
    fn new(info: &TargetInfo) -> Option<Self> {
        let vendor = info.name.split_once(": ").filter(|_| info.field.is_none());
        let per_item = match (info.field, vendor) {
            (Some(field), _) => field.level() == Level::Item,
            (None, Some((_, path))) => path.split('/').any(|part| part == "*"),
            (None, None) => return None,
        };
        Some(Self {
            field: info.field,
            vendor: vendor.map(|(vendor, path)| (vendor.to_owned(), path.to_owned())),
            coverage: TargetCoverage {
                name: info.name.clone(),
                per_item,
                source: info.source.clone()?,
                filled: 0,
                empty: 0,
                failed: 0,
                rules: BTreeMap::new(),
                examples: Vec::new(),
                failures: Vec::new(),
            },
        })
    }

    fn count(
        &mut self,
        deck: &Deck,
        mapped: &Mapped,
        group: &Group,
        item: Option<usize>,
        orders: u64,
    ) {
        let order = &mapped.order;
        let value = match (&self.vendor, self.field) {
            (Some((vendor, path)), _) => order
                .vendor_field(vendor, path, item.map(|item| item as u32))
                .map(str::to_owned),
            (None, Some(field)) => field.get(order, item),
            (None, None) => None,
        };
        let findings = mapped.findings.iter();
        let spoken: Vec<&Finding> = findings
            .filter(|finding| self.is_about(finding, item))
            .collect();
        let any = !spoken.is_empty();
        for finding in spoken {
            *self.coverage.rules.entry(finding.rule.id).or_default() += 1;
            let failures = &mut self.coverage.failures;
            if value.is_none() && failures.len() < EXAMPLES {
                let example = Sample {
                    source: finding.message(),
                    value: None,
                    place: finding.place.clone(),
                    rule: Some(finding.rule.id),
                };
                if failures.iter().all(|known| known.source != example.source) {
                    failures.push(example);
                }
            }
        }
        let Some(value) = value else {
            if any {
                self.coverage.failed += 1;
            } else {
                self.coverage.empty += 1;
            }
            return;
        };
        self.coverage.filled += 1;
        let known = &self.coverage.examples;
        let is_new = known.iter().all(|one| one.value.as_ref() != Some(&value));
        if is_new && known.len() < EXAMPLES && orders <= LOOKED_AT {
            let mapping = &deck.file.mapping;
            let read = match (&self.vendor, self.field) {
                (Some((vendor, path)), _) => mapping.vendor_texts(vendor, path, item, group),
                (None, Some(field)) => mapping.texts(field, item, group),
                (None, None) => Vec::new(),
            };
            let texts: Vec<&str> = read.iter().map(|(text, _)| text.as_str()).collect();
            self.coverage.examples.push(Sample {
                source: texts.join(" | "),
                value: Some(value),
                place: read.into_iter().next().map(|(_, place)| place),
                rule: None,
            });
        }
    }

    fn is_about(&self, finding: &Finding, item: Option<usize>) -> bool {
        let Some(pointer) = finding.target.pointer() else {
            return false;
        };
        let path = match (&self.vendor, self.field) {
            (Some((_, path)), _) => path.as_str(),
            (None, Some(field)) => field.path(),
            (None, None) => return false,
        };
        let index = item.map(|item| item.to_string()).unwrap_or_default();
        pointer.strip_prefix('/') == Some(path.replace('*', &index).as_str())
    }
}
