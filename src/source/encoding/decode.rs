//! Text of any encoding → UTF-8, in a stream. What can't be read becomes U+FFFD.

use super::Encoding;

/// Bytes that are decoded at once.
const BLOCK: usize = 1 << 16;

/// Decodes a stream of bytes, piece by piece.
pub(in crate::source) struct Transcoder {
    decoder: Decoder,
    text: Vec<u8>,
}

enum Decoder {
    Standard(Box<encoding_rs::Decoder>),
    Utf32 { little: bool, rest: Vec<u8> },
}

/// What decodes an encoding. A byte order mark is not looked for.
pub(in crate::source) fn transcode(encoding: Encoding) -> Transcoder {
    let decoder = match encoding {
        Encoding::Utf32 { little } => Decoder::Utf32 {
            little,
            rest: Vec::new(),
        },
        Encoding::Standard(encoding) => {
            Decoder::Standard(Box::new(encoding.new_decoder_without_bom_handling()))
        }
    };
    Transcoder {
        decoder,
        text: Vec::new(),
    }
}

impl Transcoder {
    /// The text of the next bytes, as UTF-8; `last` if none follow.
    pub(in crate::source) fn feed(&mut self, bytes: &[u8], last: bool) -> &[u8] {
        self.text.clear();
        match &mut self.decoder {
            Decoder::Standard(decoder) => standard(decoder, bytes, last, &mut self.text),
            Decoder::Utf32 { little, rest } => utf32(*little, rest, bytes, last, &mut self.text),
        }
        &self.text
    }
}

fn standard(decoder: &mut encoding_rs::Decoder, mut bytes: &[u8], last: bool, text: &mut Vec<u8>) {
    loop {
        let written = text.len();
        text.resize(written + BLOCK, 0);
        let room = text.get_mut(written..).unwrap_or_default();
        let (result, read, wrote, _) = decoder.decode_to_utf8(bytes, room, last);
        text.truncate(written + wrote);
        bytes = bytes.get(read..).unwrap_or_default();
        if result == encoding_rs::CoderResult::InputEmpty {
            return;
        }
    }
}

fn utf32(little: bool, rest: &mut Vec<u8>, bytes: &[u8], last: bool, text: &mut Vec<u8>) {
    rest.extend_from_slice(bytes);
    let (whole, cut) = rest.as_chunks::<4>();
    let mut buffer = [0; 4];
    for unit in whole {
        let unit = if little {
            u32::from_le_bytes(*unit)
        } else {
            u32::from_be_bytes(*unit)
        };
        let c = char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER);
        text.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
    }
    if last && !cut.is_empty() {
        text.extend_from_slice("\u{fffd}".as_bytes());
    }
    let done = whole.len() * 4;
    rest.drain(..done);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(encoding: Encoding, bytes: &[u8], step: usize) -> String {
        let mut transcoder = transcode(encoding);
        let mut text = Vec::new();
        for piece in bytes.chunks(step) {
            text.extend_from_slice(transcoder.feed(piece, false));
        }
        text.extend_from_slice(transcoder.feed(&[], true));
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn pieces_of_any_size_give_the_same_text() {
        let text = "a,€,😀\n";
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let widest: Vec<u8> = text
            .chars()
            .flat_map(|c| u32::from(c).to_le_bytes())
            .collect();
        for step in 1..12 {
            assert_eq!(all(Encoding::UTF_16BE, &wide, step), text);
            assert_eq!(all(Encoding::UTF_32LE, &widest, step), text);
            assert_eq!(all(Encoding::UTF_8, text.as_bytes(), step), text);
        }
    }

    #[test]
    fn what_is_no_character_is_replaced() {
        let lone = [b'a', 0, 0, 0xd8, b'b', 0];
        assert_eq!(all(Encoding::UTF_16LE, &lone, 6), "a\u{fffd}b");
        let beyond = [0, 0, 0, b'a', 0xff, 0, 0, 0, 0, 0, 0];
        assert_eq!(all(Encoding::UTF_32BE, &beyond, 3), "a\u{fffd}\u{fffd}");
    }
}
