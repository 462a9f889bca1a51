//! What the mapping screen shows of a draft: columns, targets, how the file is read, status words.

use std::collections::BTreeMap;

use super::{Draft, axis};
use crate::deck::needs::Need;
use crate::mapping::propose::{About, Question, Suggestion};
use crate::mapping::{Rule, Step};
use crate::order::{Field, Level};

/// The axes of `[status]`, each with the field that its words fill.
const AXES: [(&str, Field); 4] = [
    ("payment", Field::Payment),
    ("fulfilment", Field::Fulfilment),
    ("cancelled", Field::Cancelled),
    ("line", Field::ItemStatus),
];

/// A column of the file, or a path of its objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnLine {
    /// Its name.
    pub name: String,
    /// A path inside the list of lines.
    pub of_lines: bool,
    /// The first few different values.
    pub samples: Vec<String>,
    /// The targets that read it.
    pub targets: Vec<Field>,
}

/// How it stands with a target.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// A rule fills it.
    Filled,
    /// Something is suggested that has to be decided.
    Doubtful(Suggestion),
    /// The vendor needs it, and nothing fills it.
    Missing,
    /// Nothing fills it, and nobody minds.
    None,
}

/// A target.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetLine {
    /// The target.
    pub field: Field,
    /// Its rule in words.
    pub rule: Option<String>,
    /// How it stands with it.
    pub standing: Standing,
    /// The vendor needs it, or something in its stead.
    pub needed: bool,
}

/// How the file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// The column or path of an order's key.
    GroupBy,
    /// What stands before decimals.
    DecimalMark,
    /// How times are written; several with `|` between them.
    DateFormats,
    /// Where times have no offset.
    TimeZone,
    /// Counts where the file names none.
    Currency,
}

impl Setting {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::GroupBy,
        Self::DecimalMark,
        Self::DateFormats,
        Self::TimeZone,
        Self::Currency,
    ];

    /// Its key in `[read]`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::GroupBy => "group_by",
            Self::DecimalMark => "decimal_mark",
            Self::DateFormats => "date_formats",
            Self::TimeZone => "time_zone",
            Self::Currency => "currency",
        }
    }

    /// Its name.
    pub const fn title(self) -> &'static str {
        match self {
            Self::GroupBy => "group by",
            Self::DecimalMark => "decimal mark",
            Self::DateFormats => "date format",
            Self::TimeZone => "time zone",
            Self::Currency => "currency",
        }
    }

    /// What it says.
    pub const fn help(self) -> &'static str {
        match self {
            Self::GroupBy => "the column that rows of one order share; empty: each row is an order",
            Self::DecimalMark => "what stands before decimals: . or ,",
            Self::DateFormats => {
                "how times are written, as %d.%m.%Y %H:%M; several with | between; ISO 8601 needs none"
            }
            Self::TimeZone => "where times have no offset: Europe/Berlin, UTC, +02:00",
            Self::Currency => "counts where the file names none: EUR",
        }
    }

    const fn about(self) -> About {
        match self {
            Self::GroupBy => About::GroupBy,
            Self::DecimalMark => About::DecimalMark,
            Self::DateFormats => About::DateFormat,
            Self::TimeZone => About::TimeZone,
            Self::Currency => About::Currency,
        }
    }
}

/// A status word of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordLine {
    /// Which status it speaks of.
    pub axis: &'static str,
    /// The word, in small letters.
    pub word: String,
    /// What it means; empty for nothing, none where that has to be decided.
    pub ours: Option<String>,
}

impl Draft {
    /// A target's rule.
    pub fn rule(&self, field: Field) -> Option<&Rule<String>> {
        let mut rules = self.mapping.rules();
        rules.find_map(|(known, rule)| (known == field).then_some(rule))
    }

    /// What is suggested for a target and has to be decided.
    pub fn suggestion(&self, field: Field) -> Option<&Suggestion> {
        self.doubtful.iter().find(|known| known.field == field)
    }

    /// The transforms of a target's rule in words.
    pub fn steps(&self, field: Field) -> Vec<String> {
        let steps = self.rule(field).map_or(&[][..], |rule| &rule.steps);
        steps.iter().map(Step::words).collect()
    }

    /// The columns of the file, as it has them.
    pub fn columns(&self) -> Vec<ColumnLine> {
        let mut readers: BTreeMap<(&str, bool), Vec<Field>> = BTreeMap::new();
        let is_json = self.source.header().is_none();
        for (field, rule) in self.mapping.rules() {
            let of_lines = is_json && field.level() == Level::Item;
            rule.inputs(&mut |name| {
                let readers = readers.entry((name.as_str(), of_lines)).or_default();
                if !readers.contains(&field) {
                    readers.push(field);
                }
            });
        }
        let columns = self.columns.iter().map(|column| ColumnLine {
            name: column.name.clone(),
            of_lines: column.of_lines,
            samples: column.samples.clone(),
            targets: readers
                .get(&(column.name.as_str(), column.of_lines))
                .cloned()
                .unwrap_or_default(),
        });
        columns.collect()
    }

    /// Every target: those that the vendor needs first, in the order of the field table else.
    pub fn targets(&self, needs: &[Need]) -> Vec<TargetLine> {
        let needed = |field: &Field| needs.iter().any(|need| need.fields.contains(field));
        let filled = |field: &Field| {
            let constant = *field == Field::Currency && !self.setting(Setting::Currency).is_empty();
            constant || self.rule(*field).is_some()
        };
        // Of several that would do, the first is what is missing.
        let missing: Vec<Field> = needs
            .iter()
            .filter(|need| !need.fields.iter().any(filled))
            .filter_map(|need| need.fields.first().copied())
            .collect();
        let mut targets: Vec<TargetLine> = Field::ALL
            .iter()
            .map(|field| TargetLine {
                field: *field,
                rule: self.rule(*field).map(Rule::describe).or_else(|| {
                    let code = self.setting(Setting::Currency);
                    (*field == Field::Currency && !code.is_empty())
                        .then(|| format!("constant {code}"))
                }),
                needed: *field == Field::Id || needed(field),
                standing: match self.suggestion(*field) {
                    _ if filled(field) => Standing::Filled,
                    Some(suggestion) => Standing::Doubtful(suggestion.clone()),
                    None if missing.contains(field) || *field == Field::Id => Standing::Missing,
                    None => Standing::None,
                },
            })
            .collect();
        targets.sort_by_key(|target| {
            let rank = match &target.standing {
                _ if target.needed && target.standing != Standing::None => 0,
                Standing::Doubtful(_) => 1,
                Standing::Filled => 2,
                Standing::Missing | Standing::None => 3,
            };
            (rank, target.field)
        });
        targets
    }

    /// What a setting is; empty where nothing is said.
    pub fn setting(&self, setting: Setting) -> String {
        let read = self.document.get("read");
        let read = read.and_then(toml_edit::Item::as_table_like);
        let value = read.and_then(|read| read.get(setting.key()));
        let Some(value) = value.and_then(toml_edit::Item::as_value) else {
            return String::new();
        };
        match value {
            toml_edit::Value::Array(texts) => {
                let texts: Vec<&str> = texts.iter().filter_map(toml_edit::Value::as_str).collect();
                texts.join(" | ")
            }
            value => value.as_str().unwrap_or_default().to_owned(),
        }
    }

    /// What is asked about a setting and isn't answered.
    pub fn question(&self, setting: Setting) -> Option<&Question> {
        let about = setting.about();
        let asked = self.questions.iter().find(|known| known.about == about)?;
        self.setting(setting).is_empty().then_some(asked)
    }

    /// Status words: those of the mapping's tables, and those of the file for targets that are filled.
    pub fn words(&self) -> Vec<WordLine> {
        let mut lines: BTreeMap<(usize, String), WordLine> = BTreeMap::new();
        for (number, (axis, field)) in AXES.into_iter().enumerate() {
            let mut put = |word: &str, ours: Option<String>| {
                let line = WordLine {
                    axis,
                    word: word.to_owned(),
                    ours,
                };
                lines.entry((number, word.to_owned())).or_insert(line);
            };
            let table = self.document.get("status").and_then(|all| all.get(axis));
            let table = table.and_then(toml_edit::Item::as_table_like);
            let star = table.is_some_and(|table| table.contains_key("*"));
            for (word, ours) in table.into_iter().flat_map(toml_edit::TableLike::iter) {
                put(word, ours.as_str().map(str::to_owned));
            }
            let own = self.words.get(axis).map_or(&[][..], Vec::as_slice);
            let known = field.kind().choices();
            for word in own {
                let plain = table.is_none() && known.contains(&word.as_str());
                if self.rule(field).is_some() && !star && !plain {
                    put(word, None);
                }
            }
        }
        lines.into_values().collect()
    }

    /// The words of ours on an axis.
    pub fn meanings(axis_name: &str) -> &'static [&'static str] {
        let field = Field::ALL
            .iter()
            .find(|field| axis(**field) == Some(axis_name));
        field.map_or(&[], |field| field.kind().choices())
    }

    /// How much has to be decided: doubtful targets, settings, words.
    pub fn open_questions(&self) -> usize {
        let settings = Setting::ALL
            .iter()
            .filter(|setting| self.question(**setting).is_some())
            .count();
        let words = self.words();
        let words = words.iter().filter(|word| word.ours.is_none()).count();
        self.doubtful.len() + settings + words
    }
}
