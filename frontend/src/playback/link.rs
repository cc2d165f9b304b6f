//! What the browser tells of the network. Deciding is `schedule`'s.

use super::schedule::Link;
use crate::browser::{member, window};

/// Under this a link carries no clip ahead of time, bits a second.
const SLOW_BITS_PER_SECOND: f64 = 400_000.0;

/// The link as it is now. `saver`: the learner's own data saver; `measured`: our own throughput, which counts more than
/// the browser's rounded guess.
pub fn link(saver: bool, measured: Option<u32>) -> Link {
    let connection = member(&window().navigator(), "connection");
    let read = |name| connection.as_ref().and_then(|connection| member(connection, name));
    let asks_to_save = read("saveData").and_then(|value| value.as_bool()).unwrap_or(false);
    let is_2g =
        read("effectiveType").and_then(|value| value.as_string()).is_some_and(|kind| kind.ends_with("2g"));
    // 10 Mbit/s is where the browser's number is capped.
    let reported = read("downlink").and_then(|value| value.as_f64()).filter(|n| *n > 0.0 && *n < 10.0);
    let reported = reported.map(|megabits| (megabits * 1e6) as u32);
    let bits_per_second = measured.or(reported);
    let is_slow = bits_per_second.is_some_and(|bits| f64::from(bits) < SLOW_BITS_PER_SECOND);
    Link { is_thrifty: saver || asks_to_save || is_2g || is_slow, bits_per_second }
}
