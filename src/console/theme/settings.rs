//! `console.toml` in the config directory: how the console looks, and whether it was seen before.

use std::ops::Range;

use toml::de::DeTable;

use crate::mistake::{Mistake, Source, did_you_mean};
use crate::console::state::columns::{Chosen, Columns};
use crate::profile::Directories;
use crate::profile::private::replace_private_file;

/// What may stand in it.
const KNOWN: [&str; 3] = ["theme", "columns", VISITED];
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
        } else if key != "theme" {
            // The columns are read by themselves.
        } else if let Some(text) = value.get_ref().as_str() {
            theme = Some((text.to_owned(), value.span()));
        } else {
            let what = "the name of a theme stands in quotation marks";
            mistakes.push(source.mistake(value.span(), what));
        }
    }
    (theme, mistakes)
}

/// The columns of the list of orders, and what is wrong with them. What is right counts.
pub fn columns(source: Source<'_>) -> (Columns, Vec<Mistake>) {
    let mut mistakes = Vec::new();
    let mut chosen: Vec<Chosen> = Vec::new();
    let Ok(table) = DeTable::parse(source.text) else {
        // Told where the theme is read.
        return (Columns::default(), mistakes);
    };
    let Some(value) = table.get_ref().get("columns") else {
        return (Columns::default(), mistakes);
    };
    let Some(texts) = value.get_ref().as_array() else {
        let what = "columns stand in a list: columns = [\"order\", \"total:14\"]";
        mistakes.push(source.mistake(value.span(), what));
        return (Columns::default(), mistakes);
    };
    for text in texts {
        let parsed = match text.get_ref().as_str() {
            Some(text) => Chosen::parse(text),
            None => Err("a column stands in quotation marks".to_owned()),
        };
        match parsed {
            Ok(one) if chosen.iter().any(|other| other.column == one.column) => {
                let what = format!("the column {} is there already", one.column.name());
                mistakes.push(source.mistake(text.span(), what));
            }
            Ok(one) => chosen.push(one),
            Err(what) => mistakes.push(source.mistake(text.span(), what)),
        }
    }
    let chosen = (!chosen.is_empty()).then_some(chosen);
    (Columns { chosen }, mistakes)
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
pub fn remember_theme(directories: &Directories, theme: &str) -> Result<(), String> {
    remember(directories, "theme", Some(toml_edit::value(theme)))
}

/// Remembers the columns of the list of orders; none forgets them. Everything else in the file stays as it is.
pub fn remember_columns(
    directories: &Directories,
    columns: Option<Vec<String>>,
) -> Result<(), String> {
    let list = columns.map(|columns| toml_edit::value(toml_edit::Array::from_iter(columns)));
    remember(directories, "columns", list)
}

/// Remembers that the sandbox explained itself.
pub fn remember_visit(directories: &Directories) -> Result<(), String> {
    remember(directories, VISITED, Some(toml_edit::value(true)))
}

fn remember(
    directories: &Directories,
    name: &str,
    value: Option<toml_edit::Item>,
) -> Result<(), String> {
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
    match value {
        Some(value) => document[name] = value,
        None => {
            document.remove(name);
        }
    }
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
        remember_theme(&directories, "light").unwrap();
        let path = directories.config().join(FILE);
        let text = format!("# mine\n{}", std::fs::read_to_string(&path).unwrap());
        std::fs::write(&path, text).unwrap();
        remember_theme(&directories, "sixteen").unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "# mine\ntheme = \"sixteen\"\n");
        let source = Source {
            file: FILE,
            text: &text,
        };
        assert_eq!(read(source).0.unwrap().0, "sixteen");
    }

    #[test]
    fn columns_are_remembered_beside_the_theme_and_forgotten() {
        let home = tempfile::tempdir().unwrap();
        let directories = Directories::at(home.path().join("config"), home.path().join("data"));
        remember_theme(&directories, "light").unwrap();
        let texts = ["order", "total:14"].map(str::to_owned).to_vec();
        remember_columns(&directories, Some(texts.clone())).unwrap();
        let path = directories.config().join(FILE);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            "theme = \"light\"\ncolumns = [\"order\", \"total:14\"]\n"
        );
        let source = Source {
            file: FILE,
            text: &text,
        };
        assert_eq!(columns(source).0.texts(), Some(texts));
        assert!(read(source).1.is_empty());
        remember_columns(&directories, None).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "theme = \"light\"\n");
    }

    #[test]
    fn wrong_columns_are_told_and_the_others_count() {
        let text = "columns = ['order', 'totl', 'order', 3]\n";
        let source = Source { file: FILE, text };
        let (columns, mistakes) = columns(source);
        assert_eq!(columns.texts().unwrap(), ["order"]);
        assert_eq!(mistakes.len(), 3);
        assert!(mistakes[0].short().contains("did you mean total"));
    }

    #[test]
    fn a_visit_is_remembered_once() {
        let home = tempfile::tempdir().unwrap();
        let directories = Directories::at(home.path().join("config"), home.path().join("data"));
        assert!(!is_visited(directories.config()));
        remember_theme(&directories, "light").unwrap();
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
