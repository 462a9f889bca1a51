//! What filters accept, refuse and offer.

use proptest::prelude::*;

use super::*;
use crate::order::{LineItem, Moment, Order, Payment};
use crate::source::Group;

fn order() -> DeckOrder {
    DeckOrder {
        index: 0,
        order: Order {
            id: "#1017".into(),
            placed_at: Moment::parse("2024-02-29T23:30:00-05:00"),
            payment: Some(Payment::Paid),
            total: "128.40".parse().ok(),
            items: vec![LineItem {
                sku: Some("AV-1".into()),
                ..LineItem::default()
            }],
            customer: crate::order::Customer {
                email: Some("Ada@example.com".into()),
                ..Default::default()
            },
            ..Order::default()
        },
        native: None,
        left: None,
        left_by_source: None,
        findings: Vec::new(),
        edits: Vec::new(),
        group: Group {
            key: "#1017".into(),
            records: Vec::new(),
            findings: Vec::new(),
        },
    }
}

#[test]
fn terms_hold_or_not() {
    let holds = [
        "",
        "ada",
        "#1017",
        "status:paid",
        "total>100",
        "total:100..200",
        "total:>100",
        "date:>=2024-02-01",
        "total<=128.4",
        "date:2024-02",
        "date:2024-01..2024-03",
        "date:2024-02-29",
        "sku:av",
        "-status:shipped total=128.40",
        "customer.email:example",
        "operation:import -operation:cancel",
    ];
    for text in holds {
        assert!(
            Filter::parse(text)
                .unwrap()
                .matches(&order(), Known::default()),
            "{text}"
        );
    }
    for text in [
        "bo",
        "total>200",
        "date:2024-03..2024-04",
        "-ada",
        "outcome:rejected",
        "finding:KAM",
        "operation:status",
    ] {
        assert!(
            !Filter::parse(text)
                .unwrap()
                .matches(&order(), Known::default()),
            "{text}"
        );
    }
}

fn passes(text: &str) -> bool {
    let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    filter.matches(&order(), Known::default())
}

#[test]
fn values_fit_their_fields() {
    for text in [
        "status:refunded,paid",
        "payment:PAID",
        "email=ada@example.com",
        "email:\"ADA@\"",
        "customer:ada",
        "id:1017",
        "total:128.4",
        "total:100..",
        "total:..200",
        "total:1..2,128.40",
        "date>2024-02-28",
        "date>=2024-02-29",
        "date<2024-03",
        "date<=2024-02",
        "date:..2024-02-29",
        "!is:edited -is:left !is:marked",
        "outcome:none",
        "-country:DE",
        "currency:eur,\"\"\"\" ada",
        "\"#1017\"",
    ] {
        let holds = passes(text);
        assert_eq!(holds, !text.starts_with("currency"), "{text}");
    }
    for text in [
        "date>2024-02-29",
        "date>2024",
        "date<2024-02",
        "payment:refunded",
        "email=ada",
        "total:12",
        "-status:refunded,paid",
        "is:edited",
        "finding:ORD-04",
    ] {
        assert!(!passes(text), "{text}");
    }
}

#[test]
fn what_is_not_understood_is_said_with_its_place_and_what_would_be_right() {
    for (text, wrong, words) in [
        ("ada colour:red", "colour", "no field `colour`"),
        ("stauts:paid", "stauts", "did you mean status?"),
        ("total>much", "much", "`much` is no number"),
        ("total:9..3", "9..3", "write 3..9"),
        ("outcome:lost", "lost", "`outcome` is one of pending"),
        ("operation:refund", "refund", "`operation` is one of import"),
        ("status:paid,payd", "payd", "did you mean paid?"),
        ("date:soon", "soon", "write 2024, 2024-01"),
        ("date:2024-02-30", "2024-02-30", "no date"),
        ("date:2024-3..2024", "2024-3..2024", "no date"),
        ("status:", "", "a value is missing: status:paid"),
        ("status: paid", "", "a value is missing"),
        ("email>a", "a", "write email:a"),
        ("finding:KAMM-04", "KAMM-04", "did you mean KAM-04?"),
        ("is:red", "red", "edited, left, marked"),
    ] {
        let error = Filter::parse(text).unwrap_err();
        assert_eq!(&text[error.span.clone()], wrong, "{text}");
        assert!(error.reason.contains(words), "{text}: {}", error.reason);
        let caret = error.caret();
        let marks = caret.lines().nth(1).unwrap();
        assert_eq!(marks.find('^'), Some(error.span.start), "{caret}");
    }
    let error = Filter::parse("注文 x:1").unwrap_err();
    assert_eq!(error.caret(), "注文 x:1\n     ^");
}

#[test]
fn saved_filters_stand_for_their_terms() {
    let saved = [
        ("big".to_owned(), "total>100".to_owned()),
        ("two".to_owned(), "total>100 ada".to_owned()),
        ("bad".to_owned(), "colour:red".to_owned()),
    ];
    let parse = |text: &str| Filter::parse_with(text, &saved);
    assert_eq!(
        parse("@big ada").unwrap(),
        Filter::parse("total>100 ada").unwrap()
    );
    assert_eq!(
        parse("-@big").unwrap(),
        Filter::parse("-total>100").unwrap()
    );
    assert_eq!(parse("\"@big\"").unwrap(), Filter::parse("@big").unwrap());
    assert_eq!(
        parse("@example.com").unwrap().to_string(),
        "\"@example.com\""
    );
    for (text, words) in [
        ("-@two", "turned round"),
        ("ada @bigg", "did you mean big?"),
        ("@bad", "can't be read"),
    ] {
        let error = parse(text).unwrap_err();
        assert!(error.reason.contains(words), "{}", error.reason);
        assert_eq!(error.span.end, text.len());
    }
    assert!(parse("@two is:marked").unwrap().needs_marks());
    assert_eq!(
        Filter::parse("finding:ord-04").unwrap().only_rule(),
        Some("ORD-04")
    );
    assert_eq!(Filter::parse("-finding:ord-04").unwrap().only_rule(), None);
}

fn seen() -> Seen<'static> {
    Seen {
        statuses: [("paid", 7), ("pending", 2)].into(),
        currencies: vec!["EUR".to_owned()],
        rules: vec![(&crate::order::check::ORD_04, 3)],
        days: Some(("2024-01-03".to_owned(), "2024-03-09".to_owned())),
        saved: &[],
    }
}

fn offers(text: &str) -> Vec<String> {
    complete(text, text.len(), &seen()).map_or_else(Vec::new, |completion| {
        let choices = completion.choices.into_iter();
        choices.map(|choice| choice.text).collect()
    })
}

#[test]
fn fields_then_values_are_offered_what_occurs_first() {
    assert_eq!(offers("")[0], "status:");
    assert_eq!(offers("st")[..3], ["status:", "customer:", "test:"]);
    assert_eq!(offers("ada -status:p")[..2], ["paid", "pending"]);
    assert_eq!(offers("status:paid,pe")[0], "pending");
    assert!(offers("status:paid").is_empty());
    assert_eq!(offers("finding:"), ["error", "warning", "ORD-04"]);
    assert_eq!(offers("currency:e"), ["EUR"]);
    assert_eq!(offers("date:")[0], "2024-01..2024-03");
    assert!(offers("chloe").is_empty());
    assert!(offers("email:\"a").is_empty());
    let completion = complete("ada status:pe", 13, &seen()).unwrap();
    assert_eq!(
        (completion.span, completion.choices[0].count),
        (11..13, Some(2))
    );
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,40}", at in 0_usize..50) {
        let _ = complete(&text, at, &seen());
        match Filter::parse(&text) {
            Ok(filter) => prop_assert_eq!(Filter::parse(&filter.to_string()).unwrap(), filter),
            Err(error) => {
                prop_assert!(text.get(error.span.clone()).is_some());
                prop_assert!(error.caret().contains('^'));
            }
        }
    }

    #[test]
    fn what_is_written_is_read_again(terms in prop::collection::vec(term(), 0..5)) {
        let text = terms.join(" ");
        let filter = Filter::parse(&text).unwrap();
        prop_assert_eq!(Filter::parse(&filter.to_string()).unwrap(), filter, "{}", text);
    }
}

fn term() -> impl Strategy<Value = String> {
    let value =
        "[a-zA-Z0-9 ,:\"@#.!-]{1,9}".prop_map(|text| format!("\"{}\"", text.replace('"', "\"\"")));
    let free = (
        "(-|!|)",
        "(email:|sku=|customer:|note=|country:|currency:|)",
        value,
    )
        .prop_map(|(sign, field, value)| format!("{sign}{field}{value}"));
    let fixed = prop::sample::select(vec![
        "status:paid,refunded",
        "-status:shipped",
        "total>10.50",
        "total>=1,2",
        "items.quantity<=2",
        "total:1..9,20",
        "total:..3",
        "date:2024-01..2024-03-09",
        "date<2024",
        "paid_at=2023-01-31",
        "finding:KAM,error",
        "outcome:in-doubt,none",
        "operation:cancel",
        "is:edited,left",
        "is:marked",
        "test:yes",
    ]);
    prop_oneof![free, fixed.prop_map(str::to_owned)]
}
