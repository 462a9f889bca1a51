//! What changed of an order: against the source by the edits, and against what its account was sent last.

use std::sync::Arc;

use ratatui::Frame;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use serde_json::Value;

use super::{Border, Flow, Input, Layer};
use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::event::{Arrival, Ticket, Told};
use crate::console::layout;
use crate::console::pane::day;
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::update::payload::place_words;
use crate::console::widget::scroll::Scroll;
use crate::console::widget::{pane, text};
use crate::order::edit::Edit;
use crate::workspace::{AgainstSent, Change, WhatChanged};

/// What changed of an order.
#[derive(Debug)]
pub struct ChangedDialog {
    ticket: Ticket,
    /// The vendor and the account.
    account: String,
    order: String,
    changed: Option<Told<Arc<WhatChanged>>>,
    /// Whether what was sent last is shown, not the source.
    sent: bool,
    scroll: Scroll,
}

impl ChangedDialog {
    /// Opens it for the order under the cursor, and asks what changed.
    pub fn open(state: &mut State, effects: &mut Vec<Effect>) {
        let (Some(deck), Some(shown)) = (state.file.deck.clone(), &state.payload.shown) else {
            return;
        };
        let (place, target) = (shown.place, shown.target.clone());
        let account = format!("{}, {}", target.vendor.title(), target.account.account);
        let order = shown.order.order.id.clone();
        let ticket = state.ticket();
        effects.push(Effect::WhatChanged {
            ticket,
            deck,
            place,
            target: Box::new(target),
        });
        state.layers.push(Box::new(Self {
            ticket,
            account,
            order,
            changed: None,
            sent: false,
            scroll: Scroll::default(),
        }));
    }

    /// Columns and rows of the text.
    fn room(state: &State) -> (usize, usize) {
        let columns = usize::from(state.size.0.min(110)).saturating_sub(6);
        (columns, usize::from(state.size.1).saturating_sub(8))
    }

    fn lines(&self, state: &State) -> Vec<Line<'static>> {
        let theme = &state.theme;
        let mut lines = Lines {
            theme,
            columns: Self::room(state).0,
            all: Vec::new(),
        };
        match &self.changed {
            None => lines.say("looking", theme.dim),
            Some(Err(why)) => lines.say(&format!("✗ {why}"), theme.error),
            Some(Ok(changed)) if self.sent => lines.against_sent(&changed.sent),
            Some(Ok(changed)) => lines.against_source(changed),
        }
        lines.all
    }

    fn tabs(&self, theme: &Theme) -> Line<'static> {
        let counts = match &self.changed {
            Some(Ok(changed)) => [
                Some(changed.source.len()),
                match &changed.sent {
                    AgainstSent::Last { changes, .. } => changes.as_ref().ok().map(Vec::len),
                    AgainstSent::Never => None,
                },
            ],
            _ => [None, None],
        };
        let titles = ["Against the source", "Against what was sent last"];
        let mut spans = Vec::new();
        for (index, (title, count)) in titles.into_iter().zip(counts).enumerate() {
            if index > 0 {
                spans.push(Span::styled(" │ ", theme.dim));
            }
            let front = self.sent == (index == 1);
            // Not by its colour alone.
            let mark = if front { "▸ " } else { "  " };
            let count = count.map_or_else(String::new, |count| format!(" ({count})"));
            let style = if front { theme.accent } else { theme.dim };
            spans.push(Span::styled(format!("{mark}{title}{count}"), style));
        }
        Line::from(spans)
    }
}

struct Lines<'a> {
    theme: &'a Theme,
    columns: usize,
    all: Vec<Line<'static>>,
}

impl Lines<'_> {
    fn say(&mut self, words: &str, style: Style) {
        for part in text::wrap(&text::shown(words), self.columns) {
            self.all.push(Line::styled(part, style));
        }
    }

    fn against_source(&mut self, changed: &WhatChanged) {
        let theme = self.theme;
        if changed.source.is_empty() {
            self.say(
                "Nothing: the payload is what the source gives.",
                theme.taken,
            );
        }
        for change in &changed.source {
            self.change(change, "follows from an edit of another field");
        }
        if changed.elsewhere.is_empty() {
            return;
        }
        self.all.push(Line::default());
        let count = text::many(changed.elsewhere.len() as u64, "edit");
        self.say(&format!("{count} not seen in this payload:"), theme.strong);
        for edit in &changed.elsewhere {
            let (before, after) = (value(Some(&edit.before)), value(Some(&edit.after)));
            let words = format!("{}: {before} → {after}", edit_words(edit));
            self.indented(&words, 2, theme.text);
        }
    }

    fn indented(&mut self, words: &str, indent: usize, style: Style) {
        for part in text::wrap(&text::shown(words), self.columns.saturating_sub(indent)) {
            let line = format!("{}{part}", " ".repeat(indent));
            self.all.push(Line::styled(line, style));
        }
    }

    fn against_sent(&mut self, sent: &AgainstSent) {
        let theme = self.theme;
        let AgainstSent::Last {
            run,
            at,
            outcome,
            changes,
        } = sent
        else {
            let words = "Nothing to compare with: this account was never sent this order.";
            return self.say(words, theme.dim);
        };
        let words = format!("Last sent by run {run}, {}: {outcome}", day(*at));
        self.say(&words, theme.strong);
        match changes {
            Err(why) => self.say(
                &format!("What changed since can't be told: {why}."),
                theme.warning,
            ),
            Ok(changes) if changes.is_empty() => {
                self.say(
                    "Nothing changed: the same would be sent again.",
                    theme.taken,
                );
            }
            Ok(changes) => {
                for change in changes {
                    self.change(change, "by no edit of this field");
                }
            }
        }
    }

    /// A field with what it was and what it is.
    fn change(&mut self, change: &Change, otherwise: &str) {
        let theme = self.theme;
        let field = &change.field;
        let pointer = match field.pointer.as_str() {
            "" => "the whole",
            pointer => pointer,
        };
        let by = match &change.by {
            Some(label) => format!("by: {label}"),
            None => otherwise.to_owned(),
        };
        self.say(pointer, theme.json_name.patch(theme.strong));
        // One that isn't there has no line.
        for (sign, value, style) in [
            ("−", &field.was, theme.error),
            ("+", &field.is, theme.taken),
        ] {
            let Some(value) = value else { continue };
            let words = text::shown(&value.to_string()).into_owned();
            let parts = text::wrap(&words, self.columns.saturating_sub(4));
            for (number, part) in parts.into_iter().enumerate() {
                let sign = if number == 0 { sign } else { " " };
                self.all.push(Line::from(vec![
                    Span::styled(format!("  {sign} "), style),
                    Span::styled(part, style),
                ]));
            }
        }
        self.indented(&by, 4, theme.dim);
    }
}

fn edit_words(edit: &Edit) -> String {
    match &edit.target {
        crate::order::edit::EditTarget::Payload { vendor, .. } => {
            let title = crate::vendor::by_name(vendor).map_or(&**vendor, |vendor| vendor.title());
            format!("{} for {title}", place_words(edit))
        }
        _ => place_words(edit),
    }
}

fn value(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "nothing".to_owned(),
        Some(value) => value.to_string(),
    }
}

impl ChangedDialog {
    /// Where it stands with that many lines, and its keys.
    fn frame(lines: usize, state: &State) -> Border {
        let (columns, rows) = Self::room(state);
        let height = lines.clamp(3, rows) + 4;
        let area = layout::middle(state.size, columns as u16 + 4, height as u16);
        Border::new(
            area,
            &[(Command::NextPane, "the other"), (Command::Back, "back")],
        )
    }
}

impl Layer for ChangedDialog {
    fn border(&self, state: &State) -> Option<Border> {
        Some(Self::frame(self.lines(state).len(), state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, _: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Arrived(Arrival::WhatChanged { ticket, changed }) if *ticket == self.ticket => {
                self.changed = Some(changed.clone());
            }
            Input::Command(Command::Back | Command::Accept) => return Flow::Close,
            Input::Command(
                Command::NextPane | Command::PreviousPane | Command::Left | Command::Right,
            ) => {
                self.sent = !self.sent;
                self.scroll = Scroll::default();
            }
            Input::Command(command) => {
                let lines = self.lines(state).len();
                self.scroll.act(command, lines, Self::room(state).1);
            }
            _ => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let (columns, _) = Self::room(state);
        let lines = self.lines(state);
        let order = text::keep_end(&text::shown(&self.order), 30);
        let title = format!(" What changed in {order} · {} ", text::shown(&self.account));
        let title = Line::styled(text::fit(&title, columns), theme.strong);
        let inner = Self::frame(lines.len(), state).draw(frame, title, theme.border_focus, state);
        pane::row(frame, inner, 0, self.tabs(theme), None);
        let below = ratatui::layout::Rect {
            y: inner.y + 2,
            height: inner.height.saturating_sub(2),
            ..inner
        };
        self.scroll
            .draw(frame, below, lines, usize::from(below.height), state);
    }
}
