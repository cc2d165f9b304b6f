-- What devices that were apart bring together: settings with the time of each field's change, likes and saves with the
-- time of the last one, answers with all that their place among the others is made from.

CREATE TABLE settings_fields (
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    -- JSON.
    value TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, field)
);
INSERT INTO settings_fields (person_id, field, value, changed_at_ms)
SELECT s.person_id, f.key, CAST(f.value AS TEXT), s.updated_at_ms FROM settings s, json_each(CAST(s.settings AS JSON)) f;
DROP TABLE settings;

-- The last word of a person on a clip: taken back or not.
CREATE TABLE reaction_changes (
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    clip_id TEXT NOT NULL REFERENCES clips (id) ON DELETE CASCADE,
    -- like, save
    reaction TEXT NOT NULL,
    is_on BOOLEAN NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, clip_id, reaction)
);
INSERT INTO reaction_changes (person_id, clip_id, reaction, is_on, at_ms)
SELECT person_id, clip_id, 'like', TRUE, at_ms FROM likes;
INSERT INTO reaction_changes (person_id, clip_id, reaction, is_on, at_ms)
SELECT person_id, clip_id, 'save', TRUE, at_ms FROM saves;

-- Ten-millionths before anything is taken off for further tries, how many tries there were, what each takes off, and
-- whether no further try came after it whatever is left.
ALTER TABLE answers ADD COLUMN own_credit BIGINT NOT NULL DEFAULT 0;
ALTER TABLE answers ADD COLUMN tries BIGINT NOT NULL DEFAULT 1;
ALTER TABLE answers ADD COLUMN penalty BIGINT NOT NULL DEFAULT 0;
ALTER TABLE answers ADD COLUMN ends BOOLEAN NOT NULL DEFAULT TRUE;
UPDATE answers SET own_credit = credit, ends = is_final,
    tries = CASE WHEN is_final = TRUE THEN attempt ELSE attempt + 1 END;

-- When the last review was given that weights were fitted to: one that comes late from before it has them fitted anew.
ALTER TABLE memory_models ADD COLUMN fitted_through_ms BIGINT NOT NULL DEFAULT 0;
