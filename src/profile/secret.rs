//! Secrets that can't be printed, and where they come from.
//!
//! A secret is never accepted as an argument of a command (T-03): it is asked for hidden, or comes from the
//! environment, a file or a command. No error here holds a secret or the text of a command, which may hold one.

use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use zeroize::Zeroizing;

use super::Lookup;
use super::private::{PrivateError, open_secret_file};
use super::secret_command;

/// How long a command may take that fetches a secret.
pub const COMMAND_TIMEOUT: Duration = Duration::from_secs(20);

/// Longer than any credential of the vendors; what is longer is the wrong file.
pub(super) const MAX_BYTES: usize = 16 * 1024;

pub use crate::secret::{MASK, Secret};

/// Where a credential comes from.
pub enum SecretRef {
    /// Written in the profile itself.
    Plain(Secret),
    /// An environment variable.
    Env(String),
    /// A file that nobody else can read; `~/` at its start is the home directory.
    File(PathBuf),
    /// What a command prints, without the line's end.
    Command(String),
}

/// Where it comes from, in words; of a command only its program, because the rest may hold a secret.
impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(secret) => write!(f, "{secret} (in the profile)"),
            Self::Env(name) => write!(f, "from the environment variable {name}"),
            Self::File(path) => write!(f, "from the file {}", path.display()),
            Self::Command(text) => match program(text) {
                Some(program) => write!(f, "from a command ({program} …)"),
                None => f.write_str("from a command"),
            },
        }
    }
}

impl fmt::Debug for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The first word of a command, if it is plainly the name of a program.
fn program(command: &str) -> Option<&str> {
    let word = command.split_whitespace().next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    word.chars().all(plain).then_some(word)
}

/// A credential that couldn't be had, by its place. Never holds the value.
#[derive(Debug, thiserror::Error)]
#[error("profile {profile}, credential {credential}: {problem}")]
pub struct SecretError {
    /// Name of the profile.
    pub profile: String,
    /// The credential's field.
    pub credential: String,
    /// What is wrong and what to do.
    #[source]
    pub problem: SecretProblem,
}

/// Why a secret couldn't be had, and the next step.
#[derive(Debug, thiserror::Error)]
pub enum SecretProblem {
    /// The environment has no such variable.
    #[error("the environment variable {0} isn't set; set it before orderdeck starts")]
    NotSet(String),
    /// The file isn't private or can't be read.
    #[error("{0}")]
    File(#[from] PrivateError),
    /// The file's reading broke off.
    #[error("can't read {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        error: io::Error,
    },
    /// `~/` without a home directory.
    #[error("{} begins with ~, but HOME isn't set; write the whole path", .0.display())]
    NoHome(PathBuf),
    /// The shell didn't start, or its output couldn't be read.
    #[error("its command couldn't be run: {0}")]
    NotRun(#[source] io::Error),
    /// The command ended with an error. Its words aren't kept, because they may hold the secret.
    #[error("its command failed ({0}); run it by hand in a shell to see why")]
    Failed(std::process::ExitStatus),
    /// The command didn't end in time and was stopped.
    #[error(
        "its command hadn't ended after {} s and was stopped; if it asks for a passphrase, run it once by hand first to unlock its store",
        .0.as_secs()
    )]
    TooSlow(Duration),
    /// More than a secret can be.
    #[error(
        "it is longer than {MAX_BYTES} bytes, so it can't be a credential; check where it comes from"
    )]
    TooLong,
    /// Not text.
    #[error("it isn't valid UTF-8 text; check where it comes from")]
    NotText,
    /// Nothing there.
    #[error("it is empty; check where it comes from")]
    Empty,
    /// More than one line, or a control character.
    #[error(
        "it holds a line break or a control character; only the secret may be there (for a command: add `| head -n 1`)"
    )]
    NotOneLine,
}

impl SecretRef {
    /// Fetches the secret. May run a command and wait for it up to [`COMMAND_TIMEOUT`].
    ///
    /// # Errors
    /// What is wrong and what to do, never with the value.
    pub fn resolve(&self, environment: Lookup<'_>) -> Result<Secret, SecretProblem> {
        let text = match self {
            Self::Plain(secret) => Zeroizing::new(secret.expose().to_owned()),
            Self::Env(name) => {
                let value = environment(name).ok_or_else(|| SecretProblem::NotSet(name.clone()))?;
                let value = Zeroizing::new(value);
                if value.contains(char::REPLACEMENT_CHARACTER) {
                    return Err(SecretProblem::NotText);
                }
                value
            }
            Self::File(path) => text_of(&read_file(path, environment)?)?,
            Self::Command(command) => text_of(&secret_command::run(command, COMMAND_TIMEOUT)?)?,
        };
        one_line(text)
    }
}

fn read_file(path: &Path, environment: Lookup<'_>) -> Result<Zeroizing<Vec<u8>>, SecretProblem> {
    let path = match path.strip_prefix("~") {
        Ok(rest) => {
            let home = environment("HOME").filter(|home| !home.is_empty());
            let home = home.ok_or_else(|| SecretProblem::NoHome(path.to_owned()))?;
            Path::new(&home).join(rest)
        }
        Err(_) => path.to_owned(),
    };
    let file = open_secret_file(&path)?;
    read_bounded(file)
        .map_err(|error| SecretProblem::Unreadable { path, error })?
        .ok_or(SecretProblem::TooLong)
}

/// All of it, or `None` if it is longer than a secret can be. The buffer never grows, so no copy stays behind.
pub(super) fn read_bounded(source: impl Read) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut bytes = Zeroizing::new(vec![0; MAX_BYTES + 1]);
    let mut source = source;
    let mut filled = 0;
    while let Some(free) = bytes.get_mut(filled..).filter(|free| !free.is_empty()) {
        match source.read(free) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok((filled <= MAX_BYTES).then_some(bytes))
}

fn text_of(bytes: &[u8]) -> Result<Zeroizing<String>, SecretProblem> {
    let text = str::from_utf8(bytes).map_err(|_| SecretProblem::NotText)?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    Ok(Zeroizing::new(text.to_owned()))
}

fn one_line(text: Zeroizing<String>) -> Result<Secret, SecretProblem> {
    if text.trim().is_empty() {
        Err(SecretProblem::Empty)
    } else if text.len() > MAX_BYTES {
        Err(SecretProblem::TooLong)
    } else if text.chars().any(char::is_control) {
        Err(SecretProblem::NotOneLine)
    } else {
        Ok(Secret::wiped(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "canary-7f3a";

    fn nothing(_: &str) -> Option<String> {
        None
    }

    fn command(text: &str) -> Result<Secret, SecretProblem> {
        SecretRef::Command(text.to_owned()).resolve(&nothing)
    }

    #[test]
    fn a_secret_is_shown_as_a_mask_however_it_is_printed() {
        let secret = Secret::new(CANARY.to_owned());
        assert_eq!(format!("{secret}"), "•••");
        assert_eq!(format!("{secret:?}"), "•••");
        assert_eq!(format!("{secret:#?}"), "•••");
        assert_eq!(secret.expose(), CANARY);
        for reference in [
            SecretRef::Plain(Secret::new(CANARY.to_owned())),
            SecretRef::Command(format!("echo {CANARY}")),
            SecretRef::Command(format!("TOKEN={CANARY} fetch")),
            SecretRef::Command(format!("'{CANARY}'")),
        ] {
            assert!(!format!("{reference} {reference:?}").contains(CANARY));
        }
    }

    #[test]
    fn sources_are_named() {
        let shown = |reference: SecretRef| reference.to_string();
        assert_eq!(
            shown(SecretRef::Env("KEY".to_owned())),
            "from the environment variable KEY"
        );
        assert_eq!(
            shown(SecretRef::File("/s/key".into())),
            "from the file /s/key"
        );
        assert_eq!(
            shown(SecretRef::Command("pass show acme".to_owned())),
            "from a command (pass …)"
        );
    }

    #[test]
    fn the_environment_gives_it_or_the_variable_is_named() {
        let reference = SecretRef::Env("ACME_KEY".to_owned());
        let secret = reference.resolve(&|name| (name == "ACME_KEY").then(|| CANARY.to_owned()));
        assert_eq!(secret.unwrap().expose(), CANARY);
        let error = reference.resolve(&nothing).unwrap_err().to_string();
        assert!(
            error.contains("ACME_KEY") && error.contains("set it"),
            "{error}"
        );
    }

    #[test]
    fn empty_multi_line_and_overlong_secrets_are_refused_without_being_shown() {
        let from_env = |value: String| {
            SecretRef::Env("K".to_owned())
                .resolve(&move |_| Some(value.clone()))
                .unwrap_err()
        };
        assert!(matches!(from_env("  ".to_owned()), SecretProblem::Empty));
        assert!(matches!(
            from_env(format!("{CANARY}\nlogin: me")),
            SecretProblem::NotOneLine
        ));
        assert!(matches!(
            from_env(format!("{CANARY}\u{fffd}")),
            SecretProblem::NotText
        ));
        let long = from_env(CANARY.repeat(MAX_BYTES));
        assert!(!format!("{long} {long:?}").contains(CANARY));
    }

    #[cfg(unix)]
    mod unix {
        use std::fs;
        use std::os::unix::fs::PermissionsExt;

        use super::*;

        #[test]
        fn a_private_file_gives_it_without_the_final_newline() {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join("key");
            fs::write(&path, format!("{CANARY}\r\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            let whole = SecretRef::File(path.clone()).resolve(&nothing);
            assert_eq!(whole.unwrap().expose(), CANARY);

            let link = home.path().join("link");
            std::os::unix::fs::symlink(&path, &link).unwrap();
            assert!(SecretRef::File(link).resolve(&nothing).is_ok());

            let directory = home.path().display().to_string();
            let short = SecretRef::File("~/key".into());
            let found = short.resolve(&|name| (name == "HOME").then(|| directory.clone()));
            assert_eq!(found.unwrap().expose(), CANARY);
            assert!(matches!(
                short.resolve(&nothing),
                Err(SecretProblem::NoHome(_))
            ));
        }

        #[test]
        fn a_file_that_others_can_read_or_that_isn_t_there_is_refused() {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join("key");
            fs::write(&path, CANARY).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            let reference = SecretRef::File(path.clone());
            let error = reference.resolve(&nothing).unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(
                text.contains(&format!("chmod 600 {}", path.display())),
                "{text}"
            );
            assert!(!text.contains(CANARY));
            fs::remove_file(&path).unwrap();
            let text = reference.resolve(&nothing).unwrap_err().to_string();
            assert!(text.contains(&path.display().to_string()), "{text}");
            let directory = SecretRef::File(home.path().to_owned());
            assert!(directory.resolve(&nothing).is_err());
        }

        #[test]
        fn a_file_longer_than_a_secret_is_refused() {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join("key");
            fs::write(&path, "a".repeat(MAX_BYTES + 1)).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            let error = SecretRef::File(path).resolve(&nothing).unwrap_err();
            assert!(matches!(error, SecretProblem::TooLong));
        }

        #[test]
        fn a_command_gives_it_without_the_final_newline_and_with_nothing_to_read() {
            assert_eq!(command(&format!("echo {CANARY}")).unwrap().expose(), CANARY);
            // `cat` ends at once, because standard input is closed.
            assert_eq!(command("cat; printf a").unwrap().expose(), "a");
        }

        #[test]
        fn a_failing_command_shows_neither_its_text_nor_its_output() {
            let error = command(&format!("echo {CANARY}; echo {CANARY} >&2; exit 3")).unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(matches!(error, SecretProblem::Failed(_)), "{text}");
            assert!(text.contains("by hand") && !text.contains(CANARY), "{text}");
            assert!(matches!(command("true"), Err(SecretProblem::Empty)));
            assert!(matches!(
                command("echo a; echo b"),
                Err(SecretProblem::NotOneLine)
            ));
            assert!(matches!(
                command(r"printf '\377'"),
                Err(SecretProblem::NotText)
            ));
            assert!(matches!(command("yes"), Err(SecretProblem::TooLong)));
        }
    }
}
