//! A theme as it is written: styles by what they mean, in TOML. Every mistake is told with its line, and the rest
//! of the file counts.

use ratatui::style::{Color, Modifier, Style};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{ROLES, Theme};
use crate::mistake::{Mistake, Source, did_you_mean};

const PARTS: [&str; 6] = ["fg", "bg", "bold", "dim", "underline", "italic"];

/// Lays the styles of a file over a theme: the one that its `base` names among `bases`, else `theme`.
pub(super) fn read(
    source: Source<'_>,
    mut theme: Theme,
    bases: &dyn Fn(&str) -> Option<Theme>,
) -> (Theme, Vec<Mistake>) {
    let mut mistakes = Vec::new();
    let table = match DeTable::parse(source.text) {
        Ok(table) => table.into_inner(),
        Err(error) => return (theme, vec![source.unreadable(&error)]),
    };
    if let Some(base) = table.get("base") {
        match base.get_ref().as_str().and_then(bases) {
            Some(found) => {
                let name = std::mem::take(&mut theme.name);
                theme = Theme { name, ..found };
            }
            None => mistakes.push(source.mistake(
                base.span(),
                "the base is no theme that is shipped; dark is taken",
            )),
        }
    }
    for (name, value) in &table {
        let role = name.get_ref().as_ref();
        if role == "base" {
            continue;
        }
        let Some(slot) = theme.slot(role) else {
            let near = did_you_mean(role, ROLES.iter().map(|(name, _)| *name));
            mistakes.push(source.mistake(name.span(), format!("there is no style `{role}`{near}")));
            continue;
        };
        // One that is wrong stays as the base has it.
        let before = mistakes.len();
        let written = style(source, value, &mut mistakes);
        if mistakes.len() == before {
            *slot = written;
        }
    }
    mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
    (theme, mistakes)
}

fn style(source: Source<'_>, value: &Spanned<DeValue<'_>>, mistakes: &mut Vec<Mistake>) -> Style {
    let mut style = Style::new();
    let Some(parts) = value.get_ref().as_table() else {
        mistakes.push(source.mistake(
            value.span(),
            "a style is written { fg = \"blue\", bold = true }",
        ));
        return style;
    };
    for (name, value) in parts {
        let part = name.get_ref().as_ref();
        match part {
            "fg" | "bg" => match colour(value.get_ref()) {
                Ok(colour) if part == "fg" => style.fg = Some(colour),
                Ok(colour) => style.bg = Some(colour),
                Err(what) => mistakes.push(source.mistake(value.span(), what)),
            },
            "bold" | "dim" | "underline" | "italic" => match value.get_ref().as_bool() {
                Some(true) => style = style.add_modifier(modifier(part)),
                Some(false) => {}
                None => mistakes
                    .push(source.mistake(value.span(), format!("`{part}` is true or false"))),
            },
            _ => mistakes.push(source.mistake(
                name.span(),
                format!(
                    "a style has no `{part}`{}",
                    did_you_mean(part, PARTS.into_iter())
                ),
            )),
        }
    }
    style
}

fn modifier(name: &str) -> Modifier {
    match name {
        "bold" => Modifier::BOLD,
        "dim" => Modifier::DIM,
        "underline" => Modifier::UNDERLINED,
        _ => Modifier::ITALIC,
    }
}

/// A colour by its name, its number or its hexadecimal digits.
fn colour(value: &DeValue<'_>) -> Result<Color, String> {
    let text = match value {
        DeValue::String(text) => text.as_ref(),
        DeValue::Integer(number) => number.as_str(),
        _ => return Err("a colour is a name, a number from 0 to 255, or #rrggbb".to_owned()),
    };
    text.parse().map_err(|_| {
        format!(
            "`{text}` is no colour: a name such as lightblue, a number from 0 to 255, or #rrggbb"
        )
    })
}
