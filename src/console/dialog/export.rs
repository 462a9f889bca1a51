//! Writing what became of a run's orders to a file: which of them, and where to.

use std::path::PathBuf;

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::{Border, Flow, Input, Layer};
use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::event::Arrival;
use crate::console::layout;
use crate::console::model::RunEntry;
use crate::console::state::State;
use crate::console::widget::{input, pane, text};
use crate::ledger::RunName;
use crate::order::outcome::Outcome;
use crate::workspace::ExportFormat;

/// Columns of the dialog.
const WIDTH: u16 = 76;

/// The dialog.
#[derive(Debug)]
pub struct ExportDialog {
    run: RunName,
    /// Outcomes that there are, with their counts.
    outcomes: Vec<(Outcome, u64)>,
    /// The chosen one; none for all.
    only: Option<usize>,
    path: input::Input,
    /// Whether the operator typed a name of their own.
    named: bool,
    /// The file that is there already: enter again replaces it.
    replace: Option<String>,
    trouble: Option<String>,
    writing: bool,
}

impl ExportDialog {
    /// The dialog for a run: the rejected ones, if there are any.
    pub fn new(entry: &RunEntry) -> Self {
        let rejected = (entry.summary.count(Outcome::Rejected) > 0).then_some(Outcome::Rejected);
        Self::of(entry.name(), entry.summary.outcomes.clone(), rejected)
    }

    /// The dialog for orders of one outcome, or for all.
    pub fn of(run: RunName, outcomes: Vec<(Outcome, u64)>, only: Option<Outcome>) -> Self {
        let only = only.and_then(|only| outcomes.iter().position(|(outcome, _)| *outcome == only));
        let mut dialog = Self {
            run,
            outcomes,
            only,
            path: input::Input::default(),
            named: false,
            replace: None,
            trouble: None,
            writing: false,
        };
        dialog.name();
        dialog
    }

    /// The name that is offered.
    fn name(&mut self) {
        if !self.named {
            let which = match self.only.and_then(|only| self.outcomes.get(only)) {
                Some((outcome, _)) => format!("-{outcome}"),
                None => String::new(),
            };
            self.path = input::Input::new(format!("run-{}{which}.csv", self.run));
        }
        self.replace = None;
        self.trouble = None;
    }

    fn turn(&mut self, forward: bool) {
        let count = self.outcomes.len() + 1;
        let now = self.only.map_or(0, |only| only + 1);
        let next = (now + if forward { 1 } else { count - 1 }) % count;
        self.only = next.checked_sub(1);
        self.name();
    }

    fn accept(&mut self, effects: &mut Vec<Effect>) {
        let typed = self.path.text().trim();
        let to = match typed.strip_prefix("~/") {
            Some(rest) => {
                std::env::home_dir().map_or_else(|| PathBuf::from(typed), |home| home.join(rest))
            }
            None => PathBuf::from(typed),
        };
        if let Err(why) = ExportFormat::of(&to) {
            self.trouble = Some(why.to_string());
            return;
        }
        let force = self.replace.as_deref() == Some(typed);
        self.writing = true;
        self.trouble = None;
        effects.push(Effect::Export {
            run: self.run,
            outcomes: self
                .only
                .and_then(|only| self.outcomes.get(only))
                .map(|(outcome, _)| vec![*outcome])
                .unwrap_or_default(),
            to,
            force,
        });
    }
}

impl ExportDialog {
    fn frame(&self, state: &State) -> Border {
        let lines = self.lines(state).len();
        let area = layout::middle(state.size, WIDTH, lines as u16 + 2);
        Border::new(
            area,
            &[
                (Command::NextPane, "which orders"),
                (Command::Accept, "write"),
                (Command::Back, "back"),
            ],
        )
    }

    /// All, then each outcome, one a line; then the file.
    fn lines(&self, state: &State) -> Vec<Line<'static>> {
        let theme = &state.theme;
        let width = WIDTH.min(state.size.0.saturating_sub(2));
        let columns = usize::from(width.saturating_sub(4));
        let mut lines = Vec::new();
        let mut choice = |words: String, count: u64, at: bool| {
            let style = if at { theme.selection } else { theme.text };
            lines.push(Line::from(vec![
                Span::styled(if at { "▸ " } else { "  " }, theme.accent),
                Span::styled(text::left(&words, 12), style),
                Span::styled(text::right(&text::count(count), 9), style),
            ]));
        };
        let all = self.outcomes.iter().map(|(_, count)| count).sum();
        choice("all".to_owned(), all, self.only.is_none());
        for (index, (outcome, count)) in self.outcomes.iter().enumerate() {
            choice(outcome.name().to_owned(), *count, self.only == Some(index));
        }
        lines.push(Line::default());
        let mut typed = vec![Span::styled("file  ", theme.dim)];
        typed.extend(
            self.path
                .spans(columns.saturating_sub(6), true, theme.text, theme),
        );
        lines.push(Line::from(typed));
        let about = "      the source's own columns, then outcome, reason, rule, vendor id; the ending says the format: .csv .json .ndjson .xlsx";
        let parts = text::wrap(about, columns.saturating_sub(6));
        lines.extend(
            parts
                .into_iter()
                .map(|part| Line::styled(format!("      {}", part.trim_start()), theme.dim)),
        );
        if self.writing {
            lines.push(Line::styled("writing", theme.info));
        } else if let Some(why) = &self.trouble {
            let mut words = text::shown(why).into_owned();
            if self.replace.is_some() {
                let enter = state.keymap.first(Command::Accept);
                words = format!("{words}; {enter} again replaces it");
            }
            let parts = text::wrap(&words, columns);
            lines.extend(
                parts
                    .into_iter()
                    .map(|part| Line::styled(part, theme.error)),
            );
        }
        lines
    }
}

impl Layer for ExportDialog {
    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Arrived(Arrival::Exported(written)) if self.writing => match written {
                Ok(_) => return Flow::Close,
                Err(why) => {
                    self.writing = false;
                    self.trouble = Some(why.why.clone());
                    if why.exists {
                        self.replace = Some(self.path.text().trim().to_owned());
                    }
                }
            },
            Input::Command(Command::Back) => return Flow::Close,
            _ if self.writing => {}
            Input::Text(key) => {
                self.named |= self.path.key(key);
                self.replace = None;
            }
            Input::Paste(pasted) => {
                self.named = true;
                self.path.paste(pasted);
            }
            Input::Command(Command::Down | Command::NextPane) => self.turn(true),
            Input::Command(Command::Up | Command::PreviousPane) => self.turn(false),
            Input::Command(Command::Accept) => self.accept(effects),
            Input::Mouse(click) => {
                let line = self.frame(state).line(click.at);
                if let Some(line) = line.filter(|line| *line <= self.outcomes.len()) {
                    self.only = line.checked_sub(1);
                    self.name();
                }
            }
            _ => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let title = Line::styled(format!(" Export run {} ", self.run), theme.strong);
        let border = self.frame(state);
        let inner = border.draw(frame, title, theme.border_focus, state);
        pane::lines(frame, inner, self.lines(state));
    }
}
