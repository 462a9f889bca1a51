//! Project Agora: rows of its table, its echo, and reading back.

use serde_json::json;

use super::*;

pub(super) const HALF: Duration = Duration::from_millis(500);

/// Orders in the vendor's own form, so that they may lack an id.
pub(super) fn orders(ids: &[Option<&str>]) -> Vec<Value> {
    let order = |(at, id): (usize, Option<&str>)| {
        let mut order = json!({
            "orderDate": format!("2026-01-05T1{at}:00:00+01:00"),
            "orderItems": [{
                "gtin": format!("catpref--{at}"),
                "quantity": 3,
                "regularUnitPrice": "9.99",
                "totalOrderItemPriceAfterDiscounts": "29.90",
                "adId": "display_1",
            }],
        });
        if let Some(id) = id {
            order["id"] = json!(id);
        }
        order
    };
    ids.iter().copied().enumerate().map(order).collect()
}

pub(super) fn body(orders: &[Value]) -> String {
    json!({ "orders": orders }).to_string()
}

/// The orders that a request holds.
fn sent(seen: &Seen) -> Vec<Value> {
    let mut body: Value = serde_json::from_str(&seen.body).unwrap();
    body["orders"].as_array_mut().map(std::mem::take).unwrap()
}

/// All of a request's orders as they came.
pub(super) fn echo(seen: &Seen) -> Reply {
    Reply::ok(&body(&sent(seen)))
}

/// The echo after a change.
pub(super) fn echoed(change: impl Fn(&mut Vec<Value>) + Send + Sync + 'static) -> Script {
    Arc::new(move |seen, _| {
        let mut orders = sent(seen);
        change(&mut orders);
        Reply::ok(&body(&orders))
    })
}

/// One reply, then the echo.
fn once(reply: Reply) -> Script {
    Arc::new(move |seen, before| match before {
        0 => reply.clone(),
        _ => echo(seen),
    })
}

/// A row over a file with orders of these ids, sent without reading back.
pub(super) fn row(name: impl Into<String>, ids: &[Option<&str>], script: Script) -> Row {
    let row = Row::scripted(name, script).file("orders.json", body(&orders(ids)));
    let row = row.set("read_back", false);
    if ids.contains(&None) {
        row.copies(&[])
    } else {
        row
    }
}

pub(super) const TWO: &[Option<&str>] = &[Some("ord-a"), Some("ord-b")];
pub(super) const NO_IDS: &[Option<&str>] = &[None, None];

#[tokio::test(flavor = "multi_thread")]
async fn an_echo_is_compared_field_by_field_by_value() {
    let differs = "imported: the answer differs from what was sent: ";
    let table = vec![
        row("to the letter", TWO, echoed(|_| ()))
            .becomes(&["imported"])
            .ids(&[Some("ord-a"), Some("ord-b")]),
        row(
            "equal by value",
            TWO,
            echoed(|orders| {
                for order in orders {
                    let item = &mut order["orderItems"][0];
                    item["regularUnitPrice"] = json!("9.990");
                    item["totalOrderItemPriceAfterDiscounts"] = json!(29.9);
                    item["citrusDiscountAmount"] = Value::Null;
                    item["quantity"] = serde_json::from_str("3.0").unwrap();
                    order["teamId"] = json!("the key's");
                    order["adIds"] = json!(["display_1"]);
                    let date = order["orderDate"].as_str().unwrap().replace("+01:00", "");
                    order["orderDate"] = json!(format!("{date}.000+01:00"));
                }
            }),
        )
        .becomes(&["imported"]),
        row(
            "another adId, as on the page",
            TWO,
            echoed(|orders| {
                orders[0]["orderItems"][0]["adId"] = json!("display_9");
            }),
        )
        .becomes(&[
            "imported: orderItems/0/adId is \"display_9\", sent was \"display_1\"",
            "imported",
        ])
        .ids(&[Some("ord-a"), Some("ord-b")]),
        row(
            "other values",
            TWO,
            echoed(|orders| {
                orders[0]["orderItems"][0]["regularUnitPrice"] = json!("9.98");
                orders[1]["orderItems"] = json!([]);
            }),
        )
        .becomes(&[
            "imported: orderItems/0/regularUnitPrice is",
            "imported: orderItems has 0 elements, 1 were sent",
        ]),
        row(
            "nothing but the id",
            TWO,
            echoed(|orders| {
                for order in orders {
                    *order = json!({ "id": order["id"] });
                }
            }),
        )
        .becomes(&[differs]),
    ];
    check("project-agora", table).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_echo_is_matched_by_id_else_by_position() {
    let missing = "in-doubt: the answer does not hold this order";
    let fewer = "in-doubt: the answer does not hold this order: 2 orders were sent, 1 came back";
    let more = "in-doubt: the answer does not hold this order: 2 orders were sent, 3 came back";
    let made = |orders: &mut Vec<Value>| {
        for (at, order) in orders.iter_mut().enumerate() {
            order["id"] = json!(format!("made-{at}"));
        }
    };
    let mixed: &[Option<&str>] = &[Some("ord-a"), None];
    let ours = &[Some("ord-a"), Some("ord-b")];
    let table = vec![
        row("in another order", TWO, echoed(|orders| orders.reverse()))
            .becomes(&["imported"])
            .ids(ours),
        row("fewer", TWO, echoed(|orders| orders.truncate(1)))
            .becomes(&["imported", fewer])
            .ids(&[Some("ord-a"), None]),
        row("none", TWO, echoed(Vec::clear)).becomes(&[missing]),
        row(
            "more",
            TWO,
            echoed(|orders| {
                orders.insert(0, json!({ "id": "foreign" }));
            }),
        )
        .becomes(&["imported"])
        .ids(ours),
        row(
            "an unknown one",
            TWO,
            echoed(|orders| {
                orders[1]["id"] = json!("foreign");
            }),
        )
        .becomes(&["imported", missing]),
        row(
            "one twice",
            TWO,
            echoed(|orders| orders[1] = orders[0].clone()),
        )
        .becomes(&["imported", missing]),
        row("by position", NO_IDS, echoed(made))
            .becomes(&["imported"])
            .ids(&[Some("made-0"), Some("made-1")]),
        row("by position, still without ids", NO_IDS, echoed(|_| ()))
            .becomes(&["imported"])
            .ids(&[None, None]),
        row(
            "by position, fewer",
            NO_IDS,
            echoed(|orders| orders.truncate(1)),
        )
        .becomes(&[fewer]),
        row(
            "by position, more",
            NO_IDS,
            echoed(|orders| orders.push(json!({}))),
        )
        .becomes(&[more]),
        row(
            "by position, nothing there",
            NO_IDS,
            echoed(|orders| orders[1] = Value::Null),
        )
        .becomes(&["imported", missing]),
        row("another's place", mixed, echoed(|orders| orders.reverse()))
            .becomes(&["imported", missing]),
    ];
    check("project-agora", table).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_by_code() {
    let told = json!({
        "message": "Bad Request",
        "additionalInfo": [{ "code": "E1", "message": "gtin unknown" }, { "code": "E2" }],
    })
    .to_string();
    let rejected = "rejected: Bad Request; E1: gtin unknown; E2";
    let together = "rejected: the whole batch of 2 was refused: Bad Request; E1: gtin unknown";
    let key = "paused: api_key was refused: ";
    let one = &TWO[..1];
    let large: Script = Arc::new(|seen, _| match sent(seen).len() {
        1 => echo(seen),
        _ => Reply::status(413, "too large"),
    });
    let status = |status: u16, body: &str| each(&[Reply::status(status, body)]);
    let table = vec![
        row("400", one, status(400, &told))
            .becomes(&[rejected])
            .requests(1),
        row("400 as text", one, status(400, "no")).becomes(&["rejected: 400 no"]),
        row("400, narrowed down", TWO, status(400, &told))
            .becomes(&[rejected])
            .copies(&[2])
            .requests(3),
        row("400, not narrowed down", TWO, status(400, &told))
            .set("narrow_down", false)
            .becomes(&[together])
            .requests(1),
        row("401", TWO, status(401, "no"))
            .becomes(&["pending"])
            .ends(key)
            .requests(1),
        row("403", TWO, status(403, "no"))
            .becomes(&["pending"])
            .ends(key)
            .requests(1),
        row("404", TWO, status(404, "no such page"))
            .becomes(&["pending"])
            .ends("paused: look at base_url: 404 no such page")
            .requests(1),
        row("413", TWO, large)
            .becomes(&["imported"])
            .copies(&[2])
            .requests(3),
        row("413, one order", one, status(413, "too large"))
            .becomes(&["rejected: 413 too large"])
            .requests(1),
    ];
    check("project-agora", table).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_waits_where_it_is_asked_to() {
    let mut table = Vec::new();
    for (name, reply, least) in [
        ("429 with seconds", Reply::after(429, "1"), 2 * HALF),
        ("503 with seconds", Reply::after(503, "1"), 2 * HALF),
        ("429", Reply::status(429, "slow down"), HALF),
        ("503", Reply::status(503, ""), HALF),
    ] {
        let row = row(name, TWO, once(reply)).becomes(&["imported"]);
        table.push(row.copies(&[2]).waits("Project Agora asks to wait", least));
    }
    table.push(
        row("while it waits", TWO, each(&[Reply::after(429, "800")]))
            .becomes(&["pending"])
            .stopped_after(1),
    );
    check("project-agora", table).await;
}

/// What leaves it open whether the orders arrived.
fn no_answers() -> Vec<(&'static str, Reply, &'static str)> {
    vec![
        ("500", Reply::status(500, "oops"), "in-doubt: 500 oops"),
        ("502", Reply::status(502, ""), "in-doubt: 502"),
        ("504", Reply::status(504, ""), "in-doubt: 504"),
        (
            "connection lost",
            Reply::Close,
            "in-doubt: connection closed",
        ),
        (
            "a body cut short",
            Reply::Cut(r#"{"orders":[]}"#.to_owned()),
            "in-doubt: the answer (200) was cut short",
        ),
        ("an empty 200", Reply::ok(""), "in-doubt: 200"),
        ("a page", Reply::ok("<html>hello"), "in-doubt: 200 <html>"),
        ("half a list", Reply::ok(r#"{"orders":["#), "in-doubt: 200"),
        ("no list", Reply::ok(r#"{"status":"ok"}"#), "in-doubt: 200"),
        (
            "no list there",
            Reply::ok(r#"{"orders":2}"#),
            "in-doubt: 200",
        ),
        ("204", Reply::status(204, ""), "in-doubt: 204"),
        ("a redirect", Reply::status(307, ""), "in-doubt: 307"),
        ("418", Reply::status(418, ""), "in-doubt: 418"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_arrived_is_sent_again_only_with_id_and_setting() {
    let mut table = Vec::new();
    for (name, reply, doubt) in no_answers() {
        let again = || once(reply.clone());
        let plain = row(name, TWO, again()).becomes(&[doubt]).requests(1);
        let resent = row(format!("{name}, resend"), TWO, again()).set("resend", true);
        let bare = row(format!("{name}, no ids"), NO_IDS, again()).set("resend", true);
        table.push(plain);
        table.push(resent.becomes(&["imported"]).copies(&[2]).requests(2));
        table.push(bare.becomes(&[doubt]).requests(1));
    }
    // The first copy may be why the second is refused.
    let script = each(&[Reply::Close, Reply::status(400, "id exists")]);
    let refused = row("the second copy is refused", &TWO[..1], script).set("resend", true);
    let doubt = "in-doubt: refused, perhaps because the first copy is there: 400 id exists";
    table.push(refused.becomes(&[doubt]).copies(&[2]));
    check("project-agora", table).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_in_doubt_is_left_out_until_the_operator_says_so() {
    let bench = Bench::new(2).await;
    let chaos = Chaos::start(|_, _| Reply::Close).await;
    let mut target = chaos.target(&bench, "project-agora");
    let settings = &mut target.account.settings;
    settings.insert("read_back".into(), false.into());
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    chaos::end_of(started).await;
    let seat = bench.workspace.take_seat(&target).unwrap();
    assert!(Resumption::find(&seat, id, &target).unwrap().is_empty());
    let plan = |resend| {
        let selection = Selection {
            resend,
            ..Selection::default()
        };
        bench.plan(&target, &selection).to_send.orders
    };
    assert_eq!((plan(false), plan(true)), (0, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_run_knows_which_copies_are_second_ones() {
    let bench = Bench::new(2).await;
    let chaos = Chaos::reading(|seen, before| match before {
        0 => Reply::Close,
        1 => Reply::after(429, "800"),
        _ if seen.body.contains("#1001") => Reply::status(400, "id exists"),
        _ => echo(seen),
    })
    .await;
    let mut target = chaos.target(&bench, "project-agora");
    let settings = &mut target.account.settings;
    settings.insert("read_back".into(), false.into());
    settings.insert("resend".into(), true.into());
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    chaos.until_orders(2).await;
    started.control.send(Control::Stop).unwrap();
    chaos::end_of(started).await;
    let (state, _) = chaos::end_of(resume(&bench, &target, id)).await;
    assert_eq!(state, RunState::Finished);
    let found = rows(&bench, id);
    let outcomes: Vec<Outcome> = found.iter().map(|row| row.update.outcome).collect();
    assert_eq!(outcomes, [Outcome::InDoubt, Outcome::Imported], "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_run_sends_nothing_again_that_has_no_id() {
    let bench = Bench::of("orders.json", &body(&orders(NO_IDS))).await;
    let chaos = Chaos::reading(|seen, before| match before {
        0 => Reply::Close,
        _ => echo(seen),
    })
    .await;
    let mut target = chaos.target(&bench, "project-agora");
    let settings = &mut target.account.settings;
    settings.insert("read_back".into(), false.into());
    settings.insert("resend".into(), true.into());
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    chaos::end_of(started).await;
    chaos::end_of(resume(&bench, &target, id)).await;
    assert_eq!(chaos.orders(), 1);
    assert_eq!(count(&bench.summary(id), Outcome::InDoubt), 2);
}
