//! What is wrong in a file of the operator's, told with its place as a compiler would. What is right in the file
//! still counts.

use std::fmt;
use std::ops::Range;

/// One thing wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The file's path.
    pub file: String,
    /// Its line, counted from 1.
    pub line: usize,
    /// The character in the line, counted from 1.
    pub column: usize,
    /// What is wrong, and what comes of it.
    pub what: String,
    source: String,
    length: usize,
}

/// A file as it was read, to tell places in it.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its path.
    pub file: &'a str,
    /// What it says.
    pub text: &'a str,
}

impl Source<'_> {
    /// A mistake at these bytes.
    pub fn mistake(&self, span: Range<usize>, what: impl Into<String>) -> Mistake {
        let start = self.text.floor_char_boundary(span.start);
        let end = self.text.floor_char_boundary(span.end).max(start);
        let before = self.text.get(..start).unwrap_or_default();
        let began = before.rfind('\n').map_or(0, |at| at + 1);
        let source = self
            .text
            .get(began..)
            .and_then(|rest| rest.lines().next())
            .unwrap_or_default();
        let meant = self.text.get(start..end).unwrap_or_default();
        Mistake {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.get(began..).map_or(0, |part| part.chars().count()) + 1,
            what: what.into(),
            source: source.to_owned(),
            length: meant.lines().next().map_or(1, |part| part.chars().count()),
        }
    }

    /// The mistake of a file that is no TOML.
    pub fn unreadable(&self, error: &toml::de::Error) -> Mistake {
        self.mistake(
            error.span().unwrap_or(0..0),
            format!("{}; nothing of the file is used", error.message()),
        )
    }
}

impl Mistake {
    /// In one line, with the file's name only.
    pub fn short(&self) -> String {
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file);
        format!("{name}:{}: {}", self.line, self.what)
    }

    /// With the line of the file and a mark under the place.
    pub fn excerpt(&self) -> String {
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let indent: String = self
            .source
            .chars()
            .take(self.column - 1)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        format!(
            "{self}\n {margin} |\n {number} | {}\n {margin} | {indent}{}",
            visible(&self.source.replace('\t', "    ")),
            "^".repeat(self.length.max(1)),
            indent = indent.replace('\t', "    "),
        )
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = visible(&self.what);
        write!(f, "{}:{}:{}: {what}", self.file, self.line, self.column)
    }
}

/// The nearest of some names, by its letters or by its words; none where none is near.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-', '.', '/'], " ");
    let name = plain(name);
    known
        .map(|other| (likeness(&plain(other), &name), other))
        .filter(|(near, _)| *near > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, other)| other)
}

/// How much two names are alike, 1 for the same. `Grand total` and `Total` are.
fn likeness(one: &str, other: &str) -> f64 {
    let holds = |long: &str, short: &str| {
        let words: Vec<&str> = long.split_whitespace().collect();
        let mut parts = short.split_whitespace().peekable();
        parts.peek().is_some() && parts.all(|part| words.contains(&part))
    };
    let by_words = if holds(one, other) || holds(other, one) {
        0.8
    } else {
        0.0
    };
    strsim::jaro(one, other).max(by_words)
}

/// The same as a question; nothing where none is near.
pub fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest(name, known).map_or_else(String::new, |other| format!("; did you mean {other}?"))
}

/// Text from outside with control characters and changes of writing direction spelled out.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        if c.is_control() || turns {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_by_line_character_and_mark() {
        let source = Source {
            file: "/home/ada/keymap.toml",
            text: "# keys\nundo = ['é', 'hyper']\n",
        };
        let at = source.text.find("'hyper'").unwrap();
        let mistake = source.mistake(at..at + 7, "`hyper` is no key");
        assert_eq!((mistake.line, mistake.column), (2, 14));
        assert_eq!(mistake.short(), "keymap.toml:2: `hyper` is no key");
        assert_eq!(
            mistake.excerpt(),
            "/home/ada/keymap.toml:2:14: `hyper` is no key\n   |\n 2 | undo = ['é', 'hyper']\n   |              ^^^^^^^"
        );
    }

    #[test]
    fn names_are_near_by_letters_or_words() {
        let known = ["Total", "Unit price", "E-Mail", "Town"];
        for (name, expected) in [
            ("Totl", Some("Total")),
            ("Grand total", Some("Total")),
            ("Price", Some("Unit price")),
            ("e_mail", Some("E-Mail")),
            ("Quantity", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, known.into_iter()), expected, "{name}");
        }
        assert_eq!(
            did_you_mean("Totl", known.into_iter()),
            "; did you mean Total?"
        );
    }

    #[test]
    fn a_place_behind_the_end_is_no_fault() {
        let source = Source {
            file: "f",
            text: "",
        };
        assert_eq!(source.mistake(5..9, "x").line, 1);
    }
}
