//! The Responses view: the tail of requests and answers, its filter, and what is older.

use std::sync::Arc;

use crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use crate::console::action::Command;
use crate::console::effect::{Effect, ReadResponses as Wanted, SearchResponses};
use crate::console::event::{FoundResponses, ReadResponses, Ticket, Told};
use crate::console::layout;
use crate::console::model::ResponseEntry;
use crate::console::state::{State, Tone, View};
use crate::console::update::lists::{self, Which};
use crate::workspace::ExchangeFilter;

/// How many older ones are read where there is no filter.
const PAGE: u64 = 500;
/// How many are looked at in one go where there is one.
const LOOK: u64 = 20_000;
/// The same where bodies are read.
const LOOK_INTO: u64 = 2_000;

/// Where the lines of the list stand.
pub fn lines(state: &State) -> Rect {
    let body = layout::frame(state.room()).body;
    // Border, heading; the filter below if there is one.
    let taken = 3 + u16::from(has_filter_line(state));
    Rect::new(
        body.x + 1,
        body.y + 2,
        body.width.saturating_sub(2),
        body.height.saturating_sub(taken),
    )
}

/// Whether a row of the list is the filter's.
pub fn has_filter_line(state: &State) -> bool {
    state.responses.typing || !state.responses.input.text().is_empty()
}

fn page(state: &State) -> usize {
    usize::from(lines(state).height).max(1)
}

/// What to ask the ledgers for.
pub(super) fn wanted(state: &State) -> Wanted {
    state.responses.wanted(page(state))
}

/// The ledgers told what came since.
pub(super) fn read(state: &mut State, read: &ReadResponses) {
    state.responses.take(read);
}

/// Older ones were found, or none.
pub(super) fn found(state: &mut State, ticket: Ticket, found: &Told<FoundResponses>) {
    if state.responses.search.ticket != Some(ticket) {
        return;
    }
    match found {
        Ok(found) => state.responses.take_older(found),
        Err(why) => {
            state.responses.search.ticket = None;
            state.say(Tone::Error, why.clone());
        }
    }
}

pub(super) fn settle(state: &mut State, effects: &mut Vec<Effect>) {
    let page = page(state);
    let view = &mut state.responses;
    view.cursor.settle(view.len(), page);
    if state.view != View::Responses {
        return;
    }
    // What comes into sight may be out of date.
    let shown = state.responses.on_screen(page);
    if let Some((ends, may_change)) = shown
        && state.responses.looked_at.replace(ends) != Some(ends)
        && may_change
    {
        lists::refresh(state, Which::Responses, effects);
    }
}

pub(super) fn command(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    use Command as C;
    match command {
        C::Accept if state.responses.typing => state.responses.typing = false,
        C::Back if state.responses.typing => drop_filter(state, effects),
        C::Back if state.responses.search.ticket.is_some() => {
            stop_search(state, effects);
            state.say(Tone::Info, "looking further back was stopped");
        }
        C::Back if has_filter_line(state) => drop_filter(state, effects),
        C::Back => state.view = View::Orders,
        C::FilterResponses => state.responses.typing = true,
        C::PauseTail if state.responses.paused => state.responses.follow(),
        C::PauseTail => state.responses.pause(),
        C::Bottom => state.responses.follow(),
        C::Accept => {
            if let Some((book, exchange)) = state.responses.current().map(ResponseEntry::id) {
                effects.push(Effect::Response { book, exchange });
            }
        }
        C::History => {
            if let Some((book, exchange)) = state.responses.current().map(ResponseEntry::id) {
                effects.push(Effect::ExchangeOrders { book, exchange });
            }
        }
        command => {
            let page = page(state);
            let view = &mut state.responses;
            let before = view.cursor.at;
            view.cursor.act(command, view.len(), page);
            // Who goes back reads: nothing may move under the eyes.
            if view.cursor.at < before {
                view.pause();
            }
            let at_top = view.cursor.at == 0 && (command != C::Top || before == 0);
            if at_top && matches!(command, C::Up | C::PageUp | C::Top) {
                look_back(state, effects);
            }
        }
    }
}

/// Reads older ones, a page of them or as many as pass.
fn look_back(state: &mut State, effects: &mut Vec<Effect>) {
    let view = &state.responses;
    if view.search.ticket.is_some() || view.search.is_through || view.earlier() == 0 {
        return;
    }
    if view.is_full() {
        let held = crate::console::widget::text::count(view.len() as u64);
        let filter = state.keymap.first(Command::FilterResponses);
        return state.say(
            Tone::Info,
            format!(
                "{held} are held here: a filter ({filter}) such as run:14 reaches further back"
            ),
        );
    }
    state.responses.pause();
    search(state, effects);
}

fn search(state: &mut State, effects: &mut Vec<Effect>) {
    let ticket = state.ticket();
    let view = &mut state.responses;
    view.search.ticket = Some(ticket);
    let filter = view.filter.as_ref().map(|(_, filter)| Arc::clone(filter));
    let most = match &filter {
        None => PAGE,
        Some(filter) if filter.reads_bodies() => LOOK_INTO,
        Some(_) => LOOK,
    };
    effects.push(Effect::SearchResponses(SearchResponses {
        ticket,
        before: view.before(),
        filter,
        most,
    }));
}

fn stop_search(state: &mut State, effects: &mut Vec<Effect>) {
    state.responses.search.ticket = None;
    effects.push(Effect::ForgetResponses(state.ticket()));
}

/// A key for the filter.
pub(super) fn type_filter(state: &mut State, key: KeyEvent, effects: &mut Vec<Effect>) {
    let before = state.responses.input.text().to_owned();
    state.responses.input.key(key);
    if before != state.responses.input.text() {
        apply_filter(state, effects);
    }
}

/// Pasted text for the filter.
pub(super) fn paste_filter(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    state.responses.input.paste(text);
    apply_filter(state, effects);
}

fn apply_filter(state: &mut State, effects: &mut Vec<Effect>) {
    let filter = match ExchangeFilter::parse(state.responses.input.text()) {
        Ok(filter) => filter,
        Err(error) => {
            // What is shown stays until the filter can be read again.
            state.responses.trouble = Some(format!("{}: {}", error.term, error.reason));
            return;
        }
    };
    state.responses.trouble = None;
    let is_same = match &state.responses.filter {
        Some((_, old)) => **old == filter,
        None => filter.is_empty(),
    };
    if is_same {
        return;
    }
    stop_search(state, effects);
    let number = state.ticket();
    let filter = (!filter.is_empty()).then(|| (number, Arc::new(filter)));
    let is_set = filter.is_some();
    state.responses.filter_by(filter);
    if is_set && state.responses.earlier() > 0 {
        search(state, effects);
    }
}

fn drop_filter(state: &mut State, effects: &mut Vec<Effect>) {
    state.responses.input.clear();
    state.responses.typing = false;
    apply_filter(state, effects);
}

/// The mouse over the list. Returns whether it was for it.
pub(super) fn mouse(state: &mut State, mouse: MouseEvent, effects: &mut Vec<Effect>) -> bool {
    let at = Position::new(mouse.column, mouse.row);
    let lines = lines(state);
    if !lines.contains(at) || mouse.kind != MouseEventKind::Down(MouseButton::Left) {
        // The filter's row is clicked to type in it.
        let filter = has_filter_line(state) && mouse.row == lines.bottom();
        if filter && matches!(mouse.kind, MouseEventKind::Down(MouseButton::Left)) {
            state.responses.typing = true;
            return true;
        }
        return false;
    }
    let line = state.responses.cursor.top + usize::from(at.y - lines.y);
    if line >= state.responses.len() {
        return true;
    }
    let is_double = state.responses.clicked.again(line, state.now);
    state.responses.cursor.at = line;
    if line + 1 < state.responses.len() {
        state.responses.pause();
    }
    if is_double {
        state.responses.typing = false;
        command(state, Command::Accept, effects);
    }
    true
}
