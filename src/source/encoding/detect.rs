//! Guesses an encoding from a text's beginning.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::Encoding;

/// What a text's beginning tells of its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source) struct Found {
    pub(in crate::source) encoding: Encoding,
    /// Bytes of the byte order mark.
    pub(in crate::source) mark: usize,
    /// Nothing proves it: another encoding of one byte a character would read as well.
    pub(in crate::source) guessed: bool,
}

/// The encoding of a text that begins so; `whole` if nothing follows.
pub(in crate::source) fn detect(head: &[u8], given: Option<Encoding>, whole: bool) -> Found {
    let bom = Encoding::of_bom(head).map(|(encoding, mark)| {
        // Some programs put UTF-16's mark before UTF-32.
        let rest = head.get(mark..).unwrap_or_default();
        match (mark, wide(rest)) {
            (2, Some(wider @ Encoding::Utf32 { .. })) => (wider, mark),
            _ => (encoding, mark),
        }
    });
    if let Some(given) = given {
        let (encoding, mark) = match bom {
            Some((encoding, mark)) if encoding == given || encoding.is_brother_of(given) => {
                (encoding, mark)
            }
            _ => (given, 0),
        };
        return certain(encoding, mark);
    }
    if let Some((encoding, mark)) = bom {
        return certain(encoding, mark);
    }
    if let Some(encoding) = wide(head) {
        return certain(encoding, 0);
    }
    let sample = match head.iter().rposition(|byte| *byte == b'\n') {
        // The last character may be cut in two.
        Some(end) if !whole => head.get(..end).unwrap_or(head),
        _ => head,
    };
    if !is_other(sample) {
        return certain(Encoding::UTF_8, 0);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    Found {
        encoding: Encoding::Standard(encoding),
        mark: 0,
        guessed: true,
    }
}

fn certain(encoding: Encoding, mark: usize) -> Found {
    Found {
        encoding,
        mark,
        guessed: false,
    }
}

/// Latin text has three NULs in four bytes in UTF-32, one in two in UTF-16.
fn wide(head: &[u8]) -> Option<Encoding> {
    let nuls = |offset: usize| {
        let bytes = head.iter().skip(offset).step_by(2);
        bytes.filter(|byte| **byte == 0).count()
    };
    let (even, odd) = (nuls(0), nuls(1));
    if (even + odd) * 5 > head.len() * 3 && head.len() >= 4 {
        let little = odd > even;
        let units = head.as_chunks::<4>().0.iter().take(256);
        let characters = units.filter(|unit| {
            let unit = if little {
                u32::from_le_bytes(**unit)
            } else {
                u32::from_be_bytes(**unit)
            };
            unit != 0 && char::from_u32(unit).is_some()
        });
        // Whatever else is full of NULs is no text.
        return (characters.count() * 2 > head.len().min(1024) / 4)
            .then_some(Encoding::Utf32 { little });
    }
    let pattern = |here: usize, there: usize| here * 10 > head.len() * 3 && there * 20 < here;
    if pattern(odd, even) {
        Some(Encoding::UTF_16LE)
    } else if pattern(even, odd) {
        Some(Encoding::UTF_16BE)
    } else {
        None
    }
}

/// A few bad bytes in UTF-8 are damage; many, or letters of another encoding, with no good character beside ASCII
/// are another encoding.
fn is_other(head: &[u8]) -> bool {
    let (mut good, mut bad, mut letters) = (0, 0, 0);
    let mut before = None;
    let mut chunks = head.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        before = chunk.valid().bytes().last().or(before);
        let [byte] = chunk.invalid() else {
            bad += usize::from(!chunk.invalid().is_empty());
            before = None;
            continue;
        };
        bad += 1;
        let after = chunks.peek().and_then(|next| next.valid().bytes().next());
        letters += usize::from(is_letter(before, *byte, after));
        before = None;
    }
    bad > 0 && ((bad >= 3 && bad > good) || (good == 0 && letters == bad))
}

/// Does a byte look like a letter, or a sign of money, of Windows-1252 between two others?
fn is_letter(before: Option<u8>, byte: u8, after: Option<u8>) -> bool {
    let beside = |test: fn(&u8) -> bool| {
        before.as_ref().is_some_and(test) || after.as_ref().is_some_and(test)
    };
    match byte {
        0xd7 | 0xf7 | 0xfe | 0xff => false,
        0xc0.. => beside(u8::is_ascii_alphabetic),
        // €, £, ¥, typographic quotes and dashes, degrees.
        0x80 | 0xa3 | 0xa5 => beside(|byte| byte.is_ascii_digit() || *byte == b' '),
        0x91..=0x97 | 0xb0 | 0xba => beside(u8::is_ascii_alphanumeric),
        _ => false,
    }
}

/// Is this no text at all? Asked of UTF-8 and of encodings of one byte a character.
pub(in crate::source) fn is_binary(head: &[u8]) -> bool {
    // The two that are used between cells are no control characters here.
    let control = head
        .iter()
        .filter(|byte| **byte < b' ' && !b"\t\n\r\x01\x0b\x0c\x1b\x1f".contains(byte))
        .count();
    // A damaged byte or two among few are still text.
    let few = control > 3 && control * 4 > head.len();
    few || (control > 8 && control * 20 > head.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(head: &[u8]) -> &'static str {
        detect(head, None, true).encoding.name()
    }

    #[test]
    fn one_letter_is_enough_and_damage_is_not() {
        assert_eq!(found(b"Name,City\n1,Orl\xe9ans\n"), "windows-1252");
        assert_eq!(found(b"Name,Total\n1,116.99 \x80\n"), "windows-1252");
        assert_eq!(found(b"Name,City\n1,Orl\xc3\xa9ans\n"), "UTF-8");
        assert_eq!(found(b"Name,City\n1,a\xff\xfeb\n"), "UTF-8");
        assert_eq!(found(b"Name,City\n1,Orl\xc3\xa9ans,N\xeemes\n"), "UTF-8");
        assert_eq!(found(b"Name,City\n1,Ada\n"), "UTF-8");
    }

    #[test]
    fn other_alphabets_are_told_by_their_letters() {
        let (text, _, _) = encoding_rs::WINDOWS_1251.encode(
            "Имя,Город\n1,Санкт-Петербург\n2,Нижний Новгород\n3,Екатеринбург\n4,Ростов-на-Дону\n",
        );
        assert_eq!(found(&text), "windows-1251");
        let (text, _, _) = encoding_rs::SHIFT_JIS
            .encode("注文番号,商品名\n1,東京ばな奈「見ぃつけたっ」\n2,抹茶ロールケーキ\n");
        assert_eq!(found(&text), "Shift_JIS");
    }

    #[test]
    fn a_cut_character_at_the_end_is_no_damage() {
        let text = "Name,City\n1,Orléans\n2,Orlé".as_bytes();
        let cut = &text[..text.len() - 1];
        assert_eq!(detect(cut, None, false).encoding, Encoding::UTF_8);
    }

    #[test]
    fn what_was_given_counts_and_a_mark_tells_the_byte_order() {
        let given = |head: &[u8], name| {
            let found = detect(head, Encoding::by_name(name), true);
            (found.encoding.name(), found.mark)
        };
        assert_eq!(given(b"a\xe9", "latin1"), ("windows-1252", 0));
        assert_eq!(given(b"\xfe\xff\0a", "utf-16"), ("UTF-16BE", 2));
        assert_eq!(given(b"\xef\xbb\xbfa", "utf-8"), ("UTF-8", 3));
        assert_eq!(given(b"a\0", "utf-16le"), ("UTF-16LE", 0));
    }

    #[test]
    fn a_mark_of_utf_16_may_stand_before_utf_32() {
        let text = "\"column1\",\"column2\"\nrow1,row2\n";
        let big: Vec<u8> = text
            .chars()
            .flat_map(|c| u32::from(c).to_be_bytes())
            .collect();
        let little: Vec<u8> = text
            .chars()
            .flat_map(|c| u32::from(c).to_le_bytes())
            .collect();
        // The other mark before the big end's zeros is UTF-32's own.
        for (mark, bytes, name) in [
            (b"\xfe\xff", &big, "UTF-32BE"),
            (b"\xfe\xff", &little, "UTF-32LE"),
            (b"\xff\xfe", &little, "UTF-32LE"),
        ] {
            let marked = [&mark[..], bytes].concat();
            let found = detect(&marked, None, true);
            assert_eq!((found.encoding.name(), found.mark), (name, 2));
            let said = detect(&marked, Encoding::by_name("utf-32"), true);
            assert_eq!(said, found);
        }
    }

    #[test]
    fn zeros_are_no_text() {
        assert_eq!(found(&[0; 4096]), "UTF-8");
        assert!(is_binary(&[0; 4096]));
        assert!(is_binary(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\xff\xfe"));
        assert!(!is_binary(b"a,b\n1,\0\0\0\n"));
        assert!(!is_binary(b"a\x1fb\x1fc\n1\x1f2\x1f3\n\x1f\x1f\x1f\x1f\n"));
    }
}
