//! Everything by its name: type a few letters, enter does it.

mod entry;

use ratatui::Frame;
use ratatui::text::{Line, Span};

use self::entry::Entry;
use super::manual::Manual;
use super::{Border, Flow, Input, Layer};
use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::state::{State, Subject, View};
use crate::console::update;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::{fuzzy, input, pane, text};

/// Columns of the names.
const NAME: usize = 26;
/// Columns of the keys.
const KEY: usize = 10;
/// Lines about the entry under the cursor, and the blank above.
const ABOUT: usize = 3;

/// The palette.
#[derive(Debug)]
pub struct Palette {
    input: input::Input,
    cursor: Cursor,
    /// Everything that can be chosen; what was chosen lately first.
    entries: Vec<Entry>,
    /// Those that fit what is typed.
    rows: Vec<entry::Row>,
}

impl Palette {
    /// The palette for where the operator is.
    pub fn new(state: &State) -> Self {
        let entries = entry::all(state);
        Self {
            input: input::Input::default(),
            cursor: Cursor::default(),
            rows: entry::fitting("", &entries),
            entries,
        }
    }

    fn sift(&mut self) {
        self.rows = entry::fitting(self.input.text(), &self.entries);
        self.cursor = Cursor::default();
    }

    fn frame(state: &State) -> Border {
        let rows = state.size.1.saturating_sub(2).min(36);
        let area = layout::middle(state.size, 110, rows);
        Border::new(area, &[(Command::Accept, "do it"), (Command::Back, "back")])
    }

    /// Lines of the list.
    fn page(state: &State) -> usize {
        usize::from(Self::frame(state).inner().height)
            .saturating_sub(2 + ABOUT)
            .max(1)
    }

    /// Does what the cursor stands on, if it can be done.
    fn choose(&self, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        let row = self.rows.get(self.cursor.at);
        let Some(entry) = row.and_then(|row| self.entries.get(row.entry)) else {
            return Flow::Stay;
        };
        if entry.can.is_err() {
            return Flow::Stay;
        }
        state.palette.chosen(&entry.subject);
        match &entry.subject {
            Subject::Command(command) => update::command(state, *command, effects),
            Subject::Vendor(tab) => {
                update::vendors::bring(state, *tab);
                update::go(state, View::Orders, effects);
            }
            Subject::Account(name) => update::vendors::switch_account(state, name, effects),
            Subject::File(path) => update::file::open(state, Some(path.into()), None, effects),
            Subject::Page(name) => state.layers.push(Box::new(Manual::open(name))),
            Subject::Theme(name) => update::choose_theme(state, name, effects),
        }
        Flow::Close
    }

    fn line(&self, row: &entry::Row, at: bool, columns: usize, state: &State) -> Line<'static> {
        let theme = &state.theme;
        let Some(entry) = self.entries.get(row.entry) else {
            return Line::default();
        };
        let (words, style) = match &entry.can {
            Ok(()) if entry.recent => (format!("recent · {}", entry.about), theme.text),
            Ok(()) => (entry.about.clone(), theme.text),
            Err(why) => (format!("not now: {why}"), theme.dim),
        };
        let about = columns.saturating_sub(2 + NAME + 1 + 1 + KEY);
        let mut spans = vec![Span::styled(if at { "▸ " } else { "  " }, theme.accent)];
        spans.extend(fuzzy::spans(
            &text::left(&text::shown(&entry.name), NAME),
            &row.in_name,
            style,
            theme,
        ));
        spans.push(Span::raw(" "));
        let in_about = if entry.can.is_ok() && !entry.recent {
            row.in_about.as_slice()
        } else {
            &[]
        };
        spans.extend(fuzzy::spans(
            &text::left(&text::shown(&words), about),
            in_about,
            theme.dim,
            theme,
        ));
        spans.push(Span::styled(
            format!(" {}", text::right(&entry.key, KEY)),
            theme.key,
        ));
        Line::from(spans)
    }

    /// The entry under the cursor in all its words.
    fn about(&self, columns: usize, state: &State) -> Vec<Line<'static>> {
        let theme = &state.theme;
        let row = self.rows.get(self.cursor.at);
        let Some(entry) = row.and_then(|row| self.entries.get(row.entry)) else {
            return Vec::new();
        };
        let (words, style) = match &entry.can {
            Ok(()) => (entry.about.clone(), theme.text),
            Err(why) => (format!("{}. Not now: {why}", entry.about), theme.warning),
        };
        let parts = text::wrap(&text::shown(&words), columns).into_iter();
        parts
            .take(2)
            .map(|part| Line::styled(part, style))
            .collect()
    }
}

impl Layer for Palette {
    fn is_typing(&self) -> bool {
        true
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(Self::frame(state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Text(key) => {
                if self.input.key(key) {
                    self.sift();
                }
            }
            Input::Paste(text) => {
                self.input.paste(text);
                self.sift();
            }
            Input::Command(Command::Back) => return Flow::Close,
            Input::Command(Command::Accept) => return self.choose(state, effects),
            Input::Command(command) => {
                let command = match command {
                    Command::NextPane => Command::Down,
                    Command::PreviousPane => Command::Up,
                    other => other,
                };
                self.cursor.act(command, self.rows.len(), Self::page(state));
            }
            Input::Mouse(click) => {
                let line = Self::frame(state).line(click.at);
                let line = line.and_then(|line| line.checked_sub(2));
                let row = line.filter(|line| *line < Self::page(state));
                let row = row.map(|line| self.cursor.top + line);
                if let Some(row) = row.filter(|row| *row < self.rows.len()) {
                    self.cursor.at = row;
                    return self.choose(state, effects);
                }
            }
            Input::Arrived(_) => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let title = Line::from(vec![
            Span::styled(" Commands ", theme.strong),
            Span::styled(
                format!("{} of {} ", self.rows.len(), self.entries.len()),
                theme.dim,
            ),
        ]);
        let inner = Self::frame(state).draw(frame, title, theme.border_focus, state);
        let columns = usize::from(inner.width);
        let mut typed = vec![Span::styled(": ", theme.key)];
        typed.extend(
            self.input
                .spans(columns.saturating_sub(2), true, theme.text, theme),
        );
        if self.input.text().is_empty() {
            let hint = "a few letters of a command, view, vendor, account, file, page, theme";
            typed.push(input::hint(hint, columns.saturating_sub(3), theme));
        }
        pane::row(frame, inner, 0, Line::from(typed), None);
        if self.rows.is_empty() {
            let help = state.keymap.all(Command::Help);
            let words = format!(
                "Nothing has these letters. Fewer find more; {help} (in the views) shows all keys."
            );
            let parts = text::wrap(&words, columns).into_iter();
            for (row, part) in parts.enumerate() {
                pane::row(frame, inner, 2 + row, Line::styled(part, theme.dim), None);
            }
            return;
        }
        let page = Self::page(state);
        for (line, index) in self.cursor.shown(self.rows.len(), page).enumerate() {
            let at = index == self.cursor.at;
            let content = self.line(&self.rows[index], at, columns, state);
            let style = at.then_some(theme.selection);
            pane::row(frame, inner, line + 2, content, style);
        }
        for (line, content) in self.about(columns, state).into_iter().enumerate() {
            pane::row(frame, inner, 2 + page + 1 + line, content, None);
        }
    }
}
