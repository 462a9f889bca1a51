//! Orders as JSON writes them.

use super::*;

#[test]
fn a_list_of_orders_with_camel_case_and_nested_people() {
    let text = r#"{"data": [
      {"id": "ord_1", "createdAt": "2024-03-01T10:00:00Z", "currencyCode": "EUR", "status": "PAID",
       "customer": {"id": 17, "email": "ada@example.com", "firstName": "Ada", "lastName": "Archer"},
       "billingAddress": {"street": "Weg 1", "city": "Bonn", "postalCode": "53111", "countryCode": "DE"},
       "totals": {"grandTotal": 24.90, "shipping": 5.00},
       "refunds": [{"amount": 1.00}],
       "lineItems": [{"id": "l1", "sku": "A-1", "name": "Mug", "quantity": 2, "unitPrice": 9.95}]},
      {"id": "ord_2", "createdAt": "2024-03-02T10:00:00Z", "currencyCode": "EUR", "status": "SHIPPED",
       "customer": {"id": 18, "email": "bo@example.com", "firstName": "Bo", "lastName": "Brandt"},
       "billingAddress": {"street": "Gasse 2", "city": "Wien", "postalCode": "1010", "countryCode": "AT"},
       "totals": {"grandTotal": 9.95, "shipping": 0.00},
       "refunds": [],
       "lineItems": [{"id": "l2", "sku": "B-1", "name": "Cup", "quantity": 1, "unitPrice": 9.95}]}
    ]}"#;
    let proposal = assert_rules(
        text,
        &[
            ("id", "id"),
            ("placed_at", "createdAt"),
            ("currency", "currencyCode"),
            ("payment", "status"),
            ("fulfilment", "status"),
            ("customer.id", "customer.id"),
            ("customer.email", "customer.email"),
            ("customer.first_name", "customer.firstName"),
            ("customer.last_name", "customer.lastName"),
            ("billing.line1", "billingAddress.street"),
            ("billing.city", "billingAddress.city"),
            ("billing.postal_code", "billingAddress.postalCode"),
            ("billing.country", "billingAddress.countryCode"),
            ("items.id", "id"),
            ("items.sku", "sku"),
            ("items.name", "name"),
            ("items.quantity", "quantity"),
            ("items.unit_price", "unitPrice"),
        ],
    );
    assert_eq!(proposal.list.as_deref(), Some("lineItems"));
    assert_eq!(group_by(&proposal), Some("id"));
    assert!(!asks(&proposal, &About::TimeZone));
}

#[test]
fn a_german_ndjson_with_positions() {
    let text = "{\"auftragsnummer\":\"A1\",\"bestelldatum\":\"01.03.2024 10:00:00\",\"kunde\":{\"nummer\":\"K1\",\"email\":\"a@b.de\"},\"gesamtbetrag\":\"19,90\",\"waehrung\":\"EUR\",\"positionen\":[{\"artikelnummer\":\"0815\",\"bezeichnung\":\"Tasse\",\"menge\":2,\"einzelpreis\":\"9,95\"}]}
{\"auftragsnummer\":\"A2\",\"bestelldatum\":\"31.03.2024 10:00:00\",\"kunde\":{\"nummer\":\"K2\",\"email\":\"c@d.de\"},\"gesamtbetrag\":\"5,00\",\"waehrung\":\"EUR\",\"positionen\":[{\"artikelnummer\":\"0816\",\"bezeichnung\":\"Löffel\",\"menge\":1,\"einzelpreis\":\"5,00\"}]}
";
    let proposal = assert_rules(
        text,
        &[
            ("id", "auftragsnummer"),
            ("placed_at", "bestelldatum"),
            ("customer.id", "kunde.nummer"),
            ("customer.email", "kunde.email"),
            ("total", "gesamtbetrag"),
            ("currency", "waehrung"),
            ("items.sku", "artikelnummer"),
            ("items.name", "bezeichnung"),
            ("items.quantity", "menge"),
            ("items.unit_price", "einzelpreis"),
        ],
    );
    assert_eq!(proposal.list.as_deref(), Some("positionen"));
    assert_eq!(proposal.read.decimal_mark, crate::mapping::Mark::Comma);
}

#[test]
fn objects_without_lines_are_asked_about() {
    let proposal =
        proposal(r#"[{"orderId": 1, "total": "5.00"}, {"orderId": 2, "total": "6.00"}]"#);
    assert_eq!(rule(&proposal, "id"), "orderId");
    assert_eq!(proposal.list, None);
    assert!(asks(&proposal, &About::Items));
}
