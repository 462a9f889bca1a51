//! The Responses view: the tail of requests and answers.

use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::model::ResponseEntry;
use crate::console::state::{State, View};

/// The newest exchanges were read. A cursor on the newest follows; else it stays on its line.
pub(super) fn read(state: &mut State, responses: &[ResponseEntry]) {
    let view = &mut state.responses;
    let kept = if view.follows() {
        None
    } else {
        view.at(view.cursor.at).map(ResponseEntry::id)
    };
    let height = view.cursor.at.saturating_sub(view.cursor.top);
    view.list = responses.to_vec();
    let last = view.list.len().saturating_sub(1);
    view.cursor.at = match kept {
        Some(id) => view
            .list
            .iter()
            .position(|entry| entry.id() == id)
            .map_or(0, |from_end| last - from_end),
        None => last,
    };
    view.cursor.top = view.cursor.at.saturating_sub(height);
}

pub(super) fn settle(state: &mut State) {
    let page = super::lists::page(state);
    let view = &mut state.responses;
    view.cursor.settle(view.list.len(), page);
    if view.follows() {
        view.seen = view.list.first().map(ResponseEntry::id);
    }
}

pub(super) fn command(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    match command {
        Command::Back => state.view = View::Orders,
        Command::Accept => {
            if let Some(entry) = state.responses.at(state.responses.cursor.at) {
                effects.push(Effect::Response {
                    book: entry.book,
                    exchange: entry.exchange.id,
                });
            }
        }
        Command::History => {
            if let Some(entry) = state.responses.at(state.responses.cursor.at) {
                effects.push(Effect::ExchangeOrders {
                    book: entry.book,
                    exchange: entry.exchange.id,
                });
            }
        }
        command => {
            let (lines, page) = (state.responses.list.len(), super::lists::page(state));
            state.responses.cursor.act(command, lines, page);
        }
    }
}
