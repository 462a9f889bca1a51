//! Reading a file ahead: somebody else reads the next blocks and takes their fingerprint while those before are looked
//! at. Where the rows of a block can be found without knowing what stands before it, others find them meanwhile, each
//! in every so-manieth block.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use super::error::SourceError;
use super::file::SourceFile;
use super::scout::Scouted;

/// Files up to this size are read, looked at and grouped by one alone.
pub(super) const SMALL: u64 = if cfg!(test) { 600 } else { 1 << 20 };

/// How many blocks wait at each station at most.
const WAITING: usize = 4;

/// How many bytes are free before each block, for what is left of the one before it.
const FREE: usize = if cfg!(test) { 16 } else { 1 << 12 };

/// The next bytes, behind those that are free.
#[derive(Debug)]
pub(super) struct Block {
    room: Vec<u8>,
    /// Where they stand in the file.
    start: u64,
    /// The rows that were found in them already.
    scouted: Option<Scouted>,
}

impl Block {
    fn bytes(&self) -> &[u8] {
        self.room.get(FREE..).unwrap_or_default()
    }
}

/// A piece of what was read.
#[derive(Debug)]
enum Piece {
    Block(Block),
    /// The end, with the fingerprint of all bytes.
    End(blake3::Hash),
}

type Read = Result<Piece, SourceError>;

/// What was read ahead, for whoever looks at it.
#[derive(Debug)]
pub(super) struct Ahead {
    pieces: InTurn<Receiver<Read>>,
    /// Blocks that were looked at go back to be filled again.
    empty: Sender<Vec<u8>>,
}

/// Who reads ahead.
#[derive(Debug)]
pub(super) struct Reader<'f> {
    file: &'f SourceFile,
    pieces: InTurn<SyncSender<Read>>,
    empty: Receiver<Vec<u8>>,
}

/// Who looks for the rows of blocks on their way.
#[derive(Debug)]
pub(super) struct Station {
    from: Receiver<Read>,
    to: SyncSender<Read>,
}

/// Some that are used one after the other.
#[derive(Debug)]
struct InTurn<T> {
    all: Vec<T>,
    next: usize,
}

impl<T> InTurn<T> {
    fn new(all: Vec<T>) -> Self {
        Self { all, next: 0 }
    }

    fn next(&mut self) -> Option<&T> {
        let next = self.all.get(self.next);
        self.next = (self.next + 1) % self.all.len().max(1);
        next
    }
}

/// The ends of a way for a file's blocks, and so many stations between them, which may be none.
pub(super) fn ahead(file: &SourceFile, stations: usize) -> (Reader<'_>, Vec<Station>, Ahead) {
    let ways = || (0..stations.max(1)).map(|_| sync_channel(WAITING));
    let (senders, receivers): (Vec<_>, Vec<_>) = ways().unzip();
    let (senders, stations, receivers) = if stations == 0 {
        (senders, Vec::new(), receivers)
    } else {
        let (behind, last): (Vec<_>, Vec<_>) = ways().unzip();
        let stations = receivers.into_iter().zip(behind);
        let stations = stations.map(|(from, to)| Station { from, to });
        (senders, stations.collect(), last)
    };
    let (giver, empty) = channel();
    let reader = Reader {
        file,
        pieces: InTurn::new(senders),
        empty,
    };
    let ahead = Ahead {
        pieces: InTurn::new(receivers),
        empty: giver,
    };
    (reader, stations, ahead)
}

impl Reader<'_> {
    /// Reads the file to its end and hands on the blocks from `start` on, unless nobody listens any more.
    pub(super) fn read(mut self, start: u64, block: u64) {
        let mut hasher = blake3::Hasher::new();
        let mut at = 0;
        while at < self.file.len() {
            let until = if at < start { start } else { self.file.len() };
            let length = (until - at).min(block);
            let mut room = self.empty.try_recv().unwrap_or_default();
            room.resize(FREE + length as usize, 0);
            let bytes = room.get_mut(FREE..).unwrap_or_default();
            if let Err(error) = self.file.read_at(bytes, at) {
                self.hand_on(Err(error));
                return;
            }
            hasher.update(bytes);
            let block = Block {
                room,
                start: at,
                scouted: None,
            };
            if at >= start && !self.hand_on(Ok(Piece::Block(block))) {
                return;
            }
            at += length;
        }
        self.hand_on(Ok(Piece::End(hasher.finalize())));
    }

    /// Whether anybody took it; whoever listens no more has an end of its own.
    fn hand_on(&mut self, piece: Read) -> bool {
        (self.pieces.next()).is_some_and(|to| to.send(piece).is_ok())
    }
}

impl Station {
    /// Looks for the rows of each block that comes by. `scout` gets its bytes, and where they stand in the file.
    pub(super) fn scout(self, mut scout: impl FnMut(&[u8], u64) -> Option<Scouted>) {
        for mut piece in self.from {
            if let Ok(Piece::Block(block)) = &mut piece {
                block.scouted = scout(block.bytes(), block.start);
            }
            if self.to.send(piece).is_err() {
                return;
            }
        }
    }
}

impl Ahead {
    /// Puts the next block behind what is left from `begin` on, and says how many bytes it has, none at the end of the
    /// file, and the rows that were found in it. What is left is moved before the block, which is far longer, or the
    /// block behind it if there is no room.
    pub(super) fn put_behind(
        &mut self,
        left: &mut Vec<u8>,
        begin: &mut usize,
    ) -> Result<(usize, Option<Scouted>), SourceError> {
        match self.pieces.next().map(Receiver::recv) {
            Some(Ok(Ok(Piece::Block(block)))) => {
                let length = block.bytes().len();
                let Block {
                    mut room, scouted, ..
                } = block;
                let rest = left.get(*begin..).unwrap_or_default();
                let place = FREE.checked_sub(rest.len());
                if let Some(place) = place
                    && let Some(free) = room.get_mut(place..FREE)
                {
                    free.copy_from_slice(rest);
                    *begin = place;
                    std::mem::swap(left, &mut room);
                } else {
                    left.drain(..*begin);
                    *begin = 0;
                    left.extend_from_slice(room.get(FREE..).unwrap_or_default());
                }
                // Who has read to the end needs it no more.
                let _ = self.empty.send(room);
                Ok((length, scouted))
            }
            Some(Ok(Err(error))) => Err(error),
            Some(Ok(Ok(Piece::End(_))) | Err(_)) | None => Ok((0, None)),
        }
    }

    /// The fingerprint of all bytes; `None` if they weren't read to the end.
    pub(super) fn finish(mut self) -> Result<Option<blake3::Hash>, SourceError> {
        while let Some(Ok(piece)) = self.pieces.next().map(Receiver::recv) {
            if let Piece::End(hash) = piece? {
                return Ok(Some(hash));
            }
        }
        Ok(None)
    }
}
