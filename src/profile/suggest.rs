//! The nearest known name, and names from outside made fit to be shown.

/// `; did you mean environment?`, or the known names where none is near.
pub(super) fn hint<S: AsRef<str>>(unknown: &str, known: &[S]) -> String {
    if let Some(name) = nearest(unknown, known) {
        return format!("; did you mean {name}?");
    }
    let names: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    if names.is_empty() {
        String::new()
    } else {
        format!("; known are: {}", names.join(", "))
    }
}

/// The known name that differs by few letters, if there is one.
fn nearest<'a, S: AsRef<str>>(unknown: &str, known: &'a [S]) -> Option<&'a str> {
    let length = unknown.chars().count();
    if length > 64 {
        return None;
    }
    let unknown = unknown.to_lowercase();
    known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(&unknown, name.as_ref()), name))
        .filter(|(distance, _)| *distance <= (length / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name.as_ref())
}

/// A name from outside with control and direction characters made visible, and cut short.
pub(super) fn shown(name: &str) -> String {
    let mut text: String = name.escape_debug().take(60).collect();
    if name.escape_debug().nth(60).is_some() {
        text.push('…');
    }
    text
}

/// Whether a text can be shown as it is: no control characters, and none that change its direction or hide.
pub(super) fn is_showable(text: &str) -> bool {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    !text.chars().any(hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_recognised_and_nonsense_is_not() {
        let known = ["environment", "base_url", "currency"];
        assert_eq!(hint("enviroment", &known), "; did you mean environment?");
        assert_eq!(hint("Base_URL", &known), "; did you mean base_url?");
        assert_eq!(
            hint("zzz", &known),
            "; known are: environment, base_url, currency"
        );
        assert_eq!(nearest(&"x".repeat(100_000), &known), None);
    }

    #[test]
    fn accents_can_be_shown_and_hidden_characters_can_t() {
        for text in ["O'Neil \"EU\"", "A\u{308}rmel", "注文"] {
            assert!(is_showable(text), "{text}");
        }
        for text in ["a\nb", "\u{1b}[2J", "a\u{202e}b", "a\u{2066}b", "a\u{feff}"] {
            assert!(!is_showable(text), "{text:?}");
        }
    }

    #[test]
    fn names_from_outside_can_t_command_the_terminal() {
        assert_eq!(shown("a\u{1b}[31m\u{202e}b"), "a\\u{1b}[31m\\u{202e}b");
        assert_eq!(shown(&"x".repeat(70)), format!("{}…", "x".repeat(60)));
    }
}
