//! What the fuzz targets in `fuzz/` call, and the tests with them: each function takes any bytes, hands them to one reader of
//! strangers' input, and checks what must hold of whatever it answers. No reader lives here.

use crate::{http, media};
use minnow_shared::{caption, limit};

/// A reader of strangers' input, under the name of its target and of its folder in `fuzz/corpus`.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 7] = [
    ("banks", banks),
    ("captions", captions),
    ("film_boxes", film_boxes),
    ("media_range", media_range),
    ("sniff", sniff),
    ("topics", topics),
    ("upload_headers", upload_headers),
];

/// WebVTT and SubRip: whatever the text, cues are in order and within their limits, problems name lines that are there,
/// and what is written of them is read without a problem.
pub fn captions(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let read = caption::parse(&text);
    let lines = text.split(['\n', '\r']).count().max(1);
    assert!(
        read.problems.iter().all(|problem| (1..=lines).contains(&problem.line)),
        "a line that is not there"
    );
    let in_limits = |cue: &caption::Cue| {
        cue.end_ms > cue.start_ms && (1..=limit::CUE_TEXT).contains(&cue.text.chars().count())
    };
    assert!(read.cues.iter().all(in_limits), "a cue over its limits");
    assert!(read.cues.is_sorted_by_key(|cue| cue.start_ms), "cues out of order");
    assert!(read.cues.len() <= limit::CUES_PER_TRACK, "too many cues");
    let again = caption::parse(&caption::write_vtt(&read.cues));
    assert!(read.cues.is_empty() || again.problems.is_empty(), "what is written cannot be read");
}

/// Banks of questions: the first byte names the format, or none. Whatever is read passes every check and can be written in
/// each format; what is not read has a reason.
pub fn banks(data: &[u8]) {
    use minnow_exchange::{Format, read, write};
    let Some((first, bytes)) = data.split_first() else { return };
    let format = Format::ALL.get(usize::from(*first) % (Format::ALL.len() + 1)).copied();
    let Ok(import) = read(bytes, "bank", format) else { return };
    assert!(!import.questions.is_empty() || !import.losses.is_empty(), "nothing is said");
    assert!(import.losses.iter().all(|loss| !loss.reason.is_empty()), "a loss without a reason");
    for question in &import.questions {
        assert_eq!(question.check(), Ok(()), "a question that cannot be asked");
    }
    let some = import.questions.get(..import.questions.len().min(20)).unwrap_or_default();
    for format in Format::ALL {
        write(some, format, &|_| None);
    }
}

/// Files of topics: whatever is read hangs together without a circle, every id is one, what is left out has its line and its
/// reason, and what is written of it is read again without a loss.
pub fn topics(data: &[u8]) {
    use minnow_exchange::topics::{TopicFormat, read, write};
    use minnow_mastery::graph::Graph;
    use std::collections::HashMap;
    let none = (Graph::default(), HashMap::new());
    let Ok(import) = read(data, None, &none.0, &none.1) else { return };
    let lines = String::from_utf8_lossy(data).lines().count() as u32 + 1;
    for loss in &import.losses {
        assert!(!loss.reason.is_empty(), "a loss without a reason");
        // Text that is not UTF-8 may have its line ends elsewhere.
        let there = loss.line.is_some_and(|line| (1..=lines).contains(&line));
        assert!(there || std::str::from_utf8(data).is_err() || data.contains(&0), "a line that is not there");
    }
    let mut graph = Graph::default();
    for topic in &import.topics {
        assert!(minnow_shared::TopicId::parse(&topic.id).is_ok(), "an id that is none");
        assert!(!graph.has(&topic.id), "a topic twice");
        graph.add_topic(&topic.id);
    }
    for edge in &import.edges {
        assert_eq!(graph.add_edge(edge), Ok(true), "an edge twice, or one that closes a circle");
    }
    for format in TopicFormat::ALL {
        if import.topics.is_empty() {
            return;
        }
        let again = read(&write(&import.topics, &import.edges, format), Some(format), &none.0, &none.1);
        let again = again.map(|again| (again.topics.len(), again.edges.len()));
        assert_eq!(
            again.ok(),
            Some((import.topics.len(), import.edges.len())),
            "what is written is read otherwise"
        );
    }
}

/// The box reader of MP4.
pub fn film_boxes(data: &[u8]) {
    media::fuzz::film_boxes(data);
}

/// What a file is, by its first bytes.
pub fn sniff(data: &[u8]) {
    media::fuzz::sniff(data);
}

/// `Range` of a request for media: the first eight bytes are the file's size, the rest is the header.
pub fn media_range(data: &[u8]) {
    http::fuzz::media_range(data);
}

/// `Upload-Metadata`, `Upload-Checksum` and `Upload-Offset`, a line each.
pub fn upload_headers(data: &[u8]) {
    http::fuzz::upload_headers(data);
}
