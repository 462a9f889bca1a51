//! The grammar of `ledger`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::JsonArgs;

/// `ledger`.
#[derive(Debug, Args)]
pub struct LedgerArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: LedgerAction,
}

/// What can be done with a ledger; `--sandbox` means the sandbox's.
#[derive(Debug, Subcommand)]
pub enum LedgerAction {
    /// Say what is in it: sizes, runs, orders, requests, orders in doubt, account by account
    Info(JsonArgs),
    /// Check that it is whole, and change nothing; ends with 1 if something is wrong
    Check(JsonArgs),
    /// Remove what was sent and what came back by age, never outcomes, and give the room back to the disk
    Compact(LedgerCompactArgs),
    /// Copy it to a new file, also while a run is under way, and check the copy
    Backup {
        /// The file to write
        file: PathBuf,
        /// Replace a file that is there
        #[arg(long)]
        force: bool,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Write what became of every order of every run, one JSON object a line
    Export(LedgerExportArgs),
}

/// `ledger compact`.
#[derive(Debug, Args)]
pub struct LedgerCompactArgs {
    /// Remove the bodies of requests and responses that are older: 90d, 12w, 6mo, 2y
    #[arg(long, value_name = "AGE")]
    pub bodies_older_than: Option<String>,
    /// Say what would be removed, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Don't ask before removing
    #[arg(long)]
    pub yes: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `ledger export`.
#[derive(Debug, Args)]
pub struct LedgerExportArgs {
    /// The file to write: .ndjson
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// Outcomes recorded since then only: 2026-01-31, or a time such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// Orders of this account only
    #[arg(long, value_name = "A")]
    pub account: Option<String>,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}
