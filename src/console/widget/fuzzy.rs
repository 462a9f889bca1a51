//! Finding by the letters that one remembers: `ordmar` finds `orders-march.csv`.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// The items that a query finds, best first: index, score, and which characters of the item were met. Words may
/// stand in any order; small letters find capital ones too. An empty query finds all, in their order.
pub fn rank<S: AsRef<str>>(query: &str, items: &[S]) -> Vec<(usize, u32, Vec<usize>)> {
    if query.trim().is_empty() {
        return (0..items.len())
            .map(|index| (index, 0, Vec::new()))
            .collect();
    }
    let mut matcher = Matcher::new(Config::DEFAULT.match_paths());
    let pattern = Pattern::parse(query, CaseMatching::Smart, Normalization::Smart);
    let (mut letters, mut met) = (Vec::new(), Vec::new());
    let mut found: Vec<(usize, u32, Vec<usize>)> = items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| {
            met.clear();
            let item = Utf32Str::new(item.as_ref(), &mut letters);
            let score = pattern.indices(item, &mut matcher, &mut met)?;
            met.sort_unstable();
            met.dedup();
            let met = met.iter().map(|at| *at as usize).collect();
            Some((index, score, met))
        })
        .collect();
    found.sort_by_key(|(index, score, _)| (std::cmp::Reverse(*score), *index));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_stands_first_with_the_letters_that_were_met() {
        let items = ["notes.txt", "old-orders.csv", "orders-march.csv"];
        let found = rank("ordmar", &items);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, 2);
        let met: String = found[0]
            .2
            .iter()
            .filter_map(|at| items[2].chars().nth(*at))
            .collect();
        assert_eq!(met, "ordmar");
        let indices: Vec<usize> = rank("orders", &items).iter().map(|hit| hit.0).collect();
        assert_eq!(indices, [2, 1], "a beginning counts more");
    }

    #[test]
    fn nothing_asked_finds_all_and_nonsense_none() {
        let items = ["b", "a"];
        let all: Vec<usize> = rank(" ", &items).iter().map(|hit| hit.0).collect();
        assert_eq!(all, [0, 1]);
        assert!(rank("zzz", &items).is_empty());
    }
}
