//! Edits on their way to the ledger, and what follows once they are in force.

use crate::console::effect::{EditWork, Effect};
use crate::console::event::{EditHow, Edited, Told};
use crate::console::state::{State, Survey, Tone};

/// Asks for an edit. The worker makes them one after the other, in the order of the keys.
pub fn push(state: &mut State, work: EditWork, effects: &mut Vec<Effect>) {
    state.file.edits.push_back(work);
    next(state, effects);
}

/// The next edit goes to the ledger when the one before is in force: each builds on the deck of the last.
fn next(state: &mut State, effects: &mut Vec<Effect>) {
    if state.file.editing {
        return;
    }
    if let Some(deck) = state.file.deck.clone()
        && let Some(work) = state.file.edits.pop_front()
    {
        state.file.editing = true;
        effects.push(Effect::Edit { deck, work });
    }
}

/// An edit is in force: what it touches is looked at again.
pub(super) fn edited(state: &mut State, edited: &Told<Edited>, effects: &mut Vec<Effect>) {
    state.file.editing = false;
    take_in(state, edited, effects);
    next(state, effects);
}

fn take_in(state: &mut State, edited: &Told<Edited>, effects: &mut Vec<Effect>) {
    let edited = match edited {
        Ok(edited) => edited,
        Err(why) => {
            state.file.edits.clear();
            return state.say(Tone::Error, why.clone());
        }
    };
    let same_file = state
        .file
        .deck
        .as_ref()
        .is_some_and(|deck| deck.source().identity() == edited.deck.source().identity());
    if !same_file {
        return;
    }
    let deck = edited.deck.clone();
    state.file.deck = Some(deck.clone());
    super::sorting::edited(state, &edited.places, effects);
    state.payload.asked = None;
    state.orders.stale = true;
    let front = state.vendors.front;
    if !state.vendors.tabs[front].survey.done {
        let surveys = state.ticket();
        effects.push(Effect::Forget {
            surveys,
            filters: 0,
            plans: 0,
        });
    }
    for tab in 0..state.vendors.tabs.len() {
        if tab == front && state.vendors.tabs[tab].survey.done {
            let Some(target) = state.vendors.target(tab).cloned() else {
                continue;
            };
            effects.push(Effect::Survey {
                ticket: state.vendors.tabs[tab].survey.ticket,
                deck: deck.clone(),
                tab,
                target: Box::new(target),
                places: Some(edited.places.clone()),
            });
        } else {
            // Looked at again when it comes to the front.
            state.vendors.tabs[tab].survey = Survey::default();
        }
    }
    let words = match (edited.how, &edited.label) {
        (EditHow::Made, Some(label)) => format!("edited: {label}"),
        (EditHow::Undone, Some(label)) => format!("undone: {label}"),
        (EditHow::Redone, Some(label)) => format!("done again: {label}"),
        (_, None) => "nothing was changed".to_owned(),
    };
    state.say(Tone::Well, words);
}
