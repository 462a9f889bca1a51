//! `mapping propose`: a mapping for a file that no preset knows, on standard output; what is doubtful or
//! missing on standard error.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::cli::ProposeArgs;
use super::failure::{Exit, Failure, Outcome};
use super::output::{counted, note, visible};
use super::session::Session;
use crate::deck::needs::Need;
use crate::mapping::propose::{About, Proposal, Question};
use crate::order::Field;
use crate::vendor;
use crate::workspace::{Proposed, SaveError, Workspace};

/// More questions than these are counted only.
const MOST_TOLD: usize = 12;

/// Runs it.
pub fn run(session: &mut Session, args: &ProposeArgs) -> Outcome {
    session.read_as(&args.file, &args.reading);
    let proposed = session.workspace.propose(&args.file)?;
    let proposal = &proposed.proposal;
    let missing = missing(session, args, proposal)?;
    let text = proposal.to_toml(&proposed.name(), &proposed.title());
    if let Some(path) = &args.output {
        write_new(path, &text)?;
        note(format_args!(
            "the mapping is in {}; `--mapping {}` uses it",
            path.display(),
            path.display()
        ));
    }
    if let Some(name) = &args.save {
        let kept = session.workspace.save_mapping(name, &text, args.replace);
        let path = kept.map_err(|error| not_kept(&error, name))?;
        note(format_args!(
            "the mapping is kept as {name} ({}); `--mapping {name}` uses it",
            path.display()
        ));
    }
    if args.json {
        session.out.json(&as_json(proposal, &text, &missing))?;
    } else if args.output.is_none() && args.save.is_none() {
        let text = session.out.data(&text).into_owned();
        session.out.text(&text)?;
    }
    tell(&proposed, &missing);
    Ok(Exit::Well)
}

/// With the profile's own words for the vendor: what it needs and no sure target gives.
fn missing(
    session: &Session,
    args: &ProposeArgs,
    proposal: &Proposal,
) -> Result<Vec<Need>, Failure> {
    let Some(vendor) = args.vendor.as_deref().and_then(vendor::by_name) else {
        return Ok(Vec::new());
    };
    let profile = args
        .profile
        .clone()
        .unwrap_or_else(|| Workspace::sandbox_profile_name(vendor));
    let found = session.workspace.profile(&profile)?;
    if found.vendor != vendor.name() {
        return Err(Failure::usage(format!(
            "the profile {profile} is one of {}, not of {}",
            found.vendor,
            vendor.name()
        )));
    }
    let given: Vec<Field> = proposal
        .targets
        .iter()
        .filter(|target| target.is_sure())
        .map(|target| target.field)
        .collect();
    Ok(session.workspace.needed_beside(&profile, &given)?)
}

/// One that isn't private is refused as everywhere; what else is wrong is the command line's fault.
fn not_kept(error: &SaveError, name: &str) -> Failure {
    match error {
        SaveError::Private(_) => Failure::refused(error.to_string()),
        SaveError::Exists { path, .. } => Failure::usage(format!(
            "there is a mapping {name} already ({}); choose another name, or say --replace",
            path.display()
        )),
        error => Failure::usage(error.to_string()),
    }
}

fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| Failure::usage(format!("can't write {}: {error}", path.display())))
}

/// What is doubtful or missing.
fn tell(proposed: &Proposed, missing: &[Need]) {
    let proposal = &proposed.proposal;
    if let Some(refusal) = proposed.detection.refusal {
        note(format_args!(
            "careful: this is {}: {}",
            refusal.title, refusal.why
        ));
    }
    if let Some(preset) = proposed.detection.best {
        note(format_args!(
            "the preset {} knows this file; a proposal is no better",
            preset.name()
        ));
    }
    let sure = proposal.targets.iter().filter(|target| target.is_sure());
    note(format_args!(
        "{} sure, {} to be decided, {} left over",
        counted(sure.count() as u64, "target"),
        counted(proposal.questions.len() as u64, "question"),
        counted(proposal.unused.len() as u64, "column"),
    ));
    for question in proposal.questions.iter().take(MOST_TOLD) {
        let choices: Vec<&str> = question
            .choices
            .iter()
            .map(|choice| if choice.is_empty() { "nothing" } else { choice })
            .collect();
        let text = match (&question.about, choices.is_empty()) {
            (About::Target(_), _) | (_, true) => question.text.clone(),
            _ => format!("{} ({})", question.text, choices.join(", ")),
        };
        note(format_args!("? {}", visible(&text)));
    }
    let more = proposal.questions.len().saturating_sub(MOST_TOLD);
    if more > 0 {
        note(format_args!(
            "{} more; the mapping names them all",
            counted(more as u64, "question")
        ));
    }
    for need in missing {
        note(need_words(need));
    }
}

fn need_words(need: &Need) -> String {
    let names: Vec<&str> = need.fields.iter().map(|field| field.name()).collect();
    if names.is_empty() {
        format!(
            "missing: {} (a field of the vendor's own, or a default of the profile)",
            need.path
        )
    } else {
        format!("missing: {}, from {}", need.path, names.join(" or "))
    }
}

fn as_json(proposal: &Proposal, text: &str, missing: &[Need]) -> Value {
    let targets: Vec<Value> = proposal
        .targets
        .iter()
        .map(|target| {
            let alternatives: Vec<Value> = target
                .alternatives
                .iter()
                .map(|(name, sure)| json!({ "column": name, "confidence": sure }))
                .collect();
            json!({
                "target": target.field.name(),
                "rule": target.rule.to_toml().to_string(),
                "source": target.rule.describe(),
                "confidence": target.confidence,
                "sure": target.is_sure(),
                "why": target.why,
                "alternatives": alternatives,
            })
        })
        .collect();
    let questions: Vec<Value> = proposal.questions.iter().map(question_json).collect();
    let missing: Vec<Value> = missing
        .iter()
        .map(|need| {
            let fields: Vec<&str> = need.fields.iter().map(|field| field.name()).collect();
            json!({ "field": need.path, "targets": fields })
        })
        .collect();
    let group_by = proposal.read.group_by.as_ref();
    json!({
        "group_by": group_by.map(|(name, ..)| name),
        "group_by_confidence": group_by.map(|(_, sure, _)| sure),
        "list": proposal.list,
        "targets": targets,
        "status": proposal.status,
        "questions": questions,
        "unused": proposal.unused,
        "missing": missing,
        "mapping": text,
    })
}

fn question_json(question: &Question) -> Value {
    let (about, target) = match &question.about {
        About::TimeZone => ("time_zone", None),
        About::Currency => ("currency", None),
        About::DecimalMark => ("decimal_mark", None),
        About::DateFormat => ("date_formats", None),
        About::GroupBy => ("group_by", None),
        About::Items => ("items", None),
        About::Target(field) => ("target", Some(field.name().to_owned())),
        About::StatusWord { axis, word } => ("status", Some(format!("{axis}.{word}"))),
    };
    json!({
        "about": about,
        "target": target,
        "text": question.text,
        "choices": question.choices,
    })
}
