//! Voucherify: orders imported by jobs, read back, updated; OAuth tokens.
//!
//! `X-App-Id` and `X-App-Token`, or a bearer token of `POST /v1/oauth/token` (form, 900 s,
//! scopes `api`, `orders`, `async-actions`); else 401, and 403 for a scope that doesn't cover
//! the address. Errors are `{code, key, message, details, request_id}`; the details name a
//! property, not an order, as the vendor's do.
//!
//! `POST /v1/orders/import` refuses a body that isn't an array of 1 to 2000 orders, over 500
//! items in one, wrong types, `null` but for `source_id`, `referrer_id` and `address`, a status
//! outside the four, amounts that aren't whole numbers from 0, quantities below 1, a
//! `related_object` without `source_id`, dates not `YYYY-MM-DD`, e-mail addresses without `@`,
//! and the same `source_id` twice. What passes is a job: one runs at a time, the others wait;
//! its orders are stored when it is done. An order that names an unknown `id` of Voucherify's
//! own fails in its job. An import of nothing but `source_id` and `CANCELED` counts as a
//! cancellation, any other as an import.
//!
//! `GET /v1/async-actions[/{id}]`, `GET` and `PUT /v1/orders/{source_id or id}`.
//! Calls over the limit of a minute: 429 with `X-Rate-Limit-…` and `Retry-After`.

mod action;
mod checks;
mod order;

use std::collections::HashSet;

use axum::http::Method;
use serde_json::{Value, json};

use super::call::{Answer, Call, Failing, Purpose, Session, Simulator, fresh_id, segments};
use super::check::{self, Checker, Path, Problem};
use super::shelf::{Event, How, JobTaken, OrderTaken, Shelf};

const APP_ID: &str = "sandbox-app-id";
const APP_TOKEN: &str = "sandbox-app-token";
const TOKEN_LIFETIME_S: i64 = 900;
/// The scopes that mean something here; the vendor has many more.
const SCOPES: [&str; 3] = ["api", "orders", "async-actions"];

pub(super) const SIMULATOR: Simulator = Simulator {
    name: "voucherify",
    credentials: &[("app_id", APP_ID), ("app_token", APP_TOKEN)],
    body_limit: 32 * 1024 * 1024,
    too_large: || {
        let body = json!({"statusCode": 413, "error": "Payload Too Large", "message": "Payload Too Large"});
        Answer::json(413, body)
    },
    reads_back: true,
    tokens: true,
    jobs: true,
    purpose,
    failing,
    answer,
};

fn error(status: u16, key: &str, message: &str, details: &str) -> Answer {
    Answer::json(
        status,
        json!({
            "code": status, "key": key, "message": message, "details": details,
            "request_id": request_id(),
        }),
    )
}

fn not_found(kind: &str, id: &str) -> Answer {
    Answer::json(
        404,
        json!({
            "code": 404, "key": "not_found", "message": "Resource not found",
            "details": format!("Cannot find {kind} with id {id}"), "request_id": request_id(),
            "resource_id": id, "resource_type": kind,
        }),
    )
}

fn invalid(problem: &Problem) -> Answer {
    let path = if problem.path.is_empty() {
        "."
    } else {
        &problem.path
    };
    let details = format!("Property {path} {}", problem.what);
    error(400, "invalid_payload", "Invalid payload", &details)
}

fn request_id() -> String {
    fresh_id("v-", 18)
}

fn purpose(method: &Method, path: &str) -> Purpose {
    let segments = segments(path);
    let names: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (names.as_slice(), method) {
        (["v1", "orders", "import"], &Method::POST) | (["v1", "orders", _], &Method::PUT) => {
            Purpose::Orders
        }
        (["v1", "oauth", "token"], &Method::POST) => Purpose::Token,
        _ => Purpose::Other,
    }
}

/// A 429 carries the headers of the rate limit, as one of the limit itself does.
fn failing(failing: &Failing, session: &Session) -> Answer {
    let words = failing.words();
    let key = words.to_lowercase().replace([' ', '-'], "_");
    let answer = error(failing.status, &key, words, words);
    if failing.status != 429 {
        return answer;
    }
    let limit = session.settings.voucherify_calls_per_minute.to_string();
    let answer = answer
        .header("x-rate-limit-limit", limit)
        .header("x-rate-limit-remaining", "0")
        .header("x-rate-limit-type", "api_calls");
    match failing.retry.moment_s(failing.now_ms) {
        Some(moment_s) => answer.header("x-rate-limit-retry", moment_s.to_string()),
        None => answer,
    }
}

fn answer(call: &Call, shelf: &Shelf, session: &mut Session) -> Answer {
    let segments = call.segments();
    let names: Vec<&str> = segments.iter().map(String::as_str).collect();
    let limit = session.settings.voucherify_calls_per_minute;
    let budget = session.spend(call.now_ms, limit);
    let answer = if budget.exhausted {
        let wait_s = (budget.resets_ms - call.now_ms + 999) / 1000;
        let details = "The limit of API calls a minute is used up";
        error(429, "too_many_requests", "Too many requests", details)
            .header(
                "x-rate-limit-retry",
                ((budget.resets_ms + 999) / 1000).to_string(),
            )
            .header("retry-after", wait_s.to_string())
    } else {
        admitted(&names, call, shelf, session)
    };
    answer
        .header("x-rate-limit-limit", limit.to_string())
        .header("x-rate-limit-remaining", budget.remaining.to_string())
        .header("x-rate-limit-type", "api_calls")
}

/// Answers within the limit of calls, if the caller may ask that.
fn admitted(names: &[&str], call: &Call, shelf: &Shelf, session: &mut Session) -> Answer {
    let by_pair =
        call.header("x-app-id") == Some(APP_ID) && call.header("x-app-token") == Some(APP_TOKEN);
    if names == ["v1", "oauth", "token"] {
        return match (by_pair, &call.method) {
            (false, _) => unauthorized(),
            (true, &Method::POST) => token(call, session),
            (true, _) => wrong_method("POST"),
        };
    }
    if !by_pair {
        let scope = call
            .bearer()
            .and_then(|token| session.scope(token, call.now_ms));
        let Some(scope) = scope else {
            return unauthorized();
        };
        let area = names.get(1).copied().unwrap_or_default();
        if !scope
            .split(' ')
            .any(|scope| scope == "api" || scope == area)
        {
            let details = format!("The token's scope doesn't cover {area}");
            return error(403, "forbidden", "Forbidden", &details);
        }
    }
    match (names, &call.method) {
        (["v1", "orders", "import"], &Method::POST) => import(call, shelf, session),
        (["v1", "orders", "import"], _) => wrong_method("POST"),
        (["v1", "orders", id], &Method::GET) => match order::find(shelf, id) {
            Some((key, stored)) => Answer::json(200, order::present(key, stored)),
            None => not_found("order", id),
        },
        (["v1", "orders", id], &Method::PUT) => update(id, call, shelf),
        (["v1", "orders", _], _) => wrong_method("GET, PUT"),
        (["v1", "async-actions"], &Method::GET) => action::list(call, shelf),
        (["v1", "async-actions", id], &Method::GET) => {
            match shelf
                .jobs
                .iter()
                .rev()
                .find(|job| job.id == **id && !job.vanished())
            {
                Some(job) => Answer::json(200, action::present(job, call.now_ms)),
                None => not_found("async_action", id),
            }
        }
        (["v1", "async-actions"] | ["v1", "async-actions", _], _) => wrong_method("GET"),
        _ => error(404, "not_found", "Resource not found", "No such address"),
    }
}

fn unauthorized() -> Answer {
    let details = "Invalid or missing application id and token, or an expired OAuth token";
    error(401, "unauthorized", "Unauthorized", details)
}

fn wrong_method(allowed: &'static str) -> Answer {
    error(
        405,
        "method_not_allowed",
        "Method not allowed",
        "Use another method",
    )
    .header("allow", allowed)
}

fn token(call: &Call, session: &mut Session) -> Answer {
    let refused = |key: &str, message: &str| {
        Answer::json(400, json!({"code": 400, "key": key, "message": message}))
    };
    let Some(form) = call.form() else {
        return refused("missing_parameters", "Missing parameters");
    };
    if form.get("grant_type").map(String::as_str) != Some("client_credentials") {
        return refused("invalid_grant_type", "Invalid grant_type");
    }
    let scope = form.get("scope").map(String::as_str).unwrap_or_default();
    if scope.is_empty() || !scope.split(' ').all(|scope| SCOPES.contains(&scope)) {
        return refused("invalid_scope", &format!("Invalid scope: {scope}"));
    }
    let token = session.issue(call.now_ms, TOKEN_LIFETIME_S, scope);
    Answer::json(
        200,
        json!({
            "access_token": token, "client_id": APP_ID,
            "expires_at": call.now_ms / 1000 + TOKEN_LIFETIME_S, "expires_in": TOKEN_LIFETIME_S,
            "scope": scope, "token_type": "Bearer",
        }),
    )
}

/// The request's body as JSON, or the refusal.
fn json_body(call: &Call) -> Result<Value, Box<Answer>> {
    if !call.is_json() {
        let details = "Content-Type must be application/json";
        let refusal = error(
            415,
            "unsupported_media_type",
            "Unsupported media type",
            details,
        );
        return Err(Box::new(refusal));
    }
    call.json()
        .map_err(|words| Box::new(error(400, "invalid_payload", "Invalid payload", &words)))
}

fn import(call: &Call, shelf: &Shelf, session: &Session) -> Answer {
    let body = match json_body(call) {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let mut checker = Checker::null_is_a_value();
    checks::import(&body, &mut checker);
    let (problems, unknown) = checker.finish();
    if let Some(problem) = problems.first() {
        return invalid(problem);
    }
    let Value::Array(orders) = body else {
        return error(500, "internal_error", "Internal error", "");
    };
    let id = fresh_id("aa_", 18);
    let running_until_ms = shelf.jobs.last().map_or(0, super::shelf::Job::ends_ms);
    let orders: Vec<OrderTaken> = orders
        .into_iter()
        .enumerate()
        .map(|(index, order)| taken(order, &id, index, shelf))
        .collect();
    let job = JobTaken {
        request_id: request_id(),
        starts_ms: running_until_ms.max(call.now_ms),
        runs_ms: action::duration_ms(session.settings.job_duration, orders.len()),
        orders,
        fault: None,
        id: id.clone(),
    };
    Answer::json(200, json!({"async_action_id": id})).taking(vec![Event::Job(job)], unknown)
}

/// One order of an import, under the key by which it will be found.
fn taken(order: Value, job_id: &str, index: usize, shelf: &Shelf) -> OrderTaken {
    let own_id = check::text(&order, "id");
    let known = own_id.and_then(|id| order::find(shelf, id));
    let failure = match (own_id, known) {
        (Some(id), None) => Some(format!("Cannot find order with id {id}")),
        _ => None,
    };
    let key = known
        .map(|(key, _)| key.to_owned())
        .or_else(|| check::text(&order, "source_id").map(str::to_owned))
        .unwrap_or_else(|| order::id_of(&format!("{job_id} {index}")));
    let bare = order.as_object().is_some_and(|fields| {
        fields
            .keys()
            .all(|name| name == "source_id" || name == "status")
    });
    let how = if bare && check::text(&order, "status") == Some("CANCELED") {
        How::Cancel
    } else {
        How::Import
    };
    OrderTaken {
        key,
        how,
        order,
        failure,
    }
}

fn update(id: &str, call: &Call, shelf: &Shelf) -> Answer {
    let mut body = match json_body(call) {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let mut checker = Checker::null_is_a_value();
    checks::order(&body, &mut checker, &Path::Root);
    let (problems, unknown) = checker.finish();
    if let Some(problem) = problems.first() {
        return invalid(problem);
    }
    let Some((key, stored)) = order::find(shelf, id) else {
        return not_found("order", id);
    };
    if let Some(fields) = body.as_object_mut() {
        fields.shift_remove("id");
        fields.shift_remove("source_id");
    }
    let how = if check::text(&body, "status") == Some("CANCELED") {
        How::Cancel
    } else {
        How::Update
    };
    let after = order::present_changed(key, stored, &body, call.now_ms);
    let taken = OrderTaken {
        key: key.to_owned(),
        how,
        order: body,
        failure: None,
    };
    Answer::json(200, after).taking(vec![Event::Order(taken)], unknown)
}

/// Source ids that stand in a request more than once.
fn repeated(orders: &[Value]) -> impl Iterator<Item = &str> {
    let mut seen = HashSet::new();
    orders
        .iter()
        .filter_map(|order| check::text(order, "source_id"))
        .filter(move |id| !seen.insert(*id))
}

#[cfg(test)]
mod tests;
