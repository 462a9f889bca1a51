//! Help: the keys that work here and what they do, from the table of commands; the marks on the screen; the keys of
//! everywhere else; the manual's pages. What is typed sifts it.

use std::collections::HashSet;

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::manual::Manual;
use super::{Border, Flow, Input, Layer, legend};
use crate::console::action::{Command, Place, TABLE};
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::state::State;
use crate::console::widget::{fuzzy, input, pane, text};
use crate::manual::PAGES;

/// Columns of keys and marks.
const KEY: usize = 17;

/// The help.
#[derive(Debug)]
pub struct Help {
    /// The most special one first.
    here: Vec<Place>,
    input: input::Input,
    /// The entry under the cursor.
    at: usize,
    /// The first line shown.
    top: usize,
}

/// A key, a mark, a page: with what it means.
struct Entry {
    sign: String,
    words: String,
    /// What it can be found by, too.
    name: &'static str,
    page: Option<&'static str>,
}

/// A line on the screen, and the entry that it belongs to.
type Shown = (Line<'static>, Option<usize>);

impl Help {
    /// Help for where the operator is; what works elsewhere follows.
    pub fn here(state: &State) -> Self {
        Self {
            here: state.places(),
            input: input::Input::default(),
            at: 0,
            top: 0,
        }
    }

    /// Everything, under its headings.
    fn sections(&self, state: &State) -> Vec<(String, Vec<Entry>)> {
        let mut sections = Vec::new();
        let general =
            |place: &Place| matches!(place, Place::Everywhere | Place::Dialog | Place::Always);
        let mut put = |places: &[Place]| {
            for place in places {
                let entries = of_place(*place, state);
                if !entries.is_empty() {
                    sections.push((place.title().to_owned(), entries));
                }
            }
        };
        let (wide, special): (Vec<_>, Vec<_>) = self.here.iter().copied().partition(general);
        put(&special);
        put(&wide);
        let mut rest = Place::ALL.to_vec();
        rest.retain(|place| !self.here.contains(place));
        let marks = legend::of(&self.here, state).into_iter();
        let marks = marks.map(|(sign, words)| Entry {
            sign,
            words,
            name: "mark symbol sign",
            page: None,
        });
        let marks = ("Marks on this screen".to_owned(), marks.collect());
        let pages = PAGES.iter().map(|page| Entry {
            sign: page.name.to_owned(),
            words: page.title().to_owned(),
            name: "manual page",
            page: Some(page.name),
        });
        let pages = ("The manual".to_owned(), pages.collect());
        sections.extend([marks, pages]);
        for place in rest {
            let entries = of_place(place, state);
            if !entries.is_empty() {
                sections.push((place.title().to_owned(), entries));
            }
        }
        sections
    }

    /// The entries that have what is typed, under their headings, as lines.
    fn lines(&self, state: &State) -> (Vec<Shown>, Vec<Entry>) {
        let theme = &state.theme;
        let columns = usize::from(Self::frame(state, false).inner().width);
        let words: Vec<String> = self
            .input
            .text()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        let (mut lines, mut entries): (Vec<Shown>, Vec<Entry>) = (Vec::new(), Vec::new());
        let mut found = HashSet::new();
        for (title, all) in self.sections(state) {
            let mut fresh = true;
            for entry in all {
                let all = format!("{} {} {} {title}", entry.sign, entry.words, entry.name);
                if fuzzy::having(&all, &words).is_none() {
                    continue;
                }
                // A command of several places is found once, at the nearest.
                if !words.is_empty() && !found.insert((entry.name, entry.words.clone())) {
                    continue;
                }
                if std::mem::take(&mut fresh) {
                    if !lines.is_empty() {
                        lines.push((Line::default(), None));
                    }
                    lines.push((Line::styled(title.clone(), theme.accent), None));
                }
                let parts = text::wrap(&entry.words, columns.saturating_sub(KEY + 3));
                for (number, part) in parts.into_iter().enumerate() {
                    let sign = if number == 0 { entry.sign.as_str() } else { "" };
                    let line = Line::from(vec![
                        Span::styled(text::right_fit(sign, KEY), theme.key),
                        Span::styled(format!("   {part}"), theme.text),
                    ]);
                    let hits: Vec<usize> = words
                        .iter()
                        .filter_map(|word| {
                            fuzzy::having(&line.to_string(), std::slice::from_ref(word))
                        })
                        .flatten()
                        .collect();
                    let mut hits = hits;
                    hits.sort_unstable();
                    lines.push((fuzzy::mark(&line, &hits, theme), Some(entries.len())));
                }
                entries.push(entry);
            }
        }
        (lines, entries)
    }

    fn frame(state: &State, page: bool) -> Border {
        let area = layout::middle(state.size, 110, state.size.1.saturating_sub(2));
        let mut shown = vec![(Command::PageDown, "page"), (Command::Back, "back")];
        if page {
            shown.insert(0, (Command::Accept, "read it"));
        }
        Border::new(area, &shown)
    }

    /// Lines below the line that is typed.
    fn page(state: &State) -> usize {
        usize::from(Self::frame(state, false).inner().height)
            .saturating_sub(2)
            .max(1)
    }

    /// Keeps the cursor on an entry that is there, and its lines on the screen.
    fn settle(&mut self, lines: &[Shown], entries: usize, page: usize) {
        self.at = self.at.min(entries.saturating_sub(1));
        let of = |line: &Shown| line.1 == Some(self.at);
        let first = lines.iter().position(of).unwrap_or(0);
        let last = lines.iter().rposition(of).unwrap_or(0);
        // The heading of the first entry is seen, too.
        let first = if self.at == 0 { 0 } else { first };
        self.top = self
            .top
            .min(first)
            .max((last + 1).saturating_sub(page))
            .min(lines.len().saturating_sub(page));
    }

    fn go(&mut self, command: Command, state: &State) {
        let (lines, entries) = self.lines(state);
        let page = Self::page(state);
        let line = lines.iter().position(|line| line.1 == Some(self.at));
        let line = line.unwrap_or(0);
        // From a line to the entry there, or the nearest one that way.
        let below = |from: usize| lines.iter().skip(from).find_map(|line| line.1);
        let last = entries.len().saturating_sub(1);
        self.at = match command {
            Command::Up | Command::PreviousPane => self.at.saturating_sub(1),
            Command::Down | Command::NextPane => (self.at + 1).min(last),
            Command::PageUp => below(line.saturating_sub(page)).unwrap_or(0),
            Command::PageDown => below(line + page).unwrap_or(last),
            Command::Top => 0,
            Command::Bottom => last,
            _ => self.at,
        };
        self.settle(&lines, entries.len(), page);
    }

    fn accept(&self, state: &mut State) -> Flow {
        let (_, entries) = self.lines(state);
        let Some(entry) = entries.get(self.at) else {
            return Flow::Stay;
        };
        match entry.page {
            Some(page) => {
                state.layers.push(Box::new(Manual::open(page)));
                Flow::Stay
            }
            None => Flow::Close,
        }
    }

    fn sift(&mut self, state: &State) {
        (self.at, self.top) = (0, 0);
        let (lines, entries) = self.lines(state);
        self.settle(&lines, entries.len(), Self::page(state));
    }
}

/// The commands of a place that have a key.
fn of_place(place: Place, state: &State) -> Vec<Entry> {
    TABLE
        .iter()
        .filter(|spec| spec.places.contains(&place) && !state.keymap.keys(spec.command).is_empty())
        .map(|spec| Entry {
            sign: state.keymap.all(spec.command),
            words: spec.help.to_owned(),
            name: spec.name,
            page: None,
        })
        .collect()
}

impl Layer for Help {
    fn is_typing(&self) -> bool {
        true
    }

    fn is_help(&self) -> bool {
        true
    }

    fn border(&self, state: &State) -> Option<Border> {
        let (_, entries) = self.lines(state);
        let page = entries.get(self.at).and_then(|entry| entry.page);
        Some(Self::frame(state, page.is_some()))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, _effects: &mut Vec<Effect>) -> Flow {
        use crossterm::event::KeyCode;
        let empty = self.input.text().is_empty();
        match input {
            // It is searched already.
            Input::Text(key) if empty && key.code == KeyCode::Char('/') => {}
            Input::Text(key) if empty && key.code == KeyCode::Char('?') => return Flow::Close,
            Input::Text(key) => {
                if self.input.key(key) {
                    self.sift(state);
                }
            }
            Input::Paste(pasted) => {
                self.input.paste(pasted);
                self.sift(state);
            }
            Input::Command(Command::Back) if !empty => {
                self.input.clear();
                self.sift(state);
            }
            Input::Command(Command::Back | Command::Help) => return Flow::Close,
            Input::Command(Command::Accept) => return self.accept(state),
            Input::Command(command) => self.go(command, state),
            Input::Mouse(click) => {
                let line = Self::frame(state, false).line(click.at);
                let line = line.and_then(|line| line.checked_sub(2));
                let (lines, entries) = self.lines(state);
                let entry = line.and_then(|line| lines.get(self.top + line)?.1);
                if let Some(entry) = entry {
                    self.at = entry;
                    if click.again && entries.get(entry).is_some_and(|entry| entry.page.is_some()) {
                        return self.accept(state);
                    }
                }
            }
            Input::Arrived(_) => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let (lines, entries) = self.lines(state);
        let page = entries.get(self.at).and_then(|entry| entry.page);
        let mut title = vec![Span::styled(" Help ", theme.strong)];
        if !self.input.text().is_empty() {
            let found = format!("{} found ", entries.len());
            title.push(Span::styled(found, theme.dim));
        }
        let border = Self::frame(state, page.is_some());
        let inner = border.draw(frame, Line::from(title), theme.border_focus, state);
        let columns = usize::from(inner.width);
        let mut typed = vec![Span::styled("/ ", theme.key)];
        let room = columns.saturating_sub(2);
        typed.extend(self.input.spans(room, true, theme.text, theme));
        if self.input.text().is_empty() {
            let here = self.here.first().map_or("", |place| place.title());
            let words = format!("type to search; first what works here: {here}");
            typed.push(input::hint(&words, columns.saturating_sub(3), theme));
        }
        pane::row(frame, inner, 0, Line::from(typed), None);
        if entries.is_empty() {
            let back = state.keymap.first(Command::Back);
            let words = format!("Nothing here has these words; {back} shows everything again.");
            return pane::row(frame, inner, 2, Line::styled(words, theme.dim), None);
        }
        let shown = lines.into_iter().skip(self.top).take(Self::page(state));
        for (row, (line, entry)) in shown.enumerate() {
            let style = (entry == Some(self.at)).then_some(theme.selection);
            pane::row(frame, inner, row + 2, line, style);
        }
    }
}
