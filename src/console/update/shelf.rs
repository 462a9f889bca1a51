//! Several open files: one in front, the others on the shelf as they were left.

use crate::console::action::Command;
use crate::console::dialog::files::Files;
use crate::console::dialog::reading::ReadingDialog;
use crate::console::effect::Effect;
use crate::console::state::shelf::{AT_MOST, Content, Desk, Shelved, SurveyedFor};
use crate::console::state::{FileState, OrdersState, PayloadState, State, Survey, Tone, View};

/// Whether a command for open files can be done.
pub(super) fn may(state: &State, command: Command) -> Result<(), String> {
    if command == Command::CloseFile && state.file.beginning().is_some() {
        return Ok(());
    }
    let open = usize::from(state.file.deck.is_some()) + state.shelf.others.len();
    match command {
        Command::CloseFile | Command::Reload | Command::ReadAs if state.file.deck.is_none() => {
            Err("no file is open".to_owned())
        }
        Command::ReadAs if state.file.deck.as_ref().is_some_and(super::file::is_pipe) => {
            Err("what came through a pipe can't be read again".to_owned())
        }
        Command::OpenFiles if open == 0 => Err("no file is open".to_owned()),
        Command::NextFile | Command::PreviousFile if state.shelf.others.is_empty() => {
            Err("no other file is open".to_owned())
        }
        Command::CloseFile | Command::NextFile | Command::PreviousFile if is_busy(state) => {
            Err("an edit is on its way to the ledger".to_owned())
        }
        _ => Ok(()),
    }
}

/// A command for open files.
pub(super) fn command(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    match command {
        Command::OpenFiles => {
            let files = Files::new(state);
            state.layers.push(Box::new(files));
        }
        Command::NextFile => turn(state, true, effects),
        Command::PreviousFile => turn(state, false, effects),
        Command::CloseFile if state.file.beginning().is_some() => {
            super::file::stop_opening(state, effects);
        }
        Command::CloseFile => close(state, effects),
        Command::ReadAs => read_as(state),
        _ => super::file::reload(state, effects),
    }
}

/// Asks how the file in front is to be read.
pub fn read_as(state: &mut State) {
    if let Err(why) = may(state, Command::ReadAs) {
        return state.say(Tone::Info, why);
    }
    if let Some(dialog) = ReadingDialog::of_front(state) {
        state.layers.push(Box::new(dialog));
    }
}

/// An edit builds on the deck that it was made on, so that deck stays in front until it is in force.
pub(super) fn is_busy(state: &State) -> bool {
    state.file.editing || !state.file.edits.is_empty()
}

/// Whether one more file has room.
pub(super) fn has_room(state: &State) -> bool {
    state.shelf.others.len() + 1 < AT_MOST
}

/// The next or the previous file comes to the front.
fn turn(state: &mut State, forward: bool, effects: &mut Vec<Effect>) {
    let others = &state.shelf.others;
    let at = others.partition_point(|other| other.number < state.shelf.front);
    let to = if forward {
        at % others.len().max(1)
    } else {
        at.checked_sub(1).unwrap_or(others.len().saturating_sub(1))
    };
    if let Some(number) = others.get(to).map(|other| other.number) {
        show(state, number, effects);
    }
}

/// A file from the shelf comes to the front, and is read first if it wasn't.
pub fn show(state: &mut State, number: u64, effects: &mut Vec<Effect>) {
    if is_busy(state) {
        return state.say(
            Tone::Info,
            "an edit is on its way to the ledger; the other file in a moment",
        );
    }
    let Some(at) = index_of(state, number) else {
        return;
    };
    if let Some(Content::Unread { path, mapping, .. }) =
        state.shelf.others.get(at).map(|other| &other.content)
    {
        let (path, mapping) = (path.clone(), mapping.clone());
        return super::file::open_kept(state, &path, &mapping, effects);
    }
    let shelved = state.shelf.others.remove(at);
    put_away(state, effects);
    take(state, shelved, effects);
    state.view = View::Orders;
    let (position, of) = state.shelf.position();
    let name = state.file.name();
    state.say(Tone::Info, format!("{name}: file {position} of {of}"));
}

fn index_of(state: &State, number: u64) -> Option<usize> {
    state
        .shelf
        .others
        .iter()
        .position(|other| other.number == number)
}

/// A file that was read takes the place in front, which is empty.
fn take(state: &mut State, shelved: Shelved, effects: &mut Vec<Effect>) {
    let Content::Desk(desk) = shelved.content else {
        return;
    };
    let desk = *desk;
    state.shelf.front = shelved.number;
    state.file = desk.file;
    state.orders = desk.orders;
    state.payload = desk.payload;
    // Outcomes came in meanwhile, and the file may have changed.
    state.orders.stale = true;
    state.file.checked_at = None;
    for (tab, (survey, made_for)) in desk.surveys.into_iter().enumerate() {
        let holds = made_for == surveyed_for(state, tab);
        if let Some(slot) = state.vendors.tabs.get_mut(tab) {
            slot.survey = if holds { survey } else { Survey::default() };
        }
    }
    super::file::check(state, effects);
    if !state.orders.filter.text().trim().is_empty() {
        super::filter::apply(state, effects);
    }
}

fn surveyed_for(state: &State, tab: usize) -> SurveyedFor {
    let target = state.vendors.target(tab)?;
    Some((target.account.clone(), target.operation))
}

/// The file in front goes to the shelf, if there is one; the place in front is empty then.
pub(super) fn put_away(state: &mut State, effects: &mut Vec<Effect>) {
    let opening = state.file.opening.take();
    let surveys = (0..state.vendors.tabs.len())
        .map(|tab| {
            let made_for = surveyed_for(state, tab);
            let survey = std::mem::take(&mut state.vendors.tabs[tab].survey);
            // One that is under way ends, and is made again.
            let survey = if survey.done {
                survey
            } else {
                Survey::default()
            };
            (survey, made_for)
        })
        .collect();
    let mut desk = Desk {
        file: std::mem::take(&mut state.file),
        orders: std::mem::take(&mut state.orders),
        payload: std::mem::take(&mut state.payload),
        surveys,
    };
    state.file.opening = opening;
    super::filter::dropped(state);
    forget(state, effects);
    if desk.file.deck.is_none() {
        return;
    }
    // What was decoded is decoded again: the shelf holds indexes.
    desk.orders.rows.clear();
    desk.orders.rows_ticket = 0;
    desk.orders.typing_filter = false;
    desk.payload.shown = None;
    desk.payload.lines.clear();
    desk.payload.asked = None;
    desk.payload.jump = None;
    let number = state.shelf.front;
    state.shelf.put(Shelved {
        number,
        content: Content::Desk(Box::new(desk)),
    });
}

/// What is being found out about the file in front ends.
fn forget(state: &mut State, effects: &mut Vec<Effect>) {
    let ticket = state.ticket();
    effects.push(Effect::Forget {
        surveys: ticket,
        filters: ticket,
        plans: ticket,
    });
}

/// Closes the file in front; the next one comes, else the page without a file.
fn close(state: &mut State, effects: &mut Vec<Effect>) {
    let name = state.file.name();
    super::file::stop_counting(state, effects);
    let next = state
        .shelf
        .others
        .iter()
        .find(|other| other.number > state.shelf.front)
        .or(state.shelf.others.last())
        .map(|other| other.number);
    state.file = FileState::default();
    state.orders = OrdersState::default();
    super::filter::dropped(state);
    state.payload = PayloadState::default();
    for tab in &mut state.vendors.tabs {
        tab.survey = Survey::default();
    }
    forget(state, effects);
    effects.push(Effect::Recent);
    match next {
        Some(next) => show(state, next, effects),
        None => state.view = View::Orders,
    }
    state.say(
        Tone::Info,
        format!("{name} is closed; its edits, filter and marks are kept"),
    );
}

/// Closes a file of that number, wherever it is.
pub fn close_number(state: &mut State, number: u64, effects: &mut Vec<Effect>) {
    if state.file.deck.is_some() && state.shelf.front == number {
        if let Err(why) = may(state, Command::CloseFile) {
            return state.say(Tone::Info, why);
        }
        return close(state, effects);
    }
    if let Some(at) = index_of(state, number) {
        state.shelf.others.remove(at);
    }
}
