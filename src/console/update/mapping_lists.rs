//! The lists and lines that the mapping screen asks with: columns, targets, transforms, settings, words, a name.

use super::mapping::{change, change_or_say, save_as};
use crate::console::dialog::choice::Choice;
use crate::console::dialog::typed::Typed;
use crate::console::state::mapping::{Desk, Pane};
use crate::console::state::{State, Tone};
use crate::console::widget::text;
use crate::deck::draft::{Draft, RuleKind, Setting};
use crate::mapping::{Datetime, Mark, Recipe, Rule, Step, preset};
use crate::order::{Field, Level};

/// The columns that a target may read: those that might be meant first.
fn columns_for(desk: &Desk, field: Field) -> Vec<usize> {
    let is_json = desk.draft.source().header().is_none();
    let fits = |of_lines: bool| !is_json || of_lines == (field.level() == Level::Item);
    let mut meant: Vec<&str> = Vec::new();
    if let Some(suggestion) = desk.draft.suggestion(field) {
        suggestion.rule.inputs(&mut |name| meant.push(name));
        meant.extend(
            suggestion
                .alternatives
                .iter()
                .map(|(name, _)| name.as_str()),
        );
    }
    let mut places: Vec<usize> = (0..desk.columns.len()).collect();
    places.retain(|at| desk.columns.get(*at).is_some_and(|it| fits(it.of_lines)));
    places.sort_by_key(|at| {
        let column = desk.columns.get(*at);
        let name = column.map_or("", |column| column.name.as_str());
        let rank = meant.iter().position(|known| *known == name);
        let used = column.is_some_and(|column| !column.targets.is_empty());
        (rank.unwrap_or(usize::MAX), used, *at)
    });
    places
}

/// A list of columns for the target under the cursor.
pub(super) fn columns(state: &mut State) {
    let Some((desk, field)) = current(state) else {
        return;
    };
    let rows = columns_for(desk, field).into_iter().filter_map(|at| {
        let column = desk.columns.get(at)?;
        let read: Vec<&str> = column.targets.iter().map(|field| field.name()).collect();
        let read = match &read[..] {
            [] => String::new(),
            read => format!("  → {}", read.join(", ")),
        };
        let about = format!("{}{read}", column.samples.join(" · "));
        Some((shown(&column.name), shown(&about)))
    });
    let title = format!("Which column is {}?", field.name());
    let choice = Choice::new(title, rows.collect(), 0, |state, at, _| {
        let Some((desk, field)) = current(state) else {
            return;
        };
        let places = columns_for(desk, field);
        let column = places.get(at).and_then(|at| desk.columns.get(*at));
        if let Some(name) = column.map(|column| column.name.clone()) {
            change_or_say(state, |draft| draft.connect(field, &name));
        }
    });
    let choice = choice.with_search(state);
    state.layers.push(Box::new(choice));
}

/// A list of targets for the column under the cursor.
pub(super) fn targets(state: &mut State) {
    let Some(desk) = &state.mapping.desk else {
        return;
    };
    let Some(column) = desk.column() else { return };
    let rows = targets_for(desk).into_iter().map(|field| {
        let rule = desk.draft.rule(field).map(Rule::describe);
        let rule = rule.map_or_else(String::new, |rule| format!("← {rule} · "));
        let about = format!("{rule}{}", field.help());
        (field.name().to_owned(), shown(&about))
    });
    let title = format!("What is {}?", shown(&column.name));
    let choice = Choice::new(title, rows.collect(), 0, |state, at, _| {
        let Some(desk) = &state.mapping.desk else {
            return;
        };
        let name = desk.column().map(|column| column.name.clone());
        let field = targets_for(desk).get(at).copied();
        if let (Some(name), Some(field)) = (name, field) {
            change_or_say(state, |draft| draft.connect(field, &name));
            if let Some(desk) = &mut state.mapping.desk {
                desk.stand_on(field);
            }
        }
    });
    let choice = choice.with_search(state);
    state.layers.push(Box::new(choice));
}

fn targets_for(desk: &Desk) -> Vec<Field> {
    let is_json = desk.draft.source().header().is_none();
    let of_lines = desk.column().is_some_and(|column| column.of_lines);
    let targets = desk.targets.iter().map(|line| line.field);
    targets
        .filter(|field| !is_json || (field.level() == Level::Item) == of_lines)
        .collect()
}

fn current(state: &State) -> Option<(&Desk, Field)> {
    let desk = state.mapping.desk.as_deref()?;
    Some((desk, desk.target()?.field))
}

fn shown(words: &str) -> String {
    text::shown(words).into_owned()
}

/// A way to change a rule.
#[derive(Debug, Clone)]
enum Way {
    /// A column.
    Column,
    /// Typed.
    Typed(RuleKind),
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

fn ways(draft: &Draft, field: Field) -> Vec<Way> {
    let mut ways = vec![
        Way::Column,
        Way::Typed(RuleKind::Constant),
        Way::Typed(RuleKind::Template),
    ];
    let Some(rule) = draft.rule(field) else {
        ways.push(Way::Typed(RuleKind::Toml));
        return ways;
    };
    ways.extend((0..rule.steps.len()).rev().map(Way::Without));
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
            "a time as it is written",
            "As strftime has it: %d.%m.%Y %H:%M",
            |text| {
                let format = Some(text.to_owned());
                Some(Step::Datetime(Datetime { format, zone: None }))
            },
        ),
        Way::With(
            "nothing if it is",
            "Texts that mean that there is no value, with | between: 0|n/a",
            |text| {
                let texts = text.split('|').map(str::to_owned);
                Some(Step::Empty(texts.collect()))
            },
        ),
        Way::With("else", "What counts where there is no value.", |text| {
            Some(Step::Default(text.to_owned()))
        }),
    ]);
    ways.push(Way::Typed(RuleKind::Toml));
    ways
}

/// A list of what can be done with the rule of the target under the cursor, each with its effect.
pub(super) fn rule(state: &mut State) {
    let Some((desk, field)) = current(state) else {
        return;
    };
    let steps = desk.draft.steps(field);
    let effect = |step: &Step| {
        let mut rule = desk.draft.rule(field)?.clone();
        rule.steps.push(step.clone());
        let made = desk.order()?;
        let tried = desk.draft.trial(field, &rule, &made.order)?;
        Some(match (tried.value, tried.trouble) {
            (Some(value), _) => format!("gives {value}"),
            (None, Some(trouble)) => trouble,
            (None, None) => "gives nothing".to_owned(),
        })
    };
    let rows = ways(&desk.draft, field).into_iter().map(|way| match way {
        Way::Column => ("from a column".to_owned(), "choose it".to_owned()),
        Way::Typed(RuleKind::Constant) => (
            "a constant".to_owned(),
            "the same for every order".to_owned(),
        ),
        Way::Typed(RuleKind::Template) => (
            "a template".to_owned(),
            "text with columns in braces: {First} {Last}".to_owned(),
        ),
        Way::Typed(RuleKind::Toml) => (
            "as a mapping file has it".to_owned(),
            "first, sum, product, lookup and all else: see the manual".to_owned(),
        ),
        Way::Without(number) => {
            let step = steps.get(number).cloned().unwrap_or_default();
            (
                format!("no more: {}", shown(&step)),
                "takes it out".to_owned(),
            )
        }
        Way::Plain(step) => {
            let about = effect(&step).unwrap_or_default();
            (step.words(), shown(&about))
        }
        Way::With(name, help, _) => (name.to_owned(), help.to_owned()),
    });
    let title = format!("What becomes of {}", field.name());
    let choice = Choice::new(title, rows.collect(), 0, |state, at, _| {
        let Some((desk, field)) = current(state) else {
            return;
        };
        match ways(&desk.draft, field).into_iter().nth(at) {
            Some(Way::Column) => columns(state),
            Some(Way::Typed(kind)) => typed_rule(state, field, kind),
            Some(Way::Without(number)) => {
                change_or_say(state, |draft| draft.remove_step(field, number));
            }
            Some(Way::Plain(step)) => change_or_say(state, |draft| draft.push_step(field, step)),
            Some(Way::With(name, help, make)) => {
                let title = format!("{}: {name}", field.name());
                let ask = Typed::new(
                    title,
                    help,
                    "",
                    Box::new(move |state, text, _| {
                        let step = make(text).ok_or("it isn't written so")?;
                        change(state, |draft| draft.push_step(field, step))
                    }),
                );
                state.layers.push(Box::new(ask));
            }
            None => {}
        }
    });
    let choice = choice.with_search(state);
    state.layers.push(Box::new(choice));
}

fn typed_rule(state: &mut State, field: Field, kind: RuleKind) {
    let rule = current(state).and_then(|(desk, field)| desk.draft.rule(field).cloned());
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
    let title = format!("{}: {title}", field.name());
    let ask = Typed::new(
        title,
        help,
        begin,
        Box::new(move |state, text, _| {
            let rule = kind.rule(text).map_err(|error| error.to_string())?;
            change(state, |draft| draft.set_rule(field, &rule))
        }),
    );
    state.layers.push(Box::new(ask));
}

/// How the file is read.
pub(super) fn settings(state: &mut State) {
    let Some(desk) = &state.mapping.desk else {
        return;
    };
    let rows = Setting::ALL.into_iter().map(|setting| {
        let value = desk.draft.setting(setting);
        let about = match (desk.draft.question(setting), value.as_str()) {
            (Some(question), _) => format!("? {}", question.text),
            (None, "") => setting.help().to_owned(),
            (None, value) => format!("{value} · {}", setting.help()),
        };
        (setting.title().to_owned(), shown(&about))
    });
    let choice = Choice::new("How the file is read", rows.collect(), 0, |state, at, _| {
        if let Some(setting) = Setting::ALL.get(at) {
            set(state, *setting);
        }
    });
    state.layers.push(Box::new(choice));
}

fn set(state: &mut State, setting: Setting) {
    let Some(desk) = &state.mapping.desk else {
        return;
    };
    let question = desk.draft.question(setting);
    let choices = question.map_or(&[][..], |question| &question.choices);
    let mut begin = desk.draft.setting(setting);
    if begin.is_empty() {
        begin = choices.first().cloned().unwrap_or_default();
    }
    let mut help = setting.help().to_owned();
    if !choices.is_empty() {
        help = format!("{help}. Likely: {}", choices.join(" or "));
    }
    let ask = Typed::new(
        setting.title(),
        help,
        begin,
        Box::new(move |state, text, _| change(state, |draft| draft.set_read(setting, text))),
    );
    state.layers.push(Box::new(ask));
}

/// The status words and what they mean; those that are unknown first.
pub(super) fn words(state: &mut State) {
    let Some(desk) = &mut state.mapping.desk else {
        return;
    };
    desk.words.sort_by_key(|word| word.ours.is_some());
    let rows = desk.words.iter().map(|word| {
        let ours = match word.ours.as_deref() {
            None => "? what does it mean".to_owned(),
            Some("") => "says nothing".to_owned(),
            Some(ours) => ours.to_owned(),
        };
        let line = format!("{} · {}", word.axis, shown(&word.word));
        (line, ours)
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        let words = "no target that is a status is filled, so there are no words";
        return state.say(Tone::Info, words);
    }
    let choice = Choice::new("Status words", rows, 0, |state, at, _| {
        let Some(desk) = &mut state.mapping.desk else {
            return;
        };
        let Some(word) = desk.words.get(at).cloned() else {
            return;
        };
        // The list of meanings finds it in front.
        desk.words.swap(0, at);
        let mut rows: Vec<_> = Draft::meanings(word.axis)
            .iter()
            .map(|ours| ((*ours).to_owned(), String::new()))
            .collect();
        rows.push((
            "nothing".to_owned(),
            "it says nothing of the order".to_owned(),
        ));
        let title = format!(
            "What does {} mean as {} status?",
            shown(&word.word),
            word.axis
        );
        let choice = Choice::new(title, rows, 0, |state, at, _| {
            let desk = state.mapping.desk.as_ref();
            let Some(word) = desk.and_then(|desk| desk.words.first().cloned()) else {
                return;
            };
            let ours = Draft::meanings(word.axis).get(at).copied().unwrap_or("");
            change_or_say(state, |draft| {
                draft.set_word(word.axis, &word.word, Some(ours))
            });
            let open = state.mapping.desk.as_ref();
            if open.is_some_and(|desk| desk.words.iter().any(|word| word.ours.is_none())) {
                words(state);
            }
        });
        state.layers.push(Box::new(choice));
    });
    state.layers.push(Box::new(choice));
}

/// Asks for a name to save under.
pub(super) fn save(state: &mut State) {
    let Some(desk) = &mut state.mapping.desk else {
        return;
    };
    desk.pane = Pane::Targets;
    let mut name = desk.draft.mapping().name().to_owned();
    if preset(&name).is_some() {
        name = format!("my-{name}");
    }
    let help = "Letters, digits, - and _. Files of this kind are known by it from now on.";
    let ask = Typed::new(
        "Save the mapping as",
        help,
        name,
        Box::new(|state, text, effects| {
            save_as(state, text.trim(), false, effects);
            Ok(())
        }),
    );
    state.layers.push(Box::new(ask));
}
