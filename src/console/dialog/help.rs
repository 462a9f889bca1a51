//! The keys that work here and what they do, from the table of commands.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::{Flow, Input, Layer, keys};
use crate::console::action::{Command, Place, TABLE};
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::pane::order_list::legend;
use crate::console::state::State;
use crate::console::widget::{pane, text};

/// The keys of some places.
#[derive(Debug)]
pub struct Help {
    /// The most special one first; the rest follows below.
    places: Vec<Place>,
    top: usize,
}

impl Help {
    /// Help for where the operator is; what works elsewhere follows.
    pub fn here(state: &State) -> Self {
        let mut places = state.places();
        places.extend(Place::ALL);
        let mut seen = Vec::new();
        places.retain(|place| {
            let new = !seen.contains(place);
            seen.push(*place);
            new
        });
        Self { places, top: 0 }
    }

    fn lines(&self, state: &State, columns: usize) -> Vec<Line<'static>> {
        let theme = &state.theme;
        let mut lines = Vec::new();
        for place in &self.places {
            let mut rows = TABLE.iter().filter(|spec| {
                spec.places.contains(place) && !state.keymap.keys(spec.command).is_empty()
            });
            let Some(first) = rows.next() else { continue };
            if !lines.is_empty() {
                lines.push(Line::default());
            }
            lines.push(Line::styled(place.title(), theme.accent));
            for spec in std::iter::once(first).chain(rows) {
                let help = text::wrap(spec.help, columns.saturating_sub(18));
                for (index, part) in help.into_iter().enumerate() {
                    let key = if index == 0 {
                        state.keymap.all(spec.command)
                    } else {
                        String::new()
                    };
                    lines.push(Line::from(vec![
                        Span::styled(text::right_fit(&key, 15), theme.key),
                        Span::raw(format!("   {part}")),
                    ]));
                }
            }
            if *place == Place::Orders {
                lines.push(Line::default());
                lines.push(Line::styled("Signs in the list of orders", theme.accent));
                for (signs, words) in legend(state) {
                    lines.push(Line::from(vec![
                        Span::styled(text::right_fit(&signs, 15), theme.strong),
                        Span::raw(format!("   {words}")),
                    ]));
                }
            }
        }
        lines
    }

    fn page(state: &State) -> usize {
        usize::from(state.size.1.saturating_sub(6)).max(1)
    }
}

impl Layer for Help {
    fn act(&mut self, input: Input<'_>, state: &mut State, _effects: &mut Vec<Effect>) -> Flow {
        let page = Self::page(state);
        let last = self.lines(state, 80).len().saturating_sub(page);
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
        let area = layout::middle(state.size, 100, page as u16 + 2);
        let title = Line::styled(" Help ", state.theme.strong);
        let bottom = keys(
            state,
            &[
                (Command::Down, "down"),
                (Command::PageDown, "page"),
                (Command::Back, "back"),
            ],
        );
        let inner = pane::dialog(frame, area, title, bottom, state.theme.border_focus);
        let lines = self.lines(state, usize::from(inner.width));
        pane::lines(
            frame,
            inner,
            lines.into_iter().skip(self.top).take(page).collect(),
        );
    }
}
