//! Dialogs: layers over the view. Each is one file with a struct that implements [`Layer`]; to open one, push it
//! onto [`State::layers`].

pub mod about_file;
pub mod cancel;
pub mod changed;
pub mod choice;
pub mod columns;
pub mod compare;
pub mod confirm;
pub mod consent;
pub mod doubt;
pub mod edit;
pub mod edits;
pub mod exchange;
pub mod export;
pub mod files;
pub mod filters;
pub mod findings;
pub mod fix_all;
pub mod help;
pub mod legend;
pub mod lookup;
pub mod manual;
pub mod open;
pub mod palette;
pub mod plan_words;
pub mod profile;
pub mod reader;
pub mod reading;
pub mod resume;
pub mod retry;
pub mod run_orders;
pub mod several;
pub mod submit;
pub mod text_view;
pub mod typed;
pub mod unsaved;

use std::fmt::Debug;

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::action::{Command, Place};
use super::effect::Effect;
use super::event::Arrival;
use super::state::State;
use super::widget::{pane, text};

/// What a dialog is given.
#[derive(Debug)]
pub enum Input<'a> {
    /// A command, by its key.
    Command(Command),
    /// A key for the text that is typed; only while [`Layer::is_typing`].
    Text(KeyEvent),
    /// Pasted text.
    Paste(&'a str),
    /// A click inside it, beside the keys on its border. The wheel comes as [`Command::Up`] and [`Command::Down`].
    Mouse(Click),
    /// Something finished outside. The state has taken it in already.
    Arrived(&'a Arrival),
}

/// A click of the left button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Click {
    /// The cell.
    pub at: Position,
    /// Whether the last thing done was a click on the same cell: it chooses then, else it selects. So nothing is
    /// ever sent by a single click.
    pub again: bool,
}

/// A dialog's frame: where it stands, and the keys on its lower border. Drawing and the mouse read the same.
#[derive(Debug, Clone, Default)]
pub struct Border {
    /// The dialog.
    pub area: Rect,
    /// Commands with what they do here, in a word or two.
    pub keys: Vec<(Command, String)>,
}

impl Border {
    /// A frame with its keys.
    pub fn new(area: Rect, shown: &[(Command, &str)]) -> Self {
        let keys = shown.iter();
        Self {
            area,
            keys: keys
                .map(|(key, label)| (*key, (*label).to_owned()))
                .collect(),
        }
    }

    /// The room inside.
    pub fn inner(&self) -> Rect {
        Rect {
            x: self.area.x + 2,
            y: self.area.y + 1,
            width: self.area.width.saturating_sub(4),
            height: self.area.height.saturating_sub(2),
        }
    }

    /// The line inside that a cell belongs to.
    pub fn line(&self, at: Position) -> Option<usize> {
        let inner = self.inner();
        inner
            .contains(at)
            .then(|| usize::from(at.y.saturating_sub(inner.y)))
    }

    /// The column inside.
    pub fn column(&self, at: Position) -> usize {
        usize::from(at.x.saturating_sub(self.inner().x))
    }

    /// The key on the border that a cell belongs to.
    pub fn key(&self, at: Position, state: &State) -> Option<&(Command, String)> {
        if self.area.height == 0 || at.y != self.area.bottom() - 1 {
            return None;
        }
        let shown: Vec<_> = self
            .keys
            .iter()
            .map(|(key, label)| (*key, &**label))
            .collect();
        let wide = keys(state, &shown).width() as u16;
        // The line stands at the right end, before the corner.
        let mut x = self.area.right().saturating_sub(wide + 1) + 1;
        self.keys.iter().find(|(command, label)| {
            let key = state.keymap.first(*command);
            let words = (text::width(&key) + 1 + text::width(label)) as u16;
            let hit = (x..x + words).contains(&at.x);
            // One without a word stands right before the next, behind a stroke.
            x += words + if label.is_empty() { 0 } else { 2 };
            hit
        })
    }

    /// Draws the frame. Returns the room inside.
    pub fn draw(
        &self,
        frame: &mut Frame<'_>,
        title: Line<'_>,
        style: Style,
        state: &State,
    ) -> Rect {
        let shown: Vec<_> = self
            .keys
            .iter()
            .map(|(key, label)| (*key, &**label))
            .collect();
        pane::dialog(frame, self.area, title, keys(state, &shown), style)
    }
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
    /// Its frame, where the mouse is to find it.
    fn border(&self, _state: &State) -> Option<Border> {
        None
    }
    /// Whether it is the help, which isn't opened over itself.
    fn is_help(&self) -> bool {
        false
    }
    /// Takes what it is given. It isn't on the stack meanwhile.
    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow;
    /// Whether it reads the mouse itself, as one with panes of its own does. The others get clicks as
    /// [`Input::Mouse`], and the wheel as keys.
    fn reads_mouse(&self) -> bool {
        false
    }
    /// Takes the mouse, where it reads it itself; as [`Layer::act`].
    fn mouse(
        &mut self,
        _mouse: MouseEvent,
        _state: &mut State,
        _effects: &mut Vec<Effect>,
    ) -> Flow {
        Flow::Stay
    }
    /// Draws it over the whole screen.
    fn draw(&self, frame: &mut Frame<'_>, state: &State);
}

/// The keys of a dialog for its lower border: `enter choose   esc back`. One without a word shares that of the next:
/// `left/right move`.
pub fn keys(state: &State, shown: &[(Command, &str)]) -> Line<'static> {
    let mut spans = vec![Span::raw(" ")];
    for (command, label) in shown {
        spans.push(Span::styled(state.keymap.first(*command), state.theme.key));
        let label = match *label {
            "" => "/".to_owned(),
            label => format!(" {label}  "),
        };
        spans.push(Span::styled(label, state.theme.dim));
    }
    Line::from(spans)
}
