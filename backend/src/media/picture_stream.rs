//! Drawn pictures as a stream that ffmpeg reads: Matroska (RFC 9559) with uncompressed I420, each picture at its own time,
//! so that one that stands still need not be sent again.

const EBML: &[u8] = &[0x1A, 0x45, 0xDF, 0xA3];
const DOC_TYPE: &[u8] = &[0x42, 0x82];
const DOC_TYPE_VERSION: &[u8] = &[0x42, 0x87];
const DOC_TYPE_READ_VERSION: &[u8] = &[0x42, 0x85];
const SEGMENT: &[u8] = &[0x18, 0x53, 0x80, 0x67];
const INFO: &[u8] = &[0x15, 0x49, 0xA9, 0x66];
const TIMESTAMP_SCALE: &[u8] = &[0x2A, 0xD7, 0xB1];
const TRACKS: &[u8] = &[0x16, 0x54, 0xAE, 0x6B];
const TRACK_ENTRY: &[u8] = &[0xAE];
const TRACK_NUMBER: &[u8] = &[0xD7];
const TRACK_UID: &[u8] = &[0x73, 0xC5];
const TRACK_TYPE: &[u8] = &[0x83];
const CODEC_ID: &[u8] = &[0x86];
const DEFAULT_DURATION: &[u8] = &[0x23, 0xE3, 0x83];
const VIDEO: &[u8] = &[0xE0];
const PIXEL_WIDTH: &[u8] = &[0xB0];
const PIXEL_HEIGHT: &[u8] = &[0xBA];
const COLOUR_SPACE: &[u8] = &[0x2E, 0xB5, 0x24];
const CLUSTER: &[u8] = &[0x1F, 0x43, 0xB6, 0x75];
const TIMESTAMP: &[u8] = &[0xE7];
const SIMPLE_BLOCK: &[u8] = &[0xA3];
/// A size of all ones: until the stream ends.
const UNKNOWN_SIZE: &[u8] = &[0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
/// Track 1, no time of its own, a key picture.
const BLOCK_HEAD: &[u8] = &[0x81, 0x00, 0x00, 0x80];

/// What comes before the first picture. Times are counted in pictures of `rate` a second.
pub fn head(width: u32, height: u32, rate: u32) -> Vec<u8> {
    let tick_ns = u64::from(1_000_000_000 / rate.max(1));
    let doc = [
        text(DOC_TYPE, b"matroska"),
        whole_number(DOC_TYPE_VERSION, 4),
        whole_number(DOC_TYPE_READ_VERSION, 2),
    ];
    let video = [
        whole_number(PIXEL_WIDTH, u64::from(width)),
        whole_number(PIXEL_HEIGHT, u64::from(height)),
        text(COLOUR_SPACE, b"I420"),
    ];
    let track = [
        whole_number(TRACK_NUMBER, 1),
        whole_number(TRACK_UID, 1),
        whole_number(TRACK_TYPE, 1),
        text(CODEC_ID, b"V_UNCOMPRESSED"),
        whole_number(DEFAULT_DURATION, tick_ns),
        text(VIDEO, &video.concat()),
    ];
    [
        text(EBML, &doc.concat()),
        [SEGMENT, UNKNOWN_SIZE].concat(),
        text(INFO, &whole_number(TIMESTAMP_SCALE, tick_ns)),
        text(TRACKS, &text(TRACK_ENTRY, &track.concat())),
    ]
    .concat()
}

/// What comes before the `size_bytes` of a picture that is shown from picture time `index` on.
pub fn picture_head(index: u32, size_bytes: usize) -> Vec<u8> {
    let timestamp = whole_number(TIMESTAMP, u64::from(index));
    let block = [SIMPLE_BLOCK, &size(BLOCK_HEAD.len() + size_bytes), BLOCK_HEAD].concat();
    [CLUSTER, &size(timestamp.len() + block.len() + size_bytes), &timestamp, &block].concat()
}

fn size(bytes: usize) -> [u8; 8] {
    (1 << 56 | bytes as u64).to_be_bytes()
}

fn text(id: &[u8], content: &[u8]) -> Vec<u8> {
    [id, &size(content.len()), content].concat()
}

fn whole_number(id: &[u8], value: u64) -> Vec<u8> {
    text(id, &value.to_be_bytes())
}
