//! Whether the frames on a screen are closed.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use crate::console::dialog::Layer;
use crate::console::state::State;
use crate::console::testing::Harness;

/// What is wrong with frames: of the view without its dialogs, and of each dialog by itself.
pub fn faults(harness: &mut Harness) -> Vec<String> {
    let layers = std::mem::take(&mut harness.state.layers);
    let notice = harness.state.notice.take();
    let mut faults = frames(&harness.buffer(), "the view");
    for layer in &layers {
        let buffer = alone(layer.as_ref(), &harness.state);
        faults.extend(frames(&buffer, "the dialog"));
        if !buffer.content.iter().any(|cell| cell.symbol() == "╭") {
            faults.push(format!("a dialog without a frame: {layer:?}"));
        }
        if let Some(border) = layer.border(&harness.state) {
            let area = border.area;
            if buffer[(area.x, area.y)].symbol() != "╭" {
                faults.push("the mouse looks for the dialog's frame elsewhere".to_owned());
            }
            let last = area.bottom() - 1;
            if (area.left()..area.right()).any(|x| buffer[(x, last)].symbol() == "…") {
                faults.push("its keys have no room on the border".to_owned());
            }
        }
    }
    harness.state.layers = layers;
    harness.state.notice = notice;
    faults
}

/// A dialog over nothing.
pub fn alone(layer: &dyn Layer, state: &State) -> Buffer {
    let mut screen = Terminal::new(TestBackend::new(state.size.0, state.size.1)).unwrap();
    screen.draw(|frame| layer.draw(frame, state)).unwrap();
    screen.backend().buffer().clone()
}

/// Every frame whose upper left corner is there has its other corners and both its sides.
pub fn frames(buffer: &Buffer, what: &str) -> Vec<String> {
    let area = buffer.area;
    let at = |x: u16, y: u16| {
        buffer
            .cell((x, y))
            .map_or("", ratatui::buffer::Cell::symbol)
    };
    let mut faults = Vec::new();
    for y in 0..area.height {
        for x in 0..area.width {
            if at(x, y) != "╭" {
                continue;
            }
            let right = (x + 1..area.width).find(|right| matches!(at(*right, y), "╭" | "╮"));
            let bottom = (y + 1..area.height).find(|bottom| matches!(at(x, *bottom), "╭" | "╰"));
            let (Some(right), Some(bottom)) = (right, bottom) else {
                faults.push(format!("{what}: the frame at {x},{y} has no end"));
                continue;
            };
            if at(right, y) != "╮" || at(x, bottom) != "╰" || at(right, bottom) != "╯" {
                faults.push(format!(
                    "{what}: the frame at {x},{y} to {right},{bottom} is open"
                ));
            }
            let is_side = |column: u16, row: u16| matches!(at(column, row), "│" | "├" | "┤");
            for row in y + 1..bottom {
                if !is_side(x, row) || !is_side(right, row) {
                    faults.push(format!(
                        "{what}: the frame at {x},{y} is broken in row {row}"
                    ));
                }
                // A wide character there would take the border's cell.
                if unicode_width::UnicodeWidthStr::width(at(right - 1, row)) > 1 {
                    faults.push(format!(
                        "{what}: a wide character at {row} lies on the border"
                    ));
                }
            }
        }
    }
    faults
}

/// The cells as text.
pub fn text(buffer: &Buffer) -> String {
    let rows = buffer.content.chunks(usize::from(buffer.area.width));
    let mut out = String::new();
    for row in rows {
        let line: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
