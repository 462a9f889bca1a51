//! The mapping files that come with the program, from `assets/presets`.

use std::sync::LazyLock;

use super::file::Mapping;

/// Name and text of each preset; a new one is a file and a line here.
const FILES: &[(&str, &str)] = &[
    (
        "shopify-csv",
        include_str!("../../assets/presets/shopify-csv.toml"),
    ),
    (
        "shopify-json",
        include_str!("../../assets/presets/shopify-json.toml"),
    ),
    (
        "woocommerce-json",
        include_str!("../../assets/presets/woocommerce-json.toml"),
    ),
    (
        "woocommerce-csv",
        include_str!("../../assets/presets/woocommerce-csv.toml"),
    ),
    (
        "magento-json",
        include_str!("../../assets/presets/magento-json.toml"),
    ),
    (
        "magento-grid-csv",
        include_str!("../../assets/presets/magento-grid-csv.toml"),
    ),
    (
        "bigcommerce-json",
        include_str!("../../assets/presets/bigcommerce-json.toml"),
    ),
    (
        "bigcommerce-csv",
        include_str!("../../assets/presets/bigcommerce-csv.toml"),
    ),
    (
        "amazon-orders",
        include_str!("../../assets/presets/amazon-orders.toml"),
    ),
    (
        "amazon-actionable",
        include_str!("../../assets/presets/amazon-actionable.toml"),
    ),
    (
        "etsy-items",
        include_str!("../../assets/presets/etsy-items.toml"),
    ),
    (
        "etsy-orders",
        include_str!("../../assets/presets/etsy-orders.toml"),
    ),
    (
        "ebay-csv",
        include_str!("../../assets/presets/ebay-csv.toml"),
    ),
    (
        "ebay-csv-de",
        include_str!("../../assets/presets/ebay-csv-de.toml"),
    ),
    (
        "square-items",
        include_str!("../../assets/presets/square-items.toml"),
    ),
    (
        "generic-csv",
        include_str!("../../assets/presets/generic-csv.toml"),
    ),
    (
        "kameleoon-native",
        include_str!("../../assets/presets/kameleoon-native.toml"),
    ),
    (
        "voucherify-native",
        include_str!("../../assets/presets/voucherify-native.toml"),
    ),
    (
        "project-agora-native",
        include_str!("../../assets/presets/project-agora-native.toml"),
    ),
    (
        "kibo-native",
        include_str!("../../assets/presets/kibo-native.toml"),
    ),
];

static PRESETS: LazyLock<Vec<Mapping>> = LazyLock::new(|| {
    // A test proves that none of them fails.
    FILES
        .iter()
        .filter_map(|(name, text)| Mapping::preset(text, name).ok())
        .collect()
});

/// Every preset.
pub fn presets() -> &'static [Mapping] {
    &PRESETS
}

/// The preset of that name.
pub fn preset(name: &str) -> Option<&'static Mapping> {
    presets().iter().find(|preset| preset.name() == name)
}

/// The preset's text, to be shown or copied.
pub fn preset_text(name: &str) -> Option<&'static str> {
    FILES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, text)| *text)
}

/// The presets' names, for messages.
pub fn preset_names() -> String {
    let names: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_can_be_read_and_is_named_as_its_file() {
        for (name, text) in FILES {
            let mapping = Mapping::preset(text, name).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(mapping.name(), *name);
        }
        assert_eq!(presets().len(), FILES.len());
    }
}
