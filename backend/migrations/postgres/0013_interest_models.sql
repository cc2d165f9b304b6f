-- Models fitted from the log of interests, in versions: a node serves the one that is marked. The bytes lie in pieces, written
-- before the version is whole.
CREATE TABLE interest_models (
    version BIGINT PRIMARY KEY NOT NULL,
    is_whole BOOLEAN NOT NULL,
    is_serving BOOLEAN NOT NULL,
    fitted_at_ms BIGINT NOT NULL,
    fit_took_ms BIGINT NOT NULL,
    -- The last event it knows.
    through_seq BIGINT NOT NULL,
    events BIGINT NOT NULL,
    clips BIGINT NOT NULL,
    size_bytes BIGINT NOT NULL,
    -- JSON: its quality on the end of the log; null where the log is too short to say
    replay TEXT
);

CREATE TABLE interest_model_pieces (
    version BIGINT NOT NULL REFERENCES interest_models (version) ON DELETE CASCADE,
    place BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (version, place)
);

-- What the text of a published clip is about, in numbers; of the version of the clip that it was read from.
CREATE TABLE clip_texts (
    clip_id TEXT PRIMARY KEY NOT NULL REFERENCES clips (id) ON DELETE CASCADE,
    clip_version BIGINT NOT NULL,
    vector BYTEA NOT NULL
);
