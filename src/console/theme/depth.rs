//! How many colours a terminal has, and what becomes of a theme that asks for more.

use ratatui::style::Color;

use super::Theme;
use crate::profile::Lookup;

/// How many colours there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// The sixteen that have names.
    Sixteen,
    /// Those, a cube of 216 and 24 greys.
    Indexed,
    /// All.
    True,
}

impl Depth {
    /// What the environment tells of the terminal.
    pub fn of(environment: Lookup<'_>) -> Self {
        let term = environment("TERM").unwrap_or_default();
        let all = environment("COLORTERM")
            .is_some_and(|value| value == "truecolor" || value == "24bit")
            || term.ends_with("-direct");
        let many = [
            "256color",
            "kitty",
            "alacritty",
            "ghostty",
            "foot",
            "wezterm",
        ];
        if all {
            Self::True
        } else if many.iter().any(|name| term.contains(name)) {
            Self::Indexed
        } else {
            Self::Sixteen
        }
    }

    /// The least that shows this colour.
    fn needed(colour: Color) -> Self {
        match colour {
            Color::Rgb(..) => Self::True,
            Color::Indexed(16..) => Self::Indexed,
            _ => Self::Sixteen,
        }
    }

    /// The theme as this terminal can show it: true colours become the nearest of the 256; a style beyond the
    /// sixteen is taken from `sixteen`.
    pub(super) fn fit(self, theme: &mut Theme, sixteen: &Theme) {
        theme.each(sixteen, |style, other| {
            let asked = [style.fg, style.bg].into_iter().flatten();
            let needed = asked.map(Self::needed).max().unwrap_or(Self::Sixteen);
            if needed <= self {
                return;
            }
            if self == Self::Sixteen {
                *style = other;
            } else {
                style.fg = style.fg.map(indexed);
                style.bg = style.bg.map(indexed);
            }
        });
    }
}

/// What a colour of the 256 looks like; the first sixteen are the terminal's own.
pub fn rgb(colour: Color) -> Option<[u8; 3]> {
    match colour {
        Color::Rgb(r, g, b) => Some([r, g, b]),
        Color::Indexed(grey @ 232..) => Some([8 + 10 * (grey - 232); 3]),
        Color::Indexed(index @ 16..) => {
            let cube = index - 16;
            Some([cube / 36, cube / 6 % 6, cube % 6].map(|step| match step {
                0 => 0,
                step => 55 + 40 * step,
            }))
        }
        _ => None,
    }
}

/// The nearest of the 256 that look alike everywhere.
fn indexed(colour: Color) -> Color {
    let Color::Rgb(r, g, b) = colour else {
        return colour;
    };
    let far = |index: &u8| {
        rgb(Color::Indexed(*index)).map_or(u32::MAX, |found| {
            let parts = found.into_iter().zip([r, g, b]);
            parts.map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
        })
    };
    Color::Indexed((16..=255).min_by_key(far).unwrap_or(16))
}

/// How bright a colour is to the eye, from 0 to 1 (relative luminance, WCAG 2).
pub fn luminance(rgb: [u8; 3]) -> f64 {
    let [r, g, b] = rgb.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// Whether dark text is easier to read on it than light text.
pub fn is_light(rgb: [u8; 3]) -> bool {
    luminance(rgb) > 0.179
}
