//! How the file of the mapping screen is read, chosen from lists: what groups rows, decimal mark, times, zone,
//! currency.

use super::lists::shown;
use super::{change, change_or_say};
use crate::console::dialog::choice::Choice;
use crate::console::dialog::typed::Typed;
use crate::console::state::State;
use crate::console::state::mapping::Desk;
use crate::deck::draft::Setting;
use crate::mapping::propose::time_formats;

/// Currencies that shops often sell in; any other can be typed.
const CURRENCIES: [&str; 16] = [
    "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "CAD", "AUD",
    "JPY", "BRL", "MXN",
];

/// How the file is read.
pub(super) fn settings(state: &mut State) {
    settings_at(state, 0);
}

/// The same, coming back from one of the settings.
fn settings_after(state: &mut State, setting: Setting) {
    let at = Setting::ALL.iter().position(|known| *known == setting);
    settings_at(state, at.unwrap_or(0));
}

fn settings_at(state: &mut State, at: usize) {
    let Some(desk) = &state.mapping.desk else {
        return;
    };
    let rows = Setting::ALL.into_iter().map(|setting| {
        let value = desk.draft.setting(setting);
        let about = match (desk.draft.question(setting), value.as_str()) {
            (Some(question), _) => format!("? {}", question.text),
            (None, "") => setting.help().to_owned(),
            (None, value) => format!("{value} · {}", setting.help()),
        };
        (setting.title().to_owned(), shown(&about))
    });
    let title = "How the file is read";
    let choice = Choice::new(title, rows.collect(), at, |state, at, _| {
        if let Some(setting) = Setting::ALL.get(at) {
            set(state, *setting);
        }
    });
    state.layers.push(Box::new(choice));
}

/// The likely values of a setting, each with what it means.
fn offered(desk: &Desk, setting: Setting) -> Vec<(String, String)> {
    let plain = |value: &str, about: &str| (value.to_owned(), about.to_owned());
    let likely = desk.draft.question(setting);
    let likely = likely.map_or(&[][..], |question| &question.choices);
    let mut rows: Vec<(String, String)> =
        likely.iter().map(|value| plain(value, "likely")).collect();
    let more: Vec<(String, String)> = match setting {
        Setting::GroupBy => {
            let columns = desk.columns.iter().map(|line| &line.column);
            let columns = columns.filter(|column| !column.of_lines && !column.joined);
            let rows = columns.map(|column| {
                let most = column.counts.first().map_or(0, |(_, count)| *count);
                let samples = column.samples.join(" · ");
                (
                    column.name.clone(),
                    format!("up to {most} records share one · {samples}"),
                )
            });
            rows.collect()
        }
        Setting::DecimalMark => vec![plain(".", "1,234.50"), plain(",", "1.234,50")],
        Setting::DateFormats => {
            let times = desk.targets.iter().filter(|line| line.is_time);
            let texts =
                times.flat_map(|line| desk.draft.texts_before(&line.goal, usize::MAX, &desk.seen));
            let texts: Vec<String> = texts.map(|(text, _)| text).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let first = texts.first().copied().unwrap_or_default();
            let formats = time_formats(&texts).into_iter();
            formats
                .map(|format| (format, format!("reads {first} and all others")))
                .collect()
        }
        Setting::TimeZone => {
            let mut zones: Vec<String> = jiff::tz::db()
                .available()
                .map(|zone| zone.to_string())
                .collect();
            zones.sort_by_key(|zone| (zone != "UTC", zone.clone()));
            zones
                .into_iter()
                .map(|zone| (zone, String::new()))
                .collect()
        }
        Setting::Currency => CURRENCIES.iter().map(|code| plain(code, "")).collect(),
    };
    for row in more {
        if !rows.iter().any(|(known, _)| *known == row.0) {
            rows.push(row);
        }
    }
    rows
}

fn set(state: &mut State, setting: Setting) {
    let Some(desk) = state.mapping.desk.as_deref() else {
        return;
    };
    let now = desk.draft.setting(setting);
    let likely = desk.draft.question(setting);
    let likely = likely.map_or(0, |question| question.choices.len());
    let offered = offered(desk, setting);
    let likely = likely.min(offered.len());
    let mut values: Vec<Option<String>> = Vec::new();
    let mut rows: Vec<(String, String)> = Vec::new();
    for (value, about) in offered {
        let about = match (value == now, about.as_str()) {
            (true, "") => "as it is now".to_owned(),
            (true, about) => format!("as it is now · {about}"),
            (false, about) => about.to_owned(),
        };
        rows.push((shown(&value), shown(&about)));
        values.push(Some(value));
    }
    let none = match setting {
        Setting::GroupBy => Some("each record is an order"),
        Setting::DateFormats => Some("ISO 8601 only"),
        Setting::TimeZone | Setting::Currency => Some("none"),
        Setting::DecimalMark => None,
    };
    if let Some(none) = none {
        // Lists of all there are have it at hand, behind what is likely.
        let place = match setting {
            Setting::TimeZone | Setting::Currency => likely,
            _ => rows.len(),
        };
        let about = if now.is_empty() { "as it is now" } else { "" };
        rows.insert(place, (none.to_owned(), about.to_owned()));
        values.insert(place, Some(String::new()));
    }
    if setting != Setting::DecimalMark {
        rows.push((
            "another one".to_owned(),
            format!("typed: {}", setting.help()),
        ));
        values.push(None);
    }
    let at = values
        .iter()
        .position(|value| value.as_deref() == Some(&now))
        // What is likely counts before nothing at all.
        .filter(|_| likely == 0 || !now.is_empty())
        .unwrap_or(0);
    let choice = Choice::new(
        setting.title(),
        rows,
        at,
        move |state, at, _| match values.get(at) {
            Some(Some(value)) => {
                change_or_say(state, |draft| draft.set_read(setting, value));
                settings_after(state, setting);
            }
            Some(None) => typed(state, setting),
            None => {}
        },
    );
    let choice = choice
        .back_to(move |state| settings_after(state, setting))
        .with_search(state);
    state.layers.push(Box::new(choice));
}

fn typed(state: &mut State, setting: Setting) {
    let Some(desk) = &state.mapping.desk else {
        return;
    };
    let ask = Typed::new(
        setting.title(),
        setting.help(),
        desk.draft.setting(setting),
        Box::new(move |state, text, _| {
            change(state, |draft| draft.set_read(setting, text))?;
            settings_after(state, setting);
            Ok(())
        }),
    );
    let ask = ask.back_to(move |state| settings_after(state, setting));
    state.layers.push(Box::new(ask));
}
