-- Topics hang together; what learners hold of them and how hard questions are is estimated from answers; some answers are
-- guesses before a clip.

-- Given before the clip: nothing was told after it, it earned nothing, and it says nothing of memory.
ALTER TABLE answers ADD COLUMN is_before BOOLEAN NOT NULL DEFAULT FALSE;

-- `from_id` is a prerequisite of `to_id`, or part of it. There is no way round in a circle.
CREATE TABLE topic_edges (
    from_id TEXT NOT NULL REFERENCES topics (id) ON DELETE CASCADE,
    -- prerequisite, part_of
    kind TEXT NOT NULL,
    to_id TEXT NOT NULL REFERENCES topics (id) ON DELETE CASCADE,
    PRIMARY KEY (from_id, to_id, kind)
);
CREATE INDEX topic_edges_to ON topic_edges (to_id);

-- What one learner holds of one topic: the fold of their answers, made again from them when one arrives.
CREATE TABLE abilities (
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    topic_id TEXT NOT NULL REFERENCES topics (id) ON DELETE CASCADE,
    -- Logits, as of the last answer.
    mean DOUBLE PRECISION NOT NULL,
    variance DOUBLE PRECISION NOT NULL,
    -- That counted, and how many of them were on the topic itself, not on what is part of it.
    answers BIGINT NOT NULL,
    own_answers BIGINT NOT NULL,
    last_answer_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, topic_id)
);
CREATE INDEX abilities_topic ON abilities (topic_id);

-- Learners whose abilities do not hold their newest answer yet.
CREATE TABLE stale_learners (
    person_id TEXT PRIMARY KEY NOT NULL REFERENCES people (id) ON DELETE CASCADE
);
INSERT INTO stale_learners (person_id) SELECT DISTINCT person_id FROM answers;

-- How hard a question is: a normal distribution by its precision and precision times mean, the sums of what each learner's
-- first answer says of it. The prior is not in the sums.
CREATE TABLE items (
    question_id TEXT PRIMARY KEY NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    -- The chance to be right by guessing, 0 to 1, and the version of the question it was read from.
    guess DOUBLE PRECISION NOT NULL,
    read_at_ms BIGINT NOT NULL,
    weight DOUBLE PRECISION NOT NULL DEFAULT 0,
    pull DOUBLE PRECISION NOT NULL DEFAULT 0,
    learners BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE item_evidence (
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    question_id TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    weight DOUBLE PRECISION NOT NULL,
    pull DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (person_id, question_id)
);
CREATE INDEX item_evidence_question ON item_evidence (question_id);

-- How far into a clip a person ever was.
ALTER TABLE views ADD COLUMN furthest_ms BIGINT NOT NULL DEFAULT 0;
UPDATE views SET furthest_ms = far.to_ms
FROM (SELECT person_id, clip_id, MAX(to_ms) AS to_ms FROM watches GROUP BY person_id, clip_id) far
WHERE far.person_id = views.person_id AND far.clip_id = views.clip_id;
CREATE INDEX views_clip ON views (clip_id);
