//! Random orders as a Shopify export: whatever shops have, and whatever they shouldn't.

use orderdeck::order::Decimal;
use proptest::prelude::*;
use proptest::sample::select;

#[derive(Debug, Clone)]
pub struct RandomOrder {
    cells: Vec<(&'static str, String)>,
    lines: Vec<Vec<(&'static str, String)>>,
    /// Of the currency.
    decimals: u32,
    shipping: i64,
    tax: i64,
    discount: i64,
    /// What is added to the right total: usually nothing.
    slip: i64,
    total: bool,
}

const COLUMNS: &[&str] = &[
    "Email",
    "Financial Status",
    "Fulfillment Status",
    "Currency",
    "Discount Code",
    "Shipping Method",
    "Created at",
    "Billing Name",
    "Billing Address1",
    "Billing Address2",
    "Billing City",
    "Billing Zip",
    "Billing Province",
    "Billing Country",
    "Billing Phone",
    "Shipping Name",
    "Shipping Address1",
    "Shipping Address2",
    "Shipping City",
    "Shipping Zip",
    "Shipping Country",
    "Shipping Phone",
    "Notes",
    "Cancelled at",
    "Payment Method",
    "Source",
    "Tags",
];
const SUMS: &[&str] = &["Shipping", "Taxes", "Discount Amount", "Total"];
const LINE: &[&str] = &[
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem compare at price",
    "Lineitem sku",
    "Lineitem fulfillment status",
    "Lineitem discount",
];

/// Mostly the first, sometimes one of the others.
fn mostly(usual: &'static str, others: &'static [&'static str]) -> BoxedStrategy<String> {
    prop_oneof![
        9 => Just(usual.to_owned()),
        1 => select(others).prop_map(str::to_owned),
    ]
    .boxed()
}

fn text(usual: &'static str) -> BoxedStrategy<String> {
    prop_oneof![
        40 => Just(usual.to_owned()),
        2 => Just(String::new()),
        2 => Just("Ærøskøbing Ωmega 東京".to_owned()),
        1 => Just("sun 🌻 flower".to_owned()),
        1 => Just("a \"quoted\", <b>&amp;</b>\nline\tend \\ \u{202e}x".to_owned()),
        1 => Just("long ".repeat(60)),
        1 => Just("very long & ".repeat(200)),
        1 => "\\PC{1,40}",
    ]
    .boxed()
}

fn amount(digits: i64, decimals: u32) -> String {
    Decimal::new(digits, decimals).to_string()
}

fn line(decimals: u32) -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let quantity = prop_oneof![
        20 => (1..6_i64).prop_map(|n| n.to_string()),
        1 => Just("0.5".to_owned()),
        1 => Just("1.250".to_owned()),
        1 => Just("0".to_owned()),
        1 => Just("-1".to_owned()),
        1 => Just(String::new()),
    ];
    let price = prop_oneof![
        20 => (0..50_000_i64).prop_map(move |digits| amount(digits, decimals)),
        1 => Just("10.799999999999999".to_owned()),
        1 => Just("-3".to_owned()),
        1 => Just(String::new()),
        1 => Just("12345678901234.99".to_owned()),
    ];
    let discount = prop_oneof![
        4 => Just(String::new()),
        1 => (0..400_i64).prop_map(move |digits| amount(digits, decimals)),
    ];
    let sku = prop_oneof![
        20 => "[A-Z]{3}-[0-9]{5}".boxed(),
        1 => Just("SAME".to_owned()).boxed(),
        1 => text("own--SKU-1"),
    ];
    let status = mostly("fulfilled", &["unfulfilled", "partial", "", "lost"]);
    let list_price = prop_oneof![4 => Just(String::new()), 1 => Just("99.00".to_owned())];
    (
        quantity,
        text("Mug"),
        price,
        list_price,
        sku,
        status,
        discount,
    )
        .prop_map(
            |(quantity, name, price, list_price, sku, status, discount)| {
                let cells = [quantity, name, price, list_price, sku, status, discount];
                LINE.iter().copied().zip(cells).collect()
            },
        )
}

/// Any order that a file may hold.
pub fn any() -> impl Strategy<Value = RandomOrder> {
    let currency = select(vec![
        ("EUR", 2),
        ("USD", 2),
        ("JPY", 0),
        ("KWD", 3),
        ("", 2),
        ("EUR", 4),
    ]);
    currency.prop_flat_map(|(currency, decimals)| {
        let head = [
            mostly("ada@example.com", &["", "nobody", "ö@ü.example"]),
            mostly(
                "paid",
                &[
                    "pending",
                    "refunded",
                    "partially_refunded",
                    "voided",
                    "authorized",
                    "",
                    "lost",
                ],
            ),
            mostly("fulfilled", &["unfulfilled", "partial", "", "restocked"]),
            Just(currency.to_owned()).boxed(),
            text("WELCOME"),
            mostly("Standard", &["", "Express"]),
            mostly(
                "2024-03-01 09:59:00 +0100",
                &[
                    "",
                    "2024-03-01",
                    "1999-12-31 10:00:00 +0000",
                    "2199-01-01 00:00:00 +0000",
                    "soon",
                ],
            ),
            text("Ada Archer"),
            text("1 Elm Lane"),
            text(""),
            text("Berlin"),
            mostly("'10115", &["", "SW1A 1AA"]),
            text("BE"),
            mostly("DE", &["", "XX", "Germany", "US"]),
            mostly("+49 30 123456", &["", "call me"]),
            text("Ada Archer"),
            text("1 Elm Lane"),
            text("Floor 3"),
            text("Berlin"),
            mostly("'10115", &[""]),
            mostly("DE", &["", "QQ", "GB"]),
            text("+49 30 123456"),
            text(""),
            mostly("", &["2024-03-02 10:00:00 +0100"]),
            mostly("Card", &["", "PayPal", "gift_card"]),
            mostly("web", &["pos", "", "1234"]),
            text(""),
        ];
        let amounts = (
            0..3000_i64,
            0..900_i64,
            0..2000_i64,
            select(vec![0, 0, 0, 0, 1]),
            proptest::bool::weighted(0.95),
        );
        let lines = prop::collection::vec(line(decimals), 0..=8);
        let head: Vec<_> = head.into_iter().collect();
        (head, amounts, lines).prop_map(
            move |(head, (shipping, tax, discount, slip, total), lines)| RandomOrder {
                cells: COLUMNS.iter().copied().zip(head).collect(),
                lines,
                decimals,
                shipping,
                tax,
                discount: if discount % 3 == 0 { discount } else { 0 },
                slip,
                total,
            },
        )
    })
}

/// Orders that every vendor takes.
pub fn sound(count: usize) -> Vec<RandomOrder> {
    (0..count)
        .map(|number| {
            let usual = [
                "ada@example.com",
                "paid",
                "fulfilled",
                "EUR",
                "WELCOME",
                "Standard",
                "2024-03-01 09:59:00 +0100",
                "Ada Archer",
                "1 Elm Lane",
                "",
                "Berlin",
                "'10115",
                "BE",
                "DE",
                "+49 30 123456",
                "Ada Archer",
                "1 Elm Lane",
                "Floor 3",
                "Berlin",
                "'10115",
                "DE",
                "+49 30 123456",
                "a note",
                "",
                "Card",
                "web",
                "",
            ];
            let line = |sku: String| {
                let cells = [
                    "2".to_owned(),
                    "Mug".to_owned(),
                    "10.00".to_owned(),
                    "12.00".to_owned(),
                    sku,
                    "fulfilled".to_owned(),
                    "1.00".to_owned(),
                ];
                LINE.iter().copied().zip(cells).collect()
            };
            RandomOrder {
                cells: COLUMNS
                    .iter()
                    .copied()
                    .zip(usual.map(str::to_owned))
                    .collect(),
                lines: vec![line(format!("A-{number}")), line(format!("B-{number}"))],
                decimals: 2,
                shipping: 500,
                tax: 0,
                discount: 0,
                slip: 0,
                total: true,
            }
        })
        .collect()
}

impl RandomOrder {
    fn sums(&self) -> [String; 4] {
        let own = |digits| Decimal::new(digits, self.decimals);
        let mut total = own(self.shipping) + own(self.tax) - own(self.discount) + own(self.slip);
        for line in &self.lines {
            let cell = |name| {
                let cell = line.iter().find(|(column, _)| *column == name);
                cell.and_then(|(_, text)| text.parse::<Decimal>().ok())
                    .unwrap_or_default()
            };
            total += cell("Lineitem quantity") * cell("Lineitem price") - cell("Lineitem discount");
        }
        let total = if self.total {
            total.to_string()
        } else {
            String::new()
        };
        [
            own(self.shipping).to_string(),
            own(self.tax).to_string(),
            own(self.discount).to_string(),
            total,
        ]
    }
}

/// The export.
pub fn csv(orders: &[RandomOrder]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = ["Name"].iter().chain(COLUMNS).chain(SUMS).chain(LINE);
    writer.write_record(header).unwrap();
    for (number, order) in orders.iter().enumerate() {
        let name = format!("#{}", 1001 + number);
        let head: Vec<String> = order
            .cells
            .iter()
            .map(|(_, text)| text.clone())
            .chain(order.sums())
            .collect();
        for row in 0..order.lines.len().max(1) {
            let mut cells = vec![name.clone()];
            cells.extend(head.iter().map(|text| {
                if row == 0 {
                    text.clone()
                } else {
                    String::new()
                }
            }));
            match order.lines.get(row) {
                Some(line) => cells.extend(line.iter().map(|(_, text)| text.clone())),
                None => cells.extend(LINE.iter().map(|_| String::new())),
            }
            writer.write_record(&cells).unwrap();
        }
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}
