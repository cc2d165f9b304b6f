//! How often somebody may call: token buckets by class of call and by who calls. Kept in this node's memory; time comes
//! in as a parameter.

use super::error::ApiError;
use crate::{config::RateLimits, policy::Action};
use minnow_shared::{ErrorCode, Method};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// Kinds of calls, each with its own measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Guessing one account's password.
    Guess,
    /// Every step of signing in, of one address: a class room has one, and two steps a person.
    SignIn,
    /// Mails to one address.
    Mail,
    /// New guests: rows for nothing.
    Guest,
    Write,
    Read,
}

impl Class {
    /// The class of an endpoint.
    pub fn of(action: Action, method: Method) -> Self {
        match action {
            Action::SignIn => Class::SignIn,
            Action::StartGuest => Class::Guest,
            _ if method == Method::Get => Class::Read,
            _ => Class::Write,
        }
    }

    /// At once, and then one each so many milliseconds. Wide enough for a class room behind one address.
    const fn measure(self) -> (f64, f64) {
        match self {
            Class::Guess => (20.0, 3_000.0),
            Class::SignIn => (90.0, 1_000.0),
            Class::Mail => (3.0, 120_000.0),
            Class::Guest => (300.0, 500.0),
            Class::Write => (240.0, 100.0),
            Class::Read => (600.0, 20.0),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at_ms: i64,
}

/// More than this many buckets: full ones are forgotten.
const BUCKETS: usize = 50_000;

/// All buckets of this node.
pub struct Limits {
    on: bool,
    buckets: Mutex<HashMap<(Class, String), Bucket>>,
}

impl Limits {
    pub fn new(limits: RateLimits) -> Self {
        Self { on: limits == RateLimits::On, buckets: Mutex::default() }
    }

    /// Counts one call of `who`.
    ///
    /// # Errors
    /// `TooManyRequests` with the time to wait.
    pub fn take(&self, class: Class, who: &str, now_ms: i64) -> Result<(), ApiError> {
        if !self.on {
            return Ok(());
        }
        let (most, each_ms) = class.measure();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS {
            forget_full(&mut buckets, now_ms);
        }
        let bucket = buckets.entry((class, who.to_owned())).or_insert(Bucket { left: most, at_ms: now_ms });
        bucket.left = filled(*bucket, most, each_ms, now_ms);
        bucket.at_ms = now_ms;
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            return Ok(());
        }
        let wait_ms = ((1.0 - bucket.left) * each_ms).ceil() as u64;
        Err(ApiError::from(ErrorCode::TooManyRequests).retry_after_ms(wait_ms))
    }
}

fn filled(bucket: Bucket, most: f64, each_ms: f64, now_ms: i64) -> f64 {
    let gone_ms = now_ms.saturating_sub(bucket.at_ms).max(0) as f64;
    (bucket.left + gone_ms / each_ms).min(most)
}

fn forget_full(buckets: &mut HashMap<(Class, String), Bucket>, now_ms: i64) {
    buckets.retain(|(class, _), bucket| {
        let (most, each_ms) = class.measure();
        filled(*bucket, most, each_ms, now_ms) < most
    });
    // Everybody at once from everywhere: better a fresh start than no memory.
    if buckets.len() >= BUCKETS {
        buckets.clear();
    }
}

/// An address as one caller: of IPv6 the network, as one home has a whole one.
pub fn caller_of(address: IpAddr) -> String {
    match address {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => ip.to_string(),
            None => {
                let [a, b, c, d, ..] = ip.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}")
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again_with_time() {
        let limits = Limits::new(RateLimits::On);
        for _ in 0..20 {
            assert!(limits.take(Class::Guess, "ada", 1_000).is_ok());
        }
        let refused = limits.take(Class::Guess, "ada", 1_000).unwrap_err();
        assert_eq!((refused.code, refused.retry_after_ms), (ErrorCode::TooManyRequests, Some(3_000)));
        assert!(limits.take(Class::Guess, "bob", 1_000).is_ok(), "another caller");
        assert!(limits.take(Class::Write, "ada", 1_000).is_ok(), "another class");
        assert!(limits.take(Class::Guess, "ada", 4_000).is_ok());
        assert!(limits.take(Class::Guess, "ada", 4_000).is_err());
    }

    #[test]
    fn a_clock_that_goes_back_neither_fills_nor_empties() {
        let limits = Limits::new(RateLimits::On);
        assert!(limits.take(Class::Mail, "x", 10_000).is_ok());
        assert!(limits.take(Class::Mail, "x", 0).is_ok());
        assert!(limits.take(Class::Mail, "x", 0).is_ok());
        assert!(limits.take(Class::Mail, "x", 0).is_err());
    }

    #[test]
    fn switched_off_nothing_is_refused() {
        let limits = Limits::new(RateLimits::Off);
        assert!((0..1_000).all(|_| limits.take(Class::SignIn, "ada", 0).is_ok()));
    }

    #[test]
    fn one_home_network_is_one_caller() {
        let address = |text: &str| caller_of(text.parse().unwrap());
        assert_eq!(address("2001:db8:1:2:3::4"), address("2001:db8:1:2:ffff::1"));
        assert_ne!(address("2001:db8:1:2::1"), address("2001:db8:1:3::1"));
        assert_eq!(address("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
