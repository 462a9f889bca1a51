//! Markdown as lines of the screen: headings, text wrapped to the width, lists, tables with their columns aligned,
//! code as it stands, and the other pages that it speaks of.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::text;
use crate::console::theme::Theme;

/// A page as it stands on the screen.
#[derive(Debug, Default)]
pub struct Page {
    /// Its lines.
    pub lines: Vec<Line<'static>>,
    /// The other pages that it speaks of: name, and the line where.
    pub links: Vec<(String, usize)>,
}

/// A piece of text in one style; links are numbered.
#[derive(Debug, Clone)]
struct Run {
    text: String,
    style: Style,
    link: Option<usize>,
}

/// What is being put together.
struct Maker<'a> {
    theme: &'a Theme,
    columns: usize,
    page: Page,
    /// The paragraph, heading or cell so far.
    runs: Vec<Run>,
    style: Vec<Style>,
    /// The lists that we are in: the next number, or none where there are bullets.
    lists: Vec<Option<u64>>,
    /// What stands before the next line of an item.
    bullet: Option<String>,
    code: bool,
    link: Option<usize>,
    rows: Vec<Vec<Vec<Run>>>,
    names: Vec<String>,
}

/// Makes the lines of a page, for that many columns. `link` tells the page that a text in code or a link's target
/// speaks of.
pub fn render(
    source: &str,
    columns: usize,
    theme: &Theme,
    link: impl Fn(&str) -> Option<String>,
) -> Page {
    let mut maker = Maker {
        theme,
        columns: columns.max(20),
        page: Page::default(),
        runs: Vec::new(),
        style: vec![theme.text],
        lists: Vec::new(),
        bullet: None,
        code: false,
        link: None,
        rows: Vec::new(),
        names: Vec::new(),
    };
    for event in Parser::new_ext(source, Options::ENABLE_TABLES) {
        maker.take(event, &link);
    }
    maker.page
}

impl Maker<'_> {
    fn take(&mut self, event: Event<'_>, link: &impl Fn(&str) -> Option<String>) {
        match event {
            Event::Start(tag) => self.start(&tag, link),
            Event::End(tag) => self.end(tag),
            Event::Text(words) if self.code => {
                for line in words.lines() {
                    // It isn't wrapped: it may be a drawing.
                    let words = format!("  {}", text::shown(line));
                    let words = text::fit(&words, self.columns);
                    self.put(vec![Span::styled(words, self.theme.info)]);
                }
            }
            Event::Text(words) => self.run(&words, self.now()),
            Event::Code(words) => {
                let style = self.now().patch(self.theme.key);
                match link(&words) {
                    Some(name) => {
                        let number = self.linked(name);
                        let style = style.add_modifier(Modifier::UNDERLINED);
                        self.link = Some(number);
                        self.run(&words, style);
                        self.link = None;
                    }
                    None => self.run(&words, style),
                }
            }
            Event::SoftBreak | Event::HardBreak => self.run(" ", self.now()),
            Event::Rule => {
                let line = "─".repeat(self.columns);
                self.put(vec![Span::styled(line, self.theme.dim)]);
                self.blank();
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, link: &impl Fn(&str) -> Option<String>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.style.push(match level {
                    HeadingLevel::H1 | HeadingLevel::H2 => self.theme.accent,
                    _ => self.theme.strong,
                });
            }
            Tag::Strong => self.style.push(self.now().patch(self.theme.strong)),
            Tag::Emphasis => self.style.push(self.now().add_modifier(Modifier::ITALIC)),
            Tag::Link { dest_url, .. } => {
                if let Some(name) = link(dest_url) {
                    self.link = Some(self.linked(name));
                }
                let style = self.now().patch(self.theme.info);
                self.style.push(style.add_modifier(Modifier::UNDERLINED));
            }
            Tag::CodeBlock(_) => self.code = true,
            Tag::List(first) => {
                // The text of an item before the list in it.
                self.flush();
                self.lists.push(*first);
            }
            Tag::Item => {
                self.bullet = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "• ".to_owned(),
                });
            }
            Tag::Table(_) => self.rows.clear(),
            Tag::TableHead | Tag::TableRow => self.rows.push(Vec::new()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                if !self.page.lines.is_empty() {
                    self.blank();
                }
                self.flush();
                self.style.pop();
                self.blank();
            }
            TagEnd::Paragraph => {
                self.flush();
                if self.lists.is_empty() {
                    self.blank();
                }
            }
            TagEnd::Item => self.flush(),
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.blank();
                }
            }
            TagEnd::Strong | TagEnd::Emphasis => {
                self.style.pop();
            }
            TagEnd::Link => {
                self.style.pop();
                self.link = None;
            }
            TagEnd::CodeBlock => {
                self.code = false;
                self.blank();
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.runs);
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => self.table(),
            _ => {}
        }
    }

    fn now(&self) -> Style {
        self.style.last().copied().unwrap_or(self.theme.text)
    }

    fn linked(&mut self, name: String) -> usize {
        self.names.push(name);
        self.names.len() - 1
    }

    fn run(&mut self, words: &str, style: Style) {
        self.runs.push(Run {
            text: text::shown(words).into_owned(),
            style,
            link: self.link,
        });
    }

    fn put(&mut self, spans: Vec<Span<'static>>) {
        self.page.lines.push(Line::from(spans));
    }

    /// One blank line, never two.
    fn blank(&mut self) {
        if self
            .page
            .lines
            .last()
            .is_some_and(|line| !line.spans.is_empty())
        {
            self.page.lines.push(Line::default());
        }
    }

    /// What was put together, wrapped.
    fn flush(&mut self) {
        let runs = std::mem::take(&mut self.runs);
        if runs.is_empty() {
            return;
        }
        let depth = self.lists.len().saturating_sub(1) * 2;
        let bullet = self.bullet.take();
        let hang = match (&bullet, self.lists.is_empty()) {
            (Some(bullet), _) => text::width(bullet),
            (None, false) => 2,
            (None, true) => 0,
        };
        let room = self.columns.saturating_sub(depth + hang).max(10);
        for (number, pieces) in wrap(&runs, room).into_iter().enumerate() {
            let head = match &bullet {
                Some(bullet) if number == 0 => format!("{}{bullet}", " ".repeat(depth)),
                _ => " ".repeat(depth + hang),
            };
            let mut spans = vec![Span::styled(head, self.theme.dim)];
            spans.extend(self.noted(pieces));
            self.put(spans);
        }
    }

    /// The pieces of the line that comes next; the links in it are noted.
    fn noted(&mut self, pieces: Vec<Run>) -> Vec<Span<'static>> {
        let line = self.page.lines.len();
        let mut spans = Vec::with_capacity(pieces.len());
        for piece in pieces {
            if let Some(number) = piece.link
                && number == self.page.links.len()
                && let Some(name) = self.names.get(number)
            {
                self.page.links.push((name.clone(), line));
            }
            spans.push(Span::styled(piece.text, piece.style));
        }
        spans
    }

    fn table(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        let count = rows.iter().map(Vec::len).max().unwrap_or(0);
        if count == 0 {
            return;
        }
        let wide = |runs: &Vec<Run>| runs.iter().map(|run| text::width(&run.text)).sum::<usize>();
        let mut widths: Vec<usize> = (0..count)
            .map(|column| {
                let cells = rows.iter().filter_map(|row| row.get(column));
                cells.map(wide).max().unwrap_or(0).max(1)
            })
            .collect();
        let room = self.columns.saturating_sub(2 * (count - 1)).max(count * 4);
        // The widest give way.
        while widths.iter().sum::<usize>() > room {
            match widths.iter_mut().max() {
                Some(widest) if *widest > 4 => *widest -= 1,
                _ => break,
            }
        }
        for (number, row) in rows.into_iter().enumerate() {
            let mut cells: Vec<_> = row
                .iter()
                .zip(&widths)
                .map(|(runs, width)| wrap(runs, *width).into_iter())
                .collect();
            loop {
                let parts: Vec<_> = cells.iter_mut().map(Iterator::next).collect();
                if parts.iter().all(Option::is_none) {
                    break;
                }
                let mut spans = Vec::new();
                for (part, width) in parts.into_iter().zip(&widths) {
                    let mut pieces = part.unwrap_or_default();
                    if number == 0 {
                        for piece in &mut pieces {
                            piece.style = piece.style.patch(self.theme.strong);
                        }
                    }
                    let taken: usize = pieces.iter().map(|run| text::width(&run.text)).sum();
                    spans.extend(self.noted(pieces));
                    spans.push(Span::raw(" ".repeat(width.saturating_sub(taken) + 2)));
                }
                self.put(spans);
            }
            if number == 0 {
                let whole = widths.iter().sum::<usize>() + 2 * (count - 1);
                let rule = "─".repeat(whole.min(self.columns));
                self.put(vec![Span::styled(rule, self.theme.dim)]);
            }
        }
        self.blank();
    }
}

/// Breaks at blanks to that many columns; a word that is too long is cut.
fn wrap(runs: &[Run], columns: usize) -> Vec<Vec<Run>> {
    let mut lines: Vec<Vec<Run>> = Vec::new();
    let (mut line, mut used) = (Vec::<Run>::new(), 0);
    let push = |line: &mut Vec<Run>, piece: Run| match line.last_mut() {
        Some(last) if last.style == piece.style && last.link == piece.link => {
            last.text.push_str(&piece.text);
        }
        _ => line.push(piece),
    };
    for (gap, word) in words(runs) {
        let wide: usize = word.iter().map(|run| text::width(&run.text)).sum();
        if used > 0 && used + usize::from(gap.is_some()) + wide > columns {
            lines.push(std::mem::take(&mut line));
            used = 0;
        } else if let Some(gap) = gap.filter(|_| used > 0) {
            push(&mut line, gap);
            used += 1;
        }
        for piece in word {
            for c in piece.text.chars() {
                let mut letters = [0; 4];
                let letter = c.encode_utf8(&mut letters);
                let wide = text::width(letter);
                if used + wide > columns && used > 0 {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                let (text, style, link) = (letter.to_owned(), piece.style, piece.link);
                push(&mut line, Run { text, style, link });
                used += wide;
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The words, each perhaps of several styles, with the blank before it.
fn words(runs: &[Run]) -> Vec<(Option<Run>, Vec<Run>)> {
    let mut words: Vec<(Option<Run>, Vec<Run>)> = vec![(None, Vec::new())];
    for run in runs {
        for (number, part) in run.text.split(' ').enumerate() {
            let piece = |text: &str| Run {
                text: text.to_owned(),
                ..run.clone()
            };
            if number > 0 {
                words.push((Some(piece(" ")), Vec::new()));
            }
            if !part.is_empty()
                && let Some((_, word)) = words.last_mut()
            {
                word.push(piece(part));
            }
        }
    }
    words.retain(|(_, word)| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::theme::Kind;

    fn plain(source: &str, columns: usize) -> (Vec<String>, Vec<(String, usize)>) {
        let theme = Theme::new(Kind::Plain);
        let page = render(source, columns, &theme, |words| {
            words.strip_prefix("to ").map(str::to_owned)
        });
        let lines = page.lines.iter().map(Line::to_string);
        let lines = lines.map(|line| line.trim_end().to_owned());
        (lines.collect(), page.links)
    }

    #[test]
    fn headings_text_lists_and_code_stand_in_their_lines() {
        let source = "# Head\n\nSome *words* that\nwrap at `twenty` columns.\n\n- one\n- two of them, long\n\n```\nas it  stands\n```\n";
        let (lines, _) = plain(source, 20);
        assert_eq!(
            lines,
            [
                "Head",
                "",
                "Some words that wrap",
                "at twenty columns.",
                "",
                "• one",
                "• two of them, long",
                "",
                "  as it  stands",
                "",
            ]
        );
    }

    #[test]
    fn columns_of_tables_are_aligned_and_long_cells_wrap() {
        let source = "| key | what it does here |\n|---|---|\n| `s` | sends what is marked |\n| `esc` | back |\n";
        let (lines, _) = plain(source, 20);
        assert_eq!(
            lines,
            [
                "key  what it does",
                "     here",
                "────────────────────",
                "s    sends what is",
                "     marked",
                "esc  back",
                "",
            ]
        );
    }

    #[test]
    fn other_pages_are_found_with_their_lines() {
        let (lines, links) = plain("See `to ledger` or\n[it](<to sending>), `no`.", 60);
        assert_eq!(lines[0], "See to ledger or it, no.");
        assert_eq!(links, [("ledger".into(), 0), ("sending".into(), 0)]);
    }
}
