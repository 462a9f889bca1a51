//! The command line's grammar: every subcommand with its arguments, and nothing of what they do.

mod fix;
mod inspect;
mod ledger;
mod manual;
mod mapping;
mod profile;
mod reading;

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};

use crate::order::outcome::{Operation, Outcome};
use crate::sandbox::Faults;
use crate::vendor;
use crate::workspace::SANDBOX_PORT;

pub use fix::FixArgs;
pub use inspect::InspectArgs;
pub use ledger::{LedgerAction, LedgerArgs, LedgerCompactArgs, LedgerExportArgs};
pub use manual::{CompletionsArgs, ManualArgs};
pub use mapping::{MappingAction, MappingArgs, MappingCheckArgs, ProposeArgs};
pub use profile::{ProfileAction, ProfileAddArgs, ProfileArgs, ProfileEditArgs, ProfileValueArgs};
pub use reading::ReadingArgs;

const AFTER: &str = "\
Exit codes: 0 all well; 1 finished, but some orders have error findings or were not taken;
2 wrong usage or unreadable input; 3 refused by credentials, profile or plan;
4 stopped before the end, can be resumed; 5 some orders in doubt.

`orderdeck manual` shows the manual, `orderdeck explain RULE` what a rule id means.";

const FAULTS: &str = "\
What goes wrong, as rules separated by commas: [VENDOR[/REQUESTS]:]FAULT[=VALUE][:OPTION][@WHEN]

VENDOR: kameleoon, voucherify, project-agora, kibo, or * (the default)
REQUESTS: orders (the default), tokens, polls, all
FAULT, nothing taken: 400 to 599, drop-before
FAULT, taken all the same: 500-after to 599-after, drop-after, truncate, truncate-close, malformed, web-page
FAULT, in time: latency=300ms, slow=5s, expired-token
FAULT, of Voucherify's jobs: job-fails, job-partial=2, job-stuck, job-vanishes
WHEN: 3 (the third), 3-5, 3-, every5, p0.05 (five in a hundred, drawn from seed=N)
OPTION: retry=2s|none|past|absurd|rubbish and retry-date=2s of a status; reset of a drop; unnamed, object of job-partial

Example: 'kibo:500@3,voucherify:429@every5:retry=2s,*:drop-after@p0.05,seed=42'
`orderdeck manual sandbox` says it all.";

/// Load an order file, see what each vendor would get, put right what is wrong, send it, and prove afterwards
/// what happened to every order.
///
/// Without a command: the console.
#[derive(Debug, Parser)]
#[command(name = "orderdeck", version, after_help = AFTER, disable_help_subcommand = true)]
pub struct Cli {
    /// What the console opens with.
    #[command(flatten)]
    pub console: ConsoleArgs,
    /// Run the four vendors inside this process, as the profiles sandbox-*: no account needed
    #[arg(long, global = true)]
    pub sandbox: bool,
    /// A file that the mapping joins, by the mapping's name for it [default: the one beside the order file]
    #[arg(long, value_name = "NAME=FILE", global = true, value_parser = mapping::join)]
    pub join: Vec<(String, PathBuf)>,
    /// What to do instead of opening the console.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What the console opens with.
#[derive(Debug, Default, Args)]
pub struct ConsoleArgs {
    /// The order file to open in the console
    pub file: Option<PathBuf>,
    /// The profile that its vendor's tab begins with
    #[arg(long, value_name = "P")]
    pub profile: Option<String>,
    /// Name or path of the mapping that reads the file, instead of the one detected
    #[arg(long, value_name = "M")]
    pub mapping: Option<String>,
    /// Begin anew in the console: no file, filter, marks or view are brought back from the last visit
    #[arg(long)]
    pub fresh: bool,
    /// The console's theme: dark, light, high-contrast, colour-blind, sixteen, plain, auto, or your own
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
    /// How the file is read.
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// Everything that can be done without the console.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say what a file is: format, mapping, orders, items, dates, totals, trouble
    Inspect(InspectArgs),
    /// Check a file against the vendors' rules
    Check(CheckArgs),
    /// Put what a rule found right in many orders, where one key could: one edit, kept with the file's others
    Fix(FixArgs),
    /// Print the payloads, or the requests, that a vendor would get
    Preview(PreviewArgs),
    /// Send the orders of a file, and wait for their outcomes
    Submit(SubmitArgs),
    /// Cancel orders by their ids
    Cancel(CancelArgs),
    /// List all runs
    Runs(JsonArgs),
    /// Say how a run stands
    Status(StatusArgs),
    /// Take up a run that was stopped or died
    Resume(ResumeArgs),
    /// Send orders of a run again, by their outcome
    Retry(RetryArgs),
    /// Show orders in doubt, and record what you know of them
    Settle(SettleArgs),
    /// List the vendors' jobs
    Jobs(FollowArgs),
    /// Show the newest requests and their answers
    Tail(TailArgs),
    /// Show everything that ever happened to an order
    History(HistoryArgs),
    /// Write what became of a run's orders to a file
    Export(ExportArgs),
    /// Look after the ledger: what is in it, whether it is whole, making room, a backup, everything as a file
    Ledger(LedgerArgs),
    /// List, show, add, edit, remove and test profiles
    Profile(ProfileArgs),
    /// List, show and check mappings
    Mapping(MappingArgs),
    /// Run the four vendors on 127.0.0.1 until ctrl-c
    Sandbox(SandboxArgs),
    /// Explain a rule: what it means, why the vendor cares, how to put it right
    Explain(ExplainArgs),
    /// Show a page of the manual
    Manual(ManualArgs),
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page for man(1)
    Man,
}

/// A command that prints data and takes nothing else.
#[derive(Debug, Args)]
pub struct JsonArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `check`.
#[derive(Debug, Args)]
#[command(override_usage = "orderdeck check FILE [--vendor V ...] [--profile P] [OPTIONS]")]
pub struct CheckArgs {
    /// The order file
    pub file: Option<PathBuf>,
    /// Vendors to check for: kameleoon, voucherify, project-agora, kibo, all [default: all, or the profile's]
    #[arg(long, value_name = "V", num_args = 1.., value_delimiter = ',')]
    pub vendor: Vec<String>,
    /// The profile whose currency, defaults and settings count, instead of each vendor's sandbox profile
    #[arg(long, value_name = "P")]
    pub profile: Option<String>,
    /// Name or path of the mapping, instead of the one detected
    #[arg(long, value_name = "M")]
    pub mapping: Option<String>,
    /// Check the file as it is, without the edits kept for it
    #[arg(long)]
    pub no_edits: bool,
    /// Print one finding a line as JSON
    #[arg(long)]
    pub json: bool,
    /// How the file is read.
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// `preview`.
#[derive(Debug, Args)]
#[command(override_usage = "orderdeck preview FILE --vendor V [--order ID ...] [OPTIONS]")]
pub struct PreviewArgs {
    /// The order file
    pub file: Option<PathBuf>,
    /// The vendor; not needed with --profile
    #[arg(long, value_name = "V", value_parser = vendor_names(), required_unless_present = "profile")]
    pub vendor: Option<String>,
    /// These orders only
    #[arg(long, value_name = "ID", num_args = 1..)]
    pub order: Vec<String>,
    /// What is to be done with the orders
    #[arg(long, value_name = "O", default_value = "import", value_parser = operations())]
    pub operation: Operation,
    /// Which of the vendor's ways to do it; Voucherify's status updates and cancellations: live or history
    #[arg(long, value_name = "MODE")]
    pub mode: Option<String>,
    /// Print the requests instead of the payloads, secrets masked
    #[arg(long)]
    pub requests: bool,
    /// The profile whose address, defaults and settings count, instead of the vendor's sandbox profile
    #[arg(long, value_name = "P")]
    pub profile: Option<String>,
    /// Name or path of the mapping, instead of the one detected
    #[arg(long, value_name = "M")]
    pub mapping: Option<String>,
    /// Show the orders as the file has them, without the edits kept for it
    #[arg(long)]
    pub no_edits: bool,
    /// Print JSON lines, as without it
    #[arg(long)]
    pub json: bool,
    /// How the file is read.
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// How much an operator must say before something is sent.
#[derive(Debug, Args)]
pub struct ConsentArgs {
    /// Say what would be sent, and send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Don't ask before sending; a live profile needs --expect as well
    #[arg(long)]
    pub yes: bool,
    /// Send only if exactly so many orders would be sent
    #[arg(long, value_name = "N")]
    pub expect: Option<u64>,
}

/// `submit`.
#[derive(Debug, Args)]
#[command(override_usage = "orderdeck submit FILE --profile P [--order ID ...] [OPTIONS]")]
pub struct SubmitArgs {
    /// The order file
    pub file: Option<PathBuf>,
    /// The profile to send with
    #[arg(long, value_name = "P")]
    pub profile: String,
    /// These orders only
    #[arg(long, value_name = "ID", num_args = 1..)]
    pub order: Vec<String>,
    /// Orders that pass this filter only: 'status:paid total>100'
    #[arg(long = "where", value_name = "EXPR", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// A pilot: the first N only
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// What is to be done with the orders
    #[arg(long, value_name = "O", default_value = "import", value_parser = operations())]
    pub operation: Operation,
    /// Which of the vendor's ways to do it; Voucherify's status updates and cancellations: live or history
    #[arg(long, value_name = "MODE")]
    pub mode: Option<String>,
    /// Send orders that are unchanged since this account took them, too
    #[arg(long)]
    pub resend: bool,
    /// Send the orders as the file has them, without the edits kept for it
    #[arg(long)]
    pub no_edits: bool,
    /// How much must be said before something is sent.
    #[command(flatten)]
    pub consent: ConsentArgs,
    /// End when all is sent, without waiting for the vendor's jobs
    #[arg(long)]
    pub no_wait: bool,
    /// Name or path of the mapping, instead of the one detected
    #[arg(long, value_name = "M")]
    pub mapping: Option<String>,
    /// Print the run's status as JSON at the end
    #[arg(long)]
    pub json: bool,
    /// How the file is read.
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// `cancel`.
#[derive(Debug, Args)]
pub struct CancelArgs {
    /// The profile to cancel with
    #[arg(long, value_name = "P")]
    pub profile: String,
    /// The ids of the orders
    #[arg(value_name = "ID", required_unless_present = "ids_from")]
    pub ids: Vec<String>,
    /// Take the ids from a file, one a line; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "ids")]
    pub ids_from: Option<PathBuf>,
    /// The file that holds the orders, for vendors that want the whole order again
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Name or path of the mapping for --file, instead of the one detected
    #[arg(long, value_name = "M", requires = "file")]
    pub mapping: Option<String>,
    /// Which of the vendor's ways to do it; Voucherify's status updates and cancellations: live or history
    #[arg(long, value_name = "MODE")]
    pub mode: Option<String>,
    /// Cancel orders that this account has cancelled already, too
    #[arg(long)]
    pub resend: bool,
    /// Why, for the ledger
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// How much must be said before something is sent.
    #[command(flatten)]
    pub consent: ConsentArgs,
    /// End when all is sent, without waiting for the vendor's jobs
    #[arg(long)]
    pub no_wait: bool,
    /// Print the run's status as JSON at the end
    #[arg(long)]
    pub json: bool,
    /// How the file is read.
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// The run [default: the newest]
    pub run: Option<String>,
    /// Go on until the run has ended
    #[arg(long)]
    pub follow: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `resume`.
#[derive(Debug, Args)]
pub struct ResumeArgs {
    /// The run [default: the newest that isn't finished]
    pub run: Option<String>,
    /// End when all is sent, without waiting for the vendor's jobs
    #[arg(long)]
    pub no_wait: bool,
    /// Print the run's status as JSON at the end
    #[arg(long)]
    pub json: bool,
}

/// `retry`.
#[derive(Debug, Args)]
#[command(override_usage = "orderdeck retry RUN [--outcome O ...] [OPTIONS]")]
pub struct RetryArgs {
    /// The run
    pub run: Option<String>,
    /// Orders with these outcomes only [default: rejected]
    #[arg(long, value_name = "O", num_args = 1.., value_delimiter = ',')]
    pub outcome: Vec<String>,
    /// These orders only
    #[arg(long, value_name = "ID", num_args = 1..)]
    pub order: Vec<String>,
    /// How much must be said before something is sent.
    #[command(flatten)]
    pub consent: ConsentArgs,
    /// End when all is sent, without waiting for the vendor's jobs
    #[arg(long)]
    pub no_wait: bool,
    /// Print the new run's status as JSON at the end
    #[arg(long)]
    pub json: bool,
}

/// `settle`.
#[derive(Debug, Args)]
#[command(
    override_usage = "orderdeck settle [RUN] [--order ID ...] [--arrived | --not-arrived | --send-again] [OPTIONS]",
    group = clap::ArgGroup::new("decision").args(["arrived", "not_arrived", "send_again"])
)]
pub struct SettleArgs {
    /// The run [default: the newest]
    pub run: Option<String>,
    /// These orders only [default: all that are in doubt]
    #[arg(long, value_name = "ID", num_args = 1..)]
    pub order: Vec<String>,
    /// The vendor has them: they count as taken
    #[arg(long)]
    pub arrived: bool,
    /// The vendor never got them: they wait to be sent, and `resume` sends them
    #[arg(long)]
    pub not_arrived: bool,
    /// Send them again in a new run: the vendor may then have them twice
    #[arg(long)]
    pub send_again: bool,
    /// How you know, for the ledger
    #[arg(
        long,
        value_name = "TEXT",
        requires = "decision",
        conflicts_with = "send_again"
    )]
    pub note: Option<String>,
    /// How much must be said before something is recorded or sent.
    #[command(flatten)]
    pub consent: ConsentArgs,
    /// With --send-again: end when all is sent, without waiting for the vendor's jobs
    #[arg(long, requires = "send_again")]
    pub no_wait: bool,
    /// Print one JSON object an order; after a decision the run's status
    #[arg(long)]
    pub json: bool,
}

/// `tail`.
#[derive(Debug, Args)]
pub struct TailArgs {
    /// Only what passes, the newest 20 of it: `status:5xx vendor:kibo order:#1017 timeout`
    #[arg(long = "where", value_name = "EXPR")]
    pub filter: Option<String>,
    /// Go on, and how it is printed
    #[command(flatten)]
    pub follow: FollowArgs,
}

/// `jobs` and `tail`.
#[derive(Debug, Args)]
pub struct FollowArgs {
    /// Go on until ctrl-c
    #[arg(long)]
    pub follow: bool,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `history`.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// The order's id
    #[arg(value_name = "ORDER-ID")]
    pub order: String,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `export`.
#[derive(Debug, Args)]
#[command(override_usage = "orderdeck export RUN [--outcome O ...] --to FILE")]
pub struct ExportArgs {
    /// The run
    pub run: Option<String>,
    /// Orders with these outcomes only [default: all]
    #[arg(long, value_name = "O", num_args = 1.., value_delimiter = ',')]
    pub outcome: Vec<String>,
    /// The file to write: .csv, .json, .ndjson or .xlsx
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
}

/// `sandbox`.
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// The port on 127.0.0.1; 0 for any free one
    #[arg(long, value_name = "N", default_value_t = SANDBOX_PORT)]
    pub port: u16,
    /// What goes wrong, as rules separated by commas: 'kibo:500@3,*:drop-after@p0.05,seed=42'
    #[arg(long, value_name = "SPEC", long_help = FAULTS)]
    pub faults: Option<Faults>,
    /// Append each request to this file as a line of JSON, secrets masked
    #[arg(long, value_name = "FILE")]
    pub requests: Option<PathBuf>,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The rule's id, such as KAM-04
    pub rule: String,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// The vendors' names as values.
fn vendor_names() -> PossibleValuesParser {
    PossibleValuesParser::new(vendor::ALL.iter().map(|vendor| vendor.name()))
}

/// The operations' names as values.
fn operations() -> impl TypedValueParser<Value = Operation> {
    PossibleValuesParser::new(Operation::ALL.map(Operation::name)).try_map(|name| {
        Operation::from_name(&name).ok_or_else(|| format!("there is no operation {name}"))
    })
}

/// The outcomes of these names.
///
/// # Errors
/// The first name that is none, with those that there are.
pub fn outcomes(names: &[String]) -> Result<Vec<Outcome>, String> {
    names
        .iter()
        .map(|name| {
            Outcome::from_name(name).ok_or_else(|| {
                let known = Outcome::ALL.map(Outcome::name).join(", ");
                format!("there is no outcome `{name}`; there are: {known}")
            })
        })
        .collect()
}

/// The one argument that stands before a list. A list option takes whatever follows it, so an argument that
/// stands after it is the list's last value.
///
/// # Errors
/// There is none; `what` names it.
pub fn before_list<T: From<String>>(
    first: Option<T>,
    list: &mut Vec<String>,
    what: &str,
) -> Result<T, String> {
    if let Some(first) = first {
        return Ok(first);
    }
    let missing = || format!("{what} is missing; `orderdeck --help` shows what each command takes");
    if list.len() < 2 {
        return Err(missing());
    }
    list.pop().map(T::from).ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_grammar_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_file_may_stand_before_or_after_a_list() {
        for line in [
            &[
                "orderdeck",
                "check",
                "f.csv",
                "--vendor",
                "kibo",
                "kameleoon",
            ][..],
            &[
                "orderdeck",
                "check",
                "--vendor",
                "kibo",
                "kameleoon",
                "f.csv",
            ],
            &["orderdeck", "check", "f.csv", "--vendor", "kibo,kameleoon"],
            &[
                "orderdeck",
                "check",
                "--vendor",
                "kibo",
                "--vendor",
                "kameleoon",
                "--json",
                "f.csv",
            ],
        ] {
            let Some(Command::Check(mut args)) = Cli::parse_from(line).command else {
                panic!("{line:?}");
            };
            let file = before_list(args.file, &mut args.vendor, "FILE").unwrap();
            assert_eq!(file, PathBuf::from("f.csv"), "{line:?}");
            assert_eq!(args.vendor, ["kibo", "kameleoon"], "{line:?}");
        }
        assert!(before_list::<PathBuf>(None, &mut vec!["kibo".to_owned()], "FILE").is_err());
    }
}
