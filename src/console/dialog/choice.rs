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
use crate::console::widget::{pane, text};
use crate::vendor::Environment;

/// Lines of the list at most.
const PAGE: usize = 16;

/// What is done with what was chosen: by its number.
pub type Chosen = fn(&mut State, usize, &mut Vec<Effect>);

/// A line of the list.
#[derive(Debug)]
struct Row {
    name: String,
    environment: Option<Environment>,
    about: String,
}

/// A list to choose from.
#[derive(Debug)]
pub struct Choice {
    title: String,
    rows: Vec<Row>,
    cursor: Cursor,
    chosen: Chosen,
    /// What is said where there is nothing to choose.
    empty: String,
}

impl Choice {
    /// A list of words, each with a word about it, and the cursor on one of its lines.
    pub fn new(
        title: impl Into<String>,
        rows: Vec<(String, String)>,
        at: usize,
        chosen: Chosen,
    ) -> Self {
        let rows = rows.into_iter().map(|(name, about)| Row {
            name,
            environment: None,
            about,
        });
        Self {
            title: title.into(),
            rows: rows.collect(),
            cursor: Cursor { at, top: 0 },
            chosen,
            empty: "There is nothing to choose.".to_owned(),
        }
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
        chosen: Chosen,
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
        choice.cursor.settle(choice.rows.len(), PAGE);
        choice
    }

    fn frame(&self, state: &State) -> Border {
        let page = self.rows.len().clamp(1, PAGE);
        let area = layout::middle(state.size, 100, page as u16 + 2);
        Border::new(
            area,
            &[(Command::Accept, "choose"), (Command::Back, "back")],
        )
    }

    fn accept(&self, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        if self.cursor.at < self.rows.len() {
            (self.chosen)(state, self.cursor.at, effects);
        }
        Flow::Close
    }
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
    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Command(Command::Accept) => return self.accept(state, effects),
            Input::Command(Command::Back) => return Flow::Close,
            Input::Command(command) => {
                self.cursor.act(command, self.rows.len(), PAGE);
            }
            Input::Mouse(click) => {
                let line = self.frame(state).line(click.at);
                let row = line.map(|line| self.cursor.top + line);
                if let Some(row) = row.filter(|row| *row < self.rows.len()) {
                    self.cursor.at = row;
                    if click.again {
                        return self.accept(state, effects);
                    }
                }
            }
            _ => {}
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
        for (line, index) in self.cursor.shown(self.rows.len(), PAGE).enumerate() {
            let row = &self.rows[index];
            let at = index == self.cursor.at;
            let mut spans = vec![
                Span::styled(if at { "▸ " } else { "  " }, theme.accent),
                Span::raw(text::left(&text::shown(&row.name), columns)),
                Span::raw("   "),
            ];
            if let Some(environment) = row.environment {
                let (word, style) = theme.environment(environment);
                spans.push(Span::styled(word, style));
                spans.push(Span::raw(" ".repeat(9_usize.saturating_sub(word.len()))));
            }
            let about = text::shown(&row.about).into_owned();
            spans.push(Span::styled(about, theme.dim));
            let style = at.then_some(theme.selection);
            pane::row(frame, inner, line, Line::from(spans), style);
        }
    }
}
