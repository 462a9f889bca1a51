//! The keys of many groups in little memory: one text for all, and a hash table of numbers, which isn't made as long as
//! each key is beyond the one before it. So come those of most exports.

use std::cmp::Ordering;
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
    sorted: Sorted,
}

/// How the keys stand that were added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Sorted {
    /// There is one at most.
    #[default]
    Few,
    /// Each is greater than the one before it.
    Up,
    /// Each is less.
    Down,
    /// In any order: they are found by the table.
    Not,
}

impl Sorted {
    /// How they stand with one more, which compares so to the last.
    fn and(self, next: Ordering) -> Self {
        match (self, next) {
            (Self::Few | Self::Up, Ordering::Greater) => Self::Up,
            (Self::Few | Self::Down, Ordering::Less) => Self::Down,
            _ => Self::Not,
        }
    }
}

/// Numbers by their value where they have no zeros before them: a shorter key is less.
fn compare(one: &str, other: &str) -> Ordering {
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
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
        if self.sorted != Sorted::Not {
            return self.search_sorted(key);
        }
        let found = *self.slots.get(self.place(key, self.hash(key))?)?;
        (found != EMPTY).then_some(found.number)
    }

    /// The number of a key, which is added if it is new; `None` beyond 4 billion.
    pub(super) fn find_or_add(&mut self, key: &str) -> Option<u32> {
        if self.sorted != Sorted::Not {
            let last = self.ends.len().checked_sub(1);
            let sorted = match last.and_then(|last| self.get(last)) {
                Some(last) => self.sorted.and(compare(key, last)),
                None => Sorted::Few,
            };
            if sorted != Sorted::Not {
                self.sorted = sorted;
                return self.push(key);
            }
            self.list_all();
        }
        if (self.listed + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let hash = self.hash(key);
        let place = self.place(key, hash)?;
        let found = *self.slots.get(place)?;
        if found != EMPTY {
            return Some(found.number);
        }
        let number = self.push(key)?;
        *self.slots.get_mut(place)? = Slot { number, hash };
        self.listed += 1;
        Some(number)
    }

    /// Adds a key that [`Keys::find`] shall not find.
    pub(super) fn add_blind(&mut self, key: &str) -> Option<u32> {
        if self.sorted != Sorted::Not {
            self.list_all();
        }
        self.push(key)
    }

    fn push(&mut self, key: &str) -> Option<u32> {
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

    /// The same where they are sorted.
    fn search_sorted(&self, key: &str) -> Option<u32> {
        let (mut from, mut until) = (0, self.ends.len());
        while from < until {
            let middle = from + (until - from) / 2;
            let order = compare(key, self.get(middle)?);
            let is_behind = match order {
                Ordering::Equal => return u32::try_from(middle).ok(),
                Ordering::Greater => self.sorted != Sorted::Down,
                Ordering::Less => self.sorted == Sorted::Down,
            };
            if is_behind {
                from = middle + 1;
            } else {
                until = middle;
            }
        }
        None
    }

    /// Makes the table, as from now on keys come in any order.
    fn list_all(&mut self) {
        self.sorted = Sorted::Not;
        self.listed = self.ends.len();
        let size = (self.listed * 2 + 1).next_power_of_two().max(16);
        self.slots = vec![EMPTY; size];
        for number in 0..self.listed {
            let Some(hash) = self.get(number).map(|key| self.hash(key)) else {
                continue;
            };
            self.list(Slot {
                number: number as u32,
                hash,
            });
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(16);
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; size]);
        for slot in old.into_iter().filter(|slot| *slot != EMPTY) {
            self.list(slot);
        }
    }

    /// Puts a slot where it belongs; no other has its key.
    fn list(&mut self, slot: Slot) {
        let place = self.search(slot.hash, |_| false);
        if let Some(place) = place.and_then(|place| self.slots.get_mut(place)) {
            *place = slot;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_found_again_after_growing() {
        let up = |number: u32| format!("#{number}");
        let down = |number: u32| format!("#{}", 10_000 - number);
        let mixed = |number: u32| format!("#{}", number ^ 1);
        let ways: [(&dyn Fn(u32) -> String, Sorted); 3] = [
            (&up, Sorted::Up),
            (&down, Sorted::Down),
            (&mixed, Sorted::Not),
        ];
        for (key, sorted) in ways {
            let mut keys = Keys::default();
            assert_eq!(keys.find("a"), None);
            for number in 0..10_000_u32 {
                assert_eq!(keys.find_or_add(&key(number)), Some(number));
            }
            assert_eq!(keys.sorted, sorted);
            assert_eq!(keys.slots.is_empty(), sorted != Sorted::Not);
            assert_eq!(keys.find(&key(77)), Some(77));
            assert_eq!(keys.add_blind(""), Some(10_000));
            assert_eq!(keys.find(""), None);
            assert_eq!(keys.find("#10001"), None);
            for number in 0..10_000_u32 {
                let key = key(number);
                assert_eq!(keys.find(&key), Some(number));
                assert_eq!(keys.find_or_add(&key), Some(number));
                assert_eq!(keys.get(number as usize), Some(key.as_str()));
            }
        }
    }

    proptest! {
        /// As a map would number them, whatever order they come in and wherever that ends.
        #[test]
        fn keys_have_the_numbers_of_their_first_time(
            step in prop::sample::select(vec![-3_i32, 2]),
            sorted in 0_i32..30,
            others in prop::collection::vec("[0-9]{0,2}", 0..30),
        ) {
            let first = (0..sorted).map(|number| (100 + number * step).to_string());
            let mut keys = Keys::default();
            let mut known: HashMap<String, u32> = HashMap::new();
            let mut next = 0;
            for key in first.chain(others) {
                prop_assert_eq!(keys.find(&key), known.get(&key).copied());
                if key.is_empty() {
                    prop_assert_eq!(keys.add_blind(""), Some(next));
                    next += 1;
                    continue;
                }
                let number = *known.entry(key.clone()).or_insert(next);
                next = next.max(number + 1);
                prop_assert_eq!(keys.find_or_add(&key), Some(number));
            }
            for (key, number) in &known {
                prop_assert_eq!(keys.find(key), Some(*number));
            }
        }
    }
}
