//! One of a few: a list to choose from. What follows is a command of the state's, by the kind of choice.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::{Flow, Input, Layer, keys};
use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::state::State;
use crate::console::update;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::{pane, text};

/// What is done with what was chosen: by its number.
pub type Chosen = fn(&mut State, usize, &mut Vec<Effect>);

/// A list to choose from.
#[derive(Debug)]
pub struct Choice {
    title: String,
    /// Words, and a word about each.
    rows: Vec<(String, String)>,
    cursor: Cursor,
    chosen: Chosen,
}

impl Choice {
    /// A list with the cursor on one of its lines.
    pub fn new(
        title: impl Into<String>,
        rows: Vec<(String, String)>,
        at: usize,
        chosen: Chosen,
    ) -> Self {
        Self {
            title: title.into(),
            rows,
            cursor: Cursor { at, top: 0 },
            chosen,
        }
    }

    /// The accounts that the vendor in front can be sent to.
    pub fn of_profiles(state: &State) -> Self {
        let vendor = state.vendors.front_vendor();
        let front = state
            .vendors
            .front_account()
            .map(|account| account.name.clone());
        let (mut rows, mut at) = (Vec::new(), 0);
        for account in state
            .vendors
            .accounts
            .iter()
            .filter(|account| account.vendor == vendor)
        {
            if Some(&account.name) == front.as_ref() {
                at = rows.len();
            }
            let read_only = if account.read_only {
                " · read-only"
            } else {
                ""
            };
            let word = state.theme.environment(account.environment).0;
            let about = format!("{word}{read_only} · {}", account.address);
            rows.push((account.name.clone(), about));
        }
        Self::new(
            format!("Account for {}", vendor.title()),
            rows,
            at,
            |state, at, effects| {
                let vendor = state.vendors.front_vendor();
                let name = state
                    .vendors
                    .accounts
                    .iter()
                    .filter(|account| account.vendor == vendor)
                    .nth(at)
                    .map(|account| account.name.clone());
                if let Some(name) = name {
                    update::vendors::choose_profile(state, &name, effects);
                }
            },
        )
    }
}

impl Layer for Choice {
    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Command(Command::Accept) => {
                if self.cursor.at < self.rows.len() {
                    (self.chosen)(state, self.cursor.at, effects);
                }
                Flow::Close
            }
            Input::Command(Command::Back) => Flow::Close,
            Input::Command(command) => {
                self.cursor.act(command, self.rows.len(), 16);
                Flow::Stay
            }
            _ => Flow::Stay,
        }
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let page = self.rows.len().min(16);
        let area = layout::middle(state.size, 84, page as u16 + 2);
        let title = Line::styled(format!(" {} ", self.title), theme.strong);
        let bottom = keys(
            state,
            &[(Command::Accept, "choose"), (Command::Back, "back")],
        );
        let inner = pane::dialog(frame, area, title, bottom, theme.border_focus);
        let name_columns = self
            .rows
            .iter()
            .map(|(name, _)| text::width(name))
            .max()
            .unwrap_or(0);
        for (row, index) in self.cursor.shown(self.rows.len(), page).enumerate() {
            let (name, about) = &self.rows[index];
            let at = index == self.cursor.at;
            let line = Line::from(vec![
                Span::styled(if at { "▸ " } else { "  " }, theme.accent),
                Span::raw(text::left(&text::shown(name), name_columns.min(40))),
                Span::styled(format!("   {}", text::shown(about)), theme.dim),
            ]);
            pane::row(frame, inner, row, line, at.then_some(theme.selection));
        }
    }
}
