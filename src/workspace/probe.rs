//! Trying an account: one harmless request, and what its answer proves.

use std::time::Duration;

use super::{Workspace, WorkspaceError};
use crate::order::outcome::Operation;
use crate::submit::transport::{Arrival, Transport};
use crate::vendor::{
    Account, Answer, Batch, Credentials, Environment, Request, Token, TokenReading, VendorRef,
    Verdict,
};

/// What came of trying an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Probed {
    /// The vendor.
    pub vendor: VendorRef,
    /// The address that was tried.
    pub address: String,
    /// How serious the account is.
    pub environment: Environment,
    /// Whether the vendor took the credentials.
    pub well: bool,
    /// HTTP status, if an answer came.
    pub status: Option<u16>,
    /// How long the answer took.
    pub took: Option<Duration>,
    /// Why it didn't go well, in the vendor's words where it has some.
    pub reason: Option<String>,
    /// What an answer of success proves.
    pub proves: &'static str,
    /// What it can't prove.
    pub leaves_open: &'static str,
}

impl Probed {
    /// What it came to, in a word or two. Where no answer came nobody refused anything.
    pub fn verdict(&self) -> &'static str {
        match (self.well, self.status) {
            (true, _) => "ok",
            (false, None) => "not reached",
            (false, Some(429 | 500..)) => "not tried to the end",
            (false, Some(_)) => "refused",
        }
    }
}

/// Why an account can't be tried.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The vendor offers nothing harmless.
    #[error("{vendor} has no harmless call to try: {leaves_open}")]
    NoCall {
        /// The vendor's name as people write it.
        vendor: &'static str,
        /// What therefore stays unknown.
        leaves_open: &'static str,
    },
    /// There is no way to send anything.
    #[error("{0}")]
    Transport(String),
    /// The profile or its credentials can't be had.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

/// How one call went.
struct Tried {
    well: bool,
    status: Option<u16>,
    took: Option<Duration>,
    reason: Option<String>,
}

impl Workspace {
    /// Sends the vendor's harmless call with a profile's credentials. The sandbox must run already if it is meant.
    /// Fetching the credentials may block on a command.
    ///
    /// # Errors
    /// Nothing could be tried; that a vendor refuses is no error.
    pub async fn probe(&self, profile: &str) -> Result<Probed, ProbeError> {
        let (vendor, account) = self.account(profile)?;
        let credentials = self.credentials(profile)?;
        let transport = Transport::new(account.allow_proxy).map_err(ProbeError::Transport)?;
        let probe = vendor.probe(&account, &credentials, None);
        let Some(first) = &probe.request else {
            return Err(ProbeError::NoCall {
                vendor: vendor.title(),
                leaves_open: probe.leaves_open,
            });
        };
        let (tried, address) = match token(vendor, &account, &credentials, &transport, first).await
        {
            Ok(token) => {
                let request = vendor
                    .probe(&account, &credentials, token.as_ref())
                    .request
                    .unwrap_or_else(|| first.clone());
                let (arrival, took) = transport.send(&request).await;
                let tried = judge_probe(
                    vendor,
                    &account,
                    &credentials,
                    token.as_ref(),
                    &request,
                    arrival,
                    took,
                );
                (tried, request.url)
            }
            Err(no_token) => no_token,
        };
        Ok(Probed {
            vendor,
            address,
            environment: account.environment,
            well: tried.well,
            status: tried.status,
            took: tried.took,
            reason: tried.reason,
            proves: probe.proves,
            leaves_open: probe.leaves_open,
        })
    }
}

/// Fetches a token where the account needs one, unless fetching it is what the probe itself does. Without one:
/// how that went, and at which address.
async fn token(
    vendor: VendorRef,
    account: &Account,
    credentials: &Credentials,
    transport: &Transport,
    probe: &Request,
) -> Result<Option<Token>, (Tried, String)> {
    if asks_for_token(vendor, account, credentials, probe) {
        return Ok(None);
    }
    let Some(request) = vendor.token_request(account, credentials) else {
        return Ok(None);
    };
    let (arrival, took) = transport.send(&request).await;
    let Arrival::Answered(answer) = &arrival else {
        return Err((judge(arrival, took), request.url));
    };
    read_token(vendor, answer, took)
        .map(Some)
        .map_err(|tried| (tried, request.url))
}

/// The token of an answer, or why there is none.
fn read_token(vendor: VendorRef, answer: &Answer, took: Duration) -> Result<Token, Tried> {
    let reason = match vendor.read_token(answer) {
        TokenReading::Token(token) => return Ok(token),
        TokenReading::Refused(reason) => reason,
        TokenReading::Wait(_, reason) | TokenReading::Unusable(reason) => {
            format!("no token: {reason}")
        }
    };
    Err(Tried {
        well: false,
        status: Some(answer.status),
        took: Some(took),
        reason: Some(reason),
    })
}

/// Whether this is how the vendor is asked for a token.
fn asks_for_token(
    vendor: VendorRef,
    account: &Account,
    credentials: &Credentials,
    request: &Request,
) -> bool {
    vendor
        .token_request(account, credentials)
        .is_some_and(|token| token.url == request.url && token.method == request.method)
}

fn judge_probe(
    vendor: VendorRef,
    account: &Account,
    credentials: &Credentials,
    token: Option<&Token>,
    request: &Request,
    arrival: Arrival,
    took: Duration,
) -> Tried {
    match &arrival {
        Arrival::Answered(answer) if asks_for_token(vendor, account, credentials, request) => {
            match read_token(vendor, answer, took) {
                Ok(_) => judge(arrival, took),
                Err(tried) => tried,
            }
        }
        Arrival::Answered(answer) if !answer.is_success() => {
            let nothing = Batch {
                operation: Operation::Import,
                orders: Vec::new(),
                mode: None,
            };
            let sent_nothing =
                request.url == vendor.request(&nothing, account, credentials, token).url;
            let verdict = vendor.read(&nothing, answer, account);
            refused(answer, took, &verdict, sent_nothing)
        }
        _ => judge(arrival, took),
    }
}

/// An answer other than success. A list without orders is refused as such by a vendor that took the
/// credentials: then they are proved all the same.
fn refused(answer: &Answer, took: Duration, verdict: &Verdict, sent_nothing: bool) -> Tried {
    let (well, reason) = match verdict {
        Verdict::Pause { reason } | Verdict::RenewToken { reason } => (false, Some(reason.clone())),
        Verdict::Orders(_) if sent_nothing && matches!(answer.status, 400 | 422) => (true, None),
        _ => (false, Some(words(answer))),
    };
    Tried {
        well,
        status: Some(answer.status),
        took: Some(took),
        reason,
    }
}

fn judge(arrival: Arrival, took: Duration) -> Tried {
    match arrival {
        Arrival::Answered(answer) => {
            let reason = if !answer.is_success() {
                Some(words(&answer))
            } else if is_web_page(&answer) {
                Some(format!(
                    "a web page answered, not the vendor: look at the address, and at what stands between: {}",
                    answer.beginning()
                ))
            } else {
                None
            };
            Tried {
                well: reason.is_none(),
                status: Some(answer.status),
                took: Some(took),
                reason,
            }
        }
        Arrival::Untrusted(reason)
        | Arrival::NotSent(reason)
        | Arrival::Lost(reason)
        | Arrival::Cut(_, reason) => Tried {
            well: false,
            status: None,
            took: None,
            reason: Some(reason),
        },
    }
}

/// A proxy's or a portal's page says nothing of the credentials, whatever its status.
fn is_web_page(answer: &Answer) -> bool {
    answer.json().is_none() && answer.beginning().trim_start().starts_with('<')
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
