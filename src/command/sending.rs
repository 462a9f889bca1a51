//! What all commands that send have in common: say what will be sent, ask, send, watch, and say how it ended.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use super::cli::ConsentArgs;
use super::failure::{Exit, Failure, Outcome as Ended};
use super::output::{counted, note, thousands, visible};
use super::progress::Progress;
use super::session::Session;
use super::show;
use super::signals::Stops;
use super::terminal;
use super::waits::Waits;
use crate::ledger::{RunName, RunState};
use crate::order::outcome::{Operation, Outcome};
use crate::submit::sum::Sum;
use crate::submit::{Control, Fate, Plan, RunEvent, Started};
use crate::workspace::{Consent, Judgement, RunReport, consent};

/// How often the bar is drawn from the ledger.
const LOOK: Duration = Duration::from_millis(250);
/// How many reasons of one kind are told.
const EXAMPLES: usize = 3;
/// How many rejected orders are told one by one.
const REJECTED: usize = 5;

/// Says what a plan would do: what is sent, what is left out and why, how, how long, and what follows from it.
pub fn describe(plan: &Plan) {
    let target = &plan.target;
    let account = &target.account;
    note(format_args!(
        "{} at {} with {} ({})",
        target.operation,
        target.vendor.title(),
        account.profile,
        show::environment(account.environment)
    ));
    let left = plan.sum_left_out();
    let line = |what: &str, sum: &Sum| {
        note(format_args!(
            "  {what:<12}{}",
            show::orders_and_sums(sum.orders, &sum.totals)
        ));
    };
    line("meant", &plan.meant);
    if left.orders > 0 {
        line("left out", &left);
        reasons(plan);
    }
    line("to send", &plan.to_send);
    if plan.to_send.orders == 0 {
        return;
    }
    let (requests, jobs) = plan.requests();
    let jobs = match jobs {
        0 => String::new(),
        jobs => format!(", {}", counted(jobs, "job")),
    };
    let least = plan.least_duration();
    let least = if least.as_secs() == 0 {
        String::new()
    } else {
        let pace = plan.limits().requests_per_minute;
        format!(
            ", at least {} at {} a minute",
            show::lasting(least),
            thousands(u64::from(pace))
        )
    };
    note(format_args!(
        "  {:<12}{}{jobs}{least}",
        "by",
        counted(requests, "request")
    ));
    if let Some(strange) = &plan.strange {
        note(format_args!("  ! {}", strange.words()));
    }
    for effect in plan.side_effects() {
        let mark = if effect.warning { "!" } else { "-" };
        note(format_args!("  {mark} {}", effect.text));
    }
}

/// Why orders are left out, the most important first; a few by name, so that one can look.
fn reasons(plan: &Plan) {
    let mut kinds: BTreeMap<(u8, String), (u64, Vec<String>)> = BTreeMap::new();
    for order in &plan.orders {
        let key = &order.entry.key;
        let (kind, example) = match &order.fate {
            Fate::Send => continue,
            Fate::Blocked { rule, reason } => {
                let kind = format!("held back by {rule} (`orderdeck explain {rule}`)");
                ((0, kind), format!("{key}: {reason}"))
            }
            Fate::Doubtful(reason) => ((1, "in doubt".to_owned()), format!("{key}: {reason}")),
            Fate::Excluded(reason) => ((2, (*reason).to_owned()), String::new()),
            Fate::Skipped(reason) if plan.target.operation == Operation::Cancel => {
                ((3, "skipped".to_owned()), format!("{key}: {reason}"))
            }
            Fate::Skipped(_) => (
                (3, "unchanged since this account took them".to_owned()),
                String::new(),
            ),
        };
        let (count, examples) = kinds.entry(kind).or_default();
        *count += 1;
        if !example.is_empty() && examples.len() < EXAMPLES {
            examples.push(example);
        }
    }
    for ((_, kind), (count, examples)) in kinds {
        note(format_args!("    {} {kind}", thousands(count)));
        let more = count - (examples.len() as u64).min(count);
        let told = !examples.is_empty();
        for example in examples {
            note(format_args!("      {example}"));
        }
        if told && more > 0 {
            note(format_args!("      and {} more", thousands(more)));
        }
    }
}

/// Asks for consent, or takes what was said on the command line.
///
/// # Errors
/// It isn't given: nothing is sent.
pub fn ask(plan: &Plan, args: &ConsentArgs) -> Result<(), Failure> {
    let (environment, to_send) = (plan.target.account.environment, plan.to_send.orders);
    let present = terminal::can_ask();
    let said = Consent {
        yes: args.yes,
        expect: args.expect,
    };
    let nothing = || Failure::refused("nothing was sent");
    match consent(environment, to_send, said, present) {
        Judgement::Granted => Ok(()),
        Judgement::Refused(why) => Err(Failure::refused(why)),
        Judgement::AskYes => {
            if terminal::agree("Send?").map_err(|_| nothing())? {
                Ok(())
            } else {
                Err(nothing())
            }
        }
        Judgement::AskCount => {
            let question = "This is a LIVE account. Type the number of orders to send them: ";
            let answer = terminal::ask(question).map_err(|_| nothing())?;
            if answer.replace(',', "").parse() == Ok(to_send) {
                Ok(())
            } else {
                Err(Failure::refused(format!(
                    "`{}` is not {to_send}; nothing was sent",
                    visible(&answer)
                )))
            }
        }
    }
}

/// Watches a run to its end and says how it ended; the first signal stops it, the second leaves.
pub async fn watch(
    session: &mut Session,
    started: Started,
    ending: Ending,
    mut stops: Stops,
) -> Ended {
    let Started {
        name,
        control,
        mut events,
        mut task,
    } = started;
    note(format_args!("run {name}"));
    let mut progress = Progress::new("sending");
    let looks = io::stderr().is_terminal();
    let mut look = tokio::time::interval(LOOK);
    let mut waiting: Option<(String, tokio::time::Instant)> = None;
    let mut waits = Waits::default();
    let mut stopping = false;
    let (state, reason) = loop {
        tokio::select! {
            ended = &mut task => break ended.unwrap_or_else(|error| {
                (RunState::Stopped, Some(format!("the run ended unexpectedly: {error}")))
            }),
            Some(event) = events.recv() => match event {
                RunEvent::Waiting { reason, left } => {
                    if !looks && let Some(words) = waits.tell(&reason, left.unwrap_or_default(), Instant::now()) {
                        note(words);
                    }
                    let until = tokio::time::Instant::now() + left.unwrap_or_default();
                    waiting = Some((reason, until));
                }
                RunEvent::Recorded | RunEvent::Ended { .. } => {}
            },
            _ = look.tick(), if looks => {
                let now = tokio::time::Instant::now();
                waiting = waiting.filter(|(_, until)| *until > now);
                // A look that fails leaves the old bar, no more.
                let report = session.workspace.run_report(name);
                match (&waiting, report) {
                    (Some((reason, until)), Ok(report)) => {
                        progress.say(show::waiting(&report, reason, *until - now));
                    }
                    (None, Ok(report)) => progress.at(report.settled(), report.summary.run.orders),
                    (_, Err(_)) => {}
                }
            }
            () = stops.next() => {
                progress.clear();
                if stopping {
                    return Err(Failure::Told(Exit::Stopped, format!(
                        "left at once; `orderdeck resume {name}` finds out what became of the last requests"
                    )));
                }
                stopping = true;
                note("stopping: nothing new is sent, what is under way is waited for; once more leaves at once");
                // It may have ended already.
                let _ = control.send(Control::Stop);
            }
        }
    };
    drop(progress);
    if let Some(reason) = &reason {
        note(format_args!("run {name} {}: {reason}", state.name()));
    }
    tell(session, name, ending)
}

/// What decides how a run's end is told.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ending {
    /// Print the status object instead of words.
    pub json: bool,
    /// The operator didn't want to wait for the vendor's jobs.
    pub no_wait: bool,
    /// Orders that were asked for, but are not in the run.
    pub left_behind: bool,
}

/// Says how a run stands at its end.
pub fn tell(session: &mut Session, name: RunName, ending: Ending) -> Ended {
    let report = session.workspace.run_report(name)?;
    match tell_outcomes(session, &report, ending.json) {
        // Nobody reads it; the exit code still says how the run ended.
        Ok(()) | Err(Failure::NobodyReads) => {}
        Err(failure) => return Err(failure),
    }
    let untold = tell_rejected(session, &report)?;
    next_steps(&report, untold);
    Ok(exit(&report, ending))
}

fn tell_outcomes(session: &mut Session, report: &RunReport, json: bool) -> Result<(), Failure> {
    if json {
        session.out.json(&report.json())?;
    } else {
        let run = &report.summary.run;
        session.out.line(format_args!(
            "run {} {}: {}",
            report.name,
            run.state.name(),
            show::outcomes_of(run.decided.operation, &report.summary.outcomes)
        ))?;
        let (sent, of_sent) = report.sent();
        let (taken, of_taken) = report.taken();
        let sent = show::orders_and_sums(sent, &of_sent);
        let taken = show::orders_and_sums(taken, &of_taken);
        session.out.line(format_args!("  sent   {sent}"))?;
        session.out.line(format_args!("  taken  {taken}"))?;
    }
    Ok(())
}

/// Says why the vendor rejected the first orders. Returns how many more there are.
fn tell_rejected(session: &Session, report: &RunReport) -> Result<u64, Failure> {
    let rejected = report.summary.count(Outcome::Rejected);
    if rejected == 0 {
        return Ok(0);
    }
    let told = session
        .workspace
        .reasons(report.name, Outcome::Rejected, REJECTED)?;
    for (key, reason) in &told {
        let reason = reason.as_deref().unwrap_or("the vendor gave no reason");
        note(format_args!("{key}: rejected: {reason}"));
    }
    Ok(rejected.saturating_sub(told.len() as u64))
}

/// What the operator can do about it; so many rejected orders weren't told of.
fn next_steps(report: &RunReport, untold: u64) {
    let name = report.name;
    let has = |outcome| report.summary.count(outcome) > 0;
    if report.summary.run.state != RunState::Finished {
        note(show::way_on(report));
    }
    if has(Outcome::InDoubt) {
        note(format_args!(
            "in doubt: nobody here can know whether the vendor has these orders. `orderdeck settle {name}` shows what was sent and what is known, and takes your word"
        ));
    }
    if has(Outcome::Rejected) || has(Outcome::Blocked) {
        let more = match untold {
            0 => String::new(),
            more => format!("and {} more: ", thousands(more)),
        };
        note(format_args!(
            "{more}`orderdeck export {name} --outcome rejected,blocked --to FILE.csv` says what is wrong with each order"
        ));
    }
}

/// What a run tells the caller of the program.
pub fn exit(report: &RunReport, ending: Ending) -> Exit {
    let count = |outcome| report.summary.count(outcome);
    let unsent = count(Outcome::Pending) + count(Outcome::Sending);
    match report.summary.run.state {
        RunState::Paused => return Exit::Refused,
        // All is sent, and that is what was wanted.
        RunState::Stopped if ending.no_wait && unsent == 0 => {}
        RunState::Stopped | RunState::Running => return Exit::Stopped,
        RunState::Finished => {}
    }
    if count(Outcome::InDoubt) > 0 {
        Exit::InDoubt
    } else if count(Outcome::Rejected) + count(Outcome::Blocked) > 0 || ending.left_behind {
        Exit::Findings
    } else {
        Exit::Well
    }
}

/// Says that there was nothing to send, so that nobody looks for a request.
pub fn note_nothing(plan: &Plan) {
    if plan.to_send.orders > 0 {
        return;
    }
    let fates: BTreeSet<&str> = plan
        .orders
        .iter()
        .map(|order| match order.fate {
            Fate::Skipped(_) => "unchanged",
            Fate::Excluded(_) => "left out",
            Fate::Blocked { .. } | Fate::Doubtful(_) => "held back",
            Fate::Send => "sent",
        })
        .collect();
    let fates: Vec<&str> = fates.into_iter().collect();
    note(if fates.is_empty() {
        "there is no order to send".to_owned()
    } else {
        format!(
            "nothing is to be sent: all orders are {}",
            fates.join(" or ")
        )
    });
}
