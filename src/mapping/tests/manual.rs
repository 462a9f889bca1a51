//! The manual's page says what the engine does.

use super::*;
use crate::mapping::rules;
use crate::order::{Level, Payment};

const MANUAL: &str = include_str!("../../../assets/manual/mapping.md");

#[test]
fn its_example_is_a_mapping_and_does_what_it_says() {
    let example = MANUAL
        .split("```")
        .nth(1)
        .unwrap()
        .strip_prefix("toml")
        .unwrap();
    let mapping = Mapping::parse(example, "manual").unwrap();
    let opened = open_with(
        &mapping,
        "Receipt;Date;Sum;State;E-mail;Article;Qty;Price\n7;02.03.2026 17:05;1.203,00;Paid;a@example.com;K-1;2;601,50\n",
    );
    let order = &opened.find("berlin-7").0.order;
    assert_eq!(
        order.placed_at.unwrap().to_string(),
        "2026-03-02T17:05:00+01:00"
    );
    assert_eq!(order.total.unwrap().to_string(), "1203.00");
    assert_eq!(order.payment, Some(Payment::Paid));
    assert_eq!(told(&opened.find("berlin-7").0.findings), [""; 0]);
}

#[test]
fn it_lists_every_target_status_word_and_rule() {
    let (order, items) = MANUAL.split_once("## Targets of [item]").unwrap();
    for field in Field::ALL {
        let (part, name) = match field.level() {
            Level::Order => (order, field.name()),
            Level::Item => (items, field.name().trim_start_matches("items.")),
        };
        let row = format!("| `{name}` |");
        let mut rows = part.lines().filter(|line| line.starts_with(&row));
        assert!(rows.any(|line| line.contains(field.help())), "{name}");
        for word in field.kind().choices() {
            assert!(MANUAL.contains(&format!("`{word}`")), "{word}");
        }
    }
    for rule in rules::RULES {
        assert!(
            MANUAL.contains(&format!("| `{}` |", rule.id)),
            "{}",
            rule.id
        );
    }
}
