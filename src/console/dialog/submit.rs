//! Submit: how many orders, what is left out and why, requests, time, side effects; then the choice.

use std::sync::Arc;

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::consent::Question;
use super::plan_words::{amounts, how, left_out};
use super::{Border, Click, Flow, Input, Layer};
use crate::console::action::{Command, Place};
use crate::console::effect::Effect;
use crate::console::event::{Arrival, Ticket, Told};
use crate::console::layout;
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::widget::scroll::Scroll;
use crate::console::widget::{pane, text};
use crate::console::worker::send::with_operation;
use crate::deck::Target;
use crate::deck::list::Places;
use crate::order::outcome::Operation;
use crate::submit::{Plan, Selection};
use crate::vendor::{Environment, Mode, VendorRef};

/// Orders of a pilot.
const PILOT: usize = 5;

/// What can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Submit,
    Pilot,
    Look,
    DryRun,
}

const CHOICES: [Choice; 4] = [Choice::Submit, Choice::Pilot, Choice::Look, Choice::DryRun];

/// An operation, and how the vendor does it where it has several ways.
type Way = (Operation, Option<&'static Mode>);

/// What can be done at a vendor with orders of a file, besides cancelling: importing first.
fn ways(vendor: VendorRef) -> Vec<Way> {
    [Operation::Import, Operation::Status]
        .into_iter()
        .filter(|operation| vendor.supports(*operation).is_ok())
        .flat_map(|operation| {
            let modes = vendor.modes(operation);
            let only = modes.is_empty().then_some((operation, None));
            modes
                .iter()
                .map(move |mode| (operation, Some(mode)))
                .chain(only)
        })
        .collect()
}

/// A way in a word or two.
fn way_words((operation, mode): Way) -> String {
    let operation = match operation {
        Operation::Status => "status update",
        other => other.name(),
    };
    match mode {
        Some(mode) => format!("{operation}, {}", mode.name),
        None => operation.to_owned(),
    }
}

/// The submit dialog.
#[derive(Debug)]
pub struct SubmitDialog {
    target: Target,
    ways: Vec<Way>,
    /// Which of them.
    way: usize,
    scroll: Scroll,
    selection: Selection,
    /// What is meant, in words.
    meant: String,
    /// They are the marked ones, or some of these.
    of_marks: bool,
    /// Among which, in words, those were looked for that were rejected last.
    among: Option<String>,
    /// They are being looked for.
    seeking: bool,
    ticket: Ticket,
    seen: usize,
    plan: Option<Result<Arc<Plan>, String>>,
    choice: usize,
    /// The operator's word: the count, typed in for a live account.
    question: Question,
    trouble: Option<String>,
    /// A pilot is being planned: it begins when its plan is there.
    pilot: bool,
    /// The run is about to begin.
    sending: bool,
}

impl SubmitDialog {
    /// The dialog for the marked orders, else for those that are shown; planning begins.
    pub fn new(state: &mut State, effects: &mut Vec<Effect>) -> Option<Self> {
        let mut dialog = Self::of_meant(state)?;
        dialog.ask(state, effects);
        Some(dialog)
    }

    /// The dialog for those of them that the account rejected last: they are looked for first.
    pub fn of_rejected(state: &mut State, effects: &mut Vec<Effect>) -> Option<Self> {
        let mut dialog = Self::of_meant(state)?;
        let deck = state.file.deck.clone()?;
        dialog.seeking = true;
        dialog.ticket = state.ticket();
        effects.push(Effect::Rejected {
            ticket: dialog.ticket,
            deck,
            target: Box::new(dialog.target.clone()),
            places: dialog.selection.places.clone(),
        });
        Some(dialog)
    }

    fn of_meant(state: &State) -> Option<Self> {
        let shown = state.vendors.front_target()?;
        let ways = ways(shown.vendor);
        // What the payload beside the list shows comes first.
        let way = ways
            .iter()
            .position(|(operation, _)| *operation == shown.operation);
        let way = way.unwrap_or(0);
        let operation = ways.get(way).map_or(Operation::Import, |way| way.0);
        let target = with_operation(shown, operation);
        let all = state.file.orders();
        let (places, meant) = if !state.orders.marked.is_empty() {
            (Some(state.orders.marked.clone()), "marked")
        } else if let Some(passing) = &state.orders.passing {
            (
                Some(passing.iter().map(|place| *place as usize).collect()),
                "shown by the filter",
            )
        } else {
            (None, "in the file")
        };
        let count = places.as_ref().map_or(all, Places::len);
        Some(Self {
            ways,
            way,
            scroll: Scroll::default(),
            question: Question::new(target.account.environment),
            target,
            selection: Selection {
                places,
                ..Selection::default()
            },
            meant: format!("{} {meant}", text::count(count as u64)),
            of_marks: !state.orders.marked.is_empty(),
            among: None,
            seeking: false,
            ticket: 0,
            seen: 0,
            plan: None,
            choice: 0,
            trouble: None,
            pilot: false,
            sending: false,
        })
    }

    /// What the account rejected last is known: that is planned, and nothing else.
    fn found(&mut self, rejected: &Told<Places>, state: &mut State, effects: &mut Vec<Effect>) {
        self.seeking = false;
        match rejected {
            Err(why) => self.plan = Some(Err(why.clone())),
            Ok(places) if places.is_empty() => {
                self.plan = Some(Err(format!(
                    "Of {}, {} rejected none when it last got them: there is nothing to retry.",
                    self.meant,
                    self.target.vendor.title()
                )));
            }
            Ok(places) => {
                let meant = format!("{} rejected", text::count(places.len() as u64));
                self.among = Some(std::mem::replace(&mut self.meant, meant));
                self.selection.places = Some(places.clone());
                self.ask(state, effects);
            }
        }
    }

    fn ask(&mut self, state: &mut State, effects: &mut Vec<Effect>) {
        let Some(deck) = state.file.deck.clone() else {
            return;
        };
        self.ticket = state.ticket();
        (self.seen, self.plan) = (0, None);
        effects.push(Effect::Plan {
            ticket: self.ticket,
            deck,
            target: Box::new(self.target.clone()),
            selection: self.selection.clone(),
            mode: self.mode().map(|mode| mode.name.to_owned()),
        });
    }

    fn mode(&self) -> Option<&'static Mode> {
        self.ways.get(self.way)?.1
    }

    /// Turns to the next operation, or the next way to do it: everything is planned anew.
    fn next_way(&mut self, state: &mut State, effects: &mut Vec<Effect>) {
        if self.ways.len() < 2 || self.seeking {
            return;
        }
        self.way = (self.way + 1) % self.ways.len();
        let (operation, _) = self.ways[self.way];
        self.target = with_operation(&self.target, operation);
        // What was typed and chosen was about something else.
        self.question = Question::new(self.target.account.environment);
        self.selection.limit = None;
        (self.choice, self.pilot, self.trouble) = (0, false, None);
        self.scroll = Scroll::default();
        self.ask(state, effects);
    }

    /// The ways, with what the chosen one means; nothing where there is only one.
    fn way_lines(&self, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
        if self.ways.len() < 2 {
            return Vec::new();
        }
        let mut spans = vec![Span::styled(text::left("what", 10), theme.dim)];
        for (index, way) in self.ways.iter().enumerate() {
            let at = index == self.way;
            spans.push(Span::styled(if at { "▸ " } else { "  " }, theme.accent));
            let style = if at { theme.strong } else { theme.dim };
            spans.push(Span::styled(way_words(*way), style));
            spans.push(Span::raw("  "));
        }
        let mut lines = vec![Line::from(spans)];
        if let Some(mode) = self.mode() {
            for part in text::wrap(mode.help, columns.saturating_sub(10)) {
                lines.push(Line::styled(format!("{}{part}", " ".repeat(10)), theme.dim));
            }
        }
        lines.push(Line::default());
        lines
    }

    /// The text, and how many of its lines there is room for.
    fn text(&self, state: &State) -> (Vec<Line<'static>>, usize) {
        let columns = usize::from(width(state).saturating_sub(4));
        let mut lines = self.way_lines(&state.theme, columns);
        lines.extend(self.lines(&state.theme, columns));
        let rows = usize::from(state.size.1.saturating_sub(4));
        // Two borders, the choice, what is told, and a blank before them stay.
        let room = rows.saturating_sub(3 + self.extra());
        (lines, room)
    }

    /// Rows that the count takes which is typed for a live account.
    fn extra(&self) -> usize {
        usize::from(self.is_live()) * 2
    }

    fn scroll(&mut self, command: Command, state: &State) {
        let (lines, room) = self.text(state);
        self.scroll.act(command, lines.len(), room);
    }

    fn is_live(&self) -> bool {
        self.target.account.environment == Environment::Live
    }

    fn ready(&self) -> Option<&Arc<Plan>> {
        self.plan.as_ref()?.as_ref().ok()
    }

    /// How many orders a choice sends.
    fn count(&self, choice: Choice) -> u64 {
        let all = self.ready().map_or(0, |plan| plan.to_send.orders);
        match choice {
            Choice::Pilot => all.min(PILOT as u64),
            _ => all,
        }
    }

    fn accept(&mut self, state: &mut State, effects: &mut Vec<Effect>) {
        self.trouble = None;
        let Some(plan) = self.ready().cloned() else {
            return;
        };
        let choice = CHOICES[self.choice];
        if plan.to_send.orders == 0 {
            self.trouble = Some("nothing would be sent".to_owned());
            return;
        }
        if matches!(choice, Choice::Submit | Choice::Pilot)
            && let Err(why) = self.question.granted(self.count(choice))
        {
            self.trouble = Some(why);
            return;
        }
        match choice {
            Choice::Submit => {
                // Not so for a pilot: the rest of them is to be sent after it.
                state.orders.marks_asked = self.of_marks;
                self.send(plan, "all", state, effects);
            }
            Choice::Pilot => {
                self.pilot = true;
                self.selection.limit = Some(PILOT);
                self.ask(state, effects);
            }
            Choice::Look => effects.push(Effect::LookAtRequest { plan }),
            Choice::DryRun => effects.push(Effect::DryRun { plan }),
        }
    }

    fn send(&mut self, plan: Arc<Plan>, choice: &str, state: &State, effects: &mut Vec<Effect>) {
        if let Some(deck) = state.file.deck.clone() {
            self.sending = true;
            effects.push(Effect::Submit {
                deck,
                plan,
                selection: self.selection.clone(),
                choice: choice.to_owned(),
            });
        }
    }

    fn arrived(&mut self, arrival: &Arrival, state: &mut State, effects: &mut Vec<Effect>) {
        match arrival {
            Arrival::Rejected { ticket, places } if *ticket == self.ticket => {
                self.found(places, state, effects);
            }
            Arrival::Planning { ticket, done } if *ticket == self.ticket => self.seen = *done,
            Arrival::Planned { ticket, plan } if *ticket == self.ticket => {
                self.plan = Some(plan.clone());
                if std::mem::take(&mut self.pilot)
                    && let Ok(plan) = plan
                {
                    self.send(Arc::clone(plan), "pilot", state, effects);
                }
            }
            Arrival::Started(Err(why)) => {
                self.sending = false;
                self.trouble = Some(why.clone());
            }
            Arrival::Replanned { why } => {
                self.sending = false;
                state.orders.marks_asked = false;
                self.ask(state, effects);
                self.trouble = Some(why.clone());
            }
            Arrival::Tell(told) if !self.sending => {
                self.trouble = told.as_ref().err().cloned();
            }
            _ => {}
        }
    }

    fn lines(&self, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
        let plan = match &self.plan {
            None if self.seeking => {
                let words = format!("looking for rejected orders among {}", self.meant);
                return vec![Line::styled(words, theme.dim)];
            }
            None => {
                let words = format!(
                    "looking at the orders: {} of {}",
                    text::count(self.seen as u64),
                    self.meant
                );
                return vec![Line::styled(words, theme.dim)];
            }
            Some(Err(why)) => {
                return text::wrap(&format!("✗ {}", text::shown(why)), columns)
                    .into_iter()
                    .map(|line| Line::styled(line, theme.error))
                    .collect();
            }
            Some(Ok(plan)) => plan,
        };
        let mut lines = vec![Line::from(vec![
            Span::styled(
                text::left(&text::many(plan.to_send.orders, "order"), 18),
                theme.strong,
            ),
            Span::styled(text::left(&amounts(&plan.to_send), 24), theme.strong),
            Span::styled(
                format!("of {}, {}", self.meant, amounts(&plan.meant)),
                theme.dim,
            ),
        ])];
        if let Some(among) = &self.among {
            let vendor = self.target.vendor.title();
            let words = format!(
                "What {vendor} rejected last of {among}, as the file and your edits are now."
            );
            let parts = text::wrap(&words, columns).into_iter();
            lines.extend(parts.map(|part| Line::styled(part, theme.dim)));
        }
        lines.push(Line::default());
        lines.extend(left_out(plan, theme));
        // Where nothing goes there is no way and no consequence of it.
        if plan.to_send.orders > 0 {
            lines.push(Line::default());
            lines.extend(how(plan, theme, columns));
        }
        lines
    }
}

impl SubmitDialog {
    fn frame(&self, state: &State) -> Border {
        let (lines, _) = self.text(state);
        let height = lines.len() + 4 + self.extra() + 2;
        let area = layout::middle(state.size, width(state), height as u16);
        let mut shown = vec![(Command::Accept, "choose"), (Command::NextPane, "next")];
        if self.ways.len() > 1 {
            shown.push((Command::NextWay, "what"));
        }
        shown.push((Command::LookAtRequest, "look"));
        shown.push((Command::Back, "back"));
        Border::new(area, &shown)
    }

    fn choice_words(&self, choice: Choice) -> String {
        match choice {
            Choice::Submit => format!("Submit {}", text::count(self.count(choice))),
            Choice::Pilot => format!("Pilot: first {}", self.count(choice)),
            Choice::Look => "Look at the request".to_owned(),
            Choice::DryRun => "Dry run".to_owned(),
        }
    }

    /// A click on a choice puts the cursor there, a second one takes it; one on a way turns to it.
    fn click(&mut self, click: Click, state: &mut State, effects: &mut Vec<Effect>) {
        let border = self.frame(state);
        let (lines, room) = self.text(state);
        let column = border.column(click.at);
        // Each has its mark before it and a gap behind.
        let hit = |words: Vec<usize>, start: usize, gap: usize| {
            let mut end = start;
            let hit = words.into_iter().position(|columns| {
                end += 2 + columns + gap;
                column < end
            });
            hit.filter(|_| column >= start)
        };
        let choices = lines.len().min(room) + 1 + self.extra();
        match border.line(click.at) {
            Some(line) if line == choices && self.ready().is_some() => {
                let words = CHOICES.map(|choice| text::width(&self.choice_words(choice)));
                if let Some(choice) = hit(words.to_vec(), 0, 4) {
                    let again = click.again && self.choice == choice;
                    self.choice = choice;
                    if again {
                        self.accept(state, effects);
                    }
                }
            }
            Some(0) if self.ways.len() > 1 && lines.len() <= room => {
                let words = self.ways.iter().map(|way| text::width(&way_words(*way)));
                let way = hit(words.collect(), 10, 2);
                if let Some(way) = way.filter(|way| *way != self.way) {
                    // One before it, and on.
                    self.way = (way + self.ways.len() - 1) % self.ways.len();
                    self.next_way(state, effects);
                }
            }
            _ => {}
        }
    }
}

/// Columns of the dialog.
fn width(state: &State) -> u16 {
    98.min(state.size.0.saturating_sub(2))
}

impl Layer for SubmitDialog {
    fn places(&self) -> &'static [Place] {
        &[Place::Submit]
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn is_typing(&self) -> bool {
        self.is_live()
    }

    fn uses_arrows(&self) -> bool {
        true
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Arrived(arrival) => self.arrived(arrival, state, effects),
            Input::Command(Command::Back) => {
                effects.push(Effect::Forget {
                    surveys: 0,
                    filters: 0,
                    plans: self.ticket + 1,
                });
                return Flow::Close;
            }
            _ if self.sending => {}
            Input::Text(key) => {
                self.question.key(key);
            }
            Input::Paste(pasted) => self.question.paste(pasted),
            Input::Command(Command::Accept) => self.accept(state, effects),
            Input::Mouse(click) => self.click(click, state, effects),
            Input::Command(Command::LookAtRequest) => {
                if let Some(plan) = self.ready().cloned() {
                    effects.push(Effect::LookAtRequest { plan });
                }
            }
            Input::Command(Command::NextWay) => self.next_way(state, effects),
            Input::Command(
                command @ (Command::Up | Command::Down | Command::PageUp | Command::PageDown),
            ) => self.scroll(command, state),
            Input::Command(Command::Right | Command::NextPane) => {
                self.choice = (self.choice + 1) % CHOICES.len();
            }
            Input::Command(Command::Left | Command::PreviousPane) => {
                self.choice = (self.choice + CHOICES.len() - 1) % CHOICES.len();
            }
            Input::Command(_) => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let (lines, room) = self.text(state);
        let (word, style) = theme.environment(self.target.account.environment);
        let title = Line::from(vec![
            Span::styled(
                format!(
                    " {} {} · {} · ",
                    if self.target.operation == Operation::Status {
                        "Update statuses at"
                    } else {
                        "Submit to"
                    },
                    self.target.vendor.title(),
                    self.target.account.profile
                ),
                theme.strong,
            ),
            Span::styled(word, style),
            Span::raw(" "),
        ]);
        let border = theme.border_of(self.target.account.environment);
        let inner = self.frame(state).draw(frame, title, border, state);
        let columns = usize::from(inner.width);
        // The choice stands at the bottom, whatever doesn't fit above.
        let mut line = self.scroll.draw(frame, inner, lines, room, state) + 1;
        if self.is_live() {
            // Nothing can be typed before it is known how many they are.
            let count = self.count(CHOICES[self.choice]);
            if let Some(question) = self.question.line(count, theme) {
                pane::row(frame, inner, line, question, None);
            }
            line += 2;
        }
        let mut spans = Vec::new();
        for (index, choice) in CHOICES.into_iter().enumerate() {
            let words = self.choice_words(choice);
            let at = index == self.choice;
            spans.push(Span::styled(if at { "▸ " } else { "  " }, theme.accent));
            spans.push(Span::styled(
                words,
                if at { theme.selection } else { theme.text },
            ));
            spans.push(Span::raw("    "));
        }
        match self.ready() {
            Some(plan) if plan.to_send.orders == 0 => {
                let words = Line::styled("nothing would be sent", theme.dim);
                pane::row(frame, inner, line, words, None);
            }
            Some(_) => pane::row(frame, inner, line, Line::from(spans), None),
            None => {}
        }
        let told = if self.sending {
            Some(("the run begins".to_owned(), theme.info))
        } else {
            self.trouble.as_ref().map(|why| (why.clone(), theme.error))
        };
        if let Some((words, style)) = told {
            let words = text::fit(&text::shown(&words), columns);
            pane::row(frame, inner, line + 1, Line::styled(words, style), None);
        }
    }
}
