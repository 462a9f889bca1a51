//! The headless front: one file a subcommand. It reads what the layers below decide, and decides nothing.
//!
//! [`cli`] is the grammar, [`failure`] how a command ends, [`output`] what it may write where, [`session`] what
//! it works with.

mod cancel;
mod check;
mod check_found;
pub mod cli;
mod explain;
mod export;
pub mod failure;
mod fix;
mod history;
mod inspect;
mod jobs;
mod ledger;
pub mod manual;
mod mapping;
mod mapping_check;
mod mapping_propose;
pub mod output;
mod preview;
mod profile;
pub mod progress;
mod resume;
mod retry;
mod runs;
mod sandbox;
mod sending;
pub mod session;
mod settle;
mod show;
mod signals;
mod status;
mod submit;
mod tail;
pub mod terminal;
mod waits;

use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use cli::{Cli, Command};
use failure::{Exit, Failure, Outcome};
use output::Out;
use session::Session;

use crate::console::{self, ConsoleError, ConsoleOptions};
use crate::source::is_panic_caught;
use crate::workspace::Workspace;

/// Does what the process's command line says.
pub fn main() -> ExitCode {
    dump_no_core();
    tell_no_caught_panic();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are results; whoever closed the pipe doesn't want them.
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Well
            }
            .into();
        }
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::complain(&format!("can't start: {error}"));
            return Exit::Stopped.into();
        }
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => ExitCode::from(code),
        Err(Failure::NobodyReads) => Exit::Well.into(),
        Err(Failure::Told(exit, message)) => {
            output::complain(&message);
            exit.into()
        }
    }
}

/// What a workbook trips is told as what is wrong with it, and by nobody else.
fn tell_no_caught_panic() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !is_panic_caught() {
            tell(info);
        }
    }));
}

/// A core dump would write the secrets of a profile to the disk. A system that doesn't let it be turned off is no
/// reason not to work.
fn dump_no_core() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        let _ = setrlimit(Resource::Core, none);
    }
}

async fn run(cli: Cli) -> Result<u8, Failure> {
    let Some(command) = cli.command else {
        if let Some(command) = cli.console.file.as_deref().and_then(mistyped) {
            return Err(Failure::usage(command));
        }
        let workspace = Workspace::open()?.with_joins(cli.join);
        match &cli.console.file {
            Some(file) => workspace.read_as(file, cli.console.reading.reading()),
            None if !cli.console.reading.is_empty() => {
                return Err(Failure::usage(
                    "how a file is read goes with the file: `orderdeck FILE --encoding NAME`",
                ));
            }
            None => {}
        }
        let options = ConsoleOptions {
            file: cli.console.file,
            sandbox: cli.sandbox,
            profile: cli.console.profile,
            mapping: cli.console.mapping,
            fresh: cli.console.fresh,
            theme: cli.console.theme,
        };
        let ended = console::run(workspace, options).await;
        return ended.map_err(|error| {
            let exit = match &error {
                ConsoleError::NoTerminal(_) | ConsoleError::Unknown(_) => Exit::Usage,
                ConsoleError::Lost(_) => Exit::Stopped,
            };
            Failure::Told(exit, error.to_string())
        });
    };
    let console = &cli.console;
    if console.fresh {
        return Err(Failure::usage(
            "--fresh is the console's; a command brings nothing back",
        ));
    }
    if console.theme.is_some() {
        return Err(Failure::usage(
            "--theme is the console's; a command has none",
        ));
    }
    let opens = console.file.is_some() || !console.reading.is_empty();
    if opens || console.profile.is_some() || console.mapping.is_some() {
        return Err(Failure::usage(
            "a file, --profile, --mapping and how the file is read stand behind the command: `orderdeck check FILE --profile P`",
        ));
    }
    if !cli.join.is_empty() && !opens_a_file(&command) {
        return Err(Failure::usage(
            "--join names a file that belongs to an order file, and this command opens none",
        ));
    }
    let mut session = Session {
        workspace: Workspace::open()?.with_joins(cli.join),
        out: Out::new(),
        sandbox: cli.sandbox,
    };
    let ended = dispatch(&mut session, command).await;
    // What was written before an error is a result too.
    let flushed = session.out.flush();
    let exit = ended?;
    match flushed {
        // Nobody reads the last words; how it ended is true all the same.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(exit as u8),
    }
}

/// What to say of a file that isn't there and looks like a mistyped command: near to one, or a plain word.
fn mistyped(file: &Path) -> Option<String> {
    let name = file.to_str().filter(|_| !file.exists())?;
    let near = Cli::command()
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .find(|command| strsim::damerau_levenshtein(command, name) <= 2);
    let shown = name.escape_debug();
    if let Some(near) = near {
        return Some(format!(
            "there is no file `{shown}`; did you mean the command `orderdeck {near}`?"
        ));
    }
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    name.chars().all(plain).then(|| {
        format!("there is no command or file `{shown}`; `orderdeck --help` lists the commands")
    })
}

/// Whether a command reads an order file that the operator names.
fn opens_a_file(command: &Command) -> bool {
    matches!(
        command,
        Command::Inspect(_)
            | Command::Check(_)
            | Command::Fix(_)
            | Command::Preview(_)
            | Command::Submit(_)
            | Command::Cancel(_)
    ) || matches!(command, Command::Mapping(args) if matches!(args.action, cli::MappingAction::Check(_)))
}

async fn dispatch(session: &mut Session, command: Command) -> Outcome {
    match command {
        Command::Inspect(args) => inspect::run(session, &args),
        Command::Check(args) => check::run(session, args),
        Command::Fix(args) => fix::run(session, &args),
        Command::Preview(args) => preview::run(session, args),
        Command::Profile(args) => profile::run(session, args).await,
        Command::Mapping(args) => mapping::run(session, &args),
        Command::Sandbox(args) => sandbox::run(session, &args).await,
        Command::Explain(args) => explain::run(session, &args),
        Command::Manual(args) => manual::manual(session, &args),
        Command::Completions(args) => manual::completions(session, &args),
        Command::Man => manual::man(session),
        Command::Submit(args) => submit::run(session, args).await,
        Command::Cancel(args) => cancel::run(session, args).await,
        Command::Runs(args) => runs::run(session, &args),
        Command::Status(args) => status::run(session, args).await,
        Command::Resume(args) => resume::run(session, args).await,
        Command::Settle(args) => settle::run(session, args).await,
        Command::Retry(args) => retry::run(session, args).await,
        Command::Jobs(args) => jobs::run(session, args).await,
        Command::Tail(args) => tail::run(session, args).await,
        Command::History(args) => history::run(session, &args),
        Command::Export(args) => export::run(session, args),
        Command::Ledger(args) => ledger::run(session, &args),
    }
}
