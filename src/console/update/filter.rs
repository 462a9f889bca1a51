//! Typing the filter of the orders: what it can go on with, the last ones used, counting while it is typed.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Position;

use crate::console::action::Command;
use crate::console::dialog::filters::FiltersDialog;
use crate::console::dialog::findings::FindingsDialog;
use crate::console::effect::{Effect, FilterWork};
use crate::console::event::Ticket;
use crate::console::pane;
use crate::console::state::{State, View};
use crate::console::widget::input::Input;
use crate::deck::Filter;
use crate::deck::filter::{Completion, Seen, complete};
use crate::deck::list::Passing;
use crate::workspace::{KeptFilters, Passed};

/// Begins to type, or goes on.
pub(super) fn begin(state: &mut State) {
    state.orders.typing_filter = true;
    state.payload.focused = false;
    state.filter.recalled = None;
    state.filter.changed();
}

/// What the filter can go on with, while that is shown.
pub fn completion(state: &State) -> Option<Completion> {
    let typed = state.orders.typing_filter && state.view == View::Orders;
    if !typed || state.filter.closed {
        return None;
    }
    let mut seen = Seen {
        saved: &state.filter.kept.saved,
        ..Seen::default()
    };
    if let Some(overview) = &state.file.overview {
        seen.statuses.clone_from(&overview.statuses);
        seen.currencies = overview.all.totals.keys().cloned().collect();
        let day = |moment: &crate::order::Moment| moment.date().to_string();
        let days = (
            overview.first.as_ref().map(day),
            overview.last.as_ref().map(day),
        );
        seen.days = days.0.zip(days.1);
    }
    if let Some(survey) = state.vendors.front_survey() {
        let rules = survey.by_rule().into_iter();
        seen.rules = rules
            .map(|group| (group.rule, group.places.len()))
            .collect();
    }
    complete(state.orders.filter.text(), state.orders.filter.at(), &seen)
}

/// What is wrong with the filter, unless it is still being typed and can go on.
pub fn trouble(state: &State) -> Option<(std::ops::Range<usize>, String)> {
    if let Some(error) = &state.filter.error {
        let unfinished = error.span.end >= state.orders.filter.at() && completion(state).is_some();
        return (!unfinished).then(|| (error.span.clone(), error.reason.clone()));
    }
    let end = state.orders.filter.text().len();
    let trouble = state.orders.filter_trouble.clone();
    trouble.map(|why| (end..end, why))
}

/// A command while the filter is typed. Returns whether it was one for the filter.
pub(super) fn command(state: &mut State, command: Command, effects: &mut Vec<Effect>) -> bool {
    let choices = completion(state).map_or(0, |completion| completion.choices.len());
    match command {
        Command::Accept if choices > 0 && state.filter.moved => take(state, effects),
        Command::Accept => finish(state, effects),
        Command::Back if choices > 0 => state.filter.closed = true,
        Command::Back => super::orders::drop_filter(state, effects),
        Command::NextPane => take(state, effects),
        // The palette's key moves up here, as everywhere in lines that are typed.
        Command::Palette | Command::PreviousPane if choices > 0 => move_to(state, choices, false),
        Command::Up => recall(state, true, effects),
        Command::Down => recall(state, false, effects),
        _ => return false,
    }
    true
}

fn move_to(state: &mut State, choices: usize, forward: bool) {
    let filter = &mut state.filter;
    if filter.moved {
        let step = if forward {
            1
        } else {
            choices.saturating_sub(1)
        };
        filter.at = (filter.at + step) % choices.max(1);
    } else if !forward {
        filter.at = choices.saturating_sub(1);
    }
    filter.moved = true;
}

/// Puts the choice under the cursor into the line.
fn take(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(completion) = completion(state) else {
        return;
    };
    let at = state
        .filter
        .at
        .min(completion.choices.len().saturating_sub(1));
    if let Some(choice) = completion.choices.get(at) {
        state.orders.filter.put(completion.span, &choice.text);
        state.filter.changed();
        apply(state, effects);
    }
}

/// Leaves the line; the filter stays in force and is remembered.
fn finish(state: &mut State, effects: &mut Vec<Effect>) {
    state.orders.typing_filter = false;
    // What is under the cursor now is what the operator looks at.
    if state.orders.current(state.file.orders()).is_some() {
        state.orders.stood_on = None;
    }
    state.filter.recalled = None;
    let text = state.orders.filter.text().trim().to_owned();
    let is_new = state.filter.kept.recent.first() != Some(&text);
    if !text.is_empty() && state.filter.error.is_none() && is_new {
        effects.push(Effect::Filters(FilterWork::Remember(text)));
    }
}

/// The last filters used, older ones or newer ones.
fn recall(state: &mut State, older: bool, effects: &mut Vec<Effect>) {
    let filter = &mut state.filter;
    let next = match (filter.recalled, older) {
        (None, true) => Some(0),
        (None, false) => return,
        (Some(at), true) => Some(at + 1),
        (Some(at), false) => at.checked_sub(1),
    };
    let text = match next {
        Some(at) => match filter.kept.recent.get(at) {
            Some(text) => text.clone(),
            None => return,
        },
        None => filter.draft.clone(),
    };
    if filter.recalled.is_none() {
        state.orders.filter.text().clone_into(&mut filter.draft);
    }
    filter.recalled = next;
    state.orders.filter = Input::new(text);
    state.filter.changed();
    // A line that was recalled is whole.
    state.filter.closed = true;
    apply(state, effects);
}

/// A key for the filter.
pub(super) fn typed(state: &mut State, key: KeyEvent, effects: &mut Vec<Effect>) {
    let choices = completion(state).map_or(0, |completion| completion.choices.len());
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    if control && key.code == KeyCode::Char('n') {
        if choices > 0 {
            move_to(state, choices, true);
        }
        return;
    }
    let line = &state.orders.filter;
    if key.code == KeyCode::Right && choices > 0 && line.at() == line.text().len() {
        return take(state, effects);
    }
    let before = line.text().to_owned();
    if state.orders.filter.key(key) {
        state.filter.changed();
    }
    if before != state.orders.filter.text() {
        state.filter.recalled = None;
        apply(state, effects);
    }
}

/// Pasted text for the filter.
pub(super) fn pasted(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    state.orders.filter.paste(text);
    state.filter.changed();
    apply(state, effects);
}

/// Puts a filter in force, as if it had been typed.
pub fn set(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    state.orders.filter = Input::new(text);
    state.orders.typing_filter = false;
    state.payload.focused = false;
    apply(state, effects);
    finish(state, effects);
}

/// Has the orders looked through by the filter as it stands in the line.
pub(super) fn apply(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(deck) = state.file.deck.clone() else {
        return;
    };
    let text = state.orders.filter.text();
    let filter = match Filter::parse_with(text, &state.filter.kept.saved) {
        Ok(filter) => filter,
        Err(error) => {
            // What is shown stays until the filter can be read again.
            state.orders.filter_trouble = Some(error.reason.clone());
            state.filter.error = Some(error);
            return;
        }
    };
    state.filter.error = None;
    state.orders.filter_trouble = None;
    let ticket = forget(state, effects);
    if filter.is_empty() {
        state.filter.counting = None;
        return super::orders::show_all(state, effects);
    }
    if let Some(places) = known(state, &filter) {
        return super::orders::filtered(state, ticket, &Ok(places), effects);
    }
    state.filter.counting = Some(Passed::default());
    let marked = if filter.needs_marks() {
        state.orders.marked.clone()
    } else {
        crate::deck::list::Places::default()
    };
    let target = state.vendors.front_target().cloned().map(Box::new);
    effects.push(Effect::Filter {
        ticket,
        deck,
        filter,
        marked,
        target,
    });
}

/// The orders of a rule, where all were looked at already.
fn known(state: &State, filter: &Filter) -> Option<Passing> {
    let survey = state.vendors.front_survey().filter(|survey| survey.done)?;
    let group = survey.groups.get(filter.only_rule()?)?;
    let places = group.places.iter();
    Some(
        places
            .filter_map(|place| u32::try_from(place).ok())
            .collect(),
    )
}

/// Stops what counts now, and numbers what comes next.
pub(super) fn forget(state: &mut State, effects: &mut Vec<Effect>) -> Ticket {
    let ticket = state.ticket();
    state.orders.filter_ticket = ticket;
    effects.push(Effect::Forget {
        surveys: 0,
        filters: ticket,
        plans: 0,
    });
    ticket
}

/// How far counting is.
pub(super) fn counting(state: &mut State, ticket: Ticket, passed: Passed) {
    if state.orders.filter_ticket == ticket && state.filter.counting.is_some() {
        state.filter.counting = Some(passed);
    }
}

/// The filters that are kept. A line that names one of them may be readable now.
pub(super) fn kept(state: &mut State, kept: &KeptFilters, effects: &mut Vec<Effect>) {
    state.filter.kept.clone_from(kept);
    if state.filter.error.is_some() {
        apply(state, effects);
    }
}

/// The filter is gone, or that of another file comes.
pub(super) fn dropped(state: &mut State) {
    state.filter.error = None;
    state.filter.counting = None;
    state.filter.recalled = None;
}

/// Stops counting, where it goes on: what was shown before stays. Returns whether it did.
pub(super) fn stop(state: &mut State, effects: &mut Vec<Effect>) -> bool {
    let counts = state.filter.counting.take().is_some();
    if counts {
        forget(state, effects);
        state.orders.filter_trouble = Some("stopped; what was shown before stays".to_owned());
    }
    counts
}

/// A click on what the filter can go on with. Returns whether it was one.
pub(super) fn click(state: &mut State, at: Position, effects: &mut Vec<Effect>) -> bool {
    let Some(number) = pane::filter::choice_at(state, at) else {
        return false;
    };
    state.filter.at = number;
    take(state, effects);
    true
}

/// The filters that are kept.
pub(super) fn open_kept(state: &mut State) {
    state.layers.push(Box::new(FiltersDialog::default()));
}

/// The findings by rule.
pub(super) fn open_findings(state: &mut State, effects: &mut Vec<Effect>) {
    let dialog = FindingsDialog::new(state, effects);
    state.layers.push(Box::new(dialog));
}
