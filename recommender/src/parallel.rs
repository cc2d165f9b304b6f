//! Work cut into pieces for the cores there are. What comes out is in the order of what went in and the same on one core.

use std::cell::Cell;
use std::num::NonZero;
use std::sync::Mutex;
use std::thread;

/// More threads than this wait for memory rather than work.
const MOST: usize = 8;

/// Pieces a thread takes at a time: of so many rows.
const PIECE: usize = 32;

thread_local! {
    /// Threads that work of this thread may take.
    static ALLOWED: Cell<usize> = const { Cell::new(MOST) };
}

/// Does `work` with at most so many threads. What comes out is the same.
pub fn on<T>(threads: usize, work: impl FnOnce() -> T) -> T {
    let before = ALLOWED.replace(threads.clamp(1, MOST));
    let out = work();
    ALLOWED.set(before);
    out
}

fn threads(pieces: usize) -> usize {
    thread::available_parallelism().map_or(1, NonZero::get).min(ALLOWED.get()).min(pieces)
}

/// Does `each` with every piece, on all cores, each with room of its own that is used again.
fn share<P: Send, W>(
    pieces: impl ExactSizeIterator<Item = P> + Send,
    room: impl Fn() -> W + Sync,
    each: impl Fn(&mut W, P) + Sync,
) {
    let count = threads(pieces.len());
    if count <= 1 {
        let mut own = room();
        pieces.for_each(|piece| each(&mut own, piece));
        return;
    }
    let queue = Mutex::new(pieces);
    let work = || {
        let mut own = room();
        loop {
            let next = queue.lock().ok().and_then(|mut queue| queue.next());
            let Some(piece) = next else { return };
            each(&mut own, piece);
        }
    };
    thread::scope(|scope| {
        (1..count).for_each(|_| drop(scope.spawn(work)));
        work();
    });
}

/// `each` of every item.
pub fn map<T: Sync, R: Send>(items: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    map_in(items, || (), |(), item| each(item))
}

/// `each` of every item, where one takes so long that threads take single ones.
pub fn map_one_by_one<T: Sync, R: Send>(items: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let mut out: Vec<Option<R>> = Vec::new();
    out.resize_with(items.len(), || None);
    share(items.iter().zip(out.iter_mut()), || (), |(), (item, out)| *out = Some(each(item)));
    out.into_iter().flatten().collect()
}

/// `each` of every item, with room that is made once a thread and used again; what it holds must not change a result.
pub fn map_in<T: Sync, R: Send, W>(
    items: &[T],
    room: impl Fn() -> W + Sync,
    each: impl Fn(&mut W, &T) -> R + Sync,
) -> Vec<R> {
    let mut out: Vec<Option<R>> = Vec::new();
    out.resize_with(items.len(), || None);
    share(items.chunks(PIECE).zip(out.chunks_mut(PIECE)), room, |own, (items, out)| {
        for (item, out) in items.iter().zip(out) {
            *out = Some(each(own, item));
        }
    });
    out.into_iter().flatten().collect()
}

/// `each` of every row of `width` numbers with what belongs to it.
pub fn rows<T: Sync, W>(
    rows: &mut [f32],
    width: usize,
    of: &[T],
    room: impl Fn() -> W + Sync,
    each: impl Fn(&mut W, &mut [f32], &T) + Sync,
) {
    let width = width.max(1);
    share(rows.chunks_mut(PIECE * width).zip(of.chunks(PIECE)), room, |own, (rows, of)| {
        for (row, one) in rows.chunks_mut(width).zip(of) {
            each(own, row, one);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_what_they_are_of() {
        let items: Vec<u64> = (0..10_000).collect();
        assert_eq!(map(&items, |n| n * n), items.iter().map(|n| n * n).collect::<Vec<_>>());
        assert!(map(&[] as &[u64], |n| *n).is_empty());
    }

    #[test]
    fn fewer_threads_give_the_same_results_and_the_limit_ends_with_the_work() {
        let items: Vec<u64> = (0..10_000).collect();
        assert_eq!(on(1, || (threads(99), map(&items, |n| n * 3))), (1, map(&items, |n| n * 3)));
        assert_eq!(ALLOWED.get(), MOST);
    }

    #[test]
    fn every_row_is_met_once_with_its_own() {
        let (mut all, of) = (vec![0.0; 3 * 1_000], (0..1_000).collect::<Vec<u16>>());
        rows(&mut all, 3, &of, || (), |(), row, n| row.iter_mut().for_each(|x| *x += f32::from(*n)));
        assert!(all.chunks(3).zip(&of).all(|(row, n)| row.iter().all(|x| *x == f32::from(*n))));
    }
}
