//! The operator's own mappings: kept in the config directory, private as profiles are.

use std::path::PathBuf;

use super::Workspace;
use crate::deck::{SavedMapping, parse_mapping, saved_mappings};
use crate::mapping::{self, Mapping, MappingError};
use crate::profile::private::{
    PrivateError, create_private_file, ensure_private_directory, replace_private_file,
};

/// Longer names are none.
const LONGEST: usize = 64;

/// Why a mapping isn't saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// It is no name for a file.
    #[error(
        "`{}` is no name for a mapping: letters, digits, `-` and `_`, at most {LONGEST}", .0.escape_debug()
    )]
    Name(String),
    /// A preset is called so.
    #[error("a preset is called {0}, and presets come first; choose another name")]
    Preset(String),
    /// There is one already.
    #[error("there is a mapping {name} already ({}); choose another name, or say that it is to be replaced", path.display())]
    Exists {
        /// Its name.
        name: String,
        /// Its file.
        path: PathBuf,
    },
    /// It is wrong.
    #[error(transparent)]
    Wrong(#[from] MappingError),
    /// A directory or file isn't private, or the system said no.
    #[error(transparent)]
    Private(#[from] PrivateError),
}

impl Workspace {
    /// The operator's own mappings, by name; one that is broken is among them with what is wrong.
    pub fn saved_mappings(&self) -> Vec<SavedMapping> {
        saved_mappings(&self.mappings_dir())
    }

    /// Keeps a mapping under a name, which `[mapping] name` becomes too; one more revision of what it replaces.
    ///
    /// # Errors
    /// The name is none, or taken and `replace` wasn't said; the text is no mapping; the file can't be written.
    pub fn save_mapping(
        &self,
        name: &str,
        text: &str,
        replace: bool,
    ) -> Result<PathBuf, SaveError> {
        let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        let is_name = !name.is_empty()
            && name.chars().count() <= LONGEST
            && name.chars().all(plain)
            && name.starts_with(char::is_alphanumeric);
        if !is_name {
            return Err(SaveError::Name(name.to_owned()));
        }
        if mapping::preset(name).is_some() {
            return Err(SaveError::Preset(name.to_owned()));
        }
        let path = self.mappings_dir().join(format!("{name}.toml"));
        let is_there = path.symlink_metadata().is_ok();
        if is_there && !replace {
            return Err(SaveError::Exists {
                name: name.to_owned(),
                path,
            });
        }
        let shown = path.display().to_string();
        let mapping = parse_mapping(text, &shown)?;
        let before = if is_there {
            let old = std::fs::read_to_string(&path).ok();
            old.and_then(|old| Mapping::parse(&old, &shown).ok())
                .map_or(0, |old| old.revision())
        } else {
            0
        };
        let revision = before.max(mapping.revision()).saturating_add(1);
        let text = with_head(text, name, revision);
        // What is written must be what is read.
        parse_mapping(&text, &shown)?;
        ensure_private_directory(self.directories().config())?;
        ensure_private_directory(&self.mappings_dir())?;
        if !is_there {
            // Somebody may have been quicker; theirs stays.
            create_private_file(&path)?;
        }
        replace_private_file(&path, text.as_bytes())?;
        Ok(path)
    }
}

/// The text with this name and revision in its head, all else as it stands.
fn with_head(text: &str, name: &str, revision: u32) -> String {
    let Ok(mut document) = text.parse::<toml_edit::DocumentMut>() else {
        return text.to_owned();
    };
    if let Some(head) = document
        .get_mut("mapping")
        .and_then(|head| head.as_table_like_mut())
    {
        head.insert("name", toml_edit::value(name));
        head.insert("revision", toml_edit::value(i64::from(revision)));
    }
    document.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Directories;

    const TEXT: &str =
        "# Ours\n[mapping]\nname = \"draft\" # a comment\ntitle = \"T\"\n[order]\nid = \"A\"\n";

    fn workspace(home: &tempfile::TempDir) -> Workspace {
        Workspace::at(Directories::at(
            home.path().join("config"),
            home.path().join("data"),
        ))
    }

    #[test]
    fn a_mapping_is_kept_private_and_never_overwritten_unasked() {
        let home = tempfile::tempdir().unwrap();
        let workspace = workspace(&home);
        let path = workspace.save_mapping("our-till", TEXT, false).unwrap();
        let read = || std::fs::read_to_string(&path).unwrap();
        let mapping = Mapping::parse(&read(), "m").unwrap();
        assert_eq!((mapping.name(), mapping.revision()), ("our-till", 1));
        assert!(read().starts_with("# Ours\n"), "comments stay");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &std::path::Path| {
                std::fs::metadata(path).unwrap().permissions().mode() & 0o777
            };
            assert_eq!(mode(&path), 0o600);
            assert_eq!(mode(path.parent().unwrap()), 0o700);
        }
        let other = TEXT.replace("\"A\"", "\"B\"");
        let again = workspace.save_mapping("our-till", &other, false);
        assert!(matches!(again, Err(SaveError::Exists { .. })), "{again:?}");
        assert!(read().contains("id = \"A\""));
        workspace.save_mapping("our-till", &other, true).unwrap();
        let mapping = Mapping::parse(&read(), "m").unwrap();
        assert_eq!(mapping.revision(), 2);
        assert!(read().contains("id = \"B\""));
        let names: Vec<String> = workspace
            .saved_mappings()
            .into_iter()
            .map(|one| one.name)
            .collect();
        assert_eq!(names, ["our-till"]);
    }

    #[test]
    fn names_that_are_none_and_texts_that_are_no_mappings_leave_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let workspace = workspace(&home);
        for name in ["", "../x", "a/b", "-a", "a b", ".", &"a".repeat(65)] {
            let error = workspace.save_mapping(name, TEXT, true).unwrap_err();
            assert!(matches!(error, SaveError::Name(_)), "{name}: {error}");
        }
        let error = workspace
            .save_mapping("shopify-csv", TEXT, true)
            .unwrap_err();
        assert!(matches!(error, SaveError::Preset(_)), "{error}");
        let error = workspace
            .save_mapping("ours", "[mapping]\nname = 3", false)
            .unwrap_err();
        assert!(matches!(error, SaveError::Wrong(_)), "{error}");
        assert!(!workspace.mappings_dir().exists());
    }
}
