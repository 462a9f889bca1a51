//! `submit`: send the orders of a file, and wait for their outcomes.

use std::ops::ControlFlow;

use serde_json::json;

use super::cli::{SubmitArgs, before_list};
use super::failure::{Exit, Failure, Outcome};
use super::progress::Progress;
use super::sending::{self, Ending};
use super::session::{Session, mode, unreadable};
use super::signals::Stops;
use crate::deck::{Deck, Target};
use crate::ledger::Ledger;
use crate::submit::{Plan, Selection};
use crate::workspace::{Terms, Workspace};

/// Does it.
pub async fn run(session: &mut Session, mut args: SubmitArgs) -> Outcome {
    let stops = Stops::listen()?;
    let file = before_list(args.file.take(), &mut args.order, "FILE").map_err(Failure::usage)?;
    let selection = Selection {
        ids: args.order,
        filter: session
            .workspace
            .read_filter(args.filter.as_deref().unwrap_or_default())?,
        limit: args.limit,
        resend: args.resend,
        ..Selection::default()
    };
    // What is wrong with the profile, or what its vendor can't do, is told before a large file is read.
    let (vendor, _) = session.workspace.account(&args.profile)?;
    vendor.supports(args.operation).map_err(Failure::refused)?;
    session.read_as(&file, &args.reading);
    let deck = session.open(&file, args.mapping.as_deref(), args.no_edits)?;
    known(&deck, &selection.ids)?;
    session.survey(&deck)?;
    session.reach(&args.profile).await?;
    let target = session.workspace.target(&args.profile, args.operation)?;
    let mode = mode(target.vendor, target.operation, args.mode.as_deref())?;
    // Orders named by their ids, and a pilot, are all there; else some may stand where nothing could be read.
    let left_behind = selection.ids.is_empty() && selection.limit.is_none() && unreadable(&deck);
    if args.consent.dry_run {
        let mut plan = {
            let ledger = session
                .workspace
                .existing_ledger(Workspace::book(&target.account))?;
            let ledger = ledger.as_ref().map(|ledger| ledger as &dyn Ledger);
            plan(&deck, &target, &selection, ledger)?
        };
        plan.mode = mode;
        return rehearse(session, &plan, left_behind, args.json);
    }
    let seat = session.workspace.take_seat(&target)?;
    told_abandoned(seat.abandoned);
    let mut plan = plan(&deck, &target, &selection, Some(seat.ledger()))?;
    plan.mode = mode;
    sending::describe(&plan);
    sending::note_nothing(&plan);
    sending::ask(&plan, &args.consent)?;
    let terms = Terms {
        credentials: session.workspace.credentials(&args.profile)?,
        wait_for_jobs: !args.no_wait,
        retry_of: None,
        choices: json!({
            "order": selection.ids,
            "where": args.filter,
            "limit": args.limit,
            "resend": args.resend,
        }),
    };
    stops.begin();
    let started = session.workspace.submit(seat, &plan, &deck, terms)?;
    remember(session, &deck);
    let ending = Ending {
        json: args.json,
        no_wait: args.no_wait,
        left_behind,
    };
    sending::watch(session, started, ending, stops).await
}

/// Refuses ids that the file doesn't hold.
pub fn known(deck: &Deck, ids: &[String]) -> Result<(), Failure> {
    let keys: Vec<&str> = ids.iter().map(String::as_str).collect();
    let places = deck.find_all(&keys);
    match ids.iter().zip(places).find(|(_, place)| place.is_none()) {
        None => Ok(()),
        Some((id, _)) => Err(Failure::usage(format!(
            "{} holds no order `{}`; `orderdeck check` and the console show the ids",
            deck.source().path().display(),
            id.escape_debug()
        ))),
    }
}

/// The plan of a run over a file, with a bar while it is made.
pub fn plan(
    deck: &Deck,
    target: &Target,
    selection: &Selection,
    ledger: Option<&dyn Ledger>,
) -> Result<Plan, Failure> {
    let mut progress = Progress::new("planning");
    let all = deck.len() as u64;
    Ok(Plan::of_deck(
        deck,
        target,
        selection,
        ledger,
        &mut |done| {
            progress.at(done as u64, all);
            ControlFlow::Continue(())
        },
    )?)
}

/// Says what would be sent, and nothing else. What the plan holds back, and what is left behind in parts of the
/// file that can't be read, is a finding.
pub fn rehearse(session: &mut Session, plan: &Plan, left_behind: bool, json: bool) -> Outcome {
    sending::describe(plan);
    sending::note_nothing(plan);
    super::output::note("a dry run: nothing was sent");
    if json {
        session.out.json(&plan_json(plan))?;
    }
    let held_back = plan
        .left_out()
        .iter()
        .any(|update| update.outcome == crate::order::outcome::Outcome::Blocked);
    Ok(if held_back || left_behind {
        Exit::Findings
    } else {
        Exit::Well
    })
}

/// What a dry run prints.
fn plan_json(plan: &Plan) -> serde_json::Value {
    let (requests, jobs) = plan.requests();
    let sums = |sum: &crate::submit::plan::Sum| -> serde_json::Value {
        let sums: serde_json::Map<_, _> = sum
            .totals
            .iter()
            .map(|(currency, total)| (currency.clone(), total.to_string().into()))
            .collect();
        sums.into()
    };
    let mut outcomes = serde_json::Map::new();
    for update in plan.left_out() {
        let count = outcomes.entry(update.outcome.name()).or_insert(0.into());
        *count = (count.as_u64().unwrap_or_default() + 1).into();
    }
    json!({
        "dry_run": true,
        "vendor": plan.target.vendor.name(),
        "profile": plan.target.account.profile,
        "operation": plan.target.operation.name(),
        "orders": plan.meant.orders,
        "to_send": plan.to_send.orders,
        "left_out": outcomes,
        "blocked_by": plan.blocked_by,
        "totals": sums(&plan.meant),
        "totals_to_send": sums(&plan.to_send),
        "totals_left_out": sums(&plan.sum_left_out()),
        "requests": requests,
        "jobs": jobs,
        "least_seconds": plan.least_duration().as_secs(),
        "side_effects": plan.side_effects().into_iter().map(|effect| effect.text).collect::<Vec<_>>(),
    })
}

/// Says that a sender died.
pub fn told_abandoned(requests: usize) {
    if requests > 0 {
        let requests = super::output::counted(requests as u64, "request");
        super::output::note(format_args!(
            "{requests} of an earlier run came to no known end: their orders are in doubt"
        ));
    }
}

/// The file is in the list of recent ones from now on; a list that can't be written is no reason to end.
pub fn remember(session: &Session, deck: &Deck) {
    if let Err(error) = session.workspace.remember(deck) {
        super::output::note(format_args!("the list of recent files isn't kept: {error}"));
    }
}
