//! The form on the screen: its lines, and what the one under the cursor means.

use ratatui::Frame;
use ratatui::layout::Position;
use ratatui::text::{Line, Span};

use super::entry::{Entry, Value, What};
use super::find::Finding;
use super::{ProfileDialog, Purpose};
use crate::console::action::Command;
use crate::console::dialog::Border;
use crate::console::layout;
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::widget::input::hint;
use crate::console::widget::{pane, text};

/// Rows that the lines of the form keep, whatever the help needs.
const LEAST: usize = 6;

/// The parts of the dialog, in rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rooms {
    width: u16,
    height: u16,
    /// Lines of the form that are shown at once.
    pub(super) page: usize,
    /// Rows for the help.
    help: usize,
}

impl Rooms {
    fn columns(self) -> usize {
        usize::from(self.width.saturating_sub(4))
    }
}

impl ProfileDialog {
    /// How the room is shared out. It stays the same from line to line.
    pub(super) fn rooms(&self, size: (u16, u16)) -> Rooms {
        let width = 110.min(size.0.saturating_sub(2));
        let columns = usize::from(width.saturating_sub(4));
        let rows = usize::from(size.1.saturating_sub(4));
        let longest = self
            .entries
            .iter()
            .map(|entry| text::wrap(&entry.help, columns).len())
            .max();
        // Where it stands, and what is wrong.
        let help = longest.unwrap_or(1).min(rows.saturating_sub(LEAST + 3));
        let page = self.entries.len().min(rows.saturating_sub(help + 3));
        Rooms {
            width,
            height: (page + help + 5) as u16,
            page,
            help,
        }
    }

    pub(super) fn draw_form(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let rooms = self.rooms(state.size);
        let columns = rooms.columns();
        let title = self.title(theme);
        let border = self.frame(state);
        let inner = border.draw(frame, title, theme.border_focus, state);
        let lines = self.cursor.shown(self.entries.len(), rooms.page);
        for (row, index) in lines.enumerate() {
            let line = self.line(index, columns, theme);
            pane::row(frame, inner, row, line, None);
        }
        let below = match &self.finding {
            Some(finding) => self.search_line(finding, columns, theme),
            None => self.standing(rooms, theme),
        };
        pane::row(frame, inner, rooms.page, below, None);
        let help = self
            .entries
            .get(self.cursor.at)
            .map_or("", |entry| &entry.help);
        let parts = text::wrap(&text::shown(help), columns);
        let cut = parts.len() > rooms.help;
        for (row, mut part) in parts.into_iter().take(rooms.help).enumerate() {
            if cut && row + 1 == rooms.help {
                part = text::fit(&format!("{part} …"), columns);
            }
            let line = Line::styled(part, theme.text);
            pane::row(frame, inner, rooms.page + 1 + row, line, None);
        }
        let told = if self.saving {
            Some(("saving".to_owned(), theme.info))
        } else {
            let here = self.entries.get(self.cursor.at);
            let wrong = here.and_then(|entry| self.wrong(entry));
            wrong
                .or_else(|| self.trouble.clone())
                .map(|why| (format!("✗ {why}"), theme.error))
        };
        if let Some((words, style)) = told {
            let parts = text::wrap(&text::shown(&words), columns);
            for (row, part) in parts.into_iter().take(2).enumerate() {
                let line = Line::styled(part, style);
                pane::row(frame, inner, rooms.page + 1 + rooms.help + row, line, None);
            }
        }
    }

    fn title(&self, theme: &Theme) -> Line<'static> {
        match &self.purpose {
            Purpose::Add => Line::styled(" Add an account ", theme.strong),
            Purpose::Edit(account) => {
                let (word, style) = theme.environment(account.environment);
                let name = text::shown(&account.name);
                Line::from(vec![
                    Span::styled(
                        format!(" Edit {name} · {} · ", account.vendor.title()),
                        theme.strong,
                    ),
                    Span::styled(word, style),
                    Span::raw(" "),
                ])
            }
        }
    }

    /// The line of the form in a cell, where it can be changed.
    pub(super) fn line_at(&self, at: Position, state: &State) -> Option<usize> {
        let row = self.frame(state).line(at)?;
        let line = self.cursor.top + row;
        let shown = row < self.rooms(state.size).page;
        (shown && self.entries.get(line)?.stops()).then_some(line)
    }

    pub(super) fn frame(&self, state: &State) -> Border {
        let rooms = self.rooms(state.size);
        let area = layout::middle(state.size, rooms.width, rooms.height);
        if self.finding.is_some() {
            let shown = [
                (Command::Down, "next"),
                (Command::Up, "previous"),
                (Command::Accept, "stay here"),
                (Command::Back, "back"),
            ];
            return Border::new(area, &shown);
        }
        let yes = match self.purpose {
            Purpose::Add => "add it",
            Purpose::Edit(_) => "save",
        };
        let mut shown = vec![
            (Command::NextPane, "next line"),
            (Command::NextSection, "section"),
            (Command::FindLine, "search"),
            (Command::Accept, yes),
            (Command::Back, "back"),
        ];
        if self
            .entries
            .get(self.cursor.at)
            .is_some_and(Entry::is_choice)
        {
            shown.insert(0, (Command::Right, "choose"));
        }
        Border::new(area, &shown)
    }

    /// What is searched for, and how often it is there.
    fn search_line(&self, finding: &Finding, columns: usize, theme: &Theme) -> Line<'static> {
        let mut spans = vec![Span::styled("/", theme.key)];
        let typed = &finding.search.input;
        let (at, all) = self.found();
        let (told, style) = match (typed.text().is_empty(), all) {
            (true, _) => (String::new(), theme.dim),
            (false, 0) => ("  nothing has it".to_owned(), theme.warning),
            (false, _) => (
                format!("  {at} of {}", text::many(all as u64, "line")),
                theme.dim,
            ),
        };
        let room = columns.saturating_sub(1 + text::width(&told));
        if typed.text().is_empty() {
            spans.extend(typed.spans(2, true, theme.text, theme));
            let words = "a word of a line's name, of its value or of what it means";
            spans.push(hint(words, room.saturating_sub(2), theme));
        } else {
            spans.extend(typed.spans(room, true, theme.text, theme));
        }
        spans.push(Span::styled(told, style));
        Line::from(spans)
    }

    /// Where in the form the cursor stands, and what is hidden.
    fn standing(&self, rooms: Rooms, theme: &Theme) -> Line<'static> {
        let section = self.entries[..=self.cursor.at.min(self.entries.len().saturating_sub(1))]
            .iter()
            .rfind(|entry| matches!(entry.what, What::Heading))
            .map_or("", |entry| entry.label.as_str());
        let below = self
            .entries
            .len()
            .saturating_sub(self.cursor.top + rooms.page);
        let changed = self
            .entries
            .iter()
            .filter(|entry| entry.is_changed())
            .count();
        let mut words = format!("── {section}");
        if self.cursor.top > 0 {
            words = format!("{words} · {} ↑", text::many(self.cursor.top as u64, "line"));
        }
        if below > 0 {
            words = format!("{words} · {} ↓", text::many(below as u64, "more line"));
        }
        if changed > 0 {
            words = format!("{words} · {} changed", text::count(changed as u64));
        }
        let fill = rooms.columns().saturating_sub(text::width(&words) + 1);
        Line::styled(format!("{words} {}", "─".repeat(fill)), theme.dim)
    }

    fn line(&self, index: usize, columns: usize, theme: &Theme) -> Line<'static> {
        let entry = &self.entries[index];
        let at = index == self.cursor.at;
        if let (What::Heading, Value::Told(about)) = (&entry.what, &entry.value) {
            let about = text::fit(about, columns.saturating_sub(text::width(&entry.label) + 3));
            return Line::from(vec![
                Span::styled(entry.label.clone(), theme.accent),
                Span::styled(format!("   {about}"), theme.dim),
            ]);
        }
        let label = (columns * 2 / 5).clamp(20, 44);
        let mark = if self.wrong(entry).is_some() {
            Span::styled("✗", theme.error)
        } else if entry.is_changed() {
            Span::styled("*", theme.warning)
        } else {
            Span::raw(" ")
        };
        let label_style = if at { theme.accent } else { theme.text };
        let name = text::keep_end(&text::shown(&entry.label), label - 1);
        let mut spans = vec![Span::styled(if at { "▸" } else { " " }, theme.accent), mark];
        let name = vec![Span::styled(text::left(&name, label), label_style)];
        spans.extend(match &self.finding {
            Some(finding) => finding.search.wanted().mark(name, theme),
            None => name,
        });
        let room = columns.saturating_sub(label + 2);
        // While a line is searched for the cursor is there.
        let focused = at && self.finding.is_none();
        spans.extend(value_spans(entry, focused, room, theme));
        Line::from(spans)
    }
}

/// What stands in a line: what was typed, else what holds without it.
fn value_spans(entry: &Entry, at: bool, room: usize, theme: &Theme) -> Vec<Span<'static>> {
    let without = || {
        let needed = entry.without.is_empty() && entry.required;
        let words = if needed { "needed" } else { &entry.without };
        let mut hint = hint(words, room.saturating_sub(2), theme);
        if needed {
            hint.style = theme.warning;
        }
        hint
    };
    match &entry.value {
        Value::Told(words) => vec![Span::styled(
            text::fit(&text::shown(words), room),
            theme.dim,
        )],
        Value::Text(input) if entry.is_empty() => {
            let mut spans = Vec::new();
            if at {
                spans.extend(input.spans(2, true, theme.text, theme));
            }
            spans.push(without());
            spans
        }
        Value::Text(input) => input.spans(room, at, theme.text, theme),
        Value::Hidden(hidden) => {
            let mut spans = hidden.spans(room, at, theme);
            if hidden.is_empty() {
                spans.push(without());
            }
            spans
        }
        Value::Choice(choices, chosen) => choice_spans(entry, choices, *chosen, at, room, theme),
    }
}

/// All choices where they fit, else the chosen one.
fn choice_spans(
    entry: &Entry,
    choices: &[String],
    chosen: usize,
    at: bool,
    room: usize,
    theme: &Theme,
) -> Vec<Span<'static>> {
    let words = |choice: &String| {
        if choice.is_empty() {
            format!("({})", entry.without)
        } else {
            text::shown(choice).into_owned()
        }
    };
    let style = |number: usize, choice: &String| match (number == chosen, at) {
        (true, true) => theme.selection.patch(theme.accent),
        (true, false) if choice.is_empty() => theme.dim,
        (true, false) => theme.text,
        (false, _) => theme.dim,
    };
    if !at {
        return choices
            .get(chosen)
            .map(|choice| Span::styled(text::fit(&words(choice), room), style(chosen, choice)))
            .into_iter()
            .collect();
    }
    let all: usize = choices
        .iter()
        .map(|choice| text::width(&words(choice)) + 2)
        .sum();
    // The signs around the chosen one.
    if all + 2 <= room {
        let each = choices.iter().enumerate().flat_map(|(number, choice)| {
            let word = if number == chosen {
                format!("‹{}›", words(choice))
            } else {
                words(choice)
            };
            [Span::styled(word, style(number, choice)), Span::raw("  ")]
        });
        return each.collect();
    }
    let now = choices.get(chosen).map(words).unwrap_or_default();
    let standing = format!(" ›  {} of {}", chosen + 1, choices.len());
    let now = text::fit(&now, room.saturating_sub(2 + text::width(&standing)));
    vec![
        Span::styled("‹ ", theme.dim),
        Span::styled(now, theme.selection.patch(theme.accent)),
        Span::styled(standing, theme.dim),
    ]
}
