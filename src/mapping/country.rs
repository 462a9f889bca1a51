//! Countries by name: some exports write `United States` or `Deutschland` where a code belongs.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Code and names a line.
const NAMES: &str = include_str!("../../assets/countries.tsv");

static CODES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    NAMES
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .flat_map(|(code, names)| {
            names
                .split('\t')
                .map(move |name| (name.to_lowercase(), code))
        })
        .collect()
});

/// The ISO 3166 code of a country by its English or German name, in any case.
pub(super) fn code_of(name: &str) -> Option<&'static str> {
    CODES.get(&name.trim().to_lowercase()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::codes::is_country;

    #[test]
    fn countries_by_name() {
        for (name, code) in [
            ("United States", Some("US")),
            ("united kingdom", Some("GB")),
            ("Deutschland", Some("DE")),
            ("Czech Republic", Some("CZ")),
            ("Atlantis", None),
            ("US", None),
        ] {
            assert_eq!(code_of(name), code, "{name}");
        }
    }

    #[test]
    fn every_code_is_one_and_no_name_means_two() {
        assert!(CODES.values().all(|code| is_country(code)));
        let names: usize = NAMES
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| {
                let names: std::collections::HashSet<String> =
                    line.split('\t').skip(1).map(str::to_lowercase).collect();
                names.len()
            })
            .sum();
        assert_eq!(CODES.len(), names);
    }
}
