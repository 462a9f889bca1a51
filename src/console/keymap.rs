//! Which key means which command where: the shipped `keymap.toml`, and the operator's own laid over it.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use toml::de::DeTable;

use super::action::{Command, Place, TABLE};
use crate::mistake::{Mistake, Source, did_you_mean};

/// The keys that are shipped.
const SHIPPED: &str = include_str!("../../assets/keymap.toml");

/// One key with what is held down with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// Keys by command.
#[derive(Debug, Clone)]
pub struct Keymap {
    keys: BTreeMap<Command, Vec<Chord>>,
}

impl Default for Keymap {
    fn default() -> Self {
        // A test reads the shipped file and finds no mistake.
        let source = Source {
            file: "the shipped keymap.toml",
            text: SHIPPED,
        };
        Self::laid_over(BTreeMap::new(), source).0
    }
}

/// A line of the operator's: a key, the command that gets it, and where it stands.
struct Own {
    command: Command,
    chord: Chord,
    span: Range<usize>,
}

impl Keymap {
    /// The shipped keys with the operator's own over them. What is wrong is told with its line and left out; the
    /// rest counts.
    pub fn with_own(text: &str, file: &str) -> (Self, Vec<Mistake>) {
        Self::laid_over(Self::default().keys, Source { file, text })
    }

    fn laid_over(
        mut keys: BTreeMap<Command, Vec<Chord>>,
        source: Source<'_>,
    ) -> (Self, Vec<Mistake>) {
        let table = match DeTable::parse(source.text) {
            Ok(table) => table.into_inner(),
            Err(error) => return (Self { keys }, vec![source.unreadable(&error)]),
        };
        let mut mistakes = Vec::new();
        let mut own = Vec::new();
        for (name, value) in &table {
            let Some(command) = Command::from_name(name.get_ref()) else {
                let near = did_you_mean(name.get_ref(), TABLE.iter().map(|spec| spec.name));
                let what = format!("there is no command `{}`{near}", name.get_ref());
                mistakes.push(source.mistake(name.span(), what));
                continue;
            };
            let Some(texts) = value.get_ref().as_array() else {
                let what = format!("keys stand in a list: {} = [\"x\"]", name.get_ref());
                mistakes.push(source.mistake(value.span(), what));
                continue;
            };
            let mut chords = Vec::new();
            for text in texts {
                let word = text.get_ref().as_str();
                match word.and_then(Chord::parse) {
                    Some(chord) => {
                        chords.push(chord);
                        own.push(Own {
                            command,
                            chord,
                            span: text.span(),
                        });
                    }
                    None => mistakes.push(source.mistake(
                        text.span(),
                        format!(
                            "`{}` is no key (of {})",
                            word.unwrap_or("?"),
                            name.get_ref()
                        ),
                    )),
                }
            }
            // Where nothing of a line can be used, the command keeps the keys that are shipped.
            if !chords.is_empty() || texts.is_empty() {
                keys.insert(command, chords);
            }
        }
        let mut keymap = Self { keys };
        own.sort_by_key(|own| own.span.start);
        // The later line goes without the key, and a shipped key stays with its command.
        for Own {
            command,
            chord,
            span,
        } in own.into_iter().rev()
        {
            if let Some((other, place)) = keymap.clash(command, chord) {
                let what = format!(
                    "{chord} is the key of {} already ({}); {} goes without it",
                    other.spec().name,
                    place.title().to_lowercase(),
                    command.spec().name
                );
                mistakes.push(source.mistake(span, what));
                if let Some(chords) = keymap.keys.get_mut(&command) {
                    chords.retain(|other| *other != chord);
                }
            }
        }
        mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
        (keymap, mistakes)
    }

    /// Another command with this key in a place of this one.
    fn clash(&self, command: Command, chord: Chord) -> Option<(Command, Place)> {
        TABLE
            .iter()
            .filter(|spec| spec.command != command && self.keys(spec.command).contains(&chord))
            .find_map(|spec| {
                let mine = command.spec().places;
                let place = mine.iter().find(|place| spec.places.contains(place))?;
                Some((spec.command, *place))
            })
    }

    /// What a key means; `places` has the most special one first.
    pub fn command(&self, key: KeyEvent, places: &[Place]) -> Option<Command> {
        let chord = Chord::of(key);
        places.iter().find_map(|place| {
            TABLE
                .iter()
                .find(|spec| {
                    spec.places.contains(place) && self.keys(spec.command).contains(&chord)
                })
                .map(|spec| spec.command)
        })
    }

    /// The keys of a command.
    pub fn keys(&self, command: Command) -> &[Chord] {
        self.keys.get(&command).map_or(&[], Vec::as_slice)
    }

    /// Its first key as it is shown, empty for none.
    pub fn first(&self, command: Command) -> String {
        self.keys(command)
            .first()
            .map(Chord::to_string)
            .unwrap_or_default()
    }

    /// All its keys as they are shown.
    pub fn all(&self, command: Command) -> String {
        let keys: Vec<_> = self.keys(command).iter().map(Chord::to_string).collect();
        keys.join(" ")
    }
}

const NAMES: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("shift-tab", KeyCode::BackTab),
    ("space", KeyCode::Char(' ')),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pgup", KeyCode::PageUp),
    ("pgdn", KeyCode::PageDown),
];

impl Chord {
    /// The chord of a key press. Shift is part of the character.
    pub fn of(key: KeyEvent) -> Self {
        Self {
            code: key.code,
            modifiers: key.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        loop {
            if let Some(after) = rest.strip_prefix("ctrl-").filter(|after| !after.is_empty()) {
                modifiers |= KeyModifiers::CONTROL;
                rest = after;
            } else if let Some(after) = rest.strip_prefix("alt-").filter(|after| !after.is_empty())
            {
                modifiers |= KeyModifiers::ALT;
                rest = after;
            } else {
                break;
            }
        }
        let named = NAMES.iter().find(|(name, _)| *name == rest);
        let mut characters = rest.chars();
        let code = match (named, characters.next(), characters.next()) {
            (Some((_, code)), _, _) => *code,
            (None, Some(only), None) => KeyCode::Char(only),
            (None, Some('f'), Some(_)) => {
                KeyCode::F(rest[1..].parse().ok().filter(|f| (1..=12).contains(f))?)
            }
            _ => return None,
        };
        Some(Self { code, modifiers })
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.modifiers.contains(KeyModifiers::CONTROL) {
            f.write_str("ctrl-")?;
        }
        if self.modifiers.contains(KeyModifiers::ALT) {
            f.write_str("alt-")?;
        }
        match (NAMES.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, KeyCode::F(number)) => write!(f, "f{number}"),
            (None, _) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_key_and_every_line_a_command() {
        let source = Source {
            file: "shipped",
            text: SHIPPED,
        };
        let (shipped, mistakes) = Keymap::laid_over(BTreeMap::new(), source);
        assert_eq!(mistakes, []);
        for spec in TABLE {
            assert!(!shipped.keys(spec.command).is_empty(), "{}", spec.name);
        }
    }

    #[test]
    fn keys_are_read_as_they_are_shown() {
        for spec in TABLE {
            for chord in Keymap::default().keys(spec.command) {
                assert_eq!(Chord::parse(&chord.to_string()), Some(*chord));
            }
        }
        assert_eq!(Chord::parse("ctrl-"), None);
        assert_eq!(Chord::parse("f13"), None);
        assert_eq!(Chord::parse("-").unwrap().to_string(), "-");
    }

    #[test]
    fn own_keys_replace_shipped_ones_and_mistakes_are_told() {
        let (own, mistakes) = Keymap::with_own("submit = ['ctrl-s']", "keymap.toml");
        assert_eq!(mistakes, []);
        assert_eq!(own.first(Command::Submit), "ctrl-s");
        assert_eq!(own.first(Command::Edit), "e");
        let text = "\
# mine
sumbit = ['S']
undo = ['U']
export = ['ctrl-hyper', 'X']
submit = ['e']
quit = 'Q'
redo = ['nothing']
";
        let (own, mistakes) = Keymap::with_own(text, "/c/keymap.toml");
        let told: Vec<_> = mistakes.iter().map(Mistake::short).collect();
        assert_eq!(
            told,
            [
                "keymap.toml:2: there is no command `sumbit`; did you mean submit?",
                "keymap.toml:4: `ctrl-hyper` is no key (of export)",
                "keymap.toml:5: e is the key of edit already (orders); submit goes without it",
                "keymap.toml:6: keys stand in a list: quit = [\"x\"]",
                "keymap.toml:7: `nothing` is no key (of redo)",
            ]
        );
        // The rest counts.
        assert_eq!(own.all(Command::Undo), "U");
        assert_eq!(own.all(Command::Export), "X");
        assert_eq!(own.all(Command::Submit), "");
        assert_eq!(own.all(Command::Quit), "q");
        assert_eq!(own.all(Command::Redo), "ctrl-r");
    }

    #[test]
    fn keys_can_be_swapped_and_of_two_lines_the_first_wins() {
        let (own, mistakes) = Keymap::with_own(
            "undo = ['x']\nexclude = ['u']\nclear-target = ['delete']",
            "k",
        );
        assert_eq!(mistakes, []);
        assert_eq!(
            (own.first(Command::Undo), own.first(Command::Exclude)),
            ("x".into(), "u".into())
        );
        let (own, mistakes) = Keymap::with_own("undo = ['Z']\nexclude = ['Z']", "k");
        assert_eq!(mistakes.len(), 1);
        assert_eq!(mistakes[0].line, 2);
        assert!(mistakes[0].what.contains("undo") && mistakes[0].what.contains("exclude"));
        assert_eq!(own.first(Command::Undo), "Z");
    }

    #[test]
    fn a_file_that_is_no_toml_is_told_with_its_line_and_the_shipped_keys_stay() {
        let (own, mistakes) = Keymap::with_own("undo = ['U']\nsubmit = ", "keymap.toml");
        assert_eq!(mistakes.len(), 1);
        assert_eq!(mistakes[0].line, 2);
        assert_eq!(own.first(Command::Undo), "u");
    }
}
