//! `resume`: take up a run that was stopped or whose process died.

use super::cli::ResumeArgs;
use super::failure::{Failure, Outcome};
use super::output::note;
use super::sending::{self, Ending};
use super::session::Session;
use super::signals::Stops;
use crate::ledger::Ledger;

/// Does it.
pub async fn run(session: &mut Session, args: ResumeArgs) -> Outcome {
    let stops = Stops::listen()?;
    let only = session.book();
    let name = match &args.run {
        Some(run) => session.workspace.resolve_run(Some(run), only)?,
        None => match session.workspace.unfinished_run(only)? {
            Some(name) => name,
            // Of a run that has ended doubt may be left, and can be asked about again.
            None => session.workspace.resolve_run(None, only)?,
        },
    };
    let profile = session
        .workspace
        .ledger(name.book)?
        .run(name.id)?
        .decided
        .profile;
    session.reach(&profile).await?;
    let credentials = session.workspace.credentials(&profile)?;
    let ending = Ending {
        json: args.json,
        no_wait: args.no_wait,
        left_behind: false,
    };
    let resumed = session
        .workspace
        .resume(name.book, name.id, credentials, !args.no_wait, || {
            stops.begin();
        })
        .map_err(Failure::from)?;
    if let Some(started) = resumed {
        return sending::watch(session, started, ending, stops).await;
    }
    note(format_args!("run {name}: nothing is left to do"));
    sending::tell(session, name, ending)
}
