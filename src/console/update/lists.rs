//! The views that are lists: Mapping, Runs, Responses, Jobs, Profiles; and the mouse.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use crate::console::action::Command;
use crate::console::dialog::reader::Reader;
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::pane;
use crate::console::state::{ActiveRun, State, Tone, View};
use crate::ledger::{Exchange, RunName, RunState};
use crate::order::outcome::Outcome;
use crate::submit::Control;

/// Which of the ledgers' lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Runs.
    Runs,
    /// Exchanges.
    Responses,
    /// Jobs.
    Jobs,
}

/// Reads a list anew; while it is being read already, once more after that.
pub fn refresh(state: &mut State, which: Which, effects: &mut Vec<Effect>) {
    let reading = &mut state.reading[which as usize];
    if reading.busy {
        reading.again = true;
        return;
    }
    reading.busy = true;
    effects.push(match which {
        Which::Runs => Effect::Runs,
        Which::Responses => Effect::Responses,
        Which::Jobs => Effect::Jobs,
    });
}

/// A list was read.
pub(super) fn read(state: &mut State, which: Which, effects: &mut Vec<Effect>) {
    let reading = &mut state.reading[which as usize];
    reading.busy = false;
    if std::mem::take(&mut reading.again) {
        refresh(state, which, effects);
    }
}

/// Lines of a list that fills the view.
pub fn page(state: &State) -> usize {
    layout::inner_rows(Some(layout::frame(state.size).body), 1)
}

/// Lines of the Mapping view.
pub fn mapping_len(state: &State) -> usize {
    state
        .file
        .deck
        .as_ref()
        .map_or(0, |deck| pane::mapping::targets(deck).len())
}

pub(super) fn mapping(state: &mut State, command: Command, _effects: &mut Vec<Effect>) {
    match command {
        Command::Back => state.view = View::Orders,
        Command::ChooseProfile => {
            let choice = crate::console::dialog::choice::Choice::of_profiles(state);
            state.layers.push(Box::new(choice));
        }
        command => {
            let (lines, page) = (mapping_len(state), page(state));
            state.mapping.cursor.act(command, lines, page);
        }
    }
}

pub(super) fn runs(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    match command {
        Command::Back => state.view = View::Orders,
        Command::StopRun => {
            if let Some(run) = current_active(state).map(|run| run.name) {
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
        }
        Command::PauseRun => {
            if let Some((run, paused)) = current_active(state).map(|run| (run.name, run.paused)) {
                change(state, run, |active| active.paused = !paused);
                let wish = if paused { Control::Go } else { Control::Pause };
                effects.push(Effect::Control { run, wish });
                state.say(
                    Tone::Info,
                    format!("run {run} {}", if paused { "goes on" } else { "is paused" }),
                );
            }
        }
        Command::ResumeRun => {
            if let Some(entry) = state.runs.current() {
                effects.push(Effect::Resume {
                    book: entry.book,
                    run: entry.summary.run.id,
                });
            }
        }
        command => {
            let (lines, page) = (state.runs.list.len(), page(state));
            state.runs.cursor.act(command, lines, page);
        }
    }
}

fn change(state: &mut State, name: RunName, change: impl Fn(&mut ActiveRun)) {
    state
        .runs
        .active
        .iter_mut()
        .filter(|run| run.name == name)
        .for_each(change);
}

/// The run under the cursor, if it is under way in this process.
pub fn current_active(state: &State) -> Option<&ActiveRun> {
    let entry = state.runs.current()?;
    state.runs.active(RunName {
        book: entry.book,
        id: entry.summary.run.id,
    })
}

/// Whether the run under the cursor can be taken up.
pub fn may_resume(state: &State) -> Result<(), String> {
    let Some(entry) = state.runs.current() else {
        return Err("there is no run".to_owned());
    };
    if current_active(state).is_some() {
        return Err("it is under way".to_owned());
    }
    let open = [Outcome::Pending, Outcome::Sending, Outcome::Queued]
        .into_iter()
        .any(|outcome| entry.summary.count(outcome) > 0);
    if entry.summary.run.state == RunState::Finished && !open {
        return Err("it is finished".to_owned());
    }
    Ok(())
}

pub(super) fn responses(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    match command {
        Command::Back => state.view = View::Orders,
        Command::Accept => {
            if let Some(entry) = state.responses.list.get(state.responses.cursor.at) {
                effects.push(Effect::Response {
                    book: entry.book,
                    exchange: entry.exchange.id,
                });
            }
        }
        command => {
            let (lines, page) = (state.responses.list.len(), page(state));
            state.responses.cursor.act(command, lines, page);
        }
    }
}

/// Shows an exchange whole.
pub(super) fn show_response(state: &mut State, exchange: &Exchange) {
    let (title, lines) = pane::responses::whole(exchange);
    state.layers.push(Box::new(Reader::new(title, lines)));
}

pub(super) fn jobs(state: &mut State, command: Command, _effects: &mut Vec<Effect>) {
    if command == Command::Back {
        state.view = View::Orders;
        return;
    }
    let (lines, page) = (state.jobs.list.len(), page(state));
    state.jobs.cursor.act(command, lines, page);
}

pub(super) fn profiles(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    match command {
        Command::Back => state.view = View::Orders,
        Command::AddProfile => add_profile(state),
        Command::Accept => {
            let account = state.vendors.accounts.get(state.profiles.cursor.at);
            let Some((name, vendor)) =
                account.map(|account| (account.name.clone(), account.vendor))
            else {
                return;
            };
            if let Some(tab) = state
                .vendors
                .tabs
                .iter()
                .position(|tab| tab.vendor == vendor)
            {
                state.vendors.front = tab;
                super::vendors::choose_profile(state, &name, effects);
                state.view = View::Orders;
                state.say(
                    Tone::Well,
                    format!("{} payloads are made for {name}", vendor.title()),
                );
            }
        }
        command => {
            let (lines, page) = (state.vendors.accounts.len(), page(state));
            state.profiles.cursor.act(command, lines, page);
        }
    }
}

/// How an account is added.
pub(super) fn add_profile(state: &mut State) {
    let lines = [
        "An account is a section of profiles.toml in the config directory:",
        "",
        "    orderdeck profile add",
        "",
        "asks for what the vendor needs and hides secrets while they are typed.",
        "The new account is listed here when you come back to this view.",
    ];
    let lines = lines.into_iter().map(str::to_owned).collect();
    state
        .layers
        .push(Box::new(Reader::new("Add an account", lines)));
}

/// The mouse: the wheel moves the cursor, a click puts it there or goes to another view.
pub(super) fn mouse(state: &mut State, mouse: MouseEvent, effects: &mut Vec<Effect>) {
    let at = Position::new(mouse.column, mouse.row);
    match mouse.kind {
        MouseEventKind::ScrollUp => super::command(state, Command::Up, effects),
        MouseEventKind::ScrollDown => super::command(state, Command::Down, effects),
        MouseEventKind::Down(MouseButton::Left) => click(state, at, effects),
        _ => {}
    }
}

fn click(state: &mut State, at: Position, effects: &mut Vec<Effect>) {
    let frame = layout::frame(state.size);
    if frame.tabs.contains(at) {
        if let Some(view) = crate::console::view::tab_at(state, at.x) {
            super::go(state, view, effects);
        }
        return;
    }
    if state.view != View::Orders || state.is_welcome() {
        return;
    }
    let areas = layout::orders(
        state.size,
        state.payload.focused,
        state.responses.list.len(),
    );
    // The border, and in the list the heading, stand above the first line.
    if let Some(list) = areas.list.filter(|list| list.contains(at)) {
        state.payload.focused = false;
        if let Some(line) = usize::from(at.y - list.y).checked_sub(2) {
            state.orders.cursor.at = state.orders.cursor.top + line;
        }
    } else if let Some(payload) = areas.payload.filter(|payload| payload.contains(at)) {
        state.payload.focused = true;
        if let Some(line) = usize::from(at.y - payload.y).checked_sub(1) {
            state.payload.cursor.at = state.payload.cursor.top + line;
        }
    }
}
