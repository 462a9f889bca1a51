//! The operator's word before anything is sent: of a live account the count is typed in (T-06), and of a
//! cancellation of several orders wherever it isn't the sandbox's.

use crossterm::event::KeyEvent;
use ratatui::text::{Line, Span};

use crate::console::theme::Theme;
use crate::console::widget::{input, text};
use crate::vendor::Environment;
use crate::workspace::{Consent, Judgement, consent};

/// The question, with what was typed so far.
#[derive(Debug)]
pub struct Question {
    environment: Environment,
    /// Several orders are cancelled: that isn't undone, not at a test account either.
    cancels: bool,
    typed: input::Input,
}

impl Question {
    /// The question for an account of that environment.
    pub fn new(environment: Environment) -> Self {
        Self {
            environment,
            cancels: false,
            typed: input::Input::default(),
        }
    }

    /// The question before a cancellation.
    pub fn before_cancelling(environment: Environment) -> Self {
        Self {
            cancels: true,
            ..Self::new(environment)
        }
    }

    /// Whether the count must be typed.
    pub fn wants_count(&self, to_send: u64) -> bool {
        let judged = consent(self.environment, to_send, Consent::default(), true);
        let several = self.cancels && to_send > 1 && self.environment != Environment::Sandbox;
        judged == Judgement::AskCount || several
    }

    /// Whether enter may send that many now; else why not.
    pub fn granted(&self, to_send: u64) -> Result<(), String> {
        if self.wants_count(to_send) && self.typed.text().trim() != to_send.to_string() {
            return Err(format!(
                "type {to_send} first: so many orders go to the live account"
            ));
        }
        Ok(())
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent) {
        self.typed.key(key);
    }

    /// Takes pasted text.
    pub fn paste(&mut self, pasted: &str) {
        self.typed.paste(pasted);
    }

    /// The line that is typed into, where the count is wanted.
    pub fn line(&self, to_send: u64, theme: &Theme) -> Option<Line<'static>> {
        let words = format!(
            "type {to_send} to send {} to the live account: ",
            text::many(to_send, "order")
        );
        self.line_for(&words, to_send, true, theme)
    }

    /// The same in other words, and whether it is typed into now.
    pub fn line_for(
        &self,
        words: &str,
        to_send: u64,
        focused: bool,
        theme: &Theme,
    ) -> Option<Line<'static>> {
        if !self.wants_count(to_send) {
            return None;
        }
        let mut spans = vec![Span::raw(words.to_owned())];
        spans.extend(self.typed.spans(12, focused, theme.strong, theme));
        Some(Line::from(spans))
    }
}
