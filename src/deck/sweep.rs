//! Going over many orders with every processor: threads read, map and work on chunks of the file, and what came
//! of them is taken in the order of the file, whoever was faster.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::filter::Sought;
use super::{Deck, DeckOrder};
use crate::mapping::Compiled;
use crate::order::Field;
use crate::source::{Groups, SourceError};

/// Orders of one chunk: enough that threads seldom wait, few enough that memory stays flat.
const CHUNK: usize = 256;
/// How many chunks of one thread wait to be taken at most.
const WAITING: usize = 4;

/// Reads orders; those that stand one behind the other in the file are read together.
#[derive(Debug)]
pub struct Orders<'d> {
    deck: &'d Deck,
    groups: Groups<'d>,
    mapping: Cow<'d, Compiled>,
    /// Room for the bytes of one order.
    room: Vec<u8>,
    /// Room for one order.
    order: DeckOrder,
}

impl Orders<'_> {
    /// Shares nothing with other readers.
    fn apart(mut self) -> Self {
        self.groups = self.groups.apart();
        self
    }

    /// The same where what is sought may stand in it; an edited order may hold what the file doesn't.
    fn read_if(&mut self, place: usize, sought: &Sought) -> Option<Swept<'_>> {
        let deck = self.deck;
        let is_edited = || !deck.without_edits && !deck.edits.is_empty();
        if is_edited()
            && let Some(key) = deck.file.index.key(place)
            && !deck.edits.of(&key).is_empty()
        {
            return Some(self.read(place));
        }
        let room = &mut self.room;
        let mut test = |bytes: &[u8]| sought.may_stand_in(bytes, room);
        match self.groups.passes(place, &mut test) {
            Ok(true) => Some(self.read(place)),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }

    /// The order at a place, edits included. Its room is used for the next one, unless it is taken.
    pub fn read(&mut self, place: usize) -> Swept<'_> {
        let order = &mut self.order;
        self.groups.read_into(place, &mut order.group)?;
        self.deck.make_order(order, place, &self.mapping)?;
        Ok(order)
    }
}

/// An order that was read, which may be taken, or why it couldn't be.
pub type Swept<'o> = Result<&'o mut DeckOrder, SourceError>;

/// What is read of each order.
#[derive(Debug, Clone, Copy)]
pub enum Reads<'f> {
    /// Everything.
    All,
    /// Everything is looked at, but texts are not kept: for whoever counts and sums up.
    Tally,
    /// The same, but texts of these fields alone are not kept: for whoever never asks for them.
    Without(&'f [Field]),
    /// These fields, and nothing is found wrong.
    Only(&'f [Field]),
}

/// How the orders are gone over.
#[derive(Debug, Clone, Copy)]
pub struct Pace<'f> {
    /// How many threads work.
    pub threads: usize,
    /// How many orders a thread takes at once.
    pub chunk: usize,
    /// What is read of each order.
    pub reads: Reads<'f>,
    /// Orders in which this can't stand are passed over.
    pub sought: Option<&'f Sought>,
}

impl Default for Pace<'_> {
    /// As many threads as there are processors for this process.
    fn default() -> Self {
        Self {
            threads: thread::available_parallelism().map_or(1, usize::from),
            chunk: CHUNK,
            reads: Reads::All,
            sought: None,
        }
    }
}

impl<'f> Pace<'f> {
    /// For these fields only.
    pub fn only(fields: &'f [Field]) -> Self {
        Self {
            reads: Reads::Only(fields),
            ..Self::default()
        }
    }
}

impl Deck {
    /// Reads orders one after the other.
    pub fn orders(&self) -> Orders<'_> {
        self.orders_with(Cow::Borrowed(&self.file.mapping))
    }

    fn orders_with<'d>(&'d self, mapping: Cow<'d, Compiled>) -> Orders<'d> {
        Orders {
            deck: self,
            groups: self.file.source.groups(&self.file.index),
            mapping,
            room: Vec::new(),
            order: DeckOrder::default(),
        }
    }

    /// Goes over the orders at these places with all processors: `begin` makes room for a chunk, `work` adds an
    /// order to it, `take` gets the chunks in the order of the file. Both may end it with an error.
    pub fn sweep<T: Send, E: Send>(
        &self,
        pace: Pace<'_>,
        places: Range<usize>,
        begin: impl Fn() -> T + Sync,
        work: impl Fn(&mut T, usize, Swept<'_>) -> Result<(), E> + Sync,
        mut take: impl FnMut(Range<usize>, T) -> Result<(), E>,
    ) -> Result<(), E> {
        let start = places.start;
        let place = |number| start + number;
        self.sweep_by(pace, places.len(), place, begin, work, |numbers, chunk| {
            take(start + numbers.start..start + numbers.end, chunk)
        })
    }

    /// The same over orders at any places; `take` gets their numbers in the list.
    pub fn sweep_places<T: Send, E: Send>(
        &self,
        places: &[usize],
        begin: impl Fn() -> T + Sync,
        work: impl Fn(&mut T, usize, Swept<'_>) -> Result<(), E> + Sync,
        take: impl FnMut(Range<usize>, T) -> Result<(), E>,
    ) -> Result<(), E> {
        let place = |number| places.get(number).copied().unwrap_or(usize::MAX);
        self.sweep_by(Pace::default(), places.len(), place, begin, work, take)
    }

    fn sweep_by<T: Send, E: Send>(
        &self,
        pace: Pace<'_>,
        count: usize,
        place: impl Fn(usize) -> usize + Sync,
        begin: impl Fn() -> T + Sync,
        work: impl Fn(&mut T, usize, Swept<'_>) -> Result<(), E> + Sync,
        mut take: impl FnMut(Range<usize>, T) -> Result<(), E>,
    ) -> Result<(), E> {
        let mapping = &self.file.mapping;
        let mapping = match pace.reads {
            Reads::All => Cow::Borrowed(mapping),
            Reads::Tally => Cow::Owned(mapping.tallying()),
            Reads::Without(fields) => Cow::Owned(mapping.without_texts(fields)),
            Reads::Only(fields) => Cow::Owned(mapping.only(fields)),
        };
        let orders = || self.orders_with(Cow::Borrowed(&*mapping));
        let size = pace.chunk.max(1);
        let chunks = count.div_ceil(size);
        let chunk_at = |number: usize| number * size..count.min((number + 1) * size);
        let fill = |orders: &mut Orders<'_>, number: usize| -> Result<T, E> {
            let mut chunk = begin();
            let numbers = chunk_at(number);
            let (first, last) = (place(numbers.start), place(numbers.end - 1));
            if last.checked_sub(first) == Some(numbers.len() - 1) {
                orders.groups.expect(first..=last);
            }
            for number in numbers {
                let place = place(number);
                let order = match pace.sought {
                    Some(sought) => orders.read_if(place, sought),
                    None => Some(orders.read(place)),
                };
                if let Some(order) = order {
                    work(&mut chunk, place, order)?;
                }
            }
            Ok(chunk)
        };
        let threads = pace.threads.min(chunks);
        if threads <= 1 {
            let mut orders = orders();
            return (0..chunks)
                .try_for_each(|number| take(chunk_at(number), fill(&mut orders, number)?));
        }
        thread::scope(|scope| {
            // Each thread has every so-manieth chunk, so that they come in turn.
            let (senders, receivers): (Vec<SyncSender<_>>, Vec<Receiver<_>>) =
                (0..threads).map(|_| sync_channel(WAITING)).unzip();
            for (first, sender) in senders.into_iter().enumerate() {
                let (fill, orders) = (&fill, &orders);
                scope.spawn(move || {
                    let mut orders = orders().apart();
                    for number in (first..chunks).step_by(threads) {
                        let filled = fill(&mut orders, number);
                        let is_last = filled.is_err();
                        // Nobody listens any more where taking ended early.
                        if sender.send(filled).is_err() || is_last {
                            return;
                        }
                    }
                });
            }
            for (number, receiver) in (0..chunks).zip(receivers.iter().cycle()) {
                // A thread that broke down has said so on its way; the scope hands that on.
                let Ok(filled) = receiver.recv() else { break };
                take(chunk_at(number), filled?)?;
            }
            Ok(())
        })
    }
}
