//! All rules of all families in one place, for whoever explains them.

use crate::deck;
use crate::finding::Rule;
use crate::mapping;
use crate::order;
use crate::source;
use crate::vendor;

/// Every rule: reading, mapping, the order, edits, then the vendors'.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    let own = [
        source::rules(),
        mapping::rules::RULES,
        order::check::RULES,
        deck::RULES,
    ];
    let vendors = vendor::ALL.iter().map(|vendor| vendor.rules());
    own.into_iter().chain(vendors).flatten().copied()
}

/// The rule of that id, in whatever case it is written.
pub fn find(id: &str) -> Option<&'static Rule> {
    let id = id.trim();
    all().find(|rule| rule.id.eq_ignore_ascii_case(id))
}

/// The ids that look most like this one, the nearest first.
pub fn nearest(id: &str) -> Vec<&'static str> {
    const MOST: usize = 5;
    let id = id.trim().to_ascii_uppercase();
    if id.chars().count() > 32 {
        return Vec::new();
    }
    let mut known: Vec<(usize, &str)> = all()
        .map(|rule| (strsim::damerau_levenshtein(&id, rule.id), rule.id))
        .collect();
    known.sort_unstable();
    let best = known.first().map_or(0, |(distance, _)| *distance);
    known
        .into_iter()
        .take_while(|(distance, _)| *distance <= best)
        .take(MOST)
        .map(|(_, id)| id)
        .collect()
}

/// Whose rule it is: the vendor of its family, if it is a vendor's.
pub fn vendor_of(rule: &Rule) -> Option<vendor::VendorRef> {
    let family = rule.id.split('-').next()?;
    vendor::ALL
        .iter()
        .copied()
        .find(|vendor| vendor.rule_family() == family)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_rule_has_an_id_of_its_own_and_all_its_words() {
        let mut ids = HashSet::new();
        for rule in all() {
            assert!(ids.insert(rule.id), "{} is there twice", rule.id);
            let (family, number) = rule.id.split_once('-').unwrap();
            assert_eq!((family.len(), number.len()), (3, 2), "{}", rule.id);
            for words in [rule.title, rule.why, rule.remedy] {
                assert!(!words.is_empty(), "{}", rule.id);
            }
        }
        for family in ["SRC", "MAP", "ORD", "EDT", "KAM", "VOU", "PAC", "KIB"] {
            assert!(find(&format!("{family}-01")).is_some(), "{family}");
        }
    }

    #[test]
    fn names_are_found_in_any_case_and_near_ones_are_offered() {
        assert_eq!(find(" ord-04 ").map(|rule| rule.id), Some("ORD-04"));
        assert!(nearest("ORDD-04").contains(&"ORD-04"));
        assert!(nearest("kam4").iter().any(|id| id.starts_with("KAM")));
    }
}
