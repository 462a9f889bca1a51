//! A profile against what its vendor knows.

use super::suggest::{hint, shown};
use super::{Problem, Profile, ProfileError};

/// What a vendor asks of a profile, as plain names.
#[derive(Debug, Clone, Copy, Default)]
pub struct Requirements<'a> {
    /// Credentials that must be there.
    pub credentials: &'a [&'a str],
    /// Credentials that may be there besides.
    pub optional_credentials: &'a [&'a str],
    /// Settings that it knows, the common ones included.
    pub settings: &'a [&'a str],
    /// Fields that a default can be given for.
    pub defaults: &'a [&'a str],
    /// The vendor's page gives no address, so the profile must.
    pub needs_base_url: bool,
}

impl Profile {
    /// Everything that is missing or that the vendor doesn't know, in the order of the profile's parts.
    pub fn problems(&self, requirements: &Requirements<'_>) -> Vec<Problem> {
        let mut problems = Vec::new();
        if requirements.needs_base_url && self.base_url.is_none() {
            problems.push(self.problem(
                "base_url",
                format!(
                    "{} has no address of its own; the vendor gives it to you with the account",
                    self.vendor
                ),
            ));
        }
        for name in requirements.credentials {
            if !self.credentials.contains_key(*name) {
                problems.push(self.problem(
                    &format!("credentials.{name}"),
                    format!(
                        "missing; add it with `orderdeck profile edit {}`, or under [profiles.{0}.credentials]",
                        self.name
                    ),
                ));
            }
        }
        let credentials = [requirements.credentials, requirements.optional_credentials].concat();
        let parts: [(&str, &[&str], Vec<&String>); 3] = [
            (
                "credentials",
                &credentials,
                self.credentials.keys().collect(),
            ),
            (
                "defaults",
                requirements.defaults,
                self.defaults.keys().collect(),
            ),
            (
                "settings",
                requirements.settings,
                self.settings.keys().collect(),
            ),
        ];
        for (part, known, names) in parts {
            for name in names {
                if !known.contains(&name.as_str()) {
                    problems.push(self.problem(
                        &format!("{part}.{name}"),
                        format!(
                            "{} knows no {} of that name{}",
                            self.vendor,
                            part.trim_end_matches('s'),
                            hint(&shown(name), known)
                        ),
                    ));
                }
            }
        }
        problems
    }

    /// Checks it against what its vendor knows.
    ///
    /// # Errors
    /// The first of [`problems`](Self::problems).
    pub fn validate(&self, requirements: &Requirements<'_>) -> Result<(), ProfileError> {
        match self.problems(requirements).into_iter().next() {
            Some(problem) => Err(problem.into()),
            None => Ok(()),
        }
    }
}
