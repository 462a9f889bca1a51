//! What the operator chose for the console: keys, columns and theme, from the config directory, the environment and
//! the command line.

use std::path::Path;

use super::ConsoleError;
use super::keymap::Keymap;
use super::state::columns::Columns;
use super::theme::{Theme, Themes, settings};
use crate::mistake::{Mistake, Source};
use crate::profile::process_environment;

/// The operator's keys; a file that can't be used is reported, not ignored.
pub(super) fn keymap(config: &Path) -> (Keymap, Vec<Mistake>) {
    match read(&config.join("keymap.toml")) {
        Some((file, Ok(text))) => Keymap::with_own(&text, &file),
        Some((_, Err(mistake))) => (Keymap::default(), vec![mistake]),
        None => (Keymap::default(), Vec::new()),
    }
}

/// The columns of the list of orders that are remembered. That the file can't be read is told with the theme's.
pub(super) fn columns(config: &Path) -> (Columns, Vec<Mistake>) {
    match read(&config.join(settings::FILE)) {
        Some((file, Ok(text))) => settings::columns(Source {
            file: &file,
            text: &text,
        }),
        _ => (Columns::default(), Vec::new()),
    }
}

/// A file of the config directory, if it is there.
fn read(path: &Path) -> Option<(String, Result<String, Mistake>)> {
    let file = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => Some((file, Ok(text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            let source = Source {
                file: &file,
                text: "",
            };
            let mistake = source.mistake(0..0, format!("it can't be read: {error}"));
            Some((file, Err(mistake)))
        }
    }
}

/// The theme that is asked for: on the command line, in the environment, in `console.toml`. None for the one that
/// suits the terminal.
pub(super) fn theme(
    config: &Path,
    themes: &Themes,
    option: Option<&str>,
    mistakes: &mut Vec<Mistake>,
) -> Result<Option<Theme>, ConsoleError> {
    const VARIABLE: &str = "ORDERDECK_THEME";
    let unknown = |name: &str| {
        let names: Vec<_> = themes.names().collect();
        format!("there is no theme `{name}`: {}, auto", names.join(", "))
    };
    let variable = process_environment(VARIABLE).filter(|name| !name.is_empty());
    let asked = option
        .map(|name| ("--theme", name))
        .or(variable.as_deref().map(|name| (VARIABLE, name)));
    let mut remembered = None;
    if let Some((file, text)) = read(&config.join(settings::FILE)) {
        match text {
            Ok(text) => {
                let source = Source {
                    file: &file,
                    text: &text,
                };
                let (found, wrong) = settings::read(source);
                mistakes.extend(wrong);
                if let Some((name, span)) = found.filter(|(name, _)| name != "auto") {
                    remembered = themes.named(&name);
                    if remembered.is_none() {
                        mistakes.push(source.mistake(span, unknown(&name)));
                    }
                }
            }
            Err(mistake) => mistakes.push(mistake),
        }
    }
    match asked {
        Some((_, "auto")) => Ok(themes.forbidden.then(Theme::plain)),
        Some((from, name)) => match themes.named(name) {
            Some(theme) => Ok(Some(theme)),
            None => Err(ConsoleError::Unknown(format!("{from}: {}", unknown(name)))),
        },
        None => Ok(remembered),
    }
}
