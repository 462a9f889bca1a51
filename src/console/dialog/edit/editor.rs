//! What is typed or chosen: one editor for every form of field.

use std::borrow::Cow;
use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui_textarea::{CursorMove, TextArea};

use super::form::{Form, Reading};
use super::step::step;
use crate::console::action::Command;
use crate::console::theme::Theme;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::input::Input;
use crate::console::widget::text;

/// Lines of a text of several.
const LINES: usize = 6;

/// The editor of one value.
#[derive(Debug)]
pub struct Editor {
    /// Its form.
    pub form: Form,
    /// What it began with.
    pub before: String,
    input: Input,
    lines: TextArea<'static>,
    cursor: Cursor,
    /// What was typed to find a choice.
    typed: String,
}

/// A line of the editor, and the columns of each choice in it.
pub type Drawn = (Line<'static>, Option<Style>, Vec<(Range<usize>, usize)>);

impl Editor {
    /// An editor of that form over a value as text.
    pub fn new(form: Form, before: String) -> Self {
        let at = match &form {
            Form::Choice { choices, .. } => choices
                .iter()
                .position(|choice| *choice == before)
                .unwrap_or(0),
            _ => 0,
        };
        Self {
            input: Input::new(before.clone()),
            lines: area(&before),
            cursor: Cursor { at, top: 0 },
            typed: String::new(),
            form,
            before,
        }
    }

    /// What is chosen or typed.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.form {
            Form::Choice { choices, .. } => {
                Cow::Borrowed(choices.get(self.cursor.at).map_or("", String::as_str))
            }
            Form::Line(_) => Cow::Borrowed(self.input.text()),
            Form::Lines => Cow::Owned(self.lines.lines().join("\n")),
        }
    }

    /// Puts a text in, as far as the form can hold it.
    pub fn put(&mut self, text: &str) {
        match &self.form {
            Form::Choice { choices, .. } => {
                if let Some(at) = choices.iter().position(|choice| choice == text) {
                    self.cursor.at = at;
                }
            }
            Form::Line(_) => self.input = Input::new(text),
            Form::Lines => self.lines = area(text),
        }
    }

    /// Whether left and right choose.
    pub fn is_flat(&self) -> bool {
        matches!(self.form, Form::Choice { flat: true, .. })
    }

    /// As what the line is read.
    pub fn reading(&self) -> Reading {
        match self.form {
            Form::Line(reading) => reading,
            _ => Reading::Text,
        }
    }

    /// How many lines it would like to have.
    pub fn height(&self) -> usize {
        match &self.form {
            Form::Choice { flat: true, .. } | Form::Line(_) => 1,
            Form::Choice { choices, .. } => choices.len(),
            Form::Lines => LINES,
        }
    }

    /// Chooses by number.
    pub fn choose(&mut self, number: usize) {
        if let Form::Choice { choices, .. } = &self.form
            && number < choices.len()
        {
            self.cursor.at = number;
            self.typed.clear();
        }
    }

    /// A key that is text.
    pub fn key(&mut self, key: KeyEvent) {
        match &self.form {
            Form::Choice { .. } => self.find(key),
            Form::Line(_) => {
                self.input.key(key);
            }
            Form::Lines => self.lines_key(key),
        }
    }

    /// Pasted text.
    pub fn paste(&mut self, pasted: &str) {
        match &self.form {
            Form::Choice { choices, .. } => {
                let pasted = pasted.trim();
                if let Some(at) = choices.iter().position(|choice| choice == pasted) {
                    self.choose(at);
                }
            }
            Form::Line(Reading::Text) if pasted.trim_end().contains('\n') => {
                self.new_line();
                self.lines.delete_char();
                self.lines.insert_str(pasted.trim_end());
            }
            Form::Line(_) => self.input.paste(pasted),
            Form::Lines => {
                self.lines.insert_str(pasted.replace("\r\n", "\n"));
            }
        }
    }

    /// A new line where the cursor stands; a line of plain text becomes several.
    pub fn new_line(&mut self) {
        if self.form == Form::Line(Reading::Text) {
            let before = self.input.text().get(..self.input.at()).unwrap_or("");
            let column = before.chars().count() as u16;
            self.lines = area(self.input.text());
            self.lines.move_cursor(CursorMove::Jump(0, column));
            self.form = Form::Lines;
        }
        if self.form == Form::Lines {
            self.lines.insert_newline();
        }
    }

    /// A command that moves or steps. Returns whether it meant something.
    pub fn act(&mut self, command: Command, page: usize) -> bool {
        match &self.form {
            Form::Choice { choices, flat } => {
                let command = match command {
                    Command::Left if *flat => Command::Up,
                    Command::Right if *flat => Command::Down,
                    other => other,
                };
                self.typed.clear();
                self.cursor.act(command, choices.len(), page)
            }
            Form::Line(reading) => {
                let up = match command {
                    Command::Up => true,
                    Command::Down => false,
                    _ => return false,
                };
                match step(self.input.text(), self.input.at(), up, *reading) {
                    Some((text, at)) => self.input.set(text, at),
                    None => return false,
                }
                true
            }
            Form::Lines => {
                self.lines.move_cursor(match command {
                    Command::Up => CursorMove::Up,
                    Command::Down => CursorMove::Down,
                    Command::PageUp | Command::Top => CursorMove::Top,
                    Command::PageDown | Command::Bottom => CursorMove::Bottom,
                    _ => return false,
                });
                true
            }
        }
    }

    /// Goes to the next choice that begins with what was typed, else that has it in it.
    fn find(&mut self, key: KeyEvent) {
        let Form::Choice { choices, flat } = &self.form else {
            return;
        };
        match key.code {
            KeyCode::Char(' ') if *flat => {
                self.cursor.at = (self.cursor.at + 1) % choices.len().max(1);
                return;
            }
            KeyCode::Backspace => {
                self.typed.pop();
            }
            KeyCode::Char(c) if !key.modifiers.contains(KeyModifiers::CONTROL) => {
                self.typed.extend(c.to_lowercase());
            }
            _ => return,
        }
        let wanted = self.typed.as_str();
        let found = choices
            .iter()
            .position(|choice| shown_choice(choice).to_lowercase().starts_with(wanted))
            .or_else(|| {
                choices
                    .iter()
                    .position(|choice| choice.to_lowercase().contains(wanted))
            });
        match found {
            Some(at) if !wanted.is_empty() => self.cursor.at = at,
            None => {
                self.typed.pop();
            }
            Some(_) => {}
        }
    }

    fn lines_key(&mut self, key: KeyEvent) {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('u') if control => {
                self.lines.delete_line_by_head();
            }
            KeyCode::Char('w') if control => {
                self.lines.delete_word();
            }
            KeyCode::Char('a') if control => self.lines.move_cursor(CursorMove::Head),
            KeyCode::Char('e') if control => self.lines.move_cursor(CursorMove::End),
            KeyCode::Char(c) if !control => self.lines.insert_char(c),
            KeyCode::Backspace => {
                self.lines.delete_char();
            }
            KeyCode::Delete => {
                self.lines.delete_next_char();
            }
            KeyCode::Left => self.lines.move_cursor(CursorMove::Back),
            KeyCode::Right => self.lines.move_cursor(CursorMove::Forward),
            KeyCode::Home => self.lines.move_cursor(CursorMove::Head),
            KeyCode::End => self.lines.move_cursor(CursorMove::End),
            _ => {}
        }
    }

    /// Its lines, as many as there is room for.
    pub fn drawn(&self, columns: usize, page: usize, theme: &Theme) -> Vec<Drawn> {
        match &self.form {
            Form::Choice {
                choices,
                flat: true,
            } => vec![self.toggle(choices, theme)],
            Form::Choice { choices, .. } => self.list(choices, page, theme),
            Form::Line(_) => {
                let mut spans = vec![Span::styled("▸ ", theme.accent)];
                let room = columns.saturating_sub(2);
                spans.extend(self.input.spans(room, true, theme.text, theme));
                vec![(Line::from(spans), None, Vec::new())]
            }
            Form::Lines => self.text_lines(columns, page, theme),
        }
    }

    fn toggle(&self, choices: &[String], theme: &Theme) -> Drawn {
        let (mut spans, mut hits, mut column) = (Vec::new(), Vec::new(), 0);
        for (number, choice) in choices.iter().enumerate() {
            let chosen = number == self.cursor.at;
            let mark = if chosen { "(•) " } else { "( ) " };
            let words = format!("{mark}{}", shown_choice(choice));
            let width = text::width(&words);
            hits.push((column..column + width, number));
            let style = if chosen { theme.selection } else { theme.text };
            spans.push(Span::styled(words, style));
            let after = if *choice == self.before {
                " now   "
            } else {
                "   "
            };
            spans.push(Span::styled(after, theme.dim));
            column += width + after.len();
        }
        (Line::from(spans), None, hits)
    }

    fn list(&self, choices: &[String], page: usize, theme: &Theme) -> Vec<Drawn> {
        let mut cursor = self.cursor;
        cursor.settle(choices.len(), page);
        let line = |number: usize| {
            let choice = choices.get(number).map_or("", String::as_str);
            let at = number == cursor.at;
            let now = if *choice == self.before { "  now" } else { "" };
            let mut spans = vec![
                Span::styled(if at { "▸ " } else { "  " }, theme.accent),
                Span::raw(text::shown(shown_choice(choice)).into_owned()),
                Span::styled(now, theme.dim),
            ];
            if at && !self.typed.is_empty() {
                spans.push(Span::styled(
                    format!("  found by {}", self.typed),
                    theme.dim,
                ));
            }
            let hit = vec![(0..usize::MAX, number)];
            (Line::from(spans), at.then_some(theme.selection), hit)
        };
        cursor.shown(choices.len(), page).map(line).collect()
    }

    fn text_lines(&self, columns: usize, page: usize, theme: &Theme) -> Vec<Drawn> {
        let at = self.lines.cursor();
        let all = self.lines.lines();
        let mut window = Cursor { at: at.0, top: 0 };
        window.settle(all.len(), page);
        let mut drawn: Vec<Drawn> = Vec::with_capacity(page);
        for number in window.shown(all.len(), page) {
            let content = all.get(number).map_or("", String::as_str);
            let focused = number == at.0;
            let mut line = Input::new(content);
            let byte = content.char_indices().nth(at.1).map(|(byte, _)| byte);
            line.set(content.to_owned(), byte.unwrap_or(content.len()));
            let mut spans = vec![Span::styled(if focused { "▸ " } else { "│ " }, theme.dim)];
            let room = columns.saturating_sub(2);
            if focused {
                spans.extend(line.spans(room, true, theme.text, theme));
            } else {
                spans.push(Span::styled(
                    text::fit(&text::shown(content), room),
                    theme.text,
                ));
            }
            drawn.push((Line::from(spans), None, Vec::new()));
        }
        while drawn.len() < page.min(LINES) {
            drawn.push((Line::styled("│", theme.dim), None, Vec::new()));
        }
        drawn
    }
}

/// Several lines of text, the cursor at their end.
fn area(content: &str) -> TextArea<'static> {
    let mut area = TextArea::new(content.lines().map(str::to_owned).collect());
    area.move_cursor(CursorMove::Bottom);
    area.move_cursor(CursorMove::End);
    area
}

/// A choice as it is shown.
pub fn shown_choice(choice: &str) -> &str {
    if choice.is_empty() { "none" } else { choice }
}
