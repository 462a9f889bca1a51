//! Where configuration and data live.

use std::path::{Path, PathBuf};

use super::Lookup;
use super::private::{PrivateError, ensure_private_directory};

/// Why there is no place for configuration and data.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The system knows no home directory for this user.
    #[error(
        "no home directory is known: set ORDERDECK_CONFIG_DIR and ORDERDECK_DATA_DIR to the directories to use"
    )]
    NoHome,
    /// An override can't be a path.
    #[error("{variable} is no usable path: {what}")]
    Unusable {
        /// `ORDERDECK_CONFIG_DIR` or `ORDERDECK_DATA_DIR`.
        variable: &'static str,
        /// Why not.
        what: String,
    },
}

/// The config directory (profiles, mappings, keymap) and the data directory (ledger, spool). Neither need be there
/// yet: whoever writes calls [`ensure_config`](Self::ensure_config) or [`ensure_data`](Self::ensure_data) first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directories {
    config: PathBuf,
    data: PathBuf,
}

impl Directories {
    /// The user's own directories, or those that `ORDERDECK_CONFIG_DIR` and `ORDERDECK_DATA_DIR` name. An empty
    /// variable counts as not set.
    pub fn find(environment: Lookup<'_>) -> Result<Self, DirectoryError> {
        let config = overridden("ORDERDECK_CONFIG_DIR", environment)?;
        let data = overridden("ORDERDECK_DATA_DIR", environment)?;
        if let (Some(config), Some(data)) = (&config, &data) {
            return Ok(Self::at(config, data));
        }
        let usual =
            directories::ProjectDirs::from("", "", "orderdeck").ok_or(DirectoryError::NoHome)?;
        Ok(Self::at(
            config.unwrap_or_else(|| usual.config_dir().to_owned()),
            data.unwrap_or_else(|| usual.data_dir().to_owned()),
        ))
    }

    /// These two directories.
    pub fn at(config: impl Into<PathBuf>, data: impl Into<PathBuf>) -> Self {
        Self {
            config: config.into(),
            data: data.into(),
        }
    }

    /// The config directory.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// The data directory.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The file that holds the profiles.
    pub fn profiles_file(&self) -> PathBuf {
        self.config.join("profiles.toml")
    }

    /// Makes the config directory (0700) if it isn't there, or checks that it is private.
    pub fn ensure_config(&self) -> Result<&Path, PrivateError> {
        ensure_private_directory(&self.config)?;
        Ok(&self.config)
    }

    /// Makes the data directory (0700) if it isn't there, or checks that it is private.
    pub fn ensure_data(&self) -> Result<&Path, PrivateError> {
        ensure_private_directory(&self.data)?;
        Ok(&self.data)
    }
}

fn overridden(
    variable: &'static str,
    environment: Lookup<'_>,
) -> Result<Option<PathBuf>, DirectoryError> {
    let Some(text) = environment(variable).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let unusable = |what: String| DirectoryError::Unusable { variable, what };
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Err(unusable("it isn't valid UTF-8".to_owned()));
    }
    let path = std::path::absolute(text).map_err(|error| unusable(error.to_string()))?;
    // Without a slash at the end, which would hide that the directory is a link.
    Ok(Some(path.components().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_overrides_both_and_an_empty_variable_is_none() {
        let both = |name: &str| match name {
            "ORDERDECK_CONFIG_DIR" => Some("/c/onf/".to_owned()),
            "ORDERDECK_DATA_DIR" => Some("/d/ata".to_owned()),
            _ => None,
        };
        assert_eq!(
            Directories::find(&both).unwrap(),
            Directories::at("/c/onf", "/d/ata")
        );
        assert_eq!(
            overridden("ORDERDECK_DATA_DIR", &|_| Some(String::new())).unwrap(),
            None
        );
    }

    #[test]
    fn relative_overrides_become_absolute_and_broken_text_is_refused() {
        let relative = overridden("ORDERDECK_DATA_DIR", &|_| Some("here".to_owned()));
        assert!(relative.unwrap().unwrap().is_absolute());
        let broken = overridden("ORDERDECK_DATA_DIR", &|_| Some("a\u{fffd}".to_owned()));
        let error = broken.unwrap_err().to_string();
        assert!(error.starts_with("ORDERDECK_DATA_DIR"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_linked_directory_is_refused_even_with_a_slash_at_the_end() {
        let home = tempfile::tempdir().unwrap();
        let real = home.path().join("real");
        std::fs::create_dir(&real).unwrap();
        let link = home.path().join("link");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let found = Directories::find(&|_| Some(format!("{}/", link.display()))).unwrap();
        let error = found.ensure_config().unwrap_err().to_string();
        assert!(error.contains("symbolic link"), "{error}");
    }
}
