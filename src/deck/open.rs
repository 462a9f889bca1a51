//! Opening a file: what is it, which mapping reads it, where are its orders.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::{Deck, DeckFile};
use crate::mapping::{self, Mapping, MappingError};
use crate::order::edit::EditLog;
use crate::source::{Progress, Source, SourceError, SourceOptions};

/// How a file is to be opened.
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// Name of a preset or path of a mapping file, instead of the one detected.
    pub mapping: Option<String>,
    /// How the source is read.
    pub source: SourceOptions,
    /// Where the operator's own mappings are kept.
    pub mappings_dir: Option<PathBuf>,
}

/// Why a file could not be opened as orders.
#[derive(Debug, thiserror::Error)]
pub enum DeckError {
    /// The source can't be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// No mapping fits, or the mapping is wrong.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The mapping file can't be read.
    #[error("the mapping {path} can't be read: {reason}; `orderdeck mapping list` shows the names of those that are known")]
    MappingFile {
        /// What was given.
        path: String,
        /// What the system said.
        reason: String,
    },
}

impl Deck {
    /// Opens a file, finds its mapping and its orders. `progress` may stop it.
    pub fn open(
        path: &Path,
        options: &OpenOptions,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Self, DeckError> {
        let source = Source::open(path, &options.source)?;
        Self::of_source(source, options, progress)
    }

    /// The same for a source that is open already.
    pub fn of_source(
        source: Source,
        options: &OpenOptions,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Self, DeckError> {
        let mapping = match &options.mapping {
            Some(name) => named(name, options.mappings_dir.as_deref())?,
            None => mapping::detect(&source)?,
        };
        let mapping = mapping.compile(source.format())?;
        let index = source.index(mapping.group_by(), progress)?;
        Ok(Self {
            file: Arc::new(DeckFile {
                source,
                index,
                mapping,
                overview: OnceLock::new(),
            }),
            edits: Arc::new(EditLog::default()),
            without_edits: false,
        })
    }
}

/// A preset by its name, a saved mapping by its name, or a mapping file by its path.
fn named(name: &str, mappings_dir: Option<&Path>) -> Result<Arc<Mapping>, DeckError> {
    if let Some(preset) = mapping::preset(name) {
        return Ok(preset);
    }
    let saved = mappings_dir
        .map(|dir| dir.join(format!("{name}.toml")))
        .filter(|path| !name.contains(['/', '\\']) && path.is_file());
    let path = saved.unwrap_or_else(|| PathBuf::from(name));
    let text = std::fs::read_to_string(&path).map_err(|error| DeckError::MappingFile {
        path: name.to_owned(),
        reason: error.to_string(),
    })?;
    let mapping = Mapping::parse(&text, &path.display().to_string())?;
    Ok(Arc::new(mapping))
}
