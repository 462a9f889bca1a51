//! One rule's fix in all its orders: what would be set, from what to what; made as one edit, which one key takes back.

use std::sync::Arc;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use serde_json::Value;

use super::{Border, Click, Flow, Input, Layer};
use crate::console::action::Command;
use crate::console::effect::{EditWork, Effect};
use crate::console::event::{Arrival, Ticket, Told};
use crate::console::layout;
use crate::console::state::State;
use crate::console::update;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::{pane, text};
use crate::deck::FixPlan;
use crate::finding::Rule;

/// Rows beside the list.
const BESIDE: u16 = 4;

/// The dialog.
#[derive(Debug)]
pub struct FixAll {
    rule: &'static Rule,
    orders: usize,
    ticket: Ticket,
    done: usize,
    plan: Option<Told<Arc<FixPlan>>>,
    cursor: Cursor,
}

impl FixAll {
    /// Asks what the rule's fix would change in every order of it, or in those of them that the filter shows.
    pub fn new(state: &mut State, rule: &'static Rule, effects: &mut Vec<Effect>) -> Option<Self> {
        let deck = state.file.deck.clone()?;
        let target = state.vendors.front_target().cloned()?;
        let group = state.vendors.front_survey()?.groups.get(rule.id)?;
        let places: Vec<usize> = group.places.iter().collect();
        let ticket = state.ticket();
        let dialog = Self {
            rule,
            orders: places.len(),
            ticket,
            done: 0,
            plan: None,
            cursor: Cursor::default(),
        };
        effects.push(Effect::PlanFix {
            ticket,
            deck,
            target: Box::new(target),
            rule,
            places,
        });
        Some(dialog)
    }

    fn area(&self, state: &State) -> Rect {
        let lines = (self.lines().len() as u16).max(3);
        layout::middle(state.size, 110, lines + BESIDE + 2)
    }

    fn frame(&self, state: &State) -> Border {
        let shown: &[(Command, &str)] = match &self.plan {
            Some(Ok(plan)) if plan.changes() > 0 => {
                &[(Command::Accept, "fix them"), (Command::Back, "back")]
            }
            Some(_) => &[(Command::Back, "back")],
            None => &[(Command::Back, "stop")],
        };
        Border::new(self.area(state), shown)
    }

    fn page(&self, state: &State) -> usize {
        usize::from(self.area(state).height.saturating_sub(BESIDE + 2)).max(1)
    }

    fn ready(&self) -> Option<&Arc<FixPlan>> {
        self.plan.as_ref()?.as_ref().ok()
    }

    /// What is set, then the orders that it doesn't put right.
    fn lines(&self) -> Vec<(String, String, bool)> {
        let Some(plan) = self.ready() else {
            return Vec::new();
        };
        let examples = plan.examples.iter().map(|example| {
            let (before, after) = (value(&example.before), value(&example.after));
            let pointer = example.pointer.trim_start_matches('/');
            let words = format!("{pointer}: {before} → {after}");
            (example.order.clone(), words, true)
        });
        let unfixed = plan.unfixed.iter().map(|order| {
            (
                order.order.clone(),
                format!("not by this: {}", order.why),
                false,
            )
        });
        examples.chain(unfixed.take(200)).collect()
    }

    fn accept(&self, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match self.ready() {
            Some(plan) if plan.changes() > 0 => {
                let work = EditWork::Fix(Arc::clone(plan));
                update::edits::push(state, work, effects);
                Flow::Close
            }
            Some(_) => Flow::Close,
            None => Flow::Stay,
        }
    }

    fn close(&self, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        if self.plan.is_none() {
            let plans = state.ticket();
            effects.push(Effect::Forget {
                surveys: 0,
                filters: 0,
                plans,
            });
        }
        Flow::Close
    }

    fn click(&mut self, click: Click, state: &State) {
        // Two lines of words stand above the first.
        let row = self.frame(state).line(click.at);
        let line = row
            .and_then(|row| row.checked_sub(2))
            .filter(|row| *row < self.page(state))
            .map(|row| self.cursor.top + row);
        if let Some(line) = line.filter(|line| *line < self.lines().len()) {
            self.cursor.at = line;
        }
    }
}

/// A value as it stands in the payload; nothing for none. Of a list and of what has fields only how much is in it:
/// written out, it would leave no room for what it becomes.
fn value(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Array(items) => text::many(items.len() as u64, "item"),
        Value::Object(fields) => text::many(fields.len() as u64, "field"),
        other => text::shown(&other.to_string()).into_owned(),
    }
}

impl Layer for FixAll {
    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Command(Command::Accept) => return self.accept(state, effects),
            Input::Command(Command::Back) => return self.close(state, effects),
            Input::Command(command) => {
                let lines = self.lines().len();
                self.cursor.act(command, lines, self.page(state));
            }
            Input::Mouse(click) => self.click(click, state),
            Input::Arrived(Arrival::FixPlanning { ticket, done }) if *ticket == self.ticket => {
                self.done = *done;
            }
            Input::Arrived(Arrival::FixPlanned { ticket, plan }) if *ticket == self.ticket => {
                self.plan = Some(plan.clone());
            }
            _ => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let vendor = state.vendors.front_vendor().title();
        let title = format!(" Fix {} in all its orders · {vendor} ", self.rule.id);
        let title = Line::styled(title, theme.strong);
        let border = self.frame(state);
        let inner = border.draw(frame, title, theme.border_focus, state);
        let columns = usize::from(inner.width);
        let row = |frame: &mut Frame<'_>, line: usize, words: &str, style| {
            let line_of = Line::styled(text::fit(words, columns), style);
            pane::row(frame, inner, line, line_of, None);
        };
        row(frame, 0, self.rule.title, theme.dim);
        let plan = match &self.plan {
            None => {
                let (done, all) = (self.done as u64, self.orders as u64);
                let words = format!(
                    "trying it: {} of {}",
                    text::count(done),
                    text::many(all, "order")
                );
                row(frame, 1, &words, theme.text);
                return row(frame, 2, &text::bar(done, all, columns.min(40)), theme.info);
            }
            Some(Err(why)) => {
                let words = text::wrap(&format!("✗ {}", text::shown(why)), columns);
                for (number, words) in words.iter().enumerate() {
                    row(frame, number + 1, words, theme.error);
                }
                return;
            }
            Some(Ok(plan)) => plan,
        };
        let words = format!(
            "{} put right: {} set, {}",
            text::many(plan.fixed, "order"),
            text::many(plan.changes(), "place"),
            match plan.values {
                1 => "one value".to_owned(),
                values => format!("{} different values", text::count(values)),
            },
        );
        row(frame, 1, &words, theme.strong);
        let lines = self.lines();
        let page = self.page(state);
        let id = (columns / 5).clamp(10, 20);
        for (number, index) in self.cursor.shown(lines.len(), page).enumerate() {
            let (order, words, is_set) = &lines[index];
            let (mark, style) = if *is_set {
                ("e", theme.edit)
            } else {
                ("✗", theme.error)
            };
            let order = text::left(&text::keep_end(&text::shown(order), id), id);
            let at = index == self.cursor.at;
            let line = Line::from(vec![
                Span::styled(if at { "▸ " } else { "  " }, theme.accent),
                Span::styled(format!("{mark} "), style),
                Span::raw(format!("{order} ")),
                Span::raw(text::fit(
                    &text::shown(words),
                    columns.saturating_sub(id + 5),
                )),
            ]);
            pane::row(
                frame,
                inner,
                number + 2,
                line,
                at.then_some(theme.selection),
            );
        }
        let more = plan.changes().saturating_sub(plan.examples.len() as u64);
        let mut last = Vec::new();
        if more > 0 {
            last.push(format!("and {} more", text::many(more, "place")));
        }
        if !plan.unfixed.is_empty() {
            let left = text::many(plan.unfixed.len() as u64, "order");
            last.push(format!("{left} stay as they are"));
        }
        let undo = state.keymap.first(Command::Undo);
        last.push(format!("one edit for {vendor}: {undo} takes it all back"));
        let last_row = usize::from(inner.height).saturating_sub(1);
        row(frame, last_row, &last.join(" · "), theme.dim);
    }
}
