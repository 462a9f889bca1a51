//! Searching in a text: what is typed, where it is found, and how that is marked.

use ratatui::style::{Modifier, Style};
use ratatui::text::Span;

use super::input::Input;
use crate::console::theme::Theme;

/// What is searched for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// What is typed.
    pub input: Input,
    /// Whether it is being typed.
    pub typing: bool,
}

impl Search {
    /// A search that is about to be typed.
    pub fn begin() -> Self {
        Self {
            typing: true,
            ..Self::default()
        }
    }

    /// Whether something is searched for, or about to be.
    pub fn is_active(&self) -> bool {
        self.typing || !self.input.text().is_empty()
    }

    /// What is searched for, ready to be compared.
    pub fn wanted(&self) -> Wanted {
        Wanted(self.input.text().chars().map(fold).collect())
    }
}

/// What is searched for: upper and lower case are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted(Vec<char>);

fn fold(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

impl Wanted {
    /// Whether nothing is searched for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it stands in that text.
    pub fn is_in(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().map(fold).collect();
        !self.is_empty() && text.windows(self.0.len()).any(|part| part == self.0)
    }

    /// The spans with every place where it stands marked, across their borders.
    pub fn mark(&self, spans: Vec<Span<'static>>, theme: &Theme) -> Vec<Span<'static>> {
        let text: Vec<char> = spans
            .iter()
            .flat_map(|span| span.content.chars().map(fold))
            .collect();
        let mut marked = vec![false; text.len()];
        if !self.is_empty() {
            let mut at = 0;
            while at + self.0.len() <= text.len() {
                if text[at..].starts_with(&self.0) {
                    marked[at..at + self.0.len()].fill(true);
                    at += self.0.len();
                } else {
                    at += 1;
                }
            }
        }
        if !marked.contains(&true) {
            return spans;
        }
        let style = found(theme);
        let mut marks = marked.into_iter();
        let mut out = Vec::with_capacity(spans.len() + 2);
        for span in spans {
            let mut part = String::new();
            let mut is_marked = false;
            for c in span.content.chars() {
                let mark = marks.next().unwrap_or(false);
                if mark != is_marked && !part.is_empty() {
                    out.push(piece(std::mem::take(&mut part), is_marked, &span, style));
                }
                is_marked = mark;
                part.push(c);
            }
            if !part.is_empty() {
                out.push(piece(part, is_marked, &span, style));
            }
        }
        out
    }
}

fn piece(part: String, marked: bool, of: &Span<'_>, style: Style) -> Span<'static> {
    Span::styled(
        part,
        if marked {
            of.style.patch(style)
        } else {
            of.style
        },
    )
}

/// The style of what was found: told without colours too.
pub fn found(theme: &Theme) -> Style {
    theme
        .accent
        .add_modifier(Modifier::BOLD | Modifier::UNDERLINED | Modifier::ITALIC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::theme::Kind;

    #[test]
    fn matches_are_marked_across_spans_whatever_their_case() {
        let mut search = Search::begin();
        search.input.paste("EMAIL\": \"ö");
        let wanted = search.wanted();
        assert!(wanted.is_in("\"Email\": \"Ö\""));
        let theme = Theme::new(Kind::Plain);
        let spans = vec![Span::raw("\"email\""), Span::raw(": "), Span::raw("\"Öz\"")];
        let marked: String = wanted
            .mark(spans.clone(), &theme)
            .iter()
            .filter(|span| span.style == found(&theme))
            .map(|span| span.content.as_ref())
            .collect();
        assert_eq!(marked, "email\": \"Ö");
        assert_eq!(Wanted::default().mark(spans.clone(), &theme), spans);
        assert!(!Wanted::default().is_in("a"));
    }
}
