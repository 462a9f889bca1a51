//! The roll of the rules: for every rule of the order and of the four vendors a file that breaks it and one that
//! doesn't, with the severity, the JSON pointer and the place in the file that the operator is shown.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod rules {
    pub mod cases;
    pub mod commerce;
    pub mod files;
}
mod support;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use orderdeck::deck::{Deck, Target};
use orderdeck::finding::{Finding, Severity};
use orderdeck::order::outcome::Operation;
use orderdeck::profile::Directories;
use orderdeck::rulebook;
use orderdeck::vendor::{self, Batch, BatchOrder};
use orderdeck::workspace::Workspace;

use rules::cases::{Case, IN_A_FILE, OF_A_REQUEST, roll};
use rules::files::{self, File};

/// Families whose every rule is on the roll.
const FAMILIES: [&str; 5] = ["ORD", "KAM", "VOU", "PAC", "KIB"];

fn target(workspace: &Workspace, case: &Case) -> Target {
    let vendor = vendor::by_name(case.vendor).unwrap();
    let profile = Workspace::sandbox_profile_name(vendor);
    let mut target = workspace.target(&profile, Operation::Import).unwrap();
    for (name, json) in case.settings {
        let value = serde_json::from_str(json).unwrap();
        target.account.settings.insert((*name).to_owned(), value);
    }
    target.account.environment = vendor::Environment::Test;
    target
}

/// What is told of the first order of a file.
fn told(home: &std::path::Path, case: &Case, changes: &[&[(&str, &str)]]) -> Vec<Finding> {
    let (deck, target) = opened(home, case, changes);
    let order = deck.order(0).unwrap();
    deck.payload(&order, &target).unwrap().findings
}

fn opened(home: &std::path::Path, case: &Case, changes: &[&[(&str, &str)]]) -> (Deck, Target) {
    let workspace = Workspace::at(Directories::at(home.join("config"), home.join("data")));
    let path = files::write(home, case.file, changes);
    let native = format!("{}-native", case.vendor);
    let mapping = match case.file {
        File::Export => "shopify-csv",
        File::Page(..) => native.as_str(),
    };
    let mut go_on = |_| ControlFlow::Continue(());
    let deck: Deck = workspace
        .open_file(&path, Some(mapping), &mut go_on)
        .unwrap();
    deck.overview(&mut |_| ControlFlow::Continue(())).unwrap();
    (deck, target(&workspace, case))
}

fn words(findings: &[Finding]) -> String {
    let words = findings
        .iter()
        .map(|finding| format!("{} {}", finding.rule.id, finding.message()));
    words.collect::<Vec<_>>().join("; ")
}

#[test]
fn every_rule_is_told_where_it_is_broken_and_nowhere_else() {
    let home = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for case in roll() {
        let name = format!("{} {:?}", case.rule, case.breaks);
        let sound = told(home.path(), case, &[case.sound]);
        if sound.iter().any(|finding| finding.rule.id == case.rule) {
            wrong.push(format!("{name}: told of what is sound: {}", words(&sound)));
        }
        let broken = told(home.path(), case, &[case.sound, case.breaks]);
        let of_the_rule = || broken.iter().filter(|finding| finding.rule.id == case.rule);
        let told = of_the_rule()
            .find(|finding| finding.target.pointer().as_deref() == case.pointer)
            .or_else(|| of_the_rule().next());
        let Some(finding) = told else {
            wrong.push(format!("{name}: not told: {}", words(&broken)));
            continue;
        };
        let place = finding.place.clone().unwrap_or_default();
        let seen = (
            finding.severity,
            finding.target.pointer(),
            place.line,
            place.column.as_deref().map(str::to_owned),
        );
        let wanted = (
            case.severity,
            case.pointer.map(str::to_owned),
            Some(case.place.0),
            case.place.1.map(str::to_owned),
        );
        if seen != wanted {
            wrong.push(format!("{name}: {seen:?} instead of {wanted:?}"));
        }
        assert!(!finding.message().is_empty(), "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What one key puts right is right then, and no other place of it is wrong by that.
#[test]
fn a_fix_leaves_nothing_to_be_told_of_its_place() {
    let home = tempfile::tempdir().unwrap();
    let mut fixed = BTreeSet::new();
    for case in roll() {
        let (deck, target) = opened(home.path(), case, &[case.sound, case.breaks]);
        let payload = deck.payload(&deck.order(0).unwrap(), &target).unwrap();
        let scope = vendor::Scope {
            operation: target.operation,
            account: &target.account,
            now: target.now,
        };
        let about = |finding: &&Finding| finding.rule.id == case.rule;
        for finding in payload.findings.iter().filter(about) {
            let fix = target.vendor.fix(finding, &payload.value, &scope);
            let Some(changes) = fix else { continue };
            let mut value = payload.value.clone();
            for change in &changes {
                vendor::payload::apply(&mut value, change);
            }
            let mut left = Vec::new();
            let facts = vendor::Facts::of_value(&value, target.vendor.table());
            target.vendor.check(&facts, &scope, &mut left);
            let same =
                |other: &Finding| other.rule == finding.rule && other.target == finding.target;
            assert!(!left.iter().any(same), "{}: {value:#}", case.rule);
            fixed.insert(case.rule);
        }
    }
    let fixed: Vec<&str> = fixed.into_iter().collect();
    assert_eq!(
        fixed,
        ["KAM-02", "KAM-04", "KAM-07", "PAC-06", "VOU-11", "VOU-13"]
    );
}

#[test]
fn every_rule_has_a_case() {
    let cases: BTreeSet<&str> = roll()
        .map(|case| case.rule)
        .chain(IN_A_FILE.iter().map(|(_, rule, _)| *rule))
        .chain(OF_A_REQUEST.iter().copied())
        .collect();
    let rules: BTreeSet<&str> = rulebook::all()
        .map(|rule| rule.id)
        .filter(|id| FAMILIES.iter().any(|family| id.starts_with(family)))
        .collect();
    assert_eq!(cases, rules);
    assert!(rules.len() >= 58, "{rules:?}");
}

/// Two orders of one id, by a mapping that doesn't group: told as an error at the field that names an order.
#[test]
fn one_id_twice_is_told_by_each_vendor_s_rule() {
    let deck = support::Deck::new();
    deck.file("mine.toml", files::UNGROUPED);
    for (file, rows) in [
        ("twice.csv", ["A", "B", "A"]),
        ("once.csv", ["A", "B", "C"]),
    ] {
        deck.file(file, files::ids(&rows));
        for (vendor, rule, pointer) in IN_A_FILE {
            let check = ["check", file, "--mapping", "mine.toml", "--json"];
            let said = deck.run(check.iter().chain(&["--vendor", vendor]));
            let told: Vec<_> = said
                .lines()
                .into_iter()
                .filter(|finding| finding["rule"] == *rule)
                .collect();
            if file == "once.csv" {
                assert!(told.is_empty(), "{told:?}");
                continue;
            }
            assert_eq!(told.len(), 1, "{rule}: {}", said.text());
            assert_eq!(told[0]["severity"], "error");
            assert_eq!(told[0]["order"], "A");
            assert_eq!(told[0]["pointer"], *pointer);
            assert_eq!(told[0]["place"]["line"], 4);
            assert_eq!(told[0]["place"]["column"], "No");
        }
    }
}

/// What only a whole request can break; the batcher never makes such a request.
#[test]
fn a_request_is_not_too_large_nor_empty() {
    let told = |vendor: &str, orders: usize, payload: &[u8]| -> Vec<(usize, String, Severity)> {
        let order = |index: usize| BatchOrder {
            key: index.to_string(),
            payload: payload.to_vec(),
        };
        let batch = Batch {
            operation: Operation::Import,
            orders: (0..orders).map(order).collect(),
            mode: None,
        };
        let vendor = vendor::by_name(vendor).unwrap();
        let told = vendor.check_batch(&batch).into_iter();
        told.map(|(place, finding)| (place, finding.rule.id.to_owned(), finding.severity))
            .collect()
    };
    let error = |place, rule: &str| (place, rule.to_owned(), Severity::Error);
    assert_eq!(told("voucherify", 2000, b"{}"), []);
    assert_eq!(told("voucherify", 2001, b"{}"), [error(2000, "VOU-04")]);
    assert_eq!(told("kameleoon", 1, b"{}"), []);
    assert_eq!(told("kameleoon", 0, b"{}"), [error(0, "KAM-13")]);
    let large = vec![b' '; 17_000_000];
    assert_eq!(told("kameleoon", 2, &large), [error(1, "KAM-13")]);
}
