//! What a file is, by its own first bytes: only containers of films go on to ffprobe, each with its demuxer forced.
//! Names and declared kinds are never asked.

use minnow_shared::draft::RefusalReason;

/// How many first bytes `sniff` wants.
pub const HEAD_BYTES: usize = 64 * 1024;

/// A container that may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// MP4, MOV, 3GP, fragmented or not.
    IsoMedia,
    /// Matroska and WebM.
    Matroska,
    Avi,
    MpegProgram,
    MpegTransport,
    Flv,
    /// WMV.
    Asf,
    Ogg,
}

impl Container {
    /// ffmpeg's name for its demuxer.
    pub fn demuxer(self) -> &'static str {
        match self {
            Container::IsoMedia => "mov",
            Container::Matroska => "matroska",
            Container::Avi => "avi",
            Container::MpegProgram => "mpeg",
            Container::MpegTransport => "mpegts",
            Container::Flv => "flv",
            Container::Asf => "asf",
            Container::Ogg => "ogg",
        }
    }

    /// Options before `-i`: this demuxer and no other, files only, no reference to other files followed.
    pub fn input_options(self) -> Vec<&'static str> {
        let mut options =
            vec!["-protocol_whitelist", "file", "-format_whitelist", self.demuxer(), "-f", self.demuxer()];
        if self == Container::IsoMedia {
            options.extend(["-use_absolute_path", "0", "-enable_drefs", "0"]);
        }
        options
    }
}

/// Tells the container from the first bytes (up to `HEAD_BYTES` of them).
///
/// # Errors
/// Why a file of this kind is refused.
pub fn sniff(head: &[u8]) -> Result<Container, RefusalReason> {
    if head.is_empty() {
        return Err(RefusalReason::Empty);
    }
    if let Some(container) = film(head) {
        return container;
    }
    if is_picture(head) {
        return Err(RefusalReason::StillImage);
    }
    if is_sound(head) {
        return Err(RefusalReason::NoPicture);
    }
    if let Some(reason) = text(head) {
        return Err(reason);
    }
    if has_transport_packets(head) {
        return Ok(Container::MpegTransport);
    }
    if has_program_pack(head) {
        return Ok(Container::MpegProgram);
    }
    Err(RefusalReason::NotVideo)
}

fn film(head: &[u8]) -> Option<Result<Container, RefusalReason>> {
    let at = |from: usize, length: usize| head.get(from..from + length).unwrap_or_default();
    match at(4, 4) {
        b"ftyp" => return Some(iso_brand(at(8, 4))),
        b"moov" | b"mdat" | b"free" | b"skip" | b"wide" | b"pnot" | b"styp" | b"sidx" | b"moof" => {
            return Some(Ok(Container::IsoMedia));
        }
        b"jP  " => return Some(Err(RefusalReason::StillImage)),
        _ => {}
    }
    let container = match at(0, 4) {
        [0x1A, 0x45, 0xDF, 0xA3] => Container::Matroska,
        b"RIFF" | b"RF64" => {
            return match at(8, 4) {
                b"AVI " | b"AVIX" => Some(Ok(Container::Avi)),
                b"WEBP" => Some(Err(RefusalReason::StillImage)),
                b"WAVE" => Some(Err(RefusalReason::NoPicture)),
                _ => None,
            };
        }
        [0, 0, 1, 0xBA] => Container::MpegProgram,
        [b'F', b'L', b'V', _] => Container::Flv,
        [0x30, 0x26, 0xB2, 0x75] => Container::Asf,
        b"OggS" => Container::Ogg,
        _ => return None,
    };
    Some(Ok(container))
}

fn iso_brand(brand: &[u8]) -> Result<Container, RefusalReason> {
    match brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" | b"mif1" | b"mif2"
        | b"msf1" | b"avif" | b"avis" | b"jpeg" | b"jpgs" | b"avci" | b"avcs" | b"jxl " | b"jp2 "
        | b"jpx " | b"jpm " | b"crx " => Err(RefusalReason::StillImage),
        _ => Ok(Container::IsoMedia),
    }
}

fn is_picture(head: &[u8]) -> bool {
    const MAGIC: [&[u8]; 16] = [
        b"\xFF\xD8\xFF",
        b"\x89PNG",
        b"\x8AMNG",
        b"GIF8",
        b"II*\0",
        b"MM\0*",
        b"II+\0",
        b"MM\0+",
        b"\0\0\x01\0",
        b"\0\0\x02\0",
        b"\xFF\x4F\xFF\x51",
        b"\xFF\x0A",
        b"8BPS",
        b"BLP1",
        b"BLP2",
        b"qoif",
    ];
    let sgi = head.starts_with(&[0x01, 0xDA]) && head.get(2).is_some_and(|b| *b <= 1);
    let bmp = head.starts_with(b"BM") && head.get(6..10) == Some(&[0; 4]);
    sgi || bmp || MAGIC.iter().any(|magic| head.starts_with(magic))
}

fn is_sound(head: &[u8]) -> bool {
    const MAGIC: [&[u8]; 12] = [
        b"ID3", b"fLaC", b"MAC ", b"MPCK", b"MP+", b"#!AMR", b"wvPk", b"caff", b"FORM", b".snd", b"DSD ",
        b"TTA1",
    ];
    let mpeg_frame = head.first() == Some(&0xFF) && head.get(1).is_some_and(|b| b & 0xE0 == 0xE0);
    mpeg_frame || MAGIC.iter().any(|magic| head.starts_with(magic))
}

/// Texts that could name other files, and texts that draw pictures.
fn text(head: &[u8]) -> Option<RefusalReason> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let start: String = String::from_utf8_lossy(head.get(..4096.min(head.len())).unwrap_or_default())
        .trim_start()
        .to_ascii_lowercase();
    let playlist =
        ["#extm3u", "ffconcat", "[playlist]", "[reference]", "<asx", "<smil", "<mpd", "v=0\r\n", "v=0\no="];
    if playlist.iter().any(|mark| start.starts_with(mark)) {
        return Some(RefusalReason::Playlist);
    }
    if start.starts_with('<') {
        let has = |mark: &str| start.contains(mark);
        if has("<mpd") || has("<smil") || has("<playlist") || has("<asx") || has("<smoothstreamingmedia") {
            return Some(RefusalReason::Playlist);
        }
        if has("<svg") {
            return Some(RefusalReason::StillImage);
        }
    }
    None
}

/// Five sync bytes at the distance of transport packets (188, or 192 with time codes), junk before them or not.
fn has_transport_packets(head: &[u8]) -> bool {
    [188, 192].iter().any(|stride| {
        (0..head.len().saturating_sub(4 * stride))
            .any(|from| (0..5).all(|packet| head.get(from + packet * stride) == Some(&0x47)))
    })
}

fn has_program_pack(head: &[u8]) -> bool {
    head.get(..head.len().min(8192))
        .unwrap_or_default()
        .windows(5)
        .any(|w| matches!(w, [0, 0, 1, 0xBA, mark] if mark & 0xC0 == 0x40 || mark & 0xF0 == 0x20))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn containers_of_films_are_known_by_their_first_bytes() {
        for (head, container) in [
            (&b"\0\0\0\x18ftypisom"[..], Container::IsoMedia),
            (b"\0\0\0\x14ftypqt  ", Container::IsoMedia),
            (b"\0\0\0\x08wide\0\0", Container::IsoMedia),
            (b"\x1A\x45\xDF\xA3\x01", Container::Matroska),
            (b"RIFF\0\0\0\0AVI LIST", Container::Avi),
            (b"\0\0\x01\xBA\x44", Container::MpegProgram),
            (b"FLV\x01", Container::Flv),
            (b"OggS\0", Container::Ogg),
        ] {
            assert_eq!(sniff(head), Ok(container));
        }
    }

    #[test]
    fn what_is_no_film_is_refused_with_its_reason_whatever_its_name() {
        for (head, reason) in [
            (&b""[..], RefusalReason::Empty),
            (b"#EXTM3U\n#EXT-X-VERSION:3", RefusalReason::Playlist),
            (b"\xEF\xBB\xBF #EXTM3U\nfile:///etc/passwd", RefusalReason::Playlist),
            (b"<?xml version=\"1.0\"?>\n<MPD xmlns", RefusalReason::Playlist),
            (b"ffconcat version 1.0\nfile /etc/passwd", RefusalReason::Playlist),
            (b"<?xml version=\"1.0\"?><svg>", RefusalReason::StillImage),
            (b"\x89PNG\r\n\x1a\n", RefusalReason::StillImage),
            (b"\0\0\0\x18ftypheic", RefusalReason::StillImage),
            (b"\xFF\xD8\xFF\xE1", RefusalReason::StillImage),
            (b"ID3\x03", RefusalReason::NoPicture),
            (b"RIFF\0\0\0\0WAVEfmt ", RefusalReason::NoPicture),
            (b"PK\x03\x04", RefusalReason::NotVideo),
            (b"FWS\x08", RefusalReason::NotVideo),
            (b"hello", RefusalReason::NotVideo),
        ] {
            assert_eq!(sniff(head), Err(reason), "{:?}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn transport_packets_are_found_behind_junk() {
        let mut head = vec![9; 77];
        for _ in 0..6 {
            head.push(0x47);
            head.extend([0; 187]);
        }
        assert_eq!(sniff(&head), Ok(Container::MpegTransport));
    }

    proptest! {
        #[test]
        fn any_bytes_are_told_without_a_panic(head in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = sniff(&head);
        }
    }
}
