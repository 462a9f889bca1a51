//! The lines of the editor: drawing and the mouse read the same ones.

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::bulk::Preview;
use super::form::{Form, understood};
use super::reach::Scope;
use super::{EditDialog, Finding};
use crate::console::action::Command;
use crate::console::dialog::Border;
use crate::console::layout;
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::widget::json::severity_mark;
use crate::console::widget::{pane, text};
use crate::vendor::FieldSpec;

/// Columns of the dialog, where there are as many.
const WIDTH: u16 = 88;
/// Lines of a list of choices at most.
const CHOICES: usize = 10;

/// What a click means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// For all vendors, or for one.
    Scope(Scope),
    /// Every line of the order, or this one.
    AllItems(bool),
    /// A choice, by its number.
    Choice(usize),
}

struct Row {
    line: Line<'static>,
    style: Option<Style>,
    hits: Vec<(Range<usize>, Hit)>,
}

impl From<Line<'static>> for Row {
    fn from(line: Line<'static>) -> Self {
        Self {
            line,
            style: None,
            hits: Vec::new(),
        }
    }
}

impl Row {
    fn hit(mut self, hit: Hit) -> Self {
        self.hits.push((0..usize::MAX, hit));
        self
    }
}

fn columns(size: (u16, u16)) -> usize {
    usize::from(layout::middle(size, WIDTH, 3).width.saturating_sub(4))
}

/// How many lines the editor itself has room for.
pub fn page(dialog: &EditDialog, size: (u16, u16)) -> usize {
    let columns = columns(size);
    let plain = Theme::plain();
    let taken = above(dialog, columns, &plain).len() + below(dialog, columns, &plain).len();
    let room = usize::from(size.1).saturating_sub(4 + taken).max(3);
    dialog.editor.height().min(CHOICES).min(room)
}

fn rows(dialog: &EditDialog, state: &State) -> (Rect, Vec<Row>) {
    let (size, theme) = (state.size, &state.theme);
    let columns = columns(size);
    let mut rows = above(dialog, columns, theme);
    let page = page(dialog, size);
    for (line, style, hits) in dialog.editor.drawn(columns, page, theme) {
        let hits = hits
            .into_iter()
            .map(|(range, number)| (range, Hit::Choice(number)))
            .collect();
        rows.push(Row { line, style, hits });
    }
    rows.extend(below(dialog, columns, theme).into_iter().map(Row::from));
    (layout::middle(size, WIDTH, rows.len() as u16 + 2), rows)
}

/// What is said above what is typed: whom it is for.
fn above(dialog: &EditDialog, columns: usize, theme: &Theme) -> Vec<Row> {
    let title = dialog.target.vendor.title();
    let order = match &dialog.reach.order {
        Ok((field, _)) => format!("the order's {}", field.name()),
        Err(why) => format!("can't: {why}"),
    };
    let payload = match &dialog.reach.payload {
        Ok(pointer) => format!("its payload's {}", pointer.trim_start_matches('/')),
        Err(why) => format!("can't: {why}"),
    };
    let one = format!("for {title} only");
    let width = text::width(&one).max(15);
    let scope = |scope: Scope, whom: &str, what: String| {
        let (mark, style) = match (scope == dialog.scope, dialog.reach.allows(scope)) {
            (true, _) => ("(•)", theme.strong),
            (false, true) => ("( )", theme.text),
            (false, false) => (" – ", theme.dim),
        };
        let what = text::fit(&text::shown(&what), columns.saturating_sub(width + 7));
        Row::from(Line::from(vec![
            Span::styled(format!("{mark} {}  ", text::left(whom, width)), style),
            Span::styled(what, theme.dim),
        ]))
        .hit(Hit::Scope(scope))
    };
    let mut rows = vec![
        scope(Scope::Order, "for all vendors", order),
        scope(Scope::Payload, &one, payload),
    ];
    if let (Some(items), Some(item)) = (dialog.items().filter(|items| *items > 1), dialog.item()) {
        let mark = |chosen: bool| if chosen { "(•)" } else { "( )" };
        let this = format!("{} line {}", mark(!dialog.all_items), item + 1);
        let all = format!("{} all {items} lines", mark(dialog.all_items));
        let all = if dialog.marked.is_some() {
            format!("{} all lines of each order", mark(dialog.all_items))
        } else {
            all
        };
        let gap = text::width(&this) + 3;
        let style = |chosen: bool| if chosen { theme.strong } else { theme.text };
        rows.push(Row {
            hits: vec![
                (0..gap, Hit::AllItems(false)),
                (gap..usize::MAX, Hit::AllItems(true)),
            ],
            line: Line::from(vec![
                Span::styled(format!("{this}   "), style(!dialog.all_items)),
                Span::styled(all, style(dialog.all_items)),
            ]),
            style: None,
        });
    }
    if let Some(places) = &dialog.marked {
        let words = format!(
            "in {}; what changes is shown before it is made",
            text::many(places.len() as u64, "marked order")
        );
        rows.push(Line::styled(words, theme.warning).into());
    }
    if let Some(words) = &dialog.alone {
        let wrapped = text::wrap(&text::shown(words), columns);
        rows.extend(
            wrapped
                .into_iter()
                .map(|part| Row::from(Line::styled(part, theme.info))),
        );
    }
    rows.push(Line::default().into());
    rows
}

/// What is said below: what is understood, the rules, what would be sent, the field's limits and help.
fn below(dialog: &EditDialog, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let typed = dialog.editor.text();
    let impossible = dialog.trial.is_err();
    match understood(&typed, dialog.editor.reading()) {
        Some(Ok(words)) => lines.push(Line::styled(format!("= {words}"), theme.info)),
        Some(Err(why)) if impossible => {
            let words = format!("✗ {why}: it can't be set");
            let wrapped = text::wrap(&words, columns);
            lines.extend(
                wrapped
                    .into_iter()
                    .map(|line| Line::styled(line, theme.error)),
            );
        }
        Some(Err(why)) => lines.push(Line::styled(format!("✗ {why}"), theme.error)),
        None => {}
    }
    let is_told = impossible && lines.iter().any(|line| line.style == theme.error);
    if !is_told {
        verdict(dialog, columns, theme, &mut lines);
    }
    lines.push(Line::default());
    facts(dialog, columns, theme, &mut lines);
    let field = dialog.field().map(|(field, _)| field);
    let help = match (field, dialog.spec) {
        (None, Some(spec)) if !spec.help.is_empty() => spec.help,
        (Some(field), _) => field.help(),
        (None, _) => "",
    };
    let mut about = text::wrap(&text::shown(help), columns);
    if about.len() > 3 {
        about.truncate(3);
        if let Some(last) = about.last_mut() {
            *last = text::fit(&format!("{last} …"), columns);
        }
    }
    lines.extend(about.into_iter().map(|line| Line::styled(line, theme.dim)));
    lines
}

/// What the rules say.
fn verdict(dialog: &EditDialog, columns: usize, theme: &Theme, lines: &mut Vec<Line<'static>>) {
    let mut say = |words: &str, style: Style, most: usize| {
        let wrapped = text::wrap(&text::shown(words), columns);
        lines.extend(
            wrapped
                .into_iter()
                .take(most)
                .map(|line| Line::styled(line, style)),
        );
    };
    let trial = match &dialog.trial {
        Ok(trial) => trial,
        Err(why) => {
            say(&format!("✗ {why}: it can't be set"), theme.error, 3);
            return;
        }
    };
    for (severity, words) in trial.about.iter().take(2) {
        let (mark, style) = severity_mark(*severity, theme);
        say(&format!("{mark} {words}"), style, 2);
    }
    for (severity, words) in trial.comes.iter().take(2) {
        let (mark, style) = severity_mark(*severity, theme);
        say(&format!("{mark} new: {words}"), style, 2);
    }
    if !trial.goes.is_empty() {
        say(
            &format!("✓ put right: {}", trial.goes.join(", ")),
            theme.taken,
            1,
        );
    }
    let id = &dialog.order.order.id;
    let vendor = dialog.target.vendor.title();
    if !trial.blocked_by.is_empty() {
        let rules = trial.blocked_by.join(", ");
        let is_blocked = dialog.findings.iter().any(Finding::blocks);
        let then = if is_blocked { "stays" } else { "is then" };
        let words = format!("✗ it can be set, but {id} {then} blocked for {vendor}: {rules}");
        say(&words, theme.error, 2);
    } else if trial.about.is_empty() && trial.comes.is_empty() {
        say(&format!("✓ no rule of {vendor} objects"), theme.taken, 1);
    }
}

/// What was there, what would be sent, who else is concerned, and the limits.
fn facts(dialog: &EditDialog, columns: usize, theme: &Theme, lines: &mut Vec<Line<'static>>) {
    let mut fact = |name: &str, value: &str, after: &str| {
        let room = columns.saturating_sub(10);
        let value = text::fit(&text::shown(value), room);
        let rest = room.saturating_sub(text::width(&value) + 3);
        let after = if after.is_empty() || rest < 4 {
            String::new()
        } else {
            format!("   {}", text::fit(&text::shown(after), rest))
        };
        lines.push(Line::from(vec![
            Span::styled(text::left(name, 10), theme.dim),
            Span::raw(value),
            Span::styled(after, theme.dim),
        ]));
    };
    let none = |value: &str| match value {
        "" => "none".to_owned(),
        value => value.to_owned(),
    };
    fact("before", &none(&dialog.editor.before), &dialog.origin);
    if let Some(source) = dialog.source_value() {
        fact("source", &none(&source), "what the file says");
    }
    if let Ok(trial) = &dialog.trial {
        if !dialog.pointer.is_empty() {
            let title = dialog.target.vendor.title();
            let sent = trial.sent.as_ref().map(ToString::to_string);
            let sent = sent.unwrap_or_else(|| "nothing: the field is left out".to_owned());
            fact("sent as", &sent, &format!("to {title}"));
        }
        if !trial.others.is_empty() {
            let others: Vec<String> = trial
                .others
                .iter()
                .map(|(title, rules)| match rules.as_slice() {
                    [] => (*title).to_owned(),
                    rules => format!("{title} (blocks it: {})", rules.join(", ")),
                })
                .collect();
            fact("changes", &others.join(", "), "too");
        }
    }
    let limits = limits(dialog);
    if !limits.is_empty() {
        fact("takes", &limits, "");
    }
}

/// The type and the limits, with how much of them is used.
fn limits(dialog: &EditDialog) -> String {
    let mut words = Vec::new();
    if let (Scope::Order, Some(_)) = (dialog.scope, dialog.field()) {
        if let Some(spec) = dialog.spec {
            let title = dialog.target.vendor.title();
            words.push(format!("{title} wants {}", spec.kind.words()));
        }
    } else if let Some(spec) = dialog.spec {
        words.push(match spec.choices.len() {
            0 => spec.kind.words().to_owned(),
            choices => format!("one of these {choices}"),
        });
    }
    if let Some(spec) = dialog.spec {
        limits_of(spec, &dialog.editor.text(), &mut words);
    }
    if dialog.spec.is_some() {
        let required = if dialog.is_required() {
            "required"
        } else {
            "not required"
        };
        words.push(required.to_owned());
    }
    words.join(", ")
}

fn limits_of(spec: &FieldSpec, typed: &str, words: &mut Vec<String>) {
    if let Some((least, most)) = spec.length {
        let used = typed.chars().count();
        let least = if least > 1 {
            format!(", at least {least}")
        } else {
            String::new()
        };
        words.push(format!("{used}/{most} characters{least}"));
    }
    if let Some(least) = spec.minimum {
        words.push(format!("at least {least}"));
    }
}

/// Where a click went.
pub fn hit(dialog: &EditDialog, state: &State, at: Position) -> Option<Hit> {
    if dialog.preview.is_some() {
        return None;
    }
    let (area, rows) = rows(dialog, state);
    // The border, and a column beside it.
    let row = usize::from(at.y.checked_sub(area.y + 1)?);
    let column = usize::from(at.x.checked_sub(area.x + 2)?);
    if at.x >= area.right().saturating_sub(1) || at.y >= area.bottom().saturating_sub(1) {
        return None;
    }
    let hits = &rows.get(row)?.hits;
    let found = hits.iter().find(|(range, _)| range.contains(&column));
    found.map(|(_, hit)| *hit)
}

fn title(dialog: &EditDialog, state: &State) -> Line<'static> {
    let what = match &dialog.reach.order {
        Ok((field, _)) if dialog.pointer.is_empty() => field.name(),
        _ => dialog.pointer.trim_start_matches('/'),
    };
    let whose = match &dialog.marked {
        Some(places) => text::many(places.len() as u64, "marked order"),
        None => text::shown(&dialog.order.order.id).into_owned(),
    };
    let (whom, style) = match dialog.scope {
        Scope::Order => ("for all vendors".to_owned(), state.theme.accent),
        Scope::Payload => (
            format!("for {} only", dialog.target.vendor.title()),
            state.theme.edit,
        ),
    };
    Line::from(vec![
        Span::styled(
            format!(" Edit {} · {whose} · ", text::keep_end(what, 36)),
            state.theme.strong,
        ),
        Span::styled(format!("{whom} "), style),
    ])
}

fn border(dialog: &EditDialog, theme: &Theme) -> Style {
    match dialog.scope {
        Scope::Order => theme.border_focus,
        Scope::Payload => theme.edit,
    }
}

/// Where the editor stands, and the keys on its border.
pub fn frame(dialog: &EditDialog, state: &State) -> Border {
    let accept = match dialog.marked {
        Some(_) => "preview",
        None => "set it",
    };
    let mut shown = Vec::new();
    if dialog.editor.form == Form::Lines {
        shown.push((Command::SaveEdit, accept));
        shown.push((Command::Accept, "new line"));
    } else {
        shown.push((Command::Accept, accept));
    }
    if dialog.reach.order.is_ok() && dialog.reach.payload.is_ok() {
        shown.push((Command::SwitchScope, "all vendors or one"));
    }
    if dialog.items().is_some_and(|items| items > 1) {
        shown.push((Command::AllLines, "lines"));
    }
    shown.push((Command::Back, "back"));
    Border::new(rows(dialog, state).0, &shown)
}

/// Draws the editor.
pub fn draw(dialog: &EditDialog, frame: &mut Frame<'_>, state: &State) {
    let style = border(dialog, &state.theme);
    let inner = self::frame(dialog, state).draw(frame, title(dialog, state), style, state);
    for (number, row) in rows(dialog, state).1.into_iter().enumerate() {
        pane::row(frame, inner, number, row.line, row.style);
    }
}

/// Lines of the list of orders in the preview.
pub fn preview_page(size: (u16, u16)) -> usize {
    usize::from(size.1).saturating_sub(16).clamp(4, 20)
}

/// The lines of the preview of a change of many orders.
fn preview_lines(preview: &Preview, state: &State) -> Vec<Line<'static>> {
    let columns = columns(state.size);
    let mut lines = preview.head(columns, &state.theme);
    let list = preview.list(columns, preview_page(state.size), &state.theme);
    if !list.is_empty() {
        lines.push(Line::default());
        lines.extend(list);
    }
    lines
}

/// Where the preview stands, and the keys on its border.
pub fn preview_frame(preview: &Preview, state: &State) -> Border {
    let lines = preview_lines(preview, state).len();
    let area = layout::middle(state.size, WIDTH, lines as u16 + 2);
    let set = preview.change().map(|orders| match orders {
        0 => "close".to_owned(),
        orders => format!("set it in {}", text::many(orders as u64, "order")),
    });
    let mut shown = Vec::new();
    if let Some(set) = &set {
        shown.push((Command::Accept, set.as_str()));
    }
    let is_under_way = preview.is_under_way();
    shown.push((Command::Back, if is_under_way { "stop" } else { "back" }));
    Border::new(area, &shown)
}

/// Draws the preview.
pub fn draw_preview(dialog: &EditDialog, preview: &Preview, frame: &mut Frame<'_>, state: &State) {
    let style = border(dialog, &state.theme);
    let inner = preview_frame(preview, state).draw(frame, title(dialog, state), style, state);
    for (number, line) in preview_lines(preview, state).into_iter().enumerate() {
        pane::row(frame, inner, number, line, None);
    }
}
