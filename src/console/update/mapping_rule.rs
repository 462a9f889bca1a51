//! What becomes of a target of the mapping screen: where its value comes from and what is done with it, chosen from
//! lists and forms, each with what it would give.

use super::mapping::{change, change_or_say};
use super::mapping_lists::{columns_for, columns_of, current, shown, words};
use crate::console::dialog::choice::Choice;
use crate::console::dialog::lookup::{Lookup, Table};
use crate::console::dialog::several::Several;
use crate::console::dialog::typed::Typed;
use crate::console::state::State;
use crate::console::state::mapping::Desk;
use crate::deck::draft::{Draft, Goal, Read, RuleKind, TargetLine, axis};
use crate::mapping::propose::time_formats;
use crate::mapping::{Datetime, Mark, Recipe, Rule, Step};

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
enum Combined {
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
    const ALL: [Self; 8] = [
        Self::First,
        Self::Joined,
        Self::Sum,
        Self::Product,
        Self::Difference,
        Self::Quotient,
        Self::Equal,
        Self::Present,
    ];

    const fn name(self) -> &'static str {
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

    const fn help(self) -> &'static str {
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

fn from(name: String) -> Rule<String> {
    Rule {
        recipe: Recipe::From(name),
        steps: Vec::new(),
    }
}

/// A way to change a rule.
#[derive(Debug, Clone)]
enum Way {
    /// A column.
    Column,
    /// One of the target's own values, the same for every order.
    Fixed,
    /// Typed.
    Typed(RuleKind),
    /// Several columns.
    Combined(Combined),
    /// The sum over an order's rows.
    OverRows,
    /// Only where another column has a value.
    Where,
    /// What the status words mean.
    Words,
    /// A table of texts.
    Lookup,
    /// How a time is written.
    Time,
    /// Take a transform out.
    Without(usize),
    /// A transform that needs nothing more.
    Plain(Step),
    /// A transform with texts, `|` between them.
    With(&'static str, &'static str, fn(&str) -> Option<Step>),
}

/// The two sides of a bar.
fn pair(text: &str) -> Option<[String; 2]> {
    let (one, other) = text.split_once('|')?;
    Some([one.to_owned(), other.to_owned()])
}

fn ways(draft: &Draft, line: &TargetLine) -> Vec<Way> {
    let rule = draft.rule(&line.goal);
    let mut ways = Vec::new();
    // What is likeliest to be wanted stands first.
    if let Some(rule) = rule {
        if line.goal.field().and_then(axis).is_some() {
            ways.push(Way::Words);
        }
        if line.is_time {
            ways.push(Way::Time);
        }
        ways.push(Way::Lookup);
        ways.extend((0..rule.steps.len()).rev().map(Way::Without));
    }
    ways.push(Way::Column);
    ways.push(if line.choices.is_empty() {
        Way::Typed(RuleKind::Constant)
    } else {
        Way::Fixed
    });
    ways.push(Way::Typed(RuleKind::Template));
    ways.extend(Combined::ALL.into_iter().map(Way::Combined));
    if !line.goal.is_of_lines() && !draft.is_json() {
        ways.push(Way::OverRows);
    }
    if rule.is_none() {
        ways.push(Way::Typed(RuleKind::Toml));
        return ways;
    }
    ways.push(Way::Where);
    let plain = [
        Step::Trim,
        Step::Lower,
        Step::Upper,
        Step::Negate,
        Step::Abs,
        Step::Decimal(Mark::Point),
        Step::Decimal(Mark::Comma),
        Step::Currency,
        Step::Country,
    ];
    ways.extend(plain.into_iter().map(Way::Plain));
    ways.extend([
        Way::With(
            "without a text before",
            "The text that is taken off the start.",
            |text| Some(Step::StripPrefix(text.to_owned())),
        ),
        Way::With(
            "without a text behind",
            "The text that is taken off the end.",
            |text| Some(Step::StripSuffix(text.to_owned())),
        ),
        Way::With(
            "one text by another",
            "What is replaced and by what, with | between: -|/",
            |text| pair(text).map(Step::Replace),
        ),
        Way::With(
            "a part of it",
            "What stands between the parts, |, and which part counted from 1 (-1 is the last): /|2",
            |text| {
                let [by, pick] = pair(text)?;
                let pick = pick.trim().parse().ok()?;
                Some(Step::Split { by, pick })
            },
        ),
        Way::With(
            "nothing if it is",
            "Texts that mean that there is no value, as they are written, with | between: 0|n/a|N/A",
            |text| {
                let texts = text.split('|').map(str::to_owned);
                Some(Step::Empty(texts.collect()))
            },
        ),
        Way::With("else", "What counts where there is no value.", |text| {
            Some(Step::Default(text.to_owned()))
        }),
    ]);
    if !line.is_time {
        ways.push(Way::Time);
    }
    ways.push(Way::Typed(RuleKind::Toml));
    ways
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
fn tried(desk: &Desk, goal: &Goal, rule: &Rule<String>) -> Option<String> {
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
fn stepped(desk: &Desk, goal: &Goal, number: usize, step: Step) -> Option<Rule<String>> {
    let mut rule = desk.draft.rule(goal)?.clone();
    rule.steps.truncate(number);
    rule.steps.push(step);
    Some(rule)
}

/// A list of what can be done with the rule of a target, each with its effect.
pub(super) fn rule(state: &mut State, goal: Goal) {
    let Some(desk) = state.mapping.desk.as_deref() else {
        return;
    };
    let Some(line) = desk.line(&goal) else { return };
    let steps = desk.draft.steps(&goal);
    let ways = ways(&desk.draft, &line);
    let rows = ways.iter().map(|way| {
        let plain = |name: &str, about: &str| (name.to_owned(), about.to_owned());
        match way {
            Way::Column => plain("from a column", "choose it"),
            Way::Fixed => plain("always the same", "choose one of its values"),
            Way::Typed(RuleKind::Constant) => plain("a constant", "the same for every order"),
            Way::Typed(RuleKind::Template) => {
                plain("a template", "text with columns in braces: {First} {Last}")
            }
            Way::Typed(RuleKind::Toml) => plain(
                "as a mapping file has it",
                "typed, with all that the manual tells of rules",
            ),
            Way::Combined(combined) => plain(combined.name(), combined.help()),
            Way::OverRows => plain(
                "the sum over the order's rows",
                "choose a column that each row has",
            ),
            Way::Where => plain(
                "only where another column has a value",
                "choose it; nothing elsewhere",
            ),
            Way::Words => plain("what its words mean", "the file's status words, one by one"),
            Way::Lookup => plain(
                "look it up in a table",
                "what each text becomes; the file's own texts stand there",
            ),
            Way::Time => plain("a time as it is written", "choose how"),
            Way::Without(number) => {
                let step = steps.get(*number).cloned().unwrap_or_default();
                (
                    format!("no more: {}", shown(&step)),
                    "takes it out".to_owned(),
                )
            }
            Way::Plain(step) => {
                let rule = stepped(desk, &goal, usize::MAX, step.clone());
                let about = rule.and_then(|rule| tried(desk, &goal, &rule));
                (step.words(), shown(&about.unwrap_or_default()))
            }
            Way::With(name, help, _) => plain(name, help),
        }
    });
    let title = format!("What becomes of {}", shown(&goal.name()));
    let choice = Choice::new(title, rows.collect(), 0, move |state, at, _| {
        if let Some(way) = ways.get(at) {
            go(state, &goal, way);
        }
    });
    let choice = choice.with_search(state);
    state.layers.push(Box::new(choice));
}

fn go(state: &mut State, goal: &Goal, way: &Way) {
    match way {
        Way::Column => columns_of(state, goal.clone()),
        Way::Fixed => fixed(state, goal.clone()),
        Way::Typed(kind) => typed(state, goal.clone(), *kind),
        Way::Combined(combined) => pick(state, goal.clone(), *combined),
        Way::OverRows => one(
            state,
            goal.clone(),
            "Which column is summed up?",
            |_, name| {
                let recipe = Recipe::Sum(vec![Rule {
                    recipe: Recipe::Each(Box::new(from(name))),
                    steps: Vec::new(),
                }]);
                let steps = Vec::new();
                Some(Rule { recipe, steps })
            },
        ),
        Way::Where => one(
            state,
            goal.clone(),
            "Where which column has a value?",
            |rule, name| {
                let mut rule = rule?.clone();
                let steps = std::mem::take(&mut rule.steps);
                // Of a condition that is there already another takes the place.
                if let Recipe::When(pair) = rule.recipe {
                    let [inner, _] = *pair;
                    rule = inner;
                }
                rule.steps.extend(steps);
                let recipe = Recipe::When(Box::new([rule, from(name)]));
                let steps = Vec::new();
                Some(Rule { recipe, steps })
            },
        ),
        Way::Words => words(state),
        Way::Lookup => lookup(state, goal.clone()),
        Way::Time => time(state, goal.clone()),
        Way::Without(number) => {
            change_or_say(state, |draft| draft.remove_step(goal, *number));
        }
        Way::Plain(step) => change_or_say(state, |draft| draft.push_step(goal, step.clone())),
        Way::With(name, help, make) => {
            let (goal, make) = (goal.clone(), *make);
            let title = format!("{}: {name}", goal.name());
            let ask = Typed::new(
                title,
                *help,
                "",
                Box::new(move |state, text, _| {
                    let step = make(text).ok_or("it isn't written so")?;
                    change(state, |draft| draft.push_step(&goal, step))
                }),
            );
            state.layers.push(Box::new(ask));
        }
    }
}

/// One of the values that a target may have, for every order.
fn fixed(state: &mut State, goal: Goal) {
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

fn typed(state: &mut State, goal: Goal, kind: RuleKind) {
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

/// One column, for a rule that is made of the one there is.
fn one(
    state: &mut State,
    goal: Goal,
    title: &str,
    make: fn(Option<&Rule<String>>, String) -> Option<Rule<String>>,
) {
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
fn pick(state: &mut State, goal: Goal, combined: Combined) {
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
fn lookup(state: &mut State, goal: Goal) {
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
        Some(Step::Lookup(words)) => words.clone().into_iter().collect(),
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
fn time(state: &mut State, goal: Goal) {
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

/// The rule of the target under the cursor.
pub(super) fn rule_of_current(state: &mut State) {
    if let Some((_, goal)) = current(state) {
        super::mapping_lists::with_name(state, goal, rule);
    }
}
