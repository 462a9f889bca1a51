//! A long text to read: one string with the places where its lines begin, so that ten megabytes are opened at once,
//! only what is on the screen is laid out, and a search goes through it without taking it apart.

use super::exchange::LineKind;

/// Longer lines are shown in parts of at most so many bytes; the text itself stays whole.
const PART: usize = 512;
/// More matches than these aren't counted.
pub const MATCHES: usize = 100_000;

/// A text in lines.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Document {
    text: String,
    /// Where each line, or part of a long one, begins, and what it is.
    lines: Vec<(usize, LineKind)>,
}

/// A line of a document, or a part of a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// What it is.
    pub kind: LineKind,
    /// Where it begins in the document, in bytes.
    pub start: usize,
    /// Its text.
    pub text: &'a str,
    /// Whether the line began before it.
    pub goes_on: bool,
}

impl Document {
    /// Adds a text, line by line.
    pub fn push(&mut self, kind: LineKind, text: &str) {
        self.text.reserve(text.len() + 1);
        for line in text.split('\n') {
            let line = line.strip_suffix('\r').unwrap_or(line);
            self.lines.push((self.text.len(), kind));
            let mut rest = line;
            while rest.len() > PART {
                let cut = rest.floor_char_boundary(PART);
                let (part, more) = rest.split_at(cut);
                self.text.push_str(part);
                self.lines.push((self.text.len(), kind));
                rest = more;
            }
            self.text.push_str(rest);
            self.text.push('\n');
        }
    }

    /// How many lines there are, long ones counted by their parts.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// A line, or a part of one.
    pub fn part(&self, index: usize) -> Option<Part<'_>> {
        let (start, kind) = *self.lines.get(index)?;
        let end = self
            .lines
            .get(index + 1)
            .map_or(self.text.len(), |(start, _)| *start);
        let text = self.text.get(start..end)?;
        let ends = |text: &str| text.ends_with('\n');
        Some(Part {
            kind,
            start,
            goes_on: start > 0 && !self.text.get(..start).is_some_and(ends),
            text: text.strip_suffix('\n').unwrap_or(text),
        })
    }

    /// The line, or part of one, that a place in the text is in.
    pub fn line_at(&self, place: usize) -> usize {
        self.lines
            .partition_point(|(start, _)| *start <= place)
            .saturating_sub(1)
    }

    /// Where a text stands, in whatever case: begins and ends in bytes, at most [`MATCHES`]. None where `is_over`
    /// says that nobody waits any more.
    pub fn find(&self, wanted: &str, is_over: impl Fn() -> bool) -> Option<Vec<(usize, usize)>> {
        let wanted = wanted.to_lowercase();
        let mut found = Vec::new();
        if wanted.is_empty() {
            return Some(found);
        }
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            if is_over() {
                return None;
            }
            places(line, &wanted, start, &mut found);
            start += line.len();
            if found.len() >= MATCHES {
                found.truncate(MATCHES);
                break;
            }
        }
        Some(found)
    }
}

/// Where a text in lower case stands in a line.
fn places(line: &str, wanted: &str, start: usize, found: &mut Vec<(usize, usize)>) {
    if line.is_ascii() {
        let lower = line.to_ascii_lowercase();
        let hits = lower.match_indices(wanted);
        found.extend(hits.map(|(at, hit)| (start + at, start + at + hit.len())));
        return;
    }
    // Lower case may take more bytes, or fewer: each byte of it knows the character that it came from.
    let (mut lower, mut from) = (String::with_capacity(line.len()), Vec::new());
    for (at, c) in line.char_indices() {
        lower.extend(c.to_lowercase());
        from.resize(lower.len(), (at, at + c.len_utf8()));
    }
    for (at, hit) in lower.match_indices(wanted) {
        if let (Some((begin, _)), Some((_, end))) = (from.get(at), from.get(at + hit.len() - 1)) {
            found.push((start + begin, start + end));
        }
    }
}

/// JSON in lines, its tokens as they were: equal names, digits and escapes stay. None if it isn't JSON.
pub fn pretty(text: &str) -> Option<String> {
    serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut begun = false;
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    for c in text.chars() {
        if quoted {
            out.push(c);
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        if c.is_ascii_whitespace() {
            continue;
        }
        let closes = matches!(c, '}' | ']');
        if std::mem::take(&mut begun) && !closes {
            line(&mut out, depth);
        }
        match c {
            '{' | '[' => {
                out.push(c);
                depth += 1;
                begun = true;
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if !out.ends_with(['{', '[']) {
                    line(&mut out, depth);
                }
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c => {
                quoted = c == '"';
                out.push(c);
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Document {
        let mut document = Document::default();
        document.push(LineKind::Plain, text);
        document
    }

    #[test]
    fn long_lines_have_parts_and_are_searched_whole() {
        let long = format!("{}NEEDLE{}\nshort", "a".repeat(PART - 3), "b".repeat(PART));
        let document = of(&long);
        assert_eq!(document.len(), 4);
        assert!(document.part(1).unwrap().goes_on);
        assert!(!document.part(3).unwrap().goes_on);
        assert_eq!(document.part(3).unwrap().text, "short");
        let found = document.find("needle", || false).unwrap();
        assert_eq!(found, [(PART - 3, PART + 3)]);
        assert_eq!((document.line_at(PART - 3), document.line_at(PART)), (0, 1));
        assert_eq!(document.find("needle", || true), None);
    }

    #[test]
    fn case_is_passed_over_in_every_script() {
        let document = of("Straße İstanbul ÄÖ\näö ŠKODA");
        let hit = |wanted| {
            let found = document.find(wanted, || false).unwrap();
            found
                .iter()
                .map(|(from, to)| document.text[*from..*to].to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(hit("äö"), ["ÄÖ", "äö"]);
        assert_eq!(hit("škoda"), ["ŠKODA"]);
        assert_eq!(hit("istanbul"), Vec::<String>::new());
        assert_eq!(hit("stanbul"), ["stanbul"]);
        assert_eq!(hit(""), Vec::<String>::new());
    }

    #[test]
    fn json_is_broken_into_lines_with_its_tokens_as_they_are() {
        let text = r#"{"a":1.50,"a":[ ],"b":{"c":"x,\"{y\\","d":[1,{}]}}"#;
        let lines = [
            "{",
            "  \"a\": 1.50,",
            "  \"a\": [],",
            "  \"b\": {",
            r#"    "c": "x,\"{y\\","#,
            "    \"d\": [",
            "      1,",
            "      {}",
            "    ]",
            "  }",
            "}",
        ];
        assert_eq!(pretty(text).unwrap(), lines.join("\n"));
        assert_eq!(pretty("<html>"), None);
        assert_eq!(pretty("{\"a\":"), None);
    }

    proptest! {
        #[test]
        fn pretty_json_means_the_same(text in "[a-z\"\\\\{}\\[\\],: é\n]{0,20}", number in any::<i64>()) {
            let value = serde_json::json!({"t": text, "n": [number, {"x": text}], "e": {}});
            let whole = pretty(&value.to_string()).unwrap();
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&whole).unwrap(), value);
        }

        #[test]
        fn every_line_comes_back(lines in prop::collection::vec("[aé注\u{301}]{0,400}", 1..6)) {
            let document = of(&lines.join("\n"));
            let mut back: Vec<String> = Vec::new();
            for index in 0..document.len() {
                let part = document.part(index).unwrap();
                prop_assert!(part.text.len() <= PART);
                match back.last_mut() {
                    Some(last) if part.goes_on => last.push_str(part.text),
                    _ => back.push(part.text.to_owned()),
                }
            }
            prop_assert_eq!(back, lines);
        }
    }
}
