//! `inspect`: what a file is, and what it holds all in all.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::cli::InspectArgs;
use super::failure::{Exit, Outcome};
use super::output::{Out, Tone, counted, thousands};
use super::session::Session;
use crate::deck::{Deck, Example, Left, Overview, Tally};
use crate::finding::Severity;
use crate::source::{Compression, Format, Workbook};

/// How many months are told one by one; of more the years are.
const MONTHS: usize = 18;

/// Names of the reasons in JSON.
const LEFT: [(Left, &str); 4] = [
    (Left::Test, "test"),
    (Left::Draft, "draft"),
    (Left::Cancelled, "cancelled"),
    (Left::ByOperator, "operator"),
];

/// Runs it.
pub fn run(session: &mut Session, args: &InspectArgs) -> Outcome {
    session.read_as(&args.file, &args.reading);
    let deck = session.look(&args.file, args.mapping.as_deref(), args.no_edits)?;
    session.overview(&deck)?;
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
    let statuses: BTreeMap<&str, Value> = overview
        .stages
        .iter()
        .map(|(stage, tally)| {
            let tally = json!({ "orders": tally.orders, "totals": totals(tally) });
            (*stage, tally)
        })
        .collect();
    let months = months(overview);
    let left: Map<String, Value> = LEFT
        .iter()
        .map(|(left, name)| {
            let count = overview.left.get(left).copied().unwrap_or_default();
            ((*name).to_owned(), count.into())
        })
        .collect();
    let findings: Vec<Value> = overview
        .worst_first()
        .into_iter()
        .map(|found| {
            let example = found.example.as_ref();
            json!({
                "rule": found.rule.id,
                "severity": found.worst.name(),
                "count": found.count,
                "message": found.rule.title,
                "example": example.map(|example| json!({
                    "order": example.order,
                    "line": example.line,
                    "detail": example.detail,
                })),
            })
        })
        .collect();
    let source = deck.source();
    json!({
        "path": source.path().display().to_string(),
        "format": source.format().name(),
        "encoding": source.encoding(),
        "encoding_guessed": source.is_encoding_guessed(),
        "bom": source.bom(),
        "delimiter": delimiter(source.format()),
        "header_line": header_line(source.format()),
        "compression": source.compression().map(Compression::name),
        "sheet": source.workbook().map(Workbook::sheet),
        "sheets": source.workbook().map(|workbook| &workbook.sheets),
        "unread": deck.index().left_out(),
        "mapping": deck.mapping().name(),
        "lacks": deck.mapping().lacks(),
        "confidence": overview.fits,
        "also_near": overview.near.as_ref().map(|(name, fits)| json!({ "mapping": name, "confidence": fits })),
        "orders": overview.all.orders,
        "items": overview.items,
        "first": overview.first.map(|moment| moment.to_string()),
        "last": overview.last.map(|moment| moment.to_string()),
        "totals": totals(&overview.all),
        "statuses": statuses,
        "months": months,
        "undated": overview.undated,
        "without_total": overview.without_total,
        "left_out": left,
        "edited": edited(deck),
        "findings": findings,
    })
}

fn delimiter(format: &Format) -> Option<String> {
    match format {
        Format::Delimited { delimiter, .. } => Some(char::from(*delimiter).to_string()),
        Format::Json { .. } | Format::NdJson => None,
    }
}

fn header_line(format: &Format) -> Option<u64> {
    match format {
        Format::Delimited { header_line, .. } => Some(*header_line),
        Format::Json { .. } | Format::NdJson => None,
    }
}

/// Orders with edits in force.
fn edited(deck: &Deck) -> u64 {
    if deck.is_without_edits() {
        0
    } else {
        deck.edits().len() as u64
    }
}

fn totals(tally: &Tally) -> BTreeMap<&str, String> {
    let totals = tally.totals.iter();
    totals
        .map(|(currency, total)| (currency.as_str(), total.to_string()))
        .collect()
}

/// Orders by the month they were placed in.
fn months(overview: &Overview) -> BTreeMap<String, u64> {
    let mut months = BTreeMap::new();
    for (day, count) in &overview.days {
        *months.entry(day.strftime("%Y-%m").to_string()).or_default() += count;
    }
    months
}

/// Orders by month, by year where that would be a long list; nothing where all are of one month.
fn busy(overview: &Overview) -> BTreeMap<String, u64> {
    let months = months(overview);
    match months.len() {
        0 | 1 => BTreeMap::new(),
        2..=MONTHS => months,
        _ => {
            let mut years = BTreeMap::new();
            for (day, count) in &overview.days {
                *years.entry(day.year().to_string()).or_default() += count;
            }
            years
        }
    }
}

/// Amounts of all currencies in a line.
fn amounts(tally: &Tally) -> String {
    let amounts: Vec<String> = tally
        .totals
        .iter()
        .map(|(currency, total)| {
            let currency = if currency.is_empty() {
                "(no currency)"
            } else {
                currency
            };
            format!("{currency} {total}")
        })
        .collect();
    amounts.join(", ")
}

fn show(out: &mut Out, deck: &Deck, overview: &Overview) -> std::io::Result<()> {
    let source = deck.source();
    let path = source.path().display().to_string();
    let title = out.tone(Tone::Strong, out.data(&path));
    out.line(title)?;
    let mapping = deck.mapping();
    let fits = match (overview.fits, &overview.near) {
        (Some(score), Some((other, next))) => {
            format!(", fits to {score} %; next is {other} with {next} %")
        }
        (Some(score), None) => format!(", fits to {score} %"),
        (None, _) => String::new(),
    };
    let mut rows = vec![
        ("format", out.data(&source.description()).into_owned()),
        (
            "mapping",
            format!(
                "{} ({}){fits}",
                out.data(mapping.name()),
                out.data(mapping.title())
            ),
        ),
        ("orders", thousands(overview.all.orders)),
        ("items", thousands(overview.items)),
    ];
    if let Some(workbook) = source.workbook().filter(|book| book.sheets.len() > 1) {
        let sheets: Vec<_> = workbook.sheets.iter().map(|name| out.data(name)).collect();
        rows.insert(1, ("sheets", sheets.join(", ")));
    }
    let left_out = deck.index().left_out();
    if left_out > 0 {
        let records = counted(left_out, "record");
        rows.push(("unread", format!("{records} left out, see below")));
    }
    if let (Some(first), Some(last)) = (overview.first, overview.last) {
        rows.push(("dates", format!("{} to {}", first.date(), last.date())));
    }
    let mut label = "by month";
    for (month, count) in busy(overview) {
        rows.push((
            std::mem::take(&mut label),
            format!("{month:<10} {:>9}", thousands(count)),
        ));
    }
    if overview.undated > 0 {
        rows.push(("undated", counted(overview.undated, "order")));
    }
    if !overview.all.totals.is_empty() {
        rows.push(("total", amounts(&overview.all)));
    }
    if overview.without_total > 0 {
        rows.push(("no total", counted(overview.without_total, "order")));
    }
    let mut label = "status";
    for (stage, tally) in &overview.stages {
        let orders = thousands(tally.orders);
        let row = format!("{stage:<10} {orders:>9}  {}", amounts(tally));
        rows.push((std::mem::take(&mut label), row.trim_end().to_owned()));
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
    for found in overview.worst_first() {
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
        if let Some(words) = found.example.as_ref().and_then(Example::words) {
            out.line(format_args!("{:>30}{}", "", out.data(&words)))?;
        }
        label = "";
    }
    Ok(())
}
