//! Reading a file ahead: somebody else reads the next blocks and takes their fingerprint while those before are looked
//! at.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use super::error::SourceError;
use super::file::SourceFile;

/// Files up to this size are read, looked at and grouped by one alone.
pub(super) const SMALL: u64 = if cfg!(test) { 600 } else { 1 << 20 };

/// How many blocks wait at most.
const WAITING: usize = 4;

/// How many bytes are free before each block, for what is left of the one before it.
const FREE: usize = if cfg!(test) { 16 } else { 1 << 12 };

/// A piece of what was read.
#[derive(Debug)]
enum Piece {
    /// The next bytes, behind those that are free.
    Block(Vec<u8>),
    /// The end, with the fingerprint of all bytes.
    End(blake3::Hash),
}

/// What was read ahead, for whoever looks at it.
#[derive(Debug)]
pub(super) struct Ahead {
    pieces: Receiver<Result<Piece, SourceError>>,
    /// Blocks that were looked at go back to be filled again.
    empty: Sender<Vec<u8>>,
}

/// Who reads ahead.
#[derive(Debug)]
pub(super) struct Reader<'f> {
    file: &'f SourceFile,
    pieces: SyncSender<Result<Piece, SourceError>>,
    empty: Receiver<Vec<u8>>,
}

/// Two ends of a file's blocks.
pub(super) fn ahead(file: &SourceFile) -> (Reader<'_>, Ahead) {
    let (sender, pieces) = sync_channel(WAITING);
    let (giver, empty) = channel();
    let reader = Reader {
        file,
        pieces: sender,
        empty,
    };
    let ahead = Ahead {
        pieces,
        empty: giver,
    };
    (reader, ahead)
}

impl Reader<'_> {
    /// Reads the file to its end and hands on the blocks from `start` on, unless nobody listens any more.
    pub(super) fn read(self, start: u64, block: u64) {
        let mut hasher = blake3::Hasher::new();
        let mut at = 0;
        while at < self.file.len() {
            let until = if at < start { start } else { self.file.len() };
            let length = (until - at).min(block);
            let mut bytes = self.empty.try_recv().unwrap_or_default();
            bytes.resize(FREE + length as usize, 0);
            let block = bytes.get_mut(FREE..).unwrap_or_default();
            if let Err(error) = self.file.read_at(block, at) {
                // Whoever listens has an end of its own.
                let _ = self.pieces.send(Err(error));
                return;
            }
            hasher.update(block);
            if at >= start && self.pieces.send(Ok(Piece::Block(bytes))).is_err() {
                return;
            }
            at += length;
        }
        let _ = self.pieces.send(Ok(Piece::End(hasher.finalize())));
    }
}

impl Ahead {
    /// Puts the next block behind what is left from `begin` on, and says how many bytes it has: none at the end of the
    /// file. What is left is moved before the block, which is far longer, or the block behind it if there is no room.
    pub(super) fn put_behind(
        &mut self,
        left: &mut Vec<u8>,
        begin: &mut usize,
    ) -> Result<usize, SourceError> {
        match self.pieces.recv() {
            Ok(Ok(Piece::Block(mut block))) => {
                let length = block.len() - FREE;
                let rest = left.get(*begin..).unwrap_or_default();
                let place = FREE.checked_sub(rest.len());
                if let Some(place) = place
                    && let Some(room) = block.get_mut(place..FREE)
                {
                    room.copy_from_slice(rest);
                    *begin = place;
                    std::mem::swap(left, &mut block);
                } else {
                    left.drain(..*begin);
                    *begin = 0;
                    left.extend_from_slice(block.get(FREE..).unwrap_or_default());
                }
                // Who has read to the end needs it no more.
                let _ = self.empty.send(block);
                Ok(length)
            }
            Ok(Err(error)) => Err(error),
            Ok(Ok(Piece::End(_))) | Err(_) => Ok(0),
        }
    }

    /// The fingerprint of all bytes; `None` if they weren't read to the end.
    pub(super) fn finish(self) -> Result<Option<blake3::Hash>, SourceError> {
        for piece in self.pieces {
            if let Piece::End(hash) = piece? {
                return Ok(Some(hash));
            }
        }
        Ok(None)
    }
}
