//! The Orders view: the list, marks, the filter.

use ratatui::layout::Rect;

use crate::console::action::Command;
use crate::console::dialog::choice::Choice;
use crate::console::effect::{BulkChange, EditWork, Effect};
use crate::console::event::{Ticket, Told};
use crate::console::layout;
use crate::console::state::{State, Tone};
use crate::console::widget::cursor::Cursor;
use crate::deck::Deck;

/// Lines of the list: the border, the heading and the rules below take the rest.
pub fn list_page(area: Option<Rect>) -> usize {
    layout::inner_rows(area, 2)
}

/// A command in the Orders view.
pub(super) fn command(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    use Command as C;
    match command {
        C::PreviousVendor => super::vendors::turn(state, false),
        C::NextVendor => super::vendors::turn(state, true),
        C::NextOperation => super::vendors::next_operation(state, effects),
        C::NextPane | C::PreviousPane => state.payload.focused = !state.payload.focused,
        C::NextFinding => super::payload::next_finding(state, true),
        C::PreviousFinding => super::payload::next_finding(state, false),
        C::Edit => super::payload::open_edit(state, false),
        C::SetMarked => super::payload::open_edit(state, true),
        C::Fix => super::payload::apply_fix(state, effects),
        C::Undo => super::edits::push(state, EditWork::Undo, effects),
        C::Redo => super::edits::push(state, EditWork::Redo, effects),
        C::Exclude => exclude(state, effects),
        C::MarkAll => mark_all(state),
        C::Submit => super::sending::open_submit(state, effects),
        C::RetryRejected => super::sending::open_retry(state, effects),
        C::History => history(state, effects),
        C::Copy => super::payload::copy(state, effects),
        C::CopyCurl => super::payload::copy_curl(state, effects),
        C::Filter => super::filter::begin(state),
        C::KeptFilters => super::filter::open_kept(state),
        C::FindingsByRule => super::filter::open_findings(state, effects),
        C::ChooseProfile => {
            let choice = Choice::of_profiles(state);
            state.layers.push(Box::new(choice));
        }
        command if state.payload.focused => super::payload::command(state, command, effects),
        C::Accept | C::Right => state.payload.focused = true,
        C::Mark => mark(state),
        C::Back => {
            if state.orders.passing.is_some() || !state.orders.filter.text().is_empty() {
                drop_filter(state, effects);
            } else {
                state.orders.marked.clear();
            }
        }
        command => {
            let shown = state.orders.shown(state.file.orders());
            let areas = layout::orders(
                state.size,
                state.payload.focused,
                state.responses.list.len(),
            );
            let before = state.orders.cursor.at;
            state
                .orders
                .cursor
                .act(command, shown, list_page(areas.list));
            if state.orders.cursor.at != before {
                state.payload.cursor = Cursor::default();
                state.payload.jump = None;
            }
        }
    }
}

/// The history of the order under the cursor.
fn history(state: &mut State, effects: &mut Vec<Effect>) {
    let all = state.file.orders();
    let deck = state.file.deck.as_ref();
    let place = state.orders.current(all);
    // As the file has it where the order itself can't be read.
    let key = place.zip(deck).and_then(|(place, deck)| {
        let order = deck.order(place).ok().map(|order| order.order.id);
        order.or_else(|| deck.source_key(place))
    });
    match key {
        Some(key) => effects.push(Effect::History(key)),
        None => state.say(Tone::Error, "the order has no id that can be read"),
    }
}

fn mark(state: &mut State) {
    let all = state.file.orders();
    if let Some(place) = state.orders.current(all) {
        if !state.orders.marked.remove(&place) {
            state.orders.marked.insert(place);
        }
        let shown = state.orders.shown(all);
        state.orders.cursor.at = (state.orders.cursor.at + 1).min(shown.saturating_sub(1));
    }
}

fn mark_all(state: &mut State) {
    let places = state.orders.places(state.file.orders());
    if places
        .iter()
        .all(|place| state.orders.marked.contains(place))
    {
        for place in &places {
            state.orders.marked.remove(place);
        }
    } else {
        state.orders.marked.extend(places);
    }
}

/// Leaves orders out, or takes them back in: what the first of them isn't.
fn exclude(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(deck) = state.file.deck.clone() else {
        return;
    };
    let places = state.orders.meant(deck.len());
    let Some(first) = places.first().and_then(|place| deck.order(*place).ok()) else {
        return state.say(Tone::Error, "the order can't be read");
    };
    let out = first.left.is_none();
    let verb = if out { "leave out" } else { "take back in" };
    if places.len() == 1 {
        let label = format!("{verb} {}", first.order.id);
        let edits = vec![Deck::exclusion_edit(&first, out)];
        return super::edits::push(state, EditWork::Make { label, edits }, effects);
    }
    let Some(target) = state.vendors.front_target().cloned() else {
        return state.say(Tone::Error, "no account is chosen for this vendor");
    };
    let label = format!("{verb} {} orders", places.len());
    let change = BulkChange::Exclude(out);
    let target = Box::new(target);
    let work = EditWork::MakeForMany {
        label,
        places,
        change,
        target,
    };
    super::edits::push(state, work, effects);
}

/// The filter's answer.
pub(super) fn filtered(state: &mut State, ticket: Ticket, places: &Told<Vec<usize>>) {
    if state.orders.filter_ticket != ticket {
        return;
    }
    state.filter.counting = None;
    match places {
        Ok(places) => {
            let current = state.orders.current(state.file.orders());
            state.orders.passing = Some(places.clone());
            state.orders.cursor.at = current
                .and_then(|place| state.orders.line_of(place))
                .unwrap_or(0);
        }
        Err(why) => state.orders.filter_trouble = Some(why.clone()),
    }
}

pub(super) fn drop_filter(state: &mut State, effects: &mut Vec<Effect>) {
    state.orders.filter.clear();
    state.orders.typing_filter = false;
    state.orders.filter_trouble = None;
    super::filter::dropped(state);
    let ticket = state.ticket();
    state.orders.filter_ticket = ticket;
    effects.push(Effect::Forget {
        surveys: 0,
        filters: ticket,
        plans: 0,
    });
    show_all(state);
}

pub(super) fn show_all(state: &mut State) {
    let current = state.orders.current(state.file.orders());
    state.orders.passing = None;
    state.orders.cursor.at = current.unwrap_or(0);
}
