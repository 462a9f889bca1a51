//! Project Agora: orders in doubt are read back where the tenant allows it.

use serde_json::json;

use super::project_agora::{HALF, NO_IDS, TWO, body, echo, echoed, orders};
use super::{project_agora, *};

/// The first import is lost, later ones echoed; `one` answers for each order, `list` for the list.
fn lost(one: impl Fn(&str, usize) -> Reply + Send + Sync + 'static, list: Option<Reply>) -> Script {
    Arc::new(move |seen, before| {
        if let Some(id) = seen.line.strip_prefix("GET /v1/orders/") {
            one(id, before)
        } else if seen.line.starts_with("GET ") {
            list.clone().unwrap_or(Reply::status(500, "not asked for"))
        } else if before == 0 {
            Reply::Close
        } else {
            echo(seen)
        }
    })
}

/// The order of that id as it was sent.
fn there(id: &str) -> Value {
    let all = orders(TWO);
    all.into_iter().find(|order| order["id"] == id).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_back_settles_what_it_proves_and_nothing_else() {
    let row = |name: &str, ids: &[Option<&str>], script: Script| {
        project_agora::row(name, ids, script).set("read_back", true)
    };
    let one = &TWO[..1];
    let not_found = || Reply::status(404, "Order not found");
    let empty = || Some(Reply::ok(r#"{"orders":[]}"#));
    let before = "in-doubt: the order is there, but it may have been there before: ";
    let unreadable = "in-doubt: Project Agora does not let it be read: ";
    let is_there = |id: &str, _: usize| Reply::ok(&there(id).to_string());
    let changed = |change: fn(&mut Value)| {
        move |id: &str, _: usize| {
            let mut order = there(id);
            change(&mut order);
            Reply::ok(&order.to_string())
        }
    };
    let table = vec![
        row("there as it was sent", TWO, lost(is_there, None))
            .becomes(&["imported"])
            .ids(&[Some("ord-a"), Some("ord-b")])
            .questions(2),
        row(
            "there within an object",
            one,
            lost(
                |id, _| Reply::ok(&json!({ "order": there(id) }).to_string()),
                None,
            ),
        )
        .becomes(&["imported"])
        .questions(1),
        row(
            "there, but another date",
            one,
            lost(
                changed(|order| order["orderDate"] = json!("2025-01-05T10:00:00Z")),
                None,
            ),
        )
        .becomes(&[before])
        .questions(1),
        row(
            "there, but another price",
            one,
            lost(
                changed(|order| order["orderItems"][0]["regularUnitPrice"] = json!("1")),
                None,
            ),
        )
        .becomes(&[before])
        .questions(1),
        row(
            "there, but another adId",
            one,
            lost(
                changed(|order| order["orderItems"][0]["adId"] = json!("display_9")),
                None,
            ),
        )
        .becomes(&[before])
        .questions(1),
        row("nowhere", TWO, lost(move |_, _| not_found(), empty()))
            .becomes(&["imported"])
            .copies(&[2])
            .questions(3),
        row(
            "one of two",
            TWO,
            lost(
                move |id, _| match id {
                    "ord-a" => is_there(id, 0),
                    _ => not_found(),
                },
                None,
            ),
        )
        .becomes(&["imported"])
        .copies(&[1, 2])
        .questions(2),
        row(
            "only in the list",
            one,
            lost(
                move |_, _| not_found(),
                Some(Reply::ok(&body(&orders(one)))),
            ),
        )
        .becomes(&["imported"])
        .questions(2),
        row(
            "no such address",
            TWO,
            lost(move |_, _| not_found(), Some(not_found())),
        )
        .becomes(&[unreadable])
        .questions(2),
        row(
            "reading not allowed, 405",
            TWO,
            lost(|_, _| Reply::status(405, "no"), None),
        )
        .becomes(&[unreadable])
        .questions(1),
        row(
            "reading not allowed, 403",
            TWO,
            lost(|_, _| Reply::status(403, "no"), None),
        )
        .becomes(&["in-doubt: connection closed"])
        .questions(1),
        row(
            "the key refused",
            TWO,
            lost(|_, _| Reply::status(401, "no"), None),
        )
        .becomes(&["in-doubt: connection closed"])
        .ends("paused: the credentials were refused: 401 no")
        .questions(1),
        row(
            "asked to wait",
            one,
            lost(
                move |id, before| match before {
                    0 => Reply::after(429, "1"),
                    _ => is_there(id, 0),
                },
                None,
            ),
        )
        .becomes(&["imported"])
        .waits("429", 2 * HALF)
        .questions(2),
        row(
            "another order comes",
            one,
            lost(|_, _| Reply::ok(&there("ord-b").to_string()), None),
        )
        .becomes(&["in-doubt: asked for it in vain"])
        .questions(3),
        row("no JSON comes", one, lost(|_, _| Reply::ok("<html>"), None))
            .becomes(&["in-doubt: asked for it in vain"])
            .questions(3),
        row("without ids", NO_IDS, lost(is_there, None))
            .becomes(&["in-doubt: sent without an id, so it can't be asked for"]),
        row(
            "missing in the echo",
            TWO,
            Arc::new(move |seen, before| {
                if let Some(id) = seen.line.strip_prefix("GET /v1/orders/") {
                    is_there(id, 0)
                } else {
                    echoed(|orders| orders.truncate(1))(seen, before)
                }
            }),
        )
        .becomes(&["imported"])
        .ids(&[Some("ord-a"), Some("ord-b")])
        .questions(1),
    ];
    check("project-agora", table).await;
}
