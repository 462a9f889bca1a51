//! Every view and every dialog at every size: the grid holds, nothing is cut without a sign, what is selected is seen.

mod grid;
mod resize;
mod scenes;
mod speed;
mod states;
mod wide;

use std::collections::BTreeSet;

use insta::assert_snapshot;
use ratatui::style::Modifier;

use super::super::testing::Harness;
use super::super::theme::{Kind, Theme};
use scenes::Scene;

/// From the smallest to one of the largest, and both sides of where panes fold.
const SIZES: [(u16, u16); 10] = [
    (80, 24),
    (81, 25),
    (100, 30),
    (109, 30),
    (110, 30),
    (120, 36),
    (149, 40),
    (150, 40),
    (200, 60),
    (300, 100),
];

/// Those of which pictures are kept.
const PICTURES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 60)];

/// Whether a cell is of the line under the cursor.
fn is_selected(theme: &Theme, cell: &ratatui::buffer::Cell) -> bool {
    let wanted = theme.selection;
    let modifiers = wanted.add_modifier;
    if modifiers == Modifier::empty() || wanted.bg.is_some() {
        return wanted.bg == Some(cell.bg);
    }
    cell.modifier.contains(modifiers)
}

/// What is wrong with a scene at a size.
fn faults(harness: &mut Harness, kind: Kind) -> (Vec<String>, bool) {
    harness.state.theme = Theme::new(kind);
    let faults = grid::faults(harness);
    let buffer = match harness.state.layers.last() {
        Some(layer) => grid::alone(layer.as_ref(), &harness.state),
        None => harness.buffer(),
    };
    let theme = &harness.state.theme;
    let selects = buffer.content.iter().any(|cell| is_selected(theme, cell));
    (faults, selects)
}

#[test]
fn the_grid_holds_at_every_size() {
    let mut told = Vec::new();
    for scene in scenes::all() {
        let mut harness = (scene.make)((120, 36));
        let (_, selects) = faults(&mut harness, Kind::Dark);
        for size in SIZES {
            harness.resize(size);
            let (dark, selected) = faults(&mut harness, Kind::Dark);
            let (plain, plainly) = faults(&mut harness, Kind::Plain);
            let mut wrong: Vec<String> = dark.into_iter().chain(plain).collect();
            wrong.dedup();
            if selects && !(selected && plainly) {
                wrong.push(format!(
                    "nothing is selected: {selected}, without colours {plainly}"
                ));
            }
            for fault in wrong {
                told.push(format!("{} at {size:?}: {fault}", scene.name));
            }
        }
    }
    told.dedup();
    assert!(
        told.is_empty(),
        "{} faults\n{}",
        told.len(),
        told.join("\n")
    );
}

/// Every dialog of the program is one of the scenes.
#[test]
fn no_dialog_is_forgotten() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/console/dialog");
    let mut dialogs = BTreeSet::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            let names = source
                .lines()
                .filter_map(|line| line.strip_prefix("impl Layer for "));
            dialogs
                .extend(names.filter_map(|rest| Some(rest.split_whitespace().next()?.to_owned())));
        }
    }
    assert!(dialogs.len() > 20, "{dialogs:?}");
    let mut shown = BTreeSet::new();
    for Scene { make, .. } in scenes::all() {
        for layer in &make((120, 36)).state.layers {
            let name = format!("{layer:?}");
            shown.insert(name.split([' ', '{', '(']).next().unwrap().to_owned());
        }
    }
    let forgotten: Vec<_> = dialogs.difference(&shown).collect();
    assert!(forgotten.is_empty(), "no scene shows {forgotten:?}");
}

/// The screen, of a dialog that alone, with every digit of a clock or a date as zero.
fn steady(harness: &mut Harness) -> String {
    let screen = match harness.state.layers.last() {
        Some(layer) => grid::text(&grid::alone(layer.as_ref(), &harness.state)),
        None => harness.screen(),
    };
    let mut chars: Vec<char> = screen.chars().collect();
    for shape in ["0000-00-00 00:00", "00-00 00:00", "00:00:00"] {
        let shape: Vec<char> = shape.chars().collect();
        for at in 0..chars.len().saturating_sub(shape.len()) {
            let here = &mut chars[at..at + shape.len()];
            let fits = here.iter().zip(&shape).all(|(c, shape)| match shape {
                '0' => c.is_ascii_digit(),
                shape => c == shape,
            });
            if fits {
                here.copy_from_slice(&shape);
            }
        }
    }
    chars.into_iter().collect()
}

#[test]
fn pictures_of_what_has_no_other() {
    for scene in scenes::all().into_iter().filter(|scene| scene.picture) {
        for (columns, rows) in PICTURES {
            let mut harness = (scene.make)((columns, rows));
            let name = format!("{}_{columns}x{rows}", scene.name);
            assert_snapshot!(name, steady(&mut harness));
        }
    }
}
