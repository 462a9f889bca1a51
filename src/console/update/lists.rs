//! What the views that are lists share: reading anew what they show; Mapping; and the mouse.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::pane;
use crate::console::state::{State, View};

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
        Which::Responses => Effect::Responses(super::responses::wanted(state)),
        Which::Jobs => Effect::Jobs,
    });
}

/// A list was read, or can't be.
pub(super) fn read(
    state: &mut State,
    which: Which,
    trouble: Option<&String>,
    effects: &mut Vec<Effect>,
) {
    let reading = &mut state.reading[which as usize];
    reading.busy = false;
    reading.known |= trouble.is_none();
    reading.trouble = trouble.cloned();
    if std::mem::take(&mut reading.again) {
        refresh(state, which, effects);
    }
}

/// Lines of a list that fills the view.
pub fn page(state: &State) -> usize {
    layout::inner_rows(Some(layout::frame(state.room()).body), 1)
}

/// Lines of the Mapping view.
pub fn mapping_len(state: &State) -> usize {
    state
        .file
        .deck
        .as_ref()
        .map_or(0, |deck| pane::mapping::targets(deck).len())
}

pub(super) fn mapping(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    match command {
        Command::ChooseProfile => {
            let choice = crate::console::dialog::choice::Choice::of_profiles(state);
            state.layers.push(Box::new(choice));
        }
        Command::NextVendor | Command::PreviousVendor => {
            super::vendors::turn(state, command == Command::NextVendor);
        }
        command if state.mapping.desk.is_some() => super::mapping::command(state, command, effects),
        Command::Edit => super::mapping::begin(state, effects),
        Command::Back => state.view = View::Orders,
        command => {
            let (lines, page) = (mapping_len(state), page(state));
            state.mapping.cursor.act(command, lines, page);
        }
    }
}

/// The mouse: the wheel moves the cursor, a click puts it there or goes to another view.
pub(super) fn mouse(state: &mut State, mouse: MouseEvent, effects: &mut Vec<Effect>) {
    if super::payload::mouse(state, mouse, effects) {
        return;
    }
    let at = Position::new(mouse.column, mouse.row);
    if state.view == View::Mapping && super::mapping::mouse(state, mouse, effects) {
        return;
    }
    if state.view == View::Responses && super::responses::mouse(state, mouse, effects) {
        return;
    }
    match mouse.kind {
        MouseEventKind::ScrollUp => super::command(state, Command::Up, effects),
        MouseEventKind::ScrollDown => super::command(state, Command::Down, effects),
        MouseEventKind::Down(MouseButton::Left) => click(state, at, effects),
        _ => {}
    }
}

fn click(state: &mut State, at: Position, effects: &mut Vec<Effect>) {
    if super::filter::click(state, at, effects) {
        return;
    }
    let frame = layout::frame(state.room());
    if frame.tabs.contains(at) {
        if let Some(view) = crate::console::view::tab_at(state, at.x) {
            super::go(state, view, effects);
        }
        return;
    }
    match state.view {
        View::Runs => return super::runs::click(state, at, effects),
        View::Jobs => return super::jobs::click(state, at, effects),
        View::Profiles => return super::profiles::click(state, at, effects),
        View::Mapping => return click_mapping(state, at),
        View::Orders if state.is_welcome() => return click_welcome(state, at, effects),
        View::Orders => {}
        View::Responses => return,
    }
    let areas = layout::orders(
        state.room(),
        state.payload.focused,
        state.responses.list.len(),
    );
    if let Some(list) = areas.list.filter(|list| list.contains(at)) {
        super::orders::click(state, list, at, effects);
    }
}

fn click_mapping(state: &mut State, at: Position) {
    let body = layout::frame(state.room()).body;
    // The border and the heading stand above the first line.
    let row = usize::from(at.y).checked_sub(usize::from(body.y) + 2);
    let line = row.filter(|row| *row < page(state) && body.contains(at));
    let line = line.map(|row| state.mapping.cursor.top + row);
    if let Some(line) = line.filter(|line| *line < mapping_len(state)) {
        state.mapping.cursor.at = line;
    }
}

/// A click puts the cursor on an offer or a file; the second one takes it.
fn click_welcome(state: &mut State, at: Position, effects: &mut Vec<Effect>) {
    let Some(entry) = pane::welcome::entry_at(state, at) else {
        return;
    };
    state.welcome.cursor.at = entry;
    if state.welcome.clicked.again(entry, state.now) {
        super::command(state, Command::Accept, effects);
    }
}
