//! The manual inside the console: a page from its Markdown, with a search, and the way to the pages it speaks of.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::{Border, Flow, Input, Layer};
use crate::console::action::{Command, Place};
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::state::State;
use crate::console::widget::{fuzzy, input, markdown, pane, text};
use crate::manual::{PAGES, Page};

/// The manual, open at a page.
#[derive(Debug)]
pub struct Manual {
    page: &'static Page,
    /// The first line shown.
    top: usize,
    /// The link under the cursor.
    link: Option<usize>,
    /// Pages that were left by a link, with their first line.
    before: Vec<(&'static Page, usize)>,
    input: input::Input,
    typing: bool,
    /// Which of the lines found.
    found: usize,
}

impl Manual {
    /// The page of that name; the index if there is none.
    pub fn open(name: &str) -> Self {
        Self {
            page: Page::named(name).unwrap_or(&PAGES[0]),
            top: 0,
            link: None,
            before: Vec::new(),
            input: input::Input::default(),
            typing: false,
            found: 0,
        }
    }

    fn frame(&self, state: &State) -> Border {
        let area = layout::middle(state.size, 106, state.size.1.saturating_sub(2));
        let mut shown = vec![
            (Command::NextPane, "next link"),
            (Command::Find, "search"),
            (Command::Back, "back"),
        ];
        if self.link.is_some() {
            shown.insert(0, (Command::Accept, "follow"));
        } else {
            shown.insert(0, (Command::PageDown, "page"));
        }
        if !self.input.text().is_empty() {
            shown.insert(0, (Command::FindNext, "next found"));
        }
        Border::new(area, &shown)
    }

    fn rendered(&self, state: &State) -> markdown::Page {
        let columns = usize::from(self.frame(state).inner().width);
        markdown::render(self.page.text, columns, &state.theme, |words| {
            let name = words.strip_prefix("orderdeck manual ").unwrap_or(words);
            let is_link = name.len() < words.len()
                || std::path::Path::new(words)
                    .extension()
                    .is_some_and(|ending| ending == "md");
            let page = Page::named(name).filter(|_| is_link)?;
            Some(page.name.to_owned())
        })
    }

    /// Lines of the page that are on the screen: below is the line of the search.
    fn rows(&self, state: &State) -> usize {
        let rows = usize::from(self.frame(state).inner().height);
        let search = usize::from(self.typing || !self.input.text().is_empty());
        rows.saturating_sub(search).max(1)
    }

    fn show(&mut self, page: &'static Page, top: usize) {
        (self.page, self.top, self.link) = (page, top, None);
        self.input.clear();
        (self.typing, self.found) = (false, 0);
    }

    /// The lines that have what is searched for.
    fn hits(&self, page: &markdown::Page) -> Vec<usize> {
        let wanted = self.wanted();
        if wanted.is_empty() {
            return Vec::new();
        }
        let lines = page.lines.iter().enumerate();
        lines
            .filter(|(_, line)| fuzzy::having(&line.to_string(), &wanted).is_some())
            .map(|(number, _)| number)
            .collect()
    }

    /// What is searched for stands together, blanks and all.
    fn wanted(&self) -> Vec<String> {
        let typed = self.input.text();
        if typed.is_empty() {
            Vec::new()
        } else {
            vec![typed.to_owned()]
        }
    }

    /// Brings a line onto the screen.
    fn see(&mut self, line: usize, lines: usize, rows: usize) {
        if !(self.top..self.top + rows).contains(&line) {
            self.top = line.saturating_sub(rows / 3);
        }
        self.top = self.top.min(lines.saturating_sub(rows));
    }

    fn find(&mut self, step: isize, state: &State) {
        let page = self.rendered(state);
        let hits = self.hits(&page);
        if hits.is_empty() {
            self.found = 0;
            return;
        }
        let count = hits.len() as isize;
        self.found = (self.found as isize + step).rem_euclid(count) as usize;
        self.see(hits[self.found], page.lines.len(), self.rows(state));
    }

    fn typed(&mut self, input: &Input<'_>, state: &State) {
        match input {
            Input::Text(key) if !self.input.key(*key) => return,
            Input::Paste(pasted) => self.input.paste(pasted),
            _ => {}
        }
        // The first one from here on.
        let page = self.rendered(state);
        let hits = self.hits(&page);
        let next = hits.iter().position(|line| *line >= self.top);
        self.found = next.unwrap_or(0);
        self.find(0, state);
    }

    fn turn_link(&mut self, forward: bool, state: &State) {
        let page = self.rendered(state);
        let count = page.links.len();
        if count == 0 {
            return;
        }
        self.link = Some(match (self.link, forward) {
            (Some(link), true) => (link + 1) % count,
            (Some(link), false) => (link + count - 1) % count,
            // The first one that is seen.
            (None, true) => {
                let seen = |(_, line): &(String, usize)| *line >= self.top;
                page.links.iter().position(seen).unwrap_or(0)
            }
            (None, false) => count - 1,
        });
        if let Some((_, line)) = self.link.and_then(|link| page.links.get(link)) {
            self.see(*line, page.lines.len(), self.rows(state));
        }
    }

    fn follow(&mut self, state: &State) {
        let page = self.rendered(state);
        let link = self.link.and_then(|link| page.links.get(link));
        if let Some(next) = link.and_then(|(name, _)| Page::named(name)) {
            self.before.push((self.page, self.top));
            self.show(next, 0);
        }
    }

    fn back(&mut self) -> Flow {
        if self.typing || !self.input.text().is_empty() {
            self.input.clear();
            self.typing = false;
            return Flow::Stay;
        }
        match self.before.pop() {
            Some((page, top)) => {
                self.show(page, top);
                Flow::Stay
            }
            None => Flow::Close,
        }
    }

    fn scroll(&mut self, command: Command, state: &State) {
        let rows = self.rows(state);
        let last = self.rendered(state).lines.len().saturating_sub(rows);
        let step = rows.saturating_sub(1).max(1);
        self.top = match command {
            Command::Up => self.top.saturating_sub(1),
            Command::Down => self.top + 1,
            Command::PageUp => self.top.saturating_sub(step),
            Command::PageDown => self.top + step,
            Command::Top => 0,
            Command::Bottom => last,
            _ => self.top,
        }
        .min(last);
    }
}

impl Layer for Manual {
    fn places(&self) -> &'static [Place] {
        &[Place::Text]
    }

    fn is_typing(&self) -> bool {
        self.typing
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, _effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Command(Command::Back) => return self.back(),
            Input::Command(Command::Accept) if self.typing => self.typing = false,
            Input::Text(_) | Input::Paste(_) if self.typing => self.typed(&input, state),
            Input::Command(Command::Accept) => self.follow(state),
            Input::Command(Command::Find) => {
                self.input.clear();
                self.typing = true;
            }
            Input::Command(Command::FindNext) => self.find(1, state),
            Input::Command(Command::FindPrevious) => self.find(-1, state),
            Input::Command(Command::NextPane) => self.turn_link(true, state),
            Input::Command(Command::PreviousPane) => self.turn_link(false, state),
            Input::Command(command) => self.scroll(command, state),
            Input::Mouse(click) => {
                let line = self.frame(state).line(click.at).map(|line| self.top + line);
                let page = self.rendered(state);
                let on = |(_, at): &(String, usize)| Some(*at) == line;
                if let Some(link) = page.links.iter().position(on) {
                    self.link = Some(link);
                    if click.again {
                        self.follow(state);
                    }
                }
            }
            _ => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let page = self.rendered(state);
        let rows = self.rows(state);
        let last = (self.top + rows).min(page.lines.len());
        let title = Line::from(vec![
            Span::styled(format!(" Manual · {} ", self.page.name), theme.strong),
            Span::styled(format!("{last} of {} lines ", page.lines.len()), theme.dim),
        ]);
        let inner = self
            .frame(state)
            .draw(frame, title, theme.border_focus, state);
        let wanted = self.wanted();
        let hits = self.hits(&page);
        let link = self.link.and_then(|link| page.links.get(link));
        for (row, line) in page.lines.iter().enumerate().skip(self.top).take(rows) {
            let places = fuzzy::having(&line.to_string(), &wanted).unwrap_or_default();
            let at = link.is_some_and(|(_, line)| *line == row)
                || (!wanted.is_empty() && hits.get(self.found) == Some(&row));
            let style = at.then_some(theme.selection);
            let line = fuzzy::mark(line, &places, theme);
            pane::row(frame, inner, row - self.top, line, style);
        }
        if self.typing || !wanted.is_empty() {
            let mut spans = vec![Span::styled("/", theme.key)];
            spans.extend(self.input.spans(40, self.typing, theme.text, theme));
            let words = match (wanted.is_empty(), hits.len()) {
                (true, _) => String::new(),
                (false, 0) => "  nothing found".to_owned(),
                (false, all) => {
                    format!("  {} of {}", self.found + 1, text::many(all as u64, "line"))
                }
            };
            let style = if hits.is_empty() {
                theme.error
            } else {
                theme.dim
            };
            spans.push(Span::styled(words, style));
            pane::row(frame, inner, rows, Line::from(spans), None);
        }
    }
}
