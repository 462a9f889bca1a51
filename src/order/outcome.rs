//! What became of one order in one run.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What became of one order in one run. Never claims more than the vendor said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Waits to be sent.
    Pending,
    /// In a request that is under way.
    Sending,
    /// In a vendor's job that is not done yet.
    Queued,
    /// Taken by the vendor, validated later or never.
    Accepted,
    /// The vendor said that it has the order.
    Imported,
    /// The vendor said no, with a reason.
    Rejected,
    /// Nobody here can know what the vendor did with it.
    InDoubt,
    /// Unchanged since this account took it; not sent again.
    Skipped,
    /// Left out by the operator, or no real order (a test, a draft).
    Excluded,
    /// Held back by an error finding.
    Blocked,
}

impl Outcome {
    /// Every outcome, in the order of an order's life.
    pub const ALL: [Self; 10] = [
        Self::Pending,
        Self::Sending,
        Self::Queued,
        Self::Accepted,
        Self::Imported,
        Self::Rejected,
        Self::InDoubt,
        Self::Skipped,
        Self::Excluded,
        Self::Blocked,
    ];

    /// The name on screen, in the ledger and in JSON, such as `in-doubt`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Queued => "queued",
            Self::Accepted => "accepted",
            Self::Imported => "imported",
            Self::Rejected => "rejected",
            Self::InDoubt => "in-doubt",
            Self::Skipped => "skipped",
            Self::Excluded => "excluded",
            Self::Blocked => "blocked",
        }
    }

    /// The word for it beside the operation: what a vendor took by a status update or a cancellation wasn't imported.
    pub const fn word(self, operation: Operation) -> &'static str {
        match (self, operation) {
            (Self::Imported, Operation::Status | Operation::Cancel) => "taken",
            _ => self.name(),
        }
    }

    /// In words where the operation doesn't stand beside it: `imported`, `cancellation taken`.
    pub fn words(self, operation: Operation) -> String {
        let word = self.word(operation);
        match operation.subject() {
            Some(subject) => format!("{subject} {word}"),
            None => word.to_owned(),
        }
    }

    /// The outcome of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }

    /// The account took it: it counts as unchanged until its payload differs.
    pub const fn is_taken(self) -> bool {
        matches!(self, Self::Queued | Self::Accepted | Self::Imported)
    }

    /// Nothing more will happen to it in this run by itself.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Sending | Self::Queued)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a run does at the vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Create or update whole orders.
    Import,
    /// Change the status of orders that are there already.
    Status,
    /// Cancel orders.
    Cancel,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 3] = [Self::Import, Self::Status, Self::Cancel];

    /// The name on the command line and in the ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Status => "status",
            Self::Cancel => "cancel",
        }
    }

    /// What is sent, where that isn't the order itself.
    pub const fn subject(self) -> Option<&'static str> {
        match self {
            Self::Import => None,
            Self::Status => Some("status update"),
            Self::Cancel => Some("cancellation"),
        }
    }

    /// What is done with an order by it: it is to be imported, updated, cancelled.
    pub const fn done(self) -> &'static str {
        match self {
            Self::Import => "imported",
            Self::Status => "updated in status",
            Self::Cancel => "cancelled",
        }
    }

    /// The operation of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operation| operation.name() == name)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_import_is_imported() {
        assert_eq!(Outcome::Imported.words(Operation::Import), "imported");
        assert_eq!(Outcome::Imported.word(Operation::Cancel), "taken");
        assert_eq!(
            Outcome::Imported.words(Operation::Cancel),
            "cancellation taken"
        );
        assert_eq!(
            Outcome::Rejected.words(Operation::Status),
            "status update rejected"
        );
    }
}
