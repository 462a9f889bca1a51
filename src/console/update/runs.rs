//! The Runs view: pause, stop, resume, retry, export.

use std::sync::Arc;

use crate::console::action::Command;
use crate::console::dialog::doubt::DoubtDialog;
use crate::console::dialog::export::ExportDialog;
use crate::console::dialog::resume::ResumeDialog;
use crate::console::dialog::retry::RetryDialog;
use crate::console::dialog::run_orders::RunOrders;
use crate::console::effect::Effect;
use crate::console::event::Told;
use crate::console::layout;
use crate::console::model::RunEntry;
use crate::console::state::{ActiveRun, State, Tone, View};
use crate::ledger::{RunName, RunState};
use crate::order::outcome::Outcome;
use crate::profile::SANDBOX_PREFIX;
use crate::submit::Control;
use crate::workspace::OrderReport;

/// The runs were read. The cursor stays on its run, unless it stands on the newest.
pub(super) fn read(state: &mut State, runs: &[RunEntry]) {
    let view = &mut state.runs;
    let current = view.current().map(RunEntry::name);
    view.list = runs.to_vec();
    if let Some(at) = current
        .filter(|_| view.cursor.at > 0)
        .and_then(|current| view.list.iter().position(|entry| entry.name() == current))
    {
        view.cursor.at = at;
    }
}

fn page(state: &State) -> usize {
    layout::inner_rows(Some(layout::runs(state.size).list), 1)
}

pub(super) fn settle(state: &mut State) {
    let page = page(state);
    state.runs.cursor.settle(state.runs.list.len(), page);
}

pub(super) fn command(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    match command {
        Command::Back => state.view = View::Orders,
        Command::StopRun => stop(state, effects),
        Command::PauseRun => pause(state, effects),
        Command::ResumeRun => resume(state, effects),
        Command::RetryRun => retry(state, effects),
        Command::SettleDoubt => {
            if let Some(entry) = state.runs.current().cloned() {
                settle_doubt(state, &entry, effects);
            }
        }
        Command::RunOrders | Command::Accept => {
            if let Some(entry) = state.runs.current() {
                effects.push(Effect::RunOrders(entry.name()));
            }
        }
        Command::Export => {
            if let Some(dialog) = state.runs.current().map(ExportDialog::new) {
                state.layers.push(Box::new(dialog));
            }
        }
        command => {
            let (lines, page) = (state.runs.list.len(), page(state));
            state.runs.cursor.act(command, lines, page);
        }
    }
}

fn stop(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(run) = current_active(state).map(|run| run.name) else {
        return;
    };
    change(state, run, |active| active.stopping = true);
    effects.push(Effect::Control {
        run,
        wish: Control::Stop,
    });
    state.say(
        Tone::Info,
        format!("run {run} is being stopped; what is under way is recorded"),
    );
}

fn pause(state: &mut State, effects: &mut Vec<Effect>) {
    let Some((run, paused)) = current_active(state).map(|run| (run.name, run.paused)) else {
        return;
    };
    change(state, run, |active| active.paused = !paused);
    let wish = if paused { Control::Go } else { Control::Pause };
    effects.push(Effect::Control { run, wish });
    state.say(
        Tone::Info,
        format!("run {run} {}", if paused { "goes on" } else { "is paused" }),
    );
}

fn change(state: &mut State, name: RunName, change: impl Fn(&mut ActiveRun)) {
    state
        .runs
        .active
        .iter_mut()
        .filter(|run| run.name == name)
        .for_each(change);
}

/// Whether the vendor of the run under the cursor can be reached; else the sandbox is started, and the command
/// done again when it runs.
fn reachable(state: &mut State, command: Command, effects: &mut Vec<Effect>) -> bool {
    let built_in = state.runs.current().is_some_and(|entry| {
        entry
            .summary
            .run
            .decided
            .profile
            .starts_with(SANDBOX_PREFIX)
    });
    if built_in && !super::vendors::need_sandbox(state, effects) {
        super::arrived::after_sandbox(state, command);
        state.say(Tone::Info, "starting the sandbox");
        return false;
    }
    true
}

fn resume(state: &mut State, effects: &mut Vec<Effect>) {
    if !reachable(state, Command::ResumeRun, effects) {
        return;
    }
    let Some(entry) = state.runs.current() else {
        return;
    };
    match ResumeDialog::new(entry) {
        Some(dialog) => state.layers.push(Box::new(dialog)),
        // Nothing is sent: only jobs are watched, or doubt is asked about.
        None => effects.push(Effect::Resume {
            book: entry.book,
            run: entry.summary.run.id,
        }),
    }
}

fn retry(state: &mut State, effects: &mut Vec<Effect>) {
    if !reachable(state, Command::RetryRun, effects) {
        return;
    }
    if let Some(dialog) = state.runs.current().map(RetryDialog::new) {
        state.layers.push(Box::new(dialog));
    }
}

/// Opens the orders of a run that are in doubt.
pub fn settle_doubt(state: &mut State, entry: &RunEntry, effects: &mut Vec<Effect>) {
    let profile = &entry.summary.run.decided.profile;
    if profile.starts_with(SANDBOX_PREFIX) {
        // Looking and deciding do without it; what is sent then doesn't.
        super::vendors::need_sandbox(state, effects);
    }
    let dialog = DoubtDialog::new(entry, state, effects);
    state.layers.push(Box::new(dialog));
}

/// The run under the cursor, if it is under way in this process.
pub fn current_active(state: &State) -> Option<&ActiveRun> {
    state.runs.active(state.runs.current()?.name())
}

/// Orders of a run that haven't come to their end.
pub fn open_orders(entry: &RunEntry) -> u64 {
    [Outcome::Pending, Outcome::Sending, Outcome::Queued]
        .into_iter()
        .map(|outcome| entry.summary.count(outcome))
        .sum()
}

/// Whether the run under the cursor can be taken up.
pub fn may_resume(state: &State) -> Result<(), String> {
    let Some(entry) = state.runs.current() else {
        return Err("there is no run".to_owned());
    };
    if current_active(state).is_some() {
        return Err("it is under way".to_owned());
    }
    if entry.alive {
        return Err("another orderdeck is sending to its account".to_owned());
    }
    let doubt = entry.summary.count(Outcome::InDoubt) > 0;
    if entry.summary.run.state == RunState::Finished && open_orders(entry) == 0 && !doubt {
        return Err("it is finished".to_owned());
    }
    Ok(())
}

/// Whether there is doubt in the run under the cursor.
pub fn may_settle(state: &State) -> Result<(), String> {
    let Some(entry) = state.runs.current() else {
        return Err("there is no run".to_owned());
    };
    if current_active(state).is_some() {
        return Err("it is under way".to_owned());
    }
    if entry.summary.count(Outcome::InDoubt) == 0 {
        return Err("no order of it is in doubt".to_owned());
    }
    Ok(())
}

/// Whether orders of the run under the cursor can be sent again.
pub fn may_retry(state: &State) -> Result<(), String> {
    let Some(entry) = state.runs.current() else {
        return Err("there is no run".to_owned());
    };
    if current_active(state).is_some() {
        return Err("it is under way".to_owned());
    }
    if RetryDialog::choices(entry).is_empty() {
        return Err("no order of it has come to its end".to_owned());
    }
    Ok(())
}

/// The orders of a run were read.
pub(super) fn orders(state: &mut State, run: RunName, orders: &Told<Arc<Vec<OrderReport>>>) {
    match orders {
        Ok(orders) => state
            .layers
            .push(Box::new(RunOrders::new(run, Arc::clone(orders)))),
        Err(why) => state.say(Tone::Error, why.clone()),
    }
}
