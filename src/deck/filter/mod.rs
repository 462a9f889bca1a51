//! The filter: plain words and `field:value` terms, the same on screen and as `--where`.
//!
//! `status:paid,refunded total>100 finding:KAM-04 outcome:rejected date:2024-01..2024-03 ada`: all terms must hold,
//! of a term's values one. A `-` or `!` before a term turns it round; quotation marks keep words together. Matching
//! looks for text, never for patterns. `@name` stands for a saved filter, where there are some.

mod complete;
mod condition;
mod key;
mod sought;
mod words;

#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;

use unicode_width::UnicodeWidthStr;

pub use complete::{Choice, Completion, Seen, complete};
pub use sought::Sought;

use self::condition::{Condition, did_you_mean, short};
use self::key::Key;
pub(crate) use self::words::split;
use self::words::{Operator, Part, Word, words};
use super::DeckOrder;
use crate::finding::Finding;
use crate::order::Field;
use crate::order::outcome::{Operation, Outcome};

/// A filter that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the filter doesn't understand `{term}`: {reason}")]
pub struct FilterError {
    /// The term.
    pub term: String,
    /// What is wrong with it, and what would be right.
    pub reason: String,
    /// The whole filter.
    pub text: String,
    /// The wrong part of it, in bytes; empty where something is missing.
    pub span: Range<usize>,
}

impl FilterError {
    /// The filter, and below it what marks the wrong part.
    pub fn caret(&self) -> String {
        let before = self.text.get(..self.span.start).unwrap_or_default();
        let wrong = self.text.get(self.span.clone()).unwrap_or_default();
        let (indent, length) = (" ".repeat(before.width()), wrong.width().max(1));
        format!("{}\n{indent}{}", self.text, "^".repeat(length))
    }
}

/// What is known of an order beside the order itself.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Its findings at the vendor in question.
    pub findings: &'a [Finding],
    /// Its last outcome at the account in question.
    pub outcome: Option<Outcome>,
    /// What the vendor in question is asked to do with it, by what it is.
    pub operation: Operation,
    /// Whether the operator marked it.
    pub marked: bool,
}

impl Default for Known<'_> {
    /// An order of which nothing is known, to be imported.
    fn default() -> Self {
        Self {
            findings: &[],
            outcome: None,
            operation: Operation::Import,
            marked: false,
        }
    }
}

/// Terms that must all hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    terms: Vec<Term>,
}

/// One term: one of its conditions must hold, or none of them.
#[derive(Debug, Clone, PartialEq)]
struct Term {
    wanted: bool,
    key: Key,
    any: Vec<Condition>,
}

/// Whether a word names a saved filter: `@name`.
fn saved_name(word: &Word) -> Option<&str> {
    let part = word.parts.first().filter(|part| !part.quoted)?;
    let name = part
        .text
        .strip_prefix('@')
        .filter(|_| word.head.is_none())?;
    is_name(name).then_some(name)
}

/// Whether a filter can be saved under that name: letters, digits, `-` and `_`.
pub fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    !name.is_empty() && name.chars().count() <= 40 && name.chars().all(fits)
}

impl Filter {
    /// Reads a filter. Terms are divided by spaces; `"two words"` keeps them together.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        Ok(Self {
            terms: terms(text, None)?,
        })
    }

    /// The same where filters are saved: `@name` stands for the terms of the one of that name.
    pub fn parse_with(text: &str, saved: &[(String, String)]) -> Result<Self, FilterError> {
        Ok(Self {
            terms: terms(text, Some(saved))?,
        })
    }

    /// Whether every order passes.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether findings must be known to decide.
    pub fn needs_findings(&self) -> bool {
        self.asks(|condition| matches!(condition, Condition::Rule(_) | Condition::Severity(_)))
    }

    /// Whether outcomes must be known to decide.
    pub fn needs_outcomes(&self) -> bool {
        self.asks(|condition| matches!(condition, Condition::Outcome(_)))
    }

    /// Whether it asks for marks, which only a screen has.
    pub fn needs_marks(&self) -> bool {
        self.asks(|condition| matches!(condition, Condition::Marked))
    }

    /// The rule's id, where that is all it asks for.
    pub fn only_rule(&self) -> Option<&str> {
        match self.terms.as_slice() {
            [
                Term {
                    wanted: true, any, ..
                },
            ] => match any.as_slice() {
                [Condition::Rule(id)] => Some(id),
                _ => None,
            },
            _ => None,
        }
    }

    fn asks(&self, wanted: impl Fn(&Condition) -> bool) -> bool {
        self.terms.iter().any(|term| term.any.iter().any(&wanted))
    }

    /// The fields that decide; none where all may, because findings count.
    pub fn fields(&self) -> Option<Vec<Field>> {
        if self.needs_findings() {
            return None;
        }
        let terms = self.terms.iter();
        Some(terms.flat_map(|term| term.key.fields()).collect())
    }

    /// Whether an order passes.
    pub fn matches(&self, order: &DeckOrder, known: Known<'_>) -> bool {
        self.terms.iter().all(|term| {
            let holds = |condition: &Condition| condition.holds(term.key, order, known);
            term.any.iter().any(holds) == term.wanted
        })
    }
}

/// As it is read again.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, term) in self.terms.iter().enumerate() {
            let blank = if number > 0 { " " } else { "" };
            let sign = if term.wanted { "" } else { "-" };
            write!(f, "{blank}{sign}")?;
            for (number, condition) in term.any.iter().enumerate() {
                let (operator, value) = condition.written(term.key);
                match (term.key, number) {
                    (Key::Anywhere, _) => {}
                    (key, 0) => write!(f, "{}{}", key.name(), operator.sign())?,
                    _ => f.write_str(",")?,
                }
                f.write_str(&value)?;
            }
        }
        Ok(())
    }
}

fn terms(text: &str, saved: Option<&[(String, String)]>) -> Result<Vec<Term>, FilterError> {
    let mut terms = Vec::new();
    for word in words(text) {
        let error = |span: Range<usize>, reason: String| FilterError {
            term: text.get(word.span.clone()).unwrap_or_default().to_owned(),
            reason,
            text: text.to_owned(),
            span,
        };
        if let (Some(saved), Some(name)) = (saved, saved_name(&word)) {
            let inside = expand(name, saved).map_err(|why| error(word.span.clone(), why))?;
            match (word.wanted, inside.as_slice()) {
                (true, _) => terms.extend(inside),
                (false, [term]) => terms.push(Term {
                    wanted: !term.wanted,
                    ..term.clone()
                }),
                (false, _) => {
                    let why = "only a saved filter of one term can be turned round".to_owned();
                    return Err(error(word.span.clone(), why));
                }
            }
            continue;
        }
        if let Some(term) = term(&word).map_err(|(span, why)| error(span, why))? {
            terms.push(term);
        }
    }
    Ok(terms)
}

/// The terms of a saved filter.
fn expand(name: &str, saved: &[(String, String)]) -> Result<Vec<Term>, String> {
    let Some((_, text)) = saved.iter().find(|(known, _)| known == name) else {
        let near = did_you_mean(name, saved.iter().map(|(known, _)| known.as_str()));
        let name = short(name);
        return Err(format!(
            "no filter is saved as `{name}`{near}; \"@{name}\" looks for the text"
        ));
    };
    // A saved filter stands for itself: it can't name others.
    terms(text, None).map_err(|error| {
        format!(
            "the filter saved as `{name}` can't be read: {}",
            error.reason
        )
    })
}

/// The term of a word; none for empty quotation marks.
fn term(word: &Word) -> Result<Option<Term>, (Range<usize>, String)> {
    let Some(head) = &word.head else {
        let text: &Part = match word.parts.first() {
            Some(part) if !part.text.is_empty() => part,
            _ => return Ok(None),
        };
        return Ok(Some(Term {
            wanted: word.wanted,
            key: Key::Anywhere,
            any: vec![Condition::Contains(text.text.to_lowercase())],
        }));
    };
    let Some(key) = Key::from_name(&head.name) else {
        let near = did_you_mean(&head.name, Key::names());
        let name = short(&head.name);
        let near = if near.is_empty() {
            "; try status, date, total, customer, sku, finding, outcome, or \"…\" for the text"
                .to_owned()
        } else {
            near
        };
        return Err((
            head.span.clone(),
            format!("there is no field `{name}`{near}"),
        ));
    };
    let mut any = Vec::with_capacity(word.parts.len());
    for part in &word.parts {
        if part.text.is_empty() {
            let sample = key::OFFERED.iter().find(|(_, offered, ..)| *offered == key);
            let sample = sample.map_or_else(String::new, |(.., sample)| format!(": {sample}"));
            return Err((part.span.clone(), format!("a value is missing{sample}")));
        }
        let (operator, part) = comparison(key, head.operator, part);
        let condition = Condition::read(key, operator, &part);
        any.push(condition.map_err(|why| (part.span.clone(), why))?);
    }
    Ok(Some(Term {
        wanted: word.wanted,
        key,
        any,
    }))
}

/// `total:>100` means `total>100`: whoever has the colon already, as completion sets it, needn't take it back.
fn comparison(key: Key, operator: Operator, part: &Part) -> (Operator, Part) {
    match Operator::at(&part.text) {
        Some(behind) if key.is_compared() && operator == Operator::Fits && !part.quoted => {
            let text = part.text.get(behind.sign().len()..).unwrap_or_default();
            let part = Part {
                text: text.to_owned(),
                ..part.clone()
            };
            (behind, part)
        }
        _ => (operator, part.clone()),
    }
}
