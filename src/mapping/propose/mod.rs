//! Suggests a mapping for a file that no preset knows: from names, values and how well they parse.
//!
//! [`propose`] looks at a file's first records; each target gets a rule, a confidence and a reason in words,
//! and what can't be told is a [`Question`]. [`Proposal::to_toml`] writes a mapping file in which the doubtful
//! ones are commented out. Names come from `assets/synonyms.toml`.

mod assign;
mod columns;
mod dates;
mod derive;
mod evidence;
mod fit;
mod group;
mod names;
mod read;
mod shapes;
mod status;
mod synonyms;
mod write;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::file::FileKind;
use super::number::Mark;
use super::rule::Rule;
use crate::order::Field;
use crate::source::{Format, Record, Source, SourceError};
use columns::Columns;
pub use shapes::{PackedCells, Shapes, Sideways, shapes};

/// How many records are looked at.
pub(crate) const LOOKED_AT: usize = 1000;

/// From this confidence on a suggestion needs no question.
pub const SURE: u8 = 80;
/// Suggestions below this are none.
pub const LEAST: u8 = 40;

/// A mapping that would fit a file, as far as can be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Rows or objects.
    pub kind: FileKind,
    /// How many records were looked at; there may be more from [`LOOKED_AT`] on.
    pub looked_at: usize,
    /// How to read the file.
    pub read: ProposedRead,
    /// For JSON: the path of the list of an order's lines.
    pub list: Option<String>,
    /// For rows: a row is a line if one of these is not empty; empty for every row.
    pub lines_when: Vec<String>,
    /// What goes where, in the order of the targets; each target once.
    pub targets: Vec<Suggestion>,
    /// By axis, the file's status words in small letters and ours; none where it is left to be decided.
    pub status: BTreeMap<&'static str, BTreeMap<String, Option<String>>>,
    /// What has to be decided.
    pub questions: Vec<Question>,
    /// Columns or paths that nothing reads.
    pub unused: Vec<String>,
}

/// How to read the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProposedRead {
    /// The column or path of an order's key, how surely, and why.
    pub group_by: Option<(String, u8, String)>,
    /// What stands before decimals.
    pub decimal_mark: Mark,
    /// How times are written where it isn't ISO 8601.
    pub date_formats: Vec<String>,
    /// Counts where an order names none: read out of names or signs.
    pub currency: Option<(String, String)>,
    /// Times carry no offset, so that a time zone has to be named.
    pub needs_zone: bool,
    /// Texts that mean "nothing".
    pub empty: Vec<String>,
    /// Apostrophes stand before digits.
    pub protective_apostrophe: bool,
}

/// A rule for a target.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The target.
    pub field: Field,
    /// Where its value comes from.
    pub rule: Rule<String>,
    /// How surely, 0 to 100; from [`SURE`] on it needs no question.
    pub confidence: u8,
    /// Why, in words.
    pub why: String,
    /// Other columns that might be meant, the likelier first.
    pub alternatives: Vec<(String, u8)>,
}

impl Suggestion {
    /// Whether it needs no question.
    pub fn is_sure(&self) -> bool {
        self.confidence >= SURE
    }
}

/// What a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// `[read] time_zone`.
    TimeZone,
    /// `[read] currency`.
    Currency,
    /// `[read] decimal_mark`.
    DecimalMark,
    /// `[read] date_formats`.
    DateFormat,
    /// `[read] group_by`.
    GroupBy,
    /// Where an order's lines are.
    Items,
    /// Whether a suggestion is right.
    Target(Field),
    /// What a status word means.
    StatusWord {
        /// `payment`, `fulfilment`, `cancelled` or `line`.
        axis: &'static str,
        /// The file's word.
        word: String,
    },
}

/// A column of a table or a path of an object, with what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sampled {
    /// As rules name it; a path inside the list of lines begins there.
    pub name: String,
    /// A path inside the list of lines, or a member of a line that is made of cells.
    pub of_lines: bool,
    /// It stands in a file that is joined.
    pub joined: bool,
    /// The first few different values.
    pub samples: Vec<String>,
    /// The different values with how often each stands there, the most frequent first.
    pub counts: Vec<(String, usize)>,
}

impl Sampled {
    /// A column with its values; blank ones don't count.
    pub fn of<'v>(name: &str, values: impl Iterator<Item = &'v str> + Clone) -> Self {
        Self {
            name: name.to_owned(),
            of_lines: false,
            joined: false,
            samples: columns::samples(values.clone()),
            counts: columns::counts(values),
        }
    }
}

/// The columns of a file, or the paths of its objects, as far as these records tell. `list` is where the lines of
/// an object are, if that is known.
pub fn sampled(format: &Format, records: &[Record], list: Option<&str>) -> Vec<Sampled> {
    let columns = match (format.header(), list) {
        (Some(header), _) => Columns::of_rows(header, records),
        (None, None) => Columns::of_objects(records),
        (None, Some(list)) => {
            let objects: Vec<_> = records.iter().filter_map(Record::json).collect();
            Columns::with_list(&objects, Some(list.to_owned()))
        }
    };
    let is_json = columns.is_json;
    let all = columns.all.into_iter();
    all.map(|column| Sampled {
        of_lines: is_json && column.level == columns::Level::Item,
        joined: false,
        name: column.name,
        samples: column.samples,
        counts: column.counts,
    })
    .collect()
}

/// The formats, as strftime writes them, that read all of these texts as times; none where they need no format, or
/// are no times.
pub fn time_formats(texts: &[&str]) -> Vec<String> {
    let times = dates::times(texts.iter().copied());
    let formats = times.map(|times| times.formats).unwrap_or_default();
    let formats = formats.into_iter().map(|format| format.format);
    formats.filter(|format| !format.is_empty()).collect()
}

/// Something to be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What it is about.
    pub about: About,
    /// In words, with what was seen.
    pub text: String,
    /// Likely answers, the likelier first; empty where anything may be.
    pub choices: Vec<String>,
}

/// Looks at a file's first records and suggests a mapping.
///
/// # Errors
/// When the file can't be read.
pub fn propose(source: &Source) -> Result<Proposal, SourceError> {
    let records = source.head(LOOKED_AT)?;
    Ok(propose_for(source.format(), &records))
}

/// The same for records at hand.
pub fn propose_for(format: &Format, records: &[Record]) -> Proposal {
    let mut columns = match format.header() {
        Some(header) => Columns::of_rows(header, records),
        None => Columns::of_objects(records),
    };
    let key = group::find(&mut columns);
    let mut read = read::read(&columns);
    let mut targets = assign::assign(&columns, key.as_ref());
    let mut questions = read::settle_dates(&mut columns, &mut targets, &mut read);
    let status = status::tables(&columns, &mut targets, &mut questions);
    derive::derive(&columns, &mut targets, &mut read);
    read::questions(&columns, &targets, key.as_ref(), &mut read, &mut questions);
    targets.sort_by_key(|suggestion| suggestion.field);
    let used: Vec<&str> = targets
        .iter()
        .flat_map(|suggestion| used_by(&suggestion.rule))
        .chain(read.group_by.iter().map(|(name, ..)| name.as_str()))
        .collect();
    let unused = columns
        .all
        .iter()
        .filter(|column| !used.contains(&column.name.as_str()))
        .map(|column| column.name.clone())
        .collect();
    for suggestion in targets.iter().filter(|suggestion| !suggestion.is_sure()) {
        let mut choices = vec![suggestion.rule.describe()];
        choices.extend(suggestion.alternatives.iter().map(|(name, _)| name.clone()));
        questions.push(Question {
            about: About::Target(suggestion.field),
            text: format!(
                "{} from {}? {} % sure: {}",
                suggestion.field.name(),
                suggestion.rule.describe(),
                suggestion.confidence,
                suggestion.why
            ),
            choices,
        });
    }
    Proposal {
        looked_at: records.len(),
        kind: if columns.is_json {
            FileKind::Json
        } else {
            FileKind::Delimited
        },
        lines_when: derive::lines_when(&columns, &targets),
        list: columns.list,
        read,
        targets,
        status,
        questions,
        unused,
    }
}

/// The columns or paths that a rule reads.
fn used_by(rule: &Rule<String>) -> Vec<&str> {
    let mut names = Vec::new();
    rule.inputs(&mut |name| names.push(name.as_str()));
    names
}

impl Proposal {
    /// The suggestion for a target.
    pub fn target(&self, field: Field) -> Option<&Suggestion> {
        self.targets.iter().find(|known| known.field == field)
    }
}
