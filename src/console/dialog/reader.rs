//! A text to read: a request as it would leave, an exchange whole. It scrolls.

use ratatui::Frame;
use ratatui::text::Line;

use super::{Flow, Input, Layer, keys};
use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::state::State;
use crate::console::widget::{pane, text};

/// A text to read.
#[derive(Debug)]
pub struct Reader {
    title: String,
    lines: Vec<String>,
    top: usize,
}

impl Reader {
    /// A text with its title.
    pub fn new(title: impl Into<String>, lines: Vec<String>) -> Self {
        Self {
            title: title.into(),
            lines,
            top: 0,
        }
    }

    fn page(state: &State) -> usize {
        usize::from(state.size.1.saturating_sub(6)).max(1)
    }
}

impl Layer for Reader {
    fn act(&mut self, input: Input<'_>, state: &mut State, _effects: &mut Vec<Effect>) -> Flow {
        let page = Self::page(state);
        let last = self.lines.len().saturating_sub(page);
        match input {
            Input::Command(Command::Back | Command::Accept) => return Flow::Close,
            Input::Command(Command::Up) => self.top = self.top.saturating_sub(1),
            Input::Command(Command::Down) => self.top = (self.top + 1).min(last),
            Input::Command(Command::PageUp) => self.top = self.top.saturating_sub(page - 1),
            Input::Command(Command::PageDown) => self.top = (self.top + page - 1).min(last),
            Input::Command(Command::Top) => self.top = 0,
            Input::Command(Command::Bottom) => self.top = last,
            _ => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let page = Self::page(state);
        let area = layout::middle(state.size, state.size.0, page as u16 + 2);
        let title = Line::styled(
            format!(" {} ", text::shown(&self.title)),
            state.theme.strong,
        );
        let bottom = keys(
            state,
            &[
                (Command::Down, "down"),
                (Command::PageDown, "page"),
                (Command::Back, "back"),
            ],
        );
        let inner = pane::dialog(frame, area, title, bottom, state.theme.border_focus);
        let columns = usize::from(inner.width);
        let lines = self
            .lines
            .iter()
            .skip(self.top)
            .take(page)
            .map(|line| Line::raw(text::fit(&text::shown(line), columns)))
            .collect();
        pane::lines(frame, inner, lines);
    }
}
