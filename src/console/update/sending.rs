//! Submitting and cancelling: opening the dialogs, and what runs tell.

use super::lists::{Which, refresh};
use crate::console::action::Command;
use crate::console::dialog::cancel::CancelDialog;
use crate::console::dialog::submit::SubmitDialog;
use crate::console::effect::Effect;
use crate::console::event::Told;
use crate::console::state::{ActiveRun, State, Tone, View, Waiting};
use crate::console::widget::text;
use crate::ledger::{RunName, RunState};
use crate::order::outcome::Operation;
use crate::submit::RunEvent;

/// Orders that the cancel dialog takes over: their ids are read while the operator waits, and stand in a line.
const CANCELLED_AT_MOST: usize = 1_000;

/// Whether the account in front can be sent to.
pub fn may_submit(state: &State) -> Result<(), String> {
    let account = state
        .vendors
        .front_account()
        .ok_or("no account is chosen for this vendor")?;
    account.target.as_ref().map_err(Clone::clone)?;
    may_write(state)?;
    if state.file.changed.is_some() {
        let key = state.keymap.first(Command::Reload);
        return Err(format!("the file changed on disk; {key} reads it anew"));
    }
    account
        .vendor
        .supports(Operation::Import)
        .map_err(str::to_owned)
}

/// Whether the account in front, if there is one, may be changed at all.
pub fn may_write(state: &State) -> Result<(), String> {
    match state.vendors.front_account() {
        Some(account) if account.read_only => {
            Err(format!("the profile {} is read-only", account.name))
        }
        _ => Ok(()),
    }
}

/// Opens the submit dialog; the sandbox is started first if it is meant.
pub(super) fn open_submit(state: &mut State, effects: &mut Vec<Effect>) {
    if super::vendors::front_is_built_in(state) && !super::vendors::need_sandbox(state, effects) {
        super::arrived::after_sandbox(state, Command::Submit);
        return state.say(Tone::Info, super::arrived::STARTING);
    }
    if state.vendors.front_operation() == Operation::Cancel {
        // Cancellations are asked for by id, with what is known of each.
        return open_cancel(state, effects);
    }
    if let Some(dialog) = SubmitDialog::new(state, effects) {
        state.layers.push(Box::new(dialog));
    }
}

/// Whether the account in front can be sent again what it rejected.
pub fn may_retry(state: &State) -> Result<(), String> {
    if state.vendors.front_operation() == Operation::Cancel {
        let runs = state.keymap.first(Command::ViewRuns);
        return Err(format!(
            "cancellations are retried by their run: go to Runs ({runs})"
        ));
    }
    may_submit(state)
}

/// Opens the submit dialog for the rejected orders among those marked or shown.
pub(super) fn open_retry(state: &mut State, effects: &mut Vec<Effect>) {
    if super::vendors::front_is_built_in(state) && !super::vendors::need_sandbox(state, effects) {
        super::arrived::after_sandbox(state, Command::RetryRejected);
        return state.say(Tone::Info, super::arrived::STARTING);
    }
    if let Some(dialog) = SubmitDialog::of_rejected(state, effects) {
        state.layers.push(Box::new(dialog));
    }
}

/// Opens the cancel dialog; the sandbox is started first if it is meant.
pub(super) fn open_cancel(state: &mut State, effects: &mut Vec<Effect>) {
    let marked = state.orders.marked.len();
    if state.view == View::Orders && marked > CANCELLED_AT_MOST {
        let (marked, most) = (marked as u64, CANCELLED_AT_MOST as u64);
        return state.say(
            Tone::Error,
            format!(
                "{} orders are marked, cancelling takes {} at a time; `orderdeck cancel --ids-from` takes any number",
                text::count(marked),
                text::count(most)
            ),
        );
    }
    if super::vendors::front_is_built_in(state) && !super::vendors::need_sandbox(state, effects) {
        super::arrived::after_sandbox(state, Command::Cancel);
        return state.say(Tone::Info, super::arrived::STARTING);
    }
    let dialog = CancelDialog::new(state, effects);
    state.layers.push(Box::new(dialog));
}

/// A run began, or could not.
pub(super) fn started(state: &mut State, started: &Told<RunName>, effects: &mut Vec<Effect>) {
    match started {
        Ok(name) => {
            state.runs.active.push(ActiveRun {
                name: *name,
                waiting: None,
                paused: false,
                stopping: false,
            });
            // It may be one that was there already, far down.
            super::runs::go_to(state, *name, effects);
            state.layers.clear();
            super::go(state, View::Runs, effects);
            let taken_off = if take_marks_off(state) {
                ", marks taken off"
            } else {
                ""
            };
            state.say(Tone::Info, format!("run {name} began{taken_off}"));
        }
        Err(why) => {
            state.orders.marks_asked = false;
            state.say(Tone::Error, why.clone());
        }
    }
}

/// Takes the marks off the orders that a run was asked for: the next command for many would mean them again.
fn take_marks_off(state: &mut State) -> bool {
    let orders = &mut state.orders;
    let asked = std::mem::take(&mut orders.marks_asked) && !orders.marked.is_empty();
    if asked {
        orders.marked.clear();
        orders.marked_last = None;
    }
    asked
}

/// A run tells something.
pub(super) fn told(state: &mut State, name: RunName, event: &RunEvent, effects: &mut Vec<Effect>) {
    match event {
        RunEvent::Recorded => {
            for run in state.runs.active.iter_mut().filter(|run| run.name == name) {
                run.waiting = None;
            }
        }
        RunEvent::Waiting { reason, left } => {
            let waiting = Waiting {
                reason: reason.clone(),
                until: left.and_then(|left| state.now.checked_add(left).ok()),
            };
            for run in state.runs.active.iter_mut().filter(|run| run.name == name) {
                run.waiting = Some(waiting.clone());
            }
            return;
        }
        RunEvent::Ended {
            state: ended,
            reason,
        } => {
            state.runs.active.retain(|run| run.name != name);
            // What the vendor said of it stands in the payload.
            state.payload.asked = None;
            let why = reason
                .as_ref()
                .map_or_else(String::new, |reason| format!(": {reason}"));
            match ended {
                RunState::Finished => state.say(Tone::Well, format!("run {name} is finished{why}")),
                other => {
                    let resume = state.keymap.first(Command::ResumeRun);
                    state.say(
                        Tone::Error,
                        format!(
                            "run {name} is {}{why}; {resume} in Runs resumes it",
                            other.name()
                        ),
                    );
                }
            }
        }
    }
    super::runs::told(state, name, effects);
    for which in [Which::Runs, Which::Responses, Which::Jobs] {
        refresh(state, which, effects);
    }
    state.orders.stale = true;
}
