//! A table of texts and what they become, filled by hand: the texts are those that the file has, with how often.

use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::{Border, Flow, Input, Layer};
use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::state::State;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::{input, pane, text};

/// What a text becomes in words, where it isn't a text of its own.
const STAYS: &str = "stays as it is";
const NOTHING: &str = "nothing";
/// Lines below the table.
const BELOW: usize = 4;

/// A table: each text with what it becomes.
pub type Table = Vec<(String, String)>;
/// What comes of a table for the order that is shown, in words.
pub type Gives = Box<dyn Fn(&State, &Table) -> String + Send>;
/// What is done with it; why it can't be.
pub type Taken = Box<dyn FnMut(&mut State, &Table) -> Result<(), String> + Send>;

/// A line of the table.
#[derive(Debug, Clone)]
struct Row {
    from: String,
    /// How often the file has it; none where it isn't known.
    count: Option<usize>,
    /// What it becomes: empty for nothing; none where it stays.
    to: Option<String>,
}

/// A table of texts and what they become.
pub struct Lookup {
    title: String,
    /// Where the texts were taken from.
    about: String,
    /// The last one stands for all others.
    rows: Vec<Row>,
    /// The only values that the target may have.
    choices: &'static [&'static str],
    cursor: Cursor,
    /// What is typed in the line under the cursor.
    input: input::Input,
    gives: Gives,
    said: Result<String, String>,
    taken: Taken,
}

impl std::fmt::Debug for Lookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lookup")
            .field("title", &self.title)
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

impl Lookup {
    /// A table over the texts that a file has, with what is known of them already.
    pub fn new(
        (title, about): (String, String),
        texts: Vec<(String, usize)>,
        known: &Table,
        choices: &'static [&'static str],
        gives: Gives,
        taken: Taken,
    ) -> Self {
        let of = |text: &str| {
            let text = text.to_lowercase();
            known.iter().find(|(from, _)| from.to_lowercase() == text)
        };
        let mut rows: Vec<Row> = texts
            .into_iter()
            .map(|(from, count)| Row {
                to: of(&from).map(|(_, to)| to.clone()),
                from,
                count: Some(count),
            })
            .collect();
        for (from, to) in known.iter().filter(|(from, _)| from != "*") {
            let text = from.to_lowercase();
            if !rows.iter().any(|row| row.from.to_lowercase() == text) {
                rows.push(Row {
                    from: from.clone(),
                    count: None,
                    to: Some(to.clone()),
                });
            }
        }
        rows.push(Row {
            from: "*".to_owned(),
            count: None,
            to: of("*").map(|(_, to)| to.clone()),
        });
        let mut lookup = Self {
            title,
            about,
            rows,
            choices,
            cursor: Cursor::default(),
            input: input::Input::default(),
            gives,
            said: Ok(String::new()),
            taken,
        };
        lookup.stand();
        lookup
    }

    /// Says what comes of it already.
    #[must_use]
    pub fn shown(mut self, state: &State) -> Self {
        self.say(state);
        self
    }

    /// The line to add another text stands behind all.
    fn len(&self) -> usize {
        self.rows.len() + 1
    }

    /// Takes the text of the line under the cursor to be typed.
    fn stand(&mut self) {
        let row = self.rows.get(self.cursor.at);
        let to = row.and_then(|row| row.to.clone()).unwrap_or_default();
        self.input = input::Input::new(to);
    }

    fn table(&self) -> Table {
        let rows = self.rows.iter();
        let rows = rows.filter_map(|row| Some((row.from.clone(), row.to.clone()?)));
        rows.collect()
    }

    fn say(&mut self, state: &State) {
        self.said = Ok((self.gives)(state, &self.table()));
    }

    fn typed(&mut self, state: &State) {
        let text = self.input.text().to_owned();
        if let Some(row) = self.rows.get_mut(self.cursor.at) {
            row.to = (!text.is_empty()).then_some(text);
            self.say(state);
        }
    }

    /// The next of what the line may become: as it is, nothing, the choices.
    fn next(&mut self, back: bool, state: &State) {
        let Some(row) = self.rows.get_mut(self.cursor.at) else {
            return;
        };
        let mut all: Vec<Option<String>> = vec![None];
        all.extend(self.choices.iter().map(|word| Some((*word).to_owned())));
        all.push(Some(String::new()));
        let now = all.iter().position(|to| *to == row.to);
        let at = match (now, back) {
            (None, _) => 0,
            (Some(now), false) => (now + 1) % all.len(),
            (Some(now), true) => (now + all.len() - 1) % all.len(),
        };
        row.to = all.swap_remove(at);
        self.stand();
        self.say(state);
    }

    fn key(&mut self, key: KeyEvent, state: &State) {
        if self.input.key(key) {
            self.typed(state);
        }
    }

    /// Adds the text that was typed in the last line. Returns whether it was there.
    fn add(&mut self) -> bool {
        if self.cursor.at < self.rows.len() || self.input.text().trim().is_empty() {
            return false;
        }
        let from = self.input.text().trim().to_owned();
        let text = from.to_lowercase();
        let known = self
            .rows
            .iter()
            .position(|row| row.from.to_lowercase() == text);
        self.cursor.at = known.unwrap_or_else(|| {
            let at = self.rows.len() - 1;
            let row = Row {
                from,
                count: None,
                to: None,
            };
            self.rows.insert(at, row);
            at
        });
        self.stand();
        true
    }

    fn page(&self, state: &State) -> usize {
        let room = usize::from(state.size.1).saturating_sub(4 + BELOW + 1);
        self.len().min(room).max(1)
    }

    fn frame(&self, state: &State) -> Border {
        let rows = self.page(state) + BELOW + 1;
        let area = layout::middle(state.size, 90, rows as u16 + 2);
        let keys = [
            (Command::NextPane, "next choice"),
            (Command::Accept, "take the table"),
            (Command::Back, "back"),
        ];
        Border::new(area, &keys)
    }

    /// What is to be pressed in this line.
    fn help(&self, state: &State) -> String {
        let [next, take] =
            [Command::NextPane, Command::Accept].map(|command| state.keymap.first(command));
        if self.cursor.at == self.rows.len() {
            return format!("type a text that isn't here yet, {take} adds it");
        }
        if self.choices.is_empty() {
            return format!("type what it becomes; {next}: {STAYS}, {NOTHING}");
        }
        let choices = self.choices.join(", ");
        format!("type what it becomes, or {next}: {STAYS}, {choices}, {NOTHING}")
    }

    fn line(&self, number: usize, state: &State, wide: usize) -> Line<'static> {
        let theme = &state.theme;
        let at = number == self.cursor.at;
        let mark = Span::styled(if at { "▸ " } else { "  " }, theme.accent);
        let from = wide.saturating_sub(14) / 2;
        let Some(row) = self.rows.get(number) else {
            let mut spans = vec![mark, Span::styled("another text: ", theme.dim)];
            if at {
                spans.extend(self.input.spans(from, true, theme.text, theme));
            }
            return Line::from(spans);
        };
        let name = match row.from.as_str() {
            "*" => "all others".to_owned(),
            from => text::shown(from).into_owned(),
        };
        let count = match row.count {
            Some(count) => text::count(count as u64),
            None => String::new(),
        };
        let mut spans = vec![
            mark,
            Span::styled(text::left(&name, from), theme.text),
            Span::styled(format!(" {} ", text::right(&count, 7)), theme.dim),
            Span::styled("→ ", theme.info),
        ];
        let open = at && row.to.as_deref() != Some("");
        match row.to.as_deref() {
            Some("") => spans.push(Span::styled(NOTHING, theme.info)),
            Some(to) if !at => spans.push(Span::styled(text::shown(to).into_owned(), theme.strong)),
            None if !at => spans.push(Span::styled(STAYS, theme.dim)),
            _ => {}
        }
        if open {
            let room = wide.saturating_sub(from + 13);
            spans.extend(self.input.spans(room, true, theme.strong, theme));
            if row.to.is_none() {
                spans.push(Span::styled(format!(" {STAYS}"), theme.dim));
            }
        }
        Line::from(spans)
    }
}

impl Layer for Lookup {
    fn is_typing(&self) -> bool {
        true
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, _: &mut Vec<Effect>) -> Flow {
        let page = self.page(state);
        match input {
            Input::Command(Command::Accept) => {
                if self.add() {
                    return Flow::Stay;
                }
                let table = self.table();
                match (self.taken)(state, &table) {
                    Ok(()) => return Flow::Close,
                    Err(why) => self.said = Err(why),
                }
            }
            Input::Command(Command::Back) => return Flow::Close,
            Input::Command(Command::NextPane) => self.next(false, state),
            Input::Command(Command::PreviousPane) => self.next(true, state),
            Input::Command(command) => {
                if self.cursor.act(command, self.len(), page) {
                    self.stand();
                }
            }
            Input::Text(key) => self.key(key, state),
            Input::Paste(pasted) => {
                self.input.paste(pasted);
                self.typed(state);
            }
            Input::Mouse(click) => {
                let line = self.frame(state).line(click.at);
                let line = line.and_then(|line| line.checked_sub(1));
                let row = line
                    .filter(|line| *line < page)
                    .map(|line| self.cursor.top + line);
                if let Some(row) = row.filter(|row| *row < self.len()) {
                    self.cursor.at = row;
                    self.stand();
                }
            }
            Input::Arrived(_) => {}
        }
        let page = self.page(state);
        self.cursor.settle(self.len(), page);
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let title = Line::styled(format!(" {} ", text::shown(&self.title)), theme.strong);
        let inner = self
            .frame(state)
            .draw(frame, title, theme.border_focus, state);
        let wide = usize::from(inner.width);
        let page = self.page(state);
        let about = text::fit(&text::shown(&self.about), wide);
        pane::row(frame, inner, 0, Line::styled(about, theme.dim), None);
        for (row, number) in self.cursor.shown(self.len(), page).enumerate() {
            let style = (number == self.cursor.at).then_some(theme.selection);
            pane::row(frame, inner, row + 1, self.line(number, state, wide), style);
        }
        let said = match &self.said {
            Ok(words) => Line::styled(text::shown(words).into_owned(), theme.info),
            Err(why) => Line::styled(format!("✗ {}", text::shown(why)), theme.error),
        };
        pane::row(frame, inner, page + 2, said, None);
        let help = text::wrap(&self.help(state), wide).into_iter().take(2);
        for (row, words) in help.enumerate() {
            let line = Line::styled(words, theme.dim);
            pane::row(frame, inner, page + 3 + row, line, None);
        }
    }
}
