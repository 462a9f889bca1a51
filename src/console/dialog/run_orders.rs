//! The orders of a run, each with its outcome and reason; one outcome at a time, or all.

use std::sync::Arc;

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::export::ExportDialog;
use super::{Border, Click, Flow, Input, Layer};
use crate::console::action::{Command, Place};
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::pane::runs::mark;
use crate::console::state::{State, Tone};
use crate::console::update::runs::settle_doubt;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::{pane, text};
use crate::ledger::RunName;
use crate::order::outcome::{Operation, Outcome};
use crate::workspace::OrderReport;

/// The list.
#[derive(Debug)]
pub struct RunOrders {
    run: RunName,
    /// What the run does.
    operation: Operation,
    orders: Arc<Vec<OrderReport>>,
    /// Outcomes that there are, with their counts.
    outcomes: Vec<(Outcome, u64)>,
    /// The one that is shown; none for all.
    only: Option<usize>,
    /// Places of the orders that are shown.
    shown: Vec<usize>,
    cursor: Cursor,
    /// They are those of one exchange.
    exchange: bool,
}

impl RunOrders {
    /// All orders of a run.
    pub fn new(run: RunName, operation: Operation, orders: Arc<Vec<OrderReport>>) -> Self {
        let outcomes = Outcome::ALL
            .into_iter()
            .map(|outcome| {
                let of = orders
                    .iter()
                    .filter(|order| order.update.outcome == outcome);
                (outcome, of.count() as u64)
            })
            .filter(|(_, count)| *count > 0)
            .collect();
        let mut list = Self {
            run,
            operation,
            orders,
            outcomes,
            only: None,
            shown: Vec::new(),
            cursor: Cursor::default(),
            exchange: false,
        };
        // What went wrong is what one looks for.
        list.only = list
            .outcomes
            .iter()
            .position(|(outcome, _)| matches!(outcome, Outcome::Rejected | Outcome::InDoubt));
        list.sift();
        list
    }

    /// The orders of one exchange.
    pub fn of_exchange(run: RunName, operation: Operation, orders: Arc<Vec<OrderReport>>) -> Self {
        Self {
            exchange: true,
            ..Self::new(run, operation, orders)
        }
    }

    /// To the orders in doubt, where there are some.
    fn settle(&self, state: &mut State, effects: &mut Vec<Effect>) {
        let runs = &state.runs.list;
        let entry = runs.iter().find(|entry| entry.name() == self.run).cloned();
        match entry {
            Some(entry) if entry.summary.count(Outcome::InDoubt) > 0 => {
                settle_doubt(state, &entry, effects);
            }
            _ => state.say(Tone::Info, "no order of it is in doubt"),
        }
    }

    fn outcome(&self) -> Option<Outcome> {
        Some(self.outcomes.get(self.only?)?.0)
    }

    fn sift(&mut self) {
        let outcome = self.outcome();
        self.shown = (0..self.orders.len())
            .filter(|place| outcome.is_none_or(|only| self.orders[*place].update.outcome == only))
            .collect();
        self.cursor = Cursor::default();
    }

    /// The next or previous outcome; all stand before the first.
    fn turn(&mut self, forward: bool) {
        let count = self.outcomes.len() + 1;
        let now = self.only.map_or(0, |only| only + 1);
        let next = (now + if forward { 1 } else { count - 1 }) % count;
        self.only = next.checked_sub(1);
        self.sift();
    }

    fn page(state: &State) -> usize {
        usize::from(state.size.1.saturating_sub(11)).max(1)
    }

    fn current(&self) -> Option<&OrderReport> {
        self.orders.get(*self.shown.get(self.cursor.at)?)
    }

    /// All, then each outcome, with their counts.
    fn tab_words(&self) -> Vec<String> {
        let all = format!("all {}", text::count(self.orders.len() as u64));
        let each = self.outcomes.iter();
        let each = each.map(|(outcome, count)| {
            format!("{} {}", outcome.word(self.operation), text::count(*count))
        });
        std::iter::once(all).chain(each).collect()
    }

    fn tabs(&self, state: &State) -> Line<'static> {
        let theme = &state.theme;
        let mut spans = Vec::new();
        for (index, words) in self.tab_words().into_iter().enumerate() {
            let at = self.only.map_or(0, |only| only + 1) == index;
            let style = if at { theme.accent } else { theme.dim };
            spans.push(Span::styled(if at { "▸" } else { " " }, theme.accent));
            spans.push(Span::styled(words, style));
            spans.push(Span::raw("  "));
        }
        Line::from(spans)
    }

    /// The outcome whose words stand in that column; the first is all.
    fn tab_at(&self, column: usize) -> Option<usize> {
        let mut end = 0;
        self.tab_words().into_iter().position(|words| {
            end += text::width(&words) + 3;
            column < end
        })
    }

    fn frame(&self, state: &State) -> Border {
        let height = self.shown.len().clamp(3, Self::page(state)) + 7;
        let area = layout::middle(state.size, 140, height as u16);
        let mut shown = vec![
            (Command::NextPane, "outcome"),
            (Command::Accept, "response"),
            (Command::History, "history"),
        ];
        if self.current().map(|order| order.update.outcome) == Some(Outcome::InDoubt) {
            shown.push((Command::SettleDoubt, "settle"));
        }
        if !self.exchange {
            shown.push((Command::Export, "export"));
        }
        shown.push((Command::Back, "back"));
        Border::new(area, &shown)
    }

    /// The response of the order under the cursor.
    fn response(&self, state: &mut State, effects: &mut Vec<Effect>) {
        match self.current().map(|order| order.update.exchange) {
            Some(Some(exchange)) => effects.push(Effect::Response {
                book: self.run.book,
                exchange,
            }),
            Some(None) => state.say(Tone::Info, "no request was sent for this order"),
            None => {}
        }
    }

    fn click(&mut self, click: Click, state: &mut State, effects: &mut Vec<Effect>) {
        let border = self.frame(state);
        let page = usize::from(border.inner().height).saturating_sub(5);
        match border.line(click.at) {
            Some(0) => {
                if let Some(tab) = self.tab_at(border.column(click.at)) {
                    self.only = tab.checked_sub(1);
                    self.sift();
                }
            }
            Some(line) if (2..page + 2).contains(&line) => {
                let row = self.cursor.top + line - 2;
                if row < self.shown.len() {
                    self.cursor.at = row;
                    if click.again {
                        self.response(state, effects);
                    }
                }
            }
            _ => {}
        }
    }
}

impl Layer for RunOrders {
    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn places(&self) -> &'static [Place] {
        &[Place::RunOrders]
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Command(Command::Back) => return Flow::Close,
            Input::Command(Command::Left | Command::PreviousPane) => self.turn(false),
            Input::Command(Command::Right | Command::NextPane) => self.turn(true),
            Input::Command(Command::Accept) => self.response(state, effects),
            Input::Mouse(click) => self.click(click, state, effects),
            Input::Command(Command::History) => {
                if let Some(order) = self.current() {
                    effects.push(Effect::History(order.entry.key.clone()));
                }
            }
            Input::Command(Command::SettleDoubt) => self.settle(state, effects),
            // A part can't be exported as if it were the whole.
            Input::Command(Command::Export) if self.exchange => {}
            Input::Command(Command::Export) => {
                let counts = self.outcomes.clone();
                let dialog = ExportDialog::of(self.run, counts, self.outcome());
                state.layers.push(Box::new(dialog));
            }
            Input::Command(command) => {
                self.cursor
                    .act(command, self.shown.len(), Self::page(state));
            }
            _ => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let what = if self.exchange {
            "Orders of a request of run"
        } else {
            "Orders of run"
        };
        let mut title = format!(" {what} {} ", self.run);
        // An outcome is that of what was sent.
        if let Some(subject) = self.operation.subject() {
            title.push_str(&format!("· {subject} "));
        }
        let title = Line::styled(title, theme.strong);
        let border = self.frame(state);
        let inner = border.draw(frame, title, theme.border_focus, state);
        let columns = usize::from(inner.width);
        pane::row(frame, inner, 0, self.tabs(state), None);
        let id = (columns / 5).clamp(12, 24);
        let heading = format!(
            "{} {} {}  reason",
            text::left("order", id),
            text::right("total", 14),
            text::left("  outcome", 12),
        );
        pane::row(frame, inner, 1, Line::styled(heading, theme.dim), None);
        if self.shown.is_empty() {
            let other = state.keymap.first(Command::NextPane);
            let words = if self.orders.is_empty() {
                "No order of this run has an outcome yet: they stand here as answers come."
                    .to_owned()
            } else {
                format!("No order has this outcome; {other} shows the others.")
            };
            pane::row(frame, inner, 2, Line::styled(words, theme.dim), None);
        }
        let page = usize::from(inner.height).saturating_sub(5);
        for (row, index) in self.cursor.shown(self.shown.len(), page).enumerate() {
            let order = &self.orders[self.shown[index]];
            let outcome = order.update.outcome;
            let total = order.entry.total.map_or_else(String::new, |total| {
                format!("{} {}", text::money(total), order.entry.currency)
            });
            let line = Line::from(vec![
                Span::raw(text::left(
                    &text::keep_end(&text::shown(&order.entry.key), id),
                    id,
                )),
                Span::raw(format!(" {} ", text::right(&total, 14))),
                Span::styled(
                    format!(
                        "{} {}",
                        mark(outcome),
                        text::left(outcome.word(self.operation), 10)
                    ),
                    theme.outcome(outcome),
                ),
                Span::raw(format!(
                    "  {}",
                    text::fit(&reason(order), columns.saturating_sub(id + 30))
                )),
            ]);
            let style = (index == self.cursor.at).then_some(theme.selection);
            pane::row(frame, inner, row + 2, line, style);
        }
        // The reason under the cursor whole, as far as there is room.
        let first = usize::from(inner.height).saturating_sub(3);
        if let Some(order) = self.current() {
            let words = reason(order);
            for (row, part) in text::wrap(&words, columns).into_iter().take(3).enumerate() {
                let line = Line::styled(part, theme.outcome(order.update.outcome));
                pane::row(frame, inner, first + row, line, None);
            }
        }
    }
}

/// Why, with our rule or the vendor's id where there is one.
fn reason(order: &OrderReport) -> String {
    let update = &order.update;
    let mut parts = Vec::new();
    parts.extend(update.rule.clone());
    parts.extend(update.reason.clone());
    if let Some(id) = &update.vendor_id {
        parts.push(format!("vendor id {id}"));
    }
    text::shown(&parts.join(" · ")).into_owned()
}
