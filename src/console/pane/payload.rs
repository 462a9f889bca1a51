//! The payload of the order under the cursor: JSON with origins and findings.

use std::fmt::Write as _;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::console::action::Command;
use crate::console::state::State;
use crate::console::update::payload::finding;
use crate::console::widget::json::{self, LineKind};
use crate::console::widget::{pane, text};
use crate::order::outcome::Operation;

/// From here on the origins have a column of their own.
const ROOM_FOR_ORIGINS: usize = 44;

/// Draws the pane.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State) {
    let theme = &state.theme;
    let inner = pane::pane(frame, area, tabs(state), state.payload.focused, theme);
    let columns = usize::from(inner.width);
    let Some(shown) = &state.payload.shown else {
        return say(frame, inner, state);
    };
    if shown.payload.is_err() {
        return say(frame, inner, state);
    }
    let page = usize::from(inner.height).saturating_sub(3);
    let lines = &state.payload.lines;
    let cursor = state.payload.cursor;
    for (number, index) in cursor.shown(lines.len(), page).enumerate() {
        let line = json::draw(
            &lines[index],
            shown,
            columns,
            columns >= ROOM_FOR_ORIGINS,
            theme,
        );
        let style = match (index == cursor.at, state.payload.focused) {
            (true, true) => Some(theme.selection),
            (true, false) => Some(theme.selection_idle),
            _ => None,
        };
        pane::row(frame, inner, number, line, style);
    }
    about(frame, inner, state);
}

/// The vendors' tabs with the order's key.
fn tabs(state: &State) -> Line<'static> {
    let theme = &state.theme;
    let mut spans = vec![Span::raw(" ")];
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
            spans.push(Span::styled(title, theme.accent));
            continue;
        }
        if index > 0 {
            spans.push(Span::styled(" │ ", theme.dim));
        }
        if index == state.vendors.front {
            spans.push(Span::styled(
                tab.vendor.title().to_uppercase(),
                theme.accent,
            ));
        } else {
            spans.push(Span::styled(tab.vendor.title(), theme.dim));
        }
    }
    if let Some(operation) = operation {
        spans.push(Span::styled(" · ", theme.dim));
        spans.push(Span::styled(operation, theme.warning));
    }
    if let Some(shown) = &state.payload.shown {
        let key = text::keep_end(&text::shown(&shown.order.order.id), 16);
        spans.push(Span::styled(format!(" · {key}"), theme.strong));
    }
    spans.push(Span::raw(" "));
    Line::from(spans)
}

fn say(frame: &mut Frame<'_>, inner: Rect, state: &State) {
    let (words, style) = match &state.payload.trouble {
        Some(why) => (text::shown(why).into_owned(), state.theme.error),
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

/// Three lines about what is under the cursor: where it came from and what it means; findings and their keys.
fn about(frame: &mut Frame<'_>, inner: Rect, state: &State) {
    let theme = &state.theme;
    let columns = usize::from(inner.width);
    let height = usize::from(inner.height);
    let (Some(shown), Some(line)) = (&state.payload.shown, state.payload.line()) else {
        return;
    };
    let table = shown.target.vendor.table();
    let help = table
        .at_pointer(&line.pointer)
        .map_or("", |(id, _)| table.spec(id).help);
    let origin = shown.origins.get(&line.pointer).map_or("", String::as_str);
    let mut words = String::new();
    if let LineKind::Finding(number) = line.kind
        && let Ok(payload) = &shown.payload
        && let Some(finding) = payload.findings.get(number)
    {
        let _ = write!(words, "{}. {}", finding.message(), finding.rule.remedy);
        if let Some(place) = &finding.place {
            let _ = write!(words, " In the file: {place}.");
        }
    } else {
        if !origin.is_empty() {
            let _ = write!(words, "from {origin}");
        }
        if !help.is_empty() {
            if !words.is_empty() {
                words.push_str(" · ");
            }
            words.push_str(help);
        }
    }
    let lines = text::wrap(&text::shown(&words), columns);
    let more = lines.len() > 2;
    for (number, mut part) in lines.into_iter().take(2).enumerate() {
        if more && number == 1 {
            part = text::fit(&format!("{part} …"), columns);
        }
        let content = Line::styled(part, theme.dim);
        pane::row(
            frame,
            inner,
            height.saturating_sub(3) + number,
            content,
            None,
        );
    }
    pane::row(frame, inner, height.saturating_sub(1), counts(state), None);
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
    if crate::console::update::payload::edit_subject(state).is_ok() {
        hint(Command::Edit, "edit");
    }
    if fixable {
        hint(Command::Fix, "fix");
    }
    Line::from(spans)
}
