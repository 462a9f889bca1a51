//! The orders of an exchange as ranges of ordinals: `0-99,105` rather than a hundred numbers.

use super::fault::Fault;
use crate::ledger::Ordinal;

/// Ordinals in the order of the body, as inclusive ascending ranges.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Ordinals(Vec<(Ordinal, Ordinal)>);

impl Ordinals {
    pub(super) fn of(orders: &[Ordinal]) -> Self {
        let mut ranges: Vec<(Ordinal, Ordinal)> = Vec::new();
        for &ordinal in orders {
            match ranges.last_mut() {
                Some((_, last)) if last.checked_add(1) == Some(ordinal) => *last = ordinal,
                _ => ranges.push((ordinal, ordinal)),
            }
        }
        Self(ranges)
    }

    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let range = |part: &str| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let range = (first.parse().ok()?, last.parse().ok()?);
            (range.0 <= range.1).then_some(range)
        };
        text.split(',')
            .filter(|part| !part.is_empty())
            .map(range)
            .collect::<Option<_>>()
            .map(Self)
            .ok_or_else(|| Fault::damaged("the orders of an exchange", text))
    }

    /// The orders of an exchange as they are kept: those that follow one another are told by their ends alone.
    pub(super) fn stored(
        text: &str,
        first: Option<Ordinal>,
        last: Option<Ordinal>,
    ) -> Result<Self, Fault> {
        match (text, first, last) {
            ("", Some(first), Some(last)) if first <= last => Ok(Self(vec![(first, last)])),
            ("", Some(first), last) => {
                Err(Fault::damaged("the orders of an exchange", (first, last)))
            }
            _ => Self::parse(text),
        }
    }

    /// What [`Self::stored`] reads beside the ends.
    pub(super) fn kept(&self) -> String {
        match self.0.as_slice() {
            [_] => String::new(),
            _ => self.text(),
        }
    }

    pub(super) fn count(&self) -> u64 {
        let lengths = self.0.iter().map(|(a, b)| u64::from(b - a) + 1);
        lengths.sum()
    }

    pub(super) fn text(&self) -> String {
        let parts: Vec<String> = self
            .0
            .iter()
            .map(|(first, last)| {
                if first == last {
                    first.to_string()
                } else {
                    format!("{first}-{last}")
                }
            })
            .collect();
        parts.join(",")
    }

    pub(super) fn ranges(&self) -> &[(Ordinal, Ordinal)] {
        &self.0
    }

    pub(super) fn list(&self) -> Vec<Ordinal> {
        self.0
            .iter()
            .flat_map(|(first, last)| *first..=*last)
            .collect()
    }

    pub(super) fn contains(&self, ordinal: Ordinal) -> bool {
        self.0
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&ordinal))
    }

    pub(super) fn smallest(&self) -> Option<Ordinal> {
        self.0.iter().map(|(first, _)| *first).min()
    }

    pub(super) fn greatest(&self) -> Option<Ordinal> {
        self.0.iter().map(|(_, last)| *last).max()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn neighbours_become_a_range() {
        let ordinals = Ordinals::of(&[0, 1, 2, 7, 5, 6]);
        assert_eq!(ordinals.text(), "0-2,7,5-6");
        assert_eq!(ordinals.smallest(), Some(0));
        assert_eq!(ordinals.greatest(), Some(7));
        assert!(ordinals.contains(6) && !ordinals.contains(4));
        assert_eq!(Ordinals::of(&[]).text(), "");
    }

    #[test]
    fn rubbish_is_damage() {
        for text in ["a", "5-2", "1-", "4294967296"] {
            assert!(Ordinals::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_and_list_keep_every_ordinal_in_order(orders in prop::collection::vec(prop_oneof![0..20u32, any::<u32>()], 0..40)) {
            let ordinals = Ordinals::of(&orders);
            prop_assert_eq!(&Ordinals::parse(&ordinals.text()).unwrap(), &ordinals);
            prop_assert_eq!(ordinals.list(), orders);
        }
    }
}
