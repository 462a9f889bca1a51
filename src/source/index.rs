//! Which bytes of the file belong to which group. A million groups take some ninety megabytes at
//! most; nothing is kept of the records themselves.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

use crate::finding::{Finding, Place, Rule};

use super::file::Stamp;
use super::keys::Keys;
use super::locate::Locator;
use super::report::Report;

/// A stretch of the file that holds records of one group and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) line: u64,
}

/// Where the groups of a file are.
pub struct Index {
    /// Empty when each record is a group.
    keys: Keys,
    keyed: bool,
    /// Each group's first extent.
    main: Vec<Extent>,
    counts: Vec<u32>,
    /// Further extents, sorted by group and place.
    overflow: Vec<(u32, Extent)>,
    records: u64,
    /// What the watched column holds in each group's first record.
    watched: Watched,
    /// What the file was when this was made.
    stamp: Stamp,
    locator: Locator,
    pub(super) fingerprint: String,
    pub(super) report: Report,
    pub(super) envelope: Map<String, Value>,
}

/// What a column holds in the first record of each group.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Watched {
    Nothing,
    Same(Box<str>),
    Different,
}

/// Counts only: keys are customers' data, and a wrapper may hold a secret.
impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("groups", &self.groups())
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}

impl Index {
    /// How many groups there are.
    pub fn groups(&self) -> usize {
        self.main.len()
    }

    /// How many usable records there are.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// A group's key: the text grouped by, or the record's number in the file.
    pub fn key(&self, group: usize) -> Option<Cow<'_, str>> {
        if self.keyed {
            self.keys.get(group).map(Cow::Borrowed)
        } else {
            (group < self.groups()).then(|| Cow::Owned((group + 1).to_string()))
        }
    }

    /// The group of exactly that key.
    pub fn find(&self, key: &str) -> Option<usize> {
        if self.keyed {
            self.keys.find(key).map(|group| group as usize)
        } else {
            let number: usize = key.parse().ok()?;
            number.checked_sub(1).filter(|group| *group < self.groups())
        }
    }

    /// How many records a group has.
    pub fn records_of(&self, group: usize) -> Option<u32> {
        self.counts.get(group).copied()
    }

    /// What stands in the watched column of each group's first record, if it is the same in all, and not blank.
    pub fn uniform(&self) -> Option<&str> {
        match &self.watched {
            Watched::Same(text) => (!text.is_empty()).then_some(&**text),
            Watched::Nothing | Watched::Different => None,
        }
    }

    /// Where a group's first record starts.
    pub fn place(&self, group: usize) -> Option<Place> {
        let extent = self.main.get(group)?;
        let mut place = Place::line(extent.line, extent.start);
        self.locator.locate(&mut place);
        Some(place)
    }

    /// BLAKE3 of all bytes of the file, in hex.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// What is wrong in the file; of each rule the first hundred.
    pub fn findings(&self) -> &[Finding] {
        self.report.kept()
    }

    /// How often each rule spoke, with the findings that weren't kept.
    pub fn counts(&self) -> &[(&'static Rule, u64)] {
        self.report.counts()
    }

    /// How many records couldn't be read and were left out: rows, objects, or broken parts of the file.
    pub fn left_out(&self) -> u64 {
        self.report.left_out()
    }

    /// The scalar members beside a JSON file's list of records, such as `shop_id` beside `orders`.
    pub fn envelope(&self) -> &Map<String, Value> {
        &self.envelope
    }

    /// Was this made of the file that has that stamp?
    pub(super) fn is_of(&self, stamp: Stamp) -> bool {
        self.stamp == stamp
    }

    /// The stretches of a group, in the order of the file.
    pub(super) fn extents(&self, group: usize) -> impl Iterator<Item = Extent> {
        let first = self
            .overflow
            .partition_point(|(owner, _)| (*owner as usize) < group);
        let further = self.overflow.get(first..).unwrap_or_default().iter();
        let further = further
            .take_while(move |(owner, _)| *owner as usize == group)
            .map(|(_, extent)| *extent);
        self.main.get(group).copied().into_iter().chain(further)
    }
}

/// There are more groups than can be numbered.
#[derive(Debug)]
pub(super) struct TooMany;

/// Puts records into groups as they come.
pub(super) struct Builder {
    index: Index,
    /// The group of the record above, unless something was left out since.
    current: Option<u32>,
    /// May records of one group that follow each other share an extent?
    joins: bool,
}

/// What a record's key says.
pub(super) enum Key<'k> {
    /// Records with this text belong together.
    Text(&'k str),
    /// Belongs to the group of the record above.
    Continues,
    /// A group of its own, without a key.
    Alone,
}

impl Builder {
    /// `keyed` is false where each record is a group; `joins` is for rows, between which there is
    /// nothing but line ends.
    pub(super) fn new(keyed: bool, joins: bool, stamp: Stamp) -> Self {
        Self {
            index: Index {
                keys: Keys::default(),
                keyed,
                main: Vec::new(),
                counts: Vec::new(),
                overflow: Vec::new(),
                records: 0,
                watched: Watched::Nothing,
                stamp,
                locator: Locator::default(),
                fingerprint: String::new(),
                report: Report::default(),
                envelope: Map::new(),
            },
            current: None,
            joins,
        }
    }

    /// Something was left out: what comes next doesn't continue the group above.
    pub(super) fn gap(&mut self) {
        self.current = None;
    }

    /// How many groups there are so far.
    pub(super) fn groups(&self) -> usize {
        self.index.groups()
    }

    /// What stands in the watched column of a new group's first record.
    pub(super) fn watch(&mut self, text: &str) {
        match &self.index.watched {
            Watched::Nothing => self.index.watched = Watched::Same(text.into()),
            Watched::Same(known) if **known != *text => self.index.watched = Watched::Different,
            Watched::Same(_) | Watched::Different => {}
        }
    }

    /// Adds a record; says whether it had no group to continue.
    pub(super) fn add(&mut self, key: &Key<'_>, extent: Extent) -> Result<bool, TooMany> {
        let index = &mut self.index;
        let orphan = matches!(key, Key::Continues) && self.current.is_none();
        let group = match (key, self.current) {
            (Key::Continues, Some(above)) => above,
            (Key::Continues, None) => index.keys.add_blind("").ok_or(TooMany)?,
            (Key::Text(key), Some(above)) if index.keys.get(above as usize) == Some(key) => above,
            (Key::Text(key), _) => index.keys.find_or_add(key).ok_or(TooMany)?,
            (Key::Alone, _) if index.keyed => index.keys.add_blind("").ok_or(TooMany)?,
            (Key::Alone, _) => u32::try_from(index.main.len()).map_err(|_| TooMany)?,
        };
        index.records += 1;
        match index.counts.get_mut(group as usize) {
            None => {
                index.main.push(extent);
                index.counts.push(1);
            }
            Some(count) => {
                *count = count.saturating_add(1);
                let follows = self.joins && self.current == Some(group);
                let last = match index.overflow.last_mut() {
                    Some((owner, last)) if *owner == group => Some(last),
                    _ => index.main.get_mut(group as usize),
                };
                match last.filter(|_| follows) {
                    Some(last) => last.end = extent.end,
                    None => index.overflow.push((group, extent)),
                }
            }
        }
        self.current = Some(group);
        Ok(orphan)
    }

    /// The index, without fingerprint and report yet.
    pub(super) fn finish(self, locator: Locator) -> Index {
        let mut index = self.index;
        index.locator = locator;
        // Stable: the extents of a group stay in the order of the file.
        index.overflow.sort_by_key(|(owner, _)| *owner);
        index.main.shrink_to_fit();
        index.counts.shrink_to_fit();
        index
    }
}
