-- Playlists: clips in an order, some of them gates. Assignments: who was asked to go through one, by whom and until when.
-- How far somebody is stands nowhere: it follows from what they watched and answered, also when that arrives late.

CREATE TABLE playlists (
    id TEXT PRIMARY KEY NOT NULL,
    owner_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    about TEXT NOT NULL,
    -- What is searched: title and about in small letters.
    words TEXT NOT NULL,
    -- private, link, public
    visibility TEXT NOT NULL,
    -- When it became public first.
    published_at_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);
CREATE INDEX playlists_owner ON playlists (owner_id, updated_at_ms, id);
CREATE INDEX playlists_public ON playlists (visibility, published_at_ms, id);

CREATE TABLE playlist_steps (
    -- Made by the client: sending it twice adds it once.
    id TEXT PRIMARY KEY NOT NULL,
    playlist_id TEXT NOT NULL REFERENCES playlists (id) ON DELETE CASCADE,
    clip_id TEXT REFERENCES clips (id) ON DELETE SET NULL,
    -- Smaller comes first. With room between, so that one that moves is written alone.
    place BIGINT NOT NULL,
    is_gate BOOLEAN NOT NULL,
    added_at_ms BIGINT NOT NULL,
    -- One that was taken out keeps its place for a while: others may still be put after it, or it comes back.
    removed_at_ms BIGINT
);
CREATE INDEX playlist_steps_playlist ON playlist_steps (playlist_id, place, id);
CREATE INDEX playlist_steps_clip ON playlist_steps (clip_id);

CREATE TABLE assignments (
    id TEXT PRIMARY KEY NOT NULL,
    playlist_id TEXT NOT NULL REFERENCES playlists (id) ON DELETE CASCADE,
    assigner_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    due_at_ms BIGINT,
    -- Who has the address with this in it may join; none: nobody joins by address.
    join_token TEXT UNIQUE,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);
CREATE INDEX assignments_assigner ON assignments (assigner_id, created_at_ms, id);
CREATE INDEX assignments_playlist ON assignments (playlist_id);

CREATE TABLE assignees (
    assignment_id TEXT NOT NULL REFERENCES assignments (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    by_link BOOLEAN NOT NULL,
    assigned_at_ms BIGINT NOT NULL,
    -- "Not for me": from then on the assigner sees no more than that.
    left_at_ms BIGINT,
    PRIMARY KEY (assignment_id, person_id)
);
CREATE INDEX assignees_person ON assignees (person_id, assigned_at_ms, assignment_id);
