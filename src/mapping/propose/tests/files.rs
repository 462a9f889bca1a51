//! One file a test, as shops, tills and accountants write them.

use super::*;
use crate::mapping::Mark;

#[test]
fn an_english_export_with_a_row_an_item_needs_hardly_a_question() {
    let text = "\
Order ID,Order Date,Customer Email,Customer ID,Currency,Order Status,SKU,Product Name,Quantity,Unit Price,Order Total,Shipping Cost,Billing City,Billing Country,Shipping City
1001,2024-03-01T10:00:00+01:00,ada@example.com,C-1,EUR,paid,A-1,Blue mug,2,9.95,24.90,5.00,Berlin,DE,Potsdam
1001,2024-03-01T10:00:00+01:00,ada@example.com,C-1,EUR,paid,B-2,Red mug,1,0.00,24.90,5.00,Berlin,DE,Potsdam
1002,2024-03-02T11:30:00+01:00,bo@example.com,C-2,EUR,shipped,A-1,Blue mug,1,9.95,14.95,5.00,Bonn,DE,Bonn
1003,2024-03-02T12:30:00+01:00,cy@example.com,C-3,EUR,cancelled,C-9,Green mug,3,4.10,12.30,0.00,Wien,AT,Graz
";
    let proposal = assert_rules(
        text,
        &[
            ("id", "Order ID"),
            ("placed_at", "Order Date"),
            ("customer.email", "Customer Email"),
            ("customer.id", "Customer ID"),
            ("currency", "Currency"),
            ("payment", "Order Status"),
            ("fulfilment", "Order Status"),
            ("cancelled", "Order Status"),
            ("items.sku", "SKU"),
            ("items.name", "Product Name"),
            ("items.quantity", "Quantity"),
            ("items.unit_price", "Unit Price"),
            ("total", "Order Total"),
            ("shipping_total", "Shipping Cost"),
            ("billing.city", "Billing City"),
            ("billing.country", "Billing Country"),
            ("shipping.city", "Shipping City"),
        ],
    );
    assert_eq!(group_by(&proposal), Some("Order ID"));
    assert_eq!(proposal.questions, [], "a perfect match needs no question");
    let payment = &proposal.status["payment"];
    assert_eq!(payment["paid"].as_deref(), Some("paid"));
    assert_eq!(payment["shipped"].as_deref(), Some(""));
    assert_eq!(
        proposal.status["cancelled"]["cancelled"].as_deref(),
        Some("true")
    );
    assert_eq!(
        proposal.status["cancelled"]["paid"].as_deref(),
        Some("false")
    );
}

#[test]
fn a_german_export_with_commas_dots_and_umlauts() {
    let text = "\
Bestellnummer;Bestelldatum;Kundennummer;E-Mail;Währung;Zahlungsstatus;Versandstatus;Artikelnummer;Artikelbezeichnung;Menge;Einzelpreis brutto;Gesamtbetrag;Versandkosten;Rechnungsort;Rechnungsland;Lieferort;Liefer-PLZ;Gutscheincode
B-1;07.10.2025 09:50;00017;ada@example.de;EUR;bezahlt;versendet;0815;Tasse blau;2;1.009,95;2.024,90;5,00;Köln;Deutschland;Köln;01067;
B-1;07.10.2025 09:50;00017;ada@example.de;EUR;bezahlt;versendet;0816;Tasse rot;1;0,00;2.024,90;5,00;Köln;Deutschland;Köln;01067;
B-2;31.10.2025 10:00;00018;bo@example.at;EUR;offen;nicht versendet;0815;Tasse blau;1;9,95;14,95;5,00;Wien;Österreich;Wien;1010;SOMMER
";
    let proposal = assert_rules(
        text,
        &[
            ("id", "Bestellnummer"),
            ("placed_at", "Bestelldatum"),
            ("customer.id", "Kundennummer"),
            ("customer.email", "E-Mail"),
            ("currency", "Währung"),
            ("payment", "Zahlungsstatus"),
            ("fulfilment", "Versandstatus"),
            ("items.sku", "Artikelnummer"),
            ("items.name", "Artikelbezeichnung"),
            ("items.quantity", "Menge"),
            ("items.unit_price", "Einzelpreis brutto"),
            ("prices_include_tax", "constant true"),
            ("total", "Gesamtbetrag"),
            ("shipping_total", "Versandkosten"),
            ("billing.city", "Rechnungsort"),
            ("billing.country", "Rechnungsland, looked up"),
            ("shipping.city", "Lieferort"),
            ("shipping.postal_code", "Liefer-PLZ"),
            ("discount_code", "Gutscheincode"),
        ],
    );
    assert_eq!(group_by(&proposal), Some("Bestellnummer"));
    assert_eq!(proposal.read.decimal_mark, Mark::Comma);
    assert_eq!(proposal.read.date_formats, ["%d.%m.%Y %H:%M"]);
    assert!(asks(&proposal, &About::TimeZone));
    assert!(!asks(&proposal, &About::Currency));
    assert_eq!(
        proposal.status["payment"]["bezahlt"].as_deref(),
        Some("paid")
    );
    assert_eq!(
        proposal.status["payment"]["offen"].as_deref(),
        Some("pending")
    );
    assert_eq!(
        proposal.status["fulfilment"]["nicht versendet"].as_deref(),
        Some("unfulfilled")
    );
}

#[test]
fn a_french_export_with_one_row_an_order() {
    let text = "\
N° de commande;Date de commande;Prénom;Nom de famille;Courriel;Téléphone;Statut;Total TTC;Frais de port;Mode de paiement;Code postal;Ville
F001;31/12/2024;Chloé;Costa;chloe@example.fr;+33 1 23 45 67 89;livrée;72,10 €;4,90 €;Carte;75008;Paris
F002;01/01/2025;Émile;Durand;emile@example.fr;+33 1 98 76 54 32;annulée;18,00 €;0,00 €;PayPal;69001;Lyon
F003;02/01/2025;Zoé;Blanc;zoe@example.fr;+33 1 11 22 33 44;remboursée;9,90 €;4,90 €;Carte;13001;Marseille
";
    let proposal = assert_rules(
        text,
        &[
            ("id", "N° de commande"),
            ("placed_at", "Date de commande"),
            ("customer.first_name", "Prénom"),
            ("customer.last_name", "Nom de famille"),
            ("customer.email", "Courriel"),
            ("customer.phone", "Téléphone"),
            ("payment", "Statut"),
            ("fulfilment", "Statut"),
            ("cancelled", "Statut"),
            ("total", "Total TTC"),
            ("shipping_total", "Frais de port"),
            ("payment_method", "Mode de paiement"),
            ("shipping.postal_code", "? Code postal"),
            ("shipping.city", "? Ville"),
        ],
    );
    assert_eq!(proposal.read.decimal_mark, Mark::Comma);
    assert_eq!(proposal.read.date_formats, ["%d/%m/%Y"]);
    let currency = proposal
        .read
        .currency
        .as_ref()
        .map(|(code, _)| code.as_str());
    assert_eq!(currency, Some("EUR"), "the sign says it");
    assert!(asks(&proposal, &About::TimeZone));
    assert!(asks(&proposal, &About::Items), "there are no lines");
    assert_eq!(
        proposal.status["fulfilment"]["livrée"].as_deref(),
        Some("delivered")
    );
}

#[test]
fn a_spanish_export_with_snake_case() {
    let text = "\
numero_pedido,fecha_pedido,id_cliente,correo_electronico,estado_pedido,referencia,nombre_producto,cantidad,precio_unitario,total_pedido,moneda
P1,2024-03-01 10:00:00,77,ana@example.es,pagado,R-1,Taza azul,1,9.95,9.95,EUR
P2,2024-03-02 10:00:00,78,blas@example.es,entregado,R-2,Taza roja,2,5.00,14.95,EUR
P2,2024-03-02 10:00:00,78,blas@example.es,entregado,R-1,Taza azul,1,4.95,14.95,EUR
";
    let proposal = assert_rules(
        text,
        &[
            ("id", "numero_pedido"),
            ("placed_at", "fecha_pedido"),
            ("customer.id", "id_cliente"),
            ("customer.email", "correo_electronico"),
            ("payment", "estado_pedido"),
            ("fulfilment", "estado_pedido"),
            ("items.sku", "referencia"),
            ("items.name", "nombre_producto"),
            ("items.quantity", "cantidad"),
            ("items.unit_price", "precio_unitario"),
            ("total", "total_pedido"),
            ("currency", "moneda"),
        ],
    );
    assert_eq!(
        proposal.read.date_formats,
        Vec::<String>::new(),
        "ISO needs none"
    );
}

#[test]
fn baskets_with_three_kinds_of_discount() {
    let text = "\
household_id,store_id,basket_id,product_id,quantity,sales_value,retail_disc,coupon_disc,coupon_match_disc,week,transaction_timestamp
900,330,31198570044,1095275,1,0.5,0.0,0.0,0.0,1,2017-01-01 11:53:26
900,330,31198570047,9878513,1,0.99,0.1,0.0,0.0,1,2017-01-01 12:10:28
1228,406,31198655051,1041453,1,1.43,0.15,0.0,0.0,1,2017-01-01 12:26:30
1228,406,31198655051,1042342,2,3.00,0.29,0.5,0.25,1,2017-01-01 12:26:30
906,319,31198705046,1020156,1,1.5,0.29,0.0,0.0,1,2017-01-01 12:30:27
906,319,31198705046,1053875,2,2.78,0.8,0.0,0.0,1,2017-01-01 12:30:27
";
    let proposal = assert_rules(
        text,
        &[
            ("id", "basket_id"),
            ("placed_at", "transaction_timestamp"),
            ("customer.id", "household_id"),
            ("items.product_id", "product_id"),
            ("items.quantity", "quantity"),
            ("items.total", "sales_value"),
            (
                "items.discount",
                "? sum of coupon_disc and coupon_match_disc and retail_disc",
            ),
            ("items.unit_price", "? sales_value ÷ quantity"),
            ("total", "? sum of each row's sales_value"),
        ],
    );
    assert_eq!(group_by(&proposal), Some("basket_id"));
    assert!(asks(&proposal, &About::Currency) && asks(&proposal, &About::TimeZone));
}

#[test]
fn a_discount_that_hardly_a_line_gets_is_still_a_lines() {
    let mut text = String::from("order_id,sku,quantity,price,coupon_disc\n");
    for order in 0..30 {
        let discount = if order == 7 { "1.50" } else { "0.00" };
        text.push_str(&format!(
            "{order},A,1,9.95,0.00\n{order},B,2,4.95,{discount}\n"
        ));
    }
    assert_rules(
        &text,
        &[("items.discount", "? coupon_disc"), ("discount_total", "-")],
    );
}

#[test]
fn rows_whose_key_and_order_fields_stand_on_the_first_row_only() {
    let text = "\
Auftrag,Datum,Mail,Summe,Artikel,Anzahl,Preis
4711,01.02.2024,a@b.de,30.00,Hut,1,10.00
,,,,Schal,2,10.00
4712,13.02.2024,c@d.de,5.00,Socke,1,5.00
";
    let proposal = assert_rules(
        text,
        &[
            ("id", "Auftrag"),
            ("placed_at", "Datum"),
            ("customer.email", "Mail"),
            ("total", "Summe"),
            ("items.name", "Artikel"),
            ("items.quantity", "Anzahl"),
            ("items.unit_price", "Preis"),
        ],
    );
    assert_eq!(group_by(&proposal), Some("Auftrag"));
}

#[test]
fn rows_of_orders_that_are_no_lines_are_told_from_lines() {
    let text = "\
Order Number,Order Date,Total,Item SKU,Qty
1,2024-01-01,12.00,,
1,,,A,1
1,,,B,2
2,2024-01-02,7.00,,
2,,,A,3
";
    let proposal = proposal(text);
    assert_eq!(group_by(&proposal), Some("Order Number"));
    assert_eq!(proposal.lines_when, ["Item SKU", "Qty"]);
}

#[test]
fn names_that_say_nothing_are_judged_by_their_values() {
    let text = "\
A,B,C,D
100-1,2024-03-01,x@example.com,EUR
100-2,2024-03-02,y@example.com,EUR
";
    let proposal = assert_rules(
        text,
        &[
            ("placed_at", "? B"),
            ("customer.email", "? C"),
            ("currency", "D"),
            ("id", "-"),
        ],
    );
    assert!(asks(&proposal, &About::GroupBy));
}

#[test]
fn a_key_without_a_name_is_found_by_its_runs() {
    let text = "\
K,When,Mail,Thing,Much
x17,2024-03-01,a@example.com,Hat,1
x17,2024-03-01,a@example.com,Scarf,2
x18,2024-03-02,b@example.com,Hat,1
x18,2024-03-02,b@example.com,Sock,4
x19,2024-03-03,a@example.com,Hat,1
";
    let proposal = proposal(text);
    assert_eq!(group_by(&proposal), Some("K"));
    let (_, sure, _) = proposal.read.group_by.as_ref().unwrap();
    assert!(*sure < super::super::SURE, "it is asked");
    assert!(proposal.to_toml("t", "T").contains("# group_by = \"K\""));
}

#[test]
fn day_and_month_that_may_be_either_are_asked() {
    let text = "Order ID,Order Date,Total\n1,01/02/2024,5.00\n2,02/01/2024,6.00\n";
    let proposal = proposal(text);
    let question = proposal
        .questions
        .iter()
        .find(|question| question.about == About::DateFormat)
        .unwrap();
    assert_eq!(question.choices, ["%m/%d/%Y", "%d/%m/%Y"]);
    assert!(question.text.contains("01/02/2024"), "{}", question.text);
    assert_eq!(rule(&proposal, "placed_at"), "? Order Date");
    assert!(proposal.read.date_formats.is_empty(), "nothing is guessed");
}

#[test]
fn day_and_month_are_told_by_another_column_or_by_the_order_of_the_rows() {
    let text = "Order ID,Order Date,Ship Date\n1,01/02/2024,01/30/2024\n2,02/01/2024,02/03/2024\n";
    assert_eq!(proposal(text).read.date_formats, ["%m/%d/%Y"]);
    let text = "Order ID,Order Date\n1,05/01/2024\n2,06/01/2024\n3,11/01/2024\n4,12/01/2024\n5,01/02/2024\n6,02/02/2024\n";
    let proposal = proposal(text);
    assert_eq!(proposal.read.date_formats, ["%d/%m/%Y"]);
    assert_eq!(rule(&proposal, "placed_at"), "Order Date");
}

#[test]
fn a_day_and_its_time_in_two_columns_are_one_time() {
    let text = "\
Receipt Number,Date,Time,Item,Qty,Price Point Name,Gross Sales
R1,31/12/2024,09:05:00,Latte,1,Large,$4.50
R2,31/12/2024,10:15:00,Tea,2,Small,$6.00
";
    let proposal = assert_rules(
        text,
        &[
            ("id", "Receipt Number"),
            ("placed_at", "{Date} {Time}"),
            ("items.name", "Item"),
            ("items.quantity", "Qty"),
            ("items.subtotal", "Gross Sales"),
        ],
    );
    let toml = proposal.to_toml("t", "T");
    assert!(toml.contains("%d/%m/%Y %H:%M:%S"), "{toml}");
    let currency = proposal
        .questions
        .iter()
        .find(|question| question.about == About::Currency)
        .unwrap();
    assert_eq!(currency.choices[0], "USD", "`$` may be several");
}

#[test]
fn unknown_status_words_are_left_to_be_decided() {
    let text = "Order ID,Status,Total\n1,paid,1.00\n2,wartet auf Abruf,2.00\n3,shipped,3.00\n";
    let proposal = proposal(text);
    assert_eq!(proposal.status["payment"]["wartet auf abruf"], None);
    let about = About::StatusWord {
        axis: "payment",
        word: "wartet auf abruf".into(),
    };
    assert!(asks(&proposal, &about));
    let toml = proposal.to_toml("t", "T");
    assert!(toml.contains("# ? \"wartet auf abruf\" = \"\""), "{toml}");
}

#[test]
fn what_spreadsheets_did_to_ids_is_undone_and_said() {
    let text = "\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,71053,LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom
536366,22633,HAND WARMER,6,2010-12-01 08:28:00,1.85,13047.0,France
";
    let proposal = assert_rules(
        text,
        &[
            ("id", "InvoiceNo"),
            ("items.sku", "StockCode"),
            ("items.name", "Description"),
            ("items.quantity", "Quantity"),
            ("placed_at", "InvoiceDate"),
            ("items.unit_price", "UnitPrice"),
            ("customer.id", "CustomerID, without `.0` behind"),
            ("shipping.country", "? Country, looked up"),
        ],
    );
    assert_eq!(group_by(&proposal), Some("InvoiceNo"));
}

#[test]
fn guests_apostrophes_and_nothing_words_are_seen() {
    let text = "Order ID,Customer ID,Shipping Zip,Note\n1,0,'01067,NULL\n2,17,'75008,N/A\n";
    let proposal = proposal(text);
    assert!(proposal.read.protective_apostrophe);
    assert_eq!(proposal.read.empty, ["N/A", "NULL"]);
    let toml = proposal.to_toml("t", "T");
    assert!(
        toml.contains("{ from = \"Customer ID\", do = [{ empty = [\"0\"] }] }"),
        "{toml}"
    );
}

#[test]
fn two_columns_that_might_be_the_same_target_are_asked() {
    let text = "Order ID,Total,Grand Total\n1,10.00,11.00\n2,20.00,23.00\n";
    let proposal = proposal(text);
    let total = proposal.target(Field::Total).unwrap();
    assert!(!total.is_sure(), "{total:?}");
    assert_eq!(total.alternatives.len(), 1);
}

#[test]
fn names_and_values_that_disagree_are_no_match() {
    let text =
        "Order ID,Total,Order Date,Email\n1,ten,soon,none given\n2,twenty,later,none given\n";
    let proposal = proposal(text);
    for field in ["total", "placed_at", "customer.email"] {
        assert_eq!(rule(&proposal, field), "-", "{field}");
    }
}

#[test]
fn hostile_names_and_words_stay_inside_their_quotes() {
    let text =
        "Order ID,\"Sta\"\"tus\n] = \",Status,\"x\u{1b}[0m\"\n1,a,\"p\"\"aid\n# \",b\n2,c,paid,d\n";
    // Only that it can be read and fits: `proposal` checks it.
    let proposal = proposal(text);
    assert_eq!(group_by(&proposal), Some("Order ID"));
}

#[test]
fn an_empty_table_is_judged_by_its_names() {
    let proposal = proposal("Order ID,Order Date,SKU,Quantity\n");
    assert_eq!(rule(&proposal, "items.sku"), "SKU");
}
