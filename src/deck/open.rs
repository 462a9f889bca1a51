//! Opening a file: what is it, which mapping reads it, where are its orders.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Deck, DeckFile};
use crate::mapping::{self, CompileError, Compiled, DetectError, Mapping, MappingError};
use crate::source::{GroupBy, Progress, Source, SourceError, SourceOptions};
use crate::vendor;

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
    /// No preset fits.
    #[error("{path}: {reason}{}", next_step(.path, .reason))]
    Unknown {
        /// The file.
        path: String,
        /// What was seen, and the next step.
        reason: DetectError,
    },
    /// The mapping file is wrong.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The mapping and the file don't fit.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// The mapping speaks of a vendor or a field that isn't there.
    #[error("the mapping {mapping} fills `{path}` of {vendor}: {problem}")]
    VendorField {
        /// Name of the mapping.
        mapping: String,
        /// The vendor as the mapping names it.
        vendor: String,
        /// The field as the mapping names it.
        path: String,
        /// What is wrong, and what there is.
        problem: String,
    },
    /// The mapping file can't be read.
    #[error(
        "the mapping {path} can't be read: {reason}; `orderdeck mapping list` shows the names of those that are known"
    )]
    MappingFile {
        /// What was given.
        path: String,
        /// What the system said.
        reason: String,
    },
}

/// What to do about a file that no preset knows; one that holds no orders is beyond help.
fn next_step(path: &str, reason: &DetectError) -> String {
    match reason {
        DetectError::Unknown { .. } => {
            format!(". `orderdeck mapping propose {path}` suggests a mapping")
        }
        DetectError::Refused { .. } => String::new(),
    }
}

impl Deck {
    /// Opens a file, finds its mapping and its orders. `progress` may stop it.
    pub fn open(
        path: &Path,
        options: &OpenOptions,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Self, DeckError> {
        let source = Source::open_with(path, &options.source, progress)?;
        Self::of_source(source, options, progress)
    }

    /// The same for a source that is open already.
    pub fn of_source(
        source: Source,
        options: &OpenOptions,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Self, DeckError> {
        let (mapping, text, mapping_given) = if let Some(name) = &options.mapping {
            named(name, options.mappings_dir.as_deref())?
        } else {
            let found = mapping::detect(&source)?;
            if found.mapping().is_err() && source.head(1)?.is_empty() {
                // Nothing could be read: why is a better answer than that no preset fits.
                source.index(&GroupBy::EachRecord, progress)?;
            }
            let preset = found.mapping().map_err(|reason| DeckError::Unknown {
                path: source.path().display().to_string(),
                reason,
            })?;
            let text = mapping::preset_text(preset.name()).unwrap_or_default();
            let given = preset.name().to_owned();
            (Cow::Borrowed(preset), Cow::Borrowed(text), given)
        };
        let fingerprint = blake3::hash(text.as_bytes()).to_hex();
        let mapping_name = format!("{} {}", mapping.name(), &fingerprint[..16]);
        let mapping = mapping.compile(source.format())?;
        check_vendor_fields(&mapping)?;
        let index = source.index(mapping.group_by(), progress)?;
        Ok(Self {
            file: Arc::new(DeckFile {
                source,
                index,
                mapping,
                mapping_name,
                mapping_given,
            }),
            edits: Arc::default(),
            overview: Arc::default(),
            without_edits: false,
            edits_unread: false,
        })
    }
}

/// The mapping can't see the vendors, so what it says of them is checked here.
fn check_vendor_fields(mapping: &Compiled) -> Result<(), DeckError> {
    for (name, path) in mapping.vendor_paths() {
        let problem = match vendor::by_name(name) {
            None => {
                let names: Vec<_> = vendor::ALL.iter().map(|vendor| vendor.name()).collect();
                format!("there is no such vendor, only {}", names.join(", "))
            }
            Some(vendor) => {
                let table = vendor.table();
                let pointer = format!("/{}", path.replace('*', "0"));
                if table.find(path).is_some() || table.at_pointer(&pointer).is_some() {
                    continue;
                }
                format!(
                    "{} has no such field; `orderdeck manual` lists what it has",
                    vendor.title()
                )
            }
        };
        return Err(DeckError::VendorField {
            mapping: mapping.name().to_owned(),
            vendor: name.to_owned(),
            path: path.to_owned(),
            problem,
        });
    }
    Ok(())
}

/// A preset by its name, a saved mapping by its name, or a mapping file by its path; with its text, and what
/// leads to it again from anywhere.
fn named(
    name: &str,
    mappings_dir: Option<&Path>,
) -> Result<(Cow<'static, Mapping>, Cow<'static, str>, String), DeckError> {
    if let Some(preset) = mapping::preset(name) {
        let text = mapping::preset_text(name).unwrap_or_default();
        return Ok((Cow::Borrowed(preset), Cow::Borrowed(text), name.to_owned()));
    }
    let saved = mappings_dir
        .map(|dir| dir.join(format!("{name}.toml")))
        .filter(|path| !name.contains(['/', '\\']) && path.is_file());
    let given = match &saved {
        Some(_) => name.to_owned(),
        None => std::path::absolute(name)
            .unwrap_or_else(|_| PathBuf::from(name))
            .display()
            .to_string(),
    };
    let path = saved.unwrap_or_else(|| PathBuf::from(name));
    let text = std::fs::read_to_string(&path).map_err(|error| DeckError::MappingFile {
        path: name.to_owned(),
        reason: error.to_string(),
    })?;
    let mapping = Mapping::parse(&text, &path.display().to_string())?;
    Ok((Cow::Owned(mapping), Cow::Owned(text), given))
}
