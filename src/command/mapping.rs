//! `mapping list` and `mapping show`: the presets and the operator's own mappings.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::cli::{JsonArgs, MappingAction, MappingArgs};
use super::failure::{Exit, Failure, Outcome};
use super::mapping_propose;
use super::output::{Tone, note};
use super::session::Session;
use crate::mapping::{self, Mapping};

/// Runs them.
pub fn run(session: &mut Session, args: &MappingArgs) -> Outcome {
    match &args.action {
        MappingAction::List(args) => list(session, args),
        MappingAction::Show { name } => show(session, name),
        MappingAction::Propose(args) => mapping_propose::run(session, args),
    }
}

fn list(session: &mut Session, args: &JsonArgs) -> Outcome {
    let mut exit = Exit::Well;
    let mut rows: Vec<(String, String, Option<PathBuf>)> = mapping::presets()
        .iter()
        .map(|preset| (preset.name().to_owned(), preset.title().to_owned(), None))
        .collect();
    for path in own(&session.workspace.mappings_dir()) {
        let name = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        match read(&path) {
            Ok((mapping, _)) => rows.push((name, mapping.title().to_owned(), Some(path))),
            Err(Failure::Told(code, message)) => {
                // One that is broken must not hide the others.
                note(message);
                exit = code;
            }
            Err(other) => return Err(other),
        }
    }
    let width = rows.iter().map(|(name, ..)| name.chars().count()).max();
    let out = &mut session.out;
    for (name, title, path) in rows {
        if args.json {
            let kind = if path.is_some() { "own" } else { "preset" };
            let path = path.map(|path| path.display().to_string());
            out.json(&json!({ "name": name, "title": title, "kind": kind, "path": path }))?;
            continue;
        }
        let kind = path.map_or_else(
            || "preset".to_owned(),
            |path| out.data(&path.display().to_string()).into_owned(),
        );
        let kind = out.tone(Tone::Faint, kind);
        let width = width.unwrap_or_default();
        let (name, title) = (out.data(&name).into_owned(), out.data(&title).into_owned());
        out.line(format_args!("{name:<width$}  {title}  {kind}"))?;
    }
    Ok(exit)
}

fn show(session: &mut Session, name: &str) -> Outcome {
    let text = if let Some(text) = mapping::preset_text(name) {
        text.to_owned()
    } else {
        let saved = session
            .workspace
            .mappings_dir()
            .join(format!("{name}.toml"));
        let is_name = !name.contains(['/', '\\']);
        let path = if is_name && saved.is_file() {
            saved
        } else {
            PathBuf::from(name)
        };
        if !path.is_file() {
            return Err(Failure::usage(format!(
                "there is no mapping `{}`; the presets are {}, `orderdeck mapping list` shows your own as well",
                name.escape_debug(),
                mapping::preset_names()
            )));
        }
        read(&path)?.1
    };
    let text = session.out.data(&text).into_owned();
    session.out.text(&text)?;
    Ok(Exit::Well)
}

/// A mapping file, and its text.
fn read(path: &Path) -> Result<(Mapping, String), Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("can't read {}: {error}", path.display())))?;
    let mapping = Mapping::parse(&text, &path.display().to_string())?;
    Ok((mapping, text))
}

/// The operator's mapping files, by name.
fn own(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    files.sort();
    files
}
