//! The mouse over the payload: what a key does, it does.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::{fold, page};
use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::pane::payload::tabs;
use crate::console::state::{State, View};
use crate::console::update;
use crate::console::widget::json::LineKind;
use crate::console::widget::text;

/// Lines that one step of the wheel moves.
const WHEEL: usize = 3;

/// The mouse. Returns whether it was over the payload.
pub fn mouse(state: &mut State, mouse: MouseEvent, effects: &mut Vec<Effect>) -> bool {
    if state.view != View::Orders || state.is_welcome() {
        return false;
    }
    let at = Position::new(mouse.column, mouse.row);
    let strip = state.responses.list.len();
    let areas = layout::orders(state.room(), state.payload.focused, strip);
    let Some(area) = areas.payload.filter(|area| area.contains(at)) else {
        return false;
    };
    match mouse.kind {
        MouseEventKind::ScrollUp => scroll(state, area, false),
        MouseEventKind::ScrollDown => scroll(state, area, true),
        MouseEventKind::Down(MouseButton::Left) => click(state, area, at, effects),
        _ => {}
    }
    true
}

/// The lines move under the cursor, which stays on the screen.
fn scroll(state: &mut State, area: Rect, down: bool) {
    let (page, lines) = (page(Some(area)), state.payload.lines.len());
    let cursor = &mut state.payload.cursor;
    cursor.top = if down {
        (cursor.top + WHEEL).min(lines.saturating_sub(page))
    } else {
        cursor.top.saturating_sub(WHEEL)
    };
    cursor.at = cursor.at.clamp(cursor.top, cursor.top + page.max(1) - 1);
    cursor.settle(lines, page);
}

fn click(state: &mut State, area: Rect, at: Position, effects: &mut Vec<Effect>) {
    if at.y == area.y {
        if let Some(tab) = tab_at(state, at.x - area.x) {
            update::vendors::bring(state, tab);
        }
        return;
    }
    state.payload.focused = true;
    let row = usize::from(at.y - area.y - 1);
    let line = state.payload.cursor.top + row;
    if row >= page(Some(area)) || line >= state.payload.lines.len() {
        return;
    }
    state.payload.search.search.typing = false;
    state.payload.cursor.at = line;
    let twice = state.payload.clicked.again(line, state.now);
    let Some(kind) = state.payload.line().map(|line| line.kind.clone()) else {
        return;
    };
    let container = matches!(kind, LineKind::Open { .. } | LineKind::Folded { .. });
    // The triangle stands in the first column inside the border.
    if container && (at.x == area.x + 1 || twice) {
        state.payload.clicked.forget();
        fold(state, None);
    } else if twice {
        let command = match kind {
            LineKind::Fix(_) => Command::Fix,
            _ => Command::Edit,
        };
        update::command(state, command, effects);
    }
}

/// The vendor whose name stands in that column of the pane's head.
pub fn tab_at(state: &State, column: u16) -> Option<usize> {
    // The corner stands before it.
    let mut end = 1;
    for (tab, span) in tabs(state) {
        let begin = end;
        end += text::width(&span.content);
        if (begin..end).contains(&usize::from(column)) {
            return tab;
        }
    }
    None
}
