//! Ids of orders as people paste them: out of a ticket, a mail, a column of a sheet.

use std::collections::HashSet;

/// What pasted lists begin their lines with, or put between their ids.
const BULLETS: [char; 9] = ['-', '*', '+', '•', '◦', '·', '–', '—', '>'];

/// What ids are quoted with.
const QUOTES: [(char, char); 7] = [
    ('"', '"'),
    ('\'', '\''),
    ('`', '`'),
    ('“', '”'),
    ('„', '“'),
    ('‘', '’'),
    ('«', '»'),
];

/// Ids, each once, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ids {
    /// The ids.
    pub ids: Vec<String>,
    /// Those that were named more than once.
    pub repeated: Vec<String>,
}

impl Ids {
    /// The ids of a text that was typed or pasted: divided by commas, semicolons and white space, without the
    /// bullets, numbers and quotes of lists. What stands in quotes is one id, blanks and all.
    pub fn of_text(text: &str) -> Self {
        Self::collect(text.lines().flat_map(|line| words(unlisted(line))))
    }

    /// The ids of a file, one a line: blanks within an id are kept.
    pub fn of_lines(text: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        Self::collect(text.lines().map(|line| {
            let line = unlisted(line).trim_end_matches([',', ';']);
            unquoted(line).to_owned()
        }))
    }

    /// These ids, without white space around them.
    pub fn of_list(ids: impl IntoIterator<Item = String>) -> Self {
        Self::collect(ids.into_iter())
    }

    fn collect(found: impl Iterator<Item = String>) -> Self {
        let (mut seen, mut all) = (HashSet::new(), Self::default());
        for id in found {
            let id = id.trim();
            if id.is_empty() {
                continue;
            }
            if seen.insert(id.to_owned()) {
                all.ids.push(id.to_owned());
            } else if !all.repeated.iter().any(|known| known == id) {
                all.repeated.push(id.to_owned());
            }
        }
        all
    }

    /// That some were named more than once, in words.
    pub fn told(&self) -> Option<String> {
        match &self.repeated[..] {
            [] => None,
            [one] => Some(format!("{one} is named more than once and taken once")),
            many => Some(format!(
                "{} ids are named more than once and taken once each",
                many.len()
            )),
        }
    }

    /// The ids in one line that [`Ids::of_text`] reads again.
    pub fn in_a_line(&self) -> String {
        let each: Vec<String> = self.ids.iter().map(|id| written(id)).collect();
        each.join(", ")
    }
}

/// An id as it is read again, whatever is in it.
fn written(id: &str) -> String {
    let plain = words(unlisted(id)).eq(std::iter::once(id.to_owned()));
    if plain {
        id.to_owned()
    } else {
        format!("\"{id}\"")
    }
}

/// A line without the bullet or number that a list puts before it.
fn unlisted(line: &str) -> &str {
    let line = line.trim();
    let Some((first, rest)) = line.split_once(char::is_whitespace) else {
        return line;
    };
    let rest = rest.trim_start();
    let number = first.strip_suffix(['.', ')']);
    let is_number = number.is_some_and(|digits| {
        !digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    let is_bullet = first.chars().all(|c| BULLETS.contains(&c));
    if is_number || is_bullet { rest } else { line }
}

/// The ids of a line.
fn words(line: &str) -> impl Iterator<Item = String> + use<> {
    let divides = |c: char| c.is_whitespace() || matches!(c, ',' | ';');
    let (mut found, mut rest) = (Vec::new(), line);
    loop {
        rest = rest.trim_start_matches(divides);
        let Some(first) = rest.chars().next() else {
            break;
        };
        let quoted = QUOTES
            .iter()
            .find(|(open, _)| *open == first)
            .and_then(|(_, close)| {
                let inner = rest.get(first.len_utf8()..)?;
                let end = inner.find(*close)?;
                Some((inner.get(..end)?, inner.get(end + close.len_utf8()..)?))
            });
        if let Some((word, after)) = quoted {
            found.push(word.to_owned());
            rest = after;
            continue;
        }
        let (word, after) = rest.split_at(rest.find(divides).unwrap_or(rest.len()));
        if !word.chars().all(|c| BULLETS.contains(&c)) {
            found.push(word.to_owned());
        }
        rest = after;
    }
    found.into_iter()
}

fn unquoted(line: &str) -> &str {
    let line = line.trim();
    QUOTES
        .iter()
        .find_map(|(open, close)| line.strip_prefix(*open)?.strip_suffix(*close))
        .unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_are_taken_out_of_what_tickets_look_like() {
        for text in [
            "#1, #2, 3-A",
            "#1;#2;3-A",
            "#1 #2\t3-A",
            "#1\r\n#2\r\n\r\n3-A\r\n",
            "- #1\n- #2\n- 3-A",
            "• #1\n• #2\n• 3-A",
            "1. #1\n2) #2\n3. 3-A",
            "\"#1\", '#2', `3-A`",
            "“#1” «#2» „3-A“",
            "#1 - #2 – 3-A",
            "> #1\n> #2,\n> 3-A",
            "#1, #2, #1, 3-A, #2, #1",
        ] {
            assert_eq!(Ids::of_text(text).ids, ["#1", "#2", "3-A"], "{text}");
        }
        assert_eq!(Ids::of_text("\"a b\" c").ids, ["a b", "c"]);
        assert_eq!(Ids::of_text("  ,, ; \n").ids, [""; 0]);
        assert_eq!(Ids::of_text("-1").ids, ["-1"]);
        assert_eq!(Ids::of_text("\"open").ids, ["\"open"]);
    }

    #[test]
    fn repeated_ids_are_told() {
        let told = |text| Ids::of_text(text).told();
        assert_eq!(told("1 2"), None);
        let one = told("#1 #2 #1 #1").unwrap();
        assert_eq!(one, "#1 is named more than once and taken once");
        assert!(told("1 2 1 2").unwrap().starts_with("2 ids are named"));
    }

    #[test]
    fn a_file_has_one_id_a_line() {
        let ids = Ids::of_lines("\u{feff}#1\r\n\n order 2 \n- #3,\n\"#4\"\n#1\n");
        assert_eq!(ids.ids, ["#1", "order 2", "#3", "#4"]);
        assert_eq!(ids.repeated, ["#1"]);
    }

    proptest! {
        #[test]
        fn what_is_written_in_a_line_is_read_again(ids in prop::collection::hash_set("[#a-z0-9 .,*-]{1,9}", 1..6)) {
            let ids = Ids::of_list(ids);
            prop_assert_eq!(Ids::of_text(&ids.in_a_line()).ids, ids.ids);
        }
    }
}
