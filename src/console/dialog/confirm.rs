//! Are you sure: words, and one key for yes.

use ratatui::Frame;
use ratatui::text::Line;

use super::{Border, Flow, Input, Layer};
use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::state::State;
use crate::console::widget::{pane, text};

/// What is done after a yes.
pub type Yes = fn(&mut State, &mut Vec<Effect>);

/// A question.
#[derive(Debug)]
pub struct Confirm {
    title: &'static str,
    words: String,
    /// What enter does, in a word.
    yes: &'static str,
    then: Yes,
    /// Once this holds nothing is left to ask: it is a yes.
    moot: Option<fn(&State) -> bool>,
}

impl Confirm {
    /// A question with what enter does.
    pub fn new(
        title: &'static str,
        words: impl Into<String>,
        yes: &'static str,
        then: Yes,
    ) -> Self {
        Self {
            title,
            words: words.into(),
            yes,
            then,
            moot: None,
        }
    }

    /// Takes it as a yes once this holds.
    #[must_use]
    pub fn moot_when(mut self, holds: fn(&State) -> bool) -> Self {
        self.moot = Some(holds);
        self
    }
}

impl Confirm {
    fn lines(&self) -> Vec<String> {
        text::wrap(&text::shown(&self.words), 60)
    }

    fn frame(&self, state: &State) -> Border {
        let area = layout::middle(state.size, 64, self.lines().len() as u16 + 2);
        Border::new(
            area,
            &[(Command::Accept, self.yes), (Command::Back, "back")],
        )
    }
}

impl Layer for Confirm {
    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Command(Command::Accept) => {
                (self.then)(state, effects);
                Flow::Close
            }
            Input::Arrived(_) if self.moot.is_some_and(|holds| holds(state)) => {
                (self.then)(state, effects);
                Flow::Close
            }
            Input::Command(Command::Back) => Flow::Close,
            _ => Flow::Stay,
        }
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let lines = self.lines();
        let title = Line::styled(format!(" {} ", self.title), state.theme.strong);
        let border = self.frame(state);
        let inner = border.draw(frame, title, state.theme.warning, state);
        pane::lines(frame, inner, lines.into_iter().map(Line::from).collect());
    }
}
