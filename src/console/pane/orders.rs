//! Orders: the list on the left, the payload on the right, the newest responses below.

use std::fmt::Write as _;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::order_list::Table;
use crate::console::action::Command;
use crate::console::layout;
use crate::console::state::State;
use crate::console::update::orders::list_page;
use crate::console::update::{beginning, payload, sorting};
use crate::console::widget::json::severity_mark;
use crate::console::widget::{pane, text};
use crate::finding::Severity;
use crate::order::outcome::Operation;

/// Draws the view.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    let areas = layout::orders(
        state.room(),
        state.payload.focused,
        state.responses.list.len(),
    );
    if let Some(area) = areas.list {
        list(frame, area, state);
    }
    if let Some(area) = areas.payload {
        super::payload::draw(frame, area, state);
    }
    strip(frame, areas.strip, state);
}

fn list(frame: &mut Frame<'_>, area: Rect, state: &State) {
    let theme = &state.theme;
    let orders = &state.orders;
    let all = state.file.orders();
    let shown = orders.shown(all);
    let inner = pane::pane(
        frame,
        area,
        title(state, shown, all),
        !state.payload.focused,
        theme,
    );
    let page = list_page(Some(area));
    let lines = orders.cursor.shown(shown, page);
    let rows = |place: usize| orders.rows.get(&place);
    let table = Table::of(state, orders.places(lines.clone(), all).filter_map(rows));
    pane::row(frame, inner, 0, table.heading(state), None);
    for (number, line) in lines.enumerate() {
        let Some(place) = orders.place(line, all) else {
            continue;
        };
        let at = line == orders.cursor.at;
        let content = match orders.rows.get(&place) {
            Some(row) => table.row(row, at, state),
            None => Line::styled("     …", theme.dim),
        };
        let style = match (at, state.payload.focused) {
            (true, false) => Some(theme.selection),
            (true, true) => Some(theme.selection_idle),
            _ => None,
        };
        pane::row(frame, inner, number + 1, content, style);
    }
    detail(frame, inner, layout::order_detail(area), state);
    if shown == 0 {
        let key = |command| state.keymap.first(command);
        let words = if all == 0 {
            format!(
                "The file holds no orders. {} opens another one; {} shows how this one was read.",
                key(Command::Open),
                key(Command::ViewMapping)
            )
        } else {
            format!(
                "No order passes the filter. {} drops it, {} changes it.",
                key(Command::Back),
                key(Command::Filter)
            )
        };
        let columns = usize::from(inner.width).saturating_sub(4);
        for (row, part) in text::wrap(&words, columns).into_iter().enumerate() {
            let line = Line::styled(format!("  {part}"), theme.dim);
            pane::row(frame, inner, row + 2, line, None);
        }
    }
    let last = usize::from(inner.height).saturating_sub(1);
    pane::row(
        frame,
        inner,
        last,
        bottom(state, usize::from(inner.width)),
        None,
    );
    super::filter::over(frame, inner, state);
}

fn title(state: &State, shown: usize, all: usize) -> Line<'static> {
    let theme = &state.theme;
    let mut words = if state.file.beginning().is_some() {
        format!(" Orders · the first {}, so far", text::count(all as u64))
    } else {
        format!(
            " Orders · {} of {}",
            text::count(shown as u64),
            text::count(all as u64)
        )
    };
    let orders = &state.orders;
    if !orders.marked.is_empty() {
        let marked = text::count(orders.marked.len() as u64);
        let _ = write!(words, " · {marked} marked");
    }
    let hidden = state.columns.fitted(sorting::room(state)).1;
    if hidden > 0 {
        let _ = write!(
            words,
            " · {} without room",
            text::many(hidden as u64, "column")
        );
    }
    let sort = match (&orders.sorting, orders.sort()) {
        (Some(sorting), _) if sorting.done > 0 => format!(
            " · sorting by {}, {} %",
            sorting.sort.column.title(),
            sorting.done * 100 / all.max(1)
        ),
        (_, Some(sort)) => format!(
            " · by {}, {}",
            sort.column.title(),
            sorting::direction(sort.descending)
        ),
        (_, None) => String::new(),
    };
    // The marks are of that, and the payload may be hidden.
    let operation = match state.vendors.front_operation() {
        Operation::Import => None,
        Operation::Status => Some(" · for a status update"),
        Operation::Cancel => Some(" · for a cancellation"),
    };
    Line::from(vec![
        Span::styled(words, theme.strong),
        Span::styled(sort, theme.accent),
        Span::styled(operation.unwrap_or_default(), theme.warning),
        Span::raw(" "),
    ])
}

/// Before the rules below the list: they are the file's, not those of the order under the cursor above them.
const OF_FILE: &str = "in the file  ";

/// The filter while there is one; the worst finding of the order under the cursor where its payload is hidden; else
/// the rules that spoke.
fn bottom(state: &State, columns: usize) -> Line<'static> {
    let theme = &state.theme;
    let orders = &state.orders;
    if state.file.beginning().is_some() {
        return Line::styled(waits(state, columns), theme.warning);
    }
    if orders.typing_filter || !orders.filter.text().is_empty() {
        return super::filter::line(state, columns);
    }
    if let Some(line) = headline(state, columns) {
        return line;
    }
    let Some(survey) = state.vendors.front_survey() else {
        return Line::default();
    };
    if !survey.done && survey.ticket != 0 {
        let words = format!(
            "checking {} of {}",
            text::count(survey.seen as u64),
            text::count(survey.verdicts.len() as u64)
        );
        return Line::styled(words, theme.dim);
    }
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut left = columns.saturating_sub(text::width(OF_FILE));
    for (rule, severity, count) in survey.rules() {
        let (mark, style) = severity_mark(severity, theme);
        let words = format!("{mark} {} · {}   ", rule.id, text::count(count as u64));
        if text::width(&words) > left {
            break;
        }
        left -= text::width(&words);
        spans.push(Span::styled(words, style));
    }
    let out = survey.left();
    let words = format!("– left out · {out}   ");
    if out > 0 && text::width(&words) <= left {
        left -= text::width(&words);
        spans.push(Span::styled(words, theme.dim));
    }
    for (hit, _) in &survey.once {
        let (mark, style) = severity_mark(hit.severity, theme);
        let words = format!("{mark} {} · nearly all   ", hit.rule.id);
        if hit.severity != Severity::Info && text::width(&words) <= left {
            left -= text::width(&words);
            spans.push(Span::styled(words, style));
        }
    }
    if spans.is_empty() && survey.done {
        spans.push(Span::styled("✓ no findings", theme.taken));
    }
    if !spans.is_empty() {
        spans.insert(0, Span::styled(OF_FILE, theme.dim));
    }
    Line::from(spans)
}

/// What waits while these are the file's first orders only, in as many words as there is room for.
fn waits(state: &State, columns: usize) -> String {
    let percent =
        beginning::percent(state).map_or_else(String::new, |percent| format!(", {percent} %"));
    let words = [
        "; checks, marks, filter, edits and sending wait for it",
        "; checks, edits and sending wait",
        "; edits and sending wait",
        "",
    ];
    let words = words.map(|waits| format!("the rest is being read{percent}{waits}"));
    let [.., shortest] = &words;
    let fitting = words.iter().find(|words| text::width(words) <= columns);
    fitting.unwrap_or(shortest).clone()
}

/// The worst finding of the order under the cursor and the keys that do something about it.
fn headline(state: &State, columns: usize) -> Option<Line<'static>> {
    let theme = &state.theme;
    let (_, finding) = payload::headline(state)?;
    let mut hints = Vec::new();
    if payload::edit_subject(state).is_ok() {
        hints.push((state.keymap.first(Command::Edit), "edit"));
    }
    let fixable = payload::finding(state).and_then(|(number, _)| {
        let shown = state.payload.shown.as_ref()?;
        shown.fixable.get(number).copied()
    });
    if fixable == Some(true) {
        hints.push((state.keymap.first(Command::Fix), "fix"));
    }
    let taken: usize = hints
        .iter()
        .map(|(key, label)| text::width(key) + text::width(label) + 4)
        .sum();
    let (mark, style) = severity_mark(finding.severity, theme);
    let shown = state.payload.shown.as_ref()?;
    let message = shown.order.message(finding);
    let words = format!("{mark} {} {message}", finding.rule.id);
    let words = text::fit(&text::shown(&words), columns.saturating_sub(taken));
    let mut spans = vec![Span::styled(words, style)];
    for (key, label) in hints {
        spans.push(Span::styled(format!("   {key}"), theme.key));
        spans.push(Span::styled(format!(" {label}"), theme.dim));
    }
    Some(Line::from(spans))
}

/// More of the order under the cursor, above the lowest line; below a rule where there is room for one.
fn detail(frame: &mut Frame<'_>, inner: Rect, rows: u16, state: &State) {
    let theme = &state.theme;
    let width = usize::from(inner.width);
    let mut top = usize::from(inner.height.saturating_sub(rows + 1));
    let mut height = usize::from(rows);
    if rows > 1 {
        let rule = Line::styled("─".repeat(width), theme.border);
        pane::row(frame, inner, top, rule, None);
        (top, height) = (top + 1, height - 1);
    }
    let place = state.orders.current(state.file.orders());
    let Some(row) = place.and_then(|place| state.orders.rows.get(&place)) else {
        return;
    };
    for (number, line) in super::order_detail::lines(row, state, width, height)
        .into_iter()
        .enumerate()
    {
        pane::row(frame, inner, top + number, line, None);
    }
}

/// The newest responses.
fn strip(frame: &mut Frame<'_>, area: Rect, state: &State) {
    for (number, entry) in state
        .responses
        .list
        .iter()
        .take(usize::from(area.height))
        .enumerate()
    {
        let line = super::responses::line(entry, &state.theme, usize::from(area.width));
        pane::row(frame, area, number, line, None);
    }
}
