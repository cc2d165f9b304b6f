//! Archives as strangers make them, made here.

use super::*;
use proptest::prelude::*;

fn packed(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ArchiveWriter::default();
    for (name, bytes) in entries {
        writer.add(name, bytes).unwrap();
    }
    writer.finish().unwrap()
}

fn reason(bytes: &[u8]) -> String {
    match Archive::open(bytes) {
        Err(ReadError::Archive { reason }) => reason,
        Err(other) => other.to_string(),
        Ok(_) => "opened".into(),
    }
}

/// Replaces a name by another of the same length, in the local header and in the directory.
fn renamed(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut out = bytes.to_vec();
    for place in 0..out.len().saturating_sub(from.len()) {
        if out[place..].starts_with(from.as_bytes()) {
            out[place..place + to.len()].copy_from_slice(to.as_bytes());
        }
    }
    out
}

/// The places of the directory's entries.
fn directory(bytes: &[u8]) -> Vec<usize> {
    (0..bytes.len()).filter(|place| bytes[*place..].starts_with(b"PK\x01\x02")).collect()
}

#[test]
fn entries_come_back_by_their_names() {
    let bytes = packed(&[("a/one.xml", b"<one/>"), ("b.json", b"{}")]);
    let mut archive = Archive::open(&bytes).unwrap();
    assert_eq!(archive.names().collect::<Vec<_>>(), ["a/one.xml", "b.json"]);
    assert_eq!(archive.read("b.json").unwrap().unwrap(), b"{}");
    assert_eq!(archive.read("a/one.xml").unwrap().unwrap(), b"<one/>");
    assert_eq!(archive.read("c").unwrap(), None);
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let bytes = packed(&[("aaaaaaaaaa", b"x")]);
    for (name, said) in [
        ("/etc/passw", "absolute"),
        ("../../pass", "points out"),
        ("a/../../bb", "points out"),
        ("a\\..\\bbbbb", "a sign no name has"),
        ("C:/windows", "absolute"),
        ("aaaa\u{1}aaaaa", "a sign no name has"),
    ] {
        let found = reason(&renamed(&bytes, "aaaaaaaaaa", name));
        assert!(found.contains(said), "{name}: {found}");
    }
    assert_eq!(reason(&renamed(&bytes, "aaaaaaaaaa", "a..b/c...d")), "opened");
}

#[test]
fn links_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    assert!(reason(&bytes).contains("is a link"));
}

#[test]
fn of_entries_with_one_name_the_last_counts() {
    let bytes = packed(&[("aaaa", b"x"), ("bbbb", b"y"), ("AAAA", b"z")]);
    let bytes = renamed(&bytes, "bbbb", "aaaa");
    let mut archive = Archive::open(&bytes).unwrap();
    assert_eq!(archive.names().collect::<Vec<_>>(), ["aaaa", "AAAA"]);
    assert_eq!(archive.read("aaaa").unwrap().unwrap(), b"y");
    assert_eq!(archive.read("AAAA").unwrap().unwrap(), b"z");
}

#[test]
fn encrypted_entries_are_refused() {
    let mut bytes = packed(&[("aaaa", b"x")]);
    let entry = directory(&bytes)[0];
    bytes[entry + 8] |= 1;
    assert!(reason(&bytes).contains("encrypted"), "{}", reason(&bytes));
}

#[test]
fn entries_that_share_bytes_are_refused() {
    let mut bytes = packed(&[("aaaa", &[b'x'; 50]), ("bbbb", &[b'y'; 50])]);
    let entries = directory(&bytes);
    let first: Vec<u8> = bytes[entries[0] + 42..entries[0] + 46].to_vec();
    bytes[entries[1] + 42..entries[1] + 46].copy_from_slice(&first);
    assert!(reason(&bytes).contains("overlap"), "{}", reason(&bytes));
}

#[test]
fn what_unpacks_to_very_much_is_refused() {
    let bomb = packed(&[("bomb", &vec![0; 8 << 20])]);
    assert!(reason(&bomb).contains("times its size"), "{}", reason(&bomb));
    let mut big = packed(&[("big", b"x")]);
    let entry = directory(&big)[0];
    big[entry + 24..entry + 28].copy_from_slice(&0x7fff_ffff_u32.to_le_bytes());
    assert!(reason(&big).contains("more than 128 MiB"), "{}", reason(&big));
    let many: Vec<String> = (0..=ENTRIES).map(|number| number.to_string()).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    assert!(reason(&packed(&many)).contains("entries"));
}

#[test]
fn an_entry_longer_than_it_says_is_refused() {
    let mut bytes = packed(&[("aaaa", &[b'x'; 5000])]);
    let entry = directory(&bytes)[0];
    bytes[entry + 24..entry + 28].copy_from_slice(&10_u32.to_le_bytes());
    let read = Archive::open(&bytes).and_then(|mut archive| archive.read("aaaa"));
    assert!(matches!(read, Err(ReadError::Archive { .. })), "{read:?}");
}

#[test]
fn an_archive_in_an_archive_stays_shut() {
    let inner = packed(&[("x", b"y")]);
    let bytes = packed(&[("inner.zip", &inner)]);
    let mut archive = Archive::open(&bytes).unwrap();
    assert_eq!(archive.read("inner.zip").unwrap().unwrap(), inner);
}

#[test]
fn cut_off_archives_are_refused() {
    let bytes = packed(&[("a/one.xml", &[b'x'; 400])]);
    for end in 0..bytes.len() {
        assert!(Archive::open(&bytes[..end]).is_err(), "{end}");
    }
}

#[test]
fn addresses_mean_names_of_the_archive_or_nothing() {
    for (from, address, name) in [
        ("items/one.xml", "../img/a%20b.png", Some("img/a b.png")),
        ("one.xml", "./a.png?x#y", Some("a.png")),
        ("one.xml", "../a.png", None),
        ("one.xml", "https://example.org/a.png", None),
        ("one.xml", "/a.png", None),
        ("one.xml", "100%.png", Some("100%.png")),
    ] {
        assert_eq!(looked_up(from, address).as_deref(), name, "{address}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_are_read_without_a_panic(
        noise in proptest::collection::vec(any::<u8>(), 0..200),
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = packed(&[("a.xml", b"<a>some text</a>"), ("b/c.json", b"{\"a\": [1, 2, 3]}")]);
        for (place, value) in flips {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        for bytes in [bytes, noise] {
            if let Ok(mut archive) = Archive::open(&bytes) {
                let names: Vec<String> = archive.names().map(str::to_owned).collect();
                for name in names {
                    let _ = archive.read(&name);
                }
            }
        }
    }
}
