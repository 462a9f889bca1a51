//! The vendors' tabs: each with its account, and what was found in the file for it.

use std::collections::BTreeMap;

use crate::console::event::Ticket;
use crate::console::model::{AccountInfo, RuleHit, Verdict};
use crate::deck::Target;
use crate::deck::list::Places;
use crate::finding::{Rule, Severity};
use crate::order::outcome::Operation;
use crate::vendor::{ALL, Environment, VendorRef};

/// The orders that a rule spoke of.
#[derive(Debug)]
pub struct RuleGroup {
    /// The rule.
    pub rule: &'static Rule,
    /// The worst that it said.
    pub severity: Severity,
    /// Their places.
    pub places: Places,
}

/// What was found in the file for one vendor.
#[derive(Debug, Default)]
pub struct Survey {
    /// The request that is wanted; 0 for none.
    pub ticket: Ticket,
    /// By place in the file.
    pub verdicts: Vec<Verdict>,
    /// The orders of each rule that spoke, kept while they are put in: every frame asks.
    pub groups: BTreeMap<&'static str, RuleGroup>,
    /// Rules that nearly every order meets, counted once for the file: of how many orders.
    pub once: Vec<(RuleHit, usize)>,
    /// How many orders have an error, and how many are left out.
    blocked: usize,
    left: usize,
    /// Orders looked at.
    pub seen: usize,
    /// Whether all were looked at.
    pub done: bool,
}

impl Survey {
    /// The survey of a file with that many orders, none of which was looked at.
    pub fn asked(ticket: Ticket, orders: usize) -> Self {
        Self {
            ticket,
            verdicts: vec![Verdict::Unknown; orders],
            ..Self::default()
        }
    }

    /// Takes in what was found for one order, in place of what was known.
    pub fn put(&mut self, place: usize, verdict: Verdict, hits: &[RuleHit]) {
        let mut is_first = false;
        if let Some(slot) = self.verdicts.get_mut(place) {
            is_first = *slot == Verdict::Unknown;
            self.seen += usize::from(*slot == Verdict::Unknown);
            self.blocked -= usize::from(*slot == Verdict::Blocked);
            self.left -= usize::from(*slot == Verdict::Left);
            *slot = verdict;
            self.blocked += usize::from(verdict == Verdict::Blocked);
            self.left += usize::from(verdict == Verdict::Left);
        }
        // A file is looked over once: nothing is known of an order then that would have to be taken out.
        if !is_first {
            self.groups.retain(|_, group| {
                group.places.remove(place);
                !group.places.is_empty()
            });
        }
        for hit in hits {
            let group = self.groups.entry(hit.rule.id).or_insert(RuleGroup {
                rule: hit.rule,
                severity: hit.severity,
                places: Places::default(),
            });
            group.severity = group.severity.max(hit.severity);
            group.places.insert(place);
        }
    }

    /// The marker of an order.
    pub fn verdict(&self, place: usize) -> Verdict {
        self.verdicts.get(place).copied().unwrap_or_default()
    }

    /// How many orders have an error.
    pub fn blocked(&self) -> usize {
        self.blocked
    }

    /// How many orders are left out.
    pub fn left(&self) -> usize {
        self.left
    }

    /// How many orders each rule spoke of, errors first, then the most frequent; notes are left out.
    pub fn rules(&self) -> Vec<(&'static Rule, Severity, usize)> {
        let groups = self.by_rule().into_iter();
        let grave = groups.filter(|group| group.severity != Severity::Info);
        grave
            .map(|group| (group.rule, group.severity, group.places.len()))
            .collect()
    }

    /// The rules that spoke, errors first, then the most frequent.
    pub fn by_rule(&self) -> Vec<&RuleGroup> {
        let mut groups: Vec<&RuleGroup> = self.groups.values().collect();
        groups.sort_by_key(|group| std::cmp::Reverse((group.severity, group.places.len())));
        groups
    }
}

/// One vendor's tab.
#[derive(Debug)]
pub struct Tab {
    /// The vendor.
    pub vendor: VendorRef,
    /// Name of the profile chosen; empty until the accounts are known.
    pub profile: String,
    /// What was found in the file.
    pub survey: Survey,
}

/// All tabs, and the accounts to choose from.
#[derive(Debug)]
pub struct Vendors {
    /// One a vendor.
    pub tabs: Vec<Tab>,
    /// The tab in front.
    pub front: usize,
    /// Every profile.
    pub accounts: Vec<AccountInfo>,
    /// What payloads are made for, at vendors that have it; at the others they are imports.
    pub operation: Operation,
    /// Whether the vendors on loopback run in this process.
    pub sandbox_runs: bool,
    /// Whether they are about to.
    pub sandbox_starts: bool,
}

impl Default for Vendors {
    fn default() -> Self {
        Self {
            tabs: ALL
                .iter()
                .map(|vendor| Tab {
                    vendor: *vendor,
                    profile: String::new(),
                    survey: Survey::default(),
                })
                .collect(),
            front: 0,
            accounts: Vec::new(),
            operation: Operation::Import,
            sandbox_runs: false,
            sandbox_starts: false,
        }
    }
}

impl Vendors {
    /// The account of a tab.
    pub fn account(&self, tab: usize) -> Option<&AccountInfo> {
        let profile = &self.tabs.get(tab)?.profile;
        self.accounts
            .iter()
            .find(|account| account.name == *profile)
    }

    /// The account of the tab in front.
    pub fn front_account(&self) -> Option<&AccountInfo> {
        self.account(self.front)
    }

    /// For whom the tab's payloads are made.
    pub fn target(&self, tab: usize) -> Option<&Target> {
        self.account(tab)?.target.as_ref().ok()
    }

    /// For whom the payloads of the tab in front are made.
    pub fn front_target(&self) -> Option<&Target> {
        self.target(self.front)
    }

    /// The vendor of the tab in front.
    pub fn front_vendor(&self) -> VendorRef {
        self.tabs.get(self.front).map_or(ALL[0], |tab| tab.vendor)
    }

    /// What was found for the tab in front.
    pub fn front_survey(&self) -> Option<&Survey> {
        self.tabs.get(self.front).map(|tab| &tab.survey)
    }

    /// The operations that the vendor in front has.
    pub fn operations(&self) -> Vec<Operation> {
        [Operation::Import, Operation::Status, Operation::Cancel]
            .into_iter()
            .filter(|operation| self.front_vendor().supports(*operation).is_ok())
            .collect()
    }

    /// What the payloads of the tab in front are made for.
    pub fn front_operation(&self) -> Operation {
        self.front_target()
            .map_or(Operation::Import, |target| target.operation)
    }

    /// Has the payloads of all accounts made for the operation that is wanted. Returns the tabs that it changes.
    pub fn apply_operation(&mut self) -> Vec<usize> {
        let before: Vec<_> = self.tab_operations();
        for account in &mut self.accounts {
            if let Ok(target) = &mut account.target {
                target.operation = match account.vendor.supports(self.operation) {
                    Ok(()) => self.operation,
                    Err(_) => Operation::Import,
                };
            }
        }
        let after = self.tab_operations();
        (0..self.tabs.len())
            .filter(|tab| before.get(*tab) != after.get(*tab))
            .collect()
    }

    fn tab_operations(&self) -> Vec<Option<Operation>> {
        (0..self.tabs.len())
            .map(|tab| self.target(tab).map(|target| target.operation))
            .collect()
    }

    /// Gives every tab without an account one: the operator's first for that vendor, else the sandbox's.
    /// With `sandbox` the sandbox's at once.
    pub fn choose(&mut self, sandbox: bool) {
        for tab in &mut self.tabs {
            if self
                .accounts
                .iter()
                .any(|account| account.name == tab.profile)
            {
                continue;
            }
            let mut own = self
                .accounts
                .iter()
                .filter(|account| account.vendor == tab.vendor);
            let chosen = if sandbox {
                own.find(|account| account.environment == Environment::Sandbox)
            } else {
                own.clone()
                    .find(|account| account.environment != Environment::Sandbox)
                    .or_else(|| own.next())
            };
            if let Some(account) = chosen {
                tab.profile.clone_from(&account.name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deck::RULES;

    #[test]
    fn counts_follow_what_is_put_in_and_replaced() {
        let hit = |severity| RuleHit {
            rule: RULES[0],
            severity,
        };
        let mut survey = Survey::asked(1, 3);
        survey.put(0, Verdict::Blocked, &[hit(Severity::Error)]);
        survey.put(1, Verdict::Blocked, &[hit(Severity::Error)]);
        survey.put(2, Verdict::Left, &[hit(Severity::Warning)]);
        assert_eq!((survey.seen, survey.blocked(), survey.left()), (3, 2, 1));
        let counts = |survey: &Survey| -> Vec<usize> {
            survey.rules().iter().map(|(_, _, count)| *count).collect()
        };
        assert_eq!(counts(&survey), [3]);
        survey.put(1, Verdict::Well, &[]);
        survey.put(2, Verdict::Blocked, &[hit(Severity::Error)]);
        assert_eq!((survey.seen, survey.blocked(), survey.left()), (3, 2, 0));
        assert_eq!(counts(&survey), [2]);
    }
}
