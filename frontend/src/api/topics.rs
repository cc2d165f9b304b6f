//! Files with topics, in and out: no endpoints, for their bodies are no JSON of ours (`shared::topic`).

use super::{ApiError, bank::ask};
use minnow_shared::topic::{EXPORT_PATH, IMPORT_PATH, TopicImportView};
use web_sys::File;

/// Sends a file with topics; `dry_run`: it is read and reported on, and nothing is kept.
///
/// # Errors
/// As `ApiError` tells. A file that cannot be read is no error: it is a report without topics.
pub async fn import(file: &File, dry_run: bool) -> Result<TopicImportView, ApiError> {
    ask("POST", &format!("{IMPORT_PATH}?dry_run={dry_run}"), Some(file.as_ref())).await
}

/// Where all topics are taken out.
pub fn export_address(format: &str) -> String {
    format!("{EXPORT_PATH}?format={format}")
}
