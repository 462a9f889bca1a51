//! The filter's line below the list of orders, what it can go on with, and what is wrong with it at its place.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear};

use crate::console::action::Command;
use crate::console::layout;
use crate::console::state::State;
use crate::console::update::filter::{completion, trouble};
use crate::console::widget::{pane, text};
use crate::deck::filter::Completion;

/// Choices that are shown at once.
const CHOICES: usize = 8;

/// The line: the filter with its cursor, the wrong part underlined, and how many pass.
pub fn line(state: &State, columns: usize) -> Line<'static> {
    let theme = &state.theme;
    let count = count(state);
    let room = columns.saturating_sub(text::width(&count) + 4);
    let mut spans = vec![Span::styled("/", theme.key)];
    let cells = cells(state);
    let wide = |cells: &[(String, Style)]| -> usize {
        cells.iter().map(|(cell, _)| text::width(cell)).sum()
    };
    // The cursor is always seen.
    let cursor = state.orders.filter.text()[..state.orders.filter.at()]
        .chars()
        .count();
    let mut from = 0;
    while from < cursor && wide(&cells[from..=cursor.min(cells.len() - 1)]) > room {
        from += 1;
    }
    let mut used = 0;
    for (cell, style) in cells.into_iter().skip(from) {
        used += text::width(&cell);
        if used > room {
            break;
        }
        spans.push(Span::styled(cell, style));
    }
    let used: usize = spans.iter().map(|span| text::width(&span.content)).sum();
    let gap = columns.saturating_sub(used + text::width(&count));
    spans.push(Span::raw(" ".repeat(gap)));
    spans.push(Span::styled(count, theme.dim));
    Line::from(spans)
}

/// One cell a character, and one for the cursor behind the last.
fn cells(state: &State) -> Vec<(String, Style)> {
    let theme = &state.theme;
    let input = &state.orders.filter;
    let wrong = trouble(state).map(|(span, _)| span);
    let end = (input.text().len(), ' ');
    let characters = input.text().char_indices().chain([end]);
    characters
        .map(|(at, c)| {
            let mut style = theme.text;
            // Where something is missing there is one blank to mark.
            let is_wrong = wrong
                .as_ref()
                .is_some_and(|span| span.contains(&at) || (span.is_empty() && span.start == at));
            if is_wrong {
                style = theme.error.add_modifier(Modifier::UNDERLINED);
            }
            if state.orders.typing_filter && at == input.at() {
                style = style.patch(theme.selection).patch(theme.accent);
            }
            let shown = text::shown(c.encode_utf8(&mut [0; 4])).into_owned();
            (shown, style)
        })
        .collect()
}

/// How many pass, or how many so far.
fn count(state: &State) -> String {
    let all = state.file.orders();
    match (state.filter.counting, &state.orders.passing) {
        (Some(passed), _) => {
            let percent = (passed.done * 100).checked_div(all).unwrap_or(0);
            let passing = text::count(passed.passing as u64);
            format!("{passing} so far, {percent} %")
        }
        (None, Some(_)) => {
            let shown = text::count(state.orders.shown(all) as u64);
            format!("{shown} of {}", text::count(all as u64))
        }
        (None, None) => String::new(),
    }
}

/// The list's room, where the filter's line is the last.
fn room(state: &State) -> Option<Rect> {
    let areas = layout::orders(
        state.room(),
        state.payload.focused,
        state.responses.list.len(),
    );
    let list = areas.list?;
    let inner = |side: u16| side.saturating_sub(2);
    Some(Rect::new(
        list.x + 1,
        list.y + 1,
        inner(list.width),
        inner(list.height),
    ))
}

/// Where the choices stand, with their frame, and the first that is shown.
fn box_of(state: &State, completion: &Completion) -> Option<(Rect, usize)> {
    let inner = room(state)?;
    let shown = completion.choices.len().min(CHOICES);
    let height = (shown as u16 + 2).min(inner.height.saturating_sub(1));
    let width = 64.min(inner.width);
    let before = state.orders.filter.text().get(..completion.span.start)?;
    let column = (text::width(before) + 1).min(usize::from(inner.width - width)) as u16;
    let first = (state.filter.at + 1).saturating_sub(usize::from(height.saturating_sub(2)));
    let y = inner.bottom().saturating_sub(1 + height);
    Some((Rect::new(inner.x + column, y, width, height), first))
}

/// The choice at a cell of the screen.
pub fn choice_at(state: &State, at: Position) -> Option<usize> {
    let completion = completion(state)?;
    let (area, first) = box_of(state, &completion)?;
    if !area.contains(at) {
        return None;
    }
    let number = first + usize::from(at.y.checked_sub(area.y + 1)?);
    (number < completion.choices.len() && at.y + 1 < area.bottom()).then_some(number)
}

/// What lies over the list: what the filter can go on with, else what is wrong with it.
pub fn over(frame: &mut Frame<'_>, inner: Rect, state: &State) {
    if !state.orders.typing_filter && state.filter.error.is_none() {
        if let Some((_, why)) = trouble(state) {
            wrong(frame, inner, state, 0, &why);
        }
        return;
    }
    if let Some(completion) = completion(state)
        && let Some((area, first)) = box_of(state, &completion)
    {
        return choices(frame, area, state, &completion, first);
    }
    if let Some((span, why)) = trouble(state) {
        let before = state
            .orders
            .filter
            .text()
            .get(..span.start)
            .unwrap_or_default();
        wrong(frame, inner, state, text::width(before) + 1, &why);
    }
}

/// Lines of what is wrong at most.
const WRONG: usize = 3;

/// What is wrong, right above its place where there is room, else from the left.
fn wrong(frame: &mut Frame<'_>, inner: Rect, state: &State, column: usize, why: &str) {
    let columns = usize::from(inner.width);
    let words = format!("✗ {}", text::shown(why));
    let column = if column + text::width(&words) <= columns {
        column
    } else {
        columns.saturating_sub(text::width(&words))
    };
    let mut lines = text::wrap(&words, columns);
    // What is wrong stands at the beginning, what to write instead at the end.
    if lines.len() > WRONG {
        lines.drain(1..=lines.len() - WRONG);
        if let Some(first) = lines.first_mut() {
            *first = format!("{} …", text::fit(first, columns.saturating_sub(2)));
        }
    }
    let bottom = usize::from(inner.height).saturating_sub(1);
    for (number, words) in lines.iter().rev().enumerate() {
        let Some(row) = bottom.checked_sub(number + 1) else {
            return;
        };
        let line = Line::styled(
            text::left(&format!("{}{words}", " ".repeat(column)), columns),
            state.theme.error,
        );
        pane::row(frame, inner, row, line, None);
    }
}

fn choices(
    frame: &mut Frame<'_>,
    area: Rect,
    state: &State,
    completion: &Completion,
    first: usize,
) {
    let theme = &state.theme;
    // The palette's key moves up while a line is typed; it may have others that are letters.
    let palette = state.keymap.keys(Command::Palette).iter();
    let up = palette
        .map(ToString::to_string)
        .find(|key| key.starts_with("ctrl-"))
        .unwrap_or_else(|| state.keymap.first(Command::PreviousPane));
    let hint = format!(" tab take  ctrl-n {up} move  esc close ");
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.border_focus)
        .title_bottom(Line::styled(hint, theme.dim).right_aligned());
    let inside = block.inner(area);
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    let page = usize::from(inside.height);
    let columns = usize::from(inside.width);
    let name = completion
        .choices
        .iter()
        .map(|choice| text::width(&choice.text))
        .max()
        .unwrap_or(0)
        .clamp(12, 26);
    for (row, (number, choice)) in completion
        .choices
        .iter()
        .enumerate()
        .skip(first)
        .take(page)
        .enumerate()
    {
        let at = number == state.filter.at;
        let count = choice
            .count
            .map_or_else(String::new, |count| format!(" {}", text::count(count)));
        let about = text::shown(&choice.about);
        let rest = columns.saturating_sub(name + 3 + text::width(&count));
        let line = Line::from(vec![
            Span::styled(if at { "▸ " } else { "  " }, theme.accent),
            Span::raw(text::left(&text::shown(&choice.text), name)),
            Span::styled(format!(" {}", text::left(&about, rest)), theme.dim),
            Span::styled(count, theme.info),
        ]);
        pane::row(frame, inside, row, line, at.then_some(theme.selection));
    }
}
