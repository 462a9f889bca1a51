//! `profile test`: one harmless request, and what it proves.

use std::time::Duration;

use serde_json::json;

use crate::command::failure::{Exit, Failure, Outcome};
use crate::command::output::{Tone, visible};
use crate::command::session::Session;
use crate::order::outcome::Operation;
use crate::submit::transport::{Arrival, Transport};
use crate::vendor::{
    Account, Answer, Batch, Credentials, Request, Token, TokenReading, VendorRef, Verdict,
};

/// What came of it.
struct Tried {
    exit: Exit,
    status: Option<u16>,
    took: Option<Duration>,
    reason: Option<String>,
}

pub(super) async fn run(session: &mut Session, name: &str, json: bool) -> Outcome {
    session.reach(name).await?;
    let (vendor, account) = session.workspace.account(name)?;
    let credentials = session.workspace.credentials(name)?;
    let transport = Transport::new().map_err(Failure::refused)?;
    let probe = vendor.probe(&account, &credentials, None);
    let Some(first) = &probe.request else {
        return Err(Failure::refused(format!(
            "{} has no harmless call to try: {}",
            vendor.title(),
            probe.leaves_open
        )));
    };
    let token = match token(vendor, &account, &credentials, &transport, first).await {
        Ok(token) => token,
        Err(tried) => return tell(session, name, &account, vendor, tried, json),
    };
    let request = vendor
        .probe(&account, &credentials, token.as_ref())
        .request
        .unwrap_or_else(|| first.clone());
    let (arrival, took) = transport.send(&request).await;
    let tried = match &arrival {
        Arrival::Answered(answer) if !answer.is_success() => {
            let nothing = Batch {
                operation: Operation::Import,
                orders: Vec::new(),
                mode: None,
            };
            let sent_nothing = request.url
                == vendor
                    .request(&nothing, &account, &credentials, token.as_ref())
                    .url;
            let verdict = vendor.read(&nothing, answer, &account);
            refused(answer, took, &verdict, sent_nothing)
        }
        _ => judge(arrival, took),
    };
    tell(session, name, &account, vendor, tried, json)
}

/// Fetches a token where the account needs one, unless fetching it is what the probe itself does.
async fn token(
    vendor: VendorRef,
    account: &Account,
    credentials: &Credentials,
    transport: &Transport,
    probe: &Request,
) -> Result<Option<Token>, Tried> {
    let Some(request) = vendor.token_request(account, credentials) else {
        return Ok(None);
    };
    if request.url == probe.url && request.method == probe.method {
        return Ok(None);
    }
    let (arrival, took) = transport.send(&request).await;
    let Arrival::Answered(answer) = &arrival else {
        return Err(judge(arrival, took));
    };
    match vendor.read_token(answer) {
        TokenReading::Token(token) => Ok(Some(token)),
        TokenReading::Refused(reason)
        | TokenReading::Wait(_, reason)
        | TokenReading::Unusable(reason) => Err(Tried {
            exit: Exit::Refused,
            status: Some(answer.status),
            took: Some(took),
            reason: Some(format!("no token: {reason}")),
        }),
    }
}

/// An answer other than success. A list without orders is refused as such by a vendor that took the
/// credentials: then they are proved all the same.
fn refused(answer: &Answer, took: Duration, verdict: &Verdict, sent_nothing: bool) -> Tried {
    let (exit, reason) = match verdict {
        Verdict::Pause { reason } | Verdict::RenewToken { reason } => {
            (Exit::Refused, Some(reason.clone()))
        }
        Verdict::Orders(_) if sent_nothing && matches!(answer.status, 400 | 422) => {
            (Exit::Well, None)
        }
        _ => (Exit::Refused, Some(words(answer))),
    };
    Tried {
        exit,
        status: Some(answer.status),
        took: Some(took),
        reason,
    }
}

fn judge(arrival: Arrival, took: Duration) -> Tried {
    match arrival {
        Arrival::Answered(answer) if answer.is_success() => Tried {
            exit: Exit::Well,
            status: Some(answer.status),
            took: Some(took),
            reason: None,
        },
        Arrival::Answered(answer) => Tried {
            exit: Exit::Refused,
            status: Some(answer.status),
            took: Some(took),
            reason: Some(words(&answer)),
        },
        Arrival::NotSent(reason) | Arrival::Lost(reason) => Tried {
            exit: Exit::Refused,
            status: None,
            took: None,
            reason: Some(format!("no answer: {reason}")),
        },
    }
}

fn words(answer: &Answer) -> String {
    let what = match answer.status {
        401 | 403 => "the credentials were refused",
        404 => "nothing is at that address",
        429 => "too many requests; try again later",
        500.. => "the vendor has trouble of its own; try again later",
        _ => "the call was refused",
    };
    let beginning = answer.beginning();
    if beginning.is_empty() {
        what.to_owned()
    } else {
        format!("{what}: {beginning}")
    }
}

fn tell(
    session: &mut Session,
    name: &str,
    account: &Account,
    vendor: VendorRef,
    tried: Tried,
    json: bool,
) -> Outcome {
    let probe = vendor.probe(account, &Credentials::default(), None);
    let out = &mut session.out;
    let well = tried.exit == Exit::Well;
    let took = tried.took.map(|took| took.as_millis() as u64);
    if json {
        out.json(&json!({
            "profile": name,
            "vendor": vendor.name(),
            "environment": account.environment.name(),
            "ok": well,
            "status": tried.status,
            "latency_ms": took,
            "reason": tried.reason,
            "proves": well.then_some(probe.proves),
            "leaves_open": probe.leaves_open,
        }))?;
        return Ok(tried.exit);
    }
    let answer = match (tried.status, took) {
        (Some(status), Some(took)) => format!("{status} in {took} ms"),
        _ => "no answer".to_owned(),
    };
    let verdict = if well {
        out.tone(Tone::Good, "ok")
    } else {
        out.tone(Tone::Bad, "refused")
    };
    out.line(format_args!(
        "{name} ({}): {verdict}, {answer}",
        account.environment
    ))?;
    if let Some(reason) = &tried.reason {
        out.line(format_args!("  {}", visible(reason)))?;
    }
    if well {
        out.line(format_args!("  proved: {}", probe.proves))?;
    }
    out.line(format_args!("  not proved: {}", probe.leaves_open))?;
    Ok(tried.exit)
}
