//! A mapping would be left that isn't saved: enter saves it, leaving without saving has a key of its own.

use ratatui::Frame;
use ratatui::text::Line;

use super::confirm::Yes;
use super::{Border, Flow, Input, Layer};
use crate::console::action::{Command, Place};
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::state::State;
use crate::console::update;
use crate::console::widget::{pane, text};

const WORDS: &str =
    "What you changed in the mapping isn't saved and would be lost if you left without saving.";

/// The question.
#[derive(Debug)]
pub struct Unsaved {
    /// What is done where it is left without saving.
    leave: Yes,
}

impl Unsaved {
    /// The question, with what leaving does.
    pub fn new(leave: Yes) -> Self {
        Self { leave }
    }

    fn frame(state: &State) -> Border {
        let lines = text::wrap(WORDS, 60).len() as u16;
        Border::new(
            layout::middle(state.size, 70, lines + 2),
            &[
                (Command::Accept, ""),
                (Command::SaveMapping, "save"),
                (Command::DiscardMapping, "leave without saving"),
                (Command::Back, "stay"),
            ],
        )
    }
}

impl Layer for Unsaved {
    fn places(&self) -> &'static [Place] {
        &[Place::Unsaved]
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(Self::frame(state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Command(Command::Accept | Command::SaveMapping) => {
                update::save_mapping(state);
                Flow::Close
            }
            Input::Command(Command::DiscardMapping) => {
                (self.leave)(state, effects);
                Flow::Close
            }
            Input::Command(Command::Back) => Flow::Close,
            _ => Flow::Stay,
        }
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let title = Line::styled(" The mapping isn't saved ", state.theme.strong);
        let inner = Self::frame(state).draw(frame, title, state.theme.warning, state);
        let lines = text::wrap(WORDS, 60).into_iter().map(Line::from);
        pane::lines(frame, inner, lines.collect());
    }
}
