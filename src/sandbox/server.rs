//! HTTP: finds the vendor of a request, reads the body within its limit, sends the answer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use jiff::Timestamp;

use super::call::{Answer, Call, Content};
use super::house::{Arrival, House};
use super::{SandboxError, simulator};

/// Where one can ask what came.
pub(super) const TAKEN_PATH: &str = "/_sandbox/taken";

/// Of a body that is too large, so much is read over the limit before the connection is given
/// up: a client that is still writing wouldn't see the refusal.
const READ_OVER_LIMIT: usize = 64 * 1024 * 1024;

/// Answers every request.
pub(super) async fn handle(State(house): State<Arc<House>>, request: Request) -> Response {
    let path = request.uri().path();
    if path == TAKEN_PATH {
        let counted = tokio::task::spawn_blocking(move || {
            house.taken().map(|counts| Answer::json(200, counts))
        });
        return finished(counted.await);
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
    let body = match read_body(body, simulator.body_limit).await {
        Ok(body) => body,
        // The client went away before its request was whole: nothing was taken.
        Err(error) => return response(Answer::text(400, format!("broken body: {error}"))),
    };
    let mut call = Call {
        method: head.method,
        path: rest,
        query,
        headers: head.headers,
        body: Vec::new(),
        now_ms: Timestamp::now().as_millisecond(),
    };
    let arrival = match body {
        Some(body) => {
            call.body = body;
            Arrival::Whole(call)
        }
        None => Arrival::TooLarge(call),
    };
    let answered = tokio::task::spawn_blocking(move || house.answer(simulator.name, &arrival));
    finished(answered.await)
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

fn finished(outcome: Result<Result<Answer, SandboxError>, tokio::task::JoinError>) -> Response {
    response(match outcome {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => Answer::text(500, error.to_string()),
        Err(error) => Answer::text(500, format!("sandbox: {error}")),
    })
}

fn response(answer: Answer) -> Response {
    let (kind, body) = match answer.content {
        Content::Json(value) => ("application/json; charset=utf-8", value.to_string()),
        Content::Text(text) => ("text/plain; charset=utf-8", text),
    };
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
    response
}
