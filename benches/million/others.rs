//! The beginning of an export in other forms: as it is, one JSON object a line, and a workbook.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use calamine::{Reader, Xlsx};
use serde_json::{Map, Value, json};

/// How many orders each file holds.
pub const ORDERS: usize = 100_000;

/// The same orders in three files.
pub struct Others {
    pub table: PathBuf,
    pub lines: PathBuf,
    pub workbook: PathBuf,
}

/// Writes the first orders of a Shopify export (CSV) anew.
pub fn write(home: &Path, export: &Path) -> Others {
    let others = Others {
        table: home.join("orders.csv"),
        lines: home.join("orders.ndjson"),
        workbook: home.join("orders.xlsx"),
    };
    let mut reader = csv::Reader::from_path(export).expect("a table");
    let header = reader.headers().expect("a header").clone();
    let mut table = csv::Writer::from_path(&others.table).unwrap();
    let mut lines = BufWriter::new(File::create(&others.lines).unwrap());
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory().unwrap();
    table.write_record(&header).unwrap();
    for (column, name) in (0..).zip(&header) {
        sheet.write_string(0, column, name).unwrap();
    }
    let mut order: Option<(String, Value)> = None;
    let mut orders = 0;
    for (number, row) in (1..).zip(reader.records()) {
        let row = row.expect("a row");
        let cell = |name: &str| {
            let column = header.iter().position(|known| known == name);
            column
                .and_then(|column| row.get(column))
                .unwrap_or_default()
        };
        let is_next = order.as_ref().is_none_or(|(name, _)| name != cell("Name"));
        if is_next {
            if let Some((_, order)) = order.take() {
                writeln!(lines, "{order}").unwrap();
            }
            if orders == ORDERS {
                break;
            }
            orders += 1;
            order = Some((cell("Name").to_owned(), order_of(&cell)));
        }
        if let Some((_, Value::Object(order))) = &mut order {
            let items = order.entry("line_items").or_insert_with(|| json!([]));
            items.as_array_mut().unwrap().push(line_of(&cell));
        }
        table.write_record(&row).unwrap();
        for (column, text) in (0..).zip(&row).filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(number, column, text).unwrap();
        }
    }
    if let Some((_, order)) = order {
        writeln!(lines, "{order}").unwrap();
    }
    table.flush().unwrap();
    lines.flush().unwrap();
    workbook.save(&others.workbook).unwrap();
    others
}

/// How long the workbook library takes for nothing but the cells.
pub fn cells_alone(workbook: &Path) -> Duration {
    let start = Instant::now();
    let mut workbook: Xlsx<_> = calamine::open_workbook(workbook).expect("a workbook");
    let name = workbook.sheet_names().first().cloned().expect("a sheet");
    let mut cells = workbook.worksheet_cells_reader(&name).expect("cells");
    let mut count = 0_u64;
    while let Some(_cell) = cells.next_cell().expect("a cell") {
        count += 1;
    }
    assert!(count > 0);
    start.elapsed()
}

/// An order as Shopify's own interface has it, without its lines.
fn order_of<'c>(cell: &impl Fn(&str) -> &'c str) -> Value {
    let time = |name: &str| {
        let text = cell(name);
        let (clock, offset) = text.rsplit_once(' ').unwrap_or((text, ""));
        let clock = clock.replace(' ', "T");
        let offset = match offset.split_at_checked(3) {
            Some((hours, minutes)) => format!("{hours}:{minutes}"),
            None => String::new(),
        };
        (!text.is_empty()).then(|| format!("{clock}{offset}"))
    };
    let address = |whose: &str| {
        let of = |name: &str| cell(&format!("{whose} {name}")).to_owned();
        json!({
            "name": of("Name"), "address1": of("Address1"), "address2": of("Address2"), "company": of("Company"),
            "city": of("City"), "zip": of("Zip").trim_start_matches('\''), "province_code": of("Province"),
            "country_code": of("Country"), "phone": of("Phone"),
        })
    };
    let mut order = Map::new();
    for (name, column) in [
        ("name", "Name"),
        ("email", "Email"),
        ("financial_status", "Financial Status"),
        ("currency", "Currency"),
        ("subtotal_price", "Subtotal"),
        ("total_tax", "Taxes"),
        ("total_price", "Total"),
        ("total_discounts", "Discount Amount"),
        ("note", "Notes"),
        ("tags", "Tags"),
        ("source_name", "Source"),
    ] {
        order.insert(name.to_owned(), cell(column).into());
    }
    let number: u64 = cell("Id").parse().unwrap_or_default();
    order.insert("id".to_owned(), number.into());
    order.insert("created_at".to_owned(), time("Created at").into());
    order.insert("cancelled_at".to_owned(), time("Cancelled at").into());
    let fulfilment = cell("Fulfillment Status");
    let fulfilment = (fulfilment != "unfulfilled").then_some(fulfilment);
    order.insert("fulfillment_status".to_owned(), fulfilment.into());
    let marketing = cell("Accepts Marketing") == "yes";
    order.insert("buyer_accepts_marketing".to_owned(), marketing.into());
    let gateway = cell("Payment Method");
    order.insert("payment_gateway_names".to_owned(), json!([gateway]));
    let shipping = json!([{ "title": cell("Shipping Method"), "price": cell("Shipping") }]);
    order.insert("shipping_lines".to_owned(), shipping);
    order.insert("billing_address".to_owned(), address("Billing"));
    order.insert("shipping_address".to_owned(), address("Shipping"));
    order.into()
}

fn line_of<'c>(cell: &impl Fn(&str) -> &'c str) -> Value {
    let quantity: u64 = cell("Lineitem quantity").parse().unwrap_or_default();
    json!({
        "sku": cell("Lineitem sku"),
        "name": cell("Lineitem name"),
        "quantity": quantity,
        "price": cell("Lineitem price"),
    })
}
