//! What breaks each rule, and what is then told: the cases of the order, of Kameleoon and of Voucherify.

use orderdeck::finding::Severity::{self, Error, Info, Warning};

use super::files::File::{self, Export, Page};

/// One way to break a rule.
#[derive(Debug)]
pub struct Case {
    pub rule: &'static str,
    pub severity: Severity,
    pub vendor: &'static str,
    pub file: File,
    /// Settings of the account, as JSON.
    pub settings: &'static [(&'static str, &'static str)],
    /// What is changed so that the rule has nothing to say.
    pub sound: &'static [(&'static str, &'static str)],
    /// What is changed then.
    pub breaks: &'static [(&'static str, &'static str)],
    pub pointer: Option<&'static str>,
    /// Line, and column or pointer.
    pub place: (u64, Option<&'static str>),
}

/// Told of two orders of one id: vendor, rule, pointer.
pub const IN_A_FILE: &[(&str, &str, &str)] = &[
    ("kameleoon", "KAM-12", "/id"),
    ("voucherify", "VOU-10", "/source_id"),
    ("project-agora", "PAC-11", "/id"),
    ("kibo", "KIB-14", "/externalOrderID"),
];

/// Told of whole requests only.
pub const OF_A_REQUEST: &[&str] = &["KAM-13", "VOU-04"];

pub(super) type Changes = &'static [(&'static str, &'static str)];

/// A payload of the vendor's own that is broken at one place, which the file has.
pub(super) const fn at(
    rule: &'static str,
    page: File,
    pointer: &'static str,
    breaks: Changes,
) -> Case {
    Case {
        rule,
        severity: Error,
        vendor: vendor_of(rule),
        file: page,
        settings: &[],
        sound: &[],
        breaks,
        pointer: Some(pointer),
        place: (2, Some(pointer)),
    }
}

/// An export that is broken in one cell.
pub(super) const fn cell(
    rule: &'static str,
    pointer: &'static str,
    column: &'static str,
    breaks: Changes,
) -> Case {
    Case {
        place: (2, Some(column)),
        ..at(rule, Export, pointer, breaks)
    }
}

impl Case {
    pub(super) const fn warning(mut self) -> Self {
        self.severity = Warning;
        self
    }
    pub(super) const fn info(mut self) -> Self {
        self.severity = Info;
        self
    }
    /// What makes it sound first.
    pub(super) const fn after(mut self, sound: Changes) -> Self {
        self.sound = sound;
        self
    }
    pub(super) const fn with(mut self, settings: Changes) -> Self {
        self.settings = settings;
        self
    }
    /// In the second row.
    pub(super) const fn on_second(mut self) -> Self {
        self.place.0 = 3;
        self
    }
    /// What isn't there has no place of its own but the order's, or its line's.
    pub(super) const fn on_line(mut self, line: u64) -> Self {
        self.place = (line, None);
        self
    }
    pub(super) const fn whole(mut self) -> Self {
        self.pointer = None;
        self.on_line(2)
    }
}

const fn vendor_of(rule: &str) -> &'static str {
    match rule.as_bytes()[0] {
        b'V' => "voucherify",
        b'P' => "project-agora",
        _ => match rule.as_bytes()[1] {
            b'I' => "kibo",
            _ => "kameleoon",
        },
    }
}

const KAM: File = Page("kameleoon-import.json", 0);
const VOU: File = Page("voucherify-import.json", 0);
/// An order with an amount and no items.
const VOU_BARE: File = Page("voucherify-import.json", 3);
/// An order whose items have prices and quantities.
const VOU_PRICED: File = Page("voucherify-import.json", 6);

/// No address at all.
pub(super) const NOWHERE: Changes = &[
    ("Billing Address1", ""),
    ("Billing City", ""),
    ("Billing Zip", ""),
    ("Billing Country", ""),
    ("Shipping Address1", ""),
    ("Shipping City", ""),
    ("Shipping Zip", ""),
    ("Shipping Country", ""),
];

/// Every case: of the order itself, of Kameleoon and Voucherify here, of the others in [`super::commerce`].
pub fn roll() -> impl Iterator<Item = &'static Case> {
    ROLL.iter().chain(super::commerce::ROLL)
}

const ROLL: &[Case] = &[
    // The order itself.
    cell("ORD-01", "/total", "Total", &[("+Total", "26.00")]).on_second(),
    cell("ORD-02", "/items/1", "", &[("+Lineitem name", "Mug")])
        .warning()
        .after(&[("Total", "45.00")])
        .on_line(3),
    cell(
        "ORD-03",
        "/currency",
        "Currency",
        &[
            ("Currency", "EUR"),
            ("+Currency", "USD"),
            ("+Name", "#1002"),
        ],
    )
    .after(&[("+Name", "#1002")]),
    cell("ORD-04", "/total", "Total", &[("Total", "25.01")]).warning(),
    // Kameleoon.
    at("KAM-01", KAM, "/external_id", &[("/external_id", "")]).on_line(2),
    at("KAM-01", KAM, "/channel", &[("/channel", "\"\"")]),
    at(
        "KAM-01",
        KAM,
        "/items/0/price",
        &[("/items/0/price", "null")],
    ),
    cell("KAM-01", "/date", "Created at", &[("Created at", "")]),
    cell("KAM-01", "/value/total", "Total", &[("Total", "")]),
    cell(
        "KAM-01",
        "/items/0/id",
        "Lineitem sku",
        &[("Lineitem sku", "")],
    ),
    cell(
        "KAM-01",
        "/items/1/quantity",
        "Lineitem quantity",
        &[("+Lineitem quantity", "")],
    )
    .after(&[("+Lineitem sku", "home--POT")])
    .on_second(),
    cell(
        "KAM-01",
        "/items/0/price",
        "Lineitem price",
        &[("Lineitem price", "")],
    ),
    at("KAM-02", KAM, "/date", &[("/date", "\"2020-10-10\"")]),
    at(
        "KAM-02",
        KAM,
        "/delivery_time",
        &[("/delivery_time", "\"25:00\"")],
    ),
    at(
        "KAM-02",
        KAM,
        "/items/0/quantity",
        &[("/items/0/quantity", "1.5")],
    ),
    at(
        "KAM-03",
        KAM,
        "/items/0/status",
        &[("/items/0/status", "\"sent\"")],
    ),
    at(
        "KAM-04",
        KAM,
        "/payment_structure/cash",
        &[("/value/total", "200.14")],
    ),
    cell(
        "KAM-04",
        "/payment_structure/cash",
        "Total",
        &[("Total", "4.99")],
    ),
    at("KAM-05", KAM, "/date", &[("/date", "1602338740000")]),
    at("KAM-05", KAM, "/date", &[("/date", "946684799")]),
    cell(
        "KAM-05",
        "/date",
        "Created at",
        &[("Created at", "2999-03-01 09:59:00 +0100")],
    ),
    cell(
        "KAM-06",
        "/items",
        "",
        &[("Lineitem name", ""), ("Lineitem quantity", "")],
    )
    .on_line(2),
    at(
        "KAM-07",
        KAM,
        "/items/1/id",
        &[(
            "/items/-",
            r#"{"id":"ITEM-ID-1","price":1,"quantity":1,"status":"created"}"#,
        )],
    ),
    cell(
        "KAM-07",
        "/items/1/id",
        "Lineitem sku",
        &[("+Lineitem sku", "home--MUG")],
    )
    .after(&[("+Lineitem sku", "home--POT")])
    .with(&[("repeated_lines", "\"refuse\"")])
    .on_second(),
    cell(
        "KAM-07",
        "/items/0/id",
        "Lineitem sku",
        &[("+Lineitem sku", "home--MUG")],
    )
    .after(&[("+Lineitem sku", "home--POT")])
    .with(&[("repeated_lines", "\"merge\"")])
    .warning(),
    at(
        "KAM-08",
        KAM,
        "/items/0/status",
        &[("/items/0/status", "\"refunded\"")],
    )
    .warning(),
    cell(
        "KAM-09",
        "/items/0/quantity",
        "Lineitem quantity",
        &[("Lineitem quantity", "1.5")],
    )
    .warning(),
    at("KAM-10", KAM, "", &[("/promocode", "\"\"")])
        .warning()
        .whole(),
    at(
        "KAM-11",
        KAM,
        "/id",
        &[("/id", "\"3f2504e0-4f89-41d3-9a0c-0305e82c3301\"")],
    )
    .warning(),
    // Voucherify.
    at("VOU-01", VOU, "/status", &[("/status", "\"SHIPPED\"")]),
    at("VOU-02", VOU_BARE, "/amount", &[("/amount", "\"7000\"")]),
    at("VOU-02", VOU_BARE, "/amount", &[("/amount", "-1")]),
    at(
        "VOU-03",
        VOU,
        "/items",
        &[("/items", r#"501 of {"product_id":"p"}"#)],
    )
    .after(&[("/items", r#"500 of {"product_id":"p"}"#)]),
    at("VOU-05", VOU, "/metadata", &[("/metadata", "{}")])
        .warning()
        .after(&[("/metadata/order_date", "\"2024-03-01\"")]),
    cell("VOU-05", "/metadata", "Created at", &[("Created at", "")]).warning(),
    at("VOU-06", VOU_PRICED, "/amount", &[("/amount", "7801")])
        .warning()
        .after(&[("/amount", "7800")]),
    at(
        "VOU-07",
        VOU,
        "/items/0/related_object",
        &[("/items/0/source_id", "")],
    ),
    at(
        "VOU-07",
        VOU,
        "/items/0/source_id",
        &[("/items/0/related_object", "")],
    )
    .warning(),
    at(
        "VOU-08",
        VOU,
        "/items/0/quantity",
        &[("/items/0/quantity", "0")],
    ),
    at(
        "VOU-08",
        VOU,
        "/items/0/initial_quantity",
        &[("/items/0/initial_quantity", "0")],
    ),
    at("VOU-09", VOU, "/source_id", &[("/source_id", "null")]).warning(),
    at(
        "VOU-11",
        VOU,
        "/customer/birthday",
        &[("/customer/birthday", "\"2022-03-03\"")],
    )
    .warning()
    .after(&[("/referrer/birthday", "")]),
    at(
        "VOU-12",
        VOU,
        "/customer/birthdate",
        &[("/customer/birthdate", "\"2023-02-29\"")],
    ),
    at(
        "VOU-12",
        VOU,
        "/customer/email",
        &[("/customer/email", "\"bob\"")],
    ),
    at(
        "VOU-13",
        VOU_BARE,
        "/items/0/product/override",
        &[(
            "/items",
            r#"[{"product_id":"p","product":{"override":true}}]"#,
        )],
    )
    .warning(),
    cell(
        "VOU-14",
        "/items/0/amount",
        "Lineitem price",
        &[("Lineitem price", "10.0005")],
    ),
    cell(
        "VOU-14",
        "/discount_amount",
        "Discount Amount",
        &[("Currency", "JPY"), ("Discount Amount", "0.50")],
    ),
];
