//! Sending, as both fronts ask for it: submit a plan, cancel by id, resume and retry a run.

use std::path::PathBuf;

use serde_json::json;

use super::{Workspace, WorkspaceError};
use crate::deck::{Deck, Target};
use crate::ledger::{Book, Frozen, Ledger, Run, RunId, RunName, RunState};
use crate::submit::cancel::{self, CancelOrder};
use crate::submit::plan::ReadyOrder;
use crate::submit::resume::{Again, Resumption};
use crate::submit::start::Seat;
use crate::submit::{Plan, Started, SubmitError, begin};
use crate::vendor::{Account, Credentials, VendorRef};

/// Sending went wrong before it began.
#[derive(Debug, thiserror::Error)]
pub enum SendingError {
    /// Nothing may or can be sent.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The workspace can't give what sending needs.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

/// How a run is to be sent, beside what its plan says.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The account's credentials.
    pub credentials: Credentials,
    /// Whether to stay until the vendor's jobs are done.
    pub wait_for_jobs: bool,
    /// The run whose orders this one retries.
    pub retry_of: Option<RunId>,
    /// The operator's own words for the record: filter, limit, reason.
    pub choices: serde_json::Value,
}

impl Workspace {
    /// Takes the right to send to the target's account. Do it before planning, so that the plan knows of what
    /// a sender that died left in doubt.
    pub fn take_seat(&self, target: &Target) -> Result<Seat, SendingError> {
        let book = Self::book(&target.account);
        self.may_record(book)?;
        let ledger = self.ledger(book)?;
        // Nothing is recorded in a damaged ledger, not even that it is about to be sent.
        ledger.look_over().map_err(WorkspaceError::from)?;
        Ok(Seat::take(self.directories().data(), ledger, book, target)?)
    }

    /// Begins a run over a file.
    pub fn submit(
        &self,
        seat: Seat,
        plan: &Plan,
        deck: &Deck,
        terms: Terms,
    ) -> Result<Started, SendingError> {
        if deck.are_edits_unread() {
            return Err(SubmitError::Refused(
                "the edits kept for this file can't be read, so it isn't sent without them: \
                 `orderdeck ledger check` says what is wrong with the ledger"
                    .to_owned(),
            )
            .into());
        }
        let frozen = Frozen {
            source: deck.source().identity().to_owned(),
            source_fingerprint: deck.index().fingerprint().to_owned(),
            mapping: deck.mapping_fingerprint(),
            settings: plan.target.account.frozen(),
            edits: deck.edits_fingerprint(),
            choices: file_choices(plan, deck, &terms.choices),
        };
        Ok(begin(
            seat,
            plan,
            frozen,
            terms.credentials,
            terms.retry_of,
            terms.wait_for_jobs,
        )?)
    }

    /// What cancelling these orders would send. `deck` is the loaded file, if there is one.
    pub fn prepare_cancel(
        &self,
        target: &Target,
        ids: &[String],
        deck: Option<&Deck>,
    ) -> Result<Vec<CancelOrder>, WorkspaceError> {
        let ledger = self.existing_ledger(Self::book(&target.account))?;
        let ledger = ledger.as_ref().map(|ledger| ledger as &dyn Ledger);
        Ok(cancel::prepare(target, ids, deck, ledger)?)
    }

    /// The plan of a cancellation: orders that can't be cancelled are left to the caller to tell. Those that the
    /// account cancelled already are skipped, unless `resend`.
    pub fn plan_cancel(
        target: &Target,
        orders: &[CancelOrder],
        mode: Option<String>,
        ledger: Option<&dyn Ledger>,
        resend: bool,
    ) -> Result<Plan, SubmitError> {
        let keys: Vec<&str> = orders.iter().map(|order| order.key.as_str()).collect();
        // What the orders say of it may be older than the seat.
        let last = match ledger.filter(|_| !resend) {
            Some(ledger) => {
                ledger.last_known(&target.account.account, target.vendor.name(), &keys)?
            }
            None => vec![None; keys.len()],
        };
        let ready = orders
            .iter()
            .zip(last)
            .filter_map(|(order, last)| {
                let (_, encoded) = order.payload.as_ref().ok()?;
                Some(ReadyOrder {
                    key: order.key.clone(),
                    worth: order.worth.clone(),
                    encoded: encoded.clone(),
                    done: last.and_then(|last| cancel::cancelled_in(&last, order.book)),
                })
            })
            .collect();
        // A cancellation is asked for by hand: it is sent even if it is in doubt, or was sent before another import.
        let mut plan = Plan::of_payloads(target, ready, ledger, true)?;
        plan.mode = mode;
        Ok(plan)
    }

    /// Begins a cancellation.
    pub fn submit_cancel(
        &self,
        seat: Seat,
        plan: &Plan,
        file: Option<&Deck>,
        terms: Terms,
    ) -> Result<Started, SendingError> {
        let frozen = Frozen {
            source: file.map_or_else(String::new, |deck| deck.source().identity().to_owned()),
            settings: plan.target.account.frozen(),
            choices: {
                let mut choices =
                    json!({ "kind": "ids", "mode": plan.mode, "choices": terms.choices });
                add_reading(&mut choices, file);
                choices.to_string()
            },
            ..Frozen::default()
        };
        Ok(begin(
            seat,
            plan,
            frozen,
            terms.credentials,
            None,
            terms.wait_for_jobs,
        )?)
    }

    /// Takes up a run. The file it was decided on is opened again if something must be sent. `begins` is called
    /// when all is read and sending begins.
    pub fn resume(
        &self,
        book: Book,
        run: RunId,
        credentials: Credentials,
        wait_for_jobs: bool,
        begins: impl FnOnce(),
    ) -> Result<Option<Started>, SendingError> {
        let decided = self.ledger(book)?.run(run).map_err(WorkspaceError::from)?;
        let target = self.target(&decided.decided.profile, decided.decided.operation)?;
        if let Some(what) = changed_since(&target.account, target.vendor, &decided, book) {
            let profile = &decided.decided.profile;
            return Err(SubmitError::Mismatch {
                run: RunName { book, id: run },
                changed: format!("the {what} of the profile {profile}"),
            }
            .into());
        }
        let mut seat = self.take_seat(&target)?;
        let rest = Resumption::find(&seat, run, &target)?;
        if rest.is_empty() {
            // What its process left undone at the end was only to say that it has ended.
            if decided.state != RunState::Finished {
                seat.ledger_mut()
                    .set_run_state(run, RunState::Finished, None)
                    .map_err(SubmitError::from)?;
            }
            return Ok(None);
        }
        let choices: serde_json::Value =
            serde_json::from_str(&rest.frozen().choices).unwrap_or_default();
        let (to_send, _, _) = rest.counts();
        self.read_as_decided(&decided);
        if choices["kind"] == "ids" {
            let ids: Vec<String> = rest.keys().map(str::to_owned).collect();
            let deck = resumable_source(&decided).and_then(|path| {
                self.open_deck(&path, None, &mut |_| std::ops::ControlFlow::Continue(()))
                    .ok()
            });
            let orders = self.prepare_cancel(&target, &ids, deck.as_ref())?;
            let payloads = orders
                .into_iter()
                .map(|order| {
                    order
                        .payload
                        .map(|(_, encoded)| encoded.bytes)
                        .unwrap_or_default()
                })
                .collect();
            begins();
            return Ok(Some(rest.start(
                seat,
                Again::Ready(payloads),
                credentials,
                wait_for_jobs,
            )?));
        }
        let mapping = decided_mapping(&decided);
        let opened = match resumable_source(&decided) {
            Some(path) => self
                .open_deck(&path, Some(&mapping), &mut |_| {
                    std::ops::ControlFlow::Continue(())
                })
                .map(|deck| {
                    if choices["no_edits"] == true {
                        deck.without_edits()
                    } else {
                        deck
                    }
                })
                .map_err(|error| error.to_string()),
            None => Err(
                "the run's orders came from standard input, which can't be read again: save them to a file and `orderdeck submit` that; what was taken is left out"
                    .to_owned(),
            ),
        };
        let again = match &opened {
            Ok(deck) => Again::Deck(deck),
            Err(why) => Again::Nothing(format!("{to_send} orders are still to be sent, but {why}")),
        };
        begins();
        Ok(Some(rest.start(seat, again, credentials, wait_for_jobs)?))
    }
}

impl Workspace {
    /// From now on a run's file is read as it was when the run was decided on.
    pub(super) fn read_as_decided(&self, run: &Run) {
        let choices = serde_json::from_str(&run.decided.frozen.choices);
        let mut choices: serde_json::Value = choices.unwrap_or_default();
        let reading = choices.get_mut("reading").map(serde_json::Value::take);
        if let Some(path) = resumable_source(run)
            && let Some(Ok(reading)) = reading.map(serde_json::from_value)
        {
            self.read_as(&path, reading);
        }
    }
}

/// What is kept of how a run over a file was decided on, as JSON.
fn file_choices(plan: &Plan, deck: &Deck, choices: &serde_json::Value) -> String {
    let mut kept = json!({
        "kind": "file",
        "mode": plan.mode,
        "mapping": deck.mapping_given(),
        "no_edits": deck.is_without_edits(),
        "choices": choices,
    });
    add_reading(&mut kept, Some(deck));
    kept.to_string()
}

/// How the file was read, where the operator said it.
fn add_reading(choices: &mut serde_json::Value, deck: Option<&Deck>) {
    let reading = deck.map(|deck| deck.source().reading());
    if let Some(reading) = reading.filter(|reading| !reading.is_default())
        && let Ok(reading) = serde_json::to_value(reading)
    {
        choices["reading"] = reading;
    }
}

/// What of its profile is no longer what the run was decided on. Run numbers are a ledger's own, and what was
/// meant for a test must not go to a live account.
pub(super) fn changed_since(
    account: &Account,
    vendor: VendorRef,
    run: &Run,
    book: Book,
) -> Option<&'static str> {
    let decided = &run.decided;
    if vendor.name() != decided.vendor {
        Some("vendor")
    } else if account.account != decided.account {
        Some("account")
    } else if account.environment.name() != decided.environment || Workspace::book(account) != book
    {
        Some("environment")
    } else {
        None
    }
}

/// The operator's choice among the vendor's ways, for a run.
pub(super) fn mode_of(run: &Run) -> Option<String> {
    let choices: serde_json::Value = serde_json::from_str(&run.decided.frozen.choices).ok()?;
    choices["mode"].as_str().map(str::to_owned)
}

/// What opens the run's file with its mapping again.
pub(super) fn decided_mapping(run: &Run) -> String {
    let frozen = &run.decided.frozen;
    let choices: serde_json::Value = serde_json::from_str(&frozen.choices).unwrap_or_default();
    choices["mapping"].as_str().map_or_else(
        // A name may have blanks; the hash behind it has none.
        || {
            let named = frozen.mapping.rsplit_once(' ');
            named.map_or("", |(name, _)| name).to_owned()
        },
        str::to_owned,
    )
}

/// The file that a run was decided on, if it can be opened again.
pub fn resumable_source(run: &Run) -> Option<PathBuf> {
    let source = &run.decided.frozen.source;
    (!source.is_empty() && !source.starts_with("-:")).then(|| PathBuf::from(source))
}
