//! Files that are no longer what a mapping was made for.

use super::*;

fn mapping(text: &str) -> Mapping {
    Mapping::parse(text, "/home/ada/mine.toml").unwrap_or_else(|error| panic!("{error}"))
}

const MADE: &str = "[mapping]\nname = \"mine\"\ntitle = \"Mine\"\nmade_for = [\"No\", \"Sum\", \"Mail\", \"Town\"]\n[read]\ngroup_by = \"No\"\n[order]\nid = \"No\"\ntotal = { sum = [\"Sum\", { value = \"0\" }] }\ncustomer.email = { first = [\"Mail\", { template = \"{Mail}@x\" }] }\n";

fn error(mapping: &str, header: &str) -> String {
    let (_file, source) = source(&format!("{header}\n1,2,3,4\n"));
    self::mapping(mapping)
        .compile(source.format())
        .unwrap_err()
        .to_string()
}

#[test]
fn a_column_that_is_gone_is_told_with_the_likely_new_one_at_its_place() {
    let message = error(MADE, "No,Summe,Mail,Town");
    assert!(
        message.contains("/home/ada/mine.toml:9:18: the file has no column `Sum`, which total needs; is it `Summe` now?\n   |\n 9 | total = { sum = [\"Sum\", { value = \"0\" }] }\n   |                  ^^^^^"),
        "{message}"
    );
    assert!(!message.contains("Mail`, which"), "{message}");
}

#[test]
fn a_column_of_quite_another_name_is_known_by_its_place() {
    let message = error(MADE, "No,Betrag,Mail,Town");
    assert!(
        message.contains("which total needs; is it `Betrag` now?"),
        "{message}"
    );
    // Without the header that it was made for there is nothing to go by.
    let unknown = MADE.replace("made_for = [\"No\", \"Sum\", \"Mail\", \"Town\"]\n", "");
    let message = error(&unknown, "No,Betrag,Mail,Town");
    assert!(
        message.contains("name another column, or take the rule out"),
        "{message}"
    );
}

#[test]
fn a_key_column_that_is_gone_is_told_where_it_is_named() {
    let message = error(MADE, "Number,Sum,Mail,Town");
    assert!(
        message
            .contains("mine.toml:6:12: the file has no column `No`, which [read] group_by needs"),
        "{message}"
    );
    assert!(
        message.contains("mine.toml:8:6: the file has no column `No`, which id needs"),
        "{message}"
    );
}

#[test]
fn new_and_vanished_columns_that_no_rule_needs_are_told() {
    let drift = |header: &str| {
        let (_file, source) = source(&format!("{header}\n1,2,3,4\n"));
        let compiled = mapping(MADE).compile(source.format()).unwrap();
        compiled.drift().describe()
    };
    assert_eq!(drift("No,Sum,Mail,Town"), None);
    assert_eq!(drift("Town,Mail,Sum,No"), None, "columns are known by name");
    assert_eq!(
        drift("No,Sum,Mail,City").as_deref(),
        Some("the file no longer has: `Town`; new are: `City`")
    );
    assert_eq!(
        drift("No,Sum,Mail").as_deref(),
        Some("the file no longer has: `Town`")
    );
}

#[test]
fn a_json_member_that_nothing_has_is_told() {
    let mapping = mapping(
        "[mapping]\nname = \"mine\"\ntitle = \"Mine\"\n[detect]\nformat = \"json\"\nmust = [\"order_lines\"]\n[read]\ngroup_by = \"order_id\"\n[order]\nid = \"order_id\"\n",
    );
    let (_file, old) = source(r#"[{"order_id": 1, "order_lines": []}]"#);
    mapping.check_members(&old.head(5).unwrap()).unwrap();
    let (_file, new) = source(r#"[{"orderId": 1, "order_lines": []}]"#);
    let message = mapping
        .check_members(&new.head(5).unwrap())
        .unwrap_err()
        .to_string();
    assert!(
        message.contains(
            "mine.toml:8:12: no object of the file has `order_id`; did you mean orderId?"
        ),
        "{message}"
    );
}

#[test]
fn mappings_of_ones_own_come_before_presets() {
    let (_file, shopify) = source(include_str!("../../../assets/samples/shopify-orders.csv"));
    let own = [
        mapping(
            "[mapping]\nname = \"other\"\ntitle = \"T\"\n[detect]\nmust = [\"Nothing of the kind\"]\n[order]\nid = \"A\"\n",
        ),
        mapping(
            "[mapping]\nname = \"ours\"\ntitle = \"T\"\n[detect]\nmust = [\"Name\", \"Lineitem name\"]\n[order]\nid = \"Name\"\n",
        ),
    ];
    let found = super::super::detect_among(&shopify, &own).unwrap();
    assert_eq!(found.mapping().unwrap().name(), "ours");
    let found = super::super::detect_among(&shopify, &own[..1]).unwrap();
    assert_eq!(found.mapping().unwrap().name(), "shopify-csv");
    // The very columns that it was made for are enough.
    let (_file, till) = source("No,Sum,Mail,Town\n1,2,3,4\n");
    let made = [mapping(MADE)];
    let found = super::super::detect_among(&till, &made).unwrap();
    assert_eq!(found.mapping().unwrap().name(), "mine");
    assert_eq!(found.candidates[0].score, 100);
}
