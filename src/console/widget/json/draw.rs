//! A line of a payload as it is drawn.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::lines::EDIT;
use super::{JsonLine, LineKind};
use crate::console::theme::Theme;
use crate::console::widget::search::Wanted;
use crate::console::widget::text;
use crate::finding::Severity;

/// How lines are drawn.
#[derive(Debug)]
pub struct Look<'a> {
    /// Colours.
    pub theme: &'a Theme,
    /// The key that puts a finding right.
    pub fix_key: String,
    /// What is searched for.
    pub wanted: Wanted,
    /// Whether origins stand on the right.
    pub with_origin: bool,
}

/// The symbol and the style of a severity.
pub fn severity_mark(severity: Severity, theme: &Theme) -> (&'static str, Style) {
    match severity {
        Severity::Error => ("✗", theme.error),
        Severity::Warning => ("!", theme.warning),
        Severity::Info => ("·", theme.info),
    }
}

/// A line as it is drawn, in that many columns; the origin stands on the right where there is room.
pub fn draw(line: &JsonLine, columns: usize, look: &Look<'_>) -> Line<'static> {
    #[cfg(test)]
    DRAWN.with(|drawn| drawn.set(drawn.get() + 1));
    let theme = look.theme;
    if line.kind.finding().is_some() {
        return finding(line, columns, look);
    }
    let (mark, mark_style) = match (line.severity, &line.kind) {
        (Some(severity), kind) if !matches!(kind, LineKind::Close { .. }) => {
            severity_mark(severity, theme)
        }
        (_, LineKind::Folded { count, .. }) if *count > 0 => ("▸", theme.dim),
        (_, LineKind::Open { .. }) if line.depth > 0 => ("▾", theme.dim),
        _ => (" ", theme.text),
    };
    let mut spans = vec![
        Span::styled(mark, mark_style),
        Span::raw(" ".to_owned() + &"  ".repeat(line.depth)),
    ];
    spans.extend(look.wanted.mark(content(line, theme), theme));
    if !look.with_origin || line.origin.is_empty() {
        return Line::from(cut(spans, columns));
    }
    // The value has the first right to the room, the origin to a third of it.
    let origin = text::shown(&line.origin).into_owned();
    let wide: usize = spans.iter().map(|span| text::width(&span.content)).sum();
    let origin_columns =
        text::width(&origin).min((columns / 3).max(columns.saturating_sub(wide + 1)));
    let room = columns.saturating_sub(origin_columns + 1);
    let mut spans = cut(spans, room);
    let used: usize = spans.iter().map(|span| text::width(&span.content)).sum();
    let style = if line.origin == EDIT {
        theme.edit
    } else {
        theme.dim
    };
    spans.push(Span::raw(" ".repeat(room.saturating_sub(used) + 1)));
    spans.push(Span::styled(
        text::right_fit(&origin, origin_columns),
        style,
    ));
    Line::from(spans)
}

/// A line of a finding, under the mark of its first one.
fn finding(line: &JsonLine, columns: usize, look: &Look<'_>) -> Line<'static> {
    let theme = look.theme;
    let (mark, style) = severity_mark(line.severity.unwrap_or(Severity::Info), theme);
    let indent = "  ".repeat(line.depth);
    let (lead, words_style) = match line.kind {
        LineKind::Finding(_) => (
            vec![Span::styled(mark, style), Span::raw(format!(" {indent}"))],
            style,
        ),
        LineKind::Fix(_) => (
            vec![
                Span::raw(format!("    {indent}")),
                Span::styled(look.fix_key.clone(), theme.key),
                Span::raw(" "),
            ],
            theme.text,
        ),
        _ => (vec![Span::raw(format!("    {indent}"))], style),
    };
    let words = Span::styled(line.words.clone(), words_style);
    let mut spans = lead;
    spans.extend(look.wanted.mark(vec![words], theme));
    Line::from(cut(spans, columns))
}

/// The JSON of a line.
fn content(line: &JsonLine, theme: &Theme) -> Vec<Span<'static>> {
    let mut spans = Vec::with_capacity(4);
    if let Some(name) = &line.name {
        let name = serde_json::to_string(name).unwrap_or_default();
        spans.push(Span::styled(
            text::shown(&name).into_owned(),
            theme.json_name,
        ));
        spans.push(Span::raw(": "));
    }
    match &line.kind {
        LineKind::Open { list } => spans.push(Span::raw(if *list { "[" } else { "{" })),
        LineKind::Close { list } => spans.push(Span::raw(if *list { "]" } else { "}" })),
        LineKind::Folded { list, count } => {
            let (open, close, what) = if *list {
                ("[", "]", "item")
            } else {
                ("{", "}", "member")
            };
            spans.push(Span::raw(open));
            if *count > 0 {
                let words = format!(" {} ", text::many(*count as u64, what));
                spans.push(Span::styled(words, theme.dim));
            }
            spans.push(Span::raw(close));
        }
        LineKind::Value(json) => {
            let style = match json.bytes().next() {
                Some(b'"') => theme.json_text,
                Some(b't' | b'f' | b'n') => theme.json_word,
                _ => theme.json_number,
            };
            spans.push(Span::styled(text::shown(json).into_owned(), style));
        }
        LineKind::Finding(_) | LineKind::More(_) | LineKind::Fix(_) => {}
    }
    if line.comma {
        spans.push(Span::raw(","));
    }
    spans
}

#[cfg(test)]
thread_local! {
    /// How many lines were drawn by this thread, for tests that count.
    pub static DRAWN: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Spans cut to that many columns.
fn cut(spans: Vec<Span<'static>>, columns: usize) -> Vec<Span<'static>> {
    let mut left = columns;
    let mut out = Vec::with_capacity(spans.len());
    for span in spans {
        let wide = text::width(&span.content);
        if wide <= left {
            left -= wide;
            out.push(span);
        } else {
            out.push(Span::styled(text::fit(&span.content, left), span.style));
            break;
        }
    }
    out
}
