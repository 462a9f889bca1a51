//! The one place where the state changes: an [`Action`] goes in, [`Effect`]s come out.

pub mod arrived;
pub mod beginning;
pub mod edits;
pub mod file;
pub mod filter;
pub mod jobs;
mod layers;
pub mod lists;
pub mod mapping;
pub mod orders;
pub mod payload;
pub mod profiles;
pub mod responses;
pub mod runs;
pub mod sending;
pub mod session;
mod settle;
pub mod shelf;
pub mod sorting;
pub mod vendors;

use super::action::{Action, Command, Place};
use super::dialog::choice::Choice;
use super::dialog::manual::Manual;
use super::dialog::reader::Reader;
use super::dialog::{Flow, Input, confirm::Confirm, help::Help, open::Open, palette::Palette};
use super::effect::Effect;
use super::event::Arrival;
use super::keymap::Chord;
use super::state::{State, Tone, View};
use super::terminal;
use super::widget::text;
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use crate::ledger::RunState;
use crate::submit::Control;

/// Changes the state. What comes back is to be done outside of it.
pub fn update(state: &mut State, action: Action) -> Vec<Effect> {
    let mut effects = Vec::new();
    match action {
        Action::Resize(columns, rows) => state.size = (columns, rows),
        Action::Terminate => leave(state, &mut effects),
        Action::Tick => runs::tick(state, &mut effects),
        Action::Arrived(Arrival::Inspected { ticket, inspection }) => {
            payload::inspected(state, ticket, inspection);
        }
        Action::Arrived(Arrival::Written(written)) => {
            payload::written(state, *written, &mut effects);
        }
        Action::Arrived(arrival) => {
            arrived::arrived(state, &arrival, &mut effects);
            // Every dialog hears of it, not only the topmost.
            for index in 0..state.layers.len() {
                to_layer(state, index, Input::Arrived(&arrival), &mut effects);
            }
        }
        Action::Command(Command::Stop) => stop(state, &mut effects),
        action => {
            state.notice = None;
            state.messages.error = None;
            state.stop_pressed = false;
            input(state, action, &mut effects);
            file::check(state, &mut effects);
        }
    }
    file::take_up(state, &mut effects);
    settle::settle(state, &mut effects);
    session::note(state, &mut effects);
    effects
}

/// Whether what is typed is the filter of the orders.
fn types_order_filter(state: &State) -> bool {
    state.view == View::Orders
        && state.layers.is_empty()
        && state.orders.typing_filter
        && !payload::is_searching(state)
}

/// What the operator did.
fn input(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    let top = state.layers.len().checked_sub(1);
    if !matches!(action, Action::Mouse(_)) {
        state.clicked = None;
    }
    match action {
        Action::Command(command @ (Command::Suspend | Command::Redraw | Command::Messages)) => {
            self::command(state, command, effects);
        }
        Action::Command(Command::Help)
            if state.layers.last().is_some_and(|layer| !layer.is_help()) =>
        {
            state.layers.push(Box::new(Help::here(state)));
        }
        Action::Command(command) => match top {
            Some(top) => {
                to_layer(state, top, Input::Command(command), effects);
            }
            None if types_order_filter(state) && filter::command(state, command, effects) => {}
            None => in_view(state, command, effects),
        },
        Action::Text(key) => match top {
            Some(top) => {
                to_layer(state, top, Input::Text(key), effects);
            }
            None if payload::is_searching(state) => payload::search_key(state, key),
            None if state.view == View::Responses => responses::type_filter(state, key, effects),
            None if state.view == View::Runs => runs::type_filter(state, key, effects),
            None => filter::typed(state, key, effects),
        },
        Action::Paste(text) => match top {
            Some(top) => {
                to_layer(state, top, Input::Paste(&text), effects);
            }
            None if state.is_typing() && state.view == View::Responses => {
                responses::paste_filter(state, &text, effects);
            }
            None if state.is_typing() && payload::is_searching(state) => {
                payload::search_paste(state, &text);
            }
            None if runs::paste_filter(state, &text, effects) => {}
            None if types_order_filter(state) => filter::pasted(state, &text, effects),
            None => file::paste(state, &text, effects),
        },
        Action::Mouse(mouse) if top.is_some() => layers::mouse(state, mouse, effects),
        Action::Mouse(mouse) => in_view_by_mouse(state, mouse, effects),
        Action::Unbound(key) if top.is_none() => {
            let (key, help) = (Chord::of(key), state.keymap.first(Command::Help));
            state.say(
                Tone::Info,
                format!("{key} does nothing here; {help} shows those that do"),
            );
        }
        Action::Unbound(key) => {
            let (key, back) = (Chord::of(key), state.keymap.first(Command::Back));
            state.say(
                Tone::Info,
                format!("{key} does nothing in this dialog; {back} leaves it"),
            );
        }
        _ => {}
    }
}

/// The mouse, where no dialog lies over the view. What it does may be what the walk waits for.
fn in_view_by_mouse(state: &mut State, mouse: MouseEvent, effects: &mut Vec<Effect>) {
    if let Some(command) = footer_command(state, mouse) {
        return input(state, Action::Command(command), effects);
    }
    let at = |state: &State| (state.orders.cursor.at, state.vendors.front);
    let before = at(state);
    lists::mouse(state, mouse, effects);
    let now = at(state);
    if now.0 != before.0 {
        walked(state, Command::Down, effects);
    }
    if now.1 != before.1 {
        walked(state, Command::NextVendor, effects);
    }
}

/// A command of the view, which may be what the walk of the first visit waits for.
fn in_view(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    let walks = state.tour.step.is_some();
    if command == Command::Back && walks && state.is_at_rest() {
        return end_tour(state, effects);
    }
    self::command(state, command, effects);
    if command == Command::Tour {
        if walks && state.tour.step.is_none() {
            end_tour(state, effects);
        }
        return;
    }
    walked(state, command, effects);
}

/// What the operator did, for the walk of the first visit.
fn walked(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    let walks = state.tour.step.is_some();
    if beginning::may(state, command).is_ok() {
        state.tour.done(command);
    }
    if walks && state.tour.step.is_none() {
        end_tour(state, effects);
    }
}

/// The command whose key in the footer was clicked.
fn footer_command(state: &State, mouse: MouseEvent) -> Option<Command> {
    let at = Position::new(mouse.column, mouse.row);
    if !matches!(mouse.kind, MouseEventKind::Down(MouseButton::Left)) {
        return None;
    }
    if super::notice::tour_row(state).is_some_and(|row| row.contains(at)) {
        return Some(Command::Tour);
    }
    let footer = super::layout::frame(state.size).footer;
    footer
        .contains(at)
        .then(|| super::view::footer_at(state, at.x))?
}

fn to_layer(state: &mut State, index: usize, input: Input<'_>, effects: &mut Vec<Effect>) -> Flow {
    if index >= state.layers.len() {
        return Flow::Stay;
    }
    let mut layer = state.layers.remove(index);
    let flow = layer.act(input, state, effects);
    if flow == Flow::Stay {
        state.layers.insert(index.min(state.layers.len()), layer);
    }
    flow
}

pub use mapping::save as save_mapping;

/// The walk of the first visit is over, and isn't begun again by itself.
pub fn end_tour(state: &mut State, effects: &mut Vec<Effect>) {
    state.tour.step = None;
    effects.push(Effect::RememberVisit);
    let again = state.keymap.first(Command::Tour);
    state.say(
        Tone::Info,
        format!("the tour is over; {again} shows it again"),
    );
}

/// What was told, newest first, each wrapped to the screen.
fn messages(state: &State) -> Reader {
    let columns = usize::from(state.size.0).saturating_sub(8);
    let lines = state.messages.told.iter().rev().flat_map(|(at, notice)| {
        let at = at.to_zoned(jiff::tz::TimeZone::system());
        let mark = match notice.tone {
            Tone::Info => "·",
            Tone::Well => "✓",
            Tone::Error => "✗",
        };
        let words = text::shown(&notice.text).into_owned();
        let head = format!("{}  {mark} ", at.strftime("%H:%M:%S"));
        let parts = text::wrap(&words, columns.saturating_sub(head.len())).into_iter();
        let parts = parts.enumerate().map(move |(number, part)| {
            if number == 0 {
                format!("{head}{part}")
            } else {
                format!("{}{part}", " ".repeat(12))
            }
        });
        parts.collect::<Vec<_>>()
    });
    let lines: Vec<String> = lines.collect();
    let nothing = vec!["Nothing was told yet. What is, is kept here until you leave.".to_owned()];
    let lines = if lines.is_empty() { nothing } else { lines };
    Reader::new("Messages, newest first", lines)
}

/// Whether a command can be done now; else why not.
pub fn available(state: &State, command: Command) -> Result<(), String> {
    use Command as C;
    let no = |why: &str| Err(why.to_owned());
    let spec = command.spec();
    let here = state.places();
    let dialog = !state.layers.is_empty();
    let applies = spec.places.iter().any(|place| here.contains(place))
        || (dialog
            && palette_places(state)
                .iter()
                .any(|place| spec.places.contains(place)));
    if !applies {
        return no("it doesn't apply to this view");
    }
    let has_file = state.file.deck.is_some();
    let has_orders = state.orders.shown(state.file.orders()) > 0;
    beginning::may(state, command)?;
    match command {
        C::SwitchTheme if state.themes.forbidden => no("NO_COLOR forbids colours"),
        command
            if state.view == View::Mapping
                && spec.places.contains(&Place::Mapping)
                && command != C::Reload =>
        {
            mapping::may(state, command)
        }
        C::Edit
        | C::CompareVendors
        | C::SetMarked
        | C::NextFinding
        | C::PreviousFinding
        | C::Mark
        | C::MarkAll
        | C::MarkRange
        | C::InvertMarks
        | C::Sort
        | C::SortNext
        | C::SortPrevious
        | C::ReverseSort
        | C::Exclude
        | C::Copy
        | C::CopyCurl
            if !has_orders =>
        {
            no("there are no orders")
        }
        C::Edit | C::SetMarked => match payload::edit_subject(state) {
            Ok(_) if command == C::SetMarked && state.orders.marked.is_empty() => Err(format!(
                "no order is marked: {} marks one, {} all that are shown",
                state.keymap.first(C::Mark),
                state.keymap.first(C::MarkAll)
            )),
            Ok(_) => Ok(()),
            Err(why) => Err(why),
        },
        C::Fix => payload::fix(state).map(|_| ()),
        C::EditWhole
        | C::Find
        | C::BackToSource
        | C::CopyValue
        | C::CopyPath
        | C::FoldAll
        | C::UnfoldAll
        | C::WhatChanged
            if state.view == View::Orders =>
        {
            payload::may(state, command)
        }
        C::NextOperation if state.vendors.operations().len() < 2 => Err(format!(
            "{} only takes imports",
            state.vendors.front_vendor().title()
        )),
        C::Submit if !has_orders => no("there are no orders to send"),
        C::Submit => sending::may_submit(state),
        C::Cancel => sending::may_write(state),
        C::Copy | C::CopyCurl
            if state
                .payload
                .shown
                .as_ref()
                .is_none_or(|shown| shown.payload.is_err()) =>
        {
            no("there is no payload")
        }
        // What is on its way to the ledger may be what is meant.
        C::Undo | C::Redo if state.file.editing => Ok(()),
        C::Undo
            if state
                .file
                .deck
                .as_ref()
                .is_none_or(|deck| deck.edits().entries().is_empty()) =>
        {
            no("there is nothing to undo")
        }
        C::Redo
            if state
                .file
                .deck
                .as_ref()
                .is_none_or(|deck| deck.edits().next_redo().is_none()) =>
        {
            no("there is nothing to redo")
        }
        C::OpenFiles | C::NextFile | C::PreviousFile | C::CloseFile | C::Reload | C::ReadAs => {
            shelf::may(state, command)
        }
        C::Filter if state.view == View::Runs && state.runs.list.is_empty() => {
            no("there is no run")
        }
        C::Filter if state.view != View::Runs && !has_file => no("no file is open"),
        C::KeptFilters | C::FindingsByRule | C::AboutFile if !has_file => no("no file is open"),
        C::ChooseProfile | C::SwitchAccount if state.vendors.accounts.is_empty() => {
            no("no accounts are known yet")
        }
        C::StopRun | C::PauseRun => match runs::current_active(state) {
            Some(run) if run.stopping => no("it is being stopped"),
            Some(_) => Ok(()),
            None => no("this run isn't under way in this program"),
        },
        C::ResumeRun if state.view == View::Jobs => jobs::may_resume(state),
        C::ResumeRun => runs::may_resume(state),
        C::RetryRun => runs::may_retry(state),
        C::SettleDoubt => runs::may_settle(state),
        C::History if state.view == View::Orders && !has_orders => no("there are no orders"),
        C::History if state.view == View::Responses && state.responses.is_empty() => {
            no("there is no response")
        }
        C::RetryRejected if !has_orders => no("there are no orders"),
        C::RetryRejected => sending::may_retry(state),
        C::Export if state.runs.current().is_none() => no("there is no run"),
        C::RunOrders if state.view == View::Runs && state.runs.current().is_none() => {
            no("there is no run")
        }
        C::RunOrders | C::ShowRun if state.view == View::Jobs && state.jobs.list.is_empty() => {
            no("there is no job")
        }
        C::EditProfile | C::RemoveProfile => profiles::may_change(state),
        C::TestProfile if profiles::current(state).is_none() => no("there is no account"),
        _ => Ok(()),
    }
}

/// The places beneath the palette.
fn palette_places(state: &State) -> Vec<Place> {
    let mut places = match state.view {
        View::Orders if state.is_welcome() => vec![Place::Welcome],
        View::Orders => vec![Place::Orders, Place::Payload],
        View::Mapping => vec![Place::Mapping],
        View::Runs => vec![Place::Runs],
        View::Responses => vec![Place::Responses],
        View::Jobs => vec![Place::Jobs],
        View::Profiles => vec![Place::Profiles],
    };
    places.extend([Place::Everywhere, Place::Always]);
    places
}

/// Does a command, or says why it can't be done.
pub fn command(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    use Command as C;
    if let Err(why) = available(state, command) {
        return state.say(
            Tone::Info,
            format!("{}: {why}", command.spec().name.replace('-', " ")),
        );
    }
    match command {
        C::Quit => leave(state, effects),
        C::Help => state.layers.push(Box::new(Help::here(state))),
        C::Palette => state.layers.push(Box::new(Palette::new(state))),
        C::Manual => state.layers.push(Box::new(Manual::open("manual"))),
        C::Messages => state.layers.push(Box::new(messages(state))),
        C::Tour => state.tour.next(),
        C::SwitchAccount => state.layers.push(Box::new(Choice::of_accounts(state))),
        C::Open => {
            let open = Open::new(state, effects);
            state.layers.push(Box::new(open));
        }
        C::OpenFiles | C::NextFile | C::PreviousFile | C::CloseFile | C::Reload | C::ReadAs => {
            shelf::command(state, command, effects);
        }
        C::Back if file::stopped_by_back(state, effects) => {}
        C::Cancel => sending::open_cancel(state, effects),
        C::ViewOrders
        | C::ViewMapping
        | C::ViewRuns
        | C::ViewResponses
        | C::ViewJobs
        | C::ViewProfiles => {
            if let Some(view) = View::ALL.into_iter().find(|view| view.command() == command) {
                go(state, view, effects);
            }
        }
        C::SwitchTheme => next_theme(state, effects),
        C::Suspend => effects.push(Effect::Suspend),
        C::Redraw => effects.push(Effect::Redraw),
        C::Stop => stop(state, effects),
        _ => match state.view {
            View::Orders if state.is_welcome() => file::welcome(state, command, effects),
            View::Orders => orders::command(state, command, effects),
            View::Mapping => lists::mapping(state, command, effects),
            View::Runs => runs::command(state, command, effects),
            View::Responses => responses::command(state, command, effects),
            View::Jobs => jobs::command(state, command, effects),
            View::Profiles => profiles::command(state, command, effects),
        },
    }
}

/// Goes to a view, and reads anew what it shows.
pub fn go(state: &mut State, view: View, effects: &mut Vec<Effect>) {
    state.view = view;
    match view {
        View::Runs => lists::refresh(state, lists::Which::Runs, effects),
        View::Responses => lists::refresh(state, lists::Which::Responses, effects),
        View::Jobs => {
            lists::refresh(state, lists::Which::Jobs, effects);
            // Whether a job's run can be taken up.
            lists::refresh(state, lists::Which::Runs, effects);
        }
        View::Profiles => effects.push(Effect::Accounts),
        View::Orders | View::Mapping => {}
    }
}

/// Puts a text on the clipboard and says so; offers a file where it is too long for one.
pub fn copy(state: &mut State, copied: String, done: impl Into<String>, effects: &mut Vec<Effect>) {
    if !terminal::is_too_long_to_copy(&copied) {
        effects.push(Effect::Copy(copied));
        return state.say(Tone::Well, done);
    }
    let name = format!("orderdeck-copy-{}.txt", state.now.as_second());
    let words = format!(
        "It has {} bytes; terminals take about {} for the clipboard and drop what is longer without a word. It can be written to {name} in the current directory, readable by you alone.",
        text::count(copied.len() as u64),
        text::count(terminal::COPIED_AT_MOST as u64),
    );
    state.uncopied = Some((name.into(), copied));
    let ask = Confirm::new(
        "Too long to copy",
        words,
        "write the file",
        |state, effects| {
            if let Some((to, text)) = state.uncopied.take() {
                effects.push(Effect::Save { to, text });
            }
        },
    );
    state.layers.push(Box::new(ask));
}

/// Takes the next theme, and remembers it.
fn next_theme(state: &mut State, effects: &mut Vec<Effect>) {
    if let Some(theme) = state.themes.after(&state.theme.name) {
        take_theme(state, theme, effects);
    }
}

/// Takes a theme by its name, and remembers it.
pub fn choose_theme(state: &mut State, name: &str, effects: &mut Vec<Effect>) {
    if let Some(theme) = state.themes.named(name) {
        take_theme(state, theme, effects);
    }
}

fn take_theme(state: &mut State, theme: super::theme::Theme, effects: &mut Vec<Effect>) {
    state.say(Tone::Info, format!("theme: {}, remembered", theme.name));
    effects.push(Effect::RememberTheme(theme.name.clone()));
    state.theme = theme;
}

/// ctrl-c: stops what runs; twice leaves.
fn stop(state: &mut State, effects: &mut Vec<Effect>) {
    if state.stop_pressed {
        state.at_once = true;
        state.leave = Some(if state.runs.active.is_empty() { 0 } else { 4 });
        return;
    }
    state.stop_pressed = true;
    if file::stop_opening(state, effects) || sorting::stop(state, effects) {
        return;
    }
    if filter::stop(state, effects) {
        return state.say(Tone::Info, "the filter was stopped; ctrl-c again leaves");
    }
    if state.runs.active.is_empty() {
        if !state.layers.is_empty() {
            state.layers.clear();
            // What they waited for.
            effects.push(Effect::Forget {
                surveys: 0,
                filters: 0,
                plans: state.ticket(),
            });
        }
        if file::stop_counting(state, effects) {
            let words = "the count over the whole file was stopped; ctrl-c again leaves";
            return state.say(Tone::Info, words);
        }
        return state.say(Tone::Info, "nothing runs; ctrl-c again leaves");
    }
    for run in &mut state.runs.active {
        run.stopping = true;
        effects.push(Effect::Control {
            run: run.name,
            wish: Control::Stop,
        });
    }
    state.say(
        Tone::Info,
        "stopping: what is under way is recorded; ctrl-c again leaves at once",
    );
}

/// Leaves, or asks first while something is being sent.
fn leave(state: &mut State, _effects: &mut Vec<Effect>) {
    if mapping::ask_before_leaving(state) {
        return;
    }
    // What the ledger calls finished only has to tell us so.
    let sends = state.runs.active.iter().any(|active| {
        !state.runs.list.iter().any(|entry| {
            entry.book == active.name.book
                && entry.summary.run.id == active.name.id
                && entry.summary.run.state == RunState::Finished
        })
    });
    if !sends {
        state.leave = Some(0);
        return;
    }
    let words = "A run is under way. Leaving stops it: what was sent is recorded, nothing new is sent, and it can be resumed.";
    let ask = Confirm::new("Leave", words, "stop it and leave", |state, _| {
        state.leave = Some(if state.runs.active.is_empty() { 0 } else { 4 });
    });
    let ask = ask.moot_when(|state| state.runs.active.is_empty());
    state.layers.push(Box::new(ask));
}
