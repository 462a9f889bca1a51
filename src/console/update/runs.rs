//! The Runs view: what is read for it, its filter, and pause, stop, resume, retry, export.

use std::collections::HashSet;
use std::sync::Arc;

use crossterm::event::KeyEvent;
use ratatui::layout::Position;

use super::lists::{Which, refresh};
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
use crate::console::state::{ActiveRun, PaceKey, State, Tone, View};
use crate::console::widget::text;
use crate::console::worker::books::RUNS;
use crate::ledger::{RunName, RunState};
use crate::order::outcome::{Operation, Outcome};
use crate::profile::SANDBOX_PREFIX;
use crate::submit::Control;
use crate::workspace::{OrderReport, RunPace};

/// How often runs of other processes are looked at while there are some.
const LOOK: jiff::SignedDuration = jiff::SignedDuration::from_secs(1);

/// The newest runs were read.
pub(super) fn read(state: &mut State, runs: &[RunEntry], effects: &mut Vec<Effect>) {
    state.runs.cover_newest(runs, RUNS as usize);
    take_in(state, runs, effects);
    if std::mem::take(&mut state.runs.tell_open) {
        tell_open(state);
    }
}

/// Says at the start which run waits to be taken up, and puts the cursor on it.
fn tell_open(state: &mut State) {
    let mut open = state.runs.open();
    let Some((entry, to_send)) = open.next() else {
        return;
    };
    let name = entry.name();
    let others = open.count();
    let word = match state.runs.standing(entry) {
        "died" => "died",
        _ => "stopped",
    };
    let keys = format!(
        "{} {}",
        state.keymap.first(Command::ViewRuns),
        state.keymap.first(Command::ResumeRun)
    );
    let mut words = format!(
        "run {name} {word} with {} to send: {keys} takes it up",
        text::many(to_send, "order")
    );
    if others > 0 {
        words = format!(
            "{words}; {} like it",
            text::many(others as u64, "other run")
        );
    }
    if let Some(line) = state.runs.line_of(name) {
        state.runs.cursor.at = line;
        settle(state);
    }
    state.runs.told_open = Some(words.clone());
    // Before what else was told at the start, not in its place.
    let words = match state.notice.take_if(|told| told.tone != Tone::Error) {
        Some(told) => format!("{words} · {}", told.text),
        None => words,
    };
    state.say(Tone::Info, words);
}

/// What is told at the start together with the run that waits to be taken up, while that still stands there.
pub(super) fn beside_open(state: &State, words: String) -> String {
    match (&state.runs.told_open, &state.notice) {
        (Some(told), Some(notice)) if *told == notice.text => format!("{told} · {words}"),
        _ => words,
    }
}

/// Older runs were read, or some anew.
pub(super) fn more(
    state: &mut State,
    runs: &Told<Vec<RunEntry>>,
    older: bool,
    effects: &mut Vec<Effect>,
) {
    if older {
        state.runs.reading_older = false;
    }
    match runs {
        Ok(runs) => {
            if older {
                state.runs.cover_older(runs, RUNS as usize);
            }
            take_in(state, runs, effects);
        }
        Err(why) => {
            // Not asked again and again.
            let covered = state.runs.covered.iter_mut();
            covered.for_each(|covered| covered.whole = true);
            state.say(Tone::Error, why.clone());
        }
    }
}

/// Runs take their places among those that are there; the cursor stays on its run.
fn take_in(state: &mut State, runs: &[RunEntry], effects: &mut Vec<Effect>) {
    let view = &mut state.runs;
    let current = view.current().map(RunEntry::name);
    let height = view.cursor.at.saturating_sub(view.cursor.top);
    let read: HashSet<RunName> = runs.iter().map(RunEntry::name).collect();
    view.list.retain(|entry| !read.contains(&entry.name()));
    view.list.extend(runs.iter().cloned());
    view.list
        .sort_by_key(|entry| std::cmp::Reverse((entry.summary.run.started_at, entry.name().id)));
    view.sift();
    let there = view.go_to.and_then(|name| view.line_of(name));
    if there.is_some() {
        view.go_to = None;
    }
    if let Some(at) = there.or_else(|| current.and_then(|name| view.line_of(name))) {
        view.cursor.at = at;
        view.cursor.top = at.saturating_sub(height);
    }
    settle(state);
    ask(state, effects);
}

/// Asks for what the line under the cursor needs: its pace, and older runs near the end of those that were read.
fn ask(state: &mut State, effects: &mut Vec<Effect>) {
    let page = page(state);
    let view = &mut state.runs;
    let than = view.older_than();
    if view.cursor.at + page >= view.shown() && !view.reading_older && !than.is_empty() {
        view.reading_older = true;
        effects.push(Effect::OlderRuns(than));
    }
    let Some(entry) = view.current() else {
        return;
    };
    let key = pace_key(entry);
    let run = key.0;
    if view.pace_asked.is_some() || view.pace.as_ref().is_some_and(|(read, _)| *read == key) {
        return;
    }
    let known = view.pace_of(run).map(Arc::clone);
    view.pace_asked = Some(key);
    effects.push(Effect::Pace { run, known });
}

fn pace_key(entry: &RunEntry) -> PaceKey {
    let summary = &entry.summary;
    (entry.name(), summary.exchanges, summary.outcomes.clone())
}

/// The pace of a run was read.
pub(super) fn pace(
    state: &mut State,
    run: RunName,
    pace: &Told<Arc<RunPace>>,
    effects: &mut Vec<Effect>,
) {
    let asked = state.runs.pace_asked.take().filter(|key| key.0 == run);
    match (asked, pace) {
        (Some(key), Ok(pace)) => state.runs.pace = Some((key, Arc::clone(pace))),
        (Some(key), Err(why)) => {
            state.runs.pace = Some((key, Arc::default()));
            state.say(Tone::Error, why.clone());
        }
        (None, _) => {}
    }
    // The cursor went on, or the run did.
    ask(state, effects);
}

/// The cursor goes to that run, at once or when it is in the list; a filter that may hide it is dropped.
pub(super) fn go_to(state: &mut State, run: RunName, effects: &mut Vec<Effect>) {
    drop_filter(state);
    if let Some(line) = state.runs.line_of(run) {
        state.runs.cursor.at = line;
    } else {
        state.runs.go_to = Some(run);
        effects.push(Effect::RunsAgain(vec![run]));
    }
}

/// A run told something: one that the newest page doesn't hold is read by itself.
pub(super) fn told(state: &State, run: RunName, effects: &mut Vec<Effect>) {
    let place = state.runs.list.iter().position(|it| it.name() == run);
    if place.is_some_and(|place| place >= RUNS as usize) {
        effects.push(Effect::RunsAgain(vec![run]));
    }
}

/// The run under the cursor is read anew, wherever it stands.
pub(super) fn current_again(state: &State, effects: &mut Vec<Effect>) {
    if let Some(entry) = state.runs.current() {
        effects.push(Effect::RunsAgain(vec![entry.name()]));
    }
}

/// Time went by: what other processes do is read anew, while they do something that is on the screen.
pub(super) fn tick(state: &mut State, effects: &mut Vec<Effect>) {
    let which = match state.view {
        View::Runs if state.runs.any_elsewhere() => Which::Runs,
        View::Jobs if state.jobs.any_elsewhere(&state.runs) => Which::Jobs,
        _ => return,
    };
    let looked = state.runs.looked;
    if looked.is_some_and(|looked| state.now.duration_since(looked) < LOOK) {
        return;
    }
    state.runs.looked = Some(state.now);
    refresh(state, which, effects);
    if which == Which::Runs {
        // They say how long the rest takes.
        refresh(state, Which::Jobs, effects);
        let old = state.runs.list.iter().skip(RUNS as usize);
        let old: Vec<_> = old
            .filter(|entry| state.runs.moves(entry))
            .map(RunEntry::name)
            .collect();
        if !old.is_empty() {
            effects.push(Effect::RunsAgain(old));
        }
    }
}

fn page(state: &State) -> usize {
    let filter = usize::from(state.runs.has_filter_line());
    layout::inner_rows(Some(layout::runs(state.room()).list), 1)
        .saturating_sub(filter)
        .max(1)
}

pub(super) fn settle(state: &mut State) {
    let page = page(state);
    let shown = state.runs.shown();
    state.runs.cursor.settle(shown, page);
}

/// A key for the filter.
pub(super) fn type_filter(state: &mut State, key: KeyEvent, effects: &mut Vec<Effect>) {
    if state.runs.filter.key(key) {
        filtered(state, effects);
    }
}

/// Pasted text for the filter, if it is being typed.
pub(super) fn paste_filter(state: &mut State, text: &str, effects: &mut Vec<Effect>) -> bool {
    let typing = state.view == View::Runs && state.runs.typing_filter;
    if typing {
        state.runs.filter.paste(text);
        filtered(state, effects);
    }
    typing
}

fn filtered(state: &mut State, effects: &mut Vec<Effect>) {
    state.runs.sift();
    settle(state);
    ask(state, effects);
}

fn drop_filter(state: &mut State) {
    state.runs.filter.clear();
    state.runs.typing_filter = false;
    state.runs.sift();
}

/// A click puts the cursor on a run; the second shows its orders.
pub(super) fn click(state: &mut State, at: Position, effects: &mut Vec<Effect>) {
    let list = layout::runs(state.room()).list;
    // The border and the heading stand above the first line.
    let Some(line) = usize::from(at.y.saturating_sub(list.y)).checked_sub(2) else {
        return;
    };
    let line = state.runs.cursor.top + line;
    let last = usize::from(list.bottom().saturating_sub(1));
    if !list.contains(at) || usize::from(at.y) >= last || line >= state.runs.shown() {
        return;
    }
    let again = state.runs.clicked.again(line, state.now);
    state.runs.cursor.at = line;
    ask(state, effects);
    if again {
        super::command(state, Command::RunOrders, effects);
    }
}

pub(super) fn command(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    match command {
        Command::Accept if state.runs.typing_filter => state.runs.typing_filter = false,
        Command::Filter => state.runs.typing_filter = true,
        Command::Back if state.runs.has_filter_line() => {
            drop_filter(state);
            ask(state, effects);
        }
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
            let (lines, page) = (state.runs.shown(), page(state));
            if state.runs.cursor.act(command, lines, page) {
                ask(state, effects);
            }
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
        state.say(Tone::Info, super::arrived::STARTING);
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
    may_take_up(state, state.runs.current())
}

/// Whether a run can be taken up.
pub fn may_take_up(state: &State, entry: Option<&RunEntry>) -> Result<(), String> {
    let Some(entry) = entry else {
        return Err("there is no run".to_owned());
    };
    if state.runs.active(entry.name()).is_some() {
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
        Ok(orders) => {
            let mut runs = state.runs.list.iter();
            let entry = runs.find(|entry| entry.name() == run);
            let operation = entry.map_or(Operation::Import, |entry| {
                entry.summary.run.decided.operation
            });
            let list = RunOrders::new(run, operation, Arc::clone(orders));
            state.layers.push(Box::new(list));
        }
        Err(why) => state.say(Tone::Error, why.clone()),
    }
}
