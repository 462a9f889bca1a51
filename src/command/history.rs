//! `history`: everything that ever happened to an order.

use super::cli::HistoryArgs;
use super::failure::{Exit, Failure, Outcome};
use super::output::{note, visible};
use super::session::Session;
use super::show;
use super::tail;
use crate::workspace::{Changes, ExchangeReport, HistoryReport, SentPayload, history_json};

/// Does it.
pub fn run(session: &mut Session, args: &HistoryArgs) -> Outcome {
    let history = session
        .workspace
        .order_history(&args.order, session.book())?;
    if history.is_empty() {
        let near = match session
            .workspace
            .order_history(&other_spelling(&args.order), session.book())
        {
            Ok(found) if !found.is_empty() => {
                format!("; did you mean {}?", visible(&other_spelling(&args.order)))
            }
            _ => String::new(),
        };
        note(format_args!(
            "no run from here has had an order {}{near}",
            visible(&args.order)
        ));
    }
    for report in &history {
        if args.json {
            session.out.json(&history_json(report))?;
        } else {
            print(session, report)?;
        }
    }
    Ok(Exit::Well)
}

/// An order's name as it is written elsewhere: shops show `#1001`, people write `1001`, and the other way round.
fn other_spelling(order: &str) -> String {
    match order.strip_prefix('#') {
        Some(bare) => bare.to_owned(),
        None => format!("#{order}"),
    }
}

/// How many changed fields of a run are told.
const FIELDS: usize = 50;

/// What was sent, against what was sent before.
fn payload_lines(payload: &SentPayload, changes: &Changes) -> Vec<String> {
    let mut lines = Vec::new();
    if let SentPayload::Removed(at) = payload {
        lines.push(format!(
            "  what was sent: removed by compact on {}",
            show::at(*at)
        ));
    }
    match changes {
        Changes::NotSent | Changes::First => {}
        Changes::Fields(fields) if fields.is_empty() => {
            lines.push("  the same as was sent before".to_owned());
        }
        Changes::Fields(fields) => {
            lines.push("  changed since the last sending:".to_owned());
            let told = fields.iter().take(FIELDS);
            lines.extend(told.map(|field| format!("    {}", field.words())));
            if fields.len() > FIELDS {
                lines.push(format!("    and {} more", fields.len() - FIELDS));
            }
        }
        Changes::Unknown(why) => {
            lines.push(format!(
                "  what changed since the last sending can't be told: {why}"
            ));
        }
    }
    lines
}

fn print(session: &mut Session, report: &HistoryReport) -> Result<(), Failure> {
    let HistoryReport {
        run,
        entry,
        changed,
        payload,
        changes,
        stale: _,
    } = report;
    let decided = &entry.run.decided;
    let update = &entry.outcome.update;
    let mut lines = vec![format!(
        "{}  run {run}  {} at {} with {}: {}{}",
        show::at(entry.outcome.at),
        decided.operation,
        decided.vendor,
        decided.profile,
        update.outcome.word(decided.operation),
        match changed {
            Some(true) => ", another payload than before",
            Some(false) => ", the same payload as before",
            None => "",
        }
    )];
    if let Some(reason) = &update.reason {
        let rule = update
            .rule
            .as_ref()
            .map_or_else(String::new, |rule| format!("{rule}: "));
        lines.push(format!("  {rule}{reason}"));
    }
    if let Some(why) = &report.because() {
        lines.push(format!("  because: {why}"));
    }
    if let Some(id) = &update.vendor_id {
        lines.push(format!("  known there as {id}"));
    }
    for row in &entry.rulings {
        let word = if row.ruling.arrived {
            "it arrived"
        } else {
            "it never arrived"
        };
        let note = row
            .ruling
            .note
            .as_ref()
            .map_or_else(String::new, |note| format!(": {note}"));
        lines.push(format!(
            "  {} the operator decided that {word}{note}",
            show::at(row.at)
        ));
        if let Some(doubt) = &row.doubt {
            lines.push(format!("    it was in doubt: {doubt}"));
        }
    }
    for exchange in &entry.exchanges {
        let line = tail::line(&ExchangeReport {
            run: *run,
            exchange: exchange.clone(),
        });
        lines.push(format!("  {line}"));
    }
    lines.extend(payload_lines(payload, changes));
    if let Some(job) = &entry.job {
        lines.push(format!("  job {}: {}", job.job.id, job.job.status));
    }
    for line in lines {
        let line = session.out.data(&line).into_owned();
        session.out.line(line)?;
    }
    Ok(())
}
