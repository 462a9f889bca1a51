//! Drafts of mappings: begun for a file, and what they make of it.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::Workspace;
use crate::deck::draft::{Draft, DraftError, Evaluation, JoinCandidate};
use crate::deck::{DeckError, OpenOptions, Target, joins_given, mapping_text};
use crate::source::{Progress, Source, SourceError};

impl Workspace {
    /// Begins a draft for a file, by its beginning: of the mapping of that name, else of what can be proposed.
    ///
    /// # Errors
    /// The file or the mapping can't be read.
    pub fn begin_draft(&self, path: &Path, mapping: Option<&str>) -> Result<Draft, DraftError> {
        let source = Source::peek(path, &self.source_options(path))?;
        if let Some(name) = mapping {
            let text = mapping_text(name, Some(&self.mappings_dir()))?;
            let draft = Draft::of_text(source, &text)?;
            return Ok(draft.with_given(joins_given(name)));
        }
        let (name, title) = super::propose::names(&source);
        Draft::proposed(source, &name, &title)
    }

    /// Files beside that one that may hold records, by name.
    ///
    /// # Errors
    /// The folder can't be read.
    pub fn files_beside(&self, path: &Path) -> std::io::Result<Vec<PathBuf>> {
        const KINDS: [&str; 9] = [
            "csv", "tsv", "txt", "json", "ndjson", "jsonl", "xlsx", "ods", "xls",
        ];
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let mut files: Vec<PathBuf> = Vec::new();
        for entry in std::fs::read_dir(folder.unwrap_or(Path::new(".")))? {
            let entry = entry?.path();
            let name = entry.file_name().unwrap_or_default().to_string_lossy();
            let name = name.to_lowercase();
            let plain = name.trim_end_matches(".gz").trim_end_matches(".zst");
            let kind = plain.rsplit_once('.').map_or("", |(_, kind)| kind);
            if KINDS.contains(&kind) && entry.file_name() != path.file_name() && entry.is_file() {
                files.push(entry);
            }
        }
        files.sort();
        Ok(files)
    }

    /// Looks at the beginning of a file that might be joined.
    ///
    /// # Errors
    /// It can't be read.
    pub fn join_candidate(&self, path: &Path) -> Result<JoinCandidate, SourceError> {
        JoinCandidate::of(path, &self.source_options(path))
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
