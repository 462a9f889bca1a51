//! The life of an order in one run: which outcome may follow which, and on whose word.
//!
//! The ledger asks here before it writes any outcome, so that no mistake elsewhere can call an order pending
//! that a vendor has, or taken what a vendor refused.

use super::outcome::Outcome;

/// On whose word an outcome changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Word {
    /// What the run decided, or a vendor answered.
    Run,
    /// What the operator says of an order in doubt.
    Operator,
}

/// Whether `next` may follow `was` in the same run. An outcome may always be said again.
///
/// Only what is in doubt can be decided by the operator; only what is under way, queued or in doubt can still
/// change by an answer. What a vendor took, refused, or was never sent stays so for the rest of the run.
pub const fn may_follow(was: Outcome, next: Outcome, word: Word) -> bool {
    use Outcome::{
        Accepted, Blocked, Excluded, Imported, InDoubt, Pending, Queued, Rejected, Sending, Skipped,
    };
    match (word, was) {
        (Word::Run, Pending) => matches!(next, Pending | Sending | Skipped | Excluded | Blocked),
        (Word::Run, Sending) => matches!(
            next,
            Sending | Pending | Queued | Accepted | Imported | Rejected | InDoubt
        ),
        (Word::Run, Queued) => matches!(next, Queued | Imported | Rejected | InDoubt),
        // Settled by asking, or sent again; or a later run has decided it, and this one leaves it alone.
        (Word::Run, InDoubt) => matches!(
            next,
            InDoubt | Pending | Queued | Accepted | Imported | Rejected | Skipped | Blocked
        ),
        (Word::Run, Accepted) => matches!(next, Accepted),
        (Word::Run, Imported) => matches!(next, Imported),
        (Word::Run, Rejected) => matches!(next, Rejected),
        (Word::Run, Skipped) => matches!(next, Skipped),
        (Word::Run, Excluded) => matches!(next, Excluded),
        (Word::Run, Blocked) => matches!(next, Blocked),
        (Word::Operator, InDoubt) => matches!(next, InDoubt | Accepted | Pending),
        (Word::Operator, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The pages of the manual that draw it.
    const DRAWN: &str = include_str!("../../assets/manual/outcomes.md");

    /// The table of the manual: from each outcome, the ones that may follow, by the word that it takes.
    fn drawn() -> BTreeSet<(Outcome, Outcome, &'static str)> {
        let mut found = BTreeSet::new();
        for line in DRAWN.lines() {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [_, from, run, operator, _] = cells[..] else {
                continue;
            };
            let Some(from) = Outcome::from_name(from.trim_matches('`')) else {
                continue;
            };
            for (word, cell) in [("run", run), ("operator", operator)] {
                for name in cell.split_whitespace() {
                    let name = name.trim_matches(['`', ',']);
                    let next = Outcome::from_name(name).unwrap_or_else(|| panic!("{name}"));
                    found.insert((from, next, word));
                }
            }
        }
        found
    }

    #[test]
    fn the_manual_draws_exactly_what_may_happen() {
        let mut may = BTreeSet::new();
        for was in Outcome::ALL {
            for next in Outcome::ALL {
                for (word, name) in [(Word::Run, "run"), (Word::Operator, "operator")] {
                    if was != next && may_follow(was, next, word) {
                        may.insert((was, next, name));
                    }
                }
            }
        }
        assert_eq!(drawn(), may);
    }

    #[test]
    fn what_a_run_says_may_be_said_again() {
        for outcome in Outcome::ALL {
            assert!(may_follow(outcome, outcome, Word::Run), "{outcome}");
        }
    }

    #[test]
    fn nothing_taken_or_refused_is_ever_sent_again_in_its_run() {
        let ends = Outcome::ALL
            .into_iter()
            .filter(|outcome| outcome.is_final() && *outcome != Outcome::InDoubt);
        for end in ends {
            for next in Outcome::ALL.into_iter().filter(|next| *next != end) {
                assert!(!may_follow(end, next, Word::Run), "{end} → {next}");
                assert!(!may_follow(end, next, Word::Operator), "{end} → {next}");
            }
        }
    }

    #[test]
    fn every_order_can_come_to_an_end_and_doubt_is_the_only_end_that_can_be_left() {
        // From every outcome a final one can be reached, by however many steps.
        let mut ends: BTreeSet<Outcome> = Outcome::ALL
            .into_iter()
            .filter(|outcome| outcome.is_final())
            .collect();
        for _ in Outcome::ALL {
            let reaching: Vec<Outcome> = Outcome::ALL
                .into_iter()
                .filter(|was| ends.iter().any(|end| may_follow(*was, *end, Word::Run)))
                .collect();
            ends.extend(reaching);
        }
        assert_eq!(ends.len(), Outcome::ALL.len());
    }

    #[test]
    fn the_operator_decides_doubt_and_nothing_else() {
        for was in Outcome::ALL {
            let may: Vec<Outcome> = Outcome::ALL
                .into_iter()
                .filter(|next| may_follow(was, *next, Word::Operator))
                .collect();
            if was == Outcome::InDoubt {
                assert_eq!(may, [Outcome::Pending, Outcome::Accepted, Outcome::InDoubt]);
            } else {
                assert!(may.is_empty(), "{was}");
            }
        }
    }
}
