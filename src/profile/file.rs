//! `profiles.toml`: read, looked up, changed.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};
use toml_edit::DocumentMut;
use zeroize::Zeroizing;

use super::private::{
    PrivateError, check_private_directory, open_or_create_private_file, open_private_file,
    replace_private_file,
};
use super::{
    Directories, Environment, Problem, Profile, ProfileError, SANDBOX_PREFIX, SecretRef, read,
    write,
};

/// Larger than any file of profiles; what is larger isn't one.
const MAX_BYTES: u64 = 1024 * 1024;

/// A profile to be added.
#[derive(Debug)]
pub struct NewProfile {
    /// What the operator calls it.
    pub name: String,
    /// One of the vendors' names.
    pub vendor: String,
    /// The ledger's name for the account; the profile's name if none is given.
    pub account: Option<String>,
    /// ISO 4217 code that all orders must have, if any.
    pub currency: Option<String>,
    /// Live, test or sandbox; a sandbox needs an address on this machine.
    pub environment: Environment,
    /// Where the vendor's default doesn't serve.
    pub base_url: Option<String>,
    /// Looks and checks, never sends.
    pub read_only: bool,
    /// Whether proxies of the environment are used.
    pub allow_proxy: bool,
    /// Where each credential comes from.
    pub credentials: BTreeMap<String, SecretRef>,
    /// Values for fields that the order doesn't give.
    pub defaults: Map<String, Value>,
    /// Pace and the vendor's switches.
    pub settings: Map<String, Value>,
}

impl NewProfile {
    /// A profile with nothing but what every one must have.
    pub fn new(
        name: impl Into<String>,
        vendor: impl Into<String>,
        environment: Environment,
    ) -> Self {
        Self {
            name: name.into(),
            vendor: vendor.into(),
            account: None,
            currency: None,
            environment,
            base_url: None,
            read_only: false,
            allow_proxy: false,
            credentials: BTreeMap::new(),
            defaults: Map::new(),
            settings: Map::new(),
        }
    }
}

/// One change to a profile; `None` takes the field out. Vendor, account and environment can't be changed: the
/// ledger knows the account by them, so another one is another profile.
#[derive(Debug)]
pub enum Change {
    /// The currency that all orders must have.
    Currency(Option<String>),
    /// The address.
    BaseUrl(Option<String>),
    /// Looks and checks, never sends.
    ReadOnly(bool),
    /// Whether proxies of the environment are used.
    AllowProxy(bool),
    /// Where a credential comes from.
    Credential(String, Option<SecretRef>),
    /// A value for a field that the order doesn't give.
    Default(String, Option<Value>),
    /// A setting.
    Setting(String, Option<Value>),
}

/// The profiles of `profiles.toml`, and the built-in ones that were put beside them.
#[derive(Debug)]
pub struct Profiles {
    directories: Directories,
    file: PathBuf,
    own: Vec<Arc<Profile>>,
    built_in: Vec<Arc<Profile>>,
}

impl Profiles {
    /// Reads `profiles.toml`. No file is no profiles.
    ///
    /// # Errors
    /// The file or its directory isn't private, isn't readable, or something in it is wrong.
    pub fn load(directories: &Directories) -> Result<Self, ProfileError> {
        let file = directories.profiles_file();
        let text = text_of(directories.config(), &file)?;
        let profiles = read::profiles(text.as_deref().map_or("", String::as_str), &file)?;
        Ok(Self {
            directories: directories.clone(),
            file,
            own: profiles,
            built_in: Vec::new(),
        })
    }

    /// Puts the built-in profiles of a sandbox beside the others; see [`Profile::sandbox`].
    #[must_use]
    pub fn with_sandbox(mut self, built_in: impl IntoIterator<Item = Profile>) -> Self {
        self.built_in = built_in.into_iter().map(Arc::new).collect();
        self
    }

    /// The profile of that name.
    ///
    /// # Errors
    /// There is none; the error lists the names that there are.
    pub fn get(&self, name: &str) -> Result<&Arc<Profile>, ProfileError> {
        self.list()
            .find(|profile| profile.name == name)
            .ok_or_else(|| ProfileError::Unknown {
                name: name.to_owned(),
                known: self.list().map(|profile| profile.name.clone()).collect(),
                file: self.file.clone(),
            })
    }

    /// All profiles: those of the file in its order, then the built-in ones.
    pub fn list(&self) -> impl Iterator<Item = &Arc<Profile>> {
        self.own.iter().chain(&self.built_in)
    }

    /// The file that holds them.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Adds a profile to the file, its account written down.
    ///
    /// # Errors
    /// The name is taken or reserved, something in it is wrong, or the file can't be written; nothing has changed.
    pub fn add(&mut self, new: &NewProfile) -> Result<(), ProfileError> {
        reserved(&new.name)?;
        read::check_name(&new.name).map_err(|what| Problem::new(what).profile(&new.name))?;
        self.change(|document| {
            let profiles = write::profiles(document)?;
            if profiles.contains_key(&new.name) {
                return Err(write::Refusal::Exists);
            }
            profiles.insert(&new.name, toml_edit::Item::Table(write::profile(new)?));
            Ok(())
        })
        .map_err(|failure| self.explain(failure, &new.name))
    }

    /// Changes a profile in the file. All changes are made, or none.
    ///
    /// # Errors
    /// There is no such profile, a changed field is wrong, or the file can't be written; nothing has changed.
    pub fn edit(&mut self, name: &str, changes: &[Change]) -> Result<(), ProfileError> {
        reserved(name)?;
        self.change(|document| {
            let profile = write::profiles(document)?
                .get_mut(name)
                .and_then(toml_edit::Item::as_table_like_mut)
                .ok_or(write::Refusal::Missing)?;
            changes
                .iter()
                .try_for_each(|change| write::apply(profile, change))
        })
        .map_err(|failure| self.explain(failure, name))
    }

    /// Takes a profile out of the file, with the comments that stand in it and directly above it. The ledger keeps
    /// what it knows of the account.
    ///
    /// # Errors
    /// There is no such profile, or the file can't be written; nothing has changed.
    pub fn remove(&mut self, name: &str) -> Result<(), ProfileError> {
        reserved(name)?;
        self.change(|document| write::remove(document, name))
            .map_err(|failure| self.explain(failure, name))
    }

    /// Changes the file as it is now, not as it was when it was read: another process may have written since. The
    /// new text is read back before it takes the old one's place.
    fn change(
        &mut self,
        change: impl FnOnce(&mut DocumentMut) -> Result<(), write::Refusal>,
    ) -> Result<(), Failure> {
        let directory = self.directories.ensure_config()?;
        let lock_path = directory.join("profiles.toml.lock");
        let lock = open_or_create_private_file(&lock_path)?;
        lock.lock().map_err(|error| PrivateError::Io {
            action: "lock",
            path: lock_path,
            error,
        })?;
        let old = text_of(directory, &self.file)?;
        let old = old.as_deref().map_or("", String::as_str);
        // Also says what is wrong with the file as it is, with lines that the operator can look up.
        read::profiles(old, &self.file)?;
        let mut document: DocumentMut = old
            .parse()
            .map_err(|_| write::Refusal::NotEditable("it isn't valid TOML".to_owned()))?;
        change(&mut document)?;
        let new = Zeroizing::new(document.to_string());
        let profiles = read::profiles(&new, &self.file).map_err(without_line)?;
        if new.len() as u64 > MAX_BYTES {
            return Err(ProfileError::from(too_large(&self.file)).into());
        }
        replace_private_file(&self.file, new.as_bytes())?;
        self.own = profiles;
        Ok(())
    }

    fn explain(&self, failure: Failure, name: &str) -> ProfileError {
        match failure {
            Failure::Profile(error) => error,
            Failure::Refused(write::Refusal::Exists) => ProfileError::Exists(name.to_owned()),
            Failure::Refused(write::Refusal::Missing) => ProfileError::Unknown {
                name: name.to_owned(),
                known: self
                    .own
                    .iter()
                    .map(|profile| profile.name.clone())
                    .collect(),
                file: self.file.clone(),
            },
            Failure::Refused(write::Refusal::Value { field, what }) => {
                Problem::new(what).profile(name).field(&field).into()
            }
            Failure::Refused(write::Refusal::NotEditable(what)) => ProfileError::NotEditable {
                file: self.file.clone(),
                what,
            },
        }
    }
}

/// Why a change wasn't made.
enum Failure {
    Profile(ProfileError),
    Refused(write::Refusal),
}

impl<E: Into<ProfileError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Profile(error.into())
    }
}

impl From<write::Refusal> for Failure {
    fn from(refusal: write::Refusal) -> Self {
        Self::Refused(refusal)
    }
}

fn reserved(name: &str) -> Result<(), ProfileError> {
    if name.starts_with(SANDBOX_PREFIX) {
        return Err(ProfileError::Reserved(super::suggest::shown(name)));
    }
    Ok(())
}

/// Lines of a text that was never written would mislead.
fn without_line(error: ProfileError) -> ProfileError {
    match error {
        ProfileError::Invalid(mut problem) => {
            problem.file = None;
            problem.line = None;
            ProfileError::Invalid(problem)
        }
        other => other,
    }
}

fn too_large(file: &Path) -> Problem {
    Problem::new(format!(
        "is larger than {MAX_BYTES} bytes, so it can't be a file of profiles; move it away"
    ))
    .at(file, None)
}

/// The file's text, or `None` if there is no file. Directory and file must be private.
fn text_of(directory: &Path, file: &Path) -> Result<Option<Zeroizing<String>>, ProfileError> {
    let opened = match open_private_file(file) {
        Ok(opened) => opened,
        Err(PrivateError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    check_private_directory(directory)?;
    // The whole space at once: a buffer that grows leaves copies of secrets behind.
    let size = opened.metadata().map_or(0, |metadata| metadata.len());
    if size > MAX_BYTES {
        return Err(too_large(file).into());
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(size as usize + 1));
    opened
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| PrivateError::Io {
            action: "read",
            path: file.to_owned(),
            error,
        })?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(too_large(file).into());
    }
    match str::from_utf8(&bytes) {
        Ok(text) => Ok(Some(Zeroizing::new(text.to_owned()))),
        Err(error) => {
            let good =
                String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default());
            let line = good.matches('\n').count() + 1;
            Err(Problem::new("isn't valid UTF-8; save it as UTF-8")
                .at(file, Some(line))
                .into())
        }
    }
}
