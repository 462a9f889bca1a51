//! The keys of many groups in little memory: one text for all, and a hash table of numbers.

use std::hash::{BuildHasher, RandomState};

const EMPTY: Slot = Slot {
    number: u32::MAX,
    hash: 0,
};

/// A key's number, and the hash by which it stands where it does: most other keys are told apart without
/// looking at their text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slot {
    number: u32,
    hash: u32,
}

/// Keys numbered in the order in which they were added.
#[derive(Debug, Default)]
pub(super) struct Keys {
    text: String,
    ends: Vec<usize>,
    /// Open addressing with linear probing, at most half full; its length is a power of two.
    slots: Vec<Slot>,
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
        let found = *self.slots.get(self.place(key, self.hash(key))?)?;
        (found != EMPTY).then_some(found.number)
    }

    /// The number of a key, which is added if it is new; `None` beyond 4 billion.
    pub(super) fn find_or_add(&mut self, key: &str) -> Option<u32> {
        if (self.listed + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let hash = self.hash(key);
        let place = self.place(key, hash)?;
        let found = *self.slots.get(place)?;
        if found != EMPTY {
            return Some(found.number);
        }
        let number = self.add_blind(key)?;
        *self.slots.get_mut(place)? = Slot { number, hash };
        self.listed += 1;
        Some(number)
    }

    /// Adds a key that [`Keys::find`] shall not find.
    pub(super) fn add_blind(&mut self, key: &str) -> Option<u32> {
        let number = u32::try_from(self.ends.len()).ok()?;
        if number == EMPTY.number {
            return None;
        }
        self.text.push_str(key);
        self.ends.push(self.text.len());
        Some(number)
    }

    fn hash(&self, key: &str) -> u32 {
        self.hasher.hash_one(key) as u32
    }

    /// The slot that holds the key, or the empty one where it belongs.
    fn place(&self, key: &str, hash: u32) -> Option<usize> {
        let is_it = |slot: &Slot| slot.hash == hash && self.get(slot.number as usize) == Some(key);
        self.search(hash, is_it)
    }

    /// The first slot from where a hash leads that is empty or the one looked for.
    fn search(&self, hash: u32, is_it: impl Fn(&Slot) -> bool) -> Option<usize> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut place = hash as usize & mask;
        loop {
            let slot = self.slots.get(place)?;
            if *slot == EMPTY || is_it(slot) {
                return Some(place);
            }
            place = (place + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(16);
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; size]);
        for slot in old.into_iter().filter(|slot| *slot != EMPTY) {
            let place = self.search(slot.hash, |_| false);
            if let Some(place) = place.and_then(|place| self.slots.get_mut(place)) {
                *place = slot;
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
