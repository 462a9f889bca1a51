//! How many pieces of memory an order takes on its way from the file into a payload: what a million orders take time
//! for, counted instead of timed.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use allocation_counter::measure;
use orderdeck::deck::{Deck, OpenOptions, Target};
use orderdeck::order::outcome::Operation;
use orderdeck::profile::Directories;
use orderdeck::vendor::{self, Encoded};
use orderdeck::workspace::Workspace;

const ORDERS: u64 = 400;

/// An export as Shopify writes it, two lines an order.
fn export(home: &Path) -> PathBuf {
    let mut text = String::from(
        "Name,Email,Financial Status,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,\
         Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing Address1,Billing City,\
         Billing Zip,Billing Country,Notes\n",
    );
    for number in 0..ORDERS {
        let _ = writeln!(
            text,
            "#{number},ada{number}@example.com,paid,fulfilled,EUR,30.00,0.00,0.00,30.00,2024-03-01 10:00:00 +0100,\
             1,Vase,10.00,V-1,Ada Archer,1 Elm Lane,Berlin,10115,DE,\n\
             #{number},ada{number}@example.com,,,,,,,,,2,\"Comic book, vol. 1\",10.00,CB-1,,,,,,"
        );
    }
    let path = home.join("orders.csv");
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn an_order_takes_few_pieces_of_memory() {
    let home = tempfile::tempdir().unwrap();
    let directories = Directories::at(home.path().join("config"), home.path().join("data"));
    let workspace = Workspace::at(directories);
    let options = OpenOptions::default();
    let mut go_on = |_| ControlFlow::Continue(());
    let file = export(home.path());
    let deck = Deck::open(&file, &options, &mut go_on).unwrap();
    assert_eq!(deck.len() as u64, ORDERS);
    let targets: Vec<Target> = vendor::ALL
        .iter()
        .map(|vendor| {
            let profile = Workspace::sandbox_profile_name(*vendor);
            workspace.target(&profile, Operation::Import).unwrap()
        })
        .collect();

    let mut orders = deck.orders();
    let reading = measure(|| {
        for place in 0..deck.len() {
            let order = orders.read(place).unwrap();
            assert_eq!(order.order.items.len(), 2);
        }
    });
    // Two rows with their cells, and a list of lines; short texts of the order and its lines need none.
    let an_order = reading.count_total / ORDERS;
    assert!(an_order <= 7, "{an_order} pieces an order to read it");
    // What it reads ahead stays with the reader, and the last order.
    assert!(reading.count_current <= 15, "orders leave nothing behind");
    println!("reading: {an_order} pieces an order");

    let first = deck.order(0).unwrap();
    for target in &targets {
        let mut encoded = Encoded::default();
        deck.encode(&first, target, &mut encoded).unwrap();
        let encoding = measure(|| {
            for _ in 0..ORDERS {
                deck.encode(&first, target, &mut encoded).unwrap();
            }
        });
        let an_order = encoding.count_total / ORDERS;
        let name = target.vendor.name();
        println!("{name}: {an_order} pieces an order");
        assert!(an_order <= 10, "{an_order} pieces an order at {name}");
    }
}
