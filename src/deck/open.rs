//! Opening a file: what is it, which mapping reads it, where are its orders.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::saved::{Found, SavedMapping, named, saved_mappings};
use super::{Deck, DeckFile, join};
use crate::mapping::{self, CompileError, Compiled, DetectError, Mapping, MappingError};
use crate::source::{GroupBy, Progress, Source, SourceError, SourceOptions};

/// How many objects are looked at to see whether a mapping still fits.
const LOOKED_AT: usize = 20;
/// A file up to this length is there before anybody would look at its beginning.
const SOON_READ: u64 = 2 << 20;

/// How a file is to be opened.
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// Name of a preset or path of a mapping file, instead of the one detected.
    pub mapping: Option<String>,
    /// How the source is read.
    pub source: SourceOptions,
    /// Where the operator's own mappings are kept.
    pub mappings_dir: Option<PathBuf>,
    /// Files that the mapping joins, by its names for them, instead of those beside the order file.
    pub joins: Vec<(String, PathBuf)>,
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
    /// A file that the mapping joins isn't there.
    #[error(
        "the mapping {mapping} joins a second file as {name}, and {why}; give it with --join {name}=FILE"
    )]
    NoJoin {
        /// Name of the mapping.
        mapping: String,
        /// What the mapping calls the file.
        name: String,
        /// Why it wasn't found.
        why: String,
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
        let mut notes = Vec::new();
        let own = options.mappings_dir.as_deref();
        let own = own.map_or_else(Vec::new, saved_mappings);
        if options.mapping.is_none() {
            for saved in &own {
                if let Err(why) = &saved.mapping {
                    notes.push(format!("your mapping {} is passed over: {why}", saved.name));
                }
            }
        }
        let found = find(&source, &own, options, progress)?;
        Self::assemble(source, found, (&own, notes), options, progress)
    }

    /// The first orders of a big file, to be looked at while [`Deck::open`] goes over all of it: those that stand in
    /// its first megabyte but for the last one, at the places that they have in the whole file, without edits. Further
    /// rows of theirs may lie behind. `None` where the whole file is there as soon, where a second file is joined,
    /// for workbooks, and for pipes, which can be read once only.
    pub fn open_beginning(path: &Path, options: &OpenOptions) -> Result<Option<Self>, DeckError> {
        let is_big = std::fs::metadata(path)
            .is_ok_and(|metadata| metadata.is_file() && metadata.len() > SOON_READ);
        if !is_big {
            return Ok(None);
        }
        let source = Source::peek(path, &options.source)?;
        let own = options.mappings_dir.as_deref();
        let own = own.map_or_else(Vec::new, saved_mappings);
        // Whatever takes a pass over the file isn't done here.
        let mut progress = |_| ControlFlow::Break(());
        let (found, _) = find(&source, &own, options, &mut progress)?;
        if !found.mapping.join.is_empty() {
            return Ok(None);
        }
        let mapping = found.mapping.compile_joined(source.format(), &[])?;
        let Some(index) = source.index_beginning(mapping.group_by())? else {
            return Ok(None);
        };
        if index.groups() == 0 {
            return Ok(None);
        }
        Ok(Some(Self::of_file(DeckFile {
            source,
            index,
            mapping_name: found.mapping.name().to_owned(),
            mapping_given: found.given,
            mapping,
            fits: None,
            near: None,
            notes: Vec::new(),
        })))
    }

    fn of_file(file: DeckFile) -> Self {
        Self {
            file: Arc::new(file),
            edits: Arc::default(),
            overview: Arc::default(),
            without_edits: false,
            edits_unread: false,
        }
    }

    /// The same by a mapping that is at hand, in a file or not.
    pub(super) fn of_mapping(
        source: Source,
        mapping: Mapping,
        options: &OpenOptions,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Self, DeckError> {
        let found = Found {
            given: mapping.name().to_owned(),
            mapping: Cow::Owned(mapping),
        };
        let given = options.joins.clone();
        Self::assemble(source, (found, given), (&[], Vec::new()), options, progress)
    }

    fn assemble(
        source: Source,
        (found, given): (Found, Vec<(String, PathBuf)>),
        (own, mut notes): (&[SavedMapping], Vec<String>),
        options: &OpenOptions,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Self, DeckError> {
        let mapping = found.mapping;
        let joined = join::open(&mapping, &source, &given, options, progress)?;
        let compiled = mapping.compile_joined(source.format(), &joined)?;
        if options.mapping.is_some() && source.header().is_none() {
            mapping.check_members(&source.head(LOOKED_AT)?)?;
        }
        notes.extend(notes_on(&compiled, &given));
        let index =
            source.index_watching(compiled.group_by(), compiled.currency_column(), progress)?;
        let fits = mapping::fit(&source, &mapping)?;
        let near = near(&source, mapping.name(), own)?;
        let text = blake3::hash(mapping.text().as_bytes()).to_hex();
        let mapping_name = format!("{} {}", mapping.name(), &text[..16]);
        let mapping_given = together(&found.given, &compiled, &given);
        let mapping = compiled;
        Ok(Self::of_file(DeckFile {
            source,
            index,
            mapping,
            mapping_name,
            mapping_given,
            fits,
            near,
            notes,
        }))
    }
}

/// The mapping that is asked for, else the one that fits, and the files to be joined.
fn find(
    source: &Source,
    own: &[SavedMapping],
    options: &OpenOptions,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<(Found, Vec<(String, PathBuf)>), DeckError> {
    let Some(name) = &options.mapping else {
        return Ok((detected(source, own, progress)?, options.joins.clone()));
    };
    let (name, mut joins) = apart(name);
    joins.extend(options.joins.iter().cloned());
    Ok((named(name, options.mappings_dir.as_deref())?, joins))
}

/// The mapping that fits the file: the operator's own before the presets.
fn detected(
    source: &Source,
    own: &[SavedMapping],
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Found, DeckError> {
    let found = mapping::detect_among(source, usable(own))?;
    if found.mapping().is_err() && source.head(1)?.is_empty() {
        // Nothing could be read: why is a better answer than that no preset fits.
        source.index(&GroupBy::EachRecord, progress)?;
    }
    let best = found.mapping().map_err(|reason| DeckError::Unknown {
        path: source.path().display().to_string(),
        reason,
    })?;
    let saved = own
        .iter()
        .find(|saved| (saved.mapping.as_ref()).is_ok_and(|one| std::ptr::eq(one, best)));
    let preset = mapping::preset(best.name()).filter(|_| saved.is_none());
    Ok(Found {
        given: saved
            .map_or_else(|| best.name(), |saved| &saved.name)
            .to_owned(),
        mapping: preset.map_or_else(|| Cow::Owned(best.clone()), Cow::Borrowed),
    })
}

/// The mapping that fits best of all others than that, and how well.
fn near(
    source: &Source,
    than: &str,
    own: &[SavedMapping],
) -> Result<Option<(String, u8)>, SourceError> {
    let found = mapping::detect_among(source, usable(own))?;
    let others = found.candidates.iter();
    let others = others.filter(|other| other.name != than && other.score > 0);
    // Of equals the first.
    let nearest = others.rev().max_by_key(|other| other.score);
    Ok(nearest.map(|other| (other.name.to_owned(), other.score)))
}

/// Those of the operator's mappings that aren't broken.
fn usable(own: &[SavedMapping]) -> impl Iterator<Item = &Mapping> {
    own.iter().filter_map(|saved| saved.mapping.as_ref().ok())
}

/// What an operator should know about how the file is read.
fn notes_on(mapping: &Compiled, given: &[(String, PathBuf)]) -> Vec<String> {
    let mut notes = Vec::new();
    let name = mapping.name();
    if let Some(drift) = mapping.drift().describe() {
        notes.push(format!("since the mapping {name} was made, {drift}"));
    }
    for (join, path) in given {
        if !mapping.joined_files().any(|file| file.name() == join) {
            notes.push(format!(
                "{} isn't read: the mapping {name} joins no file as `{join}`",
                path.display()
            ));
        }
    }
    for file in mapping.joined_files() {
        let mut errors = file
            .keys()
            .findings()
            .iter()
            .filter(|finding| finding.blocks());
        if let Some(first) = errors.next() {
            let path = file.source().path().display();
            let place = first.place.clone().unwrap_or_default();
            let more = match errors.count() {
                0 => String::new(),
                more => format!(" ({more} more)"),
            };
            notes.push(format!("{path}: {place}: {}{more}", first.message()));
        }
    }
    notes
}

/// What opens a file with this mapping and these files again: the files stand on lines of their own.
fn together(mapping: &str, compiled: &Compiled, given: &[(String, PathBuf)]) -> String {
    let mut text = mapping.to_owned();
    for file in compiled.joined_files() {
        if given.iter().any(|(name, _)| name == file.name()) {
            let path = file.source().path();
            let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
            // Writing into a string can't fail.
            let _ = write!(text, "\n{}={}", file.name(), path.display());
        }
    }
    text
}

/// The files that are given with a mapping, of what opens a file with both again.
pub fn joins_given(given: &str) -> Vec<(String, PathBuf)> {
    apart(given).1
}

/// The two again.
fn apart(given: &str) -> (&str, Vec<(String, PathBuf)>) {
    let mut lines = given.lines();
    let name = lines.next().unwrap_or_default();
    let joins = lines
        .filter_map(|line| line.split_once('='))
        .map(|(name, path)| (name.to_owned(), PathBuf::from(path)))
        .collect();
    (name, joins)
}
