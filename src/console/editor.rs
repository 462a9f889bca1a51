//! The operator's own editor, with a text in a private file that is gone afterwards.

use std::fs::{self, DirBuilder};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

use super::widget::text;
use crate::deck::DeckOrder;
use crate::profile::private::create_private_file;
use crate::vendor::VendorRef;

/// The editor where neither `VISUAL` nor `EDITOR` names one.
const FALLBACK: &str = "vi";
/// A text larger than this isn't read back.
const MOST: u64 = 64 << 20;

/// A part of a payload to be written anew.
#[derive(Debug, Clone)]
pub struct Job {
    /// What stands in the file at first.
    pub text: String,
    /// Which part: a JSON pointer; empty for the whole.
    pub pointer: String,
    /// The whole as it is.
    pub payload: Value,
    /// Of which order.
    pub order: DeckOrder,
    /// For which vendor.
    pub vendor: VendorRef,
}

impl Job {
    /// Whether it is about the same part of the same payload.
    pub fn is_about(&self, other: &Self) -> bool {
        self.order.group.key == other.order.group.key
            && self.vendor.name() == other.vendor.name()
            && self.pointer == other.pointer
    }

    /// What is done, in words: `payload of #1017 for Voucherify, in the editor`.
    pub fn label(&self) -> String {
        let what = match self.pointer.trim_start_matches('/') {
            "" => "payload",
            part => part,
        };
        let (order, vendor) = (&self.order.order.id, self.vendor.title());
        format!("{what} of {order} for {vendor}, in the editor")
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Written {
    /// What was to be written.
    pub job: Job,
    /// The text; else why there is none.
    pub text: Result<String, String>,
}

/// The editor's command line, as the environment has it.
pub fn command_line(environment: crate::profile::Lookup<'_>) -> String {
    ["VISUAL", "EDITOR"]
        .into_iter()
        .filter_map(environment)
        .find(|value| !value.trim().is_empty())
        .unwrap_or_else(|| FALLBACK.to_owned())
}

/// Has the text edited, and waits until the editor is left. To be called while nobody else reads the terminal.
pub fn run(job: Job, editor: &str) -> Written {
    let text = edited(&job.text, editor, &std::env::temp_dir());
    Written { job, text }
}

fn edited(original: &str, editor: &str, below: &Path) -> Result<String, String> {
    let room = Room::make(below)?;
    let path = room.0.join("payload.json");
    let told = |error: io::Error| format!("{}: {error}; nothing was changed", path.display());
    create_private_file(&path)
        .map_err(|error| error.to_string())?
        .write_all(original.as_bytes())
        .map_err(told)?;
    let status = command(editor, &path).status().map_err(|error| {
        format!("the editor `{editor}` can't be started: {error}; set EDITOR to one that is there")
    })?;
    if !status.success() {
        return Err(match status.code() {
            Some(code @ (126 | 127)) => format!(
                "the editor `{editor}` can't be started (exit code {code}); set EDITOR to one that is there"
            ),
            Some(code) => {
                format!("the editor ended with exit code {code}, so nothing was changed")
            }
            None => "the editor was killed, so nothing was changed".to_owned(),
        });
    }
    let size = fs::metadata(&path).map_err(told)?.len();
    if size > MOST {
        let size = text::bytes(size);
        return Err(format!("what was written has {size}; nothing was changed"));
    }
    let bytes = fs::read(&path).map_err(told)?;
    // What can't be read as text is no JSON either, and told as such with its place.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The editor with its file. Its arguments are the shell's business, as everywhere; ctrl-c is the editor's own.
#[cfg(unix)]
fn command(editor: &str, path: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .arg("-c")
        .arg(format!("trap : INT; {editor} \"$@\""))
        .arg(editor)
        .arg(path);
    command
}

/// The editor with its file.
#[cfg(not(unix))]
fn command(editor: &str, path: &Path) -> Command {
    let mut words = editor.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or(FALLBACK));
    command.args(words).arg(path);
    command
}

/// A directory that only the operator can look into; gone with everything in it when it is dropped.
struct Room(PathBuf);

impl Room {
    fn make(below: &Path) -> Result<Self, String> {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        loop {
            let number = COUNTER.fetch_add(1, Ordering::Relaxed);
            let name = format!("orderdeck-edit-{}-{number}", std::process::id());
            let path = below.join(name);
            let mut builder = DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            match builder.create(&path) {
                Ok(()) => return Ok(Self(path)),
                // Somebody else's: it isn't touched.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => {}
                Err(error) => return Err(format!("can't make {}: {error}", path.display())),
            }
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // What can't be removed is at least nobody else's to read.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A script that is the editor, with what it did.
    fn editor(directory: &Path, script: &str) -> String {
        let path = directory.join("my editor");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        format!("'{}' --wait", path.display())
    }

    #[test]
    fn the_text_is_private_given_with_the_editors_own_arguments_and_gone_afterwards() {
        let home = tempfile::tempdir().unwrap();
        let below = home.path().join("tmp");
        fs::create_dir(&below).unwrap();
        let log = home.path().join("log");
        let script = format!(
            "[ $1 = --wait ] || exit 9; stat -c %a \"$2\" \"$(dirname \"$2\")\" > {log}; cat \"$2\" >> {log}; echo '[1.10]' > \"$2\"",
            log = log.display()
        );
        let text = edited("[1]\n", &editor(home.path(), &script), &below).unwrap();
        assert_eq!(text, "[1.10]\n");
        assert_eq!(fs::read_to_string(log).unwrap(), "600\n700\n[1]\n");
        assert_eq!(fs::read_dir(below).unwrap().count(), 0);
    }

    #[test]
    fn an_editor_that_fails_or_is_not_there_changes_nothing() {
        let home = tempfile::tempdir().unwrap();
        let why = edited("[1]", &editor(home.path(), "exit 3"), home.path()).unwrap_err();
        assert!(why.contains("exit code 3"), "{why}");
        let why = edited("[1]", "/nowhere/editor", home.path()).unwrap_err();
        assert!(
            why.contains("/nowhere/editor") && why.contains("EDITOR"),
            "{why}"
        );
        // Its file is gone all the same.
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }

    #[test]
    fn visual_comes_before_editor_and_neither_is_vi() {
        let both = |name: &str| Some(format!("my-{name}"));
        assert_eq!(command_line(&both), "my-VISUAL");
        let one = |name: &str| match name {
            "EDITOR" => Some("ed".to_owned()),
            _ => Some(" ".to_owned()),
        };
        assert_eq!(command_line(&one), "ed");
        assert_eq!(command_line(&|_| None), "vi");
    }
}
