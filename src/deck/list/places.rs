//! Places of orders, as many as a file holds: a bit each, so that marking a million is as quick as marking one.

/// Bits of a word.
const BITS: usize = u64::BITS as usize;

/// A set of places in a file.
#[derive(Debug, Clone, Default)]
pub struct Places {
    words: Vec<u64>,
    len: usize,
}

impl Places {
    /// The places of all orders of a file with that many.
    pub fn all(orders: usize) -> Self {
        let mut words = vec![u64::MAX; orders.div_ceil(BITS)];
        if let (Some(last), rest @ 1..) = (words.last_mut(), orders % BITS) {
            *last = (1 << rest) - 1;
        }
        Self { words, len: orders }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether it is among them.
    pub fn contains(&self, place: usize) -> bool {
        let word = self.words.get(place / BITS);
        word.is_some_and(|word| word & (1 << (place % BITS)) != 0)
    }

    /// Puts it in. Returns whether it is new.
    pub fn insert(&mut self, place: usize) -> bool {
        let number = place / BITS;
        if number >= self.words.len() {
            self.words.resize(number + 1, 0);
        }
        let is_new = !self.contains(place);
        if let Some(word) = self.words.get_mut(number) {
            *word |= 1 << (place % BITS);
        }
        self.len += usize::from(is_new);
        is_new
    }

    /// Takes it out. Returns whether it was there.
    pub fn remove(&mut self, place: usize) -> bool {
        let was_there = self.contains(place);
        if let Some(word) = self.words.get_mut(place / BITS) {
            *word &= !(1 << (place % BITS));
        }
        self.len -= usize::from(was_there);
        was_there
    }

    /// Takes all out.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Those of a file with that many orders that aren't among them.
    #[must_use]
    pub fn others(&self, orders: usize) -> Self {
        let mut others = Self::all(orders);
        for (word, mine) in others.words.iter_mut().zip(&self.words) {
            *word &= !mine;
        }
        let counts = others.words.iter().map(|word| word.count_ones() as usize);
        others.len = counts.sum();
        others
    }

    /// The first of them.
    pub fn first(&self) -> Option<usize> {
        self.iter().next()
    }

    /// All of them, as the file has them.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(number, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(number * BITS + bit)
            })
        })
    }
}

impl PartialEq for Places {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl Eq for Places {}

impl Extend<usize> for Places {
    fn extend<T: IntoIterator<Item = usize>>(&mut self, places: T) {
        for place in places {
            self.insert(place);
        }
    }
}

impl FromIterator<usize> for Places {
    fn from_iter<T: IntoIterator<Item = usize>>(places: T) -> Self {
        let mut set = Self::default();
        set.extend(places);
        set
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn all_of_a_file_are_its_orders() {
        for orders in [0, 1, 63, 64, 65, 1000] {
            let all = Places::all(orders);
            assert_eq!(all.len(), orders);
            assert!(all.iter().eq(0..orders));
            assert!(!all.contains(orders));
        }
    }

    proptest! {
        #[test]
        fn it_is_a_set(steps in prop::collection::vec((0_usize..300, any::<bool>()), 0..200)) {
            let (mut places, mut set) = (Places::default(), BTreeSet::new());
            for (place, goes_in) in steps {
                if goes_in {
                    prop_assert_eq!(places.insert(place), set.insert(place));
                } else {
                    prop_assert_eq!(places.remove(place), set.remove(&place));
                }
                prop_assert_eq!(places.contains(place), goes_in);
                prop_assert_eq!(places.len(), set.len());
            }
            prop_assert!(places.iter().eq(set.iter().copied()));
            let others = places.others(250);
            prop_assert!(others.iter().eq((0..250).filter(|place| !set.contains(place))));
            prop_assert_eq!(others.len(), others.iter().count());
            prop_assert_eq!(set.iter().rev().copied().collect::<Places>(), places);
        }
    }
}
