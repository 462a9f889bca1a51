//! Findings by rule, for the vendor in front: how many orders each rule spoke of; from there to those orders, to the
//! rule's words, and to a fix in all of them.

use std::collections::HashMap;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::fix_all::FixAll;
use super::reader::Reader;
use super::{Border, Click, Flow, Input, Layer};
use crate::console::action::{Command, Place};
use crate::console::effect::Effect;
use crate::console::event::{Arrival, Ticket};
use crate::console::layout;
use crate::console::model::RuleExample;
use crate::console::state::{State, Tone};
use crate::console::update;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::json::severity_mark;
use crate::console::widget::{pane, text};
use crate::finding::{Rule, Severity};

/// Rows beside the list: the heading, and what is told of the line under the cursor.
const BESIDE: u16 = 5;

/// What a line counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// Orders, to which one can go.
    Orders,
    /// Orders, only counted: nearly every one has it.
    Once,
    /// Records of the file that are no orders.
    File,
}

/// One line.
#[derive(Debug, Clone, Copy)]
struct Group {
    rule: &'static Rule,
    severity: Severity,
    count: usize,
    of: Of,
}

/// The dialog.
#[derive(Debug, Default)]
pub struct FindingsDialog {
    cursor: Cursor,
    /// One order of each rule, by its id.
    examples: HashMap<&'static str, RuleExample>,
    ticket: Ticket,
    /// The rules and places that were asked for.
    asked: Vec<(&'static Rule, usize)>,
}

/// The groups: those with orders, the gravest first, then what is counted once, then what the file itself has.
fn groups(state: &State) -> Vec<Group> {
    let mut groups = Vec::new();
    if let Some(survey) = state.vendors.front_survey() {
        let by_rule = survey.by_rule();
        groups.extend(by_rule.iter().map(|group| Group {
            rule: group.rule,
            severity: group.severity,
            count: group.places.len(),
            of: Of::Orders,
        }));
        groups.extend(survey.once.iter().map(|(hit, count)| Group {
            rule: hit.rule,
            severity: hit.severity,
            count: *count,
            of: Of::Once,
        }));
    }
    if let Some(deck) = &state.file.deck {
        let counts = deck.index().counts().iter();
        let of_file = counts.map(|(rule, count)| Group {
            rule,
            severity: rule.severity,
            count: usize::try_from(*count).unwrap_or(usize::MAX),
            of: Of::File,
        });
        // What orders tell too is there already.
        let of_file =
            of_file.filter(|group| !groups.iter().any(|known: &Group| known.rule == group.rule));
        let of_file: Vec<Group> = of_file.collect();
        groups.extend(of_file);
    }
    groups
}

impl FindingsDialog {
    /// For the vendor in front.
    pub fn new(state: &mut State, effects: &mut Vec<Effect>) -> Self {
        let mut dialog = Self::default();
        dialog.ask(state, effects);
        dialog
    }

    /// Asks for one order of each rule, where that isn't known yet.
    fn ask(&mut self, state: &mut State, effects: &mut Vec<Effect>) {
        let Some(survey) = state.vendors.front_survey() else {
            return;
        };
        let first = |group: &&crate::console::state::RuleGroup| group.places.first();
        let wanted: Vec<(&'static Rule, usize)> = survey
            .by_rule()
            .iter()
            .filter_map(|group| Some((group.rule, first(group)?)))
            .collect();
        // Counting goes on: others are asked for when it is done.
        if wanted == self.asked || (!survey.done && !self.asked.is_empty()) {
            return;
        }
        let (Some(deck), Some(target)) = (
            state.file.deck.clone(),
            state.vendors.front_target().cloned(),
        ) else {
            return;
        };
        self.asked.clone_from(&wanted);
        self.ticket = state.ticket();
        effects.push(Effect::Examples {
            ticket: self.ticket,
            deck,
            target: Box::new(target),
            rules: wanted,
        });
    }

    fn area(state: &State) -> Rect {
        let lines = groups(state).len().max(3) as u16;
        layout::middle(state.size, 120, lines + BESIDE + 2)
    }

    fn frame(&self, state: &State) -> Border {
        let mut shown = vec![
            (Command::Accept, "its orders"),
            (Command::Fix, "fix all"),
            (Command::Explain, "explain"),
            (Command::Back, "back"),
        ];
        let example = self.current(state).map(|group| group.rule.id);
        let example = example.and_then(|rule| self.examples.get(rule));
        if !example.is_some_and(|example| example.fixable) {
            shown.retain(|(command, _)| *command != Command::Fix);
        }
        Border::new(Self::area(state), &shown)
    }

    fn page(state: &State) -> usize {
        usize::from(Self::area(state).height.saturating_sub(BESIDE + 2)).max(1)
    }

    fn current(&self, state: &State) -> Option<Group> {
        groups(state).get(self.cursor.at).copied()
    }

    fn go(&self, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match self.current(state) {
            Some(group) if group.of == Of::Orders => {
                let filter = format!("finding:{}", group.rule.id);
                update::filter::set(state, &filter, effects);
                Flow::Close
            }
            Some(group) if group.of == Of::Once => {
                let words = format!(
                    "{} is counted once for the file: nearly every order has it",
                    group.rule.id
                );
                state.say(Tone::Info, words);
                Flow::Stay
            }
            Some(_) => {
                state.say(Tone::Info, "that is a part of the file that is no order");
                Flow::Stay
            }
            None => Flow::Close,
        }
    }

    fn fix(&self, state: &mut State, effects: &mut Vec<Effect>) {
        let Some(group) = self.current(state) else {
            return;
        };
        let example = self.examples.get(group.rule.id);
        if group.of != Of::Orders || !example.is_some_and(|example| example.fixable) {
            let words = format!(
                "{} has no fix by one key: {}",
                group.rule.id, group.rule.remedy
            );
            return state.say(Tone::Info, words);
        }
        if !state
            .vendors
            .front_survey()
            .is_some_and(|survey| survey.done)
        {
            return state.say(Tone::Info, "the orders are still being checked");
        }
        if let Some(dialog) = FixAll::new(state, group.rule, effects) {
            state.layers.push(Box::new(dialog));
        }
    }

    fn explain(&self, state: &mut State) {
        let Some(Group { rule, severity, .. }) = self.current(state) else {
            return;
        };
        let columns = usize::from(state.size.0.min(100)).saturating_sub(8);
        let mut lines = vec![format!("{} · {severity}", rule.id)];
        for (name, words) in [
            ("What", rule.title),
            ("Why", rule.why),
            ("Remedy", rule.remedy),
        ] {
            lines.push(String::new());
            lines.push(name.to_owned());
            let wrapped = text::wrap(words, columns).into_iter();
            lines.extend(wrapped.map(|line| format!("  {line}")));
        }
        let reader = Reader::new(format!("What {} means", rule.id), lines);
        state.layers.push(Box::new(reader));
    }

    fn click(&mut self, click: Click, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        let (lines, page) = (groups(state).len(), Self::page(state));
        // The heading stands above the first line.
        let row = self.frame(state).line(click.at);
        let line = row
            .and_then(|row| row.checked_sub(1))
            .filter(|row| *row < page)
            .map(|row| self.cursor.top + row)
            .filter(|line| *line < lines);
        if let Some(line) = line {
            if click.again && self.cursor.at == line {
                return self.go(state, effects);
            }
            self.cursor.at = line;
        }
        Flow::Stay
    }

    fn heading(state: &State, groups: &[Group]) -> (String, bool) {
        let Some(survey) = state.vendors.front_survey() else {
            return ("no account is chosen for this vendor".to_owned(), false);
        };
        if !survey.done {
            let seen = text::count(survey.seen as u64);
            let all = text::count(survey.verdicts.len() as u64);
            return (format!("checking: {seen} of {all} orders"), false);
        }
        if groups.is_empty() {
            return (
                "✓ no findings: nothing is wrong with any order for this vendor".to_owned(),
                true,
            );
        }
        let blocked = text::many(survey.blocked() as u64, "order");
        let all = text::many(survey.verdicts.len() as u64, "order");
        (
            format!("{all} checked, {blocked} held back by an error"),
            false,
        )
    }
}

impl Layer for FindingsDialog {
    fn places(&self) -> &'static [Place] {
        &[Place::Findings]
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Command(Command::Accept) => return self.go(state, effects),
            Input::Command(Command::Back) => return Flow::Close,
            Input::Command(Command::Fix) => self.fix(state, effects),
            Input::Command(Command::Explain) => self.explain(state),
            Input::Command(command) => {
                let lines = groups(state).len();
                self.cursor.act(command, lines, Self::page(state));
            }
            Input::Mouse(click) => return self.click(click, state, effects),
            Input::Arrived(Arrival::Examples { ticket, examples }) if *ticket == self.ticket => {
                let known = examples.iter();
                self.examples
                    .extend(known.map(|example| (example.rule.id, example.clone())));
            }
            Input::Arrived(_) => {
                self.cursor.settle(groups(state).len(), Self::page(state));
                self.ask(state, effects);
            }
            _ => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let groups = groups(state);
        let vendor = state.vendors.front_vendor().title();
        let title = Line::styled(format!(" Findings by rule · {vendor} "), theme.strong);
        let inner = self
            .frame(state)
            .draw(frame, title, theme.border_focus, state);
        let columns = usize::from(inner.width);
        let (words, well) = Self::heading(state, &groups);
        let style = if well { theme.taken } else { theme.dim };
        pane::row(
            frame,
            inner,
            0,
            Line::styled(text::fit(&words, columns), style),
            None,
        );
        let page = Self::page(state);
        for (row, index) in self.cursor.shown(groups.len(), page).enumerate() {
            let group = groups[index];
            let at = index == self.cursor.at;
            let (mark, style) = severity_mark(group.severity, theme);
            let count = match group.of {
                Of::Orders => text::many(group.count as u64, "order"),
                Of::Once => format!("once, in {}", text::count(group.count as u64)),
                Of::File => format!("{}× in the file", text::count(group.count as u64)),
            };
            let fixable = self
                .examples
                .get(group.rule.id)
                .is_some_and(|example| example.fixable && group.of == Of::Orders);
            let fix = if fixable { "fix" } else { "" };
            let rest = columns.saturating_sub(2 + 9 + 16 + 6);
            let line = Line::from(vec![
                Span::styled(if at { "▸ " } else { "  " }, theme.accent),
                Span::styled(format!("{mark} {} ", group.rule.id), style),
                Span::raw(format!("{} ", text::right_fit(&count, 15))),
                Span::styled(format!("{} ", text::left(fix, 4)), theme.key),
                Span::raw(text::left(group.rule.title, rest)),
            ]);
            pane::row(frame, inner, row + 1, line, at.then_some(theme.selection));
        }
        let first = usize::from(inner.height).saturating_sub(3);
        let mut words = Vec::new();
        if let Some(group) = self.current(state) {
            if let Some(example) = self.examples.get(group.rule.id)
                && group.of == Of::Orders
            {
                let told = format!("for instance {}: {}", example.order, example.message);
                words.extend(text::wrap(&text::shown(&told), columns).into_iter().take(2));
            }
            if group.of == Of::Once {
                let told =
                    "nearly every order has it: counted once for the file, and told in the payload";
                words.push(text::fit(told, columns));
            }
            let remedy = format!("→ {}", group.rule.remedy);
            words.extend(text::wrap(&remedy, columns));
        }
        for (row, words) in words.into_iter().take(3).enumerate() {
            pane::row(
                frame,
                inner,
                first + row,
                Line::styled(words, theme.dim),
                None,
            );
        }
    }
}
