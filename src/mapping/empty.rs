//! Texts that mean that a cell is empty: `NULL`, `N/A`.

/// Some texts, told apart from nearly all others by their first byte.
#[derive(Debug, Clone, Default)]
pub(super) struct Empties {
    texts: Vec<String>,
    /// A bit for each byte that one of them begins with, whatever its highest bit is.
    beginnings: u128,
}

impl Empties {
    pub(super) fn new(texts: &[String]) -> Self {
        let firsts = texts.iter().filter_map(|text| text.as_bytes().first());
        Self {
            beginnings: firsts.fold(0, |beginnings, first| beginnings | bit(*first)),
            texts: texts.to_owned(),
        }
    }

    /// Whether it is one of them.
    #[inline]
    pub(super) fn contains(&self, text: &str) -> bool {
        let first = text.as_bytes().first();
        first.is_some_and(|first| self.beginnings & bit(*first) != 0)
            && self.texts.iter().any(|empty| empty == text)
    }
}

fn bit(byte: u8) -> u128 {
    1 << (byte & 0x7f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_text_counts() {
        let empties = Empties::new(&["NULL", "N/A", "ä", ""].map(str::to_owned));
        for text in ["NULL", "N/A", "ä"] {
            assert!(empties.contains(text), "{text}");
        }
        for text in ["NUL", "null", "N", "C", "ö", "", "Delft"] {
            assert!(!empties.contains(text), "{text}");
        }
    }
}
