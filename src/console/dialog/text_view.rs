//! A long text in a pane: it scrolls, wraps what is too wide, shows what was searched for. Only what is on the
//! screen is laid out.

use std::sync::Arc;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::reader::json;
use crate::console::action::Command;
use crate::console::document::{Document, MATCHES, Part};
use crate::console::exchange::LineKind;
use crate::console::theme::Theme;
use crate::console::widget::{pane, text};

/// A text in a pane.
#[derive(Debug)]
pub struct TextView {
    document: Arc<Document>,
    /// The first line shown.
    pub top: usize,
    /// Where what is searched for stands, and which of them is meant.
    found: Vec<(usize, usize)>,
    at: Option<usize>,
}

/// A row of the screen.
type Row = Vec<(String, Style)>;

impl TextView {
    /// A text from its beginning.
    pub fn new(document: Arc<Document>) -> Self {
        Self {
            document,
            top: 0,
            found: Vec::new(),
            at: None,
        }
    }

    /// How many lines there are.
    pub fn lines(&self) -> usize {
        self.document.len()
    }

    /// Moves by a command. Returns whether it was one that moves.
    pub fn act(&mut self, command: Command, room: Rect) -> bool {
        let page = usize::from(room.height).max(1);
        let step = page.saturating_sub(1).max(1);
        let last = self.last_top(room);
        self.top = match command {
            Command::Up => self.top.saturating_sub(1),
            Command::Down => self.top + 1,
            Command::PageUp => self.top.saturating_sub(step),
            Command::PageDown => self.top + self.whole_lines(room).max(1),
            Command::Top => 0,
            Command::Bottom => last,
            _ => return false,
        }
        .min(last);
        true
    }

    /// The first line when the end is shown.
    fn last_top(&self, room: Rect) -> usize {
        let (mut top, mut rows) = (self.lines(), 0);
        while let Some(above) = top.checked_sub(1) {
            rows += self.rows_of(above, usize::from(room.width));
            if rows > usize::from(room.height) {
                break;
            }
            top = above;
        }
        top.min(self.lines().saturating_sub(1))
    }

    /// How many lines are shown whole.
    fn whole_lines(&self, room: Rect) -> usize {
        let mut rows = 0;
        (self.top..self.lines())
            .take_while(|line| {
                rows += self.rows_of(*line, usize::from(room.width));
                rows <= usize::from(room.height)
            })
            .count()
    }

    /// Rows that a line takes.
    fn rows_of(&self, line: usize, columns: usize) -> usize {
        let Some(part) = self.document.part(line) else {
            return 0;
        };
        let plain = part.text.len() <= columns && part.text.is_ascii();
        if plain {
            return 1;
        }
        wrap(
            vec![(text::shown(part.text).into_owned(), Style::new())],
            columns,
        )
        .len()
    }

    /// Takes what a search found, and goes to the first from the top of the screen on.
    pub fn take(&mut self, found: Vec<(usize, usize)>, room: Rect) {
        let top = self.document.part(self.top).map_or(0, |part| part.start);
        let first = found.partition_point(|(start, _)| *start < top);
        self.at = (!found.is_empty()).then_some(if first < found.len() { first } else { 0 });
        self.found = found;
        self.show(room);
    }

    /// Forgets what was searched for.
    pub fn forget(&mut self) {
        self.found = Vec::new();
        self.at = None;
    }

    /// Goes to the next place that was searched for, or the previous one, around the end.
    pub fn next(&mut self, forward: bool, room: Rect) {
        let count = self.found.len();
        if let Some(at) = self.at.filter(|_| count > 0) {
            let step = if forward { 1 } else { count - 1 };
            self.at = Some((at + step) % count);
            self.show(room);
        }
    }

    /// Scrolls to the match that is meant, where it isn't on the screen.
    fn show(&mut self, room: Rect) {
        let Some((start, _)) = self.at.and_then(|at| self.found.get(at)) else {
            return;
        };
        let line = self.document.line_at(*start);
        if line < self.top || line >= self.top + self.whole_lines(room).max(1) {
            let above = usize::from(room.height) / 3;
            self.top = line.saturating_sub(above).min(self.last_top(room));
            // Long lines above may have pushed it out.
            while line >= self.top + self.whole_lines(room).max(1) {
                self.top += 1;
            }
        }
    }

    /// `3 of 120`; none while nothing was found.
    pub fn count(&self) -> Option<String> {
        let at = self.at? + 1;
        let more = if self.found.len() >= MATCHES { "+" } else { "" };
        let all = text::count(self.found.len() as u64);
        Some(format!("{} of {all}{more}", text::count(at as u64)))
    }

    /// How many were found.
    pub fn matches(&self) -> usize {
        self.found.len()
    }

    /// Draws what there is room for. Returns how many lines were laid out.
    pub fn draw(&self, frame: &mut Frame<'_>, room: Rect, theme: &Theme) -> usize {
        let (columns, rows) = (usize::from(room.width), usize::from(room.height));
        let (mut used, mut laid) = (0, 0);
        for index in self.top..self.lines() {
            let Some(part) = self.document.part(index) else {
                break;
            };
            laid += 1;
            for row in wrap(self.styled(part, theme), columns) {
                let spans = row
                    .into_iter()
                    .map(|(words, style)| Span::styled(words, style));
                pane::row(frame, room, used, spans.collect::<Line<'_>>(), None);
                used += 1;
            }
            if used >= rows {
                break;
            }
        }
        laid
    }

    /// A line in its colours, what was searched for set off.
    fn styled(&self, part: Part<'_>, theme: &Theme) -> Row {
        let base: Vec<(String, Style)> = match part.kind {
            LineKind::Json if part.goes_on => vec![(part.text.to_owned(), theme.json_text)],
            LineKind::Json => owned(json(part.text, theme)),
            LineKind::Header => match part.text.split_once(':').filter(|_| !part.goes_on) {
                Some((name, value)) => vec![
                    (format!("{name}:"), theme.dim),
                    (value.to_owned(), theme.text),
                ],
                None => vec![(part.text.to_owned(), theme.text)],
            },
            LineKind::Plain => vec![(part.text.to_owned(), theme.text)],
            LineKind::Head => vec![(part.text.to_owned(), theme.strong)],
            LineKind::Trouble => vec![(part.text.to_owned(), theme.error)],
            LineKind::Outcome(outcome) => vec![(part.text.to_owned(), theme.outcome(outcome))],
        };
        let end = part.start + part.text.len();
        let first = self.found.partition_point(|(_, to)| *to <= part.start);
        let hits = self.found.iter().enumerate().skip(first);
        let hits: Vec<_> = hits.take_while(|(_, (from, _))| *from < end).collect();
        let mut row: Row = Vec::new();
        let mut place = part.start;
        for (words, style) in base {
            let stop = place + words.len();
            let mut rest = words.as_str();
            for (number, (from, to)) in &hits {
                let (from, to) = ((*from).max(place), (*to).min(stop));
                if from >= to {
                    continue;
                }
                let cut = |text: &str, at: usize| text.floor_char_boundary(at);
                let (before, after) = rest.split_at(cut(rest, from - place));
                let (hit, after) = after.split_at(cut(after, to - from));
                let marked = if Some(*number) == self.at {
                    theme.selection
                } else {
                    theme.warning
                };
                row.push((text::shown(before).into_owned(), style));
                row.push((text::shown(hit).into_owned(), style.patch(marked)));
                rest = after;
                place = to;
            }
            row.push((text::shown(rest).into_owned(), style));
            place = stop;
        }
        row
    }
}

fn owned(line: Line<'static>) -> Row {
    let spans = line.spans.into_iter();
    spans
        .map(|span| (span.content.into_owned(), span.style))
        .collect()
}

/// A line in rows of at most that many columns; at least one.
fn wrap(line: Row, columns: usize) -> Vec<Row> {
    let columns = columns.max(2);
    let (mut rows, mut used) = (vec![Row::new()], 0);
    for (words, style) in line {
        let mut piece = String::new();
        for c in words.chars() {
            let wide = text::width(c.encode_utf8(&mut [0; 4]));
            if used + wide > columns {
                push(&mut rows, &mut piece, style);
                rows.push(Row::new());
                used = 0;
            }
            piece.push(c);
            used += wide;
        }
        push(&mut rows, &mut piece, style);
    }
    rows
}

fn push(rows: &mut [Row], piece: &mut String, style: Style) {
    if let (Some(row), false) = (rows.last_mut(), piece.is_empty()) {
        row.push((std::mem::take(piece), style));
    }
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::console::theme::Kind;

    const ROOM: Rect = Rect::new(0, 0, 40, 10);

    fn view(kind: LineKind, text: &str) -> TextView {
        let mut document = Document::default();
        document.push(kind, text);
        TextView::new(Arc::new(document))
    }

    fn drawn(view: &TextView, theme: &Theme) -> (usize, Terminal<TestBackend>) {
        let mut screen = Terminal::new(TestBackend::new(ROOM.width, ROOM.height)).unwrap();
        let mut laid = 0;
        screen
            .draw(|frame| laid = view.draw(frame, ROOM, theme))
            .unwrap();
        (laid, screen)
    }

    #[test]
    fn a_million_lines_cost_what_is_on_the_screen() {
        let text: Vec<_> = (0..1_000_000).map(|n| format!("\"line {n}\",")).collect();
        let text = text.join("\n");
        let mut view = view(LineKind::Json, &text);
        let theme = Theme::new(Kind::Dark);
        for command in [
            Command::Top,
            Command::PageDown,
            Command::Bottom,
            Command::Up,
            Command::PageUp,
        ] {
            assert!(view.act(command, ROOM));
            let (laid, _) = drawn(&view, &theme);
            assert!(laid <= 10, "{command:?}: {laid}");
        }
        let found = view.document.find("LINE 77777", || false).unwrap();
        view.take(found, ROOM);
        assert_eq!(view.matches(), 11);
        assert!(view.count().unwrap().ends_with(" of 11"));
    }

    #[test]
    fn one_long_line_is_wrapped_where_it_is_shown() {
        let mut view = view(LineKind::Plain, &"0123456789".repeat(100_000));
        let (laid, screen) = drawn(&view, &Theme::new(Kind::Dark));
        assert_eq!(laid, 1);
        assert_eq!(screen.backend().buffer()[(39, 9)].symbol(), "9");
        view.act(Command::Bottom, ROOM);
        let (laid, _) = drawn(&view, &Theme::new(Kind::Dark));
        assert_eq!(laid, 1);
        assert_eq!(view.top + 1, view.lines());
    }

    #[test]
    fn matches_are_set_off_in_every_theme_and_the_one_meant_from_the_others() {
        for theme in [Theme::new(Kind::Dark), Theme::plain()] {
            let mut view = view(LineKind::Json, "{\n  \"Ada\": \"ada 1\",\n  \"b\": 2\n}");
            let found = view.document.find("ada", || false).unwrap();
            view.take(found, ROOM);
            view.next(true, ROOM);
            assert_eq!(view.count().as_deref(), Some("2 of 2"));
            let (_, screen) = drawn(&view, &theme);
            let style = |x: u16| screen.backend().buffer()[(x, 1)].style();
            let (first, second, plain) = (style(3), style(10), style(14));
            assert_ne!(first, second);
            assert_ne!(second, plain);
            assert_eq!(
                second.add_modifier,
                theme.json_text.patch(theme.selection).add_modifier
            );
            view.next(true, ROOM);
            assert_eq!(view.count().as_deref(), Some("1 of 2"));
        }
    }
}
