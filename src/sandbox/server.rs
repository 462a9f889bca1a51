//! HTTP: finds the vendor of a request, reads the body within its limit, sends the answer; or
//! cuts the connection, where a fault wants it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::Response;
use futures_util::StreamExt;
use jiff::Timestamp;

use super::call::{Answer, Call};
use super::deliver;
use super::faults::{Due, Fault};
use super::house::{Arrival, House};
use super::wire::Cutter;
use super::{SandboxError, simulator};

/// Where one can ask what came.
pub(super) const TAKEN_PATH: &str = "/_sandbox/taken";

/// Of a body that is too large, so much is read over the limit before the connection is given
/// up: a client that is still writing wouldn't see the refusal.
const READ_OVER_LIMIT: usize = 64 * 1024 * 1024;

/// Answers every request.
pub(super) async fn handle(
    State(house): State<Arc<House>>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    request: Request,
) -> Response<Body> {
    let path = request.uri().path();
    if path == TAKEN_PATH {
        let counted = tokio::task::spawn_blocking(move || {
            house.taken().map(|counts| Answer::json(200, counts))
        });
        return response(finished(counted.await));
    }
    let (vendor, rest) = path
        .strip_prefix('/')
        .map(|path| path.split_at(path.find('/').unwrap_or(path.len())))
        .unwrap_or_default();
    let Some(simulator) = simulator(vendor) else {
        let names: Vec<&str> = super::vendors().collect();
        let hint = format!("no such vendor here; there are: {}", names.join(", "));
        return response(Answer::text(404, hint));
    };
    let rest = rest.to_owned();
    let query = request.uri().query().unwrap_or_default();
    let query = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let (head, body) = request.into_parts();
    let due = house.due(simulator, &head.method, &rest);
    let mut call = Call {
        method: head.method,
        path: rest,
        query,
        headers: head.headers,
        body: Vec::new(),
        now_ms: Timestamp::now().as_millisecond(),
    };
    let arrival = if let Some(Fault::DropBefore(_)) = due.fault {
        Arrival::Unread(call)
    } else {
        match read_body(body, simulator.body_limit).await {
            Ok(Some(body)) => {
                call.body = body;
                Arrival::Whole(call)
            }
            Ok(None) => Arrival::TooLarge(call),
            // The client went away before its request was whole: nothing was taken.
            Err(error) => return response(Answer::text(400, format!("broken body: {error}"))),
        }
    };
    let meets = due.clone();
    let answered =
        tokio::task::spawn_blocking(move || house.answer(simulator.name, &arrival, &meets));
    let answer = finished(answered.await);
    if !due.latency.is_zero() {
        tokio::time::sleep(due.latency).await;
    }
    if let Some(Fault::DropBefore(ending) | Fault::DropAfter(ending)) = due.fault {
        cutter.cut(ending);
    }
    deliver::response(answer, &due)
}

/// The whole body, or nothing when it is over the limit.
async fn read_body(body: Body, limit: usize) -> Result<Option<Vec<u8>>, axum::Error> {
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut length = 0_usize;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        length = length.saturating_add(chunk.len());
        if length <= limit {
            bytes.extend_from_slice(&chunk);
        } else if length - limit > READ_OVER_LIMIT {
            break;
        } else {
            bytes.clear();
        }
    }
    Ok((length <= limit).then_some(bytes))
}

fn finished(outcome: Result<Result<Answer, SandboxError>, tokio::task::JoinError>) -> Answer {
    match outcome {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => Answer::text(500, error.to_string()),
        Err(error) => Answer::text(500, format!("sandbox: {error}")),
    }
}

/// An answer that no fault touches.
fn response(answer: Answer) -> Response<Body> {
    deliver::response(answer, &Due::default())
}
