//! `status`: how a run stands.

use std::time::{Duration, Instant};

use super::cli::StatusArgs;
use super::failure::{Exit, Failure, Outcome};
use super::output::{note, thousands};
use super::sending::{self, Ending};
use super::session::Session;
use super::show;
use super::signals::Signals;
use crate::ledger::{RunName, RunState};
use crate::workspace::RunReport;

/// How often the ledger is asked.
const LOOK: Duration = Duration::from_millis(500);
/// After so long without news it is asked whether anybody is sending at all.
const SILENCE: Duration = Duration::from_secs(3);

/// Does it.
pub async fn run(session: &mut Session, args: StatusArgs) -> Outcome {
    let name = session
        .workspace
        .resolve_run(args.run.as_deref(), session.book())?;
    let mut report = session.workspace.run_report(name)?;
    print(session, &report, args.json)?;
    if !args.follow {
        return Ok(Exit::Well);
    }
    let mut signals = Signals::listen().map_err(|error| {
        Failure::Told(Exit::Stopped, format!("can't listen to ctrl-c: {error}"))
    })?;
    let mut news = Instant::now();
    while report.summary.run.state == RunState::Running {
        session.out.flush()?;
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = signals.next() => return Ok(Exit::Well),
        }
        let now = session.workspace.run_report(name)?;
        if now != report {
            news = Instant::now();
            report = now;
            print(session, &report, args.json)?;
        } else if news.elapsed() > SILENCE && !is_alive(session, &report) {
            return Err(Failure::Told(
                Exit::Stopped,
                format!(
                    "nobody is sending run {name}: its process died; `orderdeck resume {name}` goes on"
                ),
            ));
        }
    }
    Ok(sending::exit(&report, Ending::default()))
}

fn is_alive(session: &Session, report: &RunReport) -> bool {
    session
        .workspace
        .is_being_sent_to(report.name.book, &report.summary.run)
}

fn print(session: &mut Session, report: &RunReport, json: bool) -> Result<(), Failure> {
    if json {
        return Ok(session.out.json(&report.json())?);
    }
    let run = &report.summary.run;
    let decided = &run.decided;
    let retried = decided.retry_of.map_or_else(String::new, |id| {
        let of = RunName { id, ..report.name };
        format!(", a retry of run {of}")
    });
    let dead = run.state == RunState::Running && !is_alive(session, report);
    let state = if dead {
        format!(
            "running, but its process died; `orderdeck resume {}` goes on",
            report.name
        )
    } else {
        run.state.name().to_owned()
    };
    let mut lines = vec![
        format!("run {}: {state}", report.name),
        format!(
            "  {} of {} at {} with {} ({}){retried}",
            decided.operation,
            super::output::counted(run.orders, "order"),
            decided.vendor,
            decided.profile,
            decided.environment.to_uppercase(),
        ),
        format!("  {}", show::outcomes(&report.summary.outcomes)),
    ];
    let (sent, of_sent) = report.sent();
    let (taken, of_taken) = report.taken();
    lines.push(format!(
        "  sent   {}",
        show::orders_and_sums(sent, &of_sent)
    ));
    lines.push(format!(
        "  taken  {}",
        show::orders_and_sums(taken, &of_taken)
    ));
    lines.push(format!(
        "  {} requests, {} jobs, begun {}, last change {}",
        thousands(report.summary.exchanges),
        thousands(report.summary.jobs),
        show::at(run.started_at),
        show::at(run.changed_at),
    ));
    if !decided.frozen.source.is_empty() {
        lines.push(format!("  from {}", decided.frozen.source));
    }
    let choices: serde_json::Value =
        serde_json::from_str(&decided.frozen.choices).unwrap_or_default();
    if let Some(reason) = choices["choices"]["reason"].as_str() {
        lines.push(format!("  asked for because: {reason}"));
    }
    if let Some(reason) = &run.reason {
        lines.push(format!("  {reason}"));
    }
    for line in lines {
        let line = session.out.data(&line).into_owned();
        session.out.line(line)?;
    }
    if run.state != RunState::Running && run.state != RunState::Finished {
        note(format_args!("`orderdeck resume {}` goes on", report.name));
    }
    Ok(())
}
