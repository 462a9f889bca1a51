//! Every theme is whole, can be read, and keeps to what it promises.

use ratatui::style::{Color, Modifier, Style};

use super::depth::{Depth, luminance, rgb};
use super::{Kind, ROLES, Theme, Themes, file};
use crate::mistake::{Mistake, Source};

/// What is text, and so must be easy to read.
const TEXTS: &[&str] = &[
    "text",
    "dim",
    "strong",
    "accent",
    "error",
    "warning",
    "taken",
    "info",
    "key",
    "live",
    "test",
    "sandbox",
    "json_name",
    "json_text",
    "json_number",
    "json_word",
    "edit",
];

fn coloured() -> impl Iterator<Item = Kind> {
    Kind::ALL.into_iter().filter(|kind| *kind != Kind::Plain)
}

fn style(theme: &Theme, role: &str) -> Style {
    *theme.clone().slot(role).unwrap()
}

fn contrast(one: Color, other: Color) -> f64 {
    let bright = [one, other].map(|colour| luminance(rgb(colour).unwrap()) + 0.05);
    bright[0].max(bright[1]) / bright[0].min(bright[1])
}

#[test]
fn every_file_names_every_style_and_nothing_else() {
    for kind in coloured() {
        let table: toml::Table = toml::from_str(kind.text()).unwrap();
        let mut named: Vec<_> = table.keys().map(String::as_str).collect();
        let mut roles: Vec<_> = ROLES.iter().map(|(name, _)| *name).collect();
        named.sort_unstable();
        roles.sort_unstable();
        assert_eq!(named, roles, "{}", kind.name());
        let source = Source {
            file: kind.name(),
            text: kind.text(),
        };
        assert_eq!(file::read(source, Theme::plain(), &|_| None).1, []);
    }
}

#[test]
fn text_is_easy_to_read_on_the_screen_and_under_the_cursor() {
    for kind in [
        Kind::Dark,
        Kind::Light,
        Kind::HighContrast,
        Kind::ColourBlind,
    ] {
        let theme = Theme::new(kind);
        let least = if kind == Kind::HighContrast { 7.0 } else { 4.5 };
        for under in [
            theme.screen,
            theme.screen.patch(theme.selection),
            theme.screen.patch(theme.selection_idle),
        ] {
            for role in TEXTS {
                // The line's own colour comes last.
                let shown = theme.screen.patch(style(&theme, role));
                let own =
                    (under != theme.screen)
                        .then_some(())
                        .and(if under.bg == theme.selection.bg {
                            theme.selection.fg
                        } else {
                            theme.selection_idle.fg
                        });
                let fg = own.or(shown.fg).unwrap();
                let found = contrast(fg, under.bg.unwrap());
                assert!(found >= least, "{} {role}: {found:.1}", kind.name());
            }
        }
    }
}

#[test]
fn what_must_stand_out_does_in_every_theme() {
    for kind in Kind::ALL {
        let theme = Theme::new(kind);
        let name = kind.name();
        for (role, other) in [
            ("selection", "text"),
            ("selection", "selection_idle"),
            ("error", "text"),
            ("error", "taken"),
            ("live", "text"),
            ("live", "sandbox"),
            ("edit", "text"),
            ("key", "text"),
        ] {
            assert_ne!(style(&theme, role), style(&theme, other), "{name}: {role}");
        }
        assert!(theme.live.add_modifier.contains(Modifier::BOLD), "{name}");
    }
}

#[test]
fn no_red_stands_against_green_for_the_colour_blind() {
    let theme = Theme::new(Kind::ColourBlind);
    for (role, _) in ROLES {
        let style = style(&theme, role);
        for colour in [style.fg, style.bg].into_iter().flatten() {
            let [r, g, b] = rgb(colour).unwrap().map(i32::from);
            assert!(g <= r.max(b), "{role} is green");
            assert!(r < 150 || g * 2 >= r, "{role} is red");
        }
    }
}

#[test]
fn sixteen_keeps_to_sixteen() {
    let theme = Theme::new(Kind::Sixteen);
    for (role, _) in ROLES {
        let style = style(&theme, role);
        for colour in [style.fg, style.bg].into_iter().flatten() {
            assert!(
                !matches!(colour, Color::Rgb(..) | Color::Indexed(_)),
                "{role}"
            );
        }
    }
}

#[test]
fn without_colours_there_are_modifiers_only_and_nothing_is_reversed() {
    let home = tempfile::tempdir().unwrap();
    let (themes, _) = Themes::load(home.path(), &|name| {
        (name == "NO_COLOR").then(|| "1".to_owned())
    });
    assert!(themes.forbidden && !themes.wants_background());
    for theme in [
        themes.named("dark").unwrap(),
        themes.automatic(None),
        themes.named("no-such").unwrap(),
    ] {
        for (role, _) in ROLES {
            let style = style(&theme, role);
            assert_eq!((style.fg, style.bg), (None, None), "{role}");
            assert!(!style.add_modifier.contains(Modifier::REVERSED));
        }
    }
}

fn environment(term: &'static str, colorterm: &'static str) -> impl Fn(&str) -> Option<String> {
    move |name| match name {
        "TERM" => Some(term.to_owned()),
        "COLORTERM" => Some(colorterm.to_owned()),
        _ => None,
    }
}

#[test]
fn the_background_decides_and_sixteen_colours_have_a_theme_of_their_own() {
    let home = tempfile::tempdir().unwrap();
    let (themes, _) = Themes::load(home.path(), &environment("xterm-256color", ""));
    for (background, name) in [
        (Some([255, 255, 255]), "light"),
        (Some([0xfd, 0xf6, 0xe3]), "light"),
        (Some([0, 0x2b, 0x36]), "dark"),
        (None, "dark"),
    ] {
        let theme = themes.automatic(background);
        assert_eq!(theme.name, name);
        assert_eq!(theme.screen, Style::new());
    }
    let (themes, _) = Themes::load(home.path(), &environment("xterm", ""));
    assert_eq!(themes.automatic(Some([255; 3])).name, "sixteen");
    // One that asks for more gets what there is.
    assert_eq!(
        themes.named("dark").unwrap().error,
        Theme::new(Kind::Sixteen).error
    );
}

#[test]
fn the_depth_is_told_by_the_environment() {
    for (term, colorterm, depth) in [
        ("xterm", "truecolor", Depth::True),
        ("xterm-direct", "", Depth::True),
        ("screen-256color", "", Depth::Indexed),
        ("xterm-kitty", "", Depth::Indexed),
        ("xterm", "yes", Depth::Sixteen),
        ("linux", "", Depth::Sixteen),
    ] {
        assert_eq!(Depth::of(&environment(term, colorterm)), depth, "{term}");
    }
}

#[test]
fn own_themes_lie_over_a_base_and_mistakes_are_told_with_their_line() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("themes")).unwrap();
    let text = "\
base = 'light'
error = { fg = '#ff8800', bold = true }
eror = { fg = 'red' }
taken = { fg = 'bleu' }
info = { colour = 'blue' }
key = 'blue'
edit = { bold = 'yes' }
";
    std::fs::write(home.path().join("themes/mine.toml"), text).unwrap();
    let (themes, mistakes) = Themes::load(home.path(), &environment("xterm-256color", ""));
    let told: Vec<_> = mistakes.iter().map(Mistake::short).collect();
    assert_eq!(
        told,
        [
            "mine.toml:3: there is no style `eror`; did you mean error?",
            "mine.toml:4: `bleu` is no colour: a name such as lightblue, a number from 0 to 255, or #rrggbb",
            "mine.toml:5: a style has no `colour`",
            "mine.toml:6: a style is written { fg = \"blue\", bold = true }",
            "mine.toml:7: `bold` is true or false",
        ]
    );
    let mine = themes.named("mine").unwrap();
    let light = Theme::new(Kind::Light);
    assert_eq!((mine.dim, mine.screen), (light.dim, light.screen));
    // The nearest of the 256 that this terminal has.
    assert_eq!(mine.error.fg, Some(Color::Indexed(208)));
    assert_eq!(themes.after("plain").unwrap().name, "mine");
    assert_eq!(themes.after("mine").unwrap().name, "dark");
}

#[test]
fn the_manual_names_every_style_and_every_theme() {
    let manual = include_str!("../../../assets/manual/console.md");
    let names = ROLES.iter().map(|(name, _)| *name);
    for name in names.chain(Kind::ALL.map(Kind::name)) {
        assert!(manual.contains(&format!("`{name}`")), "{name}");
    }
}
