//! The open files: go to one, or close it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{Border, Click, Flow, Input, Layer};
use crate::console::action::{Command, Place};
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::state::shelf::Content;
use crate::console::state::{FileState, OrdersState, State};
use crate::console::update;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::{pane, text};

/// The list.
#[derive(Debug)]
pub struct Files {
    cursor: Cursor,
}

/// A line of it.
struct Entry {
    number: u64,
    is_front: bool,
    path: String,
    facts: String,
}

impl Files {
    /// The list, the cursor on the file in front.
    pub fn new(state: &State) -> Self {
        let at = entries(state).iter().position(|entry| entry.is_front);
        Self {
            cursor: Cursor {
                at: at.unwrap_or(0),
                top: 0,
            },
        }
    }

    fn show(&self, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        let entries = entries(state);
        if let Some(entry) = entries.get(self.cursor.at).filter(|entry| !entry.is_front) {
            update::shelf::show(state, entry.number, effects);
        }
        Flow::Close
    }

    fn close(&mut self, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        if let Some(entry) = entries(state).get(self.cursor.at) {
            update::shelf::close_number(state, entry.number, effects);
        }
        let left = entries(state).len();
        self.cursor.settle(left, page(state));
        if left == 0 { Flow::Close } else { Flow::Stay }
    }

    /// A click puts the cursor on a file; the second one goes to it.
    fn click(&mut self, click: Click, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        let row = frame_of(state).line(click.at);
        let line = row.map(|row| row / 2 + self.cursor.top);
        if let Some(line) = line.filter(|line| *line < entries(state).len()) {
            if click.again && self.cursor.at == line {
                return self.show(state, effects);
            }
            self.cursor.at = line;
        }
        Flow::Stay
    }
}

fn entries(state: &State) -> Vec<Entry> {
    let mut entries: Vec<Entry> = state
        .shelf
        .others
        .iter()
        .map(|other| Entry {
            number: other.number,
            is_front: false,
            path: other.path().to_owned(),
            facts: match &other.content {
                Content::Desk(desk) => facts(&desk.file, &desk.orders),
                Content::Unread { orders, .. } => format!(
                    "{} at the last visit, read when you go to it",
                    text::many(*orders, "order")
                ),
            },
        })
        .collect();
    if let Some(deck) = &state.file.deck {
        entries.push(Entry {
            number: state.shelf.front,
            is_front: true,
            path: deck.source().identity().to_owned(),
            facts: facts(&state.file, &state.orders),
        });
    }
    entries.sort_by_key(|entry| entry.number);
    entries
}

fn facts(file: &FileState, orders: &OrdersState) -> String {
    let mut facts = Vec::new();
    if let Some(deck) = &file.deck {
        facts.push(deck.mapping().title().to_owned());
    }
    facts.push(text::many(file.orders() as u64, "order"));
    for (count, word) in [(file.edited(), "edited"), (orders.marked.len(), "marked")] {
        if count > 0 {
            facts.push(format!("{} {word}", text::count(count as u64)));
        }
    }
    if !orders.filter.text().is_empty() {
        facts.push(format!("filter {}", orders.filter.text()));
    }
    if file.changed.is_some() {
        facts.push("changed on disk".to_owned());
    }
    facts.join(" · ")
}

fn area(state: &State) -> Rect {
    let files = state.shelf.others.len() as u16 + 1;
    layout::middle(state.size, 100, 2 * files + 2)
}

/// Where it stands, and its keys.
fn frame_of(state: &State) -> Border {
    let shown = [
        (Command::Accept, "go to it"),
        (Command::CloseFile, "close it"),
        (Command::Back, "back"),
    ];
    Border::new(area(state), &shown)
}

fn page(state: &State) -> usize {
    usize::from(area(state).height.saturating_sub(2) / 2)
}

impl Layer for Files {
    fn places(&self) -> &'static [Place] {
        &[Place::Files]
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(frame_of(state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Command(Command::Back) => Flow::Close,
            Input::Command(Command::Accept) => self.show(state, effects),
            Input::Command(Command::CloseFile) => self.close(state, effects),
            Input::Command(command) => {
                let files = entries(state).len();
                self.cursor.act(command, files, page(state));
                Flow::Stay
            }
            Input::Mouse(click) => self.click(click, state, effects),
            _ => Flow::Stay,
        }
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let entries = entries(state);
        let title = Line::styled(format!(" Open files · {} ", entries.len()), theme.strong);
        let inner = frame_of(state).draw(frame, title, theme.border_focus, state);
        let columns = usize::from(inner.width);
        for (line, index) in self.cursor.shown(entries.len(), page(state)).enumerate() {
            let Some(entry) = entries.get(index) else {
                break;
            };
            let at = index == self.cursor.at;
            let mark = if at { "▸ " } else { "  " };
            let here = if entry.is_front { "  in front" } else { "" };
            let room = columns.saturating_sub(2 + text::width(here));
            let first = Line::from(vec![
                Span::styled(mark, theme.accent),
                Span::raw(text::keep_end(&text::shown(&entry.path), room)),
                Span::styled(here, theme.accent),
            ]);
            pane::row(frame, inner, 2 * line, first, at.then_some(theme.selection));
            let facts = text::fit(&text::shown(&entry.facts), columns.saturating_sub(4));
            let second = Line::styled(format!("    {facts}"), theme.dim);
            pane::row(frame, inner, 2 * line + 1, second, None);
        }
    }
}
