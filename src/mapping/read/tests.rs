//! Every kind of mistake in a mapping file, at its place and with the next step.

use proptest::prelude::*;

use super::*;

const HEAD: &str = "[mapping]\nname = \"t\"\ntitle = \"T\"\n";

fn error(text: &str) -> String {
    Mapping::parse(&format!("{HEAD}{text}"), "mine.toml")
        .unwrap_err()
        .to_string()
}

#[test]
fn dotted_names_and_tables_mean_the_same() {
    let dotted = format!(
        "{HEAD}[order]\nid = \"A\"\ncustomer.email = \"B\"\nbilling.city = {{ value = \"C\" }}\n[item]\nsku = \"S\""
    );
    let tables = format!(
        "{HEAD}[order]\nid = \"A\"\n[order.customer]\nemail = \"B\"\n[order.billing]\ncity = {{ value = \"C\" }}\n[item]\nsku = \"S\""
    );
    let rules = |text: &str| {
        let mapping = Mapping::parse(text, "t").unwrap();
        mapping
            .all_rules()
            .map(|(path, rule)| (path.join("/"), rule.describe()))
            .collect::<Vec<_>>()
    };
    assert_eq!(rules(&dotted), rules(&tables));
    assert_eq!(rules(&dotted).len(), 4);
    assert_eq!(rules(&dotted)[3].0, "item/sku");
}

#[test]
fn mistakes_are_told_at_their_place_with_the_next_step() {
    for (text, expected) in [
        (
            "[order]\nid = \"A\"\ntotl = \"B\"",
            "mine.toml:6:1: there is no target `totl`; did you mean `total`?\n   |\n 6 | totl = \"B\"\n   | ^^^^",
        ),
        (
            "[order]\nunit_price = \"A\"",
            "mine.toml:5:1: there is no target `unit_price`",
        ),
        (
            "[item]\nskuu = \"A\"",
            "mine.toml:5:1: there is no target `skuu`; did you mean `sku`?",
        ),
        (
            "[order]\ncustomer.mail = \"A\"",
            "mine.toml:5:10: there is no target `mail`; did you mean `customer.email`?",
        ),
        (
            "[order]\n\nid = { form = \"A\" }",
            "mine.toml:6:8: there is no key `form` here; did you mean `from`?\n   |\n 6 | id = { form = \"A\" }\n   |        ^^^^",
        ),
        (
            "[order]\nid = { from = \"A\", do = [\"trimm\"] }",
            "there is no word `trimm` here; did you mean `trim`?\n   |\n 5 | id = { from = \"A\", do = [\"trimm\"] }\n   |                           ^^^^^",
        ),
        (
            "[order]\nid = { from = \"A\", do = [{ splitt = { by = \",\", pick = 1 } }] }",
            "there is no word `splitt` here; did you mean `split`?",
        ),
        (
            "[read]\ndecimal_mark = \";\"",
            "mine.toml:5:17: there is no word `;` here; there are: ., ,",
        ),
        (
            "[read]\ntime_zone = \"Europe/Berln\"",
            "mine.toml:5:14: no time zone `Europe/Berln`; did you mean Europe/Berlin?",
        ),
        (
            "[read]\ntime_zone = \"Nowhere at all\"",
            "write an IANA name such as Europe/Berlin",
        ),
        (
            "[read]\ncurrency = \"EURO\"",
            "mine.toml:5:12: `EURO` is no ISO 4217 code such as EUR",
        ),
        (
            "[read]\ndate_formats = [\"%d.%m.%Y\", \"%d.%m.%E\"]",
            "mine.toml:5:29: `%d.%m.%E` is no date format",
        ),
        ("[read]\ndate_formats = [\"%H:%M\"]", "`%H:%M` names no day"),
        (
            "[order]\nplaced_at = { from = \"A\", do = [{ datetime = { format = \"%Q\" } }] }",
            "mine.toml:5:13: `%Q` ",
        ),
        (
            "[order]\ntotal = 7",
            "mine.toml:5:9: integer `7` stands where this belongs: a column or path",
        ),
        (
            "[order]\ntotal = { from = \"A\", value = \"B\" }",
            "mine.toml:5:9: a rule has exactly one of",
        ),
        (
            "[order]\npayment = { value = \"payed\" }",
            "mine.toml:5:11: `payed` is none of pending",
        ),
        (
            "[order]\ncurrency = { value = \"EURO\" }",
            "mine.toml:5:12: `EURO` is not an ISO 4217",
        ),
        (
            "[status.payment]\npaid = \"paid\"\nvoid = \"voidd\"",
            "mine.toml:6:8: there is no payment status `voidd`; did you mean `voided`?",
        ),
        (
            "[status.line]\nPaid = \"shipped\"",
            "write `paid` in small letters",
        ),
        (
            "[policy]\nrefunds = \"nett\"",
            "there is no word `nett` here; did you mean `net`?",
        ),
        ("[order]\nid = ", "mine.toml:5:6: "),
        ("[order\nid = \"A\"", "mine.toml:4:7: "),
        (
            "[ordr]\n",
            "mine.toml:4:2: there is no key `ordr` here; did you mean `order`?",
        ),
        (
            "[items]\njoin = \"lines\"",
            "mine.toml:5:8: there is no [join.lines]",
        ),
        ("[join.a]\nkey = \"K\"", "the key `on` is missing here"),
        (
            "[join.a]\nkey = \"K\"\non = \"K\"\nfile = \"../x.csv\"",
            "mine.toml:7:8: a file name, without folders",
        ),
        (
            "[join.a]\nkey = \"K\"\non = \"K\"\n[join.b]\nkey = \"K\"\non = \"a.K\"",
            "mine.toml:9:6: `a.K` is found by a join itself",
        ),
    ] {
        let message = error(text);
        assert!(message.contains(expected), "{text}\n{message}");
    }
}

#[test]
fn everything_wrong_with_the_values_is_told_at_once() {
    let text = format!(
        "{HEAD}[status.payment]\na = \"x\"\n[read]\ncurrency = \"EURO\"\ndate_formats = [\"%\"]\n"
    );
    let error = Mapping::parse(&text, "dir/mine.toml").unwrap_err();
    let lines: Vec<usize> = error.mistakes.iter().map(|mistake| mistake.line).collect();
    assert_eq!(lines, [5, 7, 8]);
    let short = error.short();
    assert!(short.starts_with("mine.toml:5: "), "{short}");
    assert!(short.ends_with("(and 2 more)"), "{short}");
}

#[test]
fn a_newer_file_says_so_whatever_keys_it_has() {
    let newer = "[mapping]\nname = \"t\"\ntitle = \"T\"\nversion = 2\n[wonders]\n";
    let message = Mapping::parse(newer, "m").unwrap_err().to_string();
    assert!(message.contains("m:4:11: it is of version 2"), "{message}");
    assert!(message.contains("newer orderdeck"), "{message}");
}

#[test]
fn a_mapping_knows_what_it_was_made_for() {
    let text = format!("{HEAD}revision = 3\nmade_for = [\"A\", \"B\"]\n[order]\nid = \"A\"\n");
    let mapping = Mapping::parse(&text, "t").unwrap();
    assert_eq!((mapping.revision(), mapping.made_for().len()), (3, 2));
    assert_eq!(mapping.text(), text);
}

const WHOLE: &str = "[mapping]\nname = \"t\"\ntitle = \"T\"\nversion = 1\n[detect]\nmust = [\"A\"]\n[read]\ngroup_by = \"A\"\ndate_formats = [\"%d.%m.%Y\"]\ntime_zone = \"UTC\"\n[order]\nid = { template = \"x-{A}\" }\ncustomer.email = { from = \"E\", do = [\"lower\", { split = { by = \",\", pick = 1 } }] }\n[items]\njoin = \"lines\"\n[item]\nsku = \"lines.S\"\n[join.lines]\nkey = \"A\"\non = \"A\"\n[policy]\nrefunds = \"net\"\n[status.payment]\npaid = \"paid\"\n[vendor.kibo]\n\"a/b\" = { value = \"1\" }\n";

proptest! {
    /// Whatever stands in a file, it is read or refused with a place inside it.
    #[test]
    fn any_slip_of_the_pen_is_read_or_told(
        at in 0_usize..WHOLE.len(),
        gone in 0_usize..12,
        new in "[\\PC\n\"\\[\\]{}=.a-z%]{0,6}",
    ) {
        let end = (at + gone).min(WHOLE.len());
        let text = format!("{}{new}{}", &WHOLE[..at], &WHOLE[end..]);
        if let Err(error) = Mapping::parse(&text, "m.toml") {
            prop_assert!(!error.mistakes.is_empty());
            for mistake in &error.mistakes {
                prop_assert!(mistake.line >= 1 && mistake.line <= text.matches('\n').count() + 1);
                prop_assert!(mistake.excerpt().contains('^'));
            }
        }
    }
}

#[test]
fn the_whole_one_is_right() {
    Mapping::parse(WHOLE, "m.toml").unwrap_or_else(|error| panic!("{error}"));
}
