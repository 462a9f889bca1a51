//! The grammar of `mapping`, and of the files that mappings join.

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
    /// Run a mapping over a file: per target how many orders got a value, and what couldn't be read
    Check(MappingCheckArgs),
    /// Suggest a mapping for a file that no preset knows
    Propose(ProposeArgs),
}

/// `mapping propose`.
#[derive(Debug, Args)]
pub struct ProposeArgs {
    /// The order file
    pub file: PathBuf,
    /// Keep it among your own mappings under this name
    #[arg(long, value_name = "NAME")]
    pub save: Option<String>,
    /// With --save: in place of the mapping that is kept under this name
    #[arg(long, requires = "save")]
    pub replace: bool,
    /// Write it to this file, which must not exist
    #[arg(long, short, value_name = "FILE", conflicts_with = "save")]
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

/// `mapping check`.
#[derive(Debug, Args)]
pub struct MappingCheckArgs {
    /// The order file
    pub file: PathBuf,
    /// Name or path of the mapping, instead of the one detected
    #[arg(long, value_name = "M")]
    pub mapping: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// How the file is read.
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// `NAME=FILE`.
pub(super) fn join(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => {
            Ok((name.to_owned(), PathBuf::from(file)))
        }
        _ => Err("write the mapping's name for it and the file: items=etsy-items.csv".to_owned()),
    }
}
