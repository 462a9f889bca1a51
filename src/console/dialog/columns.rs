//! Which columns the list of orders has, in which order and how wide. The list behind it shows every change at once;
//! they are remembered when the dialog closes.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::{Border, Click, Flow, Input, Layer};
use crate::console::action::{Command, Place};
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::state::State;
use crate::console::state::columns::{Chosen, Columns, wider};
use crate::console::update::sorting;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::{pane, text};
use crate::deck::list::Column;

/// The columns of the list of orders.
#[derive(Debug)]
pub struct ColumnsDialog {
    /// Every column: those that are shown first, in their order.
    rows: Vec<(Chosen, bool)>,
    cursor: Cursor,
    before: Columns,
}

impl ColumnsDialog {
    /// The columns as they are.
    pub fn new(state: &State) -> Self {
        Self {
            rows: rows(state),
            cursor: Cursor::default(),
            before: state.columns.clone(),
        }
    }

    fn page(&self, state: &State) -> usize {
        self.rows
            .len()
            .min(usize::from(state.size.1.saturating_sub(6)))
    }

    /// Puts the choice into force; the last column that is shown stays.
    fn apply(&self, state: &mut State) {
        let shown = self.rows.iter().filter(|(_, shown)| *shown);
        let chosen: Vec<Chosen> = shown.map(|(chosen, _)| *chosen).collect();
        state.columns.chosen = Some(chosen);
    }

    fn toggle(&mut self, state: &mut State) {
        let shown = self.rows.iter().filter(|(_, shown)| *shown).count();
        let Some((_, is_shown)) = self.rows.get_mut(self.cursor.at) else {
            return;
        };
        if *is_shown && shown == 1 {
            let words = "the list needs a column";
            return state.say(crate::console::state::Tone::Info, words);
        }
        *is_shown = !*is_shown;
        self.apply(state);
    }

    fn shift(&mut self, right: bool, state: &mut State) {
        let at = self.cursor.at;
        let other = if right {
            Some(at + 1)
        } else {
            at.checked_sub(1)
        };
        let Some(other) = other.filter(|other| *other < self.rows.len()) else {
            return;
        };
        self.rows.swap(at, other);
        self.cursor.at = other;
        self.apply(state);
    }

    fn widen(&mut self, by: isize, state: &mut State) {
        let fitted = sorting::fitted(state);
        let Some((chosen, _)) = self.rows.get_mut(self.cursor.at) else {
            return;
        };
        let now = fitted.iter().find(|fitted| fitted.column == chosen.column);
        let now = chosen.width.or(now.map(|fitted| fitted.width));
        chosen.width = Some(wider(now.unwrap_or(10), by));
        self.apply(state);
    }
}

impl ColumnsDialog {
    /// Where it stands, and its keys.
    fn frame(&self, state: &State) -> Border {
        let mut area = layout::middle(state.size, 76, self.page(state) as u16 + 2);
        // On the right, so that the list is seen.
        area.x = state.size.0.saturating_sub(area.width + 1);
        let shown = [
            (Command::ToggleColumn, "show"),
            (Command::ColumnLeft, ""),
            (Command::ColumnRight, "move"),
            (Command::WidenColumn, "wider"),
            (Command::NarrowColumn, "narrower"),
            (Command::DefaultColumns, "default"),
            (Command::Back, "done"),
        ];
        Border::new(area, &shown)
    }

    /// A click puts the cursor on a column; the second one, or one on its box, shows it or leaves it out.
    fn click(&mut self, click: Click, state: &mut State) {
        let frame = self.frame(state);
        let line = frame.line(click.at).map(|line| self.cursor.top + line);
        if let Some(line) = line.filter(|line| *line < self.rows.len()) {
            let again = click.again && self.cursor.at == line;
            self.cursor.at = line;
            if again || (2..5).contains(&frame.column(click.at)) {
                self.toggle(state);
            }
        }
    }
}

fn rows(state: &State) -> Vec<(Chosen, bool)> {
    let current = state.columns.current(sorting::room(state));
    let others = Column::ALL
        .iter()
        .filter(|column| current.iter().all(|chosen| chosen.column != **column))
        .map(|column| Chosen {
            column: *column,
            width: None,
        });
    let shown = current.iter().map(|chosen| (*chosen, true));
    shown.chain(others.map(|chosen| (chosen, false))).collect()
}

impl Layer for ColumnsDialog {
    fn places(&self) -> &'static [Place] {
        &[Place::Columns]
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        let command = match input {
            Input::Command(command) => command,
            Input::Mouse(click) => {
                self.click(click, state);
                return Flow::Stay;
            }
            _ => return Flow::Stay,
        };
        match command {
            Command::ToggleColumn => self.toggle(state),
            Command::ColumnLeft => self.shift(false, state),
            Command::ColumnRight => self.shift(true, state),
            Command::WidenColumn => self.widen(1, state),
            Command::NarrowColumn => self.widen(-1, state),
            Command::DefaultColumns => {
                state.columns.chosen = None;
                self.rows = rows(state);
            }
            Command::Back | Command::Accept => {
                if state.columns != self.before {
                    effects.push(Effect::RememberColumns(state.columns.texts()));
                }
                return Flow::Close;
            }
            command => {
                let page = self.page(state);
                self.cursor.act(command, self.rows.len(), page);
            }
        }
        let page = self.page(state);
        self.cursor.settle(self.rows.len(), page);
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let page = self.page(state);
        let chosen = match state.columns.chosen {
            Some(_) => "chosen",
            None => "those that the width has room for",
        };
        let title = Line::from(vec![
            Span::styled(" Columns ", theme.strong),
            Span::styled(format!("· {chosen} "), theme.dim),
        ]);
        let inner = self
            .frame(state)
            .draw(frame, title, theme.border_focus, state);
        let fitted = sorting::fitted(state);
        for (row, index) in self.cursor.shown(self.rows.len(), page).enumerate() {
            let Some((chosen, shown)) = self.rows.get(index) else {
                continue;
            };
            let at = index == self.cursor.at;
            let room = fitted.iter().find(|fitted| fitted.column == chosen.column);
            let width = match (shown, room) {
                (true, Some(room)) => format!("{:>2} wide", room.width),
                (true, None) => "no room".to_owned(),
                (false, _) => String::new(),
            };
            let name = if *shown { theme.text } else { theme.dim };
            let line = Line::from(vec![
                Span::styled(if at { "▸ " } else { "  " }, theme.accent),
                Span::styled(if *shown { "[x] " } else { "[ ] " }, theme.accent),
                Span::styled(text::left(chosen.column.title(), 11), name),
                Span::styled(text::left(&width, 9), theme.dim),
                Span::styled(text::fit(chosen.column.help(), 46), theme.dim),
            ]);
            pane::row(frame, inner, row, line, at.then_some(theme.selection));
        }
    }
}
