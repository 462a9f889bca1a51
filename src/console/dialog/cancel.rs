//! Cancel: ids that are typed, pasted, marked or under the cursor; what is known of each; what would be sent.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::{Flow, Input, Layer, keys};
use crate::console::action::{Command, Place};
use crate::console::effect::Effect;
use crate::console::event::{Arrival, Ticket};
use crate::console::layout;
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::widget::input;
use crate::console::widget::{pane, text};
use crate::console::worker::send::with_operation;
use crate::deck::Target;
use crate::order::outcome::Operation;
use crate::submit::cancel::{CancelBy, CancelOrder, refusal};
use crate::vendor::{Cancelling, Environment, Mode, VendorRef};

/// Orders that are listed.
const LISTED: usize = 8;

/// The cancel dialog.
#[derive(Debug)]
pub struct CancelDialog {
    vendor: VendorRef,
    target: Result<Target, String>,
    ids: input::Input,
    /// The count, typed in for a live account.
    typed: input::Input,
    /// Whether the count is being typed, not the ids.
    counting: bool,
    mode: usize,
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

impl CancelDialog {
    /// The dialog with the marked orders, else the one under the cursor, else nothing yet.
    pub fn new(state: &mut State, effects: &mut Vec<Effect>) -> Self {
        let mut ids = Vec::new();
        if let Some(deck) = &state.file.deck
            && state.view == crate::console::state::View::Orders
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
        let mut dialog = Self {
            vendor,
            target,
            ids: input::Input::new(ids.join(", ")),
            typed: input::Input::default(),
            counting: false,
            mode: 0,
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
            (self.vendor, self.target) = (vendor, target);
            self.ask(state, effects);
        }
    }

    fn list(&self) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for id in self.ids.text().split([',', ';', ' ', '\t']) {
            let id = id.trim();
            if !id.is_empty() && !ids.iter().any(|known| known == id) {
                ids.push(id.to_owned());
            }
        }
        ids
    }

    /// Finds out about the ids that are typed.
    fn ask(&mut self, state: &mut State, effects: &mut Vec<Effect>) {
        self.orders = None;
        self.trouble = None;
        self.hurried = false;
        let ids = self.list();
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

    fn is_looking_up(&self) -> bool {
        self.orders.is_none() && self.target.is_ok() && !self.list().is_empty()
    }

    fn modes(&self) -> &'static [Mode] {
        self.vendor.modes(Operation::Cancel)
    }

    fn mode(&self) -> Option<String> {
        self.modes().get(self.mode).map(|mode| mode.name.to_owned())
    }

    fn is_live(&self) -> bool {
        self.target
            .as_ref()
            .is_ok_and(|target| target.account.environment == Environment::Live)
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
                .filter(|order| refusal(order).is_none())
                .cloned()
                .collect(),
            _ => Vec::new(),
        }
    }

    fn send(&mut self, look: bool, state: &State, effects: &mut Vec<Effect>) {
        let orders = self.ready();
        let Ok(target) = &self.target else {
            return;
        };
        if orders.is_empty() {
            self.trouble = Some("there is nothing here that can be cancelled".to_owned());
            return;
        }
        if !look && self.is_live() && self.typed.text().trim() != orders.len().to_string() {
            self.counting = true;
            self.trouble = Some(format!(
                "type {} first: so many live orders are cancelled",
                orders.len()
            ));
            return;
        }
        self.sending = !look;
        effects.push(Effect::Cancel {
            deck: state.file.deck.clone(),
            target: Box::new(target.clone()),
            orders,
            mode: self.mode(),
            look,
        });
    }

    fn lines(&self, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
        let error = |why: &str| -> Vec<Line<'static>> {
            text::wrap(&text::shown(why), columns)
                .into_iter()
                .map(|line| Line::styled(line, theme.error))
                .collect()
        };
        if let Some(why) = self.impossible() {
            return error(why);
        }
        match (&self.target, &self.orders) {
            (Err(why), _) | (_, Some(Err(why))) => error(why),
            (_, None) if self.list().is_empty() => {
                let words = "type or paste the ids, divided by commas or spaces";
                vec![Line::styled(words, theme.dim)]
            }
            (_, None) => vec![Line::styled("looking them up", theme.dim)],
            (_, Some(Ok(orders))) => {
                let mut lines: Vec<_> = orders
                    .iter()
                    .take(LISTED)
                    .flat_map(|order| about(order, theme, columns))
                    .collect();
                if orders.len() > LISTED {
                    let more = format!("and {} more", orders.len() - LISTED);
                    lines.push(Line::styled(more, theme.dim));
                }
                lines
            }
        }
    }
}

/// The vendor's ways to cancel, each with what it does.
fn mode_lines(modes: &[Mode], chosen: usize, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for (index, mode) in modes.iter().enumerate() {
        let at = index == chosen;
        let parts = text::wrap(mode.help, columns.saturating_sub(20));
        for (number, part) in parts.into_iter().enumerate() {
            let (head, mark, name) = match (index, number) {
                (0, 0) => ("how     ", at, mode.name),
                (_, 0) => ("        ", at, mode.name),
                _ => ("        ", false, ""),
            };
            let name_style = if at && number == 0 {
                theme.selection
            } else {
                theme.text
            };
            lines.push(Line::from(vec![
                Span::styled(head, theme.dim),
                Span::styled(if mark { "▸ " } else { "  " }, theme.accent),
                Span::styled(text::left(name, 9), name_style),
                Span::styled(format!(" {part}"), theme.dim),
            ]));
        }
    }
    lines
}

/// What is known of one order.
fn about(order: &CancelOrder, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
    let known = match order.last {
        Some(outcome) => format!("last outcome at this account: {outcome}"),
        None => "never sent from here: the vendor may or may not know it".to_owned(),
    };
    let style = order
        .last
        .map_or(theme.dim, |outcome| theme.outcome(outcome));
    let by = match &order.payload {
        Ok((CancelBy::File, _)) => ", as the file has it",
        Ok((CancelBy::Ledger, _)) => ", as it was sent last",
        _ => "",
    };
    let mut lines = vec![Line::from(vec![
        Span::styled(text::left(&text::shown(&order.key), 14), theme.strong),
        Span::styled(known, style),
        Span::styled(by, theme.dim),
    ])];
    if let Some(why) = refusal(order) {
        for part in text::wrap(&text::shown(&why), columns.saturating_sub(14)) {
            lines.push(Line::styled(
                format!("{}{part}", " ".repeat(14)),
                theme.error,
            ));
        }
    }
    lines
}

impl Layer for CancelDialog {
    fn places(&self) -> &'static [Place] {
        &[Place::Cancel]
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
            Input::Text(key) if self.counting => {
                self.typed.key(key);
            }
            Input::Text(key) => {
                let before = self.list();
                self.ids.key(key);
                if before != self.list() {
                    self.ask(state, effects);
                }
            }
            Input::Paste(pasted) => {
                self.ids.paste(pasted);
                self.ask(state, effects);
            }
            Input::Command(Command::Accept) if self.is_looking_up() => self.hurried = true,
            Input::Command(Command::Accept) => self.send(false, state, effects),
            Input::Command(Command::LookAtRequest) => self.send(true, state, effects),
            Input::Command(Command::CancelMode | Command::Down | Command::Up) => {
                self.mode = (self.mode + 1) % self.modes().len().max(1);
            }
            Input::Command(Command::NextPane | Command::PreviousPane) if self.is_live() => {
                self.counting = !self.counting;
            }
            Input::Command(_) | Input::Arrived(_) => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let width = 98.min(state.size.0.saturating_sub(2));
        let columns = usize::from(width.saturating_sub(4));
        let lines = self.lines(theme, columns);
        let modes = if self.impossible().is_some() {
            &[][..]
        } else {
            self.modes()
        };
        let mode_lines = mode_lines(modes, self.mode, theme, columns);
        let extra = usize::from(self.is_live()) * 2;
        let height = 2 + 2 + lines.len() + 1 + mode_lines.len() + extra + 2;
        let area = layout::middle(state.size, width, height as u16);
        let mut title = vec![Span::styled(
            format!(" Cancel orders · {} · ", self.vendor.title()),
            theme.strong,
        )];
        if let Ok(target) = &self.target {
            let (word, style) = theme.environment(target.account.environment);
            title.push(Span::styled(
                format!("{} · ", target.account.profile),
                theme.strong,
            ));
            title.push(Span::styled(word, style));
        }
        title.push(Span::raw(" "));
        let mut shown = Vec::new();
        if self.impossible().is_none() {
            let ready = self.ready().len();
            if ready > 0 {
                shown.push((Command::Accept, "cancel them"));
                shown.push((Command::LookAtRequest, "look at the request"));
            }
            if self.modes().len() > 1 {
                shown.push((Command::CancelMode, "how"));
            }
        }
        shown.push((Command::Back, "back"));
        let border = if self.is_live() {
            theme.live
        } else {
            theme.border_focus
        };
        let inner = pane::dialog(frame, area, Line::from(title), keys(state, &shown), border);
        let mut ids = vec![Span::styled("ids     ", theme.dim)];
        ids.extend(
            self.ids
                .spans(columns.saturating_sub(8), !self.counting, theme.text, theme),
        );
        pane::row(frame, inner, 0, Line::from(ids), None);
        let mut line = 2;
        for content in lines {
            pane::row(frame, inner, line, content, None);
            line += 1;
        }
        line += 1;
        for content in mode_lines {
            pane::row(frame, inner, line, content, None);
            line += 1;
        }
        if self.is_live() {
            let count = self.ready().len();
            let mut typed = vec![Span::raw(format!(
                "type {count} to cancel {}: ",
                text::many(count as u64, "live order")
            ))];
            typed.extend(self.typed.spans(10, self.counting, theme.strong, theme));
            pane::row(frame, inner, line, Line::from(typed), None);
            line += 1;
        }
        if let Some(why) = &self.trouble {
            let words = text::fit(&text::shown(why), columns);
            pane::row(frame, inner, line, Line::styled(words, theme.error), None);
        } else if self.sending {
            pane::row(
                frame,
                inner,
                line,
                Line::styled("the run begins", theme.info),
                None,
            );
        }
    }
}
