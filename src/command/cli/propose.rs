//! The grammar of `mapping propose`.

use std::path::PathBuf;

use clap::Args;

use super::vendor_names;

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
}
