//! The mouse over dialogs: a click selects, a second one on the same cell chooses, the wheel moves, the keys on the
//! border are buttons. A click outside does nothing.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use crate::console::action::Command;
use crate::console::dialog::{Click, Flow, Input};
use crate::console::effect::Effect;
use crate::console::state::{State, Tone};

/// The mouse, while a dialog lies over the view.
pub(super) fn mouse(state: &mut State, mouse: MouseEvent, effects: &mut Vec<Effect>) {
    let Some(top) = state.layers.len().checked_sub(1) else {
        return;
    };
    if state.layers[top].reads_mouse() && !is_on_key(state, top, mouse) {
        let mut layer = state.layers.remove(top);
        if layer.mouse(mouse, state, effects) == Flow::Stay {
            state.layers.insert(top.min(state.layers.len()), layer);
        }
        return;
    }
    let before = state.clicked.take();
    match mouse.kind {
        MouseEventKind::ScrollUp => wheel(state, top, Command::Up, effects),
        MouseEventKind::ScrollDown => wheel(state, top, Command::Down, effects),
        MouseEventKind::Down(MouseButton::Left) => {
            let at = Position::new(mouse.column, mouse.row);
            let again = before == Some(at);
            if !again {
                state.clicked = Some(at);
            }
            click(state, top, Click { at, again }, effects);
        }
        _ => {}
    }
}

/// Whether the button was pressed on a key of the dialog's border.
fn is_on_key(state: &State, top: usize, mouse: MouseEvent) -> bool {
    let at = Position::new(mouse.column, mouse.row);
    matches!(mouse.kind, MouseEventKind::Down(MouseButton::Left))
        && state.layers[top]
            .border(state)
            .is_some_and(|border| border.key(at, state).is_some())
}

fn wheel(state: &mut State, top: usize, command: Command, effects: &mut Vec<Effect>) {
    super::to_layer(state, top, Input::Command(command), effects);
}

fn click(state: &mut State, top: usize, click: Click, effects: &mut Vec<Effect>) {
    let Some(border) = state.layers.get(top).and_then(|layer| layer.border(state)) else {
        // It knows itself where it stands.
        super::to_layer(state, top, Input::Mouse(click), effects);
        return;
    };
    let layers = state.layers.len();
    let flow = match border.key(click.at, state).cloned() {
        // What enter does may send: it takes a second click.
        Some((Command::Accept, label)) if !click.again => {
            state.say(Tone::Info, format!("click again: {label}"));
            return;
        }
        Some((command, _)) => super::to_layer(state, top, Input::Command(command), effects),
        None if border.area.contains(click.at) => {
            super::to_layer(state, top, Input::Mouse(click), effects)
        }
        None => return,
    };
    // What lies there now is another dialog: the next click is its first one.
    if flow == Flow::Close || state.layers.len() != layers {
        state.clicked = None;
    }
}
