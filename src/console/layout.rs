//! Where things stand on the screen. Drawing and the mouse read the same rectangles.

use ratatui::layout::{Constraint, Layout, Rect};

/// Fewer columns or rows than this can't be worked with.
pub const LEAST: (u16, u16) = (80, 24);
/// From here on list and payload stand side by side.
const SIDE_BY_SIDE: u16 = 110;

/// The parts of every screen.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// Program, account, file, counts.
    pub top: Rect,
    /// The views by number.
    pub tabs: Rect,
    /// The view.
    pub body: Rect,
    /// A notice, or the keys that matter.
    pub footer: Rect,
}

/// The parts of every screen of that size.
pub fn frame(size: (u16, u16)) -> Frame {
    let all = Rect::new(0, 0, size.0, size.1);
    let [top, tabs, body, footer] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(all);
    Frame {
        top,
        tabs,
        body,
        footer,
    }
}

/// The parts of the Orders view.
#[derive(Debug, Clone, Copy)]
pub struct Orders {
    /// The list, unless the payload takes its place.
    pub list: Option<Rect>,
    /// The payload, unless the list takes its place.
    pub payload: Option<Rect>,
    /// The newest responses.
    pub strip: Rect,
}

/// The parts of the Orders view. `strip` is how many responses there are to show.
pub fn orders(size: (u16, u16), payload_focused: bool, strip: usize) -> Orders {
    let body = frame(size).body;
    let room = if size.1 >= 34 { 4 } else { 2 };
    let rows = (strip.min(room)) as u16;
    let [upper, strip] =
        Layout::vertical([Constraint::Min(0), Constraint::Length(rows)]).areas(body);
    if size.0 < SIDE_BY_SIDE {
        let (list, payload) = if payload_focused {
            (None, Some(upper))
        } else {
            (Some(upper), None)
        };
        return Orders {
            list,
            payload,
            strip,
        };
    }
    // Payloads with their origins need no more than about 130 columns; the list has a use for the rest.
    let list = if size.0 >= 150 {
        (size.0 / 20 * 9).max(size.0.saturating_sub(130))
    } else {
        (size.0 / 2).max(58)
    };
    let list = Constraint::Length(list);
    let [left, right] = Layout::horizontal([list, Constraint::Min(0)]).areas(upper);
    Orders {
        list: Some(left),
        payload: Some(right),
        strip,
    }
}

/// Rows of a list of orders that tell more of the one under the cursor: with a rule above them where there are many.
pub fn order_detail(list: Rect) -> u16 {
    match list.height {
        0..24 => 1,
        24..45 => 4,
        _ => 5,
    }
}

/// A list, and below it what is known of the entry under the cursor.
#[derive(Debug, Clone, Copy)]
pub struct Halves {
    /// The list.
    pub list: Rect,
    /// The rest.
    pub detail: Rect,
}

/// A list over a part of that many rows.
fn over(size: (u16, u16), rows: u16) -> Halves {
    let [list, detail] =
        Layout::vertical([Constraint::Min(0), Constraint::Length(rows)]).areas(frame(size).body);
    Halves { list, detail }
}

/// The parts of the Runs view.
pub fn runs(size: (u16, u16)) -> Halves {
    over(size, (frame(size).body.height / 2 + 2).min(26))
}

/// The parts of the Jobs view.
pub fn jobs(size: (u16, u16)) -> Halves {
    over(size, 10)
}

/// The parts of the Profiles view.
pub fn profiles(size: (u16, u16)) -> Halves {
    if size.0 < SIDE_BY_SIDE {
        return over(size, frame(size).body.height / 2 + 2);
    }
    let [list, detail] = Layout::horizontal([Constraint::Percentage(45), Constraint::Min(0)])
        .areas(frame(size).body);
    Halves { list, detail }
}

/// How many lines fit into a pane with a border, less those that it needs itself.
pub fn inner_rows(area: Option<Rect>, taken: u16) -> usize {
    area.map_or(1, |area| {
        usize::from(area.height.saturating_sub(2 + taken)).max(1)
    })
}

/// A dialog of at most that size in the middle of the screen.
pub fn middle(size: (u16, u16), width: u16, height: u16) -> Rect {
    let width = width.min(size.0.saturating_sub(2));
    let height = height.min(size.1.saturating_sub(2));
    Rect::new(
        (size.0.saturating_sub(width)) / 2,
        (size.1.saturating_sub(height)) / 2,
        width,
        height,
    )
}
