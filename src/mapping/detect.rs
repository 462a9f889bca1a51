//! Which preset fits a file.

use serde_json::Value;

use super::file::{FileKind, Mapping};
use super::path::Path;
use super::{preset_names, presets};
use crate::source::{Format, Record, Source, SourceError};

/// How many records are looked at.
const LOOKED_AT: usize = 20;
/// How many names an error shows.
const SHOWN: usize = 12;
/// A preset that fits less is no hint.
const NEAR: u8 = 20;

/// How well presets fit a file.
#[derive(Debug, Clone)]
pub struct Detection<'m> {
    /// The mapping that fits best, if any fits: the operator's own before any preset.
    pub best: Option<&'m Mapping>,
    /// Every mapping for this kind of file, the best first.
    pub candidates: Vec<Candidate<'m>>,
    /// A known file that holds no orders, or not what is needed.
    pub refusal: Option<Refusal>,
    seen: String,
}

/// A mapping and how well it fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate<'m> {
    /// The mapping's name.
    pub name: &'m str,
    /// The mapping's name for people.
    pub title: &'m str,
    /// 0 to 100; from 50 on it fits.
    pub score: u8,
    /// Columns or members that it needs and the file lacks.
    pub missing: Vec<&'m str>,
}

/// A known file that can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// What it is.
    pub title: &'static str,
    /// Why it can't be used, and what to do instead.
    pub why: &'static str,
}

/// Why no preset was chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DetectError {
    /// A known file that can't be used.
    #[error("this is {title}: {why}")]
    Refused {
        /// What it is.
        title: &'static str,
        /// Why, and what to do instead.
        why: &'static str,
    },
    /// None of the presets fits.
    #[error("no preset fits this file; it has {seen}. Name a mapping of your own with --mapping FILE, or one of the presets: {presets}{}", .nearest.as_ref().map(|nearest| format!(". Nearest is {nearest}")).unwrap_or_default())]
    Unknown {
        /// Columns or members, cut.
        seen: String,
        /// The presets' names.
        presets: String,
        /// The nearest preset and what it misses.
        nearest: Option<String>,
    },
}

impl<'m> Detection<'m> {
    /// The mapping to use.
    pub fn mapping(&self) -> Result<&'m Mapping, DetectError> {
        if let Some(Refusal { title, why }) = self.refusal {
            return Err(DetectError::Refused { title, why });
        }
        self.best.ok_or_else(|| DetectError::Unknown {
            seen: self.seen.clone(),
            presets: preset_names(),
            nearest: self
                .candidates
                .first()
                .filter(|nearest| nearest.score >= NEAR)
                .map(|nearest| {
                    format!(
                        "{}, which needs {} too",
                        nearest.name,
                        nearest.missing.join(", ")
                    )
                }),
        })
    }
}

/// Looks at a file's format and its first records.
pub fn detect(source: &Source) -> Result<Detection<'static>, SourceError> {
    detect_among(source, &[])
}

/// The same with mappings of the operator's own, which come before presets if they fit.
pub fn detect_among<'m>(
    source: &Source,
    own: impl IntoIterator<Item = &'m Mapping>,
) -> Result<Detection<'m>, SourceError> {
    let records = looked_at(source)?;
    Ok(detect_in(source.format(), &records, own))
}

/// How well a mapping fits a file, from 0 to 100; `None` if it says nothing of the files that it is for.
pub fn fit(source: &Source, mapping: &Mapping) -> Result<Option<u8>, SourceError> {
    let detect = &mapping.detect;
    if detect.must.is_empty() && detect.exactly.is_empty() && mapping.made_for().is_empty() {
        return Ok(None);
    }
    let records = looked_at(source)?;
    let file = File {
        format: source.format(),
        records: &records,
    };
    Ok(file
        .is_kind(detect.format)
        .then(|| file.score(mapping).score))
}

/// The records that tell what a file is. The header of a table says all.
fn looked_at(source: &Source) -> Result<Vec<Record>, SourceError> {
    match source.format() {
        Format::Delimited { .. } => Ok(Vec::new()),
        Format::Json { .. } | Format::NdJson => source.head(LOOKED_AT),
    }
}

fn detect_in<'m>(
    format: &Format,
    records: &[Record],
    own: impl IntoIterator<Item = &'m Mapping>,
) -> Detection<'m> {
    let file = File { format, records };
    let refusal = presets()
        .iter()
        .flat_map(|preset| &preset.refuse)
        .find(|refuse| {
            file.is_kind(refuse.format)
                && file.is_member(&refuse.member)
                && refuse.must.iter().all(|name| file.has(name))
        })
        .map(|refuse| Refusal {
            title: &refuse.title,
            why: &refuse.why,
        });
    let all = own.into_iter().map(|mapping| (mapping, true));
    let all = all.chain(presets().iter().map(|preset| (preset, false)));
    let mut scored: Vec<(bool, &'m Mapping, Candidate<'m>)> = all
        .filter(|(mapping, _)| file.is_kind(mapping.detect.format))
        .map(|(mapping, is_own)| {
            let candidate = file.score(mapping);
            (is_own && candidate.fits(), mapping, candidate)
        })
        .collect();
    scored.sort_by_key(|(own, _, candidate)| std::cmp::Reverse((*own, candidate.score)));
    let best = scored
        .first()
        .filter(|(own, _, candidate)| *own || candidate.fits() && refusal.is_none())
        .map(|(_, mapping, _)| *mapping);
    // Whoever made a mapping for such files knows what they are.
    let refusal = refusal.filter(|_| best.is_none());
    Detection {
        best,
        candidates: scored
            .into_iter()
            .map(|(_, _, candidate)| candidate)
            .collect(),
        refusal,
        seen: file.seen(),
    }
}

impl Candidate<'_> {
    fn fits(&self) -> bool {
        self.score >= 50
    }
}

struct File<'f> {
    format: &'f Format,
    records: &'f [Record],
}

impl File<'_> {
    fn is_kind(&self, kind: Option<FileKind>) -> bool {
        match kind {
            None => true,
            Some(FileKind::Delimited) => self.format.header().is_some(),
            Some(FileKind::Json) => self.format.header().is_none(),
        }
    }

    fn is_member(&self, members: &[String]) -> bool {
        members.is_empty()
            || self
                .format
                .member()
                .is_some_and(|member| members.iter().any(|known| known == member))
    }

    fn is_member_or_bare(&self, members: &[String]) -> bool {
        self.format.member().is_none() || self.is_member(members)
    }

    /// Whether each of its first objects has these members and no others.
    fn has_exactly(&self, names: &[String]) -> bool {
        let mut objects = self.records.iter().map(Record::json).peekable();
        !names.is_empty()
            && objects.peek().is_some()
            && objects.all(|object| {
                object.and_then(Value::as_object).is_some_and(|object| {
                    object.len() == names.len()
                        && names.iter().all(|name| object.contains_key(name))
                })
            })
    }

    /// Whether it has that column, or any of its first objects that member.
    fn has(&self, name: &str) -> bool {
        match self.format.header() {
            Some(header) => header.position(name).is_some(),
            None => Path::parse(name).is_ok_and(|path| {
                let objects = self.records.iter().filter_map(Record::json);
                objects.into_iter().any(|object| path.exists(object))
            }),
        }
    }

    fn score<'m>(&self, preset: &'m Mapping) -> Candidate<'m> {
        let detect = &preset.detect;
        let share = |names: &[String], of: usize| {
            let there = names.iter().filter(|name| self.has(name)).count();
            (there * of).checked_div(names.len()).unwrap_or(of)
        };
        let missing: Vec<&str> = detect
            .must
            .iter()
            .map(String::as_str)
            .filter(|name| !self.has(name))
            .collect();
        let exact = self.has_exactly(&detect.exactly) && self.is_member_or_bare(&detect.member);
        let mut missing = if exact { Vec::new() } else { missing };
        if !exact && !detect.any.is_empty() && !detect.any.iter().any(|name| self.has(name)) {
            missing.extend(detect.any.first().map(String::as_str));
        }
        let fits = missing.is_empty() && !detect.must.is_empty();
        // A list under another name is a hint, not a proof: people wrap and cut files.
        let elsewhere = if self.is_member_or_bare(&detect.member) {
            0
        } else {
            10
        };
        let score = if self.is_made_for(preset) {
            100
        } else if fits {
            60 + share(&detect.may, 40) - elsewhere
        } else if detect.must.is_empty() {
            // It says nothing of its files.
            0
        } else {
            share(&detect.must, 40)
        };
        Candidate {
            name: preset.name(),
            title: preset.title(),
            score: score as u8,
            missing,
        }
    }

    /// Whether the file has the very columns that the mapping was made for.
    fn is_made_for(&self, mapping: &Mapping) -> bool {
        let made_for = mapping.made_for();
        let header = self.format.header();
        !made_for.is_empty() && header.is_some_and(|header| header.names() == made_for)
    }

    fn seen(&self) -> String {
        if let Some(header) = self.format.header() {
            return seen(header.names());
        }
        let object = self
            .records
            .first()
            .and_then(Record::json)
            .and_then(Value::as_object);
        let names: Vec<String> = object
            .into_iter()
            .flat_map(|object| object.keys().cloned())
            .collect();
        if names.is_empty() {
            return "no records".into();
        }
        format!(
            "objects with {}",
            seen(&names).replacen("the columns ", "", 1)
        )
    }
}

/// Names for a message: the first few, made visible.
pub(super) fn seen(names: &[String]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| super::visible::quoted(name))
        .collect();
    let more = names.len().saturating_sub(SHOWN);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("the columns {}{more}", shown.join(", "))
}
