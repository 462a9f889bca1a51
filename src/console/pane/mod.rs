//! The views, one file each: they read the state and draw.

pub mod jobs;
pub mod mapping;
pub mod orders;
pub mod payload;
pub mod profiles;
pub mod responses;
pub mod runs;
pub mod welcome;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::state::State;
use super::widget::cursor::Cursor;
use super::widget::{pane, text};

/// A list that fills the view: a heading and one line an entry. `empty` says what to do where there is none.
fn list(
    frame: &mut Frame<'_>,
    area: Rect,
    state: &State,
    title: String,
    heading: &str,
    cursor: Cursor,
    rows: usize,
    empty: &str,
    row: impl Fn(usize, usize) -> Line<'static>,
) {
    let theme = &state.theme;
    let title = Line::styled(format!(" {title} "), theme.strong);
    let inner = pane::pane(frame, area, title, true, theme);
    let columns = usize::from(inner.width);
    if rows == 0 {
        let lines = text::wrap(empty, columns.saturating_sub(4));
        for (number, words) in lines.into_iter().enumerate() {
            let line = Line::styled(format!("  {words}"), theme.dim);
            pane::row(frame, inner, number + 1, line, None);
        }
        return;
    }
    let heading = Line::styled(text::fit(heading, columns), theme.dim);
    pane::row(frame, inner, 0, heading, None);
    let page = usize::from(inner.height).saturating_sub(1);
    for (number, index) in cursor.shown(rows, page).enumerate() {
        let style = (index == cursor.at).then_some(theme.selection);
        pane::row(frame, inner, number + 1, row(index, columns), style);
    }
}

/// A moment as the clock on the wall shows it.
fn clock(at: jiff::Timestamp) -> String {
    let zoned = at.to_zoned(jiff::tz::TimeZone::system());
    zoned.strftime("%H:%M:%S").to_string()
}

/// The clock of today, or the day.
fn shortest(at: jiff::Timestamp, now: jiff::Timestamp) -> String {
    let zone = jiff::tz::TimeZone::system();
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone));
    let format = if at.date() == now.date() {
        "%H:%M"
    } else {
        "%m-%d"
    };
    at.strftime(format).to_string()
}

/// A moment with its day, as short as can be.
fn short(at: jiff::Timestamp) -> String {
    let zoned = at.to_zoned(jiff::tz::TimeZone::system());
    zoned.strftime("%m-%d %H:%M").to_string()
}

/// A moment with its day.
pub(super) fn day(at: jiff::Timestamp) -> String {
    let zoned = at.to_zoned(jiff::tz::TimeZone::system());
    zoned.strftime("%Y-%m-%d %H:%M").to_string()
}
