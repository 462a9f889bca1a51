//! Which orders a list shows and in which order: those that pass the filter, as they are sorted.

use std::sync::Arc;

use super::sorting::Sorted;

/// Places that pass a filter, as the file has them.
pub type Passing = Arc<[u32]>;

/// Which order stands on which line. Both ways are asked at every key, so neither is a search through all of them.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    passing: Option<Passing>,
    sorted: Option<Arc<Sorted>>,
    /// What passes, as it is sorted; only where there are both.
    lines: Option<Arc<[u32]>>,
}

impl Shown {
    /// What passes (all for none), sorted (as the file for none). Quick unless both are there.
    pub fn new(passing: Option<Passing>, sorted: Option<Arc<Sorted>>) -> Self {
        let lines = passing
            .as_ref()
            .zip(sorted.as_ref())
            .map(|(passing, sorted)| {
                let mut lines = passing.to_vec();
                lines.sort_unstable_by_key(|place| sorted.rank(*place as usize));
                Arc::from(lines)
            });
        Self {
            passing,
            sorted,
            lines,
        }
    }

    /// The places by line; none where every order stands as in the file.
    fn by_line(&self) -> Option<&[u32]> {
        match (&self.lines, &self.passing, &self.sorted) {
            (Some(lines), _, _) => Some(lines),
            (None, Some(passing), _) => Some(passing),
            (None, None, Some(sorted)) => Some(sorted.order()),
            (None, None, None) => None,
        }
    }

    /// How many lines there are, of a file with that many orders.
    pub fn len(&self, all: usize) -> usize {
        self.by_line().map_or(all, <[u32]>::len)
    }

    /// The place of the order on a line.
    pub fn place(&self, line: usize, all: usize) -> Option<usize> {
        match self.by_line() {
            Some(places) => places.get(line).map(|place| *place as usize),
            None => (line < all).then_some(line),
        }
    }

    /// The line of an order, if it is shown.
    pub fn line_of(&self, place: usize) -> Option<usize> {
        let line = self.line_from(place);
        match self.by_line() {
            Some(places) => {
                (places.get(line).copied() == u32::try_from(place).ok()).then_some(line)
            }
            None => Some(line),
        }
    }

    /// The line of an order, else of the first one behind it.
    pub fn line_from(&self, place: usize) -> usize {
        match (&self.lines, &self.passing, &self.sorted) {
            (Some(lines), _, Some(sorted)) => {
                let rank = sorted.rank(place);
                lines.partition_point(|other| sorted.rank(*other as usize) < rank)
            }
            (_, Some(passing), _) => passing.partition_point(|other| (*other as usize) < place),
            (_, None, Some(sorted)) => sorted
                .rank(place)
                .map_or(sorted.order().len(), |rank| rank as usize),
            (_, None, None) => place,
        }
    }

    /// What it is sorted by.
    pub fn sorted(&self) -> Option<&Arc<Sorted>> {
        self.sorted.as_ref()
    }
}
