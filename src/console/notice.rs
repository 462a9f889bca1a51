//! What is told in a line or a few above the footer until the next key, so that the keys stay in sight; and the
//! steps of the first visit there as well.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use super::action::Command;
use super::layout;
use super::state::{Notice, State, Tone, tour};
use super::theme::Theme;
use super::widget::pane::row;
use super::widget::text;

/// Lines of a notice at most.
const MOST: usize = 3;

/// Draws what is told over the last lines of the view; over a dialog, which needs no footer, from the last line up.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    let columns = usize::from(state.size.0);
    let told = [&state.messages.error, &state.notice];
    let mut lines: Vec<(String, Style)> = Vec::new();
    for notice in told.into_iter().flatten() {
        lines.extend(words(notice, columns, state));
    }
    let footer = layout::frame(state.size).footer;
    let end = match tour_row(state) {
        Some(area) => {
            if let Some(line) = tour(state) {
                frame.render_widget(Clear, area);
                row(frame, area, 0, line, None);
            }
            area.y
        }
        None if state.layers.is_empty() => footer.y,
        None => footer.bottom(),
    };
    let rows = lines.len() as u16;
    if rows == 0 {
        return;
    }
    let area = Rect::new(0, end.saturating_sub(rows), state.size.0, rows);
    frame.render_widget(Clear, area);
    for (number, (words, style)) in lines.into_iter().enumerate() {
        row(frame, area, number, Line::styled(words, style), None);
    }
}

fn style(tone: Tone, theme: &Theme) -> (&'static str, Style) {
    match tone {
        Tone::Info => ("·", theme.info),
        Tone::Well => ("✓", theme.taken),
        Tone::Error => ("✗", theme.error),
    }
}

/// A notice in at most three lines; where it has more, it says where all of it can be read.
fn words(notice: &Notice, columns: usize, state: &State) -> Vec<(String, Style)> {
    let (mark, style) = style(notice.tone, &state.theme);
    let parts = text::wrap(&text::shown(&notice.text), columns.saturating_sub(4));
    let cut = parts.len() > MOST;
    let parts = parts.into_iter().take(MOST).enumerate();
    parts
        .map(|(number, part)| {
            let head = if number == 0 { mark } else { " " };
            if cut && number + 1 == MOST {
                let key = state.keymap.first(Command::Messages);
                let more = format!(" … {key} shows it whole");
                let room = columns.saturating_sub(4 + text::width(&more));
                let part = text::fit(&part, room);
                return (format!(" {head} {part}{more}"), style);
            }
            (format!(" {head} {part}"), style)
        })
        .collect()
}

/// Where the step of the walk stands: between the view and the keys, in a line that the view leaves free.
pub fn tour_row(state: &State) -> Option<Rect> {
    let is_shown = state.layers.is_empty() && state.tour.shown().is_some() && !state.is_welcome();
    let footer = layout::frame(state.size).footer;
    is_shown.then(|| Rect {
        y: footer.y.saturating_sub(1),
        ..footer
    })
}

/// The step of the walk, where one is shown.
fn tour(state: &State) -> Option<Line<'static>> {
    let theme = &state.theme;
    // It walks over orders, and waits where none could be opened.
    let (step, (command, words)) = state.tour.shown().filter(|_| !state.is_welcome())?;
    let mut spans = vec![Span::styled(
        format!(" {}/{} ", step + 1, tour::STEPS.len()),
        theme.accent,
    )];
    let first = |command| state.keymap.first(command);
    let words = words
        .replace("{undo}", &first(Command::Undo))
        .replace("{responses}", &first(Command::ViewResponses));
    let (before, after) = words.split_once("{}").unwrap_or((&words, ""));
    spans.push(Span::styled(before.to_owned(), theme.strong));
    spans.push(Span::styled(state.keymap.first(command), theme.key));
    spans.push(Span::styled(after.to_owned(), theme.strong));
    let end = step + 1 == tour::STEPS.len();
    let keys = [
        (Command::Tour, if end { "end" } else { "next" }),
        (Command::Back, "end"),
    ];
    // Elsewhere the key goes back first, as always.
    let both = !end && state.is_at_rest();
    for (command, label) in keys.into_iter().take(1 + usize::from(both)) {
        spans.push(Span::raw("  "));
        spans.push(Span::styled(state.keymap.first(command), theme.key));
        spans.push(Span::styled(format!(" {label}"), theme.dim));
    }
    Some(Line::from(spans))
}
