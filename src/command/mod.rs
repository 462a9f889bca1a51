//! The headless front: one file a subcommand. It reads what the layers below decide, and decides nothing.
//!
//! [`cli`] is the grammar, [`failure`] how a command ends, [`output`] what it may write where, [`session`] what
//! it works with.

pub mod cli;
pub mod failure;
pub mod output;
pub mod progress;
pub mod session;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use failure::{Exit, Failure, Outcome};
use output::Out;
use session::Session;

use crate::console::{self, ConsoleOptions};
use crate::workspace::Workspace;

/// Does what the process's command line says.
pub fn main() -> ExitCode {
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

async fn run(cli: Cli) -> Result<u8, Failure> {
    let Some(command) = cli.command else {
        let workspace = Workspace::open()?;
        let options = ConsoleOptions {
            file: cli.console.file,
            sandbox: cli.sandbox,
            profile: cli.console.profile,
            mapping: cli.console.mapping,
        };
        let ended = console::run(workspace, options).await;
        return ended.map_err(|error| Failure::usage(error.to_string()));
    };
    let console = &cli.console;
    if console.file.is_some() || console.profile.is_some() || console.mapping.is_some() {
        return Err(Failure::usage(
            "a file, --profile and --mapping stand behind the command: `orderdeck check FILE --profile P`",
        ));
    }
    let mut session = Session {
        workspace: Workspace::open()?,
        out: Out::new(),
        sandbox: cli.sandbox,
    };
    let ended = dispatch(&mut session, command).await;
    // What was written before an error is a result too.
    let flushed = session.out.flush();
    let exit = ended?;
    flushed?;
    Ok(exit as u8)
}

async fn dispatch(_session: &mut Session, command: Command) -> Outcome {
    match command {
        Command::Inspect(_)
        | Command::Check(_)
        | Command::Preview(_)
        | Command::Submit(_)
        | Command::Cancel(_)
        | Command::Runs(_)
        | Command::Status(_)
        | Command::Resume(_)
        | Command::Retry(_)
        | Command::Jobs(_)
        | Command::Tail(_)
        | Command::History(_)
        | Command::Export(_)
        | Command::Profile(_)
        | Command::Mapping(_)
        | Command::Sandbox(_)
        | Command::Explain(_)
        | Command::Manual(_)
        | Command::Completions(_)
        | Command::Man => Err(Failure::usage("this command isn't built yet")),
    }
}
