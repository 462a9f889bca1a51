//! A line of text that is being typed.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Style;
use ratatui::text::Span;

use super::text;
use crate::console::theme::Theme;

/// A line of text with a cursor in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    text: String,
    /// In bytes, always between characters; keys move it over whole grapheme clusters.
    at: usize,
}

impl Input {
    /// A line with that text, the cursor at its end.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            at: text.len(),
            text,
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the cursor stands, in bytes.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Puts a text in place of a part of it, the cursor behind that.
    pub fn put(&mut self, span: std::ops::Range<usize>, text: &str) {
        if self.text.get(span.clone()).is_some() {
            self.text.replace_range(span.clone(), text);
            self.at = span.start + text.len();
        }
    }

    /// Another text with the cursor there, in bytes; at its end where that is no place between characters.
    pub fn set(&mut self, text: String, at: usize) {
        self.at = if text.is_char_boundary(at) {
            at
        } else {
            text.len()
        };
        self.text = text;
    }

    /// Empties it.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes a key. Returns whether the text or the cursor changed.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let before = (self.text.len(), self.at);
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('u') if control => {
                self.text.drain(..self.at);
                self.at = 0;
            }
            KeyCode::Char('w') if control => {
                let kept = self.text[..self.at].trim_end();
                let start = kept.rfind(' ').map_or(0, |space| space + 1);
                self.text.drain(start..self.at);
                self.at = start;
            }
            KeyCode::Char('a') if control => self.at = 0,
            KeyCode::Char('e') if control => self.at = self.text.len(),
            KeyCode::Char(c) if !control => {
                self.text.insert(self.at, c);
                self.at += c.len_utf8();
                return true;
            }
            KeyCode::Backspace => {
                let end = self.at;
                self.at -= text::last(&self.text[..end]).len();
                self.text.drain(self.at..end);
            }
            KeyCode::Delete => {
                let end = self.at + text::first(&self.text[self.at..]).len();
                self.text.drain(self.at..end);
            }
            KeyCode::Left => self.at -= text::last(&self.text[..self.at]).len(),
            KeyCode::Right => self.at += text::first(&self.text[self.at..]).len(),
            KeyCode::Home => self.at = 0,
            KeyCode::End => self.at = self.text.len(),
            _ => {}
        }
        before != (self.text.len(), self.at)
    }

    /// Takes pasted text; line ends become spaces.
    pub fn paste(&mut self, pasted: &str) {
        let clean: String = pasted
            .trim_end_matches(['\r', '\n'])
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        self.text.insert_str(self.at, &clean);
        self.at += clean.len();
    }

    /// The text with its cursor, cut so that the cursor is seen.
    pub fn spans(
        &self,
        width: usize,
        focused: bool,
        style: Style,
        theme: &Theme,
    ) -> Vec<Span<'static>> {
        let before = text::shown(&self.text[..self.at]).into_owned();
        let rest = &self.text[self.at..];
        let under = text::first(rest);
        let after = text::shown(&rest[under.len()..]).into_owned();
        let under = match text::shown(under) {
            // What has no column of its own has none for the cursor either.
            seen if text::width(&seen) == 0 => format!("{seen} "),
            seen => text::fit(&seen, width.max(1)),
        };
        let taken = text::width(&under);
        let before = text::keep_end(&before, width.saturating_sub(taken + 1));
        let room = width.saturating_sub(text::width(&before) + taken);
        let cursor = if focused {
            theme.selection.patch(theme.accent)
        } else {
            style
        };
        vec![
            Span::styled(before, style),
            Span::styled(under, cursor),
            Span::styled(text::fit(&after, room), style),
        ]
    }
}

/// What stands in an empty input instead of content: what belongs there, or what holds without it. The brackets tell
/// it from what was typed, where no colour does.
pub fn hint(words: &str, columns: usize, theme: &Theme) -> Span<'static> {
    let words = text::fit(&text::shown(words), columns.saturating_sub(2));
    Span::styled(
        if words.is_empty() {
            words
        } else {
            format!("({words})")
        },
        theme.dim,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_keys(input: &mut Input, codes: &[KeyCode]) {
        for code in codes {
            input.key(KeyEvent::from(*code));
        }
    }

    #[test]
    fn text_is_typed_where_the_cursor_stands() {
        let mut input = Input::new("ada.archer");
        type_keys(
            &mut input,
            &[
                KeyCode::Home,
                KeyCode::Char('x'),
                KeyCode::End,
                KeyCode::Char('ü'),
            ],
        );
        assert_eq!(input.text(), "xada.archerü");
        type_keys(
            &mut input,
            &[KeyCode::Backspace, KeyCode::Left, KeyCode::Delete],
        );
        assert_eq!(input.text(), "xada.arche");
        input.key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL));
        assert_eq!(input.text(), "");
    }

    #[test]
    fn pasted_lines_become_one() {
        let mut input = Input::new("#1");
        input.paste("\n#2\r\n#3\n");
        assert_eq!(input.text(), "#1 #2  #3");
    }
}
