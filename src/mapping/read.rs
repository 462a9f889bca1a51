//! Reads a mapping file and looks for everything that is wrong in it before any order file is there.

use std::ops::Range;

use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use toml::de::{DeTable, DeValue};

use super::file::{Mapping, MappingFile};
use super::rule::{Recipe, Rule, Step};
use super::wrong::{MappingError, Text};
use crate::mistake::{Mistake, Source, did_you_mean};
use crate::order::{Currency, Field, LineItem, Order};

/// The version of the format.
const VERSION: u32 = 1;

impl Mapping {
    /// Reads a mapping file; `file` names it in errors.
    ///
    /// # Errors
    /// What is wrong, each with its place. What isn't TOML or has another shape is told alone; the rest together.
    pub fn parse(text: &str, file: &str) -> Result<Self, MappingError> {
        Self::read(text, file, true)
    }

    /// The same for a preset: what it lacks is told without places in it.
    pub(super) fn preset(text: &str, name: &str) -> Result<Self, MappingError> {
        Self::read(text, name, false)
    }

    fn read(text: &str, file: &str, is_own: bool) -> Result<Self, MappingError> {
        let source = Source { file, text };
        if let Some(newer) = newer(source) {
            return Err(MappingError {
                mistakes: vec![newer],
            });
        }
        let mut mapping: Self = toml::from_str(text).map_err(|error| MappingError {
            mistakes: vec![Text(source).unreadable(&error)],
        })?;
        mapping.origin = MappingFile {
            path: file.into(),
            text: text.into(),
            is_own,
        };
        let mut mistakes = mapping.wrong(Text(source));
        if mistakes.is_empty() {
            return Ok(mapping);
        }
        mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
        Err(MappingError { mistakes })
    }

    /// A mistake at the key of that name in this file.
    pub fn mistake_at_key(&self, path: &[&str], what: impl Into<String>) -> Mistake {
        let source = self.source();
        source.mistake(Text(source).key(path), what)
    }

    /// A mistake at the value of the key of that name in this file.
    pub fn mistake_at_value(&self, path: &[&str], what: impl Into<String>) -> Mistake {
        let source = self.source();
        source.mistake(Text(source).value(path), what)
    }

    /// A mistake at a name inside the value of a key.
    pub(super) fn mistake_at_name(&self, path: &[&str], name: &str, what: String) -> Mistake {
        let source = self.source();
        source.mistake(Text(source).name(path, name), what)
    }

    fn source(&self) -> Source<'_> {
        Source {
            file: &self.origin.path,
            text: &self.origin.text,
        }
    }

    fn wrong(&self, at: Text<'_>) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        let mut tell = |span: Range<usize>, what: String| mistakes.push(at.0.mistake(span, what));
        if self.head.name.trim().is_empty() {
            tell(
                at.value(&["mapping", "name"]),
                "a mapping needs a name".into(),
            );
        }
        for (path, what) in self.status.wrong() {
            tell(at.value(&path), what);
        }
        if let Some(code) = &self.read.currency
            && Currency::parse(code).is_none()
        {
            let what = format!("`{code}` is no ISO 4217 code such as EUR");
            tell(at.value(&["read", "currency"]), what);
        }
        for format in &self.read.date_formats {
            if let Err(what) = check_format(format) {
                tell(at.name(&["read", "date_formats"], format), what);
            }
        }
        for (path, rule) in self.all_rules() {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            formats(rule, &mut |format| {
                if let Err(what) = check_format(format) {
                    tell(at.value(&path), what);
                }
            });
        }
        for (field, rule) in self.order.0.iter().chain(&self.item.0) {
            if let Err(what) = self.check_constant(*field, rule) {
                tell(at.value(&target_path(*field)), what);
            }
        }
        if let Err(what) = self.items.packed.check() {
            tell(at.value(&["items", "packed"]), what.into());
        }
        self.wrong_joins(at, &mut tell);
        mistakes
    }

    /// A constant that its target can't hold is wrong whatever the file says.
    fn check_constant(&self, field: Field, rule: &Rule<String>) -> Result<(), String> {
        let Recipe::Value(text) = &rule.recipe else {
            return Ok(());
        };
        let translated = self.status.speaks_of(field);
        if !rule.steps.is_empty() || text.is_empty() || translated {
            return Ok(());
        }
        let mut order = Order {
            items: vec![LineItem::default()],
            ..Order::default()
        };
        field.set(&mut order, Some(0), text).map_err(|bad| {
            let near = did_you_mean(text, field.kind().choices().iter().copied());
            format!("`{text}` is {bad}{near}")
        })
    }

    fn wrong_joins(&self, at: Text<'_>, tell: &mut dyn FnMut(Range<usize>, String)) {
        let names = || self.join.keys().map(String::as_str);
        if let Some(name) = &self.items.join
            && !self.join.contains_key(name)
        {
            let near = did_you_mean(name, names());
            let what = format!("there is no [join.{name}]{near}");
            tell(at.value(&["items", "join"]), what);
        }
        for (name, join) in &self.join {
            let path = ["join", name.as_str()];
            if name.contains(['.', '=']) || name.trim().is_empty() {
                let what = "a join's name has no dot and no `=`: it stands before the dot of `name.Column`";
                tell(at.key(&path), what.into());
            }
            if let Some(file) = &join.file
                && (file.contains(['/', '\\']) || file.matches('*').count() > 1)
            {
                let what = "a file name, without folders and with one `*` at most: the file stands beside the order file, or is given by --join";
                tell(at.value(&["join", name, "file"]), what.into());
            }
            join.on.inputs(&mut |input| {
                let other = names().find(|other| {
                    input.strip_prefix(*other).is_some_and(|rest| rest.starts_with('.'))
                });
                if let Some(other) = other
                    && (other == name || self.items.join.as_deref() != Some(other))
                {
                    let what = format!("`{input}` is found by a join itself; only the one that holds the lines ([items] join) can lead to a further one");
                    tell(at.name(&["join", name, "on"], input), what);
                }
            });
        }
    }

    /// Every rule with the keys that lead to it.
    pub(super) fn all_rules(&self) -> impl Iterator<Item = (Vec<String>, &Rule<String>)> {
        let owned = |path: &[&str]| path.iter().map(|part| (*part).to_owned()).collect();
        let fields = self.order.0.iter().chain(&self.item.0);
        let fields = fields.map(move |(field, rule)| (owned(&target_path(*field)), rule));
        let vendors = self.vendor.iter().flat_map(move |(vendor, rules)| {
            rules
                .iter()
                .map(move |(path, rule)| (owned(&["vendor", vendor, path]), rule))
        });
        let lines = [("when", &self.items.when), ("unless", &self.items.unless)];
        let lines = lines.into_iter().flat_map(move |(key, rules)| {
            rules.iter().map(move |rule| (owned(&["items", key]), rule))
        });
        let joins = self.join.iter();
        let joins = joins.map(move |(name, join)| (owned(&["join", name, "on"]), &join.on));
        fields.chain(vendors).chain(lines).chain(joins)
    }
}

/// The keys that lead to a target's rule.
pub(super) fn target_path(field: Field) -> [&'static str; 2] {
    match field.name().strip_prefix("items.") {
        Some(name) => ["item", name],
        None => ["order", field.name()],
    }
}

/// A file of a later version may have keys that this program doesn't know: that it is later is the better word.
fn newer(source: Source<'_>) -> Option<Mistake> {
    let table = DeTable::parse(source.text).ok()?;
    let head = table.get_ref().get("mapping")?.get_ref().as_table()?;
    let version = head.get("version")?;
    let DeValue::Integer(number) = version.get_ref() else {
        return None;
    };
    let number = u32::from_str_radix(number.as_str(), number.radix()).ok()?;
    (number != VERSION).then(|| {
        let what = format!(
            "it is of version {number}, this program knows version {VERSION}; {}",
            if number > VERSION {
                "get a newer orderdeck"
            } else {
                "versions begin with 1"
            }
        );
        source.mistake(version.span(), what)
    })
}

fn formats(rule: &Rule<String>, found: &mut dyn FnMut(&str)) {
    for step in &rule.steps {
        if let Step::Datetime(how) = step
            && let Some(format) = &how.format
        {
            found(format);
        }
    }
    for part in rule.recipe.parts() {
        formats(part, found);
    }
}

/// Whether a format of strftime leads from a text to a day: a time of day alone is no moment.
fn check_format(format: &str) -> Result<(), String> {
    let known = "the letters are those of strftime: %Y-%m-%d %H:%M:%S %z";
    let example = jiff::civil::date(2024, 11, 23)
        .at(16, 5, 9, 0)
        .to_zoned(TimeZone::UTC)
        .map_err(|error| error.to_string())?;
    let written = strtime::format(format, &example)
        .map_err(|error| format!("`{format}` is no date format ({error}); {known}"))?;
    let parts = strtime::parse(format, &written)
        .map_err(|error| format!("`{format}` can't be read ({error}); {known}"))?;
    if parts.to_timestamp().is_ok() || parts.to_date().is_ok() {
        return Ok(());
    }
    Err(format!(
        "`{format}` names no day: a year, a month and a day are needed; {known}"
    ))
}

#[cfg(test)]
mod tests;
