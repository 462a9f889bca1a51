//! An opened order file: its source, its mapping, and the operator's edits. Both fronts look at orders,
//! payloads and findings through a [`Deck`], and change them through it.
//!
//! A deck is a cheap handle: a clone is a snapshot for a worker thread, whose edits stay as they were.

pub mod bulk;
pub mod compare;
mod coverage;
pub mod draft;
pub mod edits;
pub mod filter;
pub mod fix;
mod item;
mod join;
pub mod list;
pub mod needs;
mod open;
mod order;
mod origin;
mod overview;
mod payload;
pub mod rewrite;
mod saved;
pub mod sweep;
mod trial;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

pub use bulk::{BulkChange, BulkPreview};
pub use coverage::{Coverage, JoinCoverage, Sample, TargetCoverage};
pub use filter::{Filter, FilterError};
pub use fix::{FixError, FixPlan};
pub use open::{DeckError, OpenOptions, joins_given};
pub use order::{DeckOrder, Left, RULES};
pub use overview::{Example, OverTime, Overview, RuleCount, Tally};
pub use payload::{Payload, Target, Unavailable};
pub use rewrite::RewriteError;
pub use saved::{SavedMapping, mapping_text, parse_mapping, saved_mappings};

use crate::mapping::Compiled;
use crate::order::Field;
use crate::order::edit::EditLog;
use crate::source::{Index, Source, SourceError};

use sweep::Pace;

/// What of an opened file never changes while it is open.
#[derive(Debug)]
pub(crate) struct DeckFile {
    pub(crate) source: Source,
    pub(crate) index: Index,
    pub(crate) mapping: Compiled,
    /// Its name and the hash of its text.
    pub(crate) mapping_name: String,
    /// What the mapping was asked for by: a name, or an absolute path.
    pub(crate) mapping_given: String,
    /// How well the file fits its mapping, if that says what files it is for.
    pub(crate) fits: Option<u8>,
    /// The mapping that fits best of all others, and how well.
    pub(crate) near: Option<(String, u8)>,
    /// What an operator should know about how it is read.
    pub(crate) notes: Vec<String>,
}

/// An opened order file with its edits.
#[derive(Debug, Clone)]
pub struct Deck {
    pub(crate) file: Arc<DeckFile>,
    pub(crate) edits: Arc<EditLog>,
    /// Of the file with these edits; another one as soon as they change.
    pub(crate) overview: Arc<OnceLock<Overview>>,
    /// Edits are passed over: `--no-edits`.
    pub(crate) without_edits: bool,
    /// The edits that are kept for the file couldn't be read.
    pub(crate) edits_unread: bool,
}

impl Deck {
    /// How many orders the file holds.
    pub fn len(&self) -> usize {
        self.file.index.groups()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The file.
    pub fn source(&self) -> &Source {
        &self.file.source
    }

    /// Where its records are.
    pub fn index(&self) -> &Index {
        &self.file.index
    }

    /// How its records become orders.
    pub fn mapping(&self) -> &Compiled {
        &self.file.mapping
    }

    /// Name of the mapping and hash of its text, and of each file that it joins: what a run is frozen on.
    pub fn mapping_fingerprint(&self) -> String {
        let mut text = self.file.mapping_name.clone();
        for file in self.file.mapping.joined_files() {
            let hash = file.keys().fingerprint();
            text = format!("{text} {}={}", file.name(), hash.get(..16).unwrap_or(hash));
        }
        text
    }

    /// What of a frozen [`Deck::mapping_fingerprint`] is no longer so: the mapping, or a file that it joins.
    pub fn changed_mapping(&self, frozen: &str) -> Option<&'static str> {
        if self.mapping_fingerprint() == frozen {
            return None;
        }
        let rest = frozen.strip_prefix(self.file.mapping_name.as_str());
        Some(match rest {
            Some(rest) if rest.is_empty() || rest.starts_with(' ') => {
                "a file that the mapping joins"
            }
            _ => "the mapping",
        })
    }

    /// What an operator should know about how the file is read: columns that are new or gone, mappings that are
    /// broken, files that are joined and can't be read whole.
    pub fn notes(&self) -> &[String] {
        &self.file.notes
    }

    /// Is the file still what it was, and are those that the mapping joins?
    ///
    /// # Errors
    /// What happened to which file.
    pub fn check_unchanged(&self) -> Result<(), SourceError> {
        self.file.source.check_unchanged(&self.file.index)?;
        for file in self.file.mapping.joined_files() {
            file.source().check_unchanged(file.keys())?;
        }
        Ok(())
    }

    /// What opens the file with this mapping again: its name, or the absolute path of its file.
    pub fn mapping_given(&self) -> &str {
        &self.file.mapping_given
    }

    /// Whether it is known without looking at each order that all of them are in one currency.
    pub fn is_of_one_currency(&self) -> bool {
        let unedited = self.without_edits || self.edits.is_empty();
        unedited && self.file.index.uniform().is_some()
    }

    /// The edits in force.
    pub fn edits(&self) -> &EditLog {
        &self.edits
    }

    /// The same file as the source has it, edits passed over.
    #[must_use]
    pub fn without_edits(mut self) -> Self {
        self.without_edits = true;
        self.overview = Arc::default();
        self
    }

    /// Whether edits are passed over.
    pub fn is_without_edits(&self) -> bool {
        self.without_edits
    }

    /// Whether edits are kept for the file that couldn't be read: it can be looked at, and isn't sent.
    pub fn are_edits_unread(&self) -> bool {
        self.edits_unread && !self.without_edits
    }

    /// Says that the edits kept for the file couldn't be read, or were.
    pub fn set_edits_unread(&mut self, unread: bool) {
        self.edits_unread = unread;
    }

    /// What the source calls an order: the key that edits are kept under.
    pub fn source_key(&self, order: usize) -> Option<String> {
        self.file.index.key(order).map(std::borrow::Cow::into_owned)
    }

    /// The place of an order by its key, as the order has it, else as the source has it.
    pub fn find(&self, key: &str) -> Option<usize> {
        self.find_all(&[key]).pop().flatten()
    }

    /// The same for many keys, in one pass over the file at most.
    pub fn find_all(&self, keys: &[&str]) -> Vec<Option<usize>> {
        let by_source = |key: &str| self.file.index.find(key);
        let mut places: Vec<Option<usize>> = keys
            .iter()
            .map(|key| by_source(key).filter(|place| self.is_order(*place, key)))
            .collect();
        let mut missing: HashMap<&str, Vec<usize>> = HashMap::new();
        for (position, key) in keys.iter().enumerate() {
            if places.get(position).is_some_and(Option::is_none) {
                missing.entry(key).or_default().push(position);
            }
        }
        if !missing.is_empty() {
            // Ended by having found all of them, which is no error.
            let _ = self.sweep(
                Pace::only(&[Field::Id]),
                0..self.len(),
                Vec::new,
                |ids: &mut Vec<Option<String>>, _, order| {
                    ids.push(order.ok().map(|order| std::mem::take(&mut order.order.id)));
                    Ok(())
                },
                |chunk, ids| {
                    for (place, id) in chunk.zip(ids) {
                        let asked = id.and_then(|id| missing.remove(id.as_str()));
                        for position in asked.unwrap_or_default() {
                            if let Some(found) = places.get_mut(position) {
                                *found = Some(place);
                            }
                        }
                    }
                    if missing.is_empty() { Err(()) } else { Ok(()) }
                },
            );
        }
        for (place, key) in places.iter_mut().zip(keys) {
            *place = place.or_else(|| by_source(key));
        }
        places
    }

    /// The places of the orders that an edit gave another id, by that id: it may be another order's own.
    pub fn renamed(&self) -> HashMap<String, Vec<usize>> {
        let mut renamed: HashMap<String, Vec<usize>> = HashMap::new();
        if self.without_edits {
            return renamed;
        }
        for key in self.edits.orders() {
            if let Some(place) = self.file.index.find(key)
                && let Ok(order) = self.order(place)
                && order.order.id != key
            {
                renamed.entry(order.order.id).or_default().push(place);
            }
        }
        renamed
    }

    fn is_order(&self, place: usize, key: &str) -> bool {
        self.order(place).is_ok_and(|order| order.order.id == key)
    }

    /// Hash of the edits in force, hexadecimal; empty for none. What a run is frozen on.
    pub fn edits_fingerprint(&self) -> String {
        if self.without_edits || self.edits.is_empty() {
            return String::new();
        }
        let mut orders: Vec<&str> = self.edits.orders().collect();
        orders.sort_unstable();
        let mut hasher = blake3::Hasher::new();
        for order in orders {
            // Writing to memory can't fail.
            let text = serde_json::to_string(self.edits.of(order)).unwrap_or_default();
            hasher.update(text.as_bytes());
            hasher.update(b"\n");
        }
        hasher.finalize().to_hex().to_string()
    }
}
