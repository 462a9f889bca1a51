//! `cancel`: cancel orders by their ids, with no file loaded where the vendor allows it.

use std::io::Read;
use std::path::Path;

use super::cli::CancelArgs;
use super::failure::{Failure, Outcome};
use super::output::note;
use super::sending::{self, Ending};
use super::session::{Session, mode};
use super::signals::Stops;
use super::submit::{rehearse, told_abandoned};
use crate::deck::Deck;
use crate::ledger::Ledger;
use crate::order::outcome::Operation;
use crate::submit::cancel::{CancelBy, CancelOrder, Ids, choices, refusal};
use crate::vendor::Cancelling;
use crate::workspace::{Terms, Workspace};

/// How many ids are told one by one.
const TOLD: usize = 20;

/// Does it.
pub async fn run(session: &mut Session, args: CancelArgs) -> Outcome {
    let stops = Stops::listen()?;
    let ids = match &args.ids_from {
        Some(file) => ids_from(file)?,
        None => Ids::of_list(args.ids.clone()),
    };
    if let Some(told) = ids.told() {
        note(told);
    }
    let ids = ids.ids;
    if ids.is_empty() {
        return Err(Failure::usage("there is no id to cancel"));
    }
    let (vendor, _) = session.workspace.account(&args.profile)?;
    if let Cancelling::Impossible(why) = vendor.cancelling() {
        return Err(Failure::refused(why));
    }
    let deck = match &args.file {
        Some(file) => {
            session.read_as(file, &args.reading);
            Some(session.open(file, args.mapping.as_deref(), false)?)
        }
        None if !args.reading.is_empty() => {
            return Err(Failure::usage("how a file is read goes with --file FILE"));
        }
        None => None,
    };
    session.reach(&args.profile).await?;
    let target = session.workspace.target(&args.profile, Operation::Cancel)?;
    let mode = mode(target.vendor, target.operation, args.mode.as_deref())?;
    // Before the seat is taken: an id that can't be cancelled is told even while somebody else is sending.
    let orders = session
        .workspace
        .prepare_cancel(&target, &ids, deck.as_ref())?;
    let impossible = tell(&orders, deck.as_ref(), args.resend);
    if impossible == orders.len() {
        let why = orders.iter().find_map(refusal).unwrap_or_default();
        return Err(Failure::refused(why));
    }
    if args.consent.dry_run {
        let ledger = session
            .workspace
            .existing_ledger(Workspace::book(&target.account))?;
        let ledger = ledger.as_ref().map(|ledger| ledger as &dyn Ledger);
        let plan = Workspace::plan_cancel(&target, &orders, mode, ledger, args.resend)?;
        return rehearse(session, &plan, false, args.json);
    }
    let seat = session.workspace.take_seat(&target)?;
    told_abandoned(seat.abandoned);
    let plan = Workspace::plan_cancel(&target, &orders, mode, Some(seat.ledger()), args.resend)?;
    sending::describe(&plan);
    sending::ask(&plan, &args.consent)?;
    let terms = Terms {
        credentials: session.workspace.credentials(&args.profile)?,
        wait_for_jobs: !args.no_wait,
        retry_of: None,
        choices: choices("command", args.reason.as_deref()),
    };
    stops.begin();
    let started = session
        .workspace
        .submit_cancel(seat, &plan, deck.as_ref(), terms)?;
    let ending = Ending {
        json: args.json,
        no_wait: args.no_wait,
        left_behind: impossible > 0,
    };
    sending::watch(session, started, ending, stops).await
}

/// Says of each id what is known of it and how it is cancelled, or why not. Returns how many can't be.
fn tell(orders: &[CancelOrder], deck: Option<&Deck>, resend: bool) -> usize {
    let (now, mut impossible) = (jiff::Timestamp::now(), 0);
    for (position, order) in orders.iter().enumerate() {
        let known = order.known(now);
        let how = match (order.how(), refusal(order)) {
            (Some(_), None) if !resend && order.cancelled_already().is_some() => {
                "skipped; `--resend` sends it again".to_owned()
            }
            (Some(how), None) => match (&order.payload, deck) {
                (Ok((CancelBy::File, _)), Some(deck)) => {
                    format!("{how} {}", deck.source().path().display())
                }
                _ => how.to_owned(),
            },
            (_, why) => {
                impossible += 1;
                format!("can't be cancelled: {}", why.unwrap_or_default())
            }
        };
        if position < TOLD {
            note(format_args!("{}: {known}; {how}", order.key));
        }
    }
    let more = orders.len().saturating_sub(TOLD);
    if more > 0 {
        note(format_args!("and {more} more"));
    }
    impossible
}

/// One id a line; blank lines are nothing. A line of several is refused: as one id it would name no order, and a
/// vendor that doesn't say so would seem to have cancelled them.
fn ids_from(file: &Path) -> Result<Ids, Failure> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.map_err(|error| {
        Failure::usage(format!(
            "can't read ids from {}: {error}; give a text file with one id a line",
            file.display()
        ))
    })?;
    match text.lines().zip(1..).find(|(line, _)| holds_several(line)) {
        None => Ok(Ids::of_lines(&text)),
        Some((line, number)) => Err(Failure::usage(format!(
            "line {number} of {} holds more than one id: `{}`; give one id a line, and put an id that holds a comma itself in quotes",
            file.display(),
            line.trim().escape_debug()
        ))),
    }
}

/// Whether a line has a comma, semicolon or tab between two ids, and isn't one id in quotes.
fn holds_several(line: &str) -> bool {
    let divides = [',', ';', '\t'];
    let line = line.trim().trim_end_matches(divides);
    let quoted = ['"', '\'']
        .iter()
        .any(|quote| line.len() > 1 && line.starts_with(*quote) && line.ends_with(*quote));
    // A bullet or number before the id may be followed by a tab.
    !quoted
        && line
            .split(divides)
            .filter(|part| !part.trim().is_empty())
            .count()
            > 1
        && Ids::of_text(line).ids.len() > 1
}

#[cfg(test)]
mod tests {
    use super::holds_several;

    #[test]
    fn a_line_of_several_ids_is_known_from_one_id() {
        for several in ["#1, #2", "#1;#2,", "a\tb", "- #1, #2"] {
            assert!(holds_several(several), "{several}");
        }
        for one in [
            "#1", "#1,", "pre 1001", "\"a,b\"", "-\t#1", "1. #7;", "", ",,",
        ] {
            assert!(!holds_several(one), "{one}");
        }
    }
}
