//! Opening files, and the page without one.

use std::path::PathBuf;

use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::event::{Ticket, Told};
use crate::console::state::{
    FileState, Opening, OrdersState, PayloadState, State, Survey, Tone, View,
};
use crate::deck::Deck;

/// Lines of the welcome page that aren't files.
pub const OFFERS: usize = 3;

/// Opens a file; the shipped sample if none.
pub fn open(
    state: &mut State,
    path: Option<PathBuf>,
    mapping: Option<String>,
    effects: &mut Vec<Effect>,
) {
    let ticket = state.ticket();
    state.view = View::Orders;
    state.file.opening = Some(Opening {
        ticket,
        path: path.clone(),
        bytes: 0,
        total: 0,
    });
    effects.push(Effect::OpenFile {
        ticket,
        path,
        mapping,
    });
}

/// The file is open, or can't be.
pub(super) fn opened(
    state: &mut State,
    ticket: Ticket,
    deck: &Told<Deck>,
    effects: &mut Vec<Effect>,
) {
    if state
        .file
        .opening
        .as_ref()
        .is_none_or(|opening| opening.ticket != ticket)
    {
        return;
    }
    state.file.opening = None;
    let deck = match deck {
        Ok(deck) => deck.clone(),
        Err(why) => return state.say(Tone::Error, why.clone()),
    };
    let overview_ticket = state.ticket();
    effects.push(Effect::Forget {
        surveys: overview_ticket,
        filters: overview_ticket,
        plans: overview_ticket,
    });
    effects.push(Effect::ForgetSorts(overview_ticket));
    effects.push(Effect::Overview {
        ticket: overview_ticket,
        deck: deck.clone(),
    });
    if let Some(native) = deck.mapping().native_vendor()
        && let Some(tab) = state
            .vendors
            .tabs
            .iter()
            .position(|tab| tab.vendor.name() == native)
    {
        state.vendors.front = tab;
    }
    let edited = deck.edits().len();
    state.file = FileState {
        deck: Some(deck),
        overview_ticket,
        ..FileState::default()
    };
    state.orders = OrdersState::default();
    state.payload = PayloadState::default();
    for tab in &mut state.vendors.tabs {
        tab.survey = Survey::default();
    }
    state.view = View::Orders;
    if edited > 0 {
        state.say(
            Tone::Info,
            format!("{edited} edited orders were taken up again"),
        );
    }
}

/// A command on the page without a file.
pub(super) fn welcome(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    let lines = OFFERS + state.welcome.recent.len();
    match command {
        Command::TrySandbox => try_sandbox(state, effects),
        Command::AddProfile => add_profile(state, effects),
        Command::Accept => match state.welcome.cursor.at {
            0 => try_sandbox(state, effects),
            1 => super::command(state, Command::Open, effects),
            2 => add_profile(state, effects),
            line => {
                let path = state
                    .welcome
                    .recent
                    .get(line - OFFERS)
                    .map(|row| row.path.clone());
                if let Some(path) = path {
                    open(state, Some(PathBuf::from(path)), None, effects);
                }
            }
        },
        Command::NextPane => {
            state.welcome.cursor.act(Command::Down, lines, lines);
        }
        Command::PreviousPane => {
            state.welcome.cursor.act(Command::Up, lines, lines);
        }
        command => {
            state.welcome.cursor.act(command, lines, lines);
        }
    }
}

/// Starts the sandbox and opens the sample.
pub fn try_sandbox(state: &mut State, effects: &mut Vec<Effect>) {
    super::vendors::need_sandbox(state, effects);
    open(state, None, None, effects);
}

/// Goes to the profiles, where one is added.
pub fn add_profile(state: &mut State, effects: &mut Vec<Effect>) {
    super::go(state, View::Profiles, effects);
    super::profiles::add(state);
}

/// A path that was pasted or dropped on the terminal is opened.
pub(super) fn paste(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    let path = PathBuf::from(text.trim().trim_matches(['\'', '"']));
    if path.is_absolute() {
        open(state, Some(path), None, effects);
    } else {
        state.say(
            Tone::Info,
            "nothing here takes pasted text; a file's whole path is opened",
        );
    }
}
