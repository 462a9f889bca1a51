//! `preview`: the payloads that a vendor would get, or the requests as they would leave.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::cli::{PreviewArgs, before_list};
use super::failure::{Exit, Failure, Outcome};
use super::output::{counted, note};
use super::session::{Session, mode, unreadable};
use super::submit::known;
use crate::deck::sweep::{Pace, Reads, Swept};
use crate::deck::{Deck, DeckOrder, Target};
use crate::profile::{SecretRef, process_environment};
use crate::secret::{MASK, Secret};
use crate::submit::{Fate, Plan, Selection};
use crate::vendor::{self, Credentials, Encoded, Request, Token};
use crate::workspace::Workspace;

use super::check::go_on;

/// Runs it.
pub fn run(session: &mut Session, mut args: PreviewArgs) -> Outcome {
    let file = before_list(args.file.take(), &mut args.order, "FILE").map_err(Failure::usage)?;
    let target = target(session, &args)?;
    target
        .vendor
        .supports(target.operation)
        .map_err(Failure::refused)?;
    let mode = mode(target.vendor, target.operation, args.mode.as_deref())?;
    session.read_as(&file, &args.reading);
    let deck = session.look(&file, args.mapping.as_deref(), args.no_edits)?;
    known(&deck, &args.order)?;
    session.survey(&deck)?;
    if args.profile.is_none() {
        note(format_args!(
            "as {}, whose defaults fill what no order file holds; --profile P shows it for an account of yours",
            target.account.profile
        ));
    }
    if args.requests {
        requests(session, &deck, &target, args.order, mode)
    } else {
        payloads(session, &deck, &target, &args.order)
    }
}

fn target(session: &Session, args: &PreviewArgs) -> Result<Target, Failure> {
    let workspace = &session.workspace;
    let wanted = args.vendor.as_deref().and_then(vendor::by_name);
    if let Some(profile) = &args.profile {
        let target = workspace.target(profile, args.operation)?;
        if let Some(wanted) = wanted.filter(|wanted| *wanted != target.vendor) {
            return Err(Failure::usage(format!(
                "the profile {profile} is one of {}, not of {}",
                target.vendor.title(),
                wanted.title()
            )));
        }
        return Ok(target);
    }
    let vendor = wanted.ok_or_else(|| Failure::usage("--vendor V or --profile P is missing"))?;
    Ok(workspace.target(&Workspace::sandbox_profile_name(vendor), args.operation)?)
}

/// The orders of these ids, in file order.
fn places(deck: &Deck, ids: &[String]) -> Vec<usize> {
    let mut places: Vec<usize> = ids.iter().filter_map(|id| deck.find(id)).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// Payloads of a stretch of the file, a line each.
#[derive(Default)]
struct Payloads {
    /// The last one, behind those before it.
    encoded: Encoded,
    left: u64,
    blocked: u64,
}

impl Payloads {
    fn add(&mut self, deck: &Deck, order: &DeckOrder, target: &Target) -> Result<(), Failure> {
        deck.encode_behind(order, target, &mut self.encoded)?;
        self.blocked += u64::from(self.encoded.is_blocked());
        self.encoded.bytes.push(b'\n');
        Ok(())
    }
}

fn payloads(session: &mut Session, deck: &Deck, target: &Target, ids: &[String]) -> Outcome {
    let (mut left, mut blocked) = (0, 0);
    let whole = ids.is_empty();
    let out = &mut session.out;
    let mut take = |payloads: Payloads| {
        left += payloads.left;
        blocked += payloads.blocked;
        out.json_lines(&payloads.encoded.bytes)
            .map_err(Failure::from)
    };
    if whole {
        let add = |payloads: &mut Payloads, _, order: Swept<'_>| {
            let order = order?;
            if order.left.is_some() {
                payloads.left += 1;
                return Ok(());
            }
            payloads.add(deck, order, target)
        };
        let all = 0..deck.len();
        let pace = Pace {
            reads: Reads::Without(target.vendor.unread_texts()),
            ..Pace::default()
        };
        deck.sweep(pace, all, Payloads::default, add, |_, payloads| {
            take(payloads)
        })?;
    } else {
        // One that is asked for by its id is shown, whatever it is.
        let mut orders = deck.orders();
        for place in places(deck, ids) {
            let mut payloads = Payloads::default();
            payloads.add(deck, orders.read(place)?, target)?;
            take(payloads)?;
        }
    }
    // What is said about the lines comes behind them on a terminal too.
    session.out.flush()?;
    if left > 0 {
        let orders = counted(left, "order");
        note(format_args!(
            "left out (tests, drafts, cancelled ones where the mapping says so, or by you): {orders}; --order ID shows one all the same"
        ));
    }
    if blocked > 0 {
        let orders = counted(blocked, "order");
        note(format_args!(
            "held back by errors if it were sent: {orders}; `orderdeck check` lists them"
        ));
        return Ok(Exit::Findings);
    }
    Ok(well_unless(whole && unreadable(deck)))
}

fn requests(
    session: &mut Session,
    deck: &Deck,
    target: &Target,
    ids: Vec<String>,
    mode: Option<String>,
) -> Outcome {
    let whole = ids.is_empty();
    let selection = Selection {
        ids,
        ..Selection::default()
    };
    // Without a ledger: as if nothing had been sent yet.
    let mut plan = Plan::of_deck(deck, target, &selection, None, &mut go_on)?;
    plan.mode = mode;
    let credentials = placeholders(session, target)?;
    let token = target
        .vendor
        .token_request(&target.account, &credentials)
        .filter(|_| plan.to_send.orders > 0);
    if let Some(request) = &token {
        session.out.json(&as_json(request, &[]))?;
    }
    let token = token.map(|_| Token {
        secret: Secret::new(MASK),
        lifetime: Duration::MAX,
    });
    let mut batches = plan.batches();
    for batch in &mut batches {
        let batch = batch.map_err(Failure::usage)?;
        let request = target
            .vendor
            .request(&batch, &target.account, &credentials, token.as_ref());
        let orders: Vec<String> = batch.orders.into_iter().map(|order| order.key).collect();
        session.out.json(&as_json(&request, &orders))?;
    }
    let blocked =
        plan.count(|fate| matches!(fate, Fate::Blocked { .. })) + batches.held_back.len() as u64;
    let excluded = plan.count(|fate| matches!(fate, Fate::Excluded(_)));
    session.out.flush()?;
    if excluded > 0 {
        let orders = counted(excluded, "order");
        note(format_args!(
            "left out (tests, drafts, cancelled ones where the mapping says so, or by you): {orders}"
        ));
    }
    if blocked > 0 {
        let orders = counted(blocked, "order");
        note(format_args!(
            "held back by errors: {orders}; `orderdeck check` lists them"
        ));
        return Ok(Exit::Findings);
    }
    Ok(well_unless(whole && unreadable(deck)))
}

/// How a preview ends that no order's error stands against.
fn well_unless(findings: bool) -> Exit {
    if findings { Exit::Findings } else { Exit::Well }
}

/// What stands in for credentials. Secrets are masked in what is shown, so none is fetched; what is no secret
/// is shown as it is where it is at hand.
fn placeholders(session: &Session, target: &Target) -> Result<Credentials, Failure> {
    let profile = session.workspace.profile(&target.account.profile)?;
    Ok(Credentials::new(target.vendor.credentials().iter().map(
        |credential| {
            let name = credential.name;
            let value = match profile.credentials.get(name) {
                _ if credential.secret => Secret::new(MASK),
                Some(source @ (SecretRef::Plain(_) | SecretRef::Env(_))) => source
                    .resolve(&process_environment)
                    .unwrap_or_else(|_| Secret::new(format!("<{name}>"))),
                _ => Secret::new(format!("<{name}>")),
            };
            (name.to_owned(), value)
        },
    )))
}

/// A request as it is shown: JSON bodies as JSON, others as text, all with secrets masked.
fn as_json(request: &Request, orders: &[String]) -> Value {
    let headers: Map<String, Value> = request
        .masked_headers()
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    let body = request.body.masked();
    let body = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&body)
            .unwrap_or_else(|_| String::from_utf8_lossy(&body).into_owned().into())
    };
    json!({
        "method": request.method,
        "url": request.url,
        "headers": headers,
        "body": body,
        "orders": orders,
    })
}
