//! How an answer leaves: whole, or as a fault wants it.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, Version, header};
use futures_util::stream;

use super::call::{Answer, Content};
use super::faults::{Due, Fault, Framing};

const WEB_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Please wait</title></head>\n\
    <body><h1>Please wait</h1><p>A proxy of the sandbox answers in the vendor's place.</p></body></html>\n";
/// A slow body comes in so many pieces at most, and not in smaller steps than this.
const MOST_PIECES: usize = 1000;
const STEP: Duration = Duration::from_millis(50);

/// The answer as HTTP.
pub(super) fn response(answer: Answer, due: &Due) -> Response<Body> {
    let (kind, mut body) = match answer.content {
        Content::Json(value) => ("application/json; charset=utf-8", value.to_string()),
        Content::Text(text) => ("text/plain; charset=utf-8", text),
    };
    let mut status =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut kind = HeaderValue::from_static(kind);
    let mut framing = None;
    match due.fault {
        Some(Fault::Malformed) => body = half(body),
        Some(Fault::WebPage) => {
            WEB_PAGE.clone_into(&mut body);
            status = StatusCode::OK;
            kind = HeaderValue::from_static("text/html; charset=utf-8");
        }
        Some(Fault::Truncate(wanted)) => framing = Some(wanted),
        _ => {}
    }
    let length = body.len();
    if framing.is_some() {
        body = half(body);
    }
    let pieces = pieces(&body.into_bytes().into(), due.slow);
    let mut response = if framing.is_none() && due.slow.is_zero() {
        Response::new(
            pieces
                .into_iter()
                .next()
                .map_or_else(Body::empty, Body::from),
        )
    } else {
        let pause = due.slow / u32::try_from(pieces.len()).unwrap_or(u32::MAX).max(1);
        Response::new(streamed(pieces, pause, framing == Some(Framing::Length)))
    };
    *response.status_mut() = status;
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            let name = HeaderName::from_static(name);
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    if framing == Some(Framing::Close) {
        // The only version of HTTP whose bodies may end with the connection, unannounced.
        *response.version_mut() = Version::HTTP_10;
    } else {
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, length.into());
    }
    response
}

/// The first half of a text: of JSON never JSON again.
fn half(mut text: String) -> String {
    let middle = (0..=text.len() / 2)
        .rev()
        .find(|at| text.is_char_boundary(*at));
    text.truncate(middle.unwrap_or_default());
    text
}

/// A body in as many pieces as its time has steps.
fn pieces(body: &Bytes, time: Duration) -> Vec<Bytes> {
    let steps = usize::try_from(time.as_millis() / STEP.as_millis()).unwrap_or(MOST_PIECES);
    let count = steps.clamp(1, MOST_PIECES).min(body.len()).max(1);
    let size = body.len().div_ceil(count).max(1);
    (0..body.len())
        .step_by(size)
        .map(|start| body.slice(start..(start + size).min(body.len())))
        .collect()
}

/// A body that comes piece by piece, with a pause before each, and may end with an error, which
/// ends the connection.
fn streamed(pieces: Vec<Bytes>, pause: Duration, breaks: bool) -> Body {
    let pieces = pieces.into_iter();
    Body::from_stream(stream::unfold(
        (pieces, false),
        move |(mut pieces, over)| async move {
            if over {
                return None;
            }
            if let Some(piece) = pieces.next() {
                if !pause.is_zero() {
                    tokio::time::sleep(pause).await;
                }
                return Some((Ok(piece), (pieces, false)));
            }
            if !breaks {
                return None;
            }
            // Whoever waits here lets the server write what it has before the connection ends.
            tokio::task::yield_now().await;
            let cut = std::io::Error::new(std::io::ErrorKind::ConnectionAborted, "cut by a fault");
            Some((Err(cut), (pieces, true)))
        },
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn half_of_a_text_is_text() {
        assert_eq!(half("{\"a\":1}".to_owned()), "{\"a");
        assert_eq!(half("é".to_owned()), "");
        assert_eq!(half(String::new()), "");
    }

    proptest! {
        #[test]
        fn pieces_make_up_the_whole(length in 0_usize..5000, time_ms in 0_u64..200_000) {
            let body = Bytes::from(vec![b'x'; length]);
            let pieces = pieces(&body, Duration::from_millis(time_ms));
            prop_assert!(pieces.len() <= MOST_PIECES);
            prop_assert!(pieces.iter().all(|piece| !piece.is_empty()));
            prop_assert_eq!(pieces.concat(), body);
        }
    }
}
