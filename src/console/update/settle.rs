//! After every change: cursors stand on lines that are there, and what the screen needs is asked for.

use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::state::{State, Survey, View};
use crate::deck::Target;

pub(super) fn settle(state: &mut State, effects: &mut Vec<Effect>) {
    if state.view != View::Orders || state.is_welcome() {
        let page = super::lists::page(state);
        let mapping = super::lists::mapping_len(state);
        state.mapping.cursor.settle(mapping, page);
        super::runs::settle(state);
        super::responses::settle(state, effects);
        super::jobs::settle(state);
        super::profiles::settle(state);
    }
    super::mapping::settle(state, effects);
    let Some(deck) = state.file.shown().cloned() else {
        return;
    };
    let areas = layout::orders(
        state.room(),
        state.payload.focused,
        state.responses.list.len(),
    );
    let page = super::orders::list_page(areas.list.or(areas.payload));
    let shown = state.orders.shown(deck.len());
    state.orders.cursor.settle(shown, page);
    super::payload::fit(state);
    let rows = super::payload::page(areas.payload.or(areas.list));
    state.payload.cursor.settle(state.payload.lines.len(), rows);
    ask_for_rows(state, page, effects);
    ask_for_payload(state, effects);
    ask_for_survey(state, effects);
}

/// Rows that are shown or a page away, and not decoded yet.
fn ask_for_rows(state: &mut State, page: usize, effects: &mut Vec<Effect>) {
    let (Some(deck), 0) = (state.file.shown().cloned(), state.orders.rows_ticket) else {
        return;
    };
    let (all, again) = (deck.len(), state.orders.stale);
    let shown = state.orders.shown(all);
    let top = state.orders.cursor.top;
    let missing = |range: std::ops::Range<usize>| -> Vec<usize> {
        range
            .filter_map(|line| state.orders.place(line, all))
            .filter(|place| again || !state.orders.rows.contains_key(place))
            .collect()
    };
    let mut places = missing(top..(top + page).min(shown));
    if places.is_empty() {
        places = missing(top.saturating_sub(page)..(top + 2 * page).min(shown));
    }
    if places.is_empty() {
        state.orders.stale = false;
        return;
    }
    if again {
        // What is not on the screen is read again when it is.
        let keep: std::collections::HashSet<usize> = places.iter().copied().collect();
        state.orders.rows.retain(|place, _| keep.contains(place));
        state.orders.stale = false;
    }
    let ticket = state.ticket();
    state.orders.rows_ticket = ticket;
    effects.push(Effect::Rows {
        ticket,
        deck,
        places,
        targets: targets(state),
    });
}

fn targets(state: &State) -> Vec<Option<Target>> {
    (0..state.vendors.tabs.len())
        .map(|tab| state.vendors.target(tab).cloned())
        .collect()
}

/// The payload of the order under the cursor, for the tab in front.
fn ask_for_payload(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(deck) = state.file.shown().cloned() else {
        return;
    };
    let wanted = state
        .orders
        .current(deck.len())
        .map(|place| (place, state.vendors.front));
    if wanted == state.payload.asked {
        return;
    }
    state.payload.asked = wanted;
    let Some((place, tab)) = wanted else {
        state.payload.shown = None;
        state.payload.lines.clear();
        return;
    };
    let Some(target) = state.vendors.target(tab).cloned() else {
        state.payload.shown = None;
        state.payload.lines.clear();
        state.payload.trouble = Some(match state.vendors.account(tab) {
            Some(account) => account.target.as_ref().err().cloned().unwrap_or_default(),
            None => "no account is chosen for this vendor".to_owned(),
        });
        return;
    };
    let ticket = state.ticket();
    state.payload.ticket = ticket;
    effects.push(Effect::Inspect {
        ticket,
        deck,
        place,
        tab,
        target: Box::new(target),
    });
}

/// The findings of the whole file for the tab in front, once.
fn ask_for_survey(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(deck) = state.file.deck.clone() else {
        return;
    };
    let front = state.vendors.front;
    let Some(target) = state.vendors.target(front).cloned() else {
        return;
    };
    if state.vendors.tabs[front].survey.ticket != 0 {
        return;
    }
    let ticket = state.ticket();
    state.vendors.tabs[front].survey = Survey::asked(ticket, deck.len());
    effects.push(Effect::Survey {
        ticket,
        deck,
        tab: front,
        target: Box::new(target),
        places: None,
    });
}
