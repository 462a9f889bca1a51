//! The roll: what breaks each rule, and what is then told.

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

type Changes = &'static [(&'static str, &'static str)];

/// A payload of the vendor's own that is broken at one place, which the file has.
const fn at(rule: &'static str, page: File, pointer: &'static str, breaks: Changes) -> Case {
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
const fn cell(
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
    const fn warning(mut self) -> Self {
        self.severity = Warning;
        self
    }
    const fn info(mut self) -> Self {
        self.severity = Info;
        self
    }
    /// What makes it sound first.
    const fn after(mut self, sound: Changes) -> Self {
        self.sound = sound;
        self
    }
    const fn with(mut self, settings: Changes) -> Self {
        self.settings = settings;
        self
    }
    /// In the second row.
    const fn on_second(mut self) -> Self {
        self.place.0 = 3;
        self
    }
    /// What isn't there has no place of its own but the order's, or its line's.
    const fn on_line(mut self, line: u64) -> Self {
        self.place = (line, None);
        self
    }
    const fn whole(mut self) -> Self {
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
const PAC: File = Page("project-agora-items.json", 0);
const KIB: File = Page("kibo-import.json", 0);

/// No address at all.
const NOWHERE: Changes = &[
    ("Billing Address1", ""),
    ("Billing City", ""),
    ("Billing Zip", ""),
    ("Billing Country", ""),
    ("Shipping Address1", ""),
    ("Shipping City", ""),
    ("Shipping Zip", ""),
    ("Shipping Country", ""),
];

pub const ROLL: &[Case] = &[
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
    // Project Agora.
    at("PAC-01", PAC, "/orderDate", &[("/orderDate", "null")]),
    cell("PAC-01", "/orderDate", "Created at", &[("Created at", "")]),
    cell(
        "PAC-01",
        "/orderItems/0/gtin",
        "Lineitem sku",
        &[("Lineitem sku", "")],
    ),
    cell(
        "PAC-01",
        "/orderItems/0/regularUnitPrice",
        "Lineitem price",
        &[("Lineitem price", "")],
    ),
    at(
        "PAC-02",
        PAC,
        "/orderDate",
        &[("/orderDate", "\"2019-12-02T15:00:00\"")],
    ),
    at(
        "PAC-03",
        PAC,
        "/orderItems/0/gtin",
        &[("/orderItems/0/gtin", "\"123456\"")],
    ),
    cell(
        "PAC-03",
        "/orderItems/0/gtin",
        "Lineitem sku",
        &[("Lineitem sku", "MUG")],
    )
    .with(&[("gtin_prefix", "\"\"")]),
    at(
        "PAC-04",
        PAC,
        "/orderItems/0/regularUnitPrice",
        &[("/orderItems/0/regularUnitPrice", "9.99")],
    ),
    at(
        "PAC-04",
        PAC,
        "/orderItems/0/regularUnitPrice",
        &[("/orderItems/0/regularUnitPrice", "\"-9.99\"")],
    ),
    at(
        "PAC-05",
        PAC,
        "/orderItems/0/quantity",
        &[("/orderItems/0/quantity", "0")],
    ),
    cell(
        "PAC-05",
        "/orderItems/0/quantity",
        "Lineitem quantity",
        &[("Lineitem quantity", "1.5")],
    ),
    at(
        "PAC-06",
        PAC,
        "/orderItems/1/adId",
        &[
            ("/orderItems/0/adId", "\"banner_a\""),
            ("/orderItems/1/adId", "\"banner_a\""),
        ],
    ),
    at(
        "PAC-07",
        PAC,
        "/orderItems/0/totalOrderItemPriceAfterDiscounts",
        &[(
            "/orderItems/0/totalOrderItemPriceAfterDiscounts",
            "\"29.98\"",
        )],
    )
    .warning(),
    at(
        "PAC-07",
        PAC,
        "/orderItems/0/totalOrderItemPriceAfterDiscounts",
        &[(
            "/orderItems/0/totalOrderItemPriceAfterDiscounts",
            "\"10.00\"",
        )],
    )
    .warning()
    .with(&[("total_means", "\"unit\"")]),
    at("PAC-08", PAC, "/id", &[("/id", "")])
        .warning()
        .after(&[("/id", "\"1\"")])
        .on_line(2),
    at(
        "PAC-09",
        PAC,
        "/orderItems",
        &[("/orderItems/0/adId", ""), ("/orderItems/1/adId", "")],
    )
    .warning(),
    at(
        "PAC-09",
        PAC,
        "/orderItems",
        &[("/orderItems/0/adId", ""), ("/orderItems/1/adId", "")],
    )
    .info()
    .with(&[("all_orders", "true")]),
    at(
        "PAC-10",
        PAC,
        "/orderItems/0/adId",
        &[("/orderItems/0/adId", "\"video_a\"")],
    )
    .warning(),
    // Kibo.
    at("KIB-01", KIB, "/manufacturerID", &[("/manufacturerID", "")]).on_line(2),
    cell(
        "KIB-01",
        "/orderPayments/0/paymentMethod/billingAddress/city",
        "Billing City",
        &[("Billing City", "")],
    ),
    cell(
        "KIB-01",
        "/orderItems/0/product/name",
        "Lineitem name",
        &[("Lineitem name", "")],
    ),
    cell(
        "KIB-01",
        "/orderItems/0/product/partNumber",
        "Lineitem sku",
        &[("Lineitem sku", "")],
    ),
    cell("KIB-01", "/currency", "Currency", &[("Currency", "")]),
    cell(
        "KIB-01",
        "/orderItems/0/itemSpecifics/actualPrice",
        "Lineitem price",
        &[("Lineitem price", "")],
    ),
    cell(
        "KIB-01",
        "/customer",
        "Billing Name",
        &[("Email", ""), ("Billing Name", ""), ("Shipping Name", "")],
    ),
    cell("KIB-01", "/shippingAddress", "Shipping Address1", NOWHERE),
    at(
        "KIB-02",
        KIB,
        "/landingCode",
        &[("/landingCode", "\"short\"")],
    ),
    at(
        "KIB-02",
        KIB,
        "/manufacturerID",
        &[("/manufacturerID", "0")],
    ),
    at("KIB-02", KIB, "/orderItems", &[("/orderItems", "[]")]),
    at(
        "KIB-03",
        KIB,
        "/orderStatus",
        &[("/orderStatus", "\"RETURNED\"")],
    ),
    cell(
        "KIB-03",
        "/orderStatus",
        "Financial Status",
        &[("Financial Status", "refunded")],
    ),
    at(
        "KIB-04",
        KIB,
        "/customerIP",
        &[("/customerIP", "\"2001:db8::1\"")],
    ),
    at(
        "KIB-05",
        KIB,
        "/customerIP",
        &[("/customerIP", "\"192.168.1.7\"")],
    )
    .warning()
    .after(&[("/customerIP", "\"203.0.113.9\"")]),
    at("KIB-06", KIB, "/currency", &[("/currency", "\"USX\"")]),
    cell(
        "KIB-06",
        "/shippingAddress/countryCode",
        "Shipping Country",
        &[("Shipping Country", "XX")],
    ),
    at(
        "KIB-07",
        KIB,
        "/orderItems/0/itemSpecifics/itemTaxOverride",
        &[("/orderItems/0/itemSpecifics/itemTaxOverride", "null")],
    ),
    at("KIB-08", KIB, "/sendEmail", &[("/sendEmail", "true")])
        .warning()
        .after(&[("/sendEmail", "false")]),
    at(
        "KIB-09",
        KIB,
        "/orderGift/message",
        &[("/orderGift/message", "\"\u{1F381}\"")],
    ),
    cell(
        "KIB-09",
        "/orderComment",
        "Notes",
        &[("Notes", "\u{1F381}")],
    ),
    at(
        "KIB-10",
        KIB,
        "/orderPayments/0/paymentMethod/paymentType",
        &[("/orderPayments/0/paymentMethod/paymentType", "\"XX\"")],
    )
    .warning(),
    at(
        "KIB-10",
        KIB,
        "/orderPayments/0/paymentMethod/noOperationType",
        &[("/orderPayments/0/paymentMethod/noOperationType", "\"\"")],
    )
    .warning(),
    at(
        "KIB-11",
        KIB,
        "/orderPayments/0/paymentMethod/cardNumber",
        &[(
            "/orderPayments/0/paymentMethod/cardNumber",
            "\"4111111111111111\"",
        )],
    ),
    at(
        "KIB-12",
        KIB,
        "/importedCreationDate",
        &[("/importedCreationDate", "null")],
    )
    .warning()
    .after(&[("/importedCreationDate", "\"2024-03-01T09:59:00Z\"")]),
    cell(
        "KIB-12",
        "/importedCreationDate",
        "Created at",
        &[("Created at", "")],
    )
    .warning(),
    at(
        "KIB-13",
        KIB,
        "/customer/password",
        &[("/customer/password", "\"hunter2\"")],
    ),
    at("KIB-15", KIB, "/isTestOrder", &[("/isTestOrder", "false")])
        .warning()
        .after(&[("/isTestOrder", "true")]),
    cell(
        "KIB-16",
        "/discounts",
        "Discount Amount",
        &[("Discount Amount", "1.00"), ("Total", "24.00")],
    )
    .info(),
];
