//! One of a few: a list to choose from. What follows is a command of the state's, by the kind of choice.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::{Border, Flow, Input, Layer};
use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::model::AccountInfo;
use crate::console::state::State;
use crate::console::update;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::{fuzzy, input, pane, text};
use crate::vendor::Environment;

/// What is done with what was chosen: by its number.
pub type Chosen = Box<dyn FnMut(&mut State, usize, &mut Vec<Effect>) + Send>;

/// What is done where nothing was chosen.
pub type Back = Box<dyn FnMut(&mut State) + Send>;

/// A line of the list.
#[derive(Debug)]
struct Row {
    name: String,
    environment: Option<Environment>,
    about: String,
}

/// A list to choose from.
pub struct Choice {
    title: String,
    rows: Vec<Row>,
    cursor: Cursor,
    chosen: Chosen,
    /// What is opened again where nothing was chosen.
    back: Option<Back>,
    /// What is said where there is nothing to choose.
    empty: String,
    /// What is typed to find a line, where that is offered.
    find: Option<input::Input>,
    /// The lines that fit what was typed, the best first, each with the letters that matched.
    found: Vec<(usize, Vec<usize>)>,
}

impl std::fmt::Debug for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Choice")
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

impl Choice {
    /// A list of words, each with a word about it, and the cursor on one of its lines.
    pub fn new(
        title: impl Into<String>,
        rows: Vec<(String, String)>,
        at: usize,
        chosen: impl FnMut(&mut State, usize, &mut Vec<Effect>) + Send + 'static,
    ) -> Self {
        let rows = rows.into_iter().map(|(name, about)| Row {
            name,
            environment: None,
            about,
        });
        let mut choice = Self {
            title: title.into(),
            rows: rows.collect(),
            cursor: Cursor { at, top: 0 },
            chosen: Box::new(chosen),
            back: None,
            empty: "There is nothing to choose.".to_owned(),
            find: None,
            found: Vec::new(),
        };
        choice.seek();
        choice
    }

    /// Leads back to where it came from if nothing is chosen.
    #[must_use]
    pub fn back_to(mut self, back: impl FnMut(&mut State) + Send + 'static) -> Self {
        self.back = Some(Box::new(back));
        self
    }

    /// Scrolled so that the line under the cursor is in sight.
    #[must_use]
    pub fn in_sight(mut self, state: &State) -> Self {
        let page = self.page(state);
        self.cursor.settle(self.found.len(), page);
        self
    }

    /// Letters find lines by their names.
    #[must_use]
    pub fn with_search(mut self, state: &State) -> Self {
        self.find = Some(input::Input::default());
        self.in_sight(state)
    }

    /// Finds the lines that fit what was typed.
    fn seek(&mut self) {
        let typed = self.find.as_ref().map_or("", input::Input::text);
        let found = fuzzy::rank(typed, self.rows.iter().map(|row| &*row.name));
        self.found = found
            .into_iter()
            .map(|(index, _, letters)| (index, letters))
            .collect();
    }

    /// The accounts that the vendor in front can be sent to.
    pub fn of_profiles(state: &State) -> Self {
        let title = format!("Account for {}", state.vendors.front_vendor().title());
        Self::of(title, state, front, |state, at, effects| {
            let name = front(state).get(at).map(|account| account.name.clone());
            if let Some(name) = name {
                update::vendors::switch_account(state, &name, effects);
            }
        })
    }

    /// All accounts of all vendors.
    pub fn of_accounts(state: &State) -> Self {
        Self::of(
            "Switch account".to_owned(),
            state,
            all,
            |state, at, effects| {
                let name = all(state).get(at).map(|account| account.name.clone());
                if let Some(name) = name {
                    update::vendors::switch_account(state, &name, effects);
                }
            },
        )
    }

    fn of(
        title: String,
        state: &State,
        list: fn(&State) -> Vec<&AccountInfo>,
        chosen: impl FnMut(&mut State, usize, &mut Vec<Effect>) + Send + 'static,
    ) -> Self {
        let now = state.vendors.front_account().map(|account| &account.name);
        let accounts = list(state);
        let at = accounts
            .iter()
            .position(|account| Some(&account.name) == now);
        let rows = accounts.into_iter().map(|account| {
            let read_only = if account.read_only {
                "read-only · "
            } else {
                ""
            };
            let vendor = account.vendor.title();
            Row {
                name: account.name.clone(),
                environment: Some(account.environment),
                about: format!("{vendor} · {read_only}{}", account.address),
            }
        });
        let mut choice = Self {
            rows: rows.collect(),
            empty: format!(
                "No account is known yet: {} goes to the profiles, {} adds one there.",
                state.keymap.first(Command::ViewProfiles),
                state.keymap.first(Command::AddProfile),
            ),
            ..Self::new(title, Vec::new(), at.unwrap_or(0), chosen)
        };
        choice.seek();
        choice.with_search(state)
    }

    /// How many lines there is room for, less the one that says how many more there are.
    fn page(&self, state: &State) -> usize {
        let room = usize::from(state.size.1)
            .saturating_sub(4 + self.above())
            .max(1);
        match self.rows.len() {
            few if few <= room => few.max(1),
            _ => room.saturating_sub(1).max(1),
        }
    }

    /// Lines above the list.
    fn above(&self) -> usize {
        usize::from(self.find.is_some())
    }

    fn frame(&self, state: &State) -> Border {
        let page = self.page(state);
        let cut = usize::from(page < self.rows.len());
        let rows = page + cut + self.above();
        let area = layout::middle(state.size, 100, rows as u16 + 2);
        Border::new(
            area,
            &[(Command::Accept, "choose"), (Command::Back, "back")],
        )
    }

    fn typed(&mut self) {
        self.seek();
        self.cursor = Cursor::default();
    }

    fn accept(&mut self, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match self.found.get(self.cursor.at) {
            Some((index, _)) => {
                let index = *index;
                (self.chosen)(state, index, effects);
            }
            None if self.find.is_some() => return Flow::Stay,
            None => {}
        }
        Flow::Close
    }
}

/// How many lines stand above and below those that are shown.
fn more(shown: &std::ops::Range<usize>, all: usize, state: &State) -> Option<Line<'static>> {
    let below = all.saturating_sub(shown.end);
    let (count, words, command) = match (below, shown.start) {
        (0, 0) => return None,
        (0, above) => (above, "above ↑", Command::PageUp),
        (below, _) => (below, "more ↓", Command::PageDown),
    };
    Some(Line::from(vec![
        Span::styled(format!("  {count} {words}  "), state.theme.info),
        Span::styled(state.keymap.first(command), state.theme.key),
    ]))
}

/// The accounts of the vendor in front.
fn front(state: &State) -> Vec<&AccountInfo> {
    let vendor = state.vendors.front_vendor();
    let accounts = state.vendors.accounts.iter();
    accounts
        .filter(|account| account.vendor == vendor)
        .collect()
}

/// All accounts, vendor by vendor.
fn all(state: &State) -> Vec<&AccountInfo> {
    let tabs = state.vendors.tabs.iter();
    tabs.flat_map(|tab| {
        let accounts = state.vendors.accounts.iter();
        accounts.filter(|account| account.vendor == tab.vendor)
    })
    .collect()
}

impl Layer for Choice {
    fn is_typing(&self) -> bool {
        self.find.is_some()
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Command(Command::Accept) => return self.accept(state, effects),
            Input::Command(Command::Back) => {
                if let Some(back) = &mut self.back {
                    back(state);
                }
                return Flow::Close;
            }
            Input::Command(command) => {
                let page = self.page(state);
                self.cursor.act(command, self.found.len(), page);
            }
            Input::Text(key) if self.find.as_mut().is_some_and(|find| find.key(key)) => {
                self.typed();
            }
            Input::Paste(pasted) => {
                if let Some(find) = &mut self.find {
                    find.paste(pasted);
                    self.typed();
                }
            }
            Input::Mouse(click) => {
                let line = self.frame(state).line(click.at);
                let line = line.and_then(|line| line.checked_sub(self.above()));
                let line = line.filter(|line| *line < self.page(state));
                let row = line.map(|line| self.cursor.top + line);
                if let Some(row) = row.filter(|row| *row < self.found.len()) {
                    self.cursor.at = row;
                    if click.again {
                        return self.accept(state, effects);
                    }
                }
            }
            Input::Text(_) | Input::Arrived(_) => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let title = Line::styled(format!(" {} ", self.title), theme.strong);
        let border = self.frame(state);
        let inner = border.draw(frame, title, theme.border_focus, state);
        if self.rows.is_empty() {
            return pane::row(
                frame,
                inner,
                0,
                Line::styled(self.empty.clone(), theme.dim),
                None,
            );
        }
        let names = self
            .rows
            .iter()
            .map(|row| text::width(&text::shown(&row.name)));
        let columns = names.max().unwrap_or(0).min(40);
        if let Some(find) = &self.find {
            let mut spans = vec![Span::styled("find  ", theme.dim)];
            spans.extend(find.spans(40, true, theme.text, theme));
            pane::row(frame, inner, 0, Line::from(spans), None);
            if self.found.is_empty() {
                let words = Line::styled("nothing of that name", theme.dim);
                pane::row(frame, inner, 1, words, None);
            }
        }
        let page = self.page(state);
        let shown = self.cursor.shown(self.found.len(), page);
        if let Some(line) = more(&shown, self.found.len(), state) {
            pane::row(frame, inner, self.above() + page, line, None);
        }
        for (line, number) in shown.enumerate() {
            let (index, letters) = &self.found[number];
            let row = &self.rows[*index];
            let at = number == self.cursor.at;
            let name = text::shown(&row.name);
            let mut spans = vec![Span::styled(if at { "▸ " } else { "  " }, theme.accent)];
            spans.extend(fuzzy::spans(&name, letters, theme.text, theme));
            let blanks = columns.saturating_sub(text::width(&name)) + 3;
            spans.push(Span::raw(" ".repeat(blanks)));
            if let Some(environment) = row.environment {
                let (word, style) = theme.environment(environment);
                spans.push(Span::styled(word, style));
                spans.push(Span::raw(" ".repeat(9_usize.saturating_sub(word.len()))));
            }
            let about = text::shown(&row.about).into_owned();
            spans.push(Span::styled(about, theme.dim));
            let style = at.then_some(theme.selection);
            pane::row(frame, inner, self.above() + line, Line::from(spans), style);
        }
    }
}
