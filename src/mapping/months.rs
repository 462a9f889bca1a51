//! Names of months as exports write them in other languages than English: `10-Dez-25`, `3 août 2025`.

/// Beginnings of the months' names (after the third letter or so the rest is left out or differs), and the
/// English ones. German, French, Italian, Spanish, Portuguese, Dutch and the Scandinavian languages agree
/// where they share one.
const NAMES: &[(&str, &str)] = &[
    ("jän", "Jan"),
    ("gen", "Jan"),
    ("ene", "Jan"),
    ("jan", "Jan"),
    ("fév", "Feb"),
    ("fev", "Feb"),
    ("feb", "Feb"),
    ("mär", "Mar"),
    ("maer", "Mar"),
    ("mrz", "Mar"),
    ("maa", "Mar"),
    ("mrt", "Mar"),
    ("mar", "Mar"),
    ("avr", "Apr"),
    ("abr", "Apr"),
    ("apr", "Apr"),
    ("mai", "May"),
    ("mei", "May"),
    ("maj", "May"),
    ("mag", "May"),
    ("may", "May"),
    ("juin", "Jun"),
    ("giu", "Jun"),
    ("jun", "Jun"),
    ("juil", "Jul"),
    ("lug", "Jul"),
    ("jul", "Jul"),
    ("aoû", "Aug"),
    ("aou", "Aug"),
    ("ago", "Aug"),
    ("aug", "Aug"),
    ("sep", "Sep"),
    ("set", "Sep"),
    ("okt", "Oct"),
    ("ott", "Oct"),
    ("out", "Oct"),
    ("oct", "Oct"),
    ("nov", "Nov"),
    ("dez", "Dec"),
    ("déc", "Dec"),
    ("dic", "Dec"),
    ("des", "Dec"),
    ("dec", "Dec"),
];

/// The text with its month in short English, if it holds one by a name of another language.
pub(super) fn in_english(text: &str) -> Option<String> {
    let mut words = text.char_indices().peekable();
    let mut start = None;
    // The first word that is a month's name; a full stop behind it belongs to it.
    loop {
        let next = words.next();
        match (start, next) {
            (None, Some((at, symbol))) if symbol.is_alphabetic() => start = Some(at),
            (Some(_), Some((_, symbol))) if symbol.is_alphabetic() => {}
            (Some(from), _) => {
                let end = next.map_or(text.len(), |(at, _)| at);
                if let Some(english) = english(text.get(from..end)?) {
                    let rest = text.get(end..)?;
                    let rest = rest.strip_prefix('.').unwrap_or(rest);
                    return Some(format!("{}{english}{rest}", text.get(..from)?));
                }
                start = None;
                next?;
            }
            (None, Some(_)) => {}
            (None, None) => return None,
        }
    }
}

fn english(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    NAMES
        .iter()
        .find(|(name, _)| word.starts_with(name))
        .map(|(_, english)| *english)
}

#[cfg(test)]
mod tests {
    use super::in_english;

    #[test]
    fn months_of_other_languages() {
        for (text, expected) in [
            ("10-Dez-25", Some("10-Dec-25")),
            ("3 août 2025", Some("3 Aug 2025")),
            ("1. März 2025 10:00", Some("1. Mar 2025 10:00")),
            ("12 févr. 2025", Some("12 Feb 2025")),
            ("Di, 5 Mai 2025", Some("Di, 5 May 2025")),
            ("7-okt-25", Some("7-Oct-25")),
            ("15-juil-25", Some("15-Jul-25")),
            ("15-juin-25", Some("15-Jun-25")),
            ("10.12.2025", None),
            ("soon", None),
        ] {
            assert_eq!(in_english(text).as_deref(), expected, "{text}");
        }
    }
}
