//! `runs`: all runs, newest first.

use super::cli::JsonArgs;
use super::failure::{Exit, Outcome};
use super::output::{note, thousands};
use super::session::Session;
use super::show;

/// Does it.
pub fn run(session: &mut Session, args: &JsonArgs) -> Outcome {
    let reports = session.workspace.run_reports(session.book())?;
    if reports.is_empty() && !args.json {
        note("there is no run yet; `orderdeck submit` begins one");
    }
    for report in reports {
        if args.json {
            session.out.json(&report.json())?;
            continue;
        }
        let run = &report.summary.run;
        let decided = &run.decided;
        let line = format!(
            "{:<6} {}  {:<8} {:<9} {:>9}  {}  {}",
            report.name.to_string(),
            show::at(run.started_at),
            decided.operation.name(),
            run.state.name(),
            thousands(run.orders),
            session.out.data(&decided.profile),
            show::outcomes_of(decided.operation, &report.summary.outcomes),
        );
        session.out.line(line)?;
    }
    Ok(Exit::Well)
}
