//! Time and chance. The only file that reads the wall clock or the random number generator: everything else takes a
//! `Clock` or a `Random`, so that tests decide both.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Unix milliseconds, UTC.
    fn now_ms(&self) -> i64;
}

/// A source of chance.
pub trait Random: Send + Sync {
    /// Fills the bytes with chance good enough for secrets.
    fn fill(&self, into: &mut [u8]);
}

impl dyn Random {
    /// The chance of one id: 80 bits.
    pub fn id_bits(&self) -> [u8; 10] {
        let mut bits = [0; 10];
        self.fill(&mut bits);
        bits
    }

    /// The chance of one secret: 256 bits.
    pub fn secret(&self) -> [u8; 32] {
        let mut bits = [0; 32];
        self.fill(&mut bits);
        bits
    }
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    fn now_ms(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}

/// The operating system's random numbers.
pub struct SystemRandom;

impl Random for SystemRandom {
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the random number generator")]
    fn fill(&self, into: &mut [u8]) {
        rand::RngCore::fill_bytes(&mut rand::rng(), into);
    }
}

/// A clock that stands still until it is moved. For tests.
pub struct FakeClock(AtomicI64);

impl FakeClock {
    /// `at_ms`: Unix milliseconds.
    pub fn new(at_ms: i64) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(at_ms)))
    }

    pub fn advance(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// The same chance each time, from a seed (SplitMix64). For tests; never for secrets.
pub struct FakeRandom(AtomicU64);

impl FakeRandom {
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(seed)))
    }

    fn next(&self) -> u64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut z = self.0.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Random for FakeRandom {
    fn fill(&self, into: &mut [u8]) {
        for chunk in into.chunks_mut(8) {
            let bytes = self.next().to_le_bytes();
            chunk.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fake_clock_moves_only_when_told() {
        let clock = FakeClock::new(1_000);
        assert_eq!(clock.now_ms(), 1_000);
        clock.advance(250);
        assert_eq!(clock.now_ms(), 1_250);
    }

    #[test]
    fn fake_chance_repeats_by_seed_and_differs_by_call() {
        let (a, b): (Arc<dyn Random>, Arc<dyn Random>) = (FakeRandom::new(7), FakeRandom::new(7));
        let (first, second) = (a.secret(), a.secret());
        assert_eq!(b.secret(), first);
        assert_ne!(first, second);
    }
}
