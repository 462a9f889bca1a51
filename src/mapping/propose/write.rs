//! A proposal as a mapping file: what is sure stands there, what is doubtful stands there as a comment.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{About, LOOKED_AT, Proposal, SURE, Suggestion};
use crate::mapping::file::FileKind;
use crate::mapping::number::Mark;
use crate::mapping::rule::Recipe;
use crate::mapping::write::{key, mark_text, quoted};
use crate::order::Field;
use crate::order::field::Level;

/// More names than these don't make a file surer to be recognised.
const MOST_MUST: usize = 8;

/// Targets whose columns tell a file from others.
const TELLING: [Field; 9] = [
    Field::Id,
    Field::PlacedAt,
    Field::Total,
    Field::CustomerEmail,
    Field::CustomerId,
    Field::ItemSku,
    Field::ItemName,
    Field::ItemQuantity,
    Field::ItemUnitPrice,
];

impl Proposal {
    /// A mapping file of that name that can be read as it is. What is doubtful is commented out with its
    /// confidence; `title` is for people.
    pub fn to_toml(&self, name: &str, title: &str) -> String {
        let mut out = String::new();
        let doubtful = self.targets.iter().any(|target| !target.is_sure());
        line(&mut out, "# Proposed from the file's names and values.");
        if doubtful || !self.questions.is_empty() {
            line(
                &mut out,
                "# Lines with `?` are doubtful or undecided: take the `#` before them away, or put them right.",
            );
        }
        section(&mut out, "mapping");
        pair(&mut out, "name", &quoted(name), "");
        pair(&mut out, "title", &quoted(title), "");
        line(&mut out, "version = 1");
        self.detect(&mut out);
        self.write_read(&mut out);
        self.targets(&mut out);
        self.write_status(&mut out);
        out
    }

    fn detect(&self, out: &mut String) {
        section(out, "detect");
        pair(out, "format", &quoted(self.kind.name()), "");
        let (mut must, mut may) = (Vec::new(), BTreeSet::new());
        must.extend(
            self.read
                .group_by
                .iter()
                .filter(|(_, sure, _)| *sure >= SURE)
                .map(|(name, ..)| name.as_str()),
        );
        must.extend(self.list.as_deref());
        for target in self.targets.iter().filter(|target| target.is_sure()) {
            if self.kind == FileKind::Json && target.field.level() == Level::Item {
                continue;
            }
            for name in super::used_by(&target.rule) {
                let telling = TELLING.contains(&target.field)
                    && matches!(target.rule.recipe, Recipe::From(_))
                    && must.len() < MOST_MUST;
                if must.contains(&name) {
                } else if telling {
                    must.push(name);
                } else {
                    may.insert(name);
                }
            }
        }
        may.retain(|name| !must.contains(name));
        pair(out, "must", &names(&must), "");
        if !may.is_empty() {
            let may: Vec<&str> = may.into_iter().collect();
            pair(out, "may", &names(&may), "");
        }
    }

    fn write_read(&self, out: &mut String) {
        let read = &self.read;
        let asked = |about: &About| {
            self.questions
                .iter()
                .find(|question| question.about == *about)
        };
        let undecided = |out: &mut String, key: &str, value: &str, text: &str| {
            line(out, &format!("# ? {text}"));
            line(out, &format!("# {key} = {value}"));
        };
        section(out, "read");
        match &read.group_by {
            Some((name, sure, why)) if *sure >= SURE => {
                pair(out, "group_by", &quoted(name), &format!("{sure} %: {why}"));
            }
            Some((name, sure, why)) => {
                undecided(out, "group_by", &quoted(name), &format!("{sure} %: {why}"));
            }
            None => {}
        }
        if let Some(question) = asked(&About::GroupBy) {
            undecided(out, "group_by", "\"\"", &question.text);
        }
        let mark = quoted(mark_text(read.decimal_mark));
        if let Some(question) = asked(&About::DecimalMark) {
            undecided(out, "decimal_mark", &mark, &question.text);
        } else if read.decimal_mark != Mark::Point || self.kind == FileKind::Delimited {
            pair(out, "decimal_mark", &mark, "");
        }
        if let Some(question) = asked(&About::DateFormat) {
            let choices: Vec<&str> = question.choices.iter().map(String::as_str).collect();
            for choice in choices {
                undecided(out, "date_formats", &names(&[choice]), &question.text);
            }
        }
        if !read.date_formats.is_empty() {
            let formats: Vec<&str> = read.date_formats.iter().map(String::as_str).collect();
            pair(out, "date_formats", &names(&formats), "");
        }
        if let Some(question) = asked(&About::TimeZone) {
            undecided(out, "time_zone", &quoted("Europe/Berlin"), &question.text);
        }
        match (&read.currency, asked(&About::Currency)) {
            (Some((code, why)), _) => pair(out, "currency", &quoted(code), why),
            (None, Some(question)) => {
                let first = question.choices.first().map_or("EUR", String::as_str);
                undecided(out, "currency", &quoted(first), &question.text);
            }
            (None, None) => {}
        }
        if read.protective_apostrophe {
            line(out, "protective_apostrophe = true");
        }
        if !read.empty.is_empty() {
            let empty: Vec<&str> = read.empty.iter().map(String::as_str).collect();
            pair(out, "empty", &names(&empty), "");
        }
    }

    fn targets(&self, out: &mut String) {
        section(out, "order");
        self.level(out, Level::Order);
        if let Some(list) = &self.list {
            section(out, "items");
            pair(out, "list", &quoted(list), "");
        }
        if !self.lines_when.is_empty() {
            section(out, "items");
            let when: Vec<&str> = self.lines_when.iter().map(String::as_str).collect();
            pair(out, "when", &names(&when), "");
        }
        section(out, "item");
        self.level(out, Level::Item);
    }

    fn level(&self, out: &mut String, level: Level) {
        let of_level = self
            .targets
            .iter()
            .filter(|target| target.field.level() == level);
        for target in of_level {
            let name = target.field.name();
            let name = name.strip_prefix("items.").unwrap_or(name);
            let rule = target.rule.to_toml().to_string();
            let why = format!("{} %: {}", target.confidence, reason(target));
            if target.is_sure() {
                pair(out, name, &rule, &why);
            } else {
                pair(out, &format!("# ? {name}"), &rule, &why);
            }
        }
    }

    fn write_status(&self, out: &mut String) {
        if self.looked_at >= LOOKED_AT && !self.status.is_empty() {
            let words = format!(
                "# Words of the first {} records; an order with another one is told (MAP-03).",
                self.looked_at
            );
            out.push('\n');
            line(out, &words);
        }
        for (axis, words) in &self.status {
            section(out, &format!("status.{axis}"));
            for (word, ours) in words {
                match ours {
                    Some(ours) => pair(out, &key(word), &quoted(ours), ""),
                    None => pair(
                        out,
                        &format!("# ? {}", key(&one_line(word))),
                        &quoted(""),
                        "what does it mean?",
                    ),
                }
            }
        }
    }
}

/// The reason, with what else might be meant.
fn reason(target: &Suggestion) -> String {
    let others: Vec<String> = target
        .alternatives
        .iter()
        .take(3)
        .map(|(name, score)| format!("`{name}` {score} %"))
        .collect();
    if others.is_empty() || target.is_sure() {
        return target.why.clone();
    }
    format!("{}; or {}", target.why, others.join(", "))
}

fn names(names: &[&str]) -> String {
    let array: toml_edit::Array = names.iter().copied().collect();
    toml_edit::Value::from(array).to_string()
}

/// Comments end with their line, and control characters may not stand in them.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|symbol| if symbol.is_control() { ' ' } else { symbol })
        .collect()
}

fn line(out: &mut String, text: &str) {
    // What is commented out must not break out of its comment.
    let text = if text.starts_with('#') {
        one_line(text)
    } else {
        text.to_owned()
    };
    let _ = writeln!(out, "{text}");
}

fn section(out: &mut String, name: &str) {
    let _ = writeln!(out, "\n[{name}]");
}

fn pair(out: &mut String, key: &str, value: &str, why: &str) {
    let text = if why.is_empty() {
        format!("{key} = {value}")
    } else {
        format!("{key} = {value}  # {}", one_line(why))
    };
    line(out, &text);
}
