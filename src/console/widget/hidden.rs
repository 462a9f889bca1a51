//! A secret that is being typed: shown as dots, wiped when it is gone. What says where a secret comes from
//! (`env:NAME`) is no secret, and is shown.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::text::Span;
use zeroize::Zeroizing;

use super::text;
use crate::console::theme::Theme;
use crate::profile::{Secret, SecretRef};
use crate::workspace::accounts::credential_source;

/// Room for any secret: a buffer that grows leaves copies behind.
const ROOM: usize = 16 * 1024;

/// A credential that is being typed.
pub struct Hidden {
    text: Zeroizing<String>,
    /// It is no secret: an id of the account.
    open: bool,
}

impl Default for Hidden {
    fn default() -> Self {
        Self {
            text: Zeroizing::new(String::with_capacity(ROOM)),
            open: false,
        }
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(crate::secret::MASK)
    }
}

impl Hidden {
    /// For a credential that needs no hiding.
    pub fn open() -> Self {
        Self {
            open: true,
            ..Self::default()
        }
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent) {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('u') if control => self.text.clear(),
            KeyCode::Char(c) if !control => self.push(c),
            KeyCode::Backspace => {
                self.text.pop();
            }
            _ => {}
        }
    }

    /// Takes pasted text; secrets have no line ends.
    pub fn paste(&mut self, pasted: &str) {
        pasted
            .chars()
            .filter(|c| !c.is_control())
            .for_each(|c| self.push(c));
    }

    fn push(&mut self, c: char) {
        if self.text.len() + c.len_utf8() <= ROOM {
            self.text.push(c);
        }
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Where the secret comes from: the text itself, or what it names.
    pub fn source(&self) -> Option<SecretRef> {
        if self.is_empty() {
            return None;
        }
        let whole = || SecretRef::Plain(Secret::wiped(self.text.clone()));
        Some(credential_source(self.text.trim()).unwrap_or_else(whole))
    }

    /// What is shown of it.
    pub fn spans(&self, width: usize, focused: bool, theme: &Theme) -> Vec<Span<'static>> {
        let room = width.saturating_sub(2);
        let words = if self.open || credential_source(self.text.trim()).is_some() {
            text::keep_end(&text::shown(&self.text), room)
        } else {
            "•".repeat(self.text.chars().count().min(room))
        };
        let mut spans = vec![Span::styled(words, theme.text)];
        if focused {
            spans.push(Span::styled(" ", theme.selection.patch(theme.accent)));
        }
        spans
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::theme::Kind;

    #[test]
    fn a_secret_is_never_shown_and_a_reference_is() {
        let theme = Theme::new(Kind::Plain);
        let mut hidden = Hidden::default();
        hidden.paste("hunter2\n");
        let shown = |hidden: &Hidden| hidden.spans(40, false, &theme)[0].content.to_string();
        assert_eq!(shown(&hidden), "•••••••");
        assert_eq!(format!("{hidden:?}"), crate::secret::MASK);
        assert!(
            matches!(hidden.source(), Some(SecretRef::Plain(secret)) if secret.expose() == "hunter2")
        );
        hidden.key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL));
        assert!(hidden.is_empty() && hidden.source().is_none());
        hidden.paste("env:KEY");
        assert_eq!(shown(&hidden), "env:KEY");
        assert!(matches!(hidden.source(), Some(SecretRef::Env(name)) if name == "KEY"));
    }
}
