//! What a rule read: names and places, worked out only when somebody asks where a value came from.

use super::evaluate::{Evaluator, Input, Scope};
use super::rule::{Piece, Recipe, Rule};
use crate::finding::Place;

/// What a rule read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Used {
    /// The column or path.
    pub(super) name: String,
    /// What stands there, as far as it is one value.
    pub(super) text: String,
    /// Line, byte, and column or pointer.
    pub(super) place: Place,
}

impl Evaluator {
    /// What the rule reads here: of alternatives, those of the one that counts.
    pub(super) fn used<'a>(
        &'a self,
        rule: &'a Rule<Input>,
        scope: Scope<'a>,
        used: &mut Vec<Used>,
    ) {
        match &rule.recipe {
            Recipe::From(input) => self.used_input(input, scope, false, used),
            Recipe::Value(_) => {}
            Recipe::Template(pieces) => {
                for piece in pieces {
                    if let Piece::Input(input) = piece {
                        self.used_input(input, scope, false, used);
                    }
                }
            }
            Recipe::First(rules) | Recipe::Present(rules) => {
                for part in rules {
                    if !matches!(self.value(part, scope), Ok(None)) {
                        self.used(part, scope, used);
                        return;
                    }
                }
            }
            Recipe::When(pair) => self.used(&pair[0], scope, used),
            Recipe::Each(part) => {
                for row in Self::rows(scope) {
                    self.used(part, row, used);
                }
            }
            Recipe::Sum(rules) | Recipe::Join(rules, _) => {
                for part in rules {
                    match &part.recipe {
                        Recipe::From(input) => self.used_input(input, scope, true, used),
                        _ => self.used(part, scope, used),
                    }
                }
            }
            Recipe::Product(_) | Recipe::Quotient(_) | Recipe::Difference(_) | Recipe::Equal(_) => {
                for part in rule.recipe.parts() {
                    self.used(part, scope, used);
                }
            }
        }
    }

    /// Notes where an input's first value stands, or every one.
    fn used_input<'a>(
        &'a self,
        input: &'a Input,
        scope: Scope<'a>,
        every: bool,
        used: &mut Vec<Used>,
    ) {
        let before = used.len();
        self.visit(input, scope, &mut |place, read| {
            if every || used.len() == before {
                used.push(Used {
                    name: input.to_string(),
                    text: read.map_or_else(|bad| bad.raw, |value| value.text().into_owned()),
                    place: place(),
                });
            }
        });
    }
}
