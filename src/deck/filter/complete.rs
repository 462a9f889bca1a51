//! What a filter that is being typed can go on with: fields, their values, rules that spoke, saved filters.

use std::collections::BTreeMap;
use std::ops::Range;

use super::condition::quoted;
use super::key::{Key, OFFERED};
use super::words::{Head, Part, words};
use crate::finding::Rule;
use crate::order::Field;

/// What occurs in the file, as far as it is known.
#[derive(Debug, Clone, Default)]
pub struct Seen<'a> {
    /// Statuses, each with how many orders have it.
    pub statuses: BTreeMap<&'static str, u64>,
    /// Codes of currencies.
    pub currencies: Vec<String>,
    /// Rules that spoke at the vendor in question, the gravest first, each of how many orders.
    pub rules: Vec<(&'static Rule, usize)>,
    /// The first and the last day.
    pub days: Option<(String, String)>,
    /// Saved filters by name.
    pub saved: &'a [(String, String)],
}

/// Something to go on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is put there.
    pub text: String,
    /// A few words about it.
    pub about: String,
    /// How many orders of the file it is about, if that is known.
    pub count: Option<u64>,
}

/// What a filter can go on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The part of the text that is replaced, in bytes.
    pub span: Range<usize>,
    /// By what; never empty.
    pub choices: Vec<Choice>,
}

/// What the text can go on with at that byte; `None` where nothing is known.
pub fn complete(text: &str, at: usize, seen: &Seen<'_>) -> Option<Completion> {
    let before = text.get(..at)?;
    let words = words(before);
    let word = words.last().filter(|word| word.span.end == at);
    let part = word.and_then(|word| word.parts.last());
    if part.is_some_and(|part| part.quoted) {
        return None;
    }
    let typed = part.map_or("", |part| part.text.as_str());
    let span = part.map_or(at..at, |part: &Part| part.span.clone());
    let head = word.and_then(|word| word.head.as_ref());
    let choices = match head {
        Some(head) => values(head, seen),
        None if typed.starts_with('@') => saved(seen),
        None => fields(typed, seen),
    };
    let choices = fitting(choices, typed);
    (!choices.is_empty()).then_some(Completion { span, choices })
}

/// Those that begin with what is typed, then those that hold it; none where it is typed already.
fn fitting(choices: Vec<Choice>, typed: &str) -> Vec<Choice> {
    let lower = typed.to_lowercase();
    let (begin, rest): (Vec<Choice>, Vec<Choice>) = choices
        .into_iter()
        .partition(|choice| choice.text.to_lowercase().starts_with(&lower));
    if begin
        .iter()
        .any(|choice| choice.text.to_lowercase() == lower)
    {
        return Vec::new();
    }
    let inside = rest
        .into_iter()
        .filter(|choice| lower.len() > 1 && choice.text.to_lowercase().contains(&lower));
    begin.into_iter().chain(inside).collect()
}

fn choice(text: impl Into<String>, about: impl Into<String>, count: Option<u64>) -> Choice {
    Choice {
        text: text.into(),
        about: about.into(),
        count,
    }
}

fn fields(typed: &str, seen: &Seen<'_>) -> Vec<Choice> {
    let offered = OFFERED.iter().map(|(name, _, help, sample)| {
        choice(format!("{name}:"), format!("{help} · {sample}"), None)
    });
    let mut choices: Vec<Choice> = offered.collect();
    // Every other field of the order too, once it can be told which.
    if typed.chars().count() > 1 {
        let others = Field::ALL
            .iter()
            .filter(|field| Key::Field(**field).name() == field.name())
            .map(|field| choice(format!("{}:", field.name()), field.help(), None));
        for other in others {
            if !choices.contains(&other) && !choices.iter().any(|known| known.text == other.text) {
                choices.push(other);
            }
        }
    } else if typed.is_empty() {
        choices.extend(saved(seen));
    }
    choices
}

fn saved(seen: &Seen<'_>) -> Vec<Choice> {
    let named = |(name, text): &(String, String)| choice(format!("@{name}"), text.clone(), None);
    seen.saved.iter().map(named).collect()
}

fn values(head: &Head, seen: &Seen<'_>) -> Vec<Choice> {
    let Some(key) = Key::from_name(&head.name) else {
        return Vec::new();
    };
    match key {
        Key::Finding => {
            let severities = ["error", "warning"]
                .map(|severity| choice(severity, format!("any {severity}"), None));
            let rules = seen
                .rules
                .iter()
                .map(|(rule, count)| choice(rule.id, rule.title, Some(*count as u64)));
            severities.into_iter().chain(rules).collect()
        }
        Key::Field(Field::Currency) => seen
            .currencies
            .iter()
            .filter(|code| !code.is_empty())
            .map(|code| choice(quoted(code), "in this file", None))
            .collect(),
        Key::Field(Field::PlacedAt) => {
            let Some((first, last)) = &seen.days else {
                return Vec::new();
            };
            let month = |day: &String| day.get(..7).unwrap_or(day).to_owned();
            vec![
                choice(
                    format!("{}..{}", month(first), month(last)),
                    "all of this file",
                    None,
                ),
                choice(month(last), "its last month", None),
                choice(last.clone(), "its last day", None),
            ]
        }
        Key::Status | Key::Field(Field::Payment | Field::Fulfilment) => {
            let count = |name: &str| seen.statuses.get(name).copied();
            let mut choices: Vec<Choice> = key
                .choices()
                .into_iter()
                .map(|name| choice(name, "", count(name)))
                .collect();
            // What occurs comes first.
            choices.sort_by_key(|choice| std::cmp::Reverse(choice.count));
            choices
        }
        key => key
            .choices()
            .into_iter()
            .map(|name| choice(name, about(key, name), None))
            .collect(),
    }
}

fn about(key: Key, name: &str) -> &'static str {
    match (key, name) {
        (Key::Outcome, "none") => "never sent to the account",
        (Key::Is, "edited") => "changed by you",
        (Key::Is, "left") => "left out: by you, tests, drafts, cancelled",
        (Key::Is, "marked") => "marked on the screen",
        _ => "",
    }
}
