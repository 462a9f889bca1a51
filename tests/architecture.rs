//! The layout shows the architecture, and this keeps it true: dependencies run one way, nothing below the
//! fronts draws or parses arguments, the pure parts do no I/O, SQL stays in the ledger, money is no float.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// Each room with the rooms that it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("finding", &[]),
    ("mistake", &[]),
    ("secret", &[]),
    ("order", &["finding"]),
    ("source", &["finding"]),
    ("mapping", &["finding", "mistake", "order", "source"]),
    ("vendor", &["finding", "secret", "order"]),
    ("profile", &["secret", "order", "vendor"]),
    ("ledger", &["order"]),
    (
        "deck",
        &[
            "finding", "mistake", "order", "source", "mapping", "vendor", "ledger",
        ],
    ),
    (
        "submit",
        &["finding", "secret", "order", "vendor", "ledger", "deck"],
    ),
    ("sandbox", &[]),
    ("manual", &[]),
    (
        "rulebook",
        &["finding", "order", "source", "mapping", "vendor", "deck"],
    ),
    (
        "workspace",
        &[
            "finding", "secret", "order", "source", "mapping", "vendor", "profile", "ledger",
            "deck", "submit", "sandbox", "mistake",
        ],
    ),
];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn all() -> Vec<PathBuf> {
    let mut found = Vec::new();
    sources(&src(), &mut found);
    found.sort();
    assert!(found.len() > 100, "the sources were not found");
    found
}

fn is_test(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.contains("/tests/") || text.ends_with("tests.rs") || text.ends_with("testing.rs")
}

/// The first folder or file name below `src`.
fn room(path: &Path) -> String {
    let below = path.strip_prefix(src()).unwrap();
    let first = below.components().next().unwrap();
    let name = first.as_os_str().to_string_lossy();
    name.trim_end_matches(".rs").to_owned()
}

/// The code of a file: no comments, nothing behind its unit tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

fn rooms_used(code: &str) -> Vec<String> {
    code.match_indices("crate::")
        .map(|(at, found)| {
            code[at + found.len()..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect()
        })
        .collect()
}

#[test]
fn dependencies_run_one_way() {
    for path in all() {
        let room = room(&path);
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == room) else {
            continue;
        };
        if is_test(&path) {
            continue;
        }
        for used in rooms_used(&code(&path)) {
            assert!(
                used == room || allowed.contains(&used.as_str()),
                "{} uses crate::{used}, which {room} may not know",
                path.display()
            );
        }
    }
}

#[test]
fn every_room_is_known() {
    let fronts = ["command", "console", "lib", "main"];
    for path in all() {
        let room = room(&path);
        assert!(
            fronts.contains(&room.as_str()) || MAY_USE.iter().any(|(name, _)| *name == room),
            "{} stands in a room that this test does not know",
            path.display()
        );
    }
}

#[test]
fn libraries_stay_in_their_rooms() {
    let only_in: &[(&str, &[&str])] = &[
        ("ratatui", &["console"]),
        ("crossterm", &["console"]),
        ("clap", &["command", "main"]),
        ("rusqlite", &["ledger"]),
        ("axum", &["sandbox"]),
        ("reqwest", &["submit"]),
        ("nucleo_matcher", &["console"]),
        ("pulldown_cmark", &["console"]),
    ];
    for path in all() {
        let room = room(&path);
        let code = code(&path);
        for (library, rooms) in only_in {
            let used = code.contains(&format!("{library}::"));
            assert!(
                !used || rooms.contains(&room.as_str()) || is_test(&path),
                "{} uses {library}, which belongs to {rooms:?}",
                path.display()
            );
        }
    }
}

#[test]
fn pure_rooms_neither_wait_nor_touch_the_system() {
    for path in all() {
        let room = room(&path);
        if !["finding", "order", "source", "mapping", "vendor"].contains(&room.as_str())
            || is_test(&path)
        {
            continue;
        }
        let code = code(&path);
        for forbidden in [
            "async ",
            "tokio::",
            "TcpStream",
            "UdpSocket",
            "Command::new",
        ] {
            assert!(
                !code.contains(forbidden),
                "{} has `{forbidden}`",
                path.display()
            );
        }
        if room != "source" {
            assert!(
                !code.contains("std::fs"),
                "{} touches files",
                path.display()
            );
        }
    }
}

#[test]
fn no_number_of_an_order_is_a_float() {
    for path in all() {
        let room = room(&path);
        if !["order", "mapping", "vendor", "deck", "ledger"].contains(&room.as_str()) {
            continue;
        }
        let code = code(&path);
        for float in ["f64", "f32"] {
            assert!(!code.contains(float), "{} has a {float}", path.display());
        }
    }
}

#[test]
fn files_can_be_read_in_one_sitting() {
    for path in all() {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 600, "{} has {lines} lines", path.display());
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for path in all() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.starts_with("//!"),
            "{} does not open with what it is for",
            path.display()
        );
    }
}
