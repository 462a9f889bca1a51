//! The views, one file each: they read the state and draw.

pub mod filter;
pub mod jobs;
pub mod mapping;
pub mod mapping_screen;
pub mod order_detail;
pub mod order_list;
pub mod orders;
pub mod payload;
pub mod profiles;
pub mod responses;
mod run_detail;
pub mod runs;
pub mod welcome;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use super::state::State;
use super::update::lists::Which;
use super::widget::cursor::Cursor;
use super::widget::{pane, text};

/// A list.
struct List<'a> {
    /// Where it stands.
    area: Rect,
    /// Its name and how many there are.
    title: &'a str,
    /// The names of the columns.
    heading: &'a str,
    /// Where the cursor stands.
    cursor: Cursor,
    /// How many lines there are.
    rows: usize,
    /// What to do where there is none.
    empty: Empty,
}

/// What stands where there is no line.
struct Empty {
    words: String,
    style: Style,
}

/// Draws a list: a heading and one line an entry, made by `row` from its number and the columns there are.
fn list(
    frame: &mut Frame<'_>,
    state: &State,
    list: &List<'_>,
    row: impl Fn(usize, usize) -> Line<'static>,
) {
    list_over(frame, state, list, 0, row);
}

/// The same with so many rows at the bottom kept for something else.
fn list_over(
    frame: &mut Frame<'_>,
    state: &State,
    list: &List<'_>,
    kept: u16,
    row: impl Fn(usize, usize) -> Line<'static>,
) {
    let theme = &state.theme;
    let title = Line::styled(format!(" {} ", list.title), theme.strong);
    let inner = pane::pane(frame, list.area, title, true, theme);
    let columns = usize::from(inner.width);
    if list.rows == 0 {
        let lines = text::wrap(&list.empty.words, columns.saturating_sub(4));
        for (number, words) in lines.into_iter().enumerate() {
            let line = Line::styled(format!("  {words}"), list.empty.style);
            pane::row(frame, inner, number + 1, line, None);
        }
        return;
    }
    let heading = Line::styled(text::fit(list.heading, columns), theme.dim);
    pane::row(frame, inner, 0, heading, None);
    let page = usize::from(inner.height.saturating_sub(1 + kept)).max(1);
    for (number, index) in list.cursor.shown(list.rows, page).enumerate() {
        let style = (index == list.cursor.at).then_some(theme.selection);
        pane::row(frame, inner, number + 1, row(index, columns), style);
    }
}

/// What stands where a list is empty: why it couldn't be read, that it is being read, else what to do.
fn empty(state: &State, which: Which, nothing: String) -> Empty {
    let reading = &state.reading[which as usize];
    let (words, style) = match &reading.trouble {
        Some(why) => (format!("✗ {}", text::shown(why)), state.theme.error),
        None if is_unknown(state, which) => ("reading the ledger …".to_owned(), state.theme.dim),
        None => (nothing, state.theme.dim),
    };
    Empty { words, style }
}

/// Whether nothing can be said yet of what a list holds.
fn is_unknown(state: &State, which: Which) -> bool {
    let reading = &state.reading[which as usize];
    reading.trouble.is_some() || (reading.busy && !reading.known)
}

/// A list's name, with how many it has as soon as that is known.
fn counted(state: &State, which: Which, name: &str, count: usize) -> String {
    if count == 0 && is_unknown(state, which) {
        name.to_owned()
    } else {
        format!("{name} · {}", text::count(count as u64))
    }
}

/// A moment as the clock on the wall shows it.
fn clock(at: jiff::Timestamp) -> String {
    let zoned = at.to_zoned(jiff::tz::TimeZone::system());
    zoned.strftime("%H:%M:%S").to_string()
}

/// The clock of today, or the day.
pub(super) fn shortest(at: jiff::Timestamp, now: jiff::Timestamp) -> String {
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
pub(super) fn short(at: jiff::Timestamp) -> String {
    let zoned = at.to_zoned(jiff::tz::TimeZone::system());
    zoned.strftime("%m-%d %H:%M").to_string()
}

/// A moment with its day.
pub(super) fn day(at: jiff::Timestamp) -> String {
    let zoned = at.to_zoned(jiff::tz::TimeZone::system());
    zoned.strftime("%Y-%m-%d %H:%M").to_string()
}

/// What people call a source: the last part of its path.
pub fn file_name(source: &str) -> &str {
    let name = source.rsplit(['/', '\\']).next();
    name.filter(|name| !name.is_empty()).unwrap_or(source)
}
