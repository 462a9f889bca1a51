//! The `SRC-` rules: what can be wrong with a file before anybody knows what its columns mean.

use crate::finding::{Rule, Severity};

/// A quoted cell that is never closed, or closed in the wrong place.
pub static UNCLOSED_QUOTE: Rule = Rule {
    id: "SRC-01",
    severity: Severity::Error,
    title: "a quote is opened and not closed",
    why: "Everything up to the next quote would count as one cell and swallow the rows below, so the row is left out and reading goes on at the next line.",
    remedy: "Close the quote or double it (\"\") in the line named, or export the file again.",
};

/// A row or an object beyond the size limit.
pub static TOO_LONG: Rule = Rule {
    id: "SRC-02",
    severity: Severity::Error,
    title: "a record is larger than 16 MB",
    why: "No order is that large; such a record comes from a broken quote or a file of another kind, and would fill the memory. It is left out.",
    remedy: "Look at the line named: mostly a line end or a closing quote is missing there.",
};

/// A row with more or fewer cells than the header.
pub static UNEQUAL_ROW: Rule = Rule {
    id: "SRC-03",
    severity: Severity::Warning,
    title: "a row has more or fewer cells than the header",
    why: "A delimiter too many or too few moves the cells behind it into the wrong columns. The row is used as it stands.",
    remedy: "Compare the row with the header; put a cell that holds the delimiter into quotes.",
};

/// Bytes that aren't UTF-8.
pub static INVALID_TEXT: Rule = Rule {
    id: "SRC-04",
    severity: Severity::Warning,
    title: "bytes that aren't valid UTF-8",
    why: "The characters can't be known; they are shown and would be sent as the replacement character U+FFFD.",
    remedy: "Read the file with its right encoding (--encoding windows-1252), export it as UTF-8, or edit the field.",
};

/// NUL bytes.
pub static NUL_BYTE: Rule = Rule {
    id: "SRC-05",
    severity: Severity::Warning,
    title: "a NUL byte inside a record",
    why: "Text holds no NUL: the file was damaged or joined with something else. The byte is kept as it is.",
    remedy: "Export the file again, or edit the field.",
};

/// Equal column names.
pub static DUPLICATE_COLUMN: Rule = Rule {
    id: "SRC-06",
    severity: Severity::Warning,
    title: "two columns have the same name",
    why: "A mapping takes columns by name. The second is called \"name (2)\" here, so that both can be reached.",
    remedy: "Check that the mapping takes the right one, or rename the column.",
};

/// Rows without a key that nobody above can own.
pub static ORPHAN_ROW: Rule = Rule {
    id: "SRC-07",
    severity: Severity::Error,
    title: "a row belongs to no order",
    why: "Its key is blank, so it continues the order above; but there is none, or the row above couldn't be read. It is kept as an order without a number.",
    remedy: "Put the order's number into the row, or mend the row above.",
};

/// JSON that can't be read.
pub static BROKEN_JSON: Rule = Rule {
    id: "SRC-08",
    severity: Severity::Error,
    title: "broken JSON",
    why: "The text doesn't follow JSON's grammar (RFC 8259) at the place named. What could be read in one piece is used, the broken part is left out.",
    remedy: "Mend the text at the line and column named, or export the file again.",
};

/// Nested too deeply.
pub static TOO_DEEP: Rule = Rule {
    id: "SRC-09",
    severity: Severity::Error,
    title: "JSON is nested more than 128 levels deep",
    why: "No order is; reading on would risk the program's own stack. The element is left out.",
    remedy: "Take the element out of the file, or flatten it.",
};

/// A name twice in one JSON object.
pub static DUPLICATE_KEY: Rule = Rule {
    id: "SRC-10",
    severity: Severity::Warning,
    title: "a JSON object has the same name twice",
    why: "RFC 8259 leaves open which of the two values counts. Here, as in most programs, the last one counts.",
    remedy: "Take one of the two out of the file.",
};

/// An element that isn't an object.
pub static NOT_AN_OBJECT: Rule = Rule {
    id: "SRC-11",
    severity: Severity::Error,
    title: "an element of the list isn't a JSON object",
    why: "An order is an object with members; this element is left out.",
    remedy: "Take the element out of the file.",
};

/// The header once more.
pub static REPEATED_HEADER: Rule = Rule {
    id: "SRC-12",
    severity: Severity::Info,
    title: "the header stands in the file again",
    why: "Several exports were joined into one file. The line is no order and is left out.",
    remedy: "Nothing to do, if all parts have the same columns.",
};

/// U+FFFD where a character was.
pub static REPLACED: Rule = Rule {
    id: "SRC-13",
    severity: Severity::Warning,
    title: "a replacement character (U+FFFD) stands where a letter was",
    why: "An earlier conversion, or the encoding that this file is read in, had no character for the bytes there. What stood there is lost and would be sent as a question mark in a box.",
    remedy: "Export the file again as UTF-8, read it with its right encoding (--encoding NAME), or edit the field.",
};

/// A line that the exporting program wrote about the file.
pub static TRAILER: Rule = Rule {
    id: "SRC-14",
    severity: Severity::Info,
    title: "a line that tells of the export, and no order",
    why: "Programs close their exports with lines such as \"12 record(s) downloaded\" or a row of totals. The line is left out.",
    remedy: "Nothing to do, if the line named is no order.",
};

/// A number of more digits than a workbook keeps.
pub static LONG_NUMBER: Rule = Rule {
    id: "SRC-15",
    severity: Severity::Warning,
    title: "a workbook's number has more digits than spreadsheets keep",
    why: "Spreadsheets keep fifteen digits of a number and put zeros in place of the others; an id kept as a number may have lost its end.",
    remedy: "Compare it with the shop; format the column as text before the ids are put in, or load the shop's own export.",
};

/// The rules that speak of records which were left out because they can't be read.
pub(super) static LEAVE_OUT: [&Rule; 5] = [
    &UNCLOSED_QUOTE,
    &TOO_LONG,
    &BROKEN_JSON,
    &TOO_DEEP,
    &NOT_AN_OBJECT,
];

/// Every rule of this module, in the order of their ids.
pub fn rules() -> &'static [&'static Rule] {
    static RULES: [&Rule; 15] = [
        &UNCLOSED_QUOTE,
        &TOO_LONG,
        &UNEQUAL_ROW,
        &INVALID_TEXT,
        &NUL_BYTE,
        &DUPLICATE_COLUMN,
        &ORPHAN_ROW,
        &BROKEN_JSON,
        &TOO_DEEP,
        &DUPLICATE_KEY,
        &NOT_AN_OBJECT,
        &REPEATED_HEADER,
        &REPLACED,
        &TRAILER,
        &LONG_NUMBER,
    ];
    &RULES
}

#[cfg(test)]
mod tests {
    use super::rules;

    #[test]
    fn ids_are_sorted_and_of_this_family() {
        let ids: Vec<_> = rules().iter().map(|rule| rule.id).collect();
        assert!(ids.iter().all(|id| id.starts_with("SRC-")));
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
