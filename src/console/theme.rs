//! Colours by what they mean. Two themes are data; without colour (`NO_COLOR`) there are modifiers only.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use crate::order::outcome::Outcome;
use crate::vendor::Environment;

const DARK: &str = include_str!("../../assets/themes/dark.toml");
const LIGHT: &str = include_str!("../../assets/themes/light.toml");

/// A style as a theme file writes it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    fg: Option<Named>,
    bg: Option<Named>,
    bold: bool,
    dim: bool,
    underline: bool,
    italic: bool,
}

/// A colour by its name, its number or its hexadecimal digits.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
struct Named(Color);

impl TryFrom<String> for Named {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|_| format!("`{text}` is no colour"))
    }
}

/// Which theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Light text on dark.
    Dark,
    /// Dark text on light.
    Light,
    /// No colours at all.
    Plain,
}

macro_rules! roles {
    ($($role:ident: $plain:ident, $doc:literal;)+) => {
        /// A style for everything that has a meaning.
        #[derive(Debug, Clone)]
        pub struct Theme {
            /// Which it is.
            pub kind: Kind,
            $(#[doc = $doc] pub $role: Style,)+
        }

        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File { $($role: Written,)+ }

        impl Theme {
            fn of(kind: Kind, file: File) -> Self {
                Self { kind, $($role: file.$role.style(),)+ }
            }

            /// Without colours: what must stand out is bold or underlined. Nothing is reversed, because
            /// crossterm resets a reversed cell where `NO_COLOR` is set.
            pub fn plain() -> Self {
                Self { kind: Kind::Plain, $($role: plain::$plain,)+ }
            }
        }
    };
}

mod plain {
    use ratatui::style::{Modifier, Style};
    pub(super) const NONE: Style = Style::new();
    pub(super) const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
    pub(super) const DIM: Style = Style::new().add_modifier(Modifier::DIM);
    pub(super) const LINE: Style = Style::new().add_modifier(Modifier::UNDERLINED);
    pub(super) const BOTH: Style =
        Style::new().add_modifier(Modifier::BOLD.union(Modifier::UNDERLINED));
}

roles! {
    text: NONE, "Plain text.";
    dim: DIM, "What is secondary.";
    strong: BOLD, "What matters.";
    accent: BOLD, "What has the focus.";
    border: DIM, "Borders.";
    border_focus: BOLD, "The border of the pane with the focus.";
    selection: BOTH, "The line under the cursor.";
    selection_idle: LINE, "The line under the cursor of a pane without the focus.";
    error: BOLD, "Errors.";
    warning: LINE, "Warnings.";
    taken: NONE, "Taken by the vendor, or well.";
    info: NONE, "Good to know; links.";
    key: BOLD, "Keys.";
    live: BOTH, "The word LIVE.";
    test: BOLD, "The word TEST.";
    sandbox: BOLD, "The word SANDBOX.";
    json_name: NONE, "Names of members.";
    json_text: NONE, "Texts in JSON.";
    json_number: NONE, "Numbers in JSON.";
    json_word: NONE, "true, false, null.";
    edit: BOLD, "What the operator changed.";
}

impl Written {
    fn style(&self) -> Style {
        let mut style = Style::new();
        style.fg = self.fg.as_ref().map(|named| named.0);
        style.bg = self.bg.as_ref().map(|named| named.0);
        for (on, modifier) in [
            (self.bold, Modifier::BOLD),
            (self.dim, Modifier::DIM),
            (self.underline, Modifier::UNDERLINED),
            (self.italic, Modifier::ITALIC),
        ] {
            if on {
                style = style.add_modifier(modifier);
            }
        }
        style
    }
}

impl Theme {
    /// One of the themes. A shipped file that can't be read (a test reads both) is no reason not to start.
    pub fn new(kind: Kind) -> Self {
        let text = match kind {
            Kind::Dark => DARK,
            Kind::Light => LIGHT,
            Kind::Plain => return Self::plain(),
        };
        toml::from_str(text).map_or_else(|_| Self::plain(), |file| Self::of(kind, file))
    }

    /// What the environment asks for: `NO_COLOR` for none, `COLORFGBG` (set by some terminals) for a light one.
    pub fn from_environment(lookup: &dyn Fn(&str) -> Option<String>) -> Self {
        if lookup("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            return Self::plain();
        }
        let light = lookup("COLORFGBG")
            .and_then(|value| value.rsplit(';').next()?.parse::<u8>().ok())
            .is_some_and(|background| background == 7 || background == 15);
        Self::new(if light { Kind::Light } else { Kind::Dark })
    }

    /// The other of dark and light.
    #[must_use]
    pub fn switched(&self) -> Self {
        Self::new(match self.kind {
            Kind::Dark => Kind::Light,
            Kind::Light => Kind::Dark,
            Kind::Plain => Kind::Plain,
        })
    }

    /// The word of an environment, and its style.
    pub fn environment(&self, environment: Environment) -> (&'static str, Style) {
        match environment {
            Environment::Live => ("LIVE", self.live),
            Environment::Test => ("TEST", self.test),
            Environment::Sandbox => ("SANDBOX", self.sandbox),
        }
    }

    /// The style of an outcome.
    pub fn outcome(&self, outcome: Outcome) -> Style {
        match outcome {
            Outcome::Accepted | Outcome::Imported => self.taken,
            Outcome::Rejected | Outcome::Blocked => self.error,
            Outcome::InDoubt => self.warning,
            Outcome::Queued | Outcome::Sending => self.info,
            Outcome::Pending | Outcome::Skipped | Outcome::Excluded => self.dim,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files_are_themes() {
        for kind in [Kind::Dark, Kind::Light] {
            assert_eq!(Theme::new(kind).kind, kind);
        }
    }

    #[test]
    fn no_color_is_modifiers_only_and_nothing_is_reversed() {
        let theme = Theme::from_environment(&|name| (name == "NO_COLOR").then(|| "1".to_owned()));
        for style in [
            theme.selection,
            theme.error,
            theme.live,
            theme.json_text,
            theme.key,
        ] {
            assert_eq!((style.fg, style.bg), (None, None));
            assert!(!style.add_modifier.contains(Modifier::REVERSED));
        }
        assert_ne!(theme.selection, theme.text);
    }

    #[test]
    fn a_light_terminal_gets_the_light_theme() {
        let theme =
            Theme::from_environment(&|name| (name == "COLORFGBG").then(|| "0;15".to_owned()));
        assert_eq!(theme.kind, Kind::Light);
    }
}
