//! `status`: how a run stands.

use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::cli::StatusArgs;
use super::failure::{Exit, Failure, Outcome};
use super::output::{counted, note};
use super::progress::Progress;
use super::sending::{self, Ending};
use super::session::Session;
use super::show;
use super::signals::Signals;
use super::waits::Waits;
use crate::ledger::{RunName, RunState};
use crate::workspace::RunReport;

/// How often the ledger is asked.
const LOOK: Duration = Duration::from_millis(500);

/// Does it.
pub async fn run(session: &mut Session, args: StatusArgs) -> Outcome {
    if args.run.is_none() && session.workspace.run_reports(session.book())?.is_empty() {
        return Err(Failure::usage(
            "there is no run yet; `orderdeck submit` begins one",
        ));
    }
    let name = session
        .workspace
        .resolve_run(args.run.as_deref(), session.book())?;
    let mut report = session.workspace.run_report(name)?;
    print(session, &report, args.json)?;
    if !args.follow {
        return Ok(Exit::Well);
    }
    let mut signals = Signals::listen()?;
    // The run is another process's: what it waits for counts down on the last line of a terminal, and is told
    // once elsewhere.
    let looks = io::stderr().is_terminal();
    let mut progress = Progress::new("sending");
    let mut waits = Waits::default();
    while report.summary.run.state == RunState::Running {
        session.out.flush()?;
        if let Some((reason, left)) = report.wait(Timestamp::now()) {
            if looks {
                progress.say(show::waiting(&report, reason, left));
            } else if let Some(words) = waits.tell(reason, left, Instant::now()) {
                note(words);
            }
        } else {
            progress.clear();
        }
        if signals.within(LOOK).await {
            return Ok(Exit::Well);
        }
        let now = session.workspace.run_report(name)?;
        let changed = if args.json {
            now != report
        } else {
            !same_but_for_waits(&now, &report)
        };
        report = now;
        if changed {
            progress.clear();
            print(session, &report, args.json)?;
        }
    }
    Ok(sending::exit(&report, Ending::default()))
}

/// Whether two looks differ in nothing but what is waited for, which has a line of its own.
fn same_but_for_waits(a: &RunReport, b: &RunReport) -> bool {
    let without = |report: &RunReport| {
        let mut report = report.clone();
        report.summary.run.wait = None;
        report
    };
    without(a) == without(b)
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
    let mut lines = vec![
        format!("run {}: {}", report.name, run.state.name()),
        format!(
            "  {} of {} at {} with {} ({}){retried}",
            decided.operation,
            counted(run.orders, "order"),
            decided.vendor,
            decided.profile,
            decided.environment.to_uppercase(),
        ),
        format!("  {}", show::outcomes(&report.summary.outcomes)),
    ];
    lines.extend(
        report
            .since_words()
            .iter()
            .map(|words| format!("  {words}")),
    );
    if let Some((reason, left)) = report.wait(Timestamp::now()) {
        lines.push(format!("  waits {} for {reason}", show::countdown(left)));
    }
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
        "  {}, {}, begun {}, last change {}",
        counted(report.summary.exchanges, "request"),
        counted(report.summary.jobs, "job"),
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
    // A reason may have said it already.
    let resume = show::way_on(report);
    let said = run
        .reason
        .as_ref()
        .is_some_and(|reason| reason.contains(&resume));
    if !said && matches!(run.state, RunState::Stopped | RunState::Paused) {
        note(resume);
    }
    Ok(())
}
