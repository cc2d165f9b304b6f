//! What a practice is called.

/// Its title, else what its questions have in common; `None`: a whole bank without a title.
pub fn practice_name(title: &str, tag: &str, category: &str) -> Option<String> {
    [title, tag, category].into_iter().map(str::trim).find(|name| !name.is_empty()).map(str::to_owned)
}
