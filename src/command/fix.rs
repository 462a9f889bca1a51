//! `fix`: puts one rule's findings right in many orders, as one edit that can be undone in the console.

use std::ops::ControlFlow;

use serde_json::json;

use super::cli::FixArgs;
use super::failure::{Exit, Failure, Outcome};
use super::output::{counted, note};
use super::progress::Progress;
use super::session::Session;
use crate::deck::list::Places;
use crate::deck::{Deck, FixPlan};
use crate::ledger::Book;
use crate::order::outcome::Operation;
use crate::rulebook;
use crate::vendor;
use crate::workspace::Workspace;

/// Lines that are shown to people.
const SHOWN: usize = 10;

/// Runs it.
pub fn run(session: &mut Session, args: &FixArgs) -> Outcome {
    let Some(rule) = rulebook::find(&args.rule) else {
        return Err(Failure::usage(format!(
            "there is no rule `{}`; nearest: {}",
            args.rule.escape_debug(),
            rulebook::nearest(&args.rule).join(", ")
        )));
    };
    let filter = args.filter.as_deref().unwrap_or_default();
    let filter = session.workspace.read_filter(filter)?;
    let whose = args.vendor.as_deref().and_then(vendor::by_name);
    let Some(whose) = whose.or_else(|| rulebook::vendor_of(rule)) else {
        return Err(Failure::usage(format!(
            "{} is no vendor's rule: say --vendor V, for whose payloads it is put right",
            rule.id
        )));
    };
    let sandbox = Workspace::sandbox_profile_name(whose);
    let profile = args.profile.as_ref().unwrap_or(&sandbox);
    let target = session.workspace.target(profile, Operation::Import)?;
    if target.vendor != whose {
        return Err(Failure::usage(format!(
            "the profile {profile} is one of {}, and this is for {}",
            target.vendor.title(),
            whose.title()
        )));
    }
    // Edits are added to those that are kept: they must be known.
    session.read_as(&args.file, &args.reading);
    let mut deck = session.open(&args.file, args.mapping.as_deref(), false)?;
    session.survey(&deck)?;
    let places = places(session, &deck, &filter, &target)?;
    let all = places.len() as u64;
    let mut progress = Progress::new("trying the fix");
    let plan = deck.plan_fix(&target, rule, &places, &mut |done| {
        progress.at(done as u64, all);
        ControlFlow::Continue(())
    })?;
    drop(progress);
    let makes = !args.dry_run && plan.changes() > 0;
    if makes {
        let mut ledger = session.workspace.ledger(Book::Work)?;
        deck.make_fix(&mut ledger, &plan)?;
    }
    tell(session, &plan, args.json, makes)?;
    Ok(if plan.unfixed.is_empty() {
        Exit::Well
    } else {
        Exit::Findings
    })
}

fn places(
    session: &Session,
    deck: &Deck,
    filter: &crate::deck::Filter,
    target: &crate::deck::Target,
) -> Result<Vec<usize>, Failure> {
    if filter.is_empty() {
        return Ok((0..deck.len()).collect());
    }
    let mut progress = Progress::new("filtering");
    let all = deck.len() as u64;
    let passing = session.workspace.passing(
        deck,
        filter,
        Some(target),
        &Places::default(),
        &mut |passed| {
            progress.at(passed.done as u64, all);
            ControlFlow::Continue(())
        },
    )?;
    let passing = passing.unwrap_or_default();
    Ok(passing.iter().map(|place| *place as usize).collect())
}

fn tell(session: &mut Session, plan: &FixPlan, json: bool, made: bool) -> Result<(), Failure> {
    let out = &mut session.out;
    if json {
        out.json(&json!({
            "rule": plan.rule.id,
            "vendor": plan.vendor.name(),
            "made": made,
            "orders": plan.fixed,
            "changes": plan.changes(),
            "values": plan.values,
            "examples": plan.examples.iter().map(|example| json!({
                "order": example.order,
                "pointer": example.pointer,
                "before": example.before,
                "after": example.after,
            })).collect::<Vec<_>>(),
            "unfixed": plan.unfixed.iter().map(|order| json!({
                "order": order.order,
                "why": order.why,
            })).collect::<Vec<_>>(),
        }))?;
        return Ok(());
    }
    for example in plan.examples.iter().take(SHOWN) {
        let line = format!(
            "{}  {}  {} → {}",
            example.order, example.pointer, example.before, example.after
        );
        out.line(out.data(&line).into_owned())?;
    }
    let more = plan.changes().saturating_sub(SHOWN as u64);
    if more > 0 {
        out.line(format_args!("and {} more", counted(more, "change")))?;
    }
    for order in plan.unfixed.iter().take(SHOWN) {
        let line = format!("{}  not by this: {}", order.order, order.why);
        out.line(out.data(&line).into_owned())?;
    }
    let left = plan.unfixed.len() as u64;
    let left = match left {
        0 => String::new(),
        left => format!("; {} can't be put right by it", counted(left, "order")),
    };
    let label = plan.label();
    let (values, changes) = (
        counted(plan.values, "value"),
        counted(plan.changes(), "change"),
    );
    out.line(format_args!("{label}: {changes}, {values}{left}"))?;
    note(match (made, plan.changes()) {
        (true, _) => {
            "made: one edit, kept with the file's others; `u` in the console takes it back"
        }
        (false, 0) => "there is nothing to do",
        (false, _) => "a dry run: nothing was changed",
    });
    Ok(())
}
