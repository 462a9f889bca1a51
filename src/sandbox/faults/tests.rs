//! The grammar, and which requests meet what.

use proptest::prelude::*;

use super::*;

fn faults(spec: &str) -> Faults {
    spec.parse()
        .unwrap_or_else(|error| panic!("{spec}: {error}"))
}

fn error(spec: &str) -> FaultSpecError {
    match spec.parse::<Faults>() {
        Ok(faults) => panic!("{spec}: {faults:?}"),
        Err(error) => error,
    }
}

/// Which of so many requests with orders to Kibo meet a fault.
fn met(spec: &str, requests: u64) -> Vec<u64> {
    let giver = Giver::new(faults(spec));
    (1..=requests)
        .filter(|_| !giver.due("kibo", Purpose::Orders).names.is_empty())
        .collect()
}

#[test]
fn every_fault_can_be_said() {
    for (spec, fault) in [
        (
            "500",
            Fault::Status {
                status: 500,
                retry: Retry::Unsaid,
            },
        ),
        (
            "429",
            Fault::Status {
                status: 429,
                retry: Retry::Seconds(1),
            },
        ),
        (
            "429:retry=2s",
            Fault::Status {
                status: 429,
                retry: Retry::Seconds(2),
            },
        ),
        (
            "429:retry-date=2s",
            Fault::Status {
                status: 429,
                retry: Retry::Date(2),
            },
        ),
        (
            "429:retry=none",
            Fault::Status {
                status: 429,
                retry: Retry::Unsaid,
            },
        ),
        (
            "503:retry=past",
            Fault::Status {
                status: 503,
                retry: Retry::Past,
            },
        ),
        (
            "503:retry=absurd",
            Fault::Status {
                status: 503,
                retry: Retry::Absurd,
            },
        ),
        (
            "503:retry=rubbish",
            Fault::Status {
                status: 503,
                retry: Retry::Rubbish,
            },
        ),
        (
            "502-after",
            Fault::StatusAfter {
                status: 502,
                retry: Retry::Unsaid,
            },
        ),
        ("latency=300ms", Fault::Latency(Duration::from_millis(300))),
        ("slow=5s", Fault::Slow(Duration::from_secs(5))),
        ("slow=2m", Fault::Slow(Duration::from_mins(2))),
        ("drop-before", Fault::DropBefore(Ending::Close)),
        ("drop-after:reset", Fault::DropAfter(Ending::Reset)),
        ("truncate", Fault::Truncate(Framing::Length)),
        ("truncate-close", Fault::Truncate(Framing::Close)),
        ("malformed", Fault::Malformed),
        ("web-page", Fault::WebPage),
        ("expired-token", Fault::ExpiredToken),
        ("job-fails", Fault::Job(JobFault::Fails)),
        (
            "job-partial=2",
            Fault::Job(JobFault::Partial {
                orders: 2,
                told: Told::Named,
            }),
        ),
        (
            "job-partial=1:unnamed",
            Fault::Job(JobFault::Partial {
                orders: 1,
                told: Told::Unnamed,
            }),
        ),
        (
            "job-partial=1:object",
            Fault::Job(JobFault::Partial {
                orders: 1,
                told: Told::Object,
            }),
        ),
        ("job-stuck", Fault::Job(JobFault::Stuck)),
        ("job-vanishes", Fault::Job(JobFault::Vanishes)),
    ] {
        let parsed = faults(spec);
        assert_eq!(parsed.rules.len(), 1, "{spec}");
        assert_eq!(parsed.rules[0].fault, fault, "{spec}");
        assert_eq!(parsed.rules[0].purpose, Some(Purpose::Orders), "{spec}");
        assert!(spec.starts_with(&*fault.name()), "{spec}");
    }
}

#[test]
fn targets_say_vendor_and_kind_of_request() {
    for (spec, vendor, purpose) in [
        ("*:500", None, Some(Purpose::Orders)),
        ("kibo:500", Some("kibo"), Some(Purpose::Orders)),
        ("kibo/tokens:500", Some("kibo"), Some(Purpose::Token)),
        ("*/polls:500", None, Some(Purpose::Other)),
        (" project-agora/all : 500 ", Some("project-agora"), None),
    ] {
        let rule = &faults(spec).rules[0];
        assert_eq!((rule.vendor, rule.purpose), (vendor, purpose), "{spec}");
    }
}

#[test]
fn requests_are_chosen_by_count() {
    assert_eq!(met("500", 3), [1, 2, 3]);
    assert_eq!(met("kibo:500@3", 9), [3]);
    assert_eq!(met("500@2-4", 9), [2, 3, 4]);
    assert_eq!(met("500@7-", 9), [7, 8, 9]);
    assert_eq!(met("500@every4", 9), [4, 8]);
    assert_eq!(met("429@2:retry=1s", 9), [2]);
    assert_eq!(met("429:retry=1s@2", 9), [2]);
    assert_eq!(met("kameleoon:500,kibo/tokens:500", 9), Vec::<u64>::new());
}

#[test]
fn each_vendor_is_counted_apart() {
    let giver = Giver::new(faults("*:500@2"));
    let ask = |vendor| giver.due(vendor, Purpose::Orders).fault.is_some();
    assert!(!ask("kibo") && !ask("voucherify"));
    assert!(ask("kibo") && ask("voucherify") && !ask("kibo"));
    assert!(giver.due("kibo", Purpose::Token).names.is_empty());
}

#[test]
fn chance_follows_from_the_seed() {
    let some = met("*:500@p0.3,seed=42", 1000);
    assert_eq!(some, met("seed=42,*:500@p0.3", 1000));
    assert_ne!(some, met("*:500@p0.3,seed=43", 1000));
    assert!((200..400).contains(&some.len()), "{}", some.len());
    assert_eq!(met("500@p1", 50).len(), 50);
}

#[test]
fn delays_add_up_and_of_the_rest_the_first_decides() {
    let giver = Giver::new(faults(
        "latency=1s,malformed,latency=2s,500,slow=3s,expired-token",
    ));
    let due = giver.due("kibo", Purpose::Orders);
    assert_eq!((due.latency.as_secs(), due.slow.as_secs()), (3, 3));
    assert!(due.expires_tokens);
    assert_eq!(due.fault, Some(Fault::Malformed));
    assert_eq!(
        due.names,
        ["latency", "malformed", "latency", "slow", "expired-token"]
    );
}

#[test]
fn a_mistake_is_named_with_rule_place_and_what_is_allowed() {
    for (spec, number, character, words, allowed) in [
        ("", 1, 1, "an empty rule", "FAULT"),
        ("500,", 2, 5, "an empty rule", "FAULT"),
        (
            "500, é:500",
            2,
            6,
            "`é` is no vendor and no fault",
            "drop-before",
        ),
        (
            "kibbo:500",
            1,
            1,
            "`kibbo` is no vendor and no fault",
            "kibo, * for all; a status",
        ),
        (
            "kibbo/orders:500",
            1,
            1,
            "`kibbo` is no vendor",
            "project-agora",
        ),
        (
            "kibo/jobs:500",
            1,
            6,
            "`jobs` is no kind of request",
            "polls",
        ),
        ("kibo", 1, 1, "a target without a fault", "drop-before"),
        ("kibo:200", 1, 6, "`200` is no fault", "400 to 599"),
        ("kibo:+500", 1, 6, "`+500` is no fault", "400 to 599"),
        (
            "kibo:404-after",
            1,
            6,
            "is no fault",
            "from 500 with -after",
        ),
        ("kibo:500@0", 1, 10, "`0` is no request", "@every5"),
        ("kibo:500@5-3", 1, 10, "`5-3` is no request", "@every5"),
        ("kibo:500@every", 1, 10, "is no request", "@every5"),
        ("kibo:500@p0", 1, 10, "is no request", "@p0.05"),
        ("kibo:500@pNaN", 1, 10, "is no request", "@p0.05"),
        ("latency", 1, 1, "the time is missing", "300ms"),
        ("latency=5", 1, 9, "`5` is no time", "300ms"),
        ("slow=61m", 1, 6, "`61m` is no time", "an hour"),
        (
            "429:retry=1h",
            1,
            11,
            "`1h` is no time to come back",
            "retry=past",
        ),
        ("429:wait=1s", 1, 5, "`wait=1s` is no option", "retry=past"),
        ("drop-after:gone", 1, 12, "`gone` is no option", "reset"),
        ("drop-after=1", 1, 12, "takes no value", "alone"),
        ("truncate:reset", 1, 10, "has no options", "nothing"),
        (
            "job-partial",
            1,
            1,
            "the number is missing",
            "job-partial=N",
        ),
        ("job-partial=0", 1, 13, "`0` is no number", "from 1"),
        ("job-partial=1:all", 1, 15, "is no option", "unnamed"),
        ("kibo:job-fails", 1, 1, "kibo has no jobs", "voucherify"),
        (
            "voucherify/polls:job-fails",
            1,
            1,
            "only requests with orders",
            "orders",
        ),
        (
            "kameleoon:expired-token",
            1,
            1,
            "no tokens that expire",
            "kibo",
        ),
        (
            "kameleoon/tokens:500",
            1,
            1,
            "no requests for tokens",
            "kibo",
        ),
        ("kibo/tokens:expired-token", 1, 1, "needs none", "polls"),
        ("500@1:retry=1s@2", 1, 16, "chosen twice", "one @"),
        ("seed=x", 1, 1, "is no seed", "seed=N"),
        ("500,seed=1,seed=2", 3, 12, "set twice", "one seed"),
    ] {
        let error = error(spec);
        assert_eq!(
            (error.number, error.character),
            (number, character),
            "{spec}: {error}"
        );
        assert!(error.problem.contains(words), "{spec}: {error}");
        assert!(error.allowed.contains(allowed), "{spec}: {error}");
    }
    let text = error("kibo:5\u{1b}[31m00").to_string();
    assert!(!text.contains('\u{1b}'), "{text}");
    assert!(text.starts_with("rule 1 `kibo:"), "{text}");
}

#[test]
fn what_is_said_about_coming_back() {
    const NOW_MS: i64 = 784_111_777_000;
    for (retry, header, moment_s) in [
        (Retry::Unsaid, None, None),
        (Retry::Seconds(2), Some("2"), Some(784_111_779)),
        (
            Retry::Date(2),
            Some("Sun, 06 Nov 1994 08:49:39 GMT"),
            Some(784_111_779),
        ),
        (
            Retry::Past,
            Some("Sun, 06 Nov 1994 07:49:37 GMT"),
            Some(784_108_177),
        ),
        (Retry::Absurd, Some("99999999999"), Some(100_784_111_776)),
        (Retry::Rubbish, Some("soon"), None),
    ] {
        assert_eq!(retry.header(NOW_MS).as_deref(), header);
        assert_eq!(retry.moment_s(NOW_MS), moment_s);
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(spec in ".{0,80}") {
        let _ = spec.parse::<Faults>().map_err(|error| error.to_string());
    }

    #[test]
    fn nearly_right_texts_neither(
        spec in "((kibo|\\*|voucherify|é)(/orders|/polls|/)?:)?(500|429|503-after|latency|slow|truncate|job-partial|seed)(=[0-9]{0,22}(ms|s|m|é)?)?(@(every|p)?[0-9.-]{0,24})?(:(retry|reset|named|é)(=[0-9a-z]{0,5})?)?(,|, )?"
    ) {
        match spec.parse::<Faults>() {
            Ok(faults) => { Giver::new(faults).due("kibo", Purpose::Orders); }
            Err(error) => prop_assert!(error.character <= spec.chars().count() + 1, "{}", error),
        }
    }
}
