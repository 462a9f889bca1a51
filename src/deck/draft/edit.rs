//! The steps: each leaves a text that can be read, or nothing changed.

use toml_edit::{DocumentMut, Value};

use super::{Draft, Goal, REMEMBERED, Setting, Version, place, read};
use crate::deck::DeckError;
use crate::mapping::propose::Suggestion;
use crate::mapping::{Mapping, MappingError, Recipe, Rule, Step};

/// Why a step can't be done.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The file can't be read, or the mapping doesn't fit it.
    #[error(transparent)]
    Deck(#[from] DeckError),
    /// A joined file is still read.
    #[error("{name} is read by {targets}: empty that first")]
    JoinIsRead {
        /// The join.
        name: String,
        /// What reads it.
        targets: String,
    },
    /// The mapping would be none.
    #[error("{}", in_short(.0))]
    Wrong(#[from] MappingError),
}

/// What is wrong without the excerpt: the operator doesn't look at the text.
fn in_short(error: &MappingError) -> String {
    let all: Vec<&str> = error
        .mistakes
        .iter()
        .map(|mistake| mistake.what.as_str())
        .collect();
    all.join("; ")
}

/// The forms that a rule can be typed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The same for every order.
    Constant,
    /// Text with names in braces.
    Template,
    /// As a mapping file writes it.
    Toml,
}

impl Kind {
    /// The rule of that form.
    ///
    /// # Errors
    /// It is none.
    pub fn rule(self, text: &str) -> Result<Rule<String>, DraftError> {
        let written = match self {
            Self::Constant => format!("{{ value = {} }}", Value::from(text)),
            Self::Template => format!("{{ template = {} }}", Value::from(text)),
            Self::Toml => text.to_owned(),
        };
        // The mapping's own reader says what is wrong with it.
        let text = format!("[mapping]\nname = \"m\"\ntitle = \"m\"\n[order]\nid = {written}\n");
        let mapping = Mapping::parse(&text, "rule")?;
        let rule = mapping.rules().next().map(|(_, rule)| rule.clone());
        Ok(rule.unwrap_or(Rule {
            recipe: Recipe::Value(String::new()),
            steps: Vec::new(),
        }))
    }
}

impl Draft {
    /// Does something to the text; takes it back where that leaves no mapping.
    pub(super) fn step(
        &mut self,
        label: String,
        doubtful: Vec<Suggestion>,
        change: impl FnOnce(&mut DocumentMut),
    ) -> Result<(), DraftError> {
        let mut document = self.document.clone();
        change(&mut document);
        let (document, mapping) = read(&document.to_string())?;
        let before = Version {
            document: std::mem::replace(&mut self.document, document),
            doubtful: std::mem::replace(&mut self.doubtful, doubtful),
            given: self.given.clone(),
            label,
        };
        self.mapping = mapping;
        self.past.push(before);
        if self.past.len() > REMEMBERED {
            self.past.remove(0);
        }
        self.future.clear();
        Ok(())
    }

    /// The suggestions that are left when one is decided.
    fn without(&self, goal: &Goal) -> Vec<Suggestion> {
        let field = goal.field();
        let others = self
            .doubtful
            .iter()
            .filter(|known| Some(known.field) != field);
        others.cloned().collect()
    }

    /// Fills a target from a column or path; transforms that are there stay.
    ///
    /// # Errors
    /// That is no mapping.
    pub fn connect(&mut self, goal: impl Into<Goal>, column: &str) -> Result<(), DraftError> {
        let goal = goal.into();
        let steps = match self.rule(&goal) {
            Some(Rule {
                recipe: Recipe::From(_),
                steps,
            }) => steps.clone(),
            _ => Vec::new(),
        };
        let recipe = Recipe::From(column.to_owned());
        self.set_rule(goal, &Rule { recipe, steps })
    }

    /// Fills a target by a rule.
    ///
    /// # Errors
    /// That is no mapping.
    pub fn set_rule(
        &mut self,
        goal: impl Into<Goal>,
        rule: &Rule<String>,
    ) -> Result<(), DraftError> {
        let goal = goal.into();
        let label = format!("{} from {}", goal.name(), rule.describe());
        let value = rule.to_toml();
        self.step(label, self.without(&goal), |document| {
            place::put(document, &goal, value);
        })
    }

    /// Adds a transform at the end of a target's rule; a target without one stays without.
    ///
    /// # Errors
    /// That is no mapping.
    pub fn push_step(&mut self, goal: impl Into<Goal>, step: Step) -> Result<(), DraftError> {
        self.with_steps(goal.into(), |steps| steps.push(step))
    }

    /// Takes a transform out of a target's rule, counted from 0.
    ///
    /// # Errors
    /// That is no mapping.
    pub fn remove_step(&mut self, goal: impl Into<Goal>, number: usize) -> Result<(), DraftError> {
        self.with_steps(goal.into(), |steps| {
            if number < steps.len() {
                steps.remove(number);
            }
        })
    }

    /// Puts a transform in place of the one of that number, counted from 0; at the end where there is none.
    ///
    /// # Errors
    /// That is no mapping.
    pub fn replace_step(
        &mut self,
        goal: impl Into<Goal>,
        number: usize,
        step: Step,
    ) -> Result<(), DraftError> {
        self.with_steps(goal.into(), |steps| match steps.get_mut(number) {
            Some(known) => *known = step,
            None => steps.push(step),
        })
    }

    fn with_steps(
        &mut self,
        goal: Goal,
        change: impl FnOnce(&mut Vec<Step>),
    ) -> Result<(), DraftError> {
        let Some(before) = self.rule(&goal) else {
            return Ok(());
        };
        let mut rule = before.clone();
        change(&mut rule.steps);
        if rule == *before {
            return Ok(());
        }
        self.set_rule(goal, &rule)
    }

    /// Empties a target.
    ///
    /// # Errors
    /// That is no mapping.
    pub fn clear(&mut self, goal: impl Into<Goal>) -> Result<(), DraftError> {
        let goal = goal.into();
        if self.rule(&goal).is_none() {
            return Ok(());
        }
        let label = format!("{} emptied", goal.name());
        self.step(label, self.doubtful.clone(), |document| {
            place::take(document, &goal);
        })
    }

    /// Takes a doubtful suggestion. Returns whether there was one.
    ///
    /// # Errors
    /// That is no mapping.
    pub fn accept(&mut self, goal: impl Into<Goal>) -> Result<bool, DraftError> {
        let goal = goal.into();
        let Some(rule) = self.suggestion(&goal).map(|known| known.rule.clone()) else {
            return Ok(false);
        };
        self.set_rule(goal, &rule)?;
        Ok(true)
    }

    /// Drops a doubtful suggestion. Returns whether there was one.
    ///
    /// # Errors
    /// None that is known.
    pub fn refuse(&mut self, goal: impl Into<Goal>) -> Result<bool, DraftError> {
        let goal = goal.into();
        if self.suggestion(&goal).is_none() {
            return Ok(false);
        }
        let label = format!("suggestion for {} dropped", goal.name());
        self.step(label, self.without(&goal), |_| {})?;
        Ok(true)
    }

    /// Says how the file is read; an empty text says nothing of it.
    ///
    /// # Errors
    /// It can't be so.
    pub fn set_read(&mut self, setting: Setting, text: &str) -> Result<(), DraftError> {
        let text = text.trim();
        if self.setting(setting) == text {
            return Ok(());
        }
        let label = format!("{}: {text}", setting.title());
        self.step(label, self.doubtful.clone(), |document| {
            let Some(table) = place::section(document, "read") else {
                return;
            };
            if text.is_empty() {
                table.remove(setting.key());
            } else if setting == Setting::DateFormats {
                let formats: toml_edit::Array = text.split('|').map(str::trim).collect();
                place::set(table, setting.key(), formats.into());
            } else {
                place::set(table, setting.key(), text.into());
            }
        })
    }

    /// Says what a status word means: one of ours, empty for nothing; none takes it out of the table.
    ///
    /// # Errors
    /// There is no such word of ours.
    pub fn set_word(
        &mut self,
        axis: &'static str,
        word: &str,
        ours: Option<&str>,
    ) -> Result<(), DraftError> {
        let word = word.to_lowercase();
        let label = match ours {
            Some("") => format!("{word} says nothing"),
            Some(ours) => format!("{word} is {ours}"),
            None => format!("{word} is unknown"),
        };
        self.step(label, self.doubtful.clone(), |document| {
            let Some(status) = place::section(document, "status") else {
                return;
            };
            if !status.contains_key(axis) {
                status.insert(axis, toml_edit::Item::Table(toml_edit::Table::new()));
            }
            let table = status.get_mut(axis);
            let Some(table) = table.and_then(toml_edit::Item::as_table_like_mut) else {
                return;
            };
            match ours {
                Some(ours) => place::set(table, &word, ours.into()),
                None => {
                    table.remove(&word);
                }
            }
        })
    }
}
