//! Sending orders of a run again: which outcome, what it would send, and the operator's word.

use std::sync::Arc;

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::consent::Question;
use super::plan_words::{amounts, how, left_out};
use super::{Border, Flow, Input, Layer};
use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::event::{Arrival, Ticket};
use crate::console::layout;
use crate::console::model::{RetryPlan, RunEntry};
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::scroll::Scroll;
use crate::console::widget::{pane, text};
use crate::ledger::RunName;
use crate::order::outcome::Outcome;
use crate::vendor::Environment;

/// The outcomes that can be chosen, the usual one first. The doubtful ones are never sent again unless they are
/// chosen by themselves.
const CHOICES: [Outcome; 7] = [
    Outcome::Rejected,
    Outcome::InDoubt,
    Outcome::Blocked,
    Outcome::Skipped,
    Outcome::Excluded,
    Outcome::Accepted,
    Outcome::Imported,
];

/// The dialog.
#[derive(Debug)]
pub struct RetryDialog {
    run: RunName,
    profile: String,
    environment: Environment,
    choices: Vec<(Outcome, u64)>,
    /// These orders only, by key; empty for all.
    only: Vec<String>,
    cursor: Cursor,
    step: Step,
    question: Question,
    scroll: Scroll,
    trouble: Option<String>,
}

#[derive(Debug)]
enum Step {
    /// Which outcome.
    Choose,
    /// The plan is being made.
    Plan(Ticket),
    /// What would be sent; enter sends it.
    Confirm(Arc<RetryPlan>),
    /// The run is about to begin.
    Send(Arc<RetryPlan>),
}

impl RetryDialog {
    /// The dialog for a run.
    pub fn new(entry: &RunEntry) -> Self {
        let environment = entry.environment();
        Self {
            run: entry.name(),
            profile: entry.summary.run.decided.profile.clone(),
            environment,
            choices: Self::choices(entry),
            only: Vec::new(),
            cursor: Cursor::default(),
            step: Step::Choose,
            question: Question::new(environment),
            scroll: Scroll::default(),
            trouble: None,
        }
    }

    /// The dialog for orders of a run that were chosen already, all of one outcome; planning begins.
    pub fn of_orders(
        entry: &RunEntry,
        outcome: Outcome,
        keys: Vec<String>,
        state: &mut State,
        effects: &mut Vec<Effect>,
    ) -> Self {
        let mut dialog = Self {
            choices: vec![(outcome, keys.len() as u64)],
            only: keys,
            ..Self::new(entry)
        };
        dialog.plan(state, effects);
        dialog
    }

    /// Outcomes of the run that can be sent again, with their counts.
    pub fn choices(entry: &RunEntry) -> Vec<(Outcome, u64)> {
        CHOICES
            .into_iter()
            .map(|outcome| (outcome, entry.summary.count(outcome)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    fn plan(&mut self, state: &mut State, effects: &mut Vec<Effect>) {
        let Some((outcome, _)) = self.choices.get(self.cursor.at) else {
            return;
        };
        let ticket = state.ticket();
        self.step = Step::Plan(ticket);
        self.scroll = Scroll::default();
        effects.push(Effect::PlanRetry {
            ticket,
            run: self.run,
            outcomes: vec![*outcome],
            only: self.only.clone(),
        });
    }

    fn arrived(&mut self, arrival: &Arrival, state: &mut State, effects: &mut Vec<Effect>) {
        match (arrival, &self.step) {
            (Arrival::RetryPlanned { ticket, planned }, Step::Plan(wanted)) if ticket == wanted => {
                match planned {
                    Ok(planned) => self.step = Step::Confirm(Arc::clone(planned)),
                    Err(why) => {
                        self.step = Step::Choose;
                        self.trouble = Some(why.clone());
                    }
                }
            }
            (Arrival::Started(Err(why)), Step::Send(planned)) => {
                self.trouble = Some(why.clone());
                self.step = Step::Confirm(Arc::clone(planned));
            }
            (Arrival::Replanned { why }, Step::Send(_)) => {
                self.trouble = Some(why.clone());
                self.plan(state, effects);
            }
            _ => {}
        }
    }

    fn accept(&mut self, state: &mut State, effects: &mut Vec<Effect>) {
        self.trouble = None;
        match &self.step {
            Step::Choose => self.plan(state, effects),
            Step::Confirm(planned) => {
                let to_send = planned.plan.to_send.orders;
                if to_send == 0 {
                    self.trouble = Some("nothing would be sent".to_owned());
                    return;
                }
                match self.question.granted(to_send) {
                    Ok(()) => {
                        effects.push(Effect::Retry(Arc::clone(planned)));
                        self.step = Step::Send(Arc::clone(planned));
                    }
                    Err(why) => self.trouble = Some(why),
                }
            }
            Step::Plan(_) | Step::Send(_) => {}
        }
    }

    /// What is decided on.
    fn lines(&self, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        match &self.step {
            Step::Choose => {
                for (index, (outcome, count)) in self.choices.iter().enumerate() {
                    let at = index == self.cursor.at;
                    let style = if at { theme.selection } else { theme.text };
                    lines.push(Line::from(vec![
                        Span::styled(if at { "▸ " } else { "  " }, theme.accent),
                        Span::styled(text::left(outcome.name(), 10), style),
                        Span::styled(text::right(&text::count(*count), 9), style),
                        Span::styled(format!("   {}", about(*outcome)), theme.dim),
                    ]));
                }
            }
            Step::Plan(_) => lines.push(Line::styled("looking at the orders", theme.dim)),
            Step::Confirm(planned) | Step::Send(planned) => {
                lines = planned_lines(planned, theme, columns);
            }
        }
        lines
    }

    /// What stands below it, whatever doesn't fit above: the question, and what is wrong.
    fn below(&self, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        if let Step::Confirm(planned) | Step::Send(planned) = &self.step {
            lines.push(Line::default());
            lines.extend(self.question.line(planned.plan.to_send.orders, theme));
        }
        if matches!(self.step, Step::Send(_)) {
            lines.push(Line::styled("the run begins", theme.info));
        } else if let Some(why) = &self.trouble {
            let parts = text::wrap(&format!("✗ {}", text::shown(why)), columns);
            lines.extend(
                parts
                    .into_iter()
                    .map(|part| Line::styled(part, theme.error)),
            );
        }
        lines
    }
}

/// What choosing an outcome means.
fn about(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Rejected => "as the file and your edits are now",
        Outcome::InDoubt => "the vendor may have them: a second copy may come of it",
        Outcome::Blocked => "those whose errors were put right since",
        Outcome::Skipped => "unchanged, sent all the same",
        Outcome::Excluded => "those taken back in since",
        _ => "sent all the same: the vendor has them already",
    }
}

fn planned_lines(planned: &RetryPlan, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
    let plan = &planned.plan;
    let mut lines = vec![
        Line::styled(
            format!(
                "{}   {}",
                text::many(plan.to_send.orders, "order"),
                amounts(&plan.to_send)
            ),
            theme.strong,
        ),
        Line::default(),
    ];
    let mut put = |words: String| {
        for part in text::wrap(&words, columns) {
            lines.push(Line::styled(part, theme.warning));
        }
    };
    if planned.changed {
        put("The file has changed since the run: what it holds now is sent.".to_owned());
    }
    if planned.retry.settled_since > 0 {
        put(format!(
            "{} settled by a later run: left alone.",
            text::many(planned.retry.settled_since, "order")
        ));
    }
    if planned.outcomes.contains(&Outcome::InDoubt) {
        put(
            "The vendor may have these orders already: where it takes the same order twice, there will be two."
                .to_owned(),
        );
    }
    lines.extend(left_out(plan, theme));
    lines.push(Line::default());
    lines.extend(how(plan, theme, columns));
    lines
}

impl RetryDialog {
    fn frame(&self, state: &State) -> Border {
        let width = width(state);
        let columns = usize::from(width.saturating_sub(4));
        let lines = self.lines(&state.theme, columns).len();
        let below = self.below(&state.theme, columns).len();
        let height = lines.min(room(state, below)) + below + 2;
        let yes = match &self.step {
            Step::Choose => "choose".to_owned(),
            Step::Confirm(planned) if planned.plan.to_send.orders > 0 => {
                format!("send {}", text::count(planned.plan.to_send.orders))
            }
            Step::Plan(_) | Step::Confirm(_) | Step::Send(_) => String::new(),
        };
        let mut shown = vec![(Command::Back, "back")];
        if !yes.is_empty() {
            shown.insert(0, (Command::Accept, yes.as_str()));
        }
        Border::new(layout::middle(state.size, width, height as u16), &shown)
    }
}

impl Layer for RetryDialog {
    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn is_typing(&self) -> bool {
        match &self.step {
            Step::Confirm(planned) => self.question.wants_count(planned.plan.to_send.orders),
            _ => false,
        }
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Arrived(arrival) => self.arrived(arrival, state, effects),
            Input::Command(Command::Back) => match self.step {
                Step::Choose | Step::Send(_) => return Flow::Close,
                // There was nothing to choose from here.
                Step::Plan(_) | Step::Confirm(_) if !self.only.is_empty() => return Flow::Close,
                Step::Plan(_) | Step::Confirm(_) => {
                    self.step = Step::Choose;
                    self.trouble = None;
                }
            },
            Input::Command(Command::Accept) => self.accept(state, effects),
            Input::Mouse(click) if matches!(self.step, Step::Choose) => {
                let line = self.frame(state).line(click.at);
                if let Some(line) = line.filter(|line| *line < self.choices.len()) {
                    self.cursor.at = line;
                    if click.again {
                        self.accept(state, effects);
                    }
                }
            }
            Input::Mouse(_) => {}
            Input::Text(key) => self.question.key(key),
            Input::Paste(pasted) => self.question.paste(pasted),
            Input::Command(command) if matches!(self.step, Step::Choose) => {
                let command = match command {
                    Command::NextPane => Command::Down,
                    Command::PreviousPane => Command::Up,
                    other => other,
                };
                self.cursor
                    .act(command, self.choices.len(), self.choices.len());
            }
            Input::Command(command) => {
                let columns = usize::from(width(state).saturating_sub(4));
                let lines = self.lines(&state.theme, columns).len();
                let below = self.below(&state.theme, columns).len();
                self.scroll.act(command, lines, room(state, below));
            }
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let (word, word_style) = theme.environment(self.environment);
        let columns = usize::from(width(state).saturating_sub(4));
        let (lines, below) = (self.lines(theme, columns), self.below(theme, columns));
        let room = room(state, below.len());
        let head = match self.step {
            Step::Choose => "Send again: which orders of",
            _ => "Send again: orders of",
        };
        let title = Line::from(vec![
            Span::styled(
                format!(
                    " {head} run {} · {} · ",
                    self.run,
                    text::shown(&self.profile)
                ),
                theme.strong,
            ),
            Span::styled(word, word_style),
            Span::raw(" "),
        ]);
        let style = theme.border_of(self.environment);
        let inner = self.frame(state).draw(frame, title, style, state);
        let row = self.scroll.draw(frame, inner, lines, room, state);
        for (index, line) in below.into_iter().enumerate() {
            pane::row(frame, inner, row + index, line, None);
        }
    }
}

/// Columns of the dialog.
fn width(state: &State) -> u16 {
    90.min(state.size.0.saturating_sub(2))
}

/// Rows for what is decided on, where so many stand below.
fn room(state: &State, below: usize) -> usize {
    usize::from(state.size.1.saturating_sub(4))
        .saturating_sub(below)
        .max(1)
}
