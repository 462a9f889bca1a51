//! A rule: its id, how bad a breach is, and the words that explain it.

use std::fmt;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Sent all the same; look at it.
    Warning,
    /// The order is not sent until this is put right.
    Error,
}

impl Severity {
    /// `error`, `warning` or `info`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A rule that orders are checked against. All rules are constants in the module that checks them.
#[derive(Debug)]
pub struct Rule {
    /// `KAM-04`, `ORD-01`, …: the same everywhere, for ever.
    pub id: &'static str,
    /// How bad a breach is, unless a profile softens it.
    pub severity: Severity,
    /// The breach in a few words, without a full stop.
    pub title: &'static str,
    /// Why it matters and who says so: the vendor's page, or a decision of ours.
    pub why: &'static str,
    /// What the operator can do about it.
    pub remedy: &'static str,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}
