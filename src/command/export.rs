//! `export`: what became of a run's orders, as a file.

use super::cli::{self, ExportArgs, before_list};
use super::failure::{Exit, Failure, Outcome};
use super::output::{counted, note};
use super::session::Session;
use crate::workspace::{ExportError, SourceColumns};

/// Does it.
pub fn run(session: &mut Session, mut args: ExportArgs) -> Outcome {
    let run: String =
        before_list(args.run.take(), &mut args.outcome, "RUN").map_err(Failure::usage)?;
    let outcomes = cli::outcomes(&args.outcome).map_err(Failure::usage)?;
    let name = session.workspace.resolve_run(Some(&run), session.book())?;
    let exported = session
        .workspace
        .export(name, &outcomes, &args.to, args.force)?;
    note(format_args!(
        "{} of run {name} in {} to {}",
        counted(exported.orders, "order"),
        counted(exported.rows, "row"),
        args.to.display()
    ));
    match exported.source {
        SourceColumns::Given { missing: 0 } => {}
        SourceColumns::Given { missing } => note(format_args!(
            "{} not found in the file any more: the ledger's columns only",
            counted(missing, "order")
        )),
        SourceColumns::Left(why) => note(format_args!("the ledger's columns only: {why}")),
    }
    Ok(Exit::Well)
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Workspace(error) => error.into(),
            ExportError::Source(error) => error.into(),
            ExportError::Private(_)
            | ExportError::Ending(_)
            | ExportError::Exists(_)
            | ExportError::NoFolder(_)
            | ExportError::TooLarge(_)
            | ExportError::Write { .. } => Self::usage(error.to_string()),
        }
    }
}
