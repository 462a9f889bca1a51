//! Lines that scroll where there is no room for all: what is hidden is counted in their last row.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{pane, text};
use crate::console::action::Command;
use crate::console::state::State;

/// Lines that are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scroll {
    top: usize,
}

impl Scroll {
    /// Moves by a command, where something is hidden. Returns whether it was one that scrolls.
    pub fn act(&mut self, command: Command, lines: usize, room: usize) -> bool {
        // One row says how much is hidden.
        let page = room.saturating_sub(1).max(1);
        let most = if lines <= room { 0 } else { lines - page };
        self.top = match command {
            Command::Up => self.top.saturating_sub(1),
            Command::PageUp => self.top.saturating_sub(page),
            Command::Down => self.top + 1,
            Command::PageDown => self.top + page,
            Command::Top => 0,
            Command::Bottom => most,
            _ => return false,
        }
        .min(most);
        true
    }

    /// Draws what there is room for. Returns the rows taken.
    pub fn draw(
        self,
        frame: &mut Frame<'_>,
        area: Rect,
        lines: Vec<Line<'static>>,
        room: usize,
        state: &State,
    ) -> usize {
        if lines.len() <= room {
            let rows = lines.len();
            pane::lines(frame, area, lines);
            return rows;
        }
        let page = room.saturating_sub(1);
        let top = self.top.min(lines.len() - page);
        let below = lines.len() - page - top;
        let (command, words) = if below > 0 {
            let above = if top > 0 {
                format!("{top} above ↑  ")
            } else {
                String::new()
            };
            let more = text::many(below as u64, "more line");
            (Command::PageDown, format!("{above}{more} ↓  "))
        } else {
            let above = text::many(top as u64, "line");
            (Command::PageUp, format!("{above} above ↑  "))
        };
        let shown = lines.into_iter().skip(top).take(page).collect();
        let rows = Rect {
            height: area.height.min(page as u16),
            ..area
        };
        pane::lines(frame, rows, shown);
        let hint = Line::from(vec![
            Span::styled(words, state.theme.info),
            Span::styled(state.keymap.first(command), state.theme.key),
        ]);
        pane::row(frame, area, page, hint, None);
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stops_at_both_ends() {
        let mut scroll = Scroll::default();
        for (command, top) in [
            (Command::Up, 0),
            (Command::PageDown, 4),
            (Command::Down, 5),
            (Command::Bottom, 6),
            (Command::Down, 6),
            (Command::PageUp, 2),
            (Command::Top, 0),
        ] {
            assert!(scroll.act(command, 10, 5));
            assert_eq!(scroll.top, top, "{command:?}");
        }
        assert!(scroll.act(Command::PageDown, 5, 5));
        assert_eq!(scroll, Scroll::default(), "all is shown");
        assert!(!scroll.act(Command::Accept, 10, 5));
    }
}
