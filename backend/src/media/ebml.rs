//! Just enough EBML (RFC 8794) to see whether a Matroska track is encrypted. Reads only the file's head.

const SEGMENT: u64 = 0x1853_8067;
const TRACKS: u64 = 0x1654_AE6B;
const TRACK_ENTRY: u64 = 0xAE;
const CONTENT_ENCODINGS: u64 = 0x6D80;
const CONTENT_ENCODING: u64 = 0x6240;
const CONTENT_ENCRYPTION: u64 = 0x5035;

/// Whether any track's content is encrypted. `head`: the first bytes of the file.
pub fn is_encrypted(head: &[u8]) -> bool {
    has(head, &[SEGMENT, TRACKS, TRACK_ENTRY, CONTENT_ENCODINGS, CONTENT_ENCODING, CONTENT_ENCRYPTION])
}

/// Whether elements lie one in the other along `path`.
fn has(mut rest: &[u8], path: &[u64]) -> bool {
    let Some((wanted, deeper)) = path.split_first() else { return true };
    while let Some((id, size, body)) = element(rest) {
        // A size of all ones is unknown: the element goes on to the end.
        let length = size.map_or(body.len(), |s| usize::try_from(s).unwrap_or(usize::MAX).min(body.len()));
        let (content, after) = body.split_at(length);
        if id == *wanted && has(content, deeper) {
            return true;
        }
        rest = after;
    }
    false
}

fn element(bytes: &[u8]) -> Option<(u64, Option<u64>, &[u8])> {
    let id_length = bytes.first()?.leading_zeros() as usize + 1;
    let id = number(bytes.get(..id_length.min(4))?);
    let rest = bytes.get(id_length..)?;
    let size_length = rest.first()?.leading_zeros() as usize + 1;
    if id_length > 4 || size_length > 8 {
        return None;
    }
    let raw = number(rest.get(..size_length)?);
    let mask = (1u64 << (7 * size_length)) - 1;
    let size = (raw & mask != mask).then_some(raw & mask);
    Some((id, size, rest.get(size_length..)?))
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |n, b| n << 8 | u64::from(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encryption_element_inside_a_track_is_seen_and_none_elsewhere() {
        let encryption = [0x50, 0x35, 0x80];
        let encoding = [&[0x62, 0x40, 0x83][..], &encryption].concat();
        let encodings = [&[0x6D, 0x80, 0x86][..], &encoding].concat();
        let entry = [&[0xAE, 0x89][..], &encodings].concat();
        let tracks = [&[0x16, 0x54, 0xAE, 0x6B, 0x8B][..], &entry].concat();
        let segment = [&[0x18, 0x53, 0x80, 0x67, 0xFF][..], &tracks].concat();
        assert!(is_encrypted(&segment));
        assert!(!is_encrypted(&encodings));
        for cut in 0..segment.len() - 1 {
            assert!(!is_encrypted(&segment[..cut]), "cut at {cut}");
        }
    }
}
