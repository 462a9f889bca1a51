//! `settle`: orders in doubt, what was sent and what is known of each, and the operator's word on them.

use super::cli::{ConsentArgs, RetryArgs, SettleArgs};
use super::failure::{Exit, Failure, Outcome};
use super::output::{counted, note};
use super::session::Session;
use super::{retry, sending, show, terminal};
use crate::ledger::RunName;
use crate::vendor::Doubt;
use crate::workspace::{Decision, DoubtfulOrder, Doubts, SettleError};

/// How many orders are told one by one before a decision.
const TOLD: usize = 20;

/// Does it.
pub async fn run(session: &mut Session, args: SettleArgs) -> Outcome {
    let name = session
        .workspace
        .resolve_run(args.run.as_deref(), session.book())?;
    if args.send_again {
        return retry::run(session, again(name, args)).await;
    }
    let doubts = session.workspace.doubts(name, &args.order)?;
    let decision = match (args.arrived, args.not_arrived) {
        (true, _) => Decision::Arrived,
        (_, true) => Decision::NotArrived,
        _ => return list(session, &doubts, args.json),
    };
    let count = doubts.orders.len() as u64;
    if count == 0 {
        note(format_args!("run {name}: no order is in doubt"));
        return Ok(Exit::Well);
    }
    for order in doubts.orders.iter().take(TOLD) {
        note(head(order));
    }
    let more = doubts.orders.len().saturating_sub(TOLD) as u64;
    if more > 0 {
        note(format_args!("and {}", counted(more, "more order")));
    }
    let what = match decision {
        Decision::Arrived => "arrived, and count as taken",
        Decision::NotArrived => {
            "never arrived, and wait to be sent; if they did arrive, they may be there twice"
        }
    };
    if args.consent.dry_run {
        note(format_args!(
            "{} would be recorded as: {what}",
            counted(count, "order")
        ));
        return Ok(Exit::Well);
    }
    agree(count, what, &args.consent)?;
    let settled = session
        .workspace
        .settle(name, &args.order, decision, args.note.as_deref())?;
    note(format_args!(
        "run {name}: recorded of {}: {what}",
        counted(settled, "order")
    ));
    let report = session.workspace.run_report(name)?;
    if args.json {
        session.out.json(&report.json())?;
    } else {
        session.out.line(format_args!(
            "run {name} {}: {}",
            report.summary.run.state.name(),
            show::outcomes_of(
                report.summary.run.decided.operation,
                &report.summary.outcomes
            )
        ))?;
    }
    if decision == Decision::NotArrived {
        note(format_args!("`orderdeck resume {name}` sends them"));
    }
    Ok(sending::exit(&report, sending::Ending::default()))
}

/// The operator's word is asked for, or was given on the command line.
fn agree(count: u64, what: &str, consent: &ConsentArgs) -> Result<(), Failure> {
    let nothing = || Failure::refused("nothing was recorded");
    if let Some(expected) = consent.expect.filter(|expected| *expected != count) {
        return Err(Failure::refused(format!(
            "--expect says {expected}, but {count} are in doubt; nothing was recorded"
        )));
    }
    if consent.yes || consent.expect.is_some() {
        return Ok(());
    }
    if !terminal::can_ask() {
        return Err(Failure::refused(
            "nobody is here to be asked: say --yes, or --dry-run to look first; nothing was recorded",
        ));
    }
    let question = format!("Record of {}: {what}?", counted(count, "order"));
    if terminal::agree(&question).map_err(|_| nothing())? {
        Ok(())
    } else {
        Err(nothing())
    }
}

/// Sending again is a retry of the orders in doubt.
fn again(name: RunName, args: SettleArgs) -> RetryArgs {
    RetryArgs {
        run: Some(name.to_string()),
        outcome: vec!["in-doubt".to_owned()],
        order: args.order,
        consent: args.consent,
        no_wait: args.no_wait,
        json: args.json,
    }
}

/// Every order in doubt, with what was sent and what is known.
fn list(session: &mut Session, doubts: &Doubts, json: bool) -> Outcome {
    for order in &doubts.orders {
        if json {
            session.out.json(&order.json(doubts.name))?;
            continue;
        }
        session.out.line(head(order))?;
        for line in about(order, doubts.name) {
            let line = session.out.data(&line).into_owned();
            session.out.line(format_args!("  {line}"))?;
        }
    }
    let name = doubts.name;
    if doubts.orders.is_empty() {
        note(format_args!("run {name}: no order is in doubt"));
        return Ok(Exit::Well);
    }
    note(format_args!(
        "run {name}: {} in doubt at {} with {}",
        counted(doubts.orders.len() as u64, "order"),
        doubts.run.decided.vendor,
        doubts.run.decided.profile,
    ));
    note(match doubts.way {
        Doubt::Resend => {
            format!("  a second copy does no harm here: `orderdeck resume {name}` sends them again")
        }
        Doubt::AskVendor => format!(
            "  `orderdeck resume {name}` asks the vendor; what it can't tell is yours to decide"
        ),
        Doubt::AskOperator => {
            "  the vendor can't be asked: look there for each order, then decide".to_owned()
        }
    });
    for (option, what) in [
        ("--arrived", "the vendor has them: they count as taken"),
        (
            "--not-arrived",
            "it never got them: they wait to be sent, `resume` sends them",
        ),
        (
            "--send-again",
            "you don't know, and a second copy is better than none: sent again in a new run",
        ),
    ] {
        note(format_args!(
            "  orderdeck settle {name} {option:<14} {what}"
        ));
    }
    note(
        "  `--order ID ...` decides for these alone, `--note TEXT` keeps how you know; without a decision they stay in doubt",
    );
    // What a later run has dealt with is doubt no more.
    let is_open = |order: &DoubtfulOrder| {
        let since = order.since.as_ref();
        since.is_none_or(|since| since.outcome == crate::order::outcome::Outcome::InDoubt)
    };
    Ok(if doubts.orders.iter().any(is_open) {
        Exit::InDoubt
    } else {
        Exit::Well
    })
}

fn head(order: &DoubtfulOrder) -> String {
    let total = order.entry.total.map_or_else(String::new, |total| {
        format!("  {} {total}", order.entry.currency)
    });
    let since = order.row.at;
    let key = super::output::visible(&order.entry.key);
    format!("{key}{total}  in doubt since {}", show::at(since))
}

fn about(order: &DoubtfulOrder, name: RunName) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(reason) = &order.row.update.reason {
        lines.push(reason.clone());
    }
    if let Some(request) = &order.request {
        let status = request
            .status
            .map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        lines.push(format!(
            "sent {} by {} {} with {}: {status}",
            show::at(request.sent_at),
            request.intent.method,
            request.intent.url,
            counted(request.order_count, "order"),
        ));
    }
    if let Some(at) = order.bodies_removed_at() {
        lines.push(format!(
            "what was sent and what came back: removed by compact on {}",
            show::at(at)
        ));
    }
    if let Some(answer) = &order.answer {
        lines.push(format!("answer: {answer}"));
    }
    if let Some(payload) = &order.payload {
        lines.push(format!("payload: {payload}"));
    }
    if let Some(since) = &order.since {
        let later = RunName {
            id: since.run,
            ..name
        };
        lines.push(format!(
            "since then run {later} left it {}: the doubt may be over",
            since.outcome
        ));
    }
    lines
}

impl From<SettleError> for Failure {
    fn from(error: SettleError) -> Self {
        match error {
            SettleError::NotInDoubt { .. } => Self::usage(error.to_string()),
            SettleError::Elsewhere { .. } => Self::refused(error.to_string()),
            SettleError::Sending(error) => error.into(),
        }
    }
}
