//! A text to read: a request as it would leave, an order's history. It scrolls, and can be searched.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{Border, Flow, Input, Layer, keys};
use crate::console::action::{Command, Place};
use crate::console::effect::Effect;
use crate::console::exchange::LineKind;
use crate::console::history;
use crate::console::layout;
use crate::console::state::{State, Tone};
use crate::console::theme::Theme;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::search::Search;
use crate::console::widget::{pane, text};
use crate::ledger::{Book, ExchangeId};
use crate::workspace::HistoryReport;

/// A text to read.
#[derive(Debug)]
pub struct Reader {
    title: String,
    lines: Vec<(LineKind, String)>,
    top: usize,
    /// Columns that are scrolled out on the left.
    left: usize,
    /// Of each line the exchange that it is about; empty for a text without a cursor.
    links: Vec<Option<(Book, ExchangeId)>>,
    /// The line under the cursor, where there is one.
    at: usize,
    search: Search,
    /// The line found last.
    found: Option<usize>,
    nothing_found: bool,
}

impl Reader {
    /// A text with its title.
    pub fn new(title: impl Into<String>, lines: Vec<String>) -> Self {
        Self::with(
            title.into(),
            lines
                .into_iter()
                .map(|line| (LineKind::Plain, line))
                .collect(),
        )
    }

    /// Everything that happened to an order, with a cursor that opens exchanges.
    /// Lines are wrapped at that many columns of the screen.
    pub fn of_history(key: &str, reports: &[HistoryReport], columns: u16) -> Self {
        let columns = usize::from(columns.saturating_sub(6));
        let (lines, links): (Vec<_>, Vec<_>) = history::lines(key, reports)
            .into_iter()
            .flat_map(|line| {
                let parts = wrapped(&line.words, columns).into_iter();
                parts.map(move |part| ((line.kind, part), line.exchange))
            })
            .unzip();
        let opens = links.iter().any(Option::is_some);
        Self {
            links: if opens { links } else { Vec::new() },
            ..Self::with(format!("History of {key}, newest first"), lines)
        }
    }

    fn with(title: String, lines: Vec<(LineKind, String)>) -> Self {
        Self {
            title,
            lines,
            top: 0,
            left: 0,
            links: Vec::new(),
            at: 0,
            search: Search::default(),
            found: None,
            nothing_found: false,
        }
    }

    /// Searches for something else, or for nothing.
    fn search_for(&mut self, search: Search) {
        (self.search, self.found, self.nothing_found) = (search, None, false);
    }

    /// Moves the cursor, where there is one. Returns whether the command was one that moves it.
    fn move_cursor(&mut self, command: Command, page: usize) -> bool {
        let mut cursor = Cursor {
            at: self.at,
            top: self.top,
        };
        let moves = !self.links.is_empty() && cursor.act(command, self.lines.len(), page);
        (self.at, self.top) = (cursor.at, cursor.top);
        moves
    }

    /// Opens the exchange of the line under the cursor.
    fn open(&self, state: &mut State, effects: &mut Vec<Effect>) {
        match self.links.get(self.at) {
            Some(Some((book, exchange))) => effects.push(Effect::Response {
                book: *book,
                exchange: *exchange,
            }),
            _ => state.say(Tone::Info, "no request belongs to this line"),
        }
    }

    fn page(state: &State) -> usize {
        usize::from(state.size.1.saturating_sub(6)).max(1)
    }

    /// Goes to the next line that has what is searched for, or the previous one, around the end.
    fn find(&mut self, forward: bool, from: usize, page: usize) {
        let wanted = self.search.wanted();
        let count = self.lines.len();
        if wanted.is_empty() || count == 0 {
            return;
        }
        let found = (0..count)
            .map(|step| {
                if forward {
                    (from + step) % count
                } else {
                    (from + count - step) % count
                }
            })
            .find(|line| wanted.is_in(&self.lines[*line].1));
        (self.found, self.nothing_found) = (found, found.is_none());
        self.at = found.unwrap_or(self.at);
        if let Some(line) = found
            && !(self.top..self.top + page).contains(&line)
        {
            let last = count.saturating_sub(page);
            self.top = line.saturating_sub(page / 3).min(last);
        }
    }

    fn again(&mut self, forward: bool, page: usize) {
        let count = self.lines.len().max(1);
        let from = match (self.found, forward) {
            (Some(at), true) => (at + 1) % count,
            (Some(at), false) => (at + count - 1) % count,
            (None, _) => self.top,
        };
        self.find(forward, from, page);
    }

    fn type_search(&mut self, input: &Input<'_>, page: usize) {
        match input {
            Input::Text(key) => {
                self.search.input.key(*key);
            }
            Input::Paste(pasted) => self.search.input.paste(pasted),
            Input::Command(Command::Accept) => self.search.typing = false,
            Input::Command(Command::Back) => self.search_for(Search::default()),
            _ => return,
        }
        if self.search.typing {
            self.find(true, self.top, page);
        }
    }

    fn line(&self, index: usize, columns: usize, theme: &Theme) -> Line<'static> {
        let (kind, words) = &self.lines[index];
        let shown: String = text::shown(words).chars().skip(self.left).collect();
        let shown = text::fit(&shown, columns);
        if Some(index) == self.found && self.links.is_empty() {
            return Line::styled(shown, theme.selection);
        }
        let mut line = match kind {
            LineKind::Plain => Line::styled(shown, theme.text),
            LineKind::Head => Line::styled(shown, theme.strong),
            LineKind::Trouble => Line::styled(shown, theme.error),
            LineKind::Outcome(outcome) => Line::styled(shown, theme.outcome(*outcome)),
            LineKind::Header => match shown.split_once(':') {
                Some((name, value)) => Line::from(vec![
                    Span::styled(format!("{name}:"), theme.dim),
                    Span::styled(value.to_owned(), theme.text),
                ]),
                None => Line::styled(shown, theme.text),
            },
            LineKind::Json => json(&shown, theme),
        };
        // A style of the whole line is each part's, so that it stays around what is marked.
        let of_line = line.style;
        let parts = line.spans.into_iter();
        let parts = parts.map(|part| part.patch_style(of_line));
        line.spans = self.search.wanted().mark(parts.collect(), theme);
        line
    }
}

/// A line in several where it is too long, each as far in as the first and a little more.
fn wrapped(words: &str, columns: usize) -> Vec<String> {
    if text::width(words) <= columns {
        return vec![words.to_owned()];
    }
    let own = words.trim_start();
    let indent = words.len() - own.len();
    let room = columns.saturating_sub(indent + 4).max(20);
    let parts = text::wrap(own, room).into_iter().enumerate();
    parts
        .map(|(index, part)| {
            let more = if index == 0 { 0 } else { 4 };
            format!("{}{part}", " ".repeat(indent + more))
        })
        .collect()
}

/// A line of pretty JSON in its colours.
pub(super) fn json(line: &str, theme: &Theme) -> Line<'static> {
    let indent = line.len() - line.trim_start().len();
    let (blank, rest) = line.split_at(indent);
    let mut spans = vec![Span::raw(blank.to_owned())];
    let value = match rest.split_once("\": ") {
        Some((name, value)) if name.starts_with('"') => {
            spans.push(Span::styled(format!("{name}\""), theme.json_name));
            spans.push(Span::raw(": "));
            value
        }
        _ => rest,
    };
    let (value, comma) = match value.strip_suffix(',') {
        Some(value) => (value, ","),
        None => (value, ""),
    };
    let style: Style = match value.chars().next() {
        Some('"') => theme.json_text,
        Some('0'..='9' | '-') => theme.json_number,
        Some('t' | 'f' | 'n') => theme.json_word,
        _ => theme.text,
    };
    spans.push(Span::styled(value.to_owned(), style));
    spans.push(Span::raw(comma.to_owned()));
    Line::from(spans)
}

impl Reader {
    fn area(state: &State) -> Rect {
        layout::middle(state.size, state.size.0, Self::page(state) as u16 + 2)
    }

    /// The keys at the end of the lower border.
    fn shown_keys(&self) -> Vec<(Command, &'static str)> {
        if self.search.is_active() {
            return vec![
                (Command::FindNext, "next"),
                (Command::FindPrevious, "previous"),
            ];
        }
        let first = if self.links.is_empty() {
            (Command::PageDown, "page")
        } else {
            (Command::Accept, "response")
        };
        vec![first, (Command::Find, "search"), (Command::Back, "back")]
    }
}

impl Layer for Reader {
    fn border(&self, state: &State) -> Option<Border> {
        Some(Border::new(Self::area(state), &self.shown_keys()))
    }

    fn places(&self) -> &'static [Place] {
        if self.links.is_empty() {
            &[Place::Text]
        } else {
            &[Place::History, Place::Text]
        }
    }

    fn is_typing(&self) -> bool {
        self.search.typing
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        let page = Self::page(state);
        let last = self.lines.len().saturating_sub(page);
        if self.search.typing {
            self.type_search(&input, page);
            return Flow::Stay;
        }
        match input {
            Input::Command(command) if self.move_cursor(command, page) => {}
            Input::Command(Command::Accept) if !self.links.is_empty() => {
                self.open(state, effects);
            }
            Input::Command(Command::Back) if !self.search.input.text().is_empty() => {
                self.search_for(Search::default());
            }
            Input::Command(Command::Back | Command::Accept) => return Flow::Close,
            Input::Command(Command::Find) => self.search_for(Search::begin()),
            Input::Command(Command::FindNext) => self.again(true, page),
            Input::Command(Command::FindPrevious) => self.again(false, page),
            Input::Command(Command::Up) => self.top = self.top.saturating_sub(1),
            Input::Command(Command::Down) => self.top = (self.top + 1).min(last),
            Input::Command(Command::Left) => self.left = self.left.saturating_sub(8),
            Input::Command(Command::Right) => self.left += 8,
            Input::Command(Command::PageUp) => self.top = self.top.saturating_sub(page - 1),
            Input::Command(Command::PageDown) => self.top = (self.top + page - 1).min(last),
            Input::Command(Command::Top) => (self.top, self.left) = (0, 0),
            Input::Command(Command::Bottom) => self.top = last,
            // A click puts the cursor on a line; the second one opens its response.
            Input::Mouse(click) if !self.links.is_empty() => {
                let border = Border::new(Self::area(state), &[]);
                let line = border.line(click.at).map(|line| self.top + line);
                if let Some(line) = line.filter(|line| *line < self.lines.len()) {
                    let again = click.again && self.at == line;
                    self.at = line;
                    if again {
                        self.open(state, effects);
                    }
                }
            }
            _ => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let page = Self::page(state);
        let area = Self::area(state);
        let last = (self.top + page).min(self.lines.len());
        let title = Line::from(vec![
            Span::styled(
                format!(
                    " {} ",
                    text::fit(
                        &text::shown(&self.title),
                        usize::from(area.width).saturating_sub(24)
                    )
                ),
                theme.strong,
            ),
            Span::styled(
                format!("{last} of {} lines ", text::count(self.lines.len() as u64)),
                theme.dim,
            ),
        ]);
        let bottom = if self.search.is_active() {
            let mut spans = vec![Span::styled(" /", theme.key)];
            spans.extend(
                self.search
                    .input
                    .spans(30, self.search.typing, theme.text, theme),
            );
            if self.nothing_found {
                spans.push(Span::styled(" nothing found", theme.error));
            }
            let mut line = Line::from(spans);
            line.spans.extend(keys(state, &self.shown_keys()).spans);
            line
        } else {
            keys(state, &self.shown_keys())
        };
        let inner = pane::dialog(frame, area, title, bottom, theme.border_focus);
        let columns = usize::from(inner.width);
        for (row, index) in (self.top..last).enumerate() {
            let style = (!self.links.is_empty() && index == self.at).then_some(theme.selection);
            pane::row(frame, inner, row, self.line(index, columns, theme), style);
        }
    }
}
