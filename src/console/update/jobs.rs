//! The Jobs view: the vendors' asynchronous work.

use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::model::JobEntry;
use crate::console::state::{State, View};
use crate::ledger::RunName;

/// The jobs were read. The cursor stays on its job.
pub(super) fn read(state: &mut State, jobs: &[JobEntry]) {
    let id = |entry: &JobEntry| (entry.book, entry.row.exchange);
    let view = &mut state.jobs;
    let current = view.list.get(view.cursor.at).map(id);
    view.list = jobs.to_vec();
    if let Some(at) = current
        .filter(|_| view.cursor.at > 0)
        .and_then(|current| view.list.iter().position(|entry| id(entry) == current))
    {
        view.cursor.at = at;
    }
}

fn page(state: &State) -> usize {
    layout::inner_rows(Some(layout::jobs(state.size).list), 1)
}

pub(super) fn settle(state: &mut State) {
    let page = page(state);
    state.jobs.cursor.settle(state.jobs.list.len(), page);
}

pub(super) fn command(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    let current = state.jobs.list.get(state.jobs.cursor.at);
    match (command, current) {
        (Command::Back, _) => state.view = View::Orders,
        (Command::Accept, Some(entry)) => effects.push(Effect::Response {
            book: entry.book,
            exchange: entry.row.exchange,
        }),
        (Command::RunOrders, Some(entry)) => effects.push(Effect::RunOrders(RunName {
            book: entry.book,
            id: entry.row.run,
        })),
        (command, _) => {
            let (lines, page) = (state.jobs.list.len(), page(state));
            state.jobs.cursor.act(command, lines, page);
        }
    }
}
