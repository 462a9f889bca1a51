//! A secret text that can't be printed, and is wiped when dropped.

use std::fmt;

use zeroize::Zeroizing;

/// What stands where a secret was.
pub const MASK: &str = "•••";

/// A password, key or token. Printing it in any way prints [`MASK`].
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Takes over a text that is wiped already.
    pub fn wiped(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// The text itself: only for the request it belongs to, and for finding it where it must not be.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printing_shows_the_mask_only() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret} {secret:?}"), format!("{MASK} {MASK}"));
        assert_eq!(secret.expose(), "hunter2");
    }
}
