//! Transforms that make no new text: they take a part of one, or exchange it for a word of the mapping file.

use std::borrow::Cow;

use super::rule::Step;
use super::value::Value;
use crate::order::trimmed;

/// What a step makes of a text without writing a new one.
pub(super) enum Cut<'s, 't> {
    /// A part of it, or all of it.
    Part(&'t str),
    /// A word of the mapping file.
    Word(&'s str),
    /// No value.
    Nothing,
}

/// Does the steps that make no new text of a cell's, up to one that does; the value, and the steps that are left.
pub(super) fn cut<'a>(mut text: &'a str, steps: &'a [Step]) -> (Option<Value<'a>>, &'a [Step]) {
    let mut is_word = false;
    let mut left = steps;
    while let Some((step, behind)) = left.split_first() {
        if let (Step::Lower | Step::Upper, Some(Step::Lookup(words))) = (step, behind.first())
            && words.ignores_case()
        {
            left = behind;
            continue;
        }
        match step.cut(text) {
            Some(Cut::Part(part)) => text = part,
            Some(Cut::Word(word)) => (text, is_word) = (word, true),
            Some(Cut::Nothing) => return (None, behind),
            None => break,
        }
        left = behind;
    }
    let text = text.into();
    let value = if is_word {
        Value::Plain(text)
    } else {
        Value::Raw(text)
    };
    (Some(value), left)
}

impl Step {
    /// What it makes of a value, if it makes no new text of it; else the value comes back.
    pub(super) fn cut_value<'a>(
        &'a self,
        value: Value<'a>,
    ) -> Result<Option<Value<'a>>, Value<'a>> {
        type Make<'a> = fn(Cow<'a, str>) -> Value<'a>;
        let (text, make): (_, Make<'a>) = match value {
            Value::Raw(Cow::Borrowed(text)) => (text, Value::Raw),
            Value::Plain(Cow::Borrowed(text)) => (text, Value::Plain),
            other => return self.cut_made(other),
        };
        match self.cut(text) {
            Some(Cut::Part(part)) => Ok(Some(make(part.into()))),
            Some(Cut::Word(word)) => Ok(Some(Value::Plain(word.into()))),
            Some(Cut::Nothing) => Ok(None),
            None => Err(value),
        }
    }

    /// The same of a text that was made on the way, of a number or a time.
    fn cut_made<'a>(&'a self, value: Value<'a>) -> Result<Option<Value<'a>>, Value<'a>> {
        // What only asks what a value is leaves a number a number.
        let takes_text = !matches!(self, Self::Default(_) | Self::Lookup(_) | Self::Empty(_));
        let made = match self.cut(&value.as_text()) {
            None => return Err(value),
            Some(Cut::Nothing) => None,
            Some(Cut::Word(word)) => Some(Value::Plain(word.into())),
            Some(Cut::Part(_)) if !takes_text => Some(value.clone()),
            Some(Cut::Part(part)) => {
                let part = Cow::Owned(part.to_owned());
                Some(match value {
                    Value::Raw(_) => Value::Raw(part),
                    _ => Value::Plain(part),
                })
            }
        };
        Ok(made)
    }

    /// What it makes of a text, if it makes no new text of it; `None` if it does.
    pub(super) fn cut<'s, 't>(&'s self, text: &'t str) -> Option<Cut<'s, 't>> {
        let part = match self {
            Self::Default(_) => return Some(Cut::Part(text)),
            Self::Lookup(words) => {
                return Some(match words.of(text) {
                    Some("") => Cut::Nothing,
                    Some(word) => Cut::Word(word),
                    None => Cut::Part(text),
                });
            }
            Self::Empty(texts) => {
                let text_itself = trimmed(text);
                return Some(if texts.iter().any(|empty| empty == text_itself) {
                    Cut::Nothing
                } else {
                    Cut::Part(text)
                });
            }
            Self::Trim => text.trim(),
            Self::Lower if is_lower(text) => text,
            Self::StripPrefix(prefix) => text.strip_prefix(prefix.as_str()).unwrap_or(text),
            Self::StripSuffix(suffix) => text.strip_suffix(suffix.as_str()).unwrap_or(text),
            Self::Replace([from, _]) if !text.contains(from.as_str()) => text,
            Self::Split { by, pick } => part(text, by, *pick),
            _ => return None,
        };
        Some(if trimmed(part).is_empty() {
            Cut::Nothing
        } else {
            Cut::Part(part)
        })
    }
}

/// Whether there is no other letter than small ones of ASCII.
fn is_lower(text: &str) -> bool {
    let is_lower = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    text.bytes().all(is_lower)
}

/// The part of that number, counted from 1 or from the end; empty if there is none.
fn part<'t>(text: &'t str, by: &str, pick: i32) -> &'t str {
    let index = pick.unsigned_abs().saturating_sub(1) as usize;
    let found = if pick > 0 {
        text.split(by).nth(index)
    } else {
        text.rsplit(by).nth(index)
    };
    found.unwrap_or("").trim()
}
