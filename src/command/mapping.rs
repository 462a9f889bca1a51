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
        MappingAction::Check(args) => super::mapping_check::run(session, args),
    }
}

/// One line of the list.
struct Listed {
    name: String,
    title: String,
    /// What files of its kind can't give.
    lacks: Option<String>,
    /// None: a preset.
    path: Option<PathBuf>,
}

impl Listed {
    fn new(name: String, mapping: &Mapping, path: Option<PathBuf>) -> Self {
        Self {
            name,
            title: mapping.title().to_owned(),
            lacks: mapping.lacks().map(str::to_owned),
            path,
        }
    }
}

fn list(session: &mut Session, args: &JsonArgs) -> Outcome {
    let mut exit = Exit::Well;
    let mut rows: Vec<Listed> = mapping::presets()
        .iter()
        .map(|preset| Listed::new(preset.name().to_owned(), preset, None))
        .collect();
    for saved in session.workspace.saved_mappings() {
        match saved.mapping {
            Ok(mapping) => rows.push(Listed::new(saved.name, &mapping, Some(saved.path))),
            Err(why) => {
                // One that is broken must not hide the others.
                note(why);
                exit = Exit::Usage;
            }
        }
    }
    let width = rows.iter().map(|row| row.name.chars().count()).max();
    let out = &mut session.out;
    for Listed {
        name,
        title,
        lacks,
        path,
    } in rows
    {
        if args.json {
            let kind = if path.is_some() { "own" } else { "preset" };
            let path = path.map(|path| path.display().to_string());
            out.json(&json!({ "name": name, "title": title, "lacks": lacks, "kind": kind, "path": path }))?;
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
        if let Some(lacks) = lacks {
            let lacks = out.data(&lacks).into_owned();
            let lacks = out.tone(Tone::Faint, lacks);
            out.line(format_args!("{:<width$}  {lacks}", ""))?;
        }
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
        read(&path)?
    };
    let text = session.out.data(&text).into_owned();
    session.out.text(&text)?;
    Ok(Exit::Well)
}

/// The text of a mapping file, shown even if it is wrong: whoever mends it has to see it.
fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("can't read {}: {error}", path.display())))
}
