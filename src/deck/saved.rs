//! The operator's own mappings: files in a folder of the config directory, found by name or by what they fit.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::DeckError;
use crate::mapping::{self, Mapping, MappingError};
use crate::mistake::nearest;
use crate::vendor;

/// A file in the folder of the operator's mappings.
#[derive(Debug)]
pub struct SavedMapping {
    /// What `--mapping` calls it: the file's name without `.toml`.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// What it says, or why it can't be used.
    pub mapping: Result<Mapping, String>,
}

/// The operator's own mappings, by name; one that is broken doesn't hide the others.
pub fn saved_mappings(dir: &Path) -> Vec<SavedMapping> {
    let mut saved: Vec<SavedMapping> = std::fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .filter_map(|path| {
            let name = path.file_stem()?.to_string_lossy().into_owned();
            let mapping = match std::fs::read_to_string(&path) {
                Ok(text) => parse(&text, &path).map_err(|error| error.to_string()),
                Err(error) => Err(format!("can't read {}: {error}", path.display())),
            };
            Some(SavedMapping {
                name,
                path,
                mapping,
            })
        })
        .collect();
    saved.sort_by(|one, other| one.name.cmp(&other.name));
    saved
}

/// Reads a mapping of the operator's, checked against what the vendors have too.
///
/// # Errors
/// Everything that is wrong with it, with its places.
pub fn parse_mapping(text: &str, file: &str) -> Result<Mapping, MappingError> {
    let mapping = Mapping::parse(text, file)?;
    check_vendors(&mapping)?;
    Ok(mapping)
}

fn parse(text: &str, path: &Path) -> Result<Mapping, MappingError> {
    parse_mapping(text, &path.display().to_string())
}

/// A mapping with what leads to it again from anywhere.
pub(super) struct Found {
    pub(super) mapping: Cow<'static, Mapping>,
    pub(super) given: String,
}

/// A preset by its name, a saved mapping by its name, or a mapping file by its path.
pub(super) fn named(name: &str, dir: Option<&Path>) -> Result<Found, DeckError> {
    if let Some(preset) = mapping::preset(name) {
        return Ok(Found {
            mapping: Cow::Borrowed(preset),
            given: name.to_owned(),
        });
    }
    let saved = dir
        .map(|dir| dir.join(format!("{name}.toml")))
        .filter(|path| !name.contains(['/', '\\']) && path.is_file());
    let given = match &saved {
        Some(_) => name.to_owned(),
        None => std::path::absolute(name)
            .unwrap_or_else(|_| PathBuf::from(name))
            .display()
            .to_string(),
    };
    let path = saved.unwrap_or_else(|| PathBuf::from(name));
    let text = std::fs::read_to_string(&path).map_err(|error| {
        let own: Vec<String> = dir.map_or_else(Vec::new, |dir| {
            saved_mappings(dir)
                .into_iter()
                .map(|one| one.name)
                .collect()
        });
        let presets = mapping::presets().iter().map(Mapping::name);
        let near = nearest(name, presets.chain(own.iter().map(String::as_str)));
        DeckError::MappingFile {
            path: name.to_owned(),
            reason: match near {
                Some(near) => format!("{error}; did you mean {near}?"),
                None => error.to_string(),
            },
        }
    })?;
    Ok(Found {
        mapping: Cow::Owned(parse(&text, &path)?),
        given,
    })
}

/// The text of a mapping: a preset, a saved one, or a file.
///
/// # Errors
/// There is none, or it is wrong.
pub fn mapping_text(given: &str, dir: Option<&Path>) -> Result<String, DeckError> {
    // The files that it joins stand on lines below.
    let name = given.lines().next().unwrap_or_default();
    if let Some(text) = mapping::preset_text(name) {
        return Ok(text.to_owned());
    }
    Ok(named(name, dir)?.mapping.text().to_owned())
}

/// The mapping can't see the vendors, so what it says of them is checked here.
fn check_vendors(mapping: &Mapping) -> Result<(), MappingError> {
    let mut mistakes = Vec::new();
    let names = || vendor::ALL.iter().map(|vendor| vendor.name());
    let unknown = |name: &str| {
        let all: Vec<&str> = names().collect();
        let near = nearest(name, names()).map(|near| format!("did you mean {near}?"));
        let next = near.unwrap_or_else(|| format!("there are {}", all.join(", ")));
        format!("there is no vendor `{name}`; {next}")
    };
    if let Some(native) = &mapping.native
        && vendor::by_name(&native.vendor).is_none()
    {
        mistakes.push(mapping.mistake_at_value(&["native", "vendor"], unknown(&native.vendor)));
    }
    let mut told = None;
    for (name, path) in mapping.vendor_paths() {
        let Some(vendor) = vendor::by_name(name) else {
            if told != Some(name) {
                mistakes.push(mapping.mistake_at_key(&["vendor", name], unknown(name)));
                told = Some(name);
            }
            continue;
        };
        let table = vendor.table();
        let pointer = format!("/{}", path.replace('*', "0"));
        if table.find(path).is_some() || table.at_pointer(&pointer).is_some() {
            continue;
        }
        let title = vendor.title();
        let next = match nearest(path, table.iter().map(|(_, field)| field.path)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("`orderdeck manual {name}` lists what it has"),
        };
        let what = format!("{title} has no field `{path}`; {next}");
        mistakes.push(mapping.mistake_at_key(&["vendor", name, path], what));
    }
    if mistakes.is_empty() {
        return Ok(());
    }
    mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
    Err(MappingError { mistakes })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "[mapping]\nname = \"t\"\ntitle = \"T\"\n";

    #[test]
    fn what_vendors_have_is_checked_with_the_nearest_name() {
        for (text, expected) in [
            (
                "[vendor.kibbo]\n\"a\" = \"A\"\n\"b\" = \"B\"",
                "m.toml:4:9: there is no vendor `kibbo`; did you mean kibo?",
            ),
            (
                "[vendor.kibo]\n\"shippingMethod/shippingTyp\" = \"A\"",
                "m.toml:5:1: Kibo has no field `shippingMethod/shippingTyp`; did you mean `shippingMethod/shippingType`?",
            ),
            (
                "[native]\nvendor = \"voucherfy\"",
                "m.toml:5:10: there is no vendor `voucherfy`; did you mean voucherify?",
            ),
        ] {
            let error = parse_mapping(&format!("{HEAD}{text}"), "m.toml").unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
            assert_eq!(error.mistakes.len(), 1, "{error}");
        }
        let right = "[vendor.kibo]\n\"shippingMethod/shippingType\" = \"A\"";
        parse_mapping(&format!("{HEAD}{right}"), "m.toml").unwrap();
    }

    #[test]
    fn every_preset_speaks_of_what_vendors_have() {
        for preset in mapping::presets() {
            check_vendors(preset).unwrap();
        }
    }

    #[test]
    fn a_slip_in_a_mappings_name_is_recognised() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("our-till.toml"), "").unwrap();
        let of = |name: &str| named(name, Some(dir.path())).err().unwrap().to_string();
        assert!(of("our-til").contains("did you mean our-till?"));
        assert!(of("shopify-cvs").contains("did you mean shopify-csv?"));
    }
}
