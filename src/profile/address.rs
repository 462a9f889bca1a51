//! The address of a vendor: https, or plain HTTP to this machine only (T-05).

use url::{Host, Url};

/// Why a sandbox profile isn't taken: it would be shown in green and be sent to without asking (T-06).
pub(super) const SANDBOX_ELSEWHERE: &str = "a sandbox is on this machine only: give the address that `orderdeck sandbox` prints (http://127.0.0.1:PORT), or say environment = \"test\" or \"live\"";

/// Checks an address of a profile, `base_url` or a setting such as a token's address. The error says what is wrong
/// with it and never shows it, because it may hold a credential.
pub fn check_address(text: &str) -> Result<Url, String> {
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("must not hold spaces or control characters".to_owned());
    }
    let url = Url::parse(text).map_err(|error| {
        format!("isn't an address ({error}); write it like https://api.example.com")
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user name or password; credentials belong in the profile's [credentials]".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must end with the path: nothing from ? or # on".to_owned());
    }
    match url.scheme() {
        "https" if url.has_host() => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(
            "must begin with https://; plain http:// is allowed to this machine only (127.0.0.1)"
                .to_owned(),
        ),
        _ => Err("must begin with https://".to_owned()),
    }
}

/// Whether an address is on this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The address in its plain form, so that a look-alike host shows as what it is. Paths are put after it with a
/// slash of their own.
pub(super) fn without_final_slash(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_anywhere_and_http_on_loopback_are_taken() {
        for text in [
            "https://api.products.kameleoon.com",
            "https://eu.example.com:8443/base/",
            "http://127.0.0.1:4000",
            "http://127.9.9.9",
            "http://[::1]:4000/kibo",
            "http://localhost:4000",
        ] {
            assert!(check_address(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_without_being_shown() {
        for text in [
            "http://api.canary.com",
            "http://127.0.0.1.canary.com",
            "http://localhost.canary.com",
            "http://0.0.0.0:4000/canary",
            "http://[::ffff:10.0.0.1]/canary",
            "https://user:canary@api.example.com",
            "https://canary@api.example.com",
            "https://api.example.com/?key=canary",
            "https://api.example.com/#canary",
            "ftp://canary.com",
            "file:///canary",
            "canary",
            "https://",
            "https://api.example.com/\ncanary",
            " https://canary.com",
            "",
        ] {
            let error = check_address(text).unwrap_err();
            assert!(!error.contains("canary"), "{text}: {error}");
        }
    }
}
