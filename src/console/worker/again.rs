//! Sending orders of an earlier run again.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::{Tell, Worker};
use crate::console::event::{Arrival, Ticket, Told};
use crate::console::model::RetryPlan;
use crate::deck::{Deck, Target};
use crate::ledger::{Ledger, RunName};
use crate::order::outcome::Outcome;
use crate::submit::{Plan, Selection, Started};
use crate::workspace::{Retry, RetrySource, Terms, Workspace};

impl Worker {
    pub(super) fn plan_retry(
        &self,
        ticket: Ticket,
        run: RunName,
        (outcomes, only): (Vec<Outcome>, &[String]),
        tell: Tell<'_>,
    ) {
        let workspace = self.workspace.now();
        let planned = find(&workspace, run, outcomes, only).map(Arc::new);
        tell(Arrival::RetryPlanned { ticket, planned });
    }

    pub(super) fn retry(&self, planned: &RetryPlan, tell: Tell<'_>) {
        match self.try_retry(planned) {
            Ok(Some(started)) => self.follow(started, tell),
            Ok(None) => tell(Arrival::Replanned {
                why: "what would be sent changed since you decided: look at it again".to_owned(),
            }),
            Err(why) => tell(Arrival::Started(Err(why))),
        }
    }

    /// Begins the run; `None` where the plan made under the account's lock isn't the one decided on.
    fn try_retry(&self, planned: &RetryPlan) -> Told<Option<Started>> {
        let workspace = self.workspace.now();
        let (retry, deck) = (&planned.retry, planned.deck.as_ref());
        let words = |error: crate::workspace::SendingError| error.to_string();
        let target = &planned.plan.target;
        let credentials = workspace
            .credentials(&target.account.profile)
            .map_err(|error| error.to_string())?;
        let seat = workspace.take_seat(target).map_err(words)?;
        // What is still to be decided may have been settled while the dialog was open.
        let mut now = retry.clone();
        workspace
            .confirm_retry(&seat, &mut now, planned.run, &planned.outcomes)
            .map_err(|error| error.to_string())?;
        if now.keys != retry.keys {
            return Ok(None);
        }
        let plan = plan(&workspace, retry, deck, target, Some(seat.ledger()))?;
        if plan.to_send != planned.plan.to_send {
            return Ok(None);
        }
        let outcomes: Vec<&str> = planned.outcomes.iter().map(|one| one.name()).collect();
        let terms = Terms {
            credentials,
            wait_for_jobs: true,
            retry_of: Some(planned.run.id),
            choices: serde_json::json!({ "from": "console", "outcomes": outcomes }),
        };
        match (&retry.from, deck) {
            (RetrySource::File { .. }, Some(deck)) => workspace.submit(seat, &plan, deck, terms),
            _ => workspace.submit_cancel(seat, &plan, deck, terms),
        }
        .map(Some)
        .map_err(words)
    }
}

fn find(
    workspace: &Workspace,
    run: RunName,
    outcomes: Vec<Outcome>,
    only: &[String],
) -> Told<RetryPlan> {
    let retry = workspace
        .retry(run, &outcomes, only)
        .map_err(|error| error.to_string())?;
    if retry.keys.is_empty() {
        return Err("a later run has settled all of them: there is nothing to send".to_owned());
    }
    let deck = match &retry.from {
        RetrySource::File {
            path,
            mapping,
            no_edits,
        } => {
            let deck = open(workspace, path, Some(mapping))?;
            Some(if *no_edits {
                deck.without_edits()
            } else {
                deck
            })
        }
        RetrySource::Ids(Some(path)) => Some(open(workspace, path, None)?),
        RetrySource::Ids(None) => None,
    };
    let decided = &retry.of.decided;
    let target = workspace
        .target(&decided.profile, decided.operation)
        .map_err(|error| error.to_string())?;
    let ledger = workspace
        .existing_ledger(run.book)
        .map_err(|error| error.to_string())?;
    let ledger = ledger.as_ref().map(|ledger| ledger as &dyn Ledger);
    let plan = plan(workspace, &retry, deck.as_ref(), &target, ledger)?;
    let changed = matches!(retry.from, RetrySource::File { .. })
        && deck
            .as_ref()
            .is_some_and(|deck| deck.index().fingerprint() != decided.frozen.source_fingerprint);
    Ok(RetryPlan {
        run,
        outcomes,
        retry,
        deck,
        changed,
        plan: Arc::new(plan),
    })
}

fn open(workspace: &Workspace, path: &Path, mapping: Option<&str>) -> Told<Deck> {
    let deck = workspace
        .open_deck(path, mapping, &mut |_| ControlFlow::Continue(()))
        .map_err(|error| error.to_string())?;
    // So that payloads know of mixed currencies.
    deck.overview(&mut |_| ControlFlow::Continue(()))
        .map_err(|error| error.to_string())?;
    Ok(deck)
}

fn plan(
    workspace: &Workspace,
    retry: &Retry,
    deck: Option<&Deck>,
    target: &Target,
    ledger: Option<&dyn Ledger>,
) -> Told<Plan> {
    let file = deck.filter(|_| matches!(retry.from, RetrySource::File { .. }));
    let mut plan = if let Some(deck) = file {
        let selection = Selection {
            ids: retry.keys.clone(),
            resend: retry.resend,
            ..Selection::default()
        };
        Plan::of_deck(deck, target, &selection, ledger, &mut |_| {
            ControlFlow::Continue(())
        })
        .map_err(|error| error.to_string())?
    } else {
        let orders = workspace
            .prepare_cancel(target, &retry.keys, deck)
            .map_err(|error| error.to_string())?;
        Workspace::plan_cancel(target, &orders, None, ledger, true)
            .map_err(|error| error.to_string())?
    };
    plan.mode.clone_from(&retry.mode);
    Ok(plan)
}
