//! Taking up a run that still has orders to send.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::consent::Question;
use super::{Border, Flow, Input, Layer};
use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::event::Arrival;
use crate::console::layout;
use crate::console::model::RunEntry;
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::widget::{pane, text};
use crate::ledger::RunName;
use crate::order::outcome::{Operation, Outcome};
use crate::vendor::Environment;

/// The question whether a run goes on.
#[derive(Debug)]
pub struct ResumeDialog {
    run: RunName,
    profile: String,
    environment: Environment,
    operation: Operation,
    to_send: u64,
    /// Orders whose fate is found out before anything is sent.
    open: u64,
    question: Question,
    trouble: Option<String>,
    sending: bool,
}

impl ResumeDialog {
    /// The question for a run; none where nothing would be sent.
    pub fn new(entry: &RunEntry) -> Option<Self> {
        let count = |outcome| entry.summary.count(outcome);
        let to_send = count(Outcome::Pending);
        let open = count(Outcome::Sending) + count(Outcome::InDoubt);
        let environment = entry.environment();
        (to_send > 0).then(|| Self {
            run: entry.name(),
            profile: entry.summary.run.decided.profile.clone(),
            environment,
            operation: entry.summary.run.decided.operation,
            to_send,
            open,
            question: Question::new(environment),
            trouble: None,
            sending: false,
        })
    }
}

impl ResumeDialog {
    fn frame(&self, state: &State) -> Border {
        let lines = self.lines(&state.theme).len();
        let area = layout::middle(state.size, 72, lines as u16 + 2);
        let shown = [(Command::Accept, "go on with it"), (Command::Back, "back")];
        Border::new(area, &shown)
    }

    fn lines(&self, theme: &Theme) -> Vec<Line<'static>> {
        let mut lines = vec![Line::styled(
            format!(
                "still to be {}: {}",
                self.operation.done(),
                text::many(self.to_send, "order")
            ),
            theme.strong,
        )];
        if self.open > 0 {
            let words = format!(
                "{} may have arrived: the vendor is asked where it can be asked; they are sent again only where a second copy does no harm",
                text::many(self.open, "order")
            );
            let parts = text::wrap(&words, 66);
            lines.extend(
                parts
                    .into_iter()
                    .map(|part| Line::styled(part, theme.warning)),
            );
        }
        let words = "Source, mapping, settings and edits must be what the run was decided on.";
        let parts = text::wrap(words, 66).into_iter();
        lines.extend(parts.map(|part| Line::styled(part, theme.dim)));
        lines.push(Line::default());
        lines.extend(self.question.line(self.to_send, theme));
        if self.sending {
            lines.push(Line::styled("the run goes on", theme.info));
        } else if let Some(why) = &self.trouble {
            let parts = text::wrap(&text::shown(why), 66);
            lines.extend(
                parts
                    .into_iter()
                    .map(|part| Line::styled(part, theme.error)),
            );
        }
        lines
    }
}

impl Layer for ResumeDialog {
    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn is_typing(&self) -> bool {
        self.question.wants_count(self.to_send)
    }

    fn act(&mut self, input: Input<'_>, _state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Arrived(Arrival::Started(Err(why))) => {
                self.sending = false;
                self.trouble = Some(why.clone());
            }
            // It had nothing left to do.
            Input::Arrived(Arrival::Tell(Ok(_))) if self.sending => return Flow::Close,
            Input::Command(Command::Back) => return Flow::Close,
            _ if self.sending => {}
            Input::Text(key) => self.question.key(key),
            Input::Paste(pasted) => self.question.paste(pasted),
            Input::Command(Command::Accept) => match self.question.granted(self.to_send) {
                Ok(()) => {
                    self.sending = true;
                    self.trouble = None;
                    effects.push(Effect::Resume {
                        book: self.run.book,
                        run: self.run.id,
                    });
                }
                Err(why) => self.trouble = Some(why),
            },
            _ => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let (word, word_style) = theme.environment(self.environment);
        let title = Line::from(vec![
            Span::styled(
                format!(
                    " Take up run {} · {} · ",
                    self.run,
                    text::shown(&self.profile)
                ),
                theme.strong,
            ),
            Span::styled(word, word_style),
            Span::raw(" "),
        ]);
        let style = theme.border_of(self.environment);
        let border = self.frame(state);
        let inner = border.draw(frame, title, style, state);
        pane::lines(frame, inner, self.lines(theme));
    }
}
