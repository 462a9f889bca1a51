//! What becomes of a target of the mapping screen: where its value comes from and what is done with it, chosen from
//! a list, each way with what it would give.

use super::forms::{Combined, fixed, from, lookup, one, pick, stepped, time, tried, typed};
use super::lists::{columns_of, current, shown, with_name, words};
use super::{change, change_or_say};
use crate::console::dialog::choice::Choice;
use crate::console::dialog::typed::Typed;
use crate::console::state::State;
use crate::deck::draft::{Draft, Goal, RuleKind, TargetLine, axis};
use crate::mapping::{Mark, Recipe, Rule, Step};

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

/// The rule of the target under the cursor.
pub(super) fn rule_of_current(state: &mut State) {
    if let Some((_, goal)) = current(state) {
        with_name(state, goal, rule);
    }
}
