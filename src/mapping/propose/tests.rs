//! Files of many shapes and languages, with the proposal expected.

mod files;
mod order;
mod properties;

use std::io::Write as _;

use super::{About, Proposal, propose};
use crate::mapping::Mapping;
use crate::order::Field;
use crate::source::{Source, SourceOptions};

fn source(text: &str) -> (tempfile::NamedTempFile, Source) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let source = Source::open(file.path(), &SourceOptions::default()).unwrap();
    (file, source)
}

fn proposal(text: &str) -> Proposal {
    let (_file, source) = source(text);
    let proposal = propose(&source).unwrap();
    // Whatever is proposed can be read and fits the file.
    let toml = proposal.to_toml("proposed", "Proposed");
    let mapping =
        Mapping::parse(&toml, "proposed").unwrap_or_else(|error| panic!("{error}\n{toml}"));
    mapping
        .compile(source.format())
        .unwrap_or_else(|error| panic!("{error}\n{toml}"));
    proposal
}

/// The rule of a target in words, with `? ` before it where it is doubtful.
fn rule(proposal: &Proposal, field: &str) -> String {
    let Some(target) = proposal.target(Field::from_name(field).unwrap()) else {
        return "-".into();
    };
    let doubt = if target.is_sure() { "" } else { "? " };
    format!("{doubt}{}", target.rule.describe())
}

fn assert_rules(text: &str, expected: &[(&str, &str)]) -> Proposal {
    let proposal = proposal(text);
    let found: Vec<(&str, String)> = expected
        .iter()
        .map(|(field, _)| (*field, rule(&proposal, field)))
        .collect();
    let expected: Vec<(&str, String)> = expected
        .iter()
        .map(|(field, rule)| (*field, (*rule).to_owned()))
        .collect();
    assert_eq!(found, expected, "{}", proposal.to_toml("t", "T"));
    proposal
}

fn asks(proposal: &Proposal, about: &About) -> bool {
    proposal
        .questions
        .iter()
        .any(|question| question.about == *about)
}

fn group_by(proposal: &Proposal) -> Option<&str> {
    proposal
        .read
        .group_by
        .as_ref()
        .map(|(name, ..)| name.as_str())
}
