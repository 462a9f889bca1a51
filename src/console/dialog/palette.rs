//! Every command by its name: type a few letters, enter does it.

use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::{Flow, Input, Layer, keys};
use crate::console::action::{Command, Spec, TABLE};
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::state::State;
use crate::console::update;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::input;
use crate::console::widget::{pane, text};

/// Lines of the list.
const PAGE: usize = 14;

/// The palette.
#[derive(Debug, Default)]
pub struct Palette {
    input: input::Input,
    cursor: Cursor,
}

/// Commands that make no sense to choose from a list.
fn is_listed(command: Command) -> bool {
    use Command as C;
    !matches!(
        command,
        C::Up
            | C::Down
            | C::Left
            | C::Right
            | C::PageUp
            | C::PageDown
            | C::Top
            | C::Bottom
            | C::Accept
            | C::Back
            | C::Palette
            | C::NextPane
            | C::PreviousPane
            | C::CancelMode
            | C::LookAtRequest
            | C::Stop
    )
}

impl Palette {
    /// The commands that fit what is typed: those that can be done now first.
    fn rows(&self, state: &State) -> Vec<(&'static Spec, Result<(), String>)> {
        let words: Vec<String> = self
            .input
            .text()
            .to_lowercase()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        let mut rows: Vec<_> = TABLE
            .iter()
            .filter(|spec| is_listed(spec.command))
            .filter(|spec| {
                let haystack = format!("{} {}", spec.name, spec.help).to_lowercase();
                words.iter().all(|word| haystack.contains(word.as_str()))
            })
            .map(|spec| (spec, update::available(state, spec.command)))
            .collect();
        rows.sort_by_key(|(spec, can)| {
            let begins = words
                .first()
                .is_some_and(|word| spec.name.starts_with(word.as_str()));
            (can.is_err(), !begins)
        });
        rows
    }
}

impl Layer for Palette {
    fn is_typing(&self) -> bool {
        true
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Text(key) => self.typed(key),
            Input::Paste(text) => self.input.paste(text),
            Input::Command(Command::Back) => return Flow::Close,
            Input::Command(Command::Accept) => {
                let rows = self.rows(state);
                return match rows.get(self.cursor.at) {
                    Some((spec, Ok(()))) => {
                        update::command(state, spec.command, effects);
                        Flow::Close
                    }
                    _ => Flow::Stay,
                };
            }
            Input::Command(command) => {
                let rows = self.rows(state).len();
                self.cursor.act(command, rows, PAGE);
            }
            Input::Mouse(_) | Input::Arrived(_) => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let area = layout::middle(state.size, 96, PAGE as u16 + 4);
        let title = Line::styled(" Commands ", theme.strong);
        let bottom = keys(
            state,
            &[(Command::Accept, "do it"), (Command::Back, "back")],
        );
        let inner = pane::dialog(frame, area, title, bottom, theme.border_focus);
        let columns = usize::from(inner.width);
        let mut typed = vec![Span::styled(": ", theme.key)];
        typed.extend(
            self.input
                .spans(columns.saturating_sub(2), true, theme.text, theme),
        );
        pane::row(frame, inner, 0, Line::from(typed), None);
        let rows = self.rows(state);
        if rows.is_empty() {
            let none = Line::styled("no command has these words", theme.dim);
            return pane::row(frame, inner, 2, none, None);
        }
        for (line, index) in self.cursor.shown(rows.len(), PAGE).enumerate() {
            let (spec, can) = &rows[index];
            let at = index == self.cursor.at;
            let (words, style) = match can {
                Ok(()) => (spec.help.to_owned(), theme.text),
                Err(why) => (format!("not now: {why}"), theme.dim),
            };
            let key = state.keymap.first(spec.command);
            let room = columns.saturating_sub(2 + 17 + 10);
            let content = Line::from(vec![
                Span::styled(if at { "▸ " } else { "  " }, theme.accent),
                Span::styled(text::left(spec.name, 17), style),
                Span::styled(text::left(&words, room), theme.dim),
                Span::styled(text::right(&key, 10), theme.key),
            ]);
            pane::row(
                frame,
                inner,
                line + 2,
                content,
                at.then_some(theme.selection),
            );
        }
    }
}

impl Palette {
    fn typed(&mut self, key: KeyEvent) {
        if self.input.key(key) {
            self.cursor = Cursor::default();
        }
    }
}
