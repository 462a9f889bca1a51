//! Colours by what they mean. Themes are data, shipped ones and the operator's; without colour (`NO_COLOR`) there
//! are modifiers only.

pub mod depth;
pub mod detect;
mod file;
pub mod settings;
#[cfg(test)]
mod tests;

use std::path::Path;

use ratatui::style::Style;

use self::depth::Depth;
use super::mistake::{Mistake, Source};
use crate::order::outcome::Outcome;
use crate::profile::Lookup;
use crate::vendor::Environment;

/// The themes that are shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Light text on dark.
    Dark,
    /// Dark text on light.
    Light,
    /// As far apart as colours go.
    HighContrast,
    /// Blue and orange, never red against green.
    ColourBlind,
    /// The sixteen colours that every terminal has.
    Sixteen,
    /// No colours at all.
    Plain,
}

impl Kind {
    /// All of them, in the order in which they are switched through.
    pub const ALL: [Self; 6] = [
        Self::Dark,
        Self::Light,
        Self::HighContrast,
        Self::ColourBlind,
        Self::Sixteen,
        Self::Plain,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high-contrast",
            Self::ColourBlind => "colour-blind",
            Self::Sixteen => "sixteen",
            Self::Plain => "plain",
        }
    }

    /// Its file; the plain one has none.
    const fn text(self) -> &'static str {
        match self {
            Self::Dark => include_str!("../../../assets/themes/dark.toml"),
            Self::Light => include_str!("../../../assets/themes/light.toml"),
            Self::HighContrast => include_str!("../../../assets/themes/high-contrast.toml"),
            Self::ColourBlind => include_str!("../../../assets/themes/colour-blind.toml"),
            Self::Sixteen => include_str!("../../../assets/themes/sixteen.toml"),
            Self::Plain => "",
        }
    }
}

macro_rules! roles {
    ($($role:ident: $plain:ident, $doc:literal;)+) => {
        /// A style for everything that has a meaning.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Theme {
            /// What it is called.
            pub name: String,
            $(#[doc = $doc] pub $role: Style,)+
        }

        /// Every style by its name in a theme file, with its meaning.
        pub const ROLES: &[(&str, &str)] = &[$((stringify!($role), $doc),)+];

        impl Theme {
            /// Without colours: what must stand out is bold or underlined. Nothing is reversed, because
            /// crossterm resets a reversed cell where `NO_COLOR` is set.
            pub fn plain() -> Self {
                Self { name: Kind::Plain.name().to_owned(), $($role: plain::$plain,)+ }
            }

            /// The style of that name.
            fn slot(&mut self, name: &str) -> Option<&mut Style> {
                match name {
                    $(stringify!($role) => Some(&mut self.$role),)+
                    _ => None,
                }
            }

            /// Does something to each style and its counterpart.
            fn each(&mut self, other: &Self, mut change: impl FnMut(&mut Style, Style)) {
                $(change(&mut self.$role, other.$role);)+
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
    screen: NONE, "What everything lies on; nothing for the terminal's own.";
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

impl Theme {
    /// One of the themes. What is wrong in a shipped file (a test reads them all) is no reason not to start.
    pub fn new(kind: Kind) -> Self {
        let source = Source {
            file: kind.name(),
            text: kind.text(),
        };
        let mut theme = file::read(source, Self::plain(), &|_| None).0;
        kind.name().clone_into(&mut theme.name);
        theme
    }

    /// On the terminal's own background, which suits it.
    #[must_use]
    pub fn on_own_background(mut self) -> Self {
        self.screen = Style::new();
        self
    }

    /// The word of an environment, and its style.
    pub fn environment(&self, environment: Environment) -> (&'static str, Style) {
        match environment {
            Environment::Live => ("LIVE", self.live),
            Environment::Test => ("TEST", self.test),
            Environment::Sandbox => ("SANDBOX", self.sandbox),
        }
    }

    /// The border of a dialog that sends to an account.
    pub fn border_of(&self, environment: Environment) -> Style {
        match environment {
            Environment::Live => self.live,
            Environment::Test | Environment::Sandbox => self.border_focus,
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

/// Every theme there is, as this terminal can show it.
#[derive(Debug, Clone)]
pub struct Themes {
    list: Vec<Theme>,
    depth: Depth,
    /// Whether `NO_COLOR` forbids colours.
    pub forbidden: bool,
}

impl Default for Themes {
    fn default() -> Self {
        Self {
            list: Kind::ALL.map(Theme::new).to_vec(),
            depth: Depth::True,
            forbidden: false,
        }
    }
}

impl Themes {
    /// The shipped ones and the operator's own in `themes` of the config directory. One of a shipped name stands
    /// in its place.
    pub fn load(config: &Path, environment: Lookup<'_>) -> (Self, Vec<Mistake>) {
        let mut themes = Self {
            depth: Depth::of(environment),
            forbidden: environment("NO_COLOR").is_some_and(|value| !value.is_empty()),
            ..Self::default()
        };
        let mut mistakes = Vec::new();
        for (name, file, text) in files(&config.join("themes")) {
            let text = match text {
                Ok(text) => text,
                Err(error) => {
                    let source = Source {
                        file: &file,
                        text: "",
                    };
                    mistakes.push(source.mistake(0..0, format!("it can't be read: {error}")));
                    continue;
                }
            };
            let source = Source {
                file: &file,
                text: &text,
            };
            let (mut theme, wrong) = file::read(source, Theme::new(Kind::Dark), &shipped);
            theme.name.clone_from(&name);
            mistakes.extend(wrong);
            match themes.list.iter_mut().find(|known| known.name == name) {
                Some(known) => *known = theme,
                None => themes.list.push(theme),
            }
        }
        let sixteen = Theme::new(Kind::Sixteen);
        for theme in &mut themes.list {
            themes.depth.fit(theme, &sixteen);
        }
        (themes, mistakes)
    }

    /// The theme of that name; the plain one whatever is asked for where colours are forbidden.
    pub fn named(&self, name: &str) -> Option<Theme> {
        if self.forbidden {
            return Some(Theme::plain());
        }
        self.list.iter().find(|theme| theme.name == name).cloned()
    }

    /// The one after that, beginning anew after the last.
    pub fn after(&self, name: &str) -> Option<Theme> {
        let at = self.list.iter().position(|theme| theme.name == name);
        let next = at.map_or(0, |at| (at + 1) % self.list.len().max(1));
        self.list.get(next).cloned()
    }

    /// Every name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|theme| theme.name.as_str())
    }

    /// The one for a terminal whose background is known, or isn't: the dark one then. The background stays.
    pub fn automatic(&self, background: Option<[u8; 3]>) -> Theme {
        let kind = match background {
            _ if self.depth == Depth::Sixteen => Kind::Sixteen,
            Some(rgb) if depth::is_light(rgb) => Kind::Light,
            _ => Kind::Dark,
        };
        self.named(kind.name())
            .unwrap_or_else(|| Theme::new(kind))
            .on_own_background()
    }

    /// Whether it is worth asking for the background.
    pub fn wants_background(&self) -> bool {
        !self.forbidden && self.depth > Depth::Sixteen
    }
}

fn shipped(name: &str) -> Option<Theme> {
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name)?;
    Some(Theme::new(kind))
}

/// Name, path and text of each theme file of a directory, by name.
fn files(directory: &Path) -> Vec<(String, String, std::io::Result<String>)> {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    paths
        .into_iter()
        .filter_map(|path| {
            let name = path.file_stem()?.to_str()?.to_owned();
            Some((
                name,
                path.display().to_string(),
                std::fs::read_to_string(&path),
            ))
        })
        .collect()
}
