//! What can be wrong with profiles, with the place and the next step.

use std::fmt;
use std::path::{Path, PathBuf};

use super::private::PrivateError;
use super::suggest::shown;

/// Why profiles can't be read, found or changed.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Something in a profile is wrong.
    #[error("{0}")]
    Invalid(Box<Problem>),
    /// The file or its directory isn't private or can't be used.
    #[error("{0}")]
    Private(#[from] PrivateError),
    /// There is no such profile.
    #[error("{}", unknown(name, known, file))]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
        /// The file that was looked in.
        file: PathBuf,
    },
    /// `add` with a name that is taken.
    #[error(
        "there is a profile {0} already; choose another name, or change it with `orderdeck profile edit {0}`"
    )]
    Exists(String),
    /// A name that is kept for the built-in sandbox profiles.
    #[error(
        "names beginning with sandbox- are kept for the built-in profiles, which can't be added, changed or removed: {0}; choose another name"
    )]
    Reserved(String),
    /// The file is written in a way that can't be changed here without losing something.
    #[error("{} can't be changed by orderdeck: {what}", file.display())]
    NotEditable {
        /// The file.
        file: PathBuf,
        /// What stands in the way, and what to do.
        what: String,
    },
}

fn unknown(name: &str, known: &[String], file: &Path) -> String {
    let mut text = format!("there is no profile {}", shown(name));
    if name.starts_with(super::SANDBOX_PREFIX) {
        text.push_str("; the sandbox's profiles are there with --sandbox: sandbox-");
        text.push_str(&super::vendor_names().join(", sandbox-"));
    }
    if known.is_empty() {
        text.push_str("; none is in ");
        text.push_str(&file.display().to_string());
    } else {
        text.push_str(&super::suggest::hint(name, known));
    }
    text.push_str("; add one with `orderdeck profile add NAME`, or try --sandbox");
    text
}

impl From<Problem> for ProfileError {
    fn from(problem: Problem) -> Self {
        Self::Invalid(Box::new(problem))
    }
}

/// Something wrong in a profile: where, what, and what to do. Never holds a credential's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, if it was read from one.
    pub file: Option<PathBuf>,
    /// The line in it; the first is 1.
    pub line: Option<usize>,
    /// Name of the profile.
    pub profile: Option<String>,
    /// Dotted path of the field: `credentials.api_key`.
    pub field: Option<String>,
    /// What is wrong and what to do.
    pub what: String,
}

impl Problem {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self {
            file: None,
            line: None,
            profile: None,
            field: None,
            what: what.into(),
        }
    }

    #[must_use]
    pub(super) fn profile(mut self, name: &str) -> Self {
        self.profile = Some(shown(name));
        self
    }

    #[must_use]
    pub(super) fn field(mut self, field: &str) -> Self {
        self.field = Some(shown(field)).filter(|field| !field.is_empty());
        self
    }

    #[must_use]
    pub(super) fn at(mut self, file: &Path, line: Option<usize>) -> Self {
        self.file = Some(file.to_owned());
        self.line = line;
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if let Some(file) = &self.file {
            write!(f, "{}", file.display())?;
            separator = ", ";
        }
        if let Some(line) = self.line {
            write!(f, "{separator}line {line}")?;
            separator = ", ";
        }
        if let Some(profile) = &self.profile {
            write!(f, "{separator}profile {profile}")?;
            separator = ", ";
        }
        if let Some(field) = &self.field {
            write!(f, "{separator}field {field}")?;
            separator = ", ";
        }
        let colon = if separator.is_empty() { "" } else { ": " };
        write!(f, "{colon}{}", self.what)
    }
}

impl std::error::Error for Problem {}
