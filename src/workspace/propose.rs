//! A mapping suggested for a file that none is known for.

use std::ops::ControlFlow;
use std::path::Path;

use super::{Workspace, WorkspaceError};
use crate::deck::DeckError;
use crate::deck::needs::{Need, needs};
use crate::mapping::propose::{Proposal, propose};
use crate::mapping::{self, Detection};
use crate::order::Field;
use crate::order::outcome::Operation;
use crate::source::{GroupBy, Source};

/// A file and the mapping suggested for it.
#[derive(Debug)]
pub struct Proposed {
    /// The file.
    pub source: Source,
    /// What would fit it.
    pub proposal: Proposal,
    /// The presets that fit it.
    pub detection: Detection<'static>,
}

impl Workspace {
    /// Looks at a file's first records and suggests a mapping.
    ///
    /// # Errors
    /// The file can't be read, or not one record in it.
    pub fn propose(&self, path: &Path) -> Result<Proposed, WorkspaceError> {
        let source = Source::open(path, &self.source_options(path)).map_err(DeckError::from)?;
        let detection = mapping::detect(&source).map_err(DeckError::from)?;
        if source.header().is_none() && source.head(1).map_err(DeckError::from)?.is_empty() {
            // Nothing could be read: the pass over the whole file says why.
            let mut go_on = |_| ControlFlow::Continue(());
            source
                .index(&GroupBy::EachRecord, &mut go_on)
                .map_err(DeckError::from)?;
        }
        let proposal = propose(&source).map_err(DeckError::from)?;
        Ok(Proposed {
            source,
            proposal,
            detection,
        })
    }

    /// What a profile's vendor needs for an import and none of these fields gives.
    ///
    /// # Errors
    /// There is no such profile.
    pub fn needed_beside(
        &self,
        profile: &str,
        given: &[Field],
    ) -> Result<Vec<Need>, WorkspaceError> {
        let target = self.target(profile, Operation::Import)?;
        let mut missing = needs(target.vendor, &target.account);
        missing.retain(|need| !need.fields.iter().any(|field| given.contains(field)));
        Ok(missing)
    }
}

impl Proposed {
    /// A name for the mapping: the file's own, in the letters that names are made of.
    pub fn name(&self) -> String {
        names(&self.source).0
    }

    /// A title for the mapping: what the file is.
    pub fn title(&self) -> String {
        names(&self.source).1
    }
}

/// A name and a title for a mapping of that file.
pub(super) fn names(source: &Source) -> (String, String) {
    (name(source.path()), title(source))
}

fn name(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    let mut name = String::new();
    for symbol in stem.to_string_lossy().to_lowercase().chars() {
        if symbol.is_ascii_alphanumeric() {
            name.push(symbol);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name: String = name.trim_end_matches('-').chars().take(40).collect();
    if name.is_empty() {
        "proposed".to_owned()
    } else {
        name
    }
}

fn title(source: &Source) -> String {
    let name = source.path().file_name().unwrap_or_default();
    let name: String = name
        .to_string_lossy()
        .chars()
        .filter(|symbol| !symbol.is_control())
        .collect();
    let format = source.format().name();
    if name.is_empty() || name == "-" {
        format!("Orders as {format}")
    } else {
        format!("Orders as in {name} ({format})")
    }
}
