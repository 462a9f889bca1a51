//! A line that is typed: a constant, a template, a time zone, a name. What is wrong with it is said at once.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::choice::Back;
use super::{Border, Flow, Input, Layer};
use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::state::State;
use crate::console::widget::{input, pane, text};

/// What is done with what was typed; why it can't be.
pub type Then = Box<dyn FnMut(&mut State, &str, &mut Vec<Effect>) -> Result<(), String> + Send>;

/// A line that is typed.
pub struct Typed {
    title: String,
    help: String,
    input: input::Input,
    wrong: Option<String>,
    then: Then,
    back: Option<Back>,
}

impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Typed")
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

impl Typed {
    /// Asks for a line, with what stands there to begin with.
    pub fn new(
        title: impl Into<String>,
        help: impl Into<String>,
        begin: impl Into<String>,
        then: Then,
    ) -> Self {
        Self {
            title: title.into(),
            help: help.into(),
            input: input::Input::new(begin),
            wrong: None,
            then,
            back: None,
        }
    }

    /// Leads back to where it came from if nothing is taken.
    #[must_use]
    pub fn back_to(mut self, back: impl FnMut(&mut State) + Send + 'static) -> Self {
        self.back = Some(Box::new(back));
        self
    }

    fn words(&self) -> Vec<(String, bool)> {
        let help = text::wrap(&text::shown(&self.help), 72).into_iter();
        let mut words: Vec<(String, bool)> = help.map(|line| (line, false)).collect();
        if let Some(wrong) = &self.wrong {
            let wrong = text::wrap(&format!("✗ {}", text::shown(wrong)), 72);
            words.extend(wrong.into_iter().map(|line| (line, true)));
        }
        words
    }

    fn frame(&self, state: &State) -> Border {
        let area = layout::middle(state.size, 76, self.words().len() as u16 + 4);
        Border::new(
            area,
            &[(Command::Accept, "take it"), (Command::Back, "back")],
        )
    }
}

impl Layer for Typed {
    fn is_typing(&self) -> bool {
        true
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Command(Command::Accept) => {
                match (self.then)(state, self.input.text(), effects) {
                    Ok(()) => return Flow::Close,
                    Err(why) => self.wrong = Some(why),
                }
            }
            Input::Command(Command::Back) => {
                if let Some(back) = &mut self.back {
                    back(state);
                }
                return Flow::Close;
            }
            Input::Text(key) if self.input.key(key) => self.wrong = None,
            Input::Paste(pasted) => self.input.paste(pasted),
            _ => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let title = Line::styled(format!(" {} ", text::shown(&self.title)), theme.strong);
        let inner = self
            .frame(state)
            .draw(frame, title, theme.border_focus, state);
        let mut lines = vec![
            Line::from(self.input.spans(
                usize::from(inner.width).saturating_sub(1),
                true,
                theme.text,
                theme,
            )),
            Line::default(),
        ];
        lines.extend(self.words().into_iter().map(|(words, wrong)| {
            Line::from(Span::styled(
                words,
                if wrong { theme.error } else { theme.dim },
            ))
        }));
        pane::lines(frame, inner, lines);
    }
}
