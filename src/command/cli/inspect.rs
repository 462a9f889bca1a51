//! The grammar of `inspect`.

use std::path::PathBuf;

use clap::Args;

use super::ReadingArgs;

/// `inspect`.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// The order file
    pub file: PathBuf,
    /// Name or path of the mapping, instead of the one detected
    #[arg(long, value_name = "M")]
    pub mapping: Option<String>,
    /// Look at the file as it is, without the edits kept for it
    #[arg(long)]
    pub no_edits: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// How the file is read.
    #[command(flatten)]
    pub reading: ReadingArgs,
}
