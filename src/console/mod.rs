//! The terminal front.

use std::path::PathBuf;

use crate::workspace::Workspace;

/// What the console opens with.
#[derive(Debug, Default)]
pub struct ConsoleOptions {
    /// The order file.
    pub file: Option<PathBuf>,
    /// Run the four vendors inside this process.
    pub sandbox: bool,
    /// The profile that its vendor's tab begins with.
    pub profile: Option<String>,
    /// Name or path of the mapping, instead of the one detected.
    pub mapping: Option<String>,
}

/// Why the console can't run.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConsoleError(pub String);

/// Runs the console until the operator leaves; returns the exit code.
#[allow(clippy::unused_async)]
pub async fn run(workspace: Workspace, options: ConsoleOptions) -> Result<u8, ConsoleError> {
    let _ = (workspace, options);
    Err(ConsoleError(
        "the console isn't built in; `orderdeck --help` shows the commands".to_owned(),
    ))
}
