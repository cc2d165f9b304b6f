//! The browser's database, IndexedDB, as far as it is needed: text under a key, in the order of keys. Knows none of our
//! nouns. A browser that refuses storage (private windows, full disks) makes every call end in `None`.

use js_sys::{Array, Promise};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction, IdbTransactionMode,
};

const NAME: &str = "minnow";
const VERSION: u32 = 2;

/// A table of the database.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Table {
    /// Writes on their way, by a number that rises.
    Outbox,
    /// Clips kept for offline, by clip.
    Kept,
    /// Packs, by what they are made of.
    Packs,
    /// Questions of packs, by question.
    Asked,
    /// Answers given here to questions of packs, by answer.
    Given,
}

/// A text to be kept under a key of a table.
pub type Row = (Table, JsValue, String);

impl Table {
    const ALL: [Table; 5] = [Table::Outbox, Table::Kept, Table::Packs, Table::Asked, Table::Given];

    fn name(self) -> &'static str {
        match self {
            Table::Outbox => "outbox",
            Table::Kept => "kept",
            Table::Packs => "packs",
            Table::Asked => "asked",
            Table::Given => "given",
        }
    }
}

/// Waits for a request: its result, or `None` when it failed.
async fn result(request: &IdbRequest) -> Option<JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        let done = Closure::once_into_js(move || {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        });
        let failed = Closure::once_into_js(move || {
            let _ = reject.call0(&JsValue::UNDEFINED);
        });
        request.set_onsuccess(Some(done.unchecked_ref()));
        request.set_onerror(Some(failed.unchecked_ref()));
    });
    JsFuture::from(promise).await.ok()?;
    request.result().ok()
}

/// Waits until a transaction is on disk.
async fn committed(transaction: &IdbTransaction) -> Option<()> {
    let promise = Promise::new(&mut |resolve, reject| {
        let done = Closure::once_into_js(move || {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        });
        let failed: JsValue = Closure::once_into_js(move || {
            let _ = reject.call0(&JsValue::UNDEFINED);
        });
        transaction.set_oncomplete(Some(done.unchecked_ref()));
        transaction.set_onabort(Some(failed.unchecked_ref()));
    });
    JsFuture::from(promise).await.ok().map(drop)
}

async fn open() -> Option<IdbDatabase> {
    let factory = crate::browser::window().indexed_db().ok()??;
    let request: IdbOpenDbRequest = factory.open_with_u32(NAME, VERSION).ok()?;
    let upgrade = {
        let request = request.clone();
        Closure::once_into_js(move || {
            let Some(database) = request.result().ok().and_then(|r| r.dyn_into::<IdbDatabase>().ok()) else {
                return;
            };
            // Those of an earlier version are there; they keep what they hold.
            for table in Table::ALL {
                let _ = database.create_object_store(table.name());
            }
        })
    };
    request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
    result(&request).await?.dyn_into().ok()
}

async fn begin(table: Table, mode: IdbTransactionMode) -> Option<(IdbTransaction, IdbObjectStore)> {
    let database = open().await?;
    let transaction = database.transaction_with_str_and_mode(table.name(), mode).ok()?;
    let store = transaction.object_store(table.name()).ok()?;
    // The connection closes once the transaction has ended; a new version of the app may then upgrade.
    database.close();
    Some((transaction, store))
}

/// Keeps several texts, all or none, and waits until they are on disk.
pub async fn put_all(rows: &[Row]) -> Option<()> {
    let database = open().await?;
    let names: Array = rows.iter().map(|(table, ..)| JsValue::from_str(table.name())).collect();
    let transaction =
        database.transaction_with_str_sequence_and_mode(&names, IdbTransactionMode::Readwrite).ok()?;
    database.close();
    for (table, key, text) in rows {
        let store = transaction.object_store(table.name()).ok()?;
        store.put_with_key(&JsValue::from_str(text), key).ok()?;
    }
    committed(&transaction).await
}

/// What stands under a key.
pub async fn get(table: Table, key: JsValue) -> Option<String> {
    let (_transaction, store) = begin(table, IdbTransactionMode::Readonly).await?;
    result(&store.get(&key).ok()?).await?.as_string()
}

/// Keeps text under a key and waits until it is on disk.
pub async fn put(table: Table, key: JsValue, text: &str) -> Option<()> {
    let (transaction, store) = begin(table, IdbTransactionMode::Readwrite).await?;
    store.put_with_key(&JsValue::from_str(text), &key).ok()?;
    committed(&transaction).await
}

/// Takes away what stands under a key.
pub async fn remove(table: Table, key: JsValue) -> Option<()> {
    let (transaction, store) = begin(table, IdbTransactionMode::Readwrite).await?;
    store.delete(&key).ok()?;
    committed(&transaction).await
}

/// Takes away everything.
pub async fn clear(table: Table) -> Option<()> {
    let (transaction, store) = begin(table, IdbTransactionMode::Readwrite).await?;
    store.clear().ok()?;
    committed(&transaction).await
}

/// Everything, in the order of keys.
pub async fn all(table: Table) -> Option<Vec<(JsValue, String)>> {
    let (_transaction, store) = begin(table, IdbTransactionMode::Readonly).await?;
    // Both are asked before the first await: a transaction ends when nothing is asked of it.
    let (keys, values) = (store.get_all_keys().ok()?, store.get_all().ok()?);
    let keys: Array = result(&keys).await?.unchecked_into();
    let values: Array = result(&values).await?.unchecked_into();
    Some(keys.iter().zip(values.iter()).filter_map(|(key, value)| Some((key, value.as_string()?))).collect())
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod browser_tests {
    use super::*;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    async fn what_was_put_comes_back_in_the_order_of_keys_and_goes_when_it_is_taken() {
        clear(Table::Outbox).await.expect("this browser keeps things");
        for (key, text) in [(3.0, "c"), (1.0, "a"), (2.0, "b")] {
            put(Table::Outbox, JsValue::from_f64(key), text).await.expect("put");
        }
        remove(Table::Outbox, JsValue::from_f64(2.0)).await.expect("remove");
        let texts: Vec<String> =
            all(Table::Outbox).await.unwrap().into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["a", "c"]);
        clear(Table::Outbox).await.expect("clear");
        assert_eq!(all(Table::Outbox).await.map(|rows| rows.len()), Some(0));
    }

    #[wasm_bindgen_test]
    async fn a_key_put_twice_holds_the_last_text() {
        let key = || JsValue::from_str("clip");
        put(Table::Kept, key(), "old").await.unwrap();
        put(Table::Kept, key(), "new").await.unwrap();
        let texts: Vec<String> = all(Table::Kept).await.unwrap().into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["new"]);
        clear(Table::Kept).await.unwrap();
    }
}
