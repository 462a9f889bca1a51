//! One exchange: what is known of it, and request and response side by side, each with its headers, to read, to
//! search in, to copy.

use std::sync::Arc;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::text_view::TextView;
use super::{Border, Flow, Input, Layer, keys};
use crate::console::action::{Command, Place};
use crate::console::effect::Effect;
use crate::console::event::{Arrival, Ticket};
use crate::console::exchange::{LineKind, Whole};
use crate::console::state::{State, Tone};
use crate::console::update;
use crate::console::widget::{input, pane, text};

/// From here on request and response stand side by side.
const SIDE_BY_SIDE: u16 = 120;

/// One exchange.
#[derive(Debug)]
pub struct ExchangeReader {
    whole: Arc<Whole>,
    views: [TextView; 2],
    /// The request, or the response.
    focus: usize,
    search: Search,
}

/// What is searched for.
#[derive(Debug, Default)]
struct Search {
    input: input::Input,
    typing: bool,
    /// The search under way.
    ticket: Option<Ticket>,
}

/// Where its parts stand.
struct Areas {
    all: Rect,
    facts: Rect,
    /// Their headings, and their texts; none where the other has the place.
    heads: [Option<Rect>; 2],
    texts: [Option<Rect>; 2],
}

impl ExchangeReader {
    /// An exchange; what went wrong shows its answer first.
    pub fn new(whole: &Arc<Whole>) -> Self {
        let view = |side: usize| TextView::new(Arc::clone(&whole.sides[side].document));
        Self {
            views: [view(0), view(1)],
            // What came back is what one opens it for.
            focus: 1,
            whole: Arc::clone(whole),
            search: Search::default(),
        }
    }

    fn areas(&self, size: (u16, u16)) -> Areas {
        // All but the top line.
        let all = Rect::new(0, 1, size.0, size.1.saturating_sub(1));
        // The border, and a column of air.
        let inner = Rect::new(
            all.x + 2,
            all.y + 1,
            all.width.saturating_sub(4),
            all.height.saturating_sub(2),
        );
        let rows = self.facts(usize::from(inner.width)).len() as u16;
        let [facts, heads, texts] = Layout::vertical([
            Constraint::Length(rows),
            Constraint::Length(1),
            Constraint::Min(0),
        ])
        .areas(inner);
        if size.0 >= SIDE_BY_SIDE {
            let halves = |area: Rect| {
                let [left, _, right] = Layout::horizontal([
                    Constraint::Fill(1),
                    Constraint::Length(3),
                    Constraint::Fill(1),
                ])
                .areas(area);
                [Some(left), Some(right)]
            };
            return Areas {
                all,
                facts,
                heads: halves(heads),
                texts: halves(texts),
            };
        }
        let mut shown = [None, None];
        shown[self.focus] = Some(texts);
        // Both headings are seen, as tabs.
        let first = text::width(&self.whole.sides[0].title) as u16 + 2;
        let [left, right] =
            Layout::horizontal([Constraint::Length(first), Constraint::Min(0)]).areas(heads);
        Areas {
            all,
            facts,
            heads: [Some(left), Some(right)],
            texts: shown,
        }
    }

    /// What is known of it, in lines of at most so many columns: a few at most.
    fn facts(&self, columns: usize) -> Vec<(LineKind, String)> {
        let facts = self.whole.facts.iter();
        facts
            .flat_map(|(kind, words)| {
                let lines = text::wrap(&text::shown(words), columns).into_iter();
                lines.take(2).map(|line| (*kind, line))
            })
            .collect()
    }

    /// Where the text with the focus stands.
    fn room(&self, state: &State) -> Rect {
        self.areas(state.size).texts[self.focus].unwrap_or_default()
    }

    fn view(&mut self) -> &mut TextView {
        &mut self.views[self.focus]
    }

    fn look_for(&mut self, state: &mut State, effects: &mut Vec<Effect>) {
        let wanted = self.search.input.text().to_owned();
        let ticket = state.ticket();
        self.search.ticket = Some(ticket);
        let documents = self
            .whole
            .sides
            .each_ref()
            .map(|side| Arc::clone(&side.document));
        effects.push(Effect::FindText {
            ticket,
            documents,
            wanted,
        });
    }

    fn forget(&mut self) {
        self.search = Search::default();
        self.views.iter_mut().for_each(TextView::forget);
    }

    fn type_search(&mut self, input: &Input<'_>, state: &mut State, effects: &mut Vec<Effect>) {
        let before = self.search.input.text().to_owned();
        match input {
            Input::Text(key) => {
                self.search.input.key(*key);
            }
            Input::Paste(pasted) => self.search.input.paste(pasted),
            Input::Command(Command::Accept) => self.search.typing = false,
            Input::Command(Command::Back) => return self.forget(),
            _ => return,
        }
        if before != self.search.input.text() {
            self.look_for(state, effects);
        }
    }

    /// A command that isn't typed.
    fn command(&mut self, command: Command, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        let room = self.room(state);
        if self.view().act(command, room) {
            return Flow::Stay;
        }
        match command {
            Command::Back if !self.search.input.text().is_empty() => self.forget(),
            Command::Back | Command::Accept => return Flow::Close,
            Command::NextPane | Command::PreviousPane => self.focus = 1 - self.focus,
            Command::Left => self.focus = 0,
            Command::Right => self.focus = 1,
            Command::Find => {
                self.forget();
                self.search.typing = true;
            }
            Command::FindNext => self.view().next(true, room),
            Command::FindPrevious => self.view().next(false, room),
            Command::Copy => {
                let (body, name) = (&self.whole.sides[self.focus].body, NAMES[self.focus]);
                if body.is_empty() {
                    state.say(Tone::Info, format!("the {name} has no body"));
                } else {
                    let said = format!("body of the {name} copied, secrets masked");
                    update::copy(state, body.clone(), said, effects);
                }
            }
            Command::CopyCurl => {
                update::copy(state, self.whole.curl(), "copied, secrets masked", effects);
            }
            Command::History => {
                let (book, exchange) = self.whole.id;
                effects.push(Effect::ExchangeOrders { book, exchange });
            }
            _ => {}
        }
        Flow::Stay
    }

    /// The wheel scrolls what is under the pointer; a click gives it the focus.
    fn pointed(&mut self, mouse: MouseEvent, state: &State) {
        let areas = self.areas(state.size);
        let at = Position::new(mouse.column, mouse.row);
        let under = |areas: &[Option<Rect>; 2]| {
            areas
                .iter()
                .position(|area| area.is_some_and(|area| area.contains(at)))
        };
        let Some(side) = under(&areas.texts).or_else(|| under(&areas.heads)) else {
            return;
        };
        let room = areas.texts[side].unwrap_or_default();
        match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => self.focus = side,
            MouseEventKind::ScrollUp => {
                self.views[side].act(Command::Up, room);
            }
            MouseEventKind::ScrollDown => {
                self.views[side].act(Command::Down, room);
            }
            _ => {}
        }
    }

    fn bottom(&self, state: &State) -> Line<'static> {
        let theme = &state.theme;
        if self.search.typing || !self.search.input.text().is_empty() {
            let mut spans = vec![Span::styled(" /", theme.key)];
            let input = &self.search.input;
            spans.extend(input.spans(24, self.search.typing, theme.text, theme));
            let other = self.views[1 - self.focus].matches();
            let (words, style) = match self.views[self.focus].count() {
                Some(count) => (format!("  {count}"), theme.strong),
                None if self.search.ticket.is_some() => ("  searching".to_owned(), theme.info),
                None if input.text().is_empty() => (String::new(), theme.text),
                None if other > 0 => ("  nothing here".to_owned(), theme.warning),
                None => ("  nothing found".to_owned(), theme.error),
            };
            spans.push(Span::styled(words, style));
            if other > 0 {
                let tab = state.keymap.first(Command::NextPane);
                let name = NAMES[1 - self.focus];
                let words = format!(", {} in the {name} ({tab})", text::count(other as u64));
                spans.push(Span::styled(words, theme.dim));
            }
            spans.push(Span::raw(" "));
            if !self.search.typing {
                spans.extend(keys(state, &self.shown_keys()).spans);
            }
            return Line::from(spans);
        }
        keys(state, &self.shown_keys())
    }

    /// The keys at the end of the lower border.
    fn shown_keys(&self) -> Vec<(Command, &'static str)> {
        if self.search.typing {
            return Vec::new();
        }
        if !self.search.input.text().is_empty() {
            return vec![
                (Command::FindNext, "next"),
                (Command::FindPrevious, "previous"),
            ];
        }
        let mut shown = vec![
            (Command::NextPane, NAMES[1 - self.focus]),
            (Command::Find, "search"),
            (Command::Copy, "copy body"),
            (Command::CopyCurl, "as curl"),
        ];
        if self.whole.has_orders {
            shown.push((Command::History, "orders"));
        }
        shown.push((Command::Back, "back"));
        shown
    }

    /// The heading of a side: its name, and how far one has read.
    fn head(&self, side: usize, area: Rect, state: &State) -> Line<'static> {
        let theme = &state.theme;
        let focused = side == self.focus;
        let title = &self.whole.sides[side].title;
        let mut words = title.clone();
        if let (true, Some((name, rest))) = (focused, title.split_once(' ')) {
            words = format!("{} {rest}", name.to_uppercase());
        }
        let style: Style = if focused { theme.accent } else { theme.dim };
        let lines = self.views[side].lines();
        let top = (self.views[side].top + 1).min(lines);
        let place = format!(
            "line {} of {}",
            text::count(top as u64),
            text::count(lines as u64)
        );
        let room = usize::from(area.width).saturating_sub(text::width(&words) + 1);
        let mut spans = vec![Span::styled(words, style)];
        if text::width(&place) <= room && (focused || state.size.0 >= SIDE_BY_SIDE) {
            spans.push(Span::styled(text::right(&place, room + 1), theme.dim));
        }
        Line::from(spans)
    }
}

/// The two sides in a sentence.
const NAMES: [&str; 2] = ["request", "response"];

impl Layer for ExchangeReader {
    fn places(&self) -> &'static [Place] {
        &[Place::Exchange, Place::Text]
    }

    fn is_typing(&self) -> bool {
        self.search.typing
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Arrived(Arrival::TextFound { ticket, found })
                if self.search.ticket == Some(*ticket) =>
            {
                self.search.ticket = None;
                let areas = self.areas(state.size);
                let texts = self.views.iter_mut().zip(&areas.texts);
                for ((view, room), found) in texts.zip(found) {
                    let room = room.or(areas.texts[self.focus]).unwrap_or_default();
                    view.take(found.clone(), room);
                }
            }
            input if self.search.typing => self.type_search(&input, state, effects),
            Input::Command(command) => return self.command(command, state, effects),
            _ => {}
        }
        Flow::Stay
    }

    fn reads_mouse(&self) -> bool {
        true
    }

    fn border(&self, state: &State) -> Option<Border> {
        // What is told stands in the place of the keys.
        let shown = if state.notice.is_some() {
            Vec::new()
        } else {
            self.shown_keys()
        };
        Some(Border::new(self.areas(state.size).all, &shown))
    }

    fn mouse(&mut self, mouse: MouseEvent, state: &mut State, _effects: &mut Vec<Effect>) -> Flow {
        self.pointed(mouse, state);
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let areas = self.areas(state.size);
        let columns = usize::from(areas.facts.width);
        let title = text::fit(&text::shown(&self.whole.title), columns);
        let title = Line::styled(format!(" {title} "), theme.strong);
        let bottom = match &state.notice {
            // The line over the footer lies under the dialog.
            Some(notice) => {
                let words = text::fit(&text::shown(&notice.text), columns);
                Line::styled(format!(" {words} "), theme.strong)
            }
            None => self.bottom(state),
        };
        pane::dialog(frame, areas.all, title, bottom, theme.border_focus);
        for (row, (kind, words)) in self.facts(columns).into_iter().enumerate() {
            let style = match kind {
                LineKind::Head => theme.strong,
                LineKind::Trouble => theme.error,
                _ => theme.text,
            };
            pane::row(frame, areas.facts, row, Line::styled(words, style), None);
        }
        for side in 0..2 {
            if let Some(area) = areas.heads[side] {
                pane::row(frame, area, 0, self.head(side, area, state), None);
            }
            if let Some(area) = areas.texts[side] {
                self.views[side].draw(frame, area, theme);
            }
        }
        if let (Some(left), Some(head), Some(_)) = (areas.texts[0], areas.heads[0], areas.texts[1])
        {
            let rule = Rect::new(left.right() + 1, head.y, 1, left.height + 1);
            for row in 0..usize::from(rule.height) {
                pane::row(frame, rule, row, Line::styled("│", theme.border), None);
            }
        }
    }
}
