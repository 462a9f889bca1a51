//! The mapping screen: a draft is begun, changed, shown live, saved, left.

mod forms;
pub(super) mod joins;
mod lines;
mod lists;
mod read;
mod rule;

use std::path::PathBuf;
use std::sync::Arc;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use crate::console::action::Command;
use crate::console::dialog::confirm::Confirm;
use crate::console::dialog::unsaved::Unsaved;
use crate::console::effect::{DraftWork, Effect};
use crate::console::event::{NotExported, Ticket, Told};
use crate::console::pane::mapping_screen as screen;
use crate::console::state::mapping::{Desk, Pane};
use crate::console::state::{State, Tone, View};
use crate::console::widget::text;
use crate::deck::draft::{Draft, DraftError, Evaluation};
use crate::deck::needs::{Need, OwnField};

/// Whether a command of the view can be done now; else why not.
pub(super) fn may(state: &State, command: Command) -> Result<(), String> {
    use Command as C;
    let no = |why: &str| Err(why.to_owned());
    let Some(desk) = &state.mapping.desk else {
        return match command {
            C::Edit if state.file.deck.is_none() => no("no file is open"),
            C::Edit => {
                let deck = state.file.deck.as_ref();
                let native = deck.is_some_and(|deck| deck.mapping().native_vendor().is_some());
                if native {
                    return no("a vendor's own payloads are sent as they stand");
                }
                let piped = deck.is_some_and(|deck| deck.source().identity().starts_with("-:"));
                if piped {
                    return no("what came through a pipe can't be read again");
                }
                Ok(())
            }
            C::ChooseProfile if state.vendors.accounts.is_empty() => {
                no("no accounts are known yet")
            }
            C::ChooseProfile | C::NextVendor | C::PreviousVendor => Ok(()),
            _ => Err(format!(
                "the mapping isn't being changed; {} begins to",
                state.keymap.first(C::Edit)
            )),
        };
    };
    let target = desk.target();
    match command {
        C::ChooseProfile if state.vendors.accounts.is_empty() => no("no accounts are known yet"),
        C::AcceptSuggestion | C::RefuseSuggestion
            if target.is_none_or(|line| desk.draft.suggestion(&line.goal).is_none()) =>
        {
            no("nothing is suggested for this target")
        }
        C::ClearTarget if target.is_none_or(|line| desk.draft.rule(&line.goal).is_none()) => {
            no("no rule fills this target")
        }
        _ => Ok(()),
    }
}

/// Begins a draft of the mapping that reads the file in front.
pub(super) fn begin(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(deck) = &state.file.deck else { return };
    let path = PathBuf::from(deck.source().identity());
    let mapping = deck.mapping_given().to_owned();
    let ticket = state.ticket();
    state.mapping.beginning = ticket;
    effects.push(Effect::Draft(DraftWork::Begin {
        ticket,
        path,
        mapping,
    }));
}

/// The draft that was asked for, or why there is none.
pub(super) fn begun(state: &mut State, ticket: Ticket, draft: &Told<Box<Draft>>) {
    if state.mapping.beginning != ticket || state.mapping.desk.is_some() {
        return;
    }
    state.mapping.beginning = 0;
    match draft {
        Ok(draft) => {
            let path = draft.source().path().to_owned();
            state.mapping.desk = Some(Box::new(Desk::new((**draft).clone(), path)));
            let key = state.keymap.first(Command::SaveMapping);
            let words = format!("the mapping can be changed now; {key} saves it under a name");
            state.say(Tone::Info, words);
        }
        Err(why) => state.say(Tone::Error, why.clone()),
    }
}

/// A draft for a file that no mapping is known for.
pub(super) fn unknown(
    state: &mut State,
    ticket: Ticket,
    draft: &Draft,
    why: &str,
    effects: &mut Vec<Effect>,
) {
    let Some(path) = super::file::unknown(state, ticket, why) else {
        return;
    };
    if let Some(desk) = state.mapping.desk.as_ref().filter(|desk| desk.is_unsaved()) {
        let words = format!(
            "no mapping is known for {}, and the mapping for {} isn't saved: save or leave it first",
            text::shown(&path.display().to_string()),
            desk.name()
        );
        state.view = View::Mapping;
        return state.say(Tone::Error, words);
    }
    let desk = Desk::new(draft.clone(), path);
    let filled = desk.draft.mapping().rules().count();
    let open = match desk.open() {
        0 => "nothing has to be decided".to_owned(),
        open => format!("{} to be decided (?)", text::many(open as u64, "thing")),
    };
    let key = state.keymap.first(Command::SaveMapping);
    let words = format!(
        "no mapping is known for {}: {} filled by its names and values, {open}; {key} saves, then its orders appear",
        text::shown(&desk.name()),
        text::many(filled as u64, "target"),
    );
    state.mapping.desk = Some(Box::new(desk));
    super::go(state, View::Mapping, effects);
    state.say(Tone::Info, words);
}

/// What the draft makes of an order.
pub(super) fn drafted(
    state: &mut State,
    ticket: Ticket,
    made: &Told<Arc<Evaluation>>,
    (needs, own): (&[Need], &[OwnField]),
) {
    let Some(desk) = state
        .mapping
        .desk
        .as_mut()
        .filter(|desk| desk.ticket == ticket)
    else {
        return;
    };
    desk.ticket = 0;
    desk.needs = needs.to_vec();
    desk.own = own.to_vec();
    if let Ok(made) = made {
        desk.place = made.place;
    }
    desk.made = Some(made.clone());
    desk.refresh();
}

/// Cursors stand on lines that are there, and an order is made where something changed.
pub(super) fn settle(state: &mut State, effects: &mut Vec<Effect>) {
    let account = state
        .vendors
        .front_account()
        .map(|account| account.name.clone());
    let target = state.vendors.front_target().cloned();
    let next = state.ticket();
    let pages = screen::pages(state);
    let order = screen::order_len(state);
    let Some(desk) = &mut state.mapping.desk else {
        return;
    };
    let lens = [desk.columns.len(), desk.targets.len(), order];
    for ((cursor, len), page) in desk.cursors.iter_mut().zip(lens).zip(pages) {
        cursor.settle(len, page);
    }
    if desk.made_for != account {
        desk.made_for = account;
        desk.stale = true;
    }
    if desk.stale && desk.ticket == 0 {
        desk.stale = false;
        desk.ticket = next;
        effects.push(Effect::Draft(DraftWork::Evaluate {
            ticket: next,
            draft: Box::new(desk.draft.clone()),
            place: desk.place,
            target: target.map(Box::new),
        }));
    }
}

/// Does something to the draft; says why it can't be done.
pub(super) fn change(
    state: &mut State,
    what: impl FnOnce(&mut Draft) -> Result<(), DraftError>,
) -> Result<(), String> {
    let Some(desk) = &mut state.mapping.desk else {
        return Ok(());
    };
    what(&mut desk.draft).map_err(|error| error.to_string())?;
    desk.refresh();
    desk.stale = true;
    Ok(())
}

/// The same, where nobody waits for the answer.
pub(super) fn change_or_say(
    state: &mut State,
    what: impl FnOnce(&mut Draft) -> Result<(), DraftError>,
) {
    if let Err(why) = change(state, what) {
        state.say(Tone::Error, why);
    }
}

/// A command, while there is a draft.
pub(super) fn command(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    use Command as C;
    let pages = screen::pages(state);
    let order = screen::order_len(state);
    let Some(desk) = &mut state.mapping.desk else {
        return;
    };
    let goal = desk.target().map(|line| line.goal.clone());
    match command {
        C::NextPane | C::Right => desk.pane = beside(desk.pane, 1),
        C::PreviousPane | C::Left => desk.pane = beside(desk.pane, 2),
        C::Accept if desk.pane == Pane::Columns => lists::targets(state),
        C::Accept => lists::columns(state),
        C::Edit => rule::rule_of_current(state),
        C::Find => lists::find(state),
        C::ReadSettings => read::settings(state),
        C::OrderLines => lines::lines(state),
        C::JoinFiles => joins::begin(state, effects),
        C::StatusWords => lists::words(state),
        C::SaveMapping => lists::save(state),
        C::AcceptSuggestion | C::RefuseSuggestion => {
            let Some(goal) = goal else { return };
            let from = desk.cursors[Pane::Targets as usize].at;
            let done = change(state, |draft| match command {
                C::AcceptSuggestion => draft.accept(&goal).map(|_| ()),
                _ => draft.refuse(&goal).map(|_| ()),
            });
            match (done, &mut state.mapping.desk) {
                // The lines are sorted anew: the next one is decided, not followed to its place.
                (Ok(()), Some(desk)) => desk.stand_on_next_doubt(from),
                (Ok(()), None) => {}
                (Err(why), _) => state.say(Tone::Error, why),
            }
        }
        C::ClearTarget => {
            let Some(goal) = goal else { return };
            change_or_say(state, |draft| draft.clear(&goal));
        }
        C::Undo | C::Redo => turn_back(state, command == C::Undo),
        C::NextSample | C::PreviousSample => {
            let orders = desk.order().map_or(1, |made| made.orders);
            desk.place = match command {
                C::NextSample => (desk.place + 1).min(orders.saturating_sub(1)),
                _ => desk.place.saturating_sub(1),
            };
            desk.stale = true;
        }
        C::Back => leave(state, effects),
        command => {
            let pane = desk.pane as usize;
            let lens = [desk.columns.len(), desk.targets.len(), order];
            desk.cursors[pane].act(command, lens[pane], pages[pane]);
        }
    }
}

fn beside(pane: Pane, step: usize) -> Pane {
    Pane::ALL[(pane as usize + step) % Pane::ALL.len()]
}

fn turn_back(state: &mut State, undo: bool) {
    let Some(desk) = &mut state.mapping.desk else {
        return;
    };
    let done = if undo {
        desk.draft.undo()
    } else {
        desk.draft.redo()
    };
    desk.refresh();
    desk.stale = true;
    let words = match (done, undo) {
        (Some(label), true) => format!("taken back: {}", text::shown(&label)),
        (Some(label), false) => format!("done again: {}", text::shown(&label)),
        (None, true) => "there is nothing to undo in the mapping".to_owned(),
        (None, false) => "there is nothing to redo in the mapping".to_owned(),
    };
    state.say(Tone::Info, words);
}

/// Leaves the draft; asks first where something would be lost.
fn leave(state: &mut State, _effects: &mut Vec<Effect>) {
    let unsaved = state
        .mapping
        .desk
        .as_ref()
        .is_some_and(|desk| desk.is_unsaved());
    if !unsaved {
        state.mapping.desk = None;
        state.view = View::Orders;
        return;
    }
    let ask = Unsaved::new(|state, _| {
        state.mapping.desk = None;
        state.view = View::Orders;
    });
    state.layers.push(Box::new(ask));
}

/// Asks before the program is left where a mapping isn't saved. Returns whether it had to.
pub(super) fn ask_before_leaving(state: &mut State) -> bool {
    let desk = state.mapping.desk.as_ref();
    if !desk.is_some_and(|desk| desk.is_unsaved()) {
        return false;
    }
    let ask = Unsaved::new(|state, effects| {
        state.mapping.desk = None;
        super::leave(state, effects);
    });
    state.layers.push(Box::new(ask));
    true
}

/// Asks for the name to save under, in the Mapping view.
pub fn save(state: &mut State) {
    state.view = View::Mapping;
    lists::save(state);
}

/// Has the draft saved under a name.
pub(super) fn save_as(state: &mut State, name: &str, replace: bool, effects: &mut Vec<Effect>) {
    let Some(desk) = &mut state.mapping.desk else {
        return;
    };
    let text = desk.draft.text_to_keep();
    desk.saving = Some(name.to_owned());
    effects.push(Effect::Draft(DraftWork::Save {
        name: name.to_owned(),
        text,
        replace,
    }));
}

/// The mapping is saved, or isn't.
pub(super) fn saved(
    state: &mut State,
    name: &str,
    saved: &Result<PathBuf, NotExported>,
    effects: &mut Vec<Effect>,
) {
    let Some(desk) = &mut state.mapping.desk else {
        return;
    };
    match saved {
        Ok(at) => {
            let path = desk.path.clone();
            let mut given = name.to_owned();
            for (join, file) in desk.draft.given() {
                // As a mapping with its files is asked for.
                given.push_str(&format!("\n{join}={}", file.display()));
            }
            state.mapping.desk = None;
            let words = format!(
                "saved as {name}, in {}; the file is read anew with it",
                text::shown(&at.display().to_string())
            );
            super::file::open_by(state, &path, &given, effects);
            state.say(Tone::Well, words);
        }
        Err(why) if why.exists => {
            let words = format!(
                "There is a mapping {name} already. Files that it fits would be read by the new one."
            );
            let ask = Confirm::new(
                "Replace the mapping",
                words,
                "replace it",
                |state, effects| {
                    let name = state
                        .mapping
                        .desk
                        .as_mut()
                        .and_then(|desk| desk.saving.take());
                    if let Some(name) = name {
                        save_as(state, &name, true, effects);
                    }
                },
            );
            state.layers.push(Box::new(ask));
        }
        Err(why) => {
            desk.saving = None;
            state.say(Tone::Error, why.why.clone());
        }
    }
}

/// The mouse on the mapping screen. Returns whether it was for it.
pub(super) fn mouse(state: &mut State, mouse: MouseEvent, effects: &mut Vec<Effect>) -> bool {
    let at = Position::new(mouse.column, mouse.row);
    let Some(pane) = screen::pane_at(state, at) else {
        return false;
    };
    let now = state.now;
    let line = screen::line_at(state, pane, at);
    let Some(desk) = &mut state.mapping.desk else {
        return false;
    };
    match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => {
            desk.pane = pane;
            let Some(line) = line else { return true };
            desk.cursors[pane as usize].at = line;
            if desk.clicked.again(line * 3 + pane as usize, now) {
                super::command(state, Command::Accept, effects);
            }
        }
        MouseEventKind::ScrollUp | MouseEventKind::ScrollDown => {
            desk.pane = pane;
            let step = if mouse.kind == MouseEventKind::ScrollUp {
                Command::Up
            } else {
                Command::Down
            };
            command(state, step, effects);
        }
        _ => {}
    }
    true
}
