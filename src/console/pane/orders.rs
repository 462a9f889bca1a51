//! Orders: the list on the left, the payload on the right, the newest responses below.

use std::fmt::Write as _;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::console::action::Command;
use crate::console::layout;
use crate::console::model::{Row, Verdict};
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::update::payload;
use crate::console::widget::json::severity_mark;
use crate::console::widget::{pane, text};
use crate::order::outcome::{Operation, Outcome};

/// Draws the view.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    let areas = layout::orders(
        state.size,
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
    let columns = Columns::of(usize::from(inner.width));
    pane::row(frame, inner, 0, columns.heading(theme), None);
    let page = usize::from(inner.height).saturating_sub(2);
    for (number, line) in orders.cursor.shown(shown, page).enumerate() {
        let Some(place) = orders.place(line, all) else {
            continue;
        };
        let at = line == orders.cursor.at;
        let content = match orders.rows.get(&place) {
            Some(row) => columns.row(row, at, state),
            None => Line::styled("     …", theme.dim),
        };
        let style = match (at, state.payload.focused) {
            (true, false) => Some(theme.selection),
            (true, true) => Some(theme.selection_idle),
            _ => None,
        };
        pane::row(frame, inner, number + 1, content, style);
    }
    if shown == 0 {
        let words = if all == 0 {
            "the file holds no orders"
        } else {
            "no order passes the filter; esc drops it"
        };
        pane::row(
            frame,
            inner,
            2,
            Line::styled(format!("  {words}"), theme.dim),
            None,
        );
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
    let mut words = format!(
        " Orders · {} of {}",
        text::count(shown as u64),
        text::count(all as u64)
    );
    if !state.orders.marked.is_empty() {
        let _ = write!(words, " · {} marked", state.orders.marked.len());
    }
    // The marks are of that, and the payload may be hidden.
    let operation = match state.vendors.front_operation() {
        Operation::Import => None,
        Operation::Status => Some(" · for a status update"),
        Operation::Cancel => Some(" · for a cancellation"),
    };
    Line::from(vec![
        Span::styled(words, theme.strong),
        Span::styled(operation.unwrap_or_default(), theme.warning),
        Span::raw(" "),
    ])
}

/// The filter while there is one; the worst finding of the order under the cursor where its payload is hidden; else
/// the rules that spoke.
fn bottom(state: &State, columns: usize) -> Line<'static> {
    let theme = &state.theme;
    let orders = &state.orders;
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
    let mut left = columns;
    for (rule, severity, count) in survey.rules() {
        let (mark, style) = severity_mark(severity, theme);
        let words = format!("{mark} {} · {}   ", rule.id, text::count(count as u64));
        if text::width(&words) > left {
            break;
        }
        left -= text::width(&words);
        spans.push(Span::styled(words, style));
    }
    let out = survey.left;
    let words = format!("– left out · {out}");
    if out > 0 && text::width(&words) <= left {
        spans.push(Span::styled(words, theme.dim));
    }
    if spans.is_empty() && survey.done {
        spans.push(Span::styled("✓ no findings", theme.taken));
    }
    Line::from(spans)
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
    let words = format!("{mark} {} {}", finding.rule.id, finding.message());
    let words = text::fit(&text::shown(&words), columns.saturating_sub(taken));
    let mut spans = vec![Span::styled(words, style)];
    for (key, label) in hints {
        spans.push(Span::styled(format!("   {key}"), theme.key));
        spans.push(Span::styled(format!(" {label}"), theme.dim));
    }
    Some(Line::from(spans))
}

/// Widths of the columns; each is followed by a blank.
struct Columns {
    order: usize,
    customer: usize,
    total: usize,
}

impl Columns {
    fn of(width: usize) -> Self {
        // Marks 5, date 10, currency 3, sent 4, and the blanks between.
        let rest = width.saturating_sub(5 + 10 + 3 + 4 + 5);
        let order = (rest / 4).clamp(8, 14);
        let total = 11.min(rest.saturating_sub(order));
        Self {
            order,
            total,
            customer: rest.saturating_sub(order + total),
        }
    }

    fn heading(&self, theme: &Theme) -> Line<'static> {
        let words = format!(
            "     {} {} {} {}     {}",
            text::left("order", self.order),
            text::left("placed", 10),
            text::left("customer", self.customer),
            text::right("total", self.total),
            "sent",
        );
        Line::styled(words, theme.dim)
    }

    fn row(&self, row: &Row, at: bool, state: &State) -> Line<'static> {
        let theme = &state.theme;
        let marked = state.orders.marked.contains(&row.place);
        let verdict = state
            .vendors
            .front_survey()
            .map_or(Verdict::Unknown, |survey| survey.verdict(row.place));
        let verdict = if row.left.is_some() {
            Verdict::Left
        } else {
            verdict
        };
        let (mark, style) = match verdict {
            Verdict::Unknown => (" ", theme.dim),
            Verdict::Well => ("✓", theme.taken),
            Verdict::Warned => ("!", theme.warning),
            Verdict::Blocked => ("✗", theme.error),
            Verdict::Left | Verdict::Foreign => ("–", theme.dim),
        };
        let (edited, edited_style) = if row.edited {
            ("e", theme.edit)
        } else {
            (" ", theme.text)
        };
        let body = if row.left.is_some() {
            theme.dim
        } else {
            theme.text
        };
        let mut spans = vec![
            Span::styled(if at { "▸" } else { " " }, theme.accent),
            Span::styled(if marked { "*" } else { " " }, theme.accent),
            Span::styled(mark, style),
            Span::styled(edited, edited_style),
            Span::raw(" "),
            Span::styled(id(&row.key, self.order), body),
            Span::raw(" "),
        ];
        if let Some(trouble) = &row.trouble {
            let words = text::fit(&text::shown(trouble), 10 + self.customer + self.total);
            spans.push(Span::styled(words, theme.error));
            return Line::from(spans);
        }
        let total = row
            .total
            .map_or_else(String::new, |total| total.to_string());
        spans.push(Span::styled(text::left(&row.date, 10), body));
        spans.push(Span::raw(" "));
        spans.push(Span::styled(
            text::left(&text::shown(&row.customer), self.customer),
            body,
        ));
        spans.push(Span::raw(" "));
        spans.push(Span::styled(text::right(&total, self.total), body));
        spans.push(Span::styled(
            format!(" {} ", text::left(&row.currency, 3)),
            theme.dim,
        ));
        for (tab, outcome) in state.vendors.tabs.iter().zip(&row.sent) {
            let (symbol, style) = sent(*outcome, tab.vendor.letter(), theme);
            spans.push(Span::styled(symbol, style));
        }
        Line::from(spans)
    }
}

/// An id, cut at its beginning where it is too long: ids differ at their ends.
fn id(key: &str, columns: usize) -> String {
    let shown = text::keep_end(&text::shown(key), columns);
    text::left(&shown, columns)
}

/// The vendor's letter where it has the order or is about to; a sign for what went wrong.
fn sent(outcome: Option<Outcome>, letter: char, theme: &Theme) -> (String, Style) {
    match outcome {
        None | Some(Outcome::Skipped | Outcome::Excluded | Outcome::Blocked | Outcome::Pending) => {
            ("·".to_owned(), theme.dim)
        }
        Some(outcome @ Outcome::Rejected) => ("✗".to_owned(), theme.outcome(outcome)),
        Some(outcome @ Outcome::InDoubt) => ("?".to_owned(), theme.outcome(outcome)),
        Some(outcome) => (letter.to_string(), theme.outcome(outcome)),
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
