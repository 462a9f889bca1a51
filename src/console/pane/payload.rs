//! The payload of the order under the cursor: JSON with origins and findings.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use serde_json::Value;

use crate::console::action::Command;
use crate::console::model::Inspection;
use crate::console::state::State;
use crate::console::update;
use crate::console::update::payload::finding;
use crate::console::widget::json::{self, JsonLine};
use crate::console::widget::search::Wanted;
use crate::console::widget::{pane, text};
use crate::deck::Deck;
use crate::order::outcome::Operation;

/// From here on the origins have a column of their own.
const ROOM_FOR_ORIGINS: usize = 44;

/// Draws the pane.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State) {
    let theme = &state.theme;
    let title: Vec<Span<'_>> = tabs(state).into_iter().map(|(_, span)| span).collect();
    let inner = pane::pane(frame, area, Line::from(title), state.payload.focused, theme);
    let columns = usize::from(inner.width);
    let Some(shown) = &state.payload.shown else {
        return say(frame, inner, state);
    };
    if shown.payload.is_err() {
        return say(frame, inner, state);
    }
    let look = json::Look {
        theme,
        fix_key: state.keymap.first(Command::Fix),
        wanted: if update::payload::is_searching(state) {
            state.payload.search.search.wanted()
        } else {
            Wanted::default()
        },
        with_origin: columns >= ROOM_FOR_ORIGINS,
    };
    let lines = &state.payload.lines;
    let cursor = state.payload.cursor;
    let page = update::payload::page(Some(area));
    for (number, index) in cursor.shown(lines.len(), page).enumerate() {
        let line = json::draw(&lines[index], columns, &look);
        let style = match (index == cursor.at, state.payload.focused) {
            (true, true) => Some(theme.selection),
            (true, false) => Some(theme.selection_idle),
            _ => None,
        };
        pane::row(frame, inner, number, line, style);
    }
    let rows = update::payload::below(area.height).min(inner.height);
    let below = Rect {
        y: inner.y + inner.height - rows,
        height: rows,
        ..inner
    };
    about(frame, below, state);
}

/// The vendors' tabs with the order's key; of each part which tab it is, if it is one.
pub fn tabs(state: &State) -> Vec<(Option<usize>, Span<'static>)> {
    let theme = &state.theme;
    let mut spans = vec![(None, Span::raw(" "))];
    let operation = match state.vendors.front_operation() {
        Operation::Import => None,
        Operation::Status => Some("status update"),
        Operation::Cancel => Some("cancellation"),
    };
    for (index, tab) in state.vendors.tabs.iter().enumerate() {
        // There is no room for all: what isn't an import must be seen.
        if operation.is_some() && index != state.vendors.front {
            continue;
        }
        if operation.is_some() {
            let title = tab.vendor.title().to_uppercase();
            spans.push((Some(index), Span::styled(title, theme.accent)));
            continue;
        }
        if index > 0 {
            spans.push((None, Span::styled(" │ ", theme.dim)));
        }
        let title = if index == state.vendors.front {
            Span::styled(tab.vendor.title().to_uppercase(), theme.accent)
        } else {
            Span::styled(tab.vendor.title(), theme.dim)
        };
        spans.push((Some(index), title));
    }
    if let Some(operation) = operation {
        spans.push((None, Span::styled(" · ", theme.dim)));
        spans.push((None, Span::styled(operation, theme.warning)));
    }
    if let Some(shown) = &state.payload.shown {
        let key = text::keep_end(&text::shown(&shown.order.order.id), 16);
        spans.push((None, Span::styled(format!(" · {key}"), theme.strong)));
    }
    spans.push((None, Span::raw(" ")));
    spans
}

fn say(frame: &mut Frame<'_>, inner: Rect, state: &State) {
    let (words, style) = match &state.payload.trouble {
        Some(why) => (format!("✗ {}", text::shown(why)), state.theme.error),
        None if state.orders.shown(state.file.orders()) == 0 => {
            let words = "Here stands what the vendor in front would get for the order under the cursor. No order is shown.";
            (words.to_owned(), state.theme.dim)
        }
        None => ("making the payload".to_owned(), state.theme.dim),
    };
    let lines = text::wrap(&words, usize::from(inner.width).saturating_sub(2));
    for (number, line) in lines.into_iter().enumerate() {
        pane::row(
            frame,
            inner,
            number + 1,
            Line::styled(format!(" {line}"), style),
            None,
        );
    }
}

/// What is under the cursor: where it came from and what it means; in the last row what there is to do.
fn about(frame: &mut Frame<'_>, area: Rect, state: &State) {
    let columns = usize::from(area.width);
    let room = usize::from(area.height).saturating_sub(1);
    let words = about_words(state);
    let lines = text::wrap(&text::shown(&words), columns);
    let more = lines.len() > room;
    for (number, mut part) in lines.into_iter().take(room).enumerate() {
        if more && number + 1 == room {
            part = text::fit(&format!("{part} …"), columns);
        }
        pane::row(
            frame,
            area,
            number,
            Line::styled(part, state.theme.dim),
            None,
        );
    }
    let last = if update::payload::is_searching(state) {
        search(state)
    } else {
        counts(state)
    };
    pane::row(frame, area, room, last, None);
}

fn about_words(state: &State) -> String {
    let (Some(shown), Some(line)) = (&state.payload.shown, state.payload.line()) else {
        return String::new();
    };
    if let Some(number) = line.kind.finding()
        && let Ok(payload) = &shown.payload
        && let Some(finding) = payload.findings.get(number)
    {
        // Its words stand on its own lines.
        let place = finding.place.as_ref();
        let place = place.map_or_else(String::new, |place| format!(" In the file: {place}."));
        return format!("{}{place}", finding.rule.remedy);
    }
    let table = shown.target.vendor.table();
    let help = table
        .at_pointer(&line.pointer)
        .map_or("", |(id, _)| table.spec(id).help);
    let mut parts = Vec::new();
    if !line.origin.is_empty() {
        parts.push(format!("from {}", line.origin));
    }
    parts.extend(source_words(shown, line));
    if !help.is_empty() {
        parts.push(help.to_owned());
    }
    parts.join(" · ")
}

/// What stood there before it was edited.
fn source_words(shown: &Inspection, line: &JsonLine) -> Option<String> {
    let vendor = shown.target.vendor;
    let payload = shown.payload.as_ref().ok()?;
    if line.origin != "edit" || line.pointer.is_empty() {
        return None;
    }
    let back = Deck::back_to_source(&shown.order, vendor, &payload.origins, &line.pointer);
    let [one] = &back[..] else { return None };
    Some(match &one.after {
        Value::Null => "nothing before".to_owned(),
        Value::Object(_) | Value::Array(_) => return None,
        Value::String(before) => format!("before: {before}"),
        before => format!("before: {before}"),
    })
}

/// What is searched for, and how many lines have it.
fn search(state: &State) -> Line<'static> {
    let theme = &state.theme;
    let search = &state.payload.search;
    let mut spans = vec![Span::styled("/", theme.key)];
    let typing = search.search.typing;
    spans.extend(search.search.input.spans(20, typing, theme.text, theme));
    let mut hint = |command: Command, label: &str| {
        spans.push(Span::styled(state.keymap.first(command), theme.key));
        spans.push(Span::styled(format!(" {label}  "), theme.dim));
    };
    if typing {
        hint(Command::Accept, "done");
    } else {
        hint(Command::NextFinding, "next");
        hint(Command::PreviousFinding, "previous");
    }
    hint(Command::Back, "end");
    let count = match (search.found.len(), search.at) {
        (0, _) if search.search.input.text().is_empty() => None,
        (0, _) => Some(Span::styled(" nothing found  ", theme.error)),
        (many, Some(at)) => Some(Span::styled(
            format!(" {} of {many}  ", at + 1),
            theme.strong,
        )),
        (many, None) => Some(Span::styled(format!(" {many} found  "), theme.strong)),
    };
    // Behind what is typed.
    let behind = spans.len().min(4);
    spans.splice(behind..behind, count);
    Line::from(spans)
}

fn counts(state: &State) -> Line<'static> {
    use crate::finding::Severity;
    let theme = &state.theme;
    let findings = state
        .payload
        .shown
        .as_ref()
        .and_then(|shown| shown.payload.as_ref().ok())
        .map_or(&[][..], |payload| payload.findings.as_slice());
    let count = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let mut spans = Vec::new();
    for (severity, one) in [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Info, "note"),
    ] {
        let number = count(severity);
        if number > 0 {
            let (_, style) = json::severity_mark(severity, theme);
            spans.push(Span::styled(
                format!("{}  ", text::many(number as u64, one)),
                style,
            ));
        }
    }
    if state.file.beginning().is_some() {
        // What would be missing or wrong may stand further down.
        let words = "as far as the file is read";
        spans.push(Span::styled(words, theme.warning));
        return Line::from(spans);
    }
    if spans.is_empty() {
        spans.push(Span::styled("✓ no findings  ", theme.taken));
    }
    let fixable = finding(state).is_some_and(|(number, _)| {
        state
            .payload
            .shown
            .as_ref()
            .and_then(|shown| shown.fixable.get(number).copied())
            .unwrap_or(false)
    });
    let mut hint = |command: Command, label: &str| {
        spans.push(Span::styled(state.keymap.first(command), theme.key));
        spans.push(Span::styled(format!(" {label}  "), theme.dim));
    };
    hint(Command::NextFinding, "next finding");
    if update::payload::edit_subject(state).is_ok() {
        hint(Command::Edit, "edit");
    }
    if fixable {
        hint(Command::Fix, "fix");
    }
    if update::payload::to_take_back(state).is_ok() {
        hint(Command::BackToSource, "back to source");
    }
    Line::from(spans)
}
