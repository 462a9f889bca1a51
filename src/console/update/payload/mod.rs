//! The payload: its cursor, folding, findings, and what an edit there means.

mod anchor;
mod copy;
mod edit;
mod findings;
mod mouse;
mod search;
mod write;

use ratatui::layout::Rect;

pub use anchor::keep as keep_field;
pub use edit::{Subject, edit_subject, fix, open_edit, place_words, to_take_back};
pub use findings::{finding, headline, line_meant, next_finding};
pub use mouse::{mouse, tab_at};
pub use search::{end as end_search, is_searching, key as search_key, paste as search_paste};
pub use write::written;

pub(super) use copy::{copy, copy_curl};
pub(super) use edit::apply_fix;

use findings::finding_lines;

use crate::console::action::Command;
use crate::console::dialog::changed::ChangedDialog;
use crate::console::dialog::compare::CompareDialog;
use crate::console::effect::Effect;
use crate::console::event::{Ticket, Told};
use crate::console::layout;
use crate::console::model::Inspection;
use crate::console::state::{Jump, State, View};
use crate::console::widget::json::{self, LineKind};

/// From this height of the pane on there is room to say more about the line under the cursor.
const TALL: u16 = 28;

/// Rows below the lines: about the line under the cursor, and what there is to do.
pub fn below(height: u16) -> u16 {
    if height >= TALL { 5 } else { 3 }
}

/// Lines of the payload: the border and what stands below take the rest.
pub fn page(area: Option<Rect>) -> usize {
    let taken = area.map_or(0, |area| below(area.height));
    layout::inner_rows(area, taken)
}

/// Where the payload stands, whether or not it is seen now.
fn area(state: &State) -> Option<Rect> {
    layout::orders(state.room(), true, state.responses.list.len()).payload
}

/// A payload came.
pub(super) fn inspected(state: &mut State, ticket: Ticket, inspection: Told<Box<Inspection>>) {
    if state.payload.ticket != ticket {
        return;
    }
    let inspection = match inspection {
        Ok(inspection) => inspection,
        Err(why) => {
            state.payload.shown = None;
            state.payload.lines.clear();
            state.payload.trouble = Some(why);
            return;
        }
    };
    // The cursor stays on the field it stood on.
    let stood = state.payload.line().cloned();
    state.payload.trouble = inspection.payload.as_ref().err().cloned();
    state.payload.shown = Some(inspection);
    build(state);
    if state.payload.search.search.is_active() {
        search::find_all(state);
    }
    if let Some(jump) = state.payload.jump.take() {
        let findings = match finding_lines(state, true) {
            grave if grave.is_empty() => finding_lines(state, false),
            grave => grave,
        };
        let line = match &jump {
            Jump::FirstFinding => findings.first(),
            Jump::LastFinding => findings.last(),
            Jump::To(pointer) => {
                go_to_place(state, pointer);
                None
            }
        };
        if let Some(line) = line {
            state.payload.cursor.at = *line;
        }
        state.payload.anchor = None;
        return;
    }
    if !anchor::land(state)
        && let Some(stood) = stood
    {
        let lines = &state.payload.lines;
        let same = lines
            .iter()
            .position(|line| line.is_same(&stood))
            .or_else(|| {
                lines.iter().position(|line| {
                    line.pointer == stood.pointer && !matches!(line.kind, LineKind::Close { .. })
                })
            });
        if let Some(line) = same {
            state.payload.cursor.at = line;
        }
    }
}

/// Makes the lines anew, for as many columns as there are.
fn build(state: &mut State) {
    state.payload.columns = area(state).map_or(0, |area| usize::from(area.width.saturating_sub(2)));
    state.payload.lines = state
        .payload
        .shown
        .as_ref()
        .map(|shown| json::lines(shown, &state.payload.folded, state.payload.columns))
        .unwrap_or_default();
}

/// The same where the pane has another width now.
pub(super) fn fit(state: &mut State) {
    let columns = area(state).map_or(0, |area| usize::from(area.width.saturating_sub(2)));
    if columns == state.payload.columns || state.payload.shown.is_none() {
        return;
    }
    let stood = state.payload.line().cloned();
    build(state);
    if let Some(stood) = stood
        && let Some(line) = state
            .payload
            .lines
            .iter()
            .position(|line| line.is_same(&stood))
    {
        state.payload.cursor.at = line;
    }
}

/// Does a command if it is one for the payload. Returns whether it was.
pub(super) fn took(state: &mut State, command: Command, effects: &mut Vec<Effect>) -> bool {
    use Command as C;
    if is_searching(state) && search::command(state, command) {
        return true;
    }
    match command {
        C::Find => {
            state.payload.focused = true;
            search::begin(state);
        }
        C::CopyValue => copy::copy_value(state, effects),
        C::CopyPath => copy::copy_path(state, effects),
        C::FoldAll => fold_all(state, true),
        C::UnfoldAll => fold_all(state, false),
        C::EditWhole => write::open(state, effects),
        C::BackToSource => edit::take_back(state, effects),
        C::WhatChanged => ChangedDialog::open(state, effects),
        C::CompareVendors => CompareDialog::open(state, effects),
        _ => return false,
    }
    true
}

/// A command while the payload has the focus.
pub(super) fn command(state: &mut State, command: Command, _effects: &mut Vec<Effect>) {
    use Command as C;
    match command {
        C::Back => state.payload.focused = false,
        C::Fold => fold(state, None),
        C::Left => {
            let open = state
                .payload
                .line()
                .is_some_and(|line| matches!(line.kind, LineKind::Open { .. }));
            if open {
                fold(state, Some(true));
            } else if let Some(parent) = parent_line(state) {
                state.payload.cursor.at = parent;
            }
        }
        C::Right => fold(state, Some(false)),
        command => {
            let (lines, page) = (state.payload.lines.len(), page(area(state)));
            state.payload.cursor.act(command, lines, page);
        }
    }
}

fn parent_line(state: &State) -> Option<usize> {
    let line = state.payload.line()?;
    let at = state.payload.cursor.at;
    (0..at).rev().find(|number| {
        let other = &state.payload.lines[*number];
        matches!(other.kind, LineKind::Open { .. }) && other.depth < line.depth
    })
}

/// The object or list under the cursor that can be folded or unfolded, and whether it is folded.
pub fn foldable(state: &State) -> Option<(String, bool)> {
    let line = state.payload.line()?;
    let is_folded = match line.kind {
        LineKind::Open { .. } | LineKind::Close { .. } => false,
        LineKind::Folded { count, .. } if count > 0 => true,
        _ => return None,
    };
    (!line.pointer.is_empty()).then(|| (line.pointer.clone(), is_folded))
}

fn fold(state: &mut State, wish: Option<bool>) {
    let Some((pointer, is_folded)) = foldable(state) else {
        return;
    };
    if wish == Some(is_folded) {
        return;
    }
    if is_folded {
        state.payload.folded.remove(&pointer);
    } else {
        state.payload.folded.insert(pointer.clone());
    }
    build(state);
    let line = state
        .payload
        .lines
        .iter()
        .position(|line| line.pointer == pointer);
    state.payload.cursor.at = line.unwrap_or(state.payload.cursor.at);
}

/// Folds everything but the whole, or nothing.
fn fold_all(state: &mut State, all: bool) {
    let Some(Ok(payload)) = state.payload.shown.as_ref().map(|shown| &shown.payload) else {
        return;
    };
    let folded = if all {
        json::containers(&payload.value)
    } else {
        std::collections::HashSet::new()
    };
    let mut pointer = state
        .payload
        .line()
        .map_or_else(String::new, |line| line.pointer.clone());
    state.payload.folded = folded;
    build(state);
    // The cursor stays on its field, or on what it is folded in.
    loop {
        let line = state
            .payload
            .lines
            .iter()
            .position(|line| line.pointer == pointer);
        if let Some(line) = line {
            state.payload.cursor.at = line;
            return;
        }
        match pointer.rfind('/') {
            Some(at) => pointer.truncate(at),
            None => return,
        }
    }
}

/// Unfolds what a place is in.
pub(super) fn unfold_to(state: &mut State, pointer: &str) {
    let before = state.payload.folded.len();
    state
        .payload
        .folded
        .retain(|folded| !pointer.starts_with(&format!("{folded}/")));
    if state.payload.folded.len() != before {
        build(state);
    }
}

/// Puts the cursor on the line of a place, unfolding what it is in.
pub fn go_to_place(state: &mut State, pointer: &str) {
    unfold_to(state, pointer);
    if let Some(line) = state
        .payload
        .lines
        .iter()
        .position(|line| line.pointer == pointer)
    {
        state.payload.cursor.at = line;
    }
}

/// A vendor's payload comes to the front, and the keys go to it; the cursor to that place, if one is given.
pub fn show_at(state: &mut State, tab: usize, pointer: Option<&str>) {
    state.payload.focused = true;
    if tab == state.vendors.front {
        if let Some(pointer) = pointer {
            go_to_place(state, pointer);
        }
        return;
    }
    super::vendors::bring(state, tab);
    state.payload.jump = pointer.map(|pointer| Jump::To(pointer.to_owned()));
}

/// Whether the payload's keys have a payload to work on.
pub fn may(state: &State, command: Command) -> Result<(), String> {
    use Command as C;
    let shown = state.payload.shown.as_ref().ok_or("there is no payload")?;
    shown.payload.as_ref().map_err(Clone::clone)?;
    match command {
        C::BackToSource => to_take_back(state).map(|_| ()),
        _ if state.view != View::Orders => Err("it doesn't apply to this view".to_owned()),
        _ => Ok(()),
    }
}
