//! Why a specification of faults can't be used.

/// A rule that can't be read: which, where, and what is allowed there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "rule {number} `{}`, character {character}: {problem}; allowed: {allowed} (see `orderdeck manual sandbox`)",
    shown(rule)
)]
pub struct FaultSpecError {
    /// Which rule, counted from 1.
    pub number: usize,
    /// The rule as it stands there.
    pub rule: String,
    /// Where in the whole specification, in characters counted from 1.
    pub character: usize,
    /// What is wrong.
    pub problem: String,
    /// What may stand there.
    pub allowed: String,
}

/// A text of the caller's, bounded and without control characters.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = text
        .chars()
        .take(MOST)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}
