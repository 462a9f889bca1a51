//! Compressed files: what they hold is unpacked once, in a stream and within a bound.

use std::io::{self, BufReader, Read};

use super::encoding;
use super::error::SourceError;
use super::file::{FileReader, SourceFile};
use super::spool::Spool;
use super::window::Tick;

/// Bytes that are unpacked at once.
const BLOCK: usize = 1 << 18;

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// RFC 1952, of one or more members.
    Gzip,
    /// RFC 8878, of one or more frames.
    Zstd,
}

impl Compression {
    /// `gzip` or `zstd`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// The compression of a file that begins so.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        if head.starts_with(b"\x1f\x8b") {
            Some(Self::Gzip)
        } else if head.starts_with(b"\x28\xb5\x2f\xfd") {
            Some(Self::Zstd)
        } else {
            None
        }
    }

    fn decoder<'f>(self, packed: FileReader<'f>) -> io::Result<Box<dyn Packed + 'f>> {
        let packed = BufReader::with_capacity(1 << 16, packed);
        Ok(match self {
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(packed)),
            Self::Zstd => Box::new(zstd::Decoder::with_buffer(packed)?),
        })
    }
}

/// A stream of unpacked bytes that knows how far it has come in the packed ones.
trait Packed: Read {
    fn position(&self) -> u64;
}

impl Packed for flate2::bufread::MultiGzDecoder<BufReader<FileReader<'_>>> {
    fn position(&self) -> u64 {
        self.get_ref().get_ref().position()
    }
}

impl Packed for zstd::Decoder<'_, BufReader<FileReader<'_>>> {
    fn position(&self) -> u64 {
        self.get_ref().get_ref().position()
    }
}

/// How much is unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Everything; more than so many bytes are refused.
    Whole(u64),
    /// The first bytes, for a look.
    Head(u64),
}

/// Unpacks a file into a spool. Whatever isn't text is refused as soon as its beginning is there.
pub(super) fn unpack(
    file: &SourceFile,
    compression: Compression,
    depth: Depth,
    mut spool: Spool,
    tick: &mut Tick<'_>,
) -> Result<Spool, SourceError> {
    let damaged = |error: io::Error| SourceError::Damaged {
        path: file.shown(),
        what: format!("{} data", compression.name()),
        reason: error.to_string(),
    };
    let mut decoder = compression.decoder(file.reader()).map_err(damaged)?;
    let mut block = vec![0; BLOCK];
    let mut looked = false;
    loop {
        let length = match decoder.read(&mut block) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            // What became of the file says more than what the decoder makes of it.
            Err(error) => return Err(file.check_handle().err().unwrap_or_else(|| damaged(error))),
        };
        spool.write(block.get(..length).unwrap_or_default())?;
        if !looked && spool.length() >= BLOCK as u64 {
            looked = true;
            refuse_binary(file, &spool.head(BLOCK as u64)?)?;
        }
        match depth {
            Depth::Whole(limit) if spool.length() > limit => {
                return Err(SourceError::TooLarge {
                    path: file.shown(),
                    limit,
                });
            }
            Depth::Head(enough) if spool.length() >= enough => return Ok(spool),
            Depth::Whole(_) | Depth::Head(_) => {}
        }
        file.tell(decoder.position(), file.len(), tick)?;
    }
    Ok(spool)
}

/// Zeros by the gigabyte pack well: they are known by the first of them.
fn refuse_binary(file: &SourceFile, head: &[u8]) -> Result<(), SourceError> {
    let found = encoding::detect(head, None, false);
    let wide = found.encoding != encoding::Encoding::UTF_8 && !found.guessed;
    if wide || head.starts_with(b"PK\x03\x04") || !encoding::is_binary(head) {
        return Ok(());
    }
    Err(SourceError::Binary {
        path: file.shown(),
        what: "compressed binary data",
        next: "export the orders as CSV or JSON",
    })
}
