//! What the mapping screen shows of a draft: columns, targets, how the file is read, status words.

use std::collections::BTreeMap;

use super::{Draft, Goal, axis};
use crate::deck::needs::{Need, OwnField};
use crate::mapping::propose::{About, Question, Sampled, Suggestion};
use crate::mapping::{Recipe, Rule, Step, transformed};
use crate::order::{Field, Kind};
use crate::vendor::FieldKind;

/// The axes of `[status]`, each with the field that its words fill.
const AXES: [(&str, Field); 4] = [
    ("payment", Field::Payment),
    ("fulfilment", Field::Fulfilment),
    ("cancelled", Field::Cancelled),
    ("line", Field::ItemStatus),
];

/// More different texts than these are no table to fill by hand.
const MOST_TEXTS: usize = 200;

/// A column of the file, or a path of its objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnLine {
    /// The column with its values.
    pub column: Sampled,
    /// The targets that read it.
    pub targets: Vec<Goal>,
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
    pub goal: Goal,
    /// What it means.
    pub help: &'static str,
    /// The only values that it may have; empty for any.
    pub choices: &'static [&'static str],
    /// It is a time.
    pub is_time: bool,
    /// A default of the account fills it where no rule does.
    pub given: bool,
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
    /// How often it stands in the records that were looked at.
    pub count: usize,
}

impl Draft {
    /// A target's rule.
    pub fn rule(&self, goal: impl Into<Goal>) -> Option<&Rule<String>> {
        match goal.into() {
            Goal::Field(field) => {
                let mut rules = self.mapping.rules();
                rules.find_map(|(known, rule)| (known == field).then_some(rule))
            }
            Goal::Own { vendor, path } => {
                let mut rules = self.mapping.vendor_rules(&vendor);
                rules.find_map(|(known, rule)| (known == &*path).then_some(rule))
            }
        }
    }

    /// What is suggested for a target and has to be decided.
    pub fn suggestion(&self, goal: impl Into<Goal>) -> Option<&Suggestion> {
        let field = goal.into().field()?;
        self.doubtful.iter().find(|known| known.field == field)
    }

    /// The transforms of a target's rule in words.
    pub fn steps(&self, goal: impl Into<Goal>) -> Vec<String> {
        let steps = self.rule(goal).map_or(&[][..], |rule| &rule.steps);
        steps.iter().map(Step::words).collect()
    }

    /// The columns with what reads them: those that were seen when an order was made, else those of the file.
    pub fn columns(&self, seen: Option<&[Sampled]>) -> Vec<ColumnLine> {
        let apart = self.lines_stand_apart();
        let mut readers: BTreeMap<(&str, bool), Vec<Goal>> = BTreeMap::new();
        for (goal, rule) in self.rules() {
            rule.inputs(&mut |name| {
                let own = name.strip_prefix("$.").filter(|_| apart);
                let of_lines = apart && goal.is_of_lines() && own.is_none();
                let name = own.unwrap_or(name);
                let readers = readers.entry((name, of_lines)).or_default();
                if !readers.contains(&goal) {
                    readers.push(goal.clone());
                }
            });
        }
        let columns = seen.unwrap_or(&self.columns).iter().map(|column| {
            let known = |of_lines| readers.get(&(column.name.as_str(), of_lines));
            let mut targets = known(column.of_lines).cloned().unwrap_or_default();
            if column.joined {
                targets.extend(known(true).into_iter().flatten().cloned());
            }
            ColumnLine {
                column: column.clone(),
                targets,
            }
        });
        columns.collect()
    }

    /// Every rule with what it fills.
    pub(super) fn rules(&self) -> impl Iterator<Item = (Goal, &Rule<String>)> {
        let fields = self.mapping.rules();
        let fields = fields.map(|(field, rule)| (Goal::Field(field), rule));
        let mut vendors: Vec<&str> = self
            .mapping
            .vendor_paths()
            .map(|(vendor, _)| vendor)
            .collect();
        vendors.dedup();
        let own = vendors.into_iter().flat_map(|vendor| {
            let rules = self.mapping.vendor_rules(vendor);
            rules.map(move |(path, rule)| (Goal::own(vendor, path), rule))
        });
        fields.chain(own)
    }

    /// Every target: those that the vendor needs first, in the order of the field table else, then those that only
    /// that vendor has.
    pub fn targets(&self, needs: &[Need], own: &[OwnField]) -> Vec<TargetLine> {
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
                goal: (*field).into(),
                help: field.help(),
                choices: field.kind().choices(),
                is_time: field.kind() == Kind::Time,
                given: false,
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
        targets.extend(self.own_targets(own));
        targets.sort_by_key(|target| {
            let own = target.goal.field().is_none();
            // The rest stays in the order of the tables.
            match &target.standing {
                _ if target.needed && target.standing != Standing::None => 0,
                Standing::Doubtful(_) => 1,
                Standing::Filled if !own => 2,
                Standing::Filled => 4,
                _ if !own => 3,
                Standing::Missing | Standing::None => 5,
            }
        });
        targets
    }

    /// The fields that only one vendor has: those of its table, and those of the mapping whose names are free.
    fn own_targets(&self, own: &[OwnField]) -> Vec<TargetLine> {
        let Some(vendor) = own.first().map(|own| own.vendor) else {
            return Vec::new();
        };
        let line = |goal: Goal, own: &OwnField| {
            let rule = self.rule(&goal).map(Rule::describe);
            TargetLine {
                help: own.help,
                choices: own.choices,
                is_time: matches!(own.kind, FieldKind::DateTime | FieldKind::Date),
                given: own.given,
                standing: match &rule {
                    Some(_) => Standing::Filled,
                    None if own.needed => Standing::Missing,
                    None => Standing::None,
                },
                goal,
                rule,
                needed: own.needed,
            }
        };
        let mut lines: Vec<TargetLine> = own.iter().map(|own| line(own.into(), own)).collect();
        for (path, _) in self.mapping.vendor_rules(vendor) {
            let goal = Goal::own(vendor, path);
            if lines.iter().any(|line| line.goal == goal) {
                continue;
            }
            // A member whose name is free, or a field that the order fills elsewhere.
            let stem = path.rsplit_once('/').map_or(path, |(stem, _)| stem);
            let table = crate::vendor::by_name(vendor).map(crate::vendor::Vendor::table);
            let spec = table.and_then(|table| {
                let id = table
                    .find(path)
                    .or_else(|| table.find(&format!("{stem}/?")))?;
                Some(table.spec(id))
            });
            if let Some(spec) = spec {
                lines.push(line(goal, &OwnField::of(vendor, spec)));
            }
        }
        lines
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
            let counts = self.word_counts(field);
            let mut put = |word: &str, ours: Option<String>| {
                let line = WordLine {
                    count: counts.get(word).copied().unwrap_or_default(),
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

    /// The texts that reach the transform of that number of a target's rule, or its end, in the records that were
    /// looked at, the most frequent first. What texts differ in letter case only is told once.
    pub fn texts_before(&self, goal: &Goal, step: usize, seen: &[Sampled]) -> Vec<(String, usize)> {
        let Some(rule) = self.rule(goal) else {
            return Vec::new();
        };
        let steps = rule.steps.get(..step).unwrap_or(&rule.steps);
        if !matches!(rule.recipe, Recipe::From(_) | Recipe::First(_)) {
            return Vec::new();
        }
        let mut texts: Vec<(String, usize)> = Vec::new();
        rule.inputs(&mut |name| {
            let own = name.strip_prefix("$.").unwrap_or(name);
            let of_lines = goal.is_of_lines() && own == name && self.lines_stand_apart();
            let column = seen.iter().find(|column| {
                column.name == own && (column.joined || column.of_lines == of_lines)
            });
            for (text, count) in column.into_iter().flat_map(|column| &column.counts) {
                let Some(text) = transformed(steps, text).filter(|text| !text.is_empty()) else {
                    continue;
                };
                let lower = text.to_lowercase();
                match texts
                    .iter_mut()
                    .find(|(known, _)| known.to_lowercase() == lower)
                {
                    Some((_, known)) => *known += count,
                    None => texts.push((text, *count)),
                }
                if texts.len() >= MOST_TEXTS {
                    break;
                }
            }
        });
        texts
    }

    /// The columns that were seen when it was begun.
    pub fn first_columns(&self) -> &[Sampled] {
        &self.columns
    }

    /// How often each text that a target reads stands in the records that were looked at, in small letters.
    fn word_counts(&self, field: Field) -> BTreeMap<String, usize> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let Some(rule) = self.rule(field) else {
            return counts;
        };
        rule.inputs(&mut |name| {
            let column = self.columns.iter().find(|column| column.name == *name);
            for (text, count) in column.into_iter().flat_map(|column| &column.counts) {
                *counts.entry(text.to_lowercase()).or_default() += count;
            }
        });
        counts
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
