//! Which encoding is a text written in, and how it becomes UTF-8.

mod decode;
mod detect;

pub(super) use decode::transcode;
pub(super) use detect::{Found, detect, is_binary};

/// An encoding that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Four bytes a character, the lowest first or last.
    Utf32 {
        /// The lowest byte first?
        little: bool,
    },
    /// Any of the Encoding Standard, UTF-8 among them.
    Standard(&'static encoding_rs::Encoding),
}

impl Encoding {
    pub(super) const UTF_8: Self = Self::Standard(encoding_rs::UTF_8);
    pub(super) const UTF_16LE: Self = Self::Standard(encoding_rs::UTF_16LE);
    pub(super) const UTF_16BE: Self = Self::Standard(encoding_rs::UTF_16BE);
    pub(super) const UTF_32LE: Self = Self::Utf32 { little: true };
    pub(super) const UTF_32BE: Self = Self::Utf32 { little: false };

    /// The encoding of any of its names, in upper or lower case.
    pub(super) fn by_name(name: &str) -> Option<Self> {
        let name = name.trim();
        match name.to_ascii_lowercase().replace('_', "-").as_str() {
            "utf-32" | "utf32" | "utf-32le" | "utf32le" | "ucs-4" => Some(Self::UTF_32LE),
            "utf-32be" | "utf32be" => Some(Self::UTF_32BE),
            "utf16" | "utf16le" => Some(Self::UTF_16LE),
            "utf16be" => Some(Self::UTF_16BE),
            plain => encoding_rs::Encoding::for_label_no_replacement(plain.as_bytes())
                .or_else(|| encoding_rs::Encoding::for_label_no_replacement(name.as_bytes()))
                .map(Self::Standard),
        }
    }

    /// `UTF-8`, `UTF-16LE`, `windows-1252`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Utf32 { little: true } => "UTF-32LE",
            Self::Utf32 { little: false } => "UTF-32BE",
            Self::Standard(encoding) => encoding.name(),
        }
    }

    /// The byte order mark that begins a text, with its encoding.
    pub(super) fn of_bom(head: &[u8]) -> Option<(Self, usize)> {
        // UTF-32's begins as UTF-16's does.
        const MARKS: [(&[u8], Encoding); 5] = [
            (b"\xef\xbb\xbf", Encoding::UTF_8),
            (b"\xff\xfe\0\0", Encoding::UTF_32LE),
            (b"\0\0\xfe\xff", Encoding::UTF_32BE),
            (b"\xff\xfe", Encoding::UTF_16LE),
            (b"\xfe\xff", Encoding::UTF_16BE),
        ];
        let mark = MARKS.iter().find(|(mark, _)| head.starts_with(mark))?;
        Some((mark.1, mark.0.len()))
    }

    /// Another name for the same family: a byte order mark says which of the two it is.
    fn is_brother_of(self, other: Self) -> bool {
        let wide = [Self::UTF_16LE, Self::UTF_16BE];
        match (self, other) {
            (Self::Utf32 { .. }, Self::Utf32 { .. }) => true,
            _ => wide.contains(&self) && wide.contains(&other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_known_by_its_names() {
        for (name, expected) in [
            ("utf-8", "UTF-8"),
            ("UTF8", "UTF-8"),
            ("utf-16", "UTF-16LE"),
            ("UTF16BE", "UTF-16BE"),
            ("utf-32", "UTF-32LE"),
            ("UTF_32BE", "UTF-32BE"),
            ("latin1", "windows-1252"),
            (" WINDOWS-1252 ", "windows-1252"),
            ("cp1251", "windows-1251"),
            ("ISO-8859-15", "ISO-8859-15"),
            ("shift_jis", "Shift_JIS"),
            ("macintosh", "macintosh"),
        ] {
            let found = Encoding::by_name(name).map(Encoding::name);
            assert_eq!(found, Some(expected), "{name}");
        }
        assert_eq!(Encoding::by_name("ebcdic"), None);
        assert_eq!(Encoding::by_name(""), None);
    }
}
