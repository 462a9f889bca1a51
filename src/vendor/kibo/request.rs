//! Requests: a token, and one order.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::vendor::{Account, Batch, Body, Credentials, Purpose, Request, Token};

/// Where tokens come from unless the setting `token_url` says otherwise, by the vendor's documentation.
pub const TOKEN_URL: &str = "https://auth.shopatron.com/oauthserver/oauth2/token";
/// Where the page says that orders go.
pub const BASE_URL: &str = "https://integration.shopatron.com";
const PATH: &str = "/api/v2/importOrder/";

/// The request that carries the batch's one order.
pub fn orders(
    batch: &Batch,
    account: &Account,
    credentials: &Credentials,
    token: Option<&Token>,
) -> Request {
    let payload = batch
        .orders
        .first()
        .map(|order| order.payload.clone())
        .unwrap_or_default();
    let url = format!("{}{PATH}", account.base_url);
    let mut request = Request::new(Purpose::Orders, "POST", url)
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .secret_header("api-key", "", Secret::new(credentials.expose("api_key")));
    if let Some(token) = token {
        request = request.secret_header("authorization", "Bearer ", token.secret.clone());
    }
    with_tenant(request, account).body(Body::plain(payload))
}

/// The request for a token, by client credentials.
pub fn token(purpose: Purpose, account: &Account, credentials: &Credentials) -> Request {
    let pair = Zeroizing::new(format!(
        "{}:{}",
        credentials.expose("api_key"),
        credentials.expose("api_secret")
    ));
    let url = account.text("token_url", TOKEN_URL).to_owned();
    let request = Request::new(purpose, "POST", url)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .secret_header(
            "authorization",
            "Basic ",
            Secret::new(STANDARD.encode(pair.as_bytes())),
        );
    with_tenant(request, account).body(Body::plain(b"grant_type=client_credentials".to_vec()))
}

fn with_tenant(request: Request, account: &Account) -> Request {
    match account.text("x_vol_tenant", "") {
        "" => request,
        tenant => request.header("x-vol-tenant", tenant),
    }
}
