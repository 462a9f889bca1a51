//! How a file is read, where the operator knows better than what was detected: its encoding, what stands between
//! cells, the line of its header, its sheet.

mod rows;

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::Frame;
use ratatui::text::{Line, Span};

use self::rows::{Row, Value, What};
use super::{Border, Click, Flow, Input, Layer};
use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::event::Arrival;
use crate::console::layout;
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::update;
use crate::console::widget::{input, pane, text};
use crate::source::Reading;
use crate::workspace::HowRead;

pub(super) use self::rows::{delimiter_words, said_words};

/// Columns of the dialog.
const WIDTH: u16 = 78;
/// Columns of the names at the left.
const NAMES: usize = 14;
/// Rows of lines, so that it doesn't grow when more is known.
const LINES: usize = 4;
/// Rows of the help and of what is wrong.
const HELP: usize = 2;

/// The dialog.
#[derive(Debug)]
pub struct ReadingDialog {
    path: PathBuf,
    /// What was said before.
    before: Reading,
    rows: Vec<Row>,
    at: usize,
    /// The beginning of the file is being looked at.
    looking: bool,
    trouble: Option<&'static str>,
}

impl ReadingDialog {
    /// Of the file in front.
    pub fn of_front(state: &State) -> Option<Self> {
        let source = state.file.deck.as_ref()?.source();
        let how = HowRead::from(source);
        Some(Self::of(
            PathBuf::from(source.identity()),
            source.reading().clone(),
            Some(&how),
        ))
    }

    /// Of a file that isn't open yet; its beginning is looked at first.
    pub fn of_path(path: PathBuf, effects: &mut Vec<Effect>) -> Self {
        effects.push(Effect::Peek(path.clone()));
        let mut dialog = Self::of(path, Reading::default(), None);
        dialog.looking = true;
        dialog
    }

    fn of(path: PathBuf, said: Reading, how: Option<&HowRead>) -> Self {
        Self {
            path,
            rows: rows::rows(how, &said),
            before: said,
            at: 0,
            looking: false,
            trouble: None,
        }
    }

    fn frame(state: &State) -> Border {
        let height = LINES + HELP + 5;
        let area = layout::middle(state.size, WIDTH, height as u16);
        let shown = [
            (Command::Right, "choose"),
            (Command::NextPane, "next line"),
            (Command::Accept, "read it so"),
            (Command::Back, "back"),
        ];
        Border::new(area, &shown)
    }

    fn step(&mut self, forward: bool) {
        let count = self.rows.len().max(1);
        self.at = (self.at + if forward { 1 } else { count - 1 }) % count;
    }

    fn accept(&mut self, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match rows::reading(&self.rows, &self.before) {
            Ok(reading) => {
                // What lies below would keep the file from coming to the front.
                state.layers.clear();
                update::file::read_as(state, self.path.clone(), reading, effects);
                Flow::Close
            }
            Err((line, why)) => {
                self.at = line;
                self.trouble = Some(why);
                Flow::Stay
            }
        }
    }

    fn key(&mut self, key: crossterm::event::KeyEvent) {
        let Some(row) = self.rows.get_mut(self.at) else {
            return;
        };
        let held = key.modifiers.contains(KeyModifiers::CONTROL);
        match (&mut row.value, key.code) {
            (Value::Text(_), KeyCode::Char(c))
                if row.what == What::HeaderLine && !held && !c.is_ascii_digit() => {}
            (Value::Text(input), _) => {
                input.key(key);
            }
            (Value::Choice(_, at), KeyCode::Backspace | KeyCode::Delete) => *at = 0,
            (Value::Choice(..), KeyCode::Char(c)) if !held => row.letter(c),
            _ => {}
        }
    }

    fn click(&mut self, click: Click, state: &State) {
        // The file's name and a blank stand above the lines.
        let line = Self::frame(state).line(click.at);
        let Some(line) = line.and_then(|line| line.checked_sub(2)) else {
            return;
        };
        if line < self.rows.len() {
            if click.again && line == self.at {
                self.rows[line].turn(true);
            }
            self.at = line;
        }
    }

    fn line(&self, index: usize, columns: usize, theme: &Theme) -> Line<'static> {
        let row = &self.rows[index];
        let at = index == self.at;
        let style = if at { theme.accent } else { theme.text };
        let mut spans = vec![
            Span::styled(if at { "▸ " } else { "  " }, theme.accent),
            Span::styled(text::left(row.what.label(), NAMES), style),
        ];
        let room = columns.saturating_sub(NAMES + 2);
        let detected = match row.detected.as_str() {
            "" => "as detected".to_owned(),
            words => format!("as detected: {words}"),
        };
        match &row.value {
            Value::Text(typed) => {
                let width = if row.said().is_some() { room } else { 2 };
                spans.extend(typed.spans(width, at, theme.text, theme));
                if row.said().is_none() {
                    spans.push(input::hint(&detected, room.saturating_sub(2), theme));
                }
            }
            Value::Choice(choices, chosen) => {
                let said = row.said().map(|said| match row.what {
                    What::Delimiter => said
                        .bytes()
                        .next()
                        .map_or_else(String::new, delimiter_words),
                    _ => said.to_owned(),
                });
                let standing = format!(" ›  {} of {}", chosen + 1, choices.len());
                let room = room.saturating_sub(2 + text::width(&standing));
                let mut words = match said {
                    Some(said) => Span::styled(text::fit(&text::shown(&said), room), theme.text),
                    None => input::hint(&detected, room, theme),
                };
                if at {
                    words.style = theme.selection.patch(theme.accent);
                    spans.push(Span::styled("‹ ", theme.dim));
                    spans.push(words);
                    spans.push(Span::styled(standing, theme.dim));
                } else {
                    spans.push(words);
                }
            }
        }
        Line::from(spans)
    }
}

impl Layer for ReadingDialog {
    fn border(&self, state: &State) -> Option<Border> {
        Some(Self::frame(state))
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn uses_arrows(&self) -> bool {
        self.rows.get(self.at).is_some_and(Row::is_choice)
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        if !matches!(input, Input::Arrived(_)) {
            self.trouble = None;
        }
        match input {
            Input::Arrived(Arrival::Peeked { path, peek })
                if self.looking && *path == self.path =>
            {
                self.looking = false;
                if let Ok(peek) = peek {
                    self.rows = rows::rows(peek.how.as_ref(), &peek.said);
                    self.before = peek.said.clone();
                    self.at = 0;
                }
            }
            Input::Command(Command::Back) => return Flow::Close,
            // What can be said isn't known before.
            _ if self.looking => {}
            Input::Command(Command::Accept) => return self.accept(state, effects),
            Input::Command(Command::Right) => self.rows[self.at].turn(true),
            Input::Command(Command::Left) => self.rows[self.at].turn(false),
            Input::Command(Command::Down | Command::NextPane) => self.step(true),
            Input::Command(Command::Up | Command::PreviousPane) => self.step(false),
            Input::Text(key) => self.key(key),
            Input::Paste(pasted) => {
                if let Some(Value::Text(input)) =
                    self.rows.get_mut(self.at).map(|row| &mut row.value)
                {
                    input.paste(pasted);
                }
            }
            Input::Mouse(click) => self.click(click, state),
            _ => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let title = Line::styled(" How the file is read ", theme.strong);
        let inner = Self::frame(state).draw(frame, title, theme.border_focus, state);
        let columns = usize::from(inner.width);
        let path = text::keep_end(&text::shown(&self.path.display().to_string()), columns);
        pane::row(frame, inner, 0, Line::styled(path, theme.dim), None);
        if self.looking {
            let words = Line::styled("its beginning is being looked at", theme.dim);
            return pane::row(frame, inner, 2, words, None);
        }
        for index in 0..self.rows.len() {
            pane::row(
                frame,
                inner,
                2 + index,
                self.line(index, columns, theme),
                None,
            );
        }
        let (words, style) = match (self.trouble, self.rows.get(self.at)) {
            (Some(why), _) => (format!("✗ {why}"), theme.error),
            (None, Some(row)) => (row.what.help().to_owned(), theme.dim),
            (None, None) => (String::new(), theme.dim),
        };
        let parts = text::wrap(&words, columns).into_iter().take(HELP);
        for (row, part) in parts.enumerate() {
            let line = Line::styled(part, style);
            pane::row(frame, inner, 3 + LINES + row, line, None);
        }
    }
}
