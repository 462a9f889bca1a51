//! The keys of many groups in little memory: one text for all, and a hash table of numbers.

use std::hash::{BuildHasher, RandomState};

const EMPTY: u32 = u32::MAX;

/// Keys numbered in the order in which they were added.
#[derive(Debug, Default)]
pub(super) struct Keys {
    text: String,
    ends: Vec<usize>,
    /// Open addressing with linear probing, at most half full; its length is a power of two.
    slots: Vec<u32>,
    listed: usize,
    hasher: RandomState,
}

impl Keys {
    /// The key of that number.
    pub(super) fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)?;
        let start = match number.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..end)
    }

    /// The number of a key that isn't blank.
    pub(super) fn find(&self, key: &str) -> Option<u32> {
        let slot = self.slot(key)?;
        self.slots
            .get(slot)
            .copied()
            .filter(|number| *number != EMPTY)
    }

    /// The number of a key, which is added if it is new; `None` beyond 4 billion.
    pub(super) fn find_or_add(&mut self, key: &str) -> Option<u32> {
        if let Some(known) = self.find(key) {
            return Some(known);
        }
        if (self.listed + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let number = self.add_blind(key)?;
        let slot = self.slot(key)?;
        *self.slots.get_mut(slot)? = number;
        self.listed += 1;
        Some(number)
    }

    /// Adds a key that [`Keys::find`] shall not find.
    pub(super) fn add_blind(&mut self, key: &str) -> Option<u32> {
        let number = u32::try_from(self.ends.len()).ok()?;
        if number == EMPTY {
            return None;
        }
        self.text.push_str(key);
        self.ends.push(self.text.len());
        Some(number)
    }

    /// The slot that holds the key, or the empty one where it belongs.
    fn slot(&self, key: &str) -> Option<usize> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut slot = self.hasher.hash_one(key) as usize & mask;
        loop {
            let number = *self.slots.get(slot)?;
            if number == EMPTY || self.get(number as usize) == Some(key) {
                return Some(slot);
            }
            slot = (slot + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(16);
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; size]);
        for number in old.into_iter().filter(|number| *number != EMPTY) {
            let slot = self.get(number as usize).and_then(|key| self.slot(key));
            if let Some(place) = slot.and_then(|slot| self.slots.get_mut(slot)) {
                *place = number;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_again_after_growing() {
        let mut keys = Keys::default();
        assert_eq!(keys.find("a"), None);
        for number in 0..10_000_u32 {
            assert_eq!(keys.find_or_add(&format!("#{number}")), Some(number));
        }
        assert_eq!(keys.add_blind(""), Some(10_000));
        assert_eq!(keys.find(""), None);
        assert_eq!(keys.find("#10000"), None);
        for number in 0..10_000_u32 {
            let key = format!("#{number}");
            assert_eq!(keys.find(&key), Some(number));
            assert_eq!(keys.find_or_add(&key), Some(number));
            assert_eq!(keys.get(number as usize), Some(key.as_str()));
        }
    }
}
