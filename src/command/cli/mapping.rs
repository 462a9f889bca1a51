//! The grammar of `mapping`, and of the files that mappings join.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{JsonArgs, ReadingArgs};

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
