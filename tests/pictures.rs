//! The pictures of the README and the manual, taken of the real program on the sandbox in a pseudo-terminal:
//!
//! ```text
//! cargo test --test pictures -- --ignored
//! ```
//!
//! writes them anew into `assets/pictures`. What the test looks for on the way is what the pictures are to show.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use support::picture;
use support::terminal::Terminal;

const ENTER: &str = "\r";
const ESC: &str = "\x1b";

/// Each picture with what it shows, as the README says it.
const PICTURES: &[(&str, &str)] = &[
    (
        "welcome",
        "The first page: try the sandbox, open a file, add an account",
    ),
    (
        "orders",
        "Orders on the left; the payload of the one under the cursor, with origins and findings, on the right",
    ),
    (
        "submit",
        "Before sending: how many orders, what is left out and why, how long, what else happens",
    ),
    ("run", "A run: outcomes, sums, and what to do next"),
    ("response", "A request and its answer, whole"),
];

fn pictures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/pictures")
}

fn take(console: &Terminal, name: &str) {
    let (_, title) = PICTURES.iter().find(|(known, _)| *known == name).unwrap();
    let svg = console.look(|screen| picture::svg(screen, title));
    fs::create_dir_all(pictures()).unwrap();
    fs::write(pictures().join(format!("{name}.svg")), svg).unwrap();
}

#[test]
#[ignore = "writes into assets/pictures"]
fn the_pictures_are_taken() {
    let home = tempfile::tempdir().unwrap();
    let mut console = Terminal::start(&[], home.path(), 110, 24);
    console.until("Try it in the sandbox");
    take(&console, "welcome");
    console.keys("q");
    console.exit_code();

    let home = tempfile::tempdir().unwrap();
    let mut console = Terminal::start(&["--sandbox"], home.path(), 120, 36);
    console.until("40 orders");
    // The walk of the first visit.
    console.until("1/6");
    console.keys(ESC);
    console.gone("1/6");
    console.keys("]");
    console.until("sandbox-voucherify");
    console.until("blocked");
    console.keys("n");
    console.until("VOU-12 not in its form");
    take(&console, "orders");
    console.keys("s");
    console.until("Submit to Voucherify");
    console.until("left out");
    take(&console, "submit");
    console.keys(ENTER);
    console.until("run s1 is finished");
    console.keys("4");
    console.until("/v1/orders/import");
    console.keys("g");
    console.keys(ENTER);
    console.until("source_id");
    take(&console, "response");
    console.keys("q");

    // One order a request, so that there is something to see over time.
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("orders.csv"), many_orders()).unwrap();
    let mut console = Terminal::start(&["orders.csv", "--sandbox"], home.path(), 120, 36);
    console.until("20,000 orders");
    console.until("1/6");
    console.keys(ESC);
    console.gone("1/6");
    console.keys("[");
    console.until("sandbox-kibo");
    console.keys("s");
    console.until("Submit 20,000");
    console.keys(ENTER);
    console.wait("an estimated end", |screen| {
        screen.contents().contains(" left")
    });
    take(&console, "run");
    console.keys("q");
}

/// An export of many orders in Shopify's shape.
fn many_orders() -> String {
    let mut text = String::from(
        "Name,Email,Financial Status,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing Address1,Billing City,Billing Zip,Billing Country,Billing Phone\n",
    );
    for number in 1..=20_000 {
        let (minute, second) = (number / 60 % 60, number % 60);
        let _ = writeln!(
            text,
            "#{},ada.archer@example.com,paid,fulfilled,USD,24.00,0.00,0.00,24.00,2026-01-06 21:{minute:02}:{second:02} -0500,1,Stoneware mug,24.00,HP-MUG,Ada Archer,973 Harbor Street,Portland,04101,US,+1 202 555 0100",
            1000 + number
        );
    }
    text
}

#[test]
fn every_picture_is_there_and_is_shown() {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    for (name, _) in PICTURES {
        let svg = fs::read_to_string(pictures().join(format!("{name}.svg"))).unwrap();
        assert!(
            svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"),
            "{name}"
        );
        assert!(
            readme.contains(&format!("assets/pictures/{name}.svg")),
            "the README doesn't show {name}"
        );
    }
    for file in fs::read_dir(pictures()).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let known = PICTURES
            .iter()
            .any(|(known, _)| format!("{known}.svg") == name);
        assert!(known, "{name} is no picture that the test takes");
    }
}
