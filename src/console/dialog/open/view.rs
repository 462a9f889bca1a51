//! Draws the browser.

use std::path::Path;

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::Open;
use super::rows::{Row, name_of};
use crate::console::action::Command;
use crate::console::dialog::Border;
use crate::console::folder::Kind;
use crate::console::layout;
use crate::console::pane::welcome;
use crate::console::state::{State, Tone};
use crate::console::widget::{pane, text};
use crate::workspace::RecentFile;

/// From this width of the screen on list and beginning stand side by side.
const SIDE_BY_SIDE: u16 = 110;

/// Where things stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Areas {
    /// All of it.
    pub(super) whole: Rect,
    /// What is typed.
    pub(super) input: Rect,
    /// The rows.
    pub(super) list: Rect,
    /// What is between them.
    pub(super) rule: Rect,
    /// The beginning of the file.
    pub(super) preview: Rect,
    /// What went wrong.
    pub(super) notice: Rect,
}

pub(super) fn areas(size: (u16, u16)) -> Areas {
    let whole = layout::middle(
        size,
        size.0.saturating_sub(4).min(180),
        size.1.saturating_sub(2),
    );
    let inner = Rect::new(
        whole.x + 2,
        whole.y + 1,
        whole.width.saturating_sub(4),
        whole.height.saturating_sub(2),
    );
    let [input, _, body, notice] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(inner);
    let (list, rule, preview) = if size.0 >= SIDE_BY_SIDE {
        let [list, rule, preview] = Layout::horizontal([
            Constraint::Percentage(48),
            Constraint::Length(3),
            Constraint::Min(0),
        ])
        .areas(body);
        (list, rule, preview)
    } else {
        let [list, rule, preview] = Layout::vertical([
            Constraint::Percentage(60),
            Constraint::Length(1),
            Constraint::Min(0),
        ])
        .areas(body);
        (list, rule, preview)
    };
    Areas {
        whole,
        input,
        list,
        rule,
        preview,
        notice,
    }
}

/// Rows of the list.
pub(super) fn page(state: &State) -> usize {
    usize::from(areas(state.size).list.height)
}

/// Where it stands, and its keys.
pub(super) fn frame_of(open: &Open, state: &State) -> Border {
    let hidden = if open.shelf.hidden {
        "no hidden"
    } else {
        "show hidden"
    };
    let mut shown = vec![
        (Command::Accept, "open"),
        (Command::ReadAs, "read as"),
        (Command::ToggleHidden, hidden),
    ];
    if open.input.text().is_empty() {
        shown.push((Command::Left, "above"));
    }
    shown.push((Command::Back, "back"));
    Border::new(areas(state.size).whole, &shown)
}

pub(super) fn draw(open: &Open, frame: &mut Frame<'_>, state: &State) {
    let theme = &state.theme;
    let areas = areas(state.size);
    let place = text::shown(&open.shelf.directory.display().to_string()).into_owned();
    let room = usize::from(areas.whole.width).saturating_sub(12);
    let title = format!(" Open · {} ", text::keep_end(&place, room));
    let title = Line::styled(title, theme.strong);
    frame_of(open, state).draw(frame, title, theme.border_focus, state);
    let columns = usize::from(areas.input.width);
    let mut typed = vec![Span::styled("search or path  ", theme.dim)];
    typed.extend(
        open.input
            .spans(columns.saturating_sub(16), true, theme.text, theme),
    );
    pane::row(frame, areas.input, 0, Line::from(typed), None);
    for line in 0..areas.rule.height {
        let rule = if areas.rule.height > 1 {
            " │ ".to_owned()
        } else {
            "─".repeat(columns)
        };
        let rule = Line::styled(rule, theme.border);
        pane::row(frame, areas.rule, usize::from(line), rule, None);
    }
    list(open, frame, state, areas.list);
    preview(open, frame, state, areas.preview);
    if let Some(notice) = state
        .notice
        .as_ref()
        .filter(|notice| notice.tone == Tone::Error)
    {
        let words = text::fit(&text::shown(&notice.text), columns);
        pane::row(
            frame,
            areas.notice,
            0,
            Line::styled(words, theme.error),
            None,
        );
    } else if open.shelf.more > 0 {
        let words = format!(
            "{} more entries aren't listed; type their path",
            text::count(open.shelf.more as u64)
        );
        pane::row(frame, areas.notice, 0, Line::styled(words, theme.dim), None);
    }
}

fn list(open: &Open, frame: &mut Frame<'_>, state: &State, area: Rect) {
    let theme = &state.theme;
    let columns = usize::from(area.width);
    let page = usize::from(area.height);
    let shown = open.cursor.shown(open.rows.len(), page);
    let mut line = 0;
    for index in shown {
        let Some(row) = open.rows.get(index) else {
            break;
        };
        let at = index == open.cursor.at && row.can_be_chosen();
        let style = at.then_some(theme.selection);
        pane::row(
            frame,
            area,
            line,
            row_line(open, state, row, at, columns),
            style,
        );
        line += 1;
    }
    let key = state.keymap.first(Command::Accept);
    let words = if let Some(why) = &open.trouble {
        Some((format!("✗ {}", text::shown(why)), theme.error))
    } else if open.is_path() {
        Some((format!("{key} opens this path"), theme.dim))
    } else if !open.listed {
        let words = format!("reading the folder …{}", open.waiting());
        Some((words, theme.dim))
    } else if !open.input.text().trim().is_empty() && open.rows.is_empty() {
        let words = "nothing here is called so; a path with / leads anywhere";
        Some((words.to_owned(), theme.dim))
    } else if open.listed && open.shelf.entries.is_empty() && open.input.text().is_empty() {
        Some(("nothing is in this folder".to_owned(), theme.dim))
    } else {
        None
    };
    if let Some((words, style)) = words {
        for part in text::wrap(&words, columns.saturating_sub(2)) {
            pane::row(
                frame,
                area,
                line,
                Line::styled(format!("  {part}"), style),
                None,
            );
            line += 1;
        }
    }
}

fn row_line(open: &Open, state: &State, row: &Row, at: bool, columns: usize) -> Line<'static> {
    let theme = &state.theme;
    let mark = Span::styled(if at { "▸ " } else { "  " }, theme.accent);
    let room = columns.saturating_sub(2);
    match row {
        Row::Heading(words) => {
            Line::styled(text::keep_end(&text::shown(words), columns), theme.dim)
        }
        Row::Up => Line::from(vec![mark, Span::styled("../", theme.info)]),
        Row::Recent(at, met) => {
            let Some(recent) = open.shelf.recent.get(*at) else {
                return Line::default();
            };
            let about = if recent.is_gone {
                "gone".to_owned()
            } else {
                welcome::about(recent)
            };
            let name = room / 2;
            let style = if recent.is_gone {
                theme.dim
            } else {
                theme.text
            };
            let mut spans = vec![mark];
            spans.extend(lit(name_of(recent), met, name, style, theme.accent));
            let about = text::fit(&about, room.saturating_sub(name + 2));
            let about_style = if recent.is_gone {
                theme.warning
            } else {
                theme.dim
            };
            spans.push(Span::styled(format!("  {about}"), about_style));
            Line::from(spans)
        }
        Row::Entry(at, met) => {
            let Some(entry) = open.shelf.entries.get(*at) else {
                return Line::default();
            };
            let (style, facts, facts_style) = match &entry.kind {
                Kind::Folder => (theme.info, day(entry.changed_at), theme.dim),
                Kind::File => (
                    theme.text,
                    format!("{}  {}", text::bytes(entry.bytes), day(entry.changed_at)),
                    theme.dim,
                ),
                Kind::Closed(why) => (theme.dim, text::shown(why).into_owned(), theme.error),
            };
            let facts = text::fit(&facts, room / 2);
            let slash = if entry.kind == Kind::Folder { "/" } else { "" };
            let name = room.saturating_sub(text::width(&facts) + 2);
            let mut spans = vec![mark];
            let label = format!("{}{slash}", entry.name);
            spans.extend(lit(&label, met, name, style, theme.accent));
            spans.push(Span::styled(format!("  {facts}"), facts_style));
            Line::from(spans)
        }
    }
}

/// A name in so many columns, the letters that were met lit: they are underlined too, for screens without colour.
fn lit(
    name: &str,
    met: &[usize],
    columns: usize,
    style: Style,
    accent: Style,
) -> Vec<Span<'static>> {
    let lit = style
        .patch(accent)
        .add_modifier(Modifier::BOLD | Modifier::UNDERLINED);
    let whole = text::shown(name).into_owned();
    let cut = text::left(&whole, columns);
    // What was spelled out or cut has other places.
    if met.is_empty() || whole != name {
        return vec![Span::styled(cut, style)];
    }
    let kept = cut
        .chars()
        .zip(name.chars())
        .take_while(|(a, b)| a == b)
        .count();
    cut.chars()
        .enumerate()
        .map(|(at, c)| {
            let is_met = at < kept && met.binary_search(&at).is_ok();
            Span::styled(c.to_string(), if is_met { lit } else { style })
        })
        .collect()
}

fn day(at: Option<Timestamp>) -> String {
    at.map_or_else(String::new, crate::console::pane::day)
}

fn preview(open: &Open, frame: &mut Frame<'_>, state: &State, area: Rect) {
    let theme = &state.theme;
    let columns = usize::from(area.width);
    let mut lines: Vec<Line<'static>> = Vec::new();
    let put = |lines: &mut Vec<Line<'static>>, words: &str, style: Style| {
        for part in text::wrap(&text::shown(words), columns) {
            lines.push(Line::styled(part, style));
        }
    };
    let row = open.rows.get(open.cursor.at);
    if let Some(Row::Recent(at, _)) = row
        && let Some(recent) = open.shelf.recent.get(*at)
    {
        about_recent(&mut lines, recent, state, columns);
    }
    if let Some(Row::Entry(at, _)) = row
        && let Some(entry) = open.shelf.entries.get(*at)
        && let Kind::Closed(why) = &entry.kind
    {
        put(&mut lines, &entry.name, theme.strong);
        put(&mut lines, &format!("can't be opened: {why}"), theme.error);
    }
    let wanted = open.wanted();
    match (&open.peek, &wanted) {
        (Some((path, peek)), Some(wanted)) if path == wanted => {
            if !matches!(row, Some(Row::Recent(..))) {
                put(&mut lines, &file_name(path), theme.strong);
            }
            match peek {
                Err(why) => put(&mut lines, why, theme.error),
                Ok(peek) => {
                    match &peek.what {
                        Ok(what) => put(&mut lines, what, theme.info),
                        // The path stands above already.
                        Err(why) => {
                            let path = format!("{}: ", path.display());
                            let why = why.strip_prefix(&path).unwrap_or(why);
                            put(&mut lines, &format!("can't be opened: {why}"), theme.error);
                        }
                    }
                    if peek.lines.is_empty() {
                        put(&mut lines, "not text; nothing of it is shown", theme.dim);
                    }
                    let room = usize::from(area.height).saturating_sub(lines.len());
                    lines.extend(peek.lines.iter().take(room).map(|line| {
                        Line::styled(text::fit(&text::shown(line), columns), theme.dim)
                    }));
                }
            }
        }
        (_, Some(path)) => {
            put(&mut lines, &file_name(path), theme.strong);
            put(&mut lines, "reading its beginning …", theme.dim);
        }
        (_, None) => {}
    }
    pane::lines(frame, area, lines);
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

fn about_recent(
    lines: &mut Vec<Line<'static>>,
    recent: &RecentFile,
    state: &State,
    columns: usize,
) {
    let theme = &state.theme;
    let path = text::keep_end(&text::shown(&recent.source.path), columns);
    lines.push(Line::styled(path, theme.strong));
    let opened = format!(
        "{} · {} · opened {}",
        recent.source.mapping,
        text::many(recent.source.orders, "order"),
        crate::console::pane::day(recent.source.opened_at),
    );
    lines.push(Line::styled(text::fit(&opened, columns), theme.dim));
    let run = match &recent.last_run {
        Some(run) => welcome::run_words(run),
        None => "never sent from here".to_owned(),
    };
    for part in text::wrap(&run, columns) {
        lines.push(Line::styled(part, theme.dim));
    }
    if recent.is_gone {
        let words = "gone: nothing is at this path any more";
        lines.push(Line::styled(text::fit(words, columns), theme.error));
    }
}
