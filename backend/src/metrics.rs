//! Numbers about this node for Prometheus, in its text format. Nothing here tells of a single person.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Upper ends of the buckets of request times, in seconds.
const BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Times of requests to one address.
#[derive(Debug, Default, Clone)]
struct Times {
    /// One more than the ends: the last holds the rest.
    buckets: [u64; BUCKETS.len() + 1],
    sum_seconds: f64,
    count: u64,
}

/// The node's counters.
#[derive(Debug, Default)]
pub struct Metrics {
    /// By method, route pattern and status.
    requests: Mutex<BTreeMap<(String, String, u16), u64>>,
    times: Mutex<BTreeMap<String, Times>>,
    /// Groups of small writes that were committed, and the writes in them.
    pub write_groups: AtomicU64,
    pub writes: AtomicU64,
    /// Writes that were refused because the database could not take them.
    pub writes_refused: AtomicU64,
}

/// What is measured when it is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gauges {
    pub published_clips: usize,
    /// 1 or 0.
    pub database_up: u8,
    /// The last event of the log of interests that this node knows.
    pub interest_seq: i64,
    /// `None`: no model of interests serves.
    pub interest_model: Option<ModelGauges>,
}

/// Of the fitted model of interests that serves.
#[derive(Debug, Clone, Copy, Default)]
pub struct ModelGauges {
    pub version: i64,
    pub age_seconds: i64,
    /// Hit rates among 20 on the end of its log: the model's and popularity's.
    pub replay: Option<(f64, f64)>,
    pub drift: Option<f64>,
}

impl Metrics {
    /// Counts a request. `route`: the pattern, never the path itself; methods that nobody knows count as one, so that
    /// strangers cannot make the numbers grow without end.
    pub fn count_request(&self, method: &str, route: &str, status: u16, seconds: f64) {
        let method = if METHODS.contains(&method) { method } else { "other" };
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((method.to_owned(), route.to_owned(), status)).or_default() += 1;
        drop(requests);
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let times = times.entry(route.to_owned()).or_default();
        let place = BUCKETS.iter().position(|end| seconds <= *end).unwrap_or(BUCKETS.len());
        if let Some(bucket) = times.buckets.get_mut(place) {
            *bucket += 1;
        }
        times.sum_seconds += seconds;
        times.count += 1;
    }

    /// The text for Prometheus.
    pub fn write(&self, gauges: Gauges) -> String {
        let mut out = String::with_capacity(8_192);
        // Writing to a String cannot fail.
        let _ = self.write_requests(&mut out).and_then(|()| self.write_rest(&mut out, gauges));
        out
    }

    fn write_requests(&self, out: &mut String) -> std::fmt::Result {
        out.push_str(
            "# HELP minnow_requests_total Requests answered.\n# TYPE minnow_requests_total counter\n",
        );
        for ((method, route, status), count) in
            self.requests.lock().unwrap_or_else(PoisonError::into_inner).iter()
        {
            writeln!(
                out,
                "minnow_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {count}"
            )?;
        }
        out.push_str("# HELP minnow_request_seconds Time to the head of the answer.\n");
        out.push_str("# TYPE minnow_request_seconds histogram\n");
        for (route, times) in self.times.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let mut sum = 0;
            for (end, count) in BUCKETS.iter().zip(times.buckets) {
                sum += count;
                writeln!(out, "minnow_request_seconds_bucket{{route=\"{route}\",le=\"{end}\"}} {sum}")?;
            }
            writeln!(out, "minnow_request_seconds_bucket{{route=\"{route}\",le=\"+Inf\"}} {}", times.count)?;
            writeln!(out, "minnow_request_seconds_sum{{route=\"{route}\"}} {}", times.sum_seconds)?;
            writeln!(out, "minnow_request_seconds_count{{route=\"{route}\"}} {}", times.count)?;
        }
        Ok(())
    }

    fn write_rest(&self, out: &mut String, gauges: Gauges) -> std::fmt::Result {
        let counters = [
            ("minnow_write_groups_total", "Groups of small writes committed.", &self.write_groups),
            ("minnow_writes_total", "Small writes committed.", &self.writes),
            (
                "minnow_writes_refused_total",
                "Small writes the database could not take.",
                &self.writes_refused,
            ),
        ];
        for (name, help, value) in counters {
            let value = value.load(Ordering::Relaxed);
            writeln!(out, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}")?;
        }
        let now = [
            ("minnow_published_clips", "Clips in the feed.", gauges.published_clips as u64),
            ("minnow_database_up", "Whether the database answers.", u64::from(gauges.database_up)),
            ("minnow_resident_bytes", "Memory of this process.", resident_bytes().unwrap_or_default()),
        ];
        for (name, help, value) in now {
            writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}")?;
        }
        write_interests(out, gauges)
    }
}

fn write_interests(out: &mut String, gauges: Gauges) -> std::fmt::Result {
    let mut gauge = |name: &str, help: &str, value: Option<f64>| match value {
        Some(value) => writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}"),
        None => Ok(()),
    };
    let model = gauges.interest_model;
    gauge("minnow_interest_seq", "Last event of interests known here.", Some(gauges.interest_seq as f64))?;
    let version = model.map(|model| model.version as f64);
    gauge("minnow_interest_model_version", "Version of the fitted model that serves.", version)?;
    let age = model.map(|model| model.age_seconds as f64);
    gauge("minnow_interest_model_age_seconds", "Time since it was fitted.", age)?;
    let (ours, popularity) = model.and_then(|model| model.replay).unzip();
    gauge("minnow_interest_replay_hit_rate", "Hits among 20 on the end of its log.", ours)?;
    gauge("minnow_interest_replay_popularity_hit_rate", "The same by popularity alone.", popularity)?;
    let drift = model.and_then(|model| model.drift);
    gauge("minnow_interest_drift", "Share by which hits of today lie below those.", drift)
}

/// Memory of this process in bytes, as Linux tells it.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_and_their_times_add_up() {
        let metrics = Metrics::default();
        metrics.count_request("GET", "/api/feed", 200, 0.002);
        metrics.count_request("GET", "/api/feed", 200, 0.3);
        metrics.count_request("GET", "/api/feed", 503, 9.0);
        (0..50).for_each(|n| metrics.count_request(&format!("BREW{n}"), "/api/feed", 405, 0.001));
        let text = metrics.write(Gauges {
            published_clips: 3,
            database_up: 1,
            interest_seq: 12,
            interest_model: Some(ModelGauges {
                version: 2,
                replay: Some((0.5, 0.25)),
                ..ModelGauges::default()
            }),
        });
        for line in [
            "minnow_requests_total{method=\"GET\",route=\"/api/feed\",status=\"200\"} 2",
            "minnow_requests_total{method=\"other\",route=\"/api/feed\",status=\"405\"} 50",
            "minnow_request_seconds_bucket{route=\"/api/feed\",le=\"0.001\"} 50",
            "minnow_request_seconds_bucket{route=\"/api/feed\",le=\"0.5\"} 52",
            "minnow_request_seconds_bucket{route=\"/api/feed\",le=\"+Inf\"} 53",
            "minnow_published_clips 3",
            "minnow_interest_seq 12",
            "minnow_interest_model_version 2",
            "minnow_interest_replay_hit_rate 0.5",
            "minnow_interest_replay_popularity_hit_rate 0.25",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in {text}");
        }
        assert!(!text.contains("minnow_interest_drift"), "what is not known is not told: {text}");
    }
}
