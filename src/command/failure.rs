//! How a command ends: the exit codes, and errors of every layer as one message with a code.

use std::io;
use std::process::ExitCode;

use crate::deck::edits::EditError;
use crate::deck::{DeckError, FilterError, FixError, Unavailable};
use crate::ledger::LedgerError;
use crate::mapping::MappingError;
use crate::profile::private::PrivateError;
use crate::profile::{ProfileError, SecretError};
use crate::sandbox::SandboxError;
use crate::source::SourceError;
use crate::submit::SubmitError;
use crate::workspace::{FiltersError, SendingError, WorkspaceError};

/// What the program tells its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All well.
    Well = 0,
    /// Finished, but some orders have error findings or were not taken.
    Findings = 1,
    /// Wrong usage or unreadable input.
    Usage = 2,
    /// Refused by credentials, profile or plan.
    Refused = 3,
    /// Stopped before the end, can be resumed.
    Stopped = 4,
    /// Some orders are in doubt.
    InDoubt = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command ends early.
#[derive(Debug)]
pub enum Failure {
    /// With a message: what is wrong, and the next step.
    Told(Exit, String),
    /// Whoever read standard output has gone: nothing is to be said, and nothing is wrong.
    NobodyReads,
}

impl Failure {
    /// Wrong usage or unreadable input.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Told(Exit::Usage, message.into())
    }

    /// Refused by credentials, profile or plan.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::Told(Exit::Refused, message.into())
    }
}

/// How commands return.
pub type Outcome = Result<Exit, Failure>;

/// Only standard output is written through `io`: files have errors of their own.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::NobodyReads
        } else {
            Self::Told(
                Exit::Stopped,
                format!("can't write to standard output: {error}; make room, or write elsewhere"),
            )
        }
    }
}

/// Each error of a layer below with the code that it ends with.
macro_rules! exits {
    ($($error:ty => $exit:expr,)*) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::Told($exit, error.to_string())
            }
        })*
    };
}

exits! {
    SourceError => Exit::Usage,
    DeckError => Exit::Usage,
    MappingError => Exit::Usage,
    Unavailable => Exit::Refused,
    SandboxError => Exit::Usage,
    PrivateError => Exit::Refused,
    SecretError => Exit::Refused,
}

impl From<FilterError> for Failure {
    fn from(error: FilterError) -> Self {
        Self::filter(&error, "filter")
    }
}

impl Failure {
    /// A filter that can't be read, with the page of the manual that says what it may be.
    pub fn filter(error: &FilterError, page: &str) -> Self {
        let caret = error.caret().replace('\n', "\n    ");
        Self::usage(format!(
            "{error}\n    {caret}\n`orderdeck manual {page}` says what a filter may be"
        ))
    }
}

impl From<FiltersError> for Failure {
    fn from(error: FiltersError) -> Self {
        match error {
            FiltersError::Filter(error) => error.into(),
            FiltersError::Private(error) => error.into(),
            other => Self::usage(other.to_string()),
        }
    }
}

impl From<FixError> for Failure {
    fn from(error: FixError) -> Self {
        match error {
            FixError::Source(error) => error.into(),
            FixError::Unavailable(error) => error.into(),
            FixError::Edit(EditError::Ledger(error)) => error.into(),
            other => Self::refused(other.to_string()),
        }
    }
}

impl From<ProfileError> for Failure {
    fn from(error: ProfileError) -> Self {
        let exit = match &error {
            ProfileError::Unknown { .. } | ProfileError::Exists(_) | ProfileError::Reserved(_) => {
                Exit::Usage
            }
            ProfileError::Invalid(_)
            | ProfileError::Private(_)
            | ProfileError::NotEditable { .. } => Exit::Refused,
        };
        Self::Told(exit, error.to_string())
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        let exit = match &error {
            LedgerError::Failed { .. } | LedgerError::Contradiction { .. } => Exit::Stopped,
            LedgerError::Unusable { .. }
            | LedgerError::Newer { .. }
            | LedgerError::Unknown { .. } => Exit::Usage,
        };
        Self::Told(exit, error.to_string())
    }
}

impl From<WorkspaceError> for Failure {
    fn from(error: WorkspaceError) -> Self {
        match error {
            WorkspaceError::Directory(error) => Self::usage(error.to_string()),
            error @ WorkspaceError::Nowhere { .. } => Self::usage(error.to_string()),
            WorkspaceError::Private(error) => error.into(),
            WorkspaceError::Profile(error) => error.into(),
            WorkspaceError::Secret(error) => error.into(),
            WorkspaceError::Ledger(error) => error.into(),
            WorkspaceError::Sandbox(error) => error.into(),
            WorkspaceError::Deck(error) => error.into(),
        }
    }
}

impl From<SubmitError> for Failure {
    fn from(error: SubmitError) -> Self {
        let exit = match &error {
            SubmitError::Failed(_) => Exit::Stopped,
            SubmitError::Ledger(_)
            | SubmitError::Locked(_)
            | SubmitError::Refused(_)
            | SubmitError::Mismatch { .. } => Exit::Refused,
        };
        Self::Told(exit, error.to_string())
    }
}

impl From<SendingError> for Failure {
    fn from(error: SendingError) -> Self {
        match error {
            SendingError::Submit(error) => error.into(),
            SendingError::Workspace(error) => error.into(),
        }
    }
}
