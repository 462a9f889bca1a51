//! The words of a filter with their places in its text: a sign, a field and an operator where there are, values.

use std::ops::Range;

/// How a value is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    /// `:`, what fits the field best.
    Fits,
    /// `=`
    Equal,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
}

impl Operator {
    /// As it is written.
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::Fits => ":",
            Self::Equal => "=",
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
        }
    }

    pub(super) fn at(text: &str) -> Option<Self> {
        // The longer ones first.
        [
            Self::AtLeast,
            Self::AtMost,
            Self::Above,
            Self::Below,
            Self::Equal,
            Self::Fits,
        ]
        .into_iter()
        .find(|operator| text.starts_with(operator.sign()))
    }
}

/// The field of a word.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Head {
    /// In lower case.
    pub(super) name: String,
    pub(super) span: Range<usize>,
    pub(super) operator: Operator,
}

/// One value of a word.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    /// Without its quotation marks.
    pub(super) text: String,
    pub(super) span: Range<usize>,
    /// Whether there were some: then it is text and nothing else.
    pub(super) quoted: bool,
}

/// One word.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    pub(super) span: Range<usize>,
    /// Not turned round by a sign.
    pub(super) wanted: bool,
    pub(super) head: Option<Head>,
    /// Never empty; without a field there is one.
    pub(super) parts: Vec<Part>,
}

/// The words of a filter that has plain words and `field:value` only, with their places: divided by spaces,
/// `"two words"` kept together.
pub(crate) fn split(text: &str) -> Vec<(Range<usize>, String)> {
    let mut words = Vec::new();
    let mut rest = 0;
    while let Some(start) = text
        .get(rest..)
        .and_then(|left| left.find(|c: char| !c.is_whitespace()))
    {
        let part = part(text, rest + start, false);
        rest = part.span.end;
        if !part.text.is_empty() {
            words.push((part.span, part.text));
        }
    }
    words
}

/// Divides a text into words. A quotation mark that isn't closed reaches to the end.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let Some(blank) = rest.find(|c: char| !c.is_whitespace()) else {
            break;
        };
        let word = word(text, at + blank);
        at = word.span.end;
        words.push(word);
    }
    words
}

fn word(text: &str, start: usize) -> Word {
    let rest = |at: usize| text.get(at..).unwrap_or_default();
    let signed = rest(start).starts_with(['-', '!'])
        && rest(start + 1).starts_with(|c: char| !c.is_whitespace());
    let mut at = start + usize::from(signed);
    let head = head(text, at);
    if let Some(head) = &head {
        at = head.span.end + head.operator.sign().len();
    }
    let mut parts = vec![part(text, at, head.is_some())];
    while head.is_some() {
        let end = parts.last().map_or(at, |part| part.span.end);
        if !rest(end).starts_with(',') {
            break;
        }
        parts.push(part(text, end + 1, true));
    }
    Word {
        span: start..parts.last().map_or(at, |part| part.span.end),
        wanted: !signed,
        head,
        parts,
    }
}

/// A name and an operator, if they stand there. A name begins with a letter: `12:30` is a plain word.
fn head(text: &str, start: usize) -> Option<Head> {
    let rest = text.get(start..)?;
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
    let length = rest.find(|c| !is_name(c))?;
    let (name, rest) = rest.split_at_checked(length)?;
    if !name.starts_with(char::is_alphabetic) {
        return None;
    }
    Some(Head {
        name: name.to_lowercase(),
        span: start..start + length,
        operator: Operator::at(rest)?,
    })
}

/// A value: to the next blank or, in a list, comma that is in no quotation marks. Two of these inside stand for one.
fn part(text: &str, start: usize, list: bool) -> Part {
    let mut part = Part {
        text: String::new(),
        span: start..text.len(),
        quoted: false,
    };
    let mut inside = false;
    let mut characters = text
        .get(start..)
        .unwrap_or_default()
        .char_indices()
        .peekable();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' if inside && characters.peek().is_some_and(|(_, next)| *next == '"') => {
                characters.next();
                part.text.push('"');
            }
            '"' => {
                inside = !inside;
                part.quoted = true;
            }
            c if !inside && (c.is_whitespace() || (list && c == ',')) => {
                part.span.end = start + at;
                break;
            }
            c => part.text.push(c),
        }
    }
    part
}
