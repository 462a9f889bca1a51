//! Responses: the tail, its filter, and the reader of one exchange.

use crossterm::event::{MouseButton, MouseEventKind};
use insta::assert_snapshot;
use ratatui::style::Modifier;

use crate::console::action::{Action, Command};
use crate::console::effect::Effect;
use crate::console::event::{Arrival, ReadResponses};
use crate::console::model::ResponseEntry;
use crate::console::state::{State, View};
use crate::console::testing::Harness;
use crate::console::theme::{Kind, Theme};
use crate::console::update::update;
use crate::console::worker::Worker;
use crate::ledger::{
    AnswerRecord, Book, Exchange, ExchangeId, ExchangeState, Frozen, Intent, Ledger, Ledgers,
    ManifestEntry, NewRun, OutcomeUpdate, RunId, SqliteLedger,
};
use crate::order::outcome::{Operation, Outcome};
use crate::profile::Directories;
use crate::workspace::Workspace;

const SIZES: [(&str, (u16, u16)); 3] = [("80", (80, 24)), ("120", (120, 36)), ("200", (200, 60))];

fn response(number: i64) -> ResponseEntry {
    ResponseEntry {
        book: Book::Work,
        exchange: Exchange {
            id: ExchangeId(number),
            run: RunId(1),
            vendor: "kibo".to_owned(),
            profile: "acme-kibo-live".to_owned(),
            operation: Operation::Import,
            intent: Intent {
                purpose: "orders".to_owned(),
                method: "POST".to_owned(),
                url: format!("https://kibo.example.com/a/long/way/to/the/order/{number}"),
                headers: Vec::new(),
                body: Vec::new(),
                orders: Vec::new(),
            },
            order_count: 1,
            state: ExchangeState::Answered,
            sent_at: jiff::Timestamp::from_millisecond(1_772_539_200_000 + number * 250).unwrap(),
            status: Some(200),
            response_headers: Vec::new(),
            response_body: Vec::new(),
            sizes: (10_240, 1_200),
            latency_ms: Some(96),
            reason: None,
            outcomes: vec![(Outcome::Accepted, 1)],
            job: None,
            compacted_at: None,
        },
    }
}

/// One of each kind, by turns.
fn mixed(number: i64) -> ResponseEntry {
    let mut entry = response(number);
    let exchange = &mut entry.exchange;
    match number % 7 {
        1 => {
            "voucherify".clone_into(&mut exchange.vendor);
            exchange.outcomes = vec![(Outcome::Queued, 246)];
            exchange.order_count = 246;
            exchange.job = Some("aa_0a87c3d0".to_owned());
        }
        2 => {
            exchange.status = Some(429);
            exchange.reason = Some("Too Many Requests, again in 7 s".to_owned());
            exchange.outcomes = vec![(Outcome::Pending, 1)];
        }
        3 => {
            exchange.status = Some(503);
            exchange.reason = Some("the vendor's \u{1b}[31m house is on fire".to_owned());
            exchange.outcomes = vec![(Outcome::InDoubt, 1)];
        }
        4 => {
            (exchange.state, exchange.status) = (ExchangeState::Lost, None);
            exchange.latency_ms = Some(30_000);
            exchange.reason = Some("no answer within 30 s".to_owned());
            exchange.outcomes = vec![(Outcome::InDoubt, 1)];
        }
        5 => {
            exchange.intent.purpose = "token".to_owned();
            (exchange.order_count, exchange.outcomes) = (0, Vec::new());
        }
        6 => {
            exchange.status = Some(400);
            exchange.reason = Some("order 6: \"email\" is no address".to_owned());
            exchange.outcomes = vec![(Outcome::Rejected, 1)];
        }
        _ => {}
    }
    entry
}

fn arrive(state: &mut State, new: impl IntoIterator<Item = ResponseEntry>) -> Vec<Effect> {
    let read = ReadResponses {
        new: new.into_iter().collect(),
        ..ReadResponses::default()
    };
    update(state, Action::Arrived(Arrival::Responses(Ok(read))))
}

fn harness(size: (u16, u16), kind: Kind) -> Harness {
    let mut harness = Harness::new(size, kind);
    harness.keys("4");
    harness.state.now = response(30).exchange.sent_at;
    harness
}

fn current(state: &State) -> Option<i64> {
    state.responses.current().map(|one| one.exchange.id.0)
}

/// The screen with the digits of every clock as zeros: they depend on the time zone.
fn screen(harness: &mut Harness) -> String {
    let screen = harness.screen();
    let mut chars: Vec<char> = screen.chars().collect();
    let is = |c: char, shape: char| match shape {
        '0' => c.is_ascii_digit(),
        shape => c == shape,
    };
    for shape in ["0000-00-00 00:00", "00:00:00.000", "00:00:00"] {
        let shape: Vec<char> = shape.chars().collect();
        for at in 0..chars.len().saturating_sub(shape.len()) {
            let here = &mut chars[at..at + shape.len()];
            if here.iter().zip(&shape).all(|(c, shape)| is(*c, *shape)) {
                here.copy_from_slice(&shape);
            }
        }
    }
    chars.into_iter().collect()
}

#[test]
fn the_list_in_all_its_states() {
    for (name, size) in SIZES {
        let mut harness = harness(size, Kind::Dark);
        assert_snapshot!(format!("list-empty-{name}"), screen(&mut harness));
        arrive(&mut harness.state, (1..=30).map(mixed));
        assert_snapshot!(format!("list-following-{name}"), screen(&mut harness));
        harness.keys("p");
        arrive(&mut harness.state, (31..=35).map(mixed));
        assert_snapshot!(format!("list-paused-{name}"), screen(&mut harness));
        harness.keys("/").text("status:>=400");
        assert_snapshot!(format!("list-filtered-{name}"), screen(&mut harness));
        harness.text(" colour:red");
        assert_snapshot!(format!("list-mistake-{name}"), screen(&mut harness));
    }
}

#[test]
fn the_tail_follows_until_one_looks_back_or_pauses() {
    let mut harness = harness((120, 36), Kind::Dark);
    arrive(&mut harness.state, (1..=50).map(response));
    assert_eq!(current(&harness.state), Some(50));
    arrive(&mut harness.state, (51..=60).map(response));
    harness.expect("FOLLOWING").expect("order/60");
    assert_eq!(current(&harness.state), Some(60));
    // Looking at something older pauses it: nothing moves.
    harness.keys("up");
    let before = harness.screen();
    arrive(&mut harness.state, (61..=75).map(response));
    let rows = |screen: &str| {
        screen
            .lines()
            .skip(3)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(&harness.screen()), rows(&before));
    harness.expect("PAUSED · 15 new, G follows");
    harness.keys("G").expect("FOLLOWING");
    assert_eq!(current(&harness.state), Some(75));
    // By its key too, and back again.
    harness.keys("space");
    arrive(&mut harness.state, (76..=77).map(response));
    harness.expect("2 new").absent("order/77");
    harness.keys("p").expect("FOLLOWING").expect("order/77");
}

#[test]
fn the_ring_is_bounded_and_counts_what_scrolled_away() {
    let mut harness = harness((80, 24), Kind::Dark);
    arrive(&mut harness.state, (1..=17_345).map(response));
    assert_eq!(harness.state.responses.held(), 5_000);
    harness.expect("Responses · 5,000");
    harness.expect("12,345 earlier in the ledger: g, then up reads them");
    // A thousand records in a moment ask the ledger twice at most.
    let mut asked = 0;
    for _ in 0..1_000 {
        let mut effects = Vec::new();
        let which = crate::console::update::lists::Which::Responses;
        crate::console::update::lists::refresh(&mut harness.state, which, &mut effects);
        asked += effects.len();
    }
    assert_eq!(asked, 1);
    let effects = arrive(&mut harness.state, (17_346..=18_345).map(response));
    assert!(matches!(&effects[..], [Effect::Responses(wanted)]
        if wanted.after[0] == Some(ExchangeId(18_345)) && wanted.again.is_empty()));
    harness.expect("13,345 earlier").expect("order/18345");
}

#[test]
fn what_has_no_answer_is_read_again_and_nothing_else() {
    let mut harness = harness((120, 36), Kind::Dark);
    let mut open = response(3);
    open.exchange.state = ExchangeState::Sending;
    open.exchange.status = None;
    let others = (4..=90).map(response);
    let new = [response(1), response(2), open].into_iter().chain(others);
    arrive(&mut harness.state, new);
    let wanted = harness.state.responses.wanted(20);
    assert_eq!(wanted.again, [(Book::Work, ExchangeId(3))]);
    harness.keys("g").expect("… ").expect("sending");
    let read = ReadResponses {
        again: vec![response(3)],
        ..ReadResponses::default()
    };
    update(
        &mut harness.state,
        Action::Arrived(Arrival::Responses(Ok(read))),
    );
    harness.absent("sending");
    assert!(harness.state.responses.wanted(20).again.is_empty());
}

#[test]
fn the_filter_counts_as_it_is_typed_and_esc_drops_it() {
    let mut harness = harness((120, 36), Kind::Dark);
    arrive(&mut harness.state, (1..=70).map(mixed));
    harness.keys("/").text("is:failed");
    harness.expect("40 pass · all 70 looked through");
    harness
        .text(" status:5xx")
        .expect("Responses · 10 that pass");
    // What comes is filtered too.
    arrive(&mut harness.state, (71..=77).map(mixed));
    harness
        .expect("Responses · 11 that pass")
        .expect("FOLLOWING");
    harness
        .paste(" latency:soon")
        .expect("✗ latency:soon: latency is in milliseconds");
    let error = harness.state.theme.error;
    assert_eq!(harness.style_of("✗ latency").fg, error.fg);
    harness.expect("Responses · 11 that pass");
    harness.keys("esc").expect("Responses · 77 · FOLLOWING");
    harness.keys("/").text("run:9").keys("enter");
    harness.expect("No request passes the filter; esc drops it");
    harness.keys("esc").expect("Responses · 77").keys("esc");
    assert_eq!(harness.state.view, View::Orders);
}

#[test]
fn nothing_is_told_by_colour_alone() {
    let mut harness = harness((120, 36), Kind::Plain);
    arrive(&mut harness.state, (1..=7).map(mixed));
    for sign in ["✗ ", "! "] {
        harness.expect(sign);
    }
    for words in [
        "200 taken",
        "429 wait",
        "503 failed",
        "lost",
        "200 ok",
        "400 refused",
    ] {
        harness.expect(words);
    }
    harness.absent("\u{1b}");
    let bold = harness.style_of("503 failed").add_modifier;
    assert!(bold.contains(Modifier::BOLD));
    let taken = harness.style_of("FOLLOWING");
    harness.keys("up");
    assert_ne!(harness.style_of("PAUSED").add_modifier, taken.add_modifier);
    let selected = harness.state.theme.selection.add_modifier;
    assert!(harness.style_of("✗ ").add_modifier.contains(Modifier::BOLD));
    assert!(
        harness
            .style_of("400 refused")
            .add_modifier
            .contains(selected)
    );
}

fn book(harness: &Harness) -> SqliteLedger {
    let ledgers = Ledgers::new(harness.path().join("data"));
    ledgers.open(Book::Work).unwrap()
}

fn decided() -> NewRun {
    NewRun {
        vendor: "kibo".to_owned(),
        profile: "acme-kibo".to_owned(),
        account: "acme".to_owned(),
        environment: "test".to_owned(),
        operation: Operation::Import,
        frozen: Frozen::default(),
        retry_of: None,
    }
}

fn intent(ordinals: Vec<u32>, body: &str) -> Intent {
    Intent {
        purpose: "orders".to_owned(),
        method: "POST".to_owned(),
        url: "https://kibo.example.com/api/commerce/orders".to_owned(),
        headers: vec![("authorization".to_owned(), "•••".to_owned())],
        body: body.as_bytes().to_vec(),
        orders: ordinals,
    }
}

fn answer(exchange: ExchangeId, status: u16, body: String, order: u32) -> AnswerRecord {
    let outcome = if status < 400 {
        Outcome::Accepted
    } else {
        Outcome::Rejected
    };
    AnswerRecord {
        exchange,
        state: ExchangeState::Answered,
        status: Some(status),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.into_bytes(),
        latency_ms: 96,
        reason: (status >= 400).then(|| "email is no address".to_owned()),
        outcomes: vec![OutcomeUpdate {
            exchange: Some(exchange),
            ..OutcomeUpdate::new(order, outcome)
        }],
        job: None,
    }
}

/// So many exchanges of one order each: every hundredth is refused.
fn sent(harness: &Harness, count: u32) {
    let mut ledger = book(harness);
    let manifest: Vec<_> = (0..count)
        .map(|number| ManifestEntry {
            key: format!("#{}", 1001 + number),
            total: None,
            currency: String::new(),
            payload_hash: [0; 16],
        })
        .collect();
    let run = ledger.begin_run(&decided(), &manifest, &[]).unwrap();
    let intents: Vec<_> = (0..count).map(|n| intent(vec![n], "{}")).collect();
    let ids = ledger.record_intents(run, &intents).unwrap();
    let answers: Vec<_> = ids
        .into_iter()
        .zip(0..)
        .map(|(id, n)| {
            let status = if n % 100 == 0 { 400 } else { 200 };
            answer(id, status, format!("{{\"order\":\"NUMBER {n}\"}}"), n)
        })
        .collect();
    ledger.record_answers(run, &answers).unwrap();
}

/// How many rows of the ledger a reading takes: new ones, and those read once more.
fn rows(harness: &Harness) -> (usize, usize) {
    let root = harness.path();
    let workspace = Workspace::at(Directories::at(root.join("config"), root.join("data")));
    let (sender, _) = tokio::sync::mpsc::unbounded_channel();
    let worker = Worker::new(workspace, sender);
    let wanted = harness.state.responses.wanted(20);
    let told = worker.gathered(Effect::Responses(wanted));
    let [Arrival::Responses(Ok(read))] = &told[..] else {
        panic!("{told:?}");
    };
    (read.new.len(), read.again.len())
}

#[test]
fn only_what_is_new_is_read_and_older_ones_page_by_page() {
    let mut harness = Harness::new((120, 36), Kind::Dark);
    sent(&harness, 5_700);
    assert_eq!(rows(&harness), (5_000, 0));
    harness.keys("4").expect("Responses · 5,000");
    harness.expect("700 earlier in the ledger");
    assert_eq!(rows(&harness), (0, 0));
    // A new one costs one row.
    let mut ledger = book(&harness);
    let run = ledger.begin_run(&decided(), &[], &[]).unwrap();
    let asks = Intent {
        purpose: "token".to_owned(),
        ..intent(Vec::new(), "")
    };
    ledger.record_intents(run, &[asks]).unwrap();
    assert_eq!(rows(&harness), (1, 0));
    harness.keys("4").expect("701 earlier");
    // It has no answer: it alone is read again.
    assert_eq!(rows(&harness), (0, 1));
    harness.keys("g");
    let first = current(&harness.state);
    harness.keys("up").expect("201 earlier").expect("PAUSED");
    assert_eq!(current(&harness.state), first);
    assert_eq!(harness.state.responses.len(), 5_500);
    harness.keys("g up g up").absent("earlier");
    harness.keys("g").expect("Responses · 5,701");
    assert_eq!(current(&harness.state), Some(1));
    harness.keys("G").expect("Responses · 5,000 · FOLLOWING");
}

#[test]
fn a_filter_reaches_what_the_ring_let_go_by_order_and_by_body() {
    let mut harness = Harness::new((120, 36), Kind::Dark);
    sent(&harness, 5_700);
    harness.keys("4 /").text("status:400");
    harness
        .expect("Responses · 57 that pass")
        .expect("all 5,700 looked through");
    harness.keys("esc /").text("order:#1007").keys("enter");
    harness.expect("1 pass");
    assert_eq!(current(&harness.state), Some(7));
    harness.keys("esc /").text("\"body:number 5699\"");
    harness
        .expect("1 pass")
        .expect("older not looked through: up at the top does");
    assert_eq!(current(&harness.state), Some(5_700));
    harness
        .keys("enter enter")
        .expect("NUMBER 5699")
        .expect("#6700");
}

/// A console that reads the first exchange of a ledger.
fn reading(size: (u16, u16), kind: Kind, status: Option<u16>, body: &str) -> Harness {
    let mut harness = Harness::new(size, kind);
    let mut ledger = book(&harness);
    let manifest: Vec<_> = (0..7)
        .map(|number| ManifestEntry {
            key: format!("#{}", 1001 + number),
            total: None,
            currency: String::new(),
            payload_hash: [0; 16],
        })
        .collect();
    let run = ledger.begin_run(&decided(), &manifest, &[]).unwrap();
    let sent = r##"{"orders":[{"externalId":"#1001","email":"Ada@example.com","total":76.00},{"externalId":"#1002","email":"bo@example.com","total":20.00}]}"##;
    let ids = ledger
        .record_intents(run, &[intent((0..7).collect(), sent)])
        .unwrap();
    match status {
        Some(status) => {
            let answers = [answer(ids[0], status, body.to_owned(), 0)];
            ledger.record_answers(run, &answers).unwrap();
        }
        None => {
            ledger
                .abandon_open_exchanges(run, "the connection broke while the answer was awaited")
                .unwrap();
        }
    }
    harness.keys("4 enter");
    harness
}

#[test]
fn request_and_response_stand_side_by_side_where_there_is_room() {
    let body = r##"{"errors":[{"order":"#1001","field":"email","message":"ADA@example.com is no address"}]}"##;
    for (name, size) in SIZES {
        let mut harness = reading(size, Kind::Dark, Some(400), body);
        harness
            .expect("✗ 400 refused")
            .expect("#1001, #1002, #1003, #1004, #1005 and 2 more");
        harness.expect("RESPONSE · 400");
        assert_snapshot!(format!("reader-{name}"), screen(&mut harness));
        harness.keys("/").text("ada@");
        harness.expect("1 of 1").expect("1 in the request (tab)");
        harness.keys("enter tab").expect("REQUEST ·");
        assert_snapshot!(format!("reader-search-{name}"), screen(&mut harness));
        let selection = harness.state.theme.selection;
        assert_eq!(harness.style_of("Ada@").bg, selection.bg);
        harness.keys("y");
        let copied = harness.copied.take().unwrap();
        assert!(copied.starts_with("{\"orders\":[{\"externalId\":\"#1001\""));
        harness.keys("tab y");
        assert_eq!(harness.copied.take().as_deref(), Some(body));
        harness.keys("Y");
        let curl = harness.copied.take().unwrap();
        assert!(curl.starts_with("curl -X POST") && curl.contains("authorization: •••"));
        harness.keys("H").expect("Orders of a request of run 1");
    }
}

#[test]
fn a_request_without_an_answer_says_so() {
    for (name, size) in SIZES {
        let mut harness = reading(size, Kind::Plain, None, "");
        harness.expect("✗ lost").expect("no answer came");
        assert_snapshot!(format!("reader-lost-{name}"), screen(&mut harness));
        harness.keys("y").expect("the response has no body");
    }
}

#[test]
fn both_sides_scroll_on_their_own_by_keys_and_by_the_wheel() {
    let body: Vec<_> = (0..500).map(|n| format!("\"row {n}\"")).collect();
    let body = format!("[{}]", body.join(","));
    let mut harness = reading((120, 36), Kind::Dark, Some(400), &body);
    harness.expect("\"row 9\"").keys("G").expect("\"row 499\"");
    harness.expect("\"externalId\": \"#1001\"");
    harness.keys("g").expect("\"row 0\"");
    harness.mouse(MouseEventKind::ScrollDown, 100, 20);
    harness.expect("line 2 of 504");
    harness.mouse(MouseEventKind::Down(MouseButton::Left), 10, 20);
    harness.expect("REQUEST ·").expect("line 2 of 504");
    harness.keys("/").text("row 49").keys("enter tab n n N");
    harness.expect("2 of 11");
    harness.keys("/").text("nowhere").expect("nothing found");
    harness.keys("esc").absent("nothing found");
    harness.state.theme = Theme::plain();
    harness.keys("/").text("row 0").keys("enter");
    let selection = harness.state.theme.selection.add_modifier;
    assert!(harness.style_of("row 0").add_modifier.contains(selection));
}

#[test]
fn a_click_selects_and_a_double_click_opens() {
    let mut harness = Harness::new((120, 36), Kind::Dark);
    sent(&harness, 20);
    harness.keys("4");
    // The first line stands below the tabs, the border and the heading.
    let click = MouseEventKind::Down(MouseButton::Left);
    harness.mouse(click, 20, 7);
    assert_eq!(current(&harness.state), Some(4));
    harness
        .expect("PAUSED")
        .mouse(MouseEventKind::ScrollDown, 20, 7);
    assert_eq!(current(&harness.state), Some(5));
    harness.mouse(click, 20, 4).mouse(click, 20, 4);
    harness.expect("RESPONSE · 400").keys("esc");
    let effects = update(&mut harness.state, Action::Command(Command::PauseTail));
    assert!(effects.is_empty());
    harness.expect("FOLLOWING");
}
