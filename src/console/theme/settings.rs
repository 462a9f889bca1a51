//! `console.toml` in the config directory: how the console looks, and whether it was seen before.

use std::ops::Range;

use toml::de::DeTable;

use crate::console::mistake::{Mistake, Source, did_you_mean};
use crate::profile::Directories;
use crate::profile::private::replace_private_file;

/// What may stand in it.
const KNOWN: [&str; 2] = ["theme", VISITED];
/// Whether the sandbox explained itself already.
const VISITED: &str = "visited";

/// The file's name.
pub const FILE: &str = "console.toml";

/// The name of a theme, with its place in the file; and what is wrong with the file.
pub fn read(source: Source<'_>) -> (Option<(String, Range<usize>)>, Vec<Mistake>) {
    let table = match DeTable::parse(source.text) {
        Ok(table) => table.into_inner(),
        Err(error) => return (None, vec![source.unreadable(&error)]),
    };
    let mut theme = None;
    let mut mistakes = Vec::new();
    for (name, value) in &table {
        let key = name.get_ref().as_ref();
        if !KNOWN.contains(&key) {
            let near = did_you_mean(key, KNOWN.into_iter());
            let what = format!("there is no setting `{key}`{near}");
            mistakes.push(source.mistake(name.span(), what));
        } else if key == VISITED {
            if value.get_ref().as_bool().is_none() {
                let what = "visited is true or false";
                mistakes.push(source.mistake(value.span(), what));
            }
        } else if let Some(text) = value.get_ref().as_str() {
            theme = Some((text.to_owned(), value.span()));
        } else {
            let what = "the name of a theme stands in quotation marks";
            mistakes.push(source.mistake(value.span(), what));
        }
    }
    (theme, mistakes)
}

/// Whether the sandbox explained itself already. A file that can't be read is somebody's who was here before.
pub fn is_visited(config: &std::path::Path) -> bool {
    match std::fs::read_to_string(config.join(FILE)) {
        Ok(text) => text
            .parse::<toml_edit::DocumentMut>()
            .map_or(true, |document| {
                document.get(VISITED).and_then(toml_edit::Item::as_bool) == Some(true)
            }),
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    }
}

/// Remembers the theme, and leaves everything else in the file as it is.
pub fn remember(directories: &Directories, theme: &str) -> Result<(), String> {
    set(directories, "theme", toml_edit::value(theme))
}

/// Remembers that the sandbox explained itself.
pub fn remember_visit(directories: &Directories) -> Result<(), String> {
    set(directories, VISITED, toml_edit::value(true))
}

fn set(directories: &Directories, name: &str, value: toml_edit::Item) -> Result<(), String> {
    let path = directories.config().join(FILE);
    let shown = path.display();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(format!("can't read {shown}: {error}")),
    };
    let mut document: toml_edit::DocumentMut = text
        .parse()
        .map_err(|error: toml_edit::TomlError| format!("{shown}: {}", error.message()))?;
    document[name] = value;
    directories
        .ensure_config()
        .and_then(|_| replace_private_file(&path, document.to_string().as_bytes()))
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_theme_is_read_and_remembered_beside_what_else_is_there() {
        let home = tempfile::tempdir().unwrap();
        let directories = Directories::at(home.path().join("config"), home.path().join("data"));
        remember(&directories, "light").unwrap();
        let path = directories.config().join(FILE);
        let text = format!("# mine\n{}", std::fs::read_to_string(&path).unwrap());
        std::fs::write(&path, text).unwrap();
        remember(&directories, "sixteen").unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "# mine\ntheme = \"sixteen\"\n");
        let source = Source {
            file: FILE,
            text: &text,
        };
        assert_eq!(read(source).0.unwrap().0, "sixteen");
    }

    #[test]
    fn a_visit_is_remembered_once() {
        let home = tempfile::tempdir().unwrap();
        let directories = Directories::at(home.path().join("config"), home.path().join("data"));
        assert!(!is_visited(directories.config()));
        remember(&directories, "light").unwrap();
        assert!(!is_visited(directories.config()));
        remember_visit(&directories).unwrap();
        assert!(is_visited(directories.config()));
        let text = std::fs::read_to_string(directories.config().join(FILE)).unwrap();
        assert_eq!(text, "theme = \"light\"\nvisited = true\n");
        let source = Source {
            file: FILE,
            text: &text,
        };
        assert_eq!(read(source).1, []);
    }

    #[test]
    fn mistakes_have_their_line() {
        let text = "\nthem = 'light'\ntheme = 3\n";
        let source = Source { file: FILE, text };
        let (theme, mut mistakes) = read(source);
        mistakes.sort_by_key(|mistake| mistake.line);
        assert_eq!(theme, None);
        assert_eq!(
            mistakes[0].short(),
            "console.toml:2: there is no setting `them`; did you mean theme?"
        );
        assert_eq!(mistakes[1].line, 3);
    }
}
