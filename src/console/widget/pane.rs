//! Frames of panes and dialogs, and lines with a cursor.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
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
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(border)
        .title(title);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}

/// A dialog's frame over what lies beneath, with a line at the bottom. Returns the room inside.
pub fn dialog(
    frame: &mut Frame<'_>,
    area: Rect,
    title: Line<'_>,
    bottom: Line<'_>,
    border: Style,
) -> Rect {
    frame.render_widget(Clear, area);
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

/// Lines from the top of an area; what doesn't fit is left out.
pub fn lines(frame: &mut Frame<'_>, area: Rect, lines: Vec<Line<'_>>) {
    frame.render_widget(Paragraph::new(lines), area);
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
    let area = Rect::new(area.x, area.y + offset, area.width, 1);
    frame.render_widget(content, area);
    if let Some(style) = style {
        frame.buffer_mut().set_style(area, style);
    }
}
