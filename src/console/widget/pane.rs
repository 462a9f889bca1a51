//! Frames of panes and dialogs, and lines with a cursor.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Paragraph};

use super::text;
use crate::console::theme::Theme;

/// A pane's frame with a title. Returns the room inside.
pub fn pane(
    frame: &mut Frame<'_>,
    area: Rect,
    title: Line<'_>,
    focused: bool,
    theme: &Theme,
) -> Rect {
    let border = if focused {
        theme.border_focus
    } else {
        theme.border
    };
    let title = fitted(title, area.width.saturating_sub(2));
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(border)
        .title(title);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}

/// From so many columns on what lies beneath is worth being seen at a dialog's sides.
const MARGIN: u16 = 8;

/// A dialog's frame over what lies beneath, with a line at the bottom. Returns the room inside.
pub fn dialog(
    frame: &mut Frame<'_>,
    area: Rect,
    title: Line<'_>,
    bottom: Line<'_>,
    border: Style,
) -> Rect {
    frame.render_widget(Clear, area);
    // The few columns at its sides would show half-drawn borders.
    let screen = frame.area();
    if area.x < MARGIN {
        let rows = Rect {
            x: screen.x,
            width: screen.width,
            ..area
        };
        frame.render_widget(Clear, rows.intersection(screen));
    }
    // A wide character half under the dialog would push its border aside.
    if let Some(left) = area.x.checked_sub(1) {
        for y in area.top()..area.bottom() {
            if let Some(cell) = frame.buffer_mut().cell_mut((left, y))
                && text::width(cell.symbol()) > 1
            {
                cell.set_symbol(" ");
            }
        }
    }
    let title = fitted(title, area.width.saturating_sub(2));
    let bottom = fitted(bottom, area.width.saturating_sub(2));
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(border)
        .title(title)
        .title_bottom(bottom.right_aligned())
        .padding(ratatui::widgets::Padding::horizontal(1));
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}

/// The line with a sign where it is cut for want of room.
fn fitted(line: Line<'_>, room: u16) -> Line<'_> {
    let mut left = usize::from(room);
    let all: usize = line.iter().map(|span| text::width(&span.content)).sum();
    let blank = line
        .iter()
        .skip_while(|_| all <= left)
        .fold(0, |blank, span| {
            let words = span.content.trim_end_matches(' ');
            let behind = span.content.len() - words.len();
            behind + if words.is_empty() { blank } else { 0 }
        });
    if all - blank <= left {
        return line;
    }
    let (style, alignment) = (line.style, line.alignment);
    let mut spans = Vec::new();
    for span in line {
        let width = text::width(&span.content);
        if width < left {
            left -= width;
            spans.push(span);
            continue;
        }
        spans.push(Span::styled(text::cut(&span.content, left), span.style));
        break;
    }
    Line {
        style,
        alignment,
        spans,
    }
}

/// The line with its underlines under words alone: the blanks beside a padded word have none, nor has the rest of
/// the row. A part that is nothing but blanks keeps its own, as a cursor has one.
fn underlined(line: Line<'_>) -> Line<'_> {
    let all = line.style;
    let is_lined = |style: Style| style.add_modifier.contains(Modifier::UNDERLINED);
    if !is_lined(all) && !line.iter().any(|span| is_lined(span.style)) {
        return line;
    }
    let mut spans = Vec::with_capacity(line.spans.len() + 2);
    for mut span in line.spans {
        span.style = all.patch(span.style);
        let words = span.content.trim_matches(' ');
        if !is_lined(span.style) || words.is_empty() || words.len() == span.content.len() {
            spans.push(span);
            continue;
        }
        let bare = span.style.remove_modifier(Modifier::UNDERLINED);
        let before = span.content.len() - span.content.trim_start_matches(' ').len();
        let behind = span.content.len() - words.len() - before;
        let words = words.to_owned();
        spans.push(Span::styled(" ".repeat(before), bare));
        spans.push(Span::styled(words, span.style));
        spans.push(Span::styled(" ".repeat(behind), bare));
    }
    let mut style = all;
    style.add_modifier.remove(Modifier::UNDERLINED);
    Line {
        style,
        alignment: line.alignment,
        spans,
    }
}

/// Lines from the top of an area; what doesn't fit is left out.
pub fn lines(frame: &mut Frame<'_>, area: Rect, lines: Vec<Line<'_>>) {
    let lines = lines
        .into_iter()
        .map(|line| underlined(fitted(line, area.width)));
    frame.render_widget(Paragraph::new(lines.collect::<Vec<_>>()), area);
}

/// One line with its background all across.
pub fn row(
    frame: &mut Frame<'_>,
    area: Rect,
    line: usize,
    content: Line<'_>,
    style: Option<Style>,
) {
    let Ok(offset) = u16::try_from(line) else {
        return;
    };
    if offset >= area.height {
        return;
    }
    let content = underlined(fitted(content, area.width));
    let area = Rect::new(area.x, area.y + offset, area.width, 1);
    frame.render_widget(content, area);
    if let Some(style) = style {
        frame.buffer_mut().set_style(area, style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn underlines_stand_under_words_alone() {
        let lined = Style::new().add_modifier(Modifier::UNDERLINED);
        let cells = |line: Line<'static>| {
            let area = Rect::new(0, 0, 12, 1);
            let mut buffer = ratatui::buffer::Buffer::empty(area);
            ratatui::widgets::Widget::render(underlined(line), area, &mut buffer);
            (0..12)
                .map(|x| {
                    let cell = &buffer[(x, 0)];
                    let is_lined = cell.modifier.contains(Modifier::UNDERLINED);
                    if is_lined { '_' } else { ' ' }
                })
                .collect::<String>()
        };
        let chip = Line::from(vec![Span::styled(" KAM-04  ", lined), Span::raw("x")]);
        assert_eq!(cells(chip), " ______     ");
        assert_eq!(cells(Line::styled("  a warning", lined)), "  _________ ");
        let cursor = Line::from(vec![Span::raw("a"), Span::styled(" ", lined)]);
        assert_eq!(cells(cursor), " _          ");
    }

    #[test]
    fn what_is_cut_has_a_sign_and_blanks_are_no_loss() {
        let line = |spans: &[&'static str]| {
            Line::from(
                spans
                    .iter()
                    .map(|words| Span::raw(*words))
                    .collect::<Vec<_>>(),
            )
        };
        let cut = |spans: &[&'static str], room| fitted(line(spans), room).to_string();
        assert_eq!(cut(&["ab", "cd"], 4), "abcd");
        assert_eq!(cut(&["ab", "cd", "  ", " "], 4), "abcd   ");
        assert_eq!(cut(&["ab", "cd", " ", "e"], 4), "abc…");
        assert_eq!(cut(&["ab", "cd"], 2), "a…");
        assert_eq!(cut(&["注文", "番号"], 4), "注…");
        assert_eq!(cut(&["注文"], 0), "");
    }
}
