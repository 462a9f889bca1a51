//! One rule's fix in many orders from the command line, with a saved filter, and what is wrong with a filter.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use support::Deck;

const ORDERS: &str = "\
Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name
#1,ada@example.com,paid,USD,30.00,2026-01-06 21:18:40 -0500,2,Mug,10.00,MUG,Ada Archer
#1,,,,,2026-01-06 21:18:40 -0500,1,Mug,10.00,MUG,
#2,bo@example.com,pending,USD,15.00,2026-01-07 21:18:40 -0500,1,Cup,5.00,CUP,Bo Brandt
#2,,,,,2026-01-07 21:18:40 -0500,2,Cup,5.00,CUP,
";

#[test]
fn a_fix_is_shown_then_made_in_the_orders_that_pass() {
    let deck = Deck::new();
    let file = deck.file("orders.csv", ORDERS);
    let file = file.to_str().unwrap();
    let run = |more: &[&str]| {
        let line = ["fix", file, "--rule", "kam-07", "--json"];
        deck.run([&line[..], more].concat())
    };
    let told = run(&["--dry-run"]).ends(0).lines().remove(0);
    assert_eq!((&told["made"], &told["orders"]), (&false.into(), &2.into()));
    let made = run(&["--where", "status:pending"])
        .ends(0)
        .lines()
        .remove(0);
    assert_eq!((&made["made"], &made["orders"]), (&true.into(), &1.into()));
    assert_eq!(made["examples"][0]["order"], "#2");
    // It is kept: the other order is left.
    let left = run(&[]).ends(0).lines().remove(0);
    assert_eq!(left["orders"], 1);
    assert_eq!(left["examples"][0]["order"], "#1");
    assert_eq!(run(&[]).ends(0).lines().remove(0)["made"], false);
}
