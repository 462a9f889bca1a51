//! A mapping made ready for one file: columns resolved to positions, paths read, nothing parsed again.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::decay::Drift;
use super::evaluate::{Evaluator, Input};
use super::field_rule::FieldRule;
use super::file::{FileKind, Mapping, Missing, Policy, Refunds};
use super::join::JoinedFile;
use super::meaning::Meaning;
use super::packed::{Pattern, Shape};
use super::path::Path;
use super::rule::{Recipe, Rule};
use super::status::Status;
use super::value::Notation;
use crate::mistake::Mistake;
use crate::order::{Currency, Field};
use crate::source::{Format, GroupBy, Header};

/// Why a mapping doesn't fit a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// It is for the other kind of file.
    #[error(
        "the mapping `{mapping}` is for {expected} files, this one is {found}; choose another with --mapping ({})",
        super::preset_names()
    )]
    OtherKind {
        /// The mapping's name.
        mapping: String,
        /// What it is for.
        expected: &'static str,
        /// What the file is.
        found: &'static str,
    },
    /// The file lacks columns that the mapping needs.
    #[error("the file lacks what the mapping `{mapping}` needs: {}; the file has {found}{}", list(.missing), below(.mistakes))]
    MissingColumns {
        /// The mapping's name.
        mapping: String,
        /// Target and column.
        missing: Vec<(String, String)>,
        /// The columns that are there, cut.
        found: String,
        /// Each with its place in the operator's own mapping; none for a preset.
        mistakes: Vec<Mistake>,
    },
    /// A path or name that can't be read.
    #[error("the mapping `{mapping}`, target `{target}`: {message}")]
    BadPath {
        /// The mapping's name.
        mapping: String,
        /// Whose rule it is.
        target: String,
        /// What is wrong.
        message: String,
    },
    /// What the mapping says doesn't fit the file, each with its place in the mapping.
    #[error("{}", super::wrong::excerpts(.mistakes))]
    Wrong {
        /// In the order of the mapping.
        mistakes: Vec<Mistake>,
    },
}

fn below(mistakes: &[Mistake]) -> String {
    let excerpts = super::wrong::excerpts(mistakes);
    if excerpts.is_empty() {
        excerpts
    } else {
        format!("\n{excerpts}")
    }
}

fn list(missing: &[(String, String)]) -> String {
    let parts: Vec<String> = missing
        .iter()
        .map(|(target, column)| format!("column `{column}` for {target}"))
        .collect();
    parts.join(", ")
}

/// A mapping made ready for one file.
#[derive(Debug, Clone)]
pub struct Compiled {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) lacks: Option<String>,
    pub(super) evaluator: Evaluator,
    pub(super) order: Vec<FieldRule>,
    pub(super) item: Vec<FieldRule>,
    pub(super) vendor: Vec<VendorRule>,
    pub(super) lines: Lines,
    /// A line counts if one of these has a value; empty: every line.
    pub(super) when: Vec<Rule<Input>>,
    /// A line doesn't count if one of these has a value.
    pub(super) unless: Vec<Rule<Input>>,
    pub(super) status: Status,
    pub(super) currency: Option<Currency>,
    pub(super) policy: Policy,
    /// How the header differs from the one that the mapping was made for.
    pub(super) drift: Drift,
    pub(super) native: Option<String>,
    /// Columns that hold one value an order, with the field that reads them.
    pub(super) order_columns: Vec<(usize, Field)>,
    /// Columns that make a line what it is.
    pub(super) item_columns: Vec<usize>,
    pub(super) header: Option<Arc<Header>>,
    pub(super) group_by: GroupBy,
    /// Columns that any rule reads.
    pub(super) read_columns: BTreeSet<usize>,
    /// Target and column of what the file lacks.
    pub(super) missing: Vec<(String, String)>,
    /// Whether records that contradict each other and cells that can't be read are looked for.
    pub(super) is_checking: bool,
    /// Whether texts are kept once they were looked at.
    pub(super) keeps_texts: bool,
}

/// A rule for a field that one vendor has.
#[derive(Debug, Clone)]
pub(super) struct VendorRule {
    pub(super) vendor: String,
    pub(super) path: String,
    pub(super) rule: Rule<Input>,
}

impl VendorRule {
    /// One a line item.
    pub(super) fn per_item(&self) -> bool {
        is_per_item(&self.path)
    }
}

fn is_per_item(path: &str) -> bool {
    path.split('/').any(|segment| segment == "*")
}

/// Where an order's lines are.
#[derive(Debug, Clone)]
pub(super) enum Lines {
    /// Each row.
    Rows,
    /// The elements of a list.
    List(Path),
    /// Made of a row's cells.
    Made(Shape),
    /// What this join finds for the order.
    Joined(usize),
    /// None at all.
    None,
}

impl Mapping {
    /// How the records of a file of that format are to be grouped.
    pub fn group_by(&self, format: &Format) -> Result<GroupBy, CompileError> {
        let Some(by) = &self.read.group_by else {
            return Ok(GroupBy::EachRecord);
        };
        if format.header().is_some() {
            return Ok(GroupBy::Column(by.clone()));
        }
        let bad = |message| self.bad_path("[read] group_by", message);
        let path = Path::parse(by).map_err(bad)?;
        let pointer = path
            .as_pointer()
            .ok_or_else(|| bad(format!("`{by}` leads to more than one value")))?;
        Ok(GroupBy::Pointer(pointer))
    }

    /// Makes it ready for a file of that format, if it joins no other file.
    ///
    /// # Errors
    /// What it needs and the file lacks.
    pub fn compile(&self, format: &Format) -> Result<Compiled, CompileError> {
        self.compile_joined(format, &[])
    }

    /// The same with the files that it joins.
    ///
    /// # Errors
    /// What it needs and the files lack.
    pub fn compile_joined(
        &self,
        format: &Format,
        joined: &[Arc<JoinedFile>],
    ) -> Result<Compiled, CompileError> {
        let header = format.header();
        let kind = if header.is_some() {
            FileKind::Delimited
        } else {
            FileKind::Json
        };
        if let Some(expected) = self.detect.format
            && expected != kind
        {
            return Err(CompileError::OtherKind {
                mapping: self.name().to_owned(),
                expected: expected.name(),
                found: format.name(),
            });
        }
        let mut resolver = Resolver {
            mapping: self,
            header: header.cloned(),
            joined,
            read_columns: BTreeSet::new(),
            missing: Vec::new(),
        };
        resolver.all_joined()?;
        let group_by = self.group_by(format)?;
        for name in &self.detect.must {
            resolver.needs("this format", name);
        }
        if let GroupBy::Column(name) = &group_by {
            resolver.needs("[read] group_by", name);
            resolver.note(name);
        }
        let made = header.is_some() && self.items.are_made();
        let lines = resolver.lines()?;
        let mut order = Vec::with_capacity(self.order.0.len());
        for (field, rule) in &self.order.0 {
            order.push((*field, resolver.rule(field.name(), rule)?));
        }
        if self.policy.refunds == Refunds::Net {
            make_net(&mut order);
        }
        let mut item = Vec::with_capacity(self.item.0.len());
        for (field, rule) in &self.item.0 {
            item.push((*field, resolver.item_rule(field.name(), rule, made)?));
        }
        let mut vendor = Vec::new();
        for (name, rules) in &self.vendor {
            for (path, rule) in rules {
                let target = format!("{name}: {path}");
                let per_item = is_per_item(path);
                let rule = resolver.item_rule(&target, rule, made && per_item)?;
                let (vendor_name, path) = (name.clone(), path.clone());
                vendor.push(VendorRule {
                    vendor: vendor_name,
                    path,
                    rule,
                });
            }
        }
        let mut conditions = |key: &str, rules: &[Rule<String>]| {
            rules
                .iter()
                .map(|rule| resolver.item_rule(key, rule, made))
                .collect::<Result<Vec<_>, _>>()
        };
        let when = conditions("[items] when", &self.items.when)?;
        let unless = conditions("[items] unless", &self.items.unless)?;
        // A reduced export without any of these columns has no lines at all.
        let none_left =
            matches!(lines, Lines::Rows) && !when.is_empty() && columns(&when).is_empty();
        let lines = if none_left { Lines::None } else { lines };
        let joins = resolver.joins(&order, &item, &vendor)?;
        let must_fail = self.read.missing_columns == Missing::Refuse
            || resolver.missing.iter().any(|(_, _, needed)| *needed);
        if must_fail && !resolver.missing.is_empty() {
            return Err(self.missing_columns(&resolver));
        }
        let key_column = match &group_by {
            GroupBy::Column(name) => header.and_then(|header| header.position(name)),
            _ => None,
        };
        let per_item = vendor.iter().filter(|rule| rule.per_item());
        let item_columns = columns(
            item.iter()
                .map(|(_, rule)| rule)
                .chain(per_item.map(|rule| &rule.rule)),
        );
        let mut order_columns: Vec<(usize, Field)> = Vec::new();
        for (field, rule) in &order {
            for column in single_columns(rule) {
                let known = order_columns.iter().any(|(known, _)| *known == column);
                if !known && Some(column) != key_column && !item_columns.contains(&column) {
                    order_columns.push((column, *field));
                }
            }
        }
        Ok(Compiled {
            name: self.name().to_owned(),
            title: self.title().to_owned(),
            lacks: self.lacks().map(str::to_owned),
            evaluator: Evaluator {
                notation: Notation {
                    mark: self.read.decimal_mark,
                    formats: self.read.date_formats.clone(),
                    zone: self.read.time_zone.clone(),
                },
                meaning: Meaning::new(&self.read.empty, self.read.protective_apostrophe),
                joins,
            },
            order: ready(order),
            item: ready(item),
            vendor,
            lines,
            when,
            unless,
            status: self.status.clone(),
            currency: self.read.currency.as_deref().and_then(Currency::parse),
            policy: self.policy,
            drift: Drift::between(self.made_for(), header.map_or(&[], |header| header.names())),
            native: self.native.as_ref().map(|native| native.vendor.clone()),
            order_columns,
            item_columns: item_columns.into_iter().collect(),
            header: header.cloned(),
            group_by,
            read_columns: resolver.read_columns,
            missing: resolver
                .missing
                .into_iter()
                .map(|(target, column, _)| (target, column))
                .collect(),
            is_checking: true,
            keeps_texts: true,
        })
    }

    pub(super) fn bad_path(&self, target: &str, message: String) -> CompileError {
        if self.origin.is_own {
            let path = super::decay::path_of(target);
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            // The message names the path between backquotes.
            let name = message.split('`').nth(1).unwrap_or_default().to_owned();
            return CompileError::Wrong {
                mistakes: vec![self.mistake_at_name(&path, &name, message)],
            };
        }
        CompileError::BadPath {
            mapping: self.name().to_owned(),
            target: target.to_owned(),
            message,
        }
    }

    fn missing_columns(&self, resolver: &Resolver) -> CompileError {
        let all = self.read.missing_columns == Missing::Refuse;
        let missing: Vec<(String, String)> = resolver
            .missing
            .iter()
            .filter(|(_, _, needed)| all || *needed)
            .map(|(target, column, _)| (target.clone(), column.clone()))
            .collect();
        let mistakes = self.decayed(&missing, resolver.header.as_deref(), resolver.joined);
        CompileError::MissingColumns {
            mapping: self.name().to_owned(),
            missing,
            found: super::detect::seen(
                resolver
                    .header
                    .as_ref()
                    .map_or(&[], |header| header.names()),
            ),
            mistakes,
        }
    }
}

/// Turns names into columns or paths.
pub(super) struct Resolver<'m> {
    pub(super) mapping: &'m Mapping,
    header: Option<Arc<Header>>,
    pub(super) joined: &'m [Arc<JoinedFile>],
    read_columns: BTreeSet<usize>,
    /// Target, column, and whether the file can't do without.
    missing: Vec<(String, String, bool)>,
}

impl Resolver<'_> {
    fn needs(&mut self, target: &str, name: &str) {
        if let Some(header) = &self.header
            && header.position(name).is_none()
            && !self
                .missing
                .iter()
                .any(|(_, known, needed)| *needed && known == name)
        {
            self.missing
                .push((target.to_owned(), name.to_owned(), true));
        }
    }

    /// The column's position; it counts as read.
    fn note(&mut self, name: &str) -> Option<usize> {
        let position = self.header.as_ref()?.position(name)?;
        self.read_columns.insert(position);
        Some(position)
    }

    fn input(&mut self, target: &str, name: &str) -> Result<Input, CompileError> {
        if let Some(input) = self.joined_input(target, name)? {
            return Ok(input);
        }
        if self.header.is_none() {
            let path =
                Path::parse(name).map_err(|message| self.mapping.bad_path(target, message))?;
            return Ok(Input::Path(path));
        }
        let position = self.note(name);
        if position.is_none() {
            self.missing
                .push((target.to_owned(), name.to_owned(), false));
        }
        Ok(Input::Column {
            name: name.to_owned(),
            position,
        })
    }

    pub(super) fn lacks(&mut self, target: &str, name: &str) {
        self.missing
            .push((target.to_owned(), name.to_owned(), false));
    }

    pub(super) fn rule(
        &mut self,
        target: &str,
        rule: &Rule<String>,
    ) -> Result<Rule<Input>, CompileError> {
        rule.map(&mut |name| self.input(target, name))
    }

    /// A rule of `[item]` or `[items]`: for lines made of cells a name is a member of the line, and
    /// `$.Name` a column of its row.
    fn item_rule(
        &mut self,
        target: &str,
        rule: &Rule<String>,
        made: bool,
    ) -> Result<Rule<Input>, CompileError> {
        if !made {
            return self.rule(target, rule);
        }
        rule.map(&mut |name| {
            if let Some(input) = self.joined_input(target, name)? {
                return Ok(input);
            }
            match name.strip_prefix("$.") {
                Some(column) => self.input(target, column),
                None => Path::parse(name)
                    .map(Input::Path)
                    .map_err(|message| self.mapping.bad_path(target, message)),
            }
        })
    }

    fn lines(&mut self) -> Result<Lines, CompileError> {
        let items = &self.mapping.items;
        if let Some(join) = &items.join {
            return Ok(self.position(join).map_or(Lines::None, Lines::Joined));
        }
        let bad = |key: &str, message| self.mapping.bad_path(key, message);
        let Some(header) = self.header.clone() else {
            let Some(list) = &items.list else {
                return Ok(Lines::None);
            };
            let path = Path::parse(list).map_err(|message| bad("[items] list", message))?;
            return Ok(Lines::List(path));
        };
        let has_rules = !self.mapping.item.0.is_empty()
            || self
                .mapping
                .vendor
                .values()
                .flat_map(|rules| rules.keys())
                .any(|path| is_per_item(path));
        if !items.are_made() {
            return Ok(if has_rules { Lines::Rows } else { Lines::None });
        }
        let patterns = |key: &str, names: &[String], member: bool| {
            names
                .iter()
                .map(|name| {
                    let pattern = Pattern::parse(name).map_err(|message| bad(key, message))?;
                    if member != pattern.has_member() || member && !pattern.has_number() {
                        return Err(bad(key, format!("`{name}` {NAMES}")));
                    }
                    Ok(pattern)
                })
                .collect::<Result<Vec<_>, _>>()
        };
        let sideways = patterns("[items] sideways", &items.sideways, true)?;
        let cells = patterns("[items] cells", &items.cells, false)?;
        let shape = Shape::of(&header, &sideways, &cells, &items.packed);
        self.read_columns.extend(shape.columns());
        if shape.columns().next().is_some() {
            return Ok(Lines::Made(shape));
        }
        for name in items.sideways.iter().chain(&items.cells) {
            self.missing.push(("[items]".into(), name.clone(), false));
        }
        Ok(Lines::None)
    }
}

/// What columns of lines must be called.
const NAMES: &str = "can't be: columns of [items] sideways hold {n} and {member}, those of [items] cells no {member}";
/// The total less what was given back, if the order says what it is.
fn make_net(order: &mut [(Field, Rule<Input>)]) {
    let of = |wanted: Field| order.iter().find(|(field, _)| *field == wanted);
    let (Some((_, total)), Some((_, refunded))) = (of(Field::Total), of(Field::RefundedTotal))
    else {
        return;
    };
    let net = Rule {
        recipe: Recipe::Difference(Box::new([total.clone(), refunded.clone()])),
        steps: Vec::new(),
    };
    if let Some((_, rule)) = order.iter_mut().find(|(field, _)| *field == Field::Total) {
        *rule = net;
    }
}

fn ready(rules: Vec<(Field, Rule<Input>)>) -> Vec<FieldRule> {
    let rules = rules.into_iter();
    rules
        .map(|(field, rule)| FieldRule::new(field, rule))
        .collect()
}

/// The positions of all columns that the rules might read.
fn columns<'r>(rules: impl IntoIterator<Item = &'r Rule<Input>>) -> BTreeSet<usize> {
    let mut columns = BTreeSet::new();
    for rule in rules {
        rule.inputs(&mut |input| {
            if let Input::Column {
                position: Some(position),
                ..
            } = input
            {
                columns.insert(*position);
            }
        });
    }
    columns
}

/// Those that a rule reads once an order; what it reads of each row may differ from row to row.
fn single_columns(rule: &Rule<Input>) -> BTreeSet<usize> {
    match &rule.recipe {
        Recipe::Each(_) => BTreeSet::new(),
        recipe if recipe.parts().is_empty() => columns([rule]),
        recipe => recipe.parts().iter().flat_map(single_columns).collect(),
    }
}

impl Compiled {
    /// The mapping's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The mapping's name for people.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What files of this kind can't give, and what can be done with them anyhow.
    pub fn lacks(&self) -> Option<&str> {
        self.lacks.as_deref()
    }

    /// The column that alone says an order's currency; none where more is to be asked for it.
    pub fn currency_column(&self) -> Option<&str> {
        let rules = self.order.iter();
        let rules = rules.filter(|known| known.field == Field::Currency);
        let mut recipes = rules.map(|known| &known.rule.recipe);
        match (recipes.next()?, &self.currency) {
            (Recipe::From(Input::Column { name, .. }), None) => Some(name),
            _ => None,
        }
    }

    /// How the source is to group its records.
    pub fn group_by(&self) -> &GroupBy {
        &self.group_by
    }

    /// How the file's columns differ from those that the mapping was made for.
    pub fn drift(&self) -> &Drift {
        &self.drift
    }

    /// The vendor whose payloads the records are, if they are payloads.
    pub fn native_vendor(&self) -> Option<&str> {
        self.native.as_deref()
    }
}
