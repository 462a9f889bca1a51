//! The arguments of what tells about the program itself.

use clap::Args;

/// `manual`.
#[derive(Debug, Args)]
pub struct ManualArgs {
    /// The page [default: the index]
    pub page: Option<String>,
}

/// `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}
