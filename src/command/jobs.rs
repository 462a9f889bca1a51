//! `jobs`: the vendors' asynchronous work.

use std::fmt::Write as _;
use std::time::Duration;

use super::cli::FollowArgs;
use super::failure::{Exit, Failure, Outcome};
use super::output::{counted, note};
use super::session::Session;
use super::show;
use super::signals::Signals;
use crate::workspace::{JobReport, Stale, job_json};

/// How often the ledger is asked.
const LOOK: Duration = Duration::from_secs(1);

/// Does it.
pub async fn run(session: &mut Session, args: FollowArgs) -> Outcome {
    let mut known = session.workspace.job_reports(session.book())?;
    if known.is_empty() && !args.follow {
        note("no vendor has had a job from here");
    }
    // As in a log: the newest stands last, and what is followed goes on below.
    for report in known.iter().rev() {
        print(session, report, args.json)?;
    }
    if !args.follow {
        return Ok(Exit::Well);
    }
    let mut signals = Signals::listen()?;
    loop {
        session.out.flush()?;
        if signals.within(LOOK).await {
            return Ok(Exit::Well);
        }
        let now = session.workspace.job_reports(session.book())?;
        for report in now.iter().rev().filter(|report| !known.contains(report)) {
            print(session, report, args.json)?;
        }
        known = now;
    }
}

fn print(session: &mut Session, report: &JobReport, json: bool) -> Result<(), Failure> {
    if json {
        return Ok(session.out.json(&job_json(report))?);
    }
    let row = &report.job;
    // Writing to memory can't fail.
    let mut text = format!(
        "{}  {}  run {}  {}  {}  {}",
        show::at(row.started_at),
        row.vendor,
        report.run,
        row.job.id,
        row.job.status,
        counted(row.orders, "order"),
    );
    for (count, what) in [(row.job.done, "done"), (row.job.failed, "failed")] {
        if let Some(count) = count {
            let _ = write!(text, ", {count} {what}");
        }
    }
    if let (false, Some(progress)) = (row.job.finished, row.job.progress) {
        let _ = write!(text, ", {progress} %");
    }
    if let (false, Some(at)) = (row.job.finished, row.job.next_poll)
        && report.stale != Some(Stale::Unwatched)
        && let Ok(left) = Duration::try_from(at.duration_since(jiff::Timestamp::now()))
    {
        let _ = write!(text, ", asked again in {}", show::countdown(left));
    }
    match report.stale {
        Some(Stale::GivenUp) => text.push_str(", stale: it was given up"),
        Some(Stale::Unwatched) => {
            let _ = write!(
                text,
                ", stale: nobody asks for it, `orderdeck resume {}` does",
                report.run
            );
        }
        Some(Stale::Stuck) => {
            let since = row.moved_at.unwrap_or(row.started_at);
            let _ = write!(text, ", stale: nothing new since {}", show::at(since));
        }
        None => {}
    }
    if let Some(message) = &row.job.message {
        let _ = write!(text, ": {message}");
    }
    let text = session.out.data(&text).into_owned();
    Ok(session.out.line(text)?)
}
