//! `profile test`: one harmless request, and what it proves.

use serde_json::json;

use crate::command::failure::{Exit, Failure, Outcome};
use crate::command::output::{Tone, visible};
use crate::command::session::Session;
use crate::workspace::{ProbeError, Probed};

pub(super) async fn run(session: &mut Session, name: &str, json: bool) -> Outcome {
    session.reach(name).await?;
    let probed = session.workspace.probe(name).await?;
    tell(session, name, &probed, json)
}

fn tell(session: &mut Session, name: &str, probed: &Probed, json: bool) -> Outcome {
    let out = &mut session.out;
    let exit = if probed.well {
        Exit::Well
    } else {
        Exit::Refused
    };
    let took = probed.took.map(|took| took.as_millis() as u64);
    if json {
        out.json(&json!({
            "profile": name,
            "vendor": probed.vendor.name(),
            "environment": probed.environment.name(),
            "ok": probed.well,
            "status": probed.status,
            "latency_ms": took,
            "reason": probed.reason,
            "proves": probed.well.then_some(probed.proves),
            "leaves_open": probed.leaves_open,
            "address": probed.address,
        }))?;
        return Ok(exit);
    }
    let answer = match (probed.status, took) {
        (Some(status), Some(took)) => format!("{status} in {took} ms"),
        _ => "no answer".to_owned(),
    };
    let tone = if probed.well { Tone::Good } else { Tone::Bad };
    let verdict = out.tone(tone, probed.verdict());
    out.line(format_args!(
        "{name} ({}): {verdict}, {answer}",
        probed.environment
    ))?;
    out.line(format_args!("  tried: {}", visible(&probed.address)))?;
    if let Some(reason) = &probed.reason {
        out.line(format_args!("  {}", visible(reason)))?;
    }
    if probed.well {
        out.line(format_args!("  proved: {}", probed.proves))?;
    }
    out.line(format_args!("  not proved: {}", probed.leaves_open))?;
    Ok(exit)
}

impl From<ProbeError> for Failure {
    fn from(error: ProbeError) -> Self {
        match error {
            ProbeError::Workspace(error) => error.into(),
            other => Self::refused(other.to_string()),
        }
    }
}
