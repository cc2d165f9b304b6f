-- A part of somebody's bank that others may practise by its address: what has this tag, what lies in this category, or all.
CREATE TABLE practices (
    id TEXT PRIMARY KEY NOT NULL,
    author_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    -- Empty: whatever its tags, wherever it lies.
    tag TEXT NOT NULL,
    category TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX practices_selection ON practices (author_id, tag, category);
