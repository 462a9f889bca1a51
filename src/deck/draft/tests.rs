//! Steps of a draft, alone and in any sequence.

use std::ops::ControlFlow;

use proptest::prelude::*;

use super::{Draft, Goal, Lines, RuleKind, Setting, Standing};
use crate::deck::needs::Need;
use crate::deck::{OpenOptions, parse_mapping};
use crate::mapping::{Packed, Rule, Step};
use crate::order::Field;
use crate::source::{Source, SourceOptions};

const ROWS: &str = "\
Order No,Date,E-Mail,Total,Currency,State,Colour,Ref
A-1,2024-03-01T10:00:00Z,ada@example.com,12.50,EUR,paid,red,7
A-2,2024-03-02T10:00:00Z,bo@example.com,8.00,EUR,quux,blue,8
";

const MAPPING: &str = "\
# Ours
[mapping]
name = \"ours\"
title = \"Ours\"
[order]
# the key
id = \"Order No\" # never change it
total = { from = \"Total\", do = [\"trim\"] }
[order.customer]
email = \"E-Mail\"
";

fn source(home: &tempfile::TempDir) -> Source {
    let path = home.path().join("orders.csv");
    std::fs::write(&path, ROWS).unwrap();
    Source::open(&path, &SourceOptions::default()).unwrap()
}

fn ours() -> Draft {
    let home = tempfile::tempdir().unwrap();
    Draft::of_text(source(&home), MAPPING).unwrap()
}

#[test]
fn a_proposal_is_taken_as_far_as_it_is_sure_and_the_rest_is_asked() {
    let home = tempfile::tempdir().unwrap();
    let draft = Draft::proposed(source(&home), "till", "Till").unwrap();
    assert!(draft.rule(Field::Id).is_some(), "{}", draft.text());
    assert!(!draft.text().contains("# ?"), "{}", draft.text());
    assert!(draft.is_changed() && !draft.is_touched());
    let quux = draft.words().into_iter().find(|word| word.word == "quux");
    assert_eq!(quux.unwrap().ours, None);
    assert!(draft.open_questions() > 0);
    for target in draft.targets(&[], &[]) {
        if let Standing::Doubtful(known) = &target.standing {
            assert!(known.confidence < crate::mapping::propose::SURE && !known.why.is_empty());
        }
    }
    let total = draft.columns(None);
    let total = total
        .iter()
        .find(|line| line.column.name == "Total")
        .unwrap();
    assert_eq!(total.column.samples, ["12.50", "8.00"]);
}

#[test]
fn doubtful_ones_are_accepted_or_refused_and_both_can_be_undone() {
    let mut draft = ours();
    let rule = RuleKind::Toml.rule("\"Ref\"").unwrap();
    draft.doubtful.push(crate::mapping::propose::Suggestion {
        field: Field::CustomerId,
        rule,
        confidence: 50,
        why: "a number".to_owned(),
        alternatives: Vec::new(),
    });
    let mut other = draft.clone();
    assert!(draft.accept(Field::CustomerId).unwrap());
    assert_eq!(draft.rule(Field::CustomerId).unwrap().describe(), "Ref");
    assert!(draft.suggestion(Field::CustomerId).is_none());
    draft.undo().unwrap();
    assert!(draft.suggestion(Field::CustomerId).is_some() && !draft.is_changed());
    assert!(other.refuse(Field::CustomerId).unwrap());
    assert!(!other.refuse(Field::CustomerId).unwrap());
    assert!(
        other.rule(Field::CustomerId).is_none() && other.suggestion(Field::CustomerId).is_none()
    );
    other.undo().unwrap();
    assert!(other.suggestion(Field::CustomerId).is_some());
}

#[test]
fn steps_change_what_they_are_about_and_comments_stay() {
    let mut draft = ours();
    draft.connect(Field::Id, "Ref").unwrap();
    draft.connect(Field::CustomerEmail, "Colour").unwrap();
    draft.connect(Field::CustomerId, "Ref").unwrap();
    draft.connect(Field::Total, "Ref").unwrap();
    let euro = RuleKind::Constant.rule("EUR").unwrap();
    draft.set_rule(Field::Currency, &euro).unwrap();
    draft.push_step(Field::Id, Step::Lower).unwrap();
    let text = draft.text();
    for part in [
        "# Ours\n",
        "# the key\nid = { from = \"Ref\", do = [\"lower\"] } # never change it\n",
        "total = { from = \"Ref\", do = [\"trim\"] }",
        "[order.customer]\nemail = \"Colour\"\nid = \"Ref\"\n",
        "currency = { value = \"EUR\" }",
    ] {
        assert!(text.contains(part), "{part}\n---\n{text}");
    }
    draft.remove_step(Field::Id, 0).unwrap();
    assert_eq!(draft.rule(Field::Id).unwrap().describe(), "Ref");
    draft.clear(Field::CustomerEmail).unwrap();
    assert!(draft.rule(Field::CustomerEmail).is_none());
    let label = draft.undo().unwrap();
    assert_eq!(label, "customer.email emptied");
    assert!(draft.rule(Field::CustomerEmail).is_some());
    draft.redo().unwrap();
    assert!(draft.rule(Field::CustomerEmail).is_none());
}

#[test]
fn what_would_be_no_mapping_is_refused_in_words_and_changes_nothing() {
    let mut draft = ours();
    let before = draft.text();
    let zone = draft
        .set_read(Setting::TimeZone, "Europe/Berlim")
        .unwrap_err();
    assert!(zone.to_string().contains("Europe/Berlin"), "{zone}");
    let word = draft
        .set_word("payment", "quux", Some("payed"))
        .unwrap_err();
    assert!(word.to_string().contains("paid"), "{word}");
    let split = Step::Split {
        by: String::new(),
        pick: 1,
    };
    assert!(draft.push_step(Field::Total, split).is_err());
    assert!(RuleKind::Template.rule("{A").is_err());
    assert_eq!(draft.text(), before);
    assert!(!draft.is_touched());
}

#[test]
fn settings_and_words_are_read_back_as_they_were_said() {
    let mut draft = ours();
    for (setting, text) in [
        (Setting::GroupBy, "Order No"),
        (Setting::DecimalMark, ","),
        (Setting::DateFormats, "%d.%m.%Y | %Y/%m/%d"),
        (Setting::TimeZone, "Europe/Berlin"),
        (Setting::Currency, "EUR"),
    ] {
        draft.set_read(setting, text).unwrap();
        assert_eq!(draft.setting(setting), text);
    }
    draft.set_read(Setting::GroupBy, "").unwrap();
    assert_eq!(draft.setting(Setting::GroupBy), "");
    draft.connect(Field::Payment, "State").unwrap();
    draft.set_word("payment", "Quux", Some("pending")).unwrap();
    let words = draft.words();
    let quux = words.iter().find(|word| word.word == "quux").unwrap();
    assert_eq!(quux.ours.as_deref(), Some("pending"));
}

#[test]
fn an_order_is_made_live_with_what_could_not_be_read() {
    let home = tempfile::tempdir().unwrap();
    let mut draft = Draft::of_text(source(&home), MAPPING).unwrap();
    let make = |draft: &Draft, place| {
        draft.evaluate(place, None, &OpenOptions::default(), &mut |_| {
            ControlFlow::Continue(())
        })
    };
    let made = make(&draft, 9).unwrap();
    assert_eq!((made.place, made.orders), (1, 2));
    assert_eq!(
        made.values[&Field::Total.into()].value.as_deref(),
        Some("8.00")
    );
    draft.connect(Field::Total, "Colour").unwrap();
    draft.connect(Field::Payment, "State").unwrap();
    draft.set_word("payment", "paid", Some("paid")).unwrap();
    let made = make(&draft, 0).unwrap();
    let total = &made.values[&Field::Total.into()];
    assert_eq!((total.value.as_deref(), &*total.texts[0]), (None, "red"));
    assert!(total.trouble.as_deref().unwrap().contains("red"));
    assert!(made.unknown.contains(&("payment", "quux".to_owned())));
    let rule = Rule {
        recipe: crate::mapping::Recipe::From("Total".to_owned()),
        steps: vec![Step::Negate],
    };
    let tried = draft.trial(Field::Total, &rule, &made).unwrap();
    assert_eq!(tried.value.as_deref(), Some("-12.50"));
    draft.connect(Field::Total, "Nowhere").unwrap();
    assert!(make(&draft, 0).unwrap_err().to_string().contains("Nowhere"));
}

#[test]
fn what_a_vendor_needs_stands_first_and_says_that_it_is_missing() {
    let draft = ours();
    let needs = [
        Need {
            path: "x",
            help: "",
            fields: vec![Field::CustomerId, Field::CustomerPhone],
        },
        Need {
            path: "y",
            help: "",
            fields: vec![Field::CustomerEmail],
        },
    ];
    let targets = draft.targets(&needs, &[]);
    let of = |field: Field| {
        targets
            .iter()
            .position(|target| target.goal == field.into())
            .unwrap()
    };
    assert_eq!(targets[of(Field::CustomerId)].standing, Standing::Missing);
    assert_eq!(targets[of(Field::CustomerPhone)].standing, Standing::None);
    assert!(
        of(Field::CustomerId) < of(Field::Total) && of(Field::CustomerEmail) < of(Field::Total)
    );
}

#[test]
fn what_is_kept_says_by_what_its_file_is_known_again() {
    let text = ours().text_to_keep();
    let mapping = parse_mapping(&text, "m").unwrap();
    assert_eq!(mapping.made_for().len(), 8);
    assert!(
        mapping.detect.must.contains(&"Order No".to_owned()),
        "{text}"
    );
}

/// A way to make lines, by a number.
fn lines(number: usize, text: String) -> Lines {
    match number % 6 {
        0 => Lines::Rows,
        1 => Lines::When(vec![text]),
        2 => Lines::Sideways(format!("{text}{{n}} {{member}}")),
        3 => Lines::Cells(
            text,
            Packed {
                json: true,
                ..Packed::default()
            },
        ),
        4 => Lines::List(text),
        _ => Lines::None,
    }
}

fn step(draft: &mut Draft, (what, field, text): (u8, usize, String)) {
    let number = field;
    let field = Field::ALL[field % Field::ALL.len()];
    let setting = Setting::ALL[usize::from(what) % Setting::ALL.len()];
    // What is refused changes nothing.
    let _ = match what {
        0..=2 => draft.connect(field, &text),
        3 => match RuleKind::Constant.rule(&text) {
            Ok(rule) => draft.set_rule(field, &rule),
            Err(_) => Ok(()),
        },
        4 => draft.push_step(field, Step::StripPrefix(text)),
        5 => draft.remove_step(field, 0),
        6 | 7 => draft.clear(field),
        8 => draft.set_read(setting, &text),
        9 => draft.set_word("payment", &text, Some("paid")),
        10 => draft.accept(field).map(|_| ()),
        11 => draft.refuse(field).map(|_| ()),
        15 => draft.set_lines(&lines(number, text)),
        16 => draft.connect(Goal::own("kibo", "customOrderData/x"), &text),
        17 => draft.set_join(
            "more",
            std::path::Path::new("/elsewhere/x.csv"),
            &text,
            "Ref",
        ),
        18 => draft.remove_join("more"),
        12 => match RuleKind::Template.rule(&text) {
            Ok(rule) => draft.set_rule(field, &rule),
            Err(_) => Ok(()),
        },
        13 => {
            draft.undo();
            Ok(())
        }
        _ => {
            draft.redo();
            Ok(())
        }
    };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_sequence_of_steps_leaves_a_mapping_and_can_be_undone_to_the_first_text(
        steps in prop::collection::vec((0u8..19, any::<usize>(), "[A-Za-z #\"{}.\\n,é]{0,12}"), 0..24)
    ) {
        let mut draft = ours();
        let first = draft.text();
        for one in steps {
            step(&mut draft, one);
            let text = draft.text();
            let again = parse_mapping(&text, "m").map_err(|error| TestCaseError::fail(format!("{text}\n{error}")))?;
            prop_assert_eq!(again.rules().count(), draft.mapping().rules().count());
        }
        while draft.undo().is_some() {}
        prop_assert_eq!(draft.text(), first);
        prop_assert!(!draft.is_changed());
    }
}
