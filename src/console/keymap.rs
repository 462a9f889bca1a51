//! Which key means which command where: the shipped `keymap.toml`, and the operator's own laid over it.

use std::collections::BTreeMap;
use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::{Command, Place, TABLE};

/// The keys that are shipped.
const SHIPPED: &str = include_str!("../../assets/keymap.toml");

/// One key with what is held down with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// A `keymap.toml` that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {what}; the keys that are shipped are used instead")]
pub struct KeymapError {
    /// The file.
    pub file: String,
    /// What is wrong with it.
    pub what: String,
}

/// Keys by command.
#[derive(Debug, Clone)]
pub struct Keymap {
    keys: BTreeMap<Command, Vec<Chord>>,
}

impl Default for Keymap {
    fn default() -> Self {
        // A test reads the shipped file; were it broken, arrows and palette would still be missed.
        Self::read(SHIPPED, "the shipped keymap.toml", BTreeMap::new()).unwrap_or(Self {
            keys: BTreeMap::new(),
        })
    }
}

impl Keymap {
    /// The shipped keys with the operator's own over them.
    pub fn with_own(text: &str, file: &str) -> Result<Self, KeymapError> {
        Self::read(text, file, Self::default().keys)
    }

    fn read(
        text: &str,
        file: &str,
        mut keys: BTreeMap<Command, Vec<Chord>>,
    ) -> Result<Self, KeymapError> {
        let error = |what: String| KeymapError {
            file: file.to_owned(),
            what,
        };
        let rows: BTreeMap<String, Vec<String>> =
            toml::from_str(text).map_err(|problem| error(problem.message().to_owned()))?;
        for (name, chords) in rows {
            let command = Command::from_name(&name).ok_or_else(|| {
                let near = TABLE
                    .iter()
                    .map(|spec| spec.name)
                    .max_by(|a, b| strsim::jaro(a, &name).total_cmp(&strsim::jaro(b, &name)))
                    .unwrap_or_default();
                error(format!(
                    "there is no command `{name}`; did you mean {near}?"
                ))
            })?;
            let chords = chords
                .iter()
                .map(|text| {
                    Chord::parse(text)
                        .ok_or_else(|| error(format!("`{text}` is no key (of {name})")))
                })
                .collect::<Result<_, _>>()?;
            keys.insert(command, chords);
        }
        let keymap = Self { keys };
        match keymap.clash() {
            Some((chord, one, other)) => Err(error(format!(
                "{chord} is the key of both {} and {}",
                one.spec().name,
                other.spec().name
            ))),
            None => Ok(keymap),
        }
    }

    /// Two commands with the same key in the same place.
    fn clash(&self) -> Option<(Chord, Command, Command)> {
        let mut taken: Vec<(Place, Chord, Command)> = Vec::new();
        for spec in TABLE {
            for chord in self.keys(spec.command) {
                for place in spec.places {
                    let before = taken
                        .iter()
                        .find(|(other, key, _)| other == place && key == chord);
                    if let Some((_, _, other)) = before {
                        return Some((*chord, *other, spec.command));
                    }
                    taken.push((*place, *chord, spec.command));
                }
            }
        }
        None
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
        let shipped = Keymap::read(SHIPPED, "shipped", BTreeMap::new()).unwrap();
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
        let own = Keymap::with_own("submit = ['ctrl-s']", "keymap.toml").unwrap();
        assert_eq!(own.first(Command::Submit), "ctrl-s");
        assert_eq!(own.first(Command::Edit), "e");
        let told = |text| {
            Keymap::with_own(text, "keymap.toml")
                .unwrap_err()
                .to_string()
        };
        assert!(told("sumbit = ['S']").contains("did you mean submit?"));
        assert!(told("submit = ['ctrl-hyper']").contains("`ctrl-hyper` is no key"));
        assert!(told("submit = ['e']").contains("e is the key of both edit and submit"));
        assert!(told("submit = ").starts_with("keymap.toml: "));
    }
}
