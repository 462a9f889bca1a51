//! The grammar of `profile`.

use clap::{Args, Subcommand};

use super::{JsonArgs, vendor_names};

/// `profile`.
#[derive(Debug, Args)]
pub struct ProfileArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: ProfileAction,
}

/// What can be done with profiles.
#[derive(Debug, Subcommand)]
pub enum ProfileAction {
    /// List all profiles, the sandbox's included
    List(JsonArgs),
    /// Show a profile: where each credential comes from, never its value
    Show {
        /// The profile's name
        name: String,
        /// Add what each credential and setting is for
        #[arg(long)]
        explain: bool,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Add a profile; credentials that aren't given are asked for, hidden
    Add(ProfileAddArgs),
    /// Change a profile
    Edit(ProfileEditArgs),
    /// Remove a profile; the ledger keeps what it knows of the account
    Remove {
        /// The profile's name
        name: String,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
    /// Send a harmless request that proves the credentials
    Test {
        /// The profile's name
        name: String,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// `profile add`.
#[derive(Debug, Args)]
pub struct ProfileAddArgs {
    /// What to call it
    pub name: String,
    /// The vendor
    #[arg(long, value_name = "V", value_parser = vendor_names())]
    pub vendor: String,
    /// How serious the account is; live asks for the count before it sends
    #[arg(long, value_name = "E", default_value = "live", value_parser = ["live", "test", "sandbox"])]
    pub environment: String,
    /// The ledger's name for the account [default: the profile's name]
    #[arg(long, value_name = "A")]
    pub account: Option<String>,
    /// ISO 4217 code that all orders must have
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// The vendor's address, where its own default doesn't serve
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Look and check, never send
    #[arg(long)]
    pub read_only: bool,
    /// What is set beside that.
    #[command(flatten)]
    pub values: ProfileValueArgs,
}

/// `profile edit`.
#[derive(Debug, Args)]
pub struct ProfileEditArgs {
    /// The profile's name
    pub name: String,
    /// ISO 4217 code that all orders must have; empty for none
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// The vendor's address; empty for its own default
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Look and check, never send
    #[arg(long, value_name = "true|false")]
    pub read_only: Option<bool>,
    /// Ask for this credential, hidden
    #[arg(long, value_name = "NAME")]
    pub ask: Vec<String>,
    /// What is set beside that.
    #[command(flatten)]
    pub values: ProfileValueArgs,
}

/// What both `profile add` and `profile edit` can set.
#[derive(Debug, Default, Args)]
pub struct ProfileValueArgs {
    /// Where a credential comes from, never the secret itself: NAME=env:VAR, NAME=file:PATH or NAME=command:TEXT
    #[arg(long, value_name = "NAME=SOURCE")]
    pub credential: Vec<String>,
    /// A value for a field that the order doesn't give: `channel=Website`; an empty value takes it out
    #[arg(long, value_name = "FIELD=VALUE")]
    pub default: Vec<String>,
    /// A setting: `requests_per_minute=40`; an empty value takes it out
    #[arg(long, value_name = "NAME=VALUE")]
    pub setting: Vec<String>,
}
