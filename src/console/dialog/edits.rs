//! The history of edits: every entry newest first, what it changed, and the way back to any of them and forth again.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{Border, Click, Flow, Input, Layer};
use crate::console::action::{Command, Place};
use crate::console::effect::{EditWork, Effect};
use crate::console::layout;
use crate::console::pane::shortest;
use crate::console::state::{State, Tone};
use crate::console::theme::Theme;
use crate::console::update;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::{pane, text};
use crate::deck::bulk::plain;
use crate::order::edit::{Edit, EditEntry, EditLog, EditTarget};
use crate::vendor::by_name;

/// The history of edits.
#[derive(Debug)]
pub struct Edits {
    cursor: Cursor,
    /// The cursor in the changes of the entry, while they have the focus.
    changes: Option<Cursor>,
}

/// Where things stand.
struct Parts {
    area: Rect,
    list: usize,
    changes: usize,
}

fn parts(state: &State) -> Parts {
    let (size, log) = (state.size, log(state));
    let rows = usize::from(size.1);
    let most = (rows / 2).saturating_sub(4).max(4);
    let list = log.map_or(0, len).clamp(1, most);
    let undone = log.into_iter().flat_map(EditLog::undone);
    let entries = log.into_iter().flat_map(EditLog::entries).chain(undone);
    let longest = entries.map(|entry| entry.edits.len()).max().unwrap_or(0);
    let room = rows.saturating_sub(list + 8).clamp(3, 12);
    let changes = longest.clamp(3, room);
    // The heading, and a line between the two and what the keys would do.
    let height = (list + changes + 6) as u16;
    Parts {
        area: layout::middle(size, 108, height),
        list,
        changes,
    }
}

impl Edits {
    /// The history, with the cursor on the newest entry in force.
    pub fn new(state: &State) -> Self {
        let undone = log(state).map_or(0, |log| log.undone().len());
        let mut edits = Self {
            cursor: Cursor { at: undone, top: 0 },
            changes: None,
        };
        edits.settle(state);
        edits
    }

    fn settle(&mut self, state: &State) {
        let entries = log(state).map_or(0, len);
        self.cursor.settle(entries, parts(state).list);
    }

    fn entry<'a>(&self, state: &'a State) -> Option<(&'a EditEntry, bool)> {
        log(state)?.nth_newest(self.cursor.at)
    }

    /// How many entries the undo or the redo down or up to the one under the cursor is.
    fn steps(&self, state: &State) -> (usize, bool) {
        let Some((log, (_, undone))) = log(state).zip(self.entry(state)) else {
            return (0, false);
        };
        let undone_entries = log.undone().len();
        if undone {
            (undone_entries - self.cursor.at, true)
        } else {
            (self.cursor.at + 1 - undone_entries, false)
        }
    }

    fn command(&mut self, command: Command, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        let entries = log(state).map_or(0, len);
        let parts = parts(state);
        let changes = self.entry(state).map_or(0, |(entry, _)| entry.edits.len());
        match command {
            Command::Back if self.changes.is_some() => self.changes = None,
            Command::Back => return Flow::Close,
            Command::Undo | Command::Redo => self.walk(command, state, effects),
            Command::NextPane | Command::PreviousPane => {
                self.changes = match self.changes {
                    None if changes > 0 => Some(Cursor::default()),
                    _ => None,
                };
            }
            Command::Accept => return self.go(state),
            command => match &mut self.changes {
                Some(cursor) => {
                    cursor.act(command, changes, parts.changes);
                }
                None => {
                    self.cursor.act(command, entries, parts.list);
                }
            },
        }
        Flow::Stay
    }

    /// Takes back down to the entry under the cursor, or does again up to it.
    fn walk(&self, command: Command, state: &mut State, effects: &mut Vec<Effect>) {
        let (steps, undone) = self.steps(state);
        let work = match (command, undone) {
            _ if steps == 0 => return,
            (Command::Undo, false) => EditWork::UndoMany(steps),
            (Command::Redo, true) => EditWork::RedoMany(steps),
            (Command::Undo, true) => {
                let redo = state.keymap.first(Command::Redo);
                return state.say(
                    Tone::Info,
                    format!("it is undone already; {redo} does it again"),
                );
            }
            _ => {
                let undo = state.keymap.first(Command::Undo);
                return state.say(Tone::Info, format!("it is in force; {undo} takes it back"));
            }
        };
        update::edits::push(state, work, effects);
    }

    /// To the order of the change under the cursor, or of the entry's first.
    fn go(&self, state: &mut State) -> Flow {
        let at = self.changes.map_or(0, |cursor| cursor.at);
        let Some(key) = self
            .entry(state)
            .and_then(|(entry, _)| entry.edits.get(at))
            .map(|edit| edit.order.clone())
        else {
            return Flow::Stay;
        };
        let place = state
            .file
            .deck
            .as_ref()
            .and_then(|deck| deck.index().find(&key));
        match place.map(|place| state.orders.lines.line_of(place)) {
            Some(Some(line)) => {
                state.orders.cursor.at = line;
                state.payload.cursor = Cursor::default();
                Flow::Close
            }
            Some(None) => {
                state.say(Tone::Info, format!("the filter doesn't show {key}"));
                Flow::Stay
            }
            None => {
                state.say(Tone::Error, format!("{key} is no longer in the file"));
                Flow::Stay
            }
        }
    }

    /// A click puts the cursor on an entry or a change; the second one goes to its order.
    fn click(&mut self, click: Click, state: &mut State) -> Flow {
        let entries = log(state).map_or(0, len);
        let parts = parts(state);
        let Some(row) = self.frame(state).line(click.at) else {
            return Flow::Stay;
        };
        // The heading; then the list; then a line and the changes.
        if let Some(line) = row.checked_sub(1).filter(|line| *line < parts.list) {
            let line = self.cursor.top + line;
            if line >= entries {
                return Flow::Stay;
            }
            let again = click.again && self.changes.is_none() && self.cursor.at == line;
            (self.changes, self.cursor.at) = (None, line);
            if again {
                return self.go(state);
            }
        } else if let Some(line) = row.checked_sub(parts.list + 3) {
            let changes = self.entry(state).map_or(0, |(entry, _)| entry.edits.len());
            let mut cursor = self.changes.unwrap_or_default();
            if line < parts.changes && cursor.top + line < changes {
                cursor.at = cursor.top + line;
                self.changes = Some(cursor);
                if click.again {
                    return self.go(state);
                }
            }
        }
        Flow::Stay
    }

    /// Where it stands, and its keys.
    fn frame(&self, state: &State) -> Border {
        let parts = parts(state);
        let entries = log(state).map_or(0, len);
        let (_, undone) = self.steps(state);
        let walk = if undone {
            (Command::Redo, "do again up to here")
        } else {
            (Command::Undo, "undo down to here")
        };
        let shown = [
            walk,
            (Command::Accept, "to the order"),
            (Command::NextPane, "changes"),
            (Command::Back, "back"),
        ];
        if entries == 0 {
            let area = layout::middle(state.size, parts.area.width, 6);
            return Border::new(area, &shown[3..]);
        }
        Border::new(parts.area, &shown)
    }

    /// What the keys would do to the entry under the cursor.
    fn offer(&self, state: &State) -> String {
        let (steps, undone) = self.steps(state);
        let Some(log) = log(state).filter(|_| steps > 0) else {
            return String::new();
        };
        let range = if undone {
            self.cursor.at..self.cursor.at + steps
        } else {
            let first = log.undone().len();
            first..first + steps
        };
        let changes: usize = range
            .filter_map(|number| log.nth_newest(number))
            .map(|(entry, _)| entry.edits.len())
            .sum();
        let changes = text::many(changes as u64, "change");
        let key = state
            .keymap
            .first(if undone { Command::Redo } else { Command::Undo });
        match (steps, undone) {
            (1, false) => format!("{key} takes this edit back: {changes}"),
            (1, true) => format!("{key} does this edit again: {changes}"),
            (many, false) => format!("{key} takes {many} edits back, down to this one: {changes}"),
            (many, true) => format!("{key} does {many} edits again, up to this one: {changes}"),
        }
    }

    fn row(&self, number: usize, log: &EditLog, state: &State, columns: usize) -> Line<'static> {
        let theme = &state.theme;
        let Some((entry, undone)) = log.nth_newest(number) else {
            return Line::default();
        };
        let at = number == self.cursor.at;
        let style = if undone { theme.dim } else { theme.text };
        let when = entry
            .at
            .map_or_else(String::new, |made| shortest(made, state.now));
        let orders = text::many(entry.orders as u64, "order");
        let word = if undone { "undone" } else { "" };
        let room = columns.saturating_sub(31);
        Line::from(vec![
            Span::styled(if at { "▸ " } else { "  " }, theme.accent),
            Span::styled(text::left(&when, 7), theme.dim),
            Span::styled(text::left(word, 7), theme.warning),
            Span::styled(
                text::left(&text::fit(&text::shown(&entry.label), room), room),
                style,
            ),
            Span::styled(format!(" {}", text::right_fit(&orders, 14)), theme.dim),
        ])
    }
}

fn log(state: &State) -> Option<&EditLog> {
    state.file.deck.as_ref().map(crate::deck::Deck::edits)
}

fn len(log: &EditLog) -> usize {
    log.undone().len() + log.entries().len()
}

/// One change: the order, the field, before and after.
fn change(edit: &Edit, columns: usize, at: bool, theme: &Theme) -> Line<'static> {
    let what = match &edit.target {
        EditTarget::Payload { vendor, pointer } => {
            let title = by_name(vendor).map_or(vendor.as_str(), |vendor| vendor.title());
            format!("{title}'s {}", pointer.trim_start_matches('/'))
        }
        other => other.words(),
    };
    let order = text::left(&text::keep_end(&text::shown(&edit.order), 16), 16);
    let mark = Span::styled(if at { "▸ " } else { "  " }, theme.accent);
    if edit.target == EditTarget::Excluded {
        let words = match edit.after.as_bool() {
            Some(true) => "left out",
            _ => "taken back in",
        };
        return Line::from(vec![
            mark,
            Span::raw(format!("{order}  ")),
            Span::styled(words, theme.edit),
        ]);
    }
    let what = text::left(&text::fit(&text::shown(&what), 30), 30);
    let room = columns.saturating_sub(2 + 18 + 31 + 3) / 2;
    let value = |value| match plain(value) {
        empty if empty.is_empty() => "none".to_owned(),
        value => text::fit(&text::shown(&value), room),
    };
    Line::from(vec![
        mark,
        Span::raw(format!("{order}  ")),
        Span::styled(format!("{what} "), theme.dim),
        Span::raw(value(&edit.before)),
        Span::styled(" → ", theme.dim),
        Span::styled(value(&edit.after), theme.edit),
    ])
}

impl Layer for Edits {
    fn places(&self) -> &'static [Place] {
        &[Place::Edits]
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        let before = self.cursor.at;
        let flow = match input {
            Input::Command(command) => self.command(command, state, effects),
            Input::Mouse(click) => {
                let flow = self.click(click, state);
                self.settle(state);
                return flow;
            }
            _ => Flow::Stay,
        };
        self.settle(state);
        if self.cursor.at != before {
            self.changes = None;
        }
        flow
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let log = log(state);
        let entries = log.map_or(0, len);
        let parts = parts(state);
        let title = match log {
            Some(log) => {
                let in_force = text::count(log.entries().len() as u64);
                let undone = match log.undone().len() {
                    0 => String::new(),
                    undone => format!(", {} undone", text::count(undone as u64)),
                };
                format!(" Edits · {in_force} in force{undone} · newest first ")
            }
            None => " Edits ".to_owned(),
        };
        let title = Line::styled(title, theme.strong);
        let inner = self
            .frame(state)
            .draw(frame, title, theme.border_focus, state);
        let columns = usize::from(inner.width);
        let Some(log) = log.filter(|_| entries > 0) else {
            let first = |command| state.keymap.first(command);
            let lines = [
                "Nothing was edited in this file yet.".to_owned(),
                format!(
                    "{} edits the field under the cursor, {} sets it in all marked orders, {} applies a finding's fix,",
                    first(Command::Edit),
                    first(Command::SetMarked),
                    first(Command::Fix)
                ),
                format!(
                    "{} leaves an order out. The file itself is never written to.",
                    first(Command::Exclude)
                ),
            ];
            let lines = lines.join(" ");
            for (number, line) in text::wrap(&lines, columns).into_iter().enumerate() {
                pane::row(frame, inner, number, Line::styled(line, theme.dim), None);
            }
            return;
        };
        let heading = format!("  {}{}", text::left("made", 14), "what");
        pane::row(frame, inner, 0, Line::styled(heading, theme.dim), None);
        for (row, number) in self.cursor.shown(entries, parts.list).enumerate() {
            let style = match (number == self.cursor.at, self.changes) {
                (false, _) => None,
                (true, None) => Some(theme.selection),
                (true, Some(_)) => Some(theme.selection_idle),
            };
            let line = self.row(number, log, state, columns);
            pane::row(frame, inner, row + 1, line, style);
        }
        let Some((entry, _)) = self.entry(state) else {
            return;
        };
        let changes = format!("changes {}", text::count(entry.edits.len() as u64));
        let top = parts.list + 2;
        pane::row(frame, inner, top, Line::styled(changes, theme.dim), None);
        let cursor = self.changes.unwrap_or_default();
        for (row, number) in cursor.shown(entry.edits.len(), parts.changes).enumerate() {
            let at = self.changes.is_some() && number == cursor.at;
            if let Some(edit) = entry.edits.get(number) {
                let line = change(edit, columns, at, theme);
                pane::row(
                    frame,
                    inner,
                    top + 1 + row,
                    line,
                    at.then_some(theme.selection),
                );
            }
        }
        let offer = Line::styled(self.offer(state), theme.info);
        pane::row(frame, inner, top + 1 + parts.changes, offer, None);
    }
}
