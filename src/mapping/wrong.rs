//! What is wrong with a mapping file, told with its place as a compiler would.

use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::mistake::{Mistake, Source, nearest};

/// Why a mapping file can't be used: everything that is wrong with it, at least one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingError {
    /// In the order of the file.
    pub mistakes: Vec<Mistake>,
}

impl std::error::Error for MappingError {}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&excerpts(&self.mistakes))
    }
}

impl MappingError {
    /// In one line, with the file's name only.
    pub fn short(&self) -> String {
        let first = self.mistakes.first().map(Mistake::short);
        let more = match self.mistakes.len().saturating_sub(1) {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        format!("{}{more}", first.unwrap_or_default())
    }
}

/// The mistakes with their lines, one below the other.
pub(super) fn excerpts(mistakes: &[Mistake]) -> String {
    let all: Vec<String> = mistakes.iter().map(Mistake::excerpt).collect();
    all.join("\n")
}

/// The text of a mapping file, to find places in it.
#[derive(Clone, Copy)]
pub(super) struct Text<'t>(pub(super) Source<'t>);

impl Text<'_> {
    /// What serde says, at the word that it is about, with what may have been meant.
    pub(super) fn unreadable(self, error: &toml::de::Error) -> Mistake {
        let message = error.message().trim_end().replace('\n', ", ");
        let span = error.span().unwrap_or(0..0);
        let (what, word) = in_our_words(&message);
        self.0.mistake(self.narrowed(span, word), what)
    }

    /// The word in the lines of the span, where it stands there; else the span's first line.
    fn narrowed(self, span: Range<usize>, word: Option<&str>) -> Range<usize> {
        let text = self.0.text;
        let start = text.floor_char_boundary(span.start);
        let began = text
            .get(..start)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |at| at + 1);
        let end = text.floor_char_boundary(span.end).max(start);
        let line_end = text
            .get(end..)
            .and_then(|rest| rest.find('\n'))
            .map_or(text.len(), |at| end + at);
        let Some(word) = word.filter(|word| !word.is_empty()) else {
            return span;
        };
        let found = text
            .get(start..line_end)
            .and_then(|part| find_word(part, word))
            .map(|at| start + at)
            .or_else(|| {
                let part = text.get(began..line_end)?;
                find_word(part, word).map(|at| began + at)
            });
        found.map_or(span, |at| at..at + word.len())
    }

    /// The span of a key; of the deepest table that is there, if the key isn't.
    pub(super) fn key(self, path: &[&str]) -> Range<usize> {
        self.find(path, |key, _| key)
    }

    /// The span of a value.
    pub(super) fn value(self, path: &[&str]) -> Range<usize> {
        self.find(path, |_, value| value.span())
    }

    /// The span of the text `name` inside a value: alone, or in the braces of a template. The value's span if it
    /// isn't there.
    pub(super) fn name(self, path: &[&str], name: &str) -> Range<usize> {
        self.find(path, |_, value| {
            find_name(value, name).unwrap_or_else(|| value.span())
        })
    }

    fn find(
        self,
        path: &[&str],
        of: impl Fn(Range<usize>, &Spanned<DeValue<'_>>) -> Range<usize>,
    ) -> Range<usize> {
        let Ok(table) = DeTable::parse(self.0.text) else {
            return 0..0;
        };
        let mut found = 0..0;
        let mut table = table.get_ref();
        let mut rest = path;
        while !rest.is_empty() {
            // `customer.email` may be one key in quotation marks, or two.
            let entry = (1..=rest.len()).rev().find_map(|taken| {
                let name = rest.get(..taken)?.join(".");
                let (key, value) = table.get_key_value(name.as_str())?;
                Some((taken, key.span(), value))
            });
            let Some((taken, key, value)) = entry else {
                break;
            };
            rest = rest.get(taken..).unwrap_or_default();
            found = of(key, value);
            match value.get_ref().as_table() {
                Some(inner) => table = inner,
                None => break,
            }
        }
        found
    }
}

/// Where a word stands by itself.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let joined = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word)
        .find(|(at, _)| {
            let before = text.get(..*at).and_then(|part| part.chars().next_back());
            let behind = text
                .get(at + word.len()..)
                .and_then(|part| part.chars().next());
            !before.is_some_and(joined) && !behind.is_some_and(joined)
        })
        .map(|(at, _)| at)
}

fn find_name(value: &Spanned<DeValue<'_>>, name: &str) -> Option<Range<usize>> {
    match value.get_ref() {
        DeValue::String(text) => {
            let whole = text == name || text.contains(&format!("{{{name}}}"));
            whole.then(|| value.span())
        }
        DeValue::Array(values) => values.iter().find_map(|value| find_name(value, name)),
        DeValue::Table(table) => table
            .iter()
            .filter(|(key, _)| key.get_ref() != "do" && key.get_ref() != "value")
            .find_map(|(_, value)| find_name(value, name)),
        _ => None,
    }
}

/// serde's message as we would say it, and the word that it is about.
fn in_our_words(message: &str) -> (String, Option<&str>) {
    let word = message.split('`').nth(1);
    for (beginning, what) in [("unknown field ", "key"), ("unknown variant ", "word")] {
        let Some(rest) = message.strip_prefix(beginning) else {
            continue;
        };
        let Some(word) = word else { break };
        // Backquotes part the names: every second part is one.
        let known: Vec<&str> = rest.split('`').skip(3).step_by(2).collect();
        let next = match nearest(word, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "nothing may stand here".to_owned(),
            None => format!("there are: {}", known.join(", ")),
        };
        return (
            format!("there is no {what} `{word}` here; {next}"),
            Some(word),
        );
    }
    if let Some(rest) = message.strip_prefix("missing field ") {
        return (format!("the key {rest} is missing here"), None);
    }
    if let Some(rest) = message.strip_prefix("invalid type: ") {
        return (
            rest.replacen(", expected ", " stands where this belongs: ", 1),
            None,
        );
    }
    (message.to_owned(), word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_where_they_stand() {
        let text = "[order]\nid = \"A\"\n\"customer.email\" = { first = [\"B\", { template = \"x {C d}\" }] }\n[order.billing]\ncity = \"E\"\n";
        let at = Text(Source { file: "f", text });
        let part = |range: Range<usize>| text.get(range).unwrap().to_owned();
        assert_eq!(part(at.key(&["order", "id"])), "id");
        assert_eq!(part(at.value(&["order", "billing", "city"])), "\"E\"");
        let path = ["order", "customer", "email"];
        assert_eq!(part(at.name(&path, "B")), "\"B\"");
        assert_eq!(part(at.name(&path, "C d")), "\"x {C d}\"");
        assert!(part(at.name(&path, "Z")).starts_with("{ first"));
        assert_eq!(part(at.key(&["order", "nothing"])), "order");
    }
}
