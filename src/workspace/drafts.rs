//! Drafts of mappings: begun for a file, and what they make of it.

use std::ops::ControlFlow;
use std::path::Path;

use super::Workspace;
use crate::deck::draft::{Draft, DraftError, Evaluation};
use crate::deck::{DeckError, OpenOptions, Target, mapping_text};
use crate::source::{Progress, Source};

impl Workspace {
    /// Begins a draft for a file, by its beginning: of the mapping of that name, else of what can be proposed.
    ///
    /// # Errors
    /// The file or the mapping can't be read.
    pub fn begin_draft(&self, path: &Path, mapping: Option<&str>) -> Result<Draft, DraftError> {
        let source = Source::peek(path, &self.source_options(path))?;
        if let Some(name) = mapping {
            let text = mapping_text(name, Some(&self.mappings_dir()))?;
            return Draft::of_text(source, &text);
        }
        let (name, title) = super::propose::names(&source);
        Draft::proposed(source, &name, &title)
    }

    /// What a draft makes of the n-th order of its file's beginning.
    ///
    /// # Errors
    /// As [`Draft::evaluate`].
    pub fn evaluate_draft(
        &self,
        draft: &Draft,
        place: usize,
        target: Option<&Target>,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Evaluation, DeckError> {
        let options = OpenOptions {
            mapping: None,
            source: self.source_options(draft.source().path()),
            mappings_dir: None,
            joins: self.joins.clone(),
        };
        draft.evaluate(place, target, &options, progress)
    }
}
