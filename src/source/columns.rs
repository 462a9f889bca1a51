//! Sets of columns in a few bytes, by which rows and rules are told apart that have nothing to do with each other.

/// The columns that have a bit of their own.
const APART: usize = 63;

/// Some columns, counted from 0. Those far to the right share one bit: if one of them is in it, all of them are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Columns(u64);

impl Columns {
    /// Every column.
    pub const ALL: Self = Self(u64::MAX);

    /// Adds a column.
    #[inline]
    pub fn add(&mut self, column: usize) {
        self.0 |= 1 << column.min(APART);
    }

    /// Whether a column is in it.
    pub fn has(self, column: usize) -> bool {
        self.meets([column].into_iter().collect())
    }

    /// Whether any column is in both.
    #[inline]
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The columns of both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl FromIterator<usize> for Columns {
    fn from_iter<I: IntoIterator<Item = usize>>(columns: I) -> Self {
        let mut all = Self::default();
        columns.into_iter().for_each(|column| all.add(column));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_told_apart_but_for_those_far_to_the_right() {
        let of = |columns: &[usize]| columns.iter().copied().collect::<Columns>();
        for (one, other) in [(0, 1), (1, 62), (62, 63), (5, 4000)] {
            assert!(of(&[one]).has(one) && of(&[other]).has(other));
            assert!(
                !of(&[one]).has(other) && !of(&[other]).has(one),
                "{one} {other}"
            );
            assert!(of(&[one]).with(of(&[other])).meets(of(&[other])));
        }
        assert!(of(&[63]).has(4000), "it may be in it");
        assert!(!of(&[]).meets(Columns::ALL) && Columns::ALL.has(9));
    }
}
