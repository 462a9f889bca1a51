//! Several lines of a list, in the order in which they are picked: the columns of a sum, of the first that isn't
//! empty. What comes of them is shown at once.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::{Border, Flow, Input, Layer};
use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::state::State;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::{fuzzy, input, pane, text};

/// What comes of the lines that are picked, in words.
pub type Gives = Box<dyn Fn(&State, &[usize]) -> String + Send>;
/// What is done with them; why it can't be.
pub type Taken =
    Box<dyn FnMut(&mut State, &[usize], &mut Vec<Effect>) -> Result<(), String> + Send>;

/// Lines above the list: what is typed, and below it: what comes of it, what to press.
const AROUND: usize = 4;

/// Several lines of a list.
pub struct Several {
    title: String,
    rows: Vec<(String, String)>,
    /// The places of those that are picked.
    picked: Vec<usize>,
    /// How many are needed, and how many may be.
    count: (usize, usize),
    find: input::Input,
    found: Vec<(usize, Vec<usize>)>,
    cursor: Cursor,
    gives: Gives,
    /// What comes of them now, or what is wrong.
    said: Result<String, String>,
    taken: Taken,
}

impl std::fmt::Debug for Several {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Several")
            .field("title", &self.title)
            .field("picked", &self.picked)
            .finish_non_exhaustive()
    }
}

impl Several {
    /// A list of words, each with a word about it, of which at least and at most so many are picked.
    pub fn new(
        title: impl Into<String>,
        rows: Vec<(String, String)>,
        picked: Vec<usize>,
        count: (usize, usize),
        gives: Gives,
        taken: Taken,
    ) -> Self {
        let mut several = Self {
            title: title.into(),
            rows,
            picked,
            count,
            find: input::Input::default(),
            found: Vec::new(),
            cursor: Cursor::default(),
            gives,
            said: Ok(String::new()),
            taken,
        };
        several.seek();
        several
    }

    /// Says what comes of the lines that are picked already.
    #[must_use]
    pub fn shown(mut self, state: &State) -> Self {
        self.say(state);
        self
    }

    fn seek(&mut self) {
        let found = fuzzy::rank(self.find.text(), self.rows.iter().map(|row| &*row.0));
        let found = found.into_iter();
        self.found = found.map(|(index, _, letters)| (index, letters)).collect();
    }

    fn say(&mut self, state: &State) {
        self.said = Ok(if self.picked.len() < self.count.0 {
            let (least, most) = self.count;
            let or_more = if most > least { " or more" } else { "" };
            format!("pick {least}{or_more}")
        } else {
            (self.gives)(state, &self.picked)
        });
    }

    fn pick(&mut self, state: &State) {
        let Some((index, _)) = self.found.get(self.cursor.at) else {
            return;
        };
        match self.picked.iter().position(|known| known == index) {
            Some(at) => {
                self.picked.remove(at);
            }
            None if self.picked.len() < self.count.1 => self.picked.push(*index),
            None => {}
        }
        self.say(state);
    }

    fn page(&self, state: &State) -> usize {
        let room = usize::from(state.size.1).saturating_sub(4 + AROUND);
        self.rows.len().min(room).max(1)
    }

    fn frame(&self, state: &State) -> Border {
        let area = layout::middle(state.size, 100, (self.page(state) + AROUND) as u16 + 2);
        let keys = [
            (Command::NextPane, "pick or drop"),
            (Command::Accept, "take those picked"),
            (Command::Back, "back"),
        ];
        Border::new(area, &keys)
    }

    fn accept(&mut self, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        if self.picked.is_empty() && self.count.0 == 1 {
            self.pick(state);
        }
        if self.picked.len() < self.count.0 {
            self.say(state);
            self.said = Err(self.said.clone().unwrap_or_default());
            return Flow::Stay;
        }
        match (self.taken)(state, &self.picked, effects) {
            Ok(()) => Flow::Close,
            Err(why) => {
                self.said = Err(why);
                Flow::Stay
            }
        }
    }
}

impl Layer for Several {
    fn is_typing(&self) -> bool {
        true
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        let page = self.page(state);
        match input {
            Input::Command(Command::Accept) => return self.accept(state, effects),
            Input::Command(Command::Back) => return Flow::Close,
            Input::Command(Command::NextPane) => {
                self.pick(state);
                self.cursor.act(Command::Down, self.found.len(), page);
            }
            Input::Command(command) => {
                self.cursor.act(command, self.found.len(), page);
            }
            Input::Text(key) if self.find.key(key) => {
                self.seek();
                self.cursor = Cursor::default();
            }
            Input::Paste(pasted) => {
                self.find.paste(pasted);
                self.seek();
                self.cursor = Cursor::default();
            }
            Input::Mouse(click) => {
                let line = self.frame(state).line(click.at);
                let line = line.and_then(|line| line.checked_sub(1));
                let row = line
                    .filter(|line| *line < page)
                    .map(|line| self.cursor.top + line);
                if let Some(row) = row.filter(|row| *row < self.found.len()) {
                    let again = click.again && self.cursor.at == row;
                    self.cursor.at = row;
                    if again {
                        self.pick(state);
                    }
                }
            }
            Input::Text(_) | Input::Arrived(_) => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let title = Line::styled(format!(" {} ", text::shown(&self.title)), theme.strong);
        let border = self.frame(state);
        let inner = border.draw(frame, title, theme.border_focus, state);
        let page = self.page(state);
        let mut find = vec![Span::styled("find  ", theme.dim)];
        find.extend(self.find.spans(40, true, theme.text, theme));
        pane::row(frame, inner, 0, Line::from(find), None);
        let names = self
            .rows
            .iter()
            .map(|row| text::width(&text::shown(&row.0)));
        let columns = names.max().unwrap_or(0).min(40);
        for (line, number) in self.cursor.shown(self.found.len(), page).enumerate() {
            let Some((index, letters)) = self.found.get(number) else {
                continue;
            };
            let Some((name, about)) = self.rows.get(*index) else {
                continue;
            };
            let at = number == self.cursor.at;
            let place = self.picked.iter().position(|known| known == index);
            let mark = place.map_or_else(|| "[ ]".to_owned(), |place| format!("[{}]", place + 1));
            let name = text::shown(name);
            let mut spans = vec![
                Span::styled(if at { "▸ " } else { "  " }, theme.accent),
                Span::styled(format!("{mark:<5}"), theme.accent),
            ];
            spans.extend(fuzzy::spans(&name, letters, theme.text, theme));
            let blanks = columns.saturating_sub(text::width(&name)) + 3;
            spans.push(Span::raw(" ".repeat(blanks)));
            spans.push(Span::styled(text::shown(about).into_owned(), theme.dim));
            let style = at.then_some(theme.selection);
            pane::row(frame, inner, line + 1, Line::from(spans), style);
        }
        if self.found.is_empty() {
            let words = Line::styled("nothing of that name", theme.dim);
            pane::row(frame, inner, 1, words, None);
        }
        let said = match &self.said {
            Ok(words) => Line::styled(text::shown(words).into_owned(), theme.info),
            Err(why) => Line::styled(format!("✗ {}", text::shown(why)), theme.error),
        };
        pane::row(frame, inner, page + 2, said, None);
        let help = "letters find a line; the order in which they are picked counts";
        pane::row(frame, inner, page + 3, Line::styled(help, theme.dim), None);
    }
}
