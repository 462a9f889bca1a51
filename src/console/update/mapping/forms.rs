//! The forms behind the ways to change a rule: several columns, a table of texts, how a time is written, a value or a
//! text that is typed.

use super::lists::{columns_for, shown};
use super::{change, change_or_say};
use crate::console::dialog::choice::Choice;
use crate::console::dialog::lookup::{Lookup, Table};
use crate::console::dialog::several::Several;
use crate::console::dialog::typed::Typed;
use crate::console::state::State;
use crate::console::state::mapping::Desk;
use crate::deck::draft::{Goal, Read, RuleKind};
use crate::mapping::propose::time_formats;
use crate::mapping::{Datetime, Recipe, Rule, Step};

/// Common ways to write times, where the values tell none.
const TIMES: [&str; 6] = [
    "%Y-%m-%d %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d.%m.%Y",
    "%s",
];

/// Several columns that make one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Combined {
    First,
    Joined,
    Sum,
    Product,
    Difference,
    Quotient,
    Equal,
    Present,
}

impl Combined {
    pub(super) const ALL: [Self; 8] = [
        Self::First,
        Self::Joined,
        Self::Sum,
        Self::Product,
        Self::Difference,
        Self::Quotient,
        Self::Equal,
        Self::Present,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::First => "the first that isn't empty",
            Self::Joined => "several columns as one text",
            Self::Sum => "the sum of columns",
            Self::Product => "columns multiplied",
            Self::Difference => "one column less another",
            Self::Quotient => "one column divided by another",
            Self::Equal => "whether two columns are equal",
            Self::Present => "whether one of them has a value",
        }
    }

    pub(super) const fn help(self) -> &'static str {
        match self {
            Self::First => "pick columns; the first with a value counts",
            Self::Joined => "pick columns, then what stands between them",
            Self::Sum => "pick columns; exact, empty ones count nothing",
            Self::Product => "pick columns, such as price and quantity; nothing if one is empty",
            Self::Difference => "pick two; the second counts nothing if it is empty",
            Self::Quotient => "pick two; nothing where it isn't exact",
            Self::Equal => "pick two: true or false",
            Self::Present => "pick columns: true, or nothing",
        }
    }

    /// How many columns it needs, and how many it may have.
    const fn count(self) -> (usize, usize) {
        match self {
            Self::Difference | Self::Quotient | Self::Equal => (2, 2),
            Self::Present => (1, 20),
            _ => (2, 20),
        }
    }

    /// The rule over these columns.
    fn rule(self, names: Vec<String>, with: &str) -> Option<Rule<String>> {
        let parts = names.into_iter().map(from);
        let pair =
            |parts: Vec<Rule<String>>| <[Rule<String>; 2]>::try_from(parts).ok().map(Box::new);
        let parts: Vec<Rule<String>> = parts.collect();
        let recipe = match self {
            Self::First => Recipe::First(parts),
            Self::Joined => Recipe::Join(parts, with.to_owned()),
            Self::Sum => Recipe::Sum(parts),
            Self::Product => Recipe::Product(parts),
            Self::Present => Recipe::Present(parts),
            Self::Difference => Recipe::Difference(pair(parts)?),
            Self::Quotient => Recipe::Quotient(pair(parts)?),
            Self::Equal => Recipe::Equal(pair(parts)?),
        };
        let steps = Vec::new();
        Some(Rule { recipe, steps })
    }

    const fn is(self, recipe: &Recipe<String>) -> bool {
        matches!(
            (self, recipe),
            (Self::First, Recipe::First(_))
                | (Self::Joined, Recipe::Join(..))
                | (Self::Sum, Recipe::Sum(_))
                | (Self::Product, Recipe::Product(_))
                | (Self::Present, Recipe::Present(_))
                | (Self::Difference, Recipe::Difference(_))
                | (Self::Quotient, Recipe::Quotient(_))
                | (Self::Equal, Recipe::Equal(_))
        )
    }
}

pub(super) fn from(name: String) -> Rule<String> {
    Rule {
        recipe: Recipe::From(name),
        steps: Vec::new(),
    }
}

/// What a rule gives, in words.
fn given(read: Read) -> String {
    match (read.value, read.trouble) {
        (Some(value), _) => format!("gives {value}"),
        (None, Some(trouble)) => trouble,
        (None, None) => "gives nothing".to_owned(),
    }
}

/// What a rule would give for a goal in the order that is shown.
pub(super) fn tried(desk: &Desk, goal: &Goal, rule: &Rule<String>) -> Option<String> {
    Some(given(desk.draft.trial(goal, rule, desk.order()?)?))
}

/// The same with the order's name.
fn tried_in(state: &State, goal: &Goal, rule: &Rule<String>) -> String {
    let desk = state.mapping.desk.as_deref();
    let tried = desk.and_then(|desk| {
        let id = &desk.order()?.order.order.id;
        Some(format!("{} {}", shown(id), tried(desk, goal, rule)?))
    });
    tried.unwrap_or_default()
}

/// The rule with one more transform, or with another in the place of one.
pub(super) fn stepped(desk: &Desk, goal: &Goal, number: usize, step: Step) -> Option<Rule<String>> {
    let mut rule = desk.draft.rule(goal)?.clone();
    rule.steps.truncate(number);
    rule.steps.push(step);
    Some(rule)
}

/// One of the values that a target may have, for every order.
pub(super) fn fixed(state: &mut State, goal: Goal) {
    let line = state.mapping.desk.as_deref();
    let choices = line
        .and_then(|desk| desk.line(&goal))
        .map(|line| line.choices);
    let choices = choices.unwrap_or_default();
    let rows = choices
        .iter()
        .map(|word| ((*word).to_owned(), String::new()));
    let title = format!("{} of every order", shown(&goal.name()));
    let choice = Choice::new(title, rows.collect(), 0, move |state, at, _| {
        let Some(word) = choices.get(at) else { return };
        if let Ok(rule) = RuleKind::Constant.rule(word) {
            change_or_say(state, |draft| draft.set_rule(&goal, &rule));
        }
    });
    state.layers.push(Box::new(choice));
}

pub(super) fn typed(state: &mut State, goal: Goal, kind: RuleKind) {
    let desk = state.mapping.desk.as_deref();
    let rule = desk.and_then(|desk| desk.draft.rule(&goal).cloned());
    let (title, help, begin) = match kind {
        RuleKind::Constant => (
            "the same for every order",
            "The text that every order gets.",
            match rule.map(|rule| rule.recipe) {
                Some(Recipe::Value(text)) => text,
                _ => String::new(),
            },
        ),
        RuleKind::Template => (
            "a template",
            "Text with names of columns in braces: {First Name} {Last Name}",
            match rule.map(|rule| (rule.describe(), rule.recipe)) {
                Some((words, Recipe::Template(_))) => words,
                Some((_, Recipe::From(name))) => format!("{{{name}}}"),
                _ => String::new(),
            },
        ),
        RuleKind::Toml => (
            "as a mapping file has it",
            "A name in quotes, or a table: { first = [\"A\", \"B\"], do = [\"trim\"] }",
            rule.map_or_else(String::new, |rule| rule.to_toml().to_string()),
        ),
    };
    let title = format!("{}: {title}", goal.name());
    let ask = Typed::new(
        title,
        help,
        begin,
        Box::new(move |state, text, _| {
            let rule = kind.rule(text).map_err(|error| error.to_string())?;
            change(state, |draft| draft.set_rule(&goal, &rule))
        }),
    );
    state.layers.push(Box::new(ask));
}

/// The columns that a goal may read: name as rules have it, and what is told of it.
fn offered(desk: &Desk, goal: &Goal) -> (Vec<String>, Vec<(String, String)>) {
    let lines = columns_for(desk, goal).into_iter();
    lines
        .filter_map(|at| desk.columns.get(at))
        .map(|line| {
            let name = desk.draft.input_name(goal, &line.column);
            let row = (shown(&name), shown(&line.column.samples.join(" · ")));
            (name, row)
        })
        .unzip()
}

/// Makes a rule of the one there is and a column; none where it can't be.
type Made = fn(Option<&Rule<String>>, String) -> Option<Rule<String>>;

/// One column, for a rule that is made of the one there is.
pub(super) fn one(state: &mut State, goal: Goal, title: &str, make: Made) {
    let Some(desk) = state.mapping.desk.as_deref() else {
        return;
    };
    let (names, mut rows) = offered(desk, &goal);
    let before = desk.draft.rule(&goal).cloned();
    for (name, (_, about)) in names.iter().zip(&mut rows) {
        let rule = make(before.as_ref(), name.clone());
        let gives = rule.and_then(|rule| tried(desk, &goal, &rule));
        if let Some(gives) = gives {
            *about = format!("{} · {about}", shown(&gives));
        }
    }
    let choice = Choice::new(title, rows, 0, move |state, at, _| {
        let rule = names
            .get(at)
            .and_then(|name| make(before.as_ref(), name.clone()));
        if let Some(rule) = rule {
            change_or_say(state, |draft| draft.set_rule(&goal, &rule));
        }
    });
    let choice = choice.with_search(state);
    state.layers.push(Box::new(choice));
}

/// Several columns for one value.
pub(super) fn pick(state: &mut State, goal: Goal, combined: Combined) {
    let Some(desk) = state.mapping.desk.as_deref() else {
        return;
    };
    let (names, rows) = offered(desk, &goal);
    let before = desk.draft.rule(&goal);
    let mut picked = Vec::new();
    if let Some(rule) = before.filter(|rule| {
        // One column is the first of several; other rules have nothing in common with it.
        combined.is(&rule.recipe) || matches!(rule.recipe, Recipe::From(_))
    }) {
        rule.inputs(&mut |name| picked.extend(names.iter().position(|known| known == name)));
    }
    picked.truncate(combined.count().1);
    let chosen = move |picked: &[usize], with: &str| {
        let names = picked.iter().filter_map(|at| names.get(*at).cloned());
        combined.rule(names.collect(), with)
    };
    let (gives, of) = (chosen.clone(), goal.clone());
    let title = format!("{}: {}", shown(&goal.name()), combined.name());
    let several = Several::new(
        title,
        rows,
        picked,
        combined.count(),
        Box::new(move |state, picked| {
            let rule = gives(picked, " ");
            rule.map_or_else(String::new, |rule| tried_in(state, &of, &rule))
        }),
        Box::new(move |state, picked, _| {
            let Some(rule) = chosen(picked, " ") else {
                return Ok(());
            };
            if combined == Combined::Joined {
                between(state, goal.clone(), rule);
                return Ok(());
            }
            change(state, |draft| draft.set_rule(&goal, &rule))
        }),
    );
    let several = several.shown(state);
    state.layers.push(Box::new(several));
}

/// What stands between several columns that are one text.
fn between(state: &mut State, goal: Goal, rule: Rule<String>) {
    let ask = Typed::new(
        format!("{}: what stands between", goal.name()),
        "A space, a comma with a space, or nothing at all.",
        " ",
        Box::new(move |state, text, _| {
            let Recipe::Join(parts, _) = rule.recipe.clone() else {
                return Ok(());
            };
            let recipe = Recipe::Join(parts, text.to_owned());
            let steps = Vec::new();
            change(state, |draft| {
                draft.set_rule(&goal, &Rule { recipe, steps })
            })
        }),
    );
    state.layers.push(Box::new(ask));
}

/// The table in which a target's texts are looked up: the file's own stand there.
pub(super) fn lookup(state: &mut State, goal: Goal) {
    let Some(desk) = state.mapping.desk.as_deref() else {
        return;
    };
    let (Some(line), Some(rule)) = (desk.line(&goal), desk.draft.rule(&goal)) else {
        return;
    };
    let at = rule
        .steps
        .iter()
        .position(|step| matches!(step, Step::Lookup(_)));
    let known: Table = match at.and_then(|at| rule.steps.get(at)) {
        Some(Step::Lookup(words)) => words.words().clone().into_iter().collect(),
        _ => Table::new(),
    };
    let number = at.unwrap_or(rule.steps.len());
    let texts = desk.draft.texts_before(&goal, number, &desk.seen);
    let about = match (texts.len(), desk.draft.looked_at()) {
        (0, _) => "the file's texts aren't known here; add those that you know".to_owned(),
        (_, (records, true)) => {
            format!("all texts of {records} records, with how often each stands there")
        }
        (_, (records, false)) => format!(
            "texts of the first {records} records, with how often each stands there; later ones may have others"
        ),
    };
    let title = format!("What {} becomes", shown(&rule.describe()));
    let of = goal.clone();
    let lookup = Lookup::new(
        (title, about),
        texts,
        &known,
        line.choices,
        Box::new(move |state, table| {
            let step = Step::Lookup(table.iter().cloned().collect());
            let desk = state.mapping.desk.as_deref();
            let rule = desk.and_then(|desk| stepped(desk, &of, number, step));
            rule.map_or_else(String::new, |rule| tried_in(state, &of, &rule))
        }),
        Box::new(move |state, table| {
            if table.is_empty() {
                if at.is_some() {
                    return change(state, |draft| draft.remove_step(&goal, number));
                }
                return Ok(());
            }
            let step = Step::Lookup(table.iter().cloned().collect());
            change(state, |draft| draft.replace_step(&goal, number, step))
        }),
    );
    let lookup = lookup.shown(state);
    state.layers.push(Box::new(lookup));
}

/// How a time is written: the ways that read all of the column's texts first.
pub(super) fn time(state: &mut State, goal: Goal) {
    let Some(desk) = state.mapping.desk.as_deref() else {
        return;
    };
    let Some(rule) = desk.draft.rule(&goal) else {
        return;
    };
    let at = rule
        .steps
        .iter()
        .position(|step| matches!(step, Step::Datetime(_)));
    let number = at.unwrap_or(rule.steps.len());
    let texts = desk.draft.texts_before(&goal, number, &desk.seen);
    let texts: Vec<&str> = texts.iter().map(|(text, _)| text.as_str()).collect();
    let mut formats = time_formats(&texts);
    for format in TIMES {
        if !formats.iter().any(|known| known == format) {
            formats.push(format.to_owned());
        }
    }
    let step = |format: &str| {
        Step::Datetime(Datetime {
            format: Some(format.to_owned()),
            zone: None,
        })
    };
    let mut rows: Vec<(String, String)> = formats
        .iter()
        .map(|format| {
            let rule = stepped(desk, &goal, number, step(format));
            let gives = rule.and_then(|rule| tried(desk, &goal, &rule));
            (format.clone(), shown(&gives.unwrap_or_default()))
        })
        .collect();
    rows.push((
        "another way".to_owned(),
        "typed, as strftime has it".to_owned(),
    ));
    let title = format!("How {} is written", shown(&goal.name()));
    let choice = Choice::new(title, rows, 0, move |state, place, _| {
        let goal = goal.clone();
        if let Some(format) = formats.get(place) {
            let step = step(format);
            return change_or_say(state, |draft| draft.replace_step(&goal, number, step));
        }
        let ask = Typed::new(
            format!("How {} is written", goal.name()),
            "%Y year, %m month, %d day, %H hour, %M minute, %S second: %d.%m.%Y %H:%M",
            "",
            Box::new(move |state, text, _| {
                let step = step(text);
                change(state, |draft| draft.replace_step(&goal, number, step))
            }),
        );
        state.layers.push(Box::new(ask));
    });
    state.layers.push(Box::new(choice));
}
