//! `mapping check`: what a mapping makes of a file, target by target.

use std::ops::ControlFlow;

use serde_json::{Value, json};

use super::cli::MappingCheckArgs;
use super::failure::{Exit, Outcome};
use super::output::{Out, Tone, counted, thousands};
use super::progress::Progress;
use super::session::Session;
use crate::deck::{Coverage, Deck, Sample, TargetCoverage};

/// Longer texts are cut on a terminal's line.
const TEXT: usize = 40;

/// Runs it.
pub fn run(session: &mut Session, args: &MappingCheckArgs) -> Outcome {
    session.read_as(&args.file, &args.reading);
    let deck = session.look(&args.file, args.mapping.as_deref(), true)?;
    let mut progress = Progress::new("mapping");
    let all = deck.len() as u64;
    let coverage = deck.coverage(&mut |done| {
        progress.at(done as u64, all);
        ControlFlow::Continue(())
    })?;
    drop(progress);
    if args.json {
        session.out.json(&as_json(&deck, &coverage))?;
    } else {
        show(&mut session.out, &deck, &coverage)?;
    }
    Ok(if coverage.has_errors() {
        Exit::Findings
    } else {
        Exit::Well
    })
}

fn as_json(deck: &Deck, coverage: &Coverage) -> Value {
    let examples = |examples: &[Sample]| -> Vec<Value> {
        examples
            .iter()
            .map(|example| {
                json!({
                    "source": example.source,
                    "value": example.value,
                    "rule": example.rule,
                    "place": example.place.as_ref().map(ToString::to_string),
                    "line": example.place.as_ref().and_then(|place| place.line),
                })
            })
            .collect()
    };
    let targets: Vec<Value> = coverage
        .targets
        .iter()
        .map(|target| {
            json!({
                "target": target.name,
                "of": if target.per_item { "items" } else { "orders" },
                "from": target.source,
                "filled": target.filled,
                "empty": target.empty,
                "failed": target.failed,
                "rules": target.rules,
                "examples": examples(&target.examples),
                "failures": examples(&target.failures),
            })
        })
        .collect();
    let joins: Vec<Value> = coverage
        .joins
        .iter()
        .map(|join| {
            json!({
                "name": join.name,
                "path": join.path,
                "keys": join.keys,
                "used": join.used,
                "asked": join.asked,
                "unmatched": join.unmatched,
            })
        })
        .collect();
    json!({
        "path": deck.source().path().display().to_string(),
        "mapping": deck.mapping().name(),
        "orders": coverage.orders,
        "items": coverage.items,
        "targets": targets,
        "unused_columns": coverage.unused,
        "joins": joins,
        "errors": coverage.errors,
    })
}

fn show(out: &mut Out, deck: &Deck, coverage: &Coverage) -> std::io::Result<()> {
    let mapping = deck.mapping();
    let title = format!(
        "{} ({}): {}, {}",
        out.data(mapping.name()),
        out.data(mapping.title()),
        counted(coverage.orders, "order"),
        counted(coverage.items, "item"),
    );
    let title = out.tone(Tone::Strong, title);
    out.line(title)?;
    let targets = &coverage.targets;
    let longest = |text: fn(&TargetCoverage) -> &str| {
        let lengths = targets.iter().map(|target| text(target).chars().count());
        lengths.max().unwrap_or_default().min(TEXT)
    };
    let (name, from) = (
        longest(|target| &target.name).max(6),
        longest(|target| &target.source).max(4),
    );
    let heading = format!(
        "{:<name$}  {:<from$}  {:>9}  {:>9}  {:>9}",
        "target", "from", "got", "none", "failed"
    );
    let heading = out.tone(Tone::Faint, heading);
    out.line(heading)?;
    for target in targets {
        let (shown, source) = (cut(out, &target.name), cut(out, &target.source));
        let failed = format!("{:>9}", thousands(target.failed));
        let failed = if target.failed > 0 {
            out.tone(Tone::Bad, failed)
        } else {
            failed
        };
        out.line(format_args!(
            "{shown:<name$}  {source:<from$}  {:>9}  {:>9}  {failed}",
            thousands(target.filled),
            thousands(target.empty),
        ))?;
        for example in &target.failures {
            let rule = out.tone(Tone::Bad, example.rule.unwrap_or_default());
            let place = place(example);
            let source = out.data(&example.source).into_owned();
            out.line(format_args!("    {rule}  {source}{place}"))?;
        }
        for example in &target.examples {
            let value = cut(out, example.value.as_deref().unwrap_or_default());
            let read = cut(out, &example.source);
            let place = place(example);
            let text = if read == value || read.is_empty() {
                format!("    {value}{place}")
            } else {
                format!("    {read} → {value}{place}")
            };
            let text = out.tone(Tone::Faint, text);
            out.line(text)?;
        }
    }
    if !coverage.unused.is_empty() {
        let names: Vec<String> = coverage.unused.iter().map(|name| cut(out, name)).collect();
        out.line(format_args!("no target uses: {}", names.join(", ")))?;
    }
    for join in &coverage.joins {
        let path = out.data(&join.path).into_owned();
        out.line(format_args!(
            "join {}: {} of {} of {path} are used; {} of {} asked for are not in it",
            join.name,
            thousands(join.used),
            counted(join.keys, "key"),
            thousands(join.unmatched),
            counted(join.asked, "key"),
        ))?;
    }
    for (rule, count) in &coverage.errors {
        let rule = out.tone(Tone::Bad, *rule);
        out.line(format_args!("{rule}  {}", counted(*count, "error")))?;
    }
    Ok(())
}

fn place(example: &Sample) -> String {
    match example.place.as_ref().and_then(|place| place.line) {
        Some(line) => format!(" (line {line})"),
        None => String::new(),
    }
}

fn cut(out: &Out, text: &str) -> String {
    let text = out.data(text);
    if text.chars().count() <= TEXT {
        return text.into_owned();
    }
    let mut cut: String = text.chars().take(TEXT - 1).collect();
    cut.push('…');
    cut
}
