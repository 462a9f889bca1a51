//! The grammar of `fix`.

use std::path::PathBuf;

use clap::Args;

use super::ReadingArgs;
use super::vendor_names;

/// `fix`.
#[derive(Debug, Args)]
pub struct FixArgs {
    /// The order file
    pub file: PathBuf,
    /// The rule whose fix is made, such as KAM-04
    #[arg(long, value_name = "RULE")]
    pub rule: String,
    /// The vendor whose payloads are put right [default: the rule's]
    #[arg(long, value_name = "V", value_parser = vendor_names())]
    pub vendor: Option<String>,
    /// The profile whose currency, defaults and settings count, instead of the vendor's sandbox profile
    #[arg(long, value_name = "P")]
    pub profile: Option<String>,
    /// Orders that pass this filter only: 'status:paid total>100'
    #[arg(long = "where", value_name = "EXPR", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// Say what would be set, and change nothing
    #[arg(long)]
    pub dry_run: bool,
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
