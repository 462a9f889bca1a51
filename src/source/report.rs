//! Collects findings of a whole file: every one is counted, the first of each rule are kept.

use crate::finding::{Finding, Rule, Severity};

use super::rules;

/// How many findings of each rule are kept; the rest are counted.
const KEPT_OF_EACH_RULE: u64 = 100;

/// Findings of a whole file, bounded in number.
#[derive(Debug, Default, Clone)]
pub(super) struct Report {
    kept: Vec<Finding>,
    counts: Vec<(&'static Rule, u64)>,
}

impl Report {
    /// Counts a finding and keeps it unless there are many of its rule.
    pub(super) fn add(&mut self, finding: Finding) {
        let rule = finding.rule;
        let known = self.counts.iter_mut().find(|(known, _)| *known == rule);
        let count = if let Some((_, count)) = known {
            *count += 1;
            *count
        } else {
            self.counts.push((rule, 1));
            1
        };
        if count <= KEPT_OF_EACH_RULE {
            self.kept.push(finding);
        }
    }

    /// Takes over what another report of the same pass has counted, for rules it alone speaks of.
    pub(super) fn merge(&mut self, other: Self) {
        self.kept.extend(other.kept);
        self.counts.extend(other.counts);
    }

    /// The findings kept, in the order of the file.
    pub(super) fn kept(&self) -> &[Finding] {
        &self.kept
    }

    /// The same, to be changed.
    pub(super) fn kept_mut(&mut self) -> &mut [Finding] {
        &mut self.kept
    }

    /// How many records were left out.
    pub(super) fn left_out(&self) -> u64 {
        let counts = self.counts.iter();
        let out = counts.filter(|(rule, _)| rules::LEAVE_OUT.contains(rule));
        out.map(|(_, count)| count).sum()
    }

    /// How often each rule spoke, with those not kept.
    pub(super) fn counts(&self) -> &[(&'static Rule, u64)] {
        &self.counts
    }

    /// The first error.
    pub(super) fn first_error(&self) -> Option<&Finding> {
        self.kept
            .iter()
            .find(|finding| finding.severity == Severity::Error)
    }

    /// All findings kept; for reports of a single group.
    pub(super) fn into_kept(self) -> Vec<Finding> {
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Target;

    #[test]
    fn many_findings_are_counted_not_kept() {
        let mut report = Report::default();
        for _ in 0..1000 {
            report.add(Finding::new(&rules::UNEQUAL_ROW, Target::Whole, ""));
        }
        report.add(Finding::new(&rules::NUL_BYTE, Target::Whole, ""));
        assert_eq!(report.kept().len(), 101);
        let counts: Vec<_> = report.counts().iter().map(|(r, n)| (r.id, *n)).collect();
        assert_eq!(counts, [("SRC-03", 1000), ("SRC-05", 1)]);
        assert!(report.first_error().is_none());
    }
}
