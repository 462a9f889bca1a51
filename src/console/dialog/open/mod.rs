//! The browser of files: recent ones, folders, fuzzy search, the beginning of the file under the cursor; or a path
//! that is typed or pasted.

mod ahead;
mod rows;
mod view;

use std::path::{Component, Path, PathBuf};

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;

use self::ahead::{Ahead, Queue};
use self::rows::{Row, Shelf};
use super::reading::ReadingDialog;
use super::{Border, Click, Flow, Input, Layer};
use crate::console::action::{Command, Place};
use crate::console::effect::Effect;
use crate::console::event::{Arrival, Told};
use crate::console::folder::Kind;
use crate::console::state::{State, Tone};
use crate::console::update;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::input;
use crate::workspace::Peek;

/// The browser.
#[derive(Debug)]
pub struct Open {
    shelf: Shelf,
    /// Whether the folder was read.
    listed: bool,
    trouble: Option<String>,
    /// What is searched for, or a path.
    input: input::Input,
    rows: Vec<Row>,
    cursor: Cursor,
    /// The beginning of the file under the cursor, once it is there.
    peek: Option<(PathBuf, Told<Box<Peek>>)>,
    /// The file whose beginning is being read.
    peeking: Option<PathBuf>,
    /// The name that the cursor goes to when the folder is there.
    seek: Option<String>,
    /// Keys that wait until the folder is listed.
    ahead: Queue,
}

impl Open {
    /// The browser in the folder of the open file, else where the program was started.
    pub fn new(state: &State, effects: &mut Vec<Effect>) -> Self {
        let directory = state
            .file
            .deck
            .as_ref()
            .filter(|_| !state.file.is_sample)
            .and_then(|deck| {
                Path::new(deck.source().identity())
                    .parent()
                    .map(Path::to_owned)
            })
            .filter(|parent| parent.is_dir())
            .or_else(|| std::env::current_dir().ok())
            .unwrap_or_else(|| PathBuf::from("/"));
        effects.push(Effect::List(directory.clone()));
        effects.push(Effect::Recent);
        let mut open = Self {
            shelf: Shelf {
                directory,
                recent: state.welcome.recent.clone(),
                ..Shelf::default()
            },
            listed: false,
            trouble: None,
            input: input::Input::default(),
            rows: Vec::new(),
            cursor: Cursor::default(),
            peek: None,
            peeking: None,
            seek: None,
            ahead: Queue::new(),
        };
        open.fill(state);
        open
    }

    /// Whether a path is typed rather than searched for.
    fn is_path(&self) -> bool {
        let typed = self.input.text().trim();
        typed.contains('/') || typed == "~" || typed == ".."
    }

    /// Makes the rows anew; the cursor goes to the first that can be chosen.
    fn fill(&mut self, state: &State) {
        self.rows = if self.is_path() {
            Vec::new()
        } else {
            self.shelf.rows(self.input.text())
        };
        self.cursor = Cursor::default();
        self.rest(true, state);
    }

    /// The cursor doesn't rest on a heading.
    fn rest(&mut self, down: bool, state: &State) {
        let chosen = |row: Option<&Row>| row.is_some_and(Row::can_be_chosen);
        if !chosen(self.rows.get(self.cursor.at)) {
            let (at, rows) = (self.cursor.at, &self.rows);
            let below = (at..rows.len()).find(|at| chosen(rows.get(*at)));
            let above = (0..at).rev().find(|at| chosen(rows.get(*at)));
            let to = if down {
                below.or(above)
            } else {
                above.or(below)
            };
            self.cursor.at = to.unwrap_or(0);
        }
        self.cursor.settle(self.rows.len(), view::page(state));
        // The heading above the first row is seen again.
        if self.cursor.top == 1 {
            self.cursor.top = usize::from(self.cursor.at >= view::page(state));
        }
    }

    fn enter(&mut self, path: PathBuf, state: &State, effects: &mut Vec<Effect>) {
        // `a/..` has another parent than it says; `a/` is `a`.
        let path = if path.components().any(|part| part == Component::ParentDir) {
            std::fs::canonicalize(&path).unwrap_or(path)
        } else {
            path.components().collect()
        };
        let from = std::mem::replace(&mut self.shelf.directory, path.clone());
        // Going up, the cursor stands on the folder one came from.
        self.seek = from
            .strip_prefix(&path)
            .ok()
            .and_then(|rest| rest.components().next())
            .map(|name| name.as_os_str().to_string_lossy().into_owned());
        self.shelf.entries.clear();
        self.shelf.more = 0;
        self.listed = false;
        self.trouble = None;
        self.input.clear();
        self.fill(state);
        effects.push(Effect::List(path));
    }

    fn up(&mut self, state: &State, effects: &mut Vec<Effect>) {
        if let Some(parent) = self.shelf.directory.parent().map(Path::to_owned) {
            self.enter(parent, state, effects);
        }
    }

    fn accept(&mut self, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        if self.is_path() {
            let path = update::file::typed_path(self.input.text(), &self.shelf.directory);
            if path.is_dir() {
                self.enter(path, state, effects);
                return Flow::Stay;
            }
            update::file::open(state, Some(path), None, effects);
            return Flow::Close;
        }
        let Some(row) = self.rows.get(self.cursor.at).cloned() else {
            return Flow::Stay;
        };
        match &row {
            Row::Heading(_) => {}
            Row::Up => self.up(state, effects),
            Row::Entry(at, _) => {
                let Some(entry) = self.shelf.entries.get(*at).cloned() else {
                    return Flow::Stay;
                };
                match entry.kind {
                    Kind::Folder => self.enter(entry.path, state, effects),
                    Kind::File => {
                        update::file::open(state, Some(entry.path), None, effects);
                        return Flow::Close;
                    }
                    Kind::Closed(why) => {
                        state.say(Tone::Error, format!("{}: {why}", entry.name));
                    }
                }
            }
            Row::Recent(at, _) => {
                let Some(recent) = self.shelf.recent.get(*at) else {
                    return Flow::Stay;
                };
                if recent.is_gone {
                    let words = format!("{}: nothing is there any more", recent.source.path);
                    state.say(Tone::Error, words);
                    return Flow::Stay;
                }
                let path = PathBuf::from(&recent.source.path);
                update::file::open(state, Some(path), None, effects);
                return Flow::Close;
            }
        }
        Flow::Stay
    }

    fn typed(&mut self, key: KeyEvent, state: &State, effects: &mut Vec<Effect>) {
        if key.code == KeyCode::Backspace && self.input.text().is_empty() {
            self.up(state, effects);
        } else if self.input.key(key) {
            self.fill(state);
        }
    }

    fn command(&mut self, command: Command, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        if self.waits(command) {
            self.ahead.push_back(Ahead::Command(command));
            return Flow::Stay;
        }
        match command {
            Command::Back => return Flow::Close,
            Command::Accept => return self.accept(state, effects),
            Command::Left => {
                self.ahead.clear();
                self.up(state, effects);
            }
            Command::Right => {
                if let Some(Row::Entry(at, _)) = self.rows.get(self.cursor.at)
                    && let Some(entry) = self.shelf.entries.get(*at)
                    && entry.kind == Kind::Folder
                {
                    self.enter(entry.path.clone(), state, effects);
                }
            }
            Command::ReadAs => {
                let path = if self.is_path() {
                    Some(update::file::typed_path(
                        self.input.text(),
                        &self.shelf.directory,
                    ))
                } else {
                    self.wanted()
                };
                match path.filter(|path| path.is_file()) {
                    Some(path) => {
                        let dialog = ReadingDialog::of_path(path, effects);
                        state.layers.push(Box::new(dialog));
                    }
                    None => state.say(Tone::Error, "no file is under the cursor"),
                }
            }
            Command::ToggleHidden => {
                self.shelf.hidden = !self.shelf.hidden;
                self.fill(state);
            }
            command => {
                let down = matches!(command, Command::Down | Command::PageDown | Command::Top);
                self.cursor.act(command, self.rows.len(), view::page(state));
                self.rest(down, state);
            }
        }
        Flow::Stay
    }

    fn arrived(&mut self, arrival: &Arrival, state: &State) {
        match arrival {
            Arrival::Listed { directory, entries } if *directory == self.shelf.directory => {
                self.listed = true;
                match entries {
                    Ok((entries, more)) => {
                        self.shelf.entries.clone_from(entries);
                        self.shelf.more = *more;
                        self.trouble = None;
                    }
                    Err(why) => self.trouble = Some(why.clone()),
                }
                // The rows above the folder's are the same as before, and so is the one that was chosen among them.
                let chosen = self.cursor.at;
                self.fill(state);
                if self.input.text().is_empty() && chosen > 0 {
                    self.cursor.at = chosen;
                    self.rest(true, state);
                }
                let sought = self.seek.take().and_then(|name| {
                    self.rows.iter().position(|row| match row {
                        Row::Entry(at, _) => self
                            .shelf
                            .entries
                            .get(*at)
                            .is_some_and(|entry| entry.name == name),
                        _ => false,
                    })
                });
                if let Some(at) = sought {
                    self.cursor.at = at;
                    self.rest(true, state);
                }
            }
            Arrival::Recent(recent) if *recent != self.shelf.recent => {
                let cursor = self.cursor;
                let same = self.shelf.recent.len() == recent.len();
                self.shelf.recent.clone_from(recent);
                self.fill(state);
                if same {
                    self.cursor = cursor;
                    self.rest(true, state);
                }
            }
            Arrival::Peeked { path, peek } if self.peeking.as_ref() == Some(path) => {
                self.peeking = None;
                self.peek = Some((path.clone(), peek.clone()));
            }
            _ => {}
        }
    }

    /// The file whose beginning is wanted.
    fn wanted(&self) -> Option<PathBuf> {
        self.shelf.file(self.rows.get(self.cursor.at)?)
    }

    /// Asks for the beginning of the file under the cursor, one at a time.
    fn ask(&mut self, effects: &mut Vec<Effect>) {
        let Some(path) = self.wanted().filter(|_| self.peeking.is_none()) else {
            return;
        };
        if self.peek.as_ref().is_none_or(|(known, _)| *known != path) {
            self.peeking = Some(path.clone());
            effects.push(Effect::Peek(path));
        }
    }

    /// A click puts the cursor on a row; the second one opens it.
    fn click(&mut self, click: Click, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        let list = view::areas(state.size).list;
        let row = list
            .contains(click.at)
            .then(|| self.cursor.top + usize::from(click.at.y - list.y))
            .filter(|row| self.rows.get(*row).is_some_and(Row::can_be_chosen));
        let Some(row) = row else { return Flow::Stay };
        if click.again && self.cursor.at == row {
            return self.accept(state, effects);
        }
        self.cursor.at = row;
        Flow::Stay
    }
}

impl Layer for Open {
    fn places(&self) -> &'static [Place] {
        &[Place::Browser]
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn uses_arrows(&self) -> bool {
        self.input.text().is_empty()
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(view::frame_of(self, state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        let flow = match input {
            Input::Text(key) => {
                // What follows a choice belongs to what that leads to.
                if self.listed || self.ahead.is_empty() {
                    self.typed(key, state, effects);
                } else {
                    self.ahead.push_back(Ahead::Key(key));
                }
                Flow::Stay
            }
            Input::Paste(pasted) => {
                self.ahead.clear();
                self.input.paste(pasted.trim().trim_matches(['\'', '"']));
                self.fill(state);
                Flow::Stay
            }
            Input::Command(command) => self.command(command, state, effects),
            Input::Arrived(arrival) => {
                self.arrived(arrival, state);
                self.catch_up(state, effects)
            }
            Input::Mouse(click) => self.click(click, state, effects),
        };
        self.ask(effects);
        flow
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        view::draw(self, frame, state);
    }
}
