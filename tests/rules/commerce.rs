//! What breaks the rules of Project Agora and Kibo, and what is then told.

use super::cases::{Case, NOWHERE, at, cell};
use super::files::File::{self, Page};

const PAC: File = Page("project-agora-items.json", 0);
const KIB: File = Page("kibo-import.json", 0);

pub const ROLL: &[Case] = &[
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
