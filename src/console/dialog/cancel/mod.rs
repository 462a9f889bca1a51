//! Cancel: ids typed, pasted, or of the orders marked; what the ledger knows of each; the vendor's way; why.
//! Works with no file loaded.

mod view;

#[cfg(test)]
mod tests;

use ratatui::Frame;

use super::consent::Question;
use super::{Border, Flow, Input, Layer};
use crate::console::action::{Command, Place};
use crate::console::effect::Effect;
use crate::console::event::{Arrival, Ticket};
use crate::console::state::{State, View};
use crate::console::widget::input;
use crate::console::widget::scroll::Scroll;
use crate::console::worker::send::with_operation;
use crate::deck::Target;
use crate::order::outcome::Operation;
use crate::submit::cancel::{CancelOrder, Ids, refusal};
use crate::vendor::{Cancelling, Environment, Mode, SideEffect, Tally, VendorRef};

/// What is typed into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Ids,
    Reason,
    Count,
}

/// The cancel dialog.
#[derive(Debug)]
pub struct CancelDialog {
    vendor: VendorRef,
    target: Result<Target, String>,
    ids: input::Input,
    /// The ids are still only that of the order under the cursor: what is pasted takes its place.
    proposed: bool,
    /// The ids of the marked orders that it was opened with.
    marked: Vec<String>,
    /// Why, for the ledger.
    reason: input::Input,
    /// The count, typed in for a live account, and for several orders at a test account.
    question: Question,
    at: Line,
    mode: usize,
    scroll: Scroll,
    ticket: Ticket,
    orders: Option<Result<Vec<CancelOrder>, String>>,
    trouble: Option<String>,
    /// Enter was pressed before the ids were looked up: it counts when they are.
    hurried: bool,
    sending: bool,
}

/// The vendor in front, and its account for a cancellation or why there is none.
fn front(state: &State) -> (VendorRef, Result<Target, String>) {
    let target = match state.vendors.front_account() {
        Some(account) if account.read_only => {
            Err(format!("the profile {} is read-only", account.name))
        }
        Some(account) => account
            .target
            .clone()
            .map(|target| with_operation(&target, Operation::Cancel)),
        None => Err("no account is chosen for this vendor".to_owned()),
    };
    (state.vendors.front_vendor(), target)
}

/// The question before sending to that account.
fn question(target: &Result<Target, String>) -> Question {
    let environment = target
        .as_ref()
        .map_or(Environment::Live, |target| target.account.environment);
    Question::before_cancelling(environment)
}

impl CancelDialog {
    /// The dialog with the marked orders, else the one under the cursor, else nothing yet.
    pub fn new(state: &mut State, effects: &mut Vec<Effect>) -> Self {
        let mut ids = Vec::new();
        if let Some(deck) = &state.file.deck
            && state.view == View::Orders
        {
            for place in state.orders.meant(deck.len()) {
                let key = match state.orders.rows.get(&place) {
                    Some(row) => Some(row.key.clone()),
                    None => deck.order(place).ok().map(|order| order.order.id),
                };
                ids.extend(key);
            }
        }
        let (vendor, target) = front(state);
        let proposed = !ids.is_empty() && state.orders.marked.is_empty();
        let mut dialog = Self {
            proposed,
            vendor,
            question: question(&target),
            target,
            ids: input::Input::new(Ids::of_list(ids.iter().cloned()).in_a_line()),
            marked: if proposed { Vec::new() } else { ids },
            reason: input::Input::default(),
            at: Line::Ids,
            mode: 0,
            scroll: Scroll::default(),
            ticket: 0,
            orders: None,
            trouble: None,
            hurried: false,
            sending: false,
        };
        dialog.ask(state, effects);
        dialog
    }

    /// The accounts were read, or one was chosen: perhaps there is one now.
    fn take_account(&mut self, state: &mut State, effects: &mut Vec<Effect>) {
        let (vendor, target) = front(state);
        if self.target.is_err() || vendor != self.vendor {
            (self.vendor, self.question) = (vendor, question(&target));
            self.target = target;
            self.ask(state, effects);
        }
    }

    fn list(&self) -> Ids {
        Ids::of_text(self.ids.text())
    }

    /// Finds out about the ids that are typed.
    fn ask(&mut self, state: &mut State, effects: &mut Vec<Effect>) {
        self.orders = None;
        self.trouble = None;
        self.hurried = false;
        self.scroll = Scroll::default();
        let ids = self.list().ids;
        if let (Ok(target), false) = (&self.target, ids.is_empty()) {
            self.ticket = state.ticket();
            effects.push(Effect::PrepareCancel {
                ticket: self.ticket,
                deck: state.file.deck.clone(),
                target: Box::new(target.clone()),
                ids,
            });
        }
    }

    /// A list that was pasted becomes ids in a line; a part of one id goes where it is pasted.
    fn paste_ids(&mut self, pasted: &str) {
        let found = Ids::of_text(pasted);
        if std::mem::take(&mut self.proposed) && !found.ids.is_empty() {
            self.ids.clear();
        }
        if found.ids.len() < 2 && found.repeated.is_empty() {
            return self.ids.paste(pasted);
        }
        let before = self.ids.text().trim_end();
        let divider = if before.is_empty() || before.ends_with([',', ';']) {
            ""
        } else {
            ","
        };
        // Those that stand here already, or twice, are told as repeated.
        let again = Ids::of_list(found.repeated.clone());
        let mut line = format!("{before}{divider} {}", found.in_a_line());
        if !again.ids.is_empty() {
            line = format!("{line}, {}", again.in_a_line());
        }
        self.ids = input::Input::new(line.trim_start());
    }

    fn is_looking_up(&self) -> bool {
        self.orders.is_none() && self.target.is_ok() && !self.list().ids.is_empty()
    }

    fn modes(&self) -> &'static [Mode] {
        self.vendor.modes(Operation::Cancel)
    }

    fn mode(&self) -> Option<String> {
        self.modes().get(self.mode).map(|mode| mode.name.to_owned())
    }

    fn impossible(&self) -> Option<&'static str> {
        match self.vendor.cancelling() {
            Cancelling::Impossible(why) => Some(why),
            _ => None,
        }
    }

    fn ready(&self) -> Vec<CancelOrder> {
        match &self.orders {
            Some(Ok(orders)) => orders
                .iter()
                .filter(|order| refusal(order).is_none() && order.cancelled_already().is_none())
                .cloned()
                .collect(),
            _ => Vec::new(),
        }
    }

    fn count(&self) -> u64 {
        self.ready().len() as u64
    }

    fn is_live(&self) -> bool {
        self.target
            .as_ref()
            .is_ok_and(|target| target.account.environment == Environment::Live)
    }

    fn wants_count(&self) -> bool {
        self.impossible().is_none()
            && self.target.is_ok()
            && self.question.wants_count(self.count())
    }

    /// What happens beside, and what it can't do, in the vendor's words.
    fn effects(&self) -> Vec<SideEffect> {
        let (Ok(target), None) = (&self.target, self.impossible()) else {
            return Vec::new();
        };
        let tally = Tally {
            orders: self.count(),
            ..Tally::default()
        };
        let mode = self.mode();
        let operation = Operation::Cancel;
        self.vendor
            .side_effects(operation, mode.as_deref(), &target.account, &tally)
    }

    fn send(&mut self, look: bool, state: &mut State, effects: &mut Vec<Effect>) {
        let orders = self.ready();
        self.trouble = None;
        let Ok(target) = &self.target else {
            return;
        };
        if orders.is_empty() {
            self.trouble = Some("there is nothing here that can be cancelled".to_owned());
            return;
        }
        if !look && self.question.granted(orders.len() as u64).is_err() {
            self.at = Line::Count;
            let count = orders.len();
            let live = if self.is_live() { "live " } else { "" };
            self.trouble = Some(format!(
                "type {count} first: so many {live}orders are cancelled"
            ));
            return;
        }
        self.sending = !look;
        let of_marks = orders.iter().any(|order| self.marked.contains(&order.key));
        state.orders.marks_asked = of_marks && !look;
        let reason = self.reason.text().trim();
        effects.push(Effect::Cancel {
            deck: state.file.deck.clone(),
            target: Box::new(target.clone()),
            orders,
            mode: self.mode(),
            reason: (!reason.is_empty()).then(|| reason.to_owned()),
            look,
        });
    }

    /// To the next line that is typed into.
    fn turn(&mut self, forward: bool) {
        let lines: &[Line] = if self.wants_count() {
            &[Line::Ids, Line::Reason, Line::Count]
        } else {
            &[Line::Ids, Line::Reason]
        };
        let now = lines.iter().position(|line| *line == self.at).unwrap_or(0);
        let step = if forward { 1 } else { lines.len() - 1 };
        self.at = lines[(now + step) % lines.len()];
    }

    /// Takes what is typed or pasted into the line in front.
    fn type_in(&mut self, input: &Input<'_>, state: &mut State, effects: &mut Vec<Effect>) {
        let before = self.list();
        match (input, self.at) {
            (Input::Text(key), Line::Ids) => {
                self.proposed &= !self.ids.key(*key);
            }
            (Input::Text(key), Line::Reason) => {
                self.reason.key(*key);
            }
            (Input::Text(key), Line::Count) => self.question.key(*key),
            (Input::Paste(pasted), Line::Ids) => self.paste_ids(pasted),
            (Input::Paste(pasted), Line::Reason) => self.reason.paste(pasted),
            (Input::Paste(pasted), Line::Count) => self.question.paste(pasted),
            _ => {}
        }
        if before.ids != self.list().ids {
            self.ask(state, effects);
        }
    }
}

impl Layer for CancelDialog {
    fn places(&self) -> &'static [Place] {
        &[Place::Cancel]
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Arrived(Arrival::Cancelling { ticket, orders }) if *ticket == self.ticket => {
                self.orders = Some(orders.clone());
                if std::mem::take(&mut self.hurried) {
                    self.send(false, state, effects);
                }
            }
            Input::Arrived(Arrival::Accounts { .. }) => self.take_account(state, effects),
            Input::Arrived(Arrival::Started(Err(why)) | Arrival::Tell(Err(why))) => {
                self.sending = false;
                self.trouble = Some(why.clone());
            }
            Input::Command(Command::Back) => return Flow::Close,
            _ if self.sending => {}
            Input::Text(_) | Input::Paste(_) => self.type_in(&input, state, effects),
            Input::Command(Command::Accept) if self.is_looking_up() => self.hurried = true,
            Input::Command(Command::Accept) => self.send(false, state, effects),
            Input::Command(Command::LookAtRequest) => self.send(true, state, effects),
            Input::Command(Command::CancelMode) => {
                self.mode = (self.mode + 1) % self.modes().len().max(1);
            }
            Input::Command(Command::NextPane) => self.turn(true),
            Input::Command(Command::PreviousPane) => self.turn(false),
            Input::Command(command) => self.scroll(command, state),
            Input::Mouse(click) => self.click(click, state),
            Input::Arrived(_) => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        self.draw_dialog(frame, state);
    }
}
