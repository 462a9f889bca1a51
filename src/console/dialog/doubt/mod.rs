//! Orders of a run that are in doubt: each with what was sent and what is known, and the operator's word on them.

mod question;
mod view;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;

use ratatui::Frame;

use super::consent::Question;
use super::resume::ResumeDialog;
use super::retry::RetryDialog;
use super::{Border, Flow, Input, Layer};
use crate::console::action::{Command, Place};
use crate::console::effect::Effect;
use crate::console::event::{Arrival, Ticket};
use crate::console::model::RunEntry;
use crate::console::state::{State, Tone};
use crate::console::update::lists::Which;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::scroll::Scroll;
use crate::console::widget::{input, text};
use crate::ledger::RunName;
use crate::order::outcome::Outcome;
use crate::vendor::{Doubt, by_name};
use crate::workspace::{Decision, DoubtfulOrder, Doubts};

/// The dialog.
#[derive(Debug)]
pub struct DoubtDialog {
    run: RunName,
    entry: RunEntry,
    /// Once they are read.
    doubts: Option<Result<Arc<Doubts>, String>>,
    ticket: Ticket,
    cursor: Cursor,
    /// Keys of marked orders.
    marked: HashSet<String>,
    /// Whether up and down scroll what is known of the order, and not the list.
    detail: bool,
    scroll: Scroll,
    step: Step,
    /// What was recorded last, and what to do next.
    told: Option<String>,
}

#[derive(Debug)]
enum Step {
    /// The orders, each with what is known.
    Look,
    /// What became of the chosen ones.
    Choose(Cursor),
    /// Enter records it.
    Confirm(Box<Word>),
    /// It is being recorded.
    Record(Box<Word>),
}

/// What can be done about doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Arrived,
    NotArrived,
    SendAgain,
    /// Resuming the run: asks the vendor, or sends again where that does no harm.
    Resume,
    Later,
}

/// A decision before it is recorded.
#[derive(Debug)]
struct Word {
    /// None for resuming where a second copy does no harm: it needs a word, but settles nothing by itself.
    decision: Option<Decision>,
    keys: Vec<String>,
    note: input::Input,
    question: Question,
    /// Whether the count is typed now, and not the note.
    on_count: bool,
    trouble: Option<String>,
}

impl Word {
    fn count(&self) -> u64 {
        self.keys.len() as u64
    }

    fn wants_count(&self) -> bool {
        self.question.wants_count(self.count())
    }

    fn is_typing(&self) -> bool {
        self.decision.is_some() || self.wants_count()
    }
}

impl DoubtDialog {
    /// The dialog for a run; its doubt is read meanwhile.
    pub fn new(entry: &RunEntry, state: &mut State, effects: &mut Vec<Effect>) -> Self {
        let mut dialog = Self {
            run: entry.name(),
            entry: entry.clone(),
            doubts: None,
            ticket: 0,
            cursor: Cursor::default(),
            marked: HashSet::new(),
            detail: false,
            scroll: Scroll::default(),
            step: Step::Look,
            told: None,
        };
        dialog.read(state, effects);
        dialog
    }

    fn read(&mut self, state: &mut State, effects: &mut Vec<Effect>) {
        self.ticket = state.ticket();
        effects.push(Effect::Doubts {
            ticket: self.ticket,
            run: self.run,
        });
    }

    fn ready(&self) -> Option<&Arc<Doubts>> {
        self.doubts.as_ref()?.as_ref().ok()
    }

    fn orders(&self) -> &[DoubtfulOrder] {
        self.ready().map_or(&[], |doubts| &doubts.orders)
    }

    fn current(&self) -> Option<&DoubtfulOrder> {
        self.orders().get(self.cursor.at)
    }

    /// Keys of the marked orders, else of the one under the cursor.
    fn meant(&self) -> Vec<String> {
        let marked = |order: &&DoubtfulOrder| self.marked.contains(&order.entry.key);
        let keys: Vec<String> = self
            .orders()
            .iter()
            .filter(marked)
            .map(|order| order.entry.key.clone())
            .collect();
        if keys.is_empty() {
            let current = self.current().map(|order| order.entry.key.clone());
            return current.into_iter().collect();
        }
        keys
    }

    /// What can be done here.
    fn ways(&self) -> Vec<Way> {
        let mut ways = vec![Way::Arrived, Way::NotArrived, Way::SendAgain];
        match self.ready().map(|doubts| doubts.way) {
            // The program knows better than the operator: it comes first.
            Some(Doubt::AskVendor | Doubt::Resend) => ways.insert(0, Way::Resume),
            Some(Doubt::AskOperator) | None => {}
        }
        ways.push(Way::Later);
        ways
    }

    fn vendor_title(&self) -> &str {
        let name = &self.entry.summary.run.decided.vendor;
        by_name(name).map_or(name, |vendor| vendor.title())
    }

    fn choose(&mut self, way: Way, state: &mut State, effects: &mut Vec<Effect>) {
        self.step = Step::Look;
        let keys = self.meant();
        match way {
            Way::Later => {}
            Way::Arrived => self.ask(Some(Decision::Arrived), keys),
            Way::NotArrived => self.ask(Some(Decision::NotArrived), keys),
            Way::SendAgain => {
                let outcome = Outcome::InDoubt;
                let dialog = RetryDialog::of_orders(&self.entry, outcome, keys, state, effects);
                state.layers.push(Box::new(dialog));
            }
            Way::Resume => match ResumeDialog::new(&self.entry) {
                // Others wait to be sent, too.
                Some(dialog) => state.layers.push(Box::new(dialog)),
                None if self.ready().map(|doubts| doubts.way) == Some(Doubt::Resend) => {
                    let all = self.orders().iter();
                    self.ask(None, all.map(|order| order.entry.key.clone()).collect());
                }
                // Nothing is sent: the vendor is asked.
                None => self.resume(effects),
            },
        }
    }

    fn ask(&mut self, decision: Option<Decision>, keys: Vec<String>) {
        self.step = Step::Confirm(Box::new(Word {
            on_count: decision.is_none(),
            decision,
            keys,
            note: input::Input::default(),
            question: Question::new(self.entry.environment()),
            trouble: None,
        }));
    }

    fn resume(&self, effects: &mut Vec<Effect>) {
        effects.push(Effect::Resume {
            book: self.run.book,
            run: self.run.id,
        });
    }

    fn confirm(&mut self, mut word: Box<Word>, state: &mut State, effects: &mut Vec<Effect>) {
        word.trouble = None;
        if word.question.granted(word.count()).is_err() {
            word.trouble = Some(format!(
                "type {} first: so many orders of the live account are decided on",
                word.count()
            ));
            word.on_count = true;
            self.step = Step::Confirm(word);
            return;
        }
        let Some(decision) = word.decision else {
            self.resume(effects);
            self.step = Step::Record(word);
            return;
        };
        self.ticket = state.ticket();
        let note = word.note.text().trim();
        effects.push(Effect::Settle {
            ticket: self.ticket,
            run: self.run,
            keys: word.keys.clone(),
            decision,
            note: (!note.is_empty()).then(|| note.to_owned()),
        });
        self.step = Step::Record(word);
    }

    /// What was recorded, and what to do next.
    fn recorded(decision: Option<Decision>, count: u64, state: &State) -> String {
        match decision {
            Some(Decision::NotArrived) => {
                let resume = state.keymap.first(Command::ResumeRun);
                format!(
                    "{} never arrived: {resume} in Runs sends {}",
                    text::many(count, "order"),
                    if count == 1 { "it" } else { "them" },
                )
            }
            _ => format!("{} arrived: recorded as taken", text::many(count, "order")),
        }
    }

    fn arrived(&mut self, arrival: &Arrival, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match arrival {
            Arrival::Doubts { ticket, doubts } if *ticket == self.ticket => {
                self.doubts = Some(doubts.clone());
                self.marked.clear();
                let page = self.page(state);
                let count = self.orders().len();
                self.cursor.settle(count, page);
                self.scroll = Scroll::default();
                return self.close_if_over(state);
            }
            Arrival::Runs(Ok(_)) => return self.close_if_over(state),
            Arrival::Settled { ticket, settled } if *ticket == self.ticket => {
                let step = std::mem::replace(&mut self.step, Step::Look);
                match (settled, step) {
                    (Ok(count), Step::Record(word)) => {
                        self.told = Some(Self::recorded(word.decision, *count, state));
                        self.read(state, effects);
                    }
                    (Err(why), Step::Record(mut word)) => {
                        word.trouble = Some(why.clone());
                        self.step = Step::Confirm(word);
                    }
                    (_, step) => self.step = step,
                }
            }
            Arrival::Started(Err(why)) => match std::mem::replace(&mut self.step, Step::Look) {
                Step::Record(mut word) => {
                    word.trouble = Some(why.clone());
                    self.step = Step::Confirm(word);
                }
                step => self.step = step,
            },
            // The run found nothing to do, or has ended: what is left of the doubt?
            Arrival::Tell(Ok(_)) if matches!(self.step, Step::Record(_)) => {
                self.step = Step::Look;
                self.read(state, effects);
            }
            _ => {}
        }
        Flow::Stay
    }

    /// Closes when nothing is in doubt any more, and the runs behind it show so: what a key does there depends on
    /// their counts.
    fn close_if_over(&self, state: &mut State) -> Flow {
        let over = self.ready().is_some_and(|doubts| doubts.orders.is_empty());
        match &self.told {
            Some(told) if over && !state.reading[Which::Runs as usize].busy => {
                state.say(Tone::Well, told.clone());
                Flow::Close
            }
            _ => Flow::Stay,
        }
    }

    fn mark(&mut self, state: &State) {
        let Some(key) = self.current().map(|order| order.entry.key.clone()) else {
            return;
        };
        if !self.marked.remove(&key) {
            self.marked.insert(key);
        }
        self.down(Command::Down, state);
    }

    fn mark_all(&mut self) {
        let keys: HashSet<String> = self
            .orders()
            .iter()
            .map(|order| order.entry.key.clone())
            .collect();
        self.marked = if self.marked == keys {
            HashSet::new()
        } else {
            keys
        };
    }

    fn down(&mut self, command: Command, state: &State) {
        let (count, page) = (self.orders().len(), self.page(state));
        let before = self.cursor.at;
        self.cursor.act(command, count, page);
        if self.cursor.at != before {
            self.scroll = Scroll::default();
        }
    }

    /// Whether a page is one of what is known: the orders need no paging where all are shown.
    fn scrolls_detail(&self, command: Command, state: &State) -> bool {
        matches!(command, Command::PageUp | Command::PageDown)
            && self.orders().len() <= self.page(state)
    }

    fn look(&mut self, command: Command, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match command {
            Command::Back if self.detail => self.detail = false,
            Command::Back => return Flow::Close,
            Command::Accept if self.current().is_some() => {
                self.told = None;
                self.step = Step::Choose(Cursor::default());
            }
            Command::Mark => self.mark(state),
            Command::MarkAll => self.mark_all(),
            Command::NextPane | Command::PreviousPane => self.detail = !self.detail,
            Command::Right => self.detail = true,
            Command::Left => self.detail = false,
            Command::ShowResponse => match self.current().map(|order| &order.request) {
                Some(Some(request)) => effects.push(Effect::Response {
                    book: self.run.book,
                    exchange: request.id,
                }),
                Some(None) => state.say(Tone::Info, "the request isn't in the ledger"),
                None => {}
            },
            Command::History => {
                if let Some(order) = self.current() {
                    effects.push(Effect::History(order.entry.key.clone()));
                }
            }
            command if self.detail || self.scrolls_detail(command, state) => {
                let (lines, room) = self.detail_size(state);
                self.scroll.act(command, lines, room);
            }
            command => self.down(command, state),
        }
        Flow::Stay
    }
}

impl Layer for DoubtDialog {
    fn places(&self) -> &'static [Place] {
        match self.step {
            Step::Look => &[Place::Doubt],
            _ => &[],
        }
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn is_typing(&self) -> bool {
        matches!(&self.step, Step::Confirm(word) if word.is_typing())
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        if let Input::Arrived(arrival) = input {
            return self.arrived(arrival, state, effects);
        }
        if let Input::Mouse(click) = input {
            self.click(click, state, effects);
            return Flow::Stay;
        }
        match (&mut self.step, input) {
            (Step::Look, Input::Command(command)) => return self.look(command, state, effects),
            (Step::Choose(_) | Step::Confirm(_), Input::Command(Command::Back)) => {
                self.step = Step::Look;
            }
            (Step::Choose(cursor), Input::Command(Command::Accept)) => {
                let at = cursor.at;
                if let Some(way) = self.ways().get(at) {
                    self.choose(*way, state, effects);
                }
            }
            (Step::Choose(cursor), Input::Command(command)) => {
                let mut moved = *cursor;
                let command = match command {
                    Command::NextPane => Command::Down,
                    Command::PreviousPane => Command::Up,
                    other => other,
                };
                let ways = self.ways().len();
                moved.act(command, ways, ways);
                self.step = Step::Choose(moved);
            }
            (Step::Confirm(_), Input::Command(Command::Accept)) => {
                if let Step::Confirm(word) = std::mem::replace(&mut self.step, Step::Look) {
                    self.confirm(word, state, effects);
                }
            }
            (Step::Confirm(word), Input::Command(Command::NextPane | Command::PreviousPane)) => {
                word.on_count = word.decision.is_none() || (word.wants_count() && !word.on_count);
            }
            (Step::Confirm(word), Input::Text(key)) => {
                if word.on_count {
                    word.question.key(key);
                } else {
                    word.note.key(key);
                }
            }
            (Step::Confirm(word), Input::Paste(pasted)) => {
                if word.on_count {
                    word.question.paste(pasted);
                } else {
                    word.note.paste(pasted);
                }
            }
            _ => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        self.draw_dialog(frame, state);
    }
}
