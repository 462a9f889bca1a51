//! `retry`: send orders of an earlier run again, in a new run.

use serde_json::json;

use super::cli::{self, RetryArgs, before_list};
use super::failure::{Exit, Failure, Outcome};
use super::output::{counted, note};
use super::sending::{self, Ending};
use super::session::Session;
use super::signals::Stops;
use super::submit::{plan, rehearse, told_abandoned};
use crate::deck::Deck;
use crate::ledger::Ledger;
use crate::order::outcome::Outcome as OrderOutcome;
use crate::submit::start::Seat;
use crate::submit::{Plan, Selection};
use crate::workspace::{Retry, RetryError, RetrySource, Terms, Workspace};

/// Does it.
pub async fn run(session: &mut Session, mut args: RetryArgs) -> Outcome {
    let stops = Stops::listen()?;
    let run: String =
        before_list(args.run.take(), &mut args.outcome, "RUN").map_err(Failure::usage)?;
    let mut outcomes = cli::outcomes(&args.outcome).map_err(Failure::usage)?;
    if outcomes.is_empty() {
        outcomes.push(OrderOutcome::Rejected);
    }
    let name = session.workspace.resolve_run(Some(&run), session.book())?;
    let mut retry = session.workspace.retry(name, &outcomes, &args.order)?;
    if !is_any_left(&retry) {
        return Ok(Exit::Well);
    }
    let decided = retry.of.decided.clone();
    let deck = open(session, &retry)?;
    session.reach(&decided.profile).await?;
    let target = session
        .workspace
        .target(&decided.profile, decided.operation)?;
    let make =
        |session: &Session, retry: &Retry, ledger: Option<&dyn Ledger>| -> Result<Plan, Failure> {
            let mut plan = if let (RetrySource::File { .. }, Some(deck)) = (&retry.from, &deck) {
                let selection = Selection {
                    ids: retry.keys.clone(),
                    resend: retry.resend,
                    ..Selection::default()
                };
                plan(deck, &target, &selection, ledger)?
            } else {
                let orders =
                    session
                        .workspace
                        .prepare_cancel(&target, &retry.keys, deck.as_ref())?;
                Workspace::plan_cancel(&target, &orders, None, ledger, true)?
            };
            plan.mode.clone_from(&retry.mode);
            Ok(plan)
        };
    if args.consent.dry_run {
        let ledger = session.workspace.ledger(name.book)?;
        let plan = make(session, &retry, Some(&ledger))?;
        return rehearse(session, &plan, false, args.json);
    }
    let seat: Seat = session.workspace.take_seat(&target)?;
    told_abandoned(seat.abandoned);
    // Somebody else may have settled some of it while the file was read.
    let before = retry.settled_since;
    session
        .workspace
        .confirm_retry(&seat, &mut retry, name, &outcomes)?;
    if retry.settled_since > before && !is_any_left(&retry) {
        return Ok(Exit::Well);
    }
    let plan = make(session, &retry, Some(seat.ledger()))?;
    sending::describe(&plan);
    sending::note_nothing(&plan);
    sending::ask(&plan, &args.consent)?;
    let terms = Terms {
        credentials: session.workspace.credentials(&decided.profile)?,
        wait_for_jobs: !args.no_wait,
        retry_of: Some(name.id),
        choices: json!({
            "outcomes": outcomes.iter().map(|outcome| outcome.name()).collect::<Vec<_>>(),
        }),
    };
    stops.begin();
    let started = match (&retry.from, &deck) {
        (RetrySource::File { .. }, Some(deck)) => {
            session.workspace.submit(seat, &plan, deck, terms)?
        }
        _ => session
            .workspace
            .submit_cancel(seat, &plan, deck.as_ref(), terms)?,
    };
    let ending = Ending {
        json: args.json,
        no_wait: args.no_wait,
        left_behind: false,
    };
    sending::watch(session, started, ending, stops).await
}

/// Says how many orders are settled already, and whether any are left to send.
fn is_any_left(retry: &Retry) -> bool {
    if retry.settled_since > 0 {
        note(format_args!(
            "{} settled by a later run: left alone",
            counted(retry.settled_since, "order")
        ));
    }
    if retry.keys.is_empty() {
        note("there is no order to send");
    }
    !retry.keys.is_empty()
}

/// The file that the orders are read from, as it is now.
fn open(session: &mut Session, retry: &Retry) -> Result<Option<Deck>, Failure> {
    match &retry.from {
        RetrySource::File {
            path,
            mapping,
            no_edits,
        } => {
            let deck = session.open(path, Some(mapping), *no_edits)?;
            session.survey(&deck)?;
            if deck.index().fingerprint() != retry.of.decided.frozen.source_fingerprint {
                note(format_args!(
                    "{} has changed since the run: what it holds now is sent",
                    path.display()
                ));
            }
            Ok(Some(deck))
        }
        RetrySource::Ids(Some(path)) => Ok(Some(session.open(path, None, false)?)),
        RetrySource::Ids(None) => Ok(None),
    }
}

impl From<RetryError> for Failure {
    fn from(error: RetryError) -> Self {
        match error {
            RetryError::Workspace(error) => error.into(),
            RetryError::UnderWay(_) | RetryError::None { .. } | RetryError::NotOne { .. } => {
                Self::usage(error.to_string())
            }
            RetryError::NoSource(_) | RetryError::Elsewhere { .. } => {
                Self::refused(error.to_string())
            }
        }
    }
}
