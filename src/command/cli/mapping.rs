//! The grammar of `mapping`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{JsonArgs, ReadingArgs, vendor_names};

/// `mapping`.
#[derive(Debug, Args)]
pub struct MappingArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: MappingAction,
}

/// What can be done with mappings.
#[derive(Debug, Subcommand)]
pub enum MappingAction {
    /// List the presets and your own mappings
    List(JsonArgs),
    /// Print a mapping, to be read or copied
    Show {
        /// Its name
        name: String,
    },
    /// Suggest a mapping for a file that no preset knows
    Propose(ProposeArgs),
}

/// `mapping propose`.
#[derive(Debug, Args)]
pub struct ProposeArgs {
    /// The order file
    pub file: PathBuf,
    /// Write it to this file, which must not exist
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Say what this vendor needs and the proposal lacks
    #[arg(long, value_name = "V", value_parser = vendor_names())]
    pub vendor: Option<String>,
    /// The profile whose defaults count with --vendor, instead of the vendor's sandbox profile
    #[arg(long, value_name = "P", requires = "vendor")]
    pub profile: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// How the file is read.
    #[command(flatten)]
    pub reading: ReadingArgs,
}
