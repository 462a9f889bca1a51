//! What tests of the command line share: the real binary with directories of its own.
#![allow(dead_code, missing_docs)]

pub mod chaos;

pub mod picture;

pub mod terminal;

pub mod sending;

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Directories of one operator, and the program.
pub struct Deck {
    pub home: TempDir,
}

/// What the program said.
pub struct Said {
    pub code: i32,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Deck {
    /// An operator with nothing configured.
    pub fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    pub fn config(&self) -> PathBuf {
        self.home.path().join("config")
    }

    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// A file in the operator's home.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Writes a file in the operator's home.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Writes `profiles.toml`, private as it must be.
    pub fn profiles(&self, text: &str) -> PathBuf {
        let config = self.config();
        std::fs::create_dir_all(&config).unwrap();
        let file = config.join("profiles.toml");
        std::fs::write(&file, text).unwrap();
        mode(&config, 0o700);
        mode(&file, 0o600);
        file
    }

    /// The program, to be started in whatever way a test needs.
    pub fn command<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orderdeck"));
        command
            .args(args)
            .current_dir(self.home.path())
            .env("ORDERDECK_CONFIG_DIR", self.config())
            .env("ORDERDECK_DATA_DIR", self.data())
            .env_remove("NO_COLOR")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    pub fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Said {
        Said::of(self.command(args).output().unwrap())
    }

    /// The same with something on standard input.
    pub fn run_with<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
        input: &str,
    ) -> Said {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        Said::of(child.wait_with_output().unwrap())
    }
}

impl Said {
    /// What an ended program said.
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: output.stdout,
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Standard output as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap()
    }

    /// Standard output as one JSON value.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("{error} in {}\n{}", self.text(), self.stderr))
    }

    /// Standard output as a JSON value a line.
    pub fn lines(&self) -> Vec<Value> {
        self.text()
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"))
            })
            .collect()
    }

    /// The exit code must be that one.
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            code,
            "{}\n{}",
            String::from_utf8_lossy(&self.stdout),
            self.stderr
        );
        self
    }

    /// Standard error must be one line that begins with the program's name and holds these words; standard
    /// output must be empty.
    #[track_caller]
    pub fn complains(self, words: &[&str]) -> Self {
        assert!(self.stderr.starts_with("orderdeck: "), "{}", self.stderr);
        assert_eq!(self.stderr.trim_end().lines().count(), 1, "{}", self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "{word} in {}", self.stderr);
        }
        assert!(self.stdout.is_empty(), "{}", self.text());
        self
    }
}

/// Sets a file's mode.
pub fn mode(path: &Path, mode: u32) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = (path, mode);
}

/// A Shopify export of so many orders, one line item each, the first `#1001`.
pub fn shopify_csv(orders: usize) -> String {
    let mut text = String::from(
        "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku\n",
    );
    for number in 0..orders {
        let id = 1001 + number;
        writeln!(text,
            "#{id},ada{id}@example.com,paid,2024-03-01 10:00:00 +0100,fulfilled,USD,20.10,5.00,0.00,25.10,0.00,2024-03-01 09:59:00 +0100,2,Mug,10.05,MUG-{number}").unwrap();
    }
    text
}
