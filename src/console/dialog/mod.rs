//! Dialogs: layers over the view. Each is one file with a struct that implements [`Layer`]; to open one, push it
//! onto [`State::layers`].

pub mod cancel;
pub mod choice;
pub mod confirm;
pub mod consent;
pub mod doubt;
pub mod edit;
pub mod export;
pub mod filters;
pub mod findings;
pub mod fix_all;
pub mod help;
pub mod open;
pub mod palette;
pub mod plan_words;
pub mod profile;
pub mod reader;
pub mod resume;
pub mod retry;
pub mod run_orders;
pub mod submit;

use std::fmt::Debug;

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::Frame;

use super::action::{Command, Place};
use super::effect::Effect;
use super::event::Arrival;
use super::state::State;

/// What a dialog is given.
#[derive(Debug)]
pub enum Input<'a> {
    /// A command, by its key.
    Command(Command),
    /// A key for the text that is typed; only while [`Layer::is_typing`].
    Text(KeyEvent),
    /// Pasted text.
    Paste(&'a str),
    /// The mouse.
    Mouse(MouseEvent),
    /// Something finished outside. The state has taken it in already.
    Arrived(&'a Arrival),
}

/// What becomes of a dialog after it was given something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// It stays. Layers that it pushed lie above it.
    Stay,
    /// It closes.
    Close,
}

/// A dialog.
pub trait Layer: Debug + Send {
    /// Where its keys apply, besides those of every dialog.
    fn places(&self) -> &'static [Place] {
        &[]
    }
    /// Whether letters are text.
    fn is_typing(&self) -> bool {
        false
    }
    /// Whether left and right choose something, though letters are text.
    fn uses_arrows(&self) -> bool {
        false
    }
    /// Takes what it is given. It isn't on the stack meanwhile.
    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow;
    /// Draws it over the whole screen.
    fn draw(&self, frame: &mut Frame<'_>, state: &State);
}

/// The keys of a dialog for its lower border: `enter choose   esc back`.
pub fn keys(state: &State, shown: &[(Command, &str)]) -> ratatui::text::Line<'static> {
    use ratatui::text::{Line, Span};
    let mut spans = vec![Span::raw(" ")];
    for (command, label) in shown {
        spans.push(Span::styled(state.keymap.first(*command), state.theme.key));
        spans.push(Span::styled(format!(" {label}  "), state.theme.dim));
    }
    Line::from(spans)
}
