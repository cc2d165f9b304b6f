//! A collection of Anki's schema 11, written in memory: its tables, its note types, its decks.

use rusqlite::{Connection, params};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use std::collections::BTreeMap;

/// Everything was changed then: the caller's clock is not asked, and the same questions give the same bytes.
const MODIFIED: i64 = 1_735_689_600;
/// Ids are milliseconds there.
const FIRST_ID: i64 = MODIFIED * 1_000;
const DECK_IDS: i64 = 1_600_000_000_000;

/// The note types of our packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Front and back, as in every Anki.
    Basic,
    /// Front, back and the question whole.
    Card,
    /// A text with gaps and the question whole.
    Gaps,
}

impl Kind {
    const fn id(self) -> i64 {
        match self {
            Self::Basic => 1_735_689_600_101,
            Self::Card => 1_735_689_600_102,
            Self::Gaps => 1_735_689_600_103,
        }
    }
}

/// A note to be written.
pub struct NewNote {
    pub kind: Kind,
    pub guid: String,
    /// With `::` between its levels; empty: the default one.
    pub deck: String,
    pub tags: Vec<String>,
    /// HTML, in the order of the type's fields.
    pub fields: Vec<String>,
    /// How many cards it makes.
    pub cards: u16,
}

const SCHEMA: &str = "
CREATE TABLE col (id integer primary key, crt integer not null, mod integer not null, scm integer not null,
  ver integer not null, dty integer not null, usn integer not null, ls integer not null, conf text not null,
  models text not null, decks text not null, dconf text not null, tags text not null);
CREATE TABLE notes (id integer primary key, guid text not null, mid integer not null, mod integer not null,
  usn integer not null, tags text not null, flds text not null, sfld integer not null, csum integer not null,
  flags integer not null, data text not null);
CREATE TABLE cards (id integer primary key, nid integer not null, did integer not null, ord integer not null,
  mod integer not null, usn integer not null, type integer not null, queue integer not null, due integer not null,
  ivl integer not null, factor integer not null, reps integer not null, lapses integer not null, left integer not null,
  odue integer not null, odid integer not null, flags integer not null, data text not null);
CREATE TABLE revlog (id integer primary key, cid integer not null, usn integer not null, ease integer not null,
  ivl integer not null, lastIvl integer not null, factor integer not null, time integer not null, type integer not null);
CREATE TABLE graves (usn integer not null, oid integer not null, type integer not null);
CREATE INDEX ix_notes_usn on notes (usn);
CREATE INDEX ix_cards_usn on cards (usn);
CREATE INDEX ix_revlog_usn on revlog (usn);
CREATE INDEX ix_cards_nid on cards (nid);
CREATE INDEX ix_cards_sched on cards (did, queue, due);
CREATE INDEX ix_revlog_cid on revlog (cid);
CREATE INDEX ix_notes_csum on notes (csum);
";

/// The bytes of a collection with these notes.
///
/// # Errors
/// When SQLite has no memory left.
pub fn written(notes: &[NewNote]) -> rusqlite::Result<Vec<u8>> {
    let mut connection = Connection::open_in_memory()?;
    connection.execute_batch(SCHEMA)?;
    let transaction = connection.transaction()?;
    let decks: BTreeMap<&str, i64> =
        notes.iter().map(|note| (note.deck.as_str(), deck_id(&note.deck))).collect();
    transaction.execute(
        "INSERT INTO col VALUES (1, ?1, ?2, ?2, 11, 0, 0, 0, ?3, ?4, ?5, ?6, '{}')",
        params![
            MODIFIED,
            FIRST_ID,
            conf().to_string(),
            models().to_string(),
            self::decks(&decks).to_string(),
            options().to_string()
        ],
    )?;
    {
        let mut insert_note =
            transaction.prepare("INSERT INTO notes VALUES (?1, ?2, ?3, ?4, -1, ?5, ?6, ?7, ?8, 0, '')")?;
        let mut insert_card = transaction.prepare(
            "INSERT INTO cards VALUES (?1, ?2, ?3, ?4, ?5, -1, 0, 0, ?6, 0, 0, 0, 0, 0, 0, 0, 0, '')",
        )?;
        let mut card_id = FIRST_ID;
        for (place, note) in notes.iter().enumerate() {
            let place = i64::try_from(place).unwrap_or(i64::MAX);
            let id = FIRST_ID + place;
            let tags =
                if note.tags.is_empty() { String::new() } else { format!(" {} ", note.tags.join(" ")) };
            let first = super::template::words(note.fields.first().map(String::as_str).unwrap_or_default());
            insert_note.execute(params![
                id,
                note.guid,
                note.kind.id(),
                MODIFIED,
                tags,
                note.fields.join("\u{1f}"),
                first,
                checksum(&first)
            ])?;
            let deck = decks.get(note.deck.as_str()).copied().unwrap_or(1);
            for ord in 0..note.cards {
                insert_card.execute(params![card_id, id, deck, ord, MODIFIED, place + 1])?;
                card_id += 1;
            }
        }
    }
    transaction.commit()?;
    Ok(connection.serialize("main")?.to_vec())
}

/// The first eight hexadecimal digits of the SHA-1, as a number: how Anki finds duplicates.
fn checksum(first: &str) -> i64 {
    let digest = Sha1::digest(first.as_bytes());
    digest.iter().take(4).fold(0, |sum, byte| (sum << 8) | i64::from(*byte))
}

/// The same deck has the same id in every package.
fn deck_id(name: &str) -> i64 {
    if name.is_empty() {
        return 1;
    }
    let digest = Sha1::digest(name.as_bytes());
    let number = digest.iter().take(4).fold(0, |sum, byte| (sum << 8) | i64::from(*byte));
    DECK_IDS + number
}

fn conf() -> Value {
    json!({"nextPos": 1, "estTimes": true, "activeDecks": [1], "sortType": "noteFld", "timeLim": 0, "sortBackwards": false,
        "addToCur": true, "curDeck": 1, "newSpread": 0, "dueCounts": true, "curModel": null, "collapseTime": 1200, "schedVer": 2})
}

fn decks(names: &BTreeMap<&str, i64>) -> Value {
    let deck = |id: i64, name: &str| {
        json!({"id": id, "name": name, "desc": "", "mod": MODIFIED, "usn": -1, "collapsed": false, "browserCollapsed": false,
            "newToday": [0, 0], "revToday": [0, 0], "lrnToday": [0, 0], "timeToday": [0, 0], "dyn": 0, "extendNew": 0,
            "extendRev": 0, "conf": 1})
    };
    let all =
        names.iter().filter(|(name, _)| !name.is_empty()).map(|(name, id)| (id.to_string(), deck(*id, name)));
    all.chain([("1".to_owned(), deck(1, "Default"))]).collect::<serde_json::Map<_, _>>().into()
}

fn options() -> Value {
    json!({"1": {"id": 1, "name": "Default", "mod": 0, "usn": 0, "maxTaken": 60, "autoplay": true, "timer": 0, "replayq": true,
        "new": {"bury": false, "delays": [1.0, 10.0], "initialFactor": 2500, "ints": [1, 4, 0], "order": 1, "perDay": 20},
        "rev": {"bury": false, "ease4": 1.3, "ivlFct": 1.0, "maxIvl": 36500, "perDay": 200, "hardFactor": 1.2},
        "lapse": {"delays": [10.0], "leechAction": 1, "leechFails": 8, "minInt": 1, "mult": 0.0}, "dyn": false}})
}

fn models() -> Value {
    const CARD: (&str, &str) = ("{{Front}}", "{{FrontSide}}\n\n<hr id=answer>\n\n{{Back}}");
    const GAPS: (&str, &str) = ("{{Stem}}\n\n{{cloze:Text}}", "{{Stem}}\n\n{{cloze:Text}}\n\n{{Back}}");
    let all = [
        (Kind::Basic, "Basic", 0, vec!["Front", "Back"], CARD),
        (Kind::Card, "Minnow", 0, vec!["Front", "Back", super::notes::FIELD], CARD),
        (Kind::Gaps, "Minnow Cloze", 1, vec!["Text", "Stem", "Back", super::notes::FIELD], GAPS),
    ];
    all.into_iter()
        .map(|(kind, name, is_cloze, fields, sides)| {
            (kind.id().to_string(), model(kind.id(), name, is_cloze, &fields, sides))
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn model(id: i64, name: &str, is_cloze: u8, fields: &[&str], (front, back): (&str, &str)) -> Value {
    let field = |(ord, name): (usize, &&str)| json!({"name": name, "ord": ord, "sticky": false, "rtl": false, "font": "Arial", "size": 20, "media": []});
    let fields: Vec<Value> = fields.iter().enumerate().map(field).collect();
    let template = if is_cloze == 1 { "Cloze" } else { "Card 1" };
    json!({"id": id, "name": name, "type": is_cloze, "mod": MODIFIED, "usn": -1, "sortf": 0, "did": 1,
        "tmpls": [{"name": template, "ord": 0, "qfmt": front, "afmt": back, "did": null, "bqfmt": "", "bafmt": ""}],
        "flds": fields, "css": ".card { font-family: sans-serif; font-size: 20px; text-align: center; } .cloze { font-weight: bold; }",
        "latexPre": "\\documentclass[12pt]{article}\n\\begin{document}\n", "latexPost": "\\end{document}", "latexsvg": false,
        "req": [[0, "any", [0]]], "tags": [], "vers": []})
}
