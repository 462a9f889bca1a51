//! The mapping screen: the file's columns | what they become | the order that comes of it, live. Three panes where
//! there is room, else the targets with the pane that has or had the focus, else one alone.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::console::action::Command;
use crate::console::layout;
use crate::console::state::State;
use crate::console::state::mapping::{Desk, Pane};
use crate::console::widget::{pane, text};
use crate::deck::draft::{Goal, Standing, TargetLine};
use crate::finding::Severity;
use crate::order::{Field, Level};

/// From so many columns on all three panes stand side by side.
const THREE: u16 = 110;
/// From so many columns on two do.
const TWO: u16 = 80;

/// Rows below the targets that tell more of the one under the cursor.
const DETAIL: u16 = 5;

/// Where each pane stands; none where there is no room for it.
fn areas(state: &State, desk: &Desk) -> [Option<Rect>; 3] {
    let body = layout::frame(state.room()).body;
    if state.size.0 >= THREE {
        let parts = [
            Constraint::Percentage(30),
            Constraint::Min(0),
            Constraint::Percentage(30),
        ];
        let [columns, targets, order] = Layout::horizontal(parts).areas(body);
        return [Some(columns), Some(targets), Some(order)];
    }
    if state.size.0 < TWO {
        let mut areas = [None; 3];
        areas[desk.pane as usize] = Some(body);
        return areas;
    }
    let [left, right] =
        Layout::horizontal([Constraint::Percentage(50), Constraint::Min(0)]).areas(body);
    match desk.pane {
        Pane::Columns => [Some(left), Some(right), None],
        Pane::Targets | Pane::Order => [None, Some(left), Some(right)],
    }
}

/// How many lines each pane has room for.
pub fn pages(state: &State) -> [usize; 3] {
    let Some(desk) = &state.mapping.desk else {
        return [1; 3];
    };
    let [columns, targets, order] = areas(state, desk);
    [
        layout::inner_rows(columns, 0),
        layout::inner_rows(targets, DETAIL),
        layout::inner_rows(order, 0),
    ]
}

/// The pane that a cell belongs to.
pub fn pane_at(state: &State, at: Position) -> Option<Pane> {
    let desk = state.mapping.desk.as_ref()?;
    let areas = areas(state, desk);
    Pane::ALL
        .into_iter()
        .find(|pane| areas[*pane as usize].is_some_and(|area| area.contains(at)))
}

/// The line of a pane that a cell belongs to.
pub fn line_at(state: &State, pane: Pane, at: Position) -> Option<usize> {
    let desk = state.mapping.desk.as_ref()?;
    let area = areas(state, desk)[pane as usize]?;
    let row = usize::from(at.y).checked_sub(usize::from(area.y) + 1)?;
    let line = desk.cursors[pane as usize].top + row;
    let len = match pane {
        Pane::Columns => desk.columns.len(),
        Pane::Targets => desk.targets.len(),
        Pane::Order => order_len(state),
    };
    (line < len && row < pages(state)[pane as usize]).then_some(line)
}

/// How many lines the order has.
pub fn order_len(state: &State) -> usize {
    let desk = state.mapping.desk.as_ref();
    desk.map_or(0, |desk| order_lines(state, desk).len())
}

/// Draws the screen.
pub fn draw(frame: &mut Frame<'_>, state: &State, desk: &Desk) {
    let [columns, targets, order] = areas(state, desk);
    if let Some(area) = columns {
        let title = format!(" Columns · {} ", desk.columns.len());
        let lines = desk.columns.len();
        list(
            frame,
            state,
            desk,
            (Pane::Columns, area, &title, lines),
            |at, wide| column(state, desk, at, wide),
        );
    }
    if let Some(area) = targets {
        let saved = if desk.draft.is_changed() {
            "not saved"
        } else {
            "saved"
        };
        let open = match desk.open() {
            0 => String::new(),
            open => format!(" · ? {open} to decide"),
        };
        let title = format!(" {}{open} · {saved} ", text::shown(&desk.name()));
        let lines = desk.targets.len();
        list(
            frame,
            state,
            desk,
            (Pane::Targets, area, &title, lines),
            |at, wide| {
                desk.targets
                    .get(at)
                    .map_or_else(Line::default, |line| target(state, desk, line, wide))
            },
        );
        detail(frame, state, desk, area);
    }
    if let Some(area) = order {
        let title = match desk.order() {
            Some(made) => format!(
                " {} · {} of the first {} ",
                text::shown(&made.order.order.id),
                made.place + 1,
                made.orders
            ),
            None => " What comes of it ".to_owned(),
        };
        let lines = order_lines(state, desk);
        list(
            frame,
            state,
            desk,
            (Pane::Order, area, &title, lines.len()),
            |at, _| lines.get(at).cloned().unwrap_or_default(),
        );
    }
}

fn list<'a>(
    frame: &mut Frame<'_>,
    state: &State,
    desk: &Desk,
    (which, area, title, lines): (Pane, Rect, &str, usize),
    line: impl Fn(usize, usize) -> Line<'a>,
) {
    let theme = &state.theme;
    let focused = desk.pane == which;
    let title = Line::styled(title.to_owned(), theme.strong);
    let inner = pane::pane(frame, area, title, focused, theme);
    let cursor = desk.cursors[which as usize];
    let page = pages(state)[which as usize];
    for (number, at) in cursor.shown(lines, page).enumerate() {
        let style = (at == cursor.at).then_some(if focused {
            theme.selection
        } else {
            theme.selection_idle
        });
        pane::row(
            frame,
            inner,
            number,
            line(at, usize::from(inner.width)),
            style,
        );
    }
}

/// What the target under the cursor means, where it comes from, and what is suggested or wrong, in full.
fn detail(frame: &mut Frame<'_>, state: &State, desk: &Desk, area: Rect) {
    let Some(line) = desk.target() else { return };
    let theme = &state.theme;
    let wide = usize::from(area.width.saturating_sub(2));
    let read = desk.order().and_then(|made| made.values.get(&line.goal));
    let mut words = format!("{}: {}", line.goal.name(), line.help);
    let mut style = theme.dim;
    if let Standing::Doubtful(known) = &line.standing {
        let [yes, no] = [Command::AcceptSuggestion, Command::RefuseSuggestion]
            .map(|command| state.keymap.first(command));
        words = format!(
            "? {} from {}: {} % sure, {}. {yes} yes, {no} no",
            line.goal.name(),
            known.rule.describe(),
            known.confidence,
            known.why
        );
        let others: Vec<&str> = known
            .alternatives
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        if !others.is_empty() {
            words = format!("{words}; or {}", others.join(", "));
        }
        style = theme.warning;
    } else if let Some(trouble) = read.and_then(|read| read.trouble.as_deref()) {
        words = format!("✗ {trouble}");
        style = theme.error;
    } else if let Some(rule) = &line.rule {
        words = format!("← {rule}. {words}");
    }
    let top = Rect {
        x: area.x + 1,
        y: area.bottom().saturating_sub(DETAIL + 1),
        width: area.width.saturating_sub(2),
        height: DETAIL,
    };
    let mut lines = vec![Line::styled("─".repeat(wide), theme.border)];
    let words = text::wrap(&text::shown(&words), wide).into_iter();
    lines.extend(
        words
            .take(usize::from(DETAIL) - 1)
            .map(|line| Line::styled(line, style)),
    );
    pane::lines(frame, top, lines);
}

/// Why no order comes of it, without the places in a text that nobody sees.
fn in_words(why: &str) -> String {
    let lines = why.lines().filter(|line| {
        let line = line
            .trim_start()
            .trim_start_matches(|c: char| c.is_ascii_digit());
        !line.trim_start().starts_with('|')
    });
    let lines = lines.map(|line| match line.strip_prefix("draft:") {
        Some(rest) => rest.split_once(": ").map_or(rest, |(_, words)| words),
        None => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A column: its name, what reads it, samples.
fn column(state: &State, desk: &Desk, at: usize, wide: usize) -> Line<'static> {
    let theme = &state.theme;
    let Some(column) = desk.columns.get(at) else {
        return Line::default();
    };
    let name = wide.saturating_sub(2).min(24) / 2 + wide / 6;
    let column_name = if column.column.of_lines {
        // What each line has, and the order hasn't.
        format!("· {}", column.column.name)
    } else {
        column.column.name.clone()
    };
    let (mark, style) = if column.targets.is_empty() {
        ("  ", theme.text)
    } else {
        ("→ ", theme.info)
    };
    let samples: Vec<String> = column
        .column
        .samples
        .iter()
        .map(|sample| text::fit(&text::shown(sample), 20))
        .collect();
    Line::from(vec![
        Span::styled(mark, theme.info),
        Span::styled(
            format!("{} ", text::left(&text::shown(&column_name), name)),
            style,
        ),
        Span::styled(
            text::fit(&samples.join("  "), wide.saturating_sub(name + 3)),
            theme.dim,
        ),
    ])
}

/// A target: its mark, its name, where it comes from, what the order gets.
fn target(state: &State, desk: &Desk, line: &TargetLine, wide: usize) -> Line<'static> {
    let theme = &state.theme;
    let read = desk.order().and_then(|made| made.values.get(&line.goal));
    let trouble = read.and_then(|read| read.trouble.as_deref());
    let vendor = state.vendors.front_vendor().title();
    let (mark, style, from) = match (&line.standing, trouble) {
        (Standing::Filled, Some(trouble)) => (
            "✗",
            theme.error,
            format!("← {}: {trouble}", line.rule.as_deref().unwrap_or_default()),
        ),
        (Standing::Filled, None) => (
            "✓",
            theme.taken,
            format!("← {}", line.rule.as_deref().unwrap_or_default()),
        ),
        (Standing::Doubtful(known), _) => (
            "?",
            theme.warning,
            format!(
                "← {}? {} % sure: {}",
                known.rule.describe(),
                known.confidence,
                known.why
            ),
        ),
        (Standing::Missing, _) if line.goal == Field::Id.into() => {
            ("✗", theme.error, "every order needs it".to_owned())
        }
        (Standing::Missing, _) => ("✗", theme.error, format!("{vendor} needs it")),
        (Standing::None, _) if line.goal.field().is_none() => {
            let default = if line.given {
                "; the account's default"
            } else {
                ""
            };
            let words = format!("only {vendor} has it{default}");
            let help = if wide >= 60 { line.help } else { "" };
            let parts = [words.as_str(), help].into_iter();
            let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
            (" ", theme.dim, parts.join(" · "))
        }
        (Standing::None, _) => (" ", theme.dim, String::new()),
    };
    let name = 24.min(wide * 9 / 20);
    let value = read
        .and_then(|read| read.value.as_deref())
        .unwrap_or_default();
    let room = wide.saturating_sub(name + 3);
    let from = text::shown(&from).into_owned();
    let value = text::shown(value).into_owned();
    // The value stands behind, where the rule leaves room.
    let left = room.saturating_sub(text::width(&from).min(room) + 2);
    let value = if left >= 4 && !value.is_empty() {
        format!("  {}", text::right(&text::fit(&value, left), left))
    } else {
        String::new()
    };
    Line::from(vec![
        Span::styled(format!("{mark} "), style),
        Span::styled(
            format!("{} ", text::left(&target_name(line, name), name)),
            if line.needed {
                theme.strong
            } else {
                theme.text
            },
        ),
        Span::styled(
            text::fit(&from, room),
            if mark == "✓" { theme.info } else { style },
        ),
        Span::styled(value, theme.text),
    ])
}

/// A target's name in so many columns: of a vendor's own path the end tells more.
fn target_name(line: &TargetLine, columns: usize) -> String {
    match &line.goal {
        Goal::Field(field) => field.name().to_owned(),
        Goal::Own { path, .. } => text::keep_end(&text::shown(path), columns),
    }
}

/// The order with its findings; or why there is none.
fn order_lines(state: &State, desk: &Desk) -> Vec<Line<'static>> {
    let theme = &state.theme;
    let area = areas(state, desk)[Pane::Order as usize];
    let wide = area.map_or(40, |area| usize::from(area.width.saturating_sub(2)));
    let wrapped = |words: &str, style: Style| -> Vec<Line<'static>> {
        let lines = words
            .lines()
            .flat_map(|line| text::wrap(&text::shown(line), wide));
        lines.map(|line| Line::styled(line, style)).collect()
    };
    let made = match &desk.made {
        None => return wrapped("reading the beginning of the file", theme.dim),
        Some(Err(why)) => {
            let mut lines = wrapped("✗ no order comes of it:", theme.error);
            lines.extend(wrapped(&in_words(why), theme.error));
            return lines;
        }
        Some(Ok(made)) => made,
    };
    let mut lines = Vec::new();
    let mut put = |name: &str, value: &str| {
        lines.push(Line::from(vec![
            Span::styled(
                format!("{} ", text::left(name, 16.min(wide / 2))),
                theme.dim,
            ),
            Span::raw(text::shown(value).into_owned()),
        ]));
    };
    let order = &made.order.order;
    for field in Field::ALL
        .iter()
        .filter(|field| field.level() == Level::Order)
    {
        if let Some(value) = field.get(order, None) {
            put(field.name(), &value);
        }
    }
    for item in 0..order.items.len().min(20) {
        for (number, field) in Field::ALL
            .iter()
            .filter(|field| field.level() == Level::Item)
            .filter(|field| field.get(order, Some(item)).is_some())
            .enumerate()
        {
            let value = field.get(order, Some(item)).unwrap_or_default();
            let name = field.name().trim_start_matches("items.");
            let name = if number == 0 {
                format!("item {}: {name}", item + 1)
            } else {
                format!("  {name}")
            };
            put(&name, &value);
        }
    }
    if order.items.is_empty() {
        put("items", "none");
    }
    let vendor = state.vendors.front_vendor().title();
    let count = made.findings.len();
    lines.push(Line::styled(
        match count {
            0 => format!("✓ nothing is wrong with it for {vendor}"),
            _ => format!("{} for {vendor}", text::many(count as u64, "finding")),
        },
        theme.strong,
    ));
    for finding in made.findings.iter().take(50) {
        let (mark, style) = match finding.severity {
            Severity::Error => ("✗", theme.error),
            Severity::Warning => ("!", theme.warning),
            Severity::Info => ("·", theme.dim),
        };
        let words = format!("{mark} {} {}", finding.rule.id, finding.message());
        lines.extend(wrapped(&words, style));
    }
    lines
}
