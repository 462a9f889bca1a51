//! What an operator must say before anything is sent. Live accounts want the number of orders (T-06).

use crate::vendor::Environment;

/// What the operator said beforehand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Consent {
    /// Don't ask.
    pub yes: bool,
    /// Exactly so many orders are expected to be sent.
    pub expect: Option<u64>,
}

/// Whether it may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It may.
    Granted,
    /// Whoever is there has to say yes.
    AskYes,
    /// Whoever is there has to type how many orders are sent.
    AskCount,
    /// It may not; why, and what would help.
    Refused(String),
}

/// Judges what was said before sending that many orders to an account of that environment. `present`:
/// somebody is there to be asked.
pub fn consent(environment: Environment, to_send: u64, said: Consent, present: bool) -> Judgement {
    if let Some(expected) = said.expect
        && expected != to_send
    {
        return Judgement::Refused(format!(
            "--expect says {expected}, but {to_send} would be sent; nothing was sent"
        ));
    }
    if to_send == 0 || said.expect.is_some() {
        return Judgement::Granted;
    }
    match (environment, said.yes) {
        (Environment::Live, true) => Judgement::Refused(format!(
            "this is a live account: --yes alone is not enough, say --expect {to_send}; nothing was sent"
        )),
        (Environment::Live, false) if present => Judgement::AskCount,
        (Environment::Live, false) => Judgement::Refused(format!(
            "this is a live account and nobody is here to be asked: say --expect {to_send}; nothing was sent"
        )),
        (Environment::Test | Environment::Sandbox, true) => Judgement::Granted,
        (Environment::Test | Environment::Sandbox, false) if present => Judgement::AskYes,
        (Environment::Test | Environment::Sandbox, false) => Judgement::Refused(
            "nobody is here to be asked: say --yes, or --dry-run to look first; nothing was sent"
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(yes: bool, expect: Option<u64>) -> Consent {
        Consent { yes, expect }
    }

    #[test]
    fn live_wants_the_count() {
        let live = |said, present| consent(Environment::Live, 7, said, present);
        for present in [true, false] {
            assert!(matches!(
                live(said(true, None), present),
                Judgement::Refused(_)
            ));
            for yes in [true, false] {
                assert_eq!(live(said(yes, Some(7)), present), Judgement::Granted);
                assert!(matches!(
                    live(said(yes, Some(8)), present),
                    Judgement::Refused(_)
                ));
            }
        }
        assert_eq!(live(said(false, None), true), Judgement::AskCount);
        assert!(matches!(
            live(said(false, None), false),
            Judgement::Refused(_)
        ));
    }

    #[test]
    fn elsewhere_yes_is_enough_and_a_wrong_count_never() {
        for environment in [Environment::Test, Environment::Sandbox] {
            let ask = |said, present| consent(environment, 7, said, present);
            assert_eq!(ask(said(true, None), false), Judgement::Granted);
            assert_eq!(ask(said(false, None), true), Judgement::AskYes);
            assert!(matches!(
                ask(said(false, None), false),
                Judgement::Refused(_)
            ));
            assert!(matches!(
                ask(said(true, Some(6)), true),
                Judgement::Refused(_)
            ));
        }
    }

    #[test]
    fn sending_nothing_needs_no_word_but_an_expectation_counts() {
        assert_eq!(
            consent(Environment::Live, 0, said(false, None), false),
            Judgement::Granted
        );
        assert!(matches!(
            consent(Environment::Live, 0, said(true, Some(3)), false),
            Judgement::Refused(_)
        ));
    }
}
