//! A mapping while it is made: begun from a proposal or from a mapping that is there, changed step by step, each
//! step to be undone, and always a text that can be read as a mapping file. Comments in it stay.

mod edit;
mod evaluate;
mod goal;
mod joins;
mod lines;
mod look;
mod place;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use toml_edit::DocumentMut;

pub use edit::{DraftError, Kind as RuleKind};
pub use evaluate::{Evaluation, Read};
pub use goal::Goal;
pub use joins::{JoinCandidate, JoinLine};
pub use lines::{Lines, LinesTried};
pub use look::{ColumnLine, Setting, Standing, TargetLine, WordLine};

use super::parse_mapping;
use crate::mapping::propose::{
    LOOKED_AT, Proposal, Question, SURE, Sampled, Shapes, Suggestion, propose_for, sampled, shapes,
};
use crate::mapping::{JoinedFile, Mapping, MappingError};
use crate::order::{Field, Kind};
use crate::source::{Record, Source, SourceError};

/// Steps that can be undone.
const REMEMBERED: usize = 500;
/// More names than these don't make a file surer to be recognised.
const MOST_MUST: usize = 8;
/// What errors call a draft.
const FILE: &str = "draft";

/// Status words that the file's beginning holds, by axis.
type Words = BTreeMap<&'static str, Vec<String>>;
/// The files that are joined, indexed.
pub type JoinedFiles = Vec<Arc<JoinedFile>>;

/// A mapping while it is made.
#[derive(Debug, Clone)]
pub struct Draft {
    source: Source,
    columns: Arc<[Sampled]>,
    /// Where lines might be.
    shapes: Arc<Shapes>,
    /// How many records were looked at.
    looked_at: usize,
    /// Files that are given with the mapping.
    given: Vec<(String, PathBuf)>,
    /// What was proposed and asked when it was begun; nothing for a mapping that was there.
    questions: Arc<[Question]>,
    words: Arc<Words>,
    /// The truth.
    document: DocumentMut,
    /// The same, read.
    mapping: Mapping,
    /// Suggestions that are to be decided.
    doubtful: Vec<Suggestion>,
    past: Vec<Version>,
    future: Vec<Version>,
    /// The text that is saved, or was begun from.
    saved: Option<String>,
}

/// What it was before a step.
#[derive(Debug, Clone)]
struct Version {
    document: DocumentMut,
    doubtful: Vec<Suggestion>,
    given: Vec<(String, PathBuf)>,
    /// What the step did, in words.
    label: String,
}

/// The axis of `[status]` that a field's words stand in.
pub fn axis(field: Field) -> Option<&'static str> {
    match (field.kind(), field) {
        (Kind::Payment, _) => Some("payment"),
        (Kind::Fulfilment, _) => Some("fulfilment"),
        (Kind::LineStatus, _) => Some("line"),
        (_, Field::Cancelled) => Some("cancelled"),
        _ => None,
    }
}

impl Draft {
    /// Begins one from what the file's beginning suggests: what is sure is in it, what is doubtful stands aside.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn proposed(source: Source, name: &str, title: &str) -> Result<Self, DraftError> {
        let records = source.head(LOOKED_AT)?;
        let proposal = propose_for(source.format(), &records);
        let text = sure_part(&proposal).to_toml(name, title);
        let mut draft = Self::begin(source, &records, &text, &proposal)?;
        draft.doubtful = proposal
            .targets
            .iter()
            .filter(|target| !target.is_sure())
            .cloned()
            .collect();
        draft.questions = proposal.questions.into();
        // Nothing of it is kept anywhere yet.
        draft.saved = None;
        Ok(draft)
    }

    /// Begins one from a mapping that is there.
    ///
    /// # Errors
    /// The file can't be read, or the text is no mapping.
    pub fn of_text(source: Source, text: &str) -> Result<Self, DraftError> {
        let records = source.head(LOOKED_AT)?;
        let proposal = propose_for(source.format(), &records);
        Self::begin(source, &records, text, &proposal)
    }

    fn begin(
        source: Source,
        records: &[Record],
        text: &str,
        proposal: &Proposal,
    ) -> Result<Self, DraftError> {
        let (document, mapping) = read(text)?;
        let words = proposal.status.iter().map(|(axis, words)| {
            let words: Vec<String> = words.keys().cloned().collect();
            (*axis, words)
        });
        Ok(Self {
            columns: sampled(source.format(), records, mapping.items.list.as_deref()).into(),
            shapes: Arc::new(shapes(source.format(), records)),
            looked_at: records.len(),
            given: Vec::new(),
            source,
            questions: Arc::default(),
            words: Arc::new(words.collect()),
            saved: Some(document.to_string()),
            document,
            mapping,
            doubtful: Vec::new(),
            past: Vec::new(),
            future: Vec::new(),
        })
    }

    /// The file that it is for.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Whether its records are objects.
    pub fn is_json(&self) -> bool {
        self.source.header().is_none()
    }

    /// Where the lines of an order might be.
    pub fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    /// How many records the values and words that are shown were taken from, and whether those are all.
    pub fn looked_at(&self) -> (usize, bool) {
        (self.looked_at, self.looked_at < LOOKED_AT)
    }

    /// Its text as a mapping file.
    pub fn text(&self) -> String {
        self.document.to_string()
    }

    /// It as a mapping.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Whether something of it isn't saved.
    pub fn is_changed(&self) -> bool {
        match &self.saved {
            Some(saved) => *saved != self.text(),
            None => true,
        }
    }

    /// Whether anything was done to it at all.
    pub fn is_touched(&self) -> bool {
        !self.past.is_empty()
    }

    /// Its text for a file that is kept: it says which columns it was made for, and by what such a file is known again.
    pub fn text_to_keep(&self) -> String {
        let mut document = self.document.clone();
        let names = self
            .source
            .header()
            .map_or(&[][..], |header| header.names());
        if let Some(head) = place::section(&mut document, "mapping").filter(|_| !names.is_empty()) {
            let names: toml_edit::Array = names.iter().map(String::as_str).collect();
            place::set(head, "made_for", names.into());
        }
        let detect = &self.mapping.detect;
        if detect.must.is_empty() && detect.any.is_empty() && detect.exactly.is_empty() {
            let mut must: Vec<String> = Vec::new();
            let read = self.columns(None).into_iter();
            must.extend(
                read.filter(|line| !line.column.of_lines && !line.targets.is_empty())
                    .map(|line| line.column.name),
            );
            must.truncate(MOST_MUST);
            let must: toml_edit::Array = must.into_iter().collect();
            if let Some(detect) =
                place::section(&mut document, "detect").filter(|_| !must.is_empty())
            {
                place::set(detect, "must", must.into());
            }
        }
        document.to_string()
    }

    /// Takes the last step back; what it was, in words.
    pub fn undo(&mut self) -> Option<String> {
        let before = self.past.pop()?;
        let (label, now) = self.swap(before);
        self.future.push(now);
        Some(label)
    }

    /// Does the last undone step again; what it is, in words.
    pub fn redo(&mut self) -> Option<String> {
        let after = self.future.pop()?;
        let (label, now) = self.swap(after);
        self.past.push(now);
        Some(label)
    }

    fn swap(&mut self, version: Version) -> (String, Version) {
        let label = version.label.clone();
        // Every version could be read when it was made.
        if let Ok((_, mapping)) = read(&version.document.to_string()) {
            self.mapping = mapping;
        }
        let now = Version {
            document: std::mem::replace(&mut self.document, version.document),
            doubtful: std::mem::replace(&mut self.doubtful, version.doubtful),
            given: std::mem::replace(&mut self.given, version.given),
            label: version.label,
        };
        (label, now)
    }
}

fn read(text: &str) -> Result<(DocumentMut, Mapping), MappingError> {
    let mapping = parse_mapping(text, FILE)?;
    // What one reader of TOML takes the other takes too.
    let document = text.parse().unwrap_or_default();
    Ok((document, mapping))
}

/// The proposal without what has to be decided.
fn sure_part(proposal: &Proposal) -> Proposal {
    let mut sure = proposal.clone();
    sure.targets.retain(Suggestion::is_sure);
    sure.questions.clear();
    sure.read.group_by.take_if(|(_, sure, _)| *sure < SURE);
    for words in sure.status.values_mut() {
        words.retain(|_, ours| ours.is_some());
    }
    sure.status.retain(|_, words| !words.is_empty());
    sure
}

impl From<SourceError> for DraftError {
    fn from(error: SourceError) -> Self {
        Self::Deck(error.into())
    }
}
