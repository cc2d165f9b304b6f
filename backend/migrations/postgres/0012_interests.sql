-- What learners did, in the order in which it was kept: the only source of what the feed makes of them. One row counts, and its
-- lock keeps the order of commits. What of a clip matters later stands in the event, so that a fold needs nothing else.
CREATE TABLE interest_log (
    id BIGINT PRIMARY KEY NOT NULL,
    last_seq BIGINT NOT NULL
);

CREATE TABLE interest_events (
    seq BIGINT PRIMARY KEY NOT NULL,
    -- No reference: that somebody is gone is told here too.
    person_id TEXT NOT NULL,
    -- watched (seconds), liked, saved, refused (1 or 0), answered (credit), leaned (clips taken up, or passed over below 0),
    -- anew: what is left of this person's events is to be read again
    kind TEXT NOT NULL,
    clip_id TEXT,
    -- The clip's first, at that time.
    topic_id TEXT,
    duration_ms BIGINT,
    value DOUBLE PRECISION NOT NULL,
    at_ms BIGINT NOT NULL,
    kept_at_ms BIGINT NOT NULL
);
CREATE INDEX interest_events_person ON interest_events (person_id, seq);
CREATE INDEX interest_events_kept ON interest_events (kept_at_ms);

INSERT INTO interest_events (seq, person_id, kind, clip_id, topic_id, duration_ms, value, at_ms, kept_at_ms)
SELECT ROW_NUMBER() OVER (ORDER BY e.kept_at_ms, e.kind, e.id), e.person_id, e.kind, e.clip_id,
    (SELECT t.topic_id FROM clip_topics t WHERE t.clip_id = e.clip_id ORDER BY t.position LIMIT 1),
    c.duration_ms,
    CASE WHEN e.kind <> 'watched' THEN e.value WHEN e.finished THEN COALESCE(c.duration_ms, 0) / 1000.0 ELSE e.value / 1000.0 END,
    e.at_ms, e.kept_at_ms
FROM (
    SELECT id, person_id, clip_id, 'watched' AS kind, finished, CAST(to_ms - from_ms AS DOUBLE PRECISION) AS value,
        started_at_ms AS at_ms, kept_at_ms FROM watches
    UNION ALL
    SELECT clip_id || reaction, person_id, clip_id, CASE WHEN reaction = 'like' THEN 'liked' ELSE 'saved' END, FALSE,
        CASE WHEN is_on THEN 1.0 ELSE 0.0 END, at_ms, at_ms FROM reaction_changes
    UNION ALL
    SELECT id, person_id, clip_id, 'answered', FALSE, credit / 10000000.0, answered_at_ms, kept_at_ms FROM answers
        WHERE is_before = FALSE AND clip_id IS NOT NULL
) e JOIN clips c ON c.id = e.clip_id;

INSERT INTO interest_log (id, last_seq) SELECT 1, COALESCE(MAX(seq), 0) FROM interest_events;

-- What a learner has set by hand.
CREATE TABLE interest_profiles (
    person_id TEXT PRIMARY KEY NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    is_used BOOLEAN NOT NULL,
    is_learning BOOLEAN NOT NULL,
    wander BIGINT NOT NULL,
    -- JSON
    muted_words TEXT NOT NULL
);

CREATE TABLE interest_stances (
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    topic_id TEXT NOT NULL REFERENCES topics (id) ON DELETE CASCADE,
    -- 0 to 100; as guessed if null
    level BIGINT,
    is_pinned BOOLEAN NOT NULL,
    is_muted BOOLEAN NOT NULL,
    PRIMARY KEY (person_id, topic_id)
);

CREATE TABLE interest_muted_authors (
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    author_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    PRIMARY KEY (person_id, author_id)
);

-- What the feed has shown, why, and with what chance it stood there: the newest showing of each clip.
CREATE TABLE shown_clips (
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    clip_id TEXT NOT NULL REFERENCES clips (id) ON DELETE CASCADE,
    -- The pass over the feed and its page.
    pass_ms BIGINT NOT NULL,
    page BIGINT NOT NULL,
    place BIGINT NOT NULL,
    shown_at_ms BIGINT NOT NULL,
    propensity DOUBLE PRECISION NOT NULL,
    is_uniform BOOLEAN NOT NULL,
    -- JSON: the parts of the score and where the clip came from
    reasons TEXT NOT NULL,
    PRIMARY KEY (person_id, clip_id)
);
CREATE INDEX shown_clips_pass ON shown_clips (person_id, pass_ms, page);
CREATE INDEX shown_clips_shown ON shown_clips (shown_at_ms);
