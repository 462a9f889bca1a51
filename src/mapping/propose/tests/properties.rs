//! What holds for every file.

use proptest::prelude::*;

use super::*;
use crate::mapping::propose::propose_for;
use crate::source::Reading;

/// A table of columns, each with a name and its cells.
fn table() -> impl Strategy<Value = Vec<(String, Vec<String>)>> {
    let names = prop::sample::subsequence(
        vec![
            "Order ID",
            "Date",
            "Created at",
            "E-Mail",
            "Customer",
            "Total",
            "Grand Total",
            "Betrag",
            "SKU",
            "Artikel",
            "Menge",
            "Qty",
            "Price",
            "Preis",
            "Status",
            "City",
            "Name",
            "Rabatt",
            "retail_disc",
            "coupon_disc",
            "Währung",
            "x",
            "y [*]",
            "\"z\" # ",
        ],
        1..12,
    );
    let cells = prop_oneof![
        Just(String::new()),
        "[1-9][0-9]{0,3}",
        "[0-9]{1,3}[.,][0-9]{2}",
        "[0-3][0-9]/[01][0-9]/2024",
        "2024-0[1-9]-1[0-9]",
        "[a-c]@example\\.com",
        prop_oneof![
            Just("paid".to_owned()),
            Just("versendet".to_owned()),
            Just("EUR".to_owned())
        ],
        "\\PC{0,8}",
    ];
    (names, 0..8_usize).prop_flat_map(move |(names, rows)| {
        let columns: Vec<_> = names
            .into_iter()
            .map(|name| {
                // Mostly one kind of value a column, as files have.
                let cell = cells.clone();
                (Just(name.to_owned()), prop::collection::vec(cell, rows))
            })
            .collect();
        columns
    })
}

fn csv(columns: &[&(String, Vec<String>)]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(columns.iter().map(|(name, _)| name))
        .unwrap();
    let rows = columns.first().map_or(0, |(_, cells)| cells.len());
    for row in 0..rows {
        writer
            .write_record(columns.iter().map(|(_, cells)| &cells[row]))
            .unwrap();
    }
    writer.into_inner().unwrap()
}

fn proposed(text: &[u8]) -> Proposal {
    let mut reader = text;
    // Tables only: what begins with a bracket would be JSON.
    let options = SourceOptions {
        reading: Reading {
            delimiter: Some(b','),
            header_line: Some(1),
            ..Reading::default()
        },
        ..SourceOptions::default()
    };
    let source = Source::from_reader(&mut reader, &options).unwrap();
    let records = source.head(1000).unwrap();
    let proposal = propose_for(source.format(), &records);
    let toml = proposal.to_toml("p", "P");
    let mapping = Mapping::parse(&toml, "p").unwrap_or_else(|error| panic!("{error}\n{toml}"));
    mapping
        .compile(source.format())
        .unwrap_or_else(|error| panic!("{error}\n{toml}"));
    proposal
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_columns_changes_nothing(
        (columns, turned) in table().prop_flat_map(|columns| {
            let turned = Just(columns.clone()).prop_shuffle();
            (Just(columns), turned)
        })
    ) {
        let one = proposed(&csv(&columns.iter().collect::<Vec<_>>()));
        let mut other = proposed(&csv(&turned.iter().collect::<Vec<_>>()));
        // Left over columns are listed as they stand in the file.
        let mut unused = one.unused.clone();
        unused.sort();
        other.unused.sort();
        prop_assert_eq!(unused, other.unused.clone());
        other.unused.clone_from(&one.unused);
        prop_assert_eq!(one, other);
    }

    #[test]
    fn no_column_goes_to_two_targets_unless_it_is_a_status(columns in table()) {
        let proposal = proposed(&csv(&columns.iter().collect::<Vec<_>>()));
        let mut seen = std::collections::BTreeMap::new();
        for target in &proposal.targets {
            let plain = matches!(target.rule.recipe, crate::mapping::Recipe::From(_));
            let status = matches!(
                target.field,
                Field::Payment | Field::Fulfilment | Field::Cancelled | Field::CustomerName
            );
            if plain && !status {
                let column = target.rule.describe();
                prop_assert_eq!(seen.insert(column, target.field), None);
            }
        }
    }
}
