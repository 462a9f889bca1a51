//! Keys that are pressed before the folder is listed: what is meant by them is known only when it is.

use std::collections::VecDeque;

use crossterm::event::KeyEvent;

use super::Open;
use super::rows::Row;
use crate::console::action::Command;
use crate::console::dialog::Flow;
use crate::console::effect::Effect;
use crate::console::state::State;

/// A key that waits for the folder.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ahead {
    Key(KeyEvent),
    Command(Command),
}

/// The keys that wait for the folder, the first one first.
pub(super) type Queue = VecDeque<Ahead>;

impl Open {
    /// Whether a command waits until the folder is listed. What needs no list, or is about a row that is there
    /// already and stays under the cursor, doesn't.
    pub(super) fn waits(&self, command: Command) -> bool {
        if self.listed || self.is_path() || matches!(command, Command::Back | Command::Left) {
            return false;
        }
        if !self.ahead.is_empty() {
            return true;
        }
        let certain = self.input.text().is_empty() && self.seek.is_none();
        match command {
            Command::Accept | Command::ReadAs => {
                !certain
                    || !self
                        .rows
                        .get(self.cursor.at)
                        .is_some_and(Row::can_be_chosen)
            }
            Command::Down => !certain || self.cursor.at + 1 >= self.rows.len(),
            Command::PageDown | Command::Bottom | Command::Right => true,
            Command::Up | Command::PageUp | Command::Top => !certain,
            _ => false,
        }
    }

    /// What waits is done, until a file is opened or another folder is waited for.
    pub(super) fn catch_up(&mut self, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        while self.listed
            && let Some(next) = self.ahead.pop_front()
        {
            let flow = match next {
                Ahead::Key(key) => {
                    self.typed(key, state, effects);
                    Flow::Stay
                }
                Ahead::Command(command) => self.command(command, state, effects),
            };
            if flow == Flow::Close {
                return flow;
            }
        }
        Flow::Stay
    }

    /// What waits, in words.
    pub(super) fn waiting(&self) -> &'static str {
        let accepts = |ahead: &Ahead| matches!(ahead, Ahead::Command(Command::Accept));
        if self.ahead.iter().any(accepts) {
            "; what is chosen is opened then"
        } else {
            ""
        }
    }
}
