//! Opening a file: a path that is typed or pasted, and the folder it leads into.

use std::path::{Path, PathBuf};

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::{Flow, Input, Layer, keys};
use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::event::Arrival;
use crate::console::layout;
use crate::console::state::State;
use crate::console::update;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::input;
use crate::console::widget::{pane, text};

/// Lines of the list.
const PAGE: usize = 14;

/// The browser.
#[derive(Debug)]
pub struct Open {
    directory: PathBuf,
    /// Names in it and whether each is a folder.
    entries: Vec<(String, bool)>,
    trouble: Option<String>,
    /// What the names must contain, or a path.
    input: input::Input,
    cursor: Cursor,
}

impl Open {
    /// The browser in the folder of the open file, else where the program was started.
    pub fn new(state: &State, effects: &mut Vec<Effect>) -> Self {
        let directory = state
            .file
            .deck
            .as_ref()
            .and_then(|deck| {
                Path::new(deck.source().identity())
                    .parent()
                    .map(Path::to_owned)
            })
            .filter(|parent| parent.is_dir())
            .or_else(|| std::env::current_dir().ok())
            .unwrap_or_else(|| PathBuf::from("/"));
        effects.push(Effect::List(directory.clone()));
        Self {
            directory,
            entries: Vec::new(),
            trouble: None,
            input: input::Input::default(),
            cursor: Cursor::default(),
        }
    }

    fn rows(&self) -> Vec<(String, bool)> {
        let typed = self.input.text();
        if typed.contains('/') {
            return Vec::new();
        }
        let wanted = typed.to_lowercase();
        let mut rows = Vec::new();
        if typed.is_empty() && self.directory.parent().is_some() {
            rows.push(("..".to_owned(), true));
        }
        rows.extend(
            self.entries
                .iter()
                .filter(|(name, _)| name.to_lowercase().contains(&wanted))
                .cloned(),
        );
        rows
    }

    fn enter(&mut self, path: PathBuf, effects: &mut Vec<Effect>) {
        self.directory.clone_from(&path);
        self.entries.clear();
        self.input.clear();
        self.cursor = Cursor::default();
        effects.push(Effect::List(path));
    }

    fn accept(&mut self, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        let typed = self.input.text().trim();
        let path = if typed.contains('/') {
            let home = std::env::home_dir().unwrap_or_default();
            match typed.strip_prefix("~/") {
                Some(rest) => home.join(rest),
                None => self.directory.join(typed),
            }
        } else {
            match self.rows().into_iter().nth(self.cursor.at) {
                Some((name, _)) if name == ".." => self
                    .directory
                    .parent()
                    .unwrap_or(&self.directory)
                    .to_owned(),
                Some((name, _)) => self.directory.join(name),
                None => return Flow::Stay,
            }
        };
        if path.is_dir() {
            self.enter(path, effects);
            return Flow::Stay;
        }
        update::file::open(state, Some(path), None, effects);
        Flow::Close
    }
}

impl Layer for Open {
    fn is_typing(&self) -> bool {
        true
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Text(key) => {
                if self.input.key(key) {
                    self.cursor = Cursor::default();
                }
            }
            Input::Paste(pasted) => self.input.paste(pasted.trim().trim_matches(['\'', '"'])),
            Input::Command(Command::Back) => return Flow::Close,
            Input::Command(Command::Accept) => return self.accept(state, effects),
            Input::Command(command) => {
                let rows = self.rows().len();
                self.cursor.act(command, rows, PAGE);
            }
            Input::Arrived(Arrival::Listed { directory, entries })
                if *directory == self.directory =>
            {
                match entries {
                    Ok(entries) => {
                        self.entries.clone_from(entries);
                        self.trouble = None;
                    }
                    Err(why) => self.trouble = Some(why.clone()),
                }
            }
            Input::Mouse(_) | Input::Arrived(_) => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let area = layout::middle(state.size, 84, PAGE as u16 + 4);
        let place = self.directory.display().to_string();
        let title = format!(" Open · {} ", text::keep_end(&text::shown(&place), 60));
        let bottom = keys(state, &[(Command::Accept, "open"), (Command::Back, "back")]);
        let inner = pane::dialog(
            frame,
            area,
            Line::styled(title, theme.strong),
            bottom,
            theme.border_focus,
        );
        let columns = usize::from(inner.width);
        let mut typed = vec![Span::styled("name or path  ", theme.dim)];
        typed.extend(
            self.input
                .spans(columns.saturating_sub(14), true, theme.text, theme),
        );
        pane::row(frame, inner, 0, Line::from(typed), None);
        if let Some(why) = &self.trouble {
            let line = Line::styled(text::fit(&text::shown(why), columns), theme.error);
            return pane::row(frame, inner, 2, line, None);
        }
        let rows = self.rows();
        for (line, index) in self.cursor.shown(rows.len(), PAGE).enumerate() {
            let (name, folder) = &rows[index];
            let at = index == self.cursor.at;
            let slash = if *folder { "/" } else { "" };
            let content = Line::from(vec![
                Span::styled(if at { "▸ " } else { "  " }, theme.accent),
                Span::styled(
                    text::fit(
                        &format!("{}{slash}", text::shown(name)),
                        columns.saturating_sub(2),
                    ),
                    if *folder { theme.info } else { theme.text },
                ),
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
