//! `explain`: what a rule id means, why the vendor cares, how to put it right.

use serde_json::json;

use super::cli::ExplainArgs;
use super::failure::{Exit, Failure, Outcome};
use super::output::Tone;
use super::session::Session;
use crate::finding::Severity;
use crate::rulebook;

/// Runs it.
pub fn run(session: &mut Session, args: &ExplainArgs) -> Outcome {
    let Some(rule) = rulebook::find(&args.rule) else {
        return Err(Failure::usage(format!(
            "there is no rule `{}`; nearest: {}",
            args.rule.escape_debug(),
            rulebook::nearest(&args.rule).join(", ")
        )));
    };
    let out = &mut session.out;
    if args.json {
        out.json(&json!({
            "rule": rule.id,
            "severity": rule.severity.name(),
            "title": rule.title,
            "why": rule.why,
            "remedy": rule.remedy,
        }))?;
        return Ok(Exit::Well);
    }
    let tone = match rule.severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Warning,
        Severity::Info => Tone::Faint,
    };
    let (id, severity) = (
        out.tone(Tone::Strong, rule.id),
        out.tone(tone, rule.severity),
    );
    let whose = rulebook::vendor_of(rule)
        .map_or_else(String::new, |vendor| format!(" ({})", vendor.title()));
    out.line(format_args!("{id}  {severity}{whose}"))?;
    for (name, words) in [
        ("What", rule.title),
        ("Why", rule.why),
        ("Remedy", rule.remedy),
    ] {
        let name = out.tone(Tone::Faint, format_args!("{name:<7}"));
        out.line(format_args!("{name} {words}"))?;
    }
    Ok(Exit::Well)
}
