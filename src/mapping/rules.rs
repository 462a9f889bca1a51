//! The `MAP-` rules: what can go wrong between a record and an order's fields.

use crate::finding::{Rule, Severity};

/// A text that is no value of its field's kind.
pub static UNREADABLE: Rule = Rule {
    id: "MAP-01",
    severity: Severity::Error,
    title: "a value can't be read",
    why: "The text is no number, time, code or truth value in the notation that the mapping names. The field is left empty rather than guessed.",
    remedy: "Set the field by an edit, or correct the notation in the mapping ([read] decimal_mark, date_formats, time_zone).",
};

/// A value that a spreadsheet or an earlier conversion has damaged.
pub static DAMAGED: Rule = Rule {
    id: "MAP-02",
    severity: Severity::Warning,
    title: "a value lost information before it came here",
    why: "A spreadsheet shortened a long number (1.23E+12), put a decimal on an id (17850.0), or an earlier conversion replaced characters (U+FFFD). What stood there before can't be known.",
    remedy: "Export the file again without opening it in a spreadsheet, or set the field by an edit.",
};

/// A status that the mapping doesn't translate.
pub static UNKNOWN_STATUS: Rule = Rule {
    id: "MAP-03",
    severity: Severity::Error,
    title: "a status word that the mapping doesn't know",
    why: "Without a translation the order would be sent with a status that it may not have.",
    remedy: "Add the word to the mapping's [status] table, or set the field by an edit.",
};

/// A clock time of an unknown zone.
pub static NO_OFFSET: Rule = Rule {
    id: "MAP-04",
    severity: Severity::Error,
    title: "a time without an offset",
    why: "The text says what a clock showed but not where, and the mapping names no time zone, so the moment could be off by a day.",
    remedy: "Set [read] time_zone in the mapping to the shop's zone, or set the field by an edit.",
};

/// No key.
pub static NO_KEY: Rule = Rule {
    id: "MAP-05",
    severity: Severity::Error,
    title: "the order has no id",
    why: "An order without a key can't be found again: not at the vendor, not in the ledger.",
    remedy: "Set the id by an edit, or correct the mapping's rule for `id`.",
};

/// A clock time that is shown twice or never.
pub static AMBIGUOUS_TIME: Rule = Rule {
    id: "MAP-06",
    severity: Severity::Info,
    title: "a clock time at the change of summer time",
    why: "Clocks show this time twice or never on that day; the earlier reading (or the one after the gap) is taken.",
    remedy: "Nothing, unless an hour matters; a source with offsets has no such doubt.",
};

/// A key without a record in a joined file.
pub static NO_MATCH: Rule = Rule {
    id: "MAP-07",
    severity: Severity::Warning,
    title: "a joined file has nothing for this key",
    why: "What the mapping takes from the second file (lines, a customer, a product's ids) is missing for this order.",
    remedy: "Look whether both files are of the same days, and whether the keys are written alike; [join] unmatched in the mapping says how bad it is.",
};

/// A key with several different records in a joined file.
pub static SEVERAL_MATCHES: Rule = Rule {
    id: "MAP-08",
    severity: Severity::Error,
    title: "a joined file has several rows for this key",
    why: "One row is wanted, and they say different things: none of them is taken rather than the wrong one.",
    remedy: "Take the wrong rows out of the second file, or join by a key that is its own.",
};

/// What says that a value couldn't be read into its field.
pub static UNREADABLE_VALUES: &[&Rule] = &[&UNREADABLE, &UNKNOWN_STATUS, &NO_OFFSET];

/// Every rule of this module, in the order of their ids.
pub static RULES: &[&Rule] = &[
    &UNREADABLE,
    &DAMAGED,
    &UNKNOWN_STATUS,
    &NO_OFFSET,
    &NO_KEY,
    &AMBIGUOUS_TIME,
    &NO_MATCH,
    &SEVERAL_MATCHES,
];
