//! A cursor in a list that scrolls: the line it stands on, and the first line shown.

use crate::console::action::Command;

/// A cursor in a list that scrolls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    /// The line it stands on.
    pub at: usize,
    /// The first line shown.
    pub top: usize,
}

impl Cursor {
    /// Moves by a command. Returns whether it was one that moves.
    pub fn act(&mut self, command: Command, lines: usize, page: usize) -> bool {
        let last = lines.saturating_sub(1);
        let step = page.saturating_sub(1).max(1);
        self.at = match command {
            Command::Up => self.at.saturating_sub(1),
            Command::Down => (self.at + 1).min(last),
            Command::PageUp => self.at.saturating_sub(step),
            Command::PageDown => (self.at + step).min(last),
            Command::Top => 0,
            Command::Bottom => last,
            _ => return false,
        };
        self.settle(lines, page);
        true
    }

    /// Keeps it on a line that is there, and that line on the screen.
    pub fn settle(&mut self, lines: usize, page: usize) {
        self.at = self.at.min(lines.saturating_sub(1));
        let page = page.max(1);
        self.top = self
            .top
            .min(self.at)
            .max((self.at + 1).saturating_sub(page))
            .min(lines.saturating_sub(page));
    }

    /// The lines that are shown.
    pub fn shown(&self, lines: usize, page: usize) -> std::ops::Range<usize> {
        self.top.min(lines)..(self.top + page).min(lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_under_the_cursor_is_always_shown() {
        let mut cursor = Cursor::default();
        for (command, at, top) in [
            (Command::Bottom, 99, 90),
            (Command::Up, 98, 90),
            (Command::PageUp, 89, 89),
            (Command::Top, 0, 0),
            (Command::Up, 0, 0),
            (Command::PageDown, 9, 0),
            (Command::Down, 10, 1),
        ] {
            assert!(cursor.act(command, 100, 10));
            assert_eq!((cursor.at, cursor.top), (at, top), "{command:?}");
        }
        cursor.settle(3, 10);
        assert_eq!((cursor.at, cursor.top), (2, 0));
        cursor.settle(0, 10);
        assert_eq!(cursor.shown(0, 10), 0..0);
        assert!(!cursor.act(Command::Quit, 3, 10));
    }
}
