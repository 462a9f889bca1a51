//! What a cell means: white space around it is nothing, `NULL` and `N/A` may be nothing at all, and an apostrophe may
//! only have protected a number from a spreadsheet.

/// How cells are understood.
#[derive(Debug, Clone)]
pub(super) struct Meaning {
    /// Texts that mean nothing.
    empty: Vec<String>,
    /// Strip `'` before digits and signs.
    apostrophe: bool,
    /// Texts that begin with one of these bytes are meant as they stand, but for white space behind them: nearly all.
    plain: [bool; 256],
}

impl Default for Meaning {
    fn default() -> Self {
        Self::new(&[], false)
    }
}

impl Meaning {
    /// `apostrophe` says whether those before digits and signs are stripped.
    pub(super) fn new(empty: &[String], apostrophe: bool) -> Self {
        let mut plain = [false; 256];
        for byte in b'!'..=b'~' {
            let may_be_empty = empty
                .iter()
                .any(|text| text.as_bytes().first() == Some(&byte));
            let is_protection = apostrophe && byte == b'\'';
            if let Some(plain) = plain.get_mut(usize::from(byte)) {
                *plain = !may_be_empty && !is_protection;
            }
        }
        Self {
            empty: empty.to_owned(),
            apostrophe,
            plain,
        }
    }

    /// The part of a text that is meant; `None` if that is nothing.
    #[allow(clippy::indexing_slicing)]
    #[inline]
    pub(super) fn of<'t>(&self, text: &'t str) -> Option<&'t str> {
        let bytes = text.as_bytes();
        let (first, last) = (bytes.first()?, bytes.last()?);
        // There is one for each byte.
        if self.plain[usize::from(*first)] && last.is_ascii_graphic() {
            return Some(text);
        }
        self.of_odd(text)
    }

    #[inline(never)]
    fn of_odd<'t>(&self, text: &'t str) -> Option<&'t str> {
        let mut text = text.trim();
        if self.apostrophe
            && let Some(behind) = text.strip_prefix('\'')
            && is_protected(behind)
        {
            text = behind;
        }
        let is_nothing = text.is_empty() || self.empty.iter().any(|empty| empty == text);
        (!is_nothing).then_some(text)
    }
}

/// Whether a spreadsheet would take the text for a number or a formula: `75008`, `1012 AB`, `+1 555`,
/// `=A1`. Not `70s poster`, whose apostrophe is its own.
fn is_protected(text: &str) -> bool {
    match text.chars().next() {
        Some('+' | '-' | '=' | '@') => true,
        Some('0'..='9') => text.chars().all(|symbol| {
            symbol.is_ascii_digit() || symbol.is_ascii_uppercase() || " -./:,".contains(symbol)
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_whole_text_counts() {
        let meaning = Meaning::new(&["NULL", "N/A", "ä", ""].map(str::to_owned), false);
        for text in ["NULL", "N/A", "ä", " NULL\t", "", " \u{a0}"] {
            assert_eq!(meaning.of(text), None, "{text}");
        }
        for text in ["NUL", "null", "N", "C", "ö", "Delft", "'75008"] {
            assert_eq!(meaning.of(text), Some(text));
        }
        assert_eq!(meaning.of("Ada\u{a0}"), Some("Ada"));
    }

    #[test]
    fn apostrophes_protect_numbers_and_formulas_only() {
        for text in [
            "75008",
            "02139-1234",
            "1012 AB",
            "+1 202 555",
            "=A1",
            "@ada",
        ] {
            assert!(is_protected(text), "{text}");
        }
        for text in ["70s poster", "t Hooft", "", "'"] {
            assert!(!is_protected(text), "{text}");
        }
        assert_eq!(Meaning::new(&[], true).of(" '75008"), Some("75008"));
    }

    proptest! {
        /// Whatever is taken as it stands is what a closer look makes of it.
        #[test]
        fn plain_texts_are_those_of_a_closer_look(text in "['N/A 0-9\u{a0}é]{0,5}", apostrophe: bool) {
            let meaning = Meaning::new(&["N/A".to_owned(), "-".to_owned()], apostrophe);
            prop_assert_eq!(meaning.of(&text), meaning.of_odd(&text));
        }
    }
}
