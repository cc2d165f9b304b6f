//! Anki's collection: a SQLite database from strangers, read from memory with every power taken from it. Its notes,
//! note types and decks, of the old schema (JSON in one row) and the new one (tables).

use super::wire;
use crate::ReadError;
use crate::archive::refused;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use std::collections::{BTreeMap, HashMap};

/// A collection may have this many notes.
pub const NOTES: usize = 50_000;
/// One value may be this long.
const VALUE_BYTES: i32 = 16 << 20;
/// All notes together.
const NOTES_BYTES: usize = 256 << 20;
/// The database may work this long: so many thousand steps.
const STEPS: u32 = 60_000;

#[derive(Debug, Default)]
pub struct Collection {
    pub notes: Vec<Note>,
    pub types: HashMap<i64, NoteType>,
    /// The decks' names, with `::` between their levels.
    pub decks: HashMap<i64, String>,
    /// Cards have been learned, or reviews are kept.
    pub has_schedule: bool,
}

#[derive(Debug, Default)]
pub struct Note {
    pub id: i64,
    pub guid: String,
    pub type_id: i64,
    pub tags: Vec<String>,
    pub fields: Vec<String>,
    /// The deck of its first card.
    pub deck_id: i64,
    /// Which of its type's templates have a card; empty where that is not known.
    pub cards: Vec<u32>,
}

#[derive(Debug, Default)]
pub struct NoteType {
    pub name: String,
    pub is_cloze: bool,
    pub fields: Vec<String>,
    pub templates: Vec<Template>,
    pub is_occlusion: bool,
}

#[derive(Debug, Default)]
pub struct Template {
    pub front: String,
    pub back: String,
}

/// Reads a collection from the bytes of its database.
///
/// # Errors
/// [`ReadError::Archive`] when it is no database, broken, or beyond the limits.
pub fn read(mut bytes: Vec<u8>) -> Result<Collection, ReadError> {
    if !bytes.starts_with(b"SQLite format 3\0") {
        return Err(refused("its collection is no SQLite database"));
    }
    // A journal beside a database in memory there is not.
    for byte in bytes.iter_mut().skip(18).take(2) {
        *byte = 1;
    }
    opened(&bytes)
        .and_then(|connection| collection(&connection))
        .map_err(|found| refused(format!("its collection cannot be read: {found}")))
}

fn opened(bytes: &[u8]) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_in_memory()?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, VALUE_BYTES)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000)?;
    connection.set_limit(Limit::SQLITE_LIMIT_EXPR_DEPTH, 50)?;
    connection.deserialize_read_exact("main", bytes, bytes.len(), true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection.execute_batch("PRAGMA cell_size_check = ON; PRAGMA query_only = ON;")?;
    let mut steps = 0;
    connection.progress_handler(
        1_000,
        Some(move || {
            steps += 1;
            steps > STEPS
        }),
    )?;
    Ok(connection)
}

fn has_table(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    let mut statement =
        connection.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1")?;
    statement.exists([name])
}

fn text(row: &Row<'_>, place: usize) -> String {
    match row.get_ref(place) {
        Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        Ok(ValueRef::Integer(number)) => number.to_string(),
        Ok(ValueRef::Real(number)) => number.to_string(),
        Ok(ValueRef::Null) | Err(_) => String::new(),
    }
}

fn whole(row: &Row<'_>, place: usize) -> i64 {
    match row.get_ref(place) {
        Ok(ValueRef::Integer(number)) => number,
        Ok(ValueRef::Real(number)) => number as i64,
        _ => text(row, place).parse().unwrap_or(0),
    }
}

fn collection(connection: &Connection) -> rusqlite::Result<Collection> {
    let mut out = Collection::default();
    if has_table(connection, "notetypes")? {
        new_types(connection, &mut out)?;
    } else {
        old_types(connection, &mut out)?;
    }
    notes(connection, &mut out)?;
    cards(connection, &mut out)?;
    if has_table(connection, "revlog")? {
        let mut statement = connection.prepare("SELECT 1 FROM revlog LIMIT 1")?;
        out.has_schedule |= statement.exists([])?;
    }
    Ok(out)
}

/// Types and decks as JSON in the only row of `col`.
fn old_types(connection: &Connection, out: &mut Collection) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("SELECT models, decks FROM col LIMIT 1")?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else { return Ok(()) };
    type Entries = BTreeMap<String, serde_json::Value>;
    let models: Entries = serde_json::from_str(&text(row, 0)).unwrap_or_default();
    let decks: Entries = serde_json::from_str(&text(row, 1)).unwrap_or_default();
    let words = |value: &serde_json::Value, name: &str| {
        value.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    };
    let list = |value: &serde_json::Value, name: &str| {
        value.get(name).and_then(serde_json::Value::as_array).cloned().unwrap_or_default()
    };
    for (id, model) in &models {
        let template = |template: &serde_json::Value| Template {
            front: words(template, "qfmt"),
            back: words(template, "afmt"),
        };
        let read = NoteType {
            name: words(model, "name"),
            is_cloze: model.get("type").and_then(serde_json::Value::as_i64) == Some(1),
            fields: list(model, "flds").iter().map(|field| words(field, "name")).collect(),
            templates: list(model, "tmpls").iter().map(template).collect(),
            is_occlusion: model.get("originalStockKind").and_then(serde_json::Value::as_i64) == Some(6),
        };
        out.types.insert(id.parse().unwrap_or(0), read);
    }
    out.decks.extend(decks.iter().map(|(id, deck)| (id.parse().unwrap_or(0), words(deck, "name"))));
    Ok(())
}

/// Types and decks as tables, what belongs to them as protocol buffers.
fn new_types(connection: &Connection, out: &mut Collection) -> rusqlite::Result<()> {
    let blob = |row: &Row<'_>, place: usize| match row.get_ref(place) {
        Ok(ValueRef::Blob(bytes) | ValueRef::Text(bytes)) => bytes.to_vec(),
        _ => Vec::new(),
    };
    let mut statement = connection.prepare("SELECT id, name, config FROM notetypes")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let config = blob(row, 2);
        let read = NoteType {
            name: text(row, 1),
            is_cloze: wire::number(&config, 1) == 1,
            is_occlusion: wire::number(&config, 9) == 6,
            ..NoteType::default()
        };
        out.types.insert(whole(row, 0), read);
    }
    let mut statement = connection.prepare("SELECT ntid, name FROM fields ORDER BY ntid, ord")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(of) = out.types.get_mut(&whole(row, 0)) {
            of.fields.push(text(row, 1));
        }
    }
    let mut statement = connection.prepare("SELECT ntid, config FROM templates ORDER BY ntid, ord")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(of) = out.types.get_mut(&whole(row, 0)) {
            let config = blob(row, 1);
            of.templates.push(Template { front: wire::text(&config, 1), back: wire::text(&config, 2) });
        }
    }
    let mut statement = connection.prepare("SELECT id, name FROM decks")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        out.decks.insert(whole(row, 0), text(row, 1).replace('\u{1f}', "::"));
    }
    Ok(())
}

fn notes(connection: &Connection, out: &mut Collection) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("SELECT id, guid, mid, tags, flds FROM notes ORDER BY id")?;
    let mut rows = statement.query([])?;
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let fields = text(row, 4);
        bytes += fields.len();
        // One more than there may be shows that there are more.
        if out.notes.len() > NOTES || bytes > NOTES_BYTES {
            break;
        }
        out.notes.push(Note {
            id: whole(row, 0),
            guid: text(row, 1),
            type_id: whole(row, 2),
            tags: text(row, 3).split_whitespace().map(str::to_owned).collect(),
            fields: fields.split('\u{1f}').map(str::to_owned).collect(),
            ..Note::default()
        });
    }
    Ok(())
}

fn cards(connection: &Connection, out: &mut Collection) -> rusqlite::Result<()> {
    if !has_table(connection, "cards")? {
        return Ok(());
    }
    let places: HashMap<i64, usize> =
        out.notes.iter().enumerate().map(|(place, note)| (note.id, place)).collect();
    let mut statement = connection.prepare("SELECT nid, did, ord, type, odid FROM cards ORDER BY ord")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        out.has_schedule |= whole(row, 3) != 0;
        let Some(note) = places.get(&whole(row, 0)).and_then(|place| out.notes.get_mut(*place)) else {
            continue;
        };
        if note.cards.is_empty() {
            // A card in a filtered deck has its own one beside it.
            note.deck_id = if whole(row, 4) != 0 { whole(row, 4) } else { whole(row, 1) };
        }
        if note.cards.len() < 1_000 {
            note.cards.push(u32::try_from(whole(row, 2)).unwrap_or(0));
        }
    }
    Ok(())
}
