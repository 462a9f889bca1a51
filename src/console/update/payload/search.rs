//! Searching in the payload. What is folded is searched too, and unfolded on the way.

use std::collections::HashSet;

use crossterm::event::KeyEvent;

use crate::console::action::Command;
use crate::console::state::{PayloadSearch, State};
use crate::console::widget::json;
use crate::console::widget::search::Search;

/// Whether the payload is searched: `n` and `N` go from match to match.
pub fn is_searching(state: &State) -> bool {
    state.payload.focused && state.payload.search.search.is_active()
}

/// Begins a search.
pub fn begin(state: &mut State) {
    state.payload.search = PayloadSearch {
        search: Search::begin(),
        from: state.payload.cursor.at,
        ..PayloadSearch::default()
    };
}

/// Ends it; the cursor stays.
pub fn end(state: &mut State) {
    state.payload.search = PayloadSearch::default();
}

/// A key for what is searched for.
pub fn key(state: &mut State, key: KeyEvent) {
    let before = state.payload.search.search.input.text().to_owned();
    state.payload.search.search.input.key(key);
    if before != state.payload.search.search.input.text() {
        look(state);
    }
}

/// Pasted text for it.
pub fn paste(state: &mut State, text: &str) {
    state.payload.search.search.input.paste(text);
    look(state);
}

/// A command while it is searched. Returns whether it was one for the search.
pub fn command(state: &mut State, command: Command) -> bool {
    use Command as C;
    let typing = state.payload.search.search.typing;
    match command {
        C::Back => end(state),
        // Enter folds here, else.
        C::Accept | C::Fold if typing => state.payload.search.search.typing = false,
        C::Up if typing => step(state, false),
        C::Down if typing => step(state, true),
        C::NextFinding if !typing => step(state, true),
        C::PreviousFinding if !typing => step(state, false),
        C::NextPane | C::PreviousPane => {
            end(state);
            return false;
        }
        _ => return false,
    }
    true
}

/// Looks for it anew, and goes to the first match from where the search began.
fn look(state: &mut State) {
    let from = state.payload.search.from;
    state.payload.cursor.at = from.min(state.payload.lines.len().saturating_sub(1));
    find_all(state);
    if !state.payload.search.found.is_empty() {
        go_to(state, state.payload.search.first);
    }
}

/// Finds every line that has it, with nothing folded.
pub fn find_all(state: &mut State) {
    let wanted = state.payload.search.search.wanted();
    let mut found = Vec::new();
    let mut first = None;
    if let Some(shown) = state.payload.shown.as_ref().filter(|_| !wanted.is_empty()) {
        let stands = state.payload.line();
        let mut passed = false;
        for line in json::lines(shown, &HashSet::new(), state.payload.columns) {
            passed |= stands.is_none_or(|stands| stands.pointer == line.pointer);
            if json::searched(&line, &wanted) {
                if passed && first.is_none() {
                    first = Some(found.len());
                }
                found.push(line);
            }
        }
    }
    state.payload.search.first = first.unwrap_or(0);
    state.payload.search.at = None;
    state.payload.search.found = found;
}

/// Goes to the next match, or the previous one, around the end.
fn step(state: &mut State, forward: bool) {
    let count = state.payload.search.found.len();
    if count == 0 {
        return;
    }
    let next = match (state.payload.search.at, forward) {
        (Some(at), true) => (at + 1) % count,
        (Some(at), false) => (at + count - 1) % count,
        (None, _) => state.payload.search.first,
    };
    go_to(state, next);
}

/// Puts the cursor on a match, unfolding what it is in.
fn go_to(state: &mut State, number: usize) {
    let Some(wanted) = state.payload.search.found.get(number).cloned() else {
        return;
    };
    state.payload.search.at = Some(number);
    super::unfold_to(state, &wanted.pointer);
    let same = |line: &json::JsonLine| line.is_same(&wanted) && line.words == wanted.words;
    if let Some(line) = state.payload.lines.iter().position(same) {
        state.payload.cursor.at = line;
    }
}
