//! `inspect`: what a file is, and what it holds all in all.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::cli::InspectArgs;
use super::failure::{Exit, Outcome};
use super::output::{Out, Tone, counted, thousands};
use super::session::Session;
use crate::deck::{Deck, Left, Overview};
use crate::finding::Severity;

/// Names of the reasons in JSON.
const LEFT: [(Left, &str); 4] = [
    (Left::Test, "test"),
    (Left::Draft, "draft"),
    (Left::Cancelled, "cancelled"),
    (Left::ByOperator, "operator"),
];

/// Runs it.
pub fn run(session: &mut Session, args: &InspectArgs) -> Outcome {
    let deck = session.look(&args.file, args.mapping.as_deref(), args.no_edits)?;
    session.survey(&deck)?;
    let overview = deck.overview(&mut |_| std::ops::ControlFlow::Continue(()))?;
    if args.json {
        session.out.json(&as_json(&deck, overview))?;
    } else {
        show(&mut session.out, &deck, overview)?;
    }
    Ok(if overview.has_errors() {
        Exit::Findings
    } else {
        Exit::Well
    })
}

fn as_json(deck: &Deck, overview: &Overview) -> Value {
    let totals: BTreeMap<&str, String> = overview
        .totals
        .iter()
        .map(|(currency, total)| (currency.as_str(), total.to_string()))
        .collect();
    let left: Map<String, Value> = LEFT
        .iter()
        .map(|(left, name)| {
            let count = overview.left.get(left).copied().unwrap_or_default();
            ((*name).to_owned(), count.into())
        })
        .collect();
    let findings: Vec<Value> = worst_first(overview)
        .map(|found| {
            json!({
                "rule": found.rule.id,
                "severity": found.worst.name(),
                "count": found.count,
                "message": found.rule.title,
            })
        })
        .collect();
    let source = deck.source();
    json!({
        "path": source.path().display().to_string(),
        "format": source.format().name(),
        "encoding": source.encoding(),
        "bom": source.bom(),
        "mapping": deck.mapping().name(),
        "lacks": deck.mapping().lacks(),
        "orders": overview.orders,
        "items": overview.items,
        "first": overview.first.map(|moment| moment.to_string()),
        "last": overview.last.map(|moment| moment.to_string()),
        "totals": totals,
        "left_out": left,
        "edited": edited(deck),
        "findings": findings,
    })
}

/// Orders with edits in force.
fn edited(deck: &Deck) -> u64 {
    if deck.is_without_edits() {
        0
    } else {
        deck.edits().len() as u64
    }
}

fn worst_first(overview: &Overview) -> impl Iterator<Item = &crate::deck::RuleCount> {
    let mut found: Vec<_> = overview.findings.values().collect();
    found.sort_by_key(|found| (std::cmp::Reverse(found.worst), found.rule.id));
    found.into_iter()
}

fn show(out: &mut Out, deck: &Deck, overview: &Overview) -> std::io::Result<()> {
    let source = deck.source();
    let path = source.path().display().to_string();
    let title = out.tone(Tone::Strong, out.data(&path));
    out.line(title)?;
    let bom = if source.bom() { " with BOM" } else { "" };
    let mapping = deck.mapping();
    let mut rows = vec![
        (
            "format",
            format!("{}, {}{bom}", source.format().name(), source.encoding()),
        ),
        (
            "mapping",
            format!(
                "{} ({})",
                out.data(mapping.name()),
                out.data(mapping.title())
            ),
        ),
        ("orders", thousands(overview.orders)),
        ("items", thousands(overview.items)),
    ];
    if let (Some(first), Some(last)) = (overview.first, overview.last) {
        rows.push(("dates", format!("{} to {}", first.date(), last.date())));
    }
    for (currency, total) in &overview.totals {
        let currency = if currency.is_empty() {
            "(no currency)"
        } else {
            currency
        };
        rows.push(("total", format!("{currency} {total}")));
    }
    for (left, _) in LEFT {
        if let Some(count) = overview.left.get(&left) {
            rows.push((
                "left out",
                format!("{} ({})", thousands(*count), left.words()),
            ));
        }
    }
    let edited = edited(deck);
    if edited > 0 {
        rows.push(("edited", counted(edited, "order")));
    }
    if let Some(lacks) = mapping.lacks() {
        rows.push(("lacks", out.data(lacks).into_owned()));
    }
    for (name, value) in rows {
        let name = out.tone(Tone::Faint, format_args!("{name:>9}"));
        out.line(format_args!("{name}  {value}"))?;
    }
    let mut label = "trouble";
    for found in worst_first(overview) {
        let tone = match found.worst {
            Severity::Error => Tone::Bad,
            Severity::Warning => Tone::Warning,
            Severity::Info => Tone::Faint,
        };
        let severity = out.tone(tone, format_args!("{:<7}", found.worst.name()));
        let name = out.tone(Tone::Faint, format_args!("{label:>9}"));
        out.line(format_args!(
            "{name}  {severity}  {}  {:>7}×  {}",
            found.rule.id,
            thousands(found.count),
            found.rule.title
        ))?;
        label = "";
    }
    Ok(())
}
