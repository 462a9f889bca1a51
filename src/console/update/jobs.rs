//! The Jobs view: the vendors' asynchronous work.

use ratatui::layout::Position;

use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::model::{JobEntry, RunEntry};
use crate::console::state::{State, View};

/// The jobs were read. The cursor stays on its job.
pub(super) fn read(state: &mut State, jobs: &[JobEntry]) {
    let id = |entry: &JobEntry| (entry.book, entry.row.exchange);
    let view = &mut state.jobs;
    let current = view.current().map(id);
    view.list = jobs.to_vec();
    if let Some(at) = current
        .filter(|_| view.cursor.at > 0)
        .and_then(|current| view.list.iter().position(|entry| id(entry) == current))
    {
        view.cursor.at = at;
    }
}

fn page(state: &State) -> usize {
    layout::inner_rows(Some(layout::jobs(state.room()).list), 1)
}

pub(super) fn settle(state: &mut State) {
    let page = page(state);
    state.jobs.cursor.settle(state.jobs.list.len(), page);
}

/// The run of the job under the cursor, if it was read.
fn run(state: &State) -> Option<&RunEntry> {
    let name = state.jobs.current()?.run();
    state.runs.list.iter().find(|entry| entry.name() == name)
}

/// Whether the run of the job under the cursor can be taken up, so that somebody asks for the job.
pub fn may_resume(state: &State) -> Result<(), String> {
    match state.jobs.current() {
        None => Err("there is no job".to_owned()),
        Some(job) if job.row.job.finished => Err("the job is finished".to_owned()),
        Some(_) => super::runs::may_take_up(state, run(state)),
    }
}

/// A click puts the cursor on a job; the second shows its orders.
pub(super) fn click(state: &mut State, at: Position, effects: &mut Vec<Effect>) {
    let list = layout::jobs(state.room()).list;
    // The border and the heading stand above the first line.
    let Some(line) = usize::from(at.y.saturating_sub(list.y)).checked_sub(2) else {
        return;
    };
    let line = state.jobs.cursor.top + line;
    let last = list.bottom().saturating_sub(1);
    if !list.contains(at) || at.y >= last || line >= state.jobs.list.len() {
        return;
    }
    let again = state.jobs.clicked.again(line, state.now);
    state.jobs.cursor.at = line;
    if again {
        super::command(state, Command::RunOrders, effects);
    }
}

pub(super) fn command(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    let current = state.jobs.current();
    match (command, current) {
        (Command::Back, _) => state.view = View::Orders,
        (Command::Accept, Some(entry)) => effects.push(Effect::Response {
            book: entry.book,
            exchange: entry.row.exchange,
        }),
        (Command::RunOrders, Some(entry)) => effects.push(Effect::JobOrders {
            book: entry.book,
            exchange: entry.row.exchange,
        }),
        (Command::ShowRun | Command::ResumeRun, Some(entry)) => {
            let name = entry.run();
            super::runs::go_to(state, name, effects);
            super::go(state, View::Runs, effects);
            if command == Command::ResumeRun {
                super::command(state, Command::ResumeRun, effects);
            }
        }
        (command, _) => {
            let (lines, page) = (state.jobs.list.len(), page(state));
            state.jobs.cursor.act(command, lines, page);
        }
    }
}
